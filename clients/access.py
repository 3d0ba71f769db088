"""The portal's door: only for the client who is signed in."""

from datetime import datetime, timedelta
from functools import wraps

from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone

from practice.keeping import is_in_background, signed_out

CODE_GIVEN = "personal_code_given"  # in the session
CODE_AGAIN = "personal_code_given_again_at"
FRESH = timedelta(minutes=10)


def came_by_passkey(*, request) -> None:
    """A passkey asks for a finger, a face or the phone's own code: that is the second step."""
    request.session[CODE_GIVEN] = True


def any_client(view):
    """Puts the client on ``request.client``; staff and strangers get 404. Asks for no code: only
    for what says nothing about them, like help now."""

    @wraps(view)
    def guarded(request, *args, **kwargs):
        user = request.user  # PeopleBackend fetched the client with it
        request.client = getattr(user, "client", None)
        if request.client is None or request.client.practice_id != user.practice_id:
            raise Http404
        request.client.practice = user.practice
        return view(request, *args, **kwargs)

    return guarded


def client_only(view):
    """The same, for everything else: whoever came in without the client's personal code (by a code
    in a mail) is asked for it first. What a mailbox opens, whoever reads the mailbox opens too."""

    @wraps(view)
    def guarded(request, *args, **kwargs):
        if not request.session.get(CODE_GIVEN):
            if is_in_background(request):
                return signed_out()
            return redirect("clients:own_code")
        if is_closed(request.client, timezone.now()):
            if is_in_background(request):
                return signed_out()
            return render(request, "clients/portal_closed.html", status=403)
        return view(request, *args, **kwargs)

    return any_client(guarded)


def is_closed(client, now) -> bool:
    """Care has ended, and so have the days in which they could look at what is theirs."""
    return client.portal_closes_at is not None and client.portal_closes_at <= now


def note_code_given(request, now) -> None:
    request.session[CODE_AGAIN] = now.isoformat()


def has_just_given_code(request, now) -> bool:
    """Typed again within the last minutes: for what needs more than being signed in."""
    given = request.session.get(CODE_AGAIN)
    return given is not None and now - datetime.fromisoformat(given) < FRESH
