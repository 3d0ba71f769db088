"""From answers to numbers, and what was done on the way.

No answer is never 0: a value is computed from what was answered, or it is None and the trace says
why. There is no global rule for missing answers; each scale carries its own (``max_missing``,
``never_impute``), because the published rules differ: PHQ-9 takes the mean of the rest for one or
two missing items and discards more (NHS Data Dictionary); CORE prorates up to 10 % and never its
risk items (CORE System Trust).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from assessments.definitions import Definition, Item, ItemKind, Metric, Scale

ENGINE = "1"

# What an answer holds instead of a value. No option can have such a name: a code starts with a
# letter. Both are missing for the score and are kept apart from a question that was passed over.
NOT_APPLICABLE = "_na"
DECLINED = "_declined"

PLACES = Decimal("0.0001")  # as many as the score's column keeps, so both say the same

Answers = Mapping[str, Any]


class AnswerError(ValueError):
    """A stored answer that its item cannot have given. Names the item, never the answer."""


@dataclass(frozen=True)
class ScaleScore:
    """``missing`` are all that were expected and have no value; two kinds of them are counted."""

    code: str
    value: Decimal | None
    answered: int
    missing: int
    not_applicable: int
    declined: int
    provisional: bool
    engine: str
    trace: dict[str, Any]


@dataclass(frozen=True)
class TallyLine:
    value: int | str
    label: str
    count: int


@dataclass(frozen=True)
class MetricValue:
    """``n`` is how many entries stand behind ``value`` or ``tally``."""

    code: str
    title: str
    kind: str
    value: Decimal | None
    n: int
    tally: tuple[TallyLine, ...] = ()


def score(definition: Definition, answers: Answers) -> tuple[ScaleScore, ...]:
    """Every scale of a definition, in its order."""
    return tuple(_score_scale(definition, scale, answers) for scale in definition.scales)


def metrics(definition: Definition, entries: Sequence[Answers]) -> tuple[MetricValue, ...]:
    """Every process measure of an exercise, over its entries. Never merged with scores."""
    return tuple(_measure(definition, metric, entries) for metric in definition.metrics)


def missing_reason(answer: Any) -> str | None:
    """Why there is no value, or None when there is one."""
    if answer is None or answer in ("", [], ()):
        return "not_answered"
    return {NOT_APPLICABLE: "not_applicable", DECLINED: "declined"}.get(
        answer if isinstance(answer, str) else ""
    )


def _score_scale(definition: Definition, scale: Scale, answers: Answers) -> ScaleScore:
    lines = [
        _line(definition, definition.item(item_id), answers.get(item_id), scale)
        for item_id in scale.items
    ]
    # A withdrawn item was asked of whoever answered it, and of nobody else.
    expected = [line for line in lines if line["missing"] != "withdrawn"]
    keyed = [Decimal(line["keyed"]) for line in expected if line["missing"] is None]
    refused = _refused(scale, expected, keyed)
    value = None if refused else _value(scale, keyed, n=len(expected))
    reasons = [line["missing"] for line in expected]
    return ScaleScore(
        code=scale.code,
        value=value,
        answered=len(keyed),
        missing=len(expected) - len(keyed),
        not_applicable=reasons.count("not_applicable"),
        declined=reasons.count("declined"),
        provisional=value is not None and len(keyed) < len(expected),
        engine=ENGINE,
        trace={
            "method": scale.method,
            "n": len(expected),
            "answered": len(keyed),
            "max_missing": scale.max_missing,
            "not_computed": refused,
            "items": lines,
        },
    )


def _line(definition: Definition, item: Item, answer: Any, scale: Scale) -> dict[str, Any]:
    """One item as the trace keeps it: what was answered, and what it counted as.

    A reversed item counts as min + max - x of its own range, and hangs on the item's id: public
    code that reverses by number gets the Rosenberg scale wrong, which exists in two orders. Own
    tools reverse nothing; turned wording added confusion and did not prevent bias (van Sonderen,
    Sanderman & Coyne 2013, PLoS ONE 8(7):e68967).
    """
    reversed_ = item.id in scale.reverse
    reason = missing_reason(answer)
    if reason == "not_answered" and item.withdrawn:
        reason = "withdrawn"
    keyed = None
    if reason is None:
        number = _number(definition, item, answer)
        low, high = definition.range_of(item)
        keyed = low + high - number if reversed_ else number
    return {
        "item": item.id,
        "raw": answer if reason is None else None,
        "keyed": keyed,
        "reversed": reversed_,
        "missing": reason,
    }


def _refused(scale: Scale, lines: list[dict[str, Any]], keyed: list[Decimal]) -> str | None:
    """Why no number may be computed, or None when one may."""
    if not keyed:
        return "nothing_answered"
    if any(line["missing"] and line["item"] in scale.never_impute for line in lines):
        return "never_imputed"
    if len(lines) - len(keyed) > scale.max_missing:
        return "too_many_missing"
    return None


def _value(scale: Scale, keyed: list[Decimal], *, n: int) -> Decimal:
    """The mean of what was answered, or that mean for each of ``n`` items.

    With nothing missing the second is the plain sum. With something missing both put the mean of
    the rest in its place, which is biased even when answers are missing at random (Mazza, Enders
    & Ruehlman 2015): hence ``provisional``.
    """
    total = sum(keyed, Decimal(0))
    if scale.method == "sum":
        total = total * n
    return _rounded(total / len(keyed))


def _number(definition: Definition, item: Item, answer: Any) -> int:
    """The answer as the whole number it must be; anything else is a fault, not a missing."""
    if isinstance(answer, bool) or not isinstance(answer, int):
        raise AnswerError(f"The answer to {item.id} is not a whole number.")
    if item.kind is ItemKind.SCALE:
        fits = any(option.value == answer for option in definition.choices(item))
    else:
        fits = item.minimum <= answer <= item.maximum
    if not fits:
        raise AnswerError(f"The answer to {item.id} is not one that it offers.")
    return answer


def _measure(definition: Definition, metric: Metric, entries: Sequence[Answers]) -> MetricValue:
    if metric.item is None:
        count = len(entries)
        return MetricValue(metric.code, metric.title, metric.kind, Decimal(count), count)
    item = definition.item(metric.item)
    if metric.kind == "tally":
        return _tally(definition, metric, item, entries)
    ends = [item] if metric.after is None else [item, definition.item(metric.after)]
    numbers = [
        [Decimal(_number(definition, end, entry[end.id])) for end in ends]
        for entry in entries
        if all(missing_reason(entry.get(end.id)) is None for end in ends)
    ]
    # One number stands for itself; of two, the second less the first.
    values = [pair[-1] - pair[0] if metric.after else pair[0] for pair in numbers]
    mean = _rounded(sum(values, Decimal(0)) / len(values)) if values else None
    return MetricValue(metric.code, metric.title, metric.kind, mean, len(values))


def _tally(
    definition: Definition, metric: Metric, item: Item, entries: Sequence[Answers]
) -> MetricValue:
    """How often each option was chosen, those never chosen too, in the order of the options.

    Entries of a log may be older than the definition: an option that is gone keeps its count
    under its own name, so that the counts still add up.
    """
    counts: dict[int | str, int] = {option.value: 0 for option in definition.choices(item)}
    n = 0
    for entry in entries:
        answer: Any = entry.get(item.id)
        if missing_reason(answer) is not None:
            continue
        n += 1
        for value in answer if isinstance(answer, list | tuple) else [answer]:
            counts[value] = counts.get(value, 0) + 1
    lines = tuple(
        TallyLine(value, definition.label_of(item, value), count) for value, count in counts.items()
    )
    return MetricValue(metric.code, metric.title, metric.kind, None, n, lines)


def _rounded(value: Decimal) -> Decimal:
    return value.quantize(PLACES, rounding=ROUND_HALF_UP)
