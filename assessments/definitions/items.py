"""Questions: what can be asked, how it is answered, and when it is shown."""

from __future__ import annotations

from enum import StrEnum
from typing import Self

from pydantic import Field, StrictInt, ValidationInfo, model_validator

from .parts import Code, Fault, Frozen, was_published


class ItemKind(StrEnum):
    """How a question is answered, and what is stored for it.

    A whole number: ``scale``, ``rating``, ``slider``, ``mood``, ``number``. A code: ``choice``.
    A list of codes: ``choices``. A text: ``line``, ``text``, ``date`` (2026-11-21), ``time``
    (18:30). ``split`` stores the part of each option, which make 100 together; ``sort`` the group
    of each card that was sorted; ``rows`` and ``ladder`` a list of rows, each from column to
    answer, in the order the client gave them.
    """

    SCALE = "scale"  # one of the numbered options; can be scored
    CHOICE = "choice"  # one of the options
    CHOICES = "choices"  # any of the options
    RATING = "rating"  # a whole number from minimum to maximum: a button for each
    SLIDER = "slider"  # the same in steps, by sliding
    MOOD = "mood"  # 1 (very low) to 5 (very good), each with a face and a word
    NUMBER = "number"  # a whole number from minimum to maximum, typed
    DATE = "date"
    TIME = "time"
    LINE = "line"  # one line of text
    TEXT = "text"  # several lines of text
    SPLIT = "split"  # 100 per cent between the options
    SORT = "sort"  # each option (a card) into one of the groups
    ROWS = "rows"  # a small table that the client fills, row by row
    LADDER = "ladder"  # rows whose order means something: the first step is the easiest


SCORABLE = frozenset(
    {ItemKind.SCALE, ItemKind.RATING, ItemKind.SLIDER, ItemKind.MOOD, ItemKind.NUMBER}
)
WITH_OPTIONS = frozenset(
    {ItemKind.SCALE, ItemKind.CHOICE, ItemKind.CHOICES, ItemKind.SPLIT, ItemKind.SORT}
)
WITH_ROWS = frozenset({ItemKind.ROWS, ItemKind.LADDER})
IN_OWN_WORDS = frozenset({ItemKind.LINE, ItemKind.TEXT})
# What can stand in a column of rows: one short answer.
IN_A_ROW = frozenset(
    {
        ItemKind.LINE,
        ItemKind.CHOICE,
        ItemKind.RATING,
        ItemKind.SLIDER,
        ItemKind.NUMBER,
        ItemKind.DATE,
        ItemKind.TIME,
    }
)
NOT_IN_A_ROW = (
    "show_if",
    "alerts",
    "critical",
    "can_skip",
    "heading",
    "remembered",
    "withdrawn",
)
MOODS = (1, 5)
# Names that the answering pages send for themselves, and names that a form in a browser has.
TAKEN = frozenset(
    {"anew", "for_session", "item", "number", "once", "stop", "touched"}
    | {"action", "elements", "id", "length", "method", "name", "reset", "submit", "target"}
)


class Option(Frozen):
    value: StrictInt | Code
    label: str = Field(min_length=1, max_length=120)
    loinc: str = ""  # the code of this answer, where a published instrument has one


class Condition(Frozen):
    """When an item is shown: the answer to an earlier one is (or holds) one of ``equals``, or
    lies within ``at_least`` and ``at_most``. No answer meets no condition."""

    item: Code
    equals: tuple[StrictInt | Code, ...] = ()
    at_least: int | None = None
    at_most: int | None = None

    @model_validator(mode="after")
    def _holds_together(self, info: ValidationInfo) -> Self:
        has_bounds = self.at_least is not None or self.at_most is not None
        if not was_published(info) and bool(self.equals) == has_bounds:
            raise Fault(f"A condition on {self.item} needs either equals or a bound.", "equals")
        return self


