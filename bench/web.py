"""A web server as the launcher starts it, ours or a peer's, and what it cost."""

import json
import os
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from practice.launch.place import free_port
from practice.launch.start import WEB, answers, python
from practice.processes import Child, Group, wait_until

from .ground import PATIENCE, Ground
from .judge import ROOT
from .machine import Peaks, cpu_seconds


@dataclass(frozen=True)
class Web:
    ground: Ground
    child: Child
    port: int

    @property
    def pid(self) -> int:
        return self.child.process.pid

    def lines(self) -> list[dict]:
        """What our own server said of each request since it began (practice/request_log.py)."""
        said = self.child.log.read_text().splitlines()
        told = (json.loads(line) for line in said if line.startswith("{"))
        return [line for line in told if "statements" in line]


@contextmanager
def web(
    here: Ground,
    app: str = "practice.wsgi:application",
    *,
    name: str = "web",
    interpreter: Path | str = sys.executable,
    folder: Path = ROOT,
    env: Mapping[str, str] | None = None,
    under: tuple[str, ...] = (),
    options: tuple[str, ...] = (),
) -> Iterator[Web]:
    """Until the end of the block. ``under`` comes before the command, as ``taskset -c 0``, and
    ``options`` after those of the launcher, so that they count."""
    port = free_port()
    command = [*under, interpreter, *python(WEB)[1:], *options, "--port", str(port), app]
    with Group(grace=10) as group:
        child = group.spawn(
            name,
            command,
            log=here.log / f"{name}.log",
            env=os.environ | {"AS_OWNER": "0"} | dict(env or {}),
            cwd=folder,
        )

        def is_ready() -> bool:
            group.check()
            return answers(port)

        if not wait_until(is_ready, PATIENCE):
            raise child.failure()
        yield Web(here, child, port)


class Cost:
    """Of a block: seconds, and time on the processor by who spent it.

    ``with Cost(web) as cost: …``; then ``cost.ms(count)`` is that of one of ``count``. Several
    that serve are one cost; ``between`` are processes between them and the database.
    """

    def __init__(self, *served: Web, between: dict[str, int] | None = None) -> None:
        webs = [each.pid for each in served]
        grounds = {name: [served[0].ground.pid(name)] for name in ("postgres", "valkey")}
        self.pids = {"web": webs} | grounds
        self.pids |= {name: [pid] for name, pid in (between or {}).items()}
        self.peaks = Peaks(*webs)

    def __enter__(self) -> "Cost":
        self.began, self.before = time.monotonic(), self._read()
        return self

    def __exit__(self, *_error) -> None:
        self.seconds = time.monotonic() - self.began
        self.spent = {who: now - self.before[who] for who, now in self._read().items()}
        self.peaks.look(now=True)

    def _read(self) -> dict[str, float]:
        return {who: sum(map(cpu_seconds, pids)) for who, pids in self.pids.items()}

    def ms(self, count: int) -> dict[str, float]:
        each = {who: 1000 * spent / count for who, spent in self.spent.items()}
        return each | {"all": sum(each.values())}
