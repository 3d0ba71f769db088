from datetime import datetime
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from practice.backups import databases, drill, pruning
from practice.backups.sealing import Refused
from practice.database import account


class Command(BaseCommand):
    help = (
        "Put a backup in the place of the database. What was there is kept under another name. "
        "Nothing that was sent since the backup is sent again. Stop web, workers, beat and the "
        "watcher first."
    )

    def add_arguments(self, parser):
        parser.add_argument("backup", type=Path, nargs="?")
        parser.add_argument("--keys", type=Path, help=f"{pruning.KEYS} from beside the backup")
        parser.add_argument(
            "--settle-since",
            type=datetime.fromisoformat,
            metavar="MOMENT",
            help="instead: the database was put back to this moment by other means "
            "(2026-11-29T06:40:00+00:00); see that nothing is sent twice",
        )
        parser.add_argument(
            "--drop-before",
            action="store_true",
            help="instead: drop the databases that were there before a restore",
        )
        parser.add_argument("--into", default="", help="only into this empty database")

    def handle(self, *args, backup, keys, into, settle_since, drop_before, **options):
        account.in_front_of_it()
        now = timezone.now()
        if (backup is not None) + (settle_since is not None) + drop_before != 1:
            raise CommandError(
                "Name either a backup, or a moment with --settle-since, or --drop-before."
            )
        if drop_before:
            for name in databases.drop_replaced():
                self.say(f"Dropped {name}.")
            return
        if settle_since is not None:
            self.settle(settle_since, keys, now)
            return
        try:
            before = drill.restore(
                backup, keys or backup.with_name(pruning.KEYS), now=now, say=self.say, into=into
            )
        except (Refused, OSError) as refusal:
            raise CommandError(str(refusal)) from refusal
        self.say(
            "Restored. Now run `manage.py prepare`, start everything, and look: messages of the "
            "time since the backup are marked as unknown, and who left or said no since then has "
            "to be asked again (docs/operations.md)."
        )
        if before:
            self.say(
                f"The database that was there is kept as {before}, with all its keys. Once you "
                "have looked around, drop it: the same command with --drop-before in the place of "
                "the backup."
            )

    def settle(self, since: datetime, keys: Path | None, now: datetime) -> None:
        if since.tzinfo is None or since >= now:
            raise CommandError("The moment has to have a zone, as +00:00, and to lie in the past.")
        try:
            drill.settle(since=since, keys=keys, now=now, say=self.say)
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        self.say("What may have been sent since then is marked as unknown.")

    def say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
