"""PostgreSQL and Valkey as child processes, for `make demo`, `make run` and `make test`.

The programs come out of wheels in the lock (or from the machine), so nobody needs Docker, a
system service or root. Production never uses this package: there, DATABASE_URL and REDIS_URL say
where the servers are, and whatever is already in the environment is respected here too.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from practice.processes import Group

from . import places
from .places import data_folder, make_data_dir
from .postgres import Postgres
from .valkey import Valkey

__all__ = ["data_folder", "make_data_dir", "remove", "servers"]


@contextmanager
def servers(
    data_dir: Path,
    *,
    postgres: bool = True,
    valkey: bool = True,
    durable: bool = True,
    group: Group | None = None,
) -> Iterator[dict[str, str]]:
    """Run the servers that the environment does not name, and yield what to put into it.

    ``durable=False`` is for tests: faster, and a power cut may cost the data. With ``group`` the
    caller can watch the servers; the group is stopped at the end either way.
    """
    data_dir = data_dir.resolve()
    make_data_dir(data_dir)
    env: dict[str, str] = {}
    with places.sockets(data_dir) as sockets, group or Group() as running:
        starting: list[Postgres | Valkey] = []
        if valkey and not os.environ.get("REDIS_URL"):
            starting.append(Valkey(running, data_dir, sockets))
        if postgres and not os.environ.get("DATABASE_URL"):
            starting.append(Postgres(running, data_dir, sockets, durable=durable))
        for server in starting:
            server.start()
        for server in starting:
            server.wait()
            env |= server.env
        yield env


def remove(data_dir: Path) -> None:
    """Forget everything that the servers keep for this data folder."""
    places.remove(data_dir.resolve())
