"""All reasons of one caseload."""

from dataclasses import dataclass
from datetime import datetime

from assessments.models import Alert, ReviewRules
from assessments.silence import silent_among
from clients.models import Client, ReminderPolicy, Session

from . import moved, rows
from .reason import KINDS, Reason
from .silence import silence_reason

# An open alert of this kind stands for the rows that say the same.
SAME = {Alert.Kind.WORSE: "worse", Alert.Kind.SILENCE: "silent"}


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
    unheard = [silence_reason(each) for each in silent_among(clients, policy, now)]
    known = {reason.client.pk for reason in unheard}
    alerts = rows.open_alerts(clients)
    reasons = _once_each(
        alerts,
        clients,
        [
            *moved.to_review(clients, rules),
            *moved.missed_measures(clients, rules, known, now),
            *rows.undelivered(clients),
            *unheard,
            *rows.unread(clients),
            *rows.sessions(clients, now),
        ],
    )
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


def _once_each(alerts: list[Alert], clients, others: list[Reason]) -> list[Reason]:
    """Nobody stands there twice for one fact: an alert says what the rows that it replaces say."""
    stands_for = {(alert.client_id, SAME[alert.kind]) for alert in alerts if alert.kind in SAME}
    said: dict[tuple, list[str]] = {fact: [] for fact in stands_for}
    rest = []
    for reason in others:
        fact = (reason.client.pk, reason.kind)
        if fact in stands_for:
            said[fact].append(reason.sentence)
        else:
            rest.append(reason)
    return [
        *(
            rows.alert_reason(
                alert,
                clients[alert.client_id],
                said.get((alert.client_id, SAME.get(alert.kind)), ()),
            )
            for alert in alerts
        ),
        *rest,
    ]
