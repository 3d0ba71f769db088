"""The way through the questions of an activity: which come next, and how many there are.

A question is addressed by its number among all that could be asked. That number stays the same
whatever is answered, so that a tab, the back button or a link in the list of answers never leads
to another question than it did before. What a client is told ("3 of 8") counts only the questions
that their answers lead to.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from .definitions import SCORABLE, Definition, Item, ItemKind, is_empty

Answers = Mapping[str, Any]


@dataclass(frozen=True)
class Way:
    """The questions that these answers lead to."""

    definition: Definition
    answers: Answers

    @cached_property
    def asked(self) -> tuple[Item, ...]:
        return self.definition.asked()

    @cached_property
    def numbers(self) -> tuple[int, ...]:
        """Of what is shown, in order, counted among all that could be asked."""
        shown = {item.id for item in self.definition.shown(self.answers)}
        return tuple(n for n, item in enumerate(self.asked, start=1) if item.id in shown)

    @property
    def total(self) -> int:
        return len(self.numbers)

    def after(self, number: int) -> int | None:
        return next((n for n in self.numbers if n > number), None)

    def before(self, number: int) -> int | None:
        return next((n for n in reversed(self.numbers) if n < number), None)

    def place(self, number: int) -> int:
        """Which one of those shown it is, as a client counts."""
        return sum(n <= number for n in self.numbers)

    def first_unseen(self) -> int:
        """Where somebody goes on; the last question when they have seen all of them.

        What was passed over is kept as None: whoever left a question out is not led back to it.
        """
        unseen = (n for n in self.numbers if self.asked[n - 1].id not in self.answers)
        return next(unseen, self.numbers[-1])

    def most(self, number: int) -> int:
        """How many questions it can become at most, seen from one of them.

        A question that lies ahead and is not answered yet can still bring others; one that was
        passed over has brought none.
        """
        ahead = [self.asked[n - 1] for n in self.numbers if n >= number]
        undecided = [item for item in ahead if is_empty(self.answers.get(item.id))]
        return self.total + sum(_brings(self.definition, item) for item in undecided)


def _brings(definition: Definition, item: Item) -> int:
    """The most questions that one answer to ``item`` opens, with those that they open in turn."""
    opened = [each for each in definition.asked() if each.show_if and each.show_if.item == item.id]
    if not opened:
        return 0
    alone = definition.model_copy(
        update={"items": (item.model_copy(update={"show_if": None}), *opened)}
    )
    return max(
        sum(1 + _brings(definition, each) for each in alone.shown({item.id: answer})[1:])
        for answer in _possible(definition, item)
    )


def _possible(definition: Definition, item: Item) -> Iterable[Any]:
    if item.kind is ItemKind.CHOICES:
        return [[option.value for option in definition.choices(item)]]  # all of them at once
    if item.kind in SCORABLE - {ItemKind.SCALE}:
        low, high = definition.range_of(item)
        return range(low, high + 1, item.step)
    return [option.value for option in definition.choices(item)]


def section_of(definition: Definition, item: Item) -> str:
    """The heading of the part in which an item stands, whoever of that part is shown first."""
    heading = ""
    for each in definition.asked():
        heading = each.heading or heading
        if each.id == item.id:
            break
    return heading


def sections(definition: Definition, items: Iterable[Item]) -> list[tuple[str, list[Item]]]:
    """Items under their headings, in order; what stands before the first heading has none."""
    found: list[tuple[str, list[Item]]] = []
    for item in items:
        heading = section_of(definition, item)
        if not found or found[-1][0] != heading:
            found.append((heading, []))
        found[-1][1].append(item)
    return found
