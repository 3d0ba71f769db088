"""What a client says about being reached and being seen; and when a practice asks again."""

from django.db import transaction

from clients.models import Client, SafeContact, SafetyPolicy, WhoSees
from practice import audit
from practice.actions import change_practice, change_settings

from .contact import KEPT_WHEN_STOPPED, confirm_contact


class NeedsALook(Exception):
    """What was shown is not how it stands: it was changed meanwhile, or a way there is stopped."""


@transaction.atomic
def say_still_right(client, *, seen: str, by, now) -> SafeContact:
    """The client has read how they may be reached, and it is still so: said anew, by them.

    ``seen`` names what they have read. A way that is stopped does not start again by a tap on
    "still right": the page that says why it is stopped asks for that.
    """
    Client.objects.select_for_update(of=("self",), no_key=True).get(pk=client.pk)
    last = client.safe_contacts.current().first()
    if last is None or str(last.pk) != seen or client.channel_stops.standing().exists():
        raise NeedsALook
    how = {name: getattr(last, name) for name in (*KEPT_WHEN_STOPPED, "channel", "then_channels")}
    return confirm_contact(client, by=by, now=now, **how)


@transaction.atomic
def ask_later(client, *, by, now) -> None:
    client.contact_later_at = now
    client.save(update_fields=["contact_later_at"])
    audit.record("contact.asked_later", client, by=by)


@transaction.atomic
def say_who_sees(client, *, said: dict, by, now) -> WhoSees:
    row = WhoSees.objects.create(
        practice_id=client.practice_id, client=client, said=said, said_at=now, created_by=by
    )
    audit.record("who_sees.said", row, by=by)
    return row


@transaction.atomic
def change_safety_policy(practice, *, leave_url: str, by, **fields) -> SafetyPolicy:
    if practice.leave_url != leave_url:
        practice.leave_url = leave_url
        change_practice(practice, fields=["leave_url"], by=by)
    policy, _changed = change_settings(
        SafetyPolicy, practice, action="safety_policy.changed", by=by, **fields
    )
    return policy
