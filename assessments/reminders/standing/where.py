"""What decides about the next contact with a client, and what follows from it."""

from dataclasses import dataclass, replace
from datetime import datetime

from assessments import schedule
from assessments.models import Reminder
from clients.models import Client, ReminderPolicy, SafeContact

INVITATION = "invitation"


@dataclass(frozen=True)
class Standing:
    """All that decides about the next contact with one client, read at one moment."""

    client: Client
    last_login: datetime | None  # when they were last in the portal
    contact: SafeContact | None
    policy: ReminderPolicy
    channels: tuple[str, ...]  # that they named, with an address, and not stopped; in order
    items: tuple[schedule.OpenItem, ...]
    invitation_is_due: bool
    last_contact_at: datetime | None
    is_silent: bool  # missed too many in a row, or not in the portal for too long
    block: str  # a Why, or empty

    @property
    def rules(self) -> schedule.ContactRules:
        return rules_of(self.client, self.contact, self.policy)

    def next_contact(self, now: datetime) -> schedule.Contact | None:
        if self.block:
            return None
        items, last = self.items, self.last_contact_at
        if self.invitation_is_due:
            # The clinician asked for it just now: it does not wait for tomorrow.
            items, last = (_invitation(self.client), *items), None
        return schedule.next_contact(
            items, self.rules, now=now, last_contact_at=last, is_silent=self.is_silent
        )

    def if_asked(self, now: datetime) -> schedule.Contact | None:
        """What the client would hear if somebody asked now to remind them of what is open; None
        where nothing is, or where no hour that is safe for them comes before it ends. What they
        have asked for themselves is not overruled."""
        opened = [item for item in self.items if item.is_open(now)]
        if self.block or not opened:
            return None
        asked = (item if _is_theirs(item, now) else _asked(item, now) for item in opened)
        return schedule.next_contact(
            asked, self.rules, now=now, last_contact_at=self.last_contact_at
        )

    def kind(self, contact: schedule.Contact) -> str:
        if INVITATION in contact.announces:
            return Reminder.Kind.INVITATION
        return Reminder.Kind.NUDGE if contact.nudges else Reminder.Kind.NEWS


def _is_theirs(item: schedule.OpenItem, now: datetime) -> bool:
    return item.asked_by_client and item.asked_for_at is not None and item.asked_for_at > now


def _asked(item: schedule.OpenItem, now: datetime) -> schedule.OpenItem:
    return replace(item, asked_for_at=now, asked_by_client=False)


def rules_of(client: Client, contact: SafeContact, policy: ReminderPolicy) -> schedule.ContactRules:
    """What the client has said, over what the practice does where they said nothing."""

    def own(name: str) -> int:
        said = getattr(contact, name)
        return getattr(policy, name) if said is None else said

    return schedule.ContactRules(
        zone=client.zone,
        weekdays=frozenset(contact.weekdays),
        starts=contact.hours_from,
        ends=contact.hours_until,
        most=own("most_reminders"),
        spacing_days=own("spacing_days"),
        first_days=own("first_days"),
        paused_from=contact.paused_from,
        paused_until=contact.paused_until,
    )


def _invitation(client: Client) -> schedule.OpenItem:
    return schedule.OpenItem(
        key=INVITATION,
        opens_at=client.invited_at,
        due_at=None,
        expires_at=None,
        announce=True,
        nudges=0,
        last_nudge_at=None,
    )
