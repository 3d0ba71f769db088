"""What a page is told that keeps or sends a form in the background (keep.js)."""

from django.http import HttpResponse

HERE = "X-Keep"  # on each answer: it comes from us, and not from something on the way
THEN = "X-Then"  # where to go next
SIGNED_OUT = 401
SOMEBODY_ELSE = 412
OUT_OF_DATE = 409


def is_in_background(request) -> bool:
    """The page says for whom it was made."""
    return request.method == "POST" and "X-Who" in request.headers


def signed_out():
    return _told(SIGNED_OUT)


class KeepingMiddleware:
    """Such a page gets a status instead of another page: nobody is signed in; somebody else is,
    into whose records nothing of it may go; or a form was sent, and leads somewhere."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if not is_in_background(request):
            return self.get_response(request)
        if not request.user.is_authenticated:
            return signed_out()
        if str(request.user.pk) != request.headers["X-Who"]:
            return _told(SOMEBODY_ELSE)
        response = self.get_response(request)
        if 300 <= response.status_code < 400:
            response = _instead_of_going(request, response)
        response[HERE] = "1"
        return response


def _instead_of_going(request, response):
    """A browser does not show a script where it was sent. Cookies stay."""
    if "X-Keep" in request.headers:
        told = HttpResponse(status=OUT_OF_DATE)
    else:
        told = HttpResponse(status=204, headers={THEN: response["Location"]})
    told["Cache-Control"] = "no-store"
    told.cookies = response.cookies
    return told


def _told(status):
    return HttpResponse(status=status, headers={HERE: "1", "Cache-Control": "no-store"})
