"""Real beats, workers, brokers and databases, killed and stopped. The mail server is the judge.

Nothing here waits for days: ``days_pass`` moves the times of rows that the system wrote itself
into the past, which is the same to it as if the clock had moved on. No result is written for it.
"""

import time
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db.models import F
from django.utils import timezone

from assessments.models import Delivery, Occurrence, Reminder
from assessments.reminders import plan
from clients import actions as care
from practice.processes import wait_until
from tests.conftest import as_user, give, join, make_client, make_practice, make_staff
from tests.workers import bell_at, crew, until

from .helpers import DAY, outcomes, planned, signs_in

pytestmark = [pytest.mark.processes, pytest.mark.django_db(transaction=True)]

CHECK = "strengths-check"
SHORT_LEASE = 4


@pytest.fixture
def clinician(db):
    return make_staff(make_practice(also_clinician=False), "Clara", "clinician")


@contextmanager
def people_at_work(sink, **env):
    with crew(sink.url, REMINDER_LEASE_SECONDS=str(SHORT_LEASE), **env) as people:
        yield people


def silent_clients(clinician, count, *, at=None):
    """Clients who were given something five days ago, due two days later, and did nothing.

    The first message invites them and reminds them of it; one more reminder is due after that.
    """
    then = (at or timezone.now()) - 5 * DAY
    crowd = [make_client(clinician, f"Person{n:02} X", now=then) for n in range(count)]
    for client in crowd:
        give(client, CHECK, by=clinician, now=then)
        care.invite(client, by=clinician, now=then)
    return crowd


def days_pass(days: int) -> None:
    by = timedelta(days=days)
    Reminder.objects.update(planned_for=F("planned_for") - by)
    Reminder.objects.filter(settled_at__isnull=False).update(settled_at=F("settled_at") - by)
    Delivery.objects.filter(began_at__isnull=False).update(began_at=F("began_at") - by)
    Delivery.objects.filter(ended_at__isnull=False).update(ended_at=F("ended_at") - by)


def nobody_has_it() -> bool:
    """Nothing is due and nothing is in anybody's hands."""
    now = timezone.now()
    return not (
        Reminder.objects.planned().filter(planned_for__lte=now).exists()
        or Reminder.objects.filter(claim__isnull=False).exists()
        # The place that is kept until the batch is planned again.
        or Reminder.objects.planned().filter(planned_for__lte=now + timedelta(minutes=1)).exists()
    )


def one_each(crowd) -> dict[str, int]:
    return {client.email: 1 for client in crowd}


def contact_page(client, by) -> str:
    return as_user(by).get(f"/clients/{client.pk}/contact/", secure=True).content.decode()


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

        days_pass(3)
        until(lambda: len(outcomes(client)) == 2 and planned(client) is None, "the second one")
        assert sink.counts() == {client.email: 2}

        days_pass(3)
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
def test_a_worker_that_is_killed_while_it_sends_loses_and_doubles_nothing(clinician, sink, alone):
    """kill -9 while the mail server has the whole of letter 4 of 9 and has not answered.

    When only the main process is killed, its orphan gets the answer and may go on sending beside
    the worker that replaces it.
    """
    crowd = silent_clients(clinician, 9)
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
    for client in crowd:
        [outcome] = outcomes(client)
        assert outcome == "sent" or client.email == in_flight
        # Nothing is lost: the next reminder of each of them is planned.
        assert planned(client).planned_for > timezone.now() + DAY
        if outcome == "unknown":
            assert "Not known whether it arrived" in contact_page(client, clinician)


def test_two_beats_and_two_workers_send_each_once_and_a_lost_broker_loses_nothing(clinician, sink):
    """Doubled by mistake; then the broker is flushed, and then gone while more becomes due."""
    crowd = silent_clients(clinician, 6)
    with people_at_work(sink) as people:
        everyone = [people.worker(), people.worker(), people.beat(), people.beat()]
        people.ready(*everyone)
        until(lambda: len(sink.letters) >= 6 and nobody_has_it(), "the first six")
        assert sink.counts() == one_each(crowd)

        crowd += more(clinician, "Flushed", 3)
        for _ in range(5):
            people.broker.flush()
        until(lambda: len(sink.letters) >= 9 and nobody_has_it(), "those due at the flush")
        assert sink.counts() == one_each(crowd)

        people.broker.kill()
        crowd += more(clinician, "Away", 3)
        people.broker.start()
        back = time.monotonic()

        def all_are_sent():
            people.revive()
            return len(sink.letters) >= 12 and nobody_has_it()

        until(all_are_sent, "those due without a broker")
        assert time.monotonic() - back < 30
    assert sink.counts() == one_each(crowd)
    assert {outcome for client in crowd for outcome in outcomes(client)} == {"sent"}


def more(clinician, name, count):
    now = timezone.now()
    crowd = [make_client(clinician, f"{name}{n} X", now=now) for n in range(count)]
    for client in crowd:
        care.invite(client, by=clinician, now=now)
    return crowd


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
