"""All reasons of one caseload, or of several."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, QuerySet

from assessments.models import Alert, ReviewRules
from assessments.silence import overdue_of, silent_among
from clients.models import AddressChange, Client, ReminderPolicy, Session

from . import moved, rows
from .caseloads import EVERYBODY, Caseload, Choice, Teams
from .reason import KINDS, Reason
from .silence import silence_reason

# An open alert of this kind stands for the rows that say the same.
SAME = {Alert.Kind.WORSE: "worse", Alert.Kind.SILENCE: "silent"}


@dataclass(frozen=True)
class Today:
    reasons: list[Reason]
    counts: dict[str, int]
    handed: list[tuple[str, int]]  # from whom how many were handed over, and not seen yet
    others: int  # in care, and nothing needs the clinician
    to_come: QuerySet
    whose: str  # the key of the choice that is shown
    choices: list[tuple[Choice, int]]  # with how many reasons each has; none for one caseload
    caseloads: list[Caseload]  # the reasons by clinician, where the whole practice is shown

    @property
    def next_session(self) -> Session | None:
        """Asked for where nothing else is shown."""
        return self.to_come.first()


def today_of(user, *, now: datetime, whose: str = EVERYBODY) -> Today:
    """``whose``: of all that ``user`` may read, or of one choice; one that is not there is all."""
    asked = AddressChange.objects.asked_by("pk", now)
    # ``episodes`` is the open one: Django goes on with the join by which ``in_care`` found it.
    in_care = (
        Client.objects.listed_for(user)
        .in_care()
        .with_their_way_to(user)
        .as_far_as(user)
        .annotate(address_asked_at=asked, episode_id=F("episodes"), **rows.last_message())
    )
    everybody = {client.pk: client for client in in_care}
    found = _reasons(user, everybody, now)
    teams = Teams(user, everybody)
    choices = teams.choices()
    chosen = next((choice for choice in choices if choice.key == whose), None)
    clients = chosen.client_ids if chosen else everybody.keys()
    reasons = [reason for reason in found if reason.client.pk in clients]
    is_all = chosen is not None and chosen.key == EVERYBODY
    return Today(
        reasons=reasons,
        counts={kind: sum(reason.kind == kind for reason in reasons) for kind in KINDS},
        handed=_handed(everybody.values()),
        others=len(clients) - len({reason.client.pk for reason in reasons}),
        to_come=Session.objects.to_come(now).filter(client__among=clients).order_by("starts_at"),
        whose=chosen.key if chosen else EVERYBODY,
        choices=[
            (choice, sum(reason.client.pk in choice.client_ids for reason in found))
            for choice in choices
        ],
        caseloads=teams.grouped(reasons) if is_all else [],
    )


def _handed(clients) -> list[tuple[str, int]]:
    return sorted(Counter(each.handed_from for each in clients if each.handed_from).items())


def _reasons(user, clients, now) -> list[Reason]:
    policy = ReminderPolicy.of_practice(user.practice_id)
    rules = ReviewRules.of_practice(user.practice_id)
    overdue = overdue_of(clients, now)
    silent = silent_among(clients, policy, now, overdue=overdue)
    unheard = [silence_reason(each) for each in silent]
    known = {reason.client.pk for reason in unheard}
    alerts = rows.open_alerts(clients)
    found = _once_each(
        alerts,
        clients,
        [
            *moved.to_review(clients, [each.episode_id for each in clients.values()], rules),
            *moved.missed_measures(clients, rules, known, overdue),
            *rows.undelivered(clients),
            *rows.addresses(clients),
            *unheard,
            *rows.unread(clients),
            *rows.sessions(clients, now),
        ],
    )
    return [reason if reason.client.opens else reason.without_content() for reason in found]


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
