"""Not now: what is asked is put away for a while, and taken out again at a safe time."""

from django.db import transaction

from assessments import reminders
from assessments.models import Alert
from practice import audit

from .alerts import raise_alert


@transaction.atomic
def say_safe_time(occurrence, *, by, now) -> None:
    was_put_away = occurrence.put_away_at is not None
    occurrence.safe_time_at, occurrence.put_away_at = now, None
    occurrence.save(update_fields=["safe_time_at", "put_away_at"])
    if was_put_away:
        reminders.plan([occurrence.client_id], now=now)
    audit.record("occurrence.safe_time", occurrence, by=by)


@transaction.atomic
def put_away_midway(occurrence, *, by, now) -> Alert:
    """Somebody came in, or it does not feel safe. What was kept stays, nothing speaks of it any
    more, and their clinician sees it on Today; a message about it goes to nobody."""
    put_away(occurrence, by=by, now=now)
    return raise_alert(occurrence, Alert.Kind.PUT_AWAY, by=by, now=now)


@transaction.atomic
def put_away(occurrence, *, by, now) -> None:
    """Not now, and no question asked."""
    occurrence.put_away_at = now
    occurrence.save(update_fields=["put_away_at"])
    reminders.plan([occurrence.client_id], now=now)
    audit.record("occurrence.put_away", occurrence, by=by)


@transaction.atomic
def take_out(occurrence, *, by, now) -> None:
    occurrence.put_away_at = None
    occurrence.save(update_fields=["put_away_at"])
    reminders.plan([occurrence.client_id], now=now)
    audit.record("occurrence.taken_out", occurrence, by=by)
