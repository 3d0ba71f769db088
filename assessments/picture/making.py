"""A picture is made in a worker, one practice at a time; the database says which are due.

Whoever makes one has it for the time of a lease, so two rings make one picture. It is kept only by
whoever still has it.
"""

import logging
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F

from assessments.models import PracticePicture
from practice import walls

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
    with walls.inside(picture.practice_id):
        _keep(picture, _content(picture.practice_id, now), now)
    return True


def _claim(now: datetime) -> PracticePicture | None:
    PracticePicture.for_all()
    for practice_id in _wanted_by(now):
        with walls.inside(practice_id):
            if picture := _claim_here(now):
                return picture
    return None


def _wanted_by(now: datetime) -> list[UUID]:
    """One that failed keeps the end of its lease and comes last, so that it is not in the way of
    the others."""
    with walls.crossing():
        wanted = PracticePicture.objects.wanted(_last_night(now)).free(now)
        in_order = wanted.order_by(F("lease_until").asc(nulls_first=True), "practice_id")
        return list(in_order.values_list("practice_id", flat=True))


def _content(practice_id: UUID, now: datetime) -> dict:
    return {
        "care": people_in_care(practice_id, now),
        "due": what_was_due(practice_id, now),
        "moved": what_moved(practice_id, now),
        "tools": how_tools_measure(practice_id),
    }


@transaction.atomic
def _claim_here(now: datetime) -> PracticePicture | None:
    """Of the practice we are in; ours until the lease ends."""
    wanted = PracticePicture.objects.wanted(_last_night(now)).free(now)
    picture = wanted.select_for_update(skip_locked=True).first()
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
