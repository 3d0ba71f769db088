"""What each outcome of a safety check does for one client: shown before it is chosen."""

from dataclasses import dataclass
from datetime import datetime

from clients.models import CareTeam
from practice.models import User

from .actions import is_on_hold
from .calendar import Told, calendar_of
from .models import Assignment
from .portal import newest_versions


@dataclass(frozen=True)
class Holding:
    is_held: bool  # the check that counts says hold
    gated: list[str]  # titles of what is asked of them and needs a check
    begun: int  # of those, how many hold something that was not sent
    messages: list[Told]  # that would leave in the weeks ahead
    why_nobody: str  # why none would, in words
    links: int  # that still open from messages they have
    colleagues: list[User]  # who would read the note before they assign

    @property
    def first(self) -> Told | None:
        return self.messages[0] if self.messages else None

    @property
    def last(self) -> Told | None:
        return self.messages[-1] if self.messages else None


def holding_of(client, *, by, now: datetime) -> Holding:
    """The number of statements does not depend on how much is asked."""
    asked = list(Assignment.objects.asking(now).filter(client=client).order_by("assigned_at"))
    versions = newest_versions({row.activity_id for row in asked})
    definitions = {row.pk: versions[row.activity_id].definition for row in asked}
    gated = [row for row in asked if definitions[row.pk].gated]
    calendar = calendar_of(client, now=now)
    team = CareTeam.objects.current().filter(client=client).exclude(clinician=by)
    drafts = client.responses.drafts().filter(occurrence__assignment__in=gated)
    return Holding(
        is_held=is_on_hold(client.pk),
        gated=[definitions[row.pk].title for row in gated],
        begun=drafts.count(),
        messages=calendar.messages,
        why_nobody=calendar.why_nobody,
        links=client.portal_links.live().filter(expires_at__gt=now).count(),
        colleagues=[row.clinician for row in team.select_related("clinician")],
    )
