"""The upper two floors: master keys over practices' keys, and these over those of their clients.

Each row is replaced by its bytes as they were read, so whoever else writes it wins.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.db.models import Count, F, QuerySet

from practice import keys, second_factors, walls
from practice.encryption import Box, CannotOpen, DataKey, master_names, master_of
from practice.models import DataKeyRow, KeyWork, Knock, Practice
from practice.wrapping import (
    MARKS,
    as_before,
    in_box,
    is_as_before,
    key_in,
    master_over,
    under_master,
)

AT_ONCE = 200
# What allauth keeps of each kind of second factor, sealed by our adapter.
SECRETS = {
    Authenticator.Type.TOTP: ("secret",),
    Authenticator.Type.RECOVERY_CODES: ("seed", "migrated_codes"),
}


class NotYet(Exception):
    """A version that knows nothing of this may still serve."""


def may_nest(now: datetime) -> bool:
    """A day after the version that can: an older one beside it could not read them any more."""
    return KeyWork.objects.filter(name=KeyWork.Name.NEST, due_at__lte=now).exists()


def to_nest() -> QuerySet[DataKeyRow]:
    """Keys of clients that lie under a master key themselves."""
    return DataKeyRow.objects.filter(wrapped_by=None).exclude(subject=F("practice"))


def nest(practice_id: UUID) -> int:
    """Put some of the clients' keys into the box of their practice's key."""
    keys.of_subject(practice_id, practice_id)  # made, if there is none yet
    with transaction.atomic():
        above = lock_key_of_practice(practice_id)
        key = key_in(above)
        if is_as_before(above):
            _replace(above, wrapped=under_master(above, key.secret))
        found = to_nest().filter(practice_id=practice_id)[:AT_ONCE]
        moved = _into_box(found, above, key.box(), key_in)
    if moved:
        keys.forget()
    return moved


def change_boxes(practice_id: UUID) -> int:
    """Out of the box of a practice's retired key, into that of its present one."""
    with transaction.atomic():
        above = lock_key_of_practice(practice_id)
        found = (
            DataKeyRow.objects.filter(practice_id=practice_id, wrapped_by__retired_at__isnull=False)
            .select_related("wrapped_by")
            .order_by("pk")[:AT_ONCE]
        )
        box = key_in(above).box()
        return _into_box(found, above, box, lambda row: key_in(row, key_in(row.wrapped_by).box()))


def _into_box(
    rows: QuerySet[DataKeyRow],
    above: DataKeyRow,
    box: Box,
    open_row: Callable[[DataKeyRow], DataKey],
) -> int:
    """How many were put there. One that does not open stays as it is."""
    done = 0
    for row in rows:
        with suppress(CannotOpen):
            done += _replace(row, wrapped=in_box(row, open_row(row).secret, box), wrapped_by=above)
    return done


def in_boxes(practice_id: UUID) -> Counter[UUID]:
    """How many keys of clients lie in the box of each key of the practice."""
    within = DataKeyRow.objects.filter(practice_id=practice_id, wrapped_by__isnull=False)
    return Counter(dict(within.values_list("wrapped_by").annotate(Count("pk"))))


def lock_key_of_practice(practice_id: UUID) -> DataKeyRow:
    """One at a time in a practice: a key is neither turned nor filled by two."""
    row = DataKeyRow.objects.filter(practice_id=practice_id, subject=practice_id, retired_at=None)
    held = row.select_for_update(no_key=True)
    return held.first() or held.get()  # whoever waited for one to be turned asks for the new one


def _replace(row: DataKeyRow, **columns) -> int:
    """How many were: none, when the row is no longer as it was read."""
    return DataKeyRow.objects.filter(pk=row.pk, wrapped=bytes(row.wrapped)).update(**columns)


# -- another master key ----------------------------------------------------------------------------


def ask_for_first_master(*, now: datetime) -> KeyWork:
    """From now on workers move what lies under older ones."""
    asked = {"due_at": now, "master": master_names()[0], "done": 0, "ended_at": None}
    work, _is_new = KeyWork.objects.update_or_create(name=KeyWork.Name.MASTER, defaults=asked)
    return work


def asked_for(now: datetime) -> KeyWork | None:
    """What is to be done, unless this process was started with other keys than it was asked with:
    it would undo what others do."""
    work = KeyWork.objects.filter(name=KeyWork.Name.MASTER, due_at__lte=now, ended_at=None).first()
    return work if work and work.master == master_names()[0] else None


def under_masters() -> dict[str, Counter]:
    """What lies under each master key itself, by its id: how many of each kind."""
    found: dict[str, Counter] = {name: Counter() for name in master_names()}

    def count(kind: str, name: str) -> None:
        found.setdefault(name, Counter())[kind] += 1

    for practice in Practice.objects.everywhere():
        with walls.inside(practice.pk):
            rows = DataKeyRow.objects.filter(practice=practice, wrapped_by=None)
            for row in rows.iterator():
                count("keys", master_over(row) or "")
    for factor in Authenticator.objects.filter(type__in=SECRETS).iterator():
        for name in {second_factors.master_over(each) for each in _secrets_of(factor)}:
            count("second factors", name)
    for sealed in Knock.objects.exclude(sealed=b"").values_list("sealed", flat=True):
        count("open letters", master_of(bytes(sealed)))
    return found


def rewrap_keys(practice_id: UUID) -> int:
    first, done = master_names()[0], 0
    for row in DataKeyRow.objects.filter(practice_id=practice_id, wrapped_by=None).iterator():
        if master_over(row) == first:
            continue
        with suppress(CannotOpen):  # `keys status` says under which master it stays
            key = key_in(row)
            anew = as_before if is_as_before(row) else under_master
            marks = key.marks and under_master(row, key.marks, MARKS)
            done += _replace(row, wrapped=anew(row, key.secret), marks=marks)
    return done


def rewrap_second_factors() -> int:
    first, done = master_names()[0], 0
    for row in Authenticator.objects.filter(type__in=SECRETS).iterator():
        if all(second_factors.master_over(each) == first for each in _secrets_of(row)):
            continue
        with suppress(CannotOpen):  # as above
            data = row.data | {
                name: _rewrapped(row.data[name]) for name in SECRETS[row.type] if row.data.get(name)
            }
            done += Authenticator.objects.filter(pk=row.pk, data=row.data).update(data=data)
    return done


def _secrets_of(row: Authenticator) -> Iterator[str]:
    for name in SECRETS[row.type]:
        kept = row.data.get(name) or []
        yield from [kept] if isinstance(kept, str) else kept


def _rewrapped(kept):
    if isinstance(kept, list):
        return [_rewrapped(each) for each in kept]
    return second_factors.seal(second_factors.unseal(kept))


def rewrap_letters() -> int:
    """What somebody asked for and a worker has not answered yet."""
    first, done = master_names()[0], 0
    for row in Knock.objects.exclude(sealed=b"").iterator():
        if master_of(bytes(row.sealed)) == first:
            continue
        was = bytes(row.sealed)
        try:
            row.seal(row.asked)
        except CannotOpen:  # whatever it was, nobody can answer it
            continue
        done += Knock.objects.filter(pk=row.pk, sealed=was).update(sealed=row.sealed)
    return done
