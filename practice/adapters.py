"""What we ask allauth to do differently."""

import base64

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.utils import filter_users_by_email
from allauth.mfa.adapter import DefaultMFAAdapter

from . import actions, hooks
from .encryption import unwrap, wrap


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request):
        """People come in by invitation only."""
        return False

    def set_password(self, user, password):
        """Whoever knew the old one is signed out everywhere at once."""
        super().set_password(user, password)
        sign_in = getattr(self.request, "sign_in", None)
        actions.end_sign_ins(user, but=sign_in and sign_in.pk)

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
    """Secrets of second factors are sealed under the master key."""

    def encrypt(self, text: str) -> str:
        return base64.b64encode(wrap(text.encode(), about=b"second factor")).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return unwrap(base64.b64decode(encrypted_text), about=b"second factor").decode()
