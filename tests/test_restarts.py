"""Web and workers end and begin again while clients answer: nothing that was acknowledged is lost
or there twice, and whoever was not served was told so.

``CHAOS_SECONDS`` says for how long at random (`make test-full`: 600), ``CHAOS_SEED`` in which
order.
"""

import logging
import os
import random
import signal
import tempfile
import threading
import time
from collections import Counter
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.utils import timezone

from assessments.models import Occurrence, Response
from practice.processes import Group, wait_until
from tests.assessments.reminders.faults.people import more, nobody_has_it, people_at_work
from tests.conftest import give, join, make_client, make_practice, make_staff
from tests.ledger import Ledger
from tests.serving import Client, Told, Web
from tests.smtp import Sink
from tests.workers import until

pytestmark = [pytest.mark.processes, pytest.mark.django_db(transaction=True)]

log = logging.getLogger(__name__)
SECONDS = float(os.environ.get("CHAOS_SECONDS") or 0)
SEED = int(os.environ.get("CHAOS_SEED") or 7)
CLIENTS = 24
LETTERS = 10  # clients who are invited, again and again


@pytest.fixture
def clinician(db):
    return make_staff(make_practice(also_clinician=False), "Clara", "clinician")


def somebody(clinician, number, webs, stop):
    now = timezone.now()
    client = join(make_client(clinician, f"Writer{number} X", now=now), by=clinician, now=now)
    occurrence = give(client, "my-own-time", by=clinician, now=now).occurrences.get()
    return Client(number, webs, client.user, occurrence.pk, stop)


@contextmanager
def servers(count=1):
    with tempfile.TemporaryDirectory(prefix="trellis-web-") as folder, Group(grace=2) as group:
        webs = [Web(group, Path(folder) / str(n)) for n in range(count)]
        for web in webs:
            web.is_up()
        yield webs


def test_what_has_begun_when_the_server_is_told_to_stop_is_ended(clinician):
    """A request waits for a row that somebody else has; meanwhile the server is told to stop."""
    with servers() as webs:
        [web] = webs
        client = somebody(clinician, 1, webs, threading.Event())
        form = client.opens()
        client.types(told := client.told.setdefault(form["once"], Told()), form)
        got = []
        sending = threading.Thread(target=lambda: got.append(client.posts(form, keeps=False)))
        with transaction.atomic():
            list(Occurrence.objects.select_for_update())
            sending.start()
            until(somebody_waits_for_a_row, "the request is on its way")
            web.child.signal(signal.SIGTERM)
            assert not wait_until(lambda: not web.child.running, 1.5), "it did not wait"
        sending.join(30)
        assert got == [True], client.counts
        told.kept, told.is_sent = 0, True
        assert web.child.process.wait(30) == 0
    assert client.wrongs() == []
    assert Response.objects.ended().count() == 1


def somebody_waits_for_a_row():
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)")
        return cursor.fetchone()[0]


@pytest.mark.skipif(not SECONDS, reason="CHAOS_SECONDS does not say for how long")
def test_nothing_acknowledged_is_lost_and_nothing_is_there_twice(clinician, tmp_path):
    draw, done = random.Random(SEED), Counter()
    with Sink() as sink, servers(2) as webs, people_at_work(sink) as people:
        ledger, stop = Ledger(tmp_path / "ledger.jsonl", sink), threading.Event()
        writers = [somebody(clinician, n, webs, stop) for n in range(CLIENTS)]
        people.ready(people.worker(), people.worker(), people.beat())
        for writer in writers:
            writer.start()
        began, batch = time.monotonic(), 0
        while time.monotonic() < began + SECONDS:
            batch += 1
            ledger.expect(*more(clinician, f"Invited{batch}n", LETTERS))
            time.sleep(draw.uniform(1, 5))
            disturb(draw.choice(DISTURBANCES), draw.choice(webs), people, done)
            people.revive()
            assert not [writer.broke for writer in writers if writer.broke]
        stop.set()
        for writer in writers:
            writer.join(60)
        until(lambda: people.revive() or nobody_has_it(), "all letters are sent", 180)
        verdict = ledger.judge("restarts", by=clinician)
    counts = sum((writer.counts for writer in writers), Counter())
    wrongs = [wrong for writer in writers for wrong in writer.wrongs()]
    lies = [lie for writer in writers for lie in writer.lies]
    log.warning("%.0f s, restarts: %s", SECONDS, ", ".join(f"{n} {c}" for n, c in done.items()))
    log.warning("requests: %s", ", ".join(f"{n} {c}" for n, c in sorted(counts.items())))
    log.warning("entries: %d; letters: %s", Response.objects.count(), verdict)
    assert (wrongs, lies) == ([], [])
    assert counts["sent"] > CLIENTS, "there was hardly any load"


DISTURBANCES = ("web asked", "web killed", "web worker killed", "worker asked", "worker killed")


def disturb(what, web, people, done):
    """Each by its own number, and what has ended is begun again."""
    done[what] += 1
    if what == "web worker killed":
        with suppress(ProcessLookupError, IndexError):
            os.kill(web.workers()[0], signal.SIGKILL)
        return
    if what.startswith("web"):
        web.stop() if what == "web asked" else web.kill()
        web.start()  # its clients do not wait until it is up
        return
    child = next(each for each in people.group.children if each.name.startswith("worker"))
    if what == "worker killed":
        people.kill(child)
    else:
        child.signal(signal.SIGTERM)
        assert wait_until(lambda: not child.running, 60), "a worker does not end"
        people.group.children.remove(child)
    people.worker()
