"""What waits for clients, and how often each thing was spoken of."""

from collections import defaultdict
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Max, OuterRef, Q, Subquery

from assessments import schedule
from assessments.models import Occurrence, Reminder, ReminderItem
from clients.models import Client

from .heard import TRIED

# Of an occurrence, what decides: the rest stays where it is.
DECIDES = (
    *("client_id", "number", "opens_at", "due_at", "expires_at", "touched_at"),
    *("remind_at", "remind_by_id"),
)


def open_items(clients: dict[UUID, Client], now: datetime) -> dict[UUID, list[schedule.OpenItem]]:
    """By client; a client comes with their ``last_login``."""
    occurrences = list(
        Occurrence.objects.waiting()
        .not_over(now)
        .filter(client__among=clients, put_away_at__isnull=True, assignment__paused_at__isnull=True)
        .only(*DECIDES)
    )
    told = _told(occurrences)
    items = defaultdict(list)
    for occurrence in occurrences:
        row = told.get(occurrence.pk)
        client = clients[occurrence.client_id]
        items[client.pk].append(
            schedule.OpenItem(
                key=occurrence.pk,
                opens_at=occurrence.opens_at,
                due_at=occurrence.due_at,
                expires_at=occurrence.ends_at,
                announce=row is None and occurrence.number == 1 and _is_news(occurrence, client),
                nudges=row["nudges"] if row else 0,
                last_nudge_at=row["last_nudge_at"] if row else None,
                asked_for_at=_asked_for(occurrence, row),
                asked_by_client=occurrence.remind_by_id is not None
                and occurrence.remind_by_id == client.user_id,
            )
        )
    return items


def _told(occurrences: list[Occurrence]) -> dict[UUID, dict]:
    """By occurrence that was spoken of: how often, and when last.

    From the occurrences to their reminders, one by one, and written so that the database cannot
    turn it round: it would read all reminders that there are.
    """
    tried = Reminder.objects.filter(pk=OuterRef("reminder"), outcome__in=TRIED)
    rows = (
        ReminderItem.objects.filter(occurrence__among=occurrences)
        .annotate(at=Subquery(tried.values("settled_at")[:1]))
        .values("occurrence_id")
        .annotate(
            nudges=Count("pk", filter=Q(is_nudge=True, at__isnull=False)),
            last_told_at=Max("at"),
            last_nudge_at=Max("at", filter=Q(is_nudge=True)),
        )
        .filter(last_told_at__isnull=False)
    )
    return {row["occurrence_id"]: row for row in rows}


def _asked_for(occurrence: Occurrence, told: dict | None) -> datetime | None:
    """When somebody wants the client to be reminded, until that was done."""
    at = occurrence.remind_at
    return None if at is None or (told and told["last_told_at"] >= at) else at


def _is_news(occurrence: Occurrence, client: Client) -> bool:
    """Not before they joined (the invitation speaks of it), nor what they saw in the portal."""
    if client.user_id is None:
        return False
    return client.last_login is None or client.last_login < occurrence.opens_at
