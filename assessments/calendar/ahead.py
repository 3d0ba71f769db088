"""Which messages leave if nothing is answered: one sweep after the other, played through."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from assessments import schedule
from assessments.models import Reminder
from assessments.reminders.standing import INVITATION, STALE_AFTER, Standing
from clients.models import ReminderPolicy


@dataclass(frozen=True)
class Silence:
    """When a client has left so much unanswered that their clinician is told instead."""

    policy: ReminderPolicy
    holds_now: bool
    due: tuple[datetime, ...]  # of all that is not answered, in order
    unread_since: datetime | None  # of the first message since they were last in the portal

    def begins_at(self) -> datetime | None:
        """It holds after this moment; None when that cannot be told yet."""
        nth = self.policy.missed_in_a_row
        moments = [self.due[nth - 1]] if len(self.due) >= nth else []
        return min([*moments, *self._away_from()], default=None)

    def holds(self, moment: datetime) -> bool:
        missed = sum(due_at < moment for due_at in self.due)
        return (
            self.holds_now
            or missed >= self.policy.missed_in_a_row
            or any(moment >= since for since in self._away_from())
        )

    def by_missing(self, moment: datetime) -> bool:
        """And not only because they have not been in the portal."""
        return sum(due_at < moment for due_at in self.due) >= self.policy.missed_in_a_row

    def after(self, message_at: datetime) -> "Silence":
        return self if self.unread_since else replace(self, unread_since=message_at)

    def _away_from(self) -> list[datetime]:
        if self.unread_since is None:
            return []
        return [self.unread_since + timedelta(days=self.policy.unread_days)]


@dataclass(frozen=True)
class Message:
    """One that will leave, with what was known of each item just before it."""

    contact: schedule.Contact
    kind: str
    items: dict


@dataclass(frozen=True)
class Ahead:
    messages: tuple[Message, ...]
    standing: Standing  # after the last of them
    silence: Silence
    stale_from: datetime | None


def messages_ahead(
    standing: Standing,
    coming: list,
    silence: Silence,
    planned: Reminder | None,
    *,
    now: datetime,
    until: datetime,
) -> Ahead:
    """Like the sweeps to come: each looks at where the client stands then, sends, and plans anew.

    Nothing leaves before ``planned``: it is the only plan, and it may wait for another attempt.
    """
    stale_from = standing.contact and standing.contact.confirmed_at + STALE_AFTER
    standing = replace(standing, items=(*standing.items, *_not_made_yet(coming)))
    messages: list[Message] = []
    at = max(now, planned.planned_for) if planned else now
    while (contact := standing.next_contact(at)) is not None and contact.at < until:
        at = contact.at
        if stale_from < at:
            break
        if not standing.is_silent and silence.holds(at):
            standing = replace(standing, is_silent=True)
            continue
        items = {item.key: item for item in standing.items}
        messages.append(Message(contact, standing.kind(contact), items))
        standing, silence = _after(standing, contact), silence.after(at)
    return Ahead(tuple(messages), standing, silence, stale_from)


def _not_made_yet(coming: list) -> list[schedule.OpenItem]:
    """Never the first of its assignment, so never news."""
    return [
        schedule.OpenItem(
            key=each.key,
            opens_at=each.opens_at,
            due_at=each.due_at,
            expires_at=each.ends_at,
            announce=False,
            nudges=0,
            last_nudge_at=None,
        )
        for each in coming
        if each.row is None
    ]


def _after(standing: Standing, contact: schedule.Contact) -> Standing:
    return replace(
        standing,
        items=tuple(_heard_of(item, contact) for item in standing.items),
        invitation_is_due=standing.invitation_is_due and INVITATION not in contact.announces,
        last_contact_at=contact.at,
    )


def _heard_of(item: schedule.OpenItem, contact: schedule.Contact) -> schedule.OpenItem:
    """What the rows of a message that was sent would say of this item."""
    if item.key not in contact.mentions:
        return item
    is_answered = item.asked_for_at is not None and item.asked_for_at <= contact.at
    is_nudge = item.key in contact.nudges
    return replace(
        item,
        announce=False,
        nudges=item.nudges + is_nudge,
        last_nudge_at=contact.at if is_nudge else item.last_nudge_at,
        asked_for_at=None if is_answered else item.asked_for_at,
    )
