from datetime import datetime

from django.conf import settings
from django.core.management import BaseCommand, CommandError
from django.utils import timezone

from practice import turning, walls
from practice.backups.pruning import KEYS
from practice.models import DataKeyRow, KeyWork, Practice


class Command(BaseCommand):
    help = "The keys that values are sealed with: what lies under which, and how to replace them."

    def add_arguments(self, parser):
        verbs = parser.add_subparsers(dest="verb", required=True)
        verbs.add_parser("status", help="what is done and what is left")
        rotate = verbs.add_parser("rotate", help="move all that lies under older master keys")
        data = verbs.add_parser("rotate-data", help="a new key for one client, one practice or all")
        which = data.add_mutually_exclusive_group(required=True)
        which.add_argument("--client", help="the id of a client")
        which.add_argument("--practice", help="the id of a practice: its own key")
        which.add_argument("--everybody-of", help="the id of a practice: its own and its clients'")
        old = verbs.add_parser(
            "destroy-retired",
            help="destroy keys that were replaced before backups are done with them",
        )
        old.add_argument("--yes", action="store_true", help="yes, older backups may lose this")
        for verb in (rotate, data):
            verb.add_argument("--now", action="store_true", help="do it here, without a worker")

    def handle(self, *args, verb, now=False, **options):
        at = timezone.now()
        if verb == "rotate":
            work = turning.ask_for_first_master(now=at)
            self.stdout.write(f"What lies under other keys goes under {work.master}.")
        elif verb == "rotate-data":
            self.turn(at, **options)
        elif verb == "destroy-retired":
            self.destroy(at, **options)
        if now:
            while turning.step():
                self.stdout.write(".", ending="")
                self.stdout.flush()
        self.show(at)

    def turn(self, at: datetime, *, client, practice, everybody_of, **options) -> None:
        rows = DataKeyRow.objects.filter(retired_at=None).order_by("pk")
        if client or practice:
            rows = rows.filter(subject=client or practice)
        else:
            rows = rows.filter(practice_id=everybody_of)
        count = 0
        for there in Practice.objects.everywhere():
            with walls.inside(there.pk):
                for subject in list(rows.filter(practice=there).values_list("subject", flat=True)):
                    self.turn_one(there.pk, subject, at)
                    count += 1
        if not count:
            raise CommandError("There is no key of that id.")
        self.stdout.write(f"{count} new. Values follow in the background.")
        days = settings.KEYS_OUTLIVE_BACKUPS.days
        self.stdout.write(
            f"Backups open as before: an old key stays for {days} days after its last value."
        )

    def destroy(self, at: datetime, *, yes, **options) -> None:
        empty = turning.retired().filter(emptied_at__isnull=False)
        found = 0
        for there in Practice.objects.everywhere():
            with walls.inside(there.pk):
                if yes:
                    found += turning.destroy(there.pk, empty, more=lambda: True)
                else:
                    found += empty.filter(practice=there).count()
        lost = "What they sealed can not be read any more in backups from before it was moved"
        if not yes:
            raise CommandError(
                f"{found} old keys would go. {lost}: names, answers, notes, files. To do it: --yes."
            )
        self.stdout.write(
            f"{found} old keys destroyed. {lost}. Copies of {KEYS} still hold them: write these "
            "anew (manage.py backup --keys)."
        )

    def turn_one(self, practice_id, subject, at: datetime) -> None:
        try:
            turning.turn(practice_id, subject, by=None, now=at)
        except turning.NotYet as error:
            raise CommandError(
                "Keys are not turned within a day after this version came: one that cannot "
                "read them may still serve."
            ) from error

    def show(self, at: datetime) -> None:
        now = turning.status()
        for master in now.masters:
            under = ", ".join(f"{count} {kind}" for kind, count in sorted(master.under.items()))
            self.stdout.write(
                f"{master.name}: {under or 'nothing'} under it{self.of(master, now, at)}"
            )
        work = now.work.get(KeyWork.Name.MASTER)
        if work:
            state = f"done {work.ended_at:%Y-%m-%d %H:%M} UTC" if work.ended_at else "under way"
            self.stdout.write(f"To {work.master}: {work.done} moved, {state}")
        if now.not_nested:
            self.stdout.write(
                f"{now.not_nested} keys of clients are not under their practice's yet"
            )
        for each in now.turned:
            kind = "practice" if each.is_of_practice else "client"
            self.stdout.write(
                f"Old key of {kind} {each.row.subject}: {each.row.moved} values moved, "
                f"{each.left} left; destroyed after {each.goes_at:%Y-%m-%d %H:%M} UTC if unused"
            )

    def of(self, master, now, at: datetime) -> str:
        if master.is_first:
            return " (the first: what is new goes under it)"
        if not master.is_here:
            return " (NOT in FIELD_KEYS: what is under it cannot be read)"
        return " (may be taken away)" if now.may_go(master, at) else " (still needed)"
