"""The client's pages: one thing at a time, nothing lost, nothing twice, a sentence for a fault."""

import re
from datetime import timedelta

import pytest
from django.test import Client as Browser
from django.urls import reverse

from assessments import actions
from assessments.models import Alert, Occurrence, Response, Score
from clients import actions as care
from tests.assessments.test_actions_respond import withdraw
from tests.conftest import NOW, answer_all, as_user, clear, give, send

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
DAY = timedelta(days=1)
ENTRY = {"limit": "No calls after nine", "said": "yes", "kept": "partly", "number": "1"}


def page(name, *args):
    return reverse(f"assessments:{name}", args=args)


def text_of(response):
    return response.content.decode()


@pytest.fixture
def me(joined):
    joined.leave_page_shown_at = NOW
    joined.save(update_fields=["leave_page_shown_at"])
    return as_user(joined.user)


@pytest.fixture
def screener(joined, clinician):
    return give(joined, "patterns-check", by=clinician).occurrences.get()


@pytest.fixture
def log(joined, clinician):
    row = give(joined, "limit-log", by=clinician, times=2).occurrences.get(number=1)
    actions.say_safe_time(row, by=joined.user, now=NOW)
    return row


@pytest.fixture
def kept(screener, joined):
    """Everything answered, nothing sent."""
    answers = answer_all(actions.current_version(screener))
    actions.keep(screener, answers, by=joined.user, now=NOW)
    return screener


def a_plan_at(client, clinician, item_id):
    """A limit plan that may be answered, and the number of one of its questions."""
    plan = give(client, "limit-plan", by=clinician).occurrences.get()
    actions.say_safe_time(plan, by=client.user, now=NOW)
    asked = [item.id for item in actions.current_version(plan).definition.asked()]
    return plan, asked.index(item_id) + 1


class TestOneQuestionAtATime:
    def test_it_begins_with_what_it_is_and_how_long_it_takes(self, me, screener):
        response = me.get(page("begin", screener.pk))
        assert response.status_code == 200
        assert response.context["first"] == 1
        assert "How it has been with others" in text_of(response)

    def test_each_answer_is_kept_before_the_next_question(self, me, screener):
        response = me.post(page("step", screener.pk, 1), {"giving_1": "3"})
        assert response.url == page("step", screener.pk, 2)
        assert Response.objects.get().answers == {"giving_1": 3}
        assert "2" in text_of(me.get(response.url))

    def test_one_can_stop_half_way_and_go_on_where_one_was(self, me, screener, joined):
        me.post(page("step", screener.pk, 1), {"giving_1": "3"})
        stopped = me.post(page("step", screener.pk, 2), {"needs_1": "0", "stop": "1"}, follow=True)
        assert stopped.redirect_chain[-1][0] == page("portal")
        assert "Kept. You can go on any time." in text_of(stopped)
        later = as_user(joined.user)
        assert later.get(page("begin", screener.pk)).context["first"] == 3
        form = later.get(page("step", screener.pk, 1)).context["form"]
        assert form["giving_1"].value() == 3

    def test_stopping_at_a_question_that_is_needed_complains_of_nothing(
        self, me, joined, clinician
    ):
        plan, number = a_plan_at(joined, clinician, "limit")
        assert me.post(page("step", plan.pk, number), {}).status_code == 200
        response = me.post(page("step", plan.pk, number), {"limit": "", "stop": "1"})
        assert response.url == page("portal")
        assert not Response.objects.exists()

    def test_a_question_may_be_passed_over(self, me, screener):
        assert me.post(page("step", screener.pk, 1), {}).url == page("step", screener.pk, 2)
        assert Response.objects.get().answers == {"giving_1": None}

    @pytest.mark.parametrize("code", ["_na", "_declined"])
    def test_or_answered_with_why_not(self, me, screener, code):
        me.post(page("step", screener.pk, 1), {"giving_1": code})
        assert Response.objects.get().answers == {"giving_1": code}

    def test_the_last_question_leads_to_all_answers(self, me, kept):
        response = me.post(page("step", kept.pk, 8), {"voice_1": "4"})
        assert response.url == page("review", kept.pk)
        answers = me.get(response.url).context["answers"]
        assert [answer.words for answer in answers] == ["Sometimes"] * 7 + ["Almost always"]

    @pytest.mark.parametrize("number", [0, 9, 99999])
    def test_a_question_that_there_is_not_is_not_found(self, me, screener, number):
        assert me.get(page("step", screener.pk, number)).status_code == 404

    @pytest.mark.parametrize("value", ["5", "-1", "999999999999", "2.5", "x", "\0", "_na; drop"])
    def test_a_value_out_of_range_has_a_sentence_and_is_not_kept(self, me, screener, value):
        response = me.post(page("step", screener.pk, 1), {"giving_1": value})
        assert response.status_code == 200
        assert list(response.context["form"].errors) == ["giving_1"]
        assert "Select a valid choice" in response.context["form"].errors["giving_1"][0]
        assert not Response.objects.exists()

    @pytest.mark.parametrize("value", ["11", "-1", "x"])
    def test_a_rating_out_of_range_has_one_too(self, me, joined, clinician, value):
        plan, number = a_plan_at(joined, clinician, "confidence")
        response = me.post(page("step", plan.pk, number), {"confidence": value})
        assert list(response.context["form"].errors) == ["confidence"]
        assert not Response.objects.exists()

    def test_the_background_keeper_hears_in_a_word_how_it_went(self, me, screener):
        keeper = {"x-keep": "1"}
        url = page("step", screener.pk, 1)
        assert me.post(url, {"giving_1": "3"}, headers=keeper).status_code == 204
        refused = me.post(url, {"giving_1": "9"}, headers=keeper)
        assert (refused.status_code, refused["Content-Type"]) == (422, "text/plain")
        assert Response.objects.get().answers == {"giving_1": 3}


