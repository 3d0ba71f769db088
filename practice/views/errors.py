"""What people read when something cannot be shown. Each page says what to do next."""

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

TOO_LARGE = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)

# Said when not even the page that apologises can be drawn.
LAST_WORDS = (
    "<!DOCTYPE html><html lang=en><title>Trellis</title>"
    "<p><a href=/leave/ rel='nofollow noreferrer'>Leave this page</a></p>"
    "<h1>This did not work</h1><p>Please go back and try again in a moment.</p></html>"
)


def csrf_failure(request, reason=""):
    return render(request, "403.html", {"page_was_open_for_long": True}, status=403)


def too_large(request):
    return render(request, "400.html", {"too_large": True}, status=413)


def handler400(request, exception=None):
    context = {"too_large": isinstance(exception, TOO_LARGE)}
    return render(request, "400.html", context, status=400)


def handler403(request, exception=None):
    return render(request, "403.html", status=403)


def handler404(request, exception=None):
    return render(request, "404.html", status=404)


def handler500(request):
    # Without the request: what failed may be the session, the database or a context processor.
    try:
        page = render_to_string("500.html")
    except Exception:  # noqa: BLE001 - whatever it was, something must be answered
        page = LAST_WORDS
    return HttpResponse(page, status=500)
