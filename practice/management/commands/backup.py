import logging
import time
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from practice import heartbeat
from practice.backups import drill, pruning, taking
from practice.backups.sealing import Refused
from practice.checks import refuse_if_unfit
from practice.database import account
from practice.processes import interrupt_on_stop_signals

log = logging.getLogger(__name__)
LOOK_EVERY = 300.0  # seconds; also until the keys are written anew after somebody was erased
AGAIN_AFTER = timedelta(hours=1)  # one that went wrong


class Command(BaseCommand):
    help = (
        "Write an encrypted copy of everything into a folder. It opens with the keys in FIELD_KEYS "
        "only: keep those elsewhere."
    )

    def add_arguments(self, parser):
        parser.add_argument("--to", type=Path, default=settings.BACKUP_DIR, help="the folder")
        parser.add_argument("--verify", action="store_true", help="restore it beside, and look")
        parser.add_argument("--into", default="", help="an empty database to verify it in")
        parser.add_argument("--keep", help="what stays of older ones, as in 7d,4w,12m")
        parser.add_argument("--daily", action="store_true", help="go on, with one each day")
        parser.add_argument(
            "--keys", action="store_true", help="only the keys anew, after somebody was erased"
        )

    def handle(self, *args, to, verify, into, keep, daily, keys, **options):
        refuse_if_unfit()
        account.in_front_of_it()
        try:
            rule = pruning.read_rule(keep) if keep else None
        except ValueError as error:
            raise CommandError(str(error)) from error
        try:
            if keys:
                self.say(f"Written: {taking.take_keys(to, now=timezone.now())}")
            elif daily:
                self.each_day(to, verify=verify, into=into, rule=rule)
            else:
                self.once(to, verify=verify, into=into, rule=rule)
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal

    def once(self, folder: Path, *, verify: bool, into: str, rule) -> None:
        if verify:  # from now on the watcher waits for one that holds
            heartbeat.await_it(heartbeat.BACKUP, now=timezone.now())

        def try_it(path: Path) -> None:
            self.say("Restoring it beside, to look whether it holds")
            drill.verify(path, now=timezone.now(), say=self.say, into=into)

        taken = taking.take(
            folder, now=timezone.now(), say=self.say, try_it=try_it if verify else None
        )
        self.say(f"{taken.rows} rows in {taken.path}")
        if verify:
            heartbeat.heard(heartbeat.BACKUP, now=taken.at)
            self.say("It holds.")
        # Only now: an older one that holds is better than a new one that does not.
        for path in pruning.prune(folder, rule) if rule else ():
            self.say(f"Removed {path.name}")

    def each_day(self, folder: Path, **how) -> None:
        interrupt_on_stop_signals()
        wait_until, erased = timezone.now(), None
        with suppress(KeyboardInterrupt):
            while True:
                now = timezone.now()
                if pruning.is_due(folder, now) and now >= wait_until:
                    try:
                        self.once(folder, **how)
                    except Exception as error:
                        log.exception("the backup went wrong (%s)", type(error).__name__)
                        wait_until = now + AGAIN_AFTER
                erased = self.keys_anew(folder, erased)
                time.sleep(LOOK_EVERY)

    def keys_anew(self, folder: Path, before: int | None) -> int | None:
        """When somebody was erased: older backups do not open for them any more, at once. How many
        were erased that the file knows of; None: nobody knows, as after a start."""
        try:
            # Counted first: whoever is erased while it is written counts the next time.
            erased = taking.how_many_erased()
            if erased != before:
                taking.take_keys(folder, now=timezone.now())
        except Exception as error:
            log.exception("the keys could not be written anew (%s)", type(error).__name__)
            return before
        return erased

    def say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
