"""Rows by the hundred, in statements that stay the same however many there are.

Django writes each id and each value of a batch as a parameter of its own. For the few places that
work through batches all day, most of the time went into writing them and reading them again.
"""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections, models
from django.db.models.expressions import DatabaseDefault
from django.db.models.lookups import Lookup
from psycopg import Binary, sql

INSERT = sql.SQL(
    "INSERT INTO {table} ({columns})"
    " SELECT {columns} FROM json_populate_recordset(NULL::{table}, {rows})"
)


@models.ForeignKey.register_lookup
@models.UUIDField.register_lookup
class Among(Lookup):
    """``client__among=ids``: as ``in`` for UUIDs, with one parameter."""

    lookup_name = "among"
    prepare_rhs = False

    def __init__(self, lhs, rhs):
        super().__init__(lhs, [each if isinstance(each, UUID) else each.pk for each in rhs])

    def as_sql(self, compiler, connection):
        if not self.rhs:
            raise EmptyResultSet
        lhs, params = self.process_lhs(compiler, connection)
        return f"{lhs} = ANY(%s::uuid[])", [
            *params,
            f"{{{','.join(each.hex for each in self.rhs)}}}",
        ]


def insert(rows: Iterable[models.Model]) -> list[models.Model]:
    """As ``bulk_create``, for rows of one model; an error leaves nothing of them."""
    rows = list(rows)
    if not rows:
        return rows
    connection, fields = connections[DEFAULT_DB_ALIAS], _stated(rows)
    values = [
        {
            field.column: field.get_db_prep_save(field.pre_save(row, True), connection)
            for field in fields
        }
        for row in rows
    ]
    names = {
        "table": sql.Identifier(rows[0]._meta.db_table),
        "columns": sql.SQL(", ").join(sql.Identifier(field.column) for field in fields),
        "rows": json.dumps(values, default=_plain, ensure_ascii=False),
    }
    with connection.cursor() as cursor:
        cursor.execute(INSERT.format(**names))
        if cursor.rowcount != len(rows):
            raise DatabaseError(f"{cursor.rowcount} of {len(rows)} rows were written")
    for row in rows:
        row._state.adding = False
    return rows


def _stated(rows: list[models.Model]) -> list[models.Field]:
    """Without those that no row says anything of, and that the database fills in by itself."""
    return [
        field
        for field in rows[0]._meta.concrete_fields
        if not field.has_db_default()
        or any(not isinstance(getattr(row, field.attname), DatabaseDefault) for row in rows)
    ]


def _plain(value: Any) -> str:
    if isinstance(value, UUID):
        return value.hex
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Binary):
        return "\\x" + bytes(value.obj).hex()
    raise TypeError(f"not written as JSON: {type(value).__name__}")
