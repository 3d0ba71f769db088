"""Equal shares of the processors, one for each process that is measured, as the system grants them.

With a control group of its own a process gets a part of one processor and no more, however many
there are: so four of them can be measured on a machine with two, beside the database that they all
ask. Where no group can be made, each is pinned to a processor, and those that are more than the
processors share them.
"""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from .machine import tree

PERIOD = 50_000  # microseconds; short, so that one who has used up a share waits shortly
PATIENCE = 5.0  # seconds until those who were in a group have ended


@dataclass(frozen=True)
class Shares:
    """``give(number, pid)``: from now on the process, and what it starts, has the share of that
    number. ``of_one`` says how much of a processor that is, for so many shares at once."""

    how: str
    give: Callable[[int, int], None]
    of_one: Callable[[int], float]


@contextmanager
def shares(count: int, part: float) -> Iterator[Shares]:
    """``count`` shares of ``part`` of a processor each, until the end of the block; what has them
    has ended by then."""
    made: list[Path] = []
    try:
        for number in range(count):
            made.append(_group(f"trellis-bench-{os.getpid()}-{number}", part))
    except OSError:
        _remove(made)
        made = []
    try:
        yield _by_groups(made, part) if made else _by_affinity()
    finally:
        _remove(made)


# -- control groups --------------------------------------------------------------------------------
def _by_groups(made: list[Path], part: float) -> Shares:
    def give(number: int, pid: int) -> None:
        for each in tree(pid):
            with suppress(ProcessLookupError):
                (made[number] / "cgroup.procs").write_text(str(each))

    how = f"a control group each, with {part:.0%} of one processor"
    return Shares(how, give, lambda count: part)


def _group(name: str, part: float) -> Path:
    """Raises OSError where there are no such groups, or where this account may make none."""
    top, is_second = _top()
    quota = round(PERIOD * part)
    if is_second:
        (top / "cgroup.subtree_control").write_text("+cpu")
    group = top / name
    group.mkdir()
    try:
        if is_second:
            (group / "cpu.max").write_text(f"{quota} {PERIOD}")
        else:
            (group / "cpu.cfs_period_us").write_text(str(PERIOD))
            (group / "cpu.cfs_quota_us").write_text(str(quota))
    except OSError:
        group.rmdir()
        raise
    return group


def _top() -> tuple[Path, bool]:
    """Where groups for processors begin, and whether they are of the second version."""
    for line in Path("/proc/self/mounts").read_text().splitlines():
        _device, place, kind, options, *_rest = line.split()
        if kind == "cgroup" and "cpu" in options.split(","):
            return Path(place), False
        if kind == "cgroup2" and "cpu" in (Path(place) / "cgroup.controllers").read_text().split():
            return Path(place), True
    raise FileNotFoundError("no control groups for processors")


def _remove(made: list[Path]) -> None:
    """A group goes when the last process in it has; one that stays, empty, does no harm."""
    deadline = time.monotonic() + PATIENCE
    for group in made:
        while True:
            try:
                group.rmdir()
                break
            except OSError:
                if time.monotonic() > deadline:
                    break
                time.sleep(0.05)


# -- affinity --------------------------------------------------------------------------------------
def _by_affinity() -> Shares:
    processors = sorted(os.sched_getaffinity(0))

    def give(number: int, pid: int) -> None:
        mine = {processors[number % len(processors)]}
        for each in tree(pid):
            with suppress(ProcessLookupError, FileNotFoundError):
                for thread in Path(f"/proc/{each}/task").iterdir():
                    os.sched_setaffinity(int(thread.name), mine)

    how = (
        "no control group could be made, so each is pinned to a processor, and those that are more"
        " than the processors share them"
    )
    return Shares(how, give, lambda count: min(1.0, len(processors) / count))
