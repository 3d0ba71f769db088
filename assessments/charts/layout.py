"""The whole drawing: small multiples, one under the other, on one calendar axis."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from .axis import Axis
from .inputs import OUTCOMES, Mark, Series, Stack
from .lanes import series_lane, series_rows, sign_rows, signs_lane, stack_lane, stack_rows
from .shapes import Lane, Row, Timeline, Word

AXIS_HEIGHT = 28.0
AXIS_TEXT_Y = 18.0
LEAST_WIDTH = 240
LEGEND: tuple[Word, ...] = (
    *("attended", "missed", "cancelled", "unsettled", "to_come", "gap"),
    *OUTCOMES,
    "alert",
)


def timeline(
    *,
    start: date,
    end: date,
    sessions: Sequence[Mark],
    alerts: Sequence[Mark],
    series: Sequence[Series],
    stacks: Sequence[Stack],
    width: int = 960,
) -> Timeline:
    """Place everything between ``start`` and ``end``, both included. What lies outside is dropped.

    The lane of alerts is there only if there were any.
    """
    axis = Axis(start, end, max(width, LEAST_WIDTH))
    lanes: list[Lane] = [signs_lane("sessions", sessions, axis, AXIS_HEIGHT)]
    for stack in stacks:
        lanes.append(stack_lane(stack, axis, lanes[-1].bottom))
    for each in series:
        lanes.append(series_lane(each, axis, lanes[-1].bottom))
    if sign_rows(alerts, axis):
        lanes.append(signs_lane("alerts", alerts, axis, lanes[-1].bottom))
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
            dict.fromkeys(sign.x for sign in lanes[0].signs if sign.kind == "attended")
        ),
        lanes=tuple(lanes),
        legend=tuple(kind for kind in LEGEND if kind in occurring),
    )


def table(
    *,
    start: date,
    end: date,
    sessions: Sequence[Mark],
    alerts: Sequence[Mark],
    series: Sequence[Series],
    stacks: Sequence[Stack],
) -> dict[str, tuple[Row, ...]]:
    """The rows behind each lane, by its code: the same facts as the drawing, without places."""
    axis = Axis(start, end, LEAST_WIDTH)
    return {
        "sessions": sign_rows(sessions, axis),
        **{stack.code: stack_rows(stack, axis) for stack in stacks},
        **{each.code: series_rows(each, axis) for each in series},
        "alerts": sign_rows(alerts, axis),
    }


def _kinds(lanes: Sequence[Lane]) -> Iterator[Word]:
    for lane in lanes:
        yield from (sign.kind for sign in lane.signs)
        if lane.gaps:
            yield "gap"
        yield from (piece.kind for bar in lane.bars for piece in bar.pieces)
