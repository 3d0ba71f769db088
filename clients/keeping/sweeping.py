"""What lasts for days, not for years."""

from datetime import datetime, timedelta

from clients.models import LegalHold, PortalLink
from practice import walls

LINKS_LAST = timedelta(days=90)


def sweep_links(*, now: datetime) -> int:
    """Links that have opened nothing for so long; under a legal hold they stay."""
    old = PortalLink.objects.filter(expires_at__lt=now - LINKS_LAST)
    gone = 0
    for practice_id in walls.practices_with(old):
        with walls.inside(practice_id):
            held = LegalHold.objects.standing().values("client")
            gone += old.exclude(client__in=held).delete()[0]
    return gone
