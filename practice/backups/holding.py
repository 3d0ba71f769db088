"""Whether what is in a database holds: sealed values open, and the audit trail is unbroken."""

from dataclasses import dataclass, field
from uuid import UUID

from django.db import connection
from psycopg import sql

from practice.auditing import checking
from practice.auditing.anchors import Found
from practice.encryption import CannotOpen, key_id_of
from practice.fields import SealedField, sealed_columns
from practice.models import AuditEvent, DataKeyRow, Erased, Practice

from .sealing import Refused
from .taking import Say

TRIED = 3  # the newest of each column, in each practice


@dataclass(frozen=True)
class Closed:
    """A value of somebody who was not erased."""

    practice_id: UUID
    column: str
    has_key: bool  # there, and it does not open


@dataclass
class Canaries:
    """Some values of each sealed column of each practice."""

    opened: int = 0
    gone: int = 0  # of people who were erased
    closed: list[Closed] = field(default_factory=list)


def look(say: Say, *, is_of_one_moment: bool = False) -> None:
    """Raises Refused. Keys that are newer than the rows may have taken the place of others, and
    what those sealed does not open, here and in what is backed up after a restore. Else, and of one
    moment, all of it opens but what was of the erased."""
    found = sing()
    amiss = found.closed if not found.opened else []
    if is_of_one_moment:
        restored = AuditEvent.objects.filter(action="practice.restored")
        known = set(restored.values_list("practice_id", flat=True))
        amiss = [each for each in found.closed if each.has_key or each.practice_id not in known]
    if amiss:
        raise Refused(
            f"{len(amiss)} sealed values do not open and {found.opened} do, as in "
            f"{amiss[0].column}: these are not the keys that they were sealed with."
        )
    say(
        f"{found.opened} sealed values open, {found.gone} belong to people who were erased, "
        f"{len(found.closed)} were sealed with keys that were replaced"
    )
    for practice in Practice.objects.everywhere():
        # Without anchors: those are newer, and know of rows that this backup cannot have.
        if fault := checking.check(practice.pk, Found()).fault:
            raise Refused(
                f"The audit trail of practice {practice.pk} is not as it was written: number "
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
            key = DataKeyRow.objects.filter(pk=key_id_of(bytes(vars(row)[column.attname])))
            name = f"{model._meta.db_table}.{column.column}"
            found.closed.append(Closed(row.practice_id, name, key.exists()))


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
