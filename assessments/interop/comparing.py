"""A total that came along, beside the one that our own engine makes of the answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from assessments.definitions import Definition, Scale
from assessments.scoring import AnswerError, ScaleScore, score

from .reading import Note, Reading, Total


@dataclass(frozen=True)
class Comparison:
    """``ours`` is None when too little was answered. A difference is reported, never believed."""

    scale: str  # its title
    where: str  # what the file calls the stored total
    stored: Decimal
    ours: Decimal | None
    missing: int = 0

    @property
    def agrees(self) -> bool:
        return self.ours == self.stored

    def __str__(self) -> str:
        stored = _plain(self.stored)
        if self.ours is None:
            return (
                f"{self.scale}: the file says {stored}. With {self.missing} answers missing, "
                "there is no sum here."
            )
        if self.agrees:
            return f"{self.scale}: the file says {stored}, and so does the sum of its answers."
        ours = _plain(self.ours)
        return f"{self.scale}: the file says {stored}, but its answers add up to {ours}."


def compared(
    definition: Definition, reading: Reading
) -> tuple[tuple[Comparison, ...], tuple[Note, ...]]:
    """Every stored total with its scale, and a sentence about each that has none."""
    if reading.answers is None or not reading.totals:
        return (), ()
    try:
        scores = {each.code: each for each in score(definition, reading.answers)}
    except AnswerError as error:
        return (), (Note("The response", f"It cannot be scored: {error}"),)
    found, notes = [], []
    for total in reading.totals:
        scale = _scale_of(total, definition.scales, reading.totals)
        if scale is None:
            stored = _plain(total.value)
            notes.append(Note(total.where, f"It says {stored}. There is no scale to compare."))
        else:
            found.append(_compare(total, scale, scores[scale.code]))
    return tuple(found), tuple(notes)


def _scale_of(total: Total, scales: Sequence[Scale], totals: Sequence[Total]) -> Scale | None:
    """By its code; without one, only where there is no doubt."""
    for scale in scales:
        if total.loinc and scale.loinc == total.loinc:
            return scale
    is_only_one = len(scales) == 1 and len(totals) == 1
    return scales[0] if is_only_one and not (total.loinc and scales[0].loinc) else None


def _compare(total: Total, scale: Scale, ours: ScaleScore) -> Comparison:
    return Comparison(scale.title, total.where, total.value, ours.value, ours.missing)


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"
