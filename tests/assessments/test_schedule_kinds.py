"""The stored form of schedules: what is kept, what is read again, what is refused."""

from __future__ import annotations

import re
from datetime import date, time

import pytest
from pydantic import ValidationError

from assessments.schedule import AroundSessions, Daily, Monthly, Once, Weekly, parse

MONDAY = date(2026, 6, 1)
KINDS = "A schedule says in “every” whether it is “once”, “day”, “week”, “month” or “session”."


@pytest.mark.parametrize(
    "schedule",
    [
        Once(),
        Once(due_on=date(2026, 6, 5)),
        Once(opens_on=MONDAY, due_on=date(2026, 6, 5)),
        Daily(starts_on=MONDAY),
        Daily(starts_on=MONDAY, interval=3, at=time(7, 30), times=8, until=date(2026, 9, 1)),
        Weekly(starts_on=MONDAY, times=8),
        Weekly(starts_on=MONDAY, interval=2, weekdays=(1, 4)),
        Monthly(starts_on=MONDAY, on_day=31, interval=3),
        AroundSessions(side="before"),
        AroundSessions(side="after", nth=2, days=0, times=5, until=date(2026, 9, 1)),
    ],
)
def test_a_schedule_is_stored_as_plain_values_and_read_again(schedule):
    assert parse(schedule.model_dump(mode="json")) == schedule


@pytest.mark.parametrize(
    ("stored", "schedule"),
    [
        ({"every": "once", "due_on": None}, Once()),
        ({"every": "once", "due_on": "2026-06-05"}, Once(due_on=date(2026, 6, 5))),
        (
            {"every": "week", "starts_on": "2026-06-01", "times": 4},
            Weekly(starts_on=MONDAY, interval=1, weekdays=(), at=time(6), times=4, until=None),
        ),
    ],
)
def test_what_was_stored_before_there_were_more_kinds_is_read(stored, schedule):
    assert parse(stored) == schedule


def test_the_stored_form_is_plain():
    stored = Weekly(starts_on=MONDAY, weekdays=(4, 1, 4)).model_dump(mode="json")
    assert stored == {
        "every": "week",
        "starts_on": "2026-06-01",
        "interval": 1,
        "weekdays": [1, 4],
        "at": "06:00",
        "times": None,
        "until": None,
    }


@pytest.mark.parametrize(("side", "days"), [("before", 2), ("after", 1)])
def test_days_around_a_session_have_a_usual_number(side, days):
    assert parse({"every": "session", "side": side}) == AroundSessions(side=side, nth=1, days=days)


@pytest.mark.parametrize(
    ("kind", "lowest", "highest"),
    [
        ({"every": "day", "starts_on": MONDAY}, ("interval", 1), ("interval", 90)),
        ({"every": "week", "starts_on": MONDAY}, ("interval", 1), ("interval", 12)),
        ({"every": "month", "starts_on": MONDAY, "on_day": 1}, ("interval", 1), ("interval", 12)),
        ({"every": "month", "starts_on": MONDAY}, ("on_day", 1), ("on_day", 31)),
        ({"every": "day", "starts_on": MONDAY}, ("times", 1), ("times", 400)),
        ({"every": "session", "side": "after"}, ("times", 1), ("times", 400)),
        ({"every": "session", "side": "after"}, ("nth", 1), ("nth", 2)),
        ({"every": "session", "side": "before"}, ("days", 0), ("days", 14)),
    ],
)
def test_numbers_have_bounds(kind, lowest, highest):
    for (field, bound), step in ((lowest, -1), (highest, 1)):
        assert getattr(parse({**kind, field: bound}), field) == bound
        with pytest.raises(ValueError, match=f"at “{field}”: Input should be"):
            parse({**kind, field: bound + step})


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({}, KINDS),
        ({"every": "fortnight"}, KINDS),
        (
            {"every": "week", "starts_on": "2026-06-01", "times": 401},
            "This schedule cannot be read, at “times”: Input should be less than or equal to 400.",
        ),
        (
            {"every": "week"},
            "This schedule cannot be read, at “starts_on”: Field required.",
        ),
        (
            {"every": "week", "starts_on": "2026-06-01", "weekdays": [1, 8]},
            "This schedule cannot be read, at “weekdays”: Input should be less than or equal to 7.",
        ),
        (
            {"every": "once", "due_on": "0206-06-01"},
            (
                "This schedule cannot be read, at “due_on”: "
                "Input should be greater than or equal to 2000-01-01."
            ),
        ),
        (
            {"every": "once", "times": 3},
            "This schedule cannot be read, at “times”: Extra inputs are not permitted.",
        ),
        *(
            (
                {"every": "day", "starts_on": "2026-06-01", "at": at},
                (
                    "This schedule cannot be read, at “at”: "
                    "Input should be hours and minutes of the client's clock."
                ),
            )
            for at in ("06:00Z", "06:00+02:00", "06:00:30", "06:00:00.5")
        ),
    ],
)
def test_what_cannot_be_read_is_named(data, sentence):
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        parse(data)


def test_a_schedule_does_not_change():
    with pytest.raises(ValidationError, match="frozen"):
        Once().due_on = MONDAY
