"""What the person at the keyboard sees while it works."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Progress:
    def __init__(self, steps: int) -> None:
        self.steps = steps
        self.number = 0

    @contextmanager
    def step(self, title: str) -> Iterator[Callable[[str], None]]:
        """`[2/5] Preparing … 1.2 s`; what the step itself has to say comes below, indented."""
        self.number += 1
        say(f"[{self.number}/{self.steps}] {title} …")
        started = time.monotonic()
        yield lambda line: say(f"\n      {line} …")
        say(f" {time.monotonic() - started:.1f} s\n")


def say(text: str) -> None:
    print(text, end="", flush=True)
