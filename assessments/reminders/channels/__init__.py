"""The ways to hand over a message, and what each can say about its fate.

``carrier_of`` gives the one for a channel, as the settings have it. A further way, say web push, is
a module here with a class that is a ``Carrier``, a line in ``CARRIERS`` and one in ``BACKOFF``; the
sweep knows nothing else about it.
"""

from collections.abc import Callable
from datetime import timedelta

from clients.models import Channel

from . import email, sms
from .carrier import Carrier, Result

__all__ = ["BACKOFF", "Carrier", "Result", "carrier_of"]

CARRIERS: dict[str, Callable[[], Carrier]] = {
    Channel.EMAIL: email.carrier,
    Channel.SMS: sms.carrier,
}
# A mail server that was only restarted costs nobody more than this.
SOON = timedelta(seconds=10)
# How long after each failed attempt the next one is. After the last, the next channel has its turn.
BACKOFF: dict[str, tuple[timedelta, ...]] = {
    # Long enough for a mail server that is away over a weekend night.
    Channel.EMAIL: (
        SOON,
        timedelta(minutes=5),
        timedelta(minutes=30),
        timedelta(hours=3),
        timedelta(hours=12),
        timedelta(hours=24),
    ),
    Channel.SMS: (SOON, timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=3)),
}


def carrier_of(channel: str) -> Carrier:
    return CARRIERS[channel]()
