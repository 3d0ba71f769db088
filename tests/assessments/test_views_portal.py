"""The client's pages: one thing at a time, nothing lost, nothing twice, a sentence for a fault."""

import re
from datetime import timedelta

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils.html import escape

from assessments import actions
from assessments.actions.library import shipped
from assessments.actions.paper import enter_paper
from assessments.definitions import ItemKind
from assessments.models import Alert, Occurrence, Response, Score
from clients import actions as care
from practice.models import AuditEvent
from tests.assessments.test_actions_respond import withdraw
from tests.conftest import NOW, answer_all, as_user, clear, give, send

from . import made
from .made import ask

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
        ((heading, answers),) = me.get(response.url).context["parts"]
        assert heading == ""
        assert [answer.words for answer, _wrong in answers] == ["Sometimes"] * 7 + ["Almost always"]

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
        assert (refused.status_code, refused["Content-Type"]) == (422, "text/plain; charset=utf-8")
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
            "no longer": {
                "opens_at": NOW - 3 * DAY,
                "due_at": None,
                "expires_at": NOW - 2 * DAY,
                "touched_at": NOW - DAY,
            },
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

    @pytest.mark.parametrize("headers", [{}, {"x-keep": "1"}])
    def test_five_megabytes_are_too_much_for_a_question_too(self, me, screener, log, headers):
        flood = {"giving_1": "3", "limit": "x" * 5_000_000}
        for url in (page("step", screener.pk, 1), page("entry", log.pk)):
            assert me.post(url, flood, headers=headers).status_code == 413
        assert not Response.objects.exists()

    def test_a_text_over_its_length_has_a_sentence_and_stays(self, me, log):
        long = "x" * 5_001
        response = me.post(page("entry", log.pk), ENTRY | {"learned": long})
        assert response.status_code == 200
        assert list(response.context["form"].errors) == ["learned"]
        assert long in text_of(response)
        assert not Response.objects.submitted().exists()
        assert "learned" not in Response.objects.get().answers  # what fits is kept beside it

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
            raise actions.NotComplete({"before": "needed"})

        monkeypatch.setattr(actions, "add_entry", add_entry)
        response = me.post(page("entry", log.pk), ENTRY)
        assert response.status_code == 200
        assert list(response.context["form"].errors) == ["before"]
        assert "No calls after nine" in text_of(response)

    def test_what_is_asked_on_a_condition_counts_only_then(self, me, log):
        other = {"response": "They laughed"}
        me.post(page("entry", log.pk), ENTRY | {"said": "not_yet"} | other)
        assert "response" not in Response.objects.get().answers
        me.post(page("entry", log.pk), ENTRY | other | {"number": "2"})
        assert Response.objects.get(number=2).answers["response"] == "They laughed"

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
    def test_a_wrong_input_has_its_sentence_and_sends_nothing(self, me, log, wrong, field):
        response = me.post(page("entry", log.pk), ENTRY | wrong)
        assert response.status_code == 200
        assert list(response.context["form"].errors) == [field]
        draft = Response.objects.get()
        assert (draft.submitted_at, draft.answers.get(field)) == (None, None)
        right = {name: ENTRY[name] for name in ("limit", "said", "kept") if name != field}
        assert draft.answers.items() >= right.items()

    def test_what_was_typed_is_still_there_after_a_mistake(self, me, log):
        response = me.post(page("entry", log.pk), ENTRY | {"kept": "", "learned": "Much"})
        assert "No calls after nine" in text_of(response)
        assert "Much" in text_of(response)
        assert response.context["number"] == 1


