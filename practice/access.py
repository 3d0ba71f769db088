"""Who may come in. Rows are reached through their own querysets: ``Client.objects.of(user)``."""

from functools import wraps
from urllib.parse import urlsplit, urlunsplit

from allauth.account.decorators import reauthentication_required
from allauth.account.internal.flows.login import record_authentication
from allauth.core.exceptions import ReauthenticationRequired
from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.views import redirect_to_login
from django.http import Http404
from django.shortcuts import redirect, resolve_url
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme, urlencode

from . import walls
from .models import Role

CARING = frozenset({Role.CLINICIAN})
READING = frozenset({Role.CLINICIAN, Role.SUPERVISOR})
PRACTICE = "practice"  # in the session: whose, of whoever is at this browser
OPENED_FRESH = "opened_fresh"  # there too: which pages were, and when
STAYS_OPEN = 60 * 60  # in seconds
MOST_OPEN = 5


def staff(*roles: str):
    """Only for people of the practice, or only for those with one of ``roles``; others get 404."""

    def decorate(view):
        @wraps(view)
        def guarded(request, *args, **kwargs):
            held = request.user.roles
            if not held or (roles and not held.intersection(roles)):
                raise Http404
            return view(request, *args, **kwargs)

        guarded.only_for = frozenset(roles)
        return guarded

    return decorate


def fresh(view):
    """Only for somebody who has just shown once more who they are: for what reaches far.

    A form on a page that was opened so can be sent for an hour, also from one tab of a few. Asking
    again would lose what was typed, or keep it in the session, where nothing is sealed.
    """

    @wraps(view)
    def guarded(request, *args, **kwargs):
        is_page = request.method == "GET"
        opened = _still_open(request)
        if is_fresh(request):
            if is_page:
                newest_last = {page: at for page, at in opened.items() if page != request.path}
                newest_last[request.path] = timezone.now().timestamp()
                request.session[OPENED_FRESH] = dict(list(newest_last.items())[-MOST_OPEN:])
        elif is_page or request.path not in opened:
            return ask_who_it_is(request.get_full_path())
        return view(request, *args, **kwargs)

    return guarded


def _still_open(request) -> dict[str, float]:
    oldest = timezone.now().timestamp() - STAYS_OPEN
    opened = request.session.get(OPENED_FRESH, {})
    return {page: at for page, at in opened.items() if at > oldest}


def fresh_to_act(view):
    """The same for what is only posted: they come back to the page with the button."""

    @wraps(view)
    def guarded(request, *args, **kwargs):
        if request.method == "POST" and not is_fresh(request):
            return ask_who_it_is(page_before(request) or reverse("home"))
        return view(request, *args, **kwargs)

    return guarded


def is_fresh(request) -> bool:
    """Have they shown who they are within ACCOUNT_REAUTHENTICATION_TIMEOUT?"""
    try:
        return _asked_by_allauth(request)
    except ReauthenticationRequired:
        return False


@reauthentication_required
def _asked_by_allauth(request) -> bool:
    return True


def ask_who_it_is(then: str):
    return redirect(f"{reverse('account_reauthenticate')}?{urlencode({'next': then})}")


def ask_to_sign_in(request, then: str):
    """Afterwards they are where they were, if that is a page of ours."""
    if not is_ours(request, then):
        return redirect(settings.LOGIN_URL)
    return redirect_to_login(then, resolve_url(settings.LOGIN_URL))


def is_ours(request, page: str) -> bool:
    """A bare word is no page: ``redirect`` would look for a view of that name."""
    return "/" in page and url_has_allowed_host_and_scheme(
        page, {request.get_host()}, request.is_secure()
    )


def page_before(request) -> str:
    """The page of ours from which a form was sent; empty when the browser does not say."""
    page = request.headers.get("Referer", "")
    parts = urlsplit(page)
    return urlunsplit(("", "", parts.path, parts.query, "")) if is_ours(request, page) else ""


def settle_with(request, user) -> None:
    """Who it is has just been found out: this request and the next are inside their practice."""
    walls.settle(user.practice_id)
    request.session[PRACTICE] = str(user.practice_id)


def let_in(request, user) -> None:
    """Signs in somebody who has just chosen their password: nothing asks for it again at once."""
    login(request, user, backend="practice.backends.PeopleBackend")
    record_authentication(request, user, "password", reauthenticated=True)
