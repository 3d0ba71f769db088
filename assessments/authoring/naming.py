"""The names that stay for ever: made from the words when something is published."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Mapping
from copy import deepcopy
from typing import Any

from django.utils.text import slugify
from pydantic import ValidationError

from assessments.definitions import OWN, TAKEN, Scale
from assessments.interop.words import code_of

from .beginnings import OWN_SCALE
from .building import built
from .content import Content, Piece, is_temporary
from .history import History

LONGEST_SLUG = 60


def slug_of(content: Mapping[str, Any], taken: Container[str]) -> str:
    """``own-words-of-the-title-1``: one that nobody has yet."""
    number = 1
    words = slugify(content.get("title", "")).replace("_", "-")
    while True:
        end = f"-{number}"
        room = LONGEST_SLUG - len(OWN) - len(end)
        found = f"{OWN}{words[:room].strip('-') or content['kind']}{end}"
        if found not in taken:
            return found
        number += 1


def finished(content: Content, history: History) -> Content:
    """As it is published: each new piece named by its words, each published question still there,
    and a scale whose numbers are made in another way under a code of its own."""
    changed = _with_what_was_published(deepcopy(content), history)
    items = changed.get("items", [])
    renamed = _rename(items, "id", "text", taken={*history.ids, *TAKEN})
    for item in items:
        before = history.item(item["id"])
        published = [column.id for column in before.columns] if before else []
        own = _rename(item.get("columns") or [], "id", "text", taken=published)
        renamed |= {f"{item['id']}.{old}": f"{item['id']}.{new}" for old, new in own.items()}
    _follow(changed, renamed)
    scales = changed.get("scales", [])
    _follow_scales(scales, _rename(scales, "code", "title", history.scales, prefix=OWN_SCALE))
    _follow_scales(scales, _renewed(changed, history))
    _rename(changed.get("metrics", []), "code", "title", taken=history.metrics)
    return changed


def _rename(
    pieces: Iterable[Piece], key: str, words: str, taken: Iterable[str], prefix: str = ""
) -> dict[str, str]:
    """Names every piece that has none yet; returns what became of which name."""
    pieces, taken = list(pieces), set(taken)
    names = taken | {piece[key] for piece in pieces}
    found = {}
    for piece in pieces:
        if is_temporary(piece[key]) and piece[key] not in taken:
            new = code_of(prefix + _brief(piece.get(words) or ""), names)
            new = f"q_{new}" if is_temporary(new) else new
            names.add(new)
            found[piece[key]] = piece[key] = new
    return found


def _brief(words: str, most: int = 32) -> str:
    """The first words of a question: a name need not be a sentence."""
    short = words[:most]
    return short if len(words) <= most else short.rpartition(" ")[0] or short


def _follow(content: Content, renamed: Mapping[str, str]) -> None:
    """Whatever names an item, by the name that it has now."""

    def now(name: str | None) -> str | None:
        if name is None:
            return None
        item, dot, column = name.partition(".")
        item = renamed.get(item, item)
        return renamed.get(f"{item}.{column}", f"{item}.{column}") if dot else item

    for item in content.get("items", []):
        if item.get("show_if"):
            item["show_if"]["item"] = now(item["show_if"].get("item"))
    for scale in content.get("scales", []):
        for key in ("items", "reverse", "never_impute"):
            scale[key] = [now(name) for name in scale.get(key) or ()]
        scale["weights"] = {now(name): each for name, each in (scale.get("weights") or {}).items()}
        for category in scale.get("categories") or ():
            category["items"] = [now(name) for name in category["items"]]
    for metric in content.get("metrics", []):
        metric |= {key: now(metric.get(key)) for key in ("item", "after")}
    if content.get("index_item"):
        content["index_item"] = now(content["index_item"])
    if content.get("example"):
        answers = content["example"]["answers"]
        content["example"]["answers"] = {now(name): each for name, each in answers.items()}


def _follow_scales(scales: Iterable[Piece], renamed: Mapping[str, str]) -> None:
    for scale in scales:
        scale["code"] = renamed.get(scale["code"], scale["code"])
        scale["part_of"] = renamed.get(scale.get("part_of") or "", scale.get("part_of"))


def is_remade(content: Content, code: str, history: History) -> bool:
    """Whether a scale that was published under this code is made in another way now."""
    if code not in history.scales or history.newest is None:
        return False
    before = next((scale for scale in history.newest.scales if scale.code == code), None)
    now = next((scale for scale in built(content).get("scales", ()) if scale["code"] == code), None)
    if now is None:
        return False
    try:
        scale = Scale.model_validate(now, context={"published": True})
    except ValidationError:
        return True
    return before is None or _meaning(scale) != _meaning(before)


def _renewed(content: Content, history: History) -> dict[str, str]:
    """A new code for each scale that was remade: points of the one and of the other are no line."""
    codes = [scale["code"] for scale in content.get("scales", ())]
    names = set(history.scales) | set(codes)
    found = {}
    for code in codes:
        if is_remade(content, code, history):
            found[code] = code_of(re.sub(r"_\d+$", "", code), names)
            names.add(found[code])
    return found


def _meaning(scale: Scale) -> list[Any]:
    """What makes its numbers. The order of the questions does not count."""
    return [
        scale.method,
        sorted(scale.items),
        sorted(scale.reverse),
        sorted(scale.weights.items()),
        scale.categories,
        (scale.minimum, scale.maximum),
    ]


def _with_what_was_published(content: Content, history: History) -> Content:
    """What is missing of the newest version comes along, no longer asked: answers hang on it."""
    if history.newest is None:
        return content
    there = {item["id"] for item in content.get("items", ())}
    lists = content.setdefault("options", {})
    for item in history.newest.items:
        if item.id in there:
            continue
        kept = item.model_dump(mode="json") | {"withdrawn": True, "show_if": None}
        for holder in (kept, *kept["columns"]):
            for key in ("options", "groups"):
                if holder[key]:
                    options = history.newest.options[holder[key]]
                    holder[key] = _list_of(lists, [each.model_dump() for each in options])
        content["items"].append(kept)
    return content


def _list_of(lists: dict[str, Any], options: list[Piece]) -> str:
    name = next((name for name, known in lists.items() if known == options), None)
    if name is None:
        number = 1
        while (name := f"answers_{number}") in lists:
            number += 1
        lists[name] = options
    return name
