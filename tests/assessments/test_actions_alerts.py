"""Raised once, seen, closed with a note: only staff close an alert."""

from datetime import timedelta

import pytest

from assessments import actions
from assessments.actions.respond import Unfit, throw_away
from assessments.models import Alert, Reminder
from practice.models import AuditEvent
from tests.conftest import NOW, give

from . import made
from .made import ask

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


class TestAnAnswerThatAsksForSomebodyToday:
    @pytest.fixture
    def walk(self, joined, clinician):
        return ask(joined, made.walk(), by=clinician)

    def keep(self, walk, dark):
        actions.keep(walk, {"dark": dark}, by=walk.client.user, now=NOW)

    def test_it_raises_an_alert_at_once_though_nothing_is_sent(self, walk, joined):
        self.keep(walk, "unsure")
        alert = Alert.objects.get()
        assert (alert.kind, alert.client, alert.occurrence) == ("critical", joined, walk)
        assert (alert.raised_at, alert.seen_at, alert.created_by) == (NOW, None, joined.user)
        assert happened() == ["alert.raised"]
        assert not joined.responses.submitted().exists()

    @pytest.mark.parametrize("dark", ["no", None, "_declined", "_na"])
    def test_another_answer_raises_none(self, walk, dark):
        self.keep(walk, dark)
        assert not Alert.objects.exists()

    def test_the_alert_keeps_no_answer(self, walk):
        self.keep(walk, "yes")
        event = AuditEvent.objects.get(action="alert.raised")
        assert event.detail == {}

    def test_saying_it_again_or_otherwise_is_one_alert(self, walk):
        for dark in ("unsure", "unsure", "yes", "no", "yes"):
            self.keep(walk, dark)
        assert happened() == ["alert.raised"]

    def test_taking_it_back_leaves_the_alert_open(self, walk):
        self.keep(walk, "yes")
        self.keep(walk, "no")
        assert Alert.objects.open().count() == 1

    def test_the_same_answer_after_it_was_closed_is_no_news_and_a_new_one_is(self, walk, clinician):
        self.keep(walk, "yes")
        actions.close_alert(Alert.objects.get(), by=clinician, note="Called", now=NOW)
        self.keep(walk, "yes")
        assert not Alert.objects.open().exists()
        self.keep(walk, "no")
        self.keep(walk, "yes")
        assert Alert.objects.open().count() == 1

    def test_sending_it_raises_no_second_one(self, walk, clinician, joined):
        self.keep(walk, "yes")
        actions.close_alert(Alert.objects.get(), by=clinician, note="Called", now=NOW)
        actions.submit(walk, by=joined.user, now=NOW)
        assert Alert.objects.count() == 1

    def test_one_that_another_answer_has_closed_is_heard_all_the_same(self, joined, clinician):
        definition = made.walk()
        gate = definition.item("far").show_if
        items = tuple(
            item.model_copy(update={"show_if": gate}) if item.id == "dark" else item
            for item in definition.items
        )
        walk = ask(joined, definition.model_copy(update={"items": items}), by=clinician)
        actions.keep(walk, {"went": "no"}, by=joined.user, now=NOW)
        self.keep(walk, "yes")
        assert Alert.objects.get().kind == "critical"

    def test_on_one_page_it_is_raised_with_the_draft_or_with_the_entry(self, joined, clinician):
        page = ask(joined, made.walk_on_a_page(as_log=True), by=clinician)
        actions.keep(page, {"dark": "yes"}, number=1, by=joined.user, now=NOW)
        actions.close_alert(Alert.objects.get(), by=clinician, note="Called", now=NOW)
        actions.add_entry(page, {"dark": "yes"}, number=1, by=joined.user, now=NOW)
        assert not Alert.objects.open().exists()
        actions.add_entry(page, {"dark": "yes"}, number=2, by=joined.user, now=NOW)
        assert Alert.objects.open().get().kind == "critical"

    def test_throwing_the_draft_away_leaves_it(self, joined, clinician):
        page = ask(joined, made.walk_on_a_page(as_log=True), by=clinician)
        actions.keep(page, {"dark": "yes"}, number=1, by=joined.user, now=NOW)
        throw_away(page, by=joined.user, now=NOW)
        assert Alert.objects.open().count() == 1

    def test_an_answer_that_is_refused_raises_none(self, walk, joined):
        with pytest.raises(Unfit):
            actions.keep(walk, {"dark": "yes", "tired": 99}, by=joined.user, now=NOW)
        assert not Alert.objects.exists()

    def test_nobody_is_nagged_while_it_is_open(self, walk, clinician):
        assert Reminder.objects.planned().exists()
        self.keep(walk, "yes")
        assert not Reminder.objects.planned().exists()
        actions.close_alert(Alert.objects.get(), by=clinician, note="Called", now=NOW)
        assert Reminder.objects.planned().exists()


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
