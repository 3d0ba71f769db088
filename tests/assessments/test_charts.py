"""The timeline as numbers: what stands where, what is left out, and what no drawing may do."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.charts import Level, Mark, Point, Series, Stack, Week, small, timeline
from assessments.charts.axis import DAY_ROOM, MONTH_ROOM, Axis
from assessments.charts.inputs import OUTCOMES
from assessments.charts.lanes import FOOT, LABEL_ROOM
from assessments.charts.shapes import Counts, Row

DAY = timedelta(days=1)
JUNE = date(2026, 6, 1)  # a Monday
AUGUST = date(2026, 8, 31)


def draw(start=JUNE, end=AUGUST, sessions=(), alerts=(), series=(), stacks=(), **options):
    return timeline(
        start=start,
        end=end,
        sessions=sessions,
        alerts=alerts,
        series=series,
        stacks=stacks,
        **options,
    )


def scale(*points: Point, code="phq9", minimum=0, maximum=27) -> Series:
    return Series(code, "PHQ-9", "Higher is worse", minimum, maximum, points)


def answer(day: date, value: str | None, url="") -> Point:
    return Point(day, None if value is None else Decimal(value), f"{day}: {value}.", url)


def limit_log(*weeks) -> Stack:
    return Stack("limits", "Limit log", weeks)


def held(day: date, kind="attended") -> Mark:
    return Mark(day, kind, f"{day}: {kind}.")


def second_lane(**inputs):
    return draw(**inputs).lanes[1]


# --- the axis -----------------------------------------------------------------------------------


def test_days_are_spread_evenly_from_edge_to_edge():
    axis = Axis(JUNE, JUNE + 10 * DAY, 960)
    assert axis.x(JUNE) == axis.left
    assert axis.x(JUNE + 5 * DAY) == (axis.left + axis.right) / 2
    assert axis.x(JUNE + 10 * DAY) == axis.right


def test_a_calendar_of_one_day_has_it_in_the_middle():
    drawn = draw(start=JUNE, end=JUNE, series=[scale(answer(JUNE, "5"))])
    middle = (drawn.left + drawn.right) / 2
    assert [tick.x for tick in drawn.ticks] == [middle]
    assert [dot.x for dot in drawn.lanes[1].dots] == [middle]


@pytest.mark.parametrize(
    ("days", "unit", "first", "count"),
    [
        (0, "day", JUNE, 1),
        (7, "day", JUNE, 8),
        (35, "day", JUNE, 6),  # Mondays
        (180, "month", JUNE, 6),
        (365, "month", JUNE, 13),
        (1000, "month", date(2026, 7, 1), 16),  # every second
        (4000, "year", date(2027, 1, 1), 11),
        (40000, "year", date(2030, 1, 1), 11),  # every tenth
    ],
)
def test_the_axis_names_what_there_is_room_for(days, unit, first, count):
    ticks = draw(end=JUNE + days * DAY).ticks
    assert {tick.unit for tick in ticks} == {unit}
    assert (ticks[0].at, len(ticks)) == (first, count)


def test_the_year_is_named_once_each():
    ticks = draw(start=date(2026, 11, 1), end=date(2027, 3, 1)).ticks
    assert [tick.names_year for tick in ticks] == [True, False, True, False, False]


@given(start=st.dates(), days=st.integers(0, 30000), width=st.integers(240, 3000))
def test_labels_of_the_axis_do_not_run_into_each_other(start, days, width):
    end = start + min(days, (date.max - start).days) * DAY
    ticks = Axis(start, end, width).ticks()
    assert ticks
    assert all(start <= tick.at <= end for tick in ticks)
    for one, other in pairwise(ticks):
        room = DAY_ROOM if one.unit == "day" else MONTH_ROOM
        assert other.x - one.x >= room - 0.2


# --- answers ------------------------------------------------------------------------------------


def test_no_answer_is_a_lane_with_nothing_in_it():
    lane = second_lane(series=[scale()])
    assert (lane.rows, lane.dots, lane.segments, lane.guides) == ((), (), (), ())


def test_one_answer_is_a_dot_and_no_line():
    lane = second_lane(series=[scale(answer(JUNE, "5"))])
    assert lane.is_single
    assert (len(lane.dots), lane.segments) == (1, ())


def test_answers_are_joined_in_the_order_of_their_days():
    lane = second_lane(
        series=[scale(answer(AUGUST, "27"), answer(JUNE, "0"), answer(JUNE + 7 * DAY, "13.5"))]
    )
    assert [dot.value for dot in lane.dots] == [Decimal(0), Decimal("13.5"), Decimal(27)]
    assert lane.segments == (" ".join(f"{dot.x},{dot.y}" for dot in lane.dots),)
    assert [dot.y for dot in lane.dots] == [guide.y for guide in lane.guides]


def test_gaps_are_gaps():
    """Two, a gap, one alone, two gaps, three: a line of two, a dot, a line of three."""
    values = ["1", "2", None, "3", None, None, "4", "5", "6"]
    points = [answer(JUNE + 7 * n * DAY, value) for n, value in enumerate(values)]
    lane = second_lane(series=[scale(*points)])
    assert [len(segment.split()) for segment in lane.segments] == [2, 3]
    assert len(lane.dots) == 6
    assert [gap.at for gap in lane.gaps] == [points[n].at for n in (2, 4, 5)]
    assert all(gap.y > lane.guides[0].y for gap in lane.gaps)


def test_what_lies_outside_is_dropped():
    inside, outside = (JUNE, AUGUST), (JUNE - DAY, AUGUST + DAY)
    drawn = draw(
        sessions=[held(day) for day in inside + outside],
        alerts=[held(day, "alert") for day in outside],
        series=[scale(*(answer(day, "5") for day in inside + outside))],
    )
    assert [sign.at for sign in drawn.lanes[0].signs] == list(inside)
    assert [dot.at for dot in drawn.lanes[1].dots] == list(inside)
    assert [lane.kind for lane in drawn.lanes] == ["sessions", "series"]


def test_equal_answers_of_one_day_stand_side_by_side():
    lane = second_lane(series=[scale(*(answer(JUNE, value) for value in ("5", "7", "5.0")))])
    assert len({(dot.x, dot.y) for dot in lane.dots}) == 3
    assert lane.dots[0].y == lane.dots[2].y


def test_a_value_off_the_scale_stays_in_its_lane_and_keeps_its_number():
    lane = second_lane(series=[scale(answer(JUNE, "99"))])
    assert (lane.dots[0].y, lane.dots[0].value) == (lane.guides[-1].y, Decimal(99))


def test_a_scale_without_extent_is_one_line_in_the_middle():
    lane = second_lane(series=[scale(answer(JUNE, "3"), minimum=3, maximum=3)])
    assert [guide.value for guide in lane.guides] == [Decimal(3)]
    assert lane.dots[0].y == lane.guides[0].y


@pytest.mark.parametrize(
    ("given_value", "written"), [("7.00", "7"), ("2.50", "2.5"), ("1E+2", "100"), ("0.0", "0")]
)
def test_values_are_written_plainly(given_value, written):
    lane = second_lane(series=[scale(answer(JUNE, given_value), maximum=200)])
    assert str(lane.dots[0].value) == str(lane.rows[0].value) == written


# --- sessions and alerts ------------------------------------------------------------------------


def test_sessions_that_took_place_run_through_all_lanes():
    kinds = ["attended", "missed", "cancelled", "to_come", "attended"]
    drawn = draw(sessions=[held(JUNE + 7 * n * DAY, kind) for n, kind in enumerate(kinds)])
    signs = drawn.lanes[0].signs
    assert [sign.kind for sign in signs] == kinds
    assert drawn.session_lines == (signs[0].x, signs[4].x)
    assert drawn.legend == ("attended", "missed", "cancelled", "to_come")


def test_sessions_without_room_beside_each_other_stand_below_each_other():
    drawn = draw(sessions=[held(JUNE), held(JUNE, "missed"), held(AUGUST)])
    first, second, last = drawn.lanes[0].signs
    assert (first.x, first.y) != (second.x, second.y)
    assert first.x == second.x
    assert last.y == first.y


def test_alerts_have_a_lane_when_there_were_any():
    drawn = draw(alerts=[held(JUNE, "alert")])
    assert [lane.kind for lane in drawn.lanes] == ["sessions", "alerts"]
    assert [sign.kind for sign in drawn.lanes[1].signs] == ["alert"]


# --- the log ------------------------------------------------------------------------------------


def test_a_week_is_piled_up_from_kept_to_not_yet():
    lane = second_lane(stacks=[limit_log((JUNE, {"not_yet": 1, "kept": 2, "partly": 1}))])
    (bar,) = lane.bars
    assert bar.counts == Counts(kept=2, partly=1, not_yet=1)
    assert [(piece.kind, piece.count) for piece in bar.pieces] == [
        ("kept", 2),
        ("partly", 1),
        ("not_yet", 1),
    ]
    kept, partly, not_yet = bar.pieces
    assert kept.y + kept.height < lane.guides[0].y
    assert not_yet.y + not_yet.height < partly.y < partly.y + partly.height < kept.y
    assert not_yet.y == lane.guides[1].y
    assert [guide.value for guide in lane.guides] == [Decimal(0), Decimal(4)]


def test_a_week_without_entries_is_a_row_and_no_bar():
    lane = second_lane(stacks=[limit_log((JUNE, {"kept": 1}), (JUNE + 7 * DAY, {}))])
    assert [len(bar.pieces) for bar in lane.bars] == [1, 0]
    assert lane.rows[1] == Row(JUNE + 7 * DAY, counts=Counts(0, 0, 0))


def test_a_log_of_nothing_is_a_lane_with_nothing_in_it():
    assert second_lane(stacks=[limit_log()]).bars == ()
    assert second_lane(stacks=[limit_log((JUNE, {"kept": 0}))]).bars == ()


def test_the_week_in_which_the_calendar_starts_is_there_and_narrower():
    weeks = [(JUNE + 7 * n * DAY, {"kept": 1}) for n in range(-1, 3)]
    lane = second_lane(start=JUNE + 5 * DAY, stacks=[limit_log(*weeks)])
    assert [row.at for row in lane.rows] == [JUNE, JUNE + 7 * DAY, JUNE + 14 * DAY]
    part, whole, _ = (bar.pieces[0] for bar in lane.bars)
    assert part.width < whole.width
    assert part.x + part.width < whole.x


def test_a_week_given_twice_is_added_up():
    lane = second_lane(stacks=[limit_log((JUNE, {"kept": 1}), (JUNE, {"kept": 2, "partly": 1}))])
    assert [bar.counts for bar in lane.bars] == [Counts(3, 1, 0)]


# --- care, homework and published lines ---------------------------------------------------------


@given(days=st.lists(st.integers(0, 91), min_size=1, max_size=6, unique=True))
def test_the_words_of_episodes_do_not_meet(days):
    marks = [
        Mark(JUNE + day * DAY, ("opened", "closed")[n % 2], "x")
        for n, day in enumerate(sorted(days))
    ]
    lane = draw(episodes=marks).lanes[0]
    taken: dict[float, list[tuple[float, float]]] = {}
    for sign in lane.signs:
        x = sign.word.x
        span = (x, x + 70) if sign.word.anchor == "start" else (x - 70, x)
        taken.setdefault(sign.word.y, []).append(span)
        assert lane.y < sign.word.y < lane.bottom - FOOT + LABEL_ROOM
    for spans in taken.values():
        assert all(one[1] <= other[0] for one, other in pairwise(sorted(spans)))


def test_what_was_done_is_a_part_of_what_was_opened_and_that_of_what_was_asked():
    lane = draw(homework=[Week(JUNE, asked=4, looked_at=3, done=2), Week(AUGUST, 0, 0, 0)]).lanes[1]
    (bar,) = lane.bars
    assert [(piece.kind, piece.count) for piece in bar.pieces] == [
        ("done", 2),
        ("looked_at", 1),
        ("asked", 1),
    ]
    assert lane.guides[-1].value == 4


def test_a_limit_begins_at_its_baseline_with_its_words():
    levels = (
        Level(Decimal(10), "cutoff", "cut-off 10"),
        Level(Decimal(24), "limit", "worse from 24", since=JUNE + 20 * DAY),
        Level(Decimal(12), "limit", "better from 12", since=AUGUST - 5 * DAY),
    )
    series = replace(scale(answer(JUNE, "18")), levels=levels)
    axis = Axis(JUNE, AUGUST, 960)
    wide = {line.label: line for line in draw(series=[series]).lanes[1].lines}
    assert wide["cut-off 10"].x == axis.left
    early, late = wide["worse from 24"], wide["better from 12"]
    assert (early.x, early.anchor) == (axis.x(JUNE + 20 * DAY), "start")
    # So near the end its words would not fit behind it.
    assert (late.anchor, late.words_x < late.x) == ("end", True)
    narrow = draw(series=[series], is_narrow=True).lanes[1].lines
    assert [line.value for line in narrow] == [24, 12, 10]
    assert all(line.words_x > axis.right for line in narrow)
    assert all(b.text_y - a.text_y >= 10 for a, b in pairwise(narrow))


# --- the table ----------------------------------------------------------------------------------


def test_one_lane_alone_fits_a_phone_and_its_words_stand_below_what_was_left_out():
    first, last = date(2026, 9, 1), date(2026, 11, 1)
    points = (Point(first, None, ""), Point(last, Decimal(3), ""))
    drawn = small(Series("no", "No", "", 0, 4, points, "Never", "Always"), start=first, end=last)
    [gap], [dot] = drawn.lane.gaps, drawn.lane.dots
    assert 0 < gap.x < dot.x < drawn.width <= 390
    assert gap.y < drawn.low_y < drawn.tick_y < drawn.height


def test_each_lane_has_the_rows_of_its_table():
    inputs = {
        "start": JUNE,
        "end": AUGUST,
        "sessions": [held(JUNE)],
        "alerts": [held(AUGUST, "alert")],
        "series": [scale(answer(JUNE, "5.0", "/r/1"), answer(AUGUST, None))],
        "stacks": [limit_log((JUNE, {"kept": 2}))],
    }
    rows = {lane.code: lane.rows for lane in timeline(**inputs).lanes}
    assert rows["phq9"] == (
        Row(JUNE, "2026-06-01: 5.0.", "/r/1", value=Decimal(5)),
        Row(AUGUST, "2026-08-31: None."),
    )
    assert rows["limits"] == (Row(JUNE, counts=Counts(2, 0, 0)),)
    assert rows["alerts"] == (Row(AUGUST, "2026-08-31: alert.", kind="alert"),)


# --- whatever is given --------------------------------------------------------------------------

DATES = st.integers(-30, 400).map(lambda n: JUNE + n * DAY)
VALUES = st.none() | st.decimals(-5, 40, places=2)
MARKS = st.builds(
    Mark,
    DATES,
    st.sampled_from(["attended", "missed", "cancelled", "unsettled", "to_come"]),
    st.just("x"),
)
SERIES = st.lists(st.builds(Point, DATES, VALUES, st.just("x")), max_size=60).map(
    lambda points: scale(*points)
)
WEEKS = st.tuples(
    st.integers(-4, 60).map(lambda n: JUNE + 7 * n * DAY),
    st.dictionaries(st.sampled_from(OUTCOMES), st.integers(0, 30)),
)


@given(
    days=st.integers(0, 400),
    width=st.integers(300, 2000),
    sessions=st.lists(MARKS, max_size=60),
    series=SERIES,
    weeks=st.lists(WEEKS, max_size=60),
)
def test_everything_in_range_is_drawn_inside_its_lane(days, width, sessions, series, weeks):
    end = JUNE + days * DAY
    drawn = draw(
        end=end, width=width, sessions=sessions, series=[series], stacks=[limit_log(*weeks)]
    )
    signs, log, answers = drawn.lanes
    assert [a.bottom for a in drawn.lanes] == [
        *(b.y for b in drawn.lanes[1:]),
        drawn.height,
    ]
    in_range = [point for point in series.points if JUNE <= point.at <= end]
    assert len(answers.dots) == sum(point.value is not None for point in in_range)
    assert len(answers.gaps) == sum(point.value is None for point in in_range)
    assert len(signs.signs) == sum(JUNE <= mark.at <= end for mark in sessions)
    for lane in drawn.lanes:
        for shape in (*lane.signs, *lane.dots, *lane.gaps):
            assert lane.y < shape.y < lane.bottom
            assert lane.y < shape.tip.y < lane.bottom
    for sign in signs.signs:
        assert drawn.left <= sign.x <= drawn.right
    joined = sum(len(segment.split()) for segment in answers.segments)
    assert joined <= len(answers.dots)
    assert len(answers.segments) <= len(answers.gaps) + 1
    pieces = [piece for bar in log.bars for piece in bar.pieces]
    # Places are rounded to a tenth; adding two of them brings the dust of floats back.
    assert all(log.y < p.y and round(p.y + p.height, 1) <= log.guides[0].y for p in pieces)
    assert all(p.x > 0 and p.x + p.width < drawn.width for p in pieces)


@given(weeks=st.lists(WEEKS, max_size=60), days=st.integers(0, 300), offset=st.integers(0, 6))
def test_bars_of_different_weeks_do_not_touch(weeks, days, offset):
    start = JUNE + offset * DAY
    lane = second_lane(start=start, end=start + days * DAY, stacks=[limit_log(*weeks)])
    bars = [bar.pieces[0] for bar in lane.bars if bar.pieces]
    assert all(one.x + one.width < other.x for one, other in pairwise(bars))


# --- the template -------------------------------------------------------------------------------


@pytest.fixture
def page():
    """The drawing as a page in some language; only where the suite runs with Django."""
    if "DJANGO_SETTINGS_MODULE" not in os.environ:
        pytest.skip("runs where Django is set up")
    from django.template.loader import render_to_string
    from django.utils import translation

    def render(language, **inputs):
        with translation.override(language):
            return render_to_string("assessments/_timeline.html", {"timeline": draw(**inputs)})

    return render


EVERYTHING = {
    "sessions": [held(JUNE + 9 * DAY), held(JUNE + 16 * DAY, "missed")],
    "alerts": [held(AUGUST, "alert")],
    "series": [
        scale(answer(JUNE + DAY, "4.5", "/r/1"), answer(JUNE + 8 * DAY, "6"), answer(AUGUST, None)),
        scale(code="empty"),
    ],
    "stacks": [limit_log((JUNE, {"kept": 2, "partly": 1, "not_yet": 1}))],
}


def test_places_are_numbers_in_every_language_and_values_are_the_readers(page):
    numbers = re.compile(r' (?:x|y|x1|x2|y1|y2|cx|cy|width|height|r)="([^"]*)"')
    for language, value in (("en", "4.5"), ("de", "4,5")):
        html = page(language, **EVERYTHING)
        assert all(re.fullmatch(r"-?\d+(\.\d+)?", number) for number in numbers.findall(html))
        assert f'<td class="tl-number">{value}</td>' in html


def test_nothing_inline_that_a_strict_policy_would_refuse(page):
    html = page("en", **EVERYTHING)
    assert not re.search(r"<style|<script| style=| on[a-z]+=|javascript:", html)


def test_every_mark_has_a_title_and_can_be_reached(page):
    html = page("en", **EVERYTHING)
    marks = re.findall(r'<(a|g) class="tl-mark [^>]*>\s*<title>([^<]+)</title>', html)
    assert len(marks) == html.count('class="tl-mark ') == 7
    assert html.count('tabindex="0"') + html.count('<a class="tl-mark ') == 7
    assert html.count("<summary>Table<") == 4
    assert html.count("Nothing yet") == 1
