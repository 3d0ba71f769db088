"""What a client would receive, in sentences, before it counts."""

from datetime import date, time, timedelta
from time import perf_counter
from zoneinfo import ZoneInfo

import pytest

from assessments import actions
from assessments.dry_run import dry_run_of
from assessments.schedule import AroundSessions, Daily, Monthly, Once, Weekly
from clients import actions as care
from tests.conftest import NOW, WHOLE_DAY, clear, give, join, make_client

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
TODAY = date(2026, 11, 18)  # a Wednesday
UTC = ZoneInfo("UTC")
DAY = timedelta(days=1)
WEEKLY = Weekly(starts_on=TODAY, weekdays=(3,), times=4)
OFFICE = {"weekdays": [1, 2, 3, 4, 5], "hours_from": time(9), "hours_until": time(17)}


def dry_run(client, when, *, now=NOW, reader=UTC, **about):
    return dry_run_of(client, when, now=now, reader=reader, **about)


@pytest.fixture
def in_office_hours(clinician):
    client = join(make_client(clinician, "Kim", contact=OFFICE), by=clinician)
    client.user.last_login = NOW - DAY
    client.user.save(update_fields=["last_login"])
    return client


class TestWhatIsAsked:
    def test_weekly_four_times(self, joined):
        found = dry_run(joined, WEEKLY)
        assert found.asked == (
            "Every week on Wednesday, from 6:00, 4 times.",
            "The last one comes on 9 December.",
        )
        assert found.first == (
            "There from now, due by Sat 21 Nov at 21:00.",
            "There from Wed 25 Nov at 6:00, due by Sat 28 Nov at 21:00.",
            "There from Wed 2 Dec at 6:00, due by Sat 5 Dec at 21:00.",
        )

    def test_once(self, joined):
        found = dry_run(joined, Once())
        assert (found.asked, found.first) == (("Once, at any time.",), ("There from now.",))

    @pytest.mark.parametrize(
        ("when", "words"),
        [
            (Daily(starts_on=TODAY), "84 times in the first 12 weeks"),
            (Daily(starts_on=TODAY, times=366), "84 times in the first 12 weeks"),
            (Monthly(starts_on=TODAY, on_day=18), "3 times in the first 12 weeks"),
            (Monthly(starts_on=TODAY, on_day=18, interval=12), "once in the first 12 weeks"),
        ],
        ids=str,
    )
    def test_what_goes_on_for_long_is_counted_for_twelve_weeks(self, joined, when, words):
        assert dry_run(joined, when).asked[1] == f"That is {words}, and it goes on."

    def test_once_in_all(self, joined):
        found = dry_run(joined, Daily(starts_on=TODAY, until=TODAY))
        assert found.asked[1] == "That is once, on 18 November."

    def test_without_a_session_it_comes_when_one_is_booked(self, joined):
        found = dry_run(joined, AroundSessions(side="before"))
        assert found.asked[1] == "No session is booked yet. It comes when you book one."
        assert (found.first, found.messages, found.why_not) == (
            (),
            ("At most 2 reminders about each one.",),
            "",
        )

    def test_it_follows_the_sessions_that_are_booked(self, joined, clinician):
        for days in (2, 9, 16):
            care.book_session(joined, by=clinician, starts_at=NOW + days * DAY, now=NOW)
        cancelled = care.book_session(joined, by=clinician, starts_at=NOW + 5 * DAY, now=NOW)
        care.settle_session(cancelled, outcome="cancelled", by=clinician, now=NOW)
        found = dry_run(joined, AroundSessions(side="after", nth=2))
        assert found.asked[1] == (
            "So far it comes 2 times: it follows the sessions that are booked."
        )
        assert found.first == (
            "There from Fri 20 Nov at 10:50, due by Sat 21 Nov at 21:00.",
            "There from Fri 4 Dec at 10:50, due by Sat 5 Dec at 21:00.",
        )

    def test_who_has_not_joined_sees_it_later(self, client_in_care, clinician):
        assert "not invited to the portal yet" in dry_run(client_in_care, Once()).asked[1]
        care.invite(client_in_care, by=clinician, now=NOW)
        assert "as soon as they have joined" in dry_run(client_in_care, Once()).asked[1]


