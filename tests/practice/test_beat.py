"""Real beats and a real worker: who rings, who takes over, and what is taken first."""

import time

import pytest
from django.conf import settings
from django.db import connection

from assessments.tasks import sweep
from practice import heartbeat
from practice.celery import app
from practice.models import Heartbeat
from tests.workers import bell_at, crew, until

pytestmark = [pytest.mark.processes, pytest.mark.django_db(transaction=True)]

NO_MAIL = "smtp://127.0.0.1:1"


@pytest.fixture
def people():
    with crew(NO_MAIL) as folk:
        yield folk


def rings(beat) -> int:
    return beat.log.read_text().count("Sending due task")


def lines_of_beats(what) -> list:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {what} FROM pg_stat_activity"
            " WHERE application_name = 'trellis beat' AND datname = current_database()"
        )
        return cursor.fetchall()


def test_of_two_beats_one_rings_and_the_other_takes_over_when_it_is_killed(people):
    first = people.beat()
    people.ready(first)
    second = people.beat()
    people.ready(second)
    heard = rings(first)
    until(lambda: rings(first) > heard + 3, "the first goes on ringing")
    assert rings(second) == 0
    people.kill(first)
    died = time.monotonic()
    until(lambda: rings(second) > 0, "the second rings", timeout=5)
    assert time.monotonic() - died < 5
    third = people.beat()
    people.ready(third)
    assert "another beat rings" in third.log.read_text()


def test_a_beat_that_is_asked_to_stop_leaves_its_turn_to_the_next(people):
    first = people.beat()
    people.ready(first)
    second = people.beat()
    people.ready(second)
    first.signal(first.stop_signal)
    until(lambda: rings(second) > 0, "the second rings", timeout=5)
    assert first.process.wait(timeout=10) == 0
    people.group.children.remove(first)
    assert len(lines_of_beats("pid")) == 1


def test_a_beat_that_lost_the_database_takes_its_turn_anew(people):
    beat = people.beat()
    people.ready(beat)
    assert lines_of_beats("pg_terminate_backend(pid)") == [(True,)]
    until(lambda: "the database does not answer" in beat.log.read_text(), "it notices", timeout=5)
    heard = rings(beat)
    until(lambda: rings(beat) > heard, "it rings again", timeout=5)
    log = beat.log.read_text()
    assert log.count("it is our turn to ring") == 2
    assert log.count("the database does not answer") == 1


def test_a_beat_waits_for_a_database_that_is_not_there(people):
    nowhere = people.env["DATABASE_URL"].replace("/test_", "/no_such_test_")
    beat = people.beat(DATABASE_URL=nowhere)
    until(lambda: "the database does not answer" in beat.log.read_text(), "it says so")
    other = people.beat()
    people.ready(other)
    until(lambda: rings(other) > 5, "another one rings meanwhile")
    assert beat.running
    assert rings(beat) == 0
    assert beat.log.read_text().count("the database does not answer") == 1


def test_what_is_rung_once_an_hour_is_rung_as_beat_begins(people):
    """Else a laptop that runs for fifty minutes at a time would never keep an anchor."""
    beat = people.beat()
    people.ready(beat)
    for task in ("anchor_audit", "forget_sessions", "look_after_records", "sweep_links"):
        until(lambda task=task: f"Sending due task {task} " in beat.log.read_text(), task)
    assert "Sending due task turn_keys " not in beat.log.read_text()


def test_a_worker_that_is_rung_by_beat_is_heard(people):
    people.ready(people.worker(), people.beat())
    until(Heartbeat.objects.filter(name=heartbeat.SWEEP, rung_at__isnull=False).exists, "heard")


def test_alerts_come_before_reminders_and_reminders_before_reports(people):
    """A backlog of the lowest kind waits; the worker takes what came last and matters most."""
    sent = {
        "report": {"priority": settings.REPORTS},
        "unnamed": {},
        "reminder": {"priority": settings.REMINDERS},
        "alert": {"priority": settings.ALERTS},
    }
    task = app.tasks["celery.accumulate"]  # it comes with Celery and does nothing
    with bell_at(people.broker.url):
        for kind, options in sent.items():
            for number in range(5):
                task.apply_async(task_id=f"{kind}-{number}", **options)
        sweep.apply_async(task_id="sweep-0")
        worker = people.worker(concurrency=1)
        until(lambda: worker.log.read_text().count(" succeeded in ") == 21, worker.last_lines())
    log = worker.log.read_text()
    taken = [line.split("[")[-1].split("]")[0] for line in log.splitlines() if " received" in line]
    assert taken == [
        *(f"alert-{number}" for number in range(5)),
        *(f"reminder-{number}" for number in range(5)),
        "sweep-0",
        *(f"report-{number}" for number in range(5)),
        *(f"unnamed-{number}" for number in range(5)),
    ]
