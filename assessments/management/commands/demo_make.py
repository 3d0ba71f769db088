import json
import os
from pathlib import Path

from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.conf import settings
from django.core.management import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from assessments.demo import make_practice
from assessments.demo.people import STAFF
from assessments.demo.story import PERSONAL_CODE
from assessments.picture.making import make_next
from practice.models import User

PASSWORD = "quiet-river-stone"  # noqa: S105 # nosec B105 # 2026-11-29: the demo prints it


class Command(BaseCommand):
    help = "Make the practice of the demo; demo_prepare does, which loads this only where it must."

    def handle(self, *args, **options):
        if not settings.DEVELOPMENT:
            raise CommandError("This makes a practice with a known password: only in development.")
        with transaction.atomic():
            make_practice(now=timezone.now(), password=PASSWORD, say=self.say)
            accounts = [*map(self.staff_account, STAFF), *self.client_accounts()]
        file = Path(settings.DATA_DIR) / "accounts.json"
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as out:
            json.dump(accounts, out, indent=2)
        make_next(now=timezone.now())  # the practice picture, which nights make elsewhere

    def say(self, line):
        self.stdout.write(line)
        self.stdout.flush()

    def staff_account(self, person) -> dict:
        _name, email, roles = person
        secret = generate_totp_secret()
        TOTP.activate(User.objects.get(email=email), secret)
        return {
            "role": roles[0],
            "email": email,
            "sign_in": {"password": PASSWORD, "totp_secret": secret},
        }

    def client_accounts(self) -> list[dict]:
        user = User.objects.filter(client__isnull=False).order_by("created_at").first()
        return [
            {
                "role": "client",
                "email": user.email,
                "sign_in": {
                    "code_by_email": "/accounts/login/code/",
                    "personal_code": PERSONAL_CODE,
                },
            }
        ]
