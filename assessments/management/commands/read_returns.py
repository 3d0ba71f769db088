from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from assessments.reminders.mailbox import read_mailbox


class Command(BaseCommand):
    help = "Read the bounces and complaints in a mailbox: a Maildir, or a file in mbox format."

    def add_arguments(self, parser):
        parser.add_argument("path", nargs="?", default=settings.RETURNS_MAILBOX)

    def handle(self, *, path, **options):
        if not path:
            raise CommandError("Which mailbox? Name it, or set RETURNS_MAILBOX.")
        count = read_mailbox(Path(path), now=timezone.now())
        self.stdout.write(f"{count} read.")
