"""Raised, seen, closed with a note: only staff close an alert."""

from django.db import transaction

from assessments import reminders
from assessments.definitions import Definition
from assessments.models import Alert
from practice import audit


class AlreadyClosed(Exception):
    """Somebody else closed it meanwhile, and their note stands."""


def newly_critical(definition: Definition, answers: dict, *, before: dict) -> list[str]:
    """The items whose answer asks for somebody today, and was another one (or none) ``before``.

    The same answer kept once more is no news: neither a second alert nor the same help again.
    """
    return [
        item.id
        for item in definition.asked()
        if answers.get(item.id) in item.critical and answers[item.id] != before.get(item.id)
    ]


@transaction.atomic
def ask_to_talk(occurrence, *, by, now) -> Alert:
    """The client would rather talk before trying this. Asking twice is asking once."""
    occurrence.put_away_at = now
    occurrence.save(update_fields=["put_away_at"])
    return raise_alert(occurrence, Alert.Kind.TALK_FIRST, by=by, now=now)


@transaction.atomic
def hear(occurrence, *, by, now) -> Alert:
    """An answer that asks for somebody today, to something that is not open and keeps nothing."""
    return raise_alert(occurrence, Alert.Kind.CRITICAL, by=by, now=now)


def raise_alert(occurrence, kind: str, *, by, now) -> Alert:
    """Within a transaction: one open alert of a kind about one thing, and no nagging meanwhile."""
    alert, is_new = Alert.objects.get_or_create(
        occurrence=occurrence,
        kind=kind,
        closed_at=None,
        defaults={
            "practice_id": occurrence.practice_id,
            "client_id": occurrence.client_id,
            "raised_at": now,
            "created_by": by,
        },
    )
    reminders.plan([alert.client_id], now=now)
    if is_new:
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
    """Raises AlreadyClosed when that has happened: the first note is the one that stays."""
    if Alert.objects.select_for_update().get(pk=alert.pk).closed_at:
        raise AlreadyClosed
    alert.closed_at, alert.closed_by, alert.note = now, by, note
    alert.save(update_fields=["closed_at", "closed_by", "note"])
    reminders.plan([alert.client_id], now=now)
    audit.record("alert.closed", alert, by=by)
    return alert
