"""Who was erased, from wherever it is known: a restore brings none of them back.

The list comes with the keys, as it was when they were last written. The database that is replaced
knows it to the minute; its keys are not asked for, since those open whoever was erased in between.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from practice.models import Erased

from . import databases
from .restoring import as_they_were, drop_of_no_practice, name_nobody_new, opened
from .sealing import Refused
from .taking import Say, every_table

ERASED = Erased._meta.db_table
CAME = "trellis_erased_came"
# Why somebody was erased early is not known any more when the practice's key is newer than ours.
WITHOUT_KEY = """
    UPDATE trellis_erased_came SET early = '' WHERE octet_length(early) > 0
       AND substr(early, 2, 16) NOT IN (SELECT uuid_send(id) FROM practice_datakey)
"""


@dataclass(frozen=True)
class Rows:
    columns: list[str]
    parts: list[bytes]  # as COPY writes and reads them


def add(into: str, *, replaced: str = "", keys: Iterable[Path] = (), say: Say) -> None:
    """To the list in the database ``into``. What cannot be read is said, and stops nothing."""
    with databases.connect(into) as line:
        known = every_table(line)[ERASED]
    if replaced:
        try:
            _add(into, _in_database(replaced, known))
        except psycopg.Error as error:
            say(f"Who was erased in {replaced} cannot be read ({type(error).__name__})")
    for file in keys:
        try:
            _add(into, _in_keys(file))
        except (OSError, Refused, psycopg.Error) as error:
            say(f"Who was erased cannot be read from {file} ({type(error).__name__})")


def _in_database(name: str, known: list[str]) -> Rows:
    with databases.connect(name) as line:
        there = every_table(line).get(ERASED, [])
        columns = [column for column in there if column in known]
        if not columns:  # it is of a time before anybody could be erased
            return Rows([], [])
        asked = sql.SQL("COPY {} ({}) TO STDOUT").format(sql.Identifier(ERASED), _listed(columns))
        with line.cursor() as cursor, cursor.copy(asked) as out:
            return Rows(columns, [bytes(part) for part in out])


def _in_keys(file: Path) -> Rows:
    with opened(file, "keys") as contents:
        read = {table: Rows(columns, list(parts)) for table, columns, parts in contents.tables()}
    return read.get(ERASED, Rows([], []))


def _add(into: str, rows: Rows) -> None:
    if not rows.parts:
        return
    erased, came, columns = sql.Identifier(ERASED), sql.Identifier(CAME), _listed(rows.columns)
    with databases.connect(into) as line, line.transaction():
        line.execute(
            sql.SQL("CREATE TEMPORARY TABLE {} (LIKE {} INCLUDING DEFAULTS) ON COMMIT DROP").format(
                came, erased
            )
        )
        copy = sql.SQL("COPY {} ({}) FROM STDIN").format(came, columns)
        with line.cursor() as cursor, cursor.copy(copy) as out:
            for part in rows.parts:
                out.write(part)
        drop_of_no_practice(line, CAME)
        name_nobody_new(line, CAME)
        line.execute(WITHOUT_KEY)
        with as_they_were(line, [ERASED]):
            line.execute(
                sql.SQL("INSERT INTO {} SELECT * FROM {} ON CONFLICT DO NOTHING").format(
                    erased, came
                )
            )
            line.execute("SET CONSTRAINTS ALL IMMEDIATE")


def _listed(columns: list[str]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, columns))
