"""The clinician's pages about what was asked and what came of it."""

import re
from datetime import timedelta
from uuid import UUID

import pytest
from django.urls import reverse

from assessments import actions, schedule
from assessments.models import Alert, Assignment, Response
from clients import actions as care
from practice.models import AuditEvent
from tests.assessments.test_actions_respond import withdraw
from tests.conftest import ENTRY, NOW, answer_all, as_user, clear, give, make_client, reads, send

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
DAY = timedelta(days=1)


def page(name, *args):
    return reverse(f"assessments:{name}", args=args)


def text_of(response):
    return response.content.decode()


def errors(response):
    assert response.status_code == 200
    return {name: list(found) for name, found in response.context["form"].errors.items()}


@pytest.fixture
def browser(clinician):
    return as_user(clinician)


@pytest.fixture
def sent(joined, clinician):
    return send(give(joined, "patterns-check", by=clinician).occurrences.get(), by=joined.user)


class TestToday:
    def test_a_row_says_why_and_leads_there(self, browser, sent, joined):
        response = browser.get(page("today"))
        text = text_of(response)
        assert "How it has been with others" in text
        assert f'href="{page("timeline", joined.pk)}">{joined}' in text
        assert page("read_next", joined.pk) in text

    @pytest.mark.parametrize(
        ("only", "shown"),
        [("unread", ["unread"]), ("alert", []), ("nonsense", ["unread"]), ("", ["unread"])],
    )
    def test_a_count_filters(self, browser, sent, only, shown):
        response = browser.get(page("today"), {"only": only})
        rows = [row for group in response.context["groups"] for row in group.rows]
        assert [row.reason.kind for row in rows] == shown

    def test_noted_takes_a_row_away_and_undo_brings_it_back(self, browser, joined, clinician):
        care.stop_messages(joined, by=None, now=NOW - 9 * DAY)
        give(joined, "strengths-check", by=clinician, now=NOW - 5 * DAY, due_in_days=1)
        assert "Has not answered what was due" in text_of(browser.get(page("today")))
        noted = browser.post(page("missed_note", joined.pk), follow=True)
        assert "Noted. It stays on the Contact page" in text_of(noted)
        assert "Has not answered what was due" not in text_of(noted)
        back = browser.post(page("missed_note", joined.pk), {"undo": "1"}, follow=True)
        assert "Has not answered what was due" in text_of(back)

    def test_nothing_that_needs_anybody_says_so(self, browser, joined):
        assert "Nothing needs you." in text_of(browser.get(page("today")))

    def test_an_empty_caseload_says_what_to_do(self, browser):
        assert reverse("clients:client_add") in text_of(browser.get(page("today")))


