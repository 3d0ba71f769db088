"""Today: each reason appears, stands in its place, and leaves when it is dealt with."""

from datetime import timedelta

import pytest

from assessments import actions, reminders
from assessments.models import Reminder
from assessments.today import KINDS, today_of
from clients import actions as care
from clients.models import Episode
from practice.models import User
from tests.conftest import ENTRY, NOW, clear, give, join, make_client, send

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


def reasons(user, now=NOW):
    return today_of(user, now=now).reasons


def kinds(user, now=NOW):
    return [reason.kind for reason in reasons(user, now)]


def remind_as_often_as_allowed(client, now=NOW):
    """Sweep after sweep until nothing more is planned; the moment after the last one."""
    while (planned := Reminder.objects.planned().filter(client=client).first()) is not None:
        now = max(now, planned.planned_for)
        reminders.sweep(clock=lambda: now)  # noqa: B023
    return now + HOUR


def test_one_who_needs_nothing_is_counted_and_not_named(client_in_care, clinician):
    page = today_of(clinician, now=NOW)
    assert (page.reasons, page.others, page.next_session) == ([], 1, None)
    assert set(page.counts.values()) == {0}


def test_the_most_pressing_stands_first(joined, clinician):
    other = join(make_client(clinician, "Other"), by=clinician)
    clear(other, by=clinician)
    care.book_session(joined, by=clinician, starts_at=NOW + HOUR, now=NOW)
    send(give(joined, "strengths-check", by=clinician).occurrences.get(), by=joined.user)
    give(other, "strengths-check", by=clinician, now=NOW - 4 * DAY, due_in_days=1)
    plan = give(other, "limit-plan", by=clinician).occurrences.get()
    actions.ask_to_talk(plan, by=other.user, now=NOW)
    assert kinds(clinician) == ["alert", "silent", "unread", "session"]
    page = today_of(clinician, now=NOW)
    assert page.counts == dict.fromkeys(KINDS, 0) | dict.fromkeys(kinds(clinician), 1)
    assert list(page.counts) == list(KINDS)
    assert page.others == 0


class TestAnAlert:
    @pytest.fixture
    def alert(self, joined, clinician):
        plan = give(joined, "limit-plan", by=clinician).occurrences.get()
        return actions.ask_to_talk(plan, by=joined.user, now=NOW)

    def test_it_says_whether_somebody_has_seen_it(self, alert, joined, clinician):
        (reason,) = reasons(clinician)
        assert (reason.client, reason.when) == (joined, NOW)
        assert reason.sentence == "Asked to talk before trying something · not seen yet"
        assert reason.url.endswith(f"/alerts/{alert.pk}/")
        actions.see_alert(alert, by=clinician, now=NOW)
        (reason,) = reasons(clinician)
        assert reason.sentence.endswith("· seen")

    def test_no_it_does_not_feel_safe_is_one(self, joined, clinician):
        plan = give(joined, "limit-plan", by=clinician).occurrences.get()
        actions.keep(plan, {"limit": "x", "safe": "no"}, by=joined.user, now=NOW)
        actions.submit(plan, by=joined.user, now=NOW)
        reason = reasons(clinician)[0]
        assert reason.sentence == "An answer that asks for a talk · not seen yet"

    def test_it_leaves_when_it_is_closed(self, alert, clinician):
        actions.close_alert(alert, by=clinician, note="We talked", now=NOW)
        assert kinds(clinician) == []


