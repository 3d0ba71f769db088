"""A drill with the real commands, each as the account that it is for: somebody is erased, an older
backup is put into an empty database, and they are not in it.

In `make test-full`; DRILLS=1 runs it by itself. What a restore does is held by
tests/practice/test_backups.py; here it makes its tables itself, and nobody may go past the wall.
"""

import os
import subprocess
import sys

import pytest
from django.db import connection

from clients.models import Client
from practice import keys
from practice.backups import databases
from practice.models import AuditEvent, DataKeyRow, Erased, User
from tests.conftest import make_client, make_practice
from tests.whole import close, rows_left_of, whole_client
from tests.workers import ROOT, as_the_app, as_the_owner

pytestmark = [
    pytest.mark.skipif(not os.environ.get("DRILLS"), reason="DRILLS is not set"),
    pytest.mark.django_db(transaction=True),
]
ERASE = """
from django.utils import timezone
from clients.actions import erase_client
from clients.models import Client
from practice import walls
from practice.models import User
with walls.inside("{client.practice_id}"):
    client = Client.objects.get(pk="{client.pk}")
    by = User.objects.get(pk="{by.pk}")
    erase_client(client, early="They insist", by=by, now=timezone.now())
"""


def manage(*words, account):
    command = [sys.executable, "manage.py", *map(str, words)]
    env = os.environ | account | {"DEVELOPMENT": "1"}
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def empty():
    name = f"{databases.name()}_put_back"
    databases.drop(name)
    databases.make(name)
    yield name
    connection.close()
    databases.drop(name)


def test_by_the_commands_nobody_comes_back_who_was_erased(empty, tmp_path):
    owner = make_practice().users.get()
    client = close(whole_client(owner), by=owner)
    other = make_client(owner, "Ana Ruiz")
    manage("backup", "--to", tmp_path, account=as_the_owner())
    [old] = tmp_path.glob("*.backup")
    manage("shell", "-c", ERASE.format(client=client, by=owner), account=as_the_app())
    assert Erased.objects.get().pk == client.pk
    manage("backup", "--keys", "--to", tmp_path, account=as_the_owner())

    said = manage("restore", old, "--into", empty, account=as_the_owner())
    assert "Restored." in said
    with databases.working_in(empty):
        assert not Client.objects.filter(pk=client.pk).exists()
        assert rows_left_of(client) == {}
        assert not DataKeyRow.objects.filter(subject=client.pk).exists()
        assert User.objects.get(pk=client.user_id).email == f"{client.user_id}@erased.invalid"
        assert AuditEvent.objects.filter(action="client.erased_again").count() == 1
        assert Client.objects.get(pk=other.pk).preferred_name == "Ana Ruiz"
    keys.forget()
