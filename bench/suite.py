"""How long `make test` takes: all tests, once, as everybody runs them. It takes half an hour.

Named files or folders are run alone, to see what they take.
"""

import argparse
import os
import re
import shlex
import subprocess
import sys
import time

from practice.processes import Problem

from .figures import spread
from .ground import Ground, say
from .judge import ROOT

KEPT = ("PATH", "HOME", "LANG", "TMPDIR", "VIRTUAL_ENV", "CI")
OPTIONS = ["-n", "auto", "--dist", "worksteal", "-q", "--durations=25"]
SLOW = re.compile(r"^([\d.]+)s (call|setup|teardown) +(\S+)$", re.MULTILINE)
SAID = re.compile(r"(\d+) (passed|failed|skipped|errors?)")


def measure(here: Ground, words: list[str]) -> dict[str, object]:
    parser = argparse.ArgumentParser(prog="bench suite", description=__doc__)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("tests", nargs="*", help="files or folders; all, if none")
    asked = parser.parse_args(words)
    runs = [one_run(asked.tests) for _ in range(asked.rounds)]
    return {
        "rounds": asked.rounds,
        "operations": {
            "suite": {
                "seconds": spread(run["seconds"] for run in runs),
                "cpu_ms": spread(run["cpu_ms"] for run in runs),
            }
        },
        "tests": runs[-1]["tests"],
        "slowest": runs[-1]["slowest"],
    }


def one_run(tests: list[str]) -> dict[str, object]:
    command = [sys.executable, "-m", "pytest", *OPTIONS, *tests]
    say(f"  {shlex.join(command[1:])}")
    env = {name: os.environ[name] for name in KEPT if name in os.environ}
    spent, began = _of_children(), time.monotonic()
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    seconds = time.monotonic() - began
    last = done.stdout.rstrip().rpartition("\n")[2]
    say(f"  {last}")
    if done.returncode:
        raise Problem(f"The tests did not pass, so they tell nothing:\n{done.stdout[-3000:]}")
    return {
        "seconds": seconds,
        "cpu_ms": 1000 * (_of_children() - spent),
        "tests": {what: int(number) for number, what in SAID.findall(last)},
        "slowest": {
            f"{name} ({part})": float(took) for took, part, name in SLOW.findall(done.stdout)
        },
    }


def _of_children() -> float:
    """Seconds of processor of all that were started and have ended."""
    times = os.times()
    return times.children_user + times.children_system
