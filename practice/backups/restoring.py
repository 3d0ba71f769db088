"""Put a backup into an empty database, and look whether all of it arrived.

The database is brought to the very state of migrations that the backup was taken in, filled, and
then migrated on as any database is. Rows go in as they were: triggers, which would chain the audit
trail anew, and row-level security, which takes no COPY, are off for that one transaction.
"""

import json
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import psycopg
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from psycopg import sql

from practice.models import DataKeyRow, Erased

from . import databases
from .sealing import CHANGED, Opener, Refused
from .taking import (
    DATA,
    END,
    FORMAT,
    MANIFEST,
    OF_KEYS,
    ROWS,
    TABLE,
    Say,
    Tables,
    every_table,
    quiet,
    tables,
)

ERASED = Erased._meta.db_table
LARGEST = 1 << 30


@dataclass
class Contents:
    """One of the two files of a backup, opened."""

    opener: Opener
    at: datetime = field(init=False)
    migrations: list[tuple[str, str]] = field(init=False)
    rows: dict[str, int] = field(init=False, default_factory=dict)  # of the tables that were read

    def __post_init__(self) -> None:
        kind, content = self.next()
        manifest = json.loads(content) if kind == MANIFEST else {}
        if manifest.get("format") != FORMAT:
            raise Refused("This backup is of a format that this version does not know.")
        self.at = datetime.fromisoformat(manifest["at"])
        self.migrations = [(app, name) for app, name in manifest["migrations"]]

    def next(self) -> tuple[bytes, bytes]:
        head = self.opener.read(5)
        length = int.from_bytes(head[1:], "big")
        if length > LARGEST:
            raise Refused(CHANGED)
        return head[:1], self.opener.read(length)

    def tables(self) -> Iterator[tuple[str, list[str], Iterator[bytes]]]:
        """Each with its columns and its rows as COPY has them, to be read to their end."""
        kind, content = self.next()
        while kind == TABLE:
            facts = json.loads(content)
            yield facts["table"], facts["columns"], self._parts(facts["table"])
            kind, content = self.next()
        if kind != END:
            raise Refused(CHANGED)
        self.opener.ended()

    def _parts(self, table: str) -> Iterator[bytes]:
        kind, content = self.next()
        while kind == DATA:
            yield content
            kind, content = self.next()
        if kind != ROWS:
            raise Refused(CHANGED)
        self.rows[table] = int(content)


@contextmanager
def opened(path: Path, kind: str) -> Iterator[Contents]:
    with path.open("rb") as file:
        opener = Opener(file)
        if opener.facts.get("kind") != kind:
            raise Refused(f"{path.name} is another kind of file than it has to be.")
        yield Contents(opener)


def fill(database: str, path: Path, keys: Path, *, say: Say) -> datetime:
    """Into an empty database. The moment that the backup is of. Raises Refused."""
    with ExitStack() as stack:
        rows = stack.enter_context(opened(path, "backup"))
        of_keys = stack.enter_context(opened(keys, "keys"))
        if of_keys.at < rows.at:
            raise Refused(
                f"{keys.name} is older than {path.name}: clients who came in between could not be "
                "read. Take the newest one."
            )
        stack.enter_context(databases.working_in(database))
        say("Making the tables as they were")
        _migrate(rows.migrations)
        _load(database, rows, say)
        _migrate(of_keys.migrations)
        _load(database, of_keys, quiet, only=OF_KEYS)
        say("Bringing the tables up to date")
        _migrate(None)
        return rows.at


def _migrate(applied: list[tuple[str, str]] | None) -> None:
    """To where a database was in which these had been applied; None: as far as it goes."""
    executor = MigrationExecutor(connection)
    graph = executor.loader.graph
    if applied is None:
        executor.migrate(graph.leaf_nodes())
        return
    unknown = [f"{app} {name}" for app, name in applied if (app, name) not in graph.nodes]
    if unknown:
        raise Refused(
            f"This backup is of a newer version: it knows {unknown[-1]}. Update Trellis first."
        )
    there = executor.loader.applied_migrations
    executor.migrate([node for node in applied if node not in there])


