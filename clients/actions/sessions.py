"""Appointments: booked, then attended, missed or cancelled."""

from contextlib import contextmanager

from django.db import IntegrityError, transaction

from clients.models import Cover, Session
from practice import audit, hooks
from practice.ids import uuid7
from practice.models import Role
from practice.parting import hold_at_work


class WrittenElsewhere(Exception):
    """Another page of this session has written since this one was opened."""


class TimeTaken(Exception):
    """There is another session with this client at this time."""


@transaction.atomic
def book_session(client, *, by, starts_at, now, minutes=50) -> Session:
    hold_at_work(by, role=Role.CLINICIAN)
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


@transaction.atomic
def read_sheet(session, *, by, now) -> None:
    """The first reading before a session is a fact; later ones are in the audit trail."""
    unread = Session.objects.filter(pk=session.pk, sheet_read_at__isnull=True)
    if _is_theirs(session, by, now) and unread.update(sheet_read_at=now):
        session.sheet_read_at = now
    audit.record("sheet.read", session, by=by)


def _is_theirs(session, user, now) -> bool:
    """Whose session it is; or who covers for them."""
    if session.clinician_id == user.pk:
        return True
    covers = Cover.objects.standing(now).about(session.client_id)
    return covers.filter(covering=user, absence__clinician=session.clinician_id).exists()


@transaction.atomic
def write_on_session(session, *, page, opened_at, by, now, **words) -> Session:
    """``words``: points, note, or both. ``page`` names the open page that they come from.

    Raises WrittenElsewhere when another page has written since ``opened_at``: nobody's words are
    lost by being older.
    """
    current = Session.objects.select_for_update(no_key=True).get(pk=session.pk)
    is_other_page = current.written_from not in (None, page)
    if is_other_page and current.written_at > opened_at:
        raise WrittenElsewhere
    changed = {name: text for name, text in words.items() if getattr(current, name) != text}
    for name, text in changed.items():
        setattr(current, name, text)
    if changed:
        current.written_at, current.written_from = now, page
        current.save(update_fields=[*changed, "written_at", "written_from"])
        audit.record("session.written", current, by=by, detail={"fields": sorted(changed)})
    return current


@transaction.atomic
def add_point(session, text: str, *, by, now) -> None:
    """One more line among the points, once."""
    current = Session.objects.select_for_update(no_key=True).get(pk=session.pk)
    lines = [line for line in current.points.splitlines() if line.strip()]
    if text in lines:
        return
    current.points = "\n".join([*lines, text])
    current.written_at, current.written_from = now, uuid7()
    current.save(update_fields=["points", "written_at", "written_from"])
    audit.record("session.written", current, by=by, detail={"fields": ["points"]})


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
