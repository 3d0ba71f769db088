"""The Contact page: what was sent, what will be, and why not, in a sentence."""

from datetime import time, timedelta

import pytest
import time_machine
from django.urls import reverse

from assessments import actions, reminders, schedule
from assessments.contact import contact_of, counts_of_log, log_of, with_deliveries
from assessments.models import Activity, ActivityVersion, Delivery, Reminder
from clients import actions as care
from clients.models import ChannelStop, Episode, ReminderPolicy
from tests.conftest import NOW, WHOLE_DAY, as_user, clear, give, join, make_client, reads, send

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def why_not(client, now=NOW):
    sweep(now)  # what was planned before is decided once more
    page = contact_of(client, now=now)
    assert (page.next_at is None) is bool(page.why_not)
    return page.why_not


def log(client, outcome=""):
    return with_deliveries(list(log_of(client, outcome=outcome)))


def sweep(now):
    return reminders.sweep(clock=lambda: now)


def url(client):
    return reverse("assessments:contact", args=[client.pk])


def look(client, user, at=NOW):
    with time_machine.travel(at):
        return as_user(user).get(url(client)).content.decode()


def title(slug):
    return ActivityVersion.objects.get(activity__slug=slug).definition.title


def settled(client, outcome):
    """One of the past, with its delivery."""
    facts = {"practice": client.practice, "client": client}
    reminder = Reminder.objects.create(
        **facts, kind="news", planned_for=NOW, settled_at=NOW, outcome=outcome
    )
    Delivery.objects.create(
        **facts,
        reminder=reminder,
        channel="email",
        attempt=1,
        message_id=str(reminder.pk),
        address=client.email,
        began_at=NOW,
        ended_at=NOW,
        outcome=outcome,
    )
    return reminder


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
        assert why_not(client) == "There is no address or number for the ways that they named."

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
        while (following := contact_of(joined, now=now).next_at) is not None:
            now = following
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
        assert (page.why_not, page.next_at) == ("", NOW + 2 * DAY)

    def test_because_the_address_bounces_and_since_when(self, joined, clinician):
        give(joined, "strengths-check", by=clinician)
        ChannelStop.objects.create(
            practice=joined.practice,
            client=joined,
            channel="email",
            why="bounced",
            stopped_at=NOW - 3 * DAY,
        )
        assert why_not(joined) == "Nothing arrives any more over the ways that they named."
        text = look(joined, clinician)
        assert "The address does not exist or takes no mail." in text
        assert "15 Nov" in text

    def test_because_they_have_missed_too_many_and_you_are_told_instead(self, joined, clinician):
        for days in (1, 2, 3):
            give(joined, "strengths-check", by=clinician, due_in_days=days)
        sweep(NOW)
        contact = WHOLE_DAY | {"first_days": 1, "most_reminders": 5}
        care.confirm_contact(joined, by=clinician, now=NOW, **contact)
        later = NOW + 4 * DAY
        assert why_not(joined, later) == (
            "They have not answered 3 in a row: you are told instead."
        )

    def test_a_plan_that_will_be_dropped_by_then_is_not_promised(self, joined, clinician):
        ReminderPolicy.objects.create(practice=joined.practice, missed_in_a_row=1)
        give(joined, "strengths-check", by=clinician, due_in_days=1)
        sweep(NOW)
        contact = WHOLE_DAY | {"hours_from": time(9), "hours_until": time(17)}
        care.confirm_contact(joined, by=clinician, now=NOW, **contact)
        assert Reminder.objects.planned().filter(client=joined).exists()
        page = contact_of(joined, now=NOW)
        assert (page.next_at, page.why_not) == (
            None,
            "By then they would not have answered what was due: you are told instead.",
        )


class TestTheNextMessage:
    def test_it_says_what_it_will_be_about(self, joined, clinician):
        give(joined, "strengths-check", by=clinician)
        page = contact_of(joined, now=NOW)
        assert (page.next_at, page.next_kind) == (NOW, "Something new")
        assert page.sentence == f"{title('strengths-check')} is new."

    def test_on_the_clock_of_the_client(self, clinician):
        client = join(make_client(clinician, zone="America/New_York"), by=clinician)
        give(client, "strengths-check", by=clinician, now=NOW, due_in_days=1)
        sweep(NOW)
        assert "21:00" in look(client, clinician)

    def test_one_that_is_planned_for_next_year_is_said(self, joined, clinician):
        contact = WHOLE_DAY | {"paused_until": (NOW + 100 * DAY).date()}
        care.confirm_contact(joined, by=clinician, now=NOW, **contact)
        give(joined, "strengths-check", by=clinician)
        page = contact_of(joined, now=NOW)
        assert page.next_at == (NOW + 101 * DAY).replace(hour=0)
        assert (page.sentence, page.why_not) == ("", "")


