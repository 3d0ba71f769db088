"""Who looks after a client: handed over, joined, left."""

from django.db import transaction

from clients.models import CareTeam, Client, Session
from practice import audit
from practice.models import Role, User
from practice.parting import hold_at_work


class IsPrimary(Exception):
    """Whoever is first responsible can't just go: somebody takes over first."""


@transaction.atomic
def hand_over(client, *, to: User, stays: bool, by, now) -> CareTeam | None:
    """``to`` is first responsible from now on; whoever was stays on the team, or leaves it, and
    their sessions to come with them. None: ``to`` is already."""
    hold_at_work(to, role=Role.CLINICIAN)
    before = current_team(client).filter(is_primary=True).first()
    if before and before.clinician_id == to.pk:
        return None
    row = pass_on(client, before=before, to=to, stays=stays, by=by, now=now)
    moved = [] if stays or not before else pass_sessions(client, before.clinician, to, now=now)
    audit.record("care_team.handed_over", row, by=by, detail=said(row, stays, moved))
    return row


def current_team(client):
    """Locked: two who change one team come one after the other."""
    Client.objects.select_for_update(of=("self",), no_key=True).get(pk=client.pk)
    return CareTeam.objects.current().filter(client=client).select_for_update(no_key=True)


def pass_on(client, *, before: CareTeam | None, to, stays: bool, by, now) -> CareTeam:
    """A row is what held from when to when: nobody's is turned into another one."""
    end_rows(client, [to.pk, *([before.clinician_id] if before else [])], now=now)
    shared = {"practice_id": client.practice_id, "client": client, "created_by": by, "since": now}
    if before and stays:
        CareTeam.objects.create(**shared, clinician=before.clinician, is_primary=False)
    giver = before.clinician if before else None
    return CareTeam.objects.create(**shared, clinician=to, is_primary=True, taken_from=giver)


def end_rows(client, people, *, now) -> None:
    CareTeam.objects.current().filter(client=client, clinician__in=people).update(until=now)


def pass_sessions(client, giver, to, *, now) -> list[Session]:
    """Those to come. What the giver noted privately beforehand stays theirs alone."""
    found = Session.objects.to_come(now).filter(client=client, clinician=giver)
    moved = list(found.select_for_update(no_key=True).order_by("pk"))
    for session in moved:
        if session.note and session.note_of_id is None:
            session.note_of = giver
        session.clinician, session.sheet_read_at = to, None
        session.save(update_fields=["clinician", "sheet_read_at", "note_of"])
    return moved


def said(row, stays, moved) -> dict:
    return {
        "from": row.taken_from_id and str(row.taken_from_id),
        "to": str(row.clinician_id),
        "stays": stays,
        "sessions": [str(session.pk) for session in moved],
    }


@transaction.atomic
def join_team(client, *, member: User, by, now) -> CareTeam:
    """``member`` looks after the client too."""
    hold_at_work(member, role=Role.CLINICIAN)
    row = current_team(client).filter(clinician=member).first()
    if row is None:
        row = CareTeam.objects.create(
            practice_id=client.practice_id,
            client=client,
            clinician=member,
            is_primary=False,
            since=now,
            created_by=by,
        )
        audit.record("care_team.joined", row, by=by)
    return row


@transaction.atomic
def leave_team(client, *, member: User, by, now) -> None:
    row = current_team(client).filter(clinician=member).first()
    if row is None:
        return  # a second click
    if row.is_primary:
        raise IsPrimary
    row.until = now
    row.save(update_fields=["until"])
    audit.record("care_team.left", row, by=by)


@transaction.atomic
def read_handover(user, *, now) -> int:
    """They know whom they were handed: the row leaves Today. How many these are."""
    return CareTeam.objects.handed_to(user).update(handover_read_at=now)
