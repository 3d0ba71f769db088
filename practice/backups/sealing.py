"""A file that is sealed while it is written, and opened while it is read.

Each file has a key of its own, wrapped under the master key. What goes in is compressed, cut into
pieces and sealed with AES-256-GCM; a piece is bound to its file, its place and whether it is the
last. So a piece that is missing, moved, doubled or from another file does not open, and neither
does a file without its end.
"""

import json
import os
import zlib
from collections.abc import Iterator
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from practice.encryption import KEY_BYTES, NONCE_BYTES, CannotOpen, unwrap, wrap

MAGIC = b"trellis backup 1\n"
PIECE = 1 << 20
TAG_BYTES = 16
LONGEST_HEAD = 64 * 1024
CHANGED = "This backup was changed, or is put together from several."
QUICK = 3  # most of it is sealed already and does not get smaller


class Refused(Exception):
    """This file is not to be used; the words say why."""


class Sealer:
    def __init__(self, file: BinaryIO, facts: dict[str, str]) -> None:
        secret, head = os.urandom(KEY_BYTES), json.dumps(facts).encode()
        wrapped = wrap(secret, about=MAGIC + head)
        self._file, self._key, self._bound = file, AESGCM(secret), _digest(head, wrapped)
        self._squeeze, self._waiting, self._number = zlib.compressobj(QUICK), bytearray(), 0
        file.write(MAGIC + _framed(head) + _framed(wrapped))

    def write(self, plain: bytes) -> None:
        self._waiting += self._squeeze.compress(plain)
        while len(self._waiting) > PIECE:
            self._seal(self._waiting[:PIECE], is_last=False)
            del self._waiting[:PIECE]

    def end(self) -> None:
        """Without this, the file is refused as cut off."""
        self._waiting += self._squeeze.flush()
        while len(self._waiting) > PIECE:
            self._seal(self._waiting[:PIECE], is_last=False)
            del self._waiting[:PIECE]
        self._seal(self._waiting, is_last=True)

    def _seal(self, piece: bytearray, *, is_last: bool) -> None:
        about = self._bound + bytes([is_last])
        self._file.write(_framed(self._key.encrypt(_nonce(self._number), bytes(piece), about)))
        self._number += 1


class Opener:
    """Raises Refused, here or while it is read."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        if file.read(len(MAGIC)) != MAGIC:
            raise Refused("This is not a backup of Trellis.")
        head, wrapped = self._frame(LONGEST_HEAD), self._frame(LONGEST_HEAD)
        try:
            secret = unwrap(wrapped, about=MAGIC + head)
        except (CannotOpen, UnicodeDecodeError, IndexError) as error:
            raise Refused("The keys in FIELD_KEYS do not open this backup.") from error
        self.facts: dict[str, str] = json.loads(head)
        self._key, self._bound = AESGCM(secret), _digest(head, wrapped)
        self._plain, self._read = self._opened(), bytearray()

    def read(self, count: int) -> bytes:
        """So many bytes, all of them."""
        while len(self._read) < count:
            part = next(self._plain, None)
            if part is None:
                raise Refused("This backup ends before its end.")
            self._read += part
        taken = bytes(self._read[:count])
        del self._read[:count]
        return taken

    def ended(self) -> None:
        """Nothing comes after what was read."""
        if self._read or any(self._plain):
            raise Refused("This backup goes on after its end.")

    def _opened(self) -> Iterator[bytes]:
        widen, number, is_last = zlib.decompressobj(), 0, False
        while not is_last:
            sealed = self._frame(PIECE + TAG_BYTES)
            piece, is_last = self._open(sealed, number)
            yield widen.decompress(piece)
            number += 1
        yield widen.flush()
        if self._file.read(1):
            raise Refused("This backup goes on after its end.")

    def _open(self, sealed: bytes, number: int) -> tuple[bytes, bool]:
        for is_last in (False, True):
            try:
                about = self._bound + bytes([is_last])
                return self._key.decrypt(_nonce(number), sealed, about), is_last
            except InvalidTag:
                continue
        raise Refused(CHANGED)

    def _frame(self, longest: int) -> bytes:
        length = int.from_bytes(self._exactly(4), "big")
        if length > longest:
            raise Refused(CHANGED)
        return self._exactly(length)

    def _exactly(self, count: int) -> bytes:
        found = self._file.read(count)
        if len(found) != count:
            raise Refused("This backup ends before its end.")
        return found


def _framed(content: bytes) -> bytes:
    return len(content).to_bytes(4, "big") + content


def _nonce(number: int) -> bytes:
    """Its place. Never twice under one key, for each file has its own."""
    return number.to_bytes(NONCE_BYTES, "big")


def _digest(*parts: bytes) -> bytes:
    made = hashes.Hash(hashes.SHA256())
    for part in parts:
        made.update(_framed(part))
    return made.finalize()
