"""The calendar of a client says what will really happen: sweeps are its judge."""

import re
from datetime import time, timedelta

import pytest
import time_machine
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assessments import actions, schedule
from assessments.calendar import LOOKED_AHEAD, calendar_of
from assessments.models import Activity, ActivityVersion, Reminder
from assessments.reminders import plan, standings, sweep
from clients import actions as care
from clients.models import ReminderPolicy
from tests.conftest import NOW, WHOLE_DAY, as_user, clear, give, join, make_client, reads

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
TODAY = NOW.date()
CALENDAR = 28  # statements of the page; two: whether and that it was looked at that day
SLUGS = ["strengths-check", "patterns-check", "limits-and-closeness"]


def sweep_at(moment):
    sweep(clock=lambda: moment)


def assign(client, slug, when, *, by, now=NOW):
    version = ActivityVersion.objects.filter(activity__slug=slug, practice=client.practice_id)
    return actions.assign(
        client,
        Activity.objects.get(slug=slug, practice=client.practice_id),
        when=when,
        definition=version.newest().get().definition,
        by=by,
        now=now,
    )


def planned_for(client):
    return (
        Reminder.objects.planned()
        .filter(client=client)
        .values_list("planned_for", flat=True)
        .first()
    )


def told(calendar):
    return [(message.at, message.sentence) for message in calendar.messages]


def reasons(calendar):
    return {each.title: each.why for each in calendar.not_spoken_of}


# -- what really happens --------------------------------------------------------------------------


def schedules(first):
    """What could have been assigned on the day ``first``."""
    ends = st.fixed_dictionaries(
        {"starts_on": st.just(first), "times": st.none() | st.integers(1, 12)}
    )
    days = st.integers(0, 20).map(lambda n: first + n * DAY)
    return st.one_of(
        st.builds(schedule.Once, opens_on=st.none() | days, due_on=st.none() | days),
        st.builds(
            lambda more, n: schedule.Daily(interval=n, **more), ends, st.sampled_from([1, 3, 10])
        ),
        st.builds(
            lambda more, on: schedule.Weekly(weekdays=tuple(on), **more),
            ends,
            st.lists(st.integers(1, 7), max_size=3, unique=True),
        ),
        st.builds(lambda more, n: schedule.Monthly(on_day=n, **more), ends, st.integers(1, 31)),
    )


contacts = st.fixed_dictionaries(
    {
        "weekdays": st.sets(st.integers(1, 7), min_size=1).map(sorted),
        "hours": st.sampled_from(
            [
                (time(0), time(23, 59, 59)),
                (time(9), time(17)),
                (time(20), time(22)),
                (time(6), time(7)),
            ]
        ),
        "most_reminders": st.none() | st.integers(0, 4),
        "spacing_days": st.none() | st.integers(1, 9),
        "first_days": st.none() | st.integers(-7, 7),
        "pause": st.none() | st.tuples(st.integers(-3, 20), st.integers(0, 12)),
    }
)
situations = st.fixed_dictionaries(
    {
        "zone": st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Pacific/Apia"]),
        "contact": contacts,
        "missed": st.integers(1, 9),
        "unread": st.integers(1, 40),
        "age": st.integers(0, 20),
        "asked": st.lists(schedules(TODAY - 20 * DAY), min_size=1, max_size=4),
        "snooze": st.none() | st.tuples(st.booleans(), st.integers(1, 60)),
    }
)


def live(situation, clinician):
    """A client in this situation, whose reminders were sent as they should be until NOW."""
    said = dict(situation["contact"])
    said["hours_from"], said["hours_until"] = said.pop("hours")
    pause = said.pop("pause")
    if pause:
        said["paused_from"] = TODAY + pause[0] * DAY
        said["paused_until"] = said["paused_from"] + pause[1] * DAY
    began = NOW - situation["age"] * DAY
    ReminderPolicy.objects.update_or_create(
        practice=clinician.practice,
        defaults={"missed_in_a_row": situation["missed"], "unread_days": situation["unread"]},
    )
    client = make_client(clinician, contact=said, zone=situation["zone"], now=began)
    clear(client, by=clinician, now=began)
    join(client, by=clinician, now=began)
    for number, when in enumerate(situation["asked"]):
        assign(client, SLUGS[number % 3], when, by=clinician, now=began)
    until(client, NOW)
    if situation["snooze"]:
        by_client, hours = situation["snooze"]
        occurrence = client.occurrences.filter(opens_at__lte=NOW).order_by("pk").last()
        if occurrence:
            by = client.user if by_client else clinician
            actions.remind_later(occurrence, at=NOW + hours * HOUR, by=by, now=NOW)
    plan([client.pk], now=NOW)
    return client


