"""Raised once, seen, closed with a note: only staff close an alert."""

from datetime import timedelta

import pytest

from assessments import actions
from assessments.models import Alert, Reminder
from practice.models import AuditEvent
from tests.conftest import NOW, give

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def log(joined, clinician):
    return give(joined, "limit-log", by=clinician, times=2).occurrences.get(number=1)


@pytest.fixture
def alert(log, joined):
    return actions.ask_to_talk(log, by=joined.user, now=NOW)


def happened():
    events = AuditEvent.objects.filter(action__startswith="alert").order_by("number")
    return list(events.values_list("action", flat=True))


def test_asking_to_talk_puts_it_away_and_tells_the_care_team(alert, log, joined):
    log.refresh_from_db()
    assert log.put_away_at == NOW
    assert (alert.client, alert.occurrence, alert.raised_at) == (joined, log, NOW)
    assert (alert.seen_at, alert.closed_at, alert.note) == (None, None, "")
    assert alert.created_by == joined.user


def test_asking_twice_is_asking_once(alert, log, joined):
    assert actions.ask_to_talk(log, by=joined.user, now=NOW + DAY) == alert
    assert happened() == ["alert.raised"]
    assert Alert.objects.get().raised_at == NOW


def test_asking_once_more_puts_it_away_again(alert, log, joined):
    actions.take_out(log, by=joined.user, now=NOW)
    actions.ask_to_talk(log, by=joined.user, now=NOW + DAY)
    log.refresh_from_db()
    assert log.put_away_at == NOW + DAY


@pytest.mark.parametrize(("answer", "raised"), [("no", ["not_safe"]), ("unsure", []), (None, [])])
def test_an_answer_that_must_not_be_missed_raises_one(joined, clinician, answer, raised):
    plan = give(joined, "limit-plan", by=clinician).occurrences.get()
    give(joined, "strengths-check", by=clinician)
    actions.keep(plan, {"limit": "x", "safe": answer}, by=joined.user, now=NOW)
    actions.submit(plan, by=joined.user, now=NOW)
    found = Alert.objects.filter(occurrence=plan, client=joined)
    assert [alert.kind for alert in found] == raised
    assert Reminder.objects.planned().exists() is not bool(raised)


def test_one_that_is_closed_is_not_closed_again(alert, clinician, colleague):
    actions.close_alert(alert, by=clinician, note="We talked", now=NOW)
    with pytest.raises(actions.AlreadyClosed):
        actions.close_alert(alert, by=colleague, note="Me too", now=NOW + DAY)
    assert Alert.objects.get().note == "We talked"


def test_one_can_ask_again_after_it_was_closed(alert, log, joined, clinician):
    actions.close_alert(alert, by=clinician, note="We talked", now=NOW)
    assert actions.ask_to_talk(log, by=joined.user, now=NOW + DAY) != alert
    assert Alert.objects.open().count() == 1


def test_the_first_to_see_it_is_the_fact(alert, clinician, colleague):
    actions.see_alert(alert, by=clinician, now=NOW + DAY)
    actions.see_alert(alert, by=colleague, now=NOW + 2 * DAY)
    alert.refresh_from_db()
    assert (alert.seen_at, alert.seen_by) == (NOW + DAY, clinician)
    assert happened() == ["alert.raised", "alert.seen"]


def test_it_is_closed_with_what_was_done(alert, clinician):
    actions.close_alert(alert, by=clinician, note="Called, agreed on evenings", now=NOW + DAY)
    alert.refresh_from_db()
    assert (alert.closed_at, alert.closed_by) == (NOW + DAY, clinician)
    assert alert.note == "Called, agreed on evenings"
    assert alert not in Alert.objects.open()
    assert happened()[-1] == "alert.closed"


def test_nobody_is_nagged_while_one_is_open(joined, clinician, log):
    give(joined, "strengths-check", by=clinician)
    assert Reminder.objects.planned().exists()
    alert = actions.ask_to_talk(log, by=joined.user, now=NOW)
    assert not Reminder.objects.planned().exists()
    actions.close_alert(alert, by=clinician, note="We talked", now=NOW)
    assert Reminder.objects.planned().exists()
