"""Reasons that come of what happened, or will: alerts, messages, answers and sessions."""

from collections import defaultdict
from datetime import timedelta

from django.db.models import Count, Max, OuterRef, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.models import ActivityVersion, Alert, Reminder, Response
from assessments.models.reminders import Outcome
from assessments.models.responses import BROUGHT
from clients.models import Session

from .reason import Reason


def open_alerts(clients) -> list[Alert]:
    found = Alert.objects.open().filter(client__among=clients).most_pressing_first()
    return list(found.defer("note", "acted_words"))


def alert_reason(alert: Alert, client, said=()) -> Reason:
    """``said``: the sentences of the rows that it stands for, if there are any."""
    return Reason(
        kind="alert",
        word=_("Alert"),
        client=client,
        sentence=" · ".join([*(said or [alert.get_kind_display()]), _how_far(alert)]),
        when=alert.raised_at,
        url=reverse("assessments:alert", args=[alert.pk]),
        action=_("Open alert"),
    )


def _how_far(alert: Alert) -> str:
    if alert.acted_at:
        return alert.get_acted_display()
    return _("seen") if alert.seen_at else _("not seen yet")


def last_message() -> dict[str, Subquery]:
    """For an annotation of clients: what became of the last message to them, and when."""
    last = (
        Reminder.objects.filter(client=OuterRef("pk"), settled_at__isnull=False)
        .exclude(outcome=Outcome.SUPPRESSED)
        .order_by("-settled_at")
    )
    return {
        "last_outcome": Subquery(last.values("outcome")[:1]),
        "last_settled_at": Subquery(last.values("settled_at")[:1]),
    }


def undelivered(clients) -> list[Reason]:
    """Those whom the last message did not reach, or may not have reached; it came with the
    client."""
    words = {
        Outcome.FAILED: _("The last message could not be delivered"),
        Outcome.UNKNOWN: _("It is not known whether the last message arrived"),
    }
    return [
        Reason(
            kind="undelivered",
            word=_("Not sent"),
            client=client,
            sentence=words[client.last_outcome],
            when=client.last_settled_at,
            url=reverse("assessments:contact", args=[client.pk]),
            action=_("What was sent"),
        )
        for client in sorted(clients.values(), key=lambda client: client.pk)
        if client.last_outcome in words
    ]


def addresses(clients) -> list[Reason]:
    """Who asks for another address, and waits to be talked with; it came with the client."""
    return [
        Reason(
            kind="address",
            word=_("Address"),
            client=client,
            sentence=_("Asks to be reached at a new address"),
            when=client.address_asked_at,
            # Whoever does not look after them can't answer it.
            url=reverse(
                "clients:address_change" if client.is_theirs else "clients:record",
                args=[client.pk],
            ),
            action=_("Look at it"),
        )
        for client in clients.values()
        if client.address_asked_at
    ]


def unread(clients) -> list[Reason]:
    rows = list(
        Response.objects.unread()
        .filter(client__among=clients)
        .values("client_id", "version_id")
        .annotate(n=Count("pk"), newest=Max("submitted_at"), brought=Count("pk", filter=BROUGHT))
    )
    known = ActivityVersion.known({row["version_id"] for row in rows})
    for row in rows:
        row["definition"] = known[row["version_id"]].definition
    rows = _by_thing(rows)
    things = defaultdict(list)
    for row in rows:
        things[row["client_id"]].append(row)
    reasons = [
        Reason(
            kind="unread",
            word=_("To read"),
            client=clients[pk],
            sentence=" · ".join([*map(_thing, sent), *_brought(sent)]),
            when=sent[-1]["newest"],
            url=reverse("assessments:read_next", args=[pk]),
            action=_("Read"),
        )
        for pk, sent in things.items()
    ]
    return sorted(reasons, key=lambda reason: reason.when)


def _by_thing(rows: list[dict]) -> list[dict]:
    """Versions that are called the same are one thing; in the order in which they came."""
    found: dict[tuple, dict] = {}
    for row in rows:
        definition = row["definition"]
        thing = found.setdefault(
            (row["client_id"], definition.title, definition.as_log), row | {"n": 0, "brought": 0}
        )
        thing["n"] += row["n"]
        thing["brought"] += row["brought"]
        thing["newest"] = max(thing["newest"], row["newest"])
    return sorted(found.values(), key=lambda row: (row["newest"], row["definition"].title))


def _thing(row) -> str:
    """What was sent: "Limit log: 3 entries", or the title of a form."""
    title, n = row["definition"].title, row["n"]
    if row["definition"].as_log:
        words = ngettext("%(title)s: one entry", "%(title)s: %(n)s entries", n)
    else:
        words = ngettext("%(title)s", "%(title)s: %(n)s times", n)
    return words % {"title": title, "n": n}


def _brought(sent) -> list[str]:
    return [_("marked for the session")] if any(row["brought"] for row in sent) else []


def sessions(clients, now) -> list[Reason]:
    """Of the next day, as long as nobody has read their sheet."""
    until = now + timedelta(hours=24)
    found = (
        Session.objects.to_come(now)
        .filter(client__among=clients, starts_at__lt=until, sheet_read_at__isnull=True)
        .order_by("starts_at")
    )
    return [
        Reason(
            kind="session",
            word=_("Session"),
            client=clients[session.client_id],
            sentence=_("Session of %(minutes)s minutes, sheet not read")
            % {"minutes": session.minutes},
            when=session.starts_at,
            url=reverse("assessments:sheet", args=[session.pk]),
            action=_("Session sheet"),
        )
        for session in found
    ]
