"""What every measurement stands on: durable PostgreSQL, a broker, a mail sink, production settings.

All of it is made for the run and goes with it. Servers that the environment names are never used:
a measurement empties tables.
"""

import base64
import os
import secrets
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple
from urllib.parse import parse_qs, urlsplit

import psycopg

from practice import embedded
from practice.launch.place import Place
from practice.launch.start import WORKER, python
from practice.processes import Child, Group, wait_until

from .judge import ROOT, Judge

PLACE = ROOT / "var" / "bench"
WORKERS = 2  # what WORKER says
NAMED_ELSEWHERE = (
    *("DATABASE_URL", "REDIS_URL", "EMAIL_URL", "EMAIL_BACKEND", "MAILBOX_DIR", "SETUP_CODE"),
    *("ALLOWED_HOSTS", "SMS_URL", "SMS_DIR", "RETURNS_MAILBOX", "ADMINS", "DEFAULT_FROM_EMAIL"),
)
PATIENCE = 60
WRITTEN = """
SELECT xact_commit, pg_snapshot_xmax(pg_current_snapshot())::text::bigint,
    (pg_current_wal_lsn() - '0/0')::bigint
FROM pg_stat_database WHERE datname = %s
"""


def say(text: str) -> None:
    """Progress goes to stderr: stdout is for the figures alone."""
    print(text, file=sys.stderr, flush=True)


class Written(NamedTuple):
    """Since the server began. A backend tells its commits within a second of the last one."""

    commits: int  # also of what only read
    changes: int  # transactions that changed something, a savepoint in which one did for one more
    wal: int  # octets of write-ahead log


@dataclass(frozen=True)
class Ground:
    """The running servers. ``judge`` is the sink's."""

    group: Group
    judge: Judge
    log: Path
    database_url: str

    @property
    def sockets(self) -> str:
        return parse_qs(urlsplit(self.database_url).query)["host"][0]

    def child(self, name: str) -> Child:
        return next(child for child in self.group.children if child.name == name)

    def pid(self, name: str) -> int:
        return self.child(name).process.pid

    def as_superuser(self) -> psycopg.Connection:
        return psycopg.connect(
            host=self.sockets, user="postgres", dbname="trellis", autocommit=True
        )

    def settle_down(self) -> None:
        """What was written before a round is on the disk before it begins."""
        with self.as_superuser() as link:
            link.execute("CHECKPOINT")

    def written(self, database: str = "trellis") -> "Written":
        with self.as_superuser() as link:
            return Written(*link.execute(WRITTEN, [database]).fetchone())

    @contextmanager
    def worker(self, app: str = "practice", *options: str, number: int = 0) -> Iterator[Child]:
        """Celery with as many processes as the demo has, until the end of the block. Each of
        several has a ``number``."""
        command = [app if part == "practice" else part for part in python(WORKER)]
        name = f"{app}@bench{number or ''}"
        with Group(grace=10) as group:
            child = group.spawn(
                name,
                [*command, "-n", name, *options],
                log=self.log / f"{name}.log",
                env=os.environ | {"AS_OWNER": "0"},
                cwd=ROOT,
            )

            def is_ready() -> bool:
                group.check()
                return " ready." in child.log.read_text()

            if not wait_until(is_ready, PATIENCE):
                raise child.failure()
            yield child


@contextmanager
def ground() -> Iterator[Ground]:
    """The environment is set up for this process and for all that it starts."""
    for name in NAMED_ELSEWHERE:
        os.environ.pop(name, None)
    data = PLACE / "data"
    embedded.make_data_dir(PLACE)
    with Place("bench", PLACE, 0).alone(), Group() as group:
        forget(data)
        embedded.make_data_dir(data)
        try:
            say("Starting PostgreSQL, Valkey and the mail sink")
            with (
                embedded.servers(data, durable=True, group=group) as found,
                Judge(group, data / "log") as judge,
            ):
                os.environ.update(found | production(data) | {"EMAIL_URL": judge.url})
                os.environ["AS_OWNER"] = "1"  # this process makes the practices
                yield Ground(group, judge, data / "log", found["DATABASE_URL"])
        finally:
            group.stop()
            forget(data)


def production(data: Path) -> dict[str, str]:
    """The settings of a practice that serves real people, with keys of this run's own."""
    return {
        "DEVELOPMENT": "0",
        "DEBUG": "0",
        "SECRET_KEY": secrets.token_urlsafe(50),
        "FIELD_KEYS": f"bench:{base64.b64encode(secrets.token_bytes(32)).decode()}",
        "SITE_URL": "https://portal.practice.example",
        "ALLOWED_HOSTS": "portal.practice.example",
        "TRUSTED_PROXY_COUNT": "1",
        "DEFAULT_FROM_EMAIL": "Trellis <post@practice.example>",
        "DATA_DIR": str(data),
        "LOG_LEVEL": "INFO",
        "DJANGO_SETTINGS_MODULE": "practice.settings",
        "REMAP_SIGTERM": "SIGQUIT",
    }


def forget(data: Path) -> None:
    if data.exists():
        embedded.remove(data)
        shutil.rmtree(data)
