"""A few child processes that belong together: started, watched and stopped as one.

Each child writes to a log file of its own; the terminal shows its last lines only when it fails.
Children get a session of their own, so that Ctrl-C reaches us alone and we stop them in order.
"""

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any, Self

LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None
PR_SET_PDEATHSIG = 1
TICK = 0.02
# Python drops an exception that a signal raises just while it forks; this remembers it.
STOP_ASKED = threading.Event()


class Problem(Exception):
    """What went wrong, in words for the person at the keyboard: shown without a traceback."""


@dataclass
class Child:
    name: str
    process: subprocess.Popen[bytes]
    log: Path
    stop_signal: signal.Signals

    @property
    def running(self) -> bool:
        """Whether it runs; on seeing its end, what it started and left behind is ended too."""
        if self.process.returncode is None and self.process.poll() is not None:
            self.kill_group()
        return self.process.returncode is None

    def last_lines(self, count: int = 15) -> str:
        lines = self.log.read_text(errors="replace").splitlines()[-count:]
        return "\n".join(f"{self.name} | {line}" for line in lines)

    def failure(self) -> Problem:
        how = describe_exit(self.process.returncode)
        story = f"{self.name} stopped by itself ({how}). Log: {self.log}\n{self.last_lines()}"
        return Problem(story.rstrip())

    def signal(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError):
            self.process.send_signal(number)

    def end(self) -> None:
        """Insist, if asking was of no use."""
        if self.running:
            self.kill_group()
            self.process.wait()
        if self.process.stdout:
            self.process.stdout.close()

    def kill_group(self) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)


@dataclass
class Group:
    """Children that start in any order and stop together, politely first."""

    grace: float = 15.0
    children: list[Child] = field(default_factory=list)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def spawn(
        self,
        name: str,
        command: Sequence[str | Path],
        *,
        log: Path,
        env: Mapping[str, str] | None = None,
        stop_signal: signal.Signals = signal.SIGTERM,
        read: bool = False,
        **popen: Any,
    ) -> Child:
        """With ``read`` the caller reads what the child says; its log gets only the complaints."""
        log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as output:
            try:
                process = subprocess.Popen(
                    [str(part) for part in command],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE if read else output,
                    stderr=output,
                    env=env,
                    start_new_session=True,
                    preexec_fn=die_with_parent(stop_signal),
                    **popen,
                )
            except OSError as error:
                raise Problem(f"{name} cannot be started: {error}") from error
        child = Child(name, process, log, stop_signal)
        self.children.append(child)
        raise_if_stop_asked()
        return child

    def check(self) -> None:
        raise_if_stop_asked()
        for child in self.children:
            if not child.running:
                raise child.failure()

    def stop(self) -> None:
        """Ask all, wait for the grace time, then insist. A second Ctrl-C does not wait."""
        try:
            for child in self.children:
                child.signal(child.stop_signal)
            wait_until(lambda: not any(c.running for c in self.children), self.grace)
        except KeyboardInterrupt:
            pass
        finally:
            for child in self.children:
                child.end()
            self.children.clear()


def die_with_parent(number: signal.Signals) -> Callable[[], None] | None:
    """Ask the kernel to stop the child when we are killed and cannot; Linux only.

    The signal follows the thread that starts the child, so start children from the main thread.
    """
    if LIBC is None:
        return None
    libc, parent = LIBC, os.getpid()

    def before_exec() -> None:
        libc.prctl(PR_SET_PDEATHSIG, int(number))
        if os.getppid() != parent:
            os._exit(1)

    return before_exec


def describe_exit(code: int) -> str:
    return f"exit code {code}" if code >= 0 else f"killed by {signal.Signals(-code).name}"


def wait_until(condition: Callable[[], bool], timeout: float) -> bool:
    deadline = time.monotonic() + timeout
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(TICK)
    return True


def watch(*groups: Group, every: float = 0.25) -> None:
    """Return never: a stop signal interrupts, a child that dies by itself is a Problem."""
    while True:
        for group in groups:
            group.check()
        time.sleep(every)


def interrupt_on_stop_signals() -> None:
    """Ctrl-C, a closed terminal and a polite kill all become KeyboardInterrupt."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        STOP_ASKED.set()
        raise KeyboardInterrupt

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupt)


def raise_if_stop_asked() -> None:
    if STOP_ASKED.is_set():
        raise KeyboardInterrupt
