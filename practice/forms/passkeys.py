"""allauth's forms of passkeys. What a browser sends is somebody's word: nonsense is a wrong answer
like another, and no error of ours."""

from allauth.mfa.adapter import get_adapter
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from practice import audit

NONSENSE = (AttributeError, KeyError, TypeError, ValueError)


class _AnswersAnything:
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
    pass


class NewPasskeyForm(AddWebAuthnForm):
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
