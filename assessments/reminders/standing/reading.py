"""Where many clients stand, read at one moment."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import F

from clients.models import Client, ReminderPolicy, SafeContact
from practice import keys

from .blocks import Barred, usable_channels
from .heard import Heard, heard_by
from .open import open_items
from .where import Standing

NOTHING = Heard()


def standings(client_ids: Iterable[UUID], *, now: datetime) -> dict[UUID, Standing]:
    """Where each client stands; the number of statements does not depend on how many there are."""
    ids = list(client_ids)
    clients = _clients(ids)
    contacts = {
        row.client_id: row
        for row in SafeContact.objects.current()
        .filter(client__among=ids)
        .defer("created_at", "replaced_at")
    }
    practices = {client.practice_id for client in clients.values()}
    policies = {
        row.practice_id: row for row in ReminderPolicy.objects.filter(practice__among=practices)
    }
    barred = Barred.among(ids)
    items = open_items(clients, now)
    heard = heard_by(ids, now)
    found = {}
    for pk, client in clients.items():
        contact, told = contacts.get(pk), heard.get(pk, NOTHING)
        policy = policies.get(client.practice_id) or ReminderPolicy(practice_id=client.practice_id)
        channels = usable_channels(client, contact, barred.stopped.get(pk, ()))
        found[pk] = Standing(
            client=client,
            last_login=client.last_login,
            contact=contact,
            policy=policy,
            channels=channels,
            items=tuple(items[pk]),
            invitation_is_due=told.invitation_is_due(client),
            last_contact_at=told.last,
            is_silent=told.is_silent(policy, now),
            block=barred.why(client, contact, channels=channels, now=now),
        )
    return found


def _clients(ids: list[UUID]) -> dict[UUID, Client]:
    """With their keys: their addresses are sealed, each with a key of its own. Of an account only
    when it was last signed in to is read: whole ones would be a third of the work."""
    rows = (
        Client.objects.filter(pk__among=ids)
        .annotate(last_login=F("user__last_login"))
        .defer("created_at", "leave_page_shown_at")
    )
    of_practice = defaultdict(list)
    for client in rows:
        of_practice[client.practice_id].append(client)
    for practice_id, clients in of_practice.items():
        keys.load(practice_id, [client.pk for client in clients])
    return {client.pk: client for client in rows}
