"""The clock of the machine jumps, in the midst of a batch: of workers and beats, not of the
database and of nobody's monotonic clock."""

import sys
from datetime import timedelta

import pytest
from django.utils import timezone

from tests.assessments.reminders.helpers import HOUR, outcomes
from tests.workers import until

from .people import back_to_normal, more, nobody_has_it, people_at_work

pytestmark = [pytest.mark.processes, pytest.mark.django_db(transaction=True)]

TURNED = [sys.executable, "-m", "tests.assessments.reminders.faults.turned", "-A", "practice"]


@pytest.mark.parametrize("jump", [HOUR, -HOUR], ids=["ahead", "back"])
def test_a_clock_that_jumps_an_hour_sends_each_once_and_goes_on(
    clinician, sink, ledger, tmp_path, jump
):
    clock = tmp_path / "clock"
    clock.write_text("0")
    crowd = more(clinician, "Before", 6)
    ledger.expect(*crowd)
    hold = sink.hold(3)
    with people_at_work(sink, CLOCK=str(clock)) as people:
        people.celery = TURNED
        people.ready(people.worker(), people.worker(), people.beat())
        until(hold.reached.is_set, "the third letter has come in")
        _turn(clock, jump)
        hold.released.set()
        after = more(clinician, "After", 3, now=timezone.now() + jump)
        ledger.expect(*after)
        back_to_normal(
            f"jumped by {jump}",
            lambda: (
                all(outcomes(c) for c in crowd + after) and nobody_has_it(timezone.now() + jump)
            ),
            people,
        )
    ledger.judge(f"the clock jumps by {jump}", by=clinician)


def _turn(clock, by: timedelta) -> None:
    """In one step: nobody may read half of it."""
    new = clock.with_suffix(".new")
    new.write_text(str(by.total_seconds()))
    new.rename(clock)
