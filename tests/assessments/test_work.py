"""The Work page: what was assigned, and each occurrence in a word."""

from datetime import timedelta

import pytest

from assessments import actions, schedule
from assessments.models import Activity, ActivityVersion, Occurrence, ProgramVersion
from assessments.work import state_of, work_of, work_page
from clients import actions as care
from tests.conftest import ENTRY, NOW, clear, give, make_client, send

from .test_actions_programs import program_of, step

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def occurrence(**facts):
    return Occurrence(**{"opens_at": NOW - 2 * DAY} | facts)


@pytest.mark.parametrize(
    ("facts", "state"),
    [
        ({}, ("info", "Open")),
        ({"due_at": NOW + DAY}, ("info", "Open")),
        ({"due_at": NOW - DAY}, ("silent", "Not yet")),
        ({"due_at": NOW - DAY, "expires_at": NOW}, ("not-yet", "Not answered")),
        ({"opens_at": NOW + DAY}, ("session", "To come")),
        ({"put_away_at": NOW}, ("info", "Put away by the client")),
        ({"withdrawn_at": NOW}, ("info", "Withdrawn")),
        ({"answered_at": NOW}, ("done", "Answered")),
        ({"answered_at": NOW, "withdrawn_at": NOW, "expires_at": NOW}, ("done", "Answered")),
        ({"expires_at": NOW, "touched_at": NOW - DAY / 2}, ("info", "Open")),
    ],
    ids=str,
)
def test_each_state_is_a_shape_and_a_word(facts, state):
    assert state_of(occurrence(**facts), NOW) == state


def test_running_work_stands_before_what_was_ended_the_newest_first(joined, clinician):
    ended = give(joined, "patterns-check", by=clinician, now=NOW)
    old = give(joined, "limit-plan", by=clinician, now=NOW - DAY)
    new = give(joined, "strengths-check", by=clinician, now=NOW)
    actions.end_assignment(ended, by=clinician, now=NOW)
    assert [row.assignment for row in work_of(joined, now=NOW)] == [new, old, ended]


def test_every_step_says_how_many_entries_came_of_it(joined, clinician):
    given = give(joined, "limit-log", by=clinician, times=3)
    first = given.occurrences.get(number=1)
    for number in (1, 2):
        actions.add_entry(first, ENTRY, number=number, by=joined.user, now=NOW)
    (work,) = work_of(joined, now=NOW)
    assert [(step.occurrence.number, step.word, step.entries) for step in work.steps] == [
        (1, "Answered", 2),
        (2, "To come", 0),
        (3, "To come", 0),
    ]
    assert work.definition.slug == "limit-log"


def test_a_draft_is_no_entry(joined, clinician):
    row = give(joined, "patterns-check", by=clinician).occurrences.get()
    actions.keep(row, {"giving_1": 1}, by=joined.user, now=NOW)
    assert work_of(joined, now=NOW)[0].steps[0].entries == 0
    send(row, by=joined.user)
    assert work_of(joined, now=NOW)[0].steps[0].entries == 1


def test_nothing_of_another_client_is_shown(joined, clinician):
    give(make_client(clinician, "Other"), "strengths-check", by=clinician)
    assert work_of(joined, now=NOW) == []


