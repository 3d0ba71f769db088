"""What one database sets to all who ask it: how many commits a second it brings to the disk, and
how many where each adds to the audit trail of one practice, which one at a time can."""

import itertools
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from practice.ids import uuid7

from .figures import spread
from .ground import Ground
from .scaling import row_by

SECONDS = 1.0  # of each try
LINES = (1, 8, 32)
LINES_OF_A_TRAIL = 8
INSERT = ("INSERT INTO bench.durable VALUES ('kept')", ())
EVENT = (
    "INSERT INTO practice_auditevent"
    " (id, practice_id, number, at, action, record_type, detail, previous, hash)"
    " VALUES (%s, %s, 0, now(), 'response.submitted', 'assessments.response', '{}', '', '')"
)


def measure(here: Ground, practices: Sequence, rounds: int) -> dict[str, dict[str, float]]:
    """Commits a second."""
    with here.as_superuser() as link:
        link.execute("CREATE TABLE IF NOT EXISTS bench.durable (said text)")
    tries = {row_by(lines): (lines, _row) for lines in LINES} | {
        f"an event of the trail, {name}": (LINES_OF_A_TRAIL, _event_of(whose))
        for name, whose in (("one practice", practices[:1]), ("all practices", practices))
    }
    found: dict[str, list[float]] = {name: [] for name in tries}
    for _ in range(rounds):
        for name, (lines, what) in tries.items():
            found[name].append(_rate(here, lines, what))
    return {name: spread(rates) for name, rates in found.items()}


def _row() -> tuple[str, tuple]:
    return INSERT


def _event_of(practices: Sequence):
    turns = itertools.cycle(practices)
    return lambda: (EVENT, (uuid7(), next(turns)))


def _rate(here: Ground, lines: int, what) -> float:
    start = threading.Barrier(lines)

    def work(_line: int) -> tuple[int, float]:
        with here.as_superuser() as link:
            start.wait()
            began, done = time.monotonic(), 0
            while time.monotonic() < began + SECONDS:
                link.execute(*what())
                done += 1
            return done, time.monotonic() - began

    with ThreadPoolExecutor(lines) as all_lines:
        return sum(done / seconds for done, seconds in all_lines.map(work, range(lines)))