class Item(Frozen):
    """One question. Scores and trends hang on its ``id`` for ever, not on its place.

    Only an item of a published instrument can be without a text: the practice that has the
    right to it brings it.
    """

    id: Code
    kind: ItemKind
    text: str = Field(default="", max_length=300)
    hint: str = Field(default="", max_length=300)
    heading: str = Field(default="", max_length=80)  # a new section begins here
    options: str = ""  # the name of a list in Definition.options
    groups: str = ""  # of a sort: the name of the list of groups
    columns: tuple[Item, ...] = ()  # of rows and ladder
    required: bool = False
    minimum: int = 0  # of a rows or ladder: how many rows
    maximum: int = 10
    step: int = Field(default=1, ge=1)  # of a slider
    low: str = ""  # words at the two ends of a rating or a slider
    high: str = ""
    show_if: Condition | None = None
    can_skip: bool = False  # offers "does not apply" and "I'd rather not say"
    remembered: bool = False  # in a log, filled in from the entry before
    withdrawn: bool = False  # kept for old answers, no longer asked
    alerts: tuple[StrictInt | Code, ...] = ()  # sending these raises an alert
    critical: tuple[StrictInt | Code, ...] = ()  # help is shown at once, and an alert is raised
    loinc: str = ""

    @model_validator(mode="after")
    def _holds_together(self, info: ValidationInfo) -> Self:
        if not was_published(info):
            for fault in _faults(self):
                raise fault
        return self


def _faults(item: Item) -> list[Fault]:
    what = f"Item {item.id} is a {item.kind} and"
    with_options, with_rows = item.kind in WITH_OPTIONS, item.kind in WITH_ROWS
    answered_once = item.kind in SCORABLE or item.kind is ItemKind.CHOICE
    found = [
        (item.id in TAKEN, f"The id {item.id} is a name that the page itself uses.", "id"),
        (with_options and not item.options, f"{what} names no list of options.", "kind"),
        (item.options and not with_options, f"{what} cannot have options.", "options"),
        (item.kind is ItemKind.SORT and not item.groups, f"{what} names no groups.", "kind"),
        (item.groups and item.kind is not ItemKind.SORT, f"{what} cannot have groups.", "groups"),
        (with_rows and not item.columns, f"{what} has no columns.", "kind"),
        (item.columns and not with_rows, f"{what} cannot have columns.", "columns"),
        (with_rows and item.can_skip, f"{what} can be left empty instead of skipped.", "can_skip"),
        (item.alerts and not answered_once, f"{what} cannot have alerts.", "alerts"),
        (item.critical and not answered_once, f"{what} cannot be critical.", "critical"),
        (
            item.step > 1 and item.kind is not ItemKind.SLIDER,
            f"{what} has no steps.",
            "step",
        ),
        (
            item.minimum >= item.maximum,
            f"Item {item.id} has a minimum that is not below its maximum.",
            "minimum",
        ),
        (
            item.minimum < item.maximum and (item.maximum - item.minimum) % item.step,
            f"Item {item.id} does not reach its maximum in steps of {item.step}.",
            "step",
        ),
        (
            with_rows and not 1 <= item.maximum <= 20,
            f"{what} can have 1 to 20 rows.",
            "maximum",
        ),
        (
            item.kind is ItemKind.RATING and item.maximum - item.minimum > 10,
            f"{what} has more than eleven buttons: make it a slider.",
            "maximum",
        ),
    ]
    faults = [Fault(reason, key) for is_so, reason, key in found if is_so]
    return faults + _faults_of_columns(item)


def _faults_of_columns(item: Item) -> list[Fault]:
    faults: list[Fault] = []
    ids = [column.id for column in item.columns]
    for place, column in enumerate(item.columns):
        at = ("columns", place)
        if column.kind not in IN_A_ROW:
            reason = f"Item {item.id} cannot have a {column.kind} in its rows."
            faults.append(Fault(reason, *at, "kind"))
        if any(getattr(column, key) for key in NOT_IN_A_ROW):
            faults.append(Fault(f"Column {column.id} of {item.id} has a key of an item.", *at))
        if column.id in ids[:place]:
            faults.append(Fault(f"Item {item.id} has column {column.id} twice.", *at))
    if item.kind is ItemKind.LADDER and item.columns and item.columns[0].kind is not ItemKind.LINE:
        faults.append(Fault(f"The first column of {item.id} must be a line.", "columns", 0))
    return faults
