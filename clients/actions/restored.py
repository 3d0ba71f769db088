"""After the database was put back to an earlier moment."""

from datetime import datetime

from django.db.models import F, Q

from clients.models import Absence, PortalLink
from practice.models import Practice


def restored(*, practice: Practice, since: datetime, now: datetime) -> None:
    """Links that were live then may have been used or replaced since; mails about absences may
    have been sent, and their page says the same."""
    PortalLink.objects.live().filter(practice=practice).update(replaced_at=now)
    untold = Q(told_at__isnull=True) | Q(ended_at__gt=F("told_at"))
    Absence.objects.filter(untold, practice=practice).update(told_at=now)
