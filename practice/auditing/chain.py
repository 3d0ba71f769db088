"""Is this chain as it was written? Without a database: rows in, the first fault out.

A row is hashed by a trigger (migration 0002): sha256 over the hash of the row before it and over
the row itself as text. So a row holds only where it was written. Whoever can switch the trigger
off can also hash anew everything from some row on: then the chain is in order again, and only a
hash that was kept elsewhere (an anchor) tells.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

# ["<id>", "<practice>", <number>, …: where the number begins in the text of a row.
NUMBER_AT = len('["') + 36 + len('", "') + 36 + len('", ')
FIRST = b""  # the hash before the first row
FARTHEST = 1_000  # beyond the end: how many may have been removed, and it is still told from where


class Kind(StrEnum):
    ALTERED = "altered"
    REMOVED = "removed"
    REORDERED = "reordered"
    INSERTED = "inserted"
    CUT_OFF = "cut off"
    REWRITTEN = "rewritten"


@dataclass(frozen=True, slots=True)
class Row:
    """``text`` is what was hashed: the columns as the database spells them."""

    number: int
    previous: bytes
    hash: bytes
    text: str

    @property
    def holds(self) -> bool:
        return hash_of(self.previous, self.text) == self.hash

    def text_at(self, number: int) -> str:
        """As it would have been hashed under another number."""
        _own, comma, rest = self.text[NUMBER_AT:].partition(",")
        return f"{self.text[:NUMBER_AT]}{number}{comma}{rest}"

    def was_written_at(self, number: int) -> bool:
        return hash_of(self.previous, self.text_at(number)) == self.hash


def hash_of(previous: bytes, text: str) -> bytes:
    return hashlib.sha256(previous + text.encode()).digest()


@dataclass(frozen=True, slots=True)
class Fault:
    """The first bad number, and what was done there."""

    number: int
    kind: Kind


@dataclass(frozen=True, slots=True)
class Walk:
    """Up to which number a chain is in order, and what is wrong after it."""

    last: int
    fault: Fault | None


def walk(rows: Callable[[], Iterable[Row]], *, anchors: Mapping[int, bytes]) -> Walk:
    """``rows`` gives all of them by their numbers; it is asked once more when something is wrong,
    to tell what. ``anchors`` are hashes by number, kept elsewhere."""
    number, last = 0, FIRST
    stream = iter(rows())
    for row in stream:
        if row.number != number + 1 or row.previous != last or not row.holds:
            fault = _fault(row, number + 1, last, next(stream, None), rows)
            return Walk(number, fault)
        if anchors.get(row.number, row.hash) != row.hash:
            return Walk(number, Fault(_since(anchors, row.number), Kind.REWRITTEN))
        number, last = row.number, row.hash
    if max(anchors, default=0) > number:
        return Walk(number, Fault(number + 1, Kind.CUT_OFF))
    return Walk(number, None)


def _since(anchors: Mapping[int, bytes], number: int) -> int:
    """It was written anew somewhere after the last anchor that still holds."""
    return max((each for each in anchors if each < number), default=0) + 1


def _fault(
    row: Row,
    expected: int,
    last: bytes,
    following: Row | None,
    rows: Callable[[], Iterable[Row]],
) -> Fault:
    if row.number < expected:  # the same number twice, or one before the first
        return Fault(row.number, Kind.INSERTED)
    there = _look_for(row, expected, last, rows())
    gone = Kind.REORDERED if there.is_elsewhere else Kind.REMOVED
    if row.number > expected:
        return Fault(expected, gone)
    home = _home(row, expected, there.longest)
    if home is not None:
        # From further up it moved into a gap; from further down it was pushed up by another.
        return Fault(expected, gone) if home > expected else Fault(home, Kind.INSERTED)
    if there.is_elsewhere or there.is_copied:
        return Fault(expected, Kind.INSERTED)
    if there.is_exchanged:
        return Fault(expected, Kind.REORDERED)
    goes_on = following is None or following.previous == row.hash
    if row.holds and goes_on and expected > 1:  # the one before it was changed, and hashed anew
        return Fault(expected - 1, Kind.ALTERED)
    return Fault(expected, Kind.ALTERED)


@dataclass(slots=True)
class _There:
    """What the whole chain says of the place where something is wrong."""

    is_elsewhere: bool = False  # what was written here has another number now
    is_exchanged: bool = False  # only its words have: they stand between another row's hashes
    is_copied: bool = False  # the hash that stands here belongs to another row
    longest: int = 0


def _look_for(row: Row, expected: int, last: bytes, chain: Iterable[Row]) -> _There:
    there = _There()
    for each in chain:
        there.longest = each.number
        if each == row:
            continue
        there.is_copied |= each.hash == row.hash
        there.is_exchanged |= hash_of(last, each.text_at(expected)) == row.hash
        there.is_elsewhere |= each.previous == last and each.was_written_at(expected)
    return there


def _home(row: Row, expected: int, longest: int) -> int | None:
    """The number under which ``row`` was written, when it is another one; the nearest is first."""
    for number in _around(expected, longest + FARTHEST):
        if row.was_written_at(number):
            return number
    return None


def _around(middle: int, end: int) -> Iterator[int]:
    for distance in range(1, max(middle, end - middle) + 1):
        for number in (middle + distance, middle - distance):
            if 0 < number <= end:
                yield number
