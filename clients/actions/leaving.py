"""A clinician leaves the practice: everything of theirs goes to somebody, or nothing happens."""

from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction

from clients.models import Absence, CareTeam, Cover, Session
from practice import audit, hooks
from practice.actions import withdraw_invitations_of
from practice.models import Practice, Role, User
from practice.parting import NotAtWork, close_account, has_another_owner, hold_at_work

from .teams import end_rows, pass_on, pass_sessions, said

LONGEST = timedelta(minutes=480)  # of a session


class LastOwner(Exception):
    """A practice without an owner could not even let the next one in."""


class NobodyTakes(Exception):
    """Somebody is on the caseload for whom no one was chosen: it grew since the page was made."""


@dataclass(frozen=True)
class Parting:
    """What a leave did, for the page that follows it."""

    handed: int
    sessions: int
    clashes: list[Session]  # that went to somebody who has another one then


def may_end_role(*, user, role, now) -> bool:
    """Asked by whoever ends a role, within their transaction: nobody who is on a team or has a
    session to come stops being a clinician. The answer holds until the transaction ends."""
    if role != Role.CLINICIAN:
        return True
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    teams = CareTeam.objects.current().filter(clinician=user)
    sessions = Session.objects.to_come(now).filter(clinician=user)
    return not teams.exists() and not sessions.exists()


@transaction.atomic
def leave_practice(person: User, *, takers: dict, heir: User | None, by: User, now) -> Parting:
    """``takers``: who has which client (by id) from now on; ``heir`` has whatever else is theirs,
    None when nothing is. All of it, or nothing."""
    Practice.objects.select_for_update(no_key=True).get(pk=person.practice_id)  # two owners at once
    _hold(person, {heir, *takers.values()} - {None}, by=by)
    if not has_another_owner(person):
        raise LastOwner
    passed = _hand_over_all(person, takers, by=by, now=now)
    moved = [session for _, sessions in passed for session in sessions]
    moved += _pass_the_rest(person, heir, now=now)
    _end_absences(person, now=now)
    withdrawn = withdraw_invitations_of(person, now=now)
    roles = close_account(person, now=now)
    hooks.call("staff_left", person=person, heir=heir, by=by, now=now)
    for row, sessions in passed:
        detail = said(row, stays=False, moved=sessions)
        audit.record("care_team.handed_over", row, by=by, detail=detail)
    for membership in roles:
        audit.record("membership.ended", membership, by=by, detail={"role": membership.role})
    for invitation in withdrawn:
        audit.record("staff_invitation.withdrawn", invitation, by=by)
    audit.record("staff.left", person, by=by)
    return Parting(len(passed), len(moved), clashes_among(moved))


def _hold(person, others, *, by) -> None:
    """Nobody of them changes until this is over: ``by`` is an owner still, ``person`` has not left
    yet, and whoever takes over may care. One statement, in one order for all who ask."""
    wanted = {person.pk, by.pk, *(each.pk for each in others)}
    rows = User.objects.select_for_update(no_key=True).filter(pk__in=wanted, is_active=True)
    held = {row.pk for row in rows.order_by("pk")}
    if wanted - held or person in others:
        raise NotAtWork
    hold_at_work(by, role=Role.OWNER)
    hold_at_work(*others, role=Role.CLINICIAN)


def _hand_over_all(person, takers, *, by, now) -> list[tuple[CareTeam, list[Session]]]:
    theirs = CareTeam.objects.current().filter(clinician=person).select_related("client")
    rows = list(theirs.select_for_update(of=("self",), no_key=True).order_by("pk"))
    primary = [row for row in rows if row.is_primary]
    if {row.client_id for row in primary} - takers.keys():
        raise NobodyTakes
    passed = []
    for row in primary:
        to = takers[row.client_id]
        new = pass_on(row.client, before=row, to=to, stays=False, by=by, now=now)
        passed.append((new, pass_sessions(row.client, person, to, now=now)))
    for row in rows:
        if not row.is_primary:
            end_rows(row.client, [person.pk], now=now)
    return passed


def _pass_the_rest(person, heir, *, now) -> list[Session]:
    """Sessions with clients for whom they were not first responsible: to whoever is."""
    found = Session.objects.to_come(now).filter(clinician=person).select_related("client")
    clients = {session.client for session in found}
    leading = {
        row.client_id: row.clinician
        for row in CareTeam.objects.current()
        .filter(client__in=clients, is_primary=True)
        .select_related("clinician")
    }
    moved = []
    for client in sorted(clients, key=lambda client: client.pk):
        to = leading.get(client.pk, heir)
        if to is None:
            raise NobodyTakes
        moved += pass_sessions(client, person, to, now=now)
    return moved


def _end_absences(person, *, now) -> None:
    """Their own, and what they were to cover: whoever is away then stands there without."""
    Absence.objects.not_over(now).filter(clinician=person).update(ended_at=now, told_at=now)
    Cover.objects.valid().filter(covering=person).update(ended_at=now)


def clashes_among(sessions: list[Session]) -> list[Session]:
    """Those at whose time the same person has another one. Nothing is moved: people talk."""
    people = {session.clinician_id for session in sessions}
    days = [session.starts_at for session in sessions]
    if not days:
        return []
    others = Session.objects.filter(
        clinician__in=people,
        cancelled_at__isnull=True,
        starts_at__range=(min(days) - LONGEST, max(days) + LONGEST),
    )
    taken = list(others)
    return [session for session in sessions if any(_clash(session, each) for each in taken)]


def _clash(one: Session, other: Session) -> bool:
    return (
        one.pk != other.pk
        and one.clinician_id == other.clinician_id
        and one.starts_at < other.starts_at + timedelta(minutes=other.minutes)
        and other.starts_at < one.starts_at + timedelta(minutes=one.minutes)
    )