class TestAPageIsKeptUntilItIsSent:
    """The phone rings in the middle of a long note."""

    KEEPER = {"x-keep": "1"}
    HALF = {"limit": "No calls after nine", "said": "", "number": "1"}

    def keep(self, browser, log, form, *touched):
        data = form | ({"touched": list(touched)} if touched else {})
        return browser.post(page("entry", log.pk), data, headers=self.KEEPER)

    def test_in_the_background_with_what_is_there(self, me, log, joined):
        assert self.keep(me, log, self.HALF, "limit").status_code == 204
        draft = Response.objects.get()
        assert (draft.submitted_at, draft.number) == (None, 1)
        assert draft.answers == {"limit": "No calls after nine"}
        later = as_user(joined.user)
        (task,) = later.get(page("portal")).context["home"].now
        assert task.is_begun
        response = later.get(page("entry", log.pk))
        assert response.context["form"]["limit"].value() == "No calls after nine"
        assert "Throw it away" in text_of(response)

    def test_two_tabs_do_not_undo_each_other(self, me, log):
        self.keep(me, log, self.HALF, "limit")
        other_tab = {"limit": "", "said": "partly", "number": "1"}
        self.keep(me, log, other_tab, "said")
        assert Response.objects.get().answers == {"limit": "No calls after nine", "said": "partly"}

    def test_an_answer_can_be_taken_back(self, me, log):
        self.keep(me, log, self.HALF, "limit")
        self.keep(me, log, self.HALF | {"limit": ""}, "limit")
        assert Response.objects.get().answers == {"limit": None}

    def test_what_does_not_fit_has_its_sentence_and_the_rest_is_kept(self, me, log):
        form = self.HALF | {"before": "11", "kept": "kept"}
        response = self.keep(me, log, form, "limit", "before", "kept")
        assert (response.status_code, response["Content-Type"]) == (
            422,
            "text/plain; charset=utf-8",
        )
        assert Response.objects.get().answers == {"limit": "No calls after nine", "kept": "kept"}

    def test_nothing_typed_is_nothing_kept(self, me, log):
        as_shown = {"limit": " ", "when": NOW.date().isoformat(), "number": "1", "stop": "1"}
        assert me.post(page("entry", log.pk), as_shown).url == page("portal")
        assert not Response.objects.exists()

    def test_stopping_keeps_it_without_a_script_too(self, me, log):
        response = me.post(page("entry", log.pk), self.HALF | {"stop": "1"}, follow=True)
        assert response.redirect_chain[-1][0] == page("portal")
        assert "Kept. You can go on any time." in text_of(response)
        assert Response.objects.get().answers["limit"] == "No calls after nine"

    def test_it_becomes_the_entry(self, me, log):
        self.keep(me, log, self.HALF, "limit")
        me.post(page("entry", log.pk), ENTRY)
        assert Response.objects.submitted().get().answers["kept"] == "partly"
        form = me.get(page("entry", log.pk)).context
        assert (form["number"], form["draft"]) == (2, None)

    def test_an_old_tab_hears_that_it_is_out_of_date(self, me, log):
        me.post(page("entry", log.pk), ENTRY)
        assert self.keep(me, log, self.HALF, "limit").status_code == 409
        assert not Response.objects.drafts().exists()

    @pytest.mark.parametrize("stop", [{}, {"stop": "1"}, {"said": ""}])
    def test_and_what_was_written_in_it_is_not_lost(self, me, log, stop):
        me.post(page("entry", log.pk), ENTRY)
        other = ENTRY | {"limit": "No lending of money"}
        response = me.post(page("entry", log.pk), other | stop)
        assert "Another entry was sent meanwhile." in text_of(response)
        assert "No lending of money" in text_of(response)
        assert response.context["number"] == 2
        assert "data-unkept" in text_of(response)
        me.post(page("entry", log.pk), other | {"number": "2"})
        assert Response.objects.submitted().count() == 2

    def test_one_can_begin_with_an_empty_page(self, me, log):
        self.keep(me, log, self.HALF, "limit")
        response = me.post(page("entry", log.pk), {"anew": "1"}, follow=True)
        assert "Here is an empty page" in text_of(response)
        assert not Response.objects.exists()

    def test_a_button_for_rows_neither_keeps_nor_sends(self, me, joined, clinician):
        ladder = give(joined, "no-ladder", by=clinician).occurrences.get()
        actions.say_safe_time(ladder, by=joined.user, now=NOW)
        form = {"steps-row": ["0"], "steps-0-ask": "A second helping", "steps-shape": "add"}
        response = me.post(page("entry", ladder.pk), form | {"number": "1"})
        assert response.status_code == 200
        assert "A second helping" in text_of(response)
        assert text_of(response).count("data-row-name") > 1
        assert "data-unkept" in text_of(response)
        assert not Response.objects.exists()

    def test_a_hold_keeps_nothing(self, me, log, joined, clinician):
        clear(joined, by=clinician, outcome="hold", now=NOW + timedelta(seconds=1))
        assert self.keep(me, log, self.HALF, "limit").status_code == 410
        assert not Response.objects.exists()

    def test_what_a_definition_remembers_comes_back_in_the_next_week(self, me, log, joined):
        me.post(page("entry", log.pk), ENTRY | {"person": "family", "learned": "Much"})
        following = log.assignment.occurrences.get(number=2)
        actions.say_safe_time(following, by=joined.user, now=NOW)
        Occurrence.objects.filter(pk=following.pk).update(opens_at=NOW)
        form = me.get(page("entry", following.pk)).context["form"]
        assert (form["person"].value(), form["learned"].value()) == ("family", None)
        assert me.get(page("entry", following.pk)).context["number"] == 1

    def test_what_came_back_and_was_taken_out_stays_out(self, me, log):
        """The page says "Kept" of that as well."""
        me.post(page("entry", log.pk), ENTRY | {"person": "family"})
        taken = {"number": "2", "person": ""}
        assert self.keep(me, log, taken, "person").status_code == 204
        assert me.get(page("entry", log.pk)).context["form"]["person"].value() is None


