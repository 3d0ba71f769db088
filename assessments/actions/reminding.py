"""Reminders that somebody asks for, and the trace of a client who is at it."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from assessments import reminders
from assessments.models import Occurrence, ReminderItem
from assessments.models.reminders import MAY_HAVE_ARRIVED
from practice import audit
from practice.database.prepared import PreparedUpdate

MINUTE = timedelta(minutes=1)  # two clicks, or two people, are one wish
TOUCH = timedelta(minutes=10)  # a trace this fresh need not be written again


@transaction.atomic
def remind_later(occurrence, *, at, by, now) -> Occurrence:
    """The client: not now, remind me then. Until then they are left in peace about it."""
    occurrence.remind_at, occurrence.remind_by = at, by
    occurrence.save(update_fields=["remind_at", "remind_by"])
    reminders.plan([occurrence.client_id], now=now)
    audit.record("reminder.asked", occurrence, by=by)
    return occurrence


@transaction.atomic
def dont_remind(occurrence, *, by, now) -> Occurrence:
    """Take ``remind_later`` back. What somebody else has asked for stays. Twice is once."""
    theirs = Occurrence.objects.filter(pk=occurrence.pk, remind_by=by)
    if theirs.update(remind_at=None, remind_by=None):
        reminders.plan([occurrence.client_id], now=now)
        audit.record("reminder.taken_back", occurrence, by=by)
    occurrence.refresh_from_db(fields=["remind_at", "remind_by"])
    return occurrence


@transaction.atomic
def remind_now(clients, *, by, now) -> int:
    """The clinician: remind these clients of what is open. How many have something open.

    It only asks: the hours that are safe for a client, and one message a day, still hold. So two
    people who press it for the same clients cause one message.
    """
    ids = sorted(client.pk for client in clients)
    # What is asked for while nobody may write to them would leave weeks later, out of the blue.
    where = reminders.standings(ids, now=now)
    # And what can't reach them before it ends is not asked for either.
    ids = [pk for pk in ids if where[pk].if_asked(now) is not None]
    waiting = (
        Occurrence.objects.waiting()
        .open(now)
        .filter(client__in=ids, put_away_at=None, assignment__paused_at=None)
    )
    just_told = ReminderItem.objects.filter(
        occurrence__client__in=ids,
        reminder__outcome__in=MAY_HAVE_ARRIVED,
        reminder__settled_at__gt=now - MINUTE,
    )
    asked = set(waiting.values_list("client_id", flat=True))
    # What the client has asked for themselves is not overruled.
    theirs = Q(remind_by__client__in=ids, remind_at__gt=now)
    waiting.exclude(theirs).exclude(pk__in=just_told.values("occurrence")).update(
        remind_at=now, remind_by=by
    )
    reminders.plan(asked, now=now)
    for client in clients:
        if client.pk in asked:
            audit.record("reminder.asked", client, by=by)
    return len(asked)


def touch(occurrence, *, now) -> None:
    """Its client has it open: it does not expire under them."""
    if occurrence.touched_at is not None and occurrence.touched_at > now - TOUCH:
        return
    _write_touch(pk=occurrence.pk, now=now, before=now - TOUCH)
    occurrence.touched_at = now


def _touched(pk, now, before):
    old = Q(touched_at__isnull=True) | Q(touched_at__lte=before)
    return Occurrence.objects.filter(old, pk=pk), {"touched_at": now}


_write_touch = PreparedUpdate(
    "occurrence_touched", _touched, pk=UUID, now=datetime, before=datetime
)
