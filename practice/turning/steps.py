"""One step of a worker: as much as fits into its time, wherever there is something to do."""

import logging
import time
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.db.models import F
from django.utils import timezone

from practice import walls
from practice.encryption import CannotOpen, master_names
from practice.fields import sealed_columns
from practice.models import KeyWork, Practice

from . import masters, values
from .masters import to_nest

log = logging.getLogger(__name__)
SECONDS = 30.0  # within the time limit of a task


def step(clock: Callable[[], datetime] = timezone.now, seconds: float = SECONDS) -> bool:
    """Any number of these may run at once. Whether there is more that can be done now."""
    until = time.monotonic() + seconds

    def more() -> bool:
        return time.monotonic() < until

    now, done = clock(), 0
    nests, asked = masters.may_nest(now), masters.asked_for(now)
    for practice in Practice.objects.everywhere():
        with walls.inside(practice.pk):
            if asked or _has_work(now, nests=nests):
                try:
                    done += _work_in(practice.pk, clock, more, nests=nests, asked=asked)
                except CannotOpen as error:  # its own key: the others are not held up
                    log.error("keys: those of practice %s do not open: %s", practice.pk, error)
        if not more():
            return done > 0
    if asked:
        _note(asked, masters.rewrap_second_factors() + masters.rewrap_letters())
        left = masters.under_masters()  # under what is not in FIELD_KEYS nobody can move anything
        if not any(left[name] for name in master_names() if name != asked.master):
            KeyWork.objects.filter(pk=asked.pk, due_at=asked.due_at).update(ended_at=clock())
    return False


def _has_work(now: datetime, *, nests: bool) -> bool:
    """In the practice we are in: keys are seen from nowhere else."""
    turned = values.in_use() | values.old(now)
    return turned.exists() or (nests and to_nest().exists())


def _work_in(practice_id: UUID, clock, more, *, nests: bool, asked: KeyWork | None) -> int:
    """All of it is this practice's."""
    done = 0
    if asked:
        done += _note(asked, masters.rewrap_keys(practice_id))
    while nests and more() and (count := masters.nest(practice_id)):
        done += count
        _note(KeyWork(name=KeyWork.Name.NEST), count)
    done += values.destroy(practice_id, values.old(clock()), more=more)
    if not values.in_use().filter(practice_id=practice_id).exists():
        return done
    while more() and (count := masters.change_boxes(practice_id)):
        done += count
    for column in sealed_columns():
        if more():
            done += values.move(practice_id, column, now=clock(), more=more)
    values.note_empty(practice_id, now=clock(), more=more)
    return done


def _note(work: KeyWork, count: int) -> int:
    if count:
        KeyWork.objects.filter(pk=work.pk).update(done=F("done") + count)
    return count
