"""What an activity is: the format of the files in ``assessments/library/``.

One TOML file is one activity. This module reads such a file into frozen values and says in a
sentence what is wrong with one that cannot be read. It knows nothing of databases or pages.
"""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

Code = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)]
Slug = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$", max_length=60)]
Seed = Literal["S0", "S1", "S2", "S3", "S4"]


class Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


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


class Option(Frozen):
    value: int | Code
    label: str = Field(min_length=1, max_length=120)


class Item(Frozen):
    """One question. ``id`` is its identity for ever: scores and trends hang on it, not on its place."""

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
    withdrawn: bool = False  # kept for old answers, no longer asked


class Scale(Frozen):
    """How answers become one number. ``construct`` is for clinicians, ``title`` for clients."""

    code: Code
    title: str = Field(min_length=1, max_length=60)
    construct: str = Field(min_length=1, max_length=120)
    items: tuple[Code, ...] = Field(min_length=1)
    reverse: tuple[Code, ...] = ()
    method: Literal["mean", "sum"] = "mean"
    minimum: int
    maximum: int
    higher_is: Literal["better", "worse"]
    max_missing: int = Field(default=0, ge=0)
    never_impute: tuple[Code, ...] = ()
    seeds: tuple[Seed, ...] = ()


class Metric(Frozen):
    """A process measure of an exercise: counted, never scored, never merged with scores.

    ``count``: entries. ``tally``: how many entries gave each option of ``item``.
    ``change``: ``after`` minus ``item``, averaged over the entries that answered both.
    """

    code: Code
    title: str = Field(min_length=1, max_length=80)
    kind: Literal["count", "tally", "mean", "change"]
    item: Code | None = None
    after: Code | None = None


class Section(Frozen):
    """A part of a reading: paragraphs are separated by blank lines."""

    heading: str = ""
    body: str = Field(min_length=1)


class Licence(Frozen):
    """The rights block of ``instruments.md`` 1.1; own texts are OPEN under the project's licence."""

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


class Definition(Frozen):
    slug: Slug
    kind: Kind
    title: str = Field(min_length=1, max_length=80)  # what the client sees
    summary: str = Field(min_length=1, max_length=300)  # what the client sees before starting
    for_clinicians: str = Field(min_length=1, max_length=600)
    minutes: int = Field(ge=1, le=90)
    as_log: bool = False  # an exercise of which a client adds entries as things happen
    layout: Literal["steps", "page"] = "steps"
    gated: bool = False  # needs a current SafetyCheck (domain.md, safety 6)
    intro: str = ""
    thanks: str = ""  # shown after sending, before what happens next
    options: dict[Code, tuple[Option, ...]] = {}
    items: tuple[Item, ...] = ()
    scales: tuple[Scale, ...] = ()
    metrics: tuple[Metric, ...] = ()
    sections: tuple[Section, ...] = ()
    provenance: Provenance

    def item(self, item_id: str) -> Item:
        for item in self.items:
            if item.id == item_id:
                return item
        raise KeyError(item_id)

    def asked(self) -> tuple[Item, ...]:
        """The items that are put to a client today, in order."""
        return tuple(item for item in self.items if not item.withdrawn)

    def choices(self, item: Item) -> tuple[Option, ...]:
        return self.options.get(item.options, ())

    def label_of(self, item: Item, value: Any) -> str:
        for option in self.choices(item):
            if option.value == value:
                return option.label
        return str(value)

    @property
    def is_validated(self) -> bool:
        return self.provenance.validation == "published"

    def dump(self) -> dict[str, Any]:
        """Plain JSON values, for storing; ``Definition(**dumped)`` gives the same again."""
        return self.model_dump(mode="json")

    def digest(self) -> str:
        """The same content gives the same digest, whatever the order of keys in the file."""
        text = json.dumps(self.dump(), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()
