"""Celery with a clock that can be turned while it runs: `python -m … worker --loglevel INFO`.

``CLOCK`` names a file with the seconds that the clock is ahead. All of the process is turned, with
Celery's own reckoning; not the monotonic clock, which does not jump in real life either.
"""

import os
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import time_machine
from celery.__main__ import main

LOOK = 0.02  # seconds


class Hand:
    """Turns the clock of this process and of those that it forks."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.ahead = 0.0
        self.clock = time_machine.travel(datetime.now(UTC), tick=True).start()
        self.turn()
        self.follow()
        os.register_at_fork(after_in_child=self.follow)

    def turn(self) -> None:
        ahead = float(self.file.read_text() or self.ahead)
        if ahead != self.ahead:
            by, self.ahead = ahead - self.ahead, ahead
            self.clock.shift(timedelta(seconds=by))

    def follow(self) -> None:
        threading.Thread(target=self._follow, daemon=True).start()

    def _follow(self) -> None:
        never = threading.Event()
        while not never.wait(LOOK):
            self.turn()


if __name__ == "__main__":
    Hand(Path(os.environ["CLOCK"]))
    main()
