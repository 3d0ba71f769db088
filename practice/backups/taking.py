"""Write down everything as it is at one moment, table by table.

One transaction reads all of it, so what is written belongs together, however long it takes and
whatever is changed meanwhile. The keys of clients go into a file of their own, with who was erased,
and only the newest of it is kept: whoever is erased is unreadable in every older backup from then
on, and erased again by a restore of it.
"""

import fcntl
import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

import psycopg
from psycopg import sql

from practice.models import DataKeyRow, Erased, KeyWork, Practice

from . import databases, pruning
from .sealing import Opener, Refused, Sealer

Say = Callable[[str], None]
Tables = dict[str, list[str]]  # with their columns
FORMAT = 1
MANIFEST, TABLE, DATA, ROWS, END = b"M", b"T", b"D", b"R", b"Z"
# Who is signed in, who asked for a letter in the last hour, and how often somebody tried: nothing
# of it may come back, and nothing of it need be kept for weeks.
LEFT_OUT = {"cache", "django_session", "practice_signin", "practice_knock"}
# What can open the rest, and who must not come back with it.
OF_KEYS = {model._meta.db_table for model in (DataKeyRow, KeyWork, Erased)}
MIGRATIONS = "django_migrations"  # written by migrating, and stated in the manifest
EVERY = 5.0  # seconds between two lines about one large table
COLUMNS = """
    SELECT c.relname, array_agg(a.attname::text ORDER BY a.attnum)
      FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
     WHERE c.relkind = 'r'
       AND c.relnamespace = 'public'::regnamespace
       AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
     GROUP BY c.relname ORDER BY c.relname
"""


@dataclass(frozen=True)
class Taken:
    path: Path
    keys: Path
    at: datetime
    rows: int


def every_table(line: psycopg.Connection) -> Tables:
    found = dict(line.execute(COLUMNS).fetchall())
    found.pop(MIGRATIONS, None)
    return found


def tables(line: psycopg.Connection) -> Tables:
    """Those that hold something to be kept."""
    return {name: columns for name, columns in every_table(line).items() if name not in LEFT_OUT}


def take(
    folder: Path, *, now: datetime, say: Say, try_it: Callable[[Path], None] | None = None
) -> Taken:
    """A backup of everything into ``folder``: it has its name once it is whole, and was tried by
    ``try_it``, and not before. Where that fails it is put aside: another one is due, and none is
    pruned for its sake."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    pruning.remove_left_over(folder)
    path = folder / pruning.name_at(now)
    # The keys first: with newer keys an older backup opens, with older ones a newer does not.
    with _keys_written(folder, now) as (line, rest):
        rows = _write(path, line, rest, now, say)
    unfinished = pruning.with_end(path, pruning.UNFINISHED)
    try:
        if try_it:
            try_it(unfinished)
    except Exception:
        pruning.put_aside(unfinished)
        raise
    _give_its_name(path)
    return Taken(path, folder / pruning.KEYS, now, rows)


def take_keys(folder: Path, *, now: datetime) -> Path:
    """Only the file of the keys, anew: after somebody was erased, older backups no longer open for
    them from now on, and not only from the next backup on."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _keys_written(folder, now):
        return folder / pruning.KEYS


def how_many_erased() -> int:
    """Of all practices: when there are more, the keys are to be written anew."""
    counted = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(Erased._meta.db_table))
    with databases.connect() as line:
        _refuse_if_blind(line)
        (found,) = line.execute(counted).fetchone() or (0,)
    return found


@contextmanager
def _keys_written(folder: Path, now: datetime) -> Iterator[tuple[psycopg.Connection, Tables]]:
    """The file of the keys, and the other tables of the same moment, yet to be written."""
    keys = folder / pruning.KEYS
    with databases.connect() as line:
        with _alone(folder):
            line.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            _refuse_if_blind(line)
            found = tables(line)
            of_keys = {name: found.pop(name) for name in OF_KEYS & found.keys()}
            _write(keys, line, of_keys, _not_before(keys, now), quiet)
            _give_its_name(keys)
        yield line, found
        line.execute("COMMIT")


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Who reads the keys first has written them first: keys that were destroyed meanwhile do not
    come back into the file with somebody slower."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _not_before(keys: Path, now: datetime) -> datetime:
    """Whoever had to wait has newer keys than the file that is there, though they began earlier."""
    try:
        with keys.open("rb") as file:
            return max(now, datetime.fromisoformat(Opener(file).facts["at"]))
    except (FileNotFoundError, Refused):
        return now


def _refuse_if_blind(line: psycopg.Connection) -> None:
    """Row-level security hides rows without a word, and an empty backup looks like a good one."""
    table = Practice._meta.db_table
    asked = sql.SQL("SELECT count(*), pg_relation_size({}) FROM {}").format(
        table, sql.Identifier(table)
    )
    seen, size = line.execute(asked).fetchone() or (0, 0)
    if size and not seen:
        raise Refused(
            "No practice is visible to this role, though there is one: DATABASE_OWNER_URL has to "
            "name the role that owns the tables."
        )


def _migrations(line: psycopg.Connection) -> list[list[str]]:
    asked = sql.SQL("SELECT app, name FROM {} ORDER BY id").format(sql.Identifier(MIGRATIONS))
    return [list(row) for row in line.execute(asked).fetchall()]


def _write(path: Path, line: psycopg.Connection, found: Tables, at: datetime, say: Say) -> int:
    """Beside ``path``: it has not got its name yet."""
    unfinished, total = pruning.with_end(path, pruning.UNFINISHED), 0
    manifest = {"format": FORMAT, "at": at.isoformat(), "migrations": _migrations(line)}
    with _new(unfinished) as file:
        sealer = Sealer(file, {"kind": path.suffix.removeprefix("."), "at": manifest["at"]})
        _put(sealer, MANIFEST, json.dumps(manifest).encode())
        for number, (table, columns) in enumerate(found.items(), 1):
            rows = _write_table(sealer, line, table, columns, say)
            total += rows
            if rows:
                say(f"[{number}/{len(found)}] {table}: {rows} rows")
        _put(sealer, END, b"")
        sealer.end()
    return total


@contextmanager
def _new(path: Path) -> Iterator[BinaryIO]:
    """What could not be written to its end does not stay: the disk may be full."""
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            yield file
            _onto_the_disk(file)
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def _give_its_name(path: Path) -> None:
    pruning.with_end(path, pruning.UNFINISHED).replace(path)
    _name_is_on_the_disk(path.parent)


def _write_table(
    sealer: Sealer, line: psycopg.Connection, table: str, columns: list[str], say: Say
) -> int:
    rows, told = 0, time.monotonic()
    _put(sealer, TABLE, json.dumps({"table": table, "columns": columns}).encode())
    copy = sql.SQL("COPY {} ({}) TO STDOUT").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with line.cursor() as cursor, cursor.copy(copy) as out:
        for part in out:
            rows += bytes(part).count(b"\n")  # one ends each row; inside of one it is written \n
            _put(sealer, DATA, bytes(part))
            if time.monotonic() > told + EVERY:
                told = time.monotonic()
                say(f"      {table}: {rows} rows so far")
    _put(sealer, ROWS, str(rows).encode())
    return rows


def _put(sealer: Sealer, kind: bytes, content: bytes) -> None:
    sealer.write(kind + len(content).to_bytes(4, "big") + content)


def _onto_the_disk(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())


def _name_is_on_the_disk(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def quiet(_line: str) -> None:
    """The keys are a table or two."""
