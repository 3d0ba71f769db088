"""One lane by itself, small enough for a phone: what a client sees of their own course."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from .axis import Axis
from .inputs import Series, Stack
from .lanes import series_lane, stack_lane
from .shapes import Lane, Tick

WIDTH = 340
BELOW_GAPS = 14.0
DAYS_HEIGHT = 32.0  # below the lane, where its days are named
DAYS_TEXT_Y = 26.0
MANY = 30  # dots: then they are smaller, or one would hide the next


@dataclass(frozen=True)
class Small:
    lane: Lane
    ticks: tuple[Tick, ...]
    width: int
    height: float
    left: float  # the plot, within the drawing
    right: float
    low_y: float  # where the words for the lower end stand: below what was left out
    tick_y: float

    @property
    def dot_size(self) -> int:
        return 5 if len(self.lane.dots) <= MANY else 3


def small(lane: Series | Stack, *, start: date, end: date) -> Small:
    """The same shapes as on the timeline, between two days, both included."""
    axis = Axis(start, end, WIDTH)
    drawn = (
        series_lane(lane, axis, 0.0) if isinstance(lane, Series) else stack_lane(lane, axis, 0.0)
    )
    return Small(
        lane=drawn,
        ticks=axis.ticks(),
        width=axis.width,
        height=drawn.height + DAYS_HEIGHT,
        left=axis.left,
        right=axis.right,
        low_y=drawn.low_y + BELOW_GAPS,
        tick_y=drawn.height + DAYS_TEXT_Y,
    )
