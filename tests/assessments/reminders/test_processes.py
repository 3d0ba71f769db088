"""Real beats, workers and brokers, killed and stopped. A ledger and the mail server are the judges.

What else may go wrong is in ``faults``.
"""

import time
from datetime import timedelta

import pytest
from django.utils import timezone

from assessments.models import Occurrence
from assessments.reminders import plan
from clients import actions as care
from practice.processes import wait_until
from tests.conftest import as_user, give, join, make_client, make_practice, make_staff
from tests.ledger import Ledger
from tests.workers import bell_at, until

from .faults.people import (
    CHECK,
    more,
    nobody_has_it,
    people_at_work,
    silent_clients,
    time_passes,
)
from .helpers import DAY, outcomes, planned, signs_in

pytestmark = [pytest.mark.processes, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def clinician(db):
    return make_staff(make_practice(also_clinician=False), "Clara", "clinician")


@pytest.fixture
def ledger(tmp_path, sink):
    return Ledger(tmp_path / "ledger.jsonl", sink)


def one_each(crowd) -> dict[str, int]:
    return {client.email: 1 for client in crowd}


def today_page(by) -> str:
    return as_user(by).get("/today/", secure=True).content.decode()


def test_a_client_who_does_nothing_is_reminded_and_then_the_clinician_hears_of_it(clinician, sink):
    """Step 5 of issue 2: beat finds it due, a worker sends it, once; and then no further nag."""
    then = timezone.now() - 3 * DAY
    contact = {"most_reminders": 2, "spacing_days": 2}
    client = join(make_client(clinician, now=then, contact=contact), by=clinician, now=then)
    occurrence = give(client, CHECK, by=clinician, now=then, due_in_days=1).occurrences.get()
    signs_in(client, then + timedelta(hours=1))  # it is no news to them
    plan([client.pk], now=then + timedelta(hours=1))
    assert planned(client).planned_for == occurrence.due_at
    with people_at_work(sink) as people:
        people.ready(people.worker(), people.beat())
        until(lambda: planned_again(client), "the first reminder is sent and the next one planned")
        assert sink.counts() == {client.email: 1}
        assert planned(client).planned_for > timezone.now() + DAY
        assert "Has not answered" not in today_page(clinician)

        time_passes(3 * DAY)
        until(lambda: len(outcomes(client)) == 2 and planned(client) is None, "the second one")
        assert sink.counts() == {client.email: 2}

        time_passes(3 * DAY)
        # Somebody else's message is sent: so whatever was due before it has been looked at.
        other = make_client(clinician, "Other X", now=timezone.now())
        care.invite(other, by=clinician, now=timezone.now())
        until(lambda: outcomes(other) == ["sent"], "a message that is due after it")
    assert sink.counts() == {client.email: 2, other.email: 1}
    assert outcomes(client) == ["sent", "sent"]
    page = today_page(clinician)
    assert "Has not answered what was due" in page
    assert "2 reminders sent" in page


def planned_again(client) -> bool:
    reminder = planned(client)
    return bool(outcomes(client) and reminder and reminder.planned_for > timezone.now() + DAY)


@pytest.mark.parametrize("alone", [False, True], ids=["with-its-pool", "main-process-alone"])
def test_a_worker_that_is_killed_while_it_sends_loses_and_doubles_nothing(
    clinician, sink, ledger, alone
):
    """kill -9 while the mail server has the whole of letter 4 of 9 and has not answered.

    When only the main process is killed, its orphan gets the answer and may go on sending beside
    the worker that replaces it.
    """
    crowd = silent_clients(clinician, 9)
    ledger.expect(*crowd)
    hold = sink.hold(4)
    with people_at_work(sink) as people:
        worker, beat = people.worker(), people.beat()
        people.ready(worker, beat)
        until(hold.reached.is_set, "the fourth letter has come in")
        in_flight = sink.letters[3].to
        people.kill(worker, alone=alone)
        if alone:
            hold.released.set()
        again = people.worker()
        until(
            lambda: len(sink.letters) >= 9 and nobody_has_it(),
            f"all are sent\n{again.last_lines()}",
        )
        if not alone:
            assert [outcomes(c) for c in crowd if c.email == in_flight] == [["unknown"]]
    assert sink.counts() == one_each(crowd)
    ledger.judge("a worker is killed while it sends", by=clinician)
    for client in crowd:
        [outcome] = outcomes(client)
        assert outcome == "sent" or client.email == in_flight
        # Nothing is lost: the next reminder of each of them is planned.
        assert planned(client).planned_for > timezone.now() + DAY


def test_two_beats_and_two_workers_send_each_once_and_a_lost_broker_loses_nothing(
    clinician, sink, ledger
):
    """Doubled by mistake; then the broker is flushed, and then gone while more becomes due."""
    crowd = silent_clients(clinician, 6)
    ledger.expect(*crowd)
    with people_at_work(sink) as people:
        everyone = [people.worker(), people.worker(), people.beat(), people.beat()]
        people.ready(*everyone)
        until(lambda: len(sink.letters) >= 6 and nobody_has_it(), "the first six")
        assert sink.counts() == one_each(crowd)

        crowd += more(clinician, "Flushed", 3)
        ledger.expect(*crowd[-3:])
        for _ in range(5):
            people.broker.flush()
        until(lambda: len(sink.letters) >= 9 and nobody_has_it(), "those due at the flush")
        assert sink.counts() == one_each(crowd)

        people.broker.kill()
        crowd += more(clinician, "Away", 3)
        ledger.expect(*crowd[-3:])
        people.broker.start()
        back = time.monotonic()

        def all_are_sent():
            people.revive()
            return len(sink.letters) >= 12 and nobody_has_it()

        until(all_are_sent, "those due without a broker")
        assert time.monotonic() - back < 30
    assert sink.counts() == one_each(crowd)
    ledger.judge("two beats, a flush, no broker", by=clinician)
    assert {outcome for client in crowd for outcome in outcomes(client)} == {"sent"}


def assign_in_browser(browser, client):
    return browser.post(
        f"/clients/{client.pk}/assign/{CHECK}/", {"when": "once", "due_on": ""}, secure=True
    )


def test_a_page_that_rings_while_the_broker_is_away_is_quick_and_the_work_is_sent_later(
    clinician, sink
):
    now = timezone.now()
    crowd = [
        join(make_client(clinician, f"Person{n} X", now=now), by=clinician, now=now)
        for n in range(3)
    ]
    browser = as_user(clinician)
    with people_at_work(sink) as people, bell_at(people.broker.url):
        people.broker.kill()
        for client in crowd[:2]:  # the second time, a line from before is known to be dead
            assert_quick(lambda client=client: assign_in_browser(browser, client))
        people.broker.start()
        with people.broker.frozen():
            assert_quick(lambda: assign_in_browser(browser, crowd[2]))
        assert Occurrence.objects.count() == 3
        people.ready(people.worker(), people.beat())
        until(lambda: len(sink.letters) >= 3 and nobody_has_it(), "all three are told")
    assert sink.counts() == one_each(crowd)


def assert_quick(request) -> None:
    began = time.monotonic()
    assert request().status_code == 302
    assert time.monotonic() - began < 3


def test_a_page_that_rings_is_heard_without_a_beat(clinician, sink):
    now = timezone.now()
    client = join(make_client(clinician, now=now), by=clinician, now=now)
    with people_at_work(sink) as people, bell_at(people.broker.url):
        people.ready(people.worker())
        assert assign_in_browser(as_user(clinician), client).status_code == 302
        assert wait_until(lambda: outcomes(client) == ["sent"], 10)
    assert sink.counts() == {client.email: 1}
