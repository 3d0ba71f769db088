"""A client asks for another address; their clinician talks with them, and says yes or no."""

from django.db import transaction

from clients.models import AddressChange, Client
from practice import audit, hooks

from .people import change_client


class NoLongerOpen(Exception):
    """It was taken back, answered, or ran out meanwhile."""


@transaction.atomic
def ask_for_address(client, *, email, note_to_old, by, now) -> AddressChange:
    """An earlier wish gives way to this one. Whether somebody else has that address is not looked
    at here: the client would learn it."""
    _lock(client)
    client.address_changes.unsettled().update(taken_back_at=now)
    change = AddressChange.objects.create(
        practice_id=client.practice_id,
        client=client,
        created_by=by,
        email=email.strip().lower(),
        note_to_old=note_to_old,
        asked_at=now,
    )
    audit.record("address.asked", change, by=by)
    return change


@transaction.atomic
def take_back_address(client, *, by, now) -> None:
    _lock(client)
    if client.address_changes.unsettled().update(taken_back_at=now, settled_by=by):
        audit.record("address.taken_back", client, by=by)


@transaction.atomic
def confirm_address(change, *, by, now) -> Client:
    """The address becomes the new one: links die, sessions end, phones that could sign in can't.
    A link goes to the new address; it still asks for the personal code. Raises AddressTaken when
    somebody else signs in with it."""
    client = _lock(change.client)
    _settle(change, now, confirmed_at=now, settled_by=by)
    old = client.email
    change_client(client, by=by, now=now, email=change.email)
    hooks.call("address_changed", client=client, old=old, may_note=change.note_to_old, now=now)
    audit.record("address.confirmed", change, by=by)
    return client


@transaction.atomic
def decline_address(change, *, by, now) -> None:
    _lock(change.client)
    _settle(change, now, declined_at=now, settled_by=by)
    audit.record("address.declined", change, by=by)


def _settle(change, now, **facts) -> None:
    if not AddressChange.objects.open(now).filter(pk=change.pk).update(**facts):
        raise NoLongerOpen


def _lock(client) -> Client:
    rows = Client.objects.select_related("user").select_for_update(of=("self",), no_key=True)
    return rows.get(pk=client.pk)
