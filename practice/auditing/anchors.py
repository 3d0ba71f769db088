"""The ends of the chains, kept outside of the database: one file a practice, to which lines are
added. Whoever has the whole database in hand cannot make such a line: it is signed under a key that
is derived from the master key.

A line holds ids and hashes and nothing about anybody, so it may be mailed and copied anywhere.
"""

import fcntl
import hashlib
import hmac
import json
import logging
import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from django.conf import settings

from practice.encryption import derived_keys

log = logging.getLogger(__name__)
PURPOSE = b"trellis audit anchors"
ENOUGH = 4_096  # bytes, in which the last line surely stands
BEGINS = '{"practice": "'  # as each line of ours does


@dataclass(frozen=True, slots=True)
class Anchor:
    """At that moment the chain of that practice ended with this number and this hash."""

    practice_id: UUID
    number: int
    hash: bytes
    at: datetime
    key: str = field(default="", compare=False)  # the id of the master key, once it is signed

    def facts(self) -> dict[str, str | int]:
        return {
            "practice": str(self.practice_id),
            "number": self.number,
            "hash": self.hash.hex(),
            "at": self.at.isoformat(),
        }

    def line(self) -> str:
        [(key, secret), *_older] = derived_keys(PURPOSE).items()
        return json.dumps(self.facts() | {"key": key, "mark": _mark(self, secret)})


def _mark(anchor: Anchor, secret: bytes) -> str:
    plain = json.dumps(anchor.facts(), sort_keys=True).encode()
    return hmac.new(secret, plain, hashlib.sha256).hexdigest()


@dataclass(slots=True)
class Found:
    """What lines say: whose marks are right, how many are not ours or were altered, how many are
    signed with a master key that is no longer there, and how many were never written to their end.
    """

    anchors: list[Anchor] = field(default_factory=list)
    forged: int = 0
    unknown: int = 0
    torn: int = 0

    def of(self, practice_id: UUID) -> list[Anchor]:
        return [each for each in self.anchors if each.practice_id == practice_id]


def read(lines: Iterable[str]) -> Found:
    keys, found = derived_keys(PURPOSE), Found()
    for line in filter(str.strip, lines):
        try:
            said = json.loads(line)
        except ValueError:
            if line.startswith(BEGINS) or BEGINS.startswith(line.strip()):
                found.torn += 1
            else:
                found.forged += 1
            continue
        try:
            key, mark = str(said["key"]), str(said["mark"]).encode()
            anchor = Anchor(
                UUID(said["practice"]),
                int(said["number"]),
                bytes.fromhex(said["hash"]),
                datetime.fromisoformat(said["at"]),
                key,
            )
        except (ValueError, KeyError, TypeError, OverflowError):
            found.forged += 1
            continue
        if key not in keys:
            found.unknown += 1
        elif hmac.compare_digest(mark, _mark(anchor, keys[key]).encode()):
            found.anchors.append(anchor)
        else:
            found.forged += 1
    return found


def file_of(practice_id: UUID) -> Path:
    return settings.AUDIT_ANCHORS / f"{practice_id}.jsonl"


def kept_of(practice_id: UUID) -> Found:
    path = file_of(practice_id)
    return read(_lines(path)) if path.exists() else Found()


def put_aside(practice_id: UUID) -> Found:
    """What files say that somebody renamed after a restore (docs/audit.md)."""
    paths = settings.AUDIT_ANCHORS.glob(f"{practice_id}.*.jsonl")
    return read(line for path in paths for line in _lines(path))


def practices_kept() -> set[UUID]:
    """Of whom there is a file: also of a practice that is not in the database any more."""
    found = set()
    for path in settings.AUDIT_ANCHORS.glob("*.jsonl"):
        with suppress(ValueError):  # one that was renamed
            found.add(UUID(path.stem))
    return found


def _lines(path: Path) -> Iterator[str]:
    with path.open(encoding="utf-8", errors="replace") as file:
        yield from file


def newest_of(practice_id: UUID) -> Anchor | None:
    path = file_of(practice_id)
    if not path.exists():
        return None
    with path.open("rb") as file:
        return _last_in(file)[0]


def keep(anchor: Anchor) -> bool:
    """Add it, if the chain has grown since the last one, or that is signed under a master key that
    may be taken away. On the disk when this returns."""
    path = file_of(anchor.practice_id)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600), "rb+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)  # two workers, one after the other
        before, is_whole = _last_in(file)
        if before and before.number > anchor.number:
            facts = anchor.practice_id, anchor.number, before.number
            log.error("audit: practice %s ends at %s, and was at %s before: docs/audit.md", *facts)
        first = next(iter(derived_keys(PURPOSE)))
        is_older = before and before.number >= anchor.number
        if before and is_older and (before.hash != anchor.hash or before.key == first):
            return False
        file.write((("" if is_whole else "\n") + anchor.line() + "\n").encode())
        file.flush()
        os.fsync(file.fileno())
    return True


def _last_in(file: BinaryIO) -> tuple[Anchor | None, bool]:
    """The newest, and whether the file ends with a whole line: a machine may have died in one."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - ENOUGH))
    tail = file.read()
    found = read(tail.decode(errors="replace").splitlines()[-2:]).anchors
    return (found[-1] if found else None), tail.endswith(b"\n") or not tail
