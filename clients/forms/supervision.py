"""Why a record outside the own caseload is opened."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clients import actions
from clients.models import SupervisionReason


class ReasonForm(forms.Form):
    why = forms.ChoiceField(
        label=_("Why do you open it?"),
        choices=SupervisionReason.Why.choices,
        widget=forms.RadioSelect,
    )
    words = forms.CharField(
        label=_("In a line"),
        help_text=_("Needed for something else. The care team reads it in the record."),
        max_length=300,
        required=False,
    )

    def __init__(self, *args, client, by, **kwargs):
        super().__init__(*args, **kwargs)
        self.client, self.by = client, by

    def clean(self):
        said = super().clean()
        if said.get("why") == SupervisionReason.Why.OTHER and not said.get("words"):
            self.add_error("words", _("Say in a line what it is."))
        return said

    def save(self) -> SupervisionReason:
        return actions.give_reason(self.client, by=self.by, now=timezone.now(), **self.cleaned_data)
