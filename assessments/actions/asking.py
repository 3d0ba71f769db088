"""What an assignment asks: its occurrences, made some weeks ahead, and moved with what they follow.

A schedule may go on until the episode ends, and a session may move or be cancelled. So there is
one way to bring the rows to what the schedule says at ``now``: ``ask``. What has opened stays as it
was; what has not is made, moved or taken away.
"""

import logging
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from django.db import transaction

from assessments import reminders, schedule
from assessments.models import Assignment, Occurrence
from assessments.models.assignments import GRACE
from clients.models import Session
from practice import walls

AHEAD = timedelta(weeks=8)  # what opens within this time is there as a row, and the next one always
AGAIN = timedelta(weeks=4)  # so a month may pass before anybody looks again
REST = timedelta(days=1)
BATCH = 100

log = logging.getLogger(__name__)


@transaction.atomic
def ask(assignments: Iterable[Assignment], *, now) -> None:
    """Bring the occurrences of ``assignments`` to what their schedules say, and plan anew.

    The number of statements does not depend on how many there are.
    """
    rows = list(
        Assignment.objects.select_for_update(of=("self",), no_key=True)
        .filter(pk__in=[row.pk for row in assignments])
        .select_related("client")
        .order_by("pk")
    )
    there: dict = {row.pk: [] for row in rows}
    for occurrence in Occurrence.objects.filter(assignment__in=rows).order_by("number"):
        there[occurrence.assignment_id].append(occurrence)
    sessions = _sessions_of(rows)
    changes = _Changes(now)
    for row in rows:
        _bring_up(row, there[row.pk], sessions[row.client_id], changes)
    changes.store()
    Assignment.objects.bulk_update(rows, ["ask_again_at"], batch_size=500)
    reminders.plan({row.client_id for row in rows}, now=now)


def ask_again(*, now) -> int:
    """Make what comes next of schedules that have no end; returns how many were looked at."""
    due = walls.practices_with(Assignment.objects.to_ask(now))
    return walls.in_each(due, lambda _practice: _ask_again_here(now))


def _ask_again_here(now) -> int:
    looked_at = 0
    while True:
        with transaction.atomic():
            batch = list(
                Assignment.objects.to_ask(now)
                .select_for_update(skip_locked=True, no_key=True)
                .order_by("ask_again_at")[:BATCH]
            )
            _ask_what_can_be(batch, now=now)
        looked_at += len(batch)
        if len(batch) < BATCH:
            return looked_at


def _ask_what_can_be(batch: list[Assignment], *, now) -> None:
    """One that can't be read (say, the key of its client is gone) must not keep back the others:
    then it is one by one, and the bad one rests."""
    if not batch:
        return
    try:
        ask(batch, now=now)
    except Exception:
        if len(batch) == 1:
            log.exception("assignment %s can't be asked", batch[0].pk)
            Assignment.objects.filter(pk=batch[0].pk).update(ask_again_at=now + REST)
            return
        for assignment in batch:
            _ask_what_can_be([assignment], now=now)


class _Changes:
    """Rows to write, gathered over all assignments."""

    def __init__(self, now):
        self.now = now
        self.new: list[Occurrence] = []
        self.moved: list[Occurrence] = []
        self.gone: list[Occurrence] = []

    def place(self, occurrence: Occurrence, window) -> None:
        """Move what has not opened; of what has, the moments that are still to come."""
        before = (occurrence.opens_at, occurrence.due_at, occurrence.expires_at)
        if occurrence.opens_at > self.now:
            after = (window.opens_at, window.due_at, window.expires_at)
        else:
            after = (
                occurrence.opens_at,
                self._still_to_come(occurrence.due_at, window.due_at),
                self._still_to_come(occurrence.expires_at, window.expires_at),
            )
        if after != before:
            occurrence.opens_at, occurrence.due_at, occurrence.expires_at = after
            self.moved.append(occurrence)

    def _still_to_come(self, before, after):
        has_passed = before is not None and before <= self.now
        would_pass = after is not None and after <= self.now
        return before if has_passed or would_pass else after

    def bring_back(self, occurrence: Occurrence, window) -> None:
        """Its session was settled or moved by mistake, and is there again."""
        occurrence.withdrawn_at, occurrence.opens_at = None, window.opens_at
        occurrence.due_at, occurrence.expires_at = window.due_at, window.expires_at
        self.moved.append(occurrence)

    def drop(self, occurrence: Occurrence) -> None:
        """What never opened was never asked; what is open is withdrawn, if nobody is at it."""
        if occurrence.opens_at > self.now:
            self.gone.append(occurrence)
        elif occurrence.touched_at is None or occurrence.touched_at <= self.now - GRACE:
            occurrence.withdrawn_at = self.now
            self.moved.append(occurrence)

    def store(self) -> None:
        # One about which somebody was called stays: the alert speaks of it.
        gone = Occurrence.objects.filter(pk__in=[row.pk for row in self.gone])
        gone.filter(alerts=None).delete()
        Occurrence.objects.bulk_update(
            self.moved, ["opens_at", "due_at", "expires_at", "withdrawn_at"], batch_size=500
        )
        Occurrence.objects.bulk_create(self.new)


