"""A worker is killed while it tells somebody of an alert."""

import pytest
from django.utils import timezone

from assessments import actions
from assessments.models import AlertCall
from tests.assessments import made
from tests.assessments.made import ask
from tests.conftest import join, make_client, make_staff
from tests.workers import until

from .people import people_at_work

pytestmark = [pytest.mark.processes, pytest.mark.django_db(transaction=True)]


def outcomes():
    return dict(AlertCall.objects.values_list("called_as", "outcome"))


def test_a_call_whose_worker_is_killed_is_unknown_not_repeated_and_the_next_one_hears(
    clinician, sink
):
    """kill -9 while the mail server has the whole letter and has not answered."""
    back_up = make_staff(clinician.practice, "Carl", "clinician")
    now = timezone.now()
    actions.set_back_up(clinician, back_up, by=clinician, now=now)
    client = join(make_client(clinician, now=now), by=clinician, now=now)
    walk = ask(client, made.walk(), by=clinician, now=now)
    actions.keep(walk, {"dark": "yes"}, by=client.user, now=timezone.now())
    hold = sink.hold(1)  # nobody else is written to: an alert is open
    with people_at_work(sink) as people:
        worker = people.worker()
        people.ready(worker, people.beat())
        until(hold.reached.is_set, "the letter has come in")
        people.kill(worker)
        again = people.worker()
        until(lambda: outcomes()["team"] == "unknown", f"it is given up\n{again.last_lines()}")
        assert sink.counts() == {clinician.email: 1}
        AlertCall.objects.filter(called_as="back_up").update(next_at=timezone.now())
        until(lambda: outcomes()["back_up"] == "sent", f"the next hears\n{again.last_lines()}")
        actions.see_alert(client.alerts.get(), by=back_up, now=timezone.now())
        AlertCall.objects.filter(called_as="owner").update(next_at=timezone.now())
    assert outcomes() == {"team": "unknown", "back_up": "sent", "owner": "suppressed"}
    staff = {clinician.email, back_up.email}
    assert {to: n for to, n in sink.counts().items() if to in staff} == dict.fromkeys(staff, 1)
