from zoneinfo import ZoneInfo

from allauth.mfa.models import Authenticator
from django.shortcuts import redirect
from django.utils import timezone, translation

from . import audit

# Where a member of staff without a second factor may go: to set one up, or away.
BEFORE_SECOND_FACTOR = {
    "account_logout",
    "account_reauthenticate",
    "mfa_activate_totp",
    "mfa_generate_recovery_codes",
    "mfa_view_recovery_codes",
}


class LanguageAndZoneMiddleware:
    """Speak the language and show the clock of the person who is signed in."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        user = request.user
        token = audit.address.set(request.META.get("REMOTE_ADDR") or None)
        try:
            if not user.is_authenticated:
                return self.get_response(request)
            with translation.override(user.language), timezone.override(ZoneInfo(user.time_zone)):
                return self.get_response(request)
        finally:
            audit.address.reset(token)


class SecondFactorMiddleware:
    """People of the practice set up a second factor before they see anybody's records."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        user = request.user
        if not user.is_authenticated or request.session.get("second_factor"):
            return None
        if request.resolver_match.view_name in BEFORE_SECOND_FACTOR or not user.roles:
            return None
        if Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists():
            request.session["second_factor"] = True
            return None
        return redirect("mfa_activate_totp")


class NoStoreMiddleware:
    """Nothing that a signed-in person saw stays in a browser's cache."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "no-store")
        return response
