"""Answers in words, for the client before sending and for the clinician after."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from .definitions import Definition, Item, ItemKind
from .scoring import DECLINED, NOT_APPLICABLE


@dataclass(frozen=True)
class AnswerInWords:
    item: Item
    number: int  # of the question among those asked
    words: str
    is_missing: bool


def in_words(definition: Definition, answers: dict) -> list[AnswerInWords]:
    """Every asked item with its answer; items that are no longer asked only if answered."""
    asked = [item for item in definition.items if not item.withdrawn or item.id in answers]
    return [
        AnswerInWords(item, number, *_words(definition, item, answers.get(item.id)))
        for number, item in enumerate(asked, start=1)
    ]


def _words(definition, item, value) -> tuple[str, bool]:
    if value is None or value == "" or value == []:
        return _("Not answered"), True
    if value == NOT_APPLICABLE:
        return _("Does not apply to me"), True
    if value == DECLINED:
        return _("I'd rather not say"), True
    if item.kind == ItemKind.CHOICES:
        return ", ".join(definition.label_of(item, each) for each in value), False
    if item.kind == ItemKind.RATING:
        return _("%(value)s of %(most)s") % {"value": value, "most": item.maximum}, False
    return definition.label_of(item, value), False
