"""What the sink has seen, as its own process says it: the judge of every round of mail."""

import socket
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from practice.processes import Child, Group, Problem

ROOT = Path(__file__).resolve().parent.parent
LOOK = 0.01  # seconds between two questions to the sink


class NotOnce(Problem):
    """Letters that are missing, or that came twice."""


@dataclass(frozen=True)
class Seen:
    letters: int
    distinct: int
    octets: int
    first: float  # monotonic seconds, the same for all processes of a machine
    last: float


class Judge:
    """The sink and a line to it. A context manager."""

    def __init__(self, group: Group, log: Path) -> None:
        self.log = log
        self.child: Child = group.spawn(
            "sink", [sys.executable, "-m", "bench.sink"], log=log / "sink.log", cwd=ROOT, read=True
        )
        said = self.child.process.stdout.readline()
        if not said:
            self.child.process.wait()
            raise self.child.failure()
        self.port = int(said)

    def __enter__(self) -> Self:
        self.line = socket.create_connection(("127.0.0.1", self.port))
        self.answers = self.line.makefile("rb")
        self.answers.readline()
        return self

    def __exit__(self, *error) -> None:
        self.answers.close()
        self.line.close()

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def forget(self) -> None:
        self._ask("XRESET")

    def count(self) -> Seen:
        _code, letters, distinct, octets, first, last = self._ask("XCOUNT").split()
        return Seen(int(letters), int(distinct), int(octets), float(first), float(last))

    def wait(self, number: int, seconds: float, meanwhile: Callable[[], object]) -> Seen:
        """Until that many letters have come. Raises NotOnce when they do not."""
        deadline = time.monotonic() + seconds
        while (seen := self.count()).letters < number:
            if time.monotonic() > deadline:
                raise NotOnce(f"{seen.letters} of {number} letters came within {seconds:.0f} s")
            meanwhile()
            time.sleep(LOOK)
        return seen

    def once(self, ids: set[str] | None = None, *, number: int) -> Seen:
        """Exactly ``number`` letters, each once; with ``ids``, these and no others."""
        seen = self.count()
        if (seen.letters, seen.distinct) != (number, number):
            raise NotOnce(f"{number} asked for; came: {seen.letters}, distinct: {seen.distinct}")
        if ids is not None and self.ids() != ids:
            raise NotOnce("the letters that came are not those that were written down as sent")
        return seen

    def ids(self) -> set[str]:
        self.line.sendall(b"XIDS\r\n")
        found = set()
        while not (line := self.answers.readline().decode().strip()).startswith("250 "):
            found.add(line.rsplit(" ", 1)[0])
        return found

    def ceiling(self, count: int, *, pipelined: bool) -> float:
        """Letters a second from two clients that do nothing else."""
        self.forget()
        how, number = "pipelined" if pipelined else "in-turn", count // 2 * 2
        with Group() as clients:
            for name in ("hammer-1", "hammer-2"):
                clients.spawn(
                    name,
                    [sys.executable, "-m", "bench.hammer", str(self.port), str(count // 2), how],
                    log=self.log / f"{name}.log",
                    cwd=ROOT,
                )
            self.wait(number, 120, lambda: None)
        seen = self.once(number=number)
        self.forget()
        return number / (seen.last - seen.first)

    def _ask(self, command: str) -> str:
        self.line.sendall(command.encode() + b"\r\n")
        answer = self.answers.readline().decode().strip()
        if not answer:
            raise self.child.failure()
        return answer
