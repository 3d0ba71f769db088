"""The rules that hold between the pieces of a definition, each with its sentence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import TYPE_CHECKING

from .answers import unfit
from .items import SCORABLE, WITH_OPTIONS, WITH_ROWS, Condition, Item, ItemKind
from .measures import Metric, Scale, faults_of_bands, faults_of_change, faults_of_part
from .parts import Fault, Kind, Place, first_repeated

if TYPE_CHECKING:
    from .definition import Definition

BY_CODE = frozenset({ItemKind.SPLIT, ItemKind.SORT})
RULES_OF_NUMBERS = ("interpretations", "changes")


def faults(definition: Definition) -> Iterator[Fault]:
    for rule in (
        _names_once,
        _fits_its_kind,
        _texts_there,
        _options_fit,
        _conditions_fit,
        _scales_fit,
        _numbers_have_a_source,
        _metrics_fit,
        _example_fits,
    ):
        yield from rule(definition)


def _within(at: Place, found: Iterable[Fault]) -> Iterator[Fault]:
    """The same faults, placed from the top of the file."""
    return (Fault(fault.reason, *at, *fault.place) for fault in found)


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
        needs, refuses = ["items"], ["sections", "metrics", "as_log"]
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
    if definition.as_log and definition.layout != "page":
        yield Fault("An entry of a log is one page: the layout must be page.", "layout")


def _texts_there(definition: Definition) -> Iterator[Fault]:
    """Only a published instrument may wait for its words."""
    if definition.is_validated:
        return
    for place, item in enumerate(definition.items):
        for at, each in [((), item), *((("columns", n), c) for n, c in enumerate(item.columns))]:
            if not each.text:
                yield Fault(f"Item {each.id} has no text.", "items", place, *at, "text")


def _options_fit(definition: Definition) -> Iterator[Fault]:
    for name, options in definition.options.items():
        repeated = first_repeated(tuple(option.value for option in options))
        if repeated is not None:
            yield Fault(f"The options {name} give {repeated} twice.", "options", name)
        if len(options) < 2:
            yield Fault(f"The options {name} leave no choice.", "options", name)
    for place, item in enumerate(definition.items):
        yield from _options_of(definition, item, ("items", place))
        for number, column in enumerate(item.columns):
            yield from _options_of(definition, column, ("items", place, "columns", number))


def _options_of(definition: Definition, item: Item, at: Place) -> Iterator[Fault]:
    for key in ("alerts", "critical"):
        for value in getattr(item, key):
            if not _offers(definition, item, value):
                reason = f"Item {item.id} has {value} in {key}, which is not among its answers."
                yield Fault(reason, *at, key)
    if item.kind not in WITH_OPTIONS:
        return
    for key, name in (("options", item.options), ("groups", item.groups)):
        if name and name not in definition.options:
            reason = f"Item {item.id} names {key} {name}, which are not in this file."
            yield Fault(reason, *at, key)
            return
    for option in definition.choices(item):
        is_number = isinstance(option.value, int)
        if item.kind is ItemKind.SCALE and not is_number:
            reason = f"Item {item.id} is a scale, so {option.value} must be a number."
            yield Fault(reason, "options", item.options)
        if item.kind in BY_CODE and is_number:
            # They are the keys of what is stored, and the keys of JSON are words.
            reason = f"Item {item.id} is a {item.kind}, so {option.value} must be a code."
            yield Fault(reason, "options", item.options)


def _offers(definition: Definition, item: Item, value: int | str) -> bool:
    if item.kind in WITH_OPTIONS:
        options = definition.options.get(item.options)
        return options is None or any(option.value == value for option in options)
    low, high = definition.range_of(item)
    return isinstance(value, int) and low <= value <= high and (value - low) % item.step == 0


def _conditions_fit(definition: Definition) -> Iterator[Fault]:
    """A condition looks back, so that what is shown never changes what was shown before."""
    before: dict[str, Item] = {}
    for place, item in enumerate(definition.items):
        condition = item.show_if
        if condition is not None:
            at: Place = ("items", place, "show_if")
            on = before.get(condition.item)
            if on is None:
                yield Fault(
                    f"Item {item.id} is shown by {condition.item}, not an earlier item.", *at
                )
            elif condition.equals and on.kind not in SCORABLE | {ItemKind.CHOICE, ItemKind.CHOICES}:
                yield Fault(f"Item {item.id} cannot be shown by a {on.kind}.", *at)
            elif on.withdrawn:
                yield Fault(f"Item {item.id} is shown by {on.id}, which is withdrawn.", *at)
            elif not condition.equals and on.kind not in SCORABLE:
                yield Fault(f"Item {item.id} needs a number to be shown by, not a {on.kind}.", *at)
            else:
                if not condition.equals and not _can_be_met(definition, on, condition):
                    yield Fault(f"No answer to {on.id} would ever show item {item.id}.", *at)
                for value in condition.equals:
                    if not _offers(definition, on, value):
                        reason = f"Item {item.id} waits for {value}, which {on.id} does not offer."
                        yield Fault(reason, *at)
        before[item.id] = item
    index = definition.index_item
    if index is not None and (index not in before or before[index].kind is not ItemKind.CHOICE):
        yield Fault(f"The index item {index} is not a choice of this file.", "index_item")


def _can_be_met(definition: Definition, on: Item, condition: Condition) -> bool:
    """Whether some number that ``on`` can give lies within the bounds."""
    low, high = definition.range_of(on)
    at_least = low if condition.at_least is None else max(low, condition.at_least)
    at_most = high if condition.at_most is None else min(high, condition.at_most)
    return at_least <= at_most


def _scales_fit(definition: Definition) -> Iterator[Fault]:
    scales = {scale.code: scale for scale in definition.scales}
    for place, scale in enumerate(definition.scales):
        at: Place = ("scales", place)
        known = {item.id: item for item in definition.items}
        if scale.part_of is not None:
            yield from _within(at, faults_of_part(scale, scales.get(scale.part_of)))
        for item_id in scale.all_items():
            if item_id not in known:
                reason = f"Scale {scale.code} names item {item_id}, which is not in this file."
                yield Fault(reason, *at, "items")
                return
            if known[item_id].kind not in SCORABLE:
                reason = f"Scale {scale.code} cannot score {item_id}, a {known[item_id].kind}."
                yield Fault(reason, *at, "items")
                return
            if known[item_id].withdrawn and scale.method != "mean":
                # A total of fewer items is another total: it needs a scale of its own.
                reason = (
                    f"Scale {scale.code} is a {scale.method} and cannot hold withdrawn {item_id}."
                )
                yield Fault(reason, *at, "items")
        yield from _range_fits(definition, scale, at)
        yield from _can_count(definition, scale, at)
        asked = [item_id for item_id in scale.all_items() if not known[item_id].withdrawn]
        least = len(asked) - scale.max_missing
        if scale.min_answered is not None and scale.min_answered < least:
            # Both must hold, so this one would never decide anything.
            reason = (
                f"Scale {scale.code} asks for {scale.min_answered} answers, but with max_missing "
                f"{scale.max_missing} it needs {least} of its {len(asked)}."
            )
            yield Fault(reason, *at, "min_answered")


def _can_count(definition: Definition, scale: Scale, at: Place) -> Iterator[Fault]:
    for number, category in enumerate(scale.categories):
        for item_id in category.items:
            if category.counts_from > definition.range_of(definition.item(item_id))[1]:
                reason = (
                    f"Category {category.title} counts from {category.counts_from}, which "
                    f"{item_id} cannot reach."
                )
                yield Fault(reason, *at, "categories", number)


def _range_fits(definition: Definition, scale: Scale, at: Place) -> Iterator[Fault]:
    low: Decimal | int
    high: Decimal | int
    if scale.method == "rule":
        low, high = 0, len(scale.categories)
    else:
        ranges = [definition.range_of(definition.item(item_id)) for item_id in scale.items]
        # Both a mean and proration put one item in the place of another.
        if len(set(ranges)) > 1 and (scale.method == "mean" or scale.max_missing):
            yield Fault(f"Scale {scale.code} mixes items of different ranges.", *at, "items")
            return
        low, high = _total_range(scale, ranges) if scale.method != "mean" else ranges[0]
    for key, stated, given in (("minimum", scale.minimum, low), ("maximum", scale.maximum, high)):
        if stated != given:
            reason = f"Scale {scale.code} states {key} {stated}, but its items give {given}."
            yield Fault(reason, *at, key)


def _total_range(scale: Scale, ranges: list[tuple[int, int]]) -> tuple[Decimal, Decimal]:
    """The lowest and highest total; a negative weight turns an item's ends round."""
    weights = [scale.weights.get(item_id, Decimal(1)) for item_id in scale.items]
    ends = [
        sorted((weight * low, weight * high))
        for weight, (low, high) in zip(weights, ranges, strict=True)
    ]
    zero = Decimal(0)
    return sum((low for low, _ in ends), zero), sum((high for _, high in ends), zero)


