"""An answer as a cell of a table: its raw code, or why there is none."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from assessments.definitions import (
    DECLINED,
    IN_OWN_WORDS,
    NOT_APPLICABLE,
    SCORABLE,
    WITH_ROWS,
    Definition,
    Item,
    ItemKind,
    is_empty,
)

# No code of an option begins like these. An empty cell was not asked: it belongs to something else.
SKIPPED = "_skipped"
NOT_SHOWN = "_not_shown"
KEPT_BACK = "_kept_back"
MISSING = {
    SKIPPED: "asked and passed over",
    NOT_APPLICABLE: "does not apply",
    DECLINED: "prefers not to say",
    NOT_SHOWN: "not shown, because of an earlier answer",
    KEPT_BACK: "answered in own words, which are not in this file",
}

Cell = str | int | date | None


def cells(definition: Definition, answers: Mapping[str, Any], *, with_words: bool) -> dict:
    """By item id. ``with_words``: what was written in own words too."""
    shown = {item.id for item in definition.shown(answers)}
    return {
        item.id: _cell(item, answers.get(item.id), item.id in shown, with_words)
        for item in definition.items
    }


def _cell(item: Item, answer: Any, is_shown: bool, with_words: bool) -> Cell:
    if item.withdrawn and is_empty(answer):
        return None
    if not is_shown and not item.withdrawn:
        return NOT_SHOWN
    if is_empty(answer):
        return SKIPPED
    if isinstance(answer, str) and answer in (NOT_APPLICABLE, DECLINED):
        return answer
    if item.kind in IN_OWN_WORDS:
        return answer if with_words else KEPT_BACK
    return _value(item, answer, with_words)


def _value(item: Item, answer: Any, with_words: bool) -> Cell:
    if item.kind in SCORABLE or item.kind is ItemKind.CHOICE:
        return answer
    if item.kind is ItemKind.CHOICES:
        return ";".join(str(each) for each in answer)
    if item.kind in (ItemKind.SPLIT, ItemKind.SORT):
        return ";".join(f"{part}={value}" for part, value in answer.items())
    if item.kind in WITH_ROWS:
        rows = [without_words(item, row, with_words=with_words) for row in answer]
        return json.dumps(rows, ensure_ascii=False)
    return _date(answer) if item.kind is ItemKind.DATE else answer


def without_words(item: Item, row: Mapping[str, Any], *, with_words: bool) -> dict[str, Any]:
    """A row of a small table; what was left empty in it is not there."""
    found = {}
    for column in item.columns:
        cell = row.get(column.id)
        if not is_empty(cell):
            keep = with_words or column.kind not in IN_OWN_WORDS
            found[column.id] = cell if keep else KEPT_BACK
    return found


def _date(answer: str) -> Cell:
    try:
        return date.fromisoformat(answer)
    except ValueError:
        return answer
