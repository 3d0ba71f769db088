"""A new picture of the practice, asked for by its owner."""

from django.db import transaction

from assessments.models import PracticePicture
from practice import audit


@transaction.atomic
def ask_for_picture(practice, *, by, now) -> PracticePicture:
    """It is made by a worker. Asked twice before it is made, it is made once."""
    picture, _is_new = PracticePicture.objects.select_for_update().get_or_create(
        practice=practice, defaults={"created_by": by}
    )
    if not picture.is_asked_for:
        picture.asked_at = now
        picture.save(update_fields=["asked_at"])
        audit.record("picture.asked", picture, by=by)
    return picture
