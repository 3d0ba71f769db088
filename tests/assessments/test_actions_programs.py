"""A program: assigned as one, and delivered step by step by its rules."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.db import IntegrityError, transaction

from assessments import actions, schedule
from assessments.actions import programs
from assessments.actions.library import shipped, sync_library
from assessments.definitions import Program as Definition
from assessments.models import (
    Activity,
    ActivityVersion,
    Assignment,
    Occurrence,
    Program,
    ProgramAssignment,
    ProgramVersion,
    Response,
)
from assessments.programs import steps_to_give
from clients import actions as care
from practice.ids import uuid7
from practice.models import AuditEvent
from tests.conftest import NOW, answer_all, clear, join, make_client, make_practice, send

from . import made
from .test_actions_respond import at_the_same_time

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
FREE, LOG, GATED = "strengths-check", "walk-page", "limit-plan"


def step(activity, rule, **more):
    return {"activity": activity, "week": 1, "rule": rule} | more


def program_of(practice, *steps, slug="made-up"):
    """A program made up of these steps, published in this practice."""
    definition = Definition.published(
        {
            "slug": slug,
            "kind": "program",
            "title": "Made up",
            "summary": "For the tests.",
            "for_clinicians": "For the tests.",
            "themes": ["self"],
            "weeks": 2,
            "steps": list(steps),
            "provenance": shipped().programs[0].provenance.model_dump(mode="json"),
        }
    )
    row, _new = Program.objects.get_or_create(practice=practice, slug=slug)
    return ProgramVersion.objects.create(
        practice=practice,
        program=row,
        number=row.versions.count() + 1,
        digest=definition.digest(),
        content=definition.dump(),
        published_at=NOW,
    )


def in_library(practice, slug):
    return ProgramVersion.objects.assignable().get(practice=practice, program__slug=slug)


@pytest.fixture
def assigned(joined, clinician, practice):
    def assign(*steps, now=NOW, **how):
        version = program_of(practice, *steps)
        return actions.assign_program(joined, version, by=clinician, now=now, **how)

    return assign


def given(program):
    """The places of the steps that have come."""
    return sorted(program.steps.values_list("step", flat=True))


def when(program, place):
    return schedule.parse(program.steps.get(step=place).schedule)


def occurrence(program, place):
    return program.steps.get(step=place).occurrences.earliest("number")


def answer(program, place, *, now=NOW):
    return send(occurrence(program, place), by=program.client.user, now=now)


def test_a_paper_copy_moves_it_on(assigned, practice, clinician):
    """Filled in together in the session: it is answered, and the next step comes."""
    program = assigned(step(FREE, "at_once"), step(FREE, "after_previous"))
    version = ActivityVersion.objects.newest().get(practice=practice, activity__slug=FREE)
    answers = {item.id: 2 for item in version.definition.asked() if item.kind == "scale"}
    actions.enter_paper(
        program.client, version, answers, filled_on=NOW.date(), by=clinician, now=NOW
    )
    assert given(program) == [0, 1]
    assert occurrence(program, 0).answered_at == NOW


class TestAssigning:
    def test_what_comes_at_once_is_given_and_the_rest_waits(self, assigned):
        program = assigned(step(FREE, "at_once"), step(FREE, "after_previous"))
        assert given(program) == [0]
        child = program.steps.get()
        assert (child.client, child.episode, child.assigned_at) == (
            program.client,
            program.episode,
            NOW,
        )
        assert child.activity.slug == FREE
        assert occurrence(program, 0).opens_at == NOW

    def test_a_step_is_due_on_its_fourth_evening(self, assigned):
        program = assigned(step(FREE, "at_once"), step(FREE, "after_previous"))
        assert occurrence(program, 0).due_at == datetime(2026, 11, 21, 21, tzinfo=UTC)
        answer(program, 0, now=NOW + 2 * DAY)
        assert occurrence(program, 1).due_at == datetime(2026, 11, 23, 21, tzinfo=UTC)

    def test_sent_twice_it_is_assigned_once(self, joined, clinician, practice):
        version, once = in_library(practice, "limits-first"), joined.pk
        first, second = (
            actions.assign_program(joined, version, by=clinician, now=NOW, once=once)
            for _ in range(2)
        )
        assert first == second == ProgramAssignment.objects.get()
        assert given(first) == [0, 1, 2]
        assert AuditEvent.objects.filter(action="program.assigned").count() == 1
        other = make_client(clinician, "Nia")
        clear(other, by=clinician)
        with pytest.raises(IntegrityError), transaction.atomic():
            actions.assign_program(other, version, by=clinician, now=NOW, once=once)

    def test_it_is_on_record(self, assigned, clinician):
        program = assigned(step(FREE, "at_once"), step(FREE, "after_previous"))
        event = AuditEvent.objects.get(action="program.assigned")
        assert (event.actor, event.record_id) == (clinician, program.pk)
        event = AuditEvent.objects.get(action="program.step_given")
        assert event.record_id == program.steps.get().pk
        assert event.detail == {"step": 0}
        assert program.steps.get().created_by == clinician

    @pytest.mark.parametrize(
        ("outcome", "acknowledged", "is_assigned"),
        [
            (None, True, False),
            ("hold", True, False),
            ("caution", False, False),
            ("caution", True, True),
            ("clear", False, True),
        ],
    )
    def test_one_gated_step_gates_it(
        self, client_in_care, clinician, practice, outcome, acknowledged, is_assigned
    ):
        version = program_of(practice, step(FREE, "at_once"), step(GATED, "after_previous"))
        check = outcome and clear(client_in_care, by=clinician, outcome=outcome)
        how = {"by": clinician, "now": NOW, "acknowledged": acknowledged}
        if is_assigned:
            program = actions.assign_program(client_in_care, version, **how)
            assert program.safety_check == check
            assert program.steps.get().safety_check is None  # this one is free
        else:
            with pytest.raises(actions.Gated):
                actions.assign_program(client_in_care, version, **how)
            assert not ProgramAssignment.objects.exists()
            assert not Assignment.objects.exists()

    def test_without_gated_steps_it_needs_no_check(self, client_in_care, clinician, practice):
        version = in_library(practice, "after-a-break-up")
        program = actions.assign_program(client_in_care, version, by=clinician, now=NOW)
        assert program.safety_check is None

    def test_a_step_without_its_words(self, joined, clinician, practice):
        version = program_of(practice, step(FREE, "at_once"), step("phq-9", "after_previous"))
        with pytest.raises(actions.NoText):
            actions.assign_program(joined, version, by=clinician, now=NOW)

    @pytest.mark.parametrize("program", shipped().programs, ids=lambda each: each.slug)
    def test_each_of_the_library_begins_with_its_first_week(
        self, joined, clinician, practice, program
    ):
        version = in_library(practice, program.slug)
        row = actions.assign_program(joined, version, by=clinician, now=NOW)
        rules = [each.rule for each in program.steps]
        came = [
            place
            for place, rule in enumerate(rules)
            if rule in ("at_once", "every", "before_each_session")
        ]
        assert given(row) == came
        assert {program.steps[place].week for place in came} == {1}


class TestTheRules:
    def test_after_the_previous(self, assigned):
        program = assigned(
            step(FREE, "at_once"), step(FREE, "after_previous"), step(FREE, "after_previous")
        )
        answer(program, 0, now=NOW + DAY)
        assert given(program) == [0, 1]
        assert occurrence(program, 1).opens_at == NOW + DAY
        answer(program, 1, now=NOW + 2 * DAY)
        assert given(program) == [0, 1, 2]

    def test_an_answer_to_something_else_moves_nothing(self, assigned, joined, clinician):
        program = assigned(step(FREE, "at_once"), step(FREE, "after_previous"))
        row = made.ask(joined, made.walk(), by=clinician)
        send(row, by=joined.user)
        assert given(program) == [0]

    def test_after_a_delay_on_the_clock_of_the_client(self, clinician, practice):
        client = join(make_client(clinician, zone="America/Chicago"), by=clinician)
        version = program_of(practice, step(FREE, "at_once"), step(FREE, "after_delay", days=4))
        program = actions.assign_program(client, version, by=clinician, now=NOW)
        answered_at = datetime(2026, 11, 20, 3, tzinfo=UTC)  # the evening of the 19th over there
        answer(program, 0, now=answered_at)
        assert when(program, 1) == schedule.Once(
            opens_on=date(2026, 11, 23), due_on=date(2026, 11, 26)
        )
        assert occurrence(program, 1).opens_at == datetime.combine(
            date(2026, 11, 23), time(6), client.zone
        )

    def test_every_so_many_days_from_when_it_is_given(self, assigned):
        program = assigned(step(FREE, "at_once"), step(FREE, "every", days=7, times=5))
        rows = program.steps.get(step=1).occurrences.order_by("number")
        assert [(row.opens_at - NOW).days for row in rows][:1] == [0]
        assert [row.opens_at.date() for row in rows] == [
            date(2026, 11, 18) + n * 7 * DAY for n in range(5)
        ]

    def test_every_waits_for_the_step_above_to_have_come(self, assigned):
        program = assigned(
            step(FREE, "at_once"),
            step(FREE, "after_delay", days=3),
            step(FREE, "every", days=7, times=2),
            step(FREE, "after_previous"),
        )
        assert given(program) == [0]
        answer(program, 0)
        assert given(program) == [0, 1, 2]
        assert occurrence(program, 1).opens_at == occurrence(program, 2).opens_at
        assert occurrence(program, 2).opens_at.date() == date(2026, 11, 21)
        answer(program, 2, now=NOW + 4 * DAY)  # its first time counts
        assert given(program) == [0, 1, 2, 3]

    def test_before_each_session(self, assigned, joined, clinician):
        program = assigned(step(FREE, "at_once"), step(FREE, "before_each_session", times=2))
        assert given(program) == [0, 1]
        rows = program.steps.get(step=1).occurrences
        assert not rows.exists()
        for n in (5, 12, 19):
            care.book_session(joined, by=clinician, starts_at=NOW + n * DAY, now=NOW)
        assert [row.opens_at.date() for row in rows.order_by("number")] == [
            date(2026, 11, 21),
            date(2026, 11, 28),
        ]

    def test_sessions_count_from_when_the_step_above_opens(self, assigned, joined, clinician):
        for n in (3, 10):
            care.book_session(joined, by=clinician, starts_at=NOW + n * DAY, now=NOW)
        program = assigned(
            step(FREE, "at_once"),
            step(FREE, "after_delay", days=5),
            step(FREE, "before_each_session"),
            step(FREE, "every", days=7, times=2),
        )
        answer(program, 0)
        assert occurrence(program, 2).session.starts_at == NOW + 10 * DAY
        # What comes below sessions does not wait for the next session.
        assert occurrence(program, 3).opens_at == occurrence(program, 1).opens_at

    def test_a_log_counts_from_its_first_entry(self, assigned, joined, practice):
        made.publish(practice, made.walk_on_a_page(as_log=True))
        program = assigned(step(LOG, "at_once"), step(FREE, "after_delay", days=4))
        row = occurrence(program, 0)
        for number, now in ((1, NOW + DAY), (2, NOW + 2 * DAY)):
            entry = {"went": "no", "why": "Rain"}
            actions.add_entry(row, entry, number=number, by=joined.user, now=now)
        assert given(program) == [0, 1]
        assert occurrence(program, 1).opens_at.date() == date(2026, 11, 23)

    def test_at_once_is_at_once_wherever_it_stands(self, assigned):
        program = assigned(
            step(FREE, "at_once"), step(FREE, "after_previous"), step(FREE, "at_once")
        )
        assert given(program) == [0, 2]

    def test_an_old_answer_does_not_wait_again(self, assigned, joined, clinician):
        """What was held back for longer than its delay opens at once."""
        program = assigned(step(FREE, "at_once"), step(GATED, "after_delay", days=3))
        clear(joined, by=clinician, outcome="hold", now=NOW + DAY)
        answer(program, 0, now=NOW + DAY)
        later = NOW + 9 * DAY
        clear(joined, by=clinician, now=later)
        actions.advance(program, now=later)
        assert occurrence(program, 1).opens_at == later
        assert occurrence(program, 1).due_at.date() == date(2026, 11, 30)


class TestFeedback:
    def test_it_gives_what_waited_for_it(self, assigned, clinician):
        program = assigned(
            step(FREE, "at_once"), step(FREE, "after_feedback"), step(FREE, "after_feedback")
        )
        sent = answer(program, 0)
        assert given(program) == [0]
        (new,) = actions.feedback_given(sent, by=clinician, now=NOW + DAY)
        assert (new.step, given(program)) == (1, [0, 1])
        assert occurrence(program, 1).opens_at == NOW + DAY
        event = AuditEvent.objects.get(action="program.step_given", record_id=new.pk)
        assert event.actor == clinician

    def test_words_to_the_client_are_feedback(self, assigned, clinician):
        program = assigned(step(FREE, "at_once"), step(FREE, "after_feedback"))
        sent = answer(program, 0)
        actions.give_feedback(sent, "Well seen.", once=uuid7(), by=clinician, now=NOW)
        assert given(program) == [0, 1]

    def test_twice_is_once(self, assigned, clinician):
        program = assigned(step(FREE, "at_once"), step(FREE, "after_feedback"))
        sent = answer(program, 0)
        for _ in range(2):
            actions.feedback_given(sent, by=clinician, now=NOW)
        assert given(program) == [0, 1]

    def test_on_something_that_is_no_step_nothing_comes(self, assigned, joined, clinician):
        program = assigned(step(FREE, "at_once"), step(FREE, "after_feedback"))
        sent = send(made.ask(joined, made.walk(), by=clinician), by=joined.user)
        assert actions.feedback_given(sent, by=clinician, now=NOW) == []
        assert given(program) == [0]

    def test_it_opens_no_gate(self, assigned, joined, clinician):
        program = assigned(step(FREE, "at_once"), step(GATED, "after_feedback"))
        sent = answer(program, 0)
        clear(joined, by=clinician, outcome="hold", now=NOW)
        assert actions.feedback_given(sent, by=clinician, now=NOW) == []


class TestTheGateOfAStep:
    """A gated step comes by itself only under a check that was read."""

    STEPS = (step(FREE, "at_once"), step(GATED, "after_previous"))

    def test_a_clear_check_is_kept_with_the_step(self, assigned, joined, clinician):
        program = assigned(*self.STEPS)
        newer = clear(joined, by=clinician, now=NOW + DAY)
        answer(program, 0, now=NOW + 2 * DAY)
        assert program.steps.get(step=1).safety_check == newer

    def test_a_caution_that_was_read_at_the_start(self, assigned, joined, clinician):
        check = clear(joined, by=clinician, outcome="caution", now=NOW)
        program = assigned(*self.STEPS, acknowledged=True)
        answer(program, 0)
        assert program.steps.get(step=1).safety_check == check

    @pytest.mark.parametrize("outcome", ["caution", "hold"])
    def test_what_came_later_holds_it_back(self, assigned, joined, clinician, outcome):
        program = assigned(*self.STEPS)
        clear(joined, by=clinician, outcome=outcome, now=NOW + DAY)
        answer(program, 0, now=NOW + 2 * DAY)
        assert given(program) == [0]

    def test_a_clear_check_lets_it_come(self, assigned, joined, clinician):
        program = assigned(*self.STEPS)
        clear(joined, by=clinician, outcome="hold", now=NOW + DAY)
        answer(program, 0, now=NOW + 2 * DAY)
        check = clear(joined, by=clinician, now=NOW + 3 * DAY)
        programs.safety_checked(client=joined, now=NOW + 3 * DAY)
        assert program.steps.get(step=1).safety_check == check

    def test_a_hold_holds_back_what_is_gated_and_nothing_else(self, assigned, joined, clinician):
        program = assigned(
            step(FREE, "at_once"),
            step(GATED, "after_previous"),
            step(FREE, "every", days=7, times=2),
        )
        clear(joined, by=clinician, outcome="hold", now=NOW)
        answer(program, 0)
        assert given(program) == [0]  # the last one comes after the one that is held back
        other = assigned(step(FREE, "at_once"), step(FREE, "after_previous"))
        answer(other, 0)
        assert given(other) == [0, 1]


class TestByHand:
    STEPS = (step(FREE, "at_once"), step(GATED, "after_feedback"), step(FREE, "after_previous"))

    def test_any_time_whatever_it_waits_for(self, assigned, clinician):
        program = assigned(*self.STEPS)
        one = actions.give_next(program, 1, by=clinician, now=NOW + DAY)
        assert (one.step, one.assigned_at, one.created_by) == (1, NOW + DAY, clinician)
        assert occurrence(program, 1).opens_at == NOW + DAY
        assert one.safety_check is not None
        assert given(program) == [0, 1]

    def test_twice_is_once(self, assigned, clinician):
        program = assigned(*self.STEPS)
        first, second = (actions.give_next(program, 1, by=clinician, now=NOW) for _ in range(2))
        assert first == second
        assert program.steps.filter(step=1).count() == 1

    def test_a_delay_is_skipped(self, assigned, clinician):
        program = assigned(step(FREE, "at_once"), step(FREE, "after_delay", days=9))
        actions.give_next(program, 1, by=clinician, now=NOW)
        assert occurrence(program, 1).opens_at == NOW

    def test_a_caution_is_read_each_time(self, assigned, joined, clinician):
        program = assigned(*self.STEPS)
        check = clear(joined, by=clinician, outcome="caution", now=NOW)
        with pytest.raises(actions.Gated):
            actions.give_next(program, 1, by=clinician, now=NOW)
        one = actions.give_next(program, 1, by=clinician, now=NOW, acknowledged=True)
        assert one.safety_check == check

    def test_a_hold_is_not_passed(self, assigned, joined, clinician):
        program = assigned(*self.STEPS)
        clear(joined, by=clinician, outcome="hold", now=NOW)
        with pytest.raises(actions.Gated):
            actions.give_next(program, 1, by=clinician, now=NOW, acknowledged=True)

    @pytest.mark.parametrize("place", [-1, 3, 99])
    def test_what_is_no_step(self, assigned, clinician, place):
        with pytest.raises(actions.NotGiven):
            actions.give_next(assigned(*self.STEPS), place, by=clinician, now=NOW)

    def test_not_after_the_end(self, assigned, clinician):
        program = assigned(*self.STEPS)
        actions.end_program(program, by=clinician, now=NOW)
        with pytest.raises(actions.NotGiven):
            actions.give_next(program, 1, by=clinician, now=NOW)


class TestEnding:
    def test_its_steps_end_with_it_and_nothing_comes(self, assigned, clinician):
        program = assigned(
            step(FREE, "at_once"), step(FREE, "at_once"), step(FREE, "after_previous")
        )
        answer(program, 0)
        actions.end_program(program, by=clinician, now=NOW + DAY)
        assert program.ended_at == NOW + DAY
        assert set(program.steps.values_list("ended_at", flat=True)) == {NOW + DAY}
        assert occurrence(program, 1).withdrawn_at == NOW + DAY
        assert occurrence(program, 0).answered_at == NOW
        assert actions.advance(program, now=NOW + 2 * DAY) == []
        assert AuditEvent.objects.filter(action="program.ended").count() == 1

    def test_twice_is_once(self, assigned, clinician):
        program = assigned(step(FREE, "at_once"), step(FREE, "after_previous"))
        actions.end_program(program, by=clinician, now=NOW + DAY)
        again = ProgramAssignment.objects.get()
        assert actions.end_program(again, by=clinician, now=NOW + 2 * DAY).ended_at == NOW + DAY
        assert AuditEvent.objects.filter(action="program.ended").count() == 1

    def test_an_answer_that_is_sent_after_all_moves_nothing(self, assigned, clinician):
        """A log that was answered and then ended: an entry by another way finds no program."""
        program = assigned(step(FREE, "at_once"), step(FREE, "after_previous"))
        ProgramAssignment.objects.update(ended_at=NOW)
        answer(program, 0)
        assert given(program) == [0]

    def test_with_the_episode(self, assigned, joined, clinician):
        program = assigned(step(FREE, "at_once"), step(FREE, "after_previous"))
        care.close_episode(joined, by=clinician, reason="", now=NOW + DAY)
        program.refresh_from_db()
        assert program.ended_at == NOW + DAY
        assert program.steps.get().ended_at == NOW + DAY


class TestTheLibraryGoesOn:
    def test_a_program_stays_at_its_version(self, assigned, practice):
        program = assigned(step(FREE, "at_once"), step(FREE, "after_previous"))
        program_of(practice, step(FREE, "at_once"), step("my-goals", "after_previous"))
        answer(program, 0)
        assert program.steps.get(step=1).activity.slug == FREE

    def test_the_newest_words_of_an_activity_are_given(self, assigned, practice):
        """An activity that was not gated when the program began, and is now."""
        made.publish(practice, made.walk())
        program = assigned(step(FREE, "at_once"), step("walk", "after_previous"))
        made.publish(practice, made.walk().model_copy(update={"gated": True}))
        clear(program.client, by=program.created_by, outcome="caution", now=NOW)
        answer(program, 0)
        assert given(program) == [0]

    def test_a_renamed_activity_is_found(self, assigned, practice):
        program = assigned(step(FREE, "at_once"), step("my-goals", "after_previous"))
        library = shipped()
        renamed = tuple(
            each.model_copy(update={"slug": "goals", "formerly": ("my-goals",)})
            if each.slug == "my-goals"
            else each
            for each in library.activities
        )
        sync_library(practice, library=type(library)(renamed, (), library.points), now=NOW)
        assert not Activity.objects.filter(practice=practice, slug="my-goals").exists()
        answer(program, 0)
        assert program.steps.get(step=1).activity.slug == "goals"

    @pytest.mark.parametrize("how", ["retired", "never there"])
    def test_what_is_gone_is_left_out(self, assigned, practice, clinician, how):
        slug = "my-goals" if how == "retired" else "no-such-thing"
        program = assigned(
            step(FREE, "at_once"),
            step(slug, "after_previous"),
            step(FREE, "after_previous"),
            step(slug, "at_once"),
            step(FREE, "every", days=7, times=2),
        )
        Activity.objects.filter(practice=practice, slug=slug).update(retired_at=NOW)
        answer(program, 0)
        if how == "never there":
            # What asks nothing of the step above comes with what is above that.
            assert given(program) == [0, 4]
        with pytest.raises(actions.NotGiven):
            actions.give_next(program, 1, by=clinician, now=NOW)
        actions.give_next(program, 2, by=clinician, now=NOW)
        assert 2 in given(program)

    def test_what_another_practice_has_is_not_given(self, assigned, stranger):
        made.publish(stranger.practice, made.walk())
        program = assigned(step(FREE, "at_once"), step("walk", "after_previous"))
        answer(program, 0)
        assert given(program) == [0]
        assert steps_to_give(program.practice_id, ["walk"]) == {}


@pytest.mark.django_db(transaction=True)
class TestAtTheSameTime:
    @pytest.fixture
    def program(self, db):
        clinician = make_practice().users.get()
        client = make_client(clinician)
        clear(client, by=clinician)
        join(client, by=clinician)
        version = program_of(
            client.practice,
            step(FREE, "at_once"),
            step(FREE, "at_once"),
            step(FREE, "after_previous"),
            step(FREE, "every", days=7, times=2),
            step(FREE, "after_feedback"),
        )
        return actions.assign_program(client, version, by=clinician, now=NOW)

    def ready(self, program, place):
        """Everything of a step is answered, and nothing is sent yet."""
        row = program.steps.get(step=place).occurrences.select_related("assignment").get()
        answers = answer_all(actions.current_version(row))
        actions.keep(row, answers, by=program.client.user, now=NOW)
        return lambda: actions.submit(row, by=program.client.user, now=NOW)

    def test_two_answers_give_a_step_once(self, program):
        results = at_the_same_time(self.ready(program, 0), self.ready(program, 1))
        assert [type(result) for result in results] == [Response, Response]
        assert given(program) == [0, 1, 2, 3]
        assert program.steps.get(step=3).occurrences.count() == 2

    def test_an_answer_and_two_hands(self, program):
        by, fresh = program.created_by, ProgramAssignment.objects.get
        results = at_the_same_time(
            self.ready(program, 1),
            lambda: actions.give_next(fresh(), 2, by=by, now=NOW),
            lambda: actions.give_next(fresh(), 2, by=by, now=NOW),
        )
        assert [type(result) for result in results] == [Response, Assignment, Assignment]
        assert results[1] == results[2]
        assert given(program) == [0, 1, 2, 3]

    def test_an_answer_and_the_end(self, program):
        """Whichever is first: what was sent stays, and nothing of the program goes on."""
        sent, ended = at_the_same_time(
            self.ready(program, 1),
            lambda: actions.end_program(
                ProgramAssignment.objects.get(), by=program.created_by, now=NOW
            ),
        )
        assert type(sent) in (Response, actions.NotOpen)
        assert ended.ended_at == NOW
        assert not program.steps.running().exists()
        assert not Occurrence.objects.waiting().exists()
