"""The witness: neither web, worker nor beat, and it mails without Celery, which is what died."""

import logging
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.management import BaseCommand
from django.db import Error, close_old_connections
from django.utils import timezone
from django.utils.translation import gettext as _

from practice import heartbeat, walls
from practice.checks import refuse_if_unfit
from practice.database import account
from practice.models import Heartbeat, Membership
from practice.processes import interrupt_on_stop_signals

log = logging.getLogger(__name__)
BY_ITSELF = {"Auto-Submitted": "auto-generated"}  # no answer of somebody's holiday comes back
TO_BACK_UP = timedelta(hours=2)


@dataclass(frozen=True)
class Watched:
    """One that is told of by mail. ``allowed``: None is HEARTBEAT_SECONDS."""

    allowed: timedelta | None
    of_silence: Callable[[timedelta], dict[str, str]]
    of_ringing: Callable[[datetime], dict[str, str]]


def of_silence(silence: timedelta) -> dict[str, str]:
    return {
        "subject": _("Trellis: messages are not going out"),
        "text": _(
            "Nothing has rung for %(lasting)s, so no reminders and no invitations are sent.\n\n"
            "Please look whether beat, the worker and the broker run. Nothing is lost: what is "
            "due is sent when they are back, at hours that each client allows.\n\n"
            "%(site)s/healthz/ready"
        )
        % {"lasting": heartbeat.in_words(silence), "site": settings.SITE_URL},
    }


def of_ringing(rung_at: datetime) -> dict[str, str]:
    return {
        "subject": _("Trellis: messages are going out again"),
        "text": _("It rang again at %(at)s UTC, and what had waited is being sent.\n\n%(site)s")
        % {"at": f"{rung_at:%Y-%m-%d %H:%M}", "site": settings.SITE_URL},
    }


def of_no_backup(silence: timedelta) -> dict[str, str]:
    return {
        "subject": _("Trellis: there is no new backup"),
        "text": _(
            "No backup was made and tried for %(lasting)s. If this machine broke today, what was "
            "written since then would be lost.\n\n"
            "Please look at the log of the backup, and whether its disk is full.\n\n%(site)s"
        )
        % {"lasting": heartbeat.in_words(silence), "site": settings.SITE_URL},
    }


def of_a_backup(at: datetime) -> dict[str, str]:
    return {
        "subject": _("Trellis: there is a new backup again"),
        "text": _("It is of %(at)s UTC, it was tried, and it holds.\n\n%(site)s")
        % {"at": f"{at:%Y-%m-%d %H:%M}", "site": settings.SITE_URL},
    }


WATCHED = {
    heartbeat.SWEEP: Watched(None, of_silence, of_ringing),
    heartbeat.BACKUP: Watched(heartbeat.BACKUP_AT_LEAST_EVERY, of_no_backup, of_a_backup),
}


class Command(BaseCommand):
    help = (
        "Mail whoever runs this when nothing has rung for a while, or no backup was verified, and "
        "when that is over."
    )

    def add_arguments(self, parser):
        parser.add_argument("--once", action="store_true", help="look once, as cron may ask")

    def handle(self, *args, once, **options):
        refuse_if_unfit()
        account.behind_the_wall()
        if once:
            look(now=timezone.now())
            return
        interrupt_on_stop_signals()
        with suppress(KeyboardInterrupt):
            watch()


def watch() -> None:
    """Look for ever. While the database is away it says so once and looks again."""
    log.info("watching")
    away = False
    while True:
        try:
            close_old_connections()
            wake(now=timezone.now())
            look(now=timezone.now())
            away = False
        except Error as error:
            if not away:
                log.warning("the database does not answer (%s)", type(error).__name__)
            away = True
        time.sleep(settings.WATCH_SECONDS)


def wake(*, now: datetime) -> None:
    """When the watcher was silent too, all of it was off (a laptop at night, a machine that was
    moved): nobody had been waiting, so the silence counts from now."""
    own = Heartbeat.objects.filter(name=heartbeat.WATCH).first()
    if own is None or own.silent_for(now):
        heartbeat.await_it(heartbeat.SWEEP, now=now, anew=True)
        # The one that is due when a machine is switched on has time to be made and tried.
        since = now - heartbeat.BACKUP_AT_LEAST_EVERY + TO_BACK_UP
        backups = Heartbeat.objects.filter(name=heartbeat.BACKUP, awaited_from__lt=since)
        backups.update(awaited_from=since)


def look(*, now: datetime) -> None:
    """Any number may look at once: each change is told by one of them."""
    heartbeat.heard(heartbeat.WATCH, now=now)
    heartbeat.await_it(heartbeat.SWEEP, now=now)
    # Backups are awaited where they are made each day, or one was ever verified.
    for beat in Heartbeat.objects.filter(name__in=WATCHED).order_by("-name"):
        look_at(beat, WATCHED[beat.name], now)


def look_at(beat: Heartbeat, kind: Watched, now: datetime) -> None:
    if beat.told_at is None:
        if silence := beat.silent_for(now, kind.allowed):
            tell(beat.name, was=None, becomes=now, **kind.of_silence(silence))
    elif beat.rung_at and beat.rung_at > beat.told_at:
        tell(beat.name, was=beat.told_at, becomes=None, **kind.of_ringing(beat.rung_at))


def tell(
    name: str, *, was: datetime | None, becomes: datetime | None, subject: str, text: str
) -> None:
    """Claim, then act; whoever could not hand it over lets go, and the next look tries again."""
    people = recipients()
    if not people:
        log.error("%s, and there is nobody to tell: set ADMINS.", subject)
        return
    row = Heartbeat.objects.filter(name=name)
    if row.filter(told_at=was).update(told_at=becomes) != 1:
        return
    taken = 0
    try:
        taken = hand_over(people, subject, text)
    finally:  # a stop signal too
        if not taken:
            row.filter(told_at=becomes).update(told_at=was)
    log.warning("told %s of %s: %s", taken, len(people), subject)


def recipients() -> list[str]:
    """ADMINS; where none are named, the owners of the practices."""
    if settings.ADMINS:
        return [address for _name, address in settings.ADMINS]
    owners = Membership.objects.owning().filter(user__is_active=True)
    with walls.crossing():
        return sorted(set(owners.values_list("user__email", flat=True)))


def hand_over(people: list[str], subject: str, text: str) -> int:
    """How many letters were taken. One each: owners do not see each other's addresses, and an
    address that is dead is no reason to tell nobody."""
    taken = 0
    for person in people:
        letter = EmailMessage(subject, text, settings.SERVER_EMAIL, [person], headers=BY_ITSELF)
        try:
            taken += letter.send()
        except Exception as error:  # noqa: BLE001 - whatever it was, the watcher has to go on
            log.warning("the mail server did not take it (%s)", type(error).__name__)
    return taken
