from zoneinfo import ZoneInfo

from allauth.core.internal.httpkit import get_client_ip
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.core.exceptions import ImproperlyConfigured
from django.http import Http404, HttpResponseNotAllowed, UnreadablePostError
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import Resolver404, resolve
from django.utils import timezone, translation

from . import audit, walls
from .access import PRACTICE, ask_to_sign_in, page_before
from .idle import SAFE
from .views import errors

# Where a member of staff without a second factor may go: to set one up, or away.
BEFORE_SECOND_FACTOR = {
    "still",
    "still_left",
    "account_logout",
    "account_reauthenticate",
    "mfa_activate_totp",
    "mfa_reauthenticate",
    "mfa_add_webauthn",
    "mfa_generate_recovery_codes",
    "mfa_view_recovery_codes",
    "mfa_download_recovery_codes",
    "codes_kept",
}
# Clients have neither a password nor a second factor: nothing of that is theirs to set.
ONLY_FOR_STAFF = (
    "mfa_",
    "account_change_password",
    "account_set_password",
    "account_reauthenticate",
    "account_reset_password",
)
CHUNK = 64 * 1024
MOST_DISCARDED = 20 * 1024 * 1024


class TooLargeMiddleware:
    """A body over the limit is read away first: a browser that still sends shows no answer."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        try:
            length = int(request.META.get("CONTENT_LENGTH") or 0)
        except ValueError:
            length = 0
        if length <= settings.DATA_UPLOAD_MAX_MEMORY_SIZE or length <= largest_body(request):
            return self.get_response(request)
        discard(request, min(length, MOST_DISCARDED))
        return errors.too_large(request)


def largest_body(request) -> int:
    """In bytes. A view that takes files says how much it takes (``largest_body``)."""
    try:
        view = resolve(request.path_info).func
    except Resolver404:
        view = None
    return getattr(view, "largest_body", settings.DATA_UPLOAD_MAX_MEMORY_SIZE)


def discard(request, left: int) -> None:
    try:
        while left > 0 and (chunk := request.read(min(left, CHUNK))):
            left -= len(chunk)
    except UnreadablePostError:
        return  # nobody is there any more


def address_of(request) -> str | None:
    """As allauth sees it behind our proxies; of the next one if they are not what we were told."""
    nearest = request.META.get("REMOTE_ADDR") or None
    try:
        return get_client_ip(request) or nearest
    except ImproperlyConfigured:
        return nearest


# Here somebody is found whose practice may be another than of whoever gave up half-way before.
BEGIN_ANEW = {
    "mfa_login_webauthn",
    "account_reset_password",
    "account_reset_password_from_key",
}


class WallMiddleware:
    """Inside the practice that the session names; else nowhere, until a page finds out whose it
    is (``walls.settle``). While nobody is signed in, allauth's pages look somebody up by address,
    number or key: those look across."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        practice = request.session.get(PRACTICE)
        with walls.inside(practice) if practice else walls.nowhere():
            return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        is_nowhere = walls.where() == walls.NOWHERE
        if view.__module__.startswith("allauth.") and (is_nowhere or self._begins_anew(request)):
            walls.look_across()

    def _begins_anew(self, request) -> bool:
        name = request.resolver_match.url_name
        return name in BEGIN_ANEW and SESSION_KEY not in request.session


class LanguageAndZoneMiddleware:
    """Speak the language and show the clock of the person who is signed in."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        user = request.user
        token = audit.address.set(address_of(request))
        try:
            if not user.is_authenticated:
                return self.get_response(request)
            with translation.override(user.language), timezone.override(ZoneInfo(user.time_zone)):
                return self.get_response(request)
        finally:
            audit.address.reset(token)


class SignInRequiredMiddleware(LoginRequiredMiddleware):
    """Whoever signs in again comes back to the page where they were, also when what they did there
    was to send a form: its own address may take nothing but forms."""

    def handle_no_permission(self, request, view_func):
        is_page = request.method in SAFE
        return ask_to_sign_in(request, request.get_full_path() if is_page else page_before(request))


class SecondFactorMiddleware:
    """People of the practice set up a second factor, and put the spare codes that come with it
    away, before they see anybody's records."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        user, name = request.user, request.resolver_match.view_name or ""
        if not user.is_authenticated:
            return None
        if not user.roles:
            if name.startswith(ONLY_FOR_STAFF):
                raise Http404
            return None
        if request.session.get("second_factor") or name in BEFORE_SECOND_FACTOR:
            return None
        factors = Authenticator.objects.filter(user=user)
        spare = [factor for factor in factors if factor.type == Authenticator.Type.RECOVERY_CODES]
        if len(factors) == len(spare):
            return redirect("mfa_activate_totp")
        kept_at = user.codes_kept_at
        if any(kept_at is None or kept_at < codes.created_at for codes in spare):
            return redirect("mfa_view_recovery_codes")
        request.session["second_factor"] = True
        return None


class WrongMethodMiddleware:
    """What only takes a form, and is opened by itself (typed, or from the history), says so."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if isinstance(response, HttpResponseNotAllowed) and request.method == "GET":
            response.content = render_to_string("405.html", request=request)
        return response


class NoStoreMiddleware:
    """Nothing that a signed-in person saw stays in a browser's cache."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "no-store")
        return response


class OwnOriginMiddleware:
    """No page of anybody else's takes in what we answer, be it only to measure it."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        response["Cross-Origin-Resource-Policy"] = settings.CROSS_ORIGIN_RESOURCE_POLICY
        return response
