"""Whether a client may be written to at all, and by which means this installation can."""

from django.conf import settings
from django.utils import timezone

from .models import Channel, SafetyCheck


def may_mail(*, user) -> bool:
    """Only whom the client's own words, the newest safety check and an open episode allow, or the
    days after it in which the portal is open."""
    client = getattr(user, "client", None)
    if client is None:
        return False
    contact = client.safe_contacts.current().first()
    if contact is None or Channel.EMAIL not in contact.channels:
        return False
    if client.channel_stops.standing().filter(channel=Channel.EMAIL).exists():
        return False
    check = client.safety_checks.latest_first().first()
    if check is not None and check.outcome == SafetyCheck.Outcome.HOLD:
        return False
    if client.portal_closes_at is not None:  # care has ended: they may come in for some days more
        return client.portal_closes_at > timezone.now()
    return client.episodes.filter(closed_at__isnull=True).exists()


def can_text() -> bool:
    """Text messages cost something and need a provider: not every practice has one."""
    return bool(settings.SMS_URL or settings.SMS_DIR)
