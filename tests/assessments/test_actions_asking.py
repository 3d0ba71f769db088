"""What is asked of a client follows the schedule, the sessions and the clock on their wall."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assessments import actions, schedule
from assessments.actions import asking
from assessments.models import ActivityVersion, Assignment, Occurrence, Reminder
from clients import actions as care
from practice.models import AuditEvent
from tests.conftest import NOW, join, make_client

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
WEEK = timedelta(days=7)
TODAY = NOW.date()  # a Wednesday
BERLIN, TOKYO = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Tokyo")


def assign(client, when, *, by, slug="strengths-check", now=NOW):
    version = (
        ActivityVersion.objects.filter(activity__slug=slug)
        .newest()
        .get(practice=client.practice_id)
    )
    return actions.assign(
        client, version.activity, when=when, definition=version.definition, by=by, now=now
    )


def asked(assignment) -> list[Occurrence]:
    return list(assignment.occurrences.filter(withdrawn_at=None).order_by("number"))


def opening_days(assignment) -> list[date]:
    return [row.opens_at.astimezone(assignment.client.zone).date() for row in asked(assignment)]


@pytest.fixture
def berlin(clinician):
    return join(make_client(clinician, zone="Europe/Berlin"), by=clinician)


class TestAhead:
    def test_a_short_schedule_is_there_as_a_whole(self, joined, clinician):
        assignment = assign(joined, schedule.Weekly(starts_on=TODAY, times=4), by=clinician)
        assert opening_days(assignment) == [TODAY + n * WEEK for n in range(4)]
        assignment.refresh_from_db()
        assert assignment.ask_again_at is None

    def test_one_without_an_end_is_made_eight_weeks_ahead(self, joined, clinician):
        assignment = assign(joined, schedule.Daily(starts_on=TODAY, interval=2), by=clinician)
        days = opening_days(assignment)
        assert days == [TODAY + n * 2 * DAY for n in range(len(days))]
        assert days[-1] <= TODAY + asking.AHEAD < days[-1] + 2 * DAY
        assignment.refresh_from_db()
        assert assignment.ask_again_at == NOW + asking.AGAIN

    def test_the_next_one_is_there_however_far_away(self, joined, clinician):
        when = schedule.Monthly(starts_on=TODAY, on_day=18, interval=6)
        assignment = assign(joined, when, by=clinician)
        assert opening_days(assignment) == [TODAY, date(2027, 5, 18)]
        assignment.refresh_from_db()
        assert assignment.ask_again_at == NOW + asking.AGAIN

    def test_more_is_made_in_time_and_nothing_twice(self, joined, clinician):
        assignment = assign(joined, schedule.Daily(starts_on=TODAY), by=clinician)
        assert actions.ask_again(now=NOW + 27 * DAY) == 0
        for weeks in range(4, 40, 4):
            assert actions.ask_again(now=NOW + weeks * WEEK) == 1
            assert actions.ask_again(now=NOW + weeks * WEEK) == 0
        days = opening_days(assignment)
        assert days == [TODAY + n * DAY for n in range(len(days))]
        assert days[-1] == TODAY + 36 * WEEK + asking.AHEAD

    def test_one_that_cannot_be_read_does_not_keep_back_the_others(self, clinician, caplog):
        clients = [join(make_client(clinician, f"P{n} X"), by=clinician) for n in range(3)]
        when = schedule.Daily(starts_on=TODAY)
        bad, *good = (assign(client, when, by=clinician) for client in clients)
        Assignment.objects.filter(pk=bad.pk).update(
            schedule={"every": "blue moon"}, ask_again_at=NOW + WEEK
        )
        later = NOW + 4 * WEEK
        assert actions.ask_again(now=later) == 3
        for assignment in good:
            assert opening_days(assignment)[-1] == TODAY + 4 * WEEK + asking.AHEAD
        assert f"assignment {bad.pk} can't be asked" in caplog.text
        assert actions.ask_again(now=later) == 0  # it rests, and nobody waits for it
        assert actions.ask_again(now=later + asking.REST) == 1

    def test_what_passed_while_the_program_stood_still_is_not_asked(self, joined, clinician):
        assignment = assign(joined, schedule.Weekly(starts_on=TODAY), by=clinician)
        last = opening_days(assignment)[-1]
        late = NOW + 20 * WEEK
        actions.ask_again(now=late)
        days = opening_days(assignment)
        assert last + WEEK not in days
        assert (late - NOW).days // 7 * WEEK + TODAY in days
        numbers = [row.number for row in asked(assignment)]
        assert [TODAY + (n - 1) * WEEK for n in numbers] == days

    def test_the_number_of_statements_does_not_depend_on_how_many(self, clinician):
        counts = []
        for crowd in (1, 3):
            people = [make_client(clinician, f"P{crowd}{n} X") for n in range(crowd)]
            rows = [
                assign(person, schedule.Daily(starts_on=TODAY), by=clinician) for person in people
            ]
            with CaptureQueriesContext(
                connection,
            ) as statements:
                asking.ask(rows, now=NOW + 4 * WEEK)
            counts.append(len(statements))
        assert counts[0] == counts[1]

    def test_nothing_more_is_asked_when_care_ends(self, joined, clinician):
        assignment = assign(joined, schedule.Daily(starts_on=TODAY), by=clinician)
        care.close_episode(joined, by=clinician, reason="done", now=NOW + DAY)
        assert not asked(assignment)
        assert not Reminder.objects.planned().filter(client=joined).exists()
        assert actions.ask_again(now=NOW + 10 * WEEK) == 0


class TestChanging:
    def test_what_has_opened_stays_and_what_has_not_is_replaced(self, berlin, clinician):
        assignment = assign(berlin, schedule.Weekly(starts_on=TODAY, times=4), by=clinician)
        before = asked(assignment)[:2]
        later = NOW + 8 * DAY  # the second week is open
        when = schedule.Weekly(starts_on=TODAY, weekdays=(1,), times=3, at=time(18))
        actions.change_schedule(assignment, when=when, by=clinician, now=later)
        after = asked(assignment)
        assert [(row.pk, row.opens_at, row.due_at, row.expires_at) for row in after[:2]] == [
            (row.pk, row.opens_at, row.due_at, row.expires_at) for row in before
        ]
        assert [row.opens_at.astimezone(BERLIN) for row in after[2:]] == [
            datetime(2026, 11, 30, 18, tzinfo=BERLIN) + n * WEEK for n in range(3)
        ]
        assert [row.number for row in after] == [1, 2, 3, 4, 5]
        event = AuditEvent.objects.get(action="assignment.rescheduled")
        assert event.detail["before"]["times"] == 4

    def test_twice_is_once(self, berlin, clinician):
        assignment = assign(berlin, schedule.Weekly(starts_on=TODAY, times=4), by=clinician)
        when = schedule.Daily(starts_on=TODAY, times=3)
        for _ in range(2):
            actions.change_schedule(assignment, when=when, by=clinician, now=NOW + DAY)
        assert opening_days(assignment) == [TODAY, TODAY + DAY, TODAY + 2 * DAY, TODAY + 3 * DAY]


class TestPausing:
    def test_nothing_opens_and_nobody_is_reminded(self, berlin, clinician):
        assignment = assign(berlin, schedule.Weekly(starts_on=TODAY, times=4), by=clinician)
        actions.pause_assignment(assignment, by=clinician, now=NOW + DAY)
        actions.pause_assignment(assignment, by=clinician, now=NOW + DAY)
        assert opening_days(assignment) == [TODAY]
        assert asked(assignment)[0].is_open(NOW + DAY)
        assert not Reminder.objects.planned().filter(client=berlin).exists()
        assert AuditEvent.objects.filter(action="assignment.paused").count() == 1

    def test_what_was_left_of_it_comes_when_it_goes_on(self, berlin, clinician):
        assignment = assign(berlin, schedule.Weekly(starts_on=TODAY, times=4), by=clinician)
        actions.pause_assignment(assignment, by=clinician, now=NOW + DAY)
        back = NOW + 3 * WEEK + 2 * DAY
        for _ in range(2):
            actions.resume_assignment(assignment, by=clinician, now=back)
        wednesday = TODAY + 4 * WEEK
        assert opening_days(assignment) == [TODAY, *(wednesday + n * WEEK for n in range(3))]
        assert AuditEvent.objects.filter(action="assignment.resumed").count() == 1

    @pytest.mark.parametrize(
        "when",
        [
            schedule.Daily(starts_on=TODAY, times=5),
            schedule.Daily(starts_on=TODAY, interval=3, times=5),
            schedule.Weekly(starts_on=TODAY, interval=2, times=5),
            schedule.Weekly(starts_on=TODAY, weekdays=(1, 3), times=5),
            schedule.Monthly(starts_on=TODAY, on_day=18, times=5),
        ],
        ids=lambda when: f"{when.every} {when.interval}",
    )
    def test_a_short_pause_asks_nothing_twice(self, berlin, clinician, when):
        assignment = assign(berlin, when, by=clinician)
        before = opening_days(assignment)
        for minutes in (0, 5):
            now = NOW + timedelta(minutes=minutes)
            actions.pause_assignment(assignment, by=clinician, now=now)
            actions.resume_assignment(assignment, by=clinician, now=now + timedelta(minutes=2))
        assert opening_days(assignment) == before

    def test_when_nothing_was_left_nothing_comes(self, berlin, clinician):
        assignment = assign(berlin, schedule.Daily(starts_on=TODAY, times=1), by=clinician)
        actions.pause_assignment(assignment, by=clinician, now=NOW)
        actions.resume_assignment(assignment, by=clinician, now=NOW + DAY)
        assert opening_days(assignment) == [TODAY]

    def test_something_once_for_a_later_day_waits(self, berlin, clinician):
        when = schedule.Once(opens_on=TODAY + 2 * DAY, due_on=TODAY + 9 * DAY)
        assignment = assign(berlin, when, by=clinician)
        actions.pause_assignment(assignment, by=clinician, now=NOW)
        assert asked(assignment) == []
        actions.resume_assignment(assignment, by=clinician, now=NOW + 5 * DAY)
        [occurrence] = asked(assignment)
        assert occurrence.opens_at == NOW + 5 * DAY
        assert occurrence.due_at.astimezone(BERLIN).date() == TODAY + 9 * DAY


class TestMovingZone:
    def test_what_is_to_come_keeps_its_hour_on_the_new_wall(self, berlin, clinician):
        when = schedule.Weekly(starts_on=TODAY, interval=2, times=4, at=time(7))
        assignment = assign(berlin, when, by=clinician)
        opened = asked(assignment)[0]
        before = opening_days(assignment)
        care.change_client(berlin, by=clinician, now=NOW + 2 * DAY, time_zone="Asia/Tokyo")
        assignment = Assignment.objects.get(pk=assignment.pk)
        rows = asked(assignment)
        assert rows[0].opens_at == opened.opens_at
        due = opened.due_at.astimezone(BERLIN).replace(tzinfo=TOKYO)
        assert rows[0].due_at == due
        assert [row.opens_at.astimezone(TOKYO) for row in rows[1:]] == [
            datetime.combine(day, time(7), TOKYO) for day in before[1:]
        ]

    @pytest.mark.parametrize("zone", ["Asia/Tokyo", "America/Los_Angeles", "Pacific/Kiritimati"])
    def test_no_day_is_missed_or_doubled(self, berlin, clinician, zone):
        assignment = assign(berlin, schedule.Daily(starts_on=TODAY), by=clinician)
        before = opening_days(assignment)
        midnight = NOW.replace(hour=23, minute=30)
        care.change_client(berlin, by=clinician, now=midnight, time_zone=zone)
        assignment = Assignment.objects.get(pk=assignment.pk)
        actions.ask_again(now=midnight + 4 * WEEK)
        days = opening_days(assignment)[1:]  # the first opened by the clock that they had then
        assert days[: len(before) - 1] == before[1:]
        assert days == [TODAY + (n + 1) * DAY for n in range(len(days))]

    def test_an_evening_that_would_have_passed_stays(self, berlin, clinician):
        assignment = assign(berlin, schedule.Once(due_on=TODAY), by=clinician)
        [before] = asked(assignment)
        now = before.due_at - timedelta(hours=1)
        care.change_client(berlin, by=clinician, now=now, time_zone="Asia/Tokyo")
        assert asked(assignment)[0].due_at == before.due_at


class TestAroundSessions:
    @pytest.fixture
    def sessions(self, berlin, clinician):
        return [
            care.book_session(berlin, by=clinician, starts_at=NOW + (7 * n + 5) * DAY, now=NOW)
            for n in range(4)
        ]

    def before_each(self, client, clinician, **rest):
        when = schedule.AroundSessions(side="before", days=2, **rest)
        return assign(client, when, by=clinician)

    def test_one_for_each_session(self, berlin, clinician, sessions):
        assignment = self.before_each(berlin, clinician)
        assert [row.session_id for row in asked(assignment)] == [each.pk for each in sessions]
        assert [row.expires_at for row in asked(assignment)] == [
            each.starts_at for each in sessions
        ]

    def test_it_comes_when_a_session_is_booked(self, berlin, clinician):
        assignment = self.before_each(berlin, clinician)
        assert asked(assignment) == []
        care.book_session(berlin, by=clinician, starts_at=NOW + 5 * DAY, now=NOW)
        assert opening_days(assignment) == [TODAY + 3 * DAY]

    def test_it_moves_with_the_session(self, berlin, clinician, sessions):
        assignment = self.before_each(berlin, clinician)
        first = asked(assignment)[0]
        starts_at = sessions[0].starts_at + DAY
        care.move_session(sessions[0], by=clinician, starts_at=starts_at, minutes=50, now=NOW)
        moved = asked(assignment)[0]
        assert moved.pk == first.pk
        assert moved.opens_at == first.opens_at + DAY
        assert moved.expires_at == starts_at

    def test_what_is_open_lasts_until_the_session_that_moved(self, berlin, clinician, sessions):
        assignment = self.before_each(berlin, clinician)
        now = sessions[0].starts_at - DAY
        starts_at = sessions[0].starts_at + 3 * DAY
        care.move_session(sessions[0], by=clinician, starts_at=starts_at, minutes=50, now=now)
        row = asked(assignment)[0]
        assert row.opens_at < now
        assert row.expires_at == starts_at

    def test_it_goes_when_the_session_is_cancelled(self, berlin, clinician, sessions):
        assignment = self.before_each(berlin, clinician)
        now = sessions[0].starts_at - DAY  # the first is open, the second is not
        for session in sessions[:2]:
            care.settle_session(session, outcome="cancelled", by=clinician, now=now)
        assert [row.session_id for row in asked(assignment)] == [each.pk for each in sessions[2:]]
        assert assignment.occurrences.get(session=sessions[0]).withdrawn_at == now
        assert not assignment.occurrences.filter(session=sessions[1]).exists()

    def test_not_under_somebody_who_is_at_it(self, berlin, clinician, sessions):
        assignment = self.before_each(berlin, clinician)
        row, now = asked(assignment)[0], sessions[0].starts_at - DAY
        actions.touch(row, now=now)
        care.settle_session(sessions[0], outcome="cancelled", by=clinician, now=now)
        row.refresh_from_db()
        assert row.is_open(now + timedelta(hours=23))

    def test_every_other_one(self, berlin, clinician, sessions):
        assignment = self.before_each(berlin, clinician, nth=2)
        assert [row.session_id for row in asked(assignment)] == [sessions[0].pk, sessions[2].pk]

    def test_after_a_session_that_was_missed_nothing_is_asked(self, berlin, clinician, sessions):
        when = schedule.AroundSessions(side="after", days=1)
        assignment = assign(berlin, when, by=clinician)
        now = sessions[0].starts_at + timedelta(hours=2)
        care.settle_session(sessions[0], outcome="missed", by=clinician, now=now)
        assert [row.session_id for row in asked(assignment)] == [each.pk for each in sessions[1:]]


class TestNobodyIsInterrupted:
    def test_what_was_touched_within_a_day_does_not_expire(self, joined, clinician):
        assignment = assign(joined, schedule.Weekly(starts_on=TODAY, times=2), by=clinician)
        occurrence = asked(assignment)[0]
        end = occurrence.expires_at
        at_night = end - timedelta(hours=1)
        actions.keep(occurrence, {"mutual_1": 3}, by=joined.user, now=at_night)
        occurrence.refresh_from_db()
        assert occurrence.ends_at == at_night + DAY
        assert occurrence.is_open(end + timedelta(hours=22))
        assert not occurrence.is_open(at_night + DAY)
        is_there = Occurrence.objects.open(end + timedelta(hours=22)).filter(pk=occurrence.pk)
        assert is_there.exists()
        assert not Occurrence.objects.open(at_night + DAY).filter(pk=occurrence.pk).exists()

    def test_a_trace_is_written_at_most_every_ten_minutes(self, joined, clinician):
        assignment = assign(joined, schedule.Once(), by=clinician)
        occurrence = asked(assignment)[0]
        actions.touch(occurrence, now=NOW)
        with CaptureQueriesContext(connection) as statements:
            actions.touch(occurrence, now=NOW + timedelta(minutes=9))
        assert len(statements) == 0
        actions.touch(occurrence, now=NOW + timedelta(minutes=10))
        occurrence.refresh_from_db()
        assert occurrence.touched_at == NOW + timedelta(minutes=10)


class TestAsking:
    def test_a_reminder_that_is_asked_for_comes_then(self, joined, clinician, mailoutbox):
        occurrence = asked(assign(joined, schedule.Once(), by=clinician))[0]
        at = NOW + timedelta(hours=8)
        actions.remind_later(occurrence, at=at, by=joined.user, now=NOW)
        assert Reminder.objects.planned().get(client=joined).planned_for == at
