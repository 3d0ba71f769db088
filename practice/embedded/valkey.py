"""Valkey as the broker: a socket, no TCP, nothing kept.

The database knows what is due, so an empty broker costs a few seconds and never a message.
"""

import socket
from dataclasses import dataclass, field
from pathlib import Path

from practice.processes import Child, Group, Problem, wait_until

from . import programs


@dataclass
class Valkey:
    group: Group
    data_dir: Path
    sockets: Path
    program: Path | None = None  # else the one that is found
    child: Child = field(init=False)

    @property
    def socket(self) -> Path:
        return self.sockets / "valkey.sock"

    @property
    def url(self) -> str:
        return f"redis+socket://{self.socket}"

    @property
    def env(self) -> dict[str, str]:
        return {"REDIS_URL": self.url}

    def start(self) -> None:
        self.say("SHUTDOWN NOSAVE")  # one that outlived its launcher
        folder = self.data_dir / "valkey"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        options: dict[str, str | Path] = {
            "port": "0",
            "unixsocket": self.socket,
            "unixsocketperm": "700",
            "dir": folder,
            "save": "",
            "appendonly": "no",
            "maxmemory-policy": "noeviction",
            "daemonize": "no",
        }
        self.child = self.group.spawn(
            "valkey",
            [
                self.program or programs.valkey(),
                *(part for key, v in options.items() for part in (f"--{key}", v)),
            ],
            log=self.data_dir / "log" / "valkey.log",
        )

    def wait(self) -> None:
        wait_until(lambda: self.say("PING") == "+PONG" or not self.child.running, 15)
        if not self.child.running:
            raise self.child.failure()
        if self.say("PING") != "+PONG":
            raise Problem(f"Valkey does not answer. Log: {self.child.log}")

    def say(self, command: str) -> str:
        try:
            with socket.socket(socket.AF_UNIX) as line:
                line.settimeout(2)
                line.connect(str(self.socket))
                line.sendall(f"{command}\r\n".encode())
                return line.recv(64).decode().strip()
        except OSError:
            return ""
