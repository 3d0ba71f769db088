"""What we ask allauth's forms to do differently."""

from allauth.account.forms import ResetPasswordForm
from allauth.core import context
from allauth.core.internal.cryptokit import normalize_user_code
from allauth.mfa import app_settings as mfa_settings
from allauth.mfa.adapter import get_adapter as second_factor_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.core.cache import cache
from django.utils.translation import ngettext


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
