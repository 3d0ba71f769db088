"""Whether what is in a database holds: sealed values open, and the audit trail is unbroken."""

from dataclasses import dataclass, field
from uuid import UUID

from django.db import connection
from psycopg import sql

from practice.auditing import checking
from practice.auditing.anchors import Found
from practice.encryption import CannotOpen
from practice.fields import SealedField, sealed_columns
from practice.models import Erased

from .sealing import Refused
from .taking import Say

TRIED = 3  # the newest of each column, in each practice


@dataclass
class Canaries:
    """Some values of each sealed column of each practice."""

    opened: int = 0
    gone: int = 0  # of people who were erased
    closed: list[str] = field(default_factory=list)  # in which columns: their keys should be there


def look(say: Say, *, is_of_one_moment: bool = False) -> None:
    """Raises Refused. Keys that are newer than the rows may have taken the place of others, and
    what those sealed does not open; of one moment, all of it does but what was of the erased."""
    found = sing()
    if found.closed and (is_of_one_moment or not found.opened):
        raise Refused(
            f"{len(found.closed)} sealed values do not open and {found.opened} do, as in "
            f"{found.closed[0]}: these are not the keys that they were sealed with."
        )
    say(
        f"{found.opened} sealed values open, {found.gone} belong to people who were erased, "
        f"{len(found.closed)} were sealed with keys that were replaced"
    )
    for practice_id in checking.practices_there():
        # Without anchors: those are newer, and know of rows that this backup cannot have.
        if fault := checking.check(practice_id, Found()).fault:
            raise Refused(
                f"The audit trail of practice {practice_id} is not as it was written: number "
                f"{fault.number} ({fault.kind})."
            )
    say("The audit trail is unbroken")


def sing() -> Canaries:
    found, erased = Canaries(), set(Erased.objects.values_list("pk", flat=True))
    for model, column in sealed_columns():
        _sing(model, column, erased, found)
    return found


def _sing(model, column: SealedField, erased: set[UUID], found: Canaries) -> None:
    for pk in _newest(model, column):  # one at a time: some are whole files
        row = model._base_manager.only(column.name, *_needed(model)).get(pk=pk)
        if row.key_subject() in erased:
            found.gone += 1
            continue
        try:
            getattr(row, column.attname)
            found.opened += 1
        except CannotOpen:
            found.closed.append(f"{model._meta.db_table}.{column.column}")


def _newest(model, column: SealedField) -> list[UUID]:
    asked = sql.SQL(
        "SELECT {key} FROM (SELECT {key}, row_number() OVER (PARTITION BY practice_id"
        " ORDER BY {key} DESC) AS place FROM {table} WHERE octet_length({column}) > 0) AS each"
        " WHERE place <= {tried}"
    ).format(
        key=sql.Identifier(model._meta.pk.column),
        table=sql.Identifier(model._meta.db_table),
        column=sql.Identifier(column.column),
        tried=TRIED,
    )
    with connection.cursor() as cursor:
        cursor.execute(asked)
        return [pk for (pk,) in cursor.fetchall()]


def _needed(model) -> list[str]:
    """What says whose key it is."""
    there = {each.name for each in model._meta.local_fields}
    return [each for each in ("practice", "client") if each in there]