def _sessions_of(rows: list[Assignment]) -> dict:
    """The sessions of each client that are not cancelled, where an assignment follows sessions."""
    clients = {row.client_id for row in rows if row.schedule["every"] == "session"}
    sessions = defaultdict(list)
    if clients:
        found = Session.objects.filter(client__in=clients, cancelled_at__isnull=True)
        for session in found.order_by("starts_at"):
            sessions[session.client_id].append(session)
    return sessions


def _bring_up(assignment, there, sessions, changes) -> None:
    when = schedule.parse(assignment.schedule)
    is_asking = assignment.ended_at is None and assignment.paused_at is None
    assignment.ask_again_at = None
    if isinstance(when, schedule.AroundSessions):
        windows = _around(when, assignment, sessions) if is_asking else []
        _follow_sessions(assignment, there, windows, changes)
        return
    ahead: list[schedule.Window] = []
    if is_asking:
        ahead, goes_on = _ahead(when, assignment, changes.now)
        if goes_on:
            assignment.ask_again_at = min(changes.now + AGAIN, ahead[-1].opens_at)
    _follow_days(assignment, there, ahead, changes)


def _ahead(when, assignment, now) -> tuple[list[schedule.Window], bool]:
    """What opens within AHEAD, one that has not opened yet in any case, and whether more comes."""
    ahead: list[schedule.Window] = []
    for window in schedule.windows(
        when,
        assigned_at=assignment.counts_from,
        zone=assignment.client.zone,
        first_number=assignment.first_number,
    ):
        if window.opens_at > now + AHEAD and ahead and ahead[-1].opens_at > now:
            return ahead, True
        ahead.append(window)
    return ahead, False


def _follow_days(assignment, there, windows, changes) -> None:
    wanted = {window.number: window for window in windows}
    for occurrence in there:
        window = wanted.pop(occurrence.number, None)
        if occurrence.answered_at or occurrence.withdrawn_at or occurrence.opens_at <= changes.now:
            continue
        if window is None:
            changes.drop(occurrence)
        else:
            changes.place(occurrence, window)
    changes.new += [
        _occurrence(assignment, window, number=window.number)
        for window in wanted.values()
        if window.expires_at is None or window.expires_at > max(changes.now, window.opens_at)
    ]


def _around(when, assignment, sessions) -> list[schedule.SessionWindow]:
    times = [
        schedule.SessionTime(
            key=session.pk,
            starts_at=session.starts_at,
            ends_at=session.starts_at + timedelta(minutes=session.minutes),
        )
        for session in sessions
        if when.side == "before" or session.missed_at is None
    ]
    return list(
        schedule.session_windows(
            when, times, assigned_at=assignment.counts_from, zone=assignment.client.zone
        )
    )


def _follow_sessions(assignment, there, windows, changes) -> None:
    wanted = {window.key: _not_overdue(window, changes.now) for window in windows}
    for occurrence in there:
        window = wanted.pop(occurrence.session_id, None)
        if occurrence.answered_at:
            continue
        has_passed = window is not None and window.expires_at <= changes.now
        if occurrence.withdrawn_at:
            if window is not None and not has_passed:
                changes.bring_back(occurrence, window)
            continue
        if has_passed and occurrence.opens_at > changes.now:
            changes.drop(occurrence)
        elif window is not None:
            changes.place(occurrence, window)
        elif occurrence.opens_at > changes.now or _lost_its_session(occurrence, assignment):
            changes.drop(occurrence)
    number = max((row.number for row in there), default=assignment.first_number - 1)
    for window in wanted.values():
        if window.expires_at > max(changes.now, window.opens_at):
            number += 1
            changes.new.append(
                _occurrence(assignment, window, number=number, session_id=window.key)
            )


def _not_overdue(window, now):
    """A session that is booked late: what is made now is not due before now."""
    return replace(window, due_at=window.expires_at) if window.due_at <= now else window


def _lost_its_session(occurrence, assignment) -> bool:
    """It is not there any more; and not: the schedule was changed or paused since."""
    return assignment.paused_at is None and occurrence.number >= assignment.first_number


def _occurrence(assignment, window, **facts) -> Occurrence:
    return Occurrence(
        practice_id=assignment.practice_id,
        client_id=assignment.client_id,
        assignment=assignment,
        created_by_id=assignment.created_by_id,
        opens_at=window.opens_at,
        due_at=window.due_at,
        expires_at=window.expires_at,
        **facts,
    )
