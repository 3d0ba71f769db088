"""The rows of the audit trail as text, in the spelling of the database: that is what was hashed.

``abbrev`` says the same as the trigger's ``host`` of every address that the product writes, and
something else of one to which a network mask was added afterwards. A year before Christ is spelled
like one after: the trigger never met one, so it is said here.
"""

from collections.abc import Iterator
from uuid import UUID

from django.db import connection, transaction

from .chain import Row

ROWS = """
SELECT number, previous, hash, jsonb_build_array(
    id, practice_id, number, to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US')
        || CASE WHEN at < '0001-01-01 00:00Z' THEN ' BC' ELSE '' END,
    actor_id, action, record_type, record_id, client_id, abbrev(address), detail)::text
FROM practice_auditevent WHERE practice_id = %s ORDER BY number, id
"""
END = """
SELECT number, hash FROM practice_auditevent WHERE practice_id = %s ORDER BY number DESC LIMIT 1
"""


def rows_of(practice_id: UUID) -> Iterator[Row]:
    """A few at a time, through a cursor of the server: a million fit into little memory."""
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        cursor.execute(ROWS, [practice_id])
        for number, previous, found, text in cursor:
            yield Row(number, bytes(previous), bytes(found), text)


def end_of(practice_id: UUID) -> tuple[int, bytes] | None:
    with connection.cursor() as cursor:
        cursor.execute(END, [practice_id])
        found = cursor.fetchone()
    return found and (found[0], bytes(found[1]))
