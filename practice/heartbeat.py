"""Signs of life: a worker notes that it was rung, and others look for how long nothing rang.

Three look, so that no single death stays unseen: the pages of the practice, /healthz/ready, and the
watcher (``manage.py watch``), which mails whoever runs this.
"""

import time
from datetime import datetime, timedelta

from django.utils.translation import ngettext

from .models import Heartbeat

SWEEP, WATCH, BACKUP = "sweep", "watch", "backup"
# A busy worker is rung many times a second: it writes that down at most this often.
OFTEN_ENOUGH = timedelta(seconds=3)
BACKUP_AT_LEAST_EVERY = timedelta(hours=36)
# A page is about one of many rows and this about all of them: a process asks once in that many
# seconds, so the pages of a busy practice pay no statement for it.
REMEMBERED = 15.0

_seen: dict[str, tuple[float, Heartbeat | None]] = {}  # by name: until when, and what was found


def heard(name: str, *, now: datetime) -> None:
    """Note a sign of life. One from the future, after a clock was put back, is written over."""
    noted = Heartbeat.objects.filter(name=name, rung_at__range=(now - OFTEN_ENOUGH, now))
    if not noted.exists():
        _write(Heartbeat(name=name, awaited_from=now, rung_at=now), "rung_at")


def await_it(name: str, *, now: datetime, anew: bool = False) -> None:
    """From now on its silence counts, if it did not count before or everything was off."""
    if anew or not Heartbeat.objects.filter(name=name).exists():
        _write(Heartbeat(name=name, awaited_from=now), "awaited_from")


def _write(beat: Heartbeat, field: str) -> None:
    Heartbeat.objects.bulk_create(
        [beat], update_conflicts=True, unique_fields=["name"], update_fields=[field]
    )


def report(now: datetime) -> tuple[bool, dict[str, str]]:
    """Whether reminders are in order, and in words what rings, who watches, and whether there is a
    new backup that is known to hold; one statement."""
    beats = Heartbeat.objects.in_bulk([SWEEP, WATCH, BACKUP])
    rings, reminders = _state(beats.get(SWEEP), now, "nothing has rung")
    _, watcher = _state(beats.get(WATCH), now, "has not looked")
    backup = _backup(beats.get(BACKUP), now)
    return rings, {"reminders": reminders, "watcher": watcher, "backup": backup}


def _backup(beat: Heartbeat | None, now: datetime) -> str:
    """One is due each day; an evening on which the machine was off is no reason to worry yet. How
    old it is is not for everybody who asks."""
    if beat is None or beat.rung_at is None:
        return "none was verified yet"
    return "ok" if now - beat.rung_at < BACKUP_AT_LEAST_EVERY else "late"


def _state(beat: Heartbeat | None, now: datetime, missing: str) -> tuple[bool, str]:
    if beat is None:  # nobody waits for it yet
        return True, f"{missing} yet"
    silence = beat.silent_for(now)
    return not silence, f"{missing} for {in_words(silence)}" if silence else "ok"


def in_words(silence: timedelta) -> str:
    minutes = int(silence.total_seconds() // 60)
    if minutes < 2 * 60:
        return ngettext("%(count)s minute", "%(count)s minutes", minutes) % {"count": minutes}
    hours = minutes // 60
    if hours < 2 * 24:
        return ngettext("%(count)s hour", "%(count)s hours", hours) % {"count": hours}
    days = hours // 24
    return ngettext("%(count)s day", "%(count)s days", days) % {"count": days}


def seen_by_pages() -> Heartbeat | None:
    """The beat of the sweep, no older than REMEMBERED. Monotonic: a clock may jump."""
    until, beat = _seen.get(SWEEP, (float("-inf"), None))
    if time.monotonic() < until:
        return beat
    beat = Heartbeat.objects.filter(name=SWEEP).first()
    remember(beat)
    return beat


def remember(beat: Heartbeat | None, seconds: float = REMEMBERED) -> None:
    _seen[SWEEP] = (time.monotonic() + seconds, beat)


def forget() -> None:
    _seen.clear()
