"""Why somebody opens a record outside their caseload."""

from datetime import timedelta

from django.db import transaction

from clients.models import SupervisionReason
from practice import audit


@transaction.atomic
def give_reason(client, *, why: str, words: str, by, now) -> SupervisionReason:
    """It opens the record to ``by`` until the day of the practice ends."""
    practice = by.practice
    reason = SupervisionReason.objects.create(
        practice=practice,
        client=client,
        why=why,
        words=words,
        given_at=now,
        until_at=practice.midnight(practice.day_of(now) + timedelta(days=1)),
        created_by=by,
    )
    audit.record("supervision.reason_given", reason, by=by, detail={"why": why})
    return reason
