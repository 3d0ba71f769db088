"""A whole activity: what it says, what it asks, and what becomes of the answers."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Literal, Self

from pydantic import Field, ValidationInfo, model_validator

from .items import MOODS, SCORABLE, WITH_ROWS, Condition, Item, ItemKind, Option
from .measures import ChangeSpec, Interpretation, Metric, Scale
from .parts import Code, Frozen, Kind, Slug, Theme, was_published
from .rules import faults
from .texts import Example, Provenance, Section


class Definition(Frozen):
    slug: Slug
    formerly: tuple[Slug, ...] = ()  # names this activity had: it stays the same activity
    kind: Kind
    language: str = Field(default="en", pattern=r"^[a-z]{2,3}(-[A-Z]{2})?$")
    title: str = Field(min_length=1, max_length=80)  # what the client sees
    summary: str = Field(min_length=1, max_length=300)  # what the client sees before starting
    for_clinicians: str = Field(min_length=1, max_length=600)
    caution: str = Field(default="", max_length=400)  # read by whoever assigns it, before
    prompts: tuple[str, ...] = ()  # questions a clinician may ask about it in session
    themes: tuple[Theme, ...] = ()
    minutes: int = Field(ge=1, le=90)
    as_log: bool = False  # an exercise of which a client adds entries as things happen
    layout: Literal["steps", "page"] = "steps"
    gated: bool = False  # needs a current SafetyCheck (domain.md, safety 6)
    intro: str = ""
    thanks: str = ""  # shown after sending, before what happens next
    options: dict[Code, tuple[Option, ...]] = {}
    items: tuple[Item, ...] = ()
    index_item: Code | None = None  # whom the answers are about: like is compared with like
    scales: tuple[Scale, ...] = ()
    interpretations: tuple[Interpretation, ...] = ()
    changes: tuple[ChangeSpec, ...] = ()
    metrics: tuple[Metric, ...] = ()
    sections: tuple[Section, ...] = ()
    example: Example | None = None
    loinc: str = ""
    provenance: Provenance

    @model_validator(mode="after")
    def _holds_together(self, info: ValidationInfo) -> Self:
        if not was_published(info):
            for fault in faults(self):
                raise fault
        return self

    @classmethod
    def published(cls, content: dict[str, Any]) -> Definition:
        """What a version holds. The rules of today do not judge it again, and a key that the
        format has lost is passed over: a stricter rule never takes an old answer away."""
        return cls.model_validate(content, context={"published": True}, extra="ignore")

    def item(self, item_id: str) -> Item:
        for item in self.items:
            if item.id == item_id:
                return item
        raise KeyError(item_id)

    def asked(self) -> tuple[Item, ...]:
        """The items that are put to a client today, in order, those shown on a condition too."""
        return tuple(item for item in self.items if not item.withdrawn)

    def shown(self, answers: Mapping[str, Any]) -> tuple[Item, ...]:
        """The items that are asked of somebody who gave these answers."""
        found: dict[str, Item] = {}
        for item in self.asked():
            condition = item.show_if
            if condition is None or (
                condition.item in found and _is_met(condition, answers.get(condition.item))
            ):
                found[item.id] = item
        return tuple(found.values())

    def choices(self, item: Item) -> tuple[Option, ...]:
        return self.options.get(item.options, ())

    def groups(self, item: Item) -> tuple[Option, ...]:
        return self.options.get(item.groups, ())

    def label_of(self, item: Item, value: Any) -> str:
        for option in self.choices(item):
            if option.value == value:
                return option.label
        return str(value)

    def range_of(self, item: Item) -> tuple[int, int]:
        """The lowest and the highest number that the answer to a scorable item can be."""
        if item.kind not in SCORABLE:
            raise TypeError(f"A {item.kind} has no range.")
        if item.kind is ItemKind.MOOD:
            return MOODS
        if item.kind is not ItemKind.SCALE:
            return item.minimum, item.maximum
        values = [option.value for option in self.choices(item) if isinstance(option.value, int)]
        return min(values), max(values)

    def interpretations_of(self, scale: Scale) -> tuple[Interpretation, ...]:
        return tuple(each for each in self.interpretations if each.scale == scale.code)

    def change_of(self, scale: Scale) -> ChangeSpec | None:
        return next((each for each in self.changes if each.scale == scale.code), None)

    @property
    def is_validated(self) -> bool:
        return self.provenance.validation == "published"

    @property
    def has_text(self) -> bool:
        """Whether every question has its words. One without is filled in from a paper copy."""
        return all(item.text for item in self.asked())

    def dump(self) -> dict[str, Any]:
        """Plain JSON values, for storing; ``Definition.published`` gives the same again."""
        return self.model_dump(mode="json")

    def digest(self) -> str:
        """The same content gives the same digest, whatever the order of keys in the file.

        What is left at its default does not count: a key that the format learns later must not
        make a new version of every activity that does not use it.
        """
        content = self.model_dump(mode="json", exclude_defaults=True)
        text = json.dumps(content, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()


def _is_met(condition: Condition, answer: Any) -> bool:
    if answer is None or answer in ("", [], {}):
        return False
    if condition.equals:
        given = answer if isinstance(answer, list | tuple) else [answer]
        return any(each in condition.equals for each in given)
    if isinstance(answer, bool) or not isinstance(answer, int):
        return False
    low, high = condition.at_least, condition.at_most
    return (low is None or answer >= low) and (high is None or answer <= high)


def parts_of(definition: Definition, path: str) -> tuple[Item, str]:
    """The item that a metric's path names, and the column or part of it ('' for the whole).

    Raises KeyError for a path that leads nowhere.
    """
    item_id, _, part = path.partition(".")
    item = definition.item(item_id)
    if not part:
        return item, ""
    if item.kind in WITH_ROWS and any(column.id == part for column in item.columns):
        return item, part
    if item.kind is ItemKind.SPLIT and any(o.value == part for o in definition.choices(item)):
        return item, part
    raise KeyError(path)
