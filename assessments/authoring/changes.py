"""Changing a content, piece by piece. Each function gives a new one and leaves the old as it is."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from assessments.definitions import SCORABLE, WITH_OPTIONS, WITH_ROWS, ItemKind

from .answers import options_from
from .content import (
    MOST_PIECES,
    MOST_REMOVED,
    PIECES,
    Content,
    Gone,
    Part,
    Piece,
    TooMany,
    asked_items,
    fresh,
    names_of,
    piece_of,
)
from .history import History
from .kinds import KINDS, first_answers, first_groups
from .lists import item_of, new_list, options_of


def updated(content: Content, part: Part, values: Mapping[str, Any]) -> Content:
    """With other values of a part; what was taken away meanwhile comes back. Raises Gone."""
    changed = deepcopy(content)
    if part in ("about", "frame", "clinicians"):
        return changed | dict(values)
    key, name, named = names_of(part)
    if not any(piece.get(name) == named for piece in changed.get(key, ())):
        changed = put_back(changed, part)
    for piece in changed[key]:
        if piece.get(name) == named:
            piece |= values
    return changed


def added(content: Content, what: str, *, kind: str = "", after: str = "") -> tuple[Content, Part]:
    """With one more piece at the end, or after the piece named ``after``. Raises TooMany, Gone."""
    if what not in PIECES or (what == "item" and kind not in list(ItemKind)):
        raise Gone(what)
    changed = deepcopy(content)
    key, name = PIECES[what]
    pieces = changed.setdefault(key, [])
    if len(pieces) >= MOST_PIECES:
        raise TooMany(what)
    named = fresh(changed)
    piece = {name: named} | (_new_item(changed, named, kind) if what == "item" else _NEW[what])
    places = [place for place, each in enumerate(pieces) if each.get(name) == after]
    pieces.insert(places[0] + 1 if places else len(pieces), deepcopy(piece))
    return changed, f"{what}-{named}"


_NEW: dict[str, Piece] = {
    "scale": {
        "title": "",
        "construct": "",
        "items": [],
        "reverse": [],
        "method": "mean",
        "higher_is": "worse",
        "max_missing": 0,
    },
    "metric": {"title": "", "kind": "count"},
    "section": {"heading": "", "body": ""},
}


def _new_item(content: Content, named: str, kind: str) -> Piece:
    item = {"kind": str(kind), "text": ""} | KINDS[ItemKind(kind)].begins
    if kind in WITH_OPTIONS:
        item["options"] = _list_for(content, kind)
    if kind == ItemKind.SORT:
        item["groups"] = new_list(content, first_groups())
    if kind in WITH_ROWS:
        number = int(named.partition("_")[2]) + 1
        item["columns"] = [{"id": f"new_{number}", "kind": "line", "text": ""}]
    return item


def moved(content: Content, part: Part, by: int) -> Content:
    """One place up (-1) or down (1) among its like; at the end of them nothing. Raises Gone."""
    changed = deepcopy(content)
    key, name, named = names_of(part)
    pieces = changed.get(key, [])
    there = [place for place, piece in enumerate(pieces) if not piece.get("withdrawn")]
    here = [place for place in there if pieces[place].get(name) == named]
    if not here:
        raise Gone(part)
    wanted = there.index(here[0]) + by
    if 0 <= wanted < len(there):
        other = there[wanted]
        pieces[here[0]], pieces[other] = pieces[other], pieces[here[0]]
    return changed


def removed(content: Content, part: Part, history: History) -> Content:
    """Without a piece. One that can be put back; a published question is no longer asked."""
    changed = deepcopy(content)
    key, name, named = names_of(part)
    for place, piece in enumerate(changed.get(key, ())):
        if piece.get(name) != named:
            continue
        if key == "items" and named in history.ids:
            piece["withdrawn"] = True
        else:
            del changed[key][place]
            desk = changed.setdefault("desk", {})
            away = {"part": part, "at": place, "piece": piece}
            desk["removed"] = [*desk.get("removed", ()), away][-MOST_REMOVED:]
        return changed
    raise Gone(part)


def put_back(content: Content, part: Part) -> Content:
    """With a piece that was taken away, in its old place. Raises Gone."""
    changed = deepcopy(content)
    key, name, named = names_of(part)
    for piece in changed.get(key, ()):
        if piece.get(name) == named and piece.get("withdrawn"):
            piece["withdrawn"] = False
            return changed
    away = changed.get("desk", {}).get("removed", [])
    for each in away:
        if each["part"] == part:
            away.remove(each)
            pieces = changed.setdefault(key, [])
            pieces.insert(min(each["at"], len(pieces)), each["piece"])
            return changed
    raise Gone(part)


def duplicated(content: Content, part: Part) -> tuple[Content, Part]:
    """With another one like it right after it. Raises Gone, TooMany.

    Numbered answers are shared, as those of a screener mostly are; other lists are copied.
    """
    original = piece_of(content, part)
    key, name, named = names_of(part)
    changed, new = added(
        content, part.partition("-")[0], kind=original.get("kind", ""), after=named
    )
    for piece in changed[key]:
        if f"{part.partition('-')[0]}-{piece.get(name)}" == new:
            copy = deepcopy(original) | {name: piece[name], "withdrawn": False}
            if key != "items":
                del copy["withdrawn"]
            for lists in ("options", "groups"):
                if original.get(lists) and original.get("kind") != ItemKind.SCALE:
                    copy[lists] = new_list(changed, options_of(content, original, lists))
            piece.clear()
            piece |= copy
    return changed, new


def with_kind(content: Content, item_id: str, kind: str) -> Content:
    """With another kind of answer; what both kinds have stays. Raises Gone."""
    if kind not in list(ItemKind):
        raise Gone(kind)
    changed = deepcopy(content)
    item = item_of(changed, item_id)
    new = _new_item(changed, fresh(changed), kind)
    kept = _kept_by_kind(changed, item, kind)
    item.clear()
    item |= new | kept | {"id": item_id, "kind": str(kind)}
    return changed


def _kept_by_kind(content: Content, item: Piece, kind: str) -> Piece:
    keys = {"text", "hint", "heading", "required", "remembered", "show_if"}
    old = item.get("kind")
    if kind not in WITH_ROWS:
        keys.add("can_skip")
    elif old in WITH_ROWS:
        keys |= {"columns", "minimum", "maximum"}
    kept = {key: item[key] for key in keys if key in item}
    if kind in WITH_OPTIONS and old in WITH_OPTIONS and (options := options_of(content, item)):
        kept["options"] = _fitting(content, item["options"], options, kind)
    if kind in SCORABLE and old in (ItemKind.RATING, ItemKind.SLIDER):
        kept |= {key: item[key] for key in ("low", "high") if key in item}
    return kept


def _fitting(content: Content, name: str, options: list[Piece], kind: str) -> str:
    """The list of answers, or a new one of which the values are as this kind needs them."""
    are_numbers = all(isinstance(option["value"], int) for option in options)
    if kind == ItemKind.SCALE and not are_numbers:
        return new_list(content, [each | {"value": n} for n, each in enumerate(options)])
    if kind in (ItemKind.SPLIT, ItemKind.SORT) and are_numbers:
        labels = "\n".join(option["label"] for option in options)
        return new_list(content, options_from(labels, kept=[], numbered=False))
    return name


def _list_for(content: Content, kind: str) -> str:
    """The numbered answers of the question before it, mostly the same; else a new list."""
    scales = [item for item in asked_items(content) if item.get("kind") == ItemKind.SCALE]
    if kind == ItemKind.SCALE and scales:
        return scales[-1]["options"]
    return new_list(content, first_answers(kind))
