"""Appointments: booked, then attended, missed or cancelled."""

from contextlib import contextmanager

from django.db import IntegrityError, transaction

from clients.models import Session
from practice import audit, hooks


class TimeTaken(Exception):
    """There is another session with this client at this time."""


@transaction.atomic
def book_session(client, *, by, starts_at, now, minutes=50) -> Session:
    episode = client.episodes.get(closed_at__isnull=True)
    with _at_a_free_time():
        session = Session.objects.create(
            practice_id=client.practice_id,
            client=client,
            episode=episode,
            clinician=by,
            created_by=by,
            starts_at=starts_at,
            minutes=minutes,
        )
    hooks.call("sessions_changed", client=client, now=now)
    audit.record("session.booked", session, by=by)
    return session


@transaction.atomic
def move_session(session, *, by, starts_at, minutes, now) -> Session:
    """To another time; what is asked before or after it moves along."""
    session.starts_at, session.minutes = starts_at, minutes
    with _at_a_free_time():
        session.save(update_fields=["starts_at", "minutes"])
    hooks.call("sessions_changed", client=session.client, now=now)
    audit.record("session.moved", session, by=by)
    return session


@transaction.atomic
def settle_session(session, *, outcome, by, now) -> Session:
    """Say what became of it: attended, missed or cancelled. Saying it again corrects it."""
    for name in ("attended", "missed", "cancelled"):
        setattr(session, f"{name}_at", now if name == outcome else None)
    with _at_a_free_time():
        session.save(update_fields=["attended_at", "missed_at", "cancelled_at"])
    hooks.call("sessions_changed", client=session.client, now=now)
    audit.record(f"session.{outcome}", session, by=by)
    return session


@contextmanager
def _at_a_free_time():
    """The database decides, also between two clicks; what else it refuses stays a fault."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if "session_once_per_time" in str(error):
            raise TimeTaken from error
        raise
