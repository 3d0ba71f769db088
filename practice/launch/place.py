"""Where one practice lives on this machine: its folder, its port, its keys, and who uses it now."""

import base64
import fcntl
import json
import os
import secrets
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from practice.processes import Problem, wait_until

BASE_DIR = Path(__file__).resolve().parents[2]
# `make run` has a folder of its own, so that a demo is never seeded into somebody's practice.
FOLDERS = {"demo": "var", "reset": "var", "run": "var/practice", "restore": "var/practice"}


@dataclass(frozen=True)
class Place:
    command: str
    data_dir: Path
    port: int

    @classmethod
    def from_environment(cls, command: str) -> "Place":
        port = os.environ.get("PORT") or "8000"
        if not port.isdecimal() or not 0 < int(port) < 65536:
            raise Problem(f"PORT is {port!r}, and must be a number from 1 to 65535.")
        folder = os.environ.get("DATA_DIR") or BASE_DIR / FOLDERS[command]
        return cls(command, Path(folder).resolve(), int(port))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    @property
    def log_dir(self) -> Path:
        return self.data_dir / "log"

    @contextmanager
    def alone(self) -> Iterator[bool]:
        """Hold the folder for ourselves; yields whether the last use of it ended badly."""
        with os.fdopen(
            os.open(self.data_dir / "lock", os.O_RDWR | os.O_CREAT, 0o600), "r+"
        ) as note:
            try:
                fcntl.flock(note, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise Problem(
                    f"{self.data_dir} is in use (by process {note.read() or '?'}): "
                    "stop that one first, or choose another DATA_DIR."
                ) from None
            ended_badly = bool(note.read())
            rewrite(note, str(os.getpid()))
            try:
                yield ended_badly
            finally:
                rewrite(note, "")

    def wait_for_port(self, patience: float) -> None:
        """A server that is just ending may hold the port a moment longer; nobody else may."""
        if not wait_until(lambda: port_is_free(self.port), patience):
            raise Problem(
                f"Port {self.port} is taken by another program: "
                f"choose another, as in `PORT={self.port + 1} make {self.command}`."
            )

    def keys(self) -> dict[str, str]:
        """The secrets of this practice: made once, and kept where only we can read them."""
        kind = "run" if self.command in ("run", "restore") else "demo"
        path = self.data_dir / "keys.json"
        if not path.exists():
            keys = {
                "made_by": kind,
                "SECRET_KEY": secrets.token_urlsafe(50),
                "FIELD_KEYS": f"k1:{base64.b64encode(secrets.token_bytes(32)).decode()}",
            }
            write_private(path, keys)
        kept: dict[str, str] = json.loads(path.read_text())
        made_by = kept.pop("made_by")
        if made_by != kind:
            raise Problem(
                f"{self.data_dir} was made by `make {made_by}`: choose another DATA_DIR, "
                "so that a demo and a real practice never mix."
            )
        return kept


def rewrite(note: Any, text: str) -> None:
    note.seek(0)
    note.truncate()
    note.write(text)
    note.flush()


def port_is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except PermissionError:
            raise Problem(
                f"Port {port} needs an administrator: choose a PORT above 1023."
            ) from None
        except OSError:
            return False
    return True


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def write_private(path: Path, content: Any) -> None:
    """All or nothing, and for our eyes only: it holds secrets."""
    unfinished = path.with_name(path.name + ".new")
    unfinished.unlink(missing_ok=True)
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(content, file, indent=2, ensure_ascii=False)
    unfinished.replace(path)