class TestSilence:
    @pytest.fixture
    def given(self, joined, clinician):
        return give(joined, "strengths-check", by=clinician, due_in_days=1)

    def test_nobody_is_silent_before_it_is_due(self, given, clinician):
        assert kinds(clinician, NOW + HOUR) == []

    def test_while_a_reminder_is_planned_the_clinician_need_not_act(self, given, clinician):
        late = given.occurrences.get().due_at + HOUR
        assert Reminder.objects.planned().exists()
        assert kinds(clinician, late) == []

    def test_after_the_most_reminders_the_clinician_hears_of_it(
        self, given, joined, clinician, mailoutbox
    ):
        later = remind_as_often_as_allowed(joined)
        assert len(mailoutbox) == 3  # that it is there, and two reminders
        (reason,) = reasons(clinician, later)
        assert reason.kind == "silent"
        assert reason.sentence == (
            "Has not answered what was due; 2 reminders sent; never answered yet"
        )
        assert reason.url.endswith(f"/clients/{joined.pk}/contact/")

    def test_one_who_wants_no_messages_is_silent_as_soon_as_it_is_due(
        self, given, joined, clinician
    ):
        care.stop_messages(joined, by=None, now=NOW)
        late = given.occurrences.get().due_at + HOUR
        (reason,) = reasons(clinician, late)
        assert reason.sentence == (
            "Has not answered what was due; no reminder sent; never answered yet"
        )

    def test_one_message_about_two_things_is_one_reminder(
        self, given, joined, clinician, mailoutbox
    ):
        give(joined, "patterns-check", by=clinician, due_in_days=1)
        later = remind_as_often_as_allowed(joined)
        assert len(mailoutbox) == 3
        (reason,) = reasons(clinician, later)
        assert reason.sentence.startswith("Has not answered what was due; 2 reminders sent;")

    def test_one_who_has_not_joined_could_not_answer(self, client_in_care, clinician):
        late = NOW + 9 * DAY
        give(client_in_care, "strengths-check", by=clinician, due_in_days=1)
        assert reasons(clinician, late)[0].sentence.endswith("; not invited to the portal yet")
        care.invite(client_in_care, by=clinician, now=NOW)
        care.stop_messages(client_in_care, by=None, now=NOW)
        (reason,) = reasons(clinician, late)
        assert reason.sentence.endswith("; invited, has not joined the portal yet")

    def test_several_in_a_row_are_one_row(self, joined, clinician):
        care.stop_messages(joined, by=None, now=NOW)
        weekly = give(joined, "limit-log", by=clinician, times=3)
        (reason,) = reasons(clinician, weekly.occurrences.get(number=3).expires_at + DAY)
        assert reason.sentence.startswith("Has not answered 3 in a row;")

    def test_it_leaves_when_it_is_answered(self, given, joined, clinician):
        care.stop_messages(joined, by=None, now=NOW)
        occurrence = given.occurrences.get()
        late = occurrence.due_at + HOUR
        assert kinds(clinician, late) == ["silent"]
        send(occurrence, by=joined.user, now=late)
        assert kinds(clinician, late) == ["unread"]

    def test_what_was_missed_before_the_last_answer_is_history(self, joined, clinician):
        care.stop_messages(joined, by=None, now=NOW)
        weekly = give(joined, "limit-log", by=clinician, times=2)
        second = weekly.occurrences.get(number=2)
        entry = actions.add_entry(
            second, ENTRY, number=1, by=joined.user, now=second.opens_at + HOUR
        )
        actions.mark_read(entry, by=clinician, now=second.opens_at + 2 * HOUR)
        assert kinds(clinician, second.opens_at + DAY) == []

    def test_it_leaves_when_it_is_withdrawn_or_put_away(self, given, joined, clinician):
        care.stop_messages(joined, by=None, now=NOW)
        occurrence = given.occurrences.get()
        late = occurrence.due_at + HOUR
        actions.put_away(occurrence, by=joined.user, now=NOW)
        assert kinds(clinician, late) == []
        actions.take_out(occurrence, by=joined.user, now=NOW)
        assert kinds(clinician, late) == ["silent"]
        actions.end_assignment(given, by=clinician, now=late)
        assert kinds(clinician, late) == []

    def test_it_leaves_when_it_is_noted_and_comes_back_with_undo(self, given, joined, clinician):
        care.stop_messages(joined, by=None, now=NOW)
        late = given.occurrences.get().due_at + HOUR
        actions.note_missed(joined, by=clinician, now=late)
        assert kinds(clinician, late) == []
        actions.forget_missed(joined, by=clinician)
        assert kinds(clinician, late) == ["silent"]

    def test_what_is_missed_after_noting_is_a_new_reason(self, joined, clinician):
        care.stop_messages(joined, by=None, now=NOW)
        first, second = give(joined, "limit-log", by=clinician, times=2).occurrences.order_by(
            "number"
        )
        actions.note_missed(joined, by=clinician, now=first.due_at + HOUR)
        assert kinds(clinician, first.due_at + HOUR) == []
        (reason,) = reasons(clinician, second.due_at + HOUR)
        assert reason.sentence.startswith("Has not answered what was due;")


