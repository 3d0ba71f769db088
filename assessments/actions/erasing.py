"""What of somebody who was erased stands in rows that are not theirs alone."""

from assessments.models import Export, PracticePicture


def client_erased(*, client, now) -> None:
    """Files of a whole caseload with them inside are emptied, and the picture of the practice is
    made anew without them."""
    inside = Export.objects.filter(clients__contains=[client.pk], emptied_at__isnull=True)
    inside.filter(failed_at__isnull=True).update(
        file=None, emptied_at=now, claim=None, lease_until=None
    )
    PracticePicture.objects.filter(practice=client.practice_id).update(asked_at=now)