class TestAnAnswerOfParts:
    """It is whole only when all its parts are there."""

    @pytest.fixture
    def half(self, joined, clinician):
        definition = made.walk()
        thirds = definition.item("why").model_copy(
            update={"kind": ItemKind.SPLIT, "options": "dark", "show_if": None}
        )
        items = tuple(thirds if item.id == "why" else item for item in definition.items)
        return ask(joined, definition.model_copy(update={"items": items}), by=clinician)

    def test_the_keeper_is_patient_with_it(self, me, half):
        form = {"why-no": "60"}
        response = me.post(page("step", half.pk, 6), form, headers={"x-keep": "1"})
        assert (response.status_code, text_of(response)) == (
            422,
            "Not kept yet: this answer is not whole yet.",
        )

    @pytest.mark.parametrize("stop", [{}, {"stop": "1"}])
    def test_what_was_begun_is_not_dropped_in_silence(self, me, half, stop):
        response = me.post(page("step", half.pk, 6), {"why-no": "60"} | stop)
        assert response.status_code == 200
        assert list(response.context["form"].errors) == ["why"]
        assert 'value="60"' in text_of(response)

    def test_whole_it_is_kept(self, me, half):
        form = {"why-no": "60", "why-yes": "40"}
        assert me.post(page("step", half.pk, 6), form).url == page("step", half.pk, 7)
        assert Response.objects.get().answers == {"why": {"no": 60, "yes": 40}}


