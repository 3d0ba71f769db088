"""The lists of answers of a content. Questions can share one: then they change together."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from .content import Content, Gone, Piece


def options_of(content: Content, piece: Mapping[str, Any], key: str = "options") -> list[Piece]:
    return list(content.get("options", {}).get(piece.get(key) or "", ()))


def sharing(content: Content, item_id: str) -> int:
    """How many other questions or columns have the very list of answers that this one has."""
    mine = item_of(content, item_id).get("options")
    return _users(content, mine) - 1 if mine else 0


def with_options(
    content: Content, item_id: str, options: list[Piece], *, key: str = "options", alone: bool
) -> Content:
    """With other answers (or groups) of a question; ``alone`` leaves those of others as they are.

    Raises Gone.
    """
    changed = deepcopy(content)
    _set_list(changed, item_of(changed, item_id), key, options, alone=alone)
    return changed


def with_columns(content: Content, item_id: str, columns: list[Piece]) -> Content:
    """With these columns of a table; ``answers`` of one are its list of answers. Raises Gone."""
    changed = deepcopy(content)
    item = item_of(changed, item_id)
    before = {column["id"]: column for column in item.get("columns") or ()}
    item["columns"] = []
    for column in deepcopy(columns):
        answers = column.pop("answers", None)
        whole = before.get(column["id"], {}) | column
        whole["options"] = whole.get("options", "") if answers is not None else ""
        item["columns"].append(whole)
        if answers is not None:
            _set_list(changed, whole, "options", answers, alone=True)
    return changed


def item_of(content: Content, item_id: str) -> Piece:
    for item in content.get("items", ()):
        if item["id"] == item_id:
            return item
    raise Gone(item_id)


def _set_list(content: Content, holder: Piece, key: str, options: list[Piece], *, alone: bool):
    name = holder.get(key)
    if not name or (alone and _users(content, name) > 1):
        holder[key] = new_list(content, options)
    else:
        content["options"][name] = options


def _users(content: Content, name: str) -> int:
    """How many questions, groups and columns have the list of this name."""
    whole = list(content["items"])
    whole += [column for item in content["items"] for column in item.get("columns") or ()]
    return sum(each.get(key) == name for each in whole for key in ("options", "groups"))


def new_list(content: Content, options: list[Piece]) -> str:
    lists = content.setdefault("options", {})
    number = 1
    while f"answers_{number}" in lists:
        number += 1
    lists[f"answers_{number}"] = options
    return f"answers_{number}"
