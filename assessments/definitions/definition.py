"""A whole activity, and the rules that hold between its pieces."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Any, Literal, Self

from pydantic import Field, model_validator

from .parts import (
    SCORABLE,
    WITH_OPTIONS,
    Code,
    Fault,
    Frozen,
    Item,
    ItemKind,
    Kind,
    Metric,
    Option,
    Place,
    Provenance,
    Scale,
    Section,
    Slug,
    first_repeated,
)


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

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        for rule in (_names_once, _fits_its_kind, _options_fit, _scales_fit, _metrics_fit):
            for fault in rule(self):
                raise fault
        return self

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

    def range_of(self, item: Item) -> tuple[int, int]:
        """The lowest and the highest number that the answer to a scorable item can be."""
        if item.kind not in SCORABLE:
            raise TypeError(f"A {item.kind} has no range.")
        if item.kind is not ItemKind.SCALE:
            return item.minimum, item.maximum
        values = [option.value for option in self.choices(item) if isinstance(option.value, int)]
        return min(values), max(values)

    @property
    def is_validated(self) -> bool:
        return self.provenance.validation == "published"

    def dump(self) -> dict[str, Any]:
        """Plain JSON values, for storing; ``Definition(**dumped)`` gives the same again."""
        return self.model_dump(mode="json")

    def digest(self) -> str:
        """The same content gives the same digest, whatever the order of keys in the file.

        What is left at its default does not count: a key that the format learns later must not
        make a new version of every activity that does not use it.
        """
        content = self.model_dump(mode="json", exclude_defaults=True)
        text = json.dumps(content, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()


def _names_once(definition: Definition) -> Iterator[Fault]:
    named: dict[str, tuple[str, ...]] = {
        "items": tuple(item.id for item in definition.items),
        "scales": tuple(scale.code for scale in definition.scales),
        "metrics": tuple(metric.code for metric in definition.metrics),
    }
    for table, names in named.items():
        if repeated := first_repeated(names):
            second = names.index(str(repeated), names.index(str(repeated)) + 1)
            yield Fault(f"There is more than one {repeated} in {table}.", table, second)


def _fits_its_kind(definition: Definition) -> Iterator[Fault]:
    kind = definition.kind
    if kind is Kind.READING:
        needs, refuses = ["sections"], ["items", "options", "scales", "metrics", "as_log"]
    elif kind is Kind.SCREENER:
        needs, refuses = ["items", "scales"], ["sections", "metrics", "as_log"]
    else:
        needs, refuses = ["items"], ["sections", "scales"]
    what = f"An {kind}" if kind is Kind.EXERCISE else f"A {kind}"
    for key in needs:
        if not getattr(definition, key):
            yield Fault(f"{what} needs {key}.", "kind")
    for key in refuses:
        if getattr(definition, key):
            yield Fault(f"{what} cannot have {key}.", key)
    if definition.items and not definition.asked():
        yield Fault("Every item is withdrawn, so nothing would be asked.", "items")


def _options_fit(definition: Definition) -> Iterator[Fault]:
    for name, options in definition.options.items():
        repeated = first_repeated(tuple(option.value for option in options))
        if repeated is not None:
            yield Fault(f"The options {name} give {repeated} twice.", "options", name)
        if len(options) < 2:
            yield Fault(f"The options {name} leave no choice.", "options", name)
    for place, item in enumerate(definition.items):
        if item.kind not in WITH_OPTIONS:
            continue
        if item.options not in definition.options:
            reason = f"Item {item.id} names options {item.options}, which are not in this file."
            yield Fault(reason, "items", place, "options")
            continue
        for value in item.alerts:
            if value not in [option.value for option in definition.choices(item)]:
                reason = f"Item {item.id} alerts on {value}, which is not among its options."
                yield Fault(reason, "items", place, "alerts")
        if item.kind is ItemKind.SCALE:
            for option in definition.choices(item):
                if not isinstance(option.value, int):
                    reason = f"Item {item.id} is a scale, so {option.value} must be a number."
                    yield Fault(reason, "options", item.options)


def _scales_fit(definition: Definition) -> Iterator[Fault]:
    for place, scale in enumerate(definition.scales):
        at: Place = ("scales", place)
        known = {item.id: item for item in definition.items}
        for item_id in scale.items:
            if item_id not in known:
                reason = f"Scale {scale.code} names item {item_id}, which is not in this file."
                yield Fault(reason, *at, "items")
                return
            if known[item_id].kind not in SCORABLE:
                reason = f"Scale {scale.code} cannot score {item_id}, a {known[item_id].kind}."
                yield Fault(reason, *at, "items")
                return
            if known[item_id].withdrawn and scale.method == "sum":
                # A total of fewer items is another total: it needs a scale of its own.
                reason = f"Scale {scale.code} is a sum and cannot hold withdrawn {item_id}."
                yield Fault(reason, *at, "items")
        yield from _range_fits(definition, scale, at)


def _range_fits(definition: Definition, scale: Scale, at: Place) -> Iterator[Fault]:
    ranges = [definition.range_of(definition.item(item_id)) for item_id in scale.items]
    # Both a mean and proration put one item in the place of another.
    if len(set(ranges)) > 1 and (scale.method == "mean" or scale.max_missing):
        yield Fault(f"Scale {scale.code} mixes items of different ranges.", *at, "items")
        return
    if scale.method == "mean":
        low, high = ranges[0]
    else:
        low, high = sum(low for low, _ in ranges), sum(high for _, high in ranges)
    for key, stated, given in (("minimum", scale.minimum, low), ("maximum", scale.maximum, high)):
        if stated != given:
            reason = f"Scale {scale.code} states {key} {stated}, but its items give {given}."
            yield Fault(reason, *at, key)


def _metrics_fit(definition: Definition) -> Iterator[Fault]:
    known = {item.id: item for item in definition.items}
    for place, metric in enumerate(definition.metrics):
        fitting = WITH_OPTIONS if metric.kind == "tally" else SCORABLE
        ends = [("item", metric.item), ("after", metric.after)]
        for key, item_id in [(key, name) for key, name in ends if name is not None]:
            if item_id not in known:
                reason = f"Metric {metric.code} names item {item_id}, which is not in this file."
                yield Fault(reason, "metrics", place, key)
                return
            if known[item_id].kind not in fitting:
                kind = known[item_id].kind
                reason = f"Metric {metric.code} is a {metric.kind} and cannot use a {kind}."
                yield Fault(reason, "metrics", place, key)
                return
        if metric.kind == "change" and metric.item and metric.after:
            before, after = known[metric.item], known[metric.after]
            if definition.range_of(before) != definition.range_of(after):
                reason = f"Metric {metric.code} compares items of different ranges."
                yield Fault(reason, "metrics", place, "after")
