"""Put away in the middle; and what a safety check does, said before it is chosen."""

from datetime import timedelta

import pytest
from django.urls import reverse

from assessments import actions
from assessments.holding import holding_of
from assessments.models import Alert, AlertCall
from clients import actions as care
from tests.conftest import ENTRY, NOW, as_user, clear, freshly, give

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
DAY = timedelta(days=1)
PORTAL = reverse("assessments:portal")
AWAY = "Not now: put this away"
STEPS = ("patterns-check", "strengths-check")  # the first of each is gated, the other is not
LOGS = ("limit-log", "steadying-log")


@pytest.fixture
def screener(joined, clinician):
    return give(joined, "patterns-check", by=clinician).occurrences.get()


@pytest.fixture
def log(joined, clinician):
    occurrence = give(joined, "limit-log", by=clinician, times=2).occurrences.get(number=1)
    actions.say_safe_time(occurrence, by=joined.user, now=NOW)
    return occurrence


def at(name, occurrence, *more):
    return reverse(f"assessments:{name}", args=[occurrence.pk, *more])


class TestPutAwayInTheMiddle:
    def test_a_question_keeps_its_answer_and_the_clinician_sees_it_quietly(
        self, joined, screener, clinician
    ):
        browser = as_user(joined.user)
        url = at("step", screener, 1)
        assert AWAY in browser.get(url).content.decode()
        assert browser.post(url, {"giving_1": "1", "stop": "away"}).url == PORTAL
        screener.refresh_from_db()
        assert screener.put_away_at is not None
        assert screener.responses.drafts().get().answers == {"giving_1": 1}
        alert = Alert.objects.get()
        assert (alert.kind, alert.is_quiet, alert.stops_messages) == ("put_away", True, False)
        assert not AlertCall.objects.exists()
        today = as_user(clinician).get(reverse("assessments:today")).content.decode()
        assert alert.get_kind_display() in today
        opened = as_user(clinician).get(reverse("assessments:alert", args=[alert.pk]))
        assert "put it away with one tap" in opened.content.decode()

    def test_an_entry_that_is_not_whole_is_put_away_all_the_same(self, joined, log):
        browser = as_user(joined.user)
        url = at("entry", log)
        assert AWAY in browser.get(url).content.decode()
        form = {"limit": ENTRY["limit"], "number": "1", "stop": "away"}
        assert browser.post(url, form).url == PORTAL
        log.refresh_from_db()
        assert log.put_away_at is not None
        assert log.responses.drafts().get().answers["limit"] == ENTRY["limit"]

    def test_from_the_list_of_answers_one_can_ask_to_talk(self, joined, screener):
        actions.keep(screener, {"giving_1": 1}, by=joined.user, now=NOW)
        browser = as_user(joined.user)
        assert AWAY in browser.get(at("review", screener)).content.decode()
        assert browser.post(at("review", screener), {"stop": "talk"}).url == PORTAL
        assert Alert.objects.get().kind == Alert.Kind.TALK_FIRST
        assert not screener.responses.submitted().exists()

    @pytest.mark.parametrize(
        ("slug", "page"),
        [
            *((slug, page) for slug in STEPS for page in ("begin", "step", "whole", "review")),
            *((slug, "entry") for slug in LOGS),
            ("kinds-of-help", "begin"),
        ],
    )
    def test_every_page_of_something_gated_puts_it_away_and_no_page_of_anything_else(
        self, joined, clinician, slug, page
    ):
        given = give(joined, slug, by=clinician).occurrences.get()
        definition = actions.current_version(given).definition
        actions.say_safe_time(given, by=joined.user, now=NOW)
        if page == "review":
            first = definition.asked()[0].id
            actions.keep(given, {first: 1}, by=joined.user, now=NOW)
        browser = as_user(joined.user)
        url = at(page, given, 1) if page == "step" else at(page, given)
        assert (AWAY in browser.get(url).content.decode()) == definition.gated
        browser.post(url, {"stop": "away"})
        given.refresh_from_db()
        assert (given.put_away_at is not None, Alert.objects.exists()) == (definition.gated,) * 2

    def test_what_is_not_gated_does_not_offer_it(self, joined, clinician):
        open_one = give(joined, "strengths-check", by=clinician).occurrences.get()
        assert AWAY not in as_user(joined.user).get(at("step", open_one, 1)).content.decode()


class TestBeforeASafetyCheck:
    def page(self, client, clinician):
        url = reverse("clients:safety_check", args=[client.pk])
        return freshly(clinician).get(url).content.decode()

    def test_it_names_what_hold_would_hide_and_what_would_not_leave(
        self, joined, screener, log, clinician
    ):
        care.issue_links([joined], now=NOW)
        actions.keep(screener, {"giving_1": 1}, by=joined.user, now=NOW)
        found = holding_of(joined, by=clinician, now=NOW)
        assert (found.is_held, sorted(found.gated)) == (
            False,
            ["How it has been with others", "Limit log"],
        )
        assert (found.begun, found.links) == (1, 1)
        assert found.messages
        text = self.page(joined, clinician)
        assert "Hidden from the portal at once:" in text
        assert "“Limit log”" in text
        assert "not leave" in text

    def test_while_it_holds_it_says_what_is_held_back_and_what_comes_back(
        self, joined, log, clinician
    ):
        clear(joined, by=clinician, outcome="hold", now=NOW)
        found = holding_of(joined, by=clinician, now=NOW)
        assert (found.is_held, found.gated, found.messages) == (True, ["Limit log"], [])
        text = self.page(joined, clinician)
        assert "Hidden from the portal now:" in text
        assert "comes back at once" in text

    def test_the_number_of_statements_does_not_depend_on_how_much_is_asked(
        self, joined, clinician, log, django_assert_max_num_queries
    ):
        with django_assert_max_num_queries(100) as few:
            holding_of(joined, by=clinician, now=NOW)
        for _ in range(3):
            give(joined, "patterns-check", by=clinician)
        with django_assert_max_num_queries(len(few)):
            holding_of(joined, by=clinician, now=NOW)
