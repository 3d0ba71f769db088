"""Keys as a day after the version came that nests them, and rows as they stand in the database."""

import base64
from datetime import timedelta

from django.db import connection
from django.utils import timezone

from practice import keys, turning
from practice.models import KeyWork


def entry(name, byte):
    return f"{name}:{base64.b64encode(byte * 32).decode()}"


def a_day_later():
    """Nothing of an older version serves any more."""
    KeyWork.objects.update_or_create(
        name="nest", defaults={"due_at": timezone.now() - timedelta(minutes=1)}
    )


def nested():
    a_day_later()
    finish()


def finish():
    while turning.step():
        pass
    keys.forget()


def column(row, name):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {name} FROM {row._meta.db_table} WHERE id = %s", [row.pk])
        value = cursor.fetchone()[0]
    return None if value is None else bytes(value)


def put_into_column(row, name, value):
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {row._meta.db_table} SET {name} = %s WHERE id = %s", [value, row.pk]
        )
