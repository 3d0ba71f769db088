"""The process measures of an exercise: counted over its entries, never scored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from assessments.definitions import (
    Definition,
    Item,
    ItemKind,
    Metric,
    is_empty,
    parts_of,
    unfit_answer,
)

from .reading import AnswerError, Answers, missing_reason, number_of, rounded


@dataclass(frozen=True)
class TallyLine:
    value: int | str
    label: str
    count: int


@dataclass(frozen=True)
class MetricValue:
    """``n`` is how many entries stand behind ``value`` or ``tally``; of a column, how many rows.

    ``value`` is in ``unit``; of a share, in per cent. It is None when nothing was answered.
    """

    code: str
    title: str
    kind: str
    value: Decimal | None
    n: int
    tally: tuple[TallyLine, ...] = ()
    unit: str = ""


def metrics(definition: Definition, entries: Sequence[Answers]) -> tuple[MetricValue, ...]:
    """Every process measure of an exercise, over its entries. Never merged with scores.

    Raises AnswerError.
    """
    return tuple(_measure(definition, metric, entries) for metric in definition.metrics)


def _measure(definition: Definition, metric: Metric, entries: Sequence[Answers]) -> MetricValue:
    if metric.item is None:
        return _measured(metric, Decimal(len(entries)), len(entries))
    if metric.kind in ("tally", "share"):
        return _chosen(definition, metric, metric.item, entries)
    if metric.kind == "rows":
        filled = [_rows_filled(definition, metric.item, entry) for entry in entries]
        numbers = [Decimal(count) for count in filled if count]
    else:
        numbers = [number for entry in entries for number in _numbers(definition, metric, entry)]
    return _measured(metric, _summed_up(metric, numbers), len(numbers))


def _measured(
    metric: Metric, value: Decimal | None, n: int, tally: tuple[TallyLine, ...] = ()
) -> MetricValue:
    value = None if value is None else rounded(value)
    return MetricValue(metric.code, metric.title, metric.kind, value, n, tally, metric.unit)


def _summed_up(metric: Metric, numbers: Sequence[Decimal]) -> Decimal | None:
    """The sum and the most of nothing are unknown, not 0."""
    if not numbers:
        return None
    if metric.kind == "most":
        return max(numbers)
    total = sum(numbers, Decimal(0))
    return total if metric.kind == "sum" else total / len(numbers)


def _chosen(
    definition: Definition, metric: Metric, path: str, entries: Sequence[Answers]
) -> MetricValue:
    """How often each option was chosen, those never chosen too, in the order of the options; or
    what share of the answers held one of ``of``.

    Entries of a log may be older than the definition: an option that is gone keeps its count
    under its own name, so that the counts still add up.
    """
    asked = _asked_at(definition, path)
    answers = [
        list(answer) if isinstance(answer, list | tuple) else [answer]
        for entry in entries
        for answer in _answers_at(definition, path, entry)
        if missing_reason(answer) is None
    ]
    if metric.kind == "share":
        hits = sum(any(value in metric.of for value in answer) for answer in answers)
        share = Decimal(100 * hits) / len(answers) if answers else None
        return _measured(metric, share, len(answers))
    counts: dict[int | str, int] = {option.value: 0 for option in definition.choices(asked)}
    for value in (value for answer in answers for value in answer):
        counts[value] = counts.get(value, 0) + 1
    lines = (TallyLine(v, definition.label_of(asked, v), count) for v, count in counts.items())
    return _measured(metric, None, len(answers), tuple(lines))


def _numbers(definition: Definition, metric: Metric, entry: Answers) -> list[Decimal]:
    """The numbers that one entry gives: one, or one for each row; of a change the differences,
    after less before, of the pairs that have both."""
    paths = [path for path in (metric.item, metric.after) if path is not None]
    columns = [
        [_number_at(definition, path, answer) for answer in _answers_at(definition, path, entry)]
        for path in paths
    ]
    # Half a pair never counts as change; nor does an entry of which one end is not there.
    rows = [row for row in zip(*columns, strict=False) if None not in row]
    return [Decimal(row[-1] - row[0] if metric.after else row[0]) for row in rows]


def _number_at(definition: Definition, path: str, answer: Any) -> int | None:
    if missing_reason(answer) is not None:
        return None
    asked = _asked_at(definition, path)
    if asked.kind is ItemKind.SPLIT:
        return int(answer)
    return number_of(definition, asked, answer, path)


def _answers_at(definition: Definition, path: str, entry: Answers) -> list[Any]:
    """What an entry holds at a path, empty answers too: one, or of a column one for each row."""
    item, part = parts_of(definition, path)
    answer: Any = entry.get(item.id)
    if not part:
        return [answer]
    if missing_reason(answer) is not None:
        return []
    if item.kind is not ItemKind.SPLIT:
        return [row.get(part) for row in _rows(item, answer)]
    if unfit_answer(definition, item, answer):
        raise AnswerError(f"The answer to {item.id} is not one that it offers.")
    # The parts make 100 together, so one that is not named got nothing of it.
    return [answer.get(part, 0)]


def _asked_at(definition: Definition, path: str) -> Item:
    """The item, or the column of its rows, that a path asks."""
    item, part = parts_of(definition, path)
    return next((column for column in item.columns if column.id == part), item)


def _rows_filled(definition: Definition, path: str, entry: Answers) -> int:
    item, _part = parts_of(definition, path)
    answer = entry.get(item.id)
    if missing_reason(answer) is not None:
        return 0
    return sum(any(not is_empty(cell) for cell in row.values()) for row in _rows(item, answer))


def _rows(item: Item, answer: Any) -> Sequence[Mapping[str, Any]]:
    if not isinstance(answer, list | tuple) or not all(isinstance(row, dict) for row in answer):
        raise AnswerError(f"The answer to {item.id} is not one that it offers.")
    return answer
