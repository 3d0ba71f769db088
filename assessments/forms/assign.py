"""The forms with which a clinician assigns, and closes an alert."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assessments import actions
from practice.ids import uuid7

from .schedules import ScheduleForm


class AssignForm(ScheduleForm):
    """When, and whether it may be asked now."""

    acknowledged = forms.BooleanField(
        label=_("I have read the note of the safety check"), required=False
    )
    # Names this decision: a second click, or "send again", assigns nothing twice.
    once = forms.UUIDField(widget=forms.HiddenInput, initial=uuid7, required=False)

    def __init__(self, *args, client, version, by, **kwargs):
        super().__init__(*args, client=client, **kwargs)
        self.version, self.by = version, by
        self.definition = version.definition
        self.gate = actions.gate(client) if self.definition.gated else None
        if self.gate is None or not self.gate.needs_acknowledgement:
            del self.fields["acknowledged"]
        if self.definition.as_log:
            self.fields["when"].initial = "week"

    def clean(self):
        data = super().clean()
        if self.gate and not self.gate.is_open:
            raise forms.ValidationError(self.gate.words)
        if "acknowledged" in self.fields and not data.get("acknowledged"):
            self.add_error("acknowledged", _("Read the note, then tick this."))
        return data

    def save(self):
        return actions.assign(
            self.client,
            self.version.activity,
            when=self.chosen,
            definition=self.definition,
            by=self.by,
            now=timezone.now(),
            acknowledged=self.cleaned_data.get("acknowledged", False),
            once=self.cleaned_data["once"],
        )
