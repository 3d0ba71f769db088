"""A record is opened in an emergency, by a clinician who does not look after that client."""

from datetime import timedelta

from django.db import transaction

from clients.models import Client, EmergencyOpening
from clients.models.emergency import OPENS_FOR
from practice import audit, keys
from practice.models import AuditEvent, User

MOST_MISSED = 5  # names within the hour that were not one's: this is no way to ask who is in care
MISSED = ("emergency.not_found", "emergency.several")
HOUR = timedelta(hours=1)


class TooOften(Exception):
    """They have asked for too many who are not here."""


def find_in_emergency(name: str, *, by, now) -> list[Client]:
    """Those of the practice with exactly this name or address. Each try that opens nothing is
    written down, without the name, and also that it was one too many. Raises TooOften."""
    found = _try(name, by=by, now=now)
    if found is None:
        raise TooOften  # outside of what was written down
    return found


@transaction.atomic
def _try(name: str, *, by, now) -> list[Client] | None:
    User.objects.select_for_update(no_key=True).get(pk=by.pk)  # many at once, one after the other
    missed = AuditEvent.objects.filter(actor=by, action__in=MISSED, at__gt=now - HOUR)
    if missed.count() >= MOST_MISSED:
        audit.record("emergency.too_often", by, by=by)
        return None
    clients = list(Client.objects.filter(practice=by.practice_id))
    keys.load(by.practice_id, [client.pk for client in clients])
    address = name.strip().casefold()
    found = [each for each in clients if each.is_called(name) or each.email == address]
    if len(found) != 1:
        audit.record("emergency.several" if found else "emergency.not_found", by, by=by)
    return found


@transaction.atomic
def open_in_emergency(client, *, words: str, by, now) -> EmergencyOpening:
    """It opens the record to ``by``, to read, for an hour."""
    opening = EmergencyOpening.objects.create(
        practice_id=by.practice_id,
        client=client,
        words=words,
        opened_at=now,
        until_at=now + OPENS_FOR,
        created_by=by,
    )
    audit.record("emergency.opened", opening, by=by)
    return opening
