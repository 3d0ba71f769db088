"""What we ask allauth's forms to do differently."""

from allauth.account.forms import LoginForm
from allauth.core import context
from allauth.core.internal.cryptokit import normalize_user_code
from allauth.mfa import app_settings as mfa_settings
from allauth.mfa.adapter import get_adapter as second_factor_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from django import forms
from django.contrib import messages
from django.core.cache import cache
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from practice import audit, knocks
from practice.models import Knock


class EmailField(forms.EmailField):
    def __init__(self):
        widget = forms.EmailInput({"autocomplete": "email"})
        super().__init__(label=_("E-mail"), max_length=254, widget=widget)


class SignInForm(LoginForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["login"].label = EmailField().label


class AskCodeForm(forms.Form):
    email = EmailField()


class GiveCodeForm(forms.Form):
    forgets = True
    code = forms.CharField(
        label=_("Code"),
        max_length=20,
        widget=forms.TextInput(
            {
                "inputmode": "numeric",
                "enterkeyhint": "go",
                "autocomplete": "one-time-code",
                "spellcheck": "false",
            }
        ),
        error_messages={"required": _("Please type the digits here.")},
    )


class ResetForm(forms.Form):
    """Looks nobody up: the worker does, so that the page takes as long for everybody."""

    email = EmailField()

    def save(self, request):
        knocks.ask(Knock.Kind.PASSWORD, self.cleaned_data["email"], now=timezone.now())


class _TakenOnce:
    """A code opens once (RFC 6238, 5.2). allauth remembers a used one for a single step, but we
    take it for as many as MFA_TOTP_TOLERANCE adds."""

    def _emit_authentication_failed(self, authenticator):
        """Whoever comes here has given the right password, so it is known whose account it is."""
        audit.record("second_factor.wrong", self.user, by=self.user)
        super()._emit_authentication_failed(authenticator)

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
    def save(self):
        """Under a new key, as with the password: whoever had the old one is not them."""
        super().save()
        context.request.session.cycle_key()
