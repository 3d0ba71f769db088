"""Claim a call that is due, look once more, hand it over, write down what became of it.

The same order of writing as for reminders (``reminders.sending``): the intent is committed before
the mail is handed over and the result after it. A worker that dies in between leaves a call that
began and did not end: its fate is unknown, it is shown as such and not repeated, and the clock goes
on to whoever is next. One call at a time: they are few, and none may wait behind a slow one for
longer than its lease.
"""

import logging
from collections import deque
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from assessments.models import Alert, AlertCall, AlertPolicy
from assessments.models.reminders import Outcome
from assessments.reminders.channels import Carrier, Result, carrier_of
from assessments.reminders.claiming import lease
from clients.models import Channel
from practice import walls
from practice.models import Role

from .chain import As, at_work, is_of_team, quiet_of
from .letter import letter_of
from .planning import follow_the_teams

log = logging.getLogger(__name__)

LONGEST = timedelta(seconds=60)
# After an attempt that is known to have reached nobody; then every half an hour, for a day.
BACKOFF = (
    timedelta(seconds=10),
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(minutes=30),
)
MOST_ATTEMPTS = 50
FREE = {"claim": None, "lease_until": None}


@dataclass
class Tally:
    """What one round did, for the log."""

    sent: int = 0
    failed: int = 0
    unknown: int = 0
    suppressed: int = 0
    put_off: int = 0


def make_calls(clock: Callable[[], datetime] = timezone.now) -> Tally:
    """Tell everybody whose time has come. Any number of these may run at the same time."""
    tally, began = Tally(), clock()
    follow_the_teams(now=began)
    if practices := walls.practices_with(AlertCall.objects.due(began)):
        with walls.Round() as turns, closing(carrier_of(Channel.EMAIL)) as line:
            line.open()
            waiting = deque(practices)
            while waiting and clock() < began + LONGEST:
                practice_id, is_more = waiting.popleft(), False
                with turns.inside(practice_id):
                    is_more = _call_next(line, clock, tally)
                if is_more:
                    waiting.append(practice_id)  # after all others had their turn
    if tally != Tally():
        log.info("calls: %s", tally)
    return tally


def _call_next(line: Carrier, clock, tally: Tally) -> bool:
    """Of the practice we are in; whether there was one."""
    claim = uuid4()
    call, is_ours = _claim_one(claim, clock(), tally)
    if call is None:
        return False
    if is_ours and _begin(call, claim, clock()):
        _end(call, claim, _hand_over(line, call), clock(), tally)
    return True


@transaction.atomic
def _claim_one(claim: UUID, now: datetime, tally: Tally) -> tuple[AlertCall | None, bool]:
    """The one that waits longest, and whether it is ours until the lease ends: it may also have
    come to nothing."""
    call = (
        AlertCall.objects.due(now)
        .select_for_update(skip_locked=True, of=("self",))
        .select_related("alert__client", "alert__practice", "person")
        .order_by("next_at", "due_at", "pk")
        .first()
    )
    if call is None:
        return None, False
    mine = AlertCall.objects.filter(pk=call.pk)
    if call.began_at is not None:  # a dead worker's
        tally.unknown += mine.update(ended_at=now, outcome=Outcome.UNKNOWN, **FREE)
        return call, False
    if not _is_still_right(call, now):
        tally.suppressed += mine.update(ended_at=now, outcome=Outcome.SUPPRESSED, **FREE)
        return call, False
    wakes = _wakes(call.alert, now)
    if wakes > now:
        tally.put_off += mine.update(next_at=wakes, **FREE)
        return call, False
    mine.update(claim=claim, lease_until=lease(now))
    return call, True


def _is_still_right(call: AlertCall, now: datetime) -> bool:
    """Nobody has seen it, and whoever is called works there and may open it."""
    alert = call.alert
    if alert.seen_at or alert.closed_at:
        return False
    role = Role.OWNER if call.called_as == As.OWNER else Role.CLINICIAN
    if (call.person_id, role) not in at_work({call.practice_id}):
        return False
    return call.called_as != As.TEAM or is_of_team(alert, call.person_id, now=now)


def _wakes(alert: Alert, now: datetime) -> datetime:
    """Whatever it was planned for: after an outage, no mail leaves in the night of the staff."""
    if alert.is_urgent:
        return now
    return quiet_of(AlertPolicy.of_practice(alert.practice_id), alert.practice).wakes(now)


def _begin(call: AlertCall, claim: UUID, now: datetime) -> bool:
    """One statement: whoever sees the alert before it is told in vain; after it, too late."""
    unseen = Alert.objects.unseen().filter(pk=call.alert_id)
    return bool(
        AlertCall.objects.waiting()
        .filter(pk=call.pk, claim=claim, began_at__isnull=True, alert__in=unseen)
        .update(began_at=now)
    )


def _hand_over(line: Carrier, call: AlertCall) -> Result:
    try:
        letter = letter_of(call)
    except Exception as error:  # say, the key of the client is gone: nothing has left
        log.exception("call %s: it can't be written", call.pk)
        return Result(Outcome.FAILED, type(error).__name__)
    try:
        return line.hand_over(letter)
    except Exception as error:
        log.exception("call %s: handing over went wrong", call.pk)
        return Result(Outcome.UNKNOWN, type(error).__name__)


def _end(call: AlertCall, claim: UUID, result: Result, now: datetime, tally: Tally) -> None:
    """What a slow worker brings late is better than "unknown"; it opens nothing again."""
    setattr(tally, result.outcome, getattr(tally, result.outcome) + 1)
    error = result.error[:200]
    attempts = call.attempts + 1
    if result.outcome == Outcome.FAILED and not result.is_final and attempts < MOST_ATTEMPTS:
        wait = BACKOFF[min(call.attempts, len(BACKOFF) - 1)]
        again = {"began_at": None, "attempts": attempts, "next_at": now + wait, "error": error}
        ours = AlertCall.objects.waiting().filter(pk=call.pk, claim=claim)
        if ours.update(**again, **FREE):
            return
    ended = {"ended_at": now, "outcome": result.outcome, "error": error}
    AlertCall.objects.filter(
        Q(claim=claim, ended_at__isnull=True) | Q(outcome=Outcome.UNKNOWN), pk=call.pk
    ).update(**ended, **FREE)
