"""A new key for a client or a practice, under values that others read and write meanwhile.

The new key seals from the commit on. A process may seal with the old one for as long as it
remembers keys (``keys.REMEMBERED``), and somebody may keep what they loaded for as long as a task
may take. So values are looked for until for an hour none was found that names the old key. Then it
is empty, and stays for as long as a backup may hold what it sealed.
"""

import os
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import BinaryField, Count, F, Func, Model, QuerySet, Value

from practice import audit, keys
from practice.encryption import KEY_BYTES, VERSION, CannotOpen, key_id_of
from practice.fields import Sealed, SealedBytesField, SealedField, sealed_columns
from practice.ids import uuid7
from practice.models import DataKeyRow
from practice.wrapping import MARKS, in_box, key_in, under_master

from .masters import NotYet, in_boxes, lock_key_of_practice, may_nest

QUIET = timedelta(hours=1)
AT_ONCE, FILES_AT_ONCE = 100, 1
HEAD = len(VERSION) + 16


@transaction.atomic
def turn(practice_id: UUID, subject: UUID, *, by, now: datetime) -> DataKeyRow:
    """Another key seals what belongs to ``subject`` from now on; workers move what there is."""
    if not may_nest(now):
        raise NotYet
    keys.of_subject(practice_id, practice_id)  # made, if there is none yet
    # The practice's first, always: two who turn keys never wait for each other.
    above = lock_key_of_practice(practice_id)
    rows = DataKeyRow.objects.filter(practice_id=practice_id, retired_at=None).select_for_update()
    old = above if subject == practice_id else rows.get(subject=subject)
    DataKeyRow.objects.filter(pk=old.pk).update(retired_at=now, named_at=now)
    new = DataKeyRow(id=uuid7(), practice_id=practice_id, subject=subject)
    secret = os.urandom(KEY_BYTES)
    if old == above:
        key = key_in(old)
        new.wrapped = under_master(new, secret)
        new.marks = under_master(new, key.marks or key.secret, MARKS)
    else:
        new.wrapped, new.wrapped_by = in_box(new, secret, key_in(above).box()), above
    new.save(force_insert=True)
    transaction.on_commit(keys.forget)
    audit.record("key.turned", new, by=by)
    return new


def retired() -> QuerySet[DataKeyRow]:
    return DataKeyRow.objects.filter(retired_at__isnull=False)


def in_use() -> QuerySet[DataKeyRow]:
    """Retired, and something may still name it."""
    return retired().filter(emptied_at=None)


def old(now: datetime) -> QuerySet[DataKeyRow]:
    """No backup that is kept can hold anything of theirs."""
    return retired().filter(emptied_at__lte=now - settings.KEYS_OUTLIVE_BACKUPS)


def naming(model: type[Model], field: SealedField, ids: list[UUID]) -> QuerySet:
    """Rows whose value in this column one of these keys has sealed."""
    head = Func(F(field.name), Value(1), Value(HEAD), function="substr", output_field=BinaryField())
    return model._base_manager.alias(head=head).filter(
        head__in=[VERSION + each.bytes for each in ids]
    )


def left_by_key(practice_id: UUID, rows: Iterable[DataKeyRow]) -> Counter[UUID]:
    """How many values of the practice each of these keys has sealed. One statement a column,
    however many keys there are."""
    by_head, left = {VERSION + row.pk.bytes: row.pk for row in rows}, Counter[UUID]()
    for model, field in sealed_columns() if by_head else ():
        named = naming(model, field, [*by_head.values()]).filter(practice_id=practice_id).order_by()
        heads = named.annotate(head=F("head")).values_list("head").annotate(Count("pk"))
        for head, count in heads:
            left[by_head[bytes(head)]] += count
    return left


def move(practice_id: UUID, column: tuple[type[Model], SealedField], *, now: datetime, more) -> int:
    """Seal anew what retired keys of the practice have sealed in one column: how many. ``more``
    says whether there is time for another batch."""
    model, field = column
    size = FILES_AT_ONCE if isinstance(field, SealedBytesField) else AT_ONCE
    ids = list(in_use().filter(practice_id=practice_id).values_list("pk", flat=True))
    rows = naming(model, field, ids).filter(practice_id=practice_id).order_by("pk")
    rows, last, moved = rows.values_list("pk", field.name), None, 0
    while ids and more():
        found = list((rows.filter(pk__gt=last) if last else rows)[:size])
        if not found:
            break
        last = found[-1][0]
        moved += _move(practice_id, model, field, found, now)
    return moved


