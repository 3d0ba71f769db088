"""Another address: what the client asks for, and what their clinician answers."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clients import actions

from .codes import PersonalCodeForm


class AskAddressForm(PersonalCodeForm):
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

    def __init__(self, *args, client, by, **kwargs):
        super().__init__(*args, **kwargs)
        self.client, self.by = client, by

    def clean(self):
        """The code last: with a slip in the address, no wrong one is counted."""
        data = super().clean()
        if not self.errors and not actions.is_own_code(
            self.client, code=data["code"].strip(), by=self.by, now=timezone.now()
        ):
            self.add_error("code", _("That is not the code. Please try again, or later."))
        return data

    def save(self):
        return actions.ask_for_address(
            self.client,
            email=self.cleaned_data["email"],
            note_to_old=self.cleaned_data["note_to_old"],
            by=self.by,
            now=timezone.now(),
        )