class TestAssigning:
    def url(self, client, slug="strengths-check"):
        return page("assignment_create", client.pk, slug)

    def test_once_until_a_day(self, browser, joined):
        form = {"when": "once", "due_on": "2026-11-20", "times": "4"}
        response = browser.post(self.url(joined), form)
        assert response.url == page("work", joined.pk)
        given = Assignment.objects.get()
        assert schedule.parse(given.schedule).due_on.isoformat() == "2026-11-20"
        assert given.occurrences.get().due_at.isoformat() == "2026-11-20T21:00:00+00:00"

    def test_what_is_asked_already_is_said_until_it_is_answered(self, browser, joined, clinician):
        url = reverse("assessments:assignment_create", args=[joined.pk, "strengths-check"])
        assert browser.get(url).context["running"] is None
        given = give(joined, "strengths-check", by=clinician)
        page = browser.get(url)
        assert page.context["running"] == given
        assert "They are asked this already" in page.content.decode()
        send(given.occurrences.get(), by=joined.user)
        assert browser.get(url).context["running"] is None

    def test_sent_twice_it_is_assigned_once(self, browser, joined):
        once = browser.get(self.url(joined)).context["form"]["once"].value()
        form = {"when": "once", "due_on": "2026-11-20", "times": "4", "once": str(once)}
        for _ in range(2):
            response = browser.post(self.url(joined), form, follow=True)
            assert "Assigned. They see it now." in text_of(response)
        assert Assignment.objects.get().pk == UUID(str(once))
        assert browser.get(self.url(joined)).context["form"]["once"].value() != once

    def test_the_name_of_what_somebody_else_is_asked_is_not_found(self, browser, joined, clinician):
        other = make_client(clinician, "Nia")
        clear(other, by=clinician)
        theirs = give(other, "patterns-check", by=clinician)
        form = {"when": "once", "due_on": "2026-11-20", "times": "4", "once": str(theirs.pk)}
        assert browser.post(self.url(joined), form).status_code == 404
        assert not joined.assignments.exists()

    def test_its_name_is_on_the_page(self, browser, joined):
        assert '<input type="hidden" name="once"' in text_of(browser.get(self.url(joined)))

    def test_one_who_has_not_joined_sees_it_later(self, browser, client_in_care):
        form = {"when": "once", "due_on": "", "times": ""}
        response = browser.post(self.url(client_in_care), form, follow=True)
        assert "Assigned. It waits for them until they join the portal." in text_of(response)

    def test_weekly_four_times(self, browser, joined):
        browser.post(self.url(joined, "limit-log"), {"when": "week", "weekdays": "3", "times": "4"})
        assert Assignment.objects.get().occurrences.count() == 4

    def test_by_friday_is_what_the_form_begins_with(self, browser, joined):
        form = browser.get(self.url(joined)).context["form"]
        assert form["due_on"].value().isoformat() == "2026-11-20"
        assert form["when"].value() == "once"
        assert browser.get(self.url(joined, "limit-log")).context["form"]["when"].value() == "week"

    @pytest.mark.parametrize(
        ("form", "field"),
        [
            ({}, "when"),
            ({"when": "never"}, "when"),
            ({"when": "once", "due_on": "Friday"}, "due_on"),
            ({"when": "once", "due_on": "2026-11-17"}, "due_on"),
            ({"when": "once", "due_on": "9999-12-31"}, "due_on"),
            ({"when": "week", "times": "4"}, "weekdays"),
            ({"when": "week", "weekdays": "3", "times": ""}, "times"),
            ({"when": "week", "weekdays": "3", "times": "0"}, "times"),
            ({"when": "week", "weekdays": "3", "times": "53"}, "times"),
            ({"when": "week", "weekdays": "3", "times": "x"}, "times"),
        ],
        ids=str,
    )
    def test_a_wrong_input_has_its_sentence_and_assigns_nothing(self, browser, joined, form, field):
        response = browser.post(self.url(joined), form or {"x": "1"})
        assert list(errors(response)) == [field]
        assert not Assignment.objects.exists()

    def test_without_a_check_nothing_gated_is_assigned(self, browser, client_in_care):
        url = self.url(client_in_care, "limit-log")
        assert browser.get(url).status_code == 200
        response = browser.post(url, {"when": "once"})
        assert errors(response) == {"__all__": ["This needs a safety check first."]}
        assert not Assignment.objects.exists()

    def test_a_hold_says_so(self, browser, client_in_care, clinician):
        clear(client_in_care, by=clinician, outcome="hold")
        response = browser.post(self.url(client_in_care, "limit-log"), {"when": "once"})
        assert "The safety check says hold" in errors(response)["__all__"][0]

    def test_a_caution_is_read_first(self, browser, client_in_care, clinician):
        clear(client_in_care, by=clinician, outcome="caution")
        url = self.url(client_in_care, "limit-log")
        response = browser.post(url, {"when": "once"})
        assert errors(response) == {"acknowledged": ["Read the note, then tick this."]}
        assert browser.post(url, {"when": "once", "acknowledged": "on"}).status_code == 302
        assert Assignment.objects.get().safety_check.outcome == "caution"

    @pytest.mark.parametrize("slug", ["no-such-thing", "limit-plan"])
    def test_what_is_not_there_or_retired_is_not_found(self, browser, joined, slug):
        found = Assignment.activity.field.related_model.objects.filter(slug="limit-plan")
        found.update(retired_at=NOW)
        assert browser.get(self.url(joined, slug)).status_code == 404
        assert "limit-plan" not in text_of(browser.get(page("assign", joined.pk)))

    def test_the_choice_is_in_the_order_of_titles(self, browser, joined):
        shelf = browser.get(page("assign", joined.pk)).context["shelf"]
        for cards in shelf.sections.values():
            titles = [card.definition.title.casefold() for card in cards]
            assert titles == sorted(titles)
        assert shelf.found == shelf.total > 40

    def test_what_she_often_gives_comes_first(self, browser, joined, clinician, colleague):
        """Her own habits, not her colleague's; and what she gave once is none."""
        other = make_client(colleague, "Other X")
        for client, slug, times, by in (
            (joined, "need-or-want", 2, clinician),
            (joined, "strengths-check", 3, clinician),
            (joined, "needs-check", 1, clinician),
            (other, "support-circle", 4, colleague),
        ):
            for _ in range(times):
                give(client, slug, by=by)
        shelf = browser.get(page("assign", joined.pk)).context["shelf"]
        often = [card.definition.slug for card in shelf.often]
        assert often == ["strengths-check", "need-or-want"]
        text = text_of(browser.get(page("assign", joined.pk)))
        assert text.index("You often give") < text.index("Screeners <")
        assert "You often give" not in text_of(browser.get(page("assign", joined.pk) + "?q=check"))

    def test_the_newest_version_is_shown(self, browser, joined, practice):
        withdraw(practice, "needs_1")
        definition = browser.get(self.url(joined, "patterns-check")).context["definition"]
        assert "needs_1" not in [item.id for item in definition.asked()]

    def test_it_is_ended_and_stays_on_the_page(self, browser, joined, clinician):
        given = give(joined, "strengths-check", by=clinician)
        url = page("assignment_end", joined.pk, given.pk)
        response = browser.post(url, follow=True)
        assert "Ended. What was sent stays." in text_of(response)
        assert browser.post(url).status_code == 404  # it does not run any more


