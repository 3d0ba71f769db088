from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from assessments.actions.library import LIBRARY, sync_library
from assessments.definitions import DefinitionError, Library, load_library
from assessments.management import covering, importing
from practice import walls
from practice.models import Practice


class Command(BaseCommand):
    help = "The library of every practice: bring it up to the files, or say what it carries."

    def add_arguments(self, parser):
        actions = parser.add_subparsers(dest="action", required=True)
        sync = actions.add_parser("sync", help="bring every practice up to assessments/library/")
        sync.add_argument("--dry-run", action="store_true", help="show what would change")
        sync.add_argument("--diff", action="store_true", help="line by line")
        covering.add_arguments(actions)
        importing.add_arguments(actions)

    def handle(self, *, action, **options):
        run = {"import": self.bring_in}.get(action) or getattr(self, action)
        run(**options)

    def bring_in(self, **options):
        with walls.nowhere():
            importing.run(self, **options)

    def coverage(self, *, json, **options):
        covering.run(self, _library(), as_json=json)

    def sync(self, *, dry_run, diff, verbosity, **options):
        library = _library()
        with transaction.atomic():
            for practice in Practice.objects.everywhere():
                with walls.inside(practice.pk):
                    changes = sync_library(practice, library=library)
                if verbosity:
                    self.say(practice, changes, with_diff=diff or dry_run)
                elif changes:
                    self.stdout.write(f"{practice}: changes in the library: {len(changes)}")
            transaction.set_rollback(dry_run)
        note = " (dry run: nothing was changed)" if dry_run else ""
        self.stdout.write(f"{len(library.activities)} activities in the library{note}")

    def say(self, practice, changes, *, with_diff):
        for change in changes:
            self.stdout.write(f"{practice}: {change}")
            for line in change.diff if with_diff else ():
                self.stdout.write(f"    {line}")


def _library() -> Library:
    """The files as they are now."""
    try:
        return load_library(Path(LIBRARY))
    except DefinitionError as error:
        raise CommandError(str(error)) from error
