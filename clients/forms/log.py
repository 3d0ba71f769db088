"""Which part of the log."""

from django import forms
from django.utils.translation import gettext_lazy as _

from clients.log import Wanted
from practice.auditing.words import KINDS
from practice.forms.days import is_in_our_time
from practice.models import User


class LogForm(forms.Form):
    """What is sent is no more than an address; nonsense in it narrows nothing."""

    since = forms.DateField(
        label=_("From"),
        required=False,
        widget=forms.DateInput({"type": "date"}),
        validators=[is_in_our_time],
    )
    until = forms.DateField(
        label=_("To"),
        required=False,
        widget=forms.DateInput({"type": "date"}),
        validators=[is_in_our_time],
    )
    person = forms.ModelChoiceField(
        label=_("Who"), queryset=User.objects.none(), required=False, empty_label=_("Everybody")
    )
    kind = forms.ChoiceField(
        label=_("What"), choices=[("", _("Everything")), *KINDS.items()], required=False
    )

    def __init__(self, *args, by, **kwargs):
        super().__init__(*args, **kwargs)
        people = User.objects.filter(practice=by.practice_id).exclude(name="")
        self.fields["person"].queryset = people.order_by("name")

    def wanted(self) -> Wanted:
        self.is_valid()
        said = self.cleaned_data
        return Wanted(
            since=said.get("since"),
            until=said.get("until"),
            person=said.get("person"),
            kind=said.get("kind", ""),
        )
