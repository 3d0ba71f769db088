"""How a client may be reached, and whether it is safe."""

from django.db import transaction

from clients.models import Channel, ChannelStop, Client, SafeContact, SafetyCheck
from practice import audit, hooks

from .doors import drop_links


@transaction.atomic
def confirm_contact(client, *, by, now, phone=None, asked_again=False, **how) -> SafeContact:
    """The client said how they may be reached. The earlier word is kept as history.

    A channel that they name anew works again, unless they had asked for no more over it: then only
    when they asked for it again. ``phone`` is their number, when it was said along with this.
    """
    before = Client.objects.select_for_update(of=("self",), no_key=True).get(pk=client.pk)
    client.safe_contacts.current().update(replaced_at=now)
    contact = SafeContact.objects.create(
        practice_id=client.practice_id, client=client, created_by=by, confirmed_at=now, **how
    )
    has_new_number = phone is not None and phone != before.phone
    if has_new_number:
        client.phone = phone
        client.save(update_fields=["phone"])
        number_changed(client, before=before.phone, now=now)
    if contact.channel == Channel.NONE:
        drop_links(client, now=now)
    stands = () if asked_again else (ChannelStop.Why.OPTED_OUT,)
    client.channel_stops.standing().filter(
        channel__in=contact.channels, stopped_at__lte=now
    ).exclude(why__in=stands).update(lifted_at=now)
    hooks.call("contact_changed", client=client, now=now)
    audit.record(
        "contact.confirmed",
        contact,
        by=by,
        detail={"channel": contact.channel, "then": contact.then_channels}
        | ({"fields": ["phone"]} if has_new_number else {}),
    )
    return contact


def number_changed(client, *, before, now) -> None:
    """What was sent to the old number opens nothing, and the new one has not failed yet."""
    if before:
        drop_links(client, now=now)
    lift_bounce(client, Channel.SMS, now=now)


def lift_bounce(client, channel, *, now) -> None:
    """The address is another one: that the old one did not work says nothing about it."""
    client.channel_stops.standing().filter(
        channel=channel, why=ChannelStop.Why.BOUNCED, stopped_at__lte=now
    ).update(lifted_at=now)


# What stays when somebody wants no messages: all but the ways to them.
KEPT_WHEN_STOPPED = (
    "weekdays",
    "hours_from",
    "hours_until",
    "wording",
    "most_reminders",
    "spacing_days",
    "first_days",
    "paused_from",
    "paused_until",
    "others_see_device",
)


def stop_messages(client, *, by, now) -> SafeContact:
    """The client wants no messages; everything else they said stays."""
    last = client.safe_contacts.current().get()
    return confirm_contact(
        client,
        by=by,
        now=now,
        channel=Channel.NONE,
        **{name: getattr(last, name) for name in KEPT_WHEN_STOPPED},
    )


@transaction.atomic
def record_safety_check(client, *, by, outcome, note, now) -> SafetyCheck:
    check = SafetyCheck.objects.create(
        practice_id=client.practice_id,
        client=client,
        created_by=by,
        outcome=outcome,
        note=note,
        checked_at=now,
    )
    if check.outcome == SafetyCheck.Outcome.HOLD:
        drop_links(client, now=now)
    hooks.call("safety_checked", client=client, now=now)
    hooks.call("contact_changed", client=client, now=now)
    audit.record("safety_check.recorded", check, by=by)
    return check