class TestAResponse:
    def test_opening_it_reads_it(self, browser, sent, clinician):
        response = browser.get(page("response", sent.pk))
        assert response.status_code == 200
        sent.refresh_from_db()
        assert (sent.read_by, sent.read_at is not None) == (clinician, True)
        assert len(response.context["scores"]) == 8
        assert "Reflection tool" in text_of(response)

    def test_a_supervisor_reads_it_and_it_stays_unread_for_the_care_team(self, sent, supervisor):
        reads(supervisor, sent.client)
        assert as_user(supervisor).get(page("response", sent.pk)).status_code == 200
        sent.refresh_from_db()
        assert sent.read_at is None
        event = AuditEvent.objects.get(action="response.read")
        assert (event.actor, event.record_id) == (supervisor, sent.pk)

    def test_a_draft_is_not_found(self, browser, joined, clinician):
        occurrence = give(joined, "patterns-check", by=clinician).occurrences.get()
        draft = actions.keep(occurrence, {"giving_1": 1}, by=joined.user, now=NOW)
        assert browser.get(page("response", draft.pk)).status_code == 404

    def test_not_answered_is_said_in_words_and_never_as_zero(self, browser, joined, clinician):
        occurrence = give(joined, "patterns-check", by=clinician).occurrences.get()
        answers = answer_all(actions.current_version(occurrence)) | {"giving_1": None}
        actions.keep(occurrence, answers, by=joined.user, now=NOW)
        found = actions.submit(occurrence, by=joined.user, now=NOW)
        response = browser.get(page("response", found.pk))
        first = response.context["answers"][0]
        assert (first.words, first.is_missing) == ("Not answered", True)
        assert response.context["scores"][0][1].value is None

    def test_it_is_shown_with_the_questions_that_were_answered(self, browser, sent, practice):
        withdraw(practice, "needs_1")
        answers = browser.get(page("response", sent.pk)).context["answers"]
        assert [answer.item.id for answer in answers][:2] == ["giving_1", "needs_1"]

    def test_the_oldest_unread_one_is_read_next(self, browser, joined, clinician):
        old, new = (
            send(
                give(joined, "strengths-check", by=clinician, now=NOW - 2 * DAY).occurrences.get(),
                by=joined.user,
                now=NOW - days * DAY,
            )
            for days in (2, 1)
        )
        assert browser.get(page("read_next", joined.pk)).url == page("response", old.pk)
        browser.get(page("response", old.pk))
        assert browser.get(page("read_next", joined.pk)).url == page("response", new.pk)
        browser.get(page("response", new.pk))
        assert browser.get(page("read_next", joined.pk)).url == page("timeline", joined.pk)


DONE = {"acted": "phoned"}


