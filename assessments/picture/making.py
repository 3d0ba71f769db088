"""A picture is made in a worker, one practice at a time; the database says which are due.

Whoever makes one has it for the time of a lease, so two rings make one picture. It is kept only by
whoever still has it.
"""

import logging
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F

from assessments.models import PracticePicture

from .care import people_in_care, what_was_due
from .moved import what_moved
from .tools import how_tools_measure

log = logging.getLogger(__name__)

NIGHT = 2  # o'clock, UTC


def make_next(*, now: datetime) -> bool:
    """Make a picture that is due; whether there was one."""
    picture = _claim(now)
    if picture is None:
        return False
    content = {
        "care": people_in_care(picture.practice_id, now),
        "due": what_was_due(picture.practice_id, now),
        "moved": what_moved(picture.practice_id, now),
        "tools": how_tools_measure(picture.practice_id),
    }
    _keep(picture, content, now)
    return True


@transaction.atomic
def _claim(now: datetime) -> PracticePicture | None:
    """Ours until the lease ends. One that failed keeps the end of its lease and comes last, so that
    it is not in the way of the others."""
    PracticePicture.for_all()
    picture = (
        PracticePicture.objects.wanted(_last_night(now))
        .free(now)
        .select_for_update(skip_locked=True)
        .order_by(F("lease_until").asc(nulls_first=True), "practice_id")
        .first()
    )
    if picture is not None:
        picture.lease_until = now + timedelta(seconds=settings.PICTURE_LEASE_SECONDS)
        picture.save(update_fields=["lease_until"])
    return picture


@transaction.atomic
def _keep(picture: PracticePicture, content: dict, now: datetime) -> None:
    ours = (
        PracticePicture.objects.select_for_update()
        .filter(pk=picture.pk, lease_until=picture.lease_until)
        .first()
    )
    if ours is None:
        log.warning("a picture took longer than its lease")
        return
    ours.content, ours.made_at, ours.lease_until = content, now, None
    ours.save(update_fields=["content", "made_at", "lease_until"])


def _last_night(now: datetime) -> datetime:
    night = now.astimezone(UTC).replace(hour=NIGHT, minute=0, second=0, microsecond=0)
    return night if night <= now else night - timedelta(days=1)