class TestMessages:
    def test_at_worst_and_at_best(self, joined):
        joined.user.last_login = NOW - DAY
        joined.user.save(update_fields=["last_login"])
        assert dry_run(joined, WEEKLY).messages == (
            (
                "If nothing is answered: about 6 messages until 5 December, the first ones on "
                "Wed 18 Nov at 10:00, Sat 21 Nov at 21:00 and Mon 23 Nov at 21:00."
            ),
            "If all is answered in time: 1 message, on Wed 18 Nov at 10:00.",
            "At most 2 reminders about each one.",
            "Once they have missed 3 in a row, no reminder goes out: you see it on Today.",
        )

    def test_within_the_hours_that_they_allow(self, in_office_hours):
        found = dry_run(in_office_hours, Once(due_on=date(2026, 11, 20)))
        assert found.messages == (
            (
                "If nothing is answered: about 3 messages, on Wed 18 Nov at 10:00, "
                "Mon 23 Nov at 9:00 and Wed 25 Nov at 9:00."
            ),
            "If all is answered in time: 1 message, on Wed 18 Nov at 10:00.",
            "Messages come only between 9:00 and 17:00, never at weekends.",
        )

    def test_no_hour_between_due_and_over_is_said(self, in_office_hours):
        found = dry_run(in_office_hours, Daily(starts_on=TODAY, times=10))
        assert found.messages[:2] == (
            "1 message, that something is waiting, on Wed 18 Nov at 10:00.",
            (
                "No hour that they allow falls between when it is due and when it ends: "
                "no reminder goes out."
            ),
        )

    def test_what_is_not_due_has_no_reminder(self, in_office_hours):
        found = dry_run(in_office_hours, Once())
        assert found.messages[1] == "Nothing is due, so no reminder goes out."

    def test_none_is_agreed(self, joined, clinician):
        say(joined, clinician, most_reminders=0)
        found = dry_run(joined, WEEKLY)
        assert "No reminder goes out: none is agreed with them." in (*found.messages, found.why_not)

    def test_a_pause(self, joined, clinician):
        say(joined, clinician, paused_until=date(2026, 11, 30))
        found = dry_run(joined, WEEKLY)
        assert "Messages are paused until the end of 30 November." in found.messages
        assert " Tue 1 Dec at 0:00" in found.messages[0]

    def test_other_things_share_the_message(self, joined, clinician):
        alone = dry_run(joined, WEEKLY)
        give(joined, "patterns-check", by=clinician)
        words = "Other things are open for them: one message a day speaks of everything."
        assert dry_run(joined, WEEKLY).messages == (*alone.messages, words)

    def test_what_they_know_is_not_announced_again(self, joined, clinician, clock):
        given = give(joined, "patterns-check", by=clinician, times=3)
        joined.user.last_login = NOW - DAY
        joined.user.save(update_fields=["last_login"])
        found = dry_run(joined, WEEKLY, assignment=given, now=NOW + DAY)
        assert found.messages[1] == "If all is answered in time: no message."
        assert "Other things are open" not in " ".join(found.messages)

    def test_a_change_of_what_has_not_opened_yet_promises_no_news(self, joined, clinician):
        """Only the first of an assignment is announced, and a change is never the first."""
        given = give(joined, "strengths-check", by=clinician)
        given.occurrences.update(opens_at=NOW + 5 * DAY, due_at=NOW + 9 * DAY, expires_at=None)
        told = dry_run(joined, WEEKLY, assignment=given)
        assert "Wed 18 Nov at 10:00" not in " ".join(told.messages)
        assert "Wed 18 Nov at 10:00" in " ".join(dry_run(joined, WEEKLY).messages)

    def test_after_too_many_missed_only_the_news_goes_out(self, joined, clinician):
        for days in (9, 8, 7):
            give(joined, "strengths-check", by=clinician, now=NOW - days * DAY, due_in_days=1)
        found = dry_run(joined, WEEKLY)
        assert "they have not answered for a while" in " ".join((*found.messages, found.why_not))


