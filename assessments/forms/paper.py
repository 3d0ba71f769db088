"""A copy that was filled in on paper, typed in by number: a number, Tab, the next one."""

import re
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.utils import timezone
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from assessments import scoring
from assessments.actions.paper import EARLIEST, enter_paper
from assessments.definitions import (
    DECLINED,
    IN_OWN_WORDS,
    NOT_APPLICABLE,
    SCORABLE,
    Definition,
    Item,
    ItemKind,
    Option,
    is_empty,
    unfit,
    unfit_answer,
)
from practice.ids import uuid7

from .cells import cell, common_of
from .widgets import UNREMEMBERED

# How a way not to answer is typed, where an item has them.
TYPED = {"n": NOT_APPLICABLE, "na": NOT_APPLICABLE, "n/a": NOT_APPLICABLE, "x": DECLINED}
_WHOLE = re.compile(r"[+-]?\d{1,9}")


@dataclass(frozen=True)
class Row:
    """One item of the copy: its number there, and the field for it."""

    number: int
    text: str
    field: BoundField


@dataclass(frozen=True)
class Part:
    """Rows that stand under one heading and are answered with the same numbers."""

    heading: str
    key: tuple[Option, ...]  # what the numbers mean, where they have words
    rows: list[Row]

    @property
    def is_bare(self) -> bool:
        """Numbers without their questions: many of them fit side by side."""
        return not any(row.text for row in self.rows)