class TestSending:
    def test_all_of_it_is_sent_and_thanked_for(self, me, kept, clinician):
        response = me.post(page("review", kept.pk), follow=True)
        assert response.redirect_chain == [(page("done", kept.pk), 302)]
        assert "Thank you" in text_of(response)
        assert response.context["clinician"] == clinician
        assert Score.objects.count() == 8

    def test_a_second_click_and_a_second_tab_send_nothing_twice(self, me, kept, joined):
        me.post(page("review", kept.pk))
        for browser in (me, as_user(joined.user)):
            again = browser.post(page("review", kept.pk), follow=True)
            assert again.redirect_chain[-1][0] == page("done", kept.pk)
            assert "These answers were sent already. Once is enough." in text_of(again)
        assert (Response.objects.count(), Score.objects.count()) == (1, 8)

    def test_an_old_tab_cannot_change_what_was_sent(self, me, kept):
        me.post(page("review", kept.pk))
        for url in (page("begin", kept.pk), page("step", kept.pk, 1), page("review", kept.pk)):
            assert me.get(url).url == page("done", kept.pk)
        assert me.post(page("step", kept.pk, 1), {"giving_1": "0"}).url == page("done", kept.pk)
        assert Response.objects.get().answers["giving_1"] == 2

    def test_nothing_begun_leads_to_the_beginning(self, me, screener):
        assert me.post(page("review", screener.pk)).url == page("begin", screener.pk)
        assert me.get(page("review", screener.pk)).url == page("begin", screener.pk)
        assert me.get(page("done", screener.pk)).url == page("begin", screener.pk)

    def test_what_is_still_needed_is_said_and_nothing_is_lost(self, me, joined, clinician):
        plan = give(joined, "limit-plan", by=clinician).occurrences.get()
        actions.say_safe_time(plan, by=joined.user, now=NOW)
        actions.keep(plan, {"situation": "Calls at night"}, by=joined.user, now=NOW)
        response = me.post(page("review", plan.pk), follow=True)
        assert "One answer is still needed." in text_of(response)
        assert "Calls at night" in text_of(response)
        assert not Response.objects.submitted().exists()


