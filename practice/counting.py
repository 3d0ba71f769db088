"""How often which page was asked for and how long it took, by all processes of one machine.

A web server has several processes, and whoever asks for the numbers meets one of them. So each
keeps its own in memory, writes them into a file of its own now and then, and adds up all files when
it is asked. What a process that has ended had counted stays, or the sums would go down.
"""

import json
import threading
import time
from collections import defaultdict
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

EVERY = 1.0  # seconds between two writings

Key = tuple[str, str, int]  # page, method, status


class Counted:
    """One process's. ``folder`` is made when there is something to write."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / f"{uuid4().hex}.json"
        self.lock = threading.Lock()
        self.sums: dict[Key, list[float]] = defaultdict(lambda: [0, 0.0])
        self.written = 0.0

    def add(self, page: str, method: str, status: int, seconds: float) -> None:
        with self.lock:
            row = self.sums[page, method, status]
            row[0] += 1
            row[1] += seconds
            if time.monotonic() >= self.written + EVERY:
                self._write()

    def _write(self) -> None:
        """A folder that cannot be written costs numbers, and no answer."""
        self.written = time.monotonic()
        with suppress(OSError):
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            unfinished = self.path.with_suffix(".new")
            unfinished.write_text(json.dumps([[*key, *row] for key, row in self.sums.items()]))
            unfinished.replace(self.path)

    def all(self) -> dict[Key, tuple[int, float]]:
        """Of every process, this one up to the moment."""
        found: dict[Key, list[float]] = defaultdict(lambda: [0, 0.0])
        with self.lock:
            rows = [(*key, *row) for key, row in self.sums.items()]
        for path in self.folder.glob("*.json"):
            if path != self.path:
                with suppress(OSError, ValueError):
                    rows += json.loads(path.read_text())
        for page, method, status, count, seconds in rows:
            found[page, method, status][0] += count
            found[page, method, status][1] += seconds
        return {key: (int(count), seconds) for key, (count, seconds) in found.items()}
