"""Zip files, opened with distrust: looked over before anything of them is unpacked."""

from __future__ import annotations

import re
import zipfile
from io import BytesIO

from .reading import Unreadable

MOST_FILES = 200
LARGEST_UNPACKED = 25 * 1024 * 1024  # bytes, all together
MOST_TIMES_LARGER = 200  # than packed, of one file
SMALL = 64 * 1024  # bytes that no ratio makes dangerous

_ARCHIVE = re.compile(r"\.(?:zip|jar|gz|tgz|bz2|xz|7z|rar|tar|xlsx|xlsm|docx|pptx|odt|ods)$", re.I)
_BEFORE_XML = b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n"  # marks of an encoding, and blanks
_FORBIDDEN = re.compile(r"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)


def opened(data: bytes) -> zipfile.ZipFile:
    """An archive that is safe to read from. Raises Unreadable."""
    try:
        archive = zipfile.ZipFile(BytesIO(data))
        entries = archive.infolist()
    except Exception as error:  # a damaged list of files fails in many ways
        raise Unreadable("This zip file is damaged.") from error
    if len(entries) > MOST_FILES:
        raise Unreadable(f"This zip file holds {len(entries)} files; {MOST_FILES} is the most.")
    if len({entry.filename for entry in entries}) < len(entries):
        raise Unreadable("This zip file holds two files of the same name.")
    for entry in entries:
        _look_at(entry)
    if sum(entry.file_size for entry in entries) > LARGEST_UNPACKED:
        raise Unreadable("Unpacked, this zip file would be too large to read.")
    return archive


def _look_at(entry: zipfile.ZipInfo) -> None:
    name = entry.filename
    parts = name.replace("\\", "/").split("/")
    if name.startswith(("/", "\\")) or ".." in parts or ":" in parts[0]:
        raise Unreadable("This zip file holds a file that would land outside of it.")
    if entry.flag_bits & 0x1:
        raise Unreadable("This zip file asks for a password. Please unpack it first.")
    if _ARCHIVE.search(name):
        raise Unreadable("This zip file holds another packed file. Please unpack it first.")
    is_large = entry.file_size > SMALL
    if is_large and entry.file_size > MOST_TIMES_LARGER * max(entry.compress_size, 1):
        raise Unreadable("This zip file grows far too much when it is unpacked.")


def unpacked(archive: zipfile.ZipFile, name: str) -> bytes:
    """One file. Raises Unreadable when it is damaged, or another size than it said."""
    entry = archive.getinfo(name)
    try:
        with archive.open(entry) as file:
            # One byte more than was said, so that a lie is noticed and goes no further.
            data = file.read(entry.file_size + 1)
    except Exception as error:  # each way of packing has errors of its own
        raise Unreadable("This zip file is damaged.") from error
    if len(data) != entry.file_size:
        raise Unreadable("This zip file is damaged.")
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        raise Unreadable("This zip file holds another packed file. Please unpack it first.")
    return data


def without_entities(archive: zipfile.ZipFile) -> None:
    """No part of it declares an entity, nor a document type. Raises Unreadable.

    Only UTF-8 is let through: in another encoding a declaration could hide from this look.
    """
    for name in archive.namelist():
        data = unpacked(archive, name)
        # A part is not XML by its name alone: the workbook says which ones it is made of.
        is_named_so = name.lower().endswith((".xml", ".rels", ".vml"))
        if not is_named_so and not data.lstrip(_BEFORE_XML).startswith(b"<"):
            continue
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise Unreadable(f"The part {name} of this file is not UTF-8.") from error
        if "\x00" in text:
            raise Unreadable(f"The part {name} of this file is not UTF-8.")
        if _FORBIDDEN.search(text):
            raise Unreadable("This file declares XML entities, which a workbook never needs.")
