"""What comes back to the client: words, in the portal; and what was talked about."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from assessments.models import Feedback, Reminder
from practice.ids import uuid7
from practice.models import AuditEvent
from tests.conftest import NOW, as_user, give, join, make_client, measure, send

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
DAY = timedelta(days=1)


@pytest.fixture
def sent(joined, clinician):
    given = give(joined, "strengths-check", by=clinician, now=NOW - DAY)
    response = send(given.occurrences.get(), by=joined.user, now=NOW - DAY)
    joined.leave_page_shown_at = NOW
    joined.save(update_fields=["leave_page_shown_at"])
    return response


@pytest.fixture
def browser(clinician):
    return as_user(clinician)


@pytest.fixture
def phone(joined):
    return as_user(joined.user)


def write(browser, response, words="I saw how you rested on Sunday.", once=None):
    return browser.post(
        reverse("assessments:feedback", args=[response.pk]),
        {"words": words, "once": str(once or uuid7())},
    )


def text_of(response):
    return " ".join(re.sub(r"<[^>]*>", " ", response.content.decode()).split())


class TestWords:
    def test_the_client_finds_them_in_the_portal(self, browser, phone, sent):
        assert write(browser, sent).status_code == 302
        assert "1 new note" in text_of(phone.get(reverse("assessments:portal")))
        page = text_of(phone.get(reverse("assessments:words")))
        assert "I saw how you rested on Sunday." in page
        assert "new" in page
        assert "1 note" in text_of(phone.get(reverse("assessments:portal")))
        assert Feedback.objects.get().seen_at is not None
        shown = text_of(browser.get(reverse("assessments:response", args=[sent.pk])))
        assert "opened by them" in shown

    def test_a_second_click_sends_nothing_more(self, browser, sent):
        once = uuid7()
        for _each in range(2):
            assert write(browser, sent, once=once).status_code == 302
        assert Feedback.objects.count() == 1
        assert AuditEvent.objects.filter(action="feedback.sent").count() == 1

    def test_the_name_of_another_comment_opens_nothing(self, browser, sent, joined, clinician):
        once = uuid7()
        write(browser, sent, once=once)
        other = give(joined, "patterns-check", by=clinician).occurrences.get()
        response = send(other, by=joined.user)
        assert write(browser, response, "Elsewhere", once=once).status_code == 404
        assert Feedback.objects.count() == 1

    @pytest.mark.parametrize("words", ["", "   ", "x" * 4_001])
    def test_nothing_and_too_much_are_refused_where_they_were_typed(self, browser, sent, words):
        page = write(browser, sent, words)
        assert page.status_code == 200
        assert page.context["form"].errors["words"]
        assert not Feedback.objects.exists()

    def test_markup_stays_words(self, browser, phone, sent):
        write(browser, sent, "<b>Well</b> 👋🏽 שלום")
        page = phone.get(reverse("assessments:words")).content.decode()
        assert "&lt;b&gt;Well&lt;/b&gt; 👋🏽 שלום" in page

    def test_no_message_is_sent_for_it_alone(self, browser, sent, joined):
        before = Reminder.objects.filter(client=joined).count()
        write(browser, sent)
        assert Reminder.objects.filter(client=joined).count() == before

    def test_nobody_else_reads_them(self, browser, sent, clinician):
        write(browser, sent)
        other = join(make_client(clinician, "Other"), by=clinician)
        assert "Sunday" not in text_of(as_user(other.user).get(reverse("assessments:words")))
        assert Feedback.objects.get().seen_at is None

    def test_before_they_have_joined_it_waits(self, browser, client_in_care, clinician):
        response = measure(client_in_care, 9, by=clinician, days_ago=2)
        page = browser.post(
            reverse("assessments:feedback", args=[response.pk]),
            {"words": "Thank you", "once": str(uuid7())},
            follow=True,
        )
        assert "once they have joined" in text_of(page)


class TestDiscussed:
    def test_marked_and_taken_back(self, browser, sent, clinician):
        address = reverse("assessments:discussed", args=[sent.pk])
        for _each in range(2):
            assert browser.post(address).status_code == 302
        sent.refresh_from_db()
        assert (sent.discussed_at is not None, sent.discussed_by) == (True, clinician)
        assert AuditEvent.objects.filter(action="response.discussed").count() == 1
        browser.post(address, {"undo": "1"})
        sent.refresh_from_db()
        assert (sent.discussed_at, sent.discussed_by) == (None, None)

    @pytest.mark.parametrize("who", ["supervisor", "colleague", "stranger"])
    def test_only_by_the_care_team(self, request, sent, who):
        other = as_user(request.getfixturevalue(who))
        for name in ("feedback", "discussed"):
            assert other.post(reverse(f"assessments:{name}", args=[sent.pk])).status_code == 404
