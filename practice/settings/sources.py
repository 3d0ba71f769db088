"""Secrets, from one of three places: the environment, a file, or a command that prints them.

``NAME``          as it is
``NAME_FILE``     the path of a file, as Docker and Kubernetes mount secrets
``NAME_COMMAND``  run once when a process starts, without a shell: for a vault, a KMS, age, pass

What a file holds or a command prints is never logged, nor is what a command says when it fails.
"""

import os
import shlex
import stat
import subprocess
from collections.abc import Mapping
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

SECONDS = 20
FOR_OTHERS = stat.S_IRWXO
KINDS = ("", "_FILE", "_COMMAND")


def secret(name: str, environment: Mapping[str, str] = os.environ) -> str:
    """Raises ImproperlyConfigured, with one sentence, unless exactly one place names it."""
    given = {kind: value for kind in KINDS if (value := environment.get(name + kind))}
    if not given:
        raise ImproperlyConfigured(
            f"Set {name}, or {name}_FILE (a path), or {name}_COMMAND (a command that prints it)."
        )
    if len(given) > 1:
        named = " and ".join(name + kind for kind in given)
        raise ImproperlyConfigured(f"{named} are both set: keep one of them.")
    [(kind, value)] = given.items()
    if not kind:
        return value
    found = (_read(name, Path(value)) if kind == "_FILE" else _ask(name, value)).strip()
    if not found:
        raise ImproperlyConfigured(f"{name}{kind} gave nothing.")
    return found


def entries(text: str) -> list[str]:
    """Separated by commas or on lines of their own; a line that begins with # is a note."""
    lines = (line.strip() for line in text.replace(",", "\n").splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def _read(name: str, path: Path) -> str:
    try:
        mode = path.stat().st_mode
        if mode & FOR_OTHERS:
            raise ImproperlyConfigured(
                f"The file of {name}_FILE is open to everybody on the machine: chmod 400 it and "
                "give it to the account that runs Trellis."
            )
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ImproperlyConfigured(
            f"The file of {name}_FILE cannot be read ({type(error).__name__})."
        ) from None


def _ask(name: str, command: str) -> str:
    try:
        done = subprocess.run(  # noqa: S603 # 2026-11-29: whoever runs this says what
            shlex.split(command),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=SECONDS,
            check=True,
        )
        return done.stdout.decode()
    except subprocess.TimeoutExpired:
        why = f"did not answer within {SECONDS} seconds"
    except subprocess.CalledProcessError as error:
        why = f"ended with {error.returncode}"
    except (OSError, ValueError) as error:  # ValueError: a quote without its pair, or not text
        why = f"cannot be run or read ({type(error).__name__})"
    raise ImproperlyConfigured(f"The command of {name}_COMMAND {why}.")
