"""Reasons that come of silence."""

from collections import defaultdict

from django.db.models import Max, OuterRef, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.models import Occurrence, Reminder, ReminderItem, Response
from assessments.models.reminders import MAY_HAVE_ARRIVED
from assessments.reminders import away_since
from clients.models import SafeContact

from .reason import Reason


def silent(clients, policy, now) -> list[Reason]:
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
        .not_due_in_a_pause()
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
    """Which reminders spoke of each occurrence; one may speak of several.

    Written, as in ``reminders.standing.open``, so that the database cannot turn it round: for some
    thousand occurrences it would read all reminders that there are.
    """
    arrived = Reminder.objects.filter(pk=OuterRef("reminder"), outcome__in=MAY_HAVE_ARRIVED)
    told = defaultdict(set)
    for occurrence_id, reminder_id in (
        ReminderItem.objects.filter(occurrence__among=occurrences, is_nudge=True)
        .annotate(arrived=Subquery(arrived.values("pk")[:1]))
        .filter(arrived__isnull=False)
        .values_list("occurrence_id", "arrived")
    ):
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
    times = len({row.due_at for row in occurrences})  # what is due at once is one evening
    parts = [
        ngettext("Has not answered what was due", "Has not answered %(n)s in a row", times)
        % {"n": times}
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
