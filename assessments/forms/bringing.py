"""The switch beside what a client writes."""

from django import forms
from django.utils.translation import gettext_lazy as _


class BringForm(forms.Form):
    """Off unless the client turns it on. Its name is one that no question may have (TAKEN)."""

    NAME = "for_session"

    for_session = forms.BooleanField(
        label=_("Bring this to my session"),
        help_text=_(
            "Then it stands first when your clinician prepares. You can change this later."
        ),
        required=False,
    )
