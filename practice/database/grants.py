"""What the account may do that serves: read and write rows, and change no table."""

from django.db import connection
from psycopg import sql

APPEND_ONLY = {"practice_auditevent"}
READ_ONLY = {"django_migrations"}
TABLES = sql.SQL("REVOKE ALL ON {tables} FROM {role}; GRANT {rights} ON {tables} TO {role}")
NUMBERS = sql.SQL("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {role}")


def serve(role: str) -> None:
    """For the owner of the tables, after each migration. Any number of times is as good as once."""
    tables = set(connection.introspection.table_names())
    rights = {
        "SELECT, INSERT, UPDATE, DELETE": tables - APPEND_ONLY - READ_ONLY,
        "SELECT, INSERT": APPEND_ONLY,
        "SELECT": READ_ONLY,
    }
    account = sql.Identifier(role)
    with connection.cursor() as cursor:
        for right, of in rights.items():
            names = sql.SQL(", ").join(map(sql.Identifier, sorted(of)))
            cursor.execute(TABLES.format(rights=sql.SQL(right), tables=names, role=account))
        cursor.execute(NUMBERS.format(role=account))
