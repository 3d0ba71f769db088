"""From a content to a definition: checked for publishing, or as far as it goes for looking at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import deepcopy
from typing import Any

from pydantic import ValidationError

from assessments.definitions import WITH_ROWS, Definition, Kind, unfit

from .content import Content, Part, Piece, asked_items

DRAFT = "own-draft"  # what something is called that was not published yet
EMPTY = "…"
MOST_MENDING = 9  # rounds: what is mended may show something else
# What a reading, a screener or an exercise has no place for.
NO_PLACE = {
    Kind.READING: ("items", "options", "scales", "metrics", "example", "index_item"),
    Kind.SCREENER: ("sections", "metrics"),
    Kind.EXERCISE: ("sections", "scales"),
}


def definition_of(content: Content, *, slug: str = DRAFT) -> Definition:
    """The definition that this content is. Raises pydantic's ValidationError where it is none."""
    return Definition(**built(content, slug=slug))


def built(content: Content, *, slug: str = DRAFT) -> dict[str, Any]:
    """The keys of a definition: without what only the editor needs, and with what follows from
    the rest. The worked example stays only as long as the questions have its answers."""
    kept = deepcopy({key: content[key] for key in Definition.model_fields if key in content})
    kept["slug"] = slug
    for key in NO_PLACE.get(kept.get("kind"), ()):
        kept.pop(key, None)
    for section in kept.get("sections", ()):
        section.pop("id", None)
    items = kept.get("items", [])
    kept["options"] = _used(content, items)
    if "scales" in kept:
        kept["scales"] = [_scale(content, scale) for scale in kept["scales"]]
    if kept.get("index_item") not in {item["id"] for item in asked_items(kept)}:
        kept["index_item"] = None
    if not _may_stand(kept.get("example"), kept):
        kept["example"] = None
    return kept


def _used(content: Content, items: Iterable[Piece]) -> dict[str, Any]:
    """The lists of answers that a question or a column has, without those that nobody needs."""
    lists = content.get("options", {})
    columns = [column for item in items for column in item.get("columns") or ()]
    names = [each.get(key) for each in (*items, *columns) for key in ("options", "groups")]
    return {name: deepcopy(lists[name]) for name in names if name and name in lists}


def _scale(content: Content, scale: Piece) -> Piece:
    """Of the questions that are asked, with the range that they give."""
    asked = {item["id"]: item for item in asked_items(content)}
    found = {**scale, "items": [each for each in scale.get("items") or () if each in asked]}
    for key in ("reverse", "never_impute"):
        found[key] = [each for each in scale.get(key) or () if each in found["items"]]
    if scale.get("weights"):
        weights = scale["weights"].items()
        found["weights"] = {name: weight for name, weight in weights if name in found["items"]}
    if scale.get("method") in ("mean", "sum"):
        ranges = [range_of(content, asked[each]) for each in found["items"]]
        ranges = [each for each in ranges if each is not None]
        low, high = _total(scale["method"], ranges)
        found |= {"minimum": low, "maximum": high}
    codes = {each["code"] for each in content["scales"]}
    if found.get("part_of") not in codes - {scale["code"]}:
        found["part_of"] = None
    return found


def _total(method: str, ranges: list[tuple[int, int]]) -> tuple[int, int]:
    if not ranges:
        return 0, 1
    if method == "mean":
        return ranges[0]
    return sum(low for low, _high in ranges), sum(high for _low, high in ranges)


def range_of(content: Content, item: Mapping[str, Any]) -> tuple[int, int] | None:
    """The lowest and the highest number that answers this question; None where there is none."""
    if item.get("kind") == "mood":
        return 1, 5
    if item.get("kind") == "scale":
        options = content.get("options", {}).get(item.get("options") or "", ())
        numbers = [option["value"] for option in options if isinstance(option["value"], int)]
        return (min(numbers), max(numbers)) if numbers else None
    low, high = item.get("minimum", 0), item.get("maximum", 10)
    return (low, high) if isinstance(low, int) and isinstance(high, int) else None


