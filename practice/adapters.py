"""What we ask allauth to do differently."""

import base64

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.utils import filter_users_by_email
from allauth.mfa.adapter import DefaultMFAAdapter

from . import hooks
from .encryption import unwrap, wrap
from .limits import by_network


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request):
        """People come in by invitation only."""
        return False

    def _get_login_attempts_cache_key(self, request, **credentials):
        """Wrong passwords count by network and address together: whoever tries from elsewhere
        does not lock out the person whose address it is (docs/decisions/026)."""
        return by_network(request, credentials.get("email", ""))

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
