"""What moved, what did not, and what cannot be said, in sentences."""

from collections.abc import Sequence

from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from assessments.change import Reason, Verdict
from assessments.progress import Move, words
from assessments.timeline.lanes import Line

from .scales import numbers

STAYED = (Verdict.NO_RELIABLE_CHANGE, Verdict.WITHIN_CONVENTION)


def summary_of(lines: Sequence[Line], titles: Sequence[str], moves: Sequence[Move]) -> list[dict]:
    """Groups of a title and its sentences. A subscale moves with what it is part of."""
    groups: dict[str, list] = {"moved": [], "stayed": [], "unsaid": []}
    for line, title in zip(lines, titles, strict=True):
        move = line.move_among(moves)
        if move is not None and not move.scale.part_of:
            groups[_group(move)].append(_sentence(title, move))
    unsaid = groups["unsaid"]
    own = dict.fromkeys(line.definition.title for line in lines if not line.definition.is_validated)
    if own:
        reason = str(words.REASONS[Reason.UNVALIDATED])
        unsaid.append([get_text_list(list(own), _("and")), f"{reason[:1].upper()}{reason[1:]}."])
    if not any(line.definition.is_validated for line in lines):
        unsaid.append(
            [
                "",
                _(
                    "No published instrument was filled in during this episode, "
                    "so nothing is judged."
                ),
            ]
        )
    found = (
        (_("What moved"), groups["moved"]),
        (_("What did not move by more than measurement error"), groups["stayed"]),
        (_("What cannot be said, and why"), unsaid),
    )
    return [{"title": title, "sentences": each} for title, each in found if each]


def is_judged(move: Move) -> bool:
    return move.is_two and move.change.verdict != Verdict.NOT_COMPUTABLE


def _group(move: Move) -> str:
    if not is_judged(move):
        return "unsaid"
    return "stayed" if move.change.verdict in STAYED else "moved"


def _sentence(title: str, move: Move) -> list[str]:
    """What it is about, and what is said of it."""
    verdict = words.verdict(move).lower() if move.is_two else ""
    said = ", ".join(filter(None, (numbers(move), verdict)))
    return [title, f"{said}. {words.meaning(move)}" if said else words.meaning(move)]
