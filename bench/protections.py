"""Which protections are on, read from what runs and not from what was meant to."""

from pathlib import Path

from django.db import connection

from assessments.models import Delivery, ReminderItem, Response
from clients.models import Client, PortalLink
from practice.celery import app
from practice.encryption import VERSION
from practice.models import AuditEvent
from practice.processes import Child

SHOWN = ("fsync", "synchronous_commit", "full_page_writes")
ASKED_OF_THE_WORKER = ("task_acks_late", "task_reject_on_worker_lost", "task_time_limit")


def on(worker: Child) -> dict[str, object]:
    """After a round, while the worker still runs."""
    with connection.cursor() as cursor:
        return {
            "postgres": {name: _one(cursor, f"SHOW {name}") for name in SHOWN},
            "row_security_tables": _one(
                cursor, "SELECT count(*) FROM pg_class WHERE relrowsecurity"
            ),
            "superuser": _one(cursor, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user"),
            "worker": _environment(worker.process.pid) | _celery(worker.name),
            "addresses_sealed": _all_sealed(cursor, Client) and _all_sealed(cursor, Delivery),
            "links_hashed": _is_hashed(cursor),
            "audit_chained": _is_chained(cursor),
            "each_delivery_began_and_ended": not Delivery.objects.filter(
                began_at=None, ended_at=None
            ).exists(),
            "items_on_record": ReminderItem.objects.exists(),
        }


def on_web(server: Child) -> dict[str, object]:
    """After answers were sent, while the server still runs."""
    with connection.cursor() as cursor:
        return {
            "postgres": {name: _one(cursor, f"SHOW {name}") for name in SHOWN},
            "row_security_tables": _one(
                cursor, "SELECT count(*) FROM pg_class WHERE relrowsecurity"
            ),
            "served_by": _environment(server.process.pid),
            "accounts_of_the_server": _accounts(cursor),
            "answers_sealed": _all_start_sealed(cursor, Response, "answers"),
            "audit_chained": _is_chained(cursor),
        }


def _accounts(cursor) -> dict[str, dict[str, bool]]:
    """Who is connected from a server, and whether row-level security binds them."""
    cursor.execute(
        "SELECT DISTINCT rolname, rolsuper OR rolbypassrls FROM pg_stat_activity"
        " JOIN pg_roles ON usename = rolname"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    return {name: {"goes_past_row_security": is_strong} for name, is_strong in cursor.fetchall()}


def _one(cursor, question: str, values=()):
    cursor.execute(question, values)
    return cursor.fetchone()[0]


def _environment(worker: int) -> dict[str, str]:
    said = Path(f"/proc/{worker}/environ").read_text().split("\0")
    facts = dict(line.split("=", 1) for line in said if "=" in line)
    return {name: facts.get(name, "") for name in ("DEVELOPMENT", "DEBUG")}


def _celery(node: str) -> dict[str, object]:
    answers = app.control.inspect(destination=[node], timeout=5).conf(with_defaults=True)
    return {name: answers[node].get(name) for name in ASKED_OF_THE_WORKER}


def _all_sealed(cursor, model) -> bool:
    """In the rows as they are: the head of a sealed value, and no address to be read."""
    column = "email" if model is Client else "address"
    table = model._meta.db_table
    return not _one(
        cursor,
        f"SELECT count(*) FROM {table} WHERE substr({column}, 1, 1) <> %s"
        f" OR position('@bench.example'::bytea IN {column}) > 0",
        [VERSION],
    )


def _all_start_sealed(cursor, model, column: str) -> bool:
    table = model._meta.db_table
    return _one(
        cursor,
        f"SELECT count(*) > 0 AND bool_and(substr({column}, 1, 1) = %s) FROM {table}",
        [VERSION],
    )


def _is_hashed(cursor) -> bool:
    table = PortalLink._meta.db_table
    return _one(cursor, f"SELECT bool_and(octet_length(token_hash) = 32) FROM {table}")


def _is_chained(cursor) -> bool:
    """Events were written, each with the hash of the one before it in its practice, and none can be
    changed."""
    table = AuditEvent._meta.db_table
    unbroken = _one(
        cursor,
        "SELECT count(*) > 1 AND bool_and(previous = coalesce(before, ''::bytea)) FROM"
        f" (SELECT previous, lag(hash) OVER (PARTITION BY practice_id ORDER BY number) AS before"
        f" FROM {table}) AS chain",
    )
    closed = _one(
        cursor,
        "SELECT count(*) FROM pg_trigger WHERE tgrelid = %s::regclass AND tgenabled = 'O'"
        " AND tgname IN ('audit_chain', 'audit_append_only')",
        [table],
    )
    return unbroken and closed == 2
