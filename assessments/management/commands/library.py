from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from assessments.actions.library import LIBRARY, sync_library
from assessments.definitions import DefinitionError, load_library
from practice.models import Practice


class Command(BaseCommand):
    help = "Bring every practice up to the definitions in assessments/library/."

    def add_arguments(self, parser):
        parser.add_argument("action", choices=["sync"])
        parser.add_argument("--dry-run", action="store_true", help="show what would change")

    def handle(self, *, action, dry_run, **options):
        try:
            definitions = load_library(LIBRARY)
        except DefinitionError as error:
            raise CommandError(str(error)) from error
        with transaction.atomic():
            for practice in Practice.objects.order_by("created_at"):
                changes = sync_library(practice, definitions=definitions)
                for slug, change in sorted(changes.items()):
                    self.stdout.write(f"{practice}: {slug}: {change}")
            transaction.set_rollback(dry_run)
        note = " (dry run: nothing was changed)" if dry_run else ""
        self.stdout.write(f"{len(definitions)} activities in the library{note}")