def _numbers_have_a_source(definition: Definition) -> Iterator[Fault]:
    """What the project writes is unvalidated: it gets no bands, no cut-offs and no change."""
    if not definition.is_validated:
        for key in RULES_OF_NUMBERS:
            if getattr(definition, key):
                yield Fault(f"What is not validated cannot have {key}.", key)
        return
    if not definition.provenance.citations:
        yield Fault("A published instrument needs citations.", "provenance")
    scales = {scale.code: scale for scale in definition.scales}
    for key in RULES_OF_NUMBERS:
        for place, each in enumerate(getattr(definition, key)):
            if each.scale not in scales:
                reason = f"There is no scale {each.scale} in this file."
                yield Fault(reason, key, place, "scale")
    for place, interpretation in enumerate(definition.interpretations):
        if interpretation.scale in scales:
            found = faults_of_bands(scales[interpretation.scale], interpretation)
            yield from _within(("interpretations", place), found)
    for place, spec in enumerate(definition.changes):
        if spec.scale in scales:
            found = faults_of_change(scales[spec.scale], spec)
            yield from _within(("changes", place), found)


def _metrics_fit(definition: Definition) -> Iterator[Fault]:
    for place, metric in enumerate(definition.metrics):
        kinds = []
        for key, path in (("item", metric.item), ("after", metric.after)):
            if path is None:
                continue
            answer = _answer_at(definition, path)
            if answer is None:
                reason = f"Metric {metric.code} names item {path}, which is not in this file."
                yield Fault(reason, "metrics", place, key)
                return
            if not _can_measure(metric, path, answer):
                reason = f"Metric {metric.code} is a {metric.kind} and cannot use a {answer.kind}."
                yield Fault(reason, "metrics", place, key)
                return
            kinds.append(answer)
        if metric.kind == "change" and len(kinds) == 2:
            before, after = kinds
            if _range(definition, before) != _range(definition, after):
                reason = f"Metric {metric.code} compares items of different ranges."
                yield Fault(reason, "metrics", place, "after")
            elif _table_of(definition, metric.item) != _table_of(definition, metric.after):
                # Row by row, or answer by answer: else nobody can say which belongs to which.
                reason = f"Metric {metric.code} compares what does not stand in one row."
                yield Fault(reason, "metrics", place, "after")
        for value in metric.of:
            if kinds and not _offers(definition, kinds[0], value):
                reason = f"Metric {metric.code} counts {value}, which is not among the answers."
                yield Fault(reason, "metrics", place, "of")


