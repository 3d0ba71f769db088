"""Reasons that come of what happened, or will: alerts, messages, answers and sessions."""

from collections import defaultdict
from datetime import timedelta

from django.db.models import Count, Max
from django.db.models.fields.json import KeyTextTransform
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.models import Alert, Reminder, Response
from assessments.models.reminders import Outcome
from assessments.models.responses import BROUGHT
from clients.models import Session

from .reason import Reason


def open_alerts(clients) -> list[Alert]:
    found = Alert.objects.open().filter(client__in=clients).most_pressing_first()
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


def undelivered(clients) -> list[Reason]:
    """Those whom the last message did not reach, or may not have reached."""
    last = (
        Reminder.objects.filter(client__in=clients, settled_at__isnull=False)
        .exclude(outcome=Outcome.SUPPRESSED)
        .order_by("client_id", "-settled_at")
        .distinct("client_id")
    )
    words = {
        Outcome.FAILED: _("The last message could not be delivered"),
        Outcome.UNKNOWN: _("It is not known whether the last message arrived"),
    }
    return [
        Reason(
            kind="undelivered",
            word=_("Not sent"),
            client=clients[reminder.client_id],
            sentence=words[reminder.outcome],
            when=reminder.settled_at,
            url=reverse("assessments:contact", args=[reminder.client_id]),
            action=_("What was sent"),
        )
        for reminder in last
        if reminder.outcome in words
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
    rows = (
        Response.objects.unread()
        .filter(client__in=clients)
        .values(
            "client_id",
            title=KeyTextTransform("title", "version__content"),
            as_log=KeyTextTransform("as_log", "version__content"),
        )
        .annotate(n=Count("pk"), newest=Max("submitted_at"), brought=Count("pk", filter=BROUGHT))
        .order_by("newest", "title")
    )
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


def _thing(row) -> str:
    """What was sent: "Limit log: 3 entries", or the title of a form."""
    title, n = row["title"], row["n"]
    if row["as_log"] == "true":
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
        .filter(client__in=clients, starts_at__lt=until, sheet_read_at__isnull=True)
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
