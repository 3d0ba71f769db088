"""One bench as a process of its own, and the line that it says at its end."""

import json
import signal
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

from practice.processes import Problem, die_with_parent, raise_if_stop_asked

from .judge import ROOT


class NoFigures(Problem):
    """It ended without saying what it measured."""


def measured(name: str, *words: str, root: Path = ROOT, log: Path | None = None) -> str:
    """The line, as it came. With ``root``, of the code that lies there; with ``log``, its progress
    goes there and not to the terminal."""
    with ExitStack() as stack:
        progress = stack.enter_context(log.open("w")) if log else None
        process = subprocess.Popen(
            [sys.executable, "-m", "bench", name, *words],
            cwd=root,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=progress,
            text=True,
            start_new_session=True,  # Ctrl-C reaches us alone, and we pass it on once
            preexec_fn=die_with_parent(signal.SIGTERM),
        )
        try:
            raise_if_stop_asked()
            said, _nothing = process.communicate()
        except BaseException:
            process.send_signal(signal.SIGINT)
            process.wait()
            raise
    line = said.strip().rpartition("\n")[2]
    if process.returncode or not _is_a_line_of(name, line):
        raise NoFigures(f"{name} ended without figures (exit code {process.returncode}).")
    return line


def _is_a_line_of(name: str, line: str) -> bool:
    try:
        return json.loads(line)["bench"] == name
    except (ValueError, KeyError, TypeError):
        return False
