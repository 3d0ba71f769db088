"""How often which page was asked for and how long it took, by all processes of one machine.

A web server has several processes, and whoever asks for the numbers meets one of them. So each
keeps its own in memory, writes them into a file of its own now and then, and adds up all files when
it is asked. What a process that has ended had counted stays, or the sums would go down: the next
one that begins takes it over.
"""

import fcntl
import json
import os
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import uuid4

EVERY = 1.0  # seconds between two writings

Key = tuple[str, str, int]  # page, method, status
Sums = dict[Key, list[float]]


class Counted:
    """One process's. ``folder`` is made when there is something to write."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.lock = threading.Lock()
        self.sums: Sums = defaultdict(lambda: [0, 0.0])
        self.written = 0.0
        self.path: Path | None = None
        self.handle = 0  # of the file: locked for as long as this process lives

    def add(self, page: str, method: str, status: int, seconds: float) -> None:
        with self.lock:
            _add(self.sums, [[page, method, status, 1, seconds]])
            if time.monotonic() >= self.written + EVERY:
                self._write()

    def _write(self) -> None:
        """A folder that cannot be written costs numbers, and no answer."""
        self.written = time.monotonic()
        with suppress(OSError):
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with self._held(fcntl.LOCK_EX):
                if self.path is None:
                    self._begin()
                rows = json.dumps([[*key, *row] for key, row in self.sums.items()])
                os.ftruncate(self.handle, 0)
                os.pwrite(self.handle, rows.encode(), 0)

    def _begin(self) -> None:
        for path in self._others():
            with path.open() as other, suppress(BlockingIOError):  # it lives, and counts on
                fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
                _add(self.sums, _rows_in(path))
                path.unlink()
        path = self.folder / f"{uuid4().hex}.json"
        self.handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        fcntl.flock(self.handle, fcntl.LOCK_EX)
        self.path = path

    def all(self) -> dict[Key, tuple[int, float]]:
        """Of every process, this one up to the moment."""
        found: Sums = defaultdict(lambda: [0, 0.0])
        with self.lock:
            _add(found, [[*key, *row] for key, row in self.sums.items()])
            with suppress(OSError), self._held(fcntl.LOCK_SH):
                for path in self._others():
                    _add(found, _rows_in(path))
        return {key: (int(count), seconds) for key, (count, seconds) in found.items()}

    def _others(self) -> list[Path]:
        return [path for path in self.folder.glob("*.json") if path != self.path]

    @contextmanager
    def _held(self, how: int) -> Iterator[None]:
        """The folder: nobody reads while another writes, or takes over what is left."""
        handle = os.open(self.folder, os.O_RDONLY)
        try:
            fcntl.flock(handle, how)
            yield
        finally:
            os.close(handle)


def _rows_in(path: Path) -> list[list]:
    try:
        return json.loads(path.read_text() or "[]")
    except (OSError, ValueError):  # somebody died while they wrote it
        return []


def _add(sums: Sums, rows: list[list]) -> None:
    for page, method, status, count, seconds in rows:
        row = sums[page, method, status]
        row[0] += count
        row[1] += seconds
