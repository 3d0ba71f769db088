"""Keys that a phone or a computer keeps and opens with a finger, a face or its own code."""

import ipaddress
from urllib.parse import urlsplit

from allauth.mfa.models import Authenticator
from django.utils.translation import gettext as _

SECOND_FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def are_possible(request) -> bool:
    """They belong to a name: at an address in numbers no browser makes one (WebAuthn, 5.1.2)."""
    host = urlsplit(f"//{request.get_host()}").hostname or ""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return request.is_secure() or host == "localhost"
    return False


def of_user(user):
    keys = Authenticator.objects.filter(user=user, type=Authenticator.Type.WEBAUTHN)
    return keys.order_by("created_at", "pk")


def device_in_words(user_agent: str) -> str:
    """How somebody tells their keys apart, in words that say nothing about them."""
    if "iPad" in user_agent or ("Android" in user_agent and "Mobile" not in user_agent):
        return _("Tablet")
    if "Mobi" in user_agent or "iPhone" in user_agent:
        return _("Phone")
    return _("Computer")
