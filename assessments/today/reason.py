"""Why somebody is on Today."""

from dataclasses import dataclass, replace
from datetime import datetime

from django.utils.translation import gettext as _

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

    def without_content(self) -> "Reason":
        """For a supervisor who has not said yet why they look: who, what kind of thing, and when
        (docs/decisions/025)."""
        return replace(self, sentence=_("Opens with a reason"), act_url="", act_word="")
