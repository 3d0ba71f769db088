"""Where does a word stand in clear? In bytes of any kind, however they were written down.

All planted words begin with one mark, so whatever holds any of a thousand holds the mark.
"""

import base64
import email
import email.policy
import gzip
import io
import mmap
import re
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

# What was deflated and then written in letters, as a session in the database is.
IN_LETTERS = re.compile(rb"e[AFJN][A-Za-z0-9+/_-]{16,}")
LARGE = 64 * 1024 * 1024  # of such a file only what stands there is looked at, nothing is unpacked


def writings(mark: str) -> dict[str, bytes]:
    """The mark as others write it. Without its first letter, which may be a capital."""
    rest = mark[1:]
    found = {}
    for case, text in (("", rest), (" in capitals", rest.upper())):
        found |= {
            f"utf-8{case}": text.encode(),
            f"utf-16{case}": text.encode("utf-16-be")[1:-1],  # of either order
            f"hex{case}": text.encode().hex().encode(),
            f"HEX{case}": text.encode().hex().upper().encode(),
        }
        for shift in range(3):
            whole = base64.b64encode(bytes(shift) + text.encode())
            found[f"base64+{shift}{case}"] = whole[4 if shift else 0 : len(whole) // 4 * 4 - 4]
    return found


class Search:
    def __init__(self, mark: str) -> None:
        self.mark = mark
        self.pattern = re.compile(b"|".join(map(re.escape, set(writings(mark).values()))))

    def is_in(self, data) -> bool:
        return self.pattern.search(data) is not None

    def in_bytes(self, data: bytes) -> bool:
        return self.is_in(data) or any(self.in_bytes(inner) for inner in unpacked(data))

    def in_file(self, path: Path) -> bool:
        size = path.stat().st_size
        if not size:
            return False
        if size <= LARGE:
            return self.in_bytes(path.read_bytes())
        with (
            path.open("rb") as file,
            mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as whole,
        ):
            return self.is_in(whole)

    def below(self, place: Path) -> list[str]:
        """The files in a folder, or the one, in which it stands."""
        files = [place] if place.is_file() else [p for p in place.rglob("*") if p.is_file()]
        found = []
        for path in files:
            with suppress(FileNotFoundError):  # a server takes its files away
                if self.in_file(path):
                    found.append(str(path))
        return found


def from_letters(text: bytes) -> bytes:
    whole = text[: len(text) // 4 * 4] if len(text) % 4 == 1 else text
    return base64.b64decode(whole.translate(bytes.maketrans(b"-_", b"+/")) + b"==")


def unpacked(data: bytes) -> Iterator[bytes]:
    """What is in an archive, a compressed file or a mail."""
    if data[:2] == b"\x1f\x8b":
        with suppress(OSError, EOFError, zlib.error):
            yield gzip.decompress(data)
    elif data[:4] == b"PK\x03\x04":
        with suppress(zipfile.BadZipFile), zipfile.ZipFile(io.BytesIO(data)) as archive:
            yield from (archive.read(name) for name in archive.namelist())
    elif data[257:262] == b"ustar":
        with tarfile.open(fileobj=io.BytesIO(data)) as archive:
            yield from (file.read() for member in archive if (file := archive.extractfile(member)))
    elif b"\nContent-Transfer-Encoding:" in data[:20_000]:
        letter = email.message_from_bytes(data, policy=email.policy.default)
        yield from (part.get_payload(decode=True) or b"" for part in letter.walk())
        yield " | ".join(f"{name}: {value}" for name, value in letter.items()).encode()
    else:  # whatever is deflated somewhere inside (what PostgreSQL packs itself stands in the dump)
        for match in IN_LETTERS.finditer(data):
            with suppress(ValueError, zlib.error):
                yield zlib.decompressobj().decompress(from_letters(match[0]), 1_000_000)
        for start in [match.start() for match in re.finditer(b"\x78[\x01\x5e\x9c\xda]", data)][
            :500
        ]:
            with suppress(zlib.error):
                yield zlib.decompressobj().decompress(data[start : start + 1_000_000])
