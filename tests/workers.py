"""Real Celery processes for the tests: on the test database, with a broker of their own.

The broker is not the one of the whole test run, so that a test may stop, flush and freeze it.
"""

import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import redis
from celery import current_app
from django.db import connection

from practice.embedded.valkey import Valkey
from practice.processes import Child, Group, wait_until

ROOT = Path(__file__).resolve().parent.parent
CELERY = [sys.executable, "-m", "celery", "-A", "practice"]
WORKER = ["worker", "--without-gossip", "--without-mingle"]
BEAT = ["beat", "--pidfile="]
WATCH = [sys.executable, "manage.py", "watch"]
SIGNS = (" ready.", "Sending due task", "another beat rings", "watching")
PATIENCE = 90  # seconds: a busy machine is slow, not wrong


def until(condition, what: str, timeout: float = PATIENCE) -> None:
    """Wait for it, and say what did not happen."""
    assert wait_until(condition, timeout), f"not within {timeout} s: {what}"


def as_the_app() -> dict[str, str]:
    """How a process of the product reaches the database that the tests were given: by an account
    which owns nothing, and which the wall binds."""
    return {"DATABASE_URL": _of_the_tests("DATABASE_URL"), "AS_OWNER": "0"}


def as_the_owner() -> dict[str, str]:
    """The same for the commands that manage.py runs as the owner of the tables."""
    return as_the_app() | {"DATABASE_OWNER_URL": _of_the_tests("DATABASE_OWNER_URL")}


def _of_the_tests(name: str) -> str:
    database = connection.settings_dict["NAME"]
    assert database.startswith("test_"), "that is somebody's real database"
    return urlunsplit(urlsplit(os.environ[name])._replace(path=f"/{database}"))


class Broker:
    """A Valkey, or another that ``BROKER`` names, that can go away, come back empty, and stand
    still."""

    def __init__(self, group: Group, folder: Path) -> None:
        named = os.environ.get("BROKER")  # else Valkey from the wheel
        program = Path(shutil.which(named) or named) if named else None
        self.server = Valkey(group, folder, folder, program)
        self.start()

    @property
    def url(self) -> str:
        return self.server.url

    def start(self) -> None:
        self.server.start()
        self.server.wait()

    def kill(self) -> None:
        child = self.server.child
        child.end()
        self.server.group.children.remove(child)
        self.server.socket.unlink(missing_ok=True)

    def flush(self) -> None:
        with redis.Redis(unix_socket_path=str(self.server.socket)) as line:
            line.flushall()

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """It takes connections and answers nothing."""
        self.server.child.signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.server.child.signal(signal.SIGCONT)


class Crew:
    """The workers and beats of one test."""

    def __init__(self, folder: Path, email_url: str, **env: str) -> None:
        self.folder = folder
        self.group = Group(grace=2)
        self.broker = Broker(self.group, folder)
        self.env = os.environ | {
            **as_the_app(),
            "REDIS_URL": self.broker.url,
            "EMAIL_URL": email_url,
            "SWEEP_SECONDS": "0.5",
            "LOG_LEVEL": "INFO",
            "DEVELOPMENT": "1",  # a lease of four seconds is none for people
            "REMAP_SIGTERM": "SIGQUIT",
            **env,
        }
        self.celery = CELERY
        self.count = 0
        self.revived = 0
        self.orphans: list[int] = []  # process groups whose leader was killed

    def _spawn(self, kind: str, command, **env: str) -> Child:
        self.count += 1
        return self.group.spawn(
            f"{kind}-{self.count}",
            [*command, *(["-n", f"{kind}{self.count}@here"] if kind == "worker" else [])],
            log=self.folder / "log" / f"{kind}-{self.count}.log",
            env=self.env | env,
            cwd=ROOT,
        )

    def worker(self, concurrency: int = 2, **env: str) -> Child:
        options = ["--loglevel", "INFO", "--concurrency", str(concurrency)]
        return self._spawn("worker", [*self.celery, *WORKER, *options], **env)

    def beat(self, **env: str) -> Child:
        return self._spawn("beat", [*self.celery, *BEAT, "--loglevel", "INFO"], **env)

    def watcher(self, **env: str) -> Child:
        return self._spawn("watcher", WATCH, **env)

    def ready(self, *children: Child) -> None:
        """They have come up: a beat rings for the first time or waits, the others say so."""
        for child in children:
            until(
                lambda child=child: (
                    any(sign in child.log.read_text() for sign in SIGNS) or self._must_run(child)
                ),
                f"{child.name} is ready\n{child.last_lines()}",
            )

    def _must_run(self, child: Child) -> bool:
        if not child.running:
            raise child.failure()
        return False

    def revive(self) -> None:
        """Start again what has died, as `restart: unless-stopped` does in docker-compose.yml.

        kombu 5.7.0 ends a worker now and then when the broker goes away while a message is not
        acknowledged (AttributeError in Channel._connparams, called from restore_unacked).
        """
        for child in [child for child in self.group.children if not child.running]:
            self.group.children.remove(child)
            self.revived += 1
            {"worker": self.worker, "beat": self.beat, "watcher": self.watcher}[
                child.name.split("-")[0]
            ]()

    def kill(self, child: Child, *, alone: bool = False) -> None:
        """SIGKILL: the main process alone, or with the pool that it started (a power cut)."""
        if alone:
            os.kill(child.process.pid, signal.SIGKILL)
            child.process.wait()
            self.orphans.append(child.process.pid)
        else:
            child.end()
        self.group.children.remove(child)


@contextmanager
def crew(email_url: str, **env: str) -> Iterator[Crew]:
    folder = Path(tempfile.mkdtemp(prefix="trellis-crew-", dir="/tmp"))  # sockets: short paths
    people = Crew(folder, email_url, **env)
    try:
        yield people
    finally:
        for group in people.orphans:
            with suppress(ProcessLookupError):
                os.killpg(group, signal.SIGKILL)
        people.group.stop()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def bell_at(url: str) -> Iterator[None]:
    """In this process, `delay` goes to the broker at ``url``, over fresh connections."""
    app = current_app._get_current_object()
    before = app.conf.broker_url
    _forget_connections(app)
    app.conf.broker_url = app.conf.broker_write_url = url
    try:
        yield
    finally:
        _forget_connections(app)
        app.conf.broker_url = app.conf.broker_write_url = before


def _forget_connections(app) -> None:
    app.pool.force_close_all()
    app._pool = None
    app.amqp._producer_pool = None
