"""A stored answer: what it counts as, or why there is none."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from assessments.definitions import (
    DECLINED,
    NOT_APPLICABLE,
    Definition,
    Item,
    is_empty,
    unfit_answer,
)

PLACES = Decimal("0.0001")  # as many as the score's column keeps, so both say the same

Answers = Mapping[str, Any]


class AnswerError(ValueError):
    """A stored answer that its item cannot have given. Names the item, never the answer."""


def missing_reason(answer: Any) -> str | None:
    """Why there is no value, or None when there is one."""
    if is_empty(answer):
        return "not_answered"
    return {NOT_APPLICABLE: "not_applicable", DECLINED: "declined"}.get(
        answer if isinstance(answer, str) else ""
    )


def number_of(definition: Definition, item: Item, answer: Any, name: str) -> int:
    """The answer as the whole number it must be; anything else is a fault, not a missing.

    ``name`` is what the fault calls the item. Raises AnswerError.
    """
    reason = unfit_answer(definition, item, answer)
    if reason == "not_a_number":
        raise AnswerError(f"The answer to {name} is not a whole number.")
    if reason:
        raise AnswerError(f"The answer to {name} is not one that it offers.")
    return int(answer)


def rounded(value: Decimal) -> Decimal:
    return value.quantize(PLACES, rounding=ROUND_HALF_UP)
