"""The session sheet: what came in since last time, and what is written for the session."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from assessments import actions
from assessments.sheet import sheet_of
from clients import actions as care
from clients.models import Session
from practice.ids import uuid7
from practice.models import AuditEvent
from tests.assessments.test_queries import statements
from tests.conftest import ENTRY, NOW, as_user, give, make_client, measure, reads, send

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
DAY = timedelta(days=1)
# With what the client marked, of whatever day, what they have not opened, and what may come next.
SHEET = 28  # one notes that words were shown: they are not taken back any more


@pytest.fixture
def browser(clinician):
    return as_user(clinician)


@pytest.fixture
def session(joined, clinician):
    """Today at two; the one before was a week ago."""
    held(joined, clinician, NOW - 7 * DAY)
    return care.book_session(
        joined, by=clinician, starts_at=NOW + timedelta(hours=4), now=NOW - 7 * DAY
    )


def held(client, clinician, at):
    before = care.book_session(client, by=clinician, starts_at=at, now=at)
    care.settle_session(before, outcome="attended", by=clinician, now=at + timedelta(hours=1))
    return before


def address(session):
    return reverse("assessments:sheet", args=[session.pk])


def text_of(response):
    return " ".join(re.sub(r"<[^>]*>", " ", response.content.decode()).split())


def fields(page, **words):
    form = page.context["form"]
    return {"page": form["page"].value(), "opened_at": form["opened_at"].value(), **words}


class TestWhatCameIn:
    def test_since_the_last_attended_session(self, joined, session, clinician):
        log = give(joined, "limit-log", by=clinician, times=4, now=NOW - 20 * DAY)
        for number, days in ((1, 9), (2, 3), (3, 1)):
            at = NOW - days * DAY
            occurrence = log.occurrences.open(at).earliest("opens_at")
            actions.add_entry(
                occurrence,
                ENTRY | {"kept": "kept"},
                number=actions.next_number(occurrence),
                by=joined.user,
                now=at,
            )
            assert number
        [homework] = [
            each
            for each in sheet_of(session, now=NOW).homework
            if each.definition.slug == "limit-log"
        ]
        assert len(homework.responses) == 2
        assert list(homework.kept.values()) == [2]

    def test_what_came_after_a_session_stands_on_the_next_sheet(self, joined, clinician):
        before = held(joined, clinician, NOW - 7 * DAY)
        given = give(joined, "strengths-check", by=clinician, now=NOW - 2 * DAY)
        send(given.occurrences.get(), by=joined.user, now=NOW - DAY)
        after = care.book_session(joined, by=clinician, starts_at=NOW + DAY, now=NOW)
        assert sheet_of(before, now=NOW).homework == []
        assert len(sheet_of(after, now=NOW).homework) == 1

    def test_a_cancelled_session_is_no_last_time(self, joined, session, clinician):
        off = care.book_session(joined, by=clinician, starts_at=NOW - 2 * DAY, now=NOW - 5 * DAY)
        care.settle_session(off, outcome="cancelled", by=clinician, now=NOW - 2 * DAY)
        assert sheet_of(session, now=NOW).since == NOW - 7 * DAY

    def test_before_the_first_session_it_is_everything(self, joined, clinician):
        first = care.book_session(joined, by=clinician, starts_at=NOW + DAY, now=NOW)
        sheet = sheet_of(first, now=NOW)
        assert sheet.is_first
        assert sheet.since == joined.episodes.get().opened_at

    def test_what_was_asked_and_is_not_answered(self, joined, session, clinician):
        give(joined, "patterns-check", by=clinician, now=NOW - 4 * DAY, due_in_days=1)
        give(joined, "strengths-check", by=clinician, now=NOW - DAY, due_in_days=3)
        found = {each.definition.slug: each for each in sheet_of(session, now=NOW).homework}
        assert (found["patterns-check"].missed, found["patterns-check"].waiting) == (1, 0)
        assert (found["strengths-check"].missed, found["strengths-check"].waiting) == (0, 1)

    def test_what_moved_in_sentences(self, browser, joined, session, clinician):
        measure(joined, 9, by=clinician, days_ago=9)
        measure(joined, 16, by=clinician, days_ago=2)
        words = text_of(browser.get(address(session)))
        assert "Deteriorated PHQ-9 total 9 → 16 Worse by more than measurement error." in words

    def test_goals_compare_only_the_same_words(self, joined, session, clinician):
        goals = give(joined, "my-goals", by=clinician, times=3, now=NOW - 8 * DAY)
        occurrence = goals.occurrences.open(NOW - DAY).earliest("opens_at")
        for number, answers in enumerate(
            (
                {"goal_1": "Rest on Sundays", "now_1": 3, "how_many": "one"},
                {
                    "goal_1": "Rest on Sundays",
                    "now_1": 5,
                    "how_many": "two",
                    "goal_2": "Call Ben",
                    "now_2": 7,
                },
            ),
            start=1,
        ):
            actions.add_entry(
                occurrence,
                answers,
                number=number,
                by=joined.user,
                now=NOW - timedelta(hours=9 - number),
            )
        goals = sheet_of(session, now=NOW).goals
        assert [(goal.words, goal.now, goal.before) for goal in goals] == [
            ("Rest on Sundays", 5, 3),
            ("Call Ben", 7, None),
        ]

    def test_questions_are_those_of_what_came_in(self, joined, session, clinician):
        given = give(joined, "strengths-check", by=clinician, now=NOW - DAY)
        give(joined, "patterns-check", by=clinician, now=NOW - DAY)
        response = send(given.occurrences.get(), by=joined.user, now=NOW - DAY)
        questions = sheet_of(session, now=NOW).questions
        assert questions
        assert set(questions) <= set(response.version.definition.prompts)

    def test_alerts_open_and_raised_since(self, browser, joined, session, clinician):
        occurrence = give(joined, "limit-plan", by=clinician).occurrences.get()
        actions.ask_to_talk(occurrence, by=joined.user, now=NOW)
        assert "Asked to talk before trying something" in text_of(browser.get(address(session)))

    def test_what_was_not_talked_about_yet(self, browser, joined, session, clinician):
        given = give(joined, "strengths-check", by=clinician, now=NOW - DAY)
        response = send(given.occurrences.get(), by=joined.user, now=NOW - DAY)
        assert "1 not talked about yet" in text_of(browser.get(address(session)))
        actions.mark_discussed(response, by=clinician, now=NOW)
        assert "talked about yet" not in text_of(browser.get(address(session)))


class TestReading:
    def test_the_row_leaves_today_when_it_was_read(self, browser, session):
        today = reverse("assessments:today")
        [reason] = browser.get(today).context["today"].reasons
        assert (reason.kind, reason.url) == ("session", address(session))
        browser.get(reason.url)
        assert browser.get(today).context["today"].reasons == []
        assert AuditEvent.objects.filter(action="sheet.read").count() == 1

    def test_a_supervisor_reads_without_that(self, session, supervisor):
        reads(supervisor, session.client)
        page = as_user(supervisor).get(address(session))
        assert page.status_code == 200
        assert page.context["form"] is None
        session.refresh_from_db()
        assert session.sheet_read_at is None

    def test_the_private_note_is_for_nobody_else(
        self, browser, session, joined, supervisor, clinician, colleague
    ):
        browser.post(address(session), fields(browser.get(address(session)), note="Between us"))
        care_team = joined.care_team.create(
            practice=joined.practice, clinician=colleague, is_primary=False, since=NOW
        )
        assert care_team
        reads(supervisor, joined)
        for other in (supervisor, colleague):
            page = as_user(other).get(address(session))
            assert page.status_code == 200
            assert "Between us" not in page.content.decode()
        as_user(colleague).post(
            address(session),
            fields(as_user(colleague).get(address(session)), note="Not mine", points="Ours"),
        )
        session.refresh_from_db()
        assert (session.note, session.points) == ("Between us", "Ours")


class TestWriting:
    def test_kept_by_the_button_and_while_one_types(self, browser, session):
        page = browser.get(address(session))
        sent = browser.post(address(session), fields(page, points="One\r\nTwo", note="So"))
        assert sent.status_code == 302
        kept = browser.post(
            address(session),
            fields(page, points="One\nTwo\nThree", note="So"),
            headers={"X-Keep": "1"},
        )
        assert kept.status_code == 204
        session.refresh_from_db()
        assert (session.points, session.note) == ("One\nTwo\nThree", "So")

    def test_two_windows_never_overwrite_each_other(self, browser, session, clock):
        first, second = browser.get(address(session)), browser.get(address(session))
        clock.shift(timedelta(seconds=5))
        browser.post(address(session), fields(first, points="From the first", note=""))
        later = browser.post(
            address(session),
            fields(second, points="From the second", note=""),
            headers={"X-Keep": "1"},
        )
        assert later.status_code == 422
        assert "another window" in later.content.decode()
        shown = browser.post(address(session), fields(second, points="From the second", note=""))
        assert shown.status_code == 200
        assert "From the second" in shown.content.decode()
        session.refresh_from_db()
        assert session.points == "From the first"

    def test_one_thing_becomes_a_point_once(self, browser, session):
        point = reverse("assessments:sheet_point", args=[session.pk])
        for _each in range(2):
            assert browser.post(point, {"point": "What helped?"}).url == address(session)
        browser.post(point, {"point": "   "})
        session.refresh_from_db()
        assert session.points == "What helped?"

    def test_too_much_is_refused_with_a_sentence(self, browser, session):
        page = browser.get(address(session))
        sent = browser.post(address(session), fields(page, points="x" * 20_001, note=""))
        assert sent.status_code == 200
        assert sent.context["form"].errors["points"]
        assert Session.objects.get(pk=session.pk).points == ""

    def test_letters_of_all_kinds_come_back(self, browser, session):
        words = "سلام 👋🏽 ניסיון"
        browser.post(address(session), fields(browser.get(address(session)), points=words, note=""))
        assert words in browser.get(address(session)).content.decode()


def test_what_was_due_in_an_agreed_pause_is_not_held_against_them(
    browser, joined, session, clinician
):
    due = give(joined, "patterns-check", by=clinician, now=NOW - 5 * DAY).occurrences.get().due_at
    assert "was due and is not answered" in text_of(browser.get(address(session)))
    pause = {"paused_from": due.date(), "paused_until": due.date()}
    joined.safe_contacts.current().update(**pause)
    assert "was due and is not answered" not in text_of(browser.get(address(session)))


def test_what_was_due_while_it_was_paused_is_not_either(browser, joined, session, clinician):
    asked = give(joined, "patterns-check", by=clinician, now=NOW - 5 * DAY)
    actions.pause_assignment(asked, by=clinician, now=NOW - 4 * DAY)
    assert "not answered" not in text_of(browser.get(address(session)))


def test_words_that_the_client_has_not_opened_yet(browser, joined, session, clinician):
    occurrence = give(joined, "patterns-check", by=clinician, now=NOW - 2 * DAY).occurrences.get()
    sent = send(occurrence, by=joined.user, now=NOW - DAY)
    actions.give_feedback(sent, "Well seen.", once=uuid7(), by=clinician, now=NOW)
    assert "not opened yet" in text_of(browser.get(address(session)))
    actions.see_feedback(joined, by=joined.user, now=NOW)
    assert "not opened yet" not in text_of(browser.get(address(session)))


class TestWhatComesNext:
    def test_one_chooses_here_when_there_and_comes_back(self, browser, joined, session):
        options = dict(browser.get(address(session)).context["next"].fields["what"].choices)
        assert {"Screeners", "Programs"} <= {str(section) for section in options}
        here = reverse("assessments:sheet_next", args=[session.pk])
        there = browser.get(here, {"what": "patterns-check"}).url
        page = browser.get(there)
        assert f'href="{address(session)}"' in page.content.decode()  # not now
        form = page.context["form"]
        sent = {name: form[name].value() or "" for name in form.fields if name != "acknowledged"}
        assert browser.post(there, sent).url == address(session)
        assert joined.assignments.filter(activity__slug="patterns-check").count() == 1

    def test_a_program_too_and_what_is_not_there_leads_to_the_library(
        self, browser, joined, session
    ):
        here = reverse("assessments:sheet_next", args=[session.pk])
        cards = browser.get(address(session)).context["next"].cards
        key, card = next((key, card) for key, card in cards.items() if card.is_program)
        there = reverse("assessments:program_assign", args=[joined.pk, card.definition.slug])
        assert browser.get(here, {"what": key}).url == f"{there}?sheet={session.pk}"
        library = reverse("assessments:assign", args=[joined.pk])
        assert browser.get(here, {"what": "no-such-thing"}).url == library

    def test_the_sheet_of_another_client_is_no_way_back(self, browser, joined, session, clinician):
        other = make_client(clinician, "Ona Lund")
        there = reverse("assessments:assignment_create", args=[other.pk, "limit-plan"])
        page = browser.get(there, {"sheet": str(session.pk)})
        assert page.context["afterwards"] == reverse("assessments:work", args=[other.pk])


@pytest.mark.parametrize("times", [1, 3])
def test_how_many_statements(browser, joined, session, clinician, times):
    measure(joined, 9, by=clinician, days_ago=9)
    measure(joined, 16, by=clinician, days_ago=2)
    for n in range(times):
        at = NOW - timedelta(hours=5 - n)
        given = give(joined, "strengths-check", by=clinician, now=at)
        send(given.occurrences.get(), by=joined.user, now=at)
        give(joined, "patterns-check", by=clinician, now=at)
        occurrence = give(joined, "limit-plan", by=clinician, now=at).occurrences.get()
        actions.ask_to_talk(occurrence, by=joined.user, now=at)
    browser.get(address(session))
    assert statements(browser, address(session))[0] == SHEET