class TestBranches:
    @pytest.fixture
    def walk(self, joined, clinician):
        return ask(joined, made.walk(), by=clinician)

    def said(self, browser, url):
        return re.search(r'<label for="progress">\s*(.*?)\s*</label>', text_of(browser.get(url)))[1]

    def test_only_what_an_answer_opens_is_asked(self, me, walk):
        assert me.post(page("step", walk.pk, 2), {"went": "no"}).url == page("step", walk.pk, 6)
        assert me.post(page("step", walk.pk, 2), {"went": "yes"}).url == page("step", walk.pk, 3)
        assert me.post(page("step", walk.pk, 3), {"far": "2"}).url == page("step", walk.pk, 4)
        assert me.post(page("step", walk.pk, 4), {"who": "A dog"}).url == page("step", walk.pk, 7)

    def test_the_way_back_is_the_way_one_came(self, me, walk):
        me.post(page("step", walk.pk, 2), {"went": "no"})
        assert me.get(page("step", walk.pk, 7)).context["before"] == 6
        assert me.get(page("step", walk.pk, 6)).context["before"] == 2
        assert me.get(page("step", walk.pk, 1)).context["before"] is None

    def test_the_count_is_honest(self, me, walk):
        assert self.said(me, page("step", walk.pk, 1)) == "1 of 4, or up to 7"
        me.post(page("step", walk.pk, 2), {"went": "no"})
        assert self.said(me, page("step", walk.pk, 6)) == "3 of 5"
        me.post(page("step", walk.pk, 2), {"went": "yes"})
        assert self.said(me, page("step", walk.pk, 3)) == "3 of 6, or up to 7"
        me.post(page("step", walk.pk, 3), {"far": "2"})
        assert self.said(me, page("step", walk.pk, 8)) == "6 of 6"

    def test_an_address_of_what_is_not_asked_leads_to_what_is(self, me, walk):
        me.post(page("step", walk.pk, 2), {"went": "no"})
        assert me.get(page("step", walk.pk, 3)).url == page("step", walk.pk, 6)
        assert me.get(page("step", walk.pk, 9)).status_code == 404

    def test_one_goes_on_where_one_was(self, me, walk):
        me.post(page("step", walk.pk, 1), {})
        me.post(page("step", walk.pk, 2), {"went": "yes"})
        assert me.get(page("begin", walk.pk)).context["first"] == 3

    def test_a_branch_that_another_tab_closed(self, me, walk):
        me.post(page("step", walk.pk, 2), {"went": "yes"})
        me.post(page("step", walk.pk, 2), {"went": "no"})  # in the other tab
        response = me.post(page("step", walk.pk, 4), {"who": "A dog"}, follow=True)
        assert response.redirect_chain == [(page("step", walk.pk, 6), 302)]
        assert "That question is not asked any more" in text_of(response)
        assert Response.objects.get().answers["who"] == "A dog"  # set aside, should it open again
        me.post(page("review", walk.pk))
        assert Response.objects.get().answers == {"went": "no"}

    def test_the_list_of_answers_has_only_what_is_asked(self, me, walk):
        me.post(page("step", walk.pk, 2), {"went": "no"})
        parts = me.get(page("review", walk.pk)).context["parts"]
        assert [(heading, [answer.item.id for answer, _ in part]) for heading, part in parts] == [
            ("", ["whom", "went"]),
            ("The walk", ["why"]),
            ("From here", ["dark", "tired"]),
        ]

    def test_from_the_list_one_is_led_to_what_an_answer_brings(self, me, walk):
        me.post(page("step", walk.pk, 2), {"went": "no"})
        opened = me.post(page("step", walk.pk, 2) + "?all", {"went": "yes"})
        assert opened.url == page("step", walk.pk, 3) + "?all"
        assert me.post(opened.url, {"far": "2"}).url == page("step", walk.pk, 4) + "?all"
        last = me.post(page("step", walk.pk, 4) + "?all", {"who": "A dog"})
        assert last.url == page("review", walk.pk)
        again = me.post(page("step", walk.pk, 2) + "?all", {"went": "yes"})
        assert again.url == page("review", walk.pk)

    def test_what_is_needed_holds_up_only_whoever_is_asked_it(self, me, walk):
        me.post(page("step", walk.pk, 2), {"went": "yes"})
        response = me.post(page("review", walk.pk), follow=True)
        assert "One answer is still needed. It is marked below." in text_of(response)
        assert "This one is needed before you can send." in text_of(response)
        me.post(page("step", walk.pk, 2), {"went": "no"})
        assert me.post(page("review", walk.pk)).url == page("done", walk.pk)

    def test_the_heading_of_its_part_stands_above_each_question(self, me, walk):
        me.post(page("step", walk.pk, 2), {"went": "yes"})
        sections = [me.get(page("step", walk.pk, n)).context["section"] for n in (2, 3, 4, 7, 8)]
        assert sections == ["", "The walk", "The walk", "From here", "From here"]
        assert text_of(me.get(page("step", walk.pk, 3))).count("The walk") == 1

    def test_an_old_draft_goes_on_with_its_own_questions(self, me, walk, practice):
        me.post(page("step", walk.pk, 2), {"went": "yes"})
        items = tuple(item for item in made.walk().items if item.id not in ("far", "met"))
        scales = tuple(scale for scale in made.walk().scales if scale.code != "far")
        update = {"items": items, "scales": scales, "example": None}
        made.publish(practice, made.walk().model_copy(update=update))
        assert me.get(page("step", walk.pk, 3)).context["item"].id == "far"
        me.post(page("step", walk.pk, 4), {"who": "A dog"})
        assert me.post(page("review", walk.pk)).url == page("done", walk.pk)


