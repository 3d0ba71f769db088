"""The Contact page: what was sent, what will be, and why not, in a sentence."""

from datetime import timedelta

import pytest
from django.urls import reverse

from assessments import actions, reminders, schedule
from assessments.contact import contact_of
from assessments.models import Activity, ActivityVersion, Delivery, Reminder
from clients import actions as care
from clients.models import Episode
from tests.conftest import NOW, WHOLE_DAY, as_user, clear, give, join, make_client, send

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def why_not(client, now=NOW):
    sweep(now)  # what was planned before is decided once more
    page = contact_of(client, now=now)
    assert (page.planned is None) is bool(page.why_not)
    return page.why_not


def sweep(now):
    return reminders.sweep(clock=lambda: now)


class TestWhyNot:
    def test_because_nothing_is_waiting(self, joined):
        assert why_not(joined) == "Nothing is waiting for them."

    def test_because_they_have_not_been_invited(self, client_in_care, clinician):
        give(client_in_care, "strengths-check", by=clinician)
        assert why_not(client_in_care) == "They have not been invited to the portal yet."

    def test_because_they_asked_for_no_messages(self, joined, clinician):
        give(joined, "strengths-check", by=clinician)
        care.stop_messages(joined, by=None, now=NOW)
        assert why_not(joined) == "They asked for no messages."

    def test_because_there_is_no_address(self, clinician):
        client = make_client(clinician, email="")
        give(client, "strengths-check", by=clinician)
        assert why_not(client) == "There is no e-mail address."

    def test_because_the_safety_check_says_hold(self, joined, clinician):
        give(joined, "strengths-check", by=clinician)
        clear(joined, by=clinician, outcome="hold", now=NOW + DAY)
        assert why_not(joined) == "The safety check says hold."

    def test_because_an_alert_is_open(self, joined, clinician):
        plan = give(joined, "limit-plan", by=clinician).occurrences.get()
        give(joined, "strengths-check", by=clinician)
        actions.ask_to_talk(plan, by=joined.user, now=NOW)
        assert why_not(joined) == "An alert is open: nobody is nagged meanwhile."

    def test_because_nobody_confirmed_for_half_a_year_how_they_may_be_reached(
        self, joined, clinician
    ):
        later = NOW + 181 * DAY
        give(joined, "strengths-check", by=clinician, now=later)
        assert why_not(joined, later) == (
            "How they may be reached was last confirmed over six months ago."
        )

    def test_because_their_care_has_ended(self, joined, clinician):
        Episode.objects.filter(client=joined).update(closed_at=NOW)
        assert why_not(joined) == "Their episode of care is closed."

    def test_because_no_day_is_allowed(self, joined, clinician):
        contact = WHOLE_DAY | {"weekdays": []}
        care.confirm_contact(joined, by=clinician, now=NOW, **contact)
        give(joined, "strengths-check", by=clinician)
        assert why_not(joined) == "No hour is allowed."

    def test_because_all_was_said_as_often_as_agreed(self, joined, clinician, mailoutbox):
        give(joined, "strengths-check", by=clinician, due_in_days=1)
        now = NOW
        while (planned := contact_of(joined, now=now).planned) is not None:
            now = planned.planned_for
            sweep(now)
        assert len(mailoutbox) == 3  # that it is there, and two reminders
        assert why_not(joined, now) == ("They have been told and reminded as often as was agreed.")

    def test_because_nothing_is_due(self, joined, clinician):
        actions.assign(
            joined,
            Activity.objects.get(slug="strengths-check"),
            when=schedule.Once(due_on=None),
            definition=ActivityVersion.objects.get(activity__slug="strengths-check").definition,
            by=clinician,
            now=NOW,
        )
        sweep(NOW)
        assert why_not(joined) == "They know about it, and nothing is due."

    def test_because_no_allowed_hour_comes_in_time(self, joined, clinician):
        give(joined, "limit-log", by=clinician, times=1)
        sweep(NOW)
        last = joined.occurrences.get()
        the_day_before_it_is_due = (last.due_at - DAY).isoweekday()
        contact = WHOLE_DAY | {"weekdays": [the_day_before_it_is_due]}
        care.confirm_contact(joined, by=clinician, now=NOW, **contact)
        assert why_not(joined) == (
            "No hour that they allow falls between when it is due and when it ends."
        )

    def test_it_goes_away_with_its_reason(self, joined, clinician):
        give(joined, "strengths-check", by=clinician)
        clear(joined, by=clinician, outcome="hold", now=NOW + DAY)
        clear(joined, by=clinician, outcome="clear", now=NOW + 2 * DAY)
        page = contact_of(joined, now=NOW + 2 * DAY)
        assert (page.why_not, page.planned.planned_for) == ("", NOW + 2 * DAY)


class TestWhatWasSent:
    def test_the_newest_first_with_each_attempt(self, joined, clinician, mailoutbox):
        give(joined, "strengths-check", by=clinician)
        sweep(NOW)
        second = contact_of(joined, now=NOW).planned.planned_for
        sweep(second)
        page = contact_of(joined, now=second)
        assert [reminder.kind for reminder in page.sent] == ["nudge", "news"]
        for reminder in page.sent:
            (attempt,) = reminder.attempts_made
            assert (attempt.outcome, attempt.address) == ("sent", joined.email)
        assert len(mailoutbox) == 2

    def test_one_whose_fate_is_unknown_is_shown_as_such(self, joined, clinician):
        reminder = Reminder.objects.create(
            practice=joined.practice,
            client=joined,
            kind="news",
            planned_for=NOW,
            settled_at=NOW,
            outcome="unknown",
        )
        Delivery.objects.create(
            practice=joined.practice,
            client=joined,
            reminder=reminder,
            channel="email",
            attempt=1,
            message_id="<x@y>",
            address=joined.email,
            began_at=NOW,
            ended_at=NOW,
            outcome="unknown",
        )
        url = reverse("assessments:contact", args=[joined.pk])
        assert "Not known whether it arrived" in as_user(clinician).get(url).content.decode()

    def test_one_that_was_not_sent_says_why(self, joined, clinician):
        Reminder.objects.create(
            practice=joined.practice,
            client=joined,
            kind="nudge",
            planned_for=NOW,
            settled_at=NOW,
            outcome="suppressed",
            why="hold",
        )
        (reminder,) = contact_of(joined, now=NOW).sent
        assert reminder.why_words == "The safety check says hold."

    def test_what_was_sent_to_another_client_is_not_shown(self, joined, clinician, mailoutbox):
        other = join(make_client(clinician, "Other"), by=clinician)
        give(other, "strengths-check", by=clinician)
        sweep(NOW)
        assert len(contact_of(other, now=NOW).sent) == 1
        assert contact_of(joined, now=NOW).sent == []


def test_what_was_noted_can_be_undone_from_here(joined, clinician):
    give(joined, "strengths-check", by=clinician, due_in_days=1)
    later = NOW + 5 * DAY
    assert contact_of(joined, now=later).has_noted is False
    actions.note_missed(joined, by=clinician, now=later)
    assert contact_of(joined, now=later).has_noted is True
    send(joined.occurrences.get(), by=joined.user, now=later)
    assert contact_of(joined, now=later).has_noted is False
