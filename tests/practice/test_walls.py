"""The second wall: whoever forgets to ask whose a row is still sees those of one practice only."""

import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest
from django.apps import apps
from django.core import mail
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, connection, transaction
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest
from django.test import Client as Browser
from django.urls import reverse
from psycopg_pool import ConnectionPool

from practice import idle, knocks, walls
from practice.access import PRACTICE
from practice.database import account, grants
from practice.database.base import Cursor
from practice.embedded import places
from practice.ids import uuid7
from practice.models import AuditEvent
from practice.processes import Group
from tests.conftest import as_user
from tests.one_of_everything import Practice as World
from tests.workers import ROOT, as_the_app, as_the_owner, until

# Rows that are nobody's practice's, each with the reason.
OF_NO_PRACTICE = {
    "practice_heartbeat": "signs of life of the machines",
    "practice_knock": "somebody asked for a letter, perhaps nobody we know; sealed",
    "account_emailaddress": "allauth's, and empty: an address is the user's",
    "account_emailconfirmation": "allauth's, and empty",
    "mfa_authenticator": "found by its own number before anybody is signed in; sealed",
    "auth_permission": "Django's, of no use here",
    "auth_group": "Django's, of no use here",
    "auth_group_permissions": "Django's, of no use here",
    "django_content_type": "names of models",
    "django_migrations": "names of migrations",
    "django_session": "found by its key, and holds ids only",
    "practice_keywork": "what is to be done with the keys of the whole installation",
    "cache": "counts by marks of which nobody can tell whose they are",
}
# What is read to find out whose something is, before anybody is inside (docs/decisions/035).
READ_ACROSS = {
    *("practice_practice", "practice_user", "practice_membership", "practice_signin"),
    *("practice_staffinvitation", "clients_client", "clients_portallink", "clients_careteam"),
    *("clients_emergencyopening",),
    *("clients_absence", "clients_cover", "assessments_assignment", "assessments_reminder"),
    *("assessments_delivery", "assessments_alert", "assessments_alertcall"),
    *("assessments_alertpolicy", "assessments_export", "assessments_practicepicture"),
}
TENANTS = {
    model._meta.db_table: "id" if model._meta.label == "practice.Practice" else "practice_id"
    for model in apps.get_models()
    if model._meta.label == "practice.Practice"
    or any(field.name == "practice" for field in model._meta.fields)
}


def rows(statement, *params):
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return cursor.fetchall()


def test_every_table_is_behind_the_wall_or_says_why_not(db):
    walled = {
        table
        for table, is_on, is_forced in rows(
            "SELECT relname, relrowsecurity, relforcerowsecurity FROM pg_class"
            " WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace"
        )
        if is_on and is_forced
    }
    everything = set(connection.introspection.table_names())
    assert walled == set(TENANTS)
    assert everything - walled == set(OF_NO_PRACTICE)


def test_only_what_finds_out_whose_it_is_can_be_read_across(db):
    assert {
        table
        for table, command in rows(
            "SELECT tablename, cmd FROM pg_policies WHERE policyname = 'across'"
        )
        if command == "SELECT"
    } == READ_ACROSS
    assert rows("SELECT DISTINCT policyname FROM pg_policies ORDER BY 1") == [
        ("across",),
        ("inside",),
        ("whole",),
    ]
    assert {roles for (roles,) in rows("SELECT roles::text FROM pg_policies")} == {
        "{public}",
        "{trellis}",
    }


@pytest.fixture
def world(transactional_db, clock):
    return World()


@contextmanager
def the_app(**options):
    """A line by the account that serves."""
    url = as_the_app()["DATABASE_URL"]
    with psycopg.connect(url, autocommit=True, cursor_factory=Cursor, **options) as line:
        yield line


def seen(line, statement, *params):
    return line.execute(statement, params or None).fetchall()


