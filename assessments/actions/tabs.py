"""Two windows on the same answers, or two devices: neither overwrites what the other has kept.

A draft remembers of each question which change of the draft it was, from which window, and when.
A window says which change was the newest when it was opened. Whatever came after that, from
elsewhere, and is another answer, stands: the window that comes later is told.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from assessments.definitions import is_empty
from assessments.models import Response


@dataclass(frozen=True)
class Tab:
    """A page as somebody opened it. Reloaded, it is another one."""

    page: str
    seen: int  # the newest change that it showed


@dataclass(frozen=True)
class Elsewhere:
    """An answer that was given in another window since this one was opened."""

    item_id: str
    answer: Any
    at: datetime


class KeptElsewhere(Exception):
    """Nothing was sent: the client has not seen all that would be."""


def given_elsewhere(draft: Response, answers: dict, tab: Tab | None) -> tuple[Elsewhere, ...]:
    """Of ``answers``, those that stand otherwise by now. Without ``tab`` nobody looked."""
    if tab is None:
        return ()
    found = []
    for item_id, answer in answers.items():
        place, page, at = draft.changes.get(item_id, (0, "", ""))
        stands = draft.answers.get(item_id)
        if place > tab.seen and page != tab.page and not _same(answer, stands):
            found.append(Elsewhere(item_id, stands, datetime.fromisoformat(at)))
    return tuple(found)


def is_changed_elsewhere(draft: Response, tab: Tab | None) -> bool:
    """Whether something of it was answered in another window since this one was opened, also what
    this one does not speak of."""
    changes = draft.changes.values() if tab else ()
    return any(place > tab.seen and page != tab.page for place, page, _at in changes)


def note_changes(draft: Response, answers: dict, tab: Tab | None, *, now) -> None:
    """What these answers change, before they are put into the draft."""
    changed = [key for key, answer in answers.items() if not _same(answer, draft.answers.get(key))]
    if changed:
        change = [draft.change + 1, tab.page if tab else "", now.isoformat()]
        draft.changes = draft.changes | dict.fromkeys(changed, change)


def _same(one, other) -> bool:
    return one == other or (is_empty(one) and is_empty(other))
