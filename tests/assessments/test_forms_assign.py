"""The fields in which a clinician says when, and the schedule that they mean."""

from datetime import date, time

import pytest
from django.http import QueryDict

from assessments import actions
from assessments.forms import ChangeScheduleForm, ScheduleForm
from assessments.schedule import AroundSessions, Daily, Monthly, Once, Weekly, parse
from tests.conftest import NOW, give, make_client

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
TODAY = date(2026, 11, 18)  # a Wednesday


def filled(client, **fields):
    data = QueryDict(mutable=True)
    for name, value in fields.items():
        data.setlist(name, value if isinstance(value, list) else [value])
    form = ScheduleForm(data, client=client)
    form.is_valid()
    return form


@pytest.mark.parametrize(
    ("fields", "schedule"),
    [
        ({"when": "once"}, Once()),
        ({"when": "once", "due_on": "2026-11-20"}, Once(due_on=date(2026, 11, 20))),
        ({"when": "once", "starts_on": "2026-11-18"}, Once()),
        (
            {"when": "once", "starts_on": "2026-11-19", "due_on": "2026-11-19"},
            Once(opens_on=date(2026, 11, 19), due_on=date(2026, 11, 19)),
        ),
        ({"when": "day", "times": "3"}, Daily(starts_on=TODAY, times=3)),
        (
            {"when": "day", "every_days": "2", "at": "17:30", "times": "366"},
            Daily(starts_on=TODAY, interval=2, at=time(17, 30), times=366),
        ),
        (
            {"when": "week", "weekdays": ["4", "1"], "times": "104", "every_weeks": ""},
            Weekly(starts_on=TODAY, weekdays=(1, 4), times=104),
        ),
        (
            {
                "when": "week",
                "weekdays": "1",
                "every_weeks": "2",
                "starts_on": "2026-11-30",
                "lasts": "until",
                "until": "2027-01-03",
                "times": "nonsense",
            },
            Weekly(
                starts_on=date(2026, 11, 30),
                weekdays=(1,),
                interval=2,
                until=date(2027, 1, 3),
            ),
        ),
        (
            {"when": "month", "on_day": "31", "every_months": "3", "lasts": "open", "times": "x"},
            Monthly(starts_on=TODAY, on_day=31, interval=3),
        ),
        ({"when": "session", "times": "2"}, AroundSessions(side="before", times=2)),
        (
            {"when": "session", "side": "after", "nth": "2", "days_after": "0", "lasts": "open"},
            AroundSessions(side="after", nth=2, days=0),
        ),
        (
            {"when": "session", "side": "before", "days_before": "7", "lasts": "open"},
            AroundSessions(side="before", days=7),
        ),
    ],
    ids=str,
)
def test_the_fields_mean_a_schedule(client_in_care, fields, schedule):
    form = filled(client_in_care, **fields)
    assert (form.errors, form.chosen) == ({}, schedule)


WEEK = {"when": "week", "weekdays": "3", "times": "4"}


@pytest.mark.parametrize(
    ("fields", "errors"),
    [
        ({}, {"when": ["Choose when."]}),
        ({"when": "week", "times": "4"}, {"weekdays": ["Choose at least one day."]}),
        ({"when": "day", "times": ""}, {"times": ["Say how many times."]}),
        ({"when": "day", "times": "0"}, {"times": ["At least 1."]}),
        ({"when": "day", "times": "367"}, {"times": ["At most 366 times."]}),
        (WEEK | {"times": "53"}, {"times": ["At most 52 times."]}),
        (WEEK | {"times": "x"}, {"times": ["Write a whole number."]}),
        (WEEK | {"every_weeks": "13"}, {"every_weeks": ["At most 12."]}),
        ({"when": "month", "times": "3"}, {"on_day": ["Say on which day."]}),
        ({"when": "month", "times": "3", "on_day": "32"}, {"on_day": ["At most 31."]}),
        (WEEK | {"lasts": "until"}, {"until": ["Say until which day."]}),
        (
            WEEK | {"lasts": "until", "until": "2026-11-17"},
            {"until": ["Choose today or a day to come."]},
        ),
        (
            WEEK | {"lasts": "until", "until": "2026-11-24", "starts_on": "2026-11-19"},
            {"until": ["No day comes until then: choose a later one."]},
        ),
        (
            {"when": "once", "starts_on": "2026-11-21", "due_on": "2026-11-20"},
            {"due_on": ["Choose the day from which it is there, or a later one."]},
        ),
        ({"when": "once", "due_on": "2026-11-17"}, {"due_on": ["Choose today or a day to come."]}),
        (
            {"when": "once", "due_on": "2062-11-20"},
            {"due_on": ["That is a long time from now: please check the year."]},
        ),
        (
            WEEK | {"starts_on": "9999-12-31"},
            {"starts_on": ["That is a long time from now: please check the year."]},
        ),
        ({"when": "once", "due_on": "Friday"}, {"due_on": ["Choose a day."]}),
        (
            WEEK | {"at": "06:00:30"},
            {"at": ["Write hours and minutes, such as 6:30."]},
        ),
        ({"when": "session", "times": "2", "days_before": "15"}, {"days_before": ["At most 14."]}),
        (
            {"when": "session", "times": "2", "side": "after", "days_after": "-1"},
            {"days_after": ["At least 0."]},
        ),
        (
            {"when": "session", "times": "2", "side": "beside"},
            {"side": ["Select a valid choice. beside is not one of the available choices."]},
        ),
    ],
    ids=str,
)
def test_what_is_wrong_is_said_at_its_field(client_in_care, fields, errors):
    form = filled(client_in_care, **fields)
    assert ({name: list(found) for name, found in form.errors.items()}, form.chosen) == (
        errors,
        None,
    )


