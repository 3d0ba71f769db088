"""All reasons of one caseload."""

from dataclasses import dataclass
from datetime import datetime

from assessments.models import ReviewRules
from clients.models import Client, ReminderPolicy, Session

from . import moved, rows
from .reason import KINDS, Reason
from .silence import silent


@dataclass(frozen=True)
class Today:
    reasons: list[Reason]
    counts: dict[str, int]
    others: int  # in care, and nothing needs the clinician
    next_session: Session | None


def today_of(user, *, now: datetime) -> Today:
    clients = {client.pk: client for client in Client.objects.of(user).in_care()}
    policy = ReminderPolicy.of_practice(user.practice_id)
    rules = ReviewRules.of_practice(user.practice_id)
    unheard = silent(clients, policy, now)
    known = {reason.client.pk for reason in unheard}
    reasons = [
        *rows.alerts(clients),
        *moved.to_review(clients, rules),
        *moved.missed_measures(clients, rules, known, now),
        *rows.undelivered(clients),
        *unheard,
        *rows.unread(clients),
        *rows.sessions(clients, now),
    ]
    counts = {kind: sum(reason.kind == kind for reason in reasons) for kind in KINDS}
    return Today(
        reasons=reasons,
        counts=counts,
        others=len(clients) - len({reason.client.pk for reason in reasons}),
        next_session=Session.objects.to_come(now)
        .filter(client__in=clients)
        .order_by("starts_at")
        .first(),
    )
