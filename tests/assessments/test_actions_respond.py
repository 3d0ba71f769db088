"""What a client does: keep an answer, send it all, add an entry, put something away."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from functools import partial
from threading import Barrier

import pytest
from django.db import connection

from assessments import actions, schedule, scoring
from assessments.actions.library import shipped
from assessments.actions.respond import Unfit, throw_away
from assessments.models import Occurrence, Reminder, Response, Score
from clients.actions import confirm_contact
from clients.models import Client
from practice.ids import uuid7
from practice.models import AuditEvent
from tests.conftest import (
    ENTRY,
    NOW,
    WHOLE_DAY,
    answer_all,
    clear,
    give,
    join,
    make_client,
    make_practice,
    send,
)

from . import made
from .made import ask

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def screener(joined, clinician):
    return give(joined, "patterns-check", by=clinician).occurrences.get()


@pytest.fixture
def log(joined, clinician):
    return give(joined, "limit-log", by=clinician, times=2).occurrences.get(number=1)


@pytest.fixture
def user(joined):
    return joined.user


class TestKeeping:
    def test_the_first_answer_begins_a_draft_and_later_ones_join_it(self, screener, user):
        actions.keep(screener, {"giving_1": 3}, by=user, now=NOW)
        actions.keep(screener, {"needs_1": 0}, by=user, now=NOW + DAY)
        draft = Response.objects.get()
        assert draft.answers == {"giving_1": 3, "needs_1": 0}
        assert (draft.started_at, draft.saved_at) == (NOW, NOW + DAY)
        assert (draft.submitted_at, draft.created_by) == (None, user)
        assert draft.episode == screener.assignment.episode

    def test_an_answer_can_be_changed_and_taken_back(self, screener, user):
        for value in (3, 1, None):
            draft = actions.keep(screener, {"giving_1": value}, by=user, now=NOW)
        assert draft.answers == {"giving_1": None}

    def test_two_tabs_do_not_undo_each_other(self, screener, user):
        other_tab = Occurrence.objects.select_related("assignment").get(pk=screener.pk)
        actions.keep(screener, {"giving_1": 3}, by=user, now=NOW)
        actions.keep(other_tab, {"needs_1": 2}, by=user, now=NOW)
        assert Response.objects.get().answers == {"giving_1": 3, "needs_1": 2}

    def test_nothing_is_asked_that_is_not_in_the_definition(self, screener, user):
        with pytest.raises(actions.NotAsked) as refused:
            actions.keep(screener, {"giving_1": 1, "made_up": 1}, by=user, now=NOW)
        assert refused.value.args == (["made_up"],)
        assert not Response.objects.exists()

    def test_a_draft_goes_on_with_the_version_that_it_began(self, screener, user, practice):
        actions.keep(screener, {"giving_1": 3}, by=user, now=NOW)
        began = Response.objects.get().version
        withdraw(practice, "needs_1")
        draft = actions.keep(screener, {"needs_1": 2}, by=user, now=NOW)
        assert draft.version == began

    def test_an_item_that_was_withdrawn_is_not_asked_of_a_new_draft(self, screener, user, practice):
        withdraw(practice, "needs_1")
        with pytest.raises(actions.NotAsked):
            actions.keep(screener, {"needs_1": 2}, by=user, now=NOW)
        assert actions.keep(screener, {"giving_1": 2}, by=user, now=NOW).version.number == 2


def withdraw(practice, item_id):
    """A new version of the screener in which one item is no longer asked."""
    library = shipped()
    activities = []
    for definition in library.activities:
        if definition.slug == "patterns-check":
            items = tuple(
                item.model_copy(update={"withdrawn": True}) if item.id == item_id else item
                for item in definition.items
            )
            definition = definition.model_copy(update={"items": items})
        activities.append(definition)
    actions.sync_library(practice, library=replace(library, activities=tuple(activities)))


class TestNotOpen:
    @pytest.mark.parametrize(
        ("facts", "now"),
        [
            ({"opens_at": NOW + DAY, "due_at": None, "expires_at": None}, NOW),
            ({"opens_at": NOW, "due_at": None, "expires_at": NOW + DAY}, NOW + DAY),
            ({"withdrawn_at": NOW}, NOW),
        ],
        ids=["not yet", "no longer", "withdrawn"],
    )
    def test_nothing_is_kept_sent_or_added(self, screener, log, user, facts, now):
        actions.keep(screener, answer_all(actions.current_version(screener)), by=user, now=NOW)
        Occurrence.objects.update(**facts)
        with pytest.raises(actions.NotOpen):
            actions.keep(screener, {"giving_1": 1}, by=user, now=now)
        with pytest.raises(actions.NotOpen):
            actions.submit(screener, by=user, now=now)
        with pytest.raises(actions.NotOpen):
            actions.add_entry(log, ENTRY, number=1, by=user, now=now)
        assert not Response.objects.submitted().exists()
        assert Response.objects.get().answers["giving_1"] == 2


class TestSending:
    def test_the_scores_are_those_of_the_scoring(self, screener, user):
        answers = answer_all(actions.current_version(screener)) | {
            "giving_1": 0,
            "needs_1": None,
            "approval_1": scoring.NOT_APPLICABLE,
            "losing_1": scoring.DECLINED,
            "voice_1": 4,
        }
        actions.keep(screener, answers, by=user, now=NOW)
        response = actions.submit(screener, by=user, now=NOW + DAY)
        expected = {
            score.code: score for score in scoring.score(response.version.definition, answers)
        }
        stored = {score.scale: score for score in Score.objects.all()}
        assert stored.keys() == expected.keys()
        for code, score in stored.items():
            for name in ("value", "answered", "missing", "provisional", "engine", "trace"):
                assert getattr(score, name) == getattr(expected[code], name)
            assert (score.client, score.taken_at) == (response.client, NOW + DAY)

    def test_no_answer_is_never_zero(self, screener, user):
        actions.keep(screener, {"giving_1": 0}, by=user, now=NOW)
        actions.submit(screener, by=user, now=NOW)
        scores = {score.scale: score for score in Score.objects.all()}
        zero, nothing = scores["check_giving"], scores["check_needs"]
        assert (zero.value, zero.answered, zero.missing) == (Decimal(0), 1, 0)
        assert (nothing.value, nothing.answered, nothing.missing) == (None, 0, 1)
        assert nothing.trace["not_computed"] == "nothing_answered"

    def test_it_is_all_one_fact(self, screener, user, joined):
        response = send(screener, by=user)
        screener.refresh_from_db()
        assert response.submitted_at == screener.answered_at == NOW
        assert (response.read_at, response.revision, response.number) == (None, 1, 1)
        event = AuditEvent.objects.get(action="response.submitted")
        assert (event.actor, event.record_id, event.client_id) == (user, response.pk, joined.pk)
        assert event.detail == {}

    def test_a_second_click_sends_nothing_twice(self, screener, user):
        send(screener, by=user)
        with pytest.raises(actions.AlreadySent):
            actions.submit(screener, by=user, now=NOW)
        with pytest.raises(actions.AlreadySent):
            actions.keep(screener, {"giving_1": 0}, by=user, now=NOW)
        assert (Response.objects.count(), Score.objects.count()) == (1, 8)
        assert Response.objects.get().answers["giving_1"] == 2

    def test_nothing_begun_is_nothing_to_send(self, screener, user):
        with pytest.raises(actions.AlreadySent):
            actions.submit(screener, by=user, now=NOW)
        screener.refresh_from_db()
        assert screener.answered_at is None

    @pytest.mark.parametrize("empty", [None, "", []])
    def test_what_must_be_answered_is_named(self, joined, clinician, user, empty):
        plan = give(joined, "limit-plan", by=clinician).occurrences.get()
        actions.keep(plan, {"limit": empty, "situation": "x"}, by=user, now=NOW)
        with pytest.raises(actions.NotComplete) as refused:
            actions.submit(plan, by=user, now=NOW)
        assert refused.value.items == ["limit"]
        assert not Response.objects.submitted().exists()


class TestEntries:
    def test_each_is_whole_and_numbered(self, log, user):
        for number in (1, 2):
            assert actions.next_number(log) == number
            actions.add_entry(
                log, ENTRY, number=number, by=user, now=NOW + number * timedelta(hours=1)
            )
        sent = Response.objects.submitted().order_by("number")
        assert list(sent.values_list("number", flat=True)) == [1, 2]
        log.refresh_from_db()
        assert log.answered_at == NOW + timedelta(hours=1)  # the first one is the fact
        assert not Score.objects.exists()

    def test_the_same_form_twice_is_one_entry(self, log, user):
        actions.add_entry(log, ENTRY, number=1, by=user, now=NOW)
        with pytest.raises(actions.AlreadySent):
            actions.add_entry(log, ENTRY | {"kept": "kept"}, number=1, by=user, now=NOW)
        assert Response.objects.get().answers["kept"] == "partly"

    def test_what_must_be_answered_is_named(self, log, user):
        with pytest.raises(actions.NotComplete) as refused:
            actions.add_entry(log, {"limit": "x"}, number=1, by=user, now=NOW)
        assert refused.value.items == ["said", "kept"]
        assert not Response.objects.exists()


WALKED = {"whom": "friend", "went": "yes", "far": 7, "who": "A dog", "met": "A heron", "tired": 3}


class TestBranches:
    @pytest.fixture
    def walk(self, joined, clinician):
        return ask(joined, made.walk(), by=clinician)

    def test_an_answer_that_another_one_closed_is_set_aside_and_comes_back(self, walk, user):
        actions.keep(walk, WALKED, by=user, now=NOW)
        actions.keep(walk, {"went": "no"}, by=user, now=NOW)
        assert Response.objects.get().answers == WALKED | {"went": "no"}
        actions.keep(walk, {"went": "yes"}, by=user, now=NOW)
        assert actions.submit(walk, by=user, now=NOW).answers == WALKED

    def test_what_was_set_aside_is_neither_sent_nor_scored(self, walk, user):
        actions.keep(walk, WALKED | {"went": "no"}, by=user, now=NOW)
        actions.submit(walk, by=user, now=NOW)
        sent = Response.objects.get()
        assert sent.answers == {"whom": "friend", "went": "no", "tired": 3}
        scores = {score.scale: score for score in Score.objects.all()}
        assert (scores["far"].value, scores["far"].answered) == (None, 0)
        assert scores["tired"].value == 3

    def test_a_branch_of_a_branch_closes_with_it(self, walk, user):
        actions.keep(walk, WALKED | {"far": 4}, by=user, now=NOW)
        sent = actions.submit(walk, by=user, now=NOW)
        assert "met" not in sent.answers

    @pytest.mark.parametrize(("went", "needed"), [("yes", ["who"]), ("no", None), (None, None)])
    def test_something_is_needed_only_where_it_is_asked(self, walk, user, went, needed):
        actions.keep(walk, {"went": went}, by=user, now=NOW)
        if needed is None:
            assert actions.submit(walk, by=user, now=NOW).submitted_at == NOW
            return
        with pytest.raises(actions.NotComplete) as refused:
            actions.submit(walk, by=user, now=NOW)
        assert refused.value.items == needed

    def test_what_another_tab_has_closed_is_kept_as_if_it_had_come_first(self, walk, user):
        actions.keep(walk, {"went": "no"}, by=user, now=NOW)
        draft = actions.keep(walk, {"met": "A heron"}, by=user, now=NOW)
        assert draft.answers == {"went": "no", "met": "A heron"}
        assert actions.submit(walk, by=user, now=NOW).answers == {"went": "no"}

    def test_passed_over_is_not_the_same_as_not_asked(self, walk, user):
        actions.keep(walk, {"went": "no", "far": None, "why": None}, by=user, now=NOW)
        assert actions.submit(walk, by=user, now=NOW).answers == {"went": "no", "why": None}

    def test_a_page_keeps_to_the_same(self, joined, clinician, user):
        page = ask(joined, made.walk_on_a_page(), by=clinician)
        sent = actions.add_entry(page, WALKED | {"went": "no"}, number=1, by=user, now=NOW)
        assert sent.answers == {"whom": "friend", "went": "no", "tired": 3}

    def test_a_page_needs_what_it_shows(self, joined, clinician, user):
        page = ask(joined, made.walk_on_a_page(), by=clinician)
        with pytest.raises(actions.NotComplete) as refused:
            actions.add_entry(page, {"went": "yes"}, number=1, by=user, now=NOW)
        assert refused.value.items == ["who"]
        assert not Response.objects.exists()


WRONG = [
    ({"went": "perhaps"}, "not_offered"),
    ({"went": ["yes"]}, "not_offered"),
    ({"went": "_na"}, "not_offered"),
    ({"far": 11}, "out_of_range"),
    ({"far": "7"}, "not_a_number"),
    ({"far": True}, "not_a_number"),
    ({"who": "x" * 201}, "too_long"),
    ({"who": {"a": "b"}}, "wrong_shape"),
]


class TestWhatTheDefinitionRefuses:
    """Even where a form let it through."""

    @pytest.mark.parametrize(("wrong", "reason"), WRONG, ids=str)
    def test_is_not_kept(self, joined, clinician, user, wrong, reason):
        walk = ask(joined, made.walk(), by=clinician)
        with pytest.raises(Unfit) as refused:
            actions.keep(walk, WALKED | wrong, by=user, now=NOW)
        assert refused.value.reasons == dict.fromkeys(wrong, reason)
        assert not Response.objects.exists()

    @pytest.mark.parametrize(("wrong", "reason"), WRONG, ids=str)
    def test_is_not_sent_from_a_page(self, joined, clinician, user, wrong, reason):
        page = ask(joined, made.walk_on_a_page(), by=clinician)
        with pytest.raises(Unfit) as refused:
            actions.add_entry(page, WALKED | wrong, number=1, by=user, now=NOW)
        assert refused.value.reasons == dict.fromkeys(wrong, reason)
        assert not Response.objects.exists()

    def test_nor_a_question_that_there_is_not(self, joined, clinician, user):
        page = ask(joined, made.walk_on_a_page(), by=clinician)
        with pytest.raises(actions.NotAsked):
            actions.add_entry(page, WALKED | {"made_up": 1}, number=1, by=user, now=NOW)

    def test_a_draft_from_before_a_rule_is_not_sent_and_not_lost(self, joined, clinician, user):
        walk = ask(joined, made.walk(), by=clinician)
        draft = actions.keep(walk, WALKED, by=user, now=NOW)
        draft.answers = WALKED | {"far": 70}
        draft.save(update_fields=["answers"])
        with pytest.raises(Unfit) as refused:
            actions.submit(walk, by=user, now=NOW)
        assert refused.value.reasons == {"far": "out_of_range"}
        assert Response.objects.drafts().get().answers["far"] == 70


class TestWhomItIsAbout:
    @pytest.mark.parametrize(
        ("whom", "about"), [("friend", "friend"), ("_declined", ""), ("_na", ""), (None, "")]
    )
    def test_it_stands_with_every_score(self, joined, clinician, user, whom, about):
        walk = ask(joined, made.walk(), by=clinician)
        actions.keep(walk, WALKED | {"whom": whom}, by=user, now=NOW)
        actions.submit(walk, by=user, now=NOW)
        assert set(Score.objects.values_list("scale", "about")) == {
            ("tired", about),
            ("far", about),
        }

    def test_where_nobody_asked_it_is_empty(self, screener, user):
        send(screener, by=user)
        assert set(Score.objects.values_list("about", flat=True)) == {""}


class TestDraftsOfAPage:
    @pytest.fixture
    def page(self, joined, clinician):
        return ask(joined, made.walk_on_a_page(as_log=True), by=clinician)

    def test_what_was_kept_becomes_the_entry(self, page, user):
        draft = actions.keep(page, {"who": "A dog"}, number=1, by=user, now=NOW)
        page.refresh_from_db()
        assert (page.answered_at, Response.objects.submitted().count()) == (None, 0)
        entry = actions.add_entry(
            page, {"went": "no", "tired": 1}, number=1, by=user, now=NOW + DAY
        )
        assert entry.pk == draft.pk
        stored = Response.objects.get()
        assert (stored.number, stored.started_at, stored.submitted_at) == (1, NOW, NOW + DAY)
        assert stored.answers == {"went": "no", "tired": 1}  # the page, not what stood there before

    def test_a_draft_has_the_number_of_the_next_entry(self, page, user):
        actions.add_entry(page, {"went": "no"}, number=1, by=user, now=NOW)
        assert actions.keep(page, {"tired": 2}, number=2, by=user, now=NOW).number == 2
        assert actions.next_number(page) == 2
        actions.add_entry(page, {"tired": 2}, number=2, by=user, now=NOW)
        assert actions.next_number(page) == 3

    def test_an_old_tab_writes_no_ghost_of_what_was_sent(self, page, user):
        actions.add_entry(page, {"went": "no"}, number=1, by=user, now=NOW)
        with pytest.raises(actions.AlreadySent):
            actions.keep(page, {"went": "yes"}, number=1, by=user, now=NOW)
        with pytest.raises(actions.AlreadySent):
            actions.keep(page, {"went": "yes"}, number=3, by=user, now=NOW)
        assert not Response.objects.drafts().exists()

    def test_a_form_that_is_sent_once_has_no_second_draft(self, joined, clinician, user):
        page = ask(joined, made.walk_on_a_page(), by=clinician)
        actions.add_entry(page, {"went": "no"}, number=1, by=user, now=NOW)
        for number in (1, 2, None):
            with pytest.raises(actions.AlreadySent):
                actions.keep(page, {"went": "yes"}, number=number, by=user, now=NOW)

    def test_it_goes_on_with_the_version_that_it_began(self, page, user, practice):
        began = actions.keep(page, {"tired": 2}, number=1, by=user, now=NOW).version
        definition = made.walk_on_a_page(as_log=True)
        items = tuple(item for item in definition.items if item.id != "tired")
        newer = made.publish(practice, definition.model_copy(update={"items": items}))
        assert actions.add_entry(page, {"tired": 2}, number=1, by=user, now=NOW).version == began
        assert actions.add_entry(page, {"went": "no"}, number=2, by=user, now=NOW).version == newer

    def test_it_is_not_sent_in_the_way_of_steps(self, page, user):
        actions.keep(page, {"tired": 2}, number=1, by=user, now=NOW)
        with pytest.raises(actions.NotAsked):
            actions.submit(page, by=user, now=NOW)

    def test_it_can_be_thrown_away(self, page, user):
        for _again in range(2):
            actions.keep(page, {"tired": 2}, number=1, by=user, now=NOW)
            throw_away(page, by=user, now=NOW)
        throw_away(page, by=user, now=NOW)
        assert not Response.objects.exists()
        assert AuditEvent.objects.filter(action="response.thrown_away").count() == 2

    def test_what_was_sent_cannot(self, page, user):
        actions.add_entry(page, {"went": "no"}, number=1, by=user, now=NOW)
        throw_away(page, by=user, now=NOW)
        assert Response.objects.submitted().count() == 1


class TestPuttingAway:
    def happened(self):
        events = AuditEvent.objects.filter(record_type="assessments.occurrence").order_by("number")
        return list(events.values_list("action", flat=True))

    def test_not_now_and_back_again(self, log, user):
        actions.put_away(log, by=user, now=NOW)
        log.refresh_from_db()
        assert (log.put_away_at, log.safe_time_at) == (NOW, None)
        actions.take_out(log, by=user, now=NOW)
        log.refresh_from_db()
        assert log.put_away_at is None
        assert self.happened() == ["occurrence.put_away", "occurrence.taken_out"]

    def test_nobody_is_reminded_of_what_was_put_away_until_it_is_back(self, log, user):
        assert Reminder.objects.get().planned_for == NOW
        actions.put_away(log, by=user, now=NOW)
        assert Reminder.objects.get().planned_for > log.expires_at  # about next week's
        actions.take_out(log, by=user, now=NOW)
        assert Reminder.objects.get().planned_for == NOW

    def test_a_safe_time_takes_it_out(self, log, user):
        actions.put_away(log, by=user, now=NOW)
        actions.say_safe_time(log, by=user, now=NOW + DAY)
        log.refresh_from_db()
        assert (log.put_away_at, log.safe_time_at) == (None, NOW + DAY)


class TestReading:
    def test_the_first_reading_is_the_fact_and_every_one_is_on_record(
        self, screener, user, clinician, colleague
    ):
        response = send(screener, by=user)
        actions.mark_read(response, by=clinician, now=NOW + DAY)
        actions.mark_read(response, by=colleague, now=NOW + 2 * DAY)
        response.refresh_from_db()
        assert (response.read_at, response.read_by) == (NOW + DAY, clinician)
        assert AuditEvent.objects.filter(action="response.read").count() == 2

    def test_a_draft_is_not_read(self, screener, user, clinician):
        draft = actions.keep(screener, {"giving_1": 1}, by=user, now=NOW)
        with pytest.raises(actions.TakenBack):
            actions.mark_read(draft, by=clinician, now=NOW)
        draft.refresh_from_db()
        assert draft.read_at is None


def at_the_same_time(*acts):
    """Each in a connection of its own; gives what each returned or raised."""
    together = Barrier(len(acts))

    def one(act):
        try:
            together.wait(10)
            return act()
        except Exception as error:  # noqa: BLE001 - whatever it is, the test looks at it
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return [done.result(60) for done in [pool.submit(one, act) for act in acts]]


@pytest.mark.django_db(transaction=True)
class TestAtTheSameTime:
    @pytest.fixture
    def clinician(self):
        return make_practice().users.get()

    @pytest.fixture
    def user(self, clinician):
        client = make_client(clinician)
        clear(client, by=clinician)
        join(client, by=clinician)
        give(client, "patterns-check", by=clinician)
        give(client, "limit-log", by=clinician, times=1)
        return client.user

    def occurrence(self, slug):
        return Occurrence.objects.select_related("assignment").get(assignment__activity__slug=slug)

    def test_two_clicks_on_send_are_one_response(self, user):
        one, other = self.occurrence("patterns-check"), self.occurrence("patterns-check")
        actions.keep(one, answer_all(actions.current_version(one)), by=user, now=NOW)
        results = at_the_same_time(
            lambda: actions.submit(one, by=user, now=NOW),
            lambda: actions.submit(other, by=user, now=NOW),
        )
        assert {type(result) for result in results} == {Response, actions.AlreadySent}
        assert (Response.objects.count(), Score.objects.count()) == (1, 8)

    def test_two_clicks_on_add_are_one_entry(self, user):
        one, other = self.occurrence("limit-log"), self.occurrence("limit-log")
        results = at_the_same_time(
            lambda: actions.add_entry(one, ENTRY, number=1, by=user, now=NOW),
            lambda: actions.add_entry(other, ENTRY, number=1, by=user, now=NOW),
        )
        assert {type(result) for result in results} == {Response, actions.AlreadySent}
        assert Response.objects.count() == 1

    def test_two_clicks_on_add_make_one_entry_of_a_draft(self, user):
        one, other = self.occurrence("limit-log"), self.occurrence("limit-log")
        actions.keep(one, {"limit": "No calls"}, number=1, by=user, now=NOW)
        results = at_the_same_time(
            lambda: actions.add_entry(one, ENTRY, number=1, by=user, now=NOW),
            lambda: actions.add_entry(other, ENTRY, number=1, by=user, now=NOW),
            lambda: actions.keep(self.occurrence("limit-log"), ENTRY, number=1, by=user, now=NOW),
        )
        sent = [result for result in results[:2] if isinstance(result, Response)]
        assert len(sent) == 1
        assert isinstance(results[2], Response | actions.AlreadySent)
        assert Response.objects.get().answers == ENTRY

    def test_a_critical_answer_kept_twice_is_one_alert(self, user):
        client = Client.objects.get()
        clinician = client.created_by
        one = ask(client, made.walk(), by=clinician)
        other = Occurrence.objects.select_related("assignment").get(pk=one.pk)
        results = at_the_same_time(
            lambda: actions.keep(one, {"dark": "yes"}, by=user, now=NOW),
            lambda: actions.keep(other, {"dark": "unsure"}, by=user, now=NOW),
            lambda: confirm_contact(client, by=user, now=NOW, **WHOLE_DAY),
        )
        assert [result for result in results if isinstance(result, Exception)] == []
        assert [alert.kind for alert in client.alerts.all()] == ["critical"]

    def test_two_tabs_that_keep_the_first_answer_make_one_draft(self, user):
        one, other = self.occurrence("patterns-check"), self.occurrence("patterns-check")
        at_the_same_time(
            lambda: actions.keep(one, {"giving_1": 1}, by=user, now=NOW),
            lambda: actions.keep(other, {"needs_1": 2}, by=user, now=NOW),
        )
        assert Response.objects.get().answers == {"giving_1": 1, "needs_1": 2}

    def test_an_answer_still_being_kept_while_it_is_sent_harms_nothing(self, user):
        """keep.js saves in the background while the client taps Send."""
        one, other = self.occurrence("patterns-check"), self.occurrence("patterns-check")
        actions.keep(one, answer_all(actions.current_version(one)), by=user, now=NOW)
        kept, sent = at_the_same_time(
            lambda: [actions.keep(other, {"giving_1": n}, by=user, now=NOW) for n in range(4)],
            lambda: actions.submit(one, by=user, now=NOW),
        )
        assert isinstance(kept, list | actions.AlreadySent)
        assert isinstance(sent, Response)
        response = Response.objects.get()
        stored = Score.objects.get(scale="check_giving")
        assert stored.value == response.answers["giving_1"]

    def test_client_and_clinician_at_the_same_moment_do_not_wait_for_each_other(
        self, user, clinician
    ):
        client = Client.objects.get()
        alert = actions.ask_to_talk(self.occurrence("limit-log"), by=user, now=NOW)
        weekly = self.occurrence("patterns-check").assignment
        results = at_the_same_time(
            lambda: [
                confirm_contact(client, by=user, now=NOW + n * DAY, **WHOLE_DAY) for n in range(4)
            ],
            lambda: [clear(client, by=clinician) for _ in range(4)],
            lambda: [give(client, "limit-log", by=clinician) for _ in range(4)],
            lambda: [actions.close_alert(alert, by=clinician, note="x", now=NOW)],
            lambda: [actions.end_assignment(weekly, by=clinician, now=NOW) for _ in range(4)],
        )
        assert [type(result) for result in results] == [list] * 5

    def test_of_two_who_close_an_alert_the_first_has_closed_it(self, user, clinician):
        alert = actions.ask_to_talk(self.occurrence("limit-log"), by=user, now=NOW)
        results = at_the_same_time(
            *(
                lambda note=note: actions.close_alert(alert, by=clinician, note=note, now=NOW)
                for note in ("one", "two")
            )
        )
        assert sorted(type(result).__name__ for result in results) == ["Alert", "AlreadyClosed"]
        (closed,) = (result for result in results if not isinstance(result, Exception))
        assert Client.objects.get().alerts.get().note == closed.note

    def test_the_same_decision_twice_is_one_assignment(self, user, clinician):
        row = self.occurrence("patterns-check").assignment
        version, once = actions.current_version(self.occurrence("patterns-check")), uuid7()
        before = Occurrence.objects.count()
        act = partial(
            actions.assign,
            row.client,
            row.activity,
            when=schedule.Once(due_on=None),
            definition=version.definition,
            by=clinician,
            now=NOW,
            once=once,
        )
        results = at_the_same_time(act, act)
        assert [result.pk for result in results] == [once, once]
        assert Occurrence.objects.count() == before + 1

    def test_everything_a_client_can_do_at_once_ends_well(self, user):
        client = Client.objects.get()
        acts = [
            lambda: actions.ask_to_talk(self.occurrence("limit-log"), by=user, now=NOW),
            lambda: actions.ask_to_talk(self.occurrence("limit-log"), by=user, now=NOW),
            lambda: actions.put_away(self.occurrence("limit-log"), by=user, now=NOW),
            lambda: actions.note_missed(client, by=user, now=NOW),
        ]
        results = at_the_same_time(*acts)
        assert [result for result in results if isinstance(result, Exception)] == []
        assert client.alerts.count() == 1
