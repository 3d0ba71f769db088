"""A page that is not for whoever asked for it is not there (404), and that they asked is written
down: by whom and for which page. Of staff also about which client, where the address names a row of
their own practice; of a client it stands in nobody else's record."""

from django.utils import timezone

from practice import audit, limits

from .models import Client
from .supervision import client_id_of


class DenialsMiddleware:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if response.status_code == 404 and _is_for_somebody(request):
            _note(request)
        return response


def _is_for_somebody(request) -> bool:
    """Signed in, at an address that there is and that is not for everybody."""
    match = request.resolver_match
    return (
        request.user.is_authenticated
        and match is not None
        and getattr(match.func, "login_required", True)
    )


def _note(request) -> None:
    user, match = request.user, request.resolver_match
    client = Client.objects.filter(practice=user.practice_id, pk=client_id_of(request)).first()
    if client and client.user_id == user.pk:
        return  # something of their own that is over
    detail = {"page": match.view_name, "method": request.method}
    detail |= {name: str(value)[:40] for name, value in match.kwargs.items() if name[-3:] == "_id"}
    if limits.may_note_denial(user, timezone.now()):
        about = client if client and user.roles else user
        audit.record("access.denied", about, by=user, detail=detail)
    elif limits.may_note_many_denials(user):
        audit.record("access.denied_often", user, by=user, detail=detail)
