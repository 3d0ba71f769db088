"""The last part of a sweep: what the results mean for the reminders, and when each client hears
from us next.

Until then a reminder stays claimed, and its deliveries say how far it has come. So a worker that
dies in between leaves nothing that the next one could not read from them.
"""

import logging
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F, OuterRef, Subquery

from assessments.models import Delivery, Reminder
from assessments.models.reminders import Outcome
from clients.models import ChannelStop
from practice import audit

from .claiming import Decided, Tally
from .planning import plan
from .standing import Why, standings
from .stopping import stop_channel
from .ways import Try, next_try_at, next_way, tries_of

log = logging.getLogger(__name__)

LET_GO = {"claim": None, "lease_until": None}


def settle_what_can_be(
    reminders: list[Reminder], claim: UUID, decided: Decided, now: datetime, tally: Tally
) -> None:
    """As with preparing: one that can't be settled does not keep back the others."""
    try:
        settle(reminders, claim, decided, now, tally)
    except Exception:
        if len(reminders) == 1:
            log.exception("reminder %s can't be settled", reminders[0].pk)
            return
        for reminder in reminders:
            settle_what_can_be([reminder], claim, decided, now, tally)


@transaction.atomic
def settle(
    reminders: list[Reminder], claim: UUID, decided: Decided, now: datetime, tally: Tally
) -> None:
    """Write down what became of each, let go of the rest, and plan anew for their clients."""
    ids = [row.pk for row in reminders]
    locked = Reminder.objects.select_for_update(no_key=True).filter(pk__among=ids)
    still = set(locked.filter(claim=claim).values_list("pk", flat=True))
    ours = [row for row in reminders if row.pk in still]  # nobody else writes to what we claimed
    tries = tries_of(ids)
    ended = {row.pk for row in ours if len(tries[row.pk]) > row.attempts}
    failed = [row for row in ours if row.pk in ended and tries[row.pk][-1].outcome == "failed"]
    stops = _stop_dead_addresses(failed, tries, now)
    _settle_from_deliveries(ended - {row.pk for row in failed})
    _try_again(failed, tries, now)
    rest = [row for row in ours if row.pk not in ended]
    tally.suppressed += _refuse([row for row in rest if row.pk in decided.refused], decided, now)
    for row in rest:
        if row.pk in decided.moved and row.attempts:  # one without is planned anew in any case
            Reminder.objects.filter(pk=row.pk).update(planned_for=decided.moved[row.pk])
    Reminder.objects.filter(pk__among=[row.pk for row in rest], claim=claim).update(**LET_GO)
    _bring_late_news(set(ids) - {row.pk for row in ours})
    plan([row.client_id for row in reminders], now=now)
    for stop in stops:
        audit.record("channel.stopped", stop, by=None, detail={"channel": stop.channel})


def _settle_from_deliveries(reminder_ids: Iterable[UUID]) -> None:
    """As the newest attempt went, and when."""
    newest = Delivery.objects.filter(reminder=OuterRef("pk"), ended_at__isnull=False).order_by(
        "-began_at", "-pk"
    )
    Reminder.objects.filter(pk__among=reminder_ids).update(
        attempts=F("attempts") + 1,
        settled_at=Subquery(newest.values("ended_at")[:1]),
        outcome=Subquery(newest.values("outcome")[:1]),
        **LET_GO,
    )


def _stop_dead_addresses(failed, tries, now) -> list[ChannelStop]:
    stops = []
    for row in failed:
        last = tries[row.pk][-1]
        if last.is_final:
            why = ChannelStop.Why.BOUNCED
            stops.append(stop_channel(row, last.channel, why=why, now=now))
    return [stop for stop in stops if stop is not None]


def _try_again(failed: list[Reminder], tries: dict[UUID, list[Try]], now: datetime) -> None:
    """Later, or over the next channel; and when there is no way left, it is over."""
    if not failed:
        return
    where = standings([row.client_id for row in failed], now=now)
    for row in failed:
        tried = tries[row.pk]
        way = next_way(where[row.client_id].channels, tried)
        if way is None:
            then = {"settled_at": tried[-1].ended_at, "outcome": Outcome.FAILED}
        else:
            then = {"planned_for": next_try_at(way, tried)}
        Reminder.objects.filter(pk=row.pk).update(attempts=row.attempts + 1, **then, **LET_GO)


def _refuse(rows: list[Reminder], decided: Decided, now: datetime) -> int:
    """Say why not. A plan that has simply become needless, all being answered, is no history: it
    is let go, and planning drops it, or finds what has come meanwhile."""
    reasons: dict[tuple[str, str], list[UUID]] = {}
    for row in rows:
        if decided.refused[row.pk][1] != Why.NOTHING_OPEN or row.attempts:
            reasons.setdefault(decided.refused[row.pk], []).append(row.pk)
    for (outcome, why), pks in reasons.items():
        Reminder.objects.filter(pk__among=pks).update(
            settled_at=now, outcome=outcome, why=why, **LET_GO
        )
    return len(rows)


def _bring_late_news(reminder_ids: set[UUID]) -> None:
    """They are not ours any more: given up for lost while we were slow. What we know now is better
    than "unknown"; but the client's next one is planned already, so none is opened again."""
    if not reminder_ids:
        return
    # Whoever has them in hand comes first: what we know then is not overwritten any more.
    list(Reminder.objects.select_for_update(no_key=True).filter(pk__among=reminder_ids).only("pk"))
    for pk, tried in tries_of(reminder_ids).items():
        if tried[-1].outcome != Outcome.UNKNOWN:
            Reminder.objects.filter(pk=pk, outcome=Outcome.UNKNOWN).update(
                settled_at=tried[-1].ended_at, outcome=tried[-1].outcome
            )
