"""Answers in words, for the client before sending and for the clinician after."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.utils import formats
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .definitions import (
    DECLINED,
    IN_OWN_WORDS,
    NOT_APPLICABLE,
    WITH_ROWS,
    Definition,
    Item,
    ItemKind,
    is_empty,
)

# The words of the answers that every form has; forms offers what review reads.
MOOD_WORDS = {
    1: gettext_lazy("Very low"),
    2: gettext_lazy("Low"),
    3: gettext_lazy("So-so"),
    4: gettext_lazy("Good"),
    5: gettext_lazy("Very good"),
}
SKIP_WORDS = {
    NOT_APPLICABLE: gettext_lazy("Does not apply to me"),
    DECLINED: gettext_lazy("I'd rather not say"),
}


@dataclass(frozen=True)
class Rows:
    """Filled rows as a table: its head, and a line of words for each row, "" for an empty cell."""

    columns: tuple[str, ...]
    lines: tuple[tuple[str, ...], ...]
    are_steps: bool  # their order means something


@dataclass(frozen=True)
class Part:
    """One part of what was shared out, in per cent."""

    label: str
    size: int


@dataclass(frozen=True)
class Group:
    """The cards that were sorted here; ``is_rest`` are those that were not sorted."""

    label: str
    cards: tuple[str, ...]
    is_rest: bool = False


@dataclass(frozen=True)
class AnswerInWords:
    """``words`` says all of it in plain text; what an answer consists of stands beside it."""

    item: Item
    number: int | None  # of the question among those asked today
    words: str
    is_missing: bool  # no value: empty, does not apply, or would rather not say
    is_empty: bool
    mood: int | None = None  # 1 to 5
    rows: Rows | None = None
    parts: tuple[Part, ...] = ()
    groups: tuple[Group, ...] = ()


def in_words(definition: Definition, answers: Mapping) -> list[AnswerInWords]:
    """Every item that is asked after these answers; any other only if it was answered."""
    numbers = {item.id: number for number, item in enumerate(definition.asked(), start=1)}
    shown = {item.id for item in definition.shown(answers)}
    return [
        _in_words(definition, item, answers.get(item.id), numbers.get(item.id))
        for item in definition.items
        if item.id in shown or _was_answered(item, answers)
    ]


def own_words(definition: Definition, answers: Mapping) -> list[AnswerInWords]:
    """Of the answers, those that the client has written: lines, texts, and rows of them."""
    return [
        answer
        for answer in in_words(definition, answers)
        if not answer.is_missing
        and any(part.kind in IN_OWN_WORDS for part in (answer.item, *answer.item.columns))
    ]


def example_of(definition: Definition) -> dict | None:
    """What somebody might have written, as _example.html wants it: a story and its answers."""
    if definition.example is None:
        return None
    given = in_words(definition, definition.example.answers)
    return {
        "story": definition.example.story,
        "answers": [answer for answer in given if not answer.is_empty],
    }


def _was_answered(item, answers) -> bool:
    """A withdrawn item that was passed over was asked at that time."""
    return not is_empty(answers.get(item.id)) or (item.withdrawn and item.id in answers)


def _in_words(definition, item, answer, number) -> AnswerInWords:
    if is_empty(answer):
        return AnswerInWords(item, number, _("Not answered"), True, True)
    if isinstance(answer, str) and answer in SKIP_WORDS:
        return AnswerInWords(item, number, str(SKIP_WORDS[answer]), True, False)
    made_of = _made_of(definition, item, answer)
    return AnswerInWords(item, number, _words(definition, item, answer), False, False, **made_of)


def _made_of(definition, item, answer) -> dict:
    """What a page can draw instead of the words."""
    if item.kind in WITH_ROWS and isinstance(answer, list):
        return {"rows": _rows(definition, item, answer)}
    if item.kind is ItemKind.SPLIT and isinstance(answer, dict):
        return {"parts": _parts(definition, item, answer)}
    if item.kind is ItemKind.SORT and isinstance(answer, dict):
        return {"groups": _groups(definition, item, answer)}
    if item.kind is ItemKind.MOOD and isinstance(answer, int) and answer in MOOD_WORDS:
        return {"mood": answer}
    return {}


def _words(definition, item, answer) -> str:
    made_of = _made_of(definition, item, answer)
    if "rows" in made_of:
        lines = (" · ".join(filter(None, line)) for line in made_of["rows"].lines)
        return "\n".join(f"{place}. {line}" for place, line in enumerate(lines, start=1))
    if "parts" in made_of:
        return " · ".join(_share(part) for part in made_of["parts"])
    if "groups" in made_of:
        return "\n".join(
            f"{group.label}: {get_text_list(group.cards, _('and'))}" for group in made_of["groups"]
        )
    if "mood" in made_of:
        return str(MOOD_WORDS[answer])
    return _in_one(definition, item, answer)


def _in_one(definition, item, answer) -> str:
    """The words of an answer that is one thing. One that does not fit its kind is shown as is."""
    if item.kind is ItemKind.CHOICES and isinstance(answer, list):
        return ", ".join(definition.label_of(item, each) for each in answer)
    if item.kind in (ItemKind.RATING, ItemKind.SLIDER):
        return _("%(value)s of %(most)s") % {"value": answer, "most": item.maximum}
    if item.kind is ItemKind.DATE:
        return _day(answer)
    return definition.label_of(item, answer)


def _day(answer) -> str:
    try:
        return formats.date_format(date.fromisoformat(answer), "j F Y")
    except (TypeError, ValueError):
        return str(answer)


def _rows(definition, item, answer) -> Rows:
    return Rows(
        columns=tuple(column.text or column.id for column in item.columns),
        lines=tuple(
            tuple(_cell(definition, column, row) for column in item.columns) for row in answer
        ),
        are_steps=item.kind is ItemKind.LADDER,
    )


def _cell(definition, column, row) -> str:
    answer = row.get(column.id) if isinstance(row, dict) else None
    return "" if is_empty(answer) else _in_one(definition, column, answer)


def _parts(definition, item, answer) -> tuple[Part, ...]:
    """In the order of the options; a part that is none of them comes last under its own name."""
    order = [option.value for option in definition.choices(item) if option.value in answer]
    rest = [part for part in answer if part not in order]
    return tuple(Part(definition.label_of(item, part), answer[part]) for part in order + rest)


def _share(part: Part) -> str:
    return _("%(label)s %(part)s\N{NO-BREAK SPACE}%%") % {"label": part.label, "part": part.size}


def _groups(definition, item, answer) -> tuple[Group, ...]:
    labels = {str(card.value): card.label for card in definition.choices(item)}
    labels |= {card: card for card in answer if card not in labels}
    sorted_into = [
        Group(
            group.label,
            tuple(label for card, label in labels.items() if answer.get(card) == group.value),
        )
        for group in definition.groups(item)
    ]
    rest = tuple(label for card, label in labels.items() if card not in answer)
    if rest:
        sorted_into.append(Group(_("Not sorted"), rest, is_rest=True))
    return tuple(group for group in sorted_into if group.cards)
