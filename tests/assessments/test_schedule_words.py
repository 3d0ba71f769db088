"""A schedule in a sentence."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from assessments.schedule import (
    AroundSessions,
    ContactRules,
    Daily,
    Monthly,
    Once,
    Weekly,
)
from assessments.schedule_words import hours_in_words, in_words, moment, pause_in_words

TODAY = date(2026, 11, 18)  # a Wednesday
THIS_YEAR, NEXT_YEAR = date(2026, 12, 3), date(2027, 1, 3)


@pytest.mark.parametrize(
    ("when", "words"),
    [
        (Once(), "Once, at any time"),
        (Once(due_on=date(2026, 11, 20)), "Once, by the evening of Fri 20 Nov"),
        (Once(opens_on=THIS_YEAR), "Once, from Thu 3 Dec"),
        (Once(opens_on=TODAY, due_on=TODAY), "Once, by the evening of Wed 18 Nov"),
        (
            Once(opens_on=THIS_YEAR, due_on=NEXT_YEAR),
            "Once, from Thu 3 Dec, by the evening of Sun 3 Jan 2027",
        ),
        (Daily(starts_on=TODAY, times=1), "Every day, from 6:00, 1 time"),
        (
            Daily(starts_on=TODAY, interval=2, times=9),
            "Every second day, from 6:00, 9 times",
        ),
        (
            Daily(starts_on=TODAY, interval=10, at=time(17, 30)),
            "Every 10 days, from 17:30, until care ends",
        ),
        (
            Weekly(starts_on=TODAY, interval=2, weekdays=(4, 1), until=NEXT_YEAR),
            "Every second week on Monday and Thursday, from 6:00, until 3 January 2027",
        ),
        (
            Weekly(starts_on=THIS_YEAR, times=4),
            "Every week on Thursday, beginning 3 December, from 6:00, 4 times",
        ),
        (
            Weekly(starts_on=TODAY, weekdays=(1, 2, 3, 4, 5), interval=3, until=THIS_YEAR),
            "Every 3 weeks from Monday to Friday, from 6:00, until 3 December",
        ),
        (
            Weekly(starts_on=TODAY, weekdays=(1, 2, 3, 4, 5, 6, 7)),
            "Every week on every day, from 6:00, until care ends",
        ),
        (
            Monthly(starts_on=TODAY, on_day=15, times=3, until=NEXT_YEAR),
            "Every month on day 15, from 6:00, 3 times, until 3 January 2027",
        ),
        (
            Monthly(starts_on=TODAY, on_day=30, interval=2, times=3),
            "Every second month on day 30 or its last day, from 6:00, 3 times",
        ),
        (
            Monthly(starts_on=TODAY, on_day=31, interval=6, times=3),
            "Every 6 months on its last day, from 6:00, 3 times",
        ),
        (
            AroundSessions(side="before", days=0),
            "Before each session, from the day before, until care ends",
        ),
        (
            AroundSessions(side="before", nth=2, days=3, times=2),
            "Before every other session, from 3 days before, 2 times",
        ),
        (
            AroundSessions(side="after", days=0, until=THIS_YEAR),
            "After each session, by the same evening, until 3 December",
        ),
        (
            AroundSessions(side="after", nth=2),
            "After every other session, by the next evening, until care ends",
        ),
        (
            AroundSessions(side="after", days=5),
            "After each session, by 5 days later, until care ends",
        ),
    ],
    ids=str,
)
def test_a_schedule_is_a_sentence(when, words):
    assert in_words(when, today=TODAY) == words


def test_a_moment_is_told_on_the_clock_of_its_zone():
    at = datetime(2026, 11, 20, 23, 5, tzinfo=UTC)
    assert moment(at, ZoneInfo("Europe/Berlin"), TODAY) == "Sat 21 Nov at 0:05"
    assert moment(at, ZoneInfo("UTC"), date(2027, 1, 1)) == "Fri 20 Nov 2026 at 23:05"


def rules(**said):
    usual = {
        "zone": ZoneInfo("UTC"),
        "weekdays": frozenset(range(1, 8)),
        "starts": time(0),
        "ends": time(23, 59, 59),
        "most": 2,
        "spacing_days": 2,
        "paused_until": None,
    }
    return ContactRules(**usual | said)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({}, ""),
        ({"starts": time(9), "ends": time(17, 30)}, "only between 9:00 and 17:30"),
        ({"starts": time(0), "ends": time(8)}, "only between 0:00 and 8:00"),
        ({"weekdays": frozenset({1, 2, 3, 4, 5})}, "never at weekends"),
        ({"weekdays": frozenset({1, 2, 3, 4, 5, 6})}, "never on Sunday"),
        ({"weekdays": frozenset({1, 4})}, "only on Monday and Thursday"),
        (
            {"starts": time(9), "weekdays": frozenset({1, 3, 5, 7})},
            "only between 9:00 and 23:59, never on Tuesday, Thursday and Saturday",
        ),
    ],
    ids=str,
)
def test_when_messages_may_come(said, words):
    assert hours_in_words(rules(**said)) == words


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        (None, None, ""),
        (None, date(2026, 11, 17), ""),
        (None, TODAY, "Messages are paused until the end of 18 November."),
        (TODAY, THIS_YEAR, "Messages are paused until the end of 3 December."),
        (
            THIS_YEAR,
            NEXT_YEAR,
            "Messages are paused from 3 December until the end of 3 January 2027.",
        ),
        (THIS_YEAR, None, "Messages are paused from 3 December on."),
        (TODAY, None, "Messages are paused until they say otherwise."),
    ],
    ids=str,
)
def test_a_pause(start, end, words):
    assert pause_in_words(rules(paused_from=start, paused_until=end), today=TODAY) == words
