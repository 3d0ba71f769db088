"""What we ask allauth to do differently."""

import base64

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter

from .encryption import unwrap, wrap


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request):
        """People come in by invitation only."""
        return False

    def format_email_subject(self, subject):
        return subject.strip()


class SecondFactorAdapter(DefaultMFAAdapter):
    """Secrets of second factors are sealed under the master key."""

    def encrypt(self, text: str) -> str:
        return base64.b64encode(wrap(text.encode(), about=b"second factor")).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return unwrap(base64.b64decode(encrypted_text), about=b"second factor").decode()
