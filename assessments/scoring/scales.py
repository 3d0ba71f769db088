"""The scales of a screener: one number each, or none and why.

No answer is never 0: a value is computed from what was answered, or it is None and the trace says
why. There is no global rule for missing answers; each scale carries its own (``max_missing``,
``min_answered``, ``never_impute``), because the published rules differ: PHQ-9 takes the mean of
the rest for one or two missing items and discards more (NHS Data Dictionary); CORE prorates up to
10 % and never its risk items (CORE System Trust).

An item that was not shown, because of an earlier answer, is missing as well. A score over fewer
questions is another score, and whoever branches past a question has not said 0. So such an item
counts under the scale's own rule (a scale that is to bear a branch says so in ``max_missing``) and
is told apart as ``not_shown``. An answer to it that was left over from before is not looked at.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from assessments.definitions import Category, Definition, Item, Scale

from .reading import Answers, missing_reason, number_of, rounded

# 2: weights, rules, min_answered, branches, and a trace that says more. Whatever engine 1 could
# score has the same value under 2; a stored score keeps the name of the engine that made it.
ENGINE = "2"

Line = dict[str, Any]  # of a trace


@dataclass(frozen=True)
class ScaleScore:
    """``missing`` are all that were expected and have no value; three kinds of them are counted.

    ``provisional``: something missing was made up for (prorated). A rule makes nothing up.
    """

    code: str
    value: Decimal | None
    answered: int
    missing: int
    not_applicable: int
    declined: int
    provisional: bool
    engine: str
    trace: dict[str, Any]
    not_shown: int = 0


def score(definition: Definition, answers: Answers) -> tuple[ScaleScore, ...]:
    """Every scale of a definition, in its order. Raises AnswerError."""
    shown = {item.id for item in definition.shown(answers)}
    return tuple(_score_scale(definition, scale, answers, shown) for scale in definition.scales)


def _score_scale(
    definition: Definition, scale: Scale, answers: Answers, shown: Collection[str]
) -> ScaleScore:
    items = [definition.item(item_id) for item_id in scale.all_items()]
    lines = [_line(definition, item, answers.get(item.id), scale, shown) for item in items]
    # A withdrawn item was asked of whoever answered it, and of nobody else.
    expected = [line for line in lines if line["missing"] != "withdrawn"]
    answered = sum(line["missing"] is None for line in expected)
    categories = [_category(category, expected) for category in scale.categories]
    refused = _refused(scale, expected, answered, categories)
    mean = _mean(expected)
    value = None if refused or mean is None else _value(scale, expected, categories, mean)
    prorated = value is not None and answered < len(expected) and scale.method != "rule"
    reasons = [line["missing"] for line in expected]
    trace = {
        "method": scale.method,
        "n": len(expected),
        "answered": answered,
        "not_shown": reasons.count("not_shown"),
        "max_missing": scale.max_missing,
        "min_answered": scale.min_answered,
        "never_impute": list(scale.never_impute),
        "not_computed": refused,
        # What each missing answer counted as.
        "estimate": str(rounded(mean)) if prorated and mean is not None else None,
        "items": lines,
    }
    if categories:
        trace["categories"] = categories
    return ScaleScore(
        code=scale.code,
        value=value,
        answered=answered,
        missing=len(expected) - answered,
        not_applicable=reasons.count("not_applicable"),
        declined=reasons.count("declined"),
        provisional=prorated,
        engine=ENGINE,
        trace=trace,
        not_shown=reasons.count("not_shown"),
    )


def _line(
    definition: Definition, item: Item, answer: Any, scale: Scale, shown: Collection[str]
) -> Line:
    """One item as the trace keeps it: what was answered, and what it counted as.

    A reversed item counts as min + max - x of its own range, and hangs on the item's id: public
    code that reverses by number gets the Rosenberg scale wrong, which exists in two orders. Own
    tools reverse nothing; turned wording added confusion and did not prevent bias (van Sonderen,
    Sanderman & Coyne 2013, PLoS ONE 8(7):e68967).
    """
    reversed_ = item.id in scale.reverse
    reason = missing_reason(answer)
    if item.withdrawn:
        reason = "withdrawn" if reason == "not_answered" else reason
    elif item.id not in shown:
        reason = "not_shown"
    keyed = None
    if reason is None:
        number = number_of(definition, item, answer, item.id)
        low, high = definition.range_of(item)
        keyed = low + high - number if reversed_ else number
    line = {
        "item": item.id,
        "raw": answer if reason is None else None,
        "keyed": keyed,
        "reversed": reversed_,
        "missing": reason,
    }
    return line | {"weight": str(_weight(scale, item.id))} if scale.method == "weighted" else line


def _category(category: Category, lines: Sequence[Line]) -> Line:
    """Whether a category counts; None while what is missing in it could still decide that."""
    own = [line for line in lines if line["item"] in category.items]
    missing = sum(line["missing"] is not None for line in own)
    reached = sum(
        line["keyed"] is not None and line["keyed"] >= category.counts_from for line in own
    )
    counts = (
        None if reached < category.at_least <= reached + missing else (reached >= category.at_least)
    )
    return {
        "title": category.title,
        "at_least": category.at_least,
        "counts_from": category.counts_from,
        "reached": reached,
        "missing": missing,
        "counts": counts,
    }


def _refused(
    scale: Scale, lines: Sequence[Line], answered: int, categories: Sequence[Line]
) -> str | None:
    """Why no number may be computed, or None when one may."""
    if not answered:
        return "nothing_answered"
    if any(line["missing"] and line["item"] in scale.never_impute for line in lines):
        return "never_imputed"
    if len(lines) - answered > scale.max_missing:
        return "too_many_missing"
    if scale.min_answered is not None and answered < scale.min_answered:
        return "too_few_answered"
    if any(category["counts"] is None for category in categories):
        return "undecided"
    return None


def _value(
    scale: Scale, lines: Sequence[Line], categories: Sequence[Line], mean: Decimal
) -> Decimal:
    """The mean of what was answered, the (weighted) total, or how many categories count.

    A total puts the mean of the rest in the place of what is missing, which is biased even when
    answers are missing at random (Mazza, Enders & Ruehlman 2015): hence ``provisional``. With
    nothing missing it is the plain sum.
    """
    if scale.method == "rule":
        return rounded(Decimal(sum(category["counts"] for category in categories)))
    if scale.method == "mean":
        return rounded(mean)
    counted = [mean if line["keyed"] is None else Decimal(line["keyed"]) for line in lines]
    weights = [_weight(scale, line["item"]) for line in lines]
    return rounded(sum((w * x for w, x in zip(weights, counted, strict=True)), Decimal(0)))


def _mean(lines: Sequence[Line]) -> Decimal | None:
    """Of the keyed answers that are there."""
    keyed = [Decimal(line["keyed"]) for line in lines if line["keyed"] is not None]
    return sum(keyed, Decimal(0)) / len(keyed) if keyed else None


def _weight(scale: Scale, item_id: str) -> Decimal:
    return scale.weights.get(item_id, Decimal(1))