@transaction.atomic
def _move(practice_id: UUID, model, field, found: list[tuple[UUID, Sealed]], now: datetime) -> int:
    """Their keys are held meanwhile: nobody is erased while their values are sealed anew."""
    named = {key_id_of(sealed) for _pk, sealed in found}
    subjects = DataKeyRow.objects.filter(pk__in=named).values_list("subject", flat=True)
    above = _held(practice_id, subject=practice_id)  # one batch at a time in a practice
    rows = {row.id: row for row in above + _held(practice_id, subject__in=list(subjects))}
    ring = keys.Ring(until=0)
    ring.take(rows.values())
    with connection.cursor() as cursor:  # what never changes may be sealed anew (migration 0009)
        cursor.execute("SELECT set_config('trellis.resealing', %s, true)", [field.column])
    moved: Counter[UUID] = Counter()
    for pk, sealed in found:
        row = rows.get(key_id_of(sealed))
        old, new = row and ring.by_id.get(row.id), row and ring.by_subject.get(row.subject)
        if old is None or new is None or old == new:
            continue  # erased, or not replaced after all
        about = field.about(model(pk=pk))
        try:
            anew = new.seal(old.open(sealed, about=about), about=about)
        except CannotOpen:  # it was tampered with: it keeps its key, and `keys status` counts it
            continue
        moved[row.id] += _swap(model, field, pk, sealed, anew)
    for key_id in named:
        row = DataKeyRow.objects.filter(pk=key_id, retired_at__isnull=False)
        row.update(moved=F("moved") + moved[key_id], named_at=now)
    return moved.total()


def _held(practice_id: UUID, **which) -> list[DataKeyRow]:
    rows = DataKeyRow.objects.filter(practice_id=practice_id, **which).order_by("pk")
    return list(rows.select_for_update(no_key=True))


def _swap(model, field, pk: UUID, was: bytes, becomes: bytes) -> int:
    """Only if it is still what was read: what somebody wrote meanwhile stays."""
    now_there = Func(F(field.name), Value(1), function="substr", output_field=BinaryField())
    row = model._base_manager.alias(now_there=now_there).filter(pk=pk, now_there=bytes(was))
    return row.update(**{field.name: Sealed(becomes)})


def note_empty(practice_id: UUID, *, now: datetime, more) -> int:
    """Retired keys that nothing has named for an hour, nor names now: how many."""
    quiet = in_use().filter(practice_id=practice_id, named_at__lte=now - QUIET)
    return sum(
        quiet.filter(pk=row.pk, named_at=row.named_at).update(emptied_at=now)
        for row, left in _with_left(practice_id, quiet, more)
        if not left
    )


def look_again(*, now: datetime) -> None:
    """A restore has brought back what was sealed with keys that were empty."""
    retired().update(named_at=now, emptied_at=None)


def destroy(practice_id: UUID, rows: QuerySet[DataKeyRow], *, more) -> int:
    """Of retired keys those that are empty indeed: how many."""
    empty = rows.filter(practice_id=practice_id, emptied_at__isnull=False)
    found = _with_left(practice_id, empty, more)
    return sum(_destroy(row, is_empty=not left) for row, left in found)


def _with_left(
    practice_id: UUID, rows: Iterable[DataKeyRow], more
) -> Iterator[tuple[DataKeyRow, int]]:
    """Each with how many values and keys still name it, while ``more`` says that there is time."""
    rows = list(rows)
    while rows and more():  # few at once, so that what was looked up is still so
        some, rows = rows[:AT_ONCE], rows[AT_ONCE:]
        left = left_by_key(practice_id, some) + in_boxes(practice_id)
        yield from ((row, left[row.pk]) for row in some)


@transaction.atomic
def _destroy(row: DataKeyRow, *, is_empty: bool) -> bool:
    held = DataKeyRow.objects.filter(pk=row.pk, emptied_at=row.emptied_at)
    if held.select_for_update().first() is None:
        return False
    if not is_empty:
        held.update(emptied_at=None)
        return False
    held.delete()
    transaction.on_commit(keys.forget)
    audit.record("key.destroyed", row, by=None)
    return True
