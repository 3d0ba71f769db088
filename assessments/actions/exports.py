"""Taking data out: asked for, made by a worker, taken, and gone after a day (or an hour)."""

from datetime import date, datetime, timedelta
from functools import partial
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from assessments.models import Export
from clients.models import Client
from practice import audit, walls
from practice.encryption import CannotOpen
from practice.models import DataKeyRow

EXPORT_KEPT = timedelta(hours=24)
OWN_KEPT = timedelta(hours=1)  # what a client takes with them: their phone may be in other hands


def kept_for(export: Export) -> timedelta:
    return OWN_KEPT if export.is_own else EXPORT_KEPT


class NotThere(Exception):
    """Nothing can be taken: it is not made, or gone, or holds what its asker may no longer read."""


@transaction.atomic
def ask_for_export(
    client: Client | None,
    *,
    kind: str,
    with_words: bool,
    from_day: date | None = None,
    until_day: date | None = None,
    once: UUID,
    by,
    now: datetime,
) -> Export:
    """Of one client, or of the caseload of ``by``. ``once`` names it: a second click makes none.

    Only what was submitted by ``now`` goes into it. Raises IntegrityError when ``once`` names
    something that somebody else asked for.
    """
    export, is_new = Export.objects.get_or_create(
        pk=once,
        created_by=by,
        defaults={
            "practice_id": by.practice_id,
            "client": client,
            "kind": kind,
            "with_words": with_words,
            "from_day": from_day,
            "until_day": until_day,
            "asked_at": now,
            "file": None,
        },
    )
    if is_new:
        audit.record("export.asked", export, by=by, detail=_what(export))
    return export


def _what(export: Export) -> dict:
    return {
        "kind": export.kind,
        "of": "client" if export.client_id else "caseload",
        "with_words": export.with_words,
        "from": export.from_day and export.from_day.isoformat(),
        "until": export.until_day and export.until_day.isoformat(),
    }


@transaction.atomic
def put_export(
    export: Export, file: bytes, *, clients: list[UUID], responses: int, now: datetime
) -> bool:
    """The file is made. Only for whoever still has the claim: it appears here or not at all."""
    held = _held(export)
    if held is None:
        return False
    held.file, held.clients, held.done_at = file, clients, now
    held.done, held.claim, held.lease_until = held.total, None, None
    held.save(update_fields=["file", "clients", "done_at", "done", "claim", "lease_until"])
    detail = _what(held) | {"responses": responses, "clients": [str(each) for each in clients]}
    audit.record("export.made", held, by=None, detail=detail)
    return True


@transaction.atomic
def refuse_export(export: Export, why: str, *, now: datetime) -> None:
    """Not made, and why."""
    held = _held(export)
    if held is not None:
        held.failed_at, held.why, held.claim, held.lease_until = now, why, None, None
        held.save(update_fields=["failed_at", "why", "claim", "lease_until"])
        audit.record("export.failed", held, by=None, detail=_what(held) | {"why": why})


def _held(export: Export) -> Export | None:
    return (
        Export.objects.to_make()
        .filter(pk=export.pk, claim=export.claim)
        .select_for_update()
        .first()
    )


@transaction.atomic
def take_export(export: Export, *, by, now: datetime) -> bytes:
    """The file, for whoever asked for it, while they may read all that is in it."""
    found = (
        Export.objects.full()
        .filter(pk=export.pk, created_by=by, done_at__gt=now - kept_for(export))
        .select_for_update()
        .first()
    )
    if found is None or not may_read_all(found, by):
        raise NotThere
    try:
        file = found.file
    except CannotOpen as error:
        raise NotThere from error
    detail = _what(found) | {"clients": [str(each) for each in found.clients]}
    audit.record("export.taken", found, by=by, detail=detail)
    if found.client_id is None:  # of many: each of them may ask who took what is theirs
        for client in readable_by(by).filter(pk__among=found.clients).order_by("pk"):
            audit.record("record.taken", client, by=by, detail={"export": str(found.pk)})
    return file


def readable_by(user):
    """The clients whose records ``user`` may read and who were not erased: whose key is there.

    A client may read their own.
    """
    key = DataKeyRow.objects.filter(practice=user.practice_id, subject=OuterRef("pk"))
    found = Client.objects.taken_out_by(user) if user.roles else Client.objects.myself(user)
    return found.filter(Exists(key))


def may_read_all(export: Export, by) -> bool:
    """Somebody may have left the caseload, or was erased, since the file was made."""
    inside = {*export.clients, *([export.client_id] if export.client_id else [])}
    return readable_by(by).filter(pk__among=inside).count() == len(inside)


@transaction.atomic
def delete_export(export: Export, *, by, now: datetime) -> None:
    """Its file goes at once; what is not made yet will not be."""
    if _empty(export, now):
        audit.record("export.deleted", export, by=by)


@transaction.atomic
def delete_exports_of(person, *, by, now: datetime) -> None:
    """All that ``person`` asked for: they have left."""
    theirs = [each for each in Export.objects.mine(person) if _empty(each, now)]
    for export in theirs:
        audit.record("export.deleted", export, by=by)


def empty_exports(*, now: datetime) -> int:
    """Files that have lain here for as long as they are kept."""
    is_old = Q(done_at__lte=now - EXPORT_KEPT) | Q(kind__in=Export.OWN, done_at__lte=now - OWN_KEPT)
    old = Export.objects.full().filter(is_old)
    return walls.in_each(walls.practices_with(old), partial(_empty_those, old, now=now))


@transaction.atomic
def _empty_those(old: QuerySet, practice_id: UUID, *, now: datetime) -> int:
    here = old.filter(practice=practice_id).defer("file")
    emptied = [export for export in here if _empty(export, now)]
    for export in emptied:
        audit.record("export.emptied", export, by=None)
    return len(emptied)


def _empty(export: Export, now: datetime) -> int:
    still = Export.objects.filter(pk=export.pk, failed_at__isnull=True, emptied_at__isnull=True)
    return still.update(file=None, emptied_at=now, claim=None, lease_until=None)
