"""A computation that is nothing but a sum: of these it is told which questions it adds up."""

from __future__ import annotations

import re

from assessments.definitions import ItemKind

from .gathering import Gathering
from .reading import Sum
from .words import code_of, line, short

LONGEST = 20_000
LONGEST_TITLE = 60
NOTHING = "The file adds up nothing in a way that is known: it stays unscored."

_FIELD = r"(?:\[\w+\]|\$\{[\w.-]+\})"
_PLUS = re.compile(rf"{_FIELD}(?:\s*\+\s*{_FIELD})+")
_CALL = re.compile(rf"sum\s*\(\s*({_FIELD}(?:\s*,\s*{_FIELD})+)\s*\)", re.IGNORECASE)
_NAMES = re.compile(r"\[(\w+)\]|\$\{([\w.-]+)\}")


def add_sum(gathering: Gathering, name: str, title: str, written: str) -> bool:
    """A sum that somebody can confirm, when every term is a numbered question of this file.

    ``sum([a], [b])`` and ``[a] + [b]``, with ``${a}`` for ``[a]`` in an XLSForm. Anything else,
    and a term that is answered with other than whole numbers, is left alone.
    """
    names = _terms(written)
    items = [gathering.by_name.get(each) for each in names]
    if not names or len(set(names)) < len(names):
        return False
    if any(item is None or item.kind is not ItemKind.SCALE for item in items):
        return False
    because = f"The file adds up {len(names)} questions as “{short(name)}”."
    gathering.sums.append(
        Sum(
            code=code_of(name, {each.code for each in gathering.sums}),
            title=short(line(title), LONGEST_TITLE) or "Sum",
            items=tuple(item.id for item in items if item is not None),
            because=because,
        )
    )
    gathering.scoring.append(because)
    return True


def _terms(written: str) -> list[str]:
    written = line(written)
    if len(written) > LONGEST:
        return []
    while written.startswith("(") and written.endswith(")"):
        written = written[1:-1].strip()
    call = _CALL.fullmatch(written)
    if not call and not _PLUS.fullmatch(written):
        return []
    return [left or right for left, right in _NAMES.findall(call[1] if call else written)]