class TestWhatIsNotAskedNow:
    @pytest.fixture(params=["not yet", "no longer", "withdrawn"])
    def shut(self, request, kept):
        facts = {
            "not yet": {"opens_at": NOW + DAY, "due_at": None},
            "no longer": {"opens_at": NOW - 2 * DAY, "due_at": None, "expires_at": NOW - DAY},
            "withdrawn": {"withdrawn_at": NOW},
        }
        Occurrence.objects.update(**facts[request.param])
        return kept

    @pytest.mark.parametrize(
        ("name", "method"),
        [
            ("begin", "get"),
            ("step", "get"),
            ("step", "post"),
            ("review", "get"),
            ("review", "post"),
        ],
    )
    def test_it_says_so_in_a_sentence_and_changes_nothing(self, me, shut, name, method):
        args = [shut.pk, 1] if name == "step" else [shut.pk]
        response = getattr(me, method)(page(name, *args), {"giving_1": "0"})
        assert response.status_code == 410
        assert "This is not open now" in text_of(response)
        draft = Response.objects.get()
        assert (draft.submitted_at, draft.answers["giving_1"]) == (None, 2)

    def test_an_ended_assignment_closes_a_log(self, me, log, clinician):
        actions.end_assignment(log.assignment, by=clinician, now=NOW)
        response = me.post(page("entry", log.pk), ENTRY)
        assert response.status_code == 410
        assert not Response.objects.exists()

    def test_an_item_that_was_withdrawn_meanwhile(self, me, screener, practice):
        """The page for question 2 was open while the questions changed."""
        withdraw(practice, "needs_1")
        form = {"item": "needs_1", "needs_1": "3"}
        response = me.post(page("step", screener.pk, 2), form, follow=True)
        assert response.redirect_chain == [(page("begin", screener.pk), 302)]
        assert "The questions have changed. Your other answers are kept." in text_of(response)
        assert not Response.objects.exists()

    def test_a_draft_that_began_before_goes_on_as_it_was(self, me, screener, practice):
        me.post(page("step", screener.pk, 1), {"giving_1": "1"})
        withdraw(practice, "needs_1")
        form = {"item": "needs_1", "needs_1": "3"}
        assert me.post(page("step", screener.pk, 2), form).url == page("step", screener.pk, 3)
        assert Response.objects.get().answers == {"giving_1": 1, "needs_1": 3}

    def test_a_hold_hides_what_is_gated(self, me, kept, log, joined, clinician):
        give(joined, "strengths-check", by=clinician)
        clear(joined, by=clinician, outcome="hold", now=NOW + timedelta(seconds=1))
        home = me.get(page("portal")).context["home"]
        assert [task.definition.slug for task in home.now] == ["strengths-check"]
        for url in (page("begin", kept.pk), page("step", kept.pk, 1), page("entry", log.pk)):
            assert me.get(url).status_code == 410
        assert me.post(page("entry", log.pk), ENTRY).status_code == 410

    def test_a_hold_that_comes_before_sending_keeps_the_answers_and_sends_nothing(
        self, me, kept, joined, clinician
    ):
        clear(joined, by=clinician, outcome="hold", now=NOW + timedelta(seconds=1))
        assert me.post(page("review", kept.pk)).status_code == 410
        draft = Response.objects.get()
        assert (draft.submitted_at, len(draft.answers)) == (None, 8)

    def test_what_is_on_one_page_has_no_steps_and_the_other_way_round(self, me, screener, log):
        for url in (page("step", log.pk, 1), page("review", log.pk), page("entry", screener.pk)):
            assert me.get(url).status_code == 404
            assert me.post(url, ENTRY).status_code == 404
        assert not Response.objects.exists()


class TestTooMuchAtOnce:
    @pytest.mark.parametrize("checks_csrf", [True, False])
    def test_a_form_over_its_size_has_a_page_that_says_so(self, joined, log, checks_csrf):
        browser = Browser(enforce_csrf_checks=checks_csrf)
        browser.force_login(joined.user)
        browser.get(page("entry", log.pk))
        response = browser.post(page("entry", log.pk), ENTRY | {"learned": "x" * 600_000})
        assert response.status_code == 413
        assert "This is too much for one go" in text_of(response)
        assert not Response.objects.exists()

    def test_a_text_over_its_length_has_a_sentence_and_stays(self, me, log):
        long = "x" * 5_001
        response = me.post(page("entry", log.pk), ENTRY | {"learned": long})
        assert response.status_code == 200
        assert list(response.context["form"].errors) == ["learned"]
        assert long in text_of(response)
        assert not Response.objects.exists()

    def test_the_longest_text_that_fits_is_kept_whole(self, me, log):
        longest = "ü" * 5_000
        me.post(page("entry", log.pk), ENTRY | {"learned": longest})
        assert Response.objects.get().answers["learned"] == longest


