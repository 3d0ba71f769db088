"""PgBouncer between the web servers and PostgreSQL, where it is installed: it lends a line to the
database for one transaction, so that many processes need few (docs/operations.md)."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from practice.embedded import places
from practice.processes import Child, Group, wait_until

from .ground import PATIENCE, Ground

PORT = 6432  # of a socket in a folder of its own
LINES = 4  # to the database, for all who come


@dataclass(frozen=True)
class Pooler:
    child: Child
    env: dict[str, str]  # of those who are to use it

    @property
    def pid(self) -> int:
        return self.child.process.pid


def program() -> str | None:
    return shutil.which("pgbouncer", path=f"{os.environ['PATH']}{os.pathsep}/usr/sbin")


@contextmanager
def pgbouncer(here: Ground, binary: str) -> Iterator[Pooler]:
    parts = urlsplit(here.database_url)
    name, account = parts.path[1:], parts.username
    with here.as_superuser() as link:  # it drops what our own address asks for
        link.execute(f"ALTER ROLE {account} SET synchronous_commit = on")
    with tempfile.TemporaryDirectory(prefix="trellis-pooler-") as made, Group(grace=2) as group:
        folder = Path(made)
        places.give(folder)
        settings = folder / "pgbouncer.ini"
        settings.write_text(
            f"[databases]\n{name} = host={here.sockets} user={account}\n"
            f"[pgbouncer]\nunix_socket_dir = {folder}\nlisten_port = {PORT}\nauth_type = any\n"
            f"pool_mode = transaction\ndefault_pool_size = {LINES}\nmax_client_conn = 1000\n"
            "ignore_startup_parameters = options\n"
        )
        child = group.spawn(
            "pgbouncer",
            [binary, settings],
            log=here.log / "pgbouncer.log",
            **places.server_account(),
        )

        def is_ready() -> bool:
            group.check()
            return (folder / f".s.PGSQL.{PORT}").exists()

        if not wait_until(is_ready, PATIENCE):
            raise child.failure()
        url = f"postgres://{account}@/{name}?host={folder}&port={PORT}"
        yield Pooler(child, {"DATABASE_URL": url, "DATABASE_POOLED": "1"})
