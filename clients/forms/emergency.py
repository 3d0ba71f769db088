"""A record that is opened in an emergency: whose, and why."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clients import actions
from clients.models import Client, EmergencyOpening


class EmergencyForm(forms.Form):
    name = forms.CharField(
        label=_("Whose record?"),
        help_text=_("Their whole name as it stands in the record, or their e-mail address."),
        max_length=120,
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    words = forms.CharField(
        label=_("What has happened, and why do you need it now?"),
        help_text=_("The owner and the care team read this."),
        max_length=300,
        widget=forms.Textarea({"rows": 2}),
    )

    def __init__(self, *args, by, **kwargs):
        super().__init__(*args, **kwargs)
        self.by = by
        self.found: list[Client] = []

    def clean(self):
        said = super().clean()
        if self.errors:
            return said
        try:
            self.found = actions.find_in_emergency(said["name"], by=self.by, now=timezone.now())
        except actions.TooOften:
            words = _(
                "You asked for several people who are not here. Each try is written down. Ask the "
                "owner, or a colleague."
            )
            self.add_error("name", words)
            return said
        if not self.found:
            words = _("Nobody here has exactly this name or address. Each try is written down.")
            self.add_error("name", words)
        elif len(self.found) > 1:
            words = _("More than one has this name. Use the e-mail address instead.")
            self.add_error("name", words)
        return said

    def save(self) -> Client:
        """Whose record it is; one that is open to them anyway is not opened anew."""
        [client] = self.found
        if not Client.objects.of(self.by).filter(pk=client.pk).exists():
            self._open(client)
        return client

    def _open(self, client) -> EmergencyOpening:
        words = self.cleaned_data["words"]
        return actions.open_in_emergency(client, words=words, by=self.by, now=timezone.now())
