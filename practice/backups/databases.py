"""The databases that a backup is taken from and put into, as the role that owns the tables."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import environ
import psycopg
from django.db import DEFAULT_DB_ALIAS, connection, connections
from psycopg import sql

from practice import keys

from .sealing import Refused

OWNED_BY = ("USER", "PASSWORD", "HOST", "PORT")
WHOLE = "-c trellis.whole=on"  # the owner sees the rows of all practices only with this
IN_USE = """
    SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND backend_type = 'client backend'
"""
MAINTENANCE = "postgres"  # there on every server, to make and rename others from


def name() -> str:
    """Of the database that the app works with."""
    return str(connection.settings_dict["NAME"])


def as_owner(database: str | None = None) -> dict[str, Any]:
    """Django's settings for it: DATABASE_OWNER_URL says who and where, else DATABASE_URL."""
    found = {**connection.settings_dict, "NAME": database or name()}
    if url := os.environ.get("DATABASE_OWNER_URL"):
        owner = environ.Env.db_url_config(url)
        found |= {key: owner.get(key, "") for key in OWNED_BY}
    options = dict(found.get("OPTIONS") or {})
    if WHOLE not in options.get("options", ""):
        options["options"] = f"{options.get('options', '')} {WHOLE}".strip()
    return found | {"OPTIONS": options, "CONN_MAX_AGE": 0}


def connect(database: str | None = None) -> psycopg.Connection:
    """A line of its own: Django's may be in the middle of something."""
    wrapper = connections[DEFAULT_DB_ALIAS].copy()
    wrapper.settings_dict = as_owner(database)
    own = {"autocommit": True, "application_name": "trellis backup"}
    known = wrapper.get_connection_params()
    known.pop("cursor_factory", None)
    return psycopg.connect(**(known | own))


@contextmanager
def working_in(database: str) -> Iterator[None]:
    """Django's models and commands mean this database, as its owner."""
    before = dict(connection.settings_dict)
    connection.close()
    connection.settings_dict.update(as_owner(database))
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
    with connect(MAINTENANCE) as line:
        line.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(database)))


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


def refuse_if_in_use() -> None:
    connection.close()
    with connect(MAINTENANCE) as line:
        found = line.execute(IN_USE, [name()])
        (others,) = found.fetchone() or (0,)
    if others:
        raise Refused(
            f"{others} still work with the database {name()}: stop web, workers, beat and the "
            "watcher first."
        )


def swap(new: str, *, keep_as: str) -> bool:
    """``new`` takes the place of the app's database, and what was there gets another name: whether
    there was something."""
    now, was_there = name(), exists(name())
    refuse_if_in_use()
    with connect(MAINTENANCE) as line:
        rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
        if was_there:
            line.execute(rename.format(sql.Identifier(now), sql.Identifier(keep_as)))
        line.execute(rename.format(sql.Identifier(new), sql.Identifier(now)))
    return was_there
