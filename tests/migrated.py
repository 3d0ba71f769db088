"""One migrated database for all workers of a run: the first of them makes it, the others copy it.

Seventy migrations take a processor ten seconds, in each worker the same ones.
"""

import fcntl
import os
from pathlib import Path

from django.db import connection

RUN = os.environ.get("PYTEST_XDIST_TESTRUNUID", "")  # of the whole run; none without workers
NAME = f"test_migrated_{RUN[:12]}"


class Migrated:
    """``expect`` before a worker's database is made, ``keep`` after, ``forget`` at the end."""

    def __init__(self) -> None:
        self.lock = None
        self.is_ours = False

    def expect(self) -> None:
        """Wait until it is there; or be the one who makes it, and the others wait."""
        if not RUN:
            return
        self.lock = (Path(os.environ["DATA_DIR"]) / "migrating").open("w")
        fcntl.flock(self.lock, fcntl.LOCK_EX)
        with connection._nodb_cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [NAME])
            is_there = cursor.fetchone() is not None
        if is_there:
            connection.settings_dict["TEST"]["TEMPLATE"] = NAME
            self.let_go()

    def keep(self) -> None:
        """As it is now: migrated, and empty."""
        if self.lock is None:
            return
        own = connection.settings_dict["NAME"]
        connection.close()
        with connection._nodb_cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {NAME} TEMPLATE {own}")
        self.is_ours = True
        self.let_go()

    def forget(self) -> None:
        """Whoever comes later makes one again."""
        if not self.is_ours:
            return
        with connection._nodb_cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {NAME}")

    def let_go(self) -> None:
        self.lock.close()
        self.lock = None
