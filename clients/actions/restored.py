"""After the database was put back to an earlier moment."""

from datetime import datetime

from django.db.models import F, Q

from clients.models import Absence, EmergencyOpening, PortalLink
from practice.models import Practice

from .erasing import forget_again


def restored(*, practice: Practice, since: datetime, now: datetime) -> None:
    """Whoever was erased since came back with the backup, and goes first. Links that were live then
    may have been used or replaced since; mails about absences and about records opened in an
    emergency may have been sent, and their pages say the same."""
    forget_again(practice.pk, now=now)
    PortalLink.objects.live().filter(practice=practice).update(replaced_at=now)
    untold = Q(told_at__isnull=True) | Q(ended_at__gt=F("told_at"))
    Absence.objects.filter(untold, practice=practice).update(told_at=now)
    openings = EmergencyOpening.objects.filter(told_at__isnull=True, practice=practice)
    openings.update(told_at=now)