class TestAnAnswerThatAsksForSomebodyToday:
    DARK = 7

    @pytest.fixture
    def walk(self, joined, clinician):
        return ask(joined, made.walk(), by=clinician)

    @pytest.fixture
    def on_a_page(self, joined, clinician):
        return ask(joined, made.walk_on_a_page(as_log=True), by=clinician)

    def answer(self, browser, walk, dark="yes", **form):
        headers = form.pop("headers", {})
        return browser.post(
            page("step", walk.pk, self.DARK), {"dark": dark} | form, headers=headers
        )

    def test_leads_to_the_people_who_answer_at_any_hour(self, me, walk):
        response = self.answer(me, walk)
        assert response.url == page("critical", walk.pk)
        shown = text_of(me.get(response.url))
        assert "What you said matters" in shown
        assert "Nobody is reading this right now." in shown
        assert '<a href="tel:112">112</a>' in shown
        assert "dark thoughts" not in shown
        assert "<title>Trellis</title>" in shown
        assert Alert.objects.get().kind == "critical"
        assert AuditEvent.objects.get(action="help.shown").record_id == walk.pk

    def test_from_there_one_goes_on_with_the_answers_kept(self, me, walk):
        self.answer(me, walk)
        assert me.post(page("critical", walk.pk)).url == page("step", walk.pk, 8)
        assert Response.objects.get().answers == {"dark": "yes"}
        assert me.get(page("step", walk.pk, 8)).status_code == 200

    def test_or_stops(self, me, walk):
        self.answer(me, walk)
        response = me.post(page("critical", walk.pk), {"stop": "1"}, follow=True)
        assert response.redirect_chain == [(page("portal"), 302)]
        assert "Kept. You can go on any time." in text_of(response)

    def test_or_looks_at_the_answer_again_and_may_correct_it(self, me, walk):
        self.answer(me, walk)
        back = me.post(page("critical", walk.pk), {"change": "1"})
        assert back.url == page("step", walk.pk, self.DARK)
        assert self.answer(me, walk, "no").url == page("step", walk.pk, 8)
        assert Response.objects.get().answers == {"dark": "no"}
        assert Alert.objects.open().count() == 1  # it was said

    def test_it_is_shown_once_for_one_answer(self, me, walk):
        self.answer(me, walk)
        me.post(page("critical", walk.pk), {"change": "1"})
        assert self.answer(me, walk).url == page("step", walk.pk, 8)
        assert self.answer(me, walk, "unsure").url == page("critical", walk.pk)
        assert Alert.objects.count() == 1

    @pytest.mark.parametrize("stop", [{}, {"stop": "1"}])
    def test_what_was_kept_in_the_background_leads_there_at_once_and_on_every_other_way(
        self, me, walk, stop
    ):
        kept = self.answer(me, walk, headers={"x-keep": "1"})
        assert (kept.status_code, kept["X-Then"]) == (204, page("critical", walk.pk))
        # The answer of the server is lost, or the client is quicker: no way leads past it.
        assert self.answer(me, walk, headers={"x-keep": "1"})["X-Then"] == kept["X-Then"]
        assert self.answer(me, walk, **stop).url == kept["X-Then"]
        for url in (
            page("begin", walk.pk),
            page("step", walk.pk, 1),
            page("step", walk.pk, 8),
            page("review", walk.pk),
        ):
            assert me.get(url).url == kept["X-Then"]
        me.post(page("critical", walk.pk))
        assert me.get(page("step", walk.pk, 8)).status_code == 200
        assert "X-Then" not in self.answer(me, walk, headers={"x-keep": "1"})

    def test_sending_is_not_held_up_and_is_thanked_for_after_it(self, me, walk):
        self.answer(me, walk, headers={"x-keep": "1"})
        assert me.post(page("review", walk.pk)).url == page("done", walk.pk)
        assert me.get(page("done", walk.pk)).url == page("critical", walk.pk)
        assert Response.objects.submitted().count() == 1

    @pytest.mark.parametrize("dark", ["no", "_declined", ""])
    def test_another_answer_leads_on(self, me, walk, dark):
        assert self.answer(me, walk, dark).url == page("step", walk.pk, 8)
        assert not Alert.objects.exists()

    def test_a_page_that_is_sent_leads_there_and_then_to_its_end(self, me, on_a_page):
        form = {"went": "no", "dark": "yes", "number": "1"}
        assert me.post(page("entry", on_a_page.pk), form).url == page("critical", on_a_page.pk)
        again = me.post(page("entry", on_a_page.pk), form)  # a second click
        assert again.url == page("critical", on_a_page.pk)
        shown = me.get(page("critical", on_a_page.pk))
        assert "Look at my answer again" not in text_of(shown)
        assert me.post(page("critical", on_a_page.pk)).url == page("entries", on_a_page.pk)
        assert me.get(page("entries", on_a_page.pk)).status_code == 200
        assert (Response.objects.submitted().count(), Alert.objects.count()) == (1, 1)

    def test_a_page_that_cannot_be_sent_yet_leads_there_too(self, me, on_a_page):
        form = {"went": "yes", "who": "", "dark": "yes", "number": "1"}
        assert me.post(page("entry", on_a_page.pk), form).url == page("critical", on_a_page.pk)
        assert Alert.objects.count() == 1
        assert me.post(page("critical", on_a_page.pk)).url == page("entry", on_a_page.pk)
        assert me.get(page("entry", on_a_page.pk)).context["form"]["dark"].value() == "yes"
        response = me.post(page("entry", on_a_page.pk), form)
        assert (response.status_code, list(response.context["form"].errors)) == (200, ["who"])

    def test_a_page_that_is_kept_in_the_background_does_as_well(self, me, on_a_page):
        form = {"dark": "unsure", "number": "1", "touched": ["dark"]}
        kept = me.post(page("entry", on_a_page.pk), form, headers={"x-keep": "1"})
        assert kept["X-Then"] == page("critical", on_a_page.pk)
        assert me.get(page("entry", on_a_page.pk)).url == kept["X-Then"]

    def test_help_is_there_whatever_became_of_what_was_asked(self, me, walk, clinician):
        self.answer(me, walk)
        actions.end_assignment(walk.assignment, by=clinician, now=NOW)
        assert "112" in text_of(me.get(page("critical", walk.pk)))
        assert me.post(page("critical", walk.pk), follow=True).status_code == 410

    def test_it_opens_without_a_reason_and_leads_to_the_beginning(self, me, walk):
        assert me.get(page("critical", walk.pk)).status_code == 200
        assert me.post(page("critical", walk.pk), {"change": "1"}).url == page("begin", walk.pk)
        assert not AuditEvent.objects.filter(action="help.shown").exists()

    def test_two_things_at_once_do_not_mix(self, me, walk, on_a_page):
        self.answer(me, walk)
        assert me.get(page("entry", on_a_page.pk)).status_code == 200
        me.post(page("critical", on_a_page.pk))
        assert me.get(page("step", walk.pk, 1)).url == page("critical", walk.pk)

    def test_the_clinician_sees_no_answer(self, me, walk, clinician):
        self.answer(me, walk)
        alert = Alert.objects.get()
        shown = text_of(as_user(clinician).get(reverse("assessments:alert", args=[alert.pk])))
        assert "They were shown your practice" in shown
        assert "dark thoughts" not in shown

    def test_nor_is_a_paper_copy_said_to_have_shown_help(self, joined, clinician, practice):
        version = made.publish(practice, made.walk())
        day = NOW.date()
        enter_paper(joined, version, {"dark": "yes"}, filled_on=day, by=clinician, now=NOW)
        url = reverse("assessments:alert", args=[Alert.objects.get().pk])
        shown = text_of(as_user(clinician).get(url))
        assert "On a paper copy" in shown
        assert "They were shown" not in shown


