"""The database goes away in the midst of a batch and comes back."""

import pytest

from tests.assessments.reminders.helpers import outcomes
from tests.conftest import make_practice, make_staff
from tests.workers import until

from .database import own_database
from .people import back_to_normal, more, nobody_has_it, people_at_work

pytestmark = [pytest.mark.processes, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("how", ["stop", "kill"])
def test_a_database_that_is_restarted_while_letters_leave_costs_none_and_doubles_none(
    sink, ledger, monkeypatch, how
):
    """It goes while the mail server has letter 3 of 6 and has not answered: nobody can write down
    what becomes of that one."""
    with own_database(monkeypatch) as database:
        clinician = make_staff(make_practice(also_clinician=False), "Clara", "clinician")
        crowd = more(clinician, "Before", 6)
        ledger.expect(*crowd)
        hold = sink.hold(3)
        with people_at_work(sink) as people:
            people.ready(people.worker(), people.worker(), people.beat())
            until(hold.reached.is_set, "the third letter has come in")
            getattr(database, how)()
            hold.released.set()
            database.start()
            after = more(clinician, "After", 3)
            ledger.expect(*after)
            back_to_normal(
                f"database: {how}",
                lambda: all(outcomes(c) for c in crowd + after) and nobody_has_it(),
                people,
            )
        verdict = ledger.judge(f"database: {how}", by=clinician)
    assert len(verdict.unknown) <= 1
