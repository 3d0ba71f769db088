"""What processes cost, from /proc (Linux): time on the processor, and memory at its peak."""

import os
import platform
import time
from contextlib import suppress
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
GONE = (FileNotFoundError, ProcessLookupError)
OFTEN_ENOUGH = 0.1  # seconds between two looks at memory: a look costs, too


def tree(pid: int) -> list[int]:
    """A process and everything below it that runs."""
    found = [pid]
    for number in found:
        with suppress(*GONE):
            for task in Path(f"/proc/{number}/task").iterdir():
                with suppress(*GONE):
                    found += map(int, (task / "children").read_text().split())
    return found


def cpu_seconds(pid: int) -> float:
    """Of the tree, and of those children of it that have ended."""
    ticks = 0
    for number in tree(pid):
        with suppress(*GONE):
            facts = Path(f"/proc/{number}/stat").read_text().rsplit(")", 1)[1].split()
            ticks += sum(map(int, facts[11:15]))
    return ticks / TICKS


class Peaks:
    """The most memory that processes in some trees have had (VmHWM), as long as it was looked."""

    def __init__(self, *roots: int) -> None:
        self.roots = roots
        self.largest = self.below = self.together = 0
        self.next_look = 0.0

    def look(self, *, now: bool = False) -> None:
        if not now and time.monotonic() < self.next_look:
            return
        self.next_look = time.monotonic() + OFTEN_ENOUGH
        sizes = {pid: _peak_of(pid) for root in self.roots for pid in tree(root)}
        self.largest = max(self.largest, *sizes.values())
        self.below = max(self.below, *(sizes[pid] for pid in sizes if pid not in self.roots), 0)
        self.together = max(self.together, sum(sizes.values()))

    def megabytes(self) -> dict[str, float]:
        """Of the largest process, of the largest that another one started, and of all at one moment
        (what they share counts for each)."""
        return {
            "largest": round(self.largest / 1024, 1),
            "below": round(self.below / 1024, 1),
            "together": round(self.together / 1024, 1),
        }


def _peak_of(pid: int) -> int:
    """In kilobytes; none for one that has ended meanwhile."""
    with suppress(*GONE):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1])
    return 0


def description() -> dict[str, object]:
    model = next(
        (
            line.split(":", 1)[1].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.machine(),
    )
    return {
        "processors": len(os.sched_getaffinity(0)),
        "model": model,
        "memory_gb": round(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30, 1),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "load_before": round(os.getloadavg()[0], 2),
    }
