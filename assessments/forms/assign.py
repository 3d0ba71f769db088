"""The forms with which a clinician assigns, and closes an alert."""

from datetime import timedelta

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assessments import actions, schedule
from practice.ids import uuid7


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
