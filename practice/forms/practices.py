"""The practice itself, and its first owner."""

import secrets

from django import forms
from django.conf import settings
from django.contrib.auth import password_validation
from django.utils.translation import gettext_lazy as _

from practice import actions, zones
from practice.models import Practice, User
from practice.names import is_one_line

CHOOSE_A_ZONE = {"invalid_choice": _("Choose a time zone from the list.")}


class SetupForm(forms.Form):
    """The first visit: the practice and its owner."""

    practice_name = forms.CharField(
        label=_("Name of the practice"), max_length=120, validators=[is_one_line]
    )
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        help_text=_("For example Europe/Berlin or America/Chicago."),
        choices=zones.ZONES,
        initial="UTC",
        error_messages=CHOOSE_A_ZONE,
    )
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    help_text = forms.CharField(
        label=_("Help text for clients"),
        help_text=_(
            "Shown to clients who ask for help now: who answers at any hour, with numbers. "
            "Say that nobody reads the portal in real time."
        ),
        widget=forms.Textarea({"rows": 4}),
        max_length=2000,
    )
    owner_name = forms.CharField(label=_("Your name"), max_length=80, validators=[is_one_line])
    owner_email = forms.EmailField(label=_("Your e-mail"), max_length=254)
    password = forms.CharField(
        label=_("A password"),
        help_text=_("At least 12 characters. A few words in a row are good."),
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
        strip=False,  # as it was typed: the sign-in takes it so, too
    )
    also_clinician = forms.BooleanField(label=_("I also see clients"), initial=True, required=False)
    setup_code = forms.CharField(
        label=_("Set-up code"), help_text=_("Whoever installed Trellis knows it."), required=False
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if not settings.SETUP_CODE:
            del self.fields["setup_code"]

    def clean_setup_code(self):
        if not secrets.compare_digest(
            self.cleaned_data["setup_code"].encode(), settings.SETUP_CODE.encode()
        ):
            raise forms.ValidationError(_("This is not the set-up code."))
        return ""

    def clean(self):
        data = super().clean()
        if data.get("password"):
            who = User(
                email=data.get("owner_email", ""),
                name=data.get("owner_name", ""),
                practice=Practice(name=data.get("practice_name", "")),
            )
            try:
                password_validation.validate_password(data["password"], user=who)
            except forms.ValidationError as error:
                self.add_error("password", error)
        return data

    def save(self):
        data = {name: value for name, value in self.cleaned_data.items() if name != "setup_code"}
        return actions.open_first_practice(name=data.pop("practice_name"), **data)


class PracticeForm(forms.ModelForm):
    time_zone = forms.ChoiceField(label=_("Time zone"), error_messages=CHOOSE_A_ZONE)

    class Meta:
        model = Practice
        fields = ["name", "time_zone", "help_text"]
        labels = {
            "name": _("Name of the practice"),
            "help_text": _("Help text for clients"),
        }

    def __init__(self, *args, by, **kwargs):
        super().__init__(*args, **kwargs)
        self.by = by
        self.fields["name"].validators.append(is_one_line)
        self.fields["time_zone"].choices = zones.choices(self.instance.time_zone)

    def save(self):
        return actions.change_practice(self.instance, fields=self.changed_data, by=self.by)
