"""What was published of an activity before, and what a next version must not take from it.

Answers that were given hang on it: docs/library-format.md, "Changing a file".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from assessments.definitions import WITH_OPTIONS, Definition, Item, ItemKind, Option

BY_NUMBERS = (ItemKind.RATING, ItemKind.SLIDER, ItemKind.NUMBER)


@dataclass(frozen=True)
class Saying:
    """A sentence about one field of one part of the editor.

    ``part`` is one of its panels ("about", "item-mood"), ``field`` one of its form's fields.
    """

    part: str
    field: str
    words: str


@dataclass(frozen=True)
class History:
    """The newest version and its number; of something new none and 0.

    ``ids`` of items, ``scales`` and ``metrics`` are those of every version there ever was: a name
    that was published never means something else.
    """

    number: int = 0
    newest: Definition | None = None
    ids: frozenset[str] = frozenset()
    scales: frozenset[str] = frozenset()
    metrics: frozenset[str] = frozenset()

    def item(self, item_id: str) -> Item | None:
        """The item as it was last published."""
        items = self.newest.items if self.newest else ()
        return next((item for item in items if item.id == item_id), None)


def history_of(versions: Iterable[tuple[int, Definition]]) -> History:
    """Of all the versions of one activity, in any order."""
    found = sorted(versions, key=lambda version: version[0])
    if not found:
        return History()
    definitions = [definition for _number, definition in found]
    return History(
        number=found[-1][0],
        newest=definitions[-1],
        ids=frozenset(item.id for each in definitions for item in each.items),
        scales=frozenset(scale.code for each in definitions for scale in each.scales),
        metrics=frozenset(metric.code for each in definitions for metric in each.metrics),
    )


def against_history(definition: Definition, history: History) -> Iterator[Saying]:
    """A published question keeps its kind of answer, its numbers, and each of its answers: words
    can be mended, and answers can be added."""
    for item in definition.items:
        before = history.item(item.id)
        if before is None or history.newest is None or item.withdrawn:
            continue
        for field, words in _of_item(history.newest, before, definition, item):
            yield Saying(f"item-{item.id}", field, words)


def _of_item(
    newest: Definition, before: Item, definition: Definition, item: Item
) -> Iterator[tuple[str, str]]:
    if item.kind is not before.kind:
        yield "kind", _("This question was published with another kind of answer. Write a new one.")
        return
    if item.kind in BY_NUMBERS and _numbers(item) != _numbers(before):
        yield "lowest", _("Its numbers were published. For other numbers write a new question.")
    if item.kind in WITH_OPTIONS:
        yield from _of_answers(
            "answers", newest.choices(before), definition.choices(item), item.kind
        )
        yield from _of_answers("groups", newest.groups(before), definition.groups(item), item.kind)
    after = {column.id: column for column in item.columns}
    gone = [column.text for column in before.columns if column.id not in after]
    if gone:
        words = _("%(names)s was published as a column: it stays. Put it back, or withdraw this.")
        yield "columns", words % {"names": _listed(gone)}
    for column in before.columns:
        if column.id in after:
            for _field, words in _of_item(newest, column, definition, after[column.id]):
                yield "columns", words


def _numbers(item: Item) -> tuple[int, int, int]:
    return item.minimum, item.maximum, item.step


def _of_answers(
    field: str, before: tuple[Option, ...], after: tuple[Option, ...], kind: ItemKind
) -> Iterator[tuple[str, str]]:
    values = {option.value for option in after}
    gone = [option.label for option in before if option.value not in values]
    if gone:
        words = _(
            "%(names)s was published as an answer: it stays. Put it back, or withdraw this "
            "question and write a new one."
        )
        yield field, words % {"names": _listed(gone)}
    elif kind is ItemKind.SCALE and len(values) > len(before):
        words = _("Its numbers were published. For other numbers write a new question.")
        yield field, words


def _listed(names: list[str]) -> str:
    return get_text_list([f"“{name}”" for name in names], _("and"))
