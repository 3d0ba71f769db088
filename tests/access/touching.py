"""Whose rows a request has written: noted by the database itself, row by row."""

import re
from dataclasses import dataclass

from django.apps import apps
from django.db import connection

# Not in a migration: these live in the transaction of the tests, and go with it.
NOTE = """
CREATE TEMP TABLE touched (place text, act text, made text, said text);
CREATE FUNCTION note_touched() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO pg_temp.touched VALUES (
        TG_TABLE_NAME, TG_OP,
        CASE WHEN TG_OP = 'INSERT' THEN to_jsonb(NEW) ->> 'id' ELSE '' END,
        CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD)::text ELSE '' END
        || CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW)::text ELSE '' END
    );
    RETURN NULL;
END $$;
"""
WATCH = """
CREATE TRIGGER zz_touched AFTER INSERT OR UPDATE OR DELETE ON {table}
FOR EACH ROW EXECUTE FUNCTION note_touched();
"""
AN_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
APPS = ("practice", "clients", "assessments", "account", "mfa")


@dataclass(frozen=True)
class Touch:
    table: str
    act: str
    made: str  # the id of a new row: whoever has the same one in another table is not meant
    ids: frozenset  # every id that stands in the row, before or after

    def __str__(self):
        return f"{self.act} in {self.table}"


def watch() -> None:
    """From here on, until the transaction ends, every row that is written is noted."""
    with connection.cursor() as cursor:
        cursor.execute(NOTE)
        for app in APPS:
            for model in apps.get_app_config(app).get_models():
                cursor.execute(WATCH.format(table=model._meta.db_table))


def forget() -> None:
    """What was written until now is not asked about."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM touched")


def touched() -> list[Touch]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT place, act, made, said FROM touched")
        rows = cursor.fetchall()
    return [Touch(*what, frozenset(AN_ID.findall(said))) for *what, said in rows]
