from pathlib import Path

from django.conf import settings
from django.core.management import BaseCommand, CommandError, call_command

from practice.models import Practice


class Command(BaseCommand):
    help = "Migrate, and make the practice of the demo if there is none yet."

    def handle(self, *args, **options):
        if not settings.DEVELOPMENT:
            raise CommandError("This is of a demo: only in development.")
        call_command("prepare", stdout=self.stdout)
        if not Practice.objects.is_any():
            call_command("demo_make", stdout=self.stdout)
        elif not (Path(settings.DATA_DIR) / "accounts.json").exists():
            raise CommandError("There is a practice, but its sign-ins are lost: make demo-reset.")
