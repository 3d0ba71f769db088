"""Others who do the same work, each in an environment of its own."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from bench.ground import PLACE, say
from practice.processes import Problem


def environment(name: str, there: Path | None = None) -> Path:
    """The Python of a peer, with what its requirements.txt names; made once. ``there`` for what is
    no peer and wants an environment of its own all the same."""
    wanted = ((there or Path(__file__).parent / name) / "requirements.txt").read_text()
    folder = PLACE / name
    python, made = folder / "bin" / "python", folder / "made"
    if not made.exists() or made.read_text() != wanted:
        say(f"Installing {name} into {folder} (once)")
        _run(sys.executable, "-m", "venv", "--clear", "--without-pip", folder)
        # The interpreter behind our own environment has pip, as for the Makefile.
        pip = (sys._base_executable, "-m", "pip", "--python", python, "--disable-pip-version-check")
        _run(*pip, "install", "-qq", *wanted.split())
        made.write_text(wanted)
    return python


def said(interpreter: Path | str, folder: Path, *words: str, env: Mapping[str, str]) -> str:
    """What a script of a peer prints, run where it lies."""
    return _run(interpreter, *words, cwd=folder, env=os.environ | dict(env))


def _run(*command: str | Path, **how) -> str:
    words = [str(part) for part in command]
    done = subprocess.run(words, capture_output=True, text=True, **how)
    if done.returncode:
        raise Problem(f"{' '.join(words)}\n{done.stderr.strip()}")
    return done.stdout
