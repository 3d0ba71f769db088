"""A form made from a definition: some of its items as fields, and their answers as stored."""

import json

from django import forms
from django.forms.boundfield import BoundField
from django.forms.utils import ErrorDict
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from assessments.definitions import WITH_ROWS, Condition, Definition, Item, ItemKind
from assessments.review import MOOD_WORDS

from .cells import cell, common_of
from .parts import sort, split
from .rows import RowsField
from .skip import SkippableField

# Their ways not to answer stand among the answers: one radio button for each.
BY_RADIO = frozenset({ItemKind.SCALE, ItemKind.CHOICE, ItemKind.RATING, ItemKind.MOOD})


class AnswerForm(forms.Form):
    """Some items of a definition as fields. ``answers()`` gives them as they are stored.

    ``kept`` are answers from before, of these items and of others: they are filled in, and decide
    with what was posted which items are asked. One whose condition is not met is ignored, whatever
    was sent for it: it has neither an answer nor a fault.

    The buttons that add, remove and move rows post the whole form, for browsers without
    JavaScript. Then ``is_only_shaping`` is true and ``is_valid()`` false, nothing is complained
    of, and the form is to be shown again: with the rows as they are wanted and all that was typed.

    Iterating gives a heading, where a section begins, before the field it stands above. A heading
    is rendered like a hidden field: ``{{ form|crispy }}`` shows it.
    """

    def __init__(self, *args, definition: Definition, items: tuple[Item, ...], kept=None, **kwargs):
        kept = dict(kept or {})
        initial = {item.id: kept[item.id] for item in items if item.id in kept}
        super().__init__(*args, initial=initial, **kwargs)
        self.definition, self.items, self.kept = definition, items, kept
        for item in items:
            self.fields[item.id] = self._field(item)

    def __iter__(self):
        for item in self.items:
            if item.heading:
                yield Heading(self, item)
            yield self[item.id]

    def answers(self) -> dict:
        """What was answered; an empty answer is stored as nothing at all, never as zero."""
        return {item.id: self.cleaned_data.get(item.id) for item in self.items}

    @cached_property
    def is_only_shaping(self) -> bool:
        """Whether a button for adding, removing or moving rows was pressed, and nothing else."""
        shapes = [
            f"{self.add_prefix(item.id)}-shape" for item in self.items if item.kind in WITH_ROWS
        ]
        return self.is_bound and any(shape in self.data for shape in shapes)

    def is_valid(self):
        return super().is_valid() and not self.is_only_shaping

    def full_clean(self):
        if self.is_only_shaping:
            self._errors, self.cleaned_data = ErrorDict(renderer=self.renderer), {}
        else:
            super().full_clean()

    def clean(self):
        given = self.kept | {item.id: self.cleaned_data.get(item.id) for item in self.items}
        shown = {item.id for item in self.definition.shown(given)}
        for item in self.items:
            if item.id not in shown:
                self.errors.pop(item.id, None)
                self.cleaned_data[item.id] = None
        return self.cleaned_data

    def _field(self, item):
        field = _field(self.definition, item)
        if item.can_skip and item.kind not in BY_RADIO:
            field = SkippableField(field, kept=self.kept.get(item.id))
        if item.show_if is not None and item.id not in self._surely_shown:
            only_if = self._only_if(item.show_if, item.id, str(field.label))
            field.help_text = format_html("{} {}", field.help_text, only_if)
        return field

    @cached_property
    def _surely_shown(self) -> set[str]:
        """Items whose condition is settled by answers that are not asked for on this page."""
        here = {item.id for item in self.items}
        return {
            item.id
            for item in self.definition.shown(self.kept)
            if item.show_if is None or item.show_if.item not in here
        }

    def _only_if(self, condition, item_id, label):
        """In words for those without JavaScript, and as a rule for fields.js, which hides them."""
        on = self.definition.item(condition.item)
        words = _("Only if your answer to “%(question)s” is %(answer)s.") % {
            "question": on.text,
            "answer": _in_words(self.definition, on, condition),
        }
        if condition.item not in self.fields:
            return words
        rule = condition.model_dump(mode="json", exclude_defaults=True)
        rule |= {"item": self.add_prefix(condition.item), "shows": self.add_prefix(item_id)}
        return format_html(
            '<span class="only-if" data-show-if="{}" data-words="{}">{}</span>',
            json.dumps(rule),
            _("One more question: %(question)s") % {"question": label},
            words,
        )


class Heading(BoundField):
    """A section begins here. It takes no answer, and stands where a hidden field would."""

    def __init__(self, form, item):
        super().__init__(form, forms.Field(widget=forms.HiddenInput), f"{item.id}-heading")
        self.text = item.heading

    def as_widget(self, widget=None, attrs=None, only_initial=False):
        return format_html('<h2 class="section-heading" data-section>{}</h2>', self.text)


def _field(definition, item):
    if item.kind in WITH_ROWS:
        return RowsField(definition, item)
    builder = {ItemKind.SPLIT: split, ItemKind.SORT: sort}.get(item.kind, cell)
    return builder(definition, item, common_of(definition, item))


def _in_words(definition: Definition, on: Item, condition: Condition) -> str:
    low, high = condition.at_least, condition.at_most
    if condition.equals:
        labels = [
            str(MOOD_WORDS.get(value, value))
            if on.kind is ItemKind.MOOD
            else definition.label_of(on, value)
            for value in condition.equals
        ]
        return get_text_list([f"“{label}”" for label in labels], _("or"))
    if low is None:
        return _("%(n)s or less") % {"n": high}
    if high is None:
        return _("%(n)s or more") % {"n": low}
    return _("from %(low)s to %(high)s") % {"low": low, "high": high}
