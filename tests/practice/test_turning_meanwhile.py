"""Keys are replaced while people read and write, by a process that is killed in the middle."""

import os
import random
import subprocess
import sys
import threading
from contextlib import closing
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from clients.models import Client, SafetyCheck
from practice import keys, turning
from practice.models import DataKeyRow
from practice.turning import values
from tests import workers
from tests.conftest import make_client, make_practice, make_staff
from tests.workers import ROOT, until

from .turning import finish, nested

pytestmark = [pytest.mark.processes, pytest.mark.django_db(transaction=True)]
CLIENTS, NOTES = 3, 60


class People(threading.Thread):
    """One who reads and writes; what somebody wrote last is what everybody reads."""

    def __init__(self, written, mine, done):
        super().__init__()
        self.written, self.mine, self.done = written, mine, done
        self.acts, self.wrong = 0, []

    def run(self):
        try:
            while not self.done.is_set():
                self._act(random.choice(list(self.written)))
                self.acts += 1
                self.done.wait(0.01)
        except Exception as error:  # noqa: BLE001 - whatever it was, somebody was told "not now"
            self.wrong.append(repr(error))
        finally:
            connection.close()

    def _act(self, pk):
        row = SafetyCheck.objects.get(pk=pk)
        if pk not in self.mine:
            assert row.note.startswith(f"{pk} ")
            return
        assert row.note == self.written[pk]
        row.note = f"{pk} {random.random()}"
        row.save(update_fields=["note"])
        self.written[pk] = row.note


def rotation():
    return subprocess.Popen(
        [sys.executable, "manage.py", "keys", "rotate", "--now"],
        cwd=ROOT,
        env=os.environ | workers.as_the_app(),
        stdout=subprocess.DEVNULL,
    )


def waits_for_a_lock(what="; UPDATE %substr"):
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(
            "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
            " AND datname = current_database() AND query LIKE %s",
            [f"%{what}%"],
        )
        return cursor.fetchone() is not None


def test_of_two_who_turn_the_key_of_a_practice_the_second_turns_the_first_ones():
    practice = make_practice()
    keys.of_subject(practice.pk, practice.pk)
    nested()
    turned = []

    def turn():
        with closing(connection):
            turned.append(turning.turn(practice.pk, practice.pk, by=None, now=timezone.now()))

    with transaction.atomic():
        first = turning.turn(practice.pk, practice.pk, by=None, now=timezone.now())
        other = threading.Thread(target=turn)
        other.start()
        until(lambda: waits_for_a_lock("FOR NO KEY UPDATE"), "the other waits")
    other.join()
    [second] = turned
    there = DataKeyRow.objects.filter(practice=practice)
    assert there.get(retired_at=None).pk == second.pk
    assert set(there.exclude(retired_at=None).values_list("pk", flat=True)) >= {first.pk}
    assert there.count() == 3


def notes_of(clinician):
    rows = [
        SafetyCheck(
            practice_id=client.practice_id, client=client, outcome="hold", checked_at=timezone.now()
        )
        for client in Client.objects.of(clinician)
        for _n in range(NOTES)
    ]
    for row in rows:
        row.note = f"{row.pk} as it was"
    SafetyCheck.objects.bulk_create(rows)
    return {row.pk: row.note for row in rows}


def test_no_read_fails_and_nothing_is_lost_while_keys_are_replaced_and_the_worker_is_killed():
    clinician = make_staff(make_practice(also_clinician=False), "Clara", "clinician")
    for n in range(CLIENTS):
        make_client(clinician, f"Person {n}")
    nested()
    written, done = notes_of(clinician), threading.Event()
    pks = list(written)
    people = [People(written, set(pks[n::3]), done) for n in range(3)]
    for subject in DataKeyRow.objects.values_list("subject", flat=True):
        turning.turn(clinician.practice_id, subject, by=None, now=timezone.now())
    before = list(DataKeyRow.objects.filter(retired_at__isnull=False).values_list("pk", flat=True))
    for each in people:
        each.start()
    try:
        with transaction.atomic():
            SafetyCheck.objects.select_for_update().get(pk=max(pks))
            worker = rotation()
            until(waits_for_a_lock, "it has come to a row that somebody holds")
            worker.kill()
            worker.wait()
        moved = sum(DataKeyRow.objects.values_list("moved", flat=True))
        assert moved  # its first batches are committed, and the one in hand is undone
        finish()
        acts = sum(each.acts for each in people)
        until(lambda: sum(each.acts for each in people) > acts + 50, "people go on")
    finally:
        done.set()
        for each in people:
            each.join()
    assert [each.wrong for each in people] == [[], [], []]
    finish()  # what was sealed with an old key by whoever still remembered it
    later = timezone.now() + values.QUIET + timedelta(minutes=1)
    turning.step(lambda: later)
    turning.step(lambda: later + settings.KEYS_OUTLIVE_BACKUPS)
    assert not DataKeyRow.objects.filter(pk__in=before).exists()
    keys.forget()
    assert {row.pk: row.note for row in SafetyCheck.objects.all()} == written
    assert {client.preferred_name for client in Client.objects.all()} == {
        f"Person {n}" for n in range(CLIENTS)
    }
