"""Who a client is."""

from contextlib import suppress

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clients import actions
from clients.contact_rules import can_text
from clients.models import ReminderPolicy
from practice.ids import uuid7
from practice.names import is_one_line
from practice.zones import ZONES, choices

from .contact import ContactFields, beginning
from .phone import PhoneField


class PersonFields(forms.Form):
    preferred_name = forms.CharField(
        label=_("Preferred name"), max_length=80, validators=[is_one_line]
    )
    pronouns = forms.CharField(label=_("Pronouns"), max_length=40, required=False)
    email = forms.EmailField(
        label=_("E-mail"),
        max_length=254,
        help_text=_("Needed for the portal. Ask first who else reads this mail."),
        required=False,
    )
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    time_zone = forms.ChoiceField(
        label=_("Time zone"), choices=ZONES, help_text=_("Reminders keep to this clock.")
    )
    phone = PhoneField(
        label=_("Mobile number"),
        help_text=_("For text messages. Ask first who else reads them."),
        required=False,
    )
    PERSON = ("preferred_name", "pronouns", "email", "phone", "language", "time_zone")

    taken_by_nobody_but: object = None  # the user who may have this address

    def clean_email(self):
        email = self.cleaned_data["email"].strip().lower()
        if actions.is_taken(email, but_by=self.taken_by_nobody_but):
            raise ValidationError(_("Somebody else signs in with this address."))
        return email

    def person(self) -> dict:
        """What was asked: without text messages, nobody is asked for a number."""
        return {name: self.cleaned_data[name] for name in self.PERSON if name in self.fields}


class AddClientForm(ContactFields, PersonFields):
    # The identity of the client to be: the same form sent twice adds one.
    once = forms.UUIDField(widget=forms.HiddenInput, initial=uuid7, required=False)
    field_order = PersonFields.PERSON

    def __init__(self, *args, by, **kwargs):
        policy = ReminderPolicy.of_practice(by.practice_id)
        proposed = beginning(policy)
        kwargs["initial"] = {
            name: getattr(proposed, name) for name in self.CONTACT if name != "channel"
        } | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        self.by = by
        self.offer(policy)
        self.fields["time_zone"].initial = by.time_zone
        self.fields["language"].initial = by.language

    def save(self):
        """The client's id, whether this form added them or an earlier click did."""
        client_id = self.cleaned_data["once"] or uuid7()
        with suppress(actions.AlreadyAdded):
            actions.add_client(
                pk=client_id,
                by=self.by,
                contact=self.contact(),
                now=timezone.now(),
                **self.person(),
            )
        return client_id


class ChangeClientForm(PersonFields):
    """The address that they sign in with is for their own team to change, and not for a cover."""

    def __init__(self, *args, client, by, **kwargs):
        self.client, self.by = client, by
        kwargs["initial"] = {name: getattr(client, name) for name in self.PERSON}
        super().__init__(*args, **kwargs)
        self.fields["time_zone"].choices = choices(client.time_zone)
        if not (can_text() or client.phone):
            del self.fields["phone"]
        # Who has joined signs in with this address: it can change, but it can't go.
        self.fields["email"].required = client.user_id is not None
        if not client.care_team.current().filter(clinician=by).exists():
            del self.fields["email"]
        self.taken_by_nobody_but = client.user_id

    def save(self):
        return actions.change_client(self.client, by=self.by, now=timezone.now(), **self.person())
