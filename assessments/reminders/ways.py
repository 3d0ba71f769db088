"""Which channel a reminder takes next, after what was tried."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from assessments.models import Delivery

from .channels import BACKOFF


@dataclass(frozen=True)
class Try:
    """One attempt that has ended."""

    delivery_id: UUID
    channel: str
    outcome: str
    is_final: bool
    ended_at: datetime


def tries_of(reminder_ids: Iterable[UUID]) -> dict[UUID, list[Try]]:
    """By reminder, in the order in which they ended; in one statement."""
    rows = (
        Delivery.objects.filter(reminder__among=list(reminder_ids), ended_at__isnull=False)
        .order_by("began_at", "pk")
        .values_list("reminder_id", "pk", "channel", "outcome", "is_final", "ended_at")
    )
    found = defaultdict(list)
    for reminder_id, *facts in rows:
        found[reminder_id].append(Try(*facts))
    return found


def attempts_on(channel: str, tries: Iterable[Try]) -> int:
    return sum(each.channel == channel for each in tries)


def next_way(channels: Iterable[str], tries: list[Try]) -> str | None:
    """The first of ``channels`` that may still be tried."""
    given_up = {each.channel for each in tries if each.is_final}
    for channel in channels:
        if channel not in given_up and attempts_on(channel, tries) <= len(BACKOFF[channel]):
            return channel
    return None


def next_try_at(way: str, tries: list[Try]) -> datetime:
    """Later over the same channel; at once over the next one."""
    last = tries[-1]
    if way != last.channel:
        return last.ended_at
    return last.ended_at + BACKOFF[way][attempts_on(way, tries) - 1]
