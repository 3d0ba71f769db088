"""Fields of one answer. Each takes what was typed and gives what is stored, or None for nothing.

They accept what ``definitions.unfit_answer`` accepts, with one thing more: in a log no day to come.
"""

from datetime import date

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from assessments.definitions import IN_OWN_WORDS, Definition, Item, ItemKind, longest
from assessments.review import MOOD_WORDS

from .skip import SKIP, is_code
from .widgets import (
    UNREMEMBERED,
    ChoiceRows,
    ManyChoiceRows,
    ManyWords,
    Mood,
    Number,
    Rating,
    Slider,
    Words,
)

LONGEST_NUMBER = 20  # characters, with all the spaces and signs somebody may type
NOT_OFFERED = _("Select a valid choice: one of the answers below.")


class WholeField(forms.IntegerField):
    """A whole number from ``low`` to ``high``, in steps."""

    default_error_messages = {
        "invalid": _("Type a whole number from %(low)s to %(high)s."),
        "step": _("Only every %(step)s fits here: %(below)s or %(above)s, for example."),
    }

    def __init__(self, *, low, high, step=1, **kwargs):
        self.low, self.high, self.step = low, high, step
        super().__init__(**kwargs)

    def to_python(self, value):
        if isinstance(value, str):
            value = value.strip()
            if len(value) > LONGEST_NUMBER:
                raise self._is_no_such_number()
        try:
            return super().to_python(value)
        except ValidationError:
            raise self._is_no_such_number() from None

    def validate(self, value):
        super().validate(value)
        if value is None:
            return
        if not self.low <= value <= self.high:
            raise self._is_no_such_number()
        if over := (value - self.low) % self.step:
            below = value - over
            found = {"step": self.step, "below": below, "above": below + self.step}
            raise ValidationError(self.error_messages["step"], code="step", params=found)

    def _is_no_such_number(self):
        limits = {"low": self.low, "high": self.high}
        return ValidationError(self.error_messages["invalid"], code="invalid", params=limits)


class WordsField(forms.CharField):
    """Some words. What is too long is said, and never cut off while it is being typed."""

    default_error_messages = {
        "max_length": _("This has %(show_value)s characters. At most %(limit_value)s fit here."),
        "code": _("This cannot be kept as it is. Please use other words."),
    }

    def __init__(self, **kwargs):
        super().__init__(empty_value=None, **kwargs)

    def widget_attrs(self, widget):
        return {}

    def to_python(self, value):
        if isinstance(value, str):
            # A browser sends two characters for the end of a line, and some programs copy NULs.
            value = value.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
        return super().to_python(value)

    def validate(self, value):
        super().validate(value)
        if is_code(value):  # it would read as something that nobody said
            raise ValidationError(self.error_messages["code"], code="code")


class LineField(WordsField):
    """Words on one line. A browser pastes them so; whatever else sends a break means a blank."""

    def to_python(self, value):
        words = super().to_python(value)
        return " ".join(words.split("\n")) if words else words


class DayField(forms.DateField):
    """A day, stored as 2026-11-21."""

    default_error_messages = {"invalid": _("Choose a day, or type it like this: 2026-11-21.")}

    def clean(self, value):
        day = super().clean(value)
        return day.isoformat() if day else None


class ClockField(forms.TimeField):
    """A time of day, stored as 18:30."""

    default_error_messages = {"invalid": _("Type a time from 00:00 to 23:59, like 18:30.")}

    def clean(self, value):
        time = super().clean(value)
        return time.strftime("%H:%M") if time else None


def cell(definition: Definition, item: Item, common: dict) -> forms.Field:
    """The field of an item whose answer is one thing. ``common`` are the arguments of any field.

    Raises KeyError for a kind whose answer has parts.
    """
    return CELLS[item.kind](definition, item, common)


def common_of(definition: Definition, item: Item) -> dict:
    """What the field of any kind is made with. The hint is somebody's words: never markup."""
    needed = _("This one is needed.")
    if item.kind in IN_OWN_WORDS:
        needed = _("This one is needed. A short answer is enough.")
    return {
        "label": item.text or _number_of(definition, item),
        "help_text": format_html("<span>{}</span>", item.hint) if item.hint else "",
        "required": item.required,
        "error_messages": {"required": needed},
    }


