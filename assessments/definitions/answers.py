"""What an answer may be. Forms, imports and worked examples are held to the same rules."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from .items import SCORABLE, WITH_ROWS, Item, ItemKind

if TYPE_CHECKING:
    from .definition import Definition

# What an answer holds instead of a value. No option can have such a name: a code starts with a
# letter. Both are missing for the score and are kept apart from a question that was passed over.
NOT_APPLICABLE = "_na"
DECLINED = "_declined"

LONGEST_LINE = 200
LONGEST_TEXT = 5_000
WHOLE = 100  # what the parts of a split make together

_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


def is_empty(answer: Any) -> bool:
    """Nothing was answered, or only blanks. An answer of 0 is an answer."""
    if isinstance(answer, str):
        return not answer.strip()
    return answer is None or (isinstance(answer, list | tuple | dict) and not answer)


def unfit(definition: Definition, answers: Mapping[str, Any]) -> dict[str, str]:
    """By item id, why an answer cannot stand: one word of ``not_offered``, ``out_of_range``,
    ``not_a_number``, ``not_a_date``, ``not_a_time``, ``too_long``, ``not_100``, ``wrong_shape``,
    ``not_asked``, ``needed``. Empty when all is well."""
    shown = {item.id: item for item in definition.shown(answers)}
    found = {
        item_id: "not_asked"
        for item_id, answer in answers.items()
        if item_id not in shown and not is_empty(answer)
    }
    for item in shown.values():
        answer = answers.get(item.id)
        if is_empty(answer):
            if item.required:
                found[item.id] = "needed"
        elif reason := unfit_answer(definition, item, answer):
            found[item.id] = reason
    return found


def unfit_answer(definition: Definition, item: Item, answer: Any) -> str | None:
    """Why this answer to this item cannot stand, in one word, or None when it can."""
    if isinstance(answer, str) and answer in (NOT_APPLICABLE, DECLINED):
        return None if item.can_skip else "not_offered"
    if item.kind in SCORABLE:
        return _unfit_number(definition, item, answer)
    if item.kind in (ItemKind.CHOICE, ItemKind.CHOICES):
        return _unfit_choice(definition, item, answer)
    if item.kind is ItemKind.SPLIT:
        return _unfit_split(definition, item, answer)
    if item.kind is ItemKind.SORT:
        return _unfit_sort(definition, item, answer)
    if item.kind in WITH_ROWS:
        return _unfit_rows(definition, item, answer)
    return _unfit_text(item, answer)


def _unfit_number(definition: Definition, item: Item, answer: Any) -> str | None:
    if isinstance(answer, bool) or not isinstance(answer, int):
        return "not_a_number"
    if item.kind is ItemKind.SCALE:
        offered = any(option.value == answer for option in definition.choices(item))
        return None if offered else "not_offered"
    low, high = definition.range_of(item)
    if not low <= answer <= high:
        return "out_of_range"
    return "not_offered" if (answer - low) % item.step else None


def _unfit_choice(definition: Definition, item: Item, answer: Any) -> str | None:
    offered = [option.value for option in definition.choices(item)]
    if item.kind is ItemKind.CHOICE:
        return None if not isinstance(answer, list | dict) and answer in offered else "not_offered"
    if not isinstance(answer, list | tuple):
        return "wrong_shape"
    if len(set(map(str, answer))) != len(answer):
        return "wrong_shape"
    return None if all(each in offered for each in answer) else "not_offered"


def _unfit_split(definition: Definition, item: Item, answer: Any) -> str | None:
    if not isinstance(answer, dict):
        return "wrong_shape"
    if not set(answer) <= {option.value for option in definition.choices(item)}:
        return "not_offered"
    parts = list(answer.values())
    if any(isinstance(part, bool) or not isinstance(part, int) for part in parts):
        return "not_a_number"
    if any(not 0 <= part <= WHOLE for part in parts):
        return "out_of_range"
    return None if sum(parts) == WHOLE else "not_100"


def _unfit_sort(definition: Definition, item: Item, answer: Any) -> str | None:
    if not isinstance(answer, dict):
        return "wrong_shape"
    cards = {str(option.value) for option in definition.choices(item)}
    groups = {option.value for option in definition.groups(item)}
    if not set(answer) <= cards or not all(_is_among(each, groups) for each in answer.values()):
        return "not_offered"
    return "needed" if item.required and set(answer) != cards else None


def _is_among(value: Any, values: Collection[Any]) -> bool:
    return isinstance(value, str | int) and value in values


def _unfit_rows(definition: Definition, item: Item, answer: Any) -> str | None:
    if not isinstance(answer, list | tuple) or not all(isinstance(row, dict) for row in answer):
        return "wrong_shape"
    if not item.minimum <= len(answer) <= item.maximum:
        return "out_of_range"
    columns = {column.id: column for column in item.columns}
    for row in answer:
        if not set(row) <= set(columns):
            return "not_offered"
        if all(is_empty(cell) for cell in row.values()):
            return "wrong_shape"
        for column in item.columns:
            cell = row.get(column.id)
            if is_empty(cell):
                if column.required:
                    return "needed"
            elif reason := unfit_answer(definition, column, cell):
                return reason
    return None


def _unfit_text(item: Item, answer: Any) -> str | None:
    if not isinstance(answer, str):
        return "wrong_shape"
    if item.kind is ItemKind.DATE:
        return None if _is_date(answer) else "not_a_date"
    if item.kind is ItemKind.TIME:
        return None if _TIME.fullmatch(answer) else "not_a_time"
    if item.kind is ItemKind.LINE and "\n" in answer:
        return "wrong_shape"
    return "too_long" if len(answer) > longest(item) else None


def _is_date(answer: str) -> bool:
    """The one way that a date is stored: 2026-11-21."""
    try:
        return date.fromisoformat(answer).isoformat() == answer
    except ValueError:
        return False


def longest(item: Item) -> int:
    """How many characters a written answer can have."""
    return LONGEST_TEXT if item.kind is ItemKind.TEXT else LONGEST_LINE
