"""When a change is worth reviewing together. Rules of this project, named as rules.

They are heuristics and not validated: there are no expected courses for codependency, so nothing is
foretold. None of them looks at a tool that is not validated. ``models.Rule`` has their names.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from assessments.change import Change, Verdict, is_clinical
from assessments.definitions import Scale
from assessments.models import ReviewNote, ReviewRules, Rule

from .moves import Move

GAINS = (Verdict.RECOVERED, Verdict.IMPROVED)


@dataclass(frozen=True)
class Prompt:
    """A move that is worth reviewing together, by which rule, and the note if somebody has looked
    at this very score."""

    move: Move
    rule: str  # a Rule
    note: ReviewNote | None


def prompts_of(moves: Iterable[Move], rules: ReviewRules) -> list[Prompt]:
    """Of the scales that stand for themselves: a subscale moves with what it is part of. At most
    one statement."""
    found = []
    for move in moves:
        rule = fired(
            move.scale,
            move.last.value,
            move.change,
            move.since_best,
            attended=move.attended,
            by_session=rules.by_session,
            on=rules.on,
        )
        if rule and move.is_two and not move.scale.part_of:
            found.append((move, rule))
    notes = _notes({move.client.pk for move, _rule in found}) if found else {}
    return [Prompt(move, rule, _note_on(move, rule, notes)) for move, rule in found]


def _notes(client_ids: Collection[UUID]) -> dict[tuple, ReviewNote]:
    """The newest standing note on each line and rule."""
    rows = ReviewNote.objects.standing().filter(client__among=client_ids)
    found = {}
    for row in rows.select_related("created_by").order_by("up_to"):
        found[row.client_id, row.activity_id, row.scale, row.about, row.rule] = row
    return found


def _note_on(move: Move, rule: str, notes: dict[tuple, ReviewNote]) -> ReviewNote | None:
    note = notes.get((*move.last.line, rule))
    return note if note and note.up_to >= move.last.taken_at else None


def fired(
    scale: Scale,
    value: Decimal | None,
    change: Change,
    since_best: Change | None,
    *,
    attended: int,
    by_session: int,
    on: Collection[str],
) -> str | None:
    """The first rule that the newest ``value`` meets; ``change`` is since the start of the episode.

    ``attended`` sessions of the episode so far; ``by_session`` is what R2 waits for. R4 is about
    what was not answered, so no score can tell it.
    """
    if Rule.WORSE in on and change.verdict == Verdict.DETERIORATED:
        return Rule.WORSE
    if Rule.LOST in on and since_best and since_best.verdict == Verdict.DETERIORATED:
        return Rule.LOST
    if Rule.NO_GAIN in on and attended >= by_session and _gained_nothing(scale, value, change):
        return Rule.NO_GAIN
    return None


def _gained_nothing(scale: Scale, value: Decimal | None, change: Change) -> bool:
    if value is None or change.boundary is None or change.verdict in GAINS:
        return False
    return is_clinical(value, change.boundary, scale.higher_is)
