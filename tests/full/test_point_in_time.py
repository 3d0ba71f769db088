"""A drill: the database is destroyed, and comes back as it was at a chosen moment.

With PostgreSQL's own means, as docs/operations.md describes: a base backup, and the write-ahead log
that was archived since. In `make test-full`; DRILLS=1 runs it by itself.
"""

import os
import shutil
import subprocess
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest

from practice.embedded import make_data_dir, places, postgres, remove
from practice.embedded.postgres import ENVIRONMENT, Postgres
from practice.processes import Group, wait_until

pytestmark = pytest.mark.skipif(not os.environ.get("DRILLS"), reason="DRILLS is not set")


@pytest.fixture
def folder():
    made = Path(tempfile.mkdtemp(prefix="trellis-pitr-"))
    made.chmod(0o711)
    make_data_dir(made)
    yield made
    remove(made)
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture
def archive(folder):
    made = folder / "archive"
    made.mkdir()
    places.give(made)
    return made


def run(server, program, *options):
    done = subprocess.run(
        [server.programs / program, "-h", server.sockets, "-U", "postgres", *options],
        capture_output=True,
        text=True,
        cwd="/",
        env=ENVIRONMENT,
        check=False,
        **places.server_account(),
    )
    assert done.returncode == 0, done.stderr


def write(line, words):
    """The moment after it, by the clock of the server."""
    line.execute("INSERT INTO answers (words) VALUES (%s)", [words])
    (moment,) = line.execute("SELECT clock_timestamp()").fetchone()
    time.sleep(0.05)  # the next one is a moment of its own
    return moment


def words(server):
    with psycopg.connect(server.owner_url, autocommit=True) as line:
        return [row[0] for row in line.execute("SELECT words FROM answers ORDER BY id")]


def is_back(server):
    """It answers, and is no longer being put back."""
    try:
        with psycopg.connect(server.owner_url) as line:
            return not line.execute("SELECT pg_is_in_recovery()").fetchone()[0]
    except psycopg.OperationalError:
        return False


def test_it_comes_back_as_it_was_at_a_chosen_moment(folder, archive, monkeypatch):
    archiving = {
        "archive_mode": "on",
        "archive_command": f"test ! -f {archive}/%f && cp %p {archive}/%f",
    }
    monkeypatch.setattr(postgres, "SETTINGS", postgres.SETTINGS | archiving)
    with ExitStack() as stack:
        sockets = stack.enter_context(places.sockets(folder))
        group = stack.enter_context(Group())
        server = Postgres(group, folder, sockets)
        server.start()
        server.wait()
        base = server.folder.with_name("base")
        with psycopg.connect(server.owner_url, autocommit=True) as line:
            line.execute("CREATE TABLE answers (id int GENERATED ALWAYS AS IDENTITY, words text)")
            write(line, "before the base backup")
            make_room(base)
            run(server, "pg_basebackup", "-D", base, "-X", "none", "-c", "fast", "--no-password")
            chosen = write(line, "after it")
            write(line, "a mistake, a moment later")
        with psycopg.connect(
            host=str(sockets), user="postgres", dbname="postgres", autocommit=True
        ) as line:
            (last,) = line.execute("SELECT pg_walfile_name(pg_switch_wal())").fetchone()
        assert wait_until(lambda: (archive / last).exists(), 30), "the log is not archived"
        assert words(server)[-1] == "a mistake, a moment later"

        server.child.end()  # a power cut, and the disk with it
        group.children.remove(server.child)
        shutil.rmtree(server.folder)
        base.rename(server.folder)
        with (server.folder / "postgresql.auto.conf").open("a") as conf:
            conf.write(f"restore_command = 'cp {archive}/%f %p'\n")
            conf.write(f"recovery_target_time = '{chosen.isoformat()}'\n")
            conf.write("recovery_target_action = 'promote'\n")
        (server.folder / "recovery.signal").touch()
        server.spawn()
        assert wait_until(lambda: is_back(server), 60), "still at it"
        assert words(server) == ["before the base backup", "after it"]


def make_room(folder):
    folder.mkdir()
    places.give(folder)
