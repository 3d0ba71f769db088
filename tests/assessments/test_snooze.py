"""“Tonight” is tonight and “tomorrow” is no other day than it says, on the client's wall clock."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

from hypothesis import given, settings
from hypothesis import strategies as st

from assessments.models import Assignment, Occurrence
from assessments.schedule import ContactRules
from assessments.snooze import Snooze
from clients.models import Client

DAY = timedelta(days=1)
MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2029, 1, 1), timezones=st.just(UTC))
HOURS = st.lists(st.times(), min_size=2, max_size=2, unique=True).map(sorted)


def snooze(zone, now, hours=(time(0), time(23, 59, 59)), weekdays=range(1, 8), pause=None):
    first, last = pause or (None, None)
    rules = ContactRules(
        zone=ZoneInfo(zone),
        weekdays=frozenset(weekdays),
        starts=hours[0],
        ends=hours[1],
        most=2,
        spacing_days=2,
        paused_from=first,
        paused_until=last,
    )
    return Snooze(Client(time_zone=zone), now, rules, last_at=now + 100 * DAY)


def waiting(now, ends_in=None) -> Occurrence:
    return Occurrence(
        assignment=Assignment(),
        number=1,
        opens_at=now - DAY,
        expires_at=ends_in and now + ends_in,
    )


def is_allowed(wall, hours, weekdays, pause) -> bool:
    """Read off the clock, without the code that plans."""
    is_paused = pause is not None and pause[0] <= wall.date() <= pause[1]
    ends = time.max if hours[1] >= time(23, 59, 59) else hours[1]
    is_hour = hours[0] <= wall.time() < ends or (ends == time.max and wall.time() >= hours[0])
    return wall.isoweekday() in weekdays and is_hour and not is_paused


@given(
    zone=st.sampled_from(sorted(available_timezones())),
    now=MOMENTS,
    hours=HOURS,
    weekdays=st.sets(st.integers(1, 7), min_size=1),
    pause=st.none() | st.tuples(st.integers(-3, 3), st.integers(0, 5)),
    ends_in=st.none() | st.timedeltas(timedelta(minutes=1), timedelta(days=3)),
)
@settings(max_examples=500, deadline=None, database=None)
def test_what_is_offered_can_be_kept(zone, now, hours, weekdays, pause, ends_in):
    today = now.astimezone(ZoneInfo(zone)).date()
    quiet = pause and (today + pause[0] * DAY, today + (pause[0] + pause[1]) * DAY)
    asked, occurrence = snooze(zone, now, hours, weekdays, quiet), waiting(now, ends_in)
    for way in ("tonight", "later"):
        at = asked.moment(occurrence, way)
        if at is None:
            continue
        wall = at.astimezone(ZoneInfo(zone))
        assert at > now
        assert is_allowed(wall, hours, weekdays, quiet)
        assert occurrence.expires_at is None or at < occurrence.expires_at
        if way == "tonight":
            assert wall.date() == today
            assert wall.time() >= time(19)
        else:
            assert today < wall.date() <= today + 6 * DAY


@given(zone=st.sampled_from(sorted(available_timezones())), now=MOMENTS)
@settings(max_examples=500, deadline=None, database=None)
def test_who_may_always_be_reached_can_have_tomorrow_and_until_five_tonight(zone, now):
    """Also where a clock skips the evening, or the whole of tomorrow as in Apia."""
    here = now.astimezone(ZoneInfo(zone))
    asked, occurrence = snooze(zone, now), waiting(now)
    assert asked.moment(occurrence, "later") is not None
    is_offered = asked.moment(occurrence, "tonight") is not None
    assert is_offered == (here.time() < time(17))


def test_at_one_minute_to_midnight_tomorrow_is_the_next_morning():
    now = datetime(2026, 11, 18, 23, 59, tzinfo=ZoneInfo("Europe/Berlin"))
    asked = snooze("Europe/Berlin", now, (time(8), time(20)))
    assert asked.ways_for(waiting(now)) == [("later", "Remind me tomorrow")]
    at = asked.moment(waiting(now), "later").astimezone(ZoneInfo("Europe/Berlin"))
    assert (at.date(), at.time()) == (now.date() + DAY, time(8))


def test_what_is_paused_or_over_offers_nothing():
    now = datetime(2026, 11, 18, 10, tzinfo=UTC)
    paused, over, away = waiting(now), waiting(now, -timedelta(hours=1)), waiting(now)
    paused.assignment.paused_at = away.put_away_at = now
    for occurrence in (paused, over, away):
        assert snooze("UTC", now).ways_for(occurrence) == []
