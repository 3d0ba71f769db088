from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from practice.backups import drill, pruning
from practice.backups.sealing import Refused


class Command(BaseCommand):
    help = (
        "Put a backup in the place of the database. What was there is kept under another name. "
        "Nothing that was sent since the backup is sent again. Stop web, workers, beat and the "
        "watcher first."
    )

    def add_arguments(self, parser):
        parser.add_argument("backup", type=Path)
        parser.add_argument("--keys", type=Path, help=f"{pruning.KEYS} from beside the backup")
        parser.add_argument("--into", default="", help="only into this empty database")

    def handle(self, *args, backup, keys, into, **options):
        now = timezone.now()
        try:
            before = drill.restore(
                backup, keys or backup.with_name(pruning.KEYS), now=now, say=self.say, into=into
            )
        except (Refused, OSError) as refusal:
            raise CommandError(str(refusal)) from refusal
        if before:
            self.say(f"The database that was there is kept as {before}.")
        self.say(
            "Restored. Now run `manage.py prepare`, start everything, and look: messages of the "
            "time since the backup are marked as unknown, and who left or said no since then has "
            "to be asked again (docs/operations.md)."
        )

    def say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
