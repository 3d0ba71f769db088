"""The care team reads what was sent."""

from django.db import transaction

from assessments.models import Response
from practice import audit


class TakenBack(Exception):
    """Its client has taken it back meanwhile: nobody reads it."""


@transaction.atomic
def mark_read(response, *, by, now) -> None:
    """The first reading by the care team is a fact; later ones are in the audit trail. Raises
    TakenBack when the client was quicker."""
    if Response.objects.unread().filter(pk=response.pk).update(read_at=now, read_by=by):
        response.read_at, response.read_by = now, by
    elif not Response.objects.submitted().filter(pk=response.pk).exists():
        raise TakenBack
    audit.record("response.read", response, by=by)
