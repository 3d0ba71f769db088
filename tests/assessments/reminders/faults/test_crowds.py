"""Very many at once, two who press for the same, and what has piled up in six hours."""

import os
import time
from datetime import time as dt_time

import pytest
from django.db import connection
from django.utils import timezone

from assessments import actions
from assessments.models import Delivery, Reminder
from assessments.tasks import ring
from bench import people as many
from clients.models import Client
from practice.models import User
from tests.assessments.reminders.helpers import HOUR, in_threads
from tests.conftest import make_staff
from tests.workers import bell_at, until

from .people import back_to_normal, log, more, nobody_has_it, people_at_work

pytestmark = [pytest.mark.processes, pytest.mark.django_db(transaction=True)]

IS_FULL = int(os.environ.get("REPEAT") or 1) > 1
AT_ONCE = 10_000 if IS_FULL else 500
PRESSED = 200


@pytest.fixture
def owner_of_many():
    """Everybody is due, as rows that the product's own verbs wrote for one of them."""
    many.open_the_practice()
    yield User.objects.get(email="owner@practice.example")
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA bench CASCADE")


def crowd_of(count):
    many.add_people(count, is_due=True)
    many.plan_anew()
    due = Reminder.objects.planned().values("client_id")
    return list(Client.objects.filter(pk__in=due))


def test_very_many_who_are_due_at_once_get_one_each(owner_of_many, sink, ledger):
    ledger.expect(*crowd_of(AT_ONCE))
    began = time.monotonic()
    with people_at_work(sink, REMINDER_LEASE_SECONDS="120") as people:
        people.ready(people.worker(), people.worker(), people.beat())
        until(lambda: len(sink.letters) >= AT_ONCE and nobody_has_it(), "all are sent", 300)
    log.info("%d at once: all sent after %.1f s", AT_ONCE, time.monotonic() - began)
    assert ledger.judge(f"{AT_ONCE} at once", by=owner_of_many).letters == AT_ONCE


def test_two_who_press_send_now_for_the_same_clients_cause_one_message_each(
    owner_of_many, sink, ledger
):
    """In two browsers' places: each with its own connection, each rings, and workers are there."""
    crowd = crowd_of(PRESSED)
    Reminder.objects.update(planned_for=timezone.now() + HOUR)
    ledger.expect(*crowd)
    second = make_staff(owner_of_many.practice, "Carl", "clinician")

    def press(who):
        def pressed():
            actions.remind_now(crowd, by=who, now=timezone.now())
            ring()

        return pressed

    with people_at_work(sink) as people, bell_at(people.broker.url):
        people.ready(people.worker(), people.worker(), people.beat())
        in_threads(press(owner_of_many), press(second))
        back_to_normal(
            "two press", lambda: len(sink.letters) >= PRESSED and nobody_has_it(), people
        )
        in_threads(press(owner_of_many), press(second))  # and again, having seen nothing happen
        later = more(owner_of_many, "Later", 1)  # when this is sent, the others were looked at
        ledger.expect(*later)
        until(lambda: len(sink.letters) > PRESSED and nobody_has_it(), "the one after them")
    assert ledger.judge("two press send now", by=owner_of_many).letters == PRESSED + 1
    assert Delivery.objects.count() == PRESSED + 1


def test_after_six_hours_of_outage_quiet_hours_still_hold(clinician, sink, ledger):
    """What fell due while nothing ran leaves at once where the hour allows it, and only there."""
    now = timezone.now()
    quiet = {"hours_from": (now + 3 * HOUR).time(), "hours_until": (now + 4 * HOUR).time()}
    if quiet["hours_from"] > quiet["hours_until"]:  # around midnight UTC: an hour of the morning
        quiet = {"hours_from": dt_time(5), "hours_until": dt_time(6)}
    for hours in range(6, 0, -1):
        then = now - hours * HOUR
        ledger.expect(*more(clinician, f"Awake{hours}x", 2, now=then))
        asleep = more(clinician, f"Asleep{hours}x", 2, now=then, contact=quiet)
        # It was right when it was planned: the last look is what holds it back.
        Reminder.objects.filter(client__in=asleep).update(planned_for=then)
        ledger.expect(*asleep, allowed=False)
    with people_at_work(sink) as people:
        people.ready(people.worker(), people.worker(), people.beat())
        back_to_normal("six hours", lambda: len(sink.letters) >= 12 and nobody_has_it(), people)
    assert ledger.judge("six hours of outage", by=clinician).letters == 12
    waiting = Reminder.objects.planned().values_list("planned_for", flat=True)
    assert {at.time() for at in waiting} == {quiet["hours_from"]}
    assert len(waiting) == 12
