"""The one way to write the audit trail."""

from contextvars import ContextVar

from django.db.models import Subquery, Value
from django.db.models.functions import Greatest
from django.utils import timezone

from .database.prepared import insert
from .models import AuditEvent

# Set by the middleware for the time of a request, so that verbs need not pass it along.
address: ContextVar[str | None] = ContextVar("address", default=None)


def record(action: str, about, *, by, detail: dict | None = None) -> AuditEvent:
    """Write that ``by`` (a user, or None for the system) did ``action`` to ``about`` just now.

    The last thing a verb does: from here to the end of the transaction nobody else in the practice
    writes, so whoever asked for another row's lock after it could wait for each other for ever.

    ``about`` is a row of a practice; ``detail`` holds ids and plain facts, never what a person
    wrote or answered. From where is noted of staff alone, also when it is not sure that it was
    them: of a client it would say where they live or hide.
    """
    who = by or about
    client_id = (
        about.pk if about._meta.label == "clients.Client" else getattr(about, "client_id", None)
    )
    event = AuditEvent(
        practice_id=about.practice_id,
        at=timezone.now(),
        actor=by,
        action=action,
        record_type=about._meta.label_lower,
        record_id=about.pk,
        client_id=client_id,
        address=address.get() if getattr(who, "roles", None) else None,
        detail=detail or {},
    )
    insert(event)
    return event


def looked(action: str, about, *, by) -> None:
    """Write that ``by`` looked at a page, of a client or of the practice: once a day of the
    practice for each kind and row, and once more after each opening in an emergency.

    Whoever goes back and forth between the pages of one client has looked at them that day; a row
    for each click would bury the reading in clicks.
    """
    today = by.practice.midnight(by.practice.day_of(timezone.now()))
    of_client = AuditEvent.objects.filter(client_id=getattr(about, "client_id", None), actor=by)
    opened = of_client.filter(action="emergency.opened").order_by("-at").values("at")[:1]
    since = Greatest(Value(today), Subquery(opened))
    if not of_client.filter(action=action, record_id=about.pk, at__gte=since).exists():
        record(action, about, by=by)
