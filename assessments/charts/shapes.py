"""What the template draws: positions in pixels of one drawing, and the facts beside them.

Words and dates stay facts here (a kind, a ``date``, a ``Decimal``); the template says them in the
language of the reader.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from .inputs import Kind, Outcome, Step

Anchor = Literal["start", "middle", "end"]
Word = Kind | Outcome | Step | Literal["gap"]


@dataclass(frozen=True)
class Tick:
    x: float
    at: date
    unit: Literal["day", "month", "year"]  # what its label names
    names_year: bool  # the first tick, and the first of each year


@dataclass(frozen=True)
class Tip:
    """Where the few words go that appear when a mark is pointed at or has the focus."""

    x: float
    y: float
    anchor: Anchor


@dataclass(frozen=True)
class Sign:
    """A session, an alert, a feedback or the limit of an episode; its shape is its kind's."""

    x: float
    y: float
    at: date
    kind: Kind
    label: str
    tip: Tip
    url: str = ""
    word: Tip | None = None  # where its word stands, if it always does


@dataclass(frozen=True)
class Dot:
    """One answer; without a value it stands below the scale and no line goes through it."""

    x: float
    y: float
    at: date
    value: Decimal | None
    label: str
    url: str
    tip: Tip


@dataclass(frozen=True)
class Guide:
    """A quiet line across the lane, at a value that is named beside it."""

    y: float
    text_y: float
    value: Decimal


@dataclass(frozen=True)
class Ground:
    """A band as a quiet ground; every second one is shaded, with its label in the middle."""

    y: float
    height: float
    text_y: float
    label: str
    is_shaded: bool


@dataclass(frozen=True)
class Line:
    """A cut-off or a limit of reliable change, with its words, from ``x`` to the right."""

    y: float
    text_y: float
    kind: Literal["cutoff", "limit"]
    label: str
    value: Decimal
    x: float
    words_x: float
    anchor: Anchor


@dataclass(frozen=True)
class Piece:
    kind: Outcome | Step
    count: int
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Counts:
    kept: int
    partly: int
    not_yet: int

    @property
    def total(self) -> int:
        return self.kept + self.partly + self.not_yet

    @property
    def piled(self) -> tuple[tuple[Outcome | Step, int], ...]:
        """From the ground up."""
        return (("kept", self.kept), ("partly", self.partly), ("not_yet", self.not_yet))


@dataclass(frozen=True)
class Steps:
    """Each is a part of the one before: what was done was opened, what was opened was asked."""

    asked: int
    looked_at: int
    done: int

    @property
    def total(self) -> int:
        return self.asked

    @property
    def piled(self) -> tuple[tuple[Outcome | Step, int], ...]:
        """From the ground up; a piece is as high as what it adds."""
        return (
            ("done", self.done),
            ("looked_at", self.looked_at - self.done),
            ("asked", self.asked - self.looked_at),
        )


@dataclass(frozen=True)
class Bar:
    """One week of a log, or of all that was asked."""

    at: date
    counts: Counts | Steps
    pieces: tuple[Piece, ...]
    tip: Tip


@dataclass(frozen=True)
class Row:
    """One line of the table behind a lane: a mark has a kind, an answer a value, a week counts."""

    at: date
    label: str = ""
    url: str = ""
    kind: Kind | None = None
    value: Decimal | None = None
    counts: Counts | Steps | None = None


@dataclass(frozen=True)
class Lane:
    code: str
    kind: Literal["episodes", "sessions", "homework", "stack", "series", "alerts", "feedback"]
    title: str  # of a scale or a log; the others are named by the template
    note: str
    y: float
    height: float
    rows: tuple[Row, ...]
    signs: tuple[Sign, ...] = ()
    guides: tuple[Guide, ...] = ()
    grounds: tuple[Ground, ...] = ()
    lines: tuple[Line, ...] = ()
    segments: tuple[str, ...] = ()  # the points of one unbroken line each
    dots: tuple[Dot, ...] = ()
    gaps: tuple[Dot, ...] = ()
    bars: tuple[Bar, ...] = ()
    low_label: str = ""
    high_label: str = ""
    direction: str = ""
    low_y: float = 0
    high_y: float = 0

    @property
    def bottom(self) -> float:
        return self.y + self.height

    @property
    def reach(self) -> float:
        """How far lines go that run through all lanes: a long name can make its lane higher."""
        return self.bottom + 200

    @property
    def is_single(self) -> bool:
        """One answer is a dot and a sentence, not a trend."""
        return self.kind == "series" and len(self.rows) == 1


@dataclass(frozen=True)
class Timeline:
    start: date
    end: date
    width: int
    height: float
    left: float  # the plot, within the drawing
    right: float
    label_x: float  # where the values of guides are written
    axis_height: float
    axis_text_y: float
    ticks: tuple[Tick, ...]
    session_lines: tuple[float, ...]  # the sessions that took place, through all lanes
    limit_lines: tuple[float, ...]  # where an episode was opened or closed, the same
    lanes: tuple[Lane, ...]
    legend: tuple[Word, ...]  # what occurs and needs a word
    has_gutter: bool  # room for the words of bands, or they stand with the name of the lane

    @property
    def plot_width(self) -> float:
        return self.right - self.left

    @property
    def band_x(self) -> float:
        """Where the words of bands begin: behind the numbers."""
        return self.right + 34
