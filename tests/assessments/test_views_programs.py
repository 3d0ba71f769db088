"""The pages about a program for one client, and what the client reads of it."""

import re
from datetime import timedelta
from uuid import UUID

import pytest
from django.urls import reverse

from assessments import actions
from assessments.models import Activity, Program, ProgramAssignment, ProgramVersion
from assessments.programs import plan_of
from practice.ids import uuid7
from tests.conftest import NOW, as_user, clear, give, make_client, reads, send

from .test_actions_programs import program_of, step
from .test_queries import statements

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
DAY = timedelta(days=1)
# Statements, whatever the number of rows; the client's header has five of them.
# Two of the first three, on the first visit of a day: that it was looked at, for the client.
ASSIGN, STEP, WORK, PORTAL, BEGIN = 14, 14, 18, 12, 7


def page(name, *args):
    return reverse(f"assessments:{name}", args=args)


def text_of(response):
    return " ".join(re.sub(r"<[^>]*>", " ", response.content.decode()).split())


@pytest.fixture
def browser(clinician):
    return as_user(clinician)


def in_library(practice, slug):
    return ProgramVersion.objects.assignable().get(practice=practice, program__slug=slug)


def assign(client, *steps, by, slug="made-up", version=None):
    version = version or program_of(client.practice, *steps, slug=slug)
    return actions.assign_program(client, version, by=by, now=NOW)


def errors(response):
    assert response.status_code == 200
    return {name: list(found) for name, found in response.context["form"].errors.items()}


class TestChoosing:
    def test_a_program_is_among_what_can_be_chosen(self, browser, joined):
        response = browser.get(page("assign", joined.pk), {"section": "program"})
        assert response.context["shelf"].found == 6
        assert page("program_assign", joined.pk, "limits-first") in response.content.decode()

    def test_a_gated_one_needs_its_check_first(self, browser, client_in_care):
        html = browser.get(
            page("assign", client_in_care.pk), {"section": "program"}
        ).content.decode()
        assert page("program_assign", client_in_care.pk, "limits-first") not in html
        assert page("program_assign", client_in_care.pk, "after-a-break-up") in html


class TestAssigning:
    def url(self, client, slug="limits-first"):
        return page("program_assign", client.pk, slug)

    def test_each_step_says_when_it_comes(self, browser, joined):
        text = text_of(browser.get(self.url(joined)))
        for words in (
            "A short text to begin with: what a limit is, and what it is not. At once.",
            "Two days before each session, 6 times.",
            "When “How it has been with others, a longer look” is answered.",
            "3 days after “What I need today” is answered.",
            "When you have given feedback on “Plan a limit”.",
        ):
            assert words in text
        text = text_of(browser.get(self.url(joined, "room-for-needs")))
        assert "At once, and then every 7 days: 5 times in all." in text

    def test_it_is_assigned_and_its_first_steps_are_there(self, browser, joined, clinician):
        response = browser.post(self.url(joined), {}, follow=True)
        assert "Assigned. They see its first steps now." in text_of(response)
        program = ProgramAssignment.objects.get()
        assert (program.client, program.created_by) == (joined, clinician)
        assert program.steps.count() == 3

    def test_sent_twice_it_is_assigned_once(self, browser, joined):
        once = browser.get(self.url(joined)).context["form"]["once"].value()
        for _ in range(2):
            assert browser.post(self.url(joined), {"once": str(once)}).status_code == 302
        assert ProgramAssignment.objects.get().pk == UUID(str(once))

    def test_without_a_check_there_is_no_button(self, browser, client_in_care):
        response = browser.get(self.url(client_in_care))
        assert "This needs a safety check first." in text_of(response)
        assert 'name="once"' not in response.content.decode()
        assert errors(browser.post(self.url(client_in_care), {})) == {
            "__all__": ["This needs a safety check first."]
        }
        assert not ProgramAssignment.objects.exists()

    def test_a_caution_is_read_first(self, browser, client_in_care, clinician):
        clear(client_in_care, by=clinician, outcome="caution")
        response = browser.get(self.url(client_in_care))
        assert "asked" in text_of(response)  # the note
        response = browser.post(self.url(client_in_care), {})
        assert errors(response) == {"acknowledged": ["Read the note, then tick this."]}
        response = browser.post(self.url(client_in_care), {"acknowledged": "on"}, follow=True)
        assert "Assigned. It waits for them until they join the portal." in text_of(response)

    def test_what_is_left_out_is_said(self, browser, joined, practice):
        Activity.objects.filter(practice=practice, slug="no-ladder").update(retired_at=NOW)
        text = text_of(browser.get(self.url(joined)))
        assert "Not in the library any more: it is left out." in text

    @pytest.mark.parametrize("slug", ["no-such-thing", "limit-plan", "limits-first"])
    def test_what_is_not_there_or_retired_is_not_found(self, browser, joined, practice, slug):
        Program.objects.filter(practice=practice, slug="limits-first").update(retired_at=NOW)
        assert browser.get(self.url(joined, slug)).status_code == 404

    @pytest.mark.parametrize("who", ["colleague", "supervisor", "owner", "stranger"])
    def test_it_is_for_whoever_cares_for_them(self, request, joined, who):
        other = as_user(request.getfixturevalue(who))
        assert other.get(self.url(joined)).status_code == 404
        assert other.post(self.url(joined), {}).status_code == 404
        assert not ProgramAssignment.objects.exists()


