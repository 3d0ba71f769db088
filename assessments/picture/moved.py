"""What became of people on published instruments: how many, and never who."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import Any
from uuid import UUID

from django.db.models import Q

from assessments.cells import table
from assessments.change import Verdict
from assessments.progress import Move, moves_of
from clients.models import Agreement, Client, Consent, Episode

SINCE = timedelta(days=365)
AT_ONCE = 500  # people, so that memory does not grow with the practice
Scale = tuple[str, str, UUID]  # the titles of tool and scale, and the activity
ONCE = "once"  # one score so far: there is nothing to compare

RELIABLE = (
    Verdict.RECOVERED,
    Verdict.IMPROVED,
    Verdict.NO_RELIABLE_CHANGE,
    Verdict.DETERIORATED,
)
BY_CONVENTION = (
    Verdict.BETTER_BY_CONVENTION,
    Verdict.WITHIN_CONVENTION,
    Verdict.WORSE_BY_CONVENTION,
)


def what_moved(practice_id: UUID, now: datetime) -> list[dict[str, Any]]:
    """By scale of a published instrument: how many people recovered, improved and so on, of those
    who agreed to be counted.

    One episode a person: the open one, or the last that ended within a year. (Only open ones would
    leave out those who are done, and they are not like the others.) A subscale moves with what it
    is part of and is left out.
    """
    counts: dict[Scale, Counter[str]] = defaultdict(Counter)
    for episodes in _episodes(practice_id, now):
        clients = Client.objects.in_bulk(list(episodes))
        for moves in moves_of(clients, list(episodes.values())).values():
            for key, move in _one_a_scale(moves).items():
                counts[key][_what(move)] += 1
    return [_line(scale, counts[scale]) for scale in sorted(counts)]


def _episodes(practice_id: UUID, now: datetime) -> Iterator[dict[UUID, UUID]]:
    rows = iter(
        Episode.objects.filter(
            Q(closed_at__isnull=True) | Q(closed_at__gt=now - SINCE),
            Consent.objects.given_by("client", Agreement.PICTURE),
            practice=practice_id,
        )
        .order_by("client_id", "-opened_at")
        .distinct("client_id")
        .values_list("client_id", "pk")
        .iterator(AT_ONCE)
    )
    while some := dict(islice(rows, AT_ONCE)):
        yield some


def _one_a_scale(moves: list[Move]) -> dict[Scale, Move]:
    """Who was asked about several people is still one person: the newest score counts."""
    found: dict[Scale, Move] = {}
    for move in sorted(moves, key=lambda each: each.last.taken_at):
        if not move.scale.part_of:
            found[move.definition.title, move.scale.title, move.last.activity_id] = move
    return found


def _what(move: Move) -> str:
    if move.first is None:  # none of the episode is complete
        return Verdict.NOT_COMPUTABLE
    return move.change.verdict if move.is_two else ONCE


def _line(key: Scale, counter: Counter[str]) -> dict[str, Any]:
    tool, scale, _activity = key
    by_convention = any(counter[verdict] for verdict in BY_CONVENTION)
    kinds = [
        *(BY_CONVENTION if by_convention else RELIABLE),
        Verdict.NOT_COMPUTABLE,
        ONCE,
    ]
    if by_convention:  # two versions, of which one has parameters: whatever is left over
        counter[Verdict.NOT_COMPUTABLE] += sum(counter[verdict] for verdict in RELIABLE)
    people = table([counter[kind] for kind in kinds])
    return {
        "tool": tool,
        "scale": scale,
        "by_convention": by_convention,
        "people": people.total,
        "counts": dict(zip(map(str, kinds), people.parts, strict=True)),
    }
