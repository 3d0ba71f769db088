"""Each process that is measured has its share of the processors and no more."""

import os
import subprocess
import sys
import time

import pytest

from bench import shares
from bench.machine import cpu_seconds
from practice.processes import Group

BUSY = [sys.executable, "-c", "while True: pass"]


@pytest.fixture
def busy(tmp_path):
    with Group(grace=1) as group:
        yield [group.spawn(f"busy-{n}", BUSY, log=tmp_path / f"{n}.log").process for n in range(3)]


def test_where_no_group_can_be_made_each_has_a_processor(busy, monkeypatch):
    def refused(*_about):
        raise PermissionError("read-only")

    monkeypatch.setattr(shares, "_group", refused)
    processors = sorted(os.sched_getaffinity(0))
    with shares.shares(len(busy), 0.2) as held:
        for number, process in enumerate(busy):
            held.give(number, process.pid)
        pinned = [os.sched_getaffinity(process.pid) for process in busy]
        assert pinned == [{processors[number % len(processors)]} for number in range(len(busy))]
    assert "no control group" in held.how
    assert held.of_one(len(processors)) == 1
    assert held.of_one(2 * len(processors)) == 0.5


def test_a_group_holds_back_all_that_is_in_it(tmp_path):
    with shares.shares(1, 0.1) as held:
        if "control group each" not in held.how:
            pytest.skip("no control group can be made here")
        with Group(grace=1) as group:
            two = "import os; os.fork(); print(flush=True)\nwhile True: pass"
            child = group.spawn("two", [sys.executable, "-c", two], log=tmp_path / "log", read=True)
            assert child.process.stdout is not None
            child.process.stdout.readline()
            held.give(0, child.process.pid)
            began, before = time.monotonic(), cpu_seconds(child.process.pid)
            time.sleep(1)
            used = (cpu_seconds(child.process.pid) - before) / (time.monotonic() - began)
    assert 0 < used < 0.2
    groups = subprocess.run(["ls", shares._top()[0]], capture_output=True, text=True, check=True)
    assert f"trellis-bench-{os.getpid()}-0" not in groups.stdout.split()
