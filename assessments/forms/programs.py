"""The forms with which a clinician assigns a program, and gives a step of it by hand."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assessments import actions
from practice.ids import uuid7


class GatedForm(forms.Form):
    """Whether it may be asked now; the fields that are left say what has to be ticked for that."""

    acknowledged = forms.BooleanField(
        label=_("I have read the note of the safety check"), required=False
    )

    def __init__(self, *args, client, by, is_gated, **kwargs):
        super().__init__(*args, **kwargs)
        self.client, self.by = client, by
        self.gate = actions.gate(client) if is_gated else None
        if self.gate is None or not self.gate.needs_acknowledgement:
            del self.fields["acknowledged"]

    def clean(self):
        data = super().clean()
        if self.gate and not self.gate.is_open:
            raise forms.ValidationError(self.gate.words)
        if "acknowledged" in self.fields and not data.get("acknowledged"):
            self.add_error("acknowledged", _("Read the note, then tick this."))
        return data

    @property
    def is_acknowledged(self) -> bool:
        return self.cleaned_data.get("acknowledged", False)


class AssignProgramForm(GatedForm):
    # Names this decision: a second click, or "send again", assigns nothing twice.
    once = forms.UUIDField(widget=forms.HiddenInput, initial=uuid7, required=False)

    def __init__(self, *args, version, **kwargs):
        super().__init__(*args, **kwargs)
        self.version = version

    def save(self):
        return actions.assign_program(
            self.client,
            self.version,
            by=self.by,
            now=timezone.now(),
            acknowledged=self.is_acknowledged,
            once=self.cleaned_data["once"],
        )


class GiveStepForm(GatedForm):
    def __init__(self, *args, program, place, **kwargs):
        super().__init__(*args, **kwargs)
        self.program, self.place = program, place

    def save(self):
        return actions.give_next(
            self.program,
            self.place,
            by=self.by,
            now=timezone.now(),
            acknowledged=self.is_acknowledged,
        )
