"""Of many scores, the few that a verdict needs: the first of an episode, the last, and the ends."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db.models import Max, Min, QuerySet

from assessments.models import ActivityVersion, Score

# Like is compared with like: one scale of one activity, and of whom the answers are about.
LINE = ("client_id", "response__version__activity_id", "scale", "about")
ASKED_AS = ("response__version_id", "response__mode")
FACTS = (*ASKED_AS, "value", "missing", "provisional", "taken_at", "response_id")


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
    one was."""

    first: dict[tuple, Reading]
    last: dict[tuple, Reading]
    ends: dict[tuple, tuple[Decimal, Decimal]]


def readings_of(
    client_ids: Collection[UUID],
    versions: Iterable[ActivityVersion],
    episodes: Collection[UUID] | None = None,
) -> Readings:
    """Of these episodes, or else the open ones, whatever is scored by one of ``versions``. Three
    statements."""
    scores = Score.objects.filter(
        client__in=client_ids, response__version__in=[version.pk for version in versions]
    )
    if episodes is None:
        scores = scores.filter(response__episode__closed_at__isnull=True)
    else:
        scores = scores.filter(response__episode__in=episodes)
    complete = scores.filter(value__isnull=False, missing=0, provisional=False)
    last = _one_a_line(scores.order_by(*LINE, "-taken_at", "-pk"))
    return Readings(
        first=_one_a_line(complete.order_by(*LINE, "taken_at", "pk")),
        last=last,
        ends=_ends(complete, last),
    )


def _one_a_line(scores: QuerySet) -> dict[tuple, Reading]:
    rows = scores.distinct(*LINE).values_list(*LINE, *FACTS)
    return {reading.line: reading for reading in (Reading(*row) for row in rows)}


def _ends(complete: QuerySet, last: dict[tuple, Reading]) -> dict[tuple, tuple[Decimal, Decimal]]:
    asked_as = {(*line, reading.version_id, reading.mode) for line, reading in last.items()}
    rows = complete.values_list(*LINE, *ASKED_AS).annotate(Min("value"), Max("value"))
    return {
        tuple(key[: len(LINE)]): (least, most)
        for *key, least, most in rows
        if tuple(key) in asked_as
    }
