"""The pages on which a clinician says when: a dry run, and the schedule of what is assigned."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assessments import actions, schedule
from assessments.models import Assignment
from clients import actions as care
from practice.models import AuditEvent
from tests.conftest import NOW, as_user, give

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
DAY = timedelta(days=1)
WEEKLY = {"when": "week", "weekdays": ["1", "4"], "times": "6"}


def page(name, *args):
    return reverse(f"assessments:{name}", args=args)


def text_of(response):
    return " ".join(response.content.decode().split())


@pytest.fixture
def browser(clinician):
    return as_user(clinician)


@pytest.fixture
def weekly(joined, clinician):
    return give(joined, "strengths-check", by=clinician, times=4)


class TestTheDryRun:
    def url(self, client):
        return page("dry_run", client.pk, "strengths-check")

    def test_it_is_a_part_of_a_page(self, browser, joined):
        text = text_of(browser.get(self.url(joined), WEEKLY))
        assert "<html" not in text
        assert "Every week on Monday and Thursday, from 6:00, 6 times." in text
        assert "The last one comes on 7 December." in text

    def test_it_says_what_is_missing(self, browser, joined):
        text = text_of(browser.get(self.url(joined), {"when": "week", "times": "4"}))
        assert "Something is missing yet:" in text
        assert "On which days: Choose at least one day." in text

    def test_it_does_not_ask_for_an_activity_that_is_not_there(self, browser, joined):
        assert browser.get(page("dry_run", joined.pk, "no-such-thing"), WEEKLY).status_code == 404

    def test_it_changes_nothing(self, browser, joined):
        done = AuditEvent.objects.exclude(action="work.read")  # that it was looked at is there
        events = done.count()
        browser.get(self.url(joined), WEEKLY)
        assert not Assignment.objects.exists()
        assert done.count() == events

    @pytest.mark.parametrize("form", [{"when": "session", "times": "3"}, WEEKLY], ids=str)
    def test_the_number_of_statements_depends_on_nothing(self, browser, joined, clinician, form):
        counts = []
        for round_ in range(3):
            with CaptureQueriesContext(connection) as sent:
                browser.get(self.url(joined), form)
            counts.append(len(sent))
            give(joined, "strengths-check", by=clinician, times=2)
            care.book_session(joined, by=clinician, starts_at=NOW + (round_ + 1) * DAY, now=NOW)
        assert len(set(counts[1:])) == 1
        assert counts[-1] <= 18


class TestTheAssignPage:
    def url(self, client, slug="strengths-check"):
        return page("assignment_create", client.pk, slug)

    def test_it_begins_with_a_dry_run_of_once_until_friday(self, browser, joined):
        text = text_of(browser.get(self.url(joined)))
        assert "Once, by the evening of Fri 20 Nov." in text
        assert page("dry_run", joined.pk, "strengths-check") in text

    def test_a_log_begins_weekly(self, browser, joined):
        text = text_of(browser.get(self.url(joined, "limit-log")))
        assert "Every week on Wednesday, from 6:00, 4 times." in text

    def test_without_scripts_a_button_shows_it_and_assigns_nothing(self, browser, joined):
        response = browser.post(self.url(joined), WEEKLY | {"show": "1"})
        assert "Every week on Monday and Thursday, from 6:00, 6 times." in text_of(response)
        assert response.context["form"]["weekdays"].value() == ["1", "4"]
        assert not Assignment.objects.exists()

    @pytest.mark.parametrize(
        ("form", "expected", "words"),
        [
            (
                {"when": "day", "every_days": "2", "at": "17:30", "times": "5"},
                schedule.Daily(starts_on=NOW.date(), interval=2, at="17:30", times=5),
                "Assigned. They see it when it opens.",
            ),
            (
                {"when": "month", "on_day": "18", "lasts": "open"},
                schedule.Monthly(starts_on=NOW.date(), on_day=18),
                "Assigned. They see it now.",
            ),
            (
                {"when": "session", "side": "after", "days_after": "2", "lasts": "open"},
                schedule.AroundSessions(side="after", days=2),
                "Assigned. They see it when it opens.",
            ),
        ],
        ids=["day", "month", "session"],
    )
    def test_what_was_chosen_is_stored(self, browser, joined, form, expected, words):
        response = browser.post(self.url(joined), form, follow=True)
        assert words in text_of(response)
        assert schedule.parse(Assignment.objects.get().schedule) == expected


class TestAChange:
    def test_it_begins_with_what_is_to_come(self, browser, weekly):
        text = text_of(browser.get(page("assignment_schedule", weekly.pk)))
        assert "What has opened stays as it was. What is to come is replaced." in text
        assert "Every week on Wednesday, beginning 25 November, from 6:00, 3 times." in text
        assert page("assignment_dry_run", weekly.pk) in text

    def change(self, browser, assignment, clock, **fields):
        url = page("assignment_schedule", assignment.pk)
        seen = browser.get(url).context["form"]["seen"].value()
        clock.shift(60)
        return browser.post(url, {"seen": seen} | fields, follow=True)

    def test_it_is_changed(self, browser, weekly, joined, clock):
        response = self.change(browser, weekly, clock, **WEEKLY)
        assert response.redirect_chain == [(page("work", joined.pk), 302)]
        assert "Changed. What has opened stays as it was." in text_of(response)
        opens = weekly.occurrences.order_by("number").values_list("opens_at", flat=True)
        assert [f"{at:%a %d %b}" for at in opens][:3] == ["Wed 18 Nov", "Thu 19 Nov", "Mon 23 Nov"]
        assert len(opens) == 7
        assert AuditEvent.objects.filter(action="assignment.rescheduled").count() == 1

    def test_two_clicks_change_it_once(self, browser, weekly, clock):
        url = page("assignment_schedule", weekly.pk)
        form = {"seen": browser.get(url).context["form"]["seen"].value(), **WEEKLY}
        clock.shift(60)
        for _ in range(2):
            assert browser.post(url, form).status_code == 302
        assert AuditEvent.objects.filter(action="assignment.rescheduled").count() == 1

    def test_a_form_that_is_older_than_the_schedule_says_so(self, browser, weekly, clock):
        url = page("assignment_schedule", weekly.pk)
        old = browser.get(url).context["form"]["seen"].value()
        self.change(browser, weekly, clock, **WEEKLY)
        response = browser.post(url, {"seen": old, "when": "once"})
        assert "It was changed meanwhile. Please load this page again." in text_of(response)
        assert schedule.parse(Assignment.objects.get().schedule).every == "week"

    def test_what_is_wrong_is_said_and_nothing_changes(self, browser, weekly, clock):
        response = self.change(browser, weekly, clock, when="week", times="4")
        assert response.context["form"].errors == {"weekdays": ["Choose at least one day."]}
        assert Assignment.objects.get().scheduled_at is None

    def test_showing_is_not_changing(self, browser, weekly, clock):
        response = self.change(browser, weekly, clock, show="1", **WEEKLY)
        assert "Every week on Monday and Thursday" in text_of(response)
        assert Assignment.objects.get().scheduled_at is None

    def test_its_dry_run_speaks_of_what_is_to_come(self, browser, weekly):
        text = text_of(browser.get(page("assignment_dry_run", weekly.pk), WEEKLY))
        assert "Every week on Monday and Thursday, from 6:00, 6 times." in text
        assert "If all is answered in time: no message." in text

    def test_what_has_ended_says_so(self, browser, weekly, clinician, joined):
        actions.end_assignment(weekly, by=clinician, now=NOW)
        names = ("assignment_schedule", "assignment_pause", "assignment_resume")
        for name in names:
            response = browser.post(page(name, weekly.pk), WEEKLY, follow=True)
            assert response.redirect_chain == [(page("work", joined.pk), 302)]
            assert "It has ended: nothing of it is asked any more." in text_of(response)

    @pytest.mark.parametrize("times", [2, 4])
    def test_the_number_of_statements_depends_on_nothing(self, browser, joined, clinician, times):
        given = give(joined, "strengths-check", by=clinician, times=times)
        for n in range(times):
            care.book_session(joined, by=clinician, starts_at=NOW + (n + 1) * DAY, now=NOW)
        browser.get(page("assignment_schedule", given.pk))
        with CaptureQueriesContext(connection) as sent:
            browser.get(page("assignment_schedule", given.pk))
        assert len(sent) == 24  # one: whether it was looked at today


class TestAPause:
    def test_paused_and_on_again(self, browser, weekly, clinician, clock):
        response = browser.post(page("assignment_pause", weekly.pk), follow=True)
        assert "“Go on again” takes this back." in text_of(response)
        weekly.refresh_from_db()
        assert weekly.paused_at is not None
        assert weekly.occurrences.count() == 1
        assert "It is paused." in text_of(browser.get(page("assignment_schedule", weekly.pk)))
        clock.shift(DAY)
        browser = as_user(clinician)
        response = browser.post(page("assignment_resume", weekly.pk), follow=True)
        assert "It goes on again." in text_of(response)
        weekly.refresh_from_db()
        assert weekly.paused_at is None
        assert weekly.occurrences.count() == 4

    def test_twice_is_once(self, browser, weekly, clinician, clock):
        for name in ("assignment_pause", "assignment_pause"):
            browser.post(page(name, weekly.pk))
        clock.shift(DAY)
        browser = as_user(clinician)
        for name in ("assignment_resume", "assignment_resume"):
            browser.post(page(name, weekly.pk))
        events = AuditEvent.objects.filter(action__startswith="assignment.").order_by("pk")
        assert [event.action for event in events] == [
            "assignment.made",
            "assignment.paused",
            "assignment.resumed",
        ]

    def test_a_change_of_what_is_paused_lets_it_go_on(self, browser, weekly, clinician, clock):
        actions.pause_assignment(weekly, by=clinician, now=NOW)
        url = page("assignment_schedule", weekly.pk)
        seen = browser.get(url).context["form"]["seen"].value()
        clock.shift(60)
        browser.post(url, {"seen": seen, **WEEKLY})
        weekly.refresh_from_db()
        assert weekly.paused_at is None
        assert weekly.occurrences.count() == 7


@pytest.mark.parametrize(
    ("name", "method"),
    [
        ("assignment_schedule", "get"),
        ("assignment_schedule", "post"),
        ("assignment_dry_run", "get"),
        ("assignment_pause", "post"),
        ("assignment_resume", "post"),
    ],
)
def test_it_is_for_the_care_team_alone(weekly, colleague, stranger, supervisor, name, method):
    for person in (colleague, stranger, supervisor, weekly.client.user):
        response = getattr(as_user(person), method)(page(name, weekly.pk), WEEKLY)
        assert response.status_code == 404
    weekly.refresh_from_db()
    assert (weekly.scheduled_at, weekly.paused_at) == (None, None)
