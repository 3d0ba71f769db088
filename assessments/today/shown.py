"""What of Today stands on the page: narrowed to a kind or to words, and folded where it is long."""

from dataclasses import dataclass
from itertools import groupby

from practice.models import User

from .page import Today
from .reason import Reason

# Rows of one kind before the rest is folded: on one caseload, and for each of several.
FOLD_AFTER, FOLD_AFTER_EACH = 10, 4
NEVER_FOLDED = "alert"


@dataclass(frozen=True)
class Row:
    reason: Reason
    is_found: bool  # has the words that were searched for
    is_folded: bool


@dataclass(frozen=True)
class Stretch:
    """The rows of one kind; ``folded`` of them stand behind "show all"."""

    kind: str
    rows: list[Row]
    folded: int


@dataclass(frozen=True)
class Group:
    """The rows of one clinician; of one caseload, there is one group without a heading."""

    clinician: User | None
    has_heading: bool
    stretches: list[Stretch]

    @property
    def rows(self) -> list[Row]:
        return [row for stretch in self.stretches for row in stretch.rows]

    @property
    def is_found(self) -> bool:
        return any(row.is_found for row in self.rows)


def shown_of(today: Today, *, only: str, words: str) -> list[Group]:
    """Every row is there, so that typing can bring it back; what is not wanted now is hidden."""
    wanted = words.casefold().split()
    if today.caseloads:
        parts = [(each.clinician, True, each.reasons) for each in today.caseloads]
        after = FOLD_AFTER_EACH
    else:
        parts = [(None, False, today.reasons)]
        after = FOLD_AFTER
    groups = []
    for clinician, has_heading, reasons in parts:
        kept = [reason for reason in reasons if only in ("", reason.kind)]
        if kept:
            stretches = _stretches(kept, wanted, None if only else after)
            groups.append(Group(clinician, has_heading, stretches))
    return groups


def _stretches(reasons, wanted, after) -> list[Stretch]:
    found = []
    for kind, group in groupby(reasons, key=lambda reason: reason.kind):
        rows = list(group)
        # A fold of a single row would take as much room as the row.
        folds = after is not None and kind != NEVER_FOLDED and len(rows) > after + 1
        start = after if folds else len(rows)
        found.append(
            Stretch(
                kind,
                [Row(row, _has(row, wanted), n >= start) for n, row in enumerate(rows)],
                len(rows) - start,
            )
        )
    return found


def _has(reason: Reason, wanted) -> bool:
    """Every word stands in the name, the sentence or the word of the row (today.js does so too)."""
    text = f"{reason.word} {reason.client} {reason.sentence}".casefold()
    return all(word in text for word in wanted)
