"""The client marks something for the next session, and takes the mark back."""

from django.db import transaction

from assessments.models import Response
from assessments.models.responses import BROUGHT
from practice import audit


@transaction.atomic
def bring(response: Response, *, by, now) -> None:
    """What was talked about before can be brought once more."""
    others = Response.objects.submitted().exclude(BROUGHT)
    if others.filter(pk=response.pk).update(brought_at=now):
        audit.record("response.brought", response, by=by)


@transaction.atomic
def leave_out(response: Response, *, by) -> None:
    """Take ``bring`` back."""
    if Response.objects.brought().filter(pk=response.pk).update(brought_at=None):
        audit.record("response.left_out", response, by=by)


def mark(response: Response, wanted: bool | None, *, now) -> bool:
    """Whether that changes anything; None: the client said nothing about it."""
    if wanted is None or wanted == response.is_brought:
        return False
    response.brought_at = now if wanted else None
    return True
