"""Why somebody is on Today."""

from dataclasses import dataclass
from datetime import datetime

from clients.models import Client

# In the order in which they press.
KINDS = ("alert", "worse", "review", "undelivered", "address", "silent", "unread", "session")


@dataclass(frozen=True)
class Reason:
    """Why somebody is on Today. ``act`` is a way to deal with it from the row, if there is one."""

    kind: str
    word: str
    client: Client
    sentence: str
    when: datetime
    url: str
    action: str
    act_url: str = ""
    act_word: str = ""