def say(client, clinician, **said):
    usual = {"channel", "weekdays", "hours_from", "hours_until", "wording", "others_see_device"}
    last = client.safe_contacts.current().get()
    contact = {name: getattr(last, name) for name in (*usual, *WHOLE_DAY)} | said
    care.confirm_contact(client, by=clinician, now=NOW, **contact)


class TestWhyNot:
    def why_not(self, client, **about):
        found = dry_run(client, WEEKLY, **about)
        assert found.messages == ()
        return found.why_not

    def test_they_asked_for_none(self, joined, clinician):
        care.stop_messages(joined, by=None, now=NOW)
        assert self.why_not(joined) == "They asked for no messages."

    def test_they_are_not_invited(self, client_in_care):
        assert self.why_not(client_in_care) == "They have not been invited to the portal yet."

    def test_hold(self, joined, clinician):
        clear(joined, by=clinician, outcome="hold", now=NOW + DAY)
        assert self.why_not(joined, now=NOW + 2 * DAY) == "The safety check says hold."

    def test_an_alert(self, joined, clinician):
        plan = give(joined, "limit-plan", by=clinician).occurrences.get()
        actions.ask_to_talk(plan, by=joined.user, now=NOW)
        assert self.why_not(joined) == "An alert is open: nobody is nagged meanwhile."

    def test_not_confirmed_for_long(self, joined):
        assert "over six months ago" in self.why_not(joined, now=NOW + 200 * DAY)


class TestWhoseClock:
    def test_the_same_clock_is_not_mentioned(self, clinician):
        vienna = make_client(clinician, "Kim", zone="Europe/Vienna")
        assert dry_run(vienna, Once(), reader=ZoneInfo("Europe/Berlin")).clock == ""

    @pytest.mark.parametrize("reader", ["Europe/London", "Africa/Lagos"])
    def test_another_one_is(self, clinician, reader):
        """Lagos shows the same time as Vienna in November, and another in May."""
        vienna = make_client(clinician, "Kim", zone="Europe/Vienna")
        found = dry_run(vienna, WEEKLY, reader=ZoneInfo(reader))
        assert found.clock == (
            "These are times on their clock (Europe/Vienna), which shows 11:00 now."
        )
        assert found.first[1].startswith("There from Wed 25 Nov at 6:00")


@pytest.mark.parametrize("booked", [1, 3])
@pytest.mark.parametrize("when", [WEEKLY, AroundSessions(side="before")], ids=str)
def test_the_number_of_statements_depends_on_nothing(
    joined, clinician, booked, when, django_assert_num_queries
):
    for days in range(booked):
        care.book_session(joined, by=clinician, starts_at=NOW + (days + 3) * DAY, now=NOW)
        given = give(joined, "strengths-check", by=clinician, times=4)
    with django_assert_num_queries(12 + isinstance(when, AroundSessions)):
        dry_run(joined, when, assignment=given)


@pytest.mark.parametrize(
    "when",
    [
        Daily(starts_on=TODAY),
        Weekly(starts_on=TODAY, weekdays=(1, 2, 3, 4, 5, 6, 7), until=date(2029, 11, 18)),
        Monthly(starts_on=TODAY, on_day=31),
    ],
    ids=str,
)
def test_the_longest_is_quick(in_office_hours, when):
    """At most 200 are looked at. The best of some: a busy machine is slow, not wrong."""
    spent = []
    for _ in range(5):
        start = perf_counter()
        dry_run(in_office_hours, when)
        spent.append(perf_counter() - start)
    assert min(spent) < 0.1
