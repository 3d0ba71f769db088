"""Published instruments: the scoring comes with Trellis, the words come from the practice.

A skeleton is a definition whose items have no text. Laying words onto it changes what is asked
and how an answer is given, never what an answer counts: item ids, ranges, scales, bands and change
parameters stay those of the skeleton.
"""

from __future__ import annotations

from collections.abc import Sequence

from assessments.definitions import Definition, Item, ItemKind

# What a practice's words may bring to an item; everything else is the skeleton's.
WORDS = ("kind", "text", "hint", "heading", "options", "low", "high")
# ... and to the activity around it.
FRAME = ("language", "summary", "intro", "thanks")


def with_text_of(source: Definition, *, onto: Definition) -> Definition | None:
    """``onto`` with the words of ``source``, or None when they do not fit it.

    They fit when every item of the skeleton is there under its id, with a text, and can be
    answered with the same numbers. Only an item that the skeleton can do without may be missing:
    it is then no longer asked.
    """
    there = {item.id: item for item in source.asked()}
    items = []
    for item in onto.items:
        words = there.get(item.id)
        if item.withdrawn:
            items.append(item)
        elif words is None and can_do_without(onto, item):
            items.append(item.model_copy(update={"withdrawn": True}))
        elif words is None or not words.text or not count_the_same(source, words, onto, item):
            return None
        else:
            items.append(item.model_copy(update={key: getattr(words, key) for key in WORDS}))
    frame = {key: getattr(source, key) for key in FRAME}
    content = onto.model_copy(update={"items": tuple(items), "options": source.options, **frame})
    return Definition(**content.model_dump())


def can_do_without(definition: Definition, item: Item) -> bool:
    """Nothing hangs on it: no scale, no alert, no other item, and it is not the index.

    Where no scale is known, nobody can say that an item does not count.
    """
    return not (
        not definition.scales
        or is_scored(definition, item)
        or item.alerts
        or item.critical
        or item.id == definition.index_item
        or any(each.show_if and each.show_if.item == item.id for each in definition.items)
    )


def is_scored(definition: Definition, item: Item) -> bool:
    return any(item.id in scale.all_items() for scale in definition.scales)


def count_the_same(source: Definition, one: Item, onto: Definition, other: Item) -> bool:
    """Whether both can be answered with the same numbers, or both with none."""
    here, there = numbers(source, one), numbers(onto, other)
    if here is None or there is None:
        return here is there
    return len(here) == len(there) and all(a == b for a, b in zip(here, there, strict=True))


def numbers(definition: Definition, item: Item) -> Sequence[int] | None:
    """What can be answered, from the lowest number up; None for what is answered in words."""
    if item.kind is ItemKind.SCALE:
        values = (option.value for option in definition.choices(item))
        return sorted(value for value in values if isinstance(value, int))
    try:
        low, high = definition.range_of(item)
    except TypeError:
        return None
    return range(low, high + 1, item.step)