# Of each type, something: the rows that are planted only have to be there.
SOMETHING = {
    "uuid": uuid7,
    "character varying": lambda: uuid7().hex,
    "text": lambda: uuid7().hex,
    "boolean": lambda: False,
    "bytea": lambda: uuid7().bytes,
    "jsonb": lambda: "{}",
    "ARRAY": lambda: "{}",
    "date": lambda: "2026-11-29",
    "time without time zone": lambda: "09:00",
    "timestamp with time zone": lambda: "2026-11-29 09:00Z",
    "smallint": lambda: 0,
    "integer": lambda: 0,
    "bigint": lambda: 0,
    "numeric": lambda: 0,
}


def plant(table, practice_id):
    """A row of that practice, and nothing else that a row of this table would need."""
    needed = rows(
        "SELECT column_name, data_type, character_maximum_length FROM information_schema.columns"
        " WHERE table_name = %s AND is_nullable = 'NO'",
        table,
    )
    row = {name: SOMETHING[kind]() for name, kind, _most in needed}
    row |= {name: row[name][-most:] for name, _kind, most in needed if most}
    row[TENANTS[table]] = practice_id
    places = ", ".join(["%s"] * len(row))
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({', '.join(row)}) VALUES ({places})", list(row.values())
        )


def open_up(table):
    """For the rest of the test's transaction: no constraint but those that are unique."""
    found = rows(
        "SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass AND contype IN ('c', 'f')",
        table,
    )
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        for (name,) in found:
            cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")


@pytest.mark.parametrize("table", sorted(TENANTS))
def test_no_row_of_another_practice_is_seen_changed_or_taken_away(db, table):
    """Not by the owner of the table either, and whatever filter the application has forgotten:
    the statements have none."""
    ours, theirs = sorted([uuid7(), uuid7()])
    open_up(table)
    plant(table, ours)
    plant(table, theirs)
    column = TENANTS[table]
    asked = f"SELECT {column} FROM {table} ORDER BY 1"
    assert rows(asked) == [(ours,), (theirs,)]
    with walls.nowhere():
        assert rows(asked) == []
    with walls.crossing():
        assert rows(asked) == ([(ours,), (theirs,)] if table in READ_ACROSS else [])
        assert rows(f"DELETE FROM {table} RETURNING {column}") == []
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            plant(table, ours)
    with walls.inside(ours):
        assert rows(asked) == [(ours,)]
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            plant(table, theirs)
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            rows(f"UPDATE {table} SET {column} = %s RETURNING {column}", theirs)
        assert rows(f"UPDATE {table} SET {column} = %s RETURNING {column}", ours) == [(ours,)]
        assert rows(f"DELETE FROM {table} RETURNING {column}") == [(ours,)]
    assert rows(asked) == [(theirs,)]


