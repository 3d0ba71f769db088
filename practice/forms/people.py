"""Who works here: asked in, and in which roles."""

from django import forms
from django.contrib.auth import password_validation
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from practice import actions, zones
from practice.models import Role, User
from practice.names import is_one_line

from .practices import CHOOSE_A_ZONE

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
                _(
                    "They still look after clients, are on a team or have sessions to come. "
                    "Hand those over first, then end this role."
                ),
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
        strip=False,  # as it was typed: the sign-in takes it so, too
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
            who = User(
                email=self.invitation.email,
                name=data.get("name", ""),
                practice=self.invitation.practice,
            )
            try:
                password_validation.validate_password(data["password"], user=who)
            except forms.ValidationError as error:
                self.add_error("password", error)
        return data

    def save(self, *, now) -> User | None:
        return actions.accept_staff_invitation(self.invitation, now=now, **self.cleaned_data)
