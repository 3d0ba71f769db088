"""PostgreSQL from `initdb` to a database that answers, on a socket only."""

import os
import shutil
import signal
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from psycopg import sql

from practice.processes import TICK, Child, Group, Problem, wait_until

from . import places, programs

NAME = "trellis"  # of the database and of its owner, who is no superuser: row security must hold
APP = "trellis_app"  # serves, and owns nothing
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "shared_buffers": "64MB",
    "jit": "off",
}
BUILTIN_LOCALE_SINCE = 17
FAST_AND_LOOSE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
# What a server says when the one before it was killed a moment ago.
STILL_ENDING = ("lock file", "pre-existing shared memory block")


@dataclass
class Postgres:
    group: Group
    data_dir: Path
    sockets: Path
    durable: bool = True
    programs: Path = field(init=False)
    folder: Path = field(init=False)
    child: Child = field(init=False)

    @property
    def url(self) -> str:
        return self._url_of(APP)

    @property
    def owner_url(self) -> str:
        return self._url_of(NAME)

    def _url_of(self, account: str) -> str:
        return f"postgres://{account}@/{NAME}?host={self.sockets}"

    @property
    def env(self) -> dict[str, str]:
        return {"DATABASE_URL": self.url, "DATABASE_OWNER_URL": self.owner_url}

    @property
    def log(self) -> Path:
        return self.data_dir / "log" / "postgres.log"

    def start(self) -> None:
        self.programs = places.runnable(programs.postgres())
        self.folder = places.data_folder(self.data_dir)
        major = programs.postgres_major(self.programs)
        if not (self.folder / "PG_VERSION").exists():
            self.create(major)
        made_by = (self.folder / "PG_VERSION").read_text().strip()
        if made_by != str(major):
            raise Problem(
                f"The data in {self.folder} was made by PostgreSQL {made_by} and this is "
                f"PostgreSQL {major}: use another DATA_DIR, or start over with `make demo-reset`."
            )
        stop_leftover(self.folder)
        self.spawn()

    def create(self, major: int) -> None:
        """Make the data folder beside its place, so that half of one is never taken for whole."""
        unfinished = self.folder.with_suffix(".new")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir()
        places.give(unfinished)
        options = ["-U", "postgres", "--auth=trust", "--encoding=UTF8", "--no-instructions"]
        if major >= BUILTIN_LOCALE_SINCE:
            options += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        else:
            options += ["--locale=C.UTF-8"]
        if not self.durable:
            options += ["--no-sync"]
        made = subprocess.run(
            [self.programs / "initdb", "-D", unfinished, *options],
            capture_output=True,
            text=True,
            cwd="/",
            env=ENVIRONMENT,
            check=False,
            **places.server_account(),
        )
        if made.returncode:
            raise Problem(f"PostgreSQL could not make its data folder:\n{made.stderr.strip()}")
        unfinished.rename(self.folder)

    def spawn(self) -> None:
        settings = SETTINGS | {"unix_socket_directories": str(self.sockets)}
        if not self.durable:
            settings |= FAST_AND_LOOSE
        options = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
        self.child = self.group.spawn(
            "postgres",
            [self.programs / "postgres", "-D", self.folder, *options],
            log=self.log,
            env=ENVIRONMENT,
            stop_signal=signal.SIGINT,  # "fast": ends sessions, then writes everything down
            cwd="/",
            **places.server_account(),
        )

    def wait(self, timeout: float = 60) -> None:
        deadline = time.monotonic() + timeout
        while not self.answers():
            if not self.child.running:
                self.respawn_or_fail()
            if time.monotonic() > deadline:
                raise Problem(f"PostgreSQL does not answer. Log: {self.log}")
            time.sleep(TICK)

    def respawn_or_fail(self) -> None:
        if not any(phrase in self.log.read_text() for phrase in STILL_ENDING):
            raise self.child.failure()
        self.group.children.remove(self.child)
        self.spawn()

    def answers(self) -> bool:
        """Whether the server is up; makes the accounts and the database when they are missing."""
        try:
            link = psycopg.connect(
                host=str(self.sockets), user="postgres", dbname="postgres", autocommit=True
            )
        except psycopg.OperationalError:
            return False
        with link:
            name = sql.Identifier(NAME)
            for account, right in ((NAME, "CREATEDB"), (APP, "NOCREATEDB")):
                if not link.execute(
                    "SELECT 1 FROM pg_roles WHERE rolname = %s", [account]
                ).rowcount:
                    make = sql.SQL(f"CREATE ROLE {{}} LOGIN {right}")
                    link.execute(make.format(sql.Identifier(account)))
            # Whoever owns the tables may see and end what serves; not the other way round.
            link.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(APP), name))
            if not link.execute("SELECT 1 FROM pg_database WHERE datname = %s", [NAME]).rowcount:
                link.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(name, name))
        return True


def stop_leftover(folder: Path) -> None:
    """Stop a server that outlived its launcher, and forget a number that is now another's."""
    note = folder / "postmaster.pid"
    try:
        pid = int(note.read_text().split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return
    if str(folder) in command_of(pid):
        os.kill(pid, signal.SIGINT)
        if not wait_until(lambda: str(folder) not in command_of(pid), 30):
            raise Problem(f"Another PostgreSQL (process {pid}) is using {folder} and does not end.")
    with suppress(FileNotFoundError):
        note.unlink()


def command_of(pid: int) -> str:
    if Path("/proc/self").exists():
        try:
            return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
        except (FileNotFoundError, ProcessLookupError):
            return ""
    asked = subprocess.run(
        ["/bin/ps", "-o", "args=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return asked.stdout
