"""Forms made from definitions, and the form with which a clinician assigns."""

from datetime import timedelta

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from practice.ids import uuid7

from . import actions, schedule
from .definitions import Definition, Item, ItemKind
from .scoring import DECLINED, NOT_APPLICABLE

SKIP = (
    (NOT_APPLICABLE, _("Does not apply to me")),
    (DECLINED, _("I'd rather not say")),
)
LONGEST_LINE = 200
LONGEST_TEXT = 5_000


class ChoiceRows(forms.RadioSelect):
    template_name = "forms/choice_rows.html"


class ManyChoiceRows(forms.CheckboxSelectMultiple):
    template_name = "forms/choice_rows.html"


class Rating(forms.RadioSelect):
    template_name = "forms/rating.html"


class AnswerForm(forms.Form):
    """Some items of a definition as fields. ``answers()`` gives them as they are stored."""

    def __init__(self, *args, definition: Definition, items: tuple[Item, ...], kept=None, **kwargs):
        kept = kept or {}
        initial = {item.id: kept[item.id] for item in items if item.id in kept}
        super().__init__(*args, initial=initial, **kwargs)
        self.items = items
        for item in items:
            self.fields[item.id] = _field(definition, item)

    def answers(self) -> dict:
        """What was answered; an empty answer is stored as nothing at all, never as zero."""
        stored = {}
        for item in self.items:
            value = self.cleaned_data[item.id]
            if value is None or value == "" or value == []:
                value = None
            elif item.kind == ItemKind.DATE:
                value = value.isoformat()
            stored[item.id] = value
        return stored


def _field(definition: Definition, item: Item) -> forms.Field:
    common = {
        "label": item.text,
        "help_text": item.hint,
        "required": item.required,
        "error_messages": {"required": _("This one is needed. A short answer is enough.")},
    }
    if item.kind in (ItemKind.SCALE, ItemKind.CHOICE):
        return _choice(definition, item, common)
    if item.kind == ItemKind.CHOICES:
        options = definition.choices(item)
        return forms.TypedMultipleChoiceField(
            choices=[(option.value, option.label) for option in options],
            coerce={str(option.value): option.value for option in options}.get,
            widget=ManyChoiceRows,
            **common,
        )
    if item.kind == ItemKind.RATING:
        numbers = range(item.minimum, item.maximum + 1)
        return forms.TypedChoiceField(
            choices=[(number, number) for number in numbers],
            coerce=int,
            empty_value=None,
            widget=Rating({"data-low": item.low, "data-high": item.high}),
            **common,
        )
    if item.kind == ItemKind.NUMBER:
        return forms.IntegerField(
            min_value=item.minimum,
            max_value=item.maximum,
            widget=forms.NumberInput({"inputmode": "numeric"}),
            **common,
        )
    if item.kind == ItemKind.DATE:
        checks = [_is_no_day_to_come, _is_a_year_of_today] if definition.as_log else []
        widget = forms.DateInput({"type": "date"}, "%Y-%m-%d")
        return forms.DateField(widget=widget, validators=checks, **common)
    if item.kind == ItemKind.LINE:
        return forms.CharField(max_length=LONGEST_LINE, **common)
    return forms.CharField(max_length=LONGEST_TEXT, widget=forms.Textarea({"rows": 4}), **common)


def _is_no_day_to_come(day):
    """A log is of what has happened."""
    if day > timezone.localdate():
        raise forms.ValidationError(_("Choose today or a day before."))


def _is_a_year_of_today(day):
    if day.year < 2000:
        raise forms.ValidationError(_("Please check the year."))


def _choice(definition: Definition, item: Item, common: dict) -> forms.Field:
    options = definition.choices(item)
    values = {str(option.value): option.value for option in options}
    choices: list = [(option.value, option.label) for option in options]
    if item.can_skip:
        choices.append((_("Or"), SKIP))
        values |= {code: code for code, _words in SKIP}
    return forms.TypedChoiceField(
        choices=choices, coerce=values.get, empty_value=None, widget=ChoiceRows, **common
    )


class AssignForm(forms.Form):
    """What, when, and whether it may be asked now."""

    when = forms.ChoiceField(
        label=_("When"),
        choices=[("once", _("Once, from now")), ("week", _("Every week"))],
        widget=forms.RadioSelect,
        initial="once",
    )
    due_on = forms.DateField(
        label=_("Due by the evening of"),
        widget=forms.DateInput({"type": "date"}),
        required=False,
    )
    times = forms.IntegerField(
        label=_("How many weeks"), min_value=1, max_value=52, initial=4, required=False
    )
    acknowledged = forms.BooleanField(
        label=_("I have read the note of the safety check"), required=False
    )
    # Names this decision: a second click, or "send again", assigns nothing twice.
    once = forms.UUIDField(widget=forms.HiddenInput, initial=uuid7, required=False)

    def __init__(self, *args, client, version, by, **kwargs):
        super().__init__(*args, **kwargs)
        self.client, self.version, self.by = client, version, by
        self.definition = version.definition
        self.gate = actions.gate(client) if self.definition.gated else None
        if self.gate is None or not self.gate.needs_acknowledgement:
            del self.fields["acknowledged"]
        today = timezone.localdate(timezone=client.zone)
        days_to_friday = (4 - today.weekday()) % 7 or 7
        self.fields["due_on"].initial = today + timedelta(days=days_to_friday)
        if self.definition.as_log:
            self.fields["when"].initial = "week"

    def clean_due_on(self):
        day = self.cleaned_data["due_on"]
        if day and day < timezone.localdate(timezone=self.client.zone):
            raise forms.ValidationError(_("Choose today or a day to come."))
        if day and day.year >= 2200:
            raise forms.ValidationError(_("Please check the year."))
        return day

    def clean(self):
        data = super().clean()
        if self.gate and not self.gate.is_open:
            raise forms.ValidationError(self.gate.words)
        if "acknowledged" in self.fields and not data.get("acknowledged"):
            self.add_error("acknowledged", _("Read the note, then tick this."))
        if data.get("when") == "week" and not data.get("times") and "times" not in self.errors:
            self.add_error("times", _("Say for how many weeks."))
        return data

    def schedule(self) -> schedule.Schedule:
        if self.cleaned_data["when"] == "week":
            today = timezone.localdate(timezone=self.client.zone)
            return schedule.Weekly(starts_on=today, times=self.cleaned_data["times"])
        return schedule.Once(due_on=self.cleaned_data["due_on"])

    def save(self):
        return actions.assign(
            self.client,
            self.version.activity,
            when=self.schedule(),
            definition=self.definition,
            by=self.by,
            now=timezone.now(),
            acknowledged=self.cleaned_data.get("acknowledged", False),
            once=self.cleaned_data["once"],
        )


class CloseAlertForm(forms.Form):
    note = forms.CharField(
        label=_("What did you do?"),
        widget=forms.Textarea({"rows": 4}),
        max_length=5_000,
    )

    def __init__(self, *args, alert, by, **kwargs):
        super().__init__(*args, **kwargs)
        self.alert, self.by = alert, by

    def save(self):
        return actions.close_alert(
            self.alert, by=self.by, note=self.cleaned_data["note"], now=timezone.now()
        )
