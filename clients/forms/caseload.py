"""Clients who are chosen on the caseload."""

from django import forms
from django.utils.translation import gettext as _


class ChosenForm(forms.Form):
    """A box beside each client whom the reader looks after. What is done with them is for whoever
    is sent the form."""

    client = forms.MultipleChoiceField(
        widget=forms.CheckboxSelectMultiple({"form": "chosen"}),  # it stands apart from the boxes
        required=False,
    )

    def __init__(self, *args, clients, is_all, **kwargs):
        super().__init__(*args, **kwargs)
        field = self.fields["client"]
        field.choices = [
            (str(client.pk), _("Choose %(name)s") % {"name": client}) for client in clients
        ]
        field.initial = [value for value, _label in field.choices] if is_all else []

    def boxes(self) -> dict:
        """The box of each client, by the client's id as text."""
        return {box.data["value"]: box for box in self["client"].subwidgets}
