"""What moved, for many clients at once, in a number of statements that does not depend on them."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Min

from assessments.change import Change, Measurement, compare, judge
from assessments.definitions import Definition, Scale
from clients.models import Client, Episode, Session

from .readings import Reading, Readings, readings_of


@dataclass(frozen=True)
class Move:
    """One scale of one client in one episode, the open one unless another was asked for.

    ``first`` is the baseline: the first complete score of the episode, never moved. ``is_late``: it
    was taken only after the first session, so some of the care lies before it. ``change`` is from
    there to ``last``; ``since_best`` from the best score that was asked as the last one was.
    ``attended`` sessions of the episode so far.
    """

    client: Client
    definition: Definition
    scale: Scale
    about: str
    first: Reading | None
    last: Reading
    change: Change
    since_best: Change | None
    is_late: bool
    attended: int

    @property
    def is_two(self) -> bool:
        """There is something to compare: two scores, and the older one complete."""
        return self.first is not None and self.first.response_id != self.last.response_id


def moves_of(
    clients: Mapping[UUID, Client], episodes: Collection[UUID] | None = None
) -> dict[UUID, list[Move]]:
    """Of every scale of a published instrument that ``clients`` were scored on, in their open
    episodes or in ``episodes``, of which each client has one. Three statements, one more to find
    the episodes, and one when a version has not been met by this process."""
    if episodes is None:
        still_open = Episode.objects.filter(client__among=clients, closed_at__isnull=True)
        episodes = list(still_open.values_list("pk", flat=True))
    readings = readings_of(list(clients), episodes)
    versions, sessions = readings.versions, _sessions(episodes)
    found = defaultdict(list)
    for line, last in readings.last.items():
        definition = versions[last.version_id].definition
        scale = next((each for each in definition.scales if each.code == last.scale), None)
        if scale is not None:
            client = clients[last.client_id]
            found[client.pk].append(
                _move(client, scale, line, readings, versions, sessions.get(client.pk))
            )
    return dict(found)


def _sessions(episodes: Collection[UUID]) -> dict[UUID, tuple[datetime, int]]:
    """When the first attended session of each episode was, and how many there were."""
    attended = Session.objects.filter(episode__among=episodes, attended_at__isnull=False)
    rows = attended.order_by().values_list("client_id").annotate(Min("starts_at"), Count("pk"))
    return {pk: (first, number) for pk, first, number in rows}


def _move(client, scale, line, readings: Readings, versions, sessions) -> Move:
    first, last = readings.first.get(line), readings.last[line]
    before_all, attended = sessions or (None, 0)

    def measured(reading: Reading | None) -> Measurement:
        if reading is None:
            return Measurement(versions[last.version_id].definition, None, last.mode, last.about)
        definition = versions[reading.version_id].definition
        return Measurement(
            definition, reading.value, reading.mode, reading.about, reading.provisional
        )

    is_late = False
    if first is not None and before_all is not None:
        is_late = client.local_day(first.taken_at) > client.local_day(before_all)
    return Move(
        client=client,
        definition=versions[last.version_id].definition,
        scale=scale,
        about=last.about,
        first=first,
        last=last,
        change=compare(scale.code, measured(first), measured(last)),
        since_best=_since_best(scale, last, readings.ends.get(line), versions),
        is_late=is_late,
        attended=attended,
    )


def _since_best(scale: Scale, last: Reading, ends, versions) -> Change | None:
    spec = versions[last.version_id].definition.change_of(scale)
    if spec is None or ends is None or last.value is None:
        return None
    best = min(ends) if scale.higher_is == "worse" else max(ends)
    return judge(spec, scale, best, last.value, provisional=last.provisional)