def _number_of(definition, item):
    """Without its text, an item of a paper copy goes by its number there."""
    ids = [each.id for each in definition.asked()]
    return gettext("Question %(n)s") % {"n": ids.index(item.id) + 1} if item.id in ids else item.id


def _choice(definition, item, common):
    return _one_of(
        [(option.value, option.label) for option in definition.choices(item)],
        ChoiceRows(),
        item,
        common,
    )


def _rating(definition, item, common):
    low, high = definition.range_of(item)
    numbers = range(low, high + 1, item.step)
    widget = Rating({"data-low": item.low, "data-high": item.high})
    return _one_of([(number, number) for number in numbers], widget, item, common)


def _mood(definition, item, common):
    return _one_of(list(MOOD_WORDS.items()), Mood(), item, common)


def _one_of(choices, widget, item, common):
    to_value = _value_among([*choices, *(SKIP if item.can_skip else ())])
    if item.can_skip:
        choices = [*choices, (_("Or"), SKIP)]
    common["error_messages"] |= {"invalid_choice": NOT_OFFERED}
    return forms.TypedChoiceField(
        choices=choices, coerce=to_value, empty_value=None, widget=widget, **common
    )


def _value_among(choices):
    """From what was posted to the value of a choice; ValueError for what is none of them."""
    values = {str(value): value for value, _label in choices}

    def to_value(typed):
        if typed not in values:
            raise ValueError("not among the choices")
        return values[typed]

    return to_value


def short_choice(definition: Definition, item: Item, common: dict) -> forms.Field:
    """A choice in a row, where there is little room."""
    choices = [(option.value, option.label) for option in definition.choices(item)]
    common["error_messages"] |= {"invalid_choice": NOT_OFFERED}
    return forms.TypedChoiceField(
        choices=[("", _("Choose one")), *choices],
        coerce=_value_among(choices),
        empty_value=None,
        widget=forms.Select(UNREMEMBERED),
        **common,
    )


def _choices(definition, item, common):
    choices = [(option.value, option.label) for option in definition.choices(item)]
    common["error_messages"] |= {"invalid_choice": NOT_OFFERED, "invalid_list": NOT_OFFERED}
    return forms.TypedMultipleChoiceField(
        choices=choices,
        coerce=_value_among(choices),
        empty_value=None,
        widget=ManyChoiceRows(),
        **common,
    )


def _slider(definition, item, common):
    low, high = definition.range_of(item)
    widget = Slider(
        question=common["label"], low=low, high=high, by=item.step, words=(item.low, item.high)
    )
    return WholeField(low=low, high=high, step=item.step, widget=widget, **common)


def _number(definition, item, common):
    low, high = definition.range_of(item)
    return WholeField(low=low, high=high, step=item.step, widget=Number(low), **common)


def _day(definition, item, common):
    checks = [_is_no_day_to_come, _is_a_year_of_today] if definition.as_log else []
    widget = forms.DateInput(UNREMEMBERED | {"type": "date"}, "%Y-%m-%d")
    return DayField(widget=widget, validators=checks, **common)


def _clock(definition, item, common):
    widget = forms.TimeInput(UNREMEMBERED | {"type": "time"}, "%H:%M")
    return ClockField(widget=widget, **common)


def _line(definition, item, common):
    return LineField(max_length=longest(item), widget=Words(), **common)


def _text(definition, item, common):
    return WordsField(max_length=longest(item), widget=ManyWords(), **common)


def _is_no_day_to_come(day: date):
    """A log is of what has happened."""
    if day > timezone.localdate():
        raise ValidationError(_("Choose today or a day before."))


def _is_a_year_of_today(day: date):
    if day.year < 2000:
        raise ValidationError(_("Please check the year."))


CELLS = {
    ItemKind.SCALE: _choice,
    ItemKind.CHOICE: _choice,
    ItemKind.CHOICES: _choices,
    ItemKind.RATING: _rating,
    ItemKind.SLIDER: _slider,
    ItemKind.MOOD: _mood,
    ItemKind.NUMBER: _number,
    ItemKind.DATE: _day,
    ItemKind.TIME: _clock,
    ItemKind.LINE: _line,
    ItemKind.TEXT: _text,
}
