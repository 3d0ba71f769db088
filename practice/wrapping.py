"""How the key in a row is wrapped: in one of three ways, and the row says which.

``length · id of the master · …``     under a master key, bound to the id of the row: as it was
                                      before practices had boxes, and as a version of then reads it
``0 · M · length · id of the master`` under a master key, bound to the row, its practice and subject
``0 · P · …``                         in the box of the practice's key, bound in the same way
"""

from .encryption import Box, CannotOpen, DataKey, master_of, unwrap, wrap

MASTER, PRACTICE = b"\x00M", b"\x00P"
MARKS = b"|marks"


def as_before(row, secret: bytes) -> bytes:
    return wrap(secret, about=row.id.bytes)


def under_master(row, secret: bytes, kind: bytes = b"") -> bytes:
    return MASTER + wrap(secret, about=_about(row) + kind)


def in_box(row, secret: bytes, box: Box) -> bytes:
    return PRACTICE + box.put(secret, about=_about(row))


def is_as_before(row) -> bool:
    return row.wrapped_by_id is None and bytes(row.wrapped[:2]) != MASTER


def key_in(row, box: Box | None = None) -> DataKey:
    """``box`` is that of the key that ``row.wrapped_by`` names."""
    return DataKey(row.id, _secret(row, box), row.marks and _marks(row))


def master_over(row) -> str | None:
    """The id of the master key over this row; none where the practice's is."""
    if row.wrapped_by_id is not None:
        return None
    wrapped = bytes(row.wrapped)
    return master_of(wrapped.removeprefix(MASTER))


def _secret(row, box: Box | None) -> bytes:
    wrapped = bytes(row.wrapped)
    if wrapped[:2] == PRACTICE:
        if box is None or box.id != row.wrapped_by_id:
            raise CannotOpen("The key over this one is gone.")
        return box.take(wrapped[2:], about=_about(row))
    if wrapped[:2] == MASTER:
        return unwrap(wrapped[2:], about=_about(row))
    return unwrap(wrapped, about=row.id.bytes)


def _marks(row) -> bytes:
    return unwrap(bytes(row.marks).removeprefix(MASTER), about=_about(row) + MARKS)


def _about(row) -> bytes:
    return f"practice_datakey|{row.practice_id}|{row.subject}|{row.id}".encode()
