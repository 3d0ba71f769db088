"""Lists of answers as lines of text, one answer on each line.

Behind each label stands a value that answers are stored with. Nobody types it: it follows its
label when lines are moved or words are mended, and it is made from the words of a new line.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import Any

from assessments.interop.words import code_of

Options = list[dict[str, Any]]

_NUMBERED = re.compile(r"\s*(-?\d{1,4})\s*=\s*(.*)")


def lines_of(options: Sequence[dict[str, Any]], *, numbered: bool) -> str:
    """``numbered`` lines are those of a scale: "0 = Never"."""
    return "\n".join(
        f"{option['value']} = {option['label']}" if numbered else str(option["label"])
        for option in options
    )


def options_from(
    text: str,
    *,
    kept: Sequence[dict[str, Any]],
    published: Sequence[dict[str, Any]] = (),
    numbered: bool,
) -> Options:
    """The answers that these lines stand for.

    ``kept`` is the list as it was before, ``published`` as it was last published: a line that
    stands there too has its value, and so has a line that was written over one of them.
    """
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    numbers, labels = _split(lines) if numbered else ([None] * len(lines), lines)
    values = _known(labels, kept, published)
    known = {option["value"]: option for option in (*published, *kept)}
    taken = {value for value in values if value is not None}
    taken |= {option["value"] for option in published}
    options: Options = []
    new: dict[str, Any] = {}  # the same words twice are one answer: a fault says so
    for label, number, value in zip(labels, numbers, values, strict=True):
        if number is not None:
            value = number
        elif label in new:
            value = new[label]
        elif value is None and numbered:
            value = _next(taken | {each for each in numbers if each is not None})
        elif value is None:
            value = code_of(label, {str(each) for each in taken})
        taken.add(value)
        new[label] = value
        options.append(known.get(value, {}) | {"value": value, "label": label})
    return options


def _split(lines: list[str]) -> tuple[list[int | None], list[str]]:
    numbers: list[int | None] = []
    labels = []
    for line in lines:
        found = _NUMBERED.fullmatch(line)
        numbers.append(int(found[1]) if found else None)
        labels.append(found[2] if found else line)
    return numbers, labels


def _known(
    labels: list[str], kept: Sequence[dict[str, Any]], published: Sequence[dict[str, Any]]
) -> list[Any]:
    """The value that each label has already, by its words or by its place; None for a new one."""
    by_label = {option["label"]: option["value"] for option in (*published, *kept)}
    values = [by_label.get(label) for label in labels]
    before = [option["label"] for option in kept]
    matcher = SequenceMatcher(None, before, labels, autojunk=False)
    for what, start, end, new_start, new_end in matcher.get_opcodes():
        if what != "replace":
            continue
        reworded = [option["value"] for option in kept[start:end]]
        reworded = [value for value in reworded if value not in values]
        places = [place for place in range(new_start, new_end) if values[place] is None]
        for place, value in zip(places, reworded, strict=False):
            values[place] = value
    return values


def _next(taken: set[Any]) -> int:
    return max((value for value in taken if isinstance(value, int)), default=-1) + 1
