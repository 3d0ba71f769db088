"""How often somebody may try or ask, counted the same whether anybody is known or not.

Two counts, and never one for an address alone: by network, and by network and address together.
So whoever knows an address can shut it out of their own network at most, and not its owner's.
"""

import hashlib
import hmac
from datetime import datetime

from allauth.core.internal import ratelimit
from django.conf import settings
from django.core.cache import cache
from django.utils.crypto import salted_hmac

ASKED = {"knock": "20/m/ip,3/m/key,10/h/key"}
TRIED = {"code": "30/m/ip,10/m/key,30/h/key"}

# What somebody may not see is written down one by one, up to so much: a script must not fill the
# audit trail. Then one line says that it went on. (allauth's counts let every GET pass.)
DENIALS = ((60, 20), (3600, 200))  # in so many seconds, so many
MANY_DENIALS = 600  # seconds between two such lines


def mark_of(what: str) -> bytes:
    """32 bytes that stand for an address: without our key nobody can make or read them."""
    return salted_hmac("practice.limits", what.strip().lower(), algorithm="sha256").digest()


def been_there(user, address: str | None) -> str:
    """A mark of one person on one network: of two people in one home it shows nothing in common."""
    return mark_of(f"{user.pk}|{address}").hex() if address else ""


def by_network(request, what: str) -> str:
    return f"{ratelimit.get_ip(request)}|{what.strip().lower()}"


def may_ask(request, what: str) -> bool:
    key = by_network(request, what)
    return bool(ratelimit.consume(request, app="practice", action="knock", config=ASKED, key=key))


def may_try(request, what: str) -> bool:
    key = by_network(request, what)
    return bool(ratelimit.consume(request, app="practice", action="code", config=TRIED, key=key))


def may_note_denial(user, now: datetime) -> bool:
    counted = [_is_within(user, now, seconds, most) for seconds, most in DENIALS]
    return all(counted)


def may_note_many_denials(user) -> bool:
    return bool(cache.add(f"denied-often:{user.pk}", True, MANY_DENIALS))


def _is_within(user, now: datetime, seconds: int, most: int) -> bool:
    key = f"denied:{user.pk}:{seconds}:{int(now.timestamp()) // seconds}"
    if cache.add(key, 1, seconds):
        return True
    try:
        return cache.incr(key) <= most
    except ValueError:  # it ran out between the two
        return True


def cache_key(key: str, prefix: str, version: int) -> str:
    """The table of the cache holds no addresses, neither of people nor of networks."""
    plain = f"{prefix}:{version}:{key}".encode()
    return hmac.new(settings.SECRET_KEY.encode(), plain, hashlib.sha256).hexdigest()
