"""Authenticated encryption of single values (AES-256-GCM), without knowledge of any model.

A sealed value is ``version · key id · nonce · ciphertext and tag``. What the value belongs to
(table, column, row) goes in as associated data, so a value moved to another row does not open.
"""

import base64
import os
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

VERSION = b"\x01"
NONCE_BYTES = 12
KEY_BYTES = 32


class CannotOpen(Exception):
    """The value was changed, moved, or sealed with a key that is not (or no longer) there."""


@dataclass(frozen=True, slots=True)
class DataKey:
    """A key with its identity; one per client, and one per practice for what is nobody's."""

    id: UUID
    secret: bytes
    marks: bytes | None = None  # of a practice whose key was turned: marks stay what they were

    def seal(self, plain: bytes, *, about: bytes) -> bytes:
        nonce = os.urandom(NONCE_BYTES)
        head = VERSION + self.id.bytes
        return head + nonce + AESGCM(self.secret).encrypt(nonce, plain, head + about)

    def open(self, sealed: bytes, *, about: bytes) -> bytes:
        if key_id_of(sealed) != self.id:
            raise CannotOpen("This value was sealed with another key.")
        head, nonce, body = sealed[:17], sealed[17:29], sealed[29:]
        try:
            return AESGCM(self.secret).decrypt(nonce, body, head + about)
        except InvalidTag as error:
            raise CannotOpen("This value does not open in this place.") from error

    def mark(self, what: bytes, *, purpose: bytes) -> bytes:
        """32 bytes that stand for ``what``: always the same, and nobody without the key can make
        them or tell what they stand for. Under a key of their own, derived for ``purpose``."""
        made = hmac.HMAC(_derived(self.marks or self.secret, purpose), hashes.SHA256())
        made.update(what)
        return made.finalize()

    def box(self) -> "Box":
        """In which other keys lie. Never the key that seals values: one derived for this."""
        return Box(self.id, AESGCM(_derived(self.secret, b"trellis keys of clients")))


@dataclass(frozen=True, slots=True)
class Box:
    """What a practice's key makes of the keys of its clients."""

    id: UUID
    cipher: AESGCM

    def put(self, secret: bytes, *, about: bytes) -> bytes:
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self.cipher.encrypt(nonce, secret, self.id.bytes + about)

    def take(self, wrapped: bytes, *, about: bytes) -> bytes:
        nonce, body = wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:]
        try:
            return self.cipher.decrypt(nonce, body, self.id.bytes + about)
        except (InvalidTag, ValueError) as error:
            raise CannotOpen("This key was changed, or is not of this practice.") from error


def _derived(secret: bytes, purpose: bytes) -> bytes:
    return HKDF(hashes.SHA256(), KEY_BYTES, salt=None, info=purpose).derive(secret)


def key_id_of(sealed: bytes) -> UUID:
    if len(sealed) < 29 or sealed[:1] != VERSION:
        raise CannotOpen("This is not a sealed value.")
    return UUID(bytes=bytes(sealed[1:17]))


@lru_cache(maxsize=4)
def master_keys(entries: tuple[str, ...]) -> dict[str, AESGCM]:
    """``id:base64`` entries; the first one wraps, all of them unwrap."""
    keys = {}
    for entry in entries:
        name, _, encoded = entry.partition(":")
        secret = base64.b64decode(encoded)
        # Its length is written before it in one byte, so it is letters of one byte.
        is_id = name.isascii() and 0 < len(name) <= 20
        if not is_id or len(secret) != KEY_BYTES or name in keys:
            raise ValueError(
                "Each entry of FIELD_KEYS is a short id of its own (20 plain letters and digits at "
                "most, none with an accent), a colon and 32 bytes in base64."
            )
        keys[name] = AESGCM(secret)
    if not keys:
        raise ValueError("FIELD_KEYS is empty: nothing could be kept secret.")
    return keys


def master_names() -> list[str]:
    """The first one wraps."""
    return list(master_keys(tuple(settings.FIELD_KEYS)))


def master_of(wrapped: bytes) -> str:
    """The id of the master key that ``wrapped`` names; it need not be there."""
    return bytes(wrapped[1 : _end_of_id(wrapped)]).decode(errors="replace")


def _end_of_id(wrapped: bytes) -> int:
    return 1 + int.from_bytes(wrapped[:1])


def derived_keys(purpose: bytes) -> dict[str, bytes]:
    """A key for ``purpose`` alone from each master key, by its id; the first one is today's."""
    found = {}
    for entry in settings.FIELD_KEYS:
        name, _, encoded = entry.partition(":")
        found[name] = _derived(base64.b64decode(encoded), purpose)
    return found


def wrap(secret: bytes, *, about: bytes) -> bytes:
    """Seal under the master key: keys of practices, second-factor secrets, open knocks."""
    name = master_names()[0]
    master = master_keys(tuple(settings.FIELD_KEYS))[name]
    nonce = os.urandom(NONCE_BYTES)
    return bytes([len(name)]) + name.encode() + nonce + master.encrypt(nonce, secret, about)


def unwrap(wrapped: bytes, *, about: bytes) -> bytes:
    wrapped = bytes(wrapped)
    end = _end_of_id(wrapped)
    master = master_keys(tuple(settings.FIELD_KEYS)).get(master_of(wrapped))
    if master is None:
        raise CannotOpen("The master key of this value is not in FIELD_KEYS.")
    try:
        return master.decrypt(wrapped[end : end + NONCE_BYTES], wrapped[end + NONCE_BYTES :], about)
    except (InvalidTag, ValueError) as error:  # or is too short to have a nonce
        raise CannotOpen("This value was changed.") from error
