"""Real servers, in a folder of their own: the ones of the test run are left alone."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from kombu import Connection

from practice import embedded
from practice.embedded import places, programs
from practice.embedded.postgres import Postgres, command_of
from practice.processes import Group, Problem, wait_until


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory):
    """One for the module: making a database is the slow part."""
    folder = tmp_path_factory.mktemp("embedded")
    yield folder
    embedded.remove(folder)


@pytest.fixture(autouse=True)
def nothing_is_given(monkeypatch):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.delenv("REDIS_URL", raising=False)


def sql(env, statement, account="DATABASE_OWNER_URL"):
    with psycopg.connect(env[account]) as link:
        found = link.execute(statement)
        return found.fetchall() if found.description else None


def test_a_second_start_continues_with_the_same_data(data_dir):
    with embedded.servers(data_dir, valkey=False, durable=False) as env:
        sql(env, "CREATE TABLE kept AS SELECT 42 AS answer")
    with embedded.servers(data_dir, valkey=False, durable=False) as env:
        assert sql(env, "SELECT answer FROM kept") == [(42,)]
        sql(env, "DROP TABLE kept")


def test_the_account_of_the_app_is_bound_by_row_security(data_dir):
    with embedded.servers(data_dir, valkey=False, durable=False) as env:
        question = "SELECT rolname, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = user"
        assert sql(env, question, "DATABASE_URL") == [("trellis_app", False, False)]
        assert sql(env, question) == [("trellis", False, False)]


def test_it_listens_on_no_address_and_counts_in_utc(data_dir):
    with embedded.servers(data_dir, valkey=False) as env:
        question = "SELECT current_setting('listen_addresses'), current_setting('timezone')"
        assert sql(env, question) == [("", "UTC")]
        assert sql(env, "SHOW fsync") == [("on",)]


def test_the_broker_carries_a_message(data_dir):
    with (
        embedded.servers(data_dir, postgres=False) as env,
        Connection(env["REDIS_URL"]) as link,
        link.SimpleQueue("bell") as queue,
    ):
        queue.put({"ring": 1})
        message = queue.get(timeout=10)
        message.ack()
        assert message.payload == {"ring": 1}


def test_nothing_starts_for_what_the_environment_names(data_dir, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://elsewhere/trellis")
    monkeypatch.setenv("REDIS_URL", "redis://elsewhere/0")
    group = Group()
    with embedded.servers(data_dir, group=group) as env:
        assert env == {}
        assert group.children == []


def test_a_killed_server_starts_again_at_once_with_its_data(data_dir):
    group = Group()
    with embedded.servers(data_dir, valkey=False, group=group) as env:
        sql(env, "CREATE TABLE survives AS SELECT 1 AS row")
        os.kill(group.children[0].process.pid, signal.SIGKILL)
    with embedded.servers(data_dir, valkey=False) as env:
        assert sql(env, "SELECT row FROM survives") == [(1,)]
        sql(env, "DROP TABLE survives")


def test_a_server_that_outlived_its_launcher_is_stopped_first(data_dir):
    with places.sockets(data_dir) as sockets, Group() as group:
        leftover = Postgres(group, data_dir.resolve(), sockets, durable=False)
        leftover.start()
        leftover.wait()
        with embedded.servers(data_dir, valkey=False, durable=False) as env:
            assert sql(env, "SELECT 1") == [(1,)]
            assert leftover.child.process.wait(10) == 0


def test_a_process_number_that_is_now_anothers_is_no_obstacle(data_dir):
    with embedded.servers(data_dir, valkey=False, durable=False):
        folder = places.data_folder(data_dir.resolve())
        note = (folder / "postmaster.pid").read_text()
    with subprocess.Popen(["/bin/cat"], stdin=subprocess.PIPE) as somebody:
        number, rest = note.split("\n", 1)
        (folder / "postmaster.pid").write_text(f"{somebody.pid}\n{rest}")
        assert number != str(somebody.pid)
        with embedded.servers(data_dir, valkey=False, durable=False) as env:
            assert sql(env, "SELECT 1") == [(1,)]
        assert somebody.poll() is None


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's signal is Linux's")
def test_the_servers_of_a_killed_launcher_end(data_dir):
    script = """
import sys
from pathlib import Path
from practice import embedded
from practice.processes import Group
group = Group()
with embedded.servers(Path(sys.argv[1]), durable=False, group=group):
    print(*[child.process.pid for child in group.children], flush=True)
    sys.stdin.read()
"""
    command = [sys.executable, "-c", script, str(data_dir)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as launcher:
        pids = [int(pid) for pid in launcher.stdout.readline().split()]
        assert len(pids) == 2
        launcher.kill()
    assert wait_until(lambda: not any(command_of(pid) for pid in pids), 20)
    with embedded.servers(data_dir, durable=False) as env:
        assert sql(env, "SELECT 1") == [(1,)]


def test_the_sockets_are_closed_to_others_and_gone_afterwards(data_dir):
    with embedded.servers(data_dir, durable=False) as env:
        folder = Path(env["REDIS_URL"].removeprefix("redis+socket://")).parent
        assert folder.stat().st_mode & 0o777 == 0o700
    assert not folder.exists()


def test_data_of_another_version_is_told_apart(data_dir):
    with embedded.servers(data_dir, valkey=False, durable=False):
        note = places.data_folder(data_dir.resolve()) / "PG_VERSION"
        version = note.read_text()
    note.write_text("9\n")
    try:
        with (
            pytest.raises(Problem, match="was made by PostgreSQL 9 and this is PostgreSQL "),
            embedded.servers(data_dir, valkey=False),
        ):
            pass
    finally:
        note.write_text(version)


def test_a_machine_without_servers_gets_a_sentence(monkeypatch, tmp_path):
    monkeypatch.setattr(programs, "POSTGRES_WHEELS", ())
    monkeypatch.setattr(programs, "VALKEY_WHEELS", ())
    monkeypatch.setattr(programs, "MACHINE_POSTGRES", tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Problem, match="or set DATABASE_URL"):
        programs.postgres()
    with pytest.raises(Problem, match="or set REDIS_URL"):
        programs.valkey()


def test_a_folder_of_somebody_else_is_not_used(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 4711)
    with pytest.raises(Problem, match="belongs to somebody else"):
        places.private_folder(tmp_path, 4711, 0o700)