class TestAnAlert:
    @pytest.fixture
    def alert(self, joined, clinician):
        plan = give(joined, "limit-plan", by=clinician).occurrences.get()
        return actions.ask_to_talk(plan, by=joined.user, now=NOW)

    def test_opening_it_sees_it(self, browser, alert, clinician):
        response = browser.get(page("alert", alert.pk))
        assert response.context["about"].slug == "limit-plan"
        alert.refresh_from_db()
        assert alert.seen_by == clinician

    def test_a_supervisor_looks_and_it_stays_unseen(self, alert, supervisor):
        reads(supervisor, alert.client)
        response = as_user(supervisor).get(page("alert", alert.pk))
        assert (response.status_code, response.context["form"]) == (200, None)
        alert.refresh_from_db()
        assert alert.seen_at is None

    def test_it_is_closed_with_a_note(self, browser, alert, clinician):
        response = browser.post(page("alert", alert.pk), DONE | {"note": "Called her"})
        assert response.url == page("today")
        alert.refresh_from_db()
        assert (alert.closed_by, alert.note) == (clinician, "Called her")

    @pytest.mark.parametrize("note", ["", "   "])
    def test_without_a_note_it_stays_open(self, browser, alert, note):
        response = browser.post(page("alert", alert.pk), DONE | {"note": note})
        assert errors(response) == {"note": ["This field is required."]}
        assert Alert.objects.open().count() == 1

    def test_a_note_that_is_too_long_stays_on_the_page(self, browser, alert):
        response = browser.post(page("alert", alert.pk), DONE | {"note": "x" * 5_001})
        assert list(errors(response)) == ["note"]
        assert "x" * 5_001 in text_of(response)

    def test_a_second_click_does_not_change_the_first_note(self, browser, alert, clinician):
        browser.post(page("alert", alert.pk), DONE | {"note": "First"})
        late = {"note": "And what I typed"}
        again = text_of(browser.post(page("alert", alert.pk), late))
        assert re.search(r"Closed by Clara\b.*, before you", " ".join(again.split()))
        assert "And what I typed" in again
        alert.refresh_from_db()
        assert alert.note == "First"

    def test_one_that_does_not_feel_safe_leads_to_what_was_sent(self, browser, joined, clinician):
        plan = give(joined, "limit-plan", by=clinician).occurrences.get()
        actions.keep(plan, {"limit": "x", "safe": "no"}, by=joined.user, now=NOW)
        sent = actions.submit(plan, by=joined.user, now=NOW)
        text = text_of(browser.get(page("alert", Alert.objects.get().pk)))
        assert "does not feel safe to try" in text
        assert page("response", sent.pk) in text


class TestTheTimeline:
    def test_scores_entries_and_sessions_stand_on_one_page_with_the_label(
        self, browser, sent, joined, clinician
    ):
        log = give(joined, "limit-log", by=clinician, times=2).occurrences.get(number=1)
        actions.add_entry(log, ENTRY, number=1, by=joined.user, now=NOW)
        session = care.book_session(joined, by=clinician, starts_at=NOW - 7 * DAY, now=NOW)
        care.settle_session(session, outcome="attended", by=clinician, now=NOW)
        response = browser.get(page("timeline", joined.pk))
        text = text_of(response)
        assert response.context["has_unvalidated"] is True
        assert "Reflection tool" in text
        for title in ("Balance of giving", "Limit log", "Attended"):
            assert title in text
        assert "<svg" in text
        assert "<table" in text

    def test_before_anything_has_happened_it_is_a_page_too(self, browser, client_in_care):
        response = browser.get(page("timeline", client_in_care.pk))
        assert (response.status_code, response.context["timeline"]) == (200, None)

    @pytest.mark.parametrize(
        ("since", "span", "days_back"),
        [("session", "session", 7), ("start", "start", 0), ("nonsense", "", 7)],
    )
    def test_it_can_be_narrowed(self, browser, sent, joined, clinician, since, span, days_back):
        """The episode began today; the session was entered for a day before."""
        session = care.book_session(joined, by=clinician, starts_at=NOW - 7 * DAY, now=NOW)
        care.settle_session(session, outcome="attended", by=clinician, now=NOW)
        response = browser.get(page("timeline", joined.pk), {"since": since})
        assert response.status_code == 200
        assert response.context["span"] == span
        assert response.context["timeline"].start == (NOW - days_back * DAY).date()

    def test_since_a_session_that_never_was(self, browser, sent, joined):
        response = browser.get(page("timeline", joined.pk), {"since": "session"})
        assert (response.status_code, response.context["span"]) == (200, "")
        assert "No session was attended yet" in text_of(response)

    def test_looking_is_on_record(self, browser, joined, clinician):
        browser.get(page("timeline", joined.pk))
        event = AuditEvent.objects.get(action="timeline.read")
        assert (event.actor, event.client_id) == (clinician, joined.pk)

    def test_a_draft_is_not_shown(self, browser, joined, clinician):
        occurrence = give(joined, "patterns-check", by=clinician).occurrences.get()
        actions.keep(occurrence, {"giving_1": 1}, by=joined.user, now=NOW)
        response = browser.get(page("timeline", joined.pk))
        assert list(response.context["recent"]) == []
        assert Response.objects.count() == 1
