"""Where a client stands: what is open, what they have heard, and whether they may be reached."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import models
from django.db.models import Count, Exists, F, Max, Min, OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _

from assessments import schedule
from assessments.models import Alert, Occurrence, Reminder, ReminderItem
from assessments.models.reminders import MAY_HAVE_ARRIVED, Outcome
from clients.contact_rules import can_text
from clients.models import (
    Channel,
    ChannelStop,
    Client,
    Episode,
    ReminderPolicy,
    SafeContact,
    SafetyCheck,
)
from practice import keys

STALE_AFTER = timedelta(days=180)
# A message that could not be delivered, after all its attempts, was tried: it counts like one that
# arrived, or a dead address would be written to for ever and Today would never hear of it.
TRIED = (*MAY_HAVE_ARRIVED, Outcome.FAILED)
INVITATION = "invitation"
# Messages since which the client has not been in the portal.
UNREAD = Q(outcome__in=MAY_HAVE_ARRIVED) & (
    Q(client__user__last_login__isnull=True) | Q(settled_at__gt=F("client__user__last_login"))
)


class Why(models.TextChoices):
    """Why a client is not contacted, in words for their clinician."""

    NO_MESSAGES = "no_messages", _("They asked for no messages.")
    NO_ADDRESS = "no_address", _("There is no address or number for the ways that they named.")
    STOPPED = "stopped", _("Nothing arrives any more over the ways that they named.")
    NOT_INVITED = "not_invited", _("They have not been invited to the portal yet.")
    NOT_IN_CARE = "not_in_care", _("Their episode of care is closed.")
    ALERT_OPEN = "alert_open", _("An alert is open: nobody is nagged meanwhile.")
    HOLD = "hold", _("The safety check says hold.")
    STALE = "stale", _("How they may be reached was last confirmed over six months ago.")
    NO_HOURS = "no_hours", _("No hour is allowed.")
    NOTHING_OPEN = "nothing_open", _("Nothing is waiting for them.")


@dataclass(frozen=True)
class Standing:
    """All that decides about the next contact with one client, read at one moment."""

    client: Client
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

    def kind(self, contact: schedule.Contact) -> str:
        if INVITATION in contact.announces:
            return Reminder.Kind.INVITATION
        return Reminder.Kind.NUDGE if contact.nudges else Reminder.Kind.NEWS


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


def standings(client_ids: Iterable[UUID], *, now: datetime) -> dict[UUID, Standing]:
    """Where each client stands; the number of statements does not depend on how many there are."""
    ids = list(client_ids)
    clients = {
        client.pk: client
        for client in Client.objects.filter(pk__in=ids).select_related("user", "practice")
    }
    _load_keys(clients)
    contacts = {row.client_id: row for row in SafeContact.objects.current().filter(client__in=ids)}
    policies = {
        row.practice_id: row
        for row in ReminderPolicy.objects.filter(
            practice__in={client.practice_id for client in clients.values()}
        )
    }
    in_care = set(
        Episode.objects.filter(client__in=ids, closed_at__isnull=True).values_list(
            "client_id", flat=True
        )
    )
    alerted = set(Alert.objects.open().filter(client__in=ids).values_list("client_id", flat=True))
    held = {
        check.client_id
        for check in SafetyCheck.objects.filter(client__in=ids)
        .order_by("client_id", "-checked_at", "-id")
        .distinct("client_id")
        .defer("note")
        if check.outcome == SafetyCheck.Outcome.HOLD
    }
    stopped = defaultdict(set)
    for client_id, channel in (
        ChannelStop.objects.standing().filter(client__in=ids).values_list("client_id", "channel")
    ):
        stopped[client_id].add(channel)
    items = _open_items(clients, now)
    heard = _last_contacts(ids)
    missed = _missed_in_a_row(ids, now)
    found = {}
    for pk, client in clients.items():
        contact = contacts.get(pk)
        policy = policies.get(client.practice_id) or ReminderPolicy(practice_id=client.practice_id)
        channels = usable_channels(client, contact, stopped[pk])
        found[pk] = Standing(
            client=client,
            contact=contact,
            policy=policy,
            channels=channels,
            items=tuple(items[pk]),
            invitation_is_due=_invitation_is_due(client, heard.get(pk)),
            last_contact_at=heard.get(pk, {}).get("last"),
            is_silent=missed.get(pk, 0) >= policy.missed_in_a_row
            or _is_away(heard.get(pk), policy, now),
            block=_block(
                client,
                contact,
                in_care=pk in in_care,
                is_alerted=pk in alerted,
                is_held=pk in held,
                is_stopped=bool(stopped[pk]),
                has_channel=bool(channels),
                now=now,
            ),
        )
    return found


def _load_keys(clients: dict[UUID, Client]) -> None:
    """Their addresses are sealed, each with a key of its own."""
    of_practice = defaultdict(list)
    for client in clients.values():
        of_practice[client.practice_id].append(client.pk)
    for practice_id, subjects in of_practice.items():
        keys.load(practice_id, subjects)


def usable_channels(client, contact, stopped=()) -> tuple[str, ...]:
    """The ways that the client named as safe, that lead somewhere, and that are not stopped."""
    if contact is None:
        return ()
    addresses = {Channel.EMAIL: client.email, Channel.SMS: client.phone if can_text() else ""}
    return tuple(each for each in contact.channels if addresses.get(each) and each not in stopped)


def _block(client, contact, *, in_care, is_alerted, is_held, is_stopped, has_channel, now) -> str:
    if not in_care:
        return Why.NOT_IN_CARE
    if contact is None or contact.channel == Channel.NONE:
        return Why.NO_MESSAGES
    if is_held:
        return Why.HOLD
    if is_alerted:
        return Why.ALERT_OPEN
    if contact.confirmed_at < now - STALE_AFTER:
        return Why.STALE
    if not has_channel:
        return Why.STOPPED if is_stopped else Why.NO_ADDRESS
    if client.user_id is None and client.invited_at is None:
        return Why.NOT_INVITED
    if not contact.weekdays:
        return Why.NO_HOURS
    return ""


def _open_items(clients: dict, now: datetime) -> dict[UUID, list[schedule.OpenItem]]:
    occurrences = list(
        Occurrence.objects.waiting()
        .not_over(now)
        .filter(client__in=clients, put_away_at__isnull=True, assignment__paused_at__isnull=True)
    )
    told = {
        row["occurrence_id"]: row
        for row in ReminderItem.objects.filter(
            occurrence__in=[occurrence.pk for occurrence in occurrences],
            reminder__outcome__in=TRIED,
        )
        .values("occurrence_id")
        .annotate(
            nudges=Count("pk", filter=Q(is_nudge=True)),
            last_told_at=Max("reminder__settled_at"),
            last_nudge_at=Max("reminder__settled_at", filter=Q(is_nudge=True)),
        )
    }
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


def _asked_for(occurrence: Occurrence, told: dict | None) -> datetime | None:
    """When somebody wants the client to be reminded, until that was done."""
    at = occurrence.remind_at
    return None if at is None or (told and told["last_told_at"] >= at) else at


def _missed_in_a_row(ids, now) -> dict[UUID, int]:
    """How much of what was due a client has missed since they last answered anything."""
    answered = (
        Occurrence.objects.filter(client=OuterRef("client"), answered_at__isnull=False)
        .order_by("-answered_at")
        .values("answered_at")[:1]
    )
    rows = (
        Occurrence.objects.missed(now)
        .filter(client__in=ids, put_away_at__isnull=True, assignment__paused_at__isnull=True)
        .annotate(last=Subquery(answered))
        .filter(Q(last__isnull=True) | Q(due_at__gt=F("last")))
        .values("client_id")
        .annotate(n=Count("pk"))
    )
    return {row["client_id"]: row["n"] for row in rows}


def _is_away(heard: dict | None, policy: ReminderPolicy, now: datetime) -> bool:
    """They were written to, and have not been in the portal since, for as long as the practice
    waits."""
    since = heard and heard["unread_since"]
    return bool(since) and since <= now - timedelta(days=policy.unread_days)


def _is_news(occurrence: Occurrence, client: Client) -> bool:
    """Not before they joined (the invitation speaks of it), nor what they saw in the portal."""
    if client.user is None:
        return False
    return client.user.last_login is None or client.user.last_login < occurrence.opens_at


def _last_contacts(ids) -> dict:
    rows = (
        Reminder.objects.filter(client__in=ids, outcome__in=TRIED)
        .values("client_id")
        .annotate(
            last=Max("settled_at", filter=Q(outcome__in=MAY_HAVE_ARRIVED)),
            unread_since=Min("settled_at", filter=UNREAD),
            invited=Max("settled_at", filter=Q(kind=Reminder.Kind.INVITATION)),
        )
    )
    return {row["client_id"]: row for row in rows}


def _invitation_is_due(client: Client, heard: dict | None) -> bool:
    if client.has_joined or client.invited_at is None:
        return False
    invited = heard and heard["invited"]
    return not invited or invited < client.invited_at


def away_since(client_ids, *, policy: ReminderPolicy, now: datetime) -> dict[UUID, datetime]:
    """Whom something waits for, and who have not come since a message of that day, for as long as
    their practice waits. Not those of whom the care team knows it."""
    waiting = (
        Occurrence.objects.waiting()
        .open(now)
        .filter(client=OuterRef("client"), noted_at=None, put_away_at=None)
    )
    rows = (
        Reminder.objects.filter(UNREAD, Exists(waiting), client__in=client_ids)
        .filter(settled_at__lte=now - timedelta(days=policy.unread_days))
        .values_list("client_id")
        .annotate(since=Min("settled_at"))
    )
    return dict(rows)
