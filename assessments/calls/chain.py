"""Whom an alert is told to, and when: the care team, then their back-up, then the owners.

Whoever is away is left out while somebody covers for them, who is told in their place.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from assessments.models import Alert, AlertCall, AlertPolicy, BackUp
from assessments.schedule.quiet import Quiet
from clients.models import Absence, CareTeam, Cover
from practice.models import Membership, Practice, Role

As = AlertCall.As


@dataclass(frozen=True)
class Link:
    person_id: UUID
    called_as: str
    due_at: datetime


def chain_of(alert: Alert, policy: AlertPolicy, *, now: datetime) -> list[Link]:
    """Each person once, at the first place where they stand. Where a place is empty the next one
    moves up: without a back-up the owner hears at the back-up's time."""
    called: set[UUID] = set()
    steps = []
    for called_as, people in _people_of(alert, now):
        new = [pk for pk in people if pk not in called]
        called.update(new)
        if new:
            steps.append((called_as, new))
    times = _times(alert, policy)
    return [
        Link(pk, called_as, at)
        for (called_as, people), at in zip(steps, times, strict=False)
        for pk in people
    ]


def quiet_of(policy: AlertPolicy, practice: Practice) -> Quiet:
    return Quiet(policy.quiet_from, policy.quiet_until, practice.zone)


def _times(alert: Alert, policy: AlertPolicy) -> list[datetime]:
    """Of what is not urgent the clock stands still in quiet hours: else, on a morning, everybody
    would hear at the same moment of what came up at night."""
    start = alert.raised_at
    if alert.is_urgent:
        waits = (0, policy.urgent_back_up, policy.urgent_owner)
        return [start + timedelta(minutes=wait) for wait in waits]
    quiet = quiet_of(policy, alert.practice)
    waits = (0, policy.back_up, policy.owner)
    return [quiet.after(start, timedelta(minutes=wait)) for wait in waits]


def _people_of(alert: Alert, now: datetime) -> list[tuple[str, list[UUID]]]:
    """Only who works there today, and may care. Four statements."""
    team = _team_of(alert.client_id)
    leading = [pk for pk, is_primary in team.items() if is_primary] or list(team)
    back_ups = list(
        BackUp.objects.current()
        .filter(clinician__in=leading)
        .exclude(back_up__in=Absence.objects.lasting(now).values("clinician"))
        .order_by("since", "pk")
        .values_list("back_up_id", flat=True)
    )
    held = at_work({alert.practice_id})
    return [
        (As.TEAM, [pk for pk in _there(alert, team, now) if (pk, Role.CLINICIAN) in held]),
        (As.BACK_UP, [pk for pk in back_ups if (pk, Role.CLINICIAN) in held]),
        (As.OWNER, sorted(pk for pk, role in held if role == Role.OWNER)),
    ]


def is_of_team(alert: Alert, person_id: UUID, *, now: datetime) -> bool:
    """On the care team and there, or in the place of somebody who is away."""
    return person_id in _there(alert, _team_of(alert.client_id), now)


def _team_of(client_id: UUID) -> dict[UUID, bool]:
    """Who looks after them, and whether first."""
    return dict(
        CareTeam.objects.current()
        .filter(client=client_id)
        .order_by("since", "pk")
        .values_list("clinician_id", "is_primary")
    )


def _there(alert: Alert, team: Iterable[UUID], now: datetime) -> list[UUID]:
    covers = dict(
        Cover.objects.standing(now)
        .about(alert.client_id)
        .values_list("absence__clinician_id", "covering_id")
    )
    return list(dict.fromkeys(covers.get(pk, pk) for pk in team))


def at_work(practice_ids: Iterable[UUID]) -> set[tuple[UUID, str]]:
    """The roles that are held today, with whose they are."""
    return set(
        Membership.objects.current()
        .filter(practice__in=practice_ids, user__is_active=True)
        .values_list("user_id", "role")
    )