def until(client, moment):
    """Sweep whenever something is planned, and make what comes next in time."""
    swept = 0
    while (following := planned_for(client)) is not None and following < moment:
        actions.ask_again(now=following)
        sweep_at(following)
        swept += 1
        assert swept < 300


def happened(client, since):
    found = Reminder.objects.filter(client=client, settled_at__gte=since, outcome="sent")
    return list(found.order_by("settled_at").values_list("settled_at", "kind"))


@given(situation=situations)
@settings(
    max_examples=25,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_what_it_promises_is_what_is_sent(clinician, situation):
    with transaction.atomic():
        client = live(situation, clinician)
        calendar = calendar_of(client, now=NOW)
        promised = [(each.at, each.kind) for each in calendar.messages]
        until(client, NOW + LOOKED_AHEAD)
        sent = happened(client, NOW)
        transaction.set_rollback(True)
    assert promised == sent


@given(situation=situations)
@settings(
    max_examples=60,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_the_first_is_what_is_planned(clinician, situation):
    """Unless it is known today that at that moment nobody will be reminded any more."""
    with transaction.atomic():
        client = live(situation, clinician)
        calendar, at = calendar_of(client, now=NOW), planned_for(client)
        transaction.set_rollback(True)
    first = calendar.messages[0].at if calendar.messages else None
    if at is not None and at < calendar.until and first != at:
        assert calendar.silent_from is not None
        assert calendar.silent_from <= at
    else:
        assert first == (at if at and at < calendar.until else None)


# -- in words -------------------------------------------------------------------------------------


def title(slug):
    return ActivityVersion.objects.get(activity__slug=slug).definition.title


def look(client, user):
    with time_machine.travel(NOW, tick=False):
        response = as_user(user).get(reverse("assessments:calendar", args=[client.pk]))
    assert response.status_code == 200
    return response


def words(response):
    """The text of the page, as it is read."""
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


class TestWhatAMessageIsAbout:
    def test_what_is_new_what_is_due_and_what_is_open(self, joined, clinician):
        give(joined, "strengths-check", by=clinician, due_in_days=1)
        sweep_at(NOW)
        give(joined, "patterns-check", by=clinician, due_in_days=30)
        assign(joined, "limits-and-closeness", schedule.Once(), by=clinician)
        contact = WHOLE_DAY | {"weekdays": [1], "hours_from": time(9), "hours_until": time(10)}
        care.confirm_contact(joined, by=clinician, now=NOW, **contact)
        first = calendar_of(joined, now=NOW).messages[0]
        assert first.at == (NOW + 5 * DAY).replace(hour=9)
        assert first.sentence == (
            f"{title('patterns-check')} is new; {title('limits-and-closeness')} is new; "
            f"{title('strengths-check')} has been due since Thu 19 Nov."
        )

    def test_before_it_is_due(self, joined, clinician):
        give(joined, "strengths-check", by=clinician, due_in_days=5)
        sweep_at(NOW)
        contact = WHOLE_DAY | {"first_days": -1, "hours_from": time(9)}
        care.confirm_contact(joined, by=clinician, now=NOW, **contact)
        first = calendar_of(joined, now=NOW).messages[0]
        assert first.sentence == f"{title('strengths-check')} is due on Mon 23 Nov."

    def test_as_they_asked_and_because_a_clinician_asked(self, joined, clinician):
        for slug in ("strengths-check", "patterns-check"):
            give(joined, slug, by=clinician, due_in_days=20)
        sweep_at(NOW)
        mine, theirs = joined.occurrences.order_by("assignment__assigned_at", "pk")
        actions.remind_later(mine, at=NOW + DAY, by=joined.user, now=NOW)
        actions.remind_later(theirs, at=NOW + DAY, by=clinician, now=NOW)
        first = calendar_of(joined, now=NOW).messages[0]
        assert (first.at, first.sentence) == (
            NOW + DAY,
            (
                f"{title('strengths-check')}, as they asked; "
                f"{title('patterns-check')}, because a reminder was asked for."
            ),
        )

    def test_an_invitation(self, client_in_care, clinician):
        care.invite(client_in_care, by=clinician, now=NOW)
        assert told(calendar_of(client_in_care, now=NOW)) == [
            (NOW, "The invitation to the portal.")
        ]

    def test_sixty_things_are_one_sentence_that_can_be_read(self, joined, clinician):
        for _ in range(60):
            give(joined, "strengths-check", by=clinician)
        first = calendar_of(joined, now=NOW).messages[0]
        assert first.sentence == f"{title('strengths-check')} is new (60 times)."
        assert "(60)" not in words(look(joined, clinician))
        assert len(look(joined, clinician).context["calendar"].open) == 60


class TestWhyNotOfOneThing:
    def given(self, client, clinician, **contact):
        give(client, "strengths-check", by=clinician, due_in_days=1)
        sweep_at(NOW)
        care.confirm_contact(client, by=clinician, now=NOW, **WHOLE_DAY | contact)

    def why(self, client, now=NOW):
        return list(reasons(calendar_of(client, now=now)).values())

    def test_reminded_as_often_as_agreed(self, joined, clinician):
        self.given(joined, clinician)
        until(joined, NOW + 20 * DAY)
        assert self.why(joined, NOW + 20 * DAY) == [
            "They were reminded of it 2 times, and that is as often as was agreed."
        ]

    def test_none_was_agreed(self, joined, clinician):
        self.given(joined, clinician, most_reminders=0)
        assert self.why(joined) == ["They get no reminders about what is due: that was agreed."]

    def test_it_is_not_due(self, joined, clinician):
        assign(joined, "strengths-check", schedule.Once(), by=clinician)
        sweep_at(NOW)
        assert self.why(joined) == ["It is not due at any time."]

    def test_put_away(self, joined, clinician):
        self.given(joined, clinician)
        actions.put_away(joined.occurrences.get(), by=joined.user, now=NOW)
        assert self.why(joined) == ["The client has put it away."]

    def test_paused(self, joined, clinician):
        self.given(joined, clinician)
        actions.pause_assignment(joined.assignments.get(), by=clinician, now=NOW)
        assert self.why(joined) == ["It is paused."]

    def test_no_hour_between_due_and_end(self, joined, clinician):
        daily = schedule.Daily(starts_on=TODAY, times=2)
        assign(joined, "strengths-check", daily, by=clinician)
        sweep_at(NOW)
        contact = WHOLE_DAY | {"hours_from": time(9), "hours_until": time(17)}
        care.confirm_contact(joined, by=clinician, now=NOW, **contact)
        (found,) = calendar_of(joined, now=NOW).not_spoken_of
        assert found.why == "No hour that they allow falls between when it is due and when it ends."
        assert found.days == [TODAY, TODAY + DAY]

    def test_a_pause_of_the_messages(self, joined, clinician):
        assign(joined, "strengths-check", schedule.Daily(starts_on=TODAY, times=1), by=clinician)
        sweep_at(NOW)
        contact = WHOLE_DAY | {"paused_until": TODAY + 9 * DAY}
        care.confirm_contact(joined, by=clinician, now=NOW, **contact)
        assert self.why(joined) == ["Messages are paused until the end of 27 Nov 2026."]

    def test_one_message_a_day(self, joined, clinician):
        assign(joined, "strengths-check", schedule.Daily(starts_on=TODAY, times=1), by=clinician)
        sweep_at(NOW)  # it was news today, is due tonight, and ends tomorrow morning
        contact = WHOLE_DAY | {"hours_from": time(9)}
        care.confirm_contact(joined, by=clinician, now=NOW, **contact)
        assert self.why(joined) == [
            "Another message leaves on the only day on which this one could."
        ]

    def test_you_are_told_instead(self, joined, clinician):
        ReminderPolicy.objects.create(practice=joined.practice, missed_in_a_row=1)
        give(joined, "strengths-check", by=clinician, due_in_days=1)
        sweep_at(NOW)
        contact = WHOLE_DAY | {"hours_from": time(9), "hours_until": time(17)}
        care.confirm_contact(joined, by=clinician, now=NOW, **contact)
        assert self.why(joined) == [
            "By then they would not have answered what was due: you are told instead."
        ]
        assert self.why(joined, NOW + 2 * DAY) == [
            "They have not answered what was due: you are told instead."
        ]

    def test_things_of_one_evening_are_one(self, joined, clinician):
        """A program that gives three things at once does not silence itself."""
        for _ in range(3):
            give(joined, "strengths-check", by=clinician, due_in_days=1)
        sweep_at(NOW)
        assert calendar_of(joined, now=NOW).messages
        assert not standings([joined.pk], now=NOW + 3 * DAY)[joined.pk].is_silent

    def test_what_falls_due_in_an_agreed_pause_is_no_silence(self, joined, clinician):
        today = NOW.date()
        contact = WHOLE_DAY | {"paused_from": today, "paused_until": today + 5 * DAY}
        care.confirm_contact(joined, by=clinician, now=NOW, **contact)
        for days in (1, 2, 3, 4):
            give(joined, "strengths-check", by=clinician, due_in_days=days)
        later = NOW + 7 * DAY
        assert not standings([joined.pk], now=later)[joined.pk].is_silent
        give(joined, "patterns-check", by=clinician, now=later, due_in_days=1)
        assert calendar_of(joined, now=later).messages

    def test_it_ends_before_the_next_reminder_may_follow(self, joined, clinician):
        contact = WHOLE_DAY | {"spacing_days": 7}
        care.confirm_contact(joined, by=clinician, now=NOW, **contact)
        given = give(joined, "limit-log", by=clinician, times=1, now=NOW)
        due = given.occurrences.get().due_at
        sweep_at(NOW)
        sweep_at(due + DAY / 24)
        assert self.why(joined, due + DAY / 12) == [
            "They were reminded of it, and it ends before 7 days have passed since."
        ]

    def test_away_from_the_portal_for_too_long(self, joined, clinician):
        self.given(joined, clinician)
        ReminderPolicy.objects.create(practice=joined.practice, unread_days=1, missed_in_a_row=20)
        give(joined, "patterns-check", by=clinician, due_in_days=10)
        later = calendar_of(joined, now=NOW + 9 * DAY)
        assert set(reasons(later).values()) == {
            "They have not been in the portal for a day after a message: you are told instead."
        }

    def test_stale_by_then(self, joined, clinician):
        self.given(joined, clinician)
        joined.safe_contacts.current().update(confirmed_at=NOW - 179 * DAY)
        assert self.why(joined) == [
            "By then, how they may be reached was last confirmed over six months ago."
        ]

    def test_nobody_at_all_is_said_once(self, joined, clinician):
        self.given(joined, clinician)
        clear(joined, by=clinician, outcome="hold", now=NOW + HOUR)
        calendar = calendar_of(joined, now=NOW + HOUR)
        assert (calendar.why_nobody, calendar.messages, calendar.not_spoken_of) == (
            "The safety check says hold.",
            [],
            [],
        )


class TestTheDays:
    def entries(self, client, now=NOW):
        return [
            (f"{entry.at:%a %d %b %H:%M}", entry.kind, entry.text)
            for week in calendar_of(client, now=now).weeks
            for day in week.days
            for entry in day.entries
        ]

    def test_what_opens_is_due_and_ends_sessions_and_messages(self, joined, clinician):
        weekly = schedule.Weekly(starts_on=TODAY + DAY, times=2)
        assign(joined, "strengths-check", weekly, by=clinician)
        care.book_session(joined, by=clinician, starts_at=NOW + 2 * DAY, now=NOW)
        name = title("strengths-check")
        assert self.entries(joined) == [
            ("Thu 19 Nov 06:00", "message", f"{name} is new."),
            ("Thu 19 Nov 06:00", "opens", name),
            ("Fri 20 Nov 10:00", "session", "50 minutes"),
            ("Sun 22 Nov 21:00", "message", f"{name} is due."),
            ("Sun 22 Nov 21:00", "due", name),
            ("Tue 24 Nov 21:00", "message", f"{name} has been due since Sun 22 Nov."),
            ("Thu 26 Nov 06:00", "opens", name),
            ("Sun 29 Nov 21:00", "message", f"{name} is due."),
            ("Sun 29 Nov 21:00", "due", name),
            ("Tue 01 Dec 21:00", "message", f"{name} has been due since Sun 29 Nov."),
            ("Thu 03 Dec 06:00", "ends", name),
        ]

    def test_on_the_clock_of_the_client(self, clinician):
        client = join(make_client(clinician, zone="Pacific/Apia"), by=clinician)
        care.book_session(client, by=clinician, starts_at=NOW + DAY, now=NOW)
        assert self.entries(client) == [("Thu 19 Nov 23:00", "session", "50 minutes")]
        assert "23:00" in words(look(client, clinician))

    def test_what_has_no_row_yet_is_there_too(self, joined, clinician):
        """Rows are made some weeks ahead; the calendar looks eight weeks from any day."""
        assign(joined, "strengths-check", schedule.Weekly(starts_on=TODAY), by=clinician)
        later = NOW + 27 * DAY  # the day before the next ones are made
        opens = [day for day, kind, _ in self.entries(joined, later) if kind == "opens"]
        assert len(opens) == 8
        actions.ask_again(now=NOW + 28 * DAY)
        assert [day for day, kind, _ in self.entries(joined, later) if kind == "opens"] == opens

    def test_a_cancelled_session_is_not_there(self, joined, clinician):
        session = care.book_session(joined, by=clinician, starts_at=NOW + DAY, now=NOW)
        care.settle_session(session, outcome="cancelled", by=clinician, now=NOW)
        assert self.entries(joined) == []

    def test_days_of_a_pause_are_marked(self, joined, clinician):
        contact = WHOLE_DAY | {"paused_from": TODAY + DAY, "paused_until": TODAY + 2 * DAY}
        care.confirm_contact(joined, by=clinician, now=NOW, **contact)
        days = [day for week in calendar_of(joined, now=NOW).weeks for day in week.days]
        assert [day.date for day in days if day.is_quiet] == [TODAY + DAY, TODAY + 2 * DAY]


class TestThePage:
    def test_with_nothing_it_says_so(self, client_in_care, clinician):
        assert "Nothing comes in the next eight weeks." in words(look(client_in_care, clinician))

    def test_it_says_what_leaves_and_what_stops(self, joined, clinician):
        assign(joined, "strengths-check", schedule.Daily(starts_on=TODAY), by=clinician)
        text = words(look(joined, clinician))
        n = len(calendar_of(joined, now=NOW).messages)
        assert f"If nothing is answered, {n} messages leave before 13 January." in text
        assert "reminders stop, and you are told instead." in text
        assert "You are told" not in text

    def test_a_supervisor_may_read_it(self, joined, supervisor):
        reads(supervisor, joined, now=NOW)
        look(joined, supervisor)

    def test_nobody_else_may(self, joined, colleague, stranger):
        url = reverse("assessments:calendar", args=[joined.pk])
        for user in (colleague, stranger, joined.user):
            assert as_user(user).get(url).status_code == 404

    @pytest.mark.parametrize("number", [1, 3])
    def test_it_costs_as_much_with_one_as_with_three(self, joined, clinician, number):
        for _ in range(number):
            give(joined, "strengths-check", by=clinician)
            weekly = schedule.Weekly(starts_on=TODAY)
            assign(joined, "patterns-check", weekly, by=clinician)
            care.book_session(joined, by=clinician, starts_at=NOW + (_ + 1) * DAY, now=NOW)
        look(joined, clinician)
        browser = as_user(clinician)
        url = reverse("assessments:calendar", args=[joined.pk])
        with CaptureQueriesContext(connection) as sent:
            browser.get(url)
        assert len(sent) == CALENDAR
