"""Where data keys come from: rows wrapped under the master key, remembered by this process."""

import os
import threading
from collections.abc import Iterable
from uuid import UUID

from django.apps import apps
from django.db import connection, transaction

from .encryption import KEY_BYTES, CannotOpen, DataKey, key_id_of, unwrap, wrap
from .ids import uuid7

MOST_AT_ONCE = 5_000
MOST_REMEMBERED = 20_000  # some 15 MB

_by_id: dict[UUID, DataKey] = {}
_by_subject: dict[UUID, DataKey] = {}
_newest: dict[UUID, UUID] = {}  # by practice: up to which key we have asked for all there are
_own = threading.local()  # keys made in a transaction that has not committed yet


def load(practice_id: UUID, subjects: Iterable[UUID]) -> None:
    """Have the keys of many at hand, in one statement, before what is theirs is read one by one.
    A key that is gone is no error here: what it sealed will say so."""
    _make_room()
    missing = [subject for subject in subjects if subject not in _by_subject]
    if missing:
        for row in _rows(practice_id).filter(subject__in=missing):
            _remember(row)


def of_subject(practice_id: UUID, subject: UUID) -> DataKey:
    """The key that seals what belongs to ``subject``; made when there is none yet."""
    return (
        _by_subject.get(subject)
        or _uncommitted(subject)
        or _find(practice_id, subject=subject)
        or _make(practice_id, subject)
    )


def of_sealed(practice_id: UUID, sealed: bytes) -> DataKey:
    """The key that ``sealed`` names in its head. Raises CannotOpen when it is gone."""
    key_id = key_id_of(sealed)
    key = _by_id.get(key_id) or _uncommitted(key_id) or _find(practice_id, id=key_id)
    if key is None:
        raise CannotOpen("The key of this value is gone.")
    return key


def destroy(practice_id: UUID, subject: UUID) -> None:
    """From now on nothing opens that was sealed for ``subject``. Not undone by anything but a
    rollback; other processes may remember the key until they end, and have nothing left to open.
    """
    for row in _rows(practice_id).filter(subject=subject):
        _by_id.pop(row.id, None)
        row.delete()
    _by_subject.pop(subject, None)


def forget() -> None:
    _forget_all()
    _own.__dict__.clear()


def _forget_all() -> None:
    _by_id.clear()
    _by_subject.clear()
    _newest.clear()


def _make_room() -> None:
    """A process that sees every client of a large installation does not keep all their keys. What
    is forgotten comes back with one statement a practice."""
    if len(_by_id) >= MOST_REMEMBERED:
        _forget_all()


def _rows(practice_id: UUID):
    return apps.get_model("practice", "DataKeyRow").objects.filter(practice_id=practice_id)


def _find(practice_id: UUID, **wanted: UUID) -> DataKey | None:
    """The key with this ``id`` or of this ``subject``, and with it all that are new in the
    practice, so that a list of clients whose keys were made elsewhere (by another process, or
    before this one began) does not ask once a row.

    Ids sort by time, and a subject is older than its key. So one that is older than what we have
    asked for is not among the new ones, and is asked for by itself, however many keys there are.
    """
    _make_room()
    [(name, value)] = wanted.items()
    newest = _newest.get(practice_id)
    if newest is None or value > newest:
        fresh = _rows(practice_id).filter(id__gt=newest) if newest else _rows(practice_id)
        found = None
        for row in fresh.order_by("-id")[:MOST_AT_ONCE]:
            key = _remember(row)
            _newest[practice_id] = max(row.id, _newest.get(practice_id, row.id))
            if getattr(row, name) == value:
                found = key
        if found is not None:
            return found
    row = _rows(practice_id).filter(**wanted).first()
    return row and _remember(row)


def _remember(row) -> DataKey:
    key = DataKey(row.id, unwrap(row.wrapped, about=row.id.bytes))
    _by_id[key.id] = _by_subject[row.subject] = key
    return key


class _Made:
    """A key that is not in the database yet. It is remembered by all when its transaction commits;
    if that is rolled back, nothing may ever be sealed with it again."""

    def __init__(self, row):
        self.row = row
        self.key = DataKey(row.id, unwrap(row.wrapped, about=row.id.bytes))

    def __call__(self):
        _remember(self.row)
        _own.__dict__.pop("made", None)

    @property
    def may_commit(self) -> bool:
        return any(entry[1] is self for entry in connection.run_on_commit)


def _uncommitted(subject_or_id: UUID) -> DataKey | None:
    for made in _own.__dict__.get("made", ()):
        if subject_or_id in (made.row.subject, made.row.id) and made.may_commit:
            return made.key
    return None


def _make(practice_id: UUID, subject: UUID) -> DataKey:
    key_id = uuid7()
    row, is_new = apps.get_model("practice", "DataKeyRow").objects.get_or_create(
        subject=subject,
        defaults={
            "id": key_id,
            "practice_id": practice_id,
            "wrapped": wrap(os.urandom(KEY_BYTES), about=key_id.bytes),
        },
    )
    if not is_new:
        return _remember(row)
    made = _Made(row)
    _own.__dict__.setdefault("made", []).append(made)
    transaction.on_commit(made)
    return made.key
