"""When a sign-in ends by itself, and what keeps it (docs/decisions/024).

It goes on while a *person* does something, and ends at the latest some hours after it began. The
browser says of each request whether it opens a page or fetches something behind it; nothing in an
address can turn the one into the other.
"""

from datetime import datetime
from functools import wraps

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.utils import timezone
from django.utils.translation import gettext as _

from . import actions, walls
from .access import settle_with
from .models import SignIn

SAFE = ("GET", "HEAD", "OPTIONS", "TRACE")


def polled(view):
    """A page asks for this by itself, so asking for it is not something that a person did."""

    @wraps(view)
    def asked(*args, **kwargs):
        return view(*args, **kwargs)

    asked.is_polled = True
    return asked


def is_act(request) -> bool:
    """Did a person do this: open a page, send a form, or type what is kept meanwhile?"""
    headers = request.headers
    if headers.get("Sec-Purpose") or headers.get("Purpose") or headers.get("X-Moz"):
        return False  # fetched in advance
    mode = headers.get("Sec-Fetch-Mode")
    is_page = mode == "navigate" and headers.get("Sec-Fetch-Dest") == "document"
    if request.method in SAFE:
        # A browser too old to say it asks for a page in words, and for everything else in general.
        return is_page if mode else "text/html" in headers.get("Accept", "")
    # Autosave follows what is typed; what it sends when the page is about to close does not.
    return is_page or headers.get("X-Keep") == "1" or not (mode or "X-Keep" in headers)


def sign_in_of(request) -> SignIn | None:
    """The one of this browser, when it still stands. It came along with the user."""
    named = request.session.get(actions.IN_SESSION)
    for row in request.user.standing:
        if str(row["pk"]) == named:
            return SignIn(
                pk=row["pk"],
                user=request.user,
                practice_id=request.user.practice_id,
                created_at=datetime.fromisoformat(row["created_at"]),
                acted_at=datetime.fromisoformat(row["acted_at"]),
            )
    return None


def begin(sender, request, user, **facts) -> None:
    """For the signal ``user_logged_in``: whichever door somebody came in by."""
    settle_with(request, user)
    agent = request.META.get("HTTP_USER_AGENT", "")
    sign_in = actions.begin_sign_in(user, agent=agent, now=timezone.now())
    request.session[actions.IN_SESSION] = str(sign_in.pk)


def end(sender, request, user, **facts) -> None:
    """For the signal ``user_logged_out``."""
    named = request.session.get(actions.IN_SESSION)
    if not (user and named):
        return
    with walls.inside(user.practice_id):  # a link of another practice may be what ends it
        if sign_in := SignIn.objects.of(user).filter(pk=named).first():
            actions.end_sign_in(sign_in, by=user)


def factor_removed(sender, request, user, **facts) -> None:
    """For the signal ``authenticator_removed``: here the middleware looks anew whether any is left.
    Elsewhere it would not look, so there they are signed out."""
    if user.roles and request.session.pop("second_factor", None):
        actions.end_sign_ins(user, but=request.session.get(actions.IN_SESSION))


def factor_added(sender, request, user, **facts) -> None:
    """For the signal ``authenticator_added``: with the first one whoever waits elsewhere, where
    the password alone was shown, is signed out. Later each sign-in has shown one already."""
    if user.roles and not request.session.get("second_factor"):
        actions.end_sign_ins(user, but=request.session.get(actions.IN_SESSION))


class IdleMiddleware:
    """An ended sign-in shows nothing more, whoever asks; one that goes on says until when."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.sign_in, request.lapsed = None, False
        if request.user.is_authenticated:
            self.look(request, timezone.now())
        return self.get_response(request)

    def look(self, request, now):
        sign_in = sign_in_of(request)
        if sign_in and now < sign_in.ends_at():
            request.sign_in = sign_in
            return
        if sign_in:
            request.lapsed = True
            actions.end_sign_in(sign_in, by=None)
        logout(request)

    def process_view(self, request, view, args, kwargs):
        if request.lapsed:
            messages.info(request, _("You were signed out after a while. What was kept stays."))
        is_polled = getattr(view, "is_polled", False)
        if request.sign_in and not is_polled and is_act(request):
            actions.go_on(request.sign_in, now=timezone.now())


def seconds_left(sign_in, now) -> int:
    return max(0, int((sign_in.ends_at() - now).total_seconds()))


def is_last(sign_in) -> bool:
    """It ends because it began long ago; staying does not help."""
    return sign_in.created_at + settings.SIGNED_IN_AT_MOST <= sign_in.acted_at + settings.IDLE