class TestAStepByHand:
    @pytest.fixture
    def program(self, joined, clinician):
        steps = (step("strengths-check", "at_once"), step("limit-plan", "after_feedback"))
        return assign(joined, *steps, by=clinician)

    def url(self, program, place=1):
        return page("program_step", program.client_id, program.pk, place)

    def test_from_the_work_page_to_the_portal(self, browser, program, joined):
        assert self.url(program) in browser.get(page("work", joined.pk)).content.decode()
        text = text_of(browser.get(self.url(program)))
        assert "Give “Plan a limit” now?" in text
        assert "By itself it comes: When you have given feedback on" in text
        response = browser.post(self.url(program), {}, follow=True)
        assert "Given. They see it now." in text_of(response)
        assert program.steps.get(step=1).occurrences.get().is_open(NOW + DAY)

    def test_a_second_click_gives_nothing_else(self, browser, program):
        for words in ("Given. They see it now.", "It was given before."):
            assert words in text_of(browser.post(self.url(program), {}, follow=True))
        assert program.steps.count() == 2

    def test_a_caution_is_read_first(self, browser, program, joined, clinician):
        clear(joined, by=clinician, outcome="caution", now=NOW + DAY)
        response = browser.post(self.url(program), {})
        assert errors(response) == {"acknowledged": ["Read the note, then tick this."]}
        browser.post(self.url(program), {"acknowledged": "on"})
        assert program.steps.get(step=1).safety_check.outcome == "caution"

    def test_a_hold_says_so_and_gives_nothing(self, browser, program, joined, clinician):
        clear(joined, by=clinician, outcome="hold", now=NOW + DAY)
        assert (
            "The safety check says hold"
            in errors(browser.post(self.url(program), {}))["__all__"][0]
        )
        work = browser.get(page("work", joined.pk))
        assert self.url(program) not in work.content.decode()

    @pytest.mark.parametrize("place", [2, 99])
    def test_what_is_no_step_is_not_found(self, browser, program, place):
        assert browser.get(self.url(program, place)).status_code == 404

    def test_what_is_left_out_is_not_found(self, browser, program, practice):
        Activity.objects.filter(practice=practice, slug="limit-plan").update(retired_at=NOW)
        assert browser.get(self.url(program)).status_code == 404

    def test_not_through_another_client(self, browser, program, clinician):
        other = make_client(clinician, "Other")
        for url in (
            page("program_step", other.pk, program.pk, 1),
            page("program_end", other.pk, program.pk),
            page("program_end", program.client_id, uuid7()),
        ):
            assert browser.post(url, {}).status_code == 404
        program.refresh_from_db()
        assert program.ended_at is None

    @pytest.mark.parametrize("who", ["colleague", "supervisor", "stranger"])
    def test_it_is_for_whoever_cares_for_them(self, request, program, who):
        other = as_user(request.getfixturevalue(who))
        assert other.post(self.url(program), {}).status_code == 404
        ended = other.post(page("program_end", program.client_id, program.pk))
        assert ended.status_code == 404


