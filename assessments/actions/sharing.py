"""What the care team shows a client of their own course. Nobody is sent a message for it."""

from django.db import transaction

from assessments.models import SharedProgress
from practice import audit


@transaction.atomic
def share_progress(client, activity, *, by, now) -> SharedProgress:
    """A second click, or a colleague at the same moment, changes nothing."""
    shared, is_new = SharedProgress.objects.get_or_create(
        client=client,
        activity=activity,
        taken_back_at=None,
        defaults={"practice_id": client.practice_id, "shared_at": now, "created_by": by},
    )
    if is_new:
        audit.record("progress.shared", shared, by=by)
    return shared


@transaction.atomic
def take_back_progress(client, activity, *, by, now) -> None:
    """Take ``share_progress`` back: the portal shows it no longer."""
    standing = SharedProgress.objects.standing().select_for_update()
    shared = standing.filter(client=client, activity=activity).first()
    if shared is not None:
        shared.taken_back_at = now
        shared.save(update_fields=["taken_back_at"])
        audit.record("progress.taken_back", shared, by=by)
