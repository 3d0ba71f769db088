"""Claim what was asked for, and make it.

The row is the truth: whoever claims it holds it for as long as their lease, which goes on with
every batch. A worker that is killed says nothing; its lease runs out and another begins again.
"""

import io
import logging
from collections.abc import Callable
from datetime import datetime
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation

from assessments.actions.exports import put_export, readable_by, refuse_export
from assessments.models import Export
from practice import walls
from practice.models import User

from .formats import FORMATS
from .scope import NotMade, Scope
from .work import Lost, Work, lease

log = logging.getLogger(__name__)

MOST_TRIES = 3
MOST_LOOKED_AT = 10  # the first of them is free, but for whoever looks at the same moment


def make_next(*, clock: Callable[[], datetime] = timezone.now) -> bool:
    """The export that waits longest. False when there is no reason to look for another at once:
    none waits, others are at work, or it broke and the next ring tries again."""
    export = _claim(clock())
    if export is None:
        return False
    with walls.inside(export.practice_id):
        return _make_or_say_why(export, clock)


def _claim(now: datetime) -> Export | None:
    for export_id, practice_id in _waiting(now):
        with walls.inside(practice_id):
            if export := _claim_one(export_id, now):
                return export
    return None


def _waiting(now: datetime) -> list[tuple[UUID, UUID]]:
    """With whose they are, the longest first. Few at a time, whoever asks: reminders need workers
    too. (Two that look at the same moment may both begin, which does no harm.)"""
    with walls.crossing():
        if Export.objects.in_hand(now).count() >= settings.EXPORTS_AT_ONCE:
            return []
        free = Export.objects.free(now).order_by("asked_at")
        return list(free.values_list("pk", "practice_id")[:MOST_LOOKED_AT])


def _make_or_say_why(export: Export, clock: Callable[[], datetime]) -> bool:
    try:
        _make(export, clock)
    except Lost:
        log.info("export %s was given up or taken over", export.pk)
    except NotMade as reason:
        refuse_export(export, reason.why, now=clock())
    except Exception:
        log.exception("export %s could not be made", export.pk)
        _let_go(export, clock())
        return False
    return True


@transaction.atomic
def _claim_one(export_id: UUID, now: datetime) -> Export | None:
    export = (
        Export.objects.free(now)
        .filter(pk=export_id)
        .defer("file")
        .select_related("created_by", "client", "practice")
        .select_for_update(skip_locked=True, of=("self",))
        .first()
    )
    if export is not None:
        export.claim, export.lease_until = uuid4(), lease(now)
        export.begun, export.done = export.begun + 1, 0
        export.save(update_fields=["claim", "lease_until", "begun", "done"])
    return export


def _make(export: Export, clock) -> None:
    if export.begun > MOST_TRIES:  # it has killed its workers
        raise NotMade(Export.Why.BROKE)
    scope, out = Scope.of(export), io.BytesIO()
    work = Work(export, scope, out, clock)
    with translation.override(export.created_by.language):
        FORMATS[export.kind].write(work, out)
    _finish(work, out.getvalue())


@transaction.atomic
def _finish(work: Work, file: bytes) -> None:
    """In one transaction with a last look whether all that is in it may still be read. They are
    held meanwhile: an erasure comes before it, or finds the file and empties it."""
    export, inside = work.export, work.scope.inside
    readable = readable_by(User.objects.get(pk=export.created_by_id)).filter(pk__among=inside)
    held = readable.select_for_update(of=("self",), no_key=True).order_by("pk")
    if len(held.values_list("pk")) < len(inside):
        raise NotMade(Export.Why.LEFT if export.client_id else Export.Why.SOME_LEFT)
    put_export(export, file, clients=inside, responses=work.scope.count, now=work.clock())


def _let_go(export: Export, now: datetime) -> None:
    """Something broke that may be whole again in a minute; the third time it is said."""
    if export.begun >= MOST_TRIES:
        refuse_export(export, Export.Why.BROKE, now=now)
    else:
        Export.objects.to_make().filter(pk=export.pk, claim=export.claim).update(
            claim=None, lease_until=None
        )
