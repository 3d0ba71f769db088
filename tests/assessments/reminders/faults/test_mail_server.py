"""The mail server refuses, is slow, says 4xx and 5xx, and drops the line after it has a letter."""

from datetime import timedelta

import pytest

from assessments.models import Delivery, Reminder
from tests.assessments.reminders.helpers import outcomes
from tests.workers import until

from .people import SHORT_LEASE, back_to_normal, more, nobody_has_it, people_at_work, time_passes

pytestmark = [pytest.mark.processes, pytest.mark.django_db(transaction=True)]

LATER = timedelta(minutes=6)


def have_failed(crowd) -> int:
    failed = Delivery.objects.filter(client__in=crowd, outcome="failed")
    return failed.values("client").distinct().count()


def test_a_mail_server_that_takes_nothing_gets_each_letter_once_when_it_is_back(
    clinician, sink, ledger
):
    """No connection; 451 to the letter; 554 to the letter, which is not about the address."""

    def shut():
        sink.close_door()

    def come_later():
        sink.refuse_letters = 2

    def not_from_you():
        sink.refuse_letter = "554 5.7.1 Not from you"

    def as_before():
        sink.refuse_letter, sink.refuse_letters = "", 0
        if not sink.is_open:
            sink.open_door()

    with people_at_work(sink) as people:
        people.ready(people.worker(), people.beat())
        for fault in (shut, come_later, not_from_you):
            fault()
            crowd = more(clinician, fault.__name__, 2)
            ledger.expect(*crowd)
            until(
                lambda crowd=crowd: have_failed(crowd) == len(crowd),
                f"{fault.__name__}: an attempt each",
            )
            as_before()
            back_to_normal(
                fault.__name__,
                lambda crowd=crowd: all(outcomes(c) == ["sent"] for c in crowd) and nobody_has_it(),
                people,
            )
    verdict = ledger.judge("a mail server that takes nothing", by=clinician)
    assert not verdict.unknown
    assert not verdict.failed


def test_a_mail_server_that_drops_the_line_after_the_letter_gets_no_second_one(
    clinician, sink, ledger
):
    crowd = more(clinician, "Dropped", 4)
    ledger.expect(*crowd)
    sink.drop_letters = 2
    with people_at_work(sink) as people:
        people.ready(people.worker(), people.beat())
        back_to_normal(
            "dropped after DATA", lambda: len(sink.letters) >= 4 and nobody_has_it(), people
        )
        time_passes(LATER)
        later = more(clinician, "Later", 2)  # when these are sent, the others were looked at
        ledger.expect(*later)
        until(lambda: len(sink.letters) >= 6 and nobody_has_it(), "those after it")
    verdict = ledger.judge("dropped after DATA", by=clinician)
    assert len(verdict.unknown) == 2


def test_an_address_that_does_not_exist_is_shown(clinician, sink, ledger):
    crowd = more(clinician, "Nobody", 2)
    ledger.expect(*crowd)
    sink.refuse_recipient = "550 5.1.1 No such person"
    with people_at_work(sink) as people:
        people.ready(people.worker(), people.beat())
        until(lambda: all(outcomes(c) == ["failed"] for c in crowd), "it is given up")
        sink.refuse_recipient = ""
        crowd = more(clinician, "After", 2)
        ledger.expect(*crowd)
        back_to_normal("550", lambda: len(sink.letters) >= 2 and nobody_has_it(), people)
    verdict = ledger.judge("an address that does not exist", by=clinician)
    assert (len(verdict.failed), verdict.letters) == (2, 2)


def test_a_mail_server_that_is_slower_than_a_lease_gets_each_letter_once(clinician, sink, ledger):
    """It has the whole letter and says nothing; meanwhile another worker gives it up for lost. In
    the end the answer comes, and it is known what became of the letter."""
    crowd = more(clinician, "Slow", 6)
    ledger.expect(*crowd)
    hold, sink.delay = sink.hold(3), 0.1
    with people_at_work(sink) as people:
        people.ready(people.worker(), people.worker(), people.beat())
        until(hold.reached.is_set, "the third letter has come in")
        until(
            lambda: Reminder.objects.filter(outcome="unknown").exists(),
            "another worker gives it up",
            SHORT_LEASE * 5,
        )
        hold.released.set()
        back_to_normal(
            "slow",
            lambda: all(outcomes(c) == ["sent"] for c in crowd) and nobody_has_it(),
            people,
        )
    assert ledger.judge("slower than a lease", by=clinician).letters == len(crowd)
