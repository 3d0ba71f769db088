"""Today: not a list of names but of reasons, the most pressing first.

Every reason is read from facts in a fixed number of statements, whatever the caseload's size.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Max
from django.db.models.fields.json import KeyTextTransform
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clients.models import Client, ReminderPolicy, SafeContact, Session

from .models import Alert, Occurrence, Reminder, ReminderItem, Response
from .models.reminders import MAY_HAVE_ARRIVED, Outcome
from .reminders import away_since

KINDS = ("alert", "undelivered", "silent", "unread", "session")


@dataclass(frozen=True)
class Reason:
    """Why somebody is on Today. ``act`` is a way to deal with it from the row, if there is one."""

    kind: str
    word: str
    client: Client
    sentence: str
    when: datetime
    url: str
    action: str
    act_url: str = ""
    act_word: str = ""


@dataclass(frozen=True)
class Today:
    reasons: list[Reason]
    counts: dict[str, int]
    others: int  # in care, and nothing needs the clinician
    next_session: Session | None


def today_of(user, *, now: datetime) -> Today:
    clients = {client.pk: client for client in Client.objects.of(user).in_care()}
    policy = ReminderPolicy.of_practice(user.practice_id)
    reasons = [
        *_alerts(clients),
        *_undelivered(clients),
        *_silent(clients, policy, now),
        *_unread(clients),
        *_sessions(clients, now),
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


def _alerts(clients) -> list[Reason]:
    alerts = Alert.objects.open().filter(client__in=clients).most_pressing_first()
    return [
        Reason(
            kind="alert",
            word=_("Alert"),
            client=clients[alert.client_id],
            sentence=alert.get_kind_display()
            + (" · " + _("seen") if alert.seen_at else " · " + _("not seen yet")),
            when=alert.raised_at,
            url=reverse("assessments:alert", args=[alert.pk]),
            action=_("Open alert"),
        )
        for alert in alerts
    ]


def _undelivered(clients) -> list[Reason]:
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


def _silent(clients, policy, now) -> list[Reason]:
    """Those who have sent nothing since something was due, and whom no message will reach for it.

    What was missed before they last sent anything is history and not a reason for today.
    """
    answered = dict(
        Response.objects.submitted()
        .filter(client__in=clients, mode=Response.Mode.PORTAL)
        .values_list("client_id")
        .annotate(Max("submitted_at"))
    )
    missed = defaultdict(list)
    for occurrence in (
        Occurrence.objects.missed(now)
        .filter(client__in=clients, noted_at__isnull=True, put_away_at__isnull=True)
        .order_by("client_id", "-due_at")
    ):
        last = answered.get(occurrence.client_id)
        if last is None or last < occurrence.due_at:
            missed[occurrence.client_id].append(occurrence)
    told = _told([row for rows in missed.values() for row in rows])
    contacts = {
        row.client_id: row for row in SafeContact.objects.current().filter(client__in=missed)
    }
    planned = set(
        Reminder.objects.planned().filter(client__in=missed).values_list("client_id", flat=True)
    )
    rows = [
        _silent_reason(clients[pk], occurrences, told, answered.get(pk))
        for pk, occurrences in missed.items()
        if _is_over_to_clinician(
            occurrences[0], told, _most(contacts.get(pk), policy), pk in planned, now
        )
    ]
    rows += [
        _away_reason(clients[pk], since)
        for pk, since in away_since(clients, policy=policy, now=now).items()
        if pk not in missed
    ]
    return sorted(rows, key=lambda reason: reason.when)


def _told(occurrences) -> dict:
    """Which reminders spoke of each occurrence; one may speak of several."""
    told = defaultdict(set)
    for occurrence_id, reminder_id in ReminderItem.objects.filter(
        occurrence__in=[row.pk for row in occurrences],
        is_nudge=True,
        reminder__outcome__in=MAY_HAVE_ARRIVED,
    ).values_list("occurrence_id", "reminder_id"):
        told[occurrence_id].add(reminder_id)
    return told


def _most(contact, policy) -> int:
    """How often this client is reminded of one thing."""
    if contact is None:
        return 0
    return policy.most_reminders if contact.most_reminders is None else contact.most_reminders


def _is_over_to_clinician(newest, told, most, is_planned, now) -> bool:
    """No message is planned, or the newest of what was missed was reminded of, or has ended."""
    if not is_planned:
        return True
    return len(told[newest.pk]) >= most or not newest.is_open(now)


def _silent_reason(client, occurrences, told, last_answer) -> Reason:
    nudges = len(set().union(*(told[row.pk] for row in occurrences)))
    parts = [
        ngettext(
            "Has not answered what was due", "Has not answered %(n)s in a row", len(occurrences)
        )
        % {"n": len(occurrences)}
    ]
    if nudges:
        parts.append(ngettext("one reminder sent", "%(n)s reminders sent", nudges) % {"n": nudges})
    else:
        parts.append(_("no reminder sent"))
    if last_answer is None:
        parts.append(_never_answered(client))
    return Reason(
        kind="silent",
        word=_("Silent"),
        client=client,
        sentence="; ".join(parts),
        when=occurrences[-1].due_at,
        url=reverse("assessments:contact", args=[client.pk]),
        action=_("What was sent"),
        act_url=reverse("assessments:missed_note", args=[client.pk]),
        act_word=_("Noted"),
    )


def _away_reason(client, since) -> Reason:
    """Nothing was due, and yet: they were written to, and have not come."""
    return Reason(
        kind="silent",
        word=_("Silent"),
        client=client,
        sentence=_("Has not been in the portal since a message went out"),
        when=since,
        url=reverse("assessments:contact", args=[client.pk]),
        action=_("What was sent"),
        act_url=reverse("assessments:missed_note", args=[client.pk]),
        act_word=_("Noted"),
    )


def _never_answered(client) -> str:
    if client.has_joined:
        return _("never answered yet")
    if client.invited_at:
        return _("invited, has not joined the portal yet")
    return _("not invited to the portal yet")


def _unread(clients) -> list[Reason]:
    rows = (
        Response.objects.unread()
        .filter(client__in=clients)
        .values(
            "client_id",
            title=KeyTextTransform("title", "version__content"),
            as_log=KeyTextTransform("as_log", "version__content"),
        )
        .annotate(n=Count("pk"), newest=Max("submitted_at"))
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
            sentence=" · ".join(_thing(row) for row in sent),
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


def _sessions(clients, now) -> list[Reason]:
    until = now + timedelta(hours=24)
    sessions = (
        Session.objects.to_come(now)
        .filter(client__in=clients, starts_at__lt=until)
        .order_by("starts_at")
    )
    return [
        Reason(
            kind="session",
            word=_("Session"),
            client=clients[session.client_id],
            sentence=_("Session of %(minutes)s minutes") % {"minutes": session.minutes},
            when=session.starts_at,
            url=reverse("assessments:timeline", args=[session.client_id]),
            action=_("Timeline"),
        )
        for session in sessions
    ]
