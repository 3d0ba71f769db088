"""How a client may be reached, and whether it is safe."""

from django.db import transaction

from clients.models import Channel, Client, SafeContact, SafetyCheck
from practice import audit, hooks

from .doors import drop_links


@transaction.atomic
def confirm_contact(client, *, by, now, **how) -> SafeContact:
    """The client said how they may be reached. The earlier word is kept as history."""
    Client.objects.select_for_update(of=("self",)).get(pk=client.pk)
    client.safe_contacts.current().update(replaced_at=now)
    contact = SafeContact.objects.create(
        practice_id=client.practice_id, client=client, created_by=by, confirmed_at=now, **how
    )
    if contact.channel == Channel.NONE:
        drop_links(client, now=now)
    hooks.call("contact_changed", client=client, now=now)
    audit.record("contact.confirmed", contact, by=by, detail={"channel": contact.channel})
    return contact


def stop_messages(client, *, by, now) -> SafeContact:
    """The client wants no messages; everything else they said stays."""
    last = client.safe_contacts.current().get()
    kept = (
        "weekdays",
        "hours_from",
        "hours_until",
        "wording",
        "most_reminders",
        "spacing_days",
        "paused_until",
        "others_see_device",
    )
    return confirm_contact(
        client,
        by=by,
        now=now,
        channel=Channel.NONE,
        **{name: getattr(last, name) for name in kept},
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
    hooks.call("contact_changed", client=client, now=now)
    audit.record("safety_check.recorded", check, by=by)
    return check