class TestWhatAPageIsMadeOf:
    def test_an_example_can_be_opened_before_one_begins(self, me, joined, clinician):
        walk = ask(joined, made.walk(), by=clinician)
        response = me.get(page("begin", walk.pk))
        example = response.context["example"]
        assert [(each.item.id, each.words) for each in example["answers"]] == [
            ("went", "Yes"),
            ("far", "2 of 10"),
            ("who", "A dog"),
        ]
        assert "See an example" in text_of(response)
        assert "Someone who went round the block." in text_of(response)

    def test_and_on_a_page(self, me, joined, clinician):
        walk = ask(joined, made.walk_on_a_page(), by=clinician)
        assert "See an example" in text_of(me.get(page("entry", walk.pk)))

    def test_without_one_nothing_is_offered(self, me, joined, clinician):
        definition = made.walk().model_copy(update={"example": None})
        walk = ask(joined, definition, by=clinician)
        assert "See an example" not in text_of(me.get(page("begin", walk.pk)))

    def test_a_log_opens_on_what_matters_and_folds_the_rest(self, me, joined, clinician):
        log = ask(joined, made.walk_on_a_page(as_log=True), by=clinician)
        names = lambda parts: [field.name for _heading, part in parts for field in part]  # noqa: E731
        (_open, opened), (_folded, folded) = me.get(page("entry", log.pk)).context["parts"]
        assert names(opened) == ["whom"]
        assert names(folded) == ["went", "far", "who", "met", "why", "dark", "tired"]
        form = {"went": "yes", "tired": "12", "number": "1"}
        response = me.post(page("entry", log.pk), form)
        (_open, opened), (_folded, folded) = response.context["parts"]
        assert names(opened) == ["whom", "went", "far", "who", "met", "why", "tired"]
        assert names(folded) == ["dark"]

    def test_a_reading_has_its_points_its_tables_and_its_drawings(self, me, joined, clinician):
        slugs = [each.slug for each in shipped().activities if each.kind == "reading"]
        seen = set()
        for slug in slugs:
            reading = give(joined, slug, by=clinician).occurrences.get()
            response = me.get(page("begin", reading.pk))
            for section in response.context["definition"].sections:
                shown = text_of(response)
                assert all(escape(point) in shown for point in section.points)
                if section.table:
                    assert all(escape(cell) in shown for row in section.table.rows for cell in row)
                    assert shown.count('scope="col"') >= len(section.table.columns)
                if section.picture:
                    assert f"#{section.picture}" in shown
                seen |= {key for key in ("points", "table", "picture") if getattr(section, key)}
        assert seen == {"points", "table", "picture"}


@pytest.mark.parametrize("url", ["step", "entry"])
def test_what_no_keyboard_sends_breaks_nothing(me, joined, clinician, url):
    definition = made.walk() if url == "step" else made.walk_on_a_page()
    occurrence = ask(joined, definition, by=clinician)
    address = page(url, occurrence.pk, 4) if url == "step" else page(url, occurrence.pk)
    actions.keep(occurrence, {"went": "yes"}, by=joined.user, now=NOW)
    for form in (
        {"who": "A\0dog", "went": "yes", "number": "1"},
        {"item": "\0", "number": "\0", "who": "\0"},
        {"touched": "\0", "who": "x" * 100_000, "number": "9" * 400},
        {"who-row": ["x"] * 400, "who": ["a"] * 90},
    ):
        for headers in ({}, {"x-keep": "1"}):
            assert me.post(address, form, headers=headers).status_code < 500
    for kept in Response.objects.all():
        assert "\0" not in str(kept.answers)


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
    care.book_session(joined, by=clinician, starts_at=NOW + DAY, now=NOW)
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
