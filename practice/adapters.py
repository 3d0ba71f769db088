"""What we ask allauth to do differently."""

from datetime import timedelta

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.utils import filter_users_by_email
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.webauthn.internal.flows import did_use_passwordless_login
from django.conf import settings
from django.contrib.auth import update_session_auth_hash
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from . import actions, audit, hooks, knocks, passkeys, second_factors, walls
from .access import settle_with
from .limits import by_network

# What allauth tells by mail, if that is wanted, stands in the audit trail anyway. Of staff: a
# client's passkeys are written down where they are added.
NOTICED = {
    "account/email/password_changed": "password.changed",
    "account/email/password_reset": "password.reset",
    "mfa/email/totp_activated": "second_factor.added",
    "mfa/email/totp_deactivated": "second_factor.removed",
    "mfa/email/recovery_codes_generated": "spare_codes.made",
    "mfa/email/webauthn_added": "passkey.added",
    "mfa/email/webauthn_removed": "passkey.removed",
}


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request):
        """People come in by invitation only."""
        return False

    def set_password(self, user, password):
        """Whoever knew the old one is signed out everywhere at once."""
        walls.settle(user.practice_id)  # by a link in a mail they are not signed in yet
        super().set_password(user, password)
        sign_in = getattr(self.request, "sign_in", None)
        actions.end_sign_ins(user, but=sign_in and sign_in.pk)

    def is_reauthentication_required(self, *, app, **others):
        """Whoever has just signed in, second factor and all, has just shown who they are."""
        just = timedelta(seconds=settings.ACCOUNT_REAUTHENTICATION_TIMEOUT)
        sign_in = getattr(self.request, "sign_in", None)
        if sign_in and timezone.now() - sign_in.created_at < just:
            return False
        return super().is_reauthentication_required(app=app, **others)

    def reauthenticate(self, user, password):
        """A hash that is renewed meanwhile is no other password: they stay signed in."""
        is_right = super().reauthenticate(user, password)
        if is_right:
            user.refresh_from_db(fields=["password"])
            update_session_auth_hash(self.request, user)
        else:
            audit.record("password.wrong", user, by=user)
        return is_right

    def authentication_failed(self, request, **credentials):
        """Somebody who is signed in and shows once more who they are is known: see above."""
        if not request.user.is_authenticated:
            knocks.note_failed("password", credentials.get("email", ""), now=timezone.now())

    def send_notification_mail(self, template_prefix, user, context=None, email=None):
        if template_prefix in NOTICED and user.roles:
            audit.record(NOTICED[template_prefix], user, by=user)
        super().send_notification_mail(template_prefix, user, context, email)

    def _get_login_attempts_cache_key(self, request, **credentials):
        """Wrong passwords count by network and address together: whoever tries from elsewhere
        does not lock out the person whose address it is (docs/decisions/026)."""
        return by_network(request, credentials.get("email", ""))

    def pre_login(self, request, user, **others):
        """The second step comes with another request, and is inside their practice too."""
        settle_with(request, user)
        return super().pre_login(request, user, **others)

    def login(self, request, user):
        super().login(request, user)
        if not user.roles and did_use_passwordless_login(request, user):
            hooks.call("came_by_passkey", request=request)

    def format_email_subject(self, subject):
        return subject.strip()

    def send_mail(self, template_prefix, email, context):
        """A client who did not agree to mail gets none; the page says the same to everybody."""
        # A mail with a code to sign in does not say whose it is: allauth found them by the address.
        people = [context["user"]] if context.get("user") else filter_users_by_email(email)
        clients = [person for person in people if not person.roles]
        if all(hooks.ask("may_mail_client", user=client) for client in clients):
            super().send_mail(template_prefix, email, context)


class SecondFactorAdapter(DefaultMFAAdapter):
    """Secrets of second factors are sealed under the master key. A passkey has none here: what we
    keep of it is its public half, by which nobody signs in."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _("That did not work. Please try again, or take another way.")
    }

    def generate_authenticator_name(self, user, type):  # noqa: A002
        return passkeys.device_in_words(self.request.headers.get("User-Agent", ""))

    def get_public_key_credential_rp_entity(self):
        return super().get_public_key_credential_rp_entity() | {"name": "Trellis"}

    def get_public_key_credential_user_entity(self, user):
        """A phone lists its passkeys by these words: a client's say no more than the page does."""
        entity = super().get_public_key_credential_user_entity(user)
        return entity if user.roles else entity | {"name": "Trellis", "display_name": "Trellis"}

    def encrypt(self, text: str) -> str:
        return second_factors.seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        return second_factors.unseal(encrypted_text)
