"""Of many scores, the few that a verdict needs: the first of an episode, the last, and the ends."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import F, Func, Max, Min, Q, UUIDField

from assessments.models import ActivityVersion, Score

COMPLETE = Q(value__isnull=False, missing=0, provisional=False)
# Of scores that were asked in the same way. Only like is compared with like: one scale of one
# activity, and of whom the answers are about (``Reading.line``).
ALIKE = ("client_id", "response__version_id", "response__mode", "scale", "about")
IN_TIME = ("taken_at", "pk")  # for both ends, so that each group is sorted once
FACTS = ("value", "missing", "provisional", "taken_at", "response_id")


@dataclass(frozen=True)
class Reading:
    """One score, as far as it is compared."""

    client_id: UUID
    activity_id: UUID
    scale: str
    about: str
    version_id: UUID
    mode: str
    value: Decimal | None
    missing: int
    provisional: bool
    taken_at: datetime
    response_id: UUID

    @property
    def line(self) -> tuple:
        return self.client_id, self.activity_id, self.scale, self.about


@dataclass(frozen=True)
class Readings:
    """By line. ``ends``: the least and the most of the complete scores that were asked as the last
    one was. ``versions`` by id: all that were asked."""

    first: dict[tuple, Reading]
    last: dict[tuple, Reading]
    ends: dict[tuple, tuple[Decimal, Decimal]]
    versions: Mapping[UUID, ActivityVersion]


def readings_of(client_ids: Collection[UUID], episodes: Collection[UUID]) -> Readings:
    """Of these episodes of these clients, whatever is scored by a published instrument. Two
    statements: which scores these are is read from two indexes alone (``score_course`` and
    ``response_course``); the second one reads those. And one more when a version has not been met
    by this process."""
    groups = [_Alike(*row) for row in _groups(client_ids, episodes)]
    known = ActivityVersion.known({group.version_id for group in groups})
    groups = [group for group in groups if known[group.version_id].definition.is_validated]
    scores = Score.objects.filter(
        pk__among={pk for group in groups for pk in (group.first, group.last) if pk}
    )
    facts = {pk: tuple(row) for pk, *row in scores.values_list("pk", *FACTS)}

    def reading(group: _Alike, pk: UUID) -> Reading:
        of, asked_as = known[group.version_id], (group.version_id, group.mode)
        line = (group.client_id, of.activity_id, group.scale, group.about)
        return Reading(*line, *asked_as, *facts[pk])

    def moment(pk: UUID) -> tuple:
        return (facts[pk][FACTS.index("taken_at")], pk)

    found = Readings({}, {}, {}, known)
    begun = [group for group in groups if group.first]
    for group in sorted(begun, key=lambda group: moment(group.first), reverse=True):
        first = reading(group, group.first)
        found.first[first.line] = first  # the first one of a line comes last
    for group in sorted(groups, key=lambda group: moment(group.last)):
        last = reading(group, group.last)
        found.last[last.line] = last
        found.ends.pop(last.line, None)
        if group.first:
            found.ends[last.line] = (group.least, group.most)
    return found


@dataclass(frozen=True)
class _Alike:
    """Scores of one line that were asked in the same way: the ids of the first complete one and of
    the last one, and the ends of the complete ones."""

    client_id: UUID
    version_id: UUID
    mode: str
    scale: str
    about: str
    first: UUID | None
    last: UUID
    least: Decimal | None
    most: Decimal | None


class _Last(Func):
    """Of an array that an aggregate makes: PostgreSQL makes it once, though it is named twice."""

    template = "(%(expressions)s)[CARDINALITY(%(expressions)s)]"


def _groups(client_ids: Collection[UUID], episodes: Collection[UUID]):
    """The rows of ``_Alike``."""
    scores = Score.objects.filter(client__among=client_ids, response__episode__among=episodes)
    return (
        scores.order_by()
        .values(*ALIKE)
        .alias(complete=ArrayAgg("pk", filter=COMPLETE, order_by=IN_TIME))
        .annotate(
            first=F("complete__0"),
            last=_Last(ArrayAgg("pk", order_by=IN_TIME), output_field=UUIDField()),
            least=Min("value", filter=COMPLETE),
            most=Max("value", filter=COMPLETE),
        )
        .values_list(*ALIKE, "first", "last", "least", "most")
    )