def test_what_does_not_belong_to_the_choice_may_hold_anything(client_in_care):
    every = dict.fromkeys(ScheduleForm.base_fields, "nonsense")
    form = filled(client_in_care, **every | {"when": "once", "starts_on": "", "due_on": ""})
    assert (form.errors, form.chosen) == ({}, Once())


def test_before_anybody_chose_it_is_once_until_friday(client_in_care):
    form = ScheduleForm(client=client_in_care)
    assert form.as_it_stands().chosen == Once(due_on=date(2026, 11, 20))
    assert form.is_unfolded is False


def test_weekly_four_times_is_one_more_click(client_in_care):
    form = ScheduleForm(client=client_in_care, initial={"when": "week"})
    expected = Weekly(starts_on=TODAY, weekdays=(3,), times=4)
    assert form.as_it_stands().chosen == expected


def test_today_is_the_day_of_the_client(clinician):
    there = make_client(clinician, "Kim", zone="Pacific/Kiritimati")  # 14 hours ahead
    form = filled(there, when="day", times="1")
    assert form.chosen.starts_on == date(2026, 11, 19)
    assert filled(there, when="once", due_on="2026-11-18").errors.keys() == {"due_on"}


@pytest.mark.parametrize(
    ("fields", "unfolded"),
    [
        ({}, False),
        ({"at": "06:00", "every_weeks": "1", "starts_on": ""}, False),
        ({"at": "07:00"}, True),
        ({"every_weeks": "2"}, True),
        ({"starts_on": "2026-11-19"}, True),
        ({"starts_on": "nonsense"}, True),
    ],
    ids=str,
)
def test_what_was_said_behind_more_does_not_hide_there(client_in_care, fields, unfolded):
    assert filled(client_in_care, **WEEK | fields).is_unfolded is unfolded


class TestAChange:
    @pytest.fixture
    def weekly(self, joined, clinician):
        return give(joined, "strengths-check", by=clinician, times=4)

    def form(self, assignment, clinician, **fields):
        form = ChangeScheduleForm(assignment=assignment, by=clinician)
        if not fields:
            return form
        data = QueryDict(mutable=True)
        begins = {name: form[name].value() for name in form.fields} | fields
        for name, value in begins.items():
            data.setlist(name, value if isinstance(value, list) else [value or ""])
        bound = ChangeScheduleForm(data, assignment=assignment, by=clinician)
        assert bound.is_valid(), bound.errors
        return bound

    def test_it_begins_with_what_is_left_from_the_next_time_on(self, weekly, clinician):
        chosen = self.form(weekly, clinician).as_it_stands().chosen
        assert chosen == Weekly(starts_on=date(2026, 11, 25), weekdays=(3,), times=3)

    def test_what_opened_today_is_not_asked_again_after_a_pause(self, weekly, clinician, clock):
        actions.pause_assignment(weekly, by=clinician, now=NOW)
        clock.shift(60)
        chosen = self.form(weekly, clinician).as_it_stands().chosen
        assert chosen == Weekly(starts_on=date(2026, 11, 25), weekdays=(3,), times=3)

    def test_nothing_is_doubled_when_nothing_is_changed(self, weekly, clinician):
        form = self.form(weekly, clinician, times="3")
        assert form.says_the_same
        assert form.save().counts_from == NOW
        assert weekly.occurrences.count() == 4

    def test_what_has_opened_stays_and_what_is_to_come_is_replaced(self, weekly, clinician, clock):
        clock.shift(60)
        form = self.form(weekly, clinician, weekdays=["5"], times="2", starts_on="")
        assert form.save() == weekly
        opens = weekly.occurrences.order_by("number").values_list("opens_at", flat=True)
        assert [f"{at:%d %b}" for at in opens] == ["18 Nov", "20 Nov", "27 Nov"]

    def test_the_second_of_two_clicks_changes_nothing(self, weekly, clinician, clock):
        first, second = (
            self.form(weekly, clinician, when="day", times="2", starts_on="") for _ in range(2)
        )
        clock.shift(60)
        saved = first.save()
        clock.shift(60)
        assert second.save().counts_from == saved.counts_from
        assert weekly.occurrences.count() == 3

    def test_what_a_colleague_changed_meanwhile_is_not_overwritten(self, weekly, clinician, clock):
        first = self.form(weekly, clinician, when="day", times="2")
        second = self.form(weekly, clinician, when="month", times="2")
        clock.shift(60)
        first.save()
        assert second.save() is None
        assert "changed meanwhile" in second.non_field_errors()[0]
        weekly.refresh_from_db()
        assert isinstance(parse(weekly.schedule), Daily)

    @pytest.mark.parametrize(
        "when",
        [
            Once(),
            Once(opens_on=date(2026, 11, 30), due_on=date(2026, 12, 2)),
            Daily(starts_on=date(2026, 11, 30), interval=3, at=time(17, 30), times=8),
            Weekly(starts_on=date(2026, 11, 30), weekdays=(1, 2), until=date(2027, 1, 3)),
            Monthly(starts_on=date(2026, 11, 30), on_day=30),
            AroundSessions(side="before", days=3, nth=2, times=6),
            AroundSessions(side="after", days=0),
        ],
        ids=str,
    )
    def test_every_kind_of_schedule_is_in_its_fields(self, weekly, clinician, when):
        weekly.occurrences.all().delete()
        weekly.schedule = when.model_dump(mode="json")
        weekly.save(update_fields=["schedule"])
        assert self.form(weekly, clinician).as_it_stands().chosen == when