class TestWhatWasSent:
    def test_the_newest_first_with_each_attempt(self, joined, clinician, mailoutbox):
        give(joined, "strengths-check", by=clinician)
        sweep(NOW)
        second = contact_of(joined, now=NOW).next_at
        sweep(second)
        sent = log(joined)
        assert [reminder.kind for reminder in sent] == ["nudge", "news"]
        for reminder in sent:
            (attempt,) = reminder.attempts_made
            assert (attempt.outcome, attempt.channel) == ("sent", "email")
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
        assert "Not known whether it arrived" in look(joined, clinician)

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
        (reminder,) = log(joined)
        assert reminder.why_words == "The safety check says hold."

    def test_what_was_sent_to_another_client_is_not_shown(self, joined, clinician, mailoutbox):
        other = join(make_client(clinician, "Other"), by=clinician)
        give(other, "strengths-check", by=clinician)
        sweep(NOW)
        assert len(log(other)) == 1
        assert log(joined) == []

    def test_it_is_filtered_by_what_became_of_it(self, joined, clinician):
        for outcome in ("sent", "sent", "failed", "suppressed"):
            settled(joined, outcome)
        came_back = settled(joined, "sent")
        came_back.deliveries.update(bounced_at=NOW)
        assert counts_of_log(joined) == {
            "all": 5,
            "sent": 3,
            "failed": 1,
            "suppressed": 1,
            "unknown": 0,
            "bounced": 1,
        }
        assert [row.pk for row in log(joined, "bounced")] == [came_back.pk]
        page = as_user(clinician).get(url(joined), {"only": "failed"})
        assert [row.outcome for row in page.context["sent"]] == ["failed"]
        page = as_user(clinician).get(url(joined), {"only": "anything"})
        assert len(page.context["sent"]) == 5

    def test_a_long_log_has_pages(self, joined, clinician):
        for _ in range(51):
            settled(joined, "sent")
        browser = as_user(clinician)
        assert len(browser.get(url(joined)).context["sent"]) == 50
        assert len(browser.get(url(joined), {"page": "2"}).context["sent"]) == 1

    @pytest.mark.parametrize(("open_things", "is_offered"), [(0, False), (1, True)])
    def test_after_an_unknown_one_there_is_a_way_to_remind_them_anyway(
        self, joined, clinician, open_things, is_offered
    ):
        for _ in range(open_things):
            give(joined, "strengths-check", by=clinician)
        settled(joined, "unknown")
        assert ("Remind now anyway" in look(joined, clinician)) is is_offered

    def test_a_supervisor_reads_and_reminds_nobody(self, joined, clinician, supervisor):
        give(joined, "strengths-check", by=clinician)
        settled(joined, "unknown")
        reads(supervisor, joined, now=NOW)
        text = look(joined, supervisor)
        assert "Not known whether it arrived" in text
        assert "Remind now" not in text


def test_what_was_noted_can_be_undone_from_here(joined, clinician):
    give(joined, "strengths-check", by=clinician, due_in_days=1)
    later = NOW + 5 * DAY
    assert contact_of(joined, now=later).has_noted is False
    actions.note_missed(joined, by=clinician, now=later)
    assert contact_of(joined, now=later).has_noted is True
    send(joined.occurrences.get(), by=joined.user, now=later)
    assert contact_of(joined, now=later).has_noted is False


class TestPaused:
    """Once, where it is not said already."""

    def test_of_what_is_open_its_row_says_so(self, joined, clinician):
        given = give(joined, "strengths-check", by=clinician)
        assert "paused" not in look(joined, clinician).casefold()
        actions.pause_assignment(given, by=clinician, now=NOW)
        assert look(joined, clinician).casefold().count("paused") == 1

    def test_of_what_is_still_to_come_a_line_says_so(self, joined, clinician):
        given = give(joined, "limit-log", by=clinician, times=4, now=NOW + 2 * DAY)
        actions.pause_assignment(given, by=clinician, now=NOW)
        page = look(joined, clinician)
        assert f"Paused: {title('limit-log')}. Nothing of it comes" in page
        assert page.casefold().count("paused") == 1
