"""What the client brings to the session: marked by them, and theirs to take back."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from assessments import actions
from assessments.models import Response
from assessments.today import today_of
from clients import actions as care
from practice.models import AuditEvent
from tests.conftest import ENTRY, NOW, as_user, give, join, make_client, reads, send

from .test_feedback import text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
DAY = timedelta(days=1)
WORDS = "لا مكالمات 👋🏽 <b>after nine</b>"


@pytest.fixture
def sam(joined):
    joined.leave_page_shown_at = NOW
    joined.save(update_fields=["leave_page_shown_at"])
    return joined


@pytest.fixture
def log(sam, clinician):
    given = give(sam, "limit-log", by=clinician, times=4, now=NOW - DAY)
    occurrence = given.occurrences.earliest("opens_at")
    actions.say_safe_time(occurrence, by=sam.user, now=NOW)
    return occurrence


@pytest.fixture
def session(sam, clinician):
    return care.book_session(sam, by=clinician, starts_at=NOW + timedelta(hours=4), now=NOW - DAY)


@pytest.fixture
def phone(sam):
    return as_user(sam.user)


@pytest.fixture
def desk(clinician):
    return as_user(clinician)


def form_of(log):
    return reverse("assessments:entry", args=[log.pk])


def add(log, *, sharing="bring", words=WORDS, now=NOW):
    number = actions.next_number(log)
    answers = ENTRY | {"limit": words}
    by = log.client.user
    return actions.add_entry(log, answers, number=number, sharing=sharing, by=by, now=now)


def sheet_text(desk, session):
    return text_of(desk.get(reverse("assessments:sheet", args=[session.pk])))


def toggle(phone, response, **form):
    return phone.post(reverse("assessments:bring", args=[response.pk]), form)


class TestTheSwitch:
    def test_it_is_off_until_the_client_turns_it_on(self, phone, log):
        page = phone.get(form_of(log)).content.decode()
        chosen = re.findall(r'name="for_session" value="(\w+)"[^>]*checked', page)
        assert chosen == ["send"]
        phone.post(form_of(log), ENTRY | {"number": "1"})
        assert Response.objects.get().brought_at is None

    def test_it_is_kept_with_the_draft_and_sent_with_the_entry(self, phone, log):
        touched = {"limit": "No", "touched": ["limit", "for_session"], "for_session": "bring"}
        phone.post(form_of(log), touched, headers={"X-Keep": "1"})
        assert Response.objects.drafts().get().is_brought
        assert not Response.objects.brought().exists()  # a draft belongs to the client alone
        page = phone.get(form_of(log))
        assert page.context["sharing"].initial == {"for_session": "bring"}
        phone.post(form_of(log), ENTRY | {"number": "1", "for_session": "bring"})
        assert Response.objects.brought().get().answers["limit"] == ENTRY["limit"]
        assert AuditEvent.objects.get(action="response.submitted").detail == {"brought": True}

    def test_a_tab_that_did_not_touch_it_leaves_it_as_it_is(self, phone, log):
        keep = {"X-Keep": "1"}
        phone.post(form_of(log), {"for_session": "bring", "touched": "for_session"}, headers=keep)
        phone.post(form_of(log), {"limit": "No", "touched": "limit"}, headers=keep)
        assert Response.objects.drafts().get().is_brought
        phone.post(form_of(log), {"for_session": "send", "touched": "for_session"}, headers=keep)
        assert not Response.objects.drafts().get().is_brought


class TestLater:
    @pytest.mark.parametrize("back", ["entries", "done", "brought", "elsewhere"])
    def test_marked_twice_and_taken_back_twice(self, phone, log, back):
        entry = add(log, sharing=None)
        for _tab in range(2):
            leads_to = toggle(phone, entry, back=back).url
        name = back if back in ("entries", "done") else "brought"
        args = [log.pk] if name != "brought" else []
        assert leads_to == reverse(f"assessments:{name}", args=args)
        assert Response.objects.brought().get() == entry
        assert AuditEvent.objects.filter(action="response.brought").count() == 1
        for _tab in range(2):
            toggle(phone, entry, back=back, undo="1")
        assert not Response.objects.brought().exists()
        assert AuditEvent.objects.filter(action="response.left_out").count() == 1

    def test_the_first_page_says_how_many_and_leads_to_them(self, phone, log):
        home = reverse("assessments:portal")
        assert "For your session" not in text_of(phone.get(home))
        for _n in range(2):
            add(log)
        assert "For your session 2 things" in text_of(phone.get(home))
        page = phone.get(reverse("assessments:brought")).content.decode()
        assert page.count("لا مكالمات 👋🏽 &lt;b&gt;after nine&lt;/b&gt;") == 2
        assert "<b>after" not in page

    def test_after_answers_in_steps_it_stands_beside_the_thanks(self, phone, sam, clinician):
        given = give(sam, "strengths-check", by=clinician).occurrences.get()
        sent = send(given, by=sam.user)
        done = reverse("assessments:done", args=[given.pk])
        assert "Bring this to my session" in text_of(phone.get(done))
        toggle(phone, sent, back="done")
        assert "Marked for your next session." in text_of(phone.get(done))

    def test_of_another_client_there_is_nothing(self, log, clinician):
        entry = add(log)
        other = as_user(join(make_client(clinician, "Other"), by=clinician).user)
        assert toggle(other, entry, undo="1").status_code == 404
        assert "مكالمات" not in text_of(other.get(reverse("assessments:brought")))
        assert Response.objects.brought().count() == 1

    def test_what_is_not_sent_cannot_be_marked_so(self, phone, log, sam):
        draft = actions.keep(log, {"limit": "No"}, by=sam.user, now=NOW)
        assert toggle(phone, draft).status_code == 404


class TestOnTheSheet:
    def test_their_words_stand_first_under_their_questions(self, desk, log, session, sam):
        entry = add(log, now=NOW - timedelta(hours=1))
        page = desk.get(reverse("assessments:sheet", args=[session.pk]))
        words = text_of(page)
        assert words.index("In their own words, for this session") < words.index("What moved")
        assert "What was the limit? لا مكالمات 👋🏽 &lt;b&gt;after nine&lt;/b&gt;" in words
        desk.post(reverse("assessments:sheet_point", args=[session.pk]), {"point": "x"})
        [brought] = page.context["sheet"].brought
        assert brought.response == entry

    def test_an_older_one_stays_until_it_was_talked_about(self, desk, phone, log, sam, clinician):
        entry = add(log, now=NOW - timedelta(hours=5))
        before = care.book_session(
            sam, by=clinician, starts_at=NOW - timedelta(hours=3), now=NOW - DAY
        )
        care.settle_session(before, outcome="attended", by=clinician, now=NOW)
        after = care.book_session(sam, by=clinician, starts_at=NOW + 7 * DAY, now=NOW)
        assert "لا مكالمات" in sheet_text(desk, after)
        talked = reverse("assessments:sheet_discussed", args=[after.pk, entry.pk])
        for _click in range(2):
            assert desk.post(talked).url == reverse("assessments:sheet", args=[after.pk])
        assert "In their own words" not in sheet_text(desk, after)
        assert AuditEvent.objects.filter(action="response.discussed").count() == 1
        assert "1 thing talked about" in text_of(phone.get(reverse("assessments:portal")))
        assert "You talked about it today" in text_of(phone.get(reverse("assessments:brought")))
        entries = text_of(phone.get(reverse("assessments:entries", args=[log.pk])))
        assert "You talked about this today" in entries

    def test_it_can_be_brought_once_more(self, desk, phone, log, session, clinician):
        entry = add(log, now=NOW - timedelta(hours=1))
        actions.mark_discussed(entry, by=clinician, now=NOW - timedelta(minutes=30))
        toggle(phone, entry)
        assert "لا مكالمات" in sheet_text(desk, session)
        shown = text_of(desk.get(reverse("assessments:response", args=[entry.pk])))
        assert "Marked by them for the session" in shown
        desk.post(reverse("assessments:discussed", args=[entry.pk]))
        assert "In their own words" not in sheet_text(desk, session)

    def test_through_the_sheet_of_another_client_it_is_not_reached(self, desk, log, clinician):
        entry = add(log)
        other = make_client(clinician, "Other")
        session = care.book_session(other, by=clinician, starts_at=NOW + DAY, now=NOW)
        address = reverse("assessments:sheet_discussed", args=[session.pk, entry.pk])
        assert desk.post(address).status_code == 404
        assert Response.objects.brought().exists()

    def test_a_supervisor_reads_it_and_marks_nothing(self, log, session, supervisor):
        entry = add(log, now=NOW - timedelta(hours=1))
        reads(supervisor, session.client)
        browser = as_user(supervisor)
        assert "لا مكالمات" in sheet_text(browser, session)
        address = reverse("assessments:sheet_discussed", args=[session.pk, entry.pk])
        assert browser.post(address).status_code == 404

    def test_today_says_that_something_was_marked(self, log, clinician):
        add(log, sharing=None)
        [row] = [each for each in today_of(clinician, now=NOW).reasons if each.kind == "unread"]
        assert row.sentence == "Limit log: one entry"
        add(log)
        [row] = [each for each in today_of(clinician, now=NOW).reasons if each.kind == "unread"]
        assert row.sentence == "Limit log: 2 entries · marked for the session"


class TestWordsOfTheClinician:
    def test_on_an_entry_they_come_with_what_it_was_about(self, desk, phone, log, clinician):
        entry = add(log, sharing=None)
        address = reverse("assessments:feedback", args=[entry.pk])
        once = "01a222da-527d-75e3-88bd-000000000001"
        desk.post(address, {"words": "That took courage.", "once": once})
        actions.mark_discussed(entry, by=clinician, now=NOW + timedelta(seconds=1))
        page = phone.get(reverse("assessments:words")).content.decode()
        assert "You wrote: “لا مكالمات 👋🏽 &lt;b&gt;after nine&lt;/b&gt;”" in page
        words = text_of(phone.get(reverse("assessments:words")))
        assert "About “Limit log”, today" in words
        assert "That took courage." in words
        assert "You talked about this today" in words