class TestALog:
    def test_an_entry_is_kept_and_shown(self, me, log):
        response = me.post(page("entry", log.pk), ENTRY, follow=True)
        assert response.redirect_chain == [(page("entries", log.pk), 302)]
        assert "No calls after nine" in text_of(response)
        answers = Response.objects.get().answers
        assert (answers["said"], answers["kept"], answers["before"]) == ("yes", "partly", None)

    def test_the_next_form_is_another_entry(self, me, log):
        for number in (1, 2):
            assert me.get(page("entry", log.pk)).context["number"] == number
            me.post(page("entry", log.pk), ENTRY | {"number": str(number)})
        assert Response.objects.submitted().count() == 2

    def test_a_double_click_is_one_entry(self, me, log):
        for _ in range(2):
            response = me.post(page("entry", log.pk), ENTRY, follow=True)
        assert "This entry was kept already. Once is enough." in text_of(response)
        assert Response.objects.count() == 1

    @pytest.mark.parametrize("number", ["", "x", "-1", "999999999999", "1.5"])
    def test_a_number_that_is_none_is_the_next_one(self, me, log, number):
        assert me.post(page("entry", log.pk), ENTRY | {"number": number}).status_code == 302
        assert Response.objects.get().number == 1

    @pytest.mark.parametrize("number", ["0", "2", "99999"])
    def test_a_number_that_is_not_the_next_one_stores_nothing(self, me, log, number):
        assert me.post(page("entry", log.pk), ENTRY | {"number": number}).status_code == 302
        assert not Response.objects.exists()

    def test_the_day_is_today_or_before(self, me, log):
        tomorrow = {"when": (NOW + DAY).date().isoformat()}
        response = me.post(page("entry", log.pk), ENTRY | tomorrow)
        assert response.context["form"].errors == {"when": ["Choose today or a day before."]}
        assert me.post(page("entry", log.pk), ENTRY | {"when": "0206-11-02"}).status_code == 200
        today = {"when": NOW.date().isoformat()}
        assert me.post(page("entry", log.pk), ENTRY | today).status_code == 302

    def test_questions_that_change_while_it_is_sent_are_asked_anew(self, me, log, monkeypatch):
        def add_entry(*args, **kwargs):
            raise actions.NotComplete(["before"])

        monkeypatch.setattr(actions, "add_entry", add_entry)
        response = me.post(page("entry", log.pk), ENTRY)
        assert response.status_code == 200
        assert list(response.context["form"].errors) == ["before"]
        assert "No calls after nine" in text_of(response)

    @pytest.mark.parametrize(
        ("wrong", "field"),
        [
            ({"limit": ""}, "limit"),
            ({"limit": "   "}, "limit"),
            ({"limit": "x" * 201}, "limit"),
            ({"said": ""}, "said"),
            ({"said": "maybe"}, "said"),
            ({"kept": "2"}, "kept"),
            ({"before": "11"}, "before"),
            ({"before": "-1"}, "before"),
            ({"when": "yesterday"}, "when"),
            ({"person": "aunt"}, "person"),
        ],
        ids=str,
    )
    def test_a_wrong_input_has_its_sentence_and_stores_nothing(self, me, log, wrong, field):
        response = me.post(page("entry", log.pk), ENTRY | wrong)
        assert response.status_code == 200
        assert list(response.context["form"].errors) == [field]
        assert not Response.objects.exists()

    def test_what_was_typed_is_still_there_after_a_mistake(self, me, log):
        response = me.post(page("entry", log.pk), ENTRY | {"kept": "", "learned": "Much"})
        assert "No calls after nine" in text_of(response)
        assert "Much" in text_of(response)
        assert response.context["number"] == "1"


