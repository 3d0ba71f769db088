"""After a restore: what happened since the backup is not known here, and nothing is sent twice.

Whatever was to go out between the moment of the backup and now may have gone. It counts as
*unknown*: shown, not repeated by itself, and for a clinician to decide (docs/decisions/002).
Letters that somebody asked for, sign-ins and links of that time are over.
"""

from datetime import datetime

from django.db import transaction

from practice import audit, heartbeat, hooks, turning
from practice.models import Heartbeat, Knock, Practice, SignIn, StaffInvitation


@transaction.atomic
def settle(*, since: datetime, now: datetime) -> None:
    SignIn.objects.all().delete()  # a session without its row is over
    Knock.objects.all().delete()
    StaffInvitation.objects.open().filter(expires_at__gt=now).update(expires_at=now)
    turning.look_again(now=now)
    for practice in Practice.objects.order_by("pk"):
        hooks.call("restored", practice=practice, since=since, now=now)
        audit.record("practice.restored", practice, by=None, detail={"since": since.isoformat()})
    Heartbeat.objects.all().delete()
    heartbeat.await_it(heartbeat.SWEEP, now=now)
