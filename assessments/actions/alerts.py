"""Raised, seen, closed with a note: only staff close an alert."""

from django.db import transaction

from assessments import reminders
from assessments.models import Alert
from practice import audit


@transaction.atomic
def ask_to_talk(occurrence, *, by, now) -> Alert:
    """The client would rather talk before trying this. Asking twice is asking once."""
    alert, is_new = Alert.objects.get_or_create(
        occurrence=occurrence,
        kind=Alert.Kind.TALK_FIRST,
        closed_at=None,
        defaults={
            "practice_id": occurrence.practice_id,
            "client_id": occurrence.client_id,
            "raised_at": now,
            "created_by": by,
        },
    )
    if is_new:
        occurrence.put_away_at = now
        occurrence.save(update_fields=["put_away_at"])
        reminders.plan([alert.client_id], now=now)
        audit.record("alert.raised", alert, by=by)
    return alert


@transaction.atomic
def see_alert(alert, *, by, now) -> Alert:
    if Alert.objects.filter(pk=alert.pk, seen_at__isnull=True).update(seen_at=now, seen_by=by):
        alert.seen_at, alert.seen_by = now, by
        audit.record("alert.seen", alert, by=by)
    return alert


@transaction.atomic
def close_alert(alert, *, by, note, now) -> Alert:
    alert.closed_at, alert.closed_by, alert.note = now, by, note
    alert.save(update_fields=["closed_at", "closed_by", "note"])
    reminders.plan([alert.client_id], now=now)
    audit.record("alert.closed", alert, by=by)
    return alert
