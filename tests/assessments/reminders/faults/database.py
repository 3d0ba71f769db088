"""A PostgreSQL of a test's own, which it may stop and kill: the one of the run serves others."""

import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import environ
import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connection

from practice.database import grants
from practice.embedded import make_data_dir, places, remove
from practice.embedded.postgres import Postgres
from practice.processes import Group

NAME = "test_faults"


class Database:
    def __init__(self, server: Postgres) -> None:
        self.server = server

    @property
    def url(self) -> str:
        return self.server.url.replace("/trellis?", f"/{NAME}?")

    @property
    def owner_url(self) -> str:
        return self.server.owner_url.replace("/trellis?", f"/{NAME}?")

    def stop(self) -> None:
        """As an administrator does: sessions are ended, everything is written down."""
        self.server.child.signal(signal.SIGINT)
        self.server.child.process.wait(30)
        self._forget()

    def kill(self) -> None:
        """As a power cut does: afterwards it recovers from its log."""
        self.server.child.end()
        self._forget()

    def start(self) -> None:
        self.server.spawn()
        self.server.wait()

    def _forget(self) -> None:
        connection.close()
        self.server.group.children.remove(self.server.child)


@contextmanager
def own_database(monkeypatch) -> Iterator[Database]:
    """This process and those that it starts use it instead."""
    folder = Path(tempfile.mkdtemp(prefix="trellis-own-"))
    make_data_dir(folder)
    folder.chmod(0o711)
    with places.sockets(folder) as sockets, Group() as group:
        server = Postgres(group, folder, sockets)  # durable: it must survive being killed
        server.start()
        server.wait()
        with psycopg.connect(server.owner_url, autocommit=True) as line:
            line.execute(f"CREATE DATABASE {NAME}")
        database = Database(server)
        with _connected_to(database, monkeypatch):
            call_command("migrate", verbosity=0, interactive=False)
            grants.serve(settings.APP_ROLE)
            yield database
    remove(folder)
    shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _connected_to(database: Database, monkeypatch) -> Iterator[None]:
    """This process as the owner of the tables, those that it starts as the account that serves."""
    before = dict(connection.settings_dict)
    connection.close()
    there = environ.Env.db_url_config(database.owner_url)
    there["OPTIONS"] = before["OPTIONS"] | there["OPTIONS"]
    connection.settings_dict.update(there)
    try:
        with monkeypatch.context() as patch:
            patch.setenv("DATABASE_URL", database.url)
            yield
    finally:
        connection.close()
        connection.settings_dict.clear()
        connection.settings_dict.update(before)
