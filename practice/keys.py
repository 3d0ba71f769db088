"""Where data keys come from: wrapped rows, opened and remembered by this process for a while."""

import os
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from django.apps import apps
from django.db import connection, transaction
from django.db.models import Q

from .encryption import KEY_BYTES, Box, CannotOpen, DataKey, key_id_of
from .ids import uuid7
from .wrapping import as_before, in_box, key_in

MOST_AT_ONCE = 5_000
MOST_REMEMBERED = 20_000  # some 15 MB
# A key that another process destroyed or retired is served by this one for no longer, in seconds.
# Then the keys of the practice are asked for anew: one statement a minute, whatever is read.
REMEMBERED = 60.0


@dataclass
class Ring:
    """The keys of one practice, as they were at one time. Monotonic: a clock may jump."""

    until: float
    by_id: dict[UUID, DataKey] = field(default_factory=dict)
    by_subject: dict[UUID, DataKey] = field(default_factory=dict)
    boxes: dict[UUID, Box] = field(default_factory=dict)
    closed: dict[UUID, str] = field(default_factory=dict)  # keys that do not open, and why
    asked: set[UUID] = field(default_factory=set)  # of these there was none to remember
    newest: UUID | None = None  # up to which key we have asked for all there are
    nests: bool = False  # clients' keys lie in the practice's box here

    def held(self, name: str) -> dict[UUID, DataKey]:
        return self.by_id if name == "id" else self.by_subject

    def take(self, rows: Iterable) -> None:
        """Open and keep them; whatever holds others comes first. One that does not open is no
        reason for the others of the practice not to."""
        for row in sorted(rows, key=lambda row: row.wrapped_by_id is not None):
            try:
                key = key_in(row, self._box(row.wrapped_by_id))
            except CannotOpen as error:
                self.closed[row.id] = str(error)
                continue
            self.by_id[key.id] = key
            if row.retired_at is None:
                self.by_subject[row.subject] = key
            self.nests = self.nests or row.wrapped_by_id is not None

    def _box(self, key_id: UUID | None) -> Box | None:
        if key_id not in self.boxes and key_id in self.by_id:
            self.boxes[key_id] = self.by_id[key_id].box()
        return self.boxes.get(key_id)


_rings: dict[UUID, Ring] = {}
_own = threading.local()  # keys made in a transaction that has not committed yet


def load(practice_id: UUID, subjects: Iterable[UUID]) -> None:
    """Have the keys of many at hand, in one statement, before what is theirs is read one by one.
    A key that is gone is no error here: what it sealed will say so."""
    ring = _ring(practice_id)
    missing = [each for each in subjects if each not in ring.by_subject and each not in ring.asked]
    if missing:
        _fetch(ring, practice_id, Q(subject__in=missing)).asked.update(missing)


def of_subject(practice_id: UUID, subject: UUID) -> DataKey:
    """The key that seals what belongs to ``subject``; made when there is none yet."""
    return (
        _ring(practice_id).by_subject.get(subject)
        or _uncommitted(subject)
        or _find(practice_id, subject=subject)
        or _make(practice_id, subject)
    )


def of_sealed(practice_id: UUID, sealed: bytes) -> DataKey:
    """The key that ``sealed`` names in its head. Raises CannotOpen when it is gone."""
    key_id = key_id_of(sealed)
    key = (
        _ring(practice_id).by_id.get(key_id)
        or _uncommitted(key_id)
        or _find(practice_id, id=key_id)
    )
    if key is None:
        raise CannotOpen(_ring(practice_id).closed.get(key_id, "The key of this value is gone."))
    return key


def destroy(practice_id: UUID, subject: UUID) -> int:
    """All keys of ``subject``, also those that are being replaced. What they sealed is unreadable
    from the commit on; in other processes a minute later. How many there were."""
    gone, _by_model = _rows(practice_id).filter(subject=subject).delete()
    _rings.pop(practice_id, None)
    # Once more: another thread may have fetched it before the commit.
    transaction.on_commit(lambda: _rings.pop(practice_id, None))
    return gone


def forget() -> None:
    _rings.clear()
    _own.__dict__.clear()


def _ring(practice_id: UUID) -> Ring:
    """A process that sees every client of a large installation does not keep all their keys. What
    is forgotten comes back with one statement a practice. Those of practices that nobody asks for
    any more go when any other is begun anew."""
    ring, now = _rings.get(practice_id), time.monotonic()
    if ring is None or now > ring.until:
        for other in [pk for pk, each in list(_rings.items()) if now > each.until]:
            _rings.pop(other, None)
        ring = _rings[practice_id] = Ring(until=now + REMEMBERED)
    return ring


