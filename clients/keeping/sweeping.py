"""What lasts for days, not for years."""

from datetime import datetime, timedelta

from clients.models import LegalHold, PortalLink

LINKS_LAST = timedelta(days=90)


def sweep_links(practice_id, *, now: datetime) -> int:
    """Links that have opened nothing for so long; under a legal hold they stay."""
    held = LegalHold.objects.standing().values("client")
    old = PortalLink.objects.filter(practice=practice_id, expires_at__lt=now - LINKS_LAST)
    return old.exclude(client__in=held).delete()[0]