def _load(database: str, contents: Contents, say: Say, only: set[str] | None = None) -> None:
    """Into all tables, or ``only`` into some. They are not empty: migrations write rows too, and
    what they wrote comes back with the others."""
    with databases.connect(database) as line, line.transaction():
        known = tables(line)
        with as_they_were(line, known):
            emptied = [name for name in every_table(line) if only is None or name in only]
            names = sql.SQL(", ").join(map(sql.Identifier, emptied))
            line.execute(sql.SQL("TRUNCATE {}").format(names))
            loaded = _load_tables(line, contents, known, say)
            _drop_of_nobody(line, loaded)
            line.execute("SET CONSTRAINTS ALL IMMEDIATE")
            _count(line, loaded)
        _go_on_numbering(line, loaded)


@contextmanager
def as_they_were(line: psycopg.Connection, known: Iterable[str]) -> Iterator[None]:
    forced = {
        name
        for (name,) in line.execute(
            "SELECT relname FROM pg_class WHERE relforcerowsecurity "
            "AND relnamespace = 'public'::regnamespace"
        )
    }

    def alter(names, how: str) -> None:
        for name in names:
            line.execute(sql.SQL("ALTER TABLE {} " + how).format(sql.Identifier(name)))

    alter(forced, "NO FORCE ROW LEVEL SECURITY")
    alter(known, "DISABLE TRIGGER USER")
    yield
    alter(known, "ENABLE TRIGGER USER")
    alter(forced, "FORCE ROW LEVEL SECURITY")


def _load_tables(
    line: psycopg.Connection, contents: Contents, known: Tables, say: Say
) -> dict[str, int]:
    """By table, how many rows the backup says it has."""
    for table, columns, parts in contents.tables():
        if set(columns) - set(known.get(table, [])):
            raise Refused(f"The table {table} is not as it was when this backup was taken.")
        copy = sql.SQL("COPY {} ({}) FROM STDIN").format(
            sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
        )
        with line.cursor() as cursor, cursor.copy(copy) as into:
            for part in parts:
                into.write(part)
        if rows := contents.rows[table]:
            say(f"{table}: {rows} rows")
    return contents.rows


def _drop_of_nobody(line: psycopg.Connection, loaded: dict[str, int]) -> None:
    """Keys and who was erased are newer than the rows: a practice that came in between is not
    there, and neither is somebody of the staff."""
    for table in {DataKeyRow._meta.db_table, ERASED} & loaded.keys():
        loaded[table] -= drop_of_no_practice(line, table)
    if ERASED in loaded:
        name_nobody_new(line, ERASED)


def drop_of_no_practice(line: psycopg.Connection, table: str) -> int:
    gone = sql.SQL("DELETE FROM {} WHERE practice_id NOT IN (SELECT id FROM practice_practice)")
    return line.execute(gone.format(sql.Identifier(table))).rowcount


def name_nobody_new(line: psycopg.Connection, table: str) -> None:
    for who in ("created_by_id", "asked_by_id"):
        emptied = "UPDATE {} SET {who} = NULL WHERE {who} NOT IN (SELECT id FROM practice_user)"
        line.execute(sql.SQL(emptied).format(sql.Identifier(table), who=sql.Identifier(who)))


def _count(line: psycopg.Connection, loaded: dict[str, int]) -> None:
    for table, rows in loaded.items():
        asked = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))
        (found,) = line.execute(asked).fetchone() or (None,)
        if found != rows:
            raise Refused(f"Of {table}, {found} rows arrived, and the backup has {rows}.")


def _go_on_numbering(line: psycopg.Connection, loaded: dict[str, int]) -> None:
    """Numbers that the database gives go on after those that are there."""
    counters = line.execute(
        "SELECT table_name, column_name FROM information_schema.columns "
        "WHERE table_schema = 'public' AND is_identity = 'YES'"
    ).fetchall()
    for table, column in counters:
        if table in loaded:
            line.execute(
                sql.SQL(
                    "SELECT setval(pg_get_serial_sequence({}, {}), "
                    "coalesce((SELECT max({}) FROM {}), 0) + 1, false)"
                ).format(
                    sql.Identifier(table).as_string(),
                    column,
                    sql.Identifier(column),
                    sql.Identifier(table),
                )
            )
