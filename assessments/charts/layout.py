"""The whole drawing: small multiples, one under the other, on one calendar axis."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from .axis import Axis
from .inputs import OUTCOMES, STEPS, Mark, Series, Stack, Week
from .lanes import (
    episodes_lane,
    homework_lane,
    series_lane,
    sign_rows,
    signs_lane,
    stack_lane,
    week_rows,
)
from .shapes import Lane, Timeline, Word

AXIS_HEIGHT = 28.0
AXIS_TEXT_Y = 18.0
LEAST_WIDTH = 240
LETTER, MOST_GUTTER = 7.0, 210.0  # of the words of bands, also on paper
LEGEND: tuple[Word, ...] = (
    *("attended", "missed", "cancelled", "unsettled", "to_come", "gap"),
    *STEPS,
    *OUTCOMES,
    *("alert", "feedback_seen", "feedback_sent"),
)


def timeline(
    *,
    start: date,
    end: date,
    sessions: Sequence[Mark],
    alerts: Sequence[Mark],
    series: Sequence[Series],
    stacks: Sequence[Stack],
    episodes: Sequence[Mark] = (),
    homework: Sequence[Week] = (),
    feedback: Sequence[Mark] = (),
    width: int = 960,
    is_narrow: bool = False,
) -> Timeline:
    """Place everything between ``start`` and ``end``, both included. What lies outside is dropped.

    The words of bands stand in a gutter beside the plot; in one that ``is_narrow``, not at all.
    Sessions always have a lane; episodes, homework, alerts and feedback if there were any.
    """
    gutter = 0.0 if is_narrow else _gutter(series)
    axis = Axis(start, end, max(width, LEAST_WIDTH), gutter, is_narrow)
    begins = [mark.at for mark in episodes if mark.kind == "opened"]
    lanes: list[Lane] = []
    if sign_rows(episodes, axis):
        lanes.append(episodes_lane(episodes, axis, AXIS_HEIGHT))
    held = signs_lane("sessions", sessions, axis, lanes[-1].bottom if lanes else AXIS_HEIGHT)
    lanes.append(held)
    if week_rows(homework, axis):
        lanes.append(homework_lane(homework, axis, lanes[-1].bottom))
    for stack in stacks:
        lanes.append(stack_lane(stack, axis, lanes[-1].bottom))
    for each in series:
        lanes.append(series_lane(each, axis, lanes[-1].bottom, begins))
    if sign_rows(alerts, axis):
        lanes.append(signs_lane("alerts", alerts, axis, lanes[-1].bottom))
    if sign_rows(feedback, axis):
        lanes.append(signs_lane("feedback", feedback, axis, lanes[-1].bottom))
    occurring = set(_kinds(lanes))
    return Timeline(
        start=start,
        end=end,
        width=axis.width,
        height=lanes[-1].bottom,
        left=axis.left,
        right=axis.right,
        label_x=axis.right + 12,
        axis_height=AXIS_HEIGHT,
        axis_text_y=AXIS_TEXT_Y,
        ticks=axis.ticks(),
        session_lines=tuple(
            dict.fromkeys(sign.x for sign in held.signs if sign.kind == "attended")
        ),
        limit_lines=tuple(
            dict.fromkeys(axis.x(mark.at) for mark in episodes if axis.holds(mark.at))
        ),
        lanes=tuple(lanes),
        legend=tuple(kind for kind in LEGEND if kind in occurring),
        has_gutter=not is_narrow,
    )


def _gutter(series: Sequence[Series]) -> float:
    longest = max((len(band.label) for each in series for band in each.bands), default=0)
    return min(MOST_GUTTER, longest * LETTER)


def _kinds(lanes: Sequence[Lane]) -> Iterator[Word]:
    for lane in lanes:
        yield from (sign.kind for sign in lane.signs)
        if lane.gaps:
            yield "gap"
        yield from (piece.kind for bar in lane.bars for piece in bar.pieces)