class TestTheWorkPage:
    def test_a_supervisor_reads_it_and_has_no_buttons(
        self, supervisor, joined, clinician, practice
    ):
        program = assign(joined, by=clinician, version=in_library(practice, "limits-first"))
        reads(supervisor, joined)
        html = as_user(supervisor).get(page("work", joined.pk)).content.decode()
        assert "When you have given feedback on “Plan a limit”." in html
        assert page("program_end", joined.pk, program.pk) not in html
        assert page("program_step", joined.pk, program.pk, 3) not in html

    def test_it_is_ended_and_stays_on_the_page(self, browser, joined, clinician, practice):
        program = assign(joined, by=clinician, version=in_library(practice, "limits-first"))
        url = page("program_end", joined.pk, program.pk)
        response = browser.post(url, follow=True)
        assert "Ended. What was sent stays." in text_of(response)
        assert "3 of 10 steps given" in text_of(response)
        assert browser.post(url).status_code == 404
        assert browser.get(url).status_code == 405

    def test_a_step_is_not_listed_twice(self, browser, joined, clinician):
        program = assign(
            joined,
            step("strengths-check", "at_once"),
            step("my-goals", "after_previous"),
            by=clinician,
        )
        sent = send(program.steps.get().occurrences.get(), by=joined.user)
        html = browser.get(page("work", joined.pk)).content.decode()
        assert html.count(page("response", sent.pk)) == 1

    def test_what_comes_before_sessions_says_that_none_is_booked(self, browser, joined, clinician):
        steps = (step("my-goals", "at_once"), step("strengths-check", "before_each_session"))
        assign(joined, *steps, by=clinician)
        text = text_of(browser.get(page("work", joined.pk)))
        assert "comes before the next session; none is booked" in text


class TestThePortal:
    @pytest.fixture
    def me(self, joined):
        joined.leave_page_shown_at = NOW
        joined.save(update_fields=["leave_page_shown_at"])
        return as_user(joined.user)

    WHY = "What still goes well with other people."

    def test_a_step_says_why_it_is_asked(self, me, joined, clinician):
        steps = (
            step("strengths-check", "at_once", why=self.WHY),
            step("my-goals", "after_previous"),
        )
        program = assign(joined, *steps, by=clinician)
        assert self.WHY in text_of(me.get(page("portal")))
        occurrence = program.steps.get().occurrences.get()
        assert self.WHY in text_of(me.get(page("begin", occurrence.pk)))

    def test_what_is_no_step_says_nothing(self, me, joined, clinician):
        occurrence = give(joined, "strengths-check", by=clinician).occurrences.get()
        for url in (page("portal"), page("begin", occurrence.pk)):
            assert me.get(url).status_code == 200
        assert me.get(page("portal")).context["home"].now[0].why == ""

    def test_its_pages_say_nothing_of_a_program(self, me, joined, clinician, practice):
        """Nor its name: only what is asked, one thing at a time."""
        assign(joined, by=clinician, version=in_library(practice, "limits-first"))
        assert "Limits, one small step at a time" not in text_of(me.get(page("portal")))


@pytest.mark.parametrize("number", [1, 3])
class TestStatements:
    """One literal number, with 1 program and with 3, with 1 step and with 3."""

    @pytest.fixture
    def programs(self, joined, clinician, number):
        steps = [step("strengths-check", "at_once", why="Why")] * number
        later = [step("limit-plan", "after_previous")] * number
        return [
            assign(joined, *steps, *later, by=clinician, slug=f"made-up-{n}") for n in range(number)
        ]

    def test_assigning(self, browser, joined, programs, number):
        url = page("program_assign", joined.pk, "made-up-0")
        assert statements(browser, url)[0] == ASSIGN

    def test_a_step(self, browser, joined, programs, number):
        url = page("program_step", joined.pk, programs[0].pk, number)
        assert statements(browser, url)[0] == STEP

    def test_work(self, browser, joined, programs, number):
        assert statements(browser, page("work", joined.pk))[0] == WORK

    def test_the_portal(self, joined, programs, number):
        joined.leave_page_shown_at = NOW
        joined.save(update_fields=["leave_page_shown_at"])
        assert statements(as_user(joined.user), page("portal"))[0] == PORTAL

    def test_beginning(self, joined, programs, number):
        occurrence = programs[0].steps.get(step=0).occurrences.get()
        url = page("begin", occurrence.pk)
        assert statements(as_user(joined.user), url)[0] == BEGIN

    def test_the_plan(self, joined, programs, number, django_assert_num_queries):
        version = programs[0].version
        with django_assert_num_queries(1):
            plan_of(version, now=NOW, zone=joined.zone)
