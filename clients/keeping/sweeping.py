"""What lasts for days, not for years."""

from datetime import datetime, timedelta

from clients.models import LegalHold, PortalLink

LINKS_LAST = timedelta(days=90)


def sweep_links(*, now: datetime) -> int:
    """Links that have opened nothing for so long; under a legal hold they stay."""
    held = LegalHold.objects.standing().values("client")
    old = PortalLink.objects.filter(expires_at__lt=now - LINKS_LAST).exclude(client__in=held)
    return old.delete()[0]
