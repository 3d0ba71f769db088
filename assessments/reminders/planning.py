"""When does each client next hear from us, about what, and if never: why not?"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import models, transaction
from django.db.models import Count, Max, Q
from django.utils.translation import gettext_lazy as _

from assessments import schedule
from assessments.models import Alert, Occurrence, Reminder, ReminderItem
from assessments.models.reminders import MAY_HAVE_ARRIVED, Outcome
from clients.models import Channel, Client, Episode, SafeContact, SafetyCheck

STALE_AFTER = timedelta(days=180)
# A message that could not be delivered, after all its attempts, was tried: it counts like one that
# arrived, or a dead address would be written to for ever and Today would never hear of it.
TRIED = (*MAY_HAVE_ARRIVED, Outcome.FAILED)
INVITATION = "invitation"


class Why(models.TextChoices):
    """Why a client is not contacted, in words for their clinician."""

    NO_MESSAGES = "no_messages", _("They asked for no messages.")
    NO_ADDRESS = "no_address", _("There is no e-mail address.")
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
    items: tuple[schedule.OpenItem, ...]
    invitation_is_due: bool
    last_contact_at: datetime | None
    block: str  # a Why, or empty

    @property
    def rules(self) -> schedule.ContactRules:
        contact = self.contact
        return schedule.ContactRules(
            zone=self.client.zone,
            weekdays=frozenset(contact.weekdays),
            starts=contact.hours_from,
            ends=contact.hours_until,
            most=contact.most_reminders,
            spacing_days=contact.spacing_days,
            paused_until=contact.paused_until,
        )

    def next_contact(self, now: datetime) -> schedule.Contact | None:
        if self.block:
            return None
        items, last = self.items, self.last_contact_at
        if self.invitation_is_due:
            # The clinician asked for it just now: it does not wait for tomorrow.
            items, last = (_invitation(self.client), *items), None
        return schedule.next_contact(items, self.rules, now=now, last_contact_at=last)

    def kind(self, contact: schedule.Contact) -> str:
        if INVITATION in contact.announces:
            return Reminder.Kind.INVITATION
        return Reminder.Kind.NUDGE if contact.nudges else Reminder.Kind.NEWS


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
    contacts = {row.client_id: row for row in SafeContact.objects.current().filter(client__in=ids)}
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
    items = _open_items(clients, now)
    heard = _last_contacts(ids)
    return {
        pk: Standing(
            client=client,
            contact=contacts.get(pk),
            items=tuple(items[pk]),
            invitation_is_due=_invitation_is_due(client, heard.get(pk)),
            last_contact_at=heard.get(pk, {}).get("last"),
            block=_block(client, contacts.get(pk), pk in in_care, pk in alerted, pk in held, now),
        )
        for pk, client in clients.items()
    }


def _block(client, contact, in_care, alerted, held, now) -> str:
    if not in_care:
        return Why.NOT_IN_CARE
    if contact is None or contact.channel == Channel.NONE:
        return Why.NO_MESSAGES
    if held:
        return Why.HOLD
    if alerted:
        return Why.ALERT_OPEN
    if contact.confirmed_at < now - STALE_AFTER:
        return Why.STALE
    if not client.email:
        return Why.NO_ADDRESS
    if client.user_id is None and client.invited_at is None:
        return Why.NOT_INVITED
    if not contact.weekdays:
        return Why.NO_HOURS
    return ""


def _open_items(clients: dict, now: datetime) -> dict[UUID, list[schedule.OpenItem]]:
    occurrences = list(
        Occurrence.objects.waiting()
        .filter(Q(expires_at__isnull=True) | Q(expires_at__gt=now), client__in=clients)
        .filter(put_away_at__isnull=True)
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
                expires_at=occurrence.expires_at,
                announce=row is None and occurrence.number == 1 and _is_news(occurrence, client),
                nudges=row["nudges"] if row else 0,
                last_nudge_at=row["last_nudge_at"] if row else None,
            )
        )
    return items


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
            invited=Max("settled_at", filter=Q(kind=Reminder.Kind.INVITATION)),
        )
    )
    return {row["client_id"]: row for row in rows}


def _invitation_is_due(client: Client, heard: dict | None) -> bool:
    if client.has_joined or client.invited_at is None:
        return False
    invited = heard and heard["invited"]
    return not invited or invited < client.invited_at


@transaction.atomic
def plan(client_ids: Iterable[UUID], *, now: datetime) -> None:
    """Write down the next contact of each client; a plan in somebody's hands is left alone."""
    ids = sorted(set(client_ids))
    # One planner a client at a time; NO KEY UPDATE lets others go on writing about the client.
    list(Client.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk").only("pk"))
    # Nobody claims a plan while we change it; one that is being claimed is not waited for, because
    # its sweep looks again at the client, and plans for them when it is done.
    ours = set(
        Reminder.objects.planned()
        .filter(client__in=ids, claim__isnull=True)
        .select_for_update(skip_locked=True, no_key=True)
        .values_list("pk", flat=True)
    )
    planned = {row.client_id: row for row in Reminder.objects.planned().filter(client__in=ids)}
    new, moved, dropped = [], [], []
    for pk, standing in standings(ids, now=now).items():
        reminder, contact = planned.get(pk), standing.next_contact(now)
        if reminder is not None and reminder.pk not in ours:
            continue
        if contact is None:
            if reminder is not None:
                dropped.append((reminder, standing.block or Why.NOTHING_OPEN))
        elif reminder is None:
            new.append(
                Reminder(
                    practice_id=standing.client.practice_id,
                    client_id=pk,
                    kind=standing.kind(contact),
                    planned_for=contact.at,
                )
            )
        elif reminder.attempts == 0:
            reminder.kind, reminder.planned_for = standing.kind(contact), contact.at
            moved.append(reminder)
    Reminder.objects.bulk_create(new)
    Reminder.objects.bulk_update(moved, ["kind", "planned_for"], batch_size=500)
    _drop(dropped, now)


def _drop(dropped, now) -> None:
    """A plan that nobody began is no history; one with attempts is settled with its reason."""
    untouched = [reminder.pk for reminder, _why in dropped if reminder.attempts == 0]
    Reminder.objects.filter(pk__in=untouched, deliveries__isnull=True).delete()
    for why in {reason for _reminder, reason in dropped}:
        Reminder.objects.planned().filter(
            pk__in=[reminder.pk for reminder, reason in dropped if reason == why]
        ).update(settled_at=now, outcome=Outcome.SUPPRESSED, why=why)


def contact_changed(*, client, now) -> None:
    """The hook of ``clients``: how or whether this client may be reached is not what it was."""
    plan([client.pk], now=now)