def _may_stand(example: Mapping[str, Any] | None, kept: Mapping[str, Any]) -> bool:
    """Whether every answer of the worked example is one that could be sent today."""
    if not example:
        return True
    try:
        definition = Definition.published({**kept, "example": None})
        return not unfit(definition, example["answers"])
    except (ValidationError, ValueError, TypeError, KeyError):
        return False


# -- looking at it --------------------------------------------------------------------------------


def presentable(content: Content) -> Definition:
    """Something that can be looked at, whatever is missing: questions that cannot be shown yet are
    left out, and what has no words has three dots."""
    raw = built(content)
    raw |= {key: raw.get(key) or EMPTY for key in ("title", "summary", "for_clinicians")}
    raw["minutes"] = min(max(raw.get("minutes") or 5, 1), 90)
    raw |= {"scales": [], "metrics": [], "example": None}
    items = [_with_words(item) for item in raw.get("items", ())]
    raw["items"] = [item for item in items if can_be_shown(content, item)]
    shown = {item["id"] for item in raw["items"]}
    for item in raw["items"]:
        # On a page of its own, a question is looked at without its condition.
        if raw.get("layout") != "page" or (item.get("show_if") or {}).get("item") not in shown:
            item["show_if"] = None
    for section in raw.get("sections", ()):
        section["body"] = section.get("body") or EMPTY
    found = mended(raw)
    if found is None:
        kept = {key: raw[key] for key in ("slug", "kind", "minutes", "provenance")}
        empty = dict.fromkeys(("title", "summary", "for_clinicians"), EMPTY)
        return Definition.published(kept | empty)
    return found


def mended(raw: dict[str, Any]) -> Definition | None:
    """Read without judging. What is empty gets three dots, what is too long is cut, and what is
    not of its kind is left at its default; None when that is not enough."""
    raw = deepcopy(raw)
    for _attempt in range(MOST_MENDING):
        try:
            return Definition.published(raw)
        except ValidationError as error:
            for details in error.errors():
                _mend(raw, details)
    return None


def _mend(raw: dict[str, Any], details: Mapping[str, Any]) -> None:
    holder: Any = raw
    *path, key = details["loc"] or (None,)
    for step in path:
        try:
            holder = holder[step]
        except (KeyError, IndexError, TypeError):
            return
    most = details.get("ctx", {}).get("max_length")
    if isinstance(holder, list):
        return
    if details["type"] == "string_too_long" and isinstance(holder.get(key), str):
        holder[key] = holder[key][: most - 1] + EMPTY
    elif details["type"] == "string_too_short":
        holder[key] = EMPTY
    else:
        holder.pop(key, None)


def _with_words(item: Piece) -> Piece:
    columns = [{**each, "text": each.get("text") or EMPTY} for each in item.get("columns") or ()]
    return {**item, "text": item.get("text") or EMPTY, "columns": columns}


def can_be_shown(content: Content, item: Mapping[str, Any]) -> bool:
    """Whether a client could be shown this question, or a column of it, at all."""
    kind, lists = item.get("kind"), content.get("options", {})
    if kind in ("scale", "choice", "choices", "split", "sort") and not lists.get(
        item.get("options") or ""
    ):
        return False
    if kind == "sort" and not lists.get(item.get("groups") or ""):
        return False
    if kind in WITH_ROWS:
        columns = item.get("columns") or ()
        return bool(columns) and all(can_be_shown(content, column) for column in columns)
    if kind in ("rating", "slider", "number"):
        found = range_of(content, item)
        return found is not None and found[0] < found[1] and found[1] - found[0] <= 10**6
    return True


def shown_as(content: Content, part: Part) -> int:
    """The place of the preview at which this part of the editor can be seen."""
    definition = presentable(content)
    kind, _dash, named = part.partition("-")
    if kind != "item" or definition.layout != "steps":
        return 0
    asked = [item.id for item in definition.asked()]
    return asked.index(named) + 1 if named in asked else 0
