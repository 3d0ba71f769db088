"""The databases that a backup is taken from and put into, as the role that owns the tables."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
from django.db import DEFAULT_DB_ALIAS, connection, connections
from psycopg import sql

from practice import keys

from .sealing import Refused

STAMP = "%Y%m%d%H%M%S"
SCRATCH, RESTORED, BEFORE = "scratch", "restored", "before"  # what we make beside the app's
LEFT_OVER = timedelta(hours=1)  # nobody works in one for so long without a connection
# Somebody's: the server's own cleaning is nobody's. What kind a session of another role is of,
# this one is not told.
IN_USE = "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND usesysid IS NOT NULL"
MAINTENANCE = "postgres"  # there on every server, to make and rename others from


def name() -> str:
    """Of the database that the app works with."""
    return str(connection.settings_dict["NAME"])


def beside(kind: str, now: datetime) -> str:
    return f"{name()}_{kind}_{now.astimezone(UTC):{STAMP}}"


def settings_for(database: str | None = None) -> dict[str, Any]:
    """The commands are started as the role that owns the tables (manage.py, settings/database.py),
    so that is who works in the others too."""
    return {**connection.settings_dict, "NAME": database or name(), "CONN_MAX_AGE": 0}


def connect(database: str | None = None) -> psycopg.Connection:
    """A line of its own: Django's may be in the middle of something."""
    wrapper = connections[DEFAULT_DB_ALIAS].copy()
    wrapper.settings_dict = settings_for(database)
    own = {"autocommit": True, "application_name": "trellis backup"}
    known = wrapper.get_connection_params()
    known.pop("cursor_factory", None)
    return psycopg.connect(**(known | own))


@contextmanager
def working_in(database: str) -> Iterator[None]:
    """Django's models and commands mean this database."""
    before = dict(connection.settings_dict)
    connection.close()
    connection.settings_dict.update(settings_for(database))
    keys.forget()
    try:
        yield
    finally:
        keys.forget()
        connection.close()
        connection.settings_dict.clear()
        connection.settings_dict.update(before)


def make(database: str) -> None:
    with connect(MAINTENANCE) as line:
        try:
            line.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(database)))
        except psycopg.errors.InsufficientPrivilege as error:
            raise Refused(
                "The role that owns the tables may not make a database: give it CREATEDB, or name "
                "an empty database that it owns with --into."
            ) from error


def drop(database: str) -> None:
    """One of ours, beside the app's: also when somebody is in it still, as whoever just died."""
    with connect(MAINTENANCE) as line:
        dropped = sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(database))
        try:
            line.execute(dropped + sql.SQL(" WITH (FORCE)"))
        except psycopg.errors.InsufficientPrivilege:
            line.execute(dropped)  # the server cleans there, and goes when it is asked so


def those_beside(*kinds: str) -> dict[str, datetime]:
    """Of ours, by name, and when they were made."""
    pattern = re.compile(rf"{re.escape(name())}_(?:{'|'.join(kinds)})_(\d{{14}})")
    with connect(MAINTENANCE) as line:
        names = [each for (each,) in line.execute("SELECT datname FROM pg_database").fetchall()]
    found = {each: pattern.fullmatch(each) for each in names}
    return {
        each: datetime.strptime(match[1], STAMP).replace(tzinfo=UTC)
        for each, match in found.items()
        if match
    }


def drop_replaced() -> list[str]:
    """What restores kept: keys of everybody who was erased since, too, are in them."""
    replaced = sorted(those_beside(BEFORE))
    for each in replaced:
        drop(each)
    return replaced


def drop_left_over(now: datetime) -> list[str]:
    """Of those who were killed while they tried or restored: whole copies, with the keys."""
    old = [
        each
        for each, made in those_beside(SCRATCH, RESTORED).items()
        if made < now - LEFT_OVER and not in_use(each)
    ]
    for each in old:
        drop(each)
    return old


def exists(database: str) -> bool:
    with connect(MAINTENANCE) as line:
        found = line.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database])
        return found.fetchone() is not None


def clear(database: str) -> None:
    """Empty again, for the next time: where the owner may not make databases."""
    with connect(database) as line:
        line.execute("DROP SCHEMA public CASCADE")
        line.execute("CREATE SCHEMA public")


def is_empty(database: str) -> bool:
    with connect(database) as line:
        found = line.execute(
            "SELECT 1 FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        )
        return found.fetchone() is None


def in_use(database: str) -> int:
    """How many work with it."""
    with connect(MAINTENANCE) as line:
        (others,) = line.execute(IN_USE, [database]).fetchone() or (0,)
    return others


def refuse_if_in_use() -> None:
    connection.close()
    if others := in_use(name()):
        raise Refused(
            f"{others} still work with the database {name()}: stop web, workers, beat and the "
            "watcher first."
        )


def swap(new: str, *, keep_as: str) -> bool:
    """``new`` takes the place of the app's database, and what was there gets another name: whether
    there was something."""
    now, was_there = name(), exists(name())
    refuse_if_in_use()
    with connect(MAINTENANCE) as line, line.transaction():
        rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
        if was_there:
            line.execute(rename.format(sql.Identifier(now), sql.Identifier(keep_as)))
        line.execute(rename.format(sql.Identifier(new), sql.Identifier(now)))
    return was_there
