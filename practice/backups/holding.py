"""Whether what is in a database holds: sealed values open, and the audit trail is unbroken."""

import io
import os
from dataclasses import dataclass
from pathlib import Path

from django.apps import apps
from django.core.management import call_command, get_commands
from django.db import connection
from psycopg import sql

from practice.encryption import CannotOpen
from practice.fields import SealedField
from practice.models import Erased

from .sealing import Refused
from .taking import Say

TRIED = 20  # the newest of each column: of some, the client may have been erased


@dataclass
class Canaries:
    """One value of each sealed column."""

    opened: int = 0
    gone: int = 0  # whose keys are no more, all that were tried


def look(say: Say) -> None:
    """Raises Refused, or what `manage.py audit verify` raises."""
    found = sing()
    # Who was erased comes with the keys, and stays only where they are of a practice that is here.
    if found.gone and not found.opened and not Erased.objects.exists():
        raise Refused(
            "Nothing that is sealed opens: these are not the keys that it was sealed with."
        )
    say(f"{found.opened} sealed columns open, {found.gone} belong to clients whose keys are gone")
    if "audit" in get_commands():
        # Without anchors: those are newer, and know of rows that this backup cannot have.
        call_command("audit", "verify", from_anchor=Path(os.devnull), stdout=io.StringIO())
        say("The audit trail is unbroken")


def sing() -> Canaries:
    found = Canaries()
    for model in apps.get_models():
        for field in model._meta.local_fields:
            if isinstance(field, SealedField):
                _sing(model, field, found)
    return found


def _sing(model, field: SealedField, found: Canaries) -> None:
    asked = sql.SQL(
        "SELECT {key} FROM {table} WHERE octet_length({column}) > 0 ORDER BY 1 DESC LIMIT {most}"
    ).format(
        key=sql.Identifier(model._meta.pk.column),
        table=sql.Identifier(model._meta.db_table),
        column=sql.Identifier(field.column),
        most=TRIED,
    )
    with connection.cursor() as cursor:
        cursor.execute(asked)
        newest = [pk for (pk,) in cursor.fetchall()]
    for pk in newest:  # one at a time: some are whole files
        row = model._base_manager.only(field.name, *_needed(model)).get(pk=pk)
        try:
            getattr(row, field.attname)
        except CannotOpen:
            continue
        found.opened += 1
        return
    found.gone += bool(newest)


def _needed(model) -> list[str]:
    """What says whose key it is."""
    there = {each.name for each in model._meta.local_fields}
    return [each for each in ("practice", "client") if each in there]
