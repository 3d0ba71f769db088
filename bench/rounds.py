"""One round of each contender. They take turns, so that a busy minute of the machine meets all."""

import json
import os
import signal
import time
from dataclasses import dataclass, field
from pathlib import Path

from celery import Celery

from assessments.tasks import sweep
from practice.processes import Child, Group

from . import empty, people
from .ground import WORKERS, Ground, Written
from .judge import ROOT, NotOnce
from .machine import Peaks, cpu_seconds

PATIENCE = 0.05  # seconds a letter, and a minute: then something is wrong
RING_EVERY = 5.0  # as beat does


@dataclass
class Round:
    seconds: float
    count: int
    cpu_ms: dict[str, float] = field(default_factory=dict)  # a letter, by who spent it
    peak_mb: dict[str, float] = field(default_factory=dict)
    octets: int = 0  # a letter
    commits: float = 0.0  # a letter
    changes: float = 0.0  # a letter: ``ground.Written``
    wal: int = 0  # octets a letter
    queued_in: float = 0.0  # seconds, not in ``seconds``

    @property
    def rate(self) -> float:
        return self.count / self.seconds


class Meter:
    """What the round cost besides time. Made at its beginning, read at its end."""

    def __init__(self, ground: Ground, database: str, *senders: int) -> None:
        self.ground, self.database = ground, database
        self.pids = {"sender": senders} | {
            name: (ground.pid(name),) for name in ("postgres", "sink", "valkey")
        }
        self.before = self._read()

    def _read(self) -> tuple[dict[str, float], Written]:
        cpu = {name: sum(map(cpu_seconds, pids)) for name, pids in self.pids.items()}
        return cpu, self.ground.written(self.database)

    def into(self, done: Round) -> Round:
        time.sleep(1.1)  # the backends tell their commits within a second
        (cpu, now), (cpu_then, then) = self._read(), self.before
        for name, seconds in cpu.items():
            done.cpu_ms[name] = (seconds - cpu_then[name]) * 1000 / done.count
        done.commits = (now.commits - then.commits) / done.count
        done.changes = (now.changes - then.changes) / done.count
        done.wal = (now.wal - then.wal) // done.count
        return done


def reminders(
    ground: Ground, worker: Child, count: int, *others: Child, most: int | None = None
) -> Round:
    """Ring, until the sink has all and every result is written down. ``others`` work as well;
    ``most``: see ``people.plan_anew``."""
    people.plan_anew(most)
    ground.settle_down()
    ground.judge.forget()
    pids = [each.process.pid for each in (worker, *others)]
    peaks, meter = Peaks(*pids), Meter(ground, "trellis", *pids)
    began = rang = time.monotonic()

    def meanwhile() -> None:
        nonlocal rang
        peaks.look()
        if time.monotonic() > rang + RING_EVERY:
            rang = time.monotonic()
            sweep.apply_async(expires=RING_EVERY)

    for _ in range(max(WORKERS, len(pids))):
        sweep.delay()
    ground.judge.wait(count, 60 + count * PATIENCE, meanwhile)
    deadline = time.monotonic() + 60
    while left := people.unfinished():
        if time.monotonic() > deadline:
            raise NotOnce(f"{left} reminders were sent and are not written down")
        meanwhile()
        time.sleep(0.005)
    done = Round(time.monotonic() - began, count)
    peaks.look(now=True)
    seen = ground.judge.once(people.written_down_as_sent(), number=count)
    done.peak_mb, done.octets = peaks.megabytes(), seen.octets // count
    return meter.into(done)


def nothing(worker: Child, app: Celery, count: int) -> Round:
    """Tasks that do nothing, by the same broker."""
    peaks = Peaks(worker.process.pid)
    cpu = cpu_seconds(worker.process.pid)
    done = Round(count / empty.rate(app, worker.name, count, peaks.look), count)
    done.cpu_ms["sender"] = (cpu_seconds(worker.process.pid) - cpu) * 1000 / count
    peaks.look(now=True)
    done.peak_mb = peaks.megabytes()
    return done


@dataclass(frozen=True)
class PeerSettings:
    batch: int
    threads: int
    log_level: int

    @property
    def name(self) -> str:
        return f"batch {self.batch}, threads {self.threads}, log {self.log_level}"


def post_office(ground: Ground, python: Path, count: int, how: PeerSettings) -> Round:
    """Queued beforehand; from the word until the sink has all and its command has come back."""
    env = os.environ | {
        "SOCKETS": ground.sockets,
        "SINK_PORT": str(ground.judge.port),
        "BATCH_SIZE": str(how.batch),
        "THREADS": str(how.threads),
        "LOG_LEVEL": str(how.log_level),
        "LOCK_FILE": str(ground.log / "post_office"),
    }
    here = ROOT / "bench" / "peers" / "post_office"
    with Group(grace=5) as group:
        child = group.spawn(
            "post_office",
            [python, "drive.py", str(count), str(WORKERS)],
            log=ground.log / "post_office.log",
            env=env,
            cwd=here,
            read=True,
        )
        queued = _line(child)["queued_in"]
        ground.settle_down()
        ground.judge.forget()
        peaks, meter = Peaks(child.process.pid), Meter(ground, "post_office", child.process.pid)
        began = time.monotonic()
        child.signal(signal.SIGUSR1)
        ground.judge.wait(count, 60 + count * PATIENCE, peaks.look)
        sent = _line(child)["sent"]
        done = Round(time.monotonic() - began, count, queued_in=queued)
        if sent != count:
            raise NotOnce(f"post_office wrote down {sent} of {count} as sent")
        seen = ground.judge.once(number=count)
        done.peak_mb, done.octets = peaks.megabytes(), seen.octets // count
        return meter.into(done)


def _line(child: Child) -> dict:
    said = child.process.stdout.readline()
    if not said:
        child.process.wait()
        raise child.failure()
    return json.loads(said)
