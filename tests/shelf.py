"""The library of a practice for tests: rows that the product's own sync wrote once, copied.

Nearly every test opens a practice. Reading a hundred definitions into rows took half the time of
all tests, and it always came to the same rows.
"""

from django.db import connection, transaction
from django.utils import timezone

from assessments.actions import library
from assessments.models import Activity, ActivityVersion, Program, ProgramVersion
from practice import audit
from practice.actions import open_practice
from practice.ids import uuid7
from practice.models import AuditEvent

KEPT = "shelf"  # a schema of its own: what empties the tables of the models leaves it alone
SYNCED = "library.synced"
OF = {Activity: None, ActivityVersion: "activity_id", Program: None, ProgramVersion: "program_id"}
_synced: dict[str, dict] = {}  # by database: what the sync said of itself


class _Enough(Exception):
    """Nothing of the practice that was opened to be copied stays."""


def fill() -> None:
    """Once, before the first test: let the sync write, and keep what it wrote."""
    try:
        with transaction.atomic():
            practice = open_practice(
                name="Shelf",
                time_zone="UTC",
                language="en",
                help_text="-",
                owner_name="Olga",
                owner_email="owner@shelf.example",
                password="correct horse battery",
            )
            said = AuditEvent.objects.get(practice=practice, action=SYNCED).detail
            rows = {model: list(model.objects.filter(practice=practice)) for model in OF}
            raise _Enough
    except _Enough:
        pass
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"CREATE SCHEMA {KEPT}")
        for model in OF:
            table = model._meta.db_table
            cursor.execute(f"CREATE TABLE {KEPT}.{table} (LIKE {table})")
            _write(cursor, model, rows[model])
    _synced[connection.settings_dict["NAME"]] = said


def _write(cursor, model, rows) -> None:
    fields = [field for field in model._meta.fields if field.column != "created_by_id"]
    columns = ", ".join(field.column for field in fields)
    with cursor.copy(f"COPY {KEPT}.{model._meta.db_table} ({columns}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(
                [
                    field.get_db_prep_save(getattr(row, field.attname), connection)
                    for field in fields
                ]
            )


def put_library_into(practice, *, by) -> None:
    """As ``library.put_library_into``, which is asked where nothing is kept."""
    said = _synced.get(connection.settings_dict["NAME"])
    if said is None:
        return library.put_library_into(practice, by=by)
    with connection.cursor() as cursor:
        ids: dict[object, object] = {}
        for model, parent in OF.items():
            cursor.execute(f"SELECT id FROM {KEPT}.{model._meta.db_table} ORDER BY id")
            ids |= {old: uuid7() for (old,) in cursor.fetchall()}
            _copy(cursor, model, parent, practice, by, ids)
    return audit.record(SYNCED, practice, by=by, detail=said)


def _copy(cursor, model, parent, practice, by, ids) -> None:
    own = {
        "id": "fresh.id",
        "practice_id": "%(practice)s",
        "created_by_id": "%(by)s",
        "created_at": "%(now)s",
        "published_at": "%(now)s",
    }
    if parent:
        own[parent] = "above.id"
    table, columns = model._meta.db_table, [field.column for field in model._meta.fields]
    values = ", ".join(own.get(column, f"kept.{column}") for column in columns)
    fresh = "unnest(%(old)s::uuid[], %(new)s::uuid[])"
    cursor.execute(
        f"INSERT INTO {table} ({', '.join(columns)}) SELECT {values} FROM {KEPT}.{table} AS kept"
        f" JOIN {fresh} AS fresh (old, id) ON fresh.old = kept.id"
        + (f" JOIN {fresh} AS above (old, id) ON above.old = kept.{parent}" if parent else "")
        + " ORDER BY kept.id",
        {
            "practice": practice.pk,
            "by": by.pk,
            "now": timezone.now(),
            "old": list(ids),
            "new": list(ids.values()),
        },
    )