class TestAMessageThatDidNotArrive:
    def settled(self, client, outcome, at):
        return Reminder.objects.create(
            practice=client.practice,
            client=client,
            kind="news",
            planned_for=at,
            settled_at=at,
            outcome=outcome,
        )

    @pytest.mark.parametrize(
        ("outcome", "sentence"),
        [
            ("failed", "The last message could not be delivered"),
            ("unknown", "It is not known whether the last message arrived"),
        ],
    )
    def test_it_is_said_and_leads_to_what_was_sent(self, joined, clinician, outcome, sentence):
        self.settled(joined, outcome, NOW - DAY)
        (reason,) = reasons(clinician)
        assert (reason.kind, reason.sentence) == ("undelivered", sentence)
        assert reason.url.endswith(f"/clients/{joined.pk}/contact/")

    def test_it_leaves_when_a_later_one_was_sent(self, joined, clinician):
        self.settled(joined, "failed", NOW - DAY)
        self.settled(joined, "sent", NOW)
        assert kinds(clinician) == []

    def test_one_that_was_held_back_on_purpose_is_no_fault(self, joined, clinician):
        self.settled(joined, "suppressed", NOW)
        assert kinds(clinician) == []
        self.settled(joined, "failed", NOW - DAY)
        assert kinds(clinician) == ["undelivered"]


class TestSomethingToRead:
    def test_it_is_counted_and_leaves_when_it_is_read(self, joined, clinician):
        sent = [
            send(give(joined, slug, by=clinician).occurrences.get(), by=joined.user)
            for slug in ("strengths-check", "patterns-check")
        ]
        (reason,) = reasons(clinician)
        assert reason.sentence == "How it has been with others · What is going well with others"
        actions.mark_read(sent[0], by=clinician, now=NOW)
        (reason,) = reasons(clinician)
        assert reason.sentence == "How it has been with others"
        actions.mark_read(sent[1], by=clinician, now=NOW)
        assert kinds(clinician) == []

    def test_entries_of_a_log_are_counted(self, joined, clinician):
        log = give(joined, "limit-log", by=clinician, times=2).occurrences.get(number=1)
        for number in (1, 2, 3):
            actions.add_entry(log, ENTRY, number=number, by=joined.user, now=NOW)
        send(give(joined, "strengths-check", by=clinician).occurrences.get(), by=joined.user)
        (reason,) = reasons(clinician)
        assert reason.sentence == "Limit log: 3 entries · What is going well with others"

    def test_a_draft_is_nothing_to_read(self, joined, clinician):
        occurrence = give(joined, "patterns-check", by=clinician).occurrences.get()
        actions.keep(occurrence, {"giving_1": 1}, by=joined.user, now=NOW)
        assert kinds(clinician) == []


class TestASession:
    @pytest.mark.parametrize(
        ("ahead", "shown"),
        [
            (timedelta(0), ["session"]),
            (timedelta(hours=23), ["session"]),
            (timedelta(hours=24), []),
            (-HOUR, []),
        ],
    )
    def test_it_appears_a_day_before_and_leaves_when_it_begins(
        self, client_in_care, clinician, ahead, shown
    ):
        care.book_session(client_in_care, by=clinician, starts_at=NOW + ahead, now=NOW)
        assert kinds(clinician) == shown

    def test_a_cancelled_one_is_no_reason(self, client_in_care, clinician):
        session = care.book_session(client_in_care, by=clinician, starts_at=NOW + HOUR, now=NOW)
        care.settle_session(session, outcome="cancelled", by=clinician, now=NOW)
        page = today_of(clinician, now=NOW)
        assert (page.reasons, page.next_session) == ([], None)

    def test_the_next_one_is_known_even_when_it_is_far(self, client_in_care, clinician):
        session = care.book_session(client_in_care, by=clinician, starts_at=NOW + 9 * DAY, now=NOW)
        assert today_of(clinician, now=NOW).next_session == session


class TestWhose:
    @pytest.fixture(autouse=True)
    def _something(self, joined, clinician):
        send(give(joined, "strengths-check", by=clinician).occurrences.get(), by=joined.user)

    def test_a_supervisor_sees_it_too(self, clinician, supervisor):
        assert kinds(clinician) == kinds(supervisor) == ["unread"]

    def test_nobody_else_does(self, colleague, owner, stranger):
        assert [kinds(user) for user in (colleague, owner, stranger)] == [[], [], []]

    def test_one_whose_care_has_ended_is_not_there(self, joined, clinician):
        Episode.objects.filter(client=joined).update(closed_at=NOW)
        page = today_of(User.objects.get(pk=clinician.pk), now=NOW)
        assert (page.reasons, page.others) == ([], 0)
