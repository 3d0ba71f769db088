import secrets

from allauth.account.forms import ResetPasswordForm
from allauth.core import context
from allauth.core.internal.cryptokit import normalize_user_code
from allauth.mfa import app_settings as mfa_settings
from allauth.mfa.adapter import get_adapter as second_factor_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import password_validation
from django.core.cache import cache
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from . import actions, zones
from .models import Practice, Role, User
from .names import is_one_line

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
            who = User(email=data.get("owner_email", ""), name=data.get("owner_name", ""))
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
    leave_url = forms.URLField(
        label=_("Page shown after Leave this page"),
        help_text=Practice._meta.get_field("leave_url").help_text,
        assume_scheme="https",
    )

    class Meta:
        model = Practice
        fields = ["name", "time_zone", "help_text", "leave_url"]
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


class ResetForm(ResetPasswordForm):
    """Only those who sign in with a password get a new one; a client's account never has one."""

    def clean_email(self):
        email = super().clean_email()
        self.users = [user for user in self.users if user.has_usable_password()]
        return email


class _TakenOnce:
    """A code opens once (RFC 6238, 5.2). allauth remembers a used one for a single step, but we
    take it for as many as MFA_TOTP_TOLERANCE adds."""

    def clean_code(self):
        code = super().clean_code()
        steps = 2 * mfa_settings.TOTP_TOLERANCE + 1
        key = f"second-factor-used:{self.user.pk}:{normalize_user_code(code)}"
        if not cache.add(key, True, steps * mfa_settings.TOTP_PERIOD):
            raise second_factor_adapter().validation_error("incorrect_code")
        return code


class SecondFactorForm(_TakenOnce, AuthenticateForm):
    def save(self):
        super().save()
        if self.authenticator.type == Authenticator.Type.RECOVERY_CODES:
            self.authenticator.refresh_from_db()  # marked as used in a locked copy of it
            left = len(self.authenticator.wrap().get_unused_codes())
            words = ngettext(
                "You used a spare code. %(left)s is left.",
                "You used a spare code. %(left)s are left.",
                left,
            )
            messages.warning(context.request, words % {"left": left})


class SecondFactorAgainForm(_TakenOnce, ReauthenticateForm):
    pass


# What each may do, for the owner who chooses.
MAY = {
    Role.OWNER: _("Owner: the practice, its people and its rules"),
    Role.CLINICIAN: _("Clinician: sees clients, and their own caseload"),
    Role.SUPERVISOR: _("Supervisor: reads the records of the practice"),
    Role.ASSISTANT: _("Assistant: no records"),
}


def roles_field():
    return forms.MultipleChoiceField(
        label=_("Roles"),
        choices=list(MAY.items()),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one role.")},
    )


class InviteForm(forms.Form):
    email = forms.EmailField(
        label=_("E-mail"),
        help_text=_(
            "One that nobody signs in with yet, here or in another practice: to such an address "
            "no mail goes out."
        ),
        max_length=254,
    )
    roles = roles_field()

    def __init__(self, *args, by, **kwargs):
        super().__init__(*args, **kwargs)
        self.by = by

    def clean_email(self):
        email = self.cleaned_data["email"].lower()
        if User.objects.staff_of(self.by).filter(email=email).exists():
            raise forms.ValidationError(_("Somebody with this address works here already."))
        return email

    def save(self):
        return actions.invite_staff(
            self.by.practice, by=self.by, now=timezone.now(), **self.cleaned_data
        )


class RolesForm(forms.Form):
    roles = roles_field()

    def __init__(self, *args, person, by, **kwargs):
        super().__init__(*args, initial={"roles": sorted(person.roles)}, **kwargs)
        self.person, self.by = person, by

    def save(self) -> bool:
        """Whether it could be done; else it says why not."""
        try:
            actions.change_roles(
                self.person, roles=self.cleaned_data["roles"], by=self.by, now=timezone.now()
            )
        except actions.AnOwnerIsNeeded:
            self.add_error("roles", _("A practice needs an owner. Make somebody else one first."))
        except actions.HandOverFirst:
            self.add_error(
                "roles",
                _("They still look after clients. Hand those over first, then end this role."),
            )
        return self.is_valid()


class JoinForm(forms.Form):
    """Somebody who was invited says who they are."""

    name = forms.CharField(label=_("Your name"), max_length=80, validators=[is_one_line])
    time_zone = forms.ChoiceField(label=_("Time zone"), error_messages=CHOOSE_A_ZONE)
    password = forms.CharField(
        label=_("A password"),
        help_text=_("At least 12 characters. A few words in a row are good."),
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )

    def __init__(self, *args, invitation, **kwargs):
        super().__init__(*args, **kwargs)
        self.invitation = invitation
        zone = self.fields["time_zone"]
        zone.initial = invitation.practice.time_zone
        zone.choices = zones.choices(zone.initial)

    def clean(self):
        data = super().clean()
        if data.get("password"):
            who = User(email=self.invitation.email, name=data.get("name", ""))
            try:
                password_validation.validate_password(data["password"], user=who)
            except forms.ValidationError as error:
                self.add_error("password", error)
        return data

    def save(self, *, now) -> User | None:
        return actions.accept_staff_invitation(self.invitation, now=now, **self.cleaned_data)