class TestIsNowASafeTime:
    @pytest.fixture
    def gated(self, joined, clinician):
        return give(joined, "limit-log", by=clinician, times=2).occurrences.get(number=1)

    def test_something_tried_on_a_person_asks_first(self, me, gated):
        assert "Is now a safe time" in text_of(me.get(page("begin", gated.pk)))
        assert me.get(page("entry", gated.pk)).url == page("begin", gated.pk)
        assert me.post(page("entry", gated.pk), ENTRY).url == page("begin", gated.pk)
        assert not Response.objects.exists()

    def test_yes_opens_it(self, me, gated):
        me.post(page("begin", gated.pk), {"answer": "yes"})
        assert me.get(page("begin", gated.pk)).url == page("entry", gated.pk)

    @pytest.mark.parametrize(("hours", "asks_again"), [(11, False), (13, True)])
    def test_a_safe_time_of_yesterday_is_not_one_of_today(
        self, joined, gated, clock, hours, asks_again
    ):
        actions.say_safe_time(gated, by=joined.user, now=NOW)
        clock.shift(timedelta(hours=hours))
        response = as_user(joined.user).get(page("begin", gated.pk))
        assert ("Is now a safe time" in text_of(response)) is asks_again

    def test_not_now_puts_it_away_and_no_question_is_asked(self, me, gated):
        response = me.post(page("begin", gated.pk), {"answer": "not_now"}, follow=True)
        assert "Put away. It will wait for you." in text_of(response)
        home = response.context["home"]
        assert ([*home.now], [task.occurrence for task in home.put_away]) == ([], [gated])
        assert not Alert.objects.exists()

    def test_what_was_put_away_comes_back(self, me, gated):
        me.post(page("begin", gated.pk), {"answer": "not_now"})
        assert me.post(page("take_out", gated.pk)).url == page("begin", gated.pk)
        assert [task.occurrence for task in me.get(page("portal")).context["home"].now] == [gated]

    def test_asking_to_talk_tells_the_clinician_once(self, me, gated):
        for _ in range(2):
            response = me.post(page("begin", gated.pk), {"answer": "talk"}, follow=True)
        assert "Your clinician will see that you want to talk." in text_of(response)
        assert Alert.objects.count() == 1

    @pytest.mark.parametrize("answer", ["", "maybe"])
    def test_anything_else_asks_again(self, me, gated, answer):
        response = me.post(page("begin", gated.pk), {"answer": answer})
        assert "Is now a safe time" in text_of(response)
        gated.refresh_from_db()
        assert (gated.safe_time_at, gated.put_away_at) == (None, None)

    def test_a_screener_is_gated_for_the_clinician_only(self, me, screener):
        assert "Is now a safe time" not in text_of(me.get(page("begin", screener.pk)))


class TestReading:
    @pytest.fixture
    def reading(self, joined, clinician):
        return give(joined, "limits-and-closeness", by=clinician).occurrences.get()

    def test_it_is_read_and_that_is_known(self, me, reading):
        response = me.get(page("begin", reading.pk))
        assert response.templates[0].name == "assessments/reading.html"
        for section in response.context["definition"].sections:
            if section.heading:
                assert section.heading in text_of(response)
        assert me.post(page("begin", reading.pk)).url == page("done", reading.pk)
        assert Response.objects.submitted().count() == 1
        assert not Score.objects.exists()

    def test_one_that_was_withdrawn_a_moment_ago_is_not_open(self, me, reading, monkeypatch):
        def keep(*args, **kwargs):
            raise actions.NotOpen

        monkeypatch.setattr(actions, "keep", keep)
        assert me.post(page("begin", reading.pk)).status_code == 410

    def test_a_second_click_reads_it_once(self, me, reading):
        for _ in range(2):
            assert me.post(page("begin", reading.pk)).url == page("done", reading.pk)
        assert Response.objects.count() == 1


def test_the_home_says_what_is_asked_now(me, joined, clinician, screener):
    care.book_session(joined, by=clinician, starts_at=NOW + DAY)
    sent = give(joined, "strengths-check", by=clinician).occurrences.get()
    send(sent, by=joined.user)
    response = me.get(page("portal"))
    assert "How it has been with others" in text_of(response)
    home = response.context["home"]
    assert [task.occurrence for task in home.now] == [screener]
    assert (home.done, home.next_session.starts_at) == (1, NOW + DAY)


def test_help_shows_the_practices_own_words(me):
    words = re.sub("<[^>]+>", "", text_of(me.get(page("help"))))
    assert "Call 112 at any hour." in words


def test_no_page_of_the_portal_names_the_clinic_in_its_title(me, kept, log):
    for url in (page("portal"), page("help"), page("review", kept.pk), page("entry", log.pk)):
        assert "<title>Trellis</title>" in text_of(me.get(url))
