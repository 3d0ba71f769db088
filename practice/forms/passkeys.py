"""allauth's forms of passkeys. What a browser sends is somebody's word: nonsense is a wrong answer
like another, and no error of ours."""

from allauth.core import context
from allauth.mfa.adapter import get_adapter
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from practice import audit

NONSENSE = (AttributeError, KeyError, TypeError, ValueError)


class Credential(forms.JSONField):
    """Anybody can send one. Python reads no number of thousands of digits, nor what is nested
    without end: that is no credential, and no error of ours."""

    def __init__(self):
        super().__init__(widget=forms.HiddenInput)

    def to_python(self, value):
        try:
            return super().to_python(value)
        except (ValueError, RecursionError) as error:
            raise get_adapter().validation_error("incorrect_code") from error


class _AnswersAnything(forms.Form):
    credential = Credential()

    def clean_credential(self):
        try:
            return super().clean_credential()
        except NONSENSE as error:
            raise get_adapter().validation_error("incorrect_code") from error


class LoginPasskeyForm(_AnswersAnything, LoginWebAuthnForm):
    pass


class _IsNoticed:
    """Who somebody is was known before: a wrong key stands in the audit trail."""

    def clean_credential(self):
        try:
            return super().clean_credential()
        except ValidationError:
            audit.record("second_factor.wrong", self.user, by=self.user)
            raise


class SecondPasskeyForm(_IsNoticed, _AnswersAnything, AuthenticateWebAuthnForm):
    pass


class PasskeyAgainForm(_IsNoticed, _AnswersAnything, ReauthenticateWebAuthnForm):
    def clean_credential(self):
        """From here on the session has a new key, as with the password."""
        credential = super().clean_credential()
        context.request.session.cycle_key()
        return credential


class NewPasskeyForm(AddWebAuthnForm):
    credential = Credential()

    def clean(self):
        try:
            return super().clean()
        except NONSENSE as error:
            raise get_adapter().validation_error("incorrect_code") from error


class StaffPasskeyForm(NewPasskeyForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("What you call it")
        self.fields["passwordless"].label = _("Sign in with it alone, without the password")
        self.fields["passwordless"].help_text = _(
            "It then asks for your finger, your face or its own code each time."
        )
        self.fields["passwordless"].initial = True
