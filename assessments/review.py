"""Answers in words, for the client before sending and for the clinician after."""

from dataclasses import dataclass
from datetime import date

from django.utils import formats
from django.utils.translation import gettext as _

from .definitions import Definition, Item, ItemKind
from .scoring import missing_reason


@dataclass(frozen=True)
class AnswerInWords:
    item: Item
    number: int | None  # of the question among those asked today
    words: str
    is_missing: bool  # no value: empty, does not apply, or would rather not say
    is_empty: bool


def in_words(definition: Definition, answers: dict) -> list[AnswerInWords]:
    """Every asked item with its answer; items that are no longer asked only if answered."""
    numbers = {item.id: number for number, item in enumerate(definition.asked(), start=1)}
    return [
        _in_words(definition, item, answers.get(item.id), numbers.get(item.id))
        for item in definition.items
        if not item.withdrawn or item.id in answers
    ]


def _in_words(definition, item, value, number) -> AnswerInWords:
    reason = missing_reason(value)
    if reason is None:
        words = _words(definition, item, value)
    else:
        words = {
            "not_answered": _("Not answered"),
            "not_applicable": _("Does not apply to me"),
            "declined": _("I'd rather not say"),
        }[reason]
    return AnswerInWords(item, number, words, reason is not None, reason == "not_answered")


def _words(definition, item, value) -> str:
    if item.kind == ItemKind.CHOICES:
        return ", ".join(definition.label_of(item, each) for each in value)
    if item.kind == ItemKind.RATING:
        return _("%(value)s of %(most)s") % {"value": value, "most": item.maximum}
    if item.kind == ItemKind.DATE:
        return formats.date_format(date.fromisoformat(value), "j F Y")
    return definition.label_of(item, value)
