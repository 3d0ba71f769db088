"""How long `make demo` takes until it says READY: from nothing, and on what is there already.

Beside the second, the same servers started alone, with nothing to prepare. They take turns.
"""

import argparse
import os
import shutil
import signal
import statistics
import sys
import time
from dataclasses import dataclass

from practice import embedded
from practice.launch.place import free_port
from practice.processes import Group

from .figures import how_long, spread, target
from .ground import PLACE, Ground, say
from .judge import ROOT
from .machine import cpu_seconds

DATA = PLACE / "demo"
KEPT = ("PATH", "HOME", "LANG", "TMPDIR", "VIRTUAL_ENV")  # all else is the launcher's own to say
WARM = "warm demo to ready, against starting the servers alone"
DEMO, ALONE = "practice.launch", "bench.servers_alone"


@dataclass(frozen=True)
class Start:
    seconds: float
    cpu_ms: float


def measure(here: Ground, words: list[str]) -> dict[str, object]:
    parser = argparse.ArgumentParser(prog="bench demo", description=__doc__)
    parser.add_argument("--rounds", type=int, default=7, help="warm ones")
    parser.add_argument("--cold", type=int, default=2, help="rounds from nothing")
    asked = parser.parse_args(words)
    found: dict[str, list[Start]] = {"cold": [], "warm": [], "servers_alone": []}
    try:
        for _ in range(max(1, asked.cold)):
            forget()
            found["cold"].append(start(here, DEMO, "demo"))
        for module, arguments in ((DEMO, ["demo"]), (ALONE, [])):
            start(here, module, *arguments)  # to warm up
        for _ in range(asked.rounds):
            found["warm"].append(start(here, DEMO, "demo"))
            found["servers_alone"].append(start(here, ALONE))
    finally:
        forget()
    return report(found) | {"rounds": asked.rounds, "cold_rounds": len(found["cold"])}


def report(found: dict[str, list[Start]]) -> dict[str, object]:
    took = {name: statistics.median(each.seconds for each in all_) for name, all_ in found.items()}
    spent = {name: statistics.median(each.cpu_ms for each in all_) for name, all_ in found.items()}
    warm = round(took["warm"] / took["servers_alone"], 2)
    return {
        "operations": {
            name: {
                "seconds": spread(each.seconds for each in starts),
                "cpu_ms": spread(each.cpu_ms for each in starts),
                **how_long([each.seconds for each in starts]),
            }
            for name, starts in found.items()
        },
        "ratios": {
            "warm_to_servers_alone": warm,
            "warm_to_servers_alone_cpu": round(spent["warm"] / spent["servers_alone"], 2),
            "cold_to_servers_alone": round(took["cold"] / took["servers_alone"], 2),
        },
        "targets": [target(WARM, warm, 3, 2, less_is_better=True)],
    }


def start(here: Ground, module: str, *arguments: str) -> Start:
    """Until it says READY; then it is stopped as Ctrl-C does it."""
    env = {name: os.environ[name] for name in KEPT if name in os.environ}
    env |= {"PORT": str(free_port()), "DATA_DIR": str(DATA)}
    began = time.monotonic()
    with Group(grace=30) as group:
        child = group.spawn(
            module,
            [sys.executable, "-m", module, *arguments],
            log=here.log / f"{module}.log",
            env=env,
            cwd=ROOT,
            read=True,
            stop_signal=signal.SIGINT,
        )
        for line in child.process.stdout or ():
            if line.startswith(b"READY"):
                seconds = time.monotonic() - began
                cpu_ms = 1000 * cpu_seconds(child.process.pid)
                say(f"  {module}: {seconds:.2f} s, {cpu_ms:,.0f} ms of processor")
                return Start(seconds, cpu_ms)
        child.process.wait()
        raise child.failure()


def forget() -> None:
    embedded.remove(DATA)
    shutil.rmtree(DATA, ignore_errors=True)
