"""What comes back later: a message bounced, arrived after all, or the client wants no more.

It comes by a provider's webhook or in a mailbox, late, twice, and in any order; so each of these
verbs may be repeated and changes nothing the second time.
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from assessments.models import Delivery, Reminder
from assessments.models.reminders import Outcome
from clients.models import Channel, ChannelStop, Client
from practice import audit, walls
from practice.encryption import CannotOpen

from .planning import plan
from .stopping import stop_channel


class NotYet(Exception):
    """The worker that sent it is still at it: say it again later."""


def find_delivery(
    channel: str, *, key: UUID | str | None = None, provider_id: str = "", message_id: str = ""
) -> Delivery | None:
    """By our own key, by the provider's, or by the Message-ID. None for what is not ours."""
    rows = Delivery.objects.filter(channel=channel, began_at__isnull=False)
    rows = rows.select_related("client", "reminder")
    if key := _as_uuid(key):
        return walls.found(rows.filter(pk=key))
    if message_id:
        return walls.found(rows.filter(message_id=f"<{message_id.strip().strip('<>')}>"))
    return walls.found(rows.filter(provider_id=provider_id)) if provider_id else None


def _as_uuid(key) -> UUID | None:
    try:
        return UUID(str(key))
    except ValueError:
        return None


@transaction.atomic
def arrived(delivery: Delivery, *, now: datetime) -> None:
    """Somebody took it for the client. Only what nobody knew is news."""
    _now_known(delivery, Outcome.SENT)


@transaction.atomic
def came_back(delivery: Delivery, *, is_dead: bool, now: datetime) -> None:
    """It did not arrive. ``is_dead``: this address takes no mail, now or later."""
    _now_known(delivery, Outcome.FAILED)
    Delivery.objects.filter(pk=delivery.pk, bounced_at__isnull=True).update(bounced_at=now)
    stop = None
    if is_dead and delivery.address == _address_today(delivery):
        stop = stop_channel(delivery, delivery.channel, why=ChannelStop.Why.BOUNCED, now=now)
    _look_anew(delivery.client, stop, now)


@transaction.atomic
def unwanted(delivery: Delivery, *, why: str, now: datetime) -> None:
    """The client said so, to their mail program or to the provider."""
    stop = stop_channel(delivery, delivery.channel, why=why, now=now)
    _look_anew(delivery.client, stop, now)


@transaction.atomic
def number_opted_out(number: str, *, now: datetime) -> int:
    """Somebody answered STOP. Whoever has that number is meant: how many there are.

    Numbers are sealed, so that they can't be asked for: all that we write text messages to are
    looked through. It is rare, and those are few.
    """
    texted = walls.practices_with(Delivery.objects.filter(channel=Channel.SMS))
    return walls.in_each(texted, lambda _practice: _opted_out_here(number, now))


def _opted_out_here(number: str, now: datetime) -> int:
    texted = Delivery.objects.filter(channel=Channel.SMS).values("client")
    found = 0
    for client in Client.objects.filter(pk__in=texted).iterator(chunk_size=500):
        try:
            phone = client.phone
        except CannotOpen:  # their key is gone: so is their number
            continue
        if phone and _digits(phone) == _digits(number):
            stop = stop_channel(client, Channel.SMS, why=ChannelStop.Why.OPTED_OUT, now=now)
            _look_anew(client, stop, now)
            found += 1
    return found


def _digits(number: str) -> str:
    """With and without a plus, as providers will have it."""
    return "".join(filter(str.isdecimal, number))


def _now_known(delivery: Delivery, outcome: str) -> None:
    """What was unknown is known; the times stay, they are nearer to the truth. Raises NotYet."""
    reminder = Reminder.objects.select_for_update(no_key=True).get(pk=delivery.reminder_id)
    delivery.refresh_from_db(fields=["outcome"])
    if not delivery.outcome or reminder.claim is not None:
        raise NotYet
    Delivery.objects.filter(pk=delivery.pk, outcome=Outcome.UNKNOWN).update(outcome=outcome)
    Reminder.objects.filter(pk=reminder.pk, outcome=Outcome.UNKNOWN).update(outcome=outcome)


def _address_today(delivery: Delivery) -> str:
    client = delivery.client
    return client.email if delivery.channel == Channel.EMAIL else client.phone


def _look_anew(client: Client, stop: ChannelStop | None, now: datetime) -> None:
    plan([client.pk], now=now)
    if stop is not None:
        audit.record("channel.stopped", stop, by=None, detail={"channel": stop.channel})
