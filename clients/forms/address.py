"""Another address: what the client asks for, and what their clinician answers."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clients import actions

from .codes import OwnCodeForm


class AskAddressForm(OwnCodeForm):
    email = forms.EmailField(
        label=_("Your new e-mail address"),
        help_text=_("One that only you can open."),
        max_length=254,
        widget=forms.EmailInput({"autocomplete": "off"}),
    )
    note_to_old = forms.BooleanField(
        label=_("It is safe to send one short note to the old address"),
        help_text=_("It says that no more messages come there, and nothing else."),
        required=False,
    )
    field_order = ("email", "note_to_old", "code")

    def save(self):
        return actions.ask_for_address(
            self.client,
            email=self.cleaned_data["email"],
            note_to_old=self.cleaned_data["note_to_old"],
            by=self.by,
            now=timezone.now(),
        )
