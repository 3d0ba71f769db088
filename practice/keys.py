"""Where data keys come from: rows wrapped under the master key, remembered by this process."""

import os
import threading
from datetime import datetime
from uuid import UUID

from django.apps import apps
from django.db import connection, transaction

from .encryption import KEY_BYTES, CannotOpen, DataKey, key_id_of, unwrap, wrap
from .ids import uuid7

MOST_AT_ONCE = 5_000

_by_id: dict[UUID, DataKey] = {}
_by_subject: dict[UUID, DataKey] = {}
_newest: dict[UUID, datetime] = {}  # by practice: when the newest key that we know was made
_own = threading.local()  # keys made in a transaction that has not committed yet


def of_subject(practice_id: UUID, subject: UUID) -> DataKey:
    """The key that seals what belongs to ``subject``; made when there is none yet."""
    if subject not in _by_subject:
        made = _uncommitted(subject)
        if made is not None:
            return made
        _load(practice_id, subject=subject)
    return _by_subject.get(subject) or _make(practice_id, subject)


def of_sealed(practice_id: UUID, sealed: bytes) -> DataKey:
    """The key that ``sealed`` names in its head. Raises CannotOpen when it is gone."""
    key_id = key_id_of(sealed)
    if key_id not in _by_id:
        made = _uncommitted(key_id)
        if made is not None:
            return made
        _load(practice_id, id=key_id)
    try:
        return _by_id[key_id]
    except KeyError:
        raise CannotOpen("The key of this value is gone.") from None


def forget() -> None:
    _by_id.clear()
    _by_subject.clear()
    _newest.clear()
    _own.__dict__.clear()


def _load(practice_id: UUID, **wanted: UUID) -> None:
    """One statement for all that is new in a practice, so that a list of clients whose keys were
    made elsewhere (by another process, or before this one began) does not ask once a row."""
    rows = apps.get_model("practice", "DataKeyRow").objects.filter(practice_id=practice_id)
    since = _newest.get(practice_id)
    fresh = rows.filter(created_at__gt=since) if since else rows
    for row in fresh.order_by("-created_at")[:MOST_AT_ONCE]:
        _remember(row)
    if wanted.get("id") in _by_id or wanted.get("subject") in _by_subject:
        return
    for row in rows.filter(**wanted):
        _remember(row)


def _remember(row) -> DataKey:
    key = DataKey(row.id, unwrap(row.wrapped, about=row.id.bytes))
    _newest[row.practice_id] = max(row.created_at, _newest.get(row.practice_id, row.created_at))
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
