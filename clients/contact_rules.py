"""Whether a client may be written to at all."""

from .models import Channel, SafetyCheck


def may_mail(*, user) -> bool:
    """Only whom the client's own words, the newest safety check and an open episode allow."""
    client = getattr(user, "client", None)
    if client is None:
        return False
    contact = client.safe_contacts.current().first()
    if contact is None or contact.channel == Channel.NONE:
        return False
    check = client.safety_checks.latest_first().first()
    if check is not None and check.outcome == SafetyCheck.Outcome.HOLD:
        return False
    return client.episodes.filter(closed_at__isnull=True).exists()