class PaperForm(forms.Form):
    """The day on the paper and an answer for each item. A gap on the paper stays a gap.

    What is typed must be what the definition takes (``unfit``). Gaps are asked about once: what
    is entered stays as it is, and Enter pressed too early would leave the rest empty for ever.
    """

    filled_on = forms.DateField(
        label=_lazy("The day on the paper"),
        widget=forms.DateInput(UNREMEMBERED | {"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "required": _lazy("Type the day that stands on the paper."),
            "invalid": _lazy("Choose a day, or type it like this: 2026-11-21."),
        },
    )
    gaps = forms.BooleanField(
        label=_lazy("What is empty here is empty on the paper too"), required=False
    )
    # Names this entry: a second click, or "send again", stores nothing twice.
    once = forms.UUIDField(widget=forms.HiddenInput, initial=uuid7, required=False)

    def __init__(self, *args, client, version, by, **kwargs):
        super().__init__(*args, **kwargs)
        self.client, self.version, self.by = client, version, by
        self.definition: Definition = version.definition
        today = timezone.localdate(timezone=client.zone)
        bounds = {"min": EARLIEST, "max": today, "autofocus": not self.is_bound}
        self.fields["filled_on"].widget.attrs |= bounds
        self.names = {}
        for number, item in enumerate(self.definition.asked(), start=1):
            field = _field(self.definition, item, number)
            if field is not None:
                # No item's id has a hyphen: it is never mistaken for a field of this form.
                self.names[item.id] = f"item-{item.id}"
                self.fields[self.names[item.id]] = field
        if not self.is_bound or not self._has_gaps():
            del self.fields["gaps"]

    @cached_property
    def parts(self) -> list[Part]:
        parts: list[Part] = []
        for number, item in enumerate(self.definition.asked(), start=1):
            if item.id not in self.names:
                continue
            key = _key(self.definition, item)
            if not parts or item.heading or parts[-1].key != key:
                parts.append(Part(item.heading, key, []))
            parts[-1].rows.append(Row(number, item.text, self[self.names[item.id]]))
        return parts

    @property
    def can_skip(self) -> bool:
        return any(item.can_skip for item in self.definition.asked())

    @property
    def critical(self) -> list[int]:
        """The numbers of the items of which some answers ask for somebody today."""
        asked = enumerate(self.definition.asked(), start=1)
        return [number for number, item in asked if item.critical]

    @property
    def left_out(self) -> list[int]:
        """The numbers of the items that cannot be typed: tables, cards to sort, and the like."""
        asked = enumerate(self.definition.asked(), start=1)
        return [number for number, item in asked if item.id not in self.names]

    def clean_filled_on(self) -> date:
        day = self.cleaned_data["filled_on"]
        if day > timezone.localdate(timezone=self.client.zone):
            raise ValidationError(_("This day is still to come. Type the day on the paper."))
        if day < EARLIEST:
            raise ValidationError(_("Please check the year."))
        return day

    def clean(self):
        data, answers = super().clean(), self.answers()
        if not self.errors:
            for item_id, reason in unfit(self.definition, answers).items():
                if reason != "needed":  # a paper copy has gaps
                    words = _in_words(self.definition, item_id, reason)
                    self.add_error(self.names[item_id], words)
        if not self.errors:
            self._look_over(answers)
        return data

    def answers(self) -> dict:
        """By item, as they are stored; a gap is not there at all."""
        typed = {item_id: self.cleaned_data.get(name) for item_id, name in self.names.items()}
        return {item_id: answer for item_id, answer in typed.items() if not is_empty(answer)}

    def scores(self) -> list:
        """Pairs of a scale and its score, as they will be. Only of a form that is valid."""
        return list(
            zip(self.definition.scales, scoring.score(self.definition, self.answers()), strict=True)
        )

    def save(self):
        """The response. Raises AlreadySent when ``once`` names something else."""
        return enter_paper(
            self.client,
            self.version,
            self.answers(),
            filled_on=self.cleaned_data["filled_on"],
            by=self.by,
            now=timezone.now(),
            once=self.cleaned_data["once"],
        )

    def _look_over(self, answers):
        if self._is_of_before():
            raise ValidationError(_("The questions have changed. Open this page again."))
        if not answers:
            raise ValidationError(_("Type at least one answer."))
        if not self.client.episodes.filter(closed_at__isnull=True).exists():
            raise ValidationError(_("No episode of care is open: open one first."))
        gaps = self._gaps(answers)
        if gaps and not self.cleaned_data.get("gaps"):
            words = ngettext(
                "Nothing is typed for item %(items)s. Type it, or tick this.",
                "Nothing is typed for items %(items)s. Type them, or tick this.",
                len(gaps),
            )
            numbers = get_text_list([str(number) for number in gaps], _("and"))
            self.add_error("gaps", words % {"items": numbers})

    def _gaps(self, answers) -> list[int]:
        """The numbers of what was asked, could be typed, and is empty."""
        shown = {item.id for item in self.definition.shown(answers)}
        return [
            number
            for number, item in enumerate(self.definition.asked(), start=1)
            if item.id in shown
            and item.id in self.names
            and item.id not in answers
            and (item.kind not in IN_OWN_WORDS or item.required)
        ]

    def _is_of_before(self) -> bool:
        """Something was typed for an item that this version does not ask."""
        known = set(self.names.values())
        return any(
            name.startswith("item-") and name not in known and not is_empty(typed)
            for name, typed in self.data.items()
        )

    def _has_gaps(self) -> bool:
        return any(is_empty(self.data.get(self.add_prefix(name))) for name in self.names.values())


class NumberOnPaper(forms.CharField):
    """A number as it is typed; or ``n`` or ``x`` where the item can be passed over."""

    def __init__(self, definition: Definition, item: Item, **kwargs):
        self.definition, self.item = definition, item
        self.takes = what_it_takes(definition, item)
        if item.can_skip:
            self.takes = _("%(numbers)s, n or x") % {"numbers": self.takes}
        keys = {} if item.can_skip else {"inputmode": "numeric"}
        widget = forms.TextInput(UNREMEMBERED | keys | {"class": "form-control"})
        super().__init__(required=False, widget=widget, help_text=self.takes, **kwargs)

    def clean(self, value):
        typed = (value or "").strip()
        if not typed:
            return None
        answer = int(typed) if _WHOLE.fullmatch(typed) else typed
        if self.item.can_skip:
            answer = TYPED.get(typed.casefold(), answer)
        if unfit_answer(self.definition, self.item, answer):
            raise ValidationError(_("Only %(takes)s can stand here.") % {"takes": self.takes})
        return answer


def _field(definition: Definition, item: Item, number: int) -> forms.Field | None:
    label = _("Item %(number)s") % {"number": number}
    if item.kind in SCORABLE:
        return NumberOnPaper(definition, item, label=label)
    common = common_of(definition, item) | {"label": label, "required": False, "help_text": ""}
    if item.kind is ItemKind.CHOICE:
        return _choice(definition, item, common)
    return cell(definition, item, common) if item.kind in IN_OWN_WORDS else None


def _choice(definition: Definition, item: Item, common: dict) -> forms.Field:
    options = [(option.value, option.label) for option in definition.choices(item)]
    ways_out = [(NOT_APPLICABLE, _("Does not apply")), (DECLINED, _("Would rather not say"))]
    choices = options + (ways_out if item.can_skip else [])
    return forms.TypedChoiceField(
        choices=[("", ""), *choices],
        coerce={str(value): value for value, _label in choices}.get,
        empty_value=None,
        widget=forms.Select(UNREMEMBERED | {"class": "form-select"}),
        **common,
    )


def what_it_takes(definition: Definition, item: Item) -> str:
    """The numbers that can be typed, in short: “0 to 3”, “0, 2 or 4”, “0 to 100 by 10”."""
    numbers = _numbers(definition, item)
    step = numbers[1] - numbers[0]
    words = {"low": numbers[0], "high": numbers[-1], "step": step}
    if numbers != tuple(range(numbers[0], numbers[-1] + 1, step)) or len(numbers) == 2:
        return get_text_list([str(number) for number in numbers], _("or"))
    return (_("%(low)s to %(high)s") if step == 1 else _("%(low)s to %(high)s by %(step)s")) % words


def _numbers(definition: Definition, item: Item) -> tuple[int, ...]:
    if item.kind is ItemKind.SCALE:
        return tuple(sorted(option.value for option in definition.choices(item)))
    low, high = definition.range_of(item)
    return tuple(range(low, high + 1, item.step))


def _key(definition: Definition, item: Item) -> tuple[Option, ...]:
    """What the numbers of a scale mean, unless its words are numbers too."""
    if item.kind is not ItemKind.SCALE:
        return ()
    options = definition.choices(item)
    return options if any(option.label != str(option.value) for option in options) else ()


def _in_words(definition: Definition, item_id: str, reason: str) -> str:
    condition = definition.item(item_id).show_if
    if condition is None or reason != "not_asked":
        return _("This cannot stand here.")
    ids = [item.id for item in definition.asked()]
    return _("After the answer to item %(number)s this is not asked. Leave it empty.") % {
        "number": ids.index(condition.item) + 1
    }
