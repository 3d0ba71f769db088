"""What the account may do that serves: read and write rows, and change no table."""

from django.core.management import CommandError
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from psycopg import sql

APPEND_ONLY = {"practice_auditevent"}
READ_ONLY = {"django_migrations"}
TABLES = sql.SQL("REVOKE ALL ON {tables} FROM {role}; GRANT {rights} ON {tables} TO {role}")
NUMBERS = sql.SQL("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {role}")

NO_ACCOUNT = (
    "The account of DATABASE_URL is not there yet. As administrator of PostgreSQL:"
    " CREATE ROLE {role} LOGIN PASSWORD '…'; (docs/operations.md, Accounts of the database)."
)
STILL_RUNS = (
    "An older version still works with this database, and would see no row once this one is"
    " prepared: stop web, workers, beat, watch and backup first"
    " (docs/operations.md, From before the wall)."
)
FIRST_WALL = ("practice", "0007_walls")
BESIDE_US = """
SELECT count(*) FROM pg_stat_activity
 WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()
"""


def refuse_to_begin(role: str) -> None:
    """Before anything is migrated. Raises CommandError with what to do."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
        if cursor.fetchone() is None:
            raise CommandError(NO_ACCOUNT.format(role=role or "trellis_app"))
        applied = MigrationRecorder(connection).applied_migrations()
        if applied and FIRST_WALL not in applied:
            cursor.execute(BESIDE_US)
            if cursor.fetchone() != (0,):
                raise CommandError(STILL_RUNS)


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