def _with_room(ring: Ring) -> Ring:
    """To go on with: an empty one, when too much was remembered."""
    if sum(len(each.by_id) for each in list(_rings.values())) < MOST_REMEMBERED:
        return ring
    _rings.clear()
    return Ring(ring.until)


def _rows(practice_id: UUID):
    return apps.get_model("practice", "DataKeyRow").objects.filter(practice_id=practice_id)


def _fetch(ring: Ring, practice_id: UUID, wanted: Q) -> Ring:
    """In one statement, with what they lie in if we have not got that yet."""
    ring = _with_room(ring)
    if practice_id not in ring.by_subject:
        wanted |= Q(subject=practice_id)
    _taken(ring, practice_id, list(_rows(practice_id).filter(wanted)))
    return ring


def _taken(ring: Ring, practice_id: UUID, rows: list) -> list:
    # What this transaction made is in it and may yet be undone: it is not for all to remember.
    ours = {made.row.id for made in _own.__dict__.get("made", ()) if made.may_commit}
    rows = [row for row in rows if row.id not in ours]
    known = ring.by_id.keys() | {row.id for row in rows}
    above = {row.wrapped_by_id for row in rows} - {None} - known
    if above:  # one that is being replaced, or older than the newest thousands
        ring.take(_rows(practice_id).filter(id__in=above))
    ring.take(rows)
    _rings[practice_id] = ring
    return rows


def _find(practice_id: UUID, **wanted: UUID) -> DataKey | None:
    """The key with this ``id`` or of this ``subject``, and with it all that are new in the
    practice, so that a list of clients whose keys were made elsewhere (by another process, or
    before this one began) does not ask once a row.

    Ids sort by time, and a subject is older than its key. So one that is older than what we have
    asked for is not among the new ones, and is asked for by itself, however many keys there are.
    """
    ring = _ring(practice_id)
    [(name, value)] = wanted.items()
    if ring.newest is None or value > ring.newest:
        ring = _with_room(ring)
        rows = _rows(practice_id).order_by("-id")
        fresh = rows.filter(id__gt=ring.newest) if ring.newest else rows
        found = _taken(ring, practice_id, list(fresh[:MOST_AT_ONCE]))
        ring.newest = max((row.id for row in found), default=ring.newest)
        if key := ring.held(name).get(value):
            return key
    return _fetch(ring, practice_id, Q(**wanted)).held(name).get(value)


class _Made:
    """A key that is not in the database yet. It is remembered by all when its transaction commits;
    if that is rolled back, nothing may ever be sealed with it again."""

    def __init__(self, row, key: DataKey):
        self.row, self.key = row, key

    def __call__(self):
        ring = _ring(self.row.practice_id)
        ring.by_id[self.key.id] = ring.by_subject[self.row.subject] = self.key
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
    secret = os.urandom(KEY_BYTES)
    row, is_new = apps.get_model("practice", "DataKeyRow").objects.get_or_create(
        subject=subject,
        retired_at=None,
        defaults=wrapped_anew(practice_id, subject, secret),
    )
    if not is_new:
        ring = _ring(practice_id)
        _taken(ring, practice_id, [row])
        if row.id not in ring.by_id:
            raise CannotOpen(ring.closed[row.id])
        return ring.by_id[row.id]
    made = _Made(row, DataKey(row.id, secret))
    _own.__dict__.setdefault("made", []).append(made)
    transaction.on_commit(made)
    return made.key


def wrapped_anew(practice_id: UUID, subject: UUID, secret: bytes) -> dict:
    """The columns of a new row. Where the keys of a practice's clients do not lie in its box yet, a
    version that knows nothing of boxes may still serve: so this one does not either, and the sweep
    puts it there later (practice/turning)."""
    row = apps.get_model("practice", "DataKeyRow")(
        id=uuid7(), practice_id=practice_id, subject=subject
    )
    if subject != practice_id and _ring(practice_id).nests:
        above = of_subject(practice_id, practice_id)
        row.wrapped, row.wrapped_by_id = in_box(row, secret, above.box()), above.id
    else:
        row.wrapped = as_before(row, secret)
    return {name: getattr(row, name) for name in ("id", "practice_id", "wrapped", "wrapped_by_id")}
