"""Work that was done before and need not be done again, told by what it was made from."""

import hashlib
import sysconfig
from collections.abc import Iterable
from pathlib import Path

from .place import BASE_DIR


def fingerprint(patterns: Iterable[str]) -> str:
    """Changes with the named files of this tree and with the installed packages."""
    files = {path for pattern in patterns for path in BASE_DIR.glob(pattern) if path.is_file()}
    packages = Path(sysconfig.get_path("purelib"))
    found = hashlib.sha256()
    for path in (packages, *sorted(files)):
        state = path.stat()
        found.update(f"{path}:{state.st_size}:{state.st_mtime_ns}\n".encode())
    return found.hexdigest()


class Stamp:
    """The fingerprint of the last success; call `press` only after the next one."""

    def __init__(self, path: Path, *patterns: str) -> None:
        self.path = path
        self.now = fingerprint(patterns)
        self.fresh = path.exists() and path.read_text() == self.now

    def press(self) -> None:
        self.path.write_text(self.now)
