import signal
import subprocess
import sys

import pytest

from practice.processes import STOP_ASKED, Group, Problem, wait_until, watch

STUBBORN = 'trap "" TERM; echo ready; exec sleep 60'
POLITE = 'trap "echo goodbye; exit 0" TERM; echo ready; while :; do sleep 0.01; done'


def shell(group, tmp_path, script, name="child", **options):
    command = ["/bin/sh", "-c", script]
    return group.spawn(name, command, log=tmp_path / "log" / f"{name}.log", **options)


def said(child, text):
    return wait_until(lambda: text in child.log.read_text(), 10)


def is_running(pid):
    """A zombie does not run: who adopted it may be slow to notice."""
    asked = ["/bin/ps", "-o", "state=", "-p", str(pid)]
    state = subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip()
    return state not in {"", "Z"}


def test_a_polite_child_gets_to_say_goodbye(tmp_path):
    with Group() as group:
        child = shell(group, tmp_path, POLITE)
        assert said(child, "ready")
    assert child.process.returncode == 0
    assert child.log.read_text() == "ready\ngoodbye\n"


def test_a_stubborn_child_is_killed_after_the_grace_time(tmp_path):
    with Group(grace=0.1) as group:
        child = shell(group, tmp_path, STUBBORN)
        assert said(child, "ready")
    assert child.process.returncode == -signal.SIGKILL


def test_what_a_stubborn_child_started_is_killed_with_it(tmp_path):
    with Group(grace=0.1) as group:
        child = shell(group, tmp_path, f"sleep 60 & echo $!; {STUBBORN}")
        assert said(child, "ready")
        grandchild = int(child.log.read_text().split()[0])
        assert is_running(grandchild)
    assert wait_until(lambda: not is_running(grandchild), 10)


def test_what_a_killed_child_left_behind_is_ended(tmp_path):
    with Group() as group:
        child = shell(group, tmp_path, "sleep 60 & echo $!; echo ready; wait")
        assert said(child, "ready")
        grandchild = int(child.log.read_text().split()[0])
        child.process.kill()
        assert wait_until(lambda: not child.running, 10)
    assert wait_until(lambda: not is_running(grandchild), 10)


def test_a_child_that_ends_by_itself_is_named_with_its_log_and_last_words(tmp_path):
    with Group() as group:
        shell(group, tmp_path, POLITE, name="web")
        worker = shell(group, tmp_path, "echo so long; exit 3", name="worker")
        with pytest.raises(Problem) as problem:
            watch(group, every=0.01)
    assert str(problem.value) == (
        f"worker stopped by itself (exit code 3). Log: {worker.log}\nworker | so long"
    )


def test_a_killed_child_is_told_by_its_signal(tmp_path):
    with Group() as group:
        child = shell(group, tmp_path, POLITE)
        child.process.kill()
        assert wait_until(lambda: not child.running, 10)
        assert "killed by SIGKILL" in str(child.failure())


def test_a_program_that_is_not_there_is_a_problem(tmp_path):
    with Group() as group, pytest.raises(Problem, match=r"^ghost cannot be started: "):
        group.spawn("ghost", [tmp_path / "nothing"], log=tmp_path / "ghost.log")


def test_what_a_child_says_can_be_read(tmp_path):
    with Group() as group:
        child = shell(group, tmp_path, "echo one; echo oops >&2; echo two", read=True)
        assert child.process.stdout.read() == b"one\ntwo\n"
        assert child.log.read_text() == "oops\n"


def test_logs_are_for_their_owner_only(tmp_path):
    with Group() as group:
        child = shell(group, tmp_path, "true")
        assert child.log.stat().st_mode & 0o777 == 0o600


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's signal is Linux's")
def test_children_of_a_killed_parent_are_stopped(tmp_path):
    script = f"""
import sys
from pathlib import Path
from practice.processes import STOP_ASKED, Group
group = Group()
child = group.spawn("child", ["/bin/sleep", "60"], log=Path({str(tmp_path)!r}, "child.log"))
print(child.process.pid, flush=True)
sys.stdin.read()
"""
    command = [sys.executable, "-c", script]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as parent:
        child = int(parent.stdout.readline())
        assert is_running(child)
        parent.kill()
    assert wait_until(lambda: not is_running(child), 10)


def test_a_stop_that_was_asked_for_is_not_forgotten(tmp_path, monkeypatch):
    monkeypatch.setattr(STOP_ASKED, "is_set", lambda: True)
    with Group() as group, pytest.raises(KeyboardInterrupt):
        shell(group, tmp_path, POLITE)
    assert group.children == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_each_way_of_asking_to_stop_is_an_interrupt(number):
    script = """
import signal
from practice.processes import interrupt_on_stop_signals
interrupt_on_stop_signals()
try:
    print("ready", flush=True)
    signal.pause()
except KeyboardInterrupt:
    print("interrupted", flush=True)
"""
    command = [sys.executable, "-c", script]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"ready\n"
        process.send_signal(number)
        assert process.stdout.read() == b"interrupted\n"
