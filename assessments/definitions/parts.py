"""The pieces of a definition, each with the rules that it can keep by itself."""

from __future__ import annotations

import warnings
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StrictInt, model_validator

Code = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)]
Slug = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$", max_length=60)]
Seed = Literal["S0", "S1", "S2", "S3", "S4"]
Place = tuple[str | int, ...]


class Fault(ValueError):
    """A rule that is broken, in a sentence, and the place in the definition where it is."""

    def __init__(self, reason: str, *place: str | int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.place: Place = place


class Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Kind(StrEnum):
    SCREENER = "screener"
    EXERCISE = "exercise"
    READING = "reading"


class ItemKind(StrEnum):
    SCALE = "scale"  # one of the numbered options; can be scored
    CHOICE = "choice"  # one of the options
    CHOICES = "choices"  # any of the options
    RATING = "rating"  # a whole number from minimum to maximum, with words at both ends
    NUMBER = "number"  # a whole number from minimum to maximum, typed
    DATE = "date"
    LINE = "line"  # one line of text
    TEXT = "text"  # several lines of text


SCORABLE = frozenset({ItemKind.SCALE, ItemKind.RATING, ItemKind.NUMBER})
WITH_OPTIONS = frozenset({ItemKind.SCALE, ItemKind.CHOICE, ItemKind.CHOICES})


class Option(Frozen):
    value: StrictInt | Code
    label: str = Field(min_length=1, max_length=120)


class Item(Frozen):
    """One question. Scores and trends hang on its ``id`` for ever, not on its place."""

    id: Code
    kind: ItemKind
    text: str = Field(min_length=1, max_length=300)
    hint: str = Field(default="", max_length=300)
    options: str = ""  # the name of a list in Definition.options
    required: bool = False
    minimum: int = 0
    maximum: int = 10
    low: str = ""  # words at the two ends of a rating
    high: str = ""
    can_skip: bool = False  # offers "does not apply" and "I'd rather not say"
    remembered: bool = False  # in a log, filled in from the entry before
    withdrawn: bool = False  # kept for old answers, no longer asked
    alerts: tuple[StrictInt | Code, ...] = ()  # answers that a clinician must not miss

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        if self.kind in WITH_OPTIONS and not self.options:
            raise Fault(f"Item {self.id} is a {self.kind} and names no list of options.", "kind")
        if self.kind not in WITH_OPTIONS and self.options:
            raise Fault(f"Item {self.id} is a {self.kind} and cannot have options.", "options")
        if self.alerts and self.kind not in (ItemKind.CHOICE, ItemKind.SCALE):
            raise Fault(f"Item {self.id} is a {self.kind} and cannot have alerts.", "alerts")
        if self.minimum >= self.maximum:
            raise Fault(f"Item {self.id} has a minimum that is not below its maximum.", "minimum")
        return self


# A construct is what psychometrics calls it, and pydantic has a retired method of that name.
with warnings.catch_warnings():
    warnings.filterwarnings("ignore", message='Field name "construct"')

    class Scale(Frozen):
        """How answers become one number. ``construct`` is for clinicians, ``title`` for clients."""

        code: Code
        title: str = Field(min_length=1, max_length=60)
        construct: str = Field(  # type: ignore[assignment]
            min_length=1, max_length=120
        )
        items: tuple[Code, ...] = Field(min_length=1)
        reverse: tuple[Code, ...] = ()
        method: Literal["mean", "sum"] = "mean"
        minimum: int
        maximum: int
        higher_is: Literal["better", "worse"]
        max_missing: int = Field(default=0, ge=0)
        never_impute: tuple[Code, ...] = ()
        seeds: tuple[Seed, ...] = ()

        @model_validator(mode="after")
        def _holds_together(self) -> Self:
            if repeated := first_repeated(self.items):
                raise Fault(f"Scale {self.code} names item {repeated} twice.", "items")
            for key in ("reverse", "never_impute"):
                for item_id in getattr(self, key):
                    if item_id not in self.items:
                        reason = f"Scale {self.code} names {item_id} in {key} but not in items."
                        raise Fault(reason, key)
            if self.max_missing >= len(self.items):
                reason = f"Scale {self.code} would be scored with no answer at all."
                raise Fault(reason, "max_missing")
            return self


class Metric(Frozen):
    """A process measure of an exercise: counted, never scored, never merged with scores.

    ``count``: entries. ``tally``: how many entries gave each option of ``item``.
    ``mean``: of the entries that answered ``item``.
    ``change``: ``after`` minus ``item``, averaged over the entries that answered both.
    """

    code: Code
    title: str = Field(min_length=1, max_length=80)
    kind: Literal["count", "tally", "mean", "change"]
    item: Code | None = None
    after: Code | None = None

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        if (self.item is None) != (self.kind == "count"):
            needs = "needs no item" if self.kind == "count" else "needs an item"
            raise Fault(f"Metric {self.code} is a {self.kind} and {needs}.", "item")
        if (self.after is None) == (self.kind == "change"):
            needs = "needs" if self.kind == "change" else "cannot have"
            raise Fault(f"Metric {self.code} is a {self.kind} and {needs} an after.", "after")
        return self


class Section(Frozen):
    """A part of a reading: paragraphs are separated by blank lines."""

    heading: str = ""
    body: str = Field(min_length=1)


class Licence(Frozen):
    """The rights block of ``instruments.md`` 1.1; own texts are OPEN under CC BY 4.0."""

    kind: Literal["OPEN", "OPEN_ND", "OPEN_NC_ND", "OPEN_NC_SA", "SKELETON", "DATA_ONLY"]
    holder: str
    text: str
    attribution: str = ""


class Provenance(Frozen):
    seeds: tuple[Seed, ...]
    constructs: tuple[str, ...]
    author: str
    validation: Literal["unvalidated", "published"]
    reading_grade: int = Field(ge=1, le=12)
    licence: Licence


def first_repeated(names: tuple[str | int, ...]) -> str | int | None:
    return next((name for place, name in enumerate(names) if name in names[:place]), None)
