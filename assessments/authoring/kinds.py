"""What can be asked, in the words of somebody who is no programmer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from assessments.definitions import SCORABLE, ItemKind


@dataclass(frozen=True)
class KindWords:
    """``name`` and what it is ``good_for``; ``begins`` are the keys that a new one starts with."""

    name: Promise
    good_for: Promise
    begins: dict[str, Any] = field(default_factory=dict)


KINDS: dict[ItemKind, KindWords] = {
    ItemKind.CHOICE: KindWords(_("One answer of a few"), _("Who, where, what kind, yes or no.")),
    ItemKind.CHOICES: KindWords(
        _("Several answers of a few"), _("Whatever fits: any of them can be ticked.")
    ),
    ItemKind.SCALE: KindWords(
        _("Answers with numbers"),
        _("Never to almost always. The scales of a screener are made of these."),
    ),
    ItemKind.LINE: KindWords(_("A short line"), _("A few words: a name for it, a plan, a wish.")),
    ItemKind.TEXT: KindWords(_("Room to write"), _("What happened, what they felt or thought.")),
    ItemKind.RATING: KindWords(
        _("A number on a row of buttons"),
        _("How strong, how sure, how hard: 0 to 10."),
        {"minimum": 0, "maximum": 10},
    ),
    ItemKind.SLIDER: KindWords(
        _("A slider"),
        _("The same over a longer way, such as 0 to 100."),
        {"minimum": 0, "maximum": 100, "step": 10},
    ),
    ItemKind.MOOD: KindWords(
        _("Mood, with faces"), _("Very low to very good. Ask it before and after to see a change.")
    ),
    ItemKind.NUMBER: KindWords(
        _("A number to type"),
        _("Minutes, days, how many times."),
        {"minimum": 0, "maximum": 100},
    ),
    ItemKind.DATE: KindWords(_("A day"), _("When it was, or when it will be.")),
    ItemKind.TIME: KindWords(_("A time of day"), _("From when, until when.")),
    ItemKind.SPLIT: KindWords(
        _("100 per cent to share out"), _("How much is mine, how much is theirs.")
    ),
    ItemKind.SORT: KindWords(
        _("Cards to sort into groups"), _("Mine, theirs, shared. Each card goes to one group.")
    ),
    ItemKind.ROWS: KindWords(
        _("A small table"),
        _("Row by row: people and what they give, worries and their size."),
        {"minimum": 0, "maximum": 5},
    ),
    ItemKind.LADDER: KindWords(
        _("Steps in order"),
        _("Rows whose order counts: the easiest step first."),
        {"minimum": 0, "maximum": 5},
    ),
}

# Whose answer can decide whether a later question is shown.
SHOWS = SCORABLE | {ItemKind.CHOICE, ItemKind.CHOICES}


def first_answers(kind: str) -> list[dict[str, Any]]:
    """What stands in the list of answers of a new question of this kind."""
    if kind != ItemKind.SCALE:
        return []
    words = [
        gettext("Never"),
        gettext("Rarely"),
        gettext("Sometimes"),
        gettext("Often"),
        gettext("Almost always"),
    ]
    return [{"value": value, "label": label} for value, label in enumerate(words)]


def first_groups() -> list[dict[str, Any]]:
    return [
        {"value": "mine", "label": gettext("Mine")},
        {"value": "theirs", "label": gettext("Theirs")},
        {"value": "shared", "label": gettext("Shared")},
    ]


def help_words() -> str:
    """The paragraph with which every text after sending ends: whoever is afraid finds people."""
    return gettext(
        "Nobody is reading this right now. If any of this is because you are afraid of someone, "
        "that is not a flaw in you. You can find people to talk to on this page, and under "
        "Help now."
    )
