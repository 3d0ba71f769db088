"""Databases beside each other, so that all sizes take turns: a busy minute meets each of them."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from django.db import connection

from .ground import Ground, say

USUAL = "trellis"


def put_aside(here: Ground, name: str) -> None:
    """A copy under this name, octet for octet."""
    say(f"  a copy: {name}")
    connection.close()
    with psycopg.connect(host=here.sockets, user="postgres", dbname="postgres") as link:
        link.autocommit = True
        link.execute(f"CREATE DATABASE {name} TEMPLATE {USUAL} STRATEGY file_copy")


@contextmanager
def inside(name: str) -> Iterator[None]:
    """What this process asks is asked there, until the end of the block."""
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = USUAL


def address(url: str, name: str) -> str:
    return url.replace(f"/{USUAL}?", f"/{name}?")