def _example_fits(definition: Definition) -> Iterator[Fault]:
    """A worked example is answers that could be sent."""
    if definition.example is None:
        return
    for item_id, reason in unfit(definition, definition.example.answers).items():
        words = reason.replace("_", " ")
        yield Fault(f"The example's answer to {item_id} is {words}.", "example", "answers", item_id)


def _answer_at(definition: Definition, path: str) -> Item | None:
    """The item or column that a metric's path names; for a part of a split, the split."""
    item_id, _, part = path.partition(".")
    item = next((each for each in definition.items if each.id == item_id), None)
    if item is None or not part:
        return item
    if item.kind is ItemKind.SPLIT:
        return item if any(o.value == part for o in definition.choices(item)) else None
    return next((column for column in item.columns if column.id == part), None)


def _table_of(definition: Definition, path: str | None) -> str | None:
    """The rows whose column a path names, if it names one."""
    item_id, _, part = (path or "").partition(".")
    return item_id if part and definition.item(item_id).kind in WITH_ROWS else None


def _can_measure(metric: Metric, path: str, answer: Item) -> bool:
    if metric.kind == "rows":
        return answer.kind in WITH_ROWS and "." not in path
    if metric.kind in ("tally", "share"):
        return answer.kind in {ItemKind.SCALE, ItemKind.CHOICE, ItemKind.CHOICES}
    return answer.kind in SCORABLE or (answer.kind is ItemKind.SPLIT and "." in path)


def _range(definition: Definition, item: Item) -> tuple[int, int]:
    return (0, 100) if item.kind is ItemKind.SPLIT else definition.range_of(item)