class TestAProgram:
    @pytest.fixture
    def program(self, joined, clinician, practice):
        version = ProgramVersion.objects.assignable().get(
            practice=practice, program__slug="limits-first"
        )
        return actions.assign_program(joined, version, by=clinician, now=NOW)

    def shown(self, client, now=NOW):
        (found,) = work_page(client, now=now).programs
        return found

    def words(self, client, now=NOW):
        return [(step.word, step.waits) for step in self.shown(client, now).steps]

    def send(self, program, place, now=NOW):
        row = program.steps.get(step=place).occurrences.get()
        return send(row, by=program.client.user, now=now)

    def test_its_steps_stand_with_it_and_not_among_the_rest(self, program, joined, clinician):
        alone = give(joined, "strengths-check", by=clinician)
        page = work_page(joined, now=NOW)
        assert [each.assignment for each in page.work] == [alone]
        assert [each.assignment for each in page.programs_asked] == [program]
        assert (page.number_asked, page.number_over) == (2, 0)
        assert page.programs[0].given == 3

    def test_each_step_says_how_it_stands(self, program, joined):
        assert self.words(joined) == [
            ("Open", ""),
            ("To come", ""),
            ("Open", ""),
            ("Waits", "When “How it has been with others, a longer look” is answered."),
            ("Waits", "3 days after “What I need today” is answered."),
            ("Waits", "When you have given feedback on “A pause before yes”."),
            ("Waits", "When you have given feedback on “Plan a limit”."),
            ("Waits", "When you have given feedback on “Limit log”."),
            ("Waits", "5 days after “Small steps to a no” is answered."),
            ("Waits", "7 days after “A kinder sentence” is answered."),
        ]
        assert self.shown(joined).next.place == 3

    def test_an_answer_moves_it_on(self, program, joined):
        self.send(program, 2, now=NOW + DAY)
        words = [word for word, _waits in self.words(joined, NOW + DAY)]
        assert words[:5] == ["Open", "To come", "Answered", "Open", "Waits"]
        assert self.shown(joined).next.place == 4

    def test_what_a_check_holds_back_says_so(self, joined, clinician, practice):
        version = program_of(
            practice, step("strengths-check", "at_once"), step("limit-plan", "after_previous")
        )
        program = actions.assign_program(joined, version, by=clinician, now=NOW)
        clear(joined, by=clinician, outcome="caution", now=NOW + DAY)
        self.send(program, 0, now=NOW + DAY)
        assert self.words(joined)[1] == (
            "Held back",
            "Its turn has come. The safety check says caution: read its note first.",
        )
        assert self.shown(joined).next.place == 1  # by hand, with the note read
        clear(joined, by=clinician, outcome="hold", now=NOW + 2 * DAY)
        assert "hold" in self.words(joined)[1][1]
        assert self.shown(joined).next is None
        clear(joined, by=clinician, now=NOW + 3 * DAY)
        actions.advance(program, now=NOW + 3 * DAY)
        assert self.words(joined, NOW + 3 * DAY)[1] == ("Open", "")

    def test_what_is_gone_is_left_out_and_said(self, joined, clinician, practice):
        version = program_of(
            practice,
            step("strengths-check", "at_once"),
            step("my-goals", "after_previous"),
            step("strengths-check", "after_previous"),
        )
        actions.assign_program(joined, version, by=clinician, now=NOW)
        Activity.objects.filter(practice=practice, slug="my-goals").update(retired_at=NOW)
        assert self.words(joined)[1:] == [
            ("Left out", "It is not in the library any more."),
            ("Waits", "“my-goals” is left out: give this by hand when it is time."),
        ]
        assert self.shown(joined).next.place == 2

    def test_after_a_step_that_was_ended_it_is_for_the_clinician(self, program, joined, clinician):
        actions.end_assignment(program.steps.get(step=2), by=clinician, now=NOW)
        above = "How it has been with others, a longer look"
        assert self.words(joined)[2:4] == [
            ("Ended", ""),
            ("Waits", f"“{above}” has ended without an answer: give this by hand."),
        ]

    def test_one_that_was_ended_is_over(self, program, joined, clinician):
        actions.end_program(program, by=clinician, now=NOW + DAY)
        page = work_page(joined, now=NOW + DAY)
        assert [each.assignment for each in page.programs_over] == [program]
        assert page.number_asked == 0
        words = self.words(joined, NOW + DAY)
        assert words[0] == ("Ended", "")
        assert words[3] == ("Not given", "")
        assert self.shown(joined).next is None

    def test_one_whose_last_step_was_answered_is_over(self, joined, clinician, practice):
        version = program_of(
            practice, step("strengths-check", "at_once"), step("strengths-check", "after_previous")
        )
        program = actions.assign_program(joined, version, by=clinician, now=NOW)
        for place in (0, 1):
            assert self.shown(joined).is_asked
            self.send(program, place)
        assert not self.shown(joined).is_asked

    def test_what_comes_several_times_shows_the_newest(self, joined, clinician, practice):
        version = program_of(
            practice,
            step("strengths-check", "at_once"),
            step("strengths-check", "every", days=7, times=3),
        )
        program = actions.assign_program(joined, version, by=clinician, now=NOW)
        row = program.steps.get(step=1).occurrences.get(number=1)
        send(row, by=joined.user)
        assert self.words(joined)[1][0] == "Answered"
        assert self.words(joined, NOW + 8 * DAY)[1][0] == "Open"
        assert self.words(joined, NOW + 13 * DAY)[1][0] == "Not yet"


class TestWhatGoesOn:
    """Nothing of it can be answered now, and it is not over."""

    def around(self, client, by, **how):
        in_use = ActivityVersion.objects.of(by).assignable()
        version = in_use.get(activity__slug="strengths-check")
        return actions.assign(
            client,
            version.activity,
            when=schedule.AroundSessions(side="before", **how),
            definition=version.definition,
            by=by,
            now=NOW,
        )

    def is_asked(self, client, now=NOW):
        (work,) = work_page(client, now=now).work
        return work.is_asked

    def test_what_waits_for_a_session(self, joined, clinician):
        self.around(joined, clinician)
        assert self.is_asked(joined)

    def test_until_it_came_often_enough(self, joined, clinician):
        self.around(joined, clinician, times=1)
        care.book_session(joined, by=clinician, starts_at=NOW + DAY, now=NOW)
        assert self.is_asked(joined)
        assert not self.is_asked(joined, NOW + 2 * DAY)

    def test_until_its_day(self, joined, clinician):
        self.around(joined, clinician, until=NOW.date())
        assert self.is_asked(joined)
        assert not self.is_asked(joined, NOW + DAY)

    def test_what_is_paused(self, joined, clinician):
        given = give(joined, "limit-log", by=clinician, times=2)
        actions.pause_assignment(given, by=clinician, now=NOW + DAY)
        assert self.is_asked(joined, NOW + 9 * DAY)
        actions.end_assignment(given, by=clinician, now=NOW + 9 * DAY)
        assert not self.is_asked(joined, NOW + 9 * DAY)