def test_the_account_that_serves_can_not_lift_it(world):
    forbidden = [
        "ALTER TABLE clients_client NO FORCE ROW LEVEL SECURITY",
        "ALTER TABLE clients_client DISABLE ROW LEVEL SECURITY",
        "DROP POLICY inside ON clients_client",
        "CREATE POLICY mine ON clients_client USING (true)",
        "SET ROLE trellis",
        "SET SESSION AUTHORIZATION trellis",
        "SET session_replication_role = replica",
        "TRUNCATE clients_client CASCADE",
        "CREATE TABLE copied AS SELECT 1",
        "DROP FUNCTION practice_wall() CASCADE",
        "UPDATE practice_auditevent SET action = ''",
        "DELETE FROM practice_auditevent",
        "TRUNCATE practice_auditevent",
        "ALTER TABLE practice_auditevent DISABLE TRIGGER ALL",
        "DELETE FROM django_migrations",
    ]
    with the_app() as line, walls.inside(world.practice.pk):
        for statement in forbidden:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                line.execute(statement)
    with the_app(options="-c trellis.whole=on") as line:
        assert seen(line, "SELECT count(*) FROM clients_client") == [(0,)]
        with walls.inside(world.practice.pk):
            assert seen(line, "SELECT count(*) FROM clients_client") == [(2,)]
    with (
        the_app(options="-c row_security=off") as line,
        walls.inside(world.practice.pk),
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        line.execute("SELECT count(*) FROM clients_client")


def test_a_savepoint_that_is_rolled_back_leaves_no_place_behind(world):
    ours, theirs = world.practice.pk, world.people["stranger"].practice_id
    asked = "SELECT DISTINCT practice_id FROM practice_user"
    with the_app() as line, line.transaction():
        with walls.inside(ours):
            assert seen(line, asked) == [(ours,)]
            with suppress(psycopg.errors.DivisionByZero), line.transaction(), walls.inside(theirs):
                assert seen(line, asked) == [(theirs,)]
                line.execute("SELECT 1/0")
            assert seen(line, asked) == [(ours,)]
        assert seen(line, asked) == []


LINES, PEOPLE = 3, 8


@contextmanager
def folder_for_all():
    """A server that root starts is another user's."""
    folder = Path(tempfile.mkdtemp(prefix="trellis-pool-"))
    yield folder
    shutil.rmtree(folder)


def borrow(pool, practices, times, seed):
    """One of many who share a few lines, each for one transaction: how many foreign rows."""
    chance, foreign = random.Random(seed), 0
    asked = "SELECT practice_id FROM practice_user"
    for _ in range(times):
        place = chance.choice([*practices, walls.NOWHERE])
        kind = chance.choice(["alone", "alone", "together", "broken", "silent"])
        with pool.connection() as line, walls._at("" if kind == "silent" else str(place)):
            if kind == "together":
                with line.transaction():
                    found = seen(line, asked) + seen(line, asked)
            elif kind == "broken":
                with pytest.raises(psycopg.errors.DivisionByZero):
                    line.execute("SELECT 1/0")
                found = seen(line, asked)
            else:
                found = seen(line, asked)
            own = set() if kind == "silent" or place == walls.NOWHERE else {place}
            assert found or not own
            foreign += sum(pk not in own for (pk,) in found)
    return foreign


@contextmanager
def pgbouncer(folder):
    """The real one, as root runs it for nobody; the address of the database behind it."""
    parts = urlsplit(as_the_app()["DATABASE_URL"])
    name, sockets = parts.path[1:], parse_qs(parts.query)["host"][0]
    folder.chmod(0o777)
    settings = folder / "pgbouncer.ini"
    settings.write_text(
        f"[databases]\n{name} = host={sockets} user={parts.username}\n"
        f"[pgbouncer]\nunix_socket_dir = {folder}\nlisten_port = 6432\nauth_type = any\n"
        f"pool_mode = transaction\ndefault_pool_size = {LINES}\nmax_client_conn = 100\n"
    )
    with Group(grace=2) as group:
        group.spawn(
            "pgbouncer",
            ["/usr/sbin/pgbouncer", settings],
            log=folder / "pgbouncer.log",
            **places.server_account(),
        )
        until((folder / ".s.PGSQL.6432").exists, "PgBouncer answers")
        yield f"postgres://{parts.username}@/{name}?host={folder}&port=6432"


def our_pool(folder):
    return nullcontext(as_the_app()["DATABASE_URL"])


@pytest.mark.parametrize("pooler", [our_pool, pgbouncer], ids=["our pool", "PgBouncer"])
def test_a_line_that_many_share_carries_nothing_over(world, pooler):
    """POOLED: how many transactions of many people over three lines, each lent for one of them."""
    if pooler is pgbouncer and "POOLED" not in os.environ:
        pytest.skip("PgBouncer is for make test-full")
    times = int(os.environ.get("POOLED") or 1_000)
    practices = [world.practice.pk, world.people["stranger"].practice_id]
    with folder_for_all() as folder, pooler(folder) as url:
        assert foreign_rows(url, practices, times) == 0


def foreign_rows(url, practices, times):
    lines = PEOPLE if "6432" in url else LINES  # to PgBouncer each has one; there they share
    settings = {"autocommit": True, "cursor_factory": Cursor, "prepare_threshold": None}
    with (
        ConnectionPool(url, min_size=lines, max_size=lines, kwargs=settings, open=True) as pool,
        ThreadPoolExecutor(PEOPLE) as people,
    ):
        each = times // PEOPLE
        return sum(people.map(lambda seed: borrow(pool, practices, each, seed), range(PEOPLE)))


def of(who):
    return as_the_app()["DATABASE_URL"].replace("trellis_app", who)


@pytest.mark.parametrize(
    ("who", "sentence"),
    [("trellis", account.OWNS), ("postgres", account.STRONG), ("trellis_app", None)],
)
def test_an_account_that_could_lift_it_is_refused(db, settings, monkeypatch, who, sentence):
    settings.AS_OWNER = False
    monkeypatch.setattr(account, "_asked_of", set())
    refused = (
        pytest.raises(ImproperlyConfigured, match=re.escape(sentence))
        if sentence
        else nullcontext()
    )
    with psycopg.connect(of(who)) as line, refused:
        ours = SimpleNamespace(settings_dict={"USER": who}, connection=line, close=line.close)
        account.refuse_strong(None, ours)


def test_nothing_serves_with_an_account_that_could_lift_it(db):
    served = subprocess.run(
        [sys.executable, "-c", "import practice.wsgi"],
        cwd=ROOT,
        env=os.environ | as_the_app() | {"DATABASE_URL": of("trellis"), "DEVELOPMENT": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert served.returncode != 0
    assert account.OWNS in served.stderr


def test_nothing_is_migrated_without_the_account_that_serves(db):
    with pytest.raises(CommandError, match=r"CREATE ROLE nobody LOGIN"):
        grants.refuse_to_begin("nobody")
    with pytest.raises(CommandError, match=r"CREATE ROLE trellis_app LOGIN"):
        grants.refuse_to_begin("")


@pytest.mark.parametrize(
    "command",
    [["prepare"], ["backup"], ["restore", "--settle-since", "2026-11-29T06:40:00+00:00"]],
    ids=lambda words: words[0],
)
def test_what_reads_all_practices_does_not_begin_behind_the_wall(db, settings, command):
    """It would find nothing there, and say that all is well."""
    settings.DEVELOPMENT, settings.AS_OWNER = True, False
    with pytest.raises(CommandError, match=r"DATABASE_OWNER_URL"):
        call_command(*command)


def test_no_version_that_knows_no_wall_is_left_beside(db):
    """It would see no row, and send nothing without a word."""
    MigrationRecorder.Migration.objects.filter(app="practice", name="0007_walls").delete()
    grants.refuse_to_begin("trellis_app")
    rows("SELECT pg_stat_clear_snapshot()")
    with (
        psycopg.connect(as_the_owner()["DATABASE_OWNER_URL"]),
        pytest.raises(CommandError, match=r"stop web, workers, beat, watch and backup first"),
    ):
        grants.refuse_to_begin("trellis_app")


def test_whoever_gave_up_half_way_keeps_nobody_of_another_practice_out(clinician, stranger):
    """At a browser that many share."""
    browser = Browser()
    session = browser.session
    session[PRACTICE] = str(clinician.practice_id)
    session.save()
    browser.post(reverse("account_reset_password"), {"email": stranger.email})
    knocks.answer_all()
    link = re.search(r"https?://[^/]+(\S+)", mail.outbox[0].body)[1]
    assert "no longer works" not in browser.get(link, follow=True).content.decode()


def test_a_sign_in_ends_in_its_own_practice_whoever_ends_it(clinician, stranger):
    browser = as_user(clinician)
    request = HttpRequest()
    request.session = browser.session
    with walls.inside(stranger.practice_id):
        idle.end(None, request, clinician)
    assert not clinician.sign_ins.exists()
    assert AuditEvent.objects.filter(action="sign_in.ended", actor=clinician).count() == 1
