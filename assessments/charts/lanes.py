"""One function per kind of lane: facts in, a lane of shapes out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby
from typing import Literal

from assessments.definitions.measures import Band

from .axis import Axis
from .inputs import OUTCOMES, Level, Mark, Outcome, Point, Series, Stack, Week
from .shapes import (
    Anchor,
    Bar,
    Counts,
    Dot,
    Ground,
    Guide,
    Lane,
    Line,
    Piece,
    Row,
    Sign,
    Steps,
    Tip,
)

FOOT = 26.0  # below each plot; the word that opens the table stands there (timeline.css)
PLAIN_HEIGHT = 72.0  # a lane of signs, or one with nothing in it: a name and the foot

SIGN_WIDTH = 15.0
SIGN_ROW = 17.0
MOST_SIGN_ROWS = 4
LIMIT_HEIGHT = 56.0
LIMIT_WORD = 84.0  # the word of a limit, beside its line

SERIES_TOP = 24.0  # room for the words at the upper end
SERIES_PLOT = 72.0
PUBLISHED_PLOT = 132.0  # with bands and limits, whose words need room
LABEL_ROOM = 13.0  # between the words of two lines
LEVEL_WORDS = 150.0  # the room that they need behind the beginning of their line
DOT_WIDTH = 10.0
GAP_BELOW = 10.0

STACK_TOP = 20.0
STACK_PLOT = 60.0  # at most
LEAST_STACK_PLOT = 28.0  # so that the numbers of its two guides do not touch
ENTRY_HEIGHT = 14.0  # at most, so that one entry does not look like many
BAR_WIDTH = 22.0
WEEK = timedelta(days=7)


def sign_rows(marks: Iterable[Mark], axis: Axis) -> tuple[Row, ...]:
    kept = sorted((mark for mark in marks if axis.holds(mark.at)), key=lambda mark: mark.at)
    return tuple(Row(mark.at, mark.label, mark.url, kind=mark.kind) for mark in kept)


def series_rows(series: Series, axis: Axis) -> tuple[Row, ...]:
    kept = sorted((p for p in series.points if axis.holds(p.at)), key=lambda point: point.at)
    return tuple(
        Row(p.at, p.label, p.url, value=None if p.value is None else plain(p.value)) for p in kept
    )


def stack_rows(stack: Stack, axis: Axis) -> tuple[Row, ...]:
    """One row a week, also for the week in which the calendar starts."""
    weeks: dict[date, Counter[Outcome]] = {}
    for start, counts in stack.weeks:
        if axis.start - WEEK < start <= axis.end:
            weeks.setdefault(start, Counter()).update(
                {kind: max(0, counts.get(kind, 0)) for kind in OUTCOMES}
            )
    return tuple(
        Row(start, counts=Counts(*(weeks[start][kind] for kind in OUTCOMES)))
        for start in sorted(weeks)
    )


def week_rows(weeks: Iterable[Week], axis: Axis) -> tuple[Row, ...]:
    """The same of what was asked; each part is at most as much as the one that it is of."""
    return tuple(
        Row(week.at, counts=Steps(week.asked, week.looked_at, week.done))
        for week in sorted(weeks, key=lambda week: week.at)
        if axis.start - WEEK < week.at <= axis.end and week.asked
    )


def plain(value: Decimal | int) -> Decimal:
    """7.00 is written 7, and 100 is not written 1E+2."""
    return Decimal(format(Decimal(value).normalize(), "f"))


def signs_lane(
    kind: Literal["sessions", "alerts", "feedback"], marks: Sequence[Mark], axis: Axis, y: float
) -> Lane:
    """Signs side by side; where there is no room they stand one below the other."""
    rows = sign_rows(marks, axis)
    taken: list[float] = []  # where the last sign of each line stands
    placed: list[tuple[Row, float, int]] = []
    for row in rows:
        x = axis.x(row.at)
        line = next((n for n, last in enumerate(taken) if x - last >= SIGN_WIDTH), len(taken))
        if line >= MOST_SIGN_ROWS:
            line = taken.index(min(taken))
        taken[line : line + 1] = [x]
        placed.append((row, x, line))
    height = max(PLAIN_HEIGHT, FOOT + 20 + SIGN_ROW * len(taken))
    first = y + (height - SIGN_ROW * (len(taken) - 1)) / 2
    signs = []
    for row, x, line in placed:
        if row.kind is not None:
            at_y = round(first + SIGN_ROW * line, 1)
            tip = axis.tip(x, round(y + height - 8, 1))
            signs.append(Sign(x, at_y, row.at, row.kind, row.label, tip, row.url))
    return Lane(kind, kind, "", "", y, height, rows, signs=tuple(signs))


def episodes_lane(marks: Sequence[Mark], axis: Axis, y: float) -> Lane:
    """Where care began and ended, each with its word: a beginning's behind its line, an end's
    before it, one below the other where they would meet."""
    rows = sign_rows(marks, axis)
    taken: list[float] = []  # how far each line of words is written
    placed: list[tuple[Row, float, int, bool]] = []
    for row in rows:
        x = axis.x(row.at)
        room_before, room_behind = x - axis.left + LIMIT_WORD / 2, axis.right - x
        is_behind = room_behind > LIMIT_WORD and (row.kind == "opened" or room_before < LIMIT_WORD)
        first = x - 8 if is_behind else x - LIMIT_WORD
        line = next((n for n, last in enumerate(taken) if first >= last), len(taken))
        taken[line : line + 1] = [x + LIMIT_WORD if is_behind else x + 8]
        placed.append((row, x, line, is_behind))
    height = max(LIMIT_HEIGHT, FOOT + 12 + SIGN_ROW * len(taken))
    signs = []
    for row, x, line, is_behind in placed:
        if row.kind is not None:
            at_y = round(y + 18 + SIGN_ROW * line, 1)
            word = Tip(x + 8, at_y + 4, "start") if is_behind else Tip(x - 8, at_y + 4, "end")
            tip = axis.tip(x, round(y + height - 8, 1))
            signs.append(Sign(x, at_y, row.at, row.kind, row.label, tip, row.url, word))
    return Lane("episodes", "episodes", "", "", y, height, rows, signs=tuple(signs))


def series_lane(series: Series, axis: Axis, y: float, breaks: Sequence[date] = ()) -> Lane:
    """``breaks``: the beginnings of episodes. No line goes from one into the next."""
    rows = series_rows(series, axis)
    if not rows:
        return Lane(
            series.code,
            "series",
            series.title,
            series.note,
            y,
            PLAIN_HEIGHT,
            rows,
            direction=series.direction,
        )
    plot = PUBLISHED_PLOT if series.bands or series.levels else SERIES_PLOT
    top, ground = y + SERIES_TOP, y + SERIES_TOP + plot
    scale = _scale(Decimal(series.minimum), Decimal(series.maximum), top, ground)
    points = [Point(row.at, row.value, row.label, row.url) for row in rows]
    dots = _dots(points, axis, scale, gap_y=ground + GAP_BELOW)
    return Lane(
        series.code,
        "series",
        series.title,
        series.note,
        y,
        SERIES_TOP + plot + FOOT,
        rows,
        guides=_guides(series, scale),
        grounds=_grounds(series.bands, scale),
        lines=_lines(series.levels, axis, scale),
        segments=tuple(_segments(dots, breaks)),
        dots=tuple(dot for dot in dots if dot.value is not None),
        gaps=tuple(dot for dot in dots if dot.value is None),
        low_label=series.low_label,
        high_label=series.high_label,
        direction=series.direction,
        low_y=ground + 20,
        high_y=top - 8,
    )


def _scale(
    minimum: Decimal, maximum: Decimal, top: float, ground: float
) -> Callable[[Decimal], float]:
    def y(value: Decimal) -> float:
        if minimum >= maximum:
            return round((top + ground) / 2, 1)
        part = (min(max(value, minimum), maximum) - minimum) / (maximum - minimum)
        return round(ground - float(part) * (ground - top), 1)

    return y


def _guides(series: Series, scale: Callable[[Decimal], float]) -> tuple[Guide, ...]:
    """The two ends, and the middle where nothing else divides the lane."""
    minimum, maximum = Decimal(series.minimum), Decimal(series.maximum)
    ends = {minimum, maximum}
    values = sorted(ends if series.bands or series.levels else {*ends, (minimum + maximum) / 2})
    return tuple(Guide(scale(value), scale(value) + 4, plain(value)) for value in values)


def _grounds(bands: Sequence[Band], scale: Callable[[Decimal], float]) -> tuple[Ground, ...]:
    """Bands of whole numbers meet half-way between them: no dot stands on an edge."""
    are_whole = all(band.start == int(band.start) for band in bands)
    half = Decimal("0.5") if are_whole else Decimal(0)
    grounds = []
    for place, band in enumerate(bands):
        low = scale(band.start - half)
        high = scale(band.below - half)
        grounds.append(
            Ground(
                high,
                round(low - high, 1),
                round((low + high) / 2 + 4, 1),
                band.label,
                place % 2 == 1,
            )
        )
    return tuple(grounds)


def _lines(
    levels: Sequence[Level], axis: Axis, scale: Callable[[Decimal], float]
) -> tuple[Line, ...]:
    """From the top down; words that would stand on each other go below their line, not above.

    They stand where their line begins, for a baseline lies well within the limits counted from
    it; if that is near the end, before its beginning. Beside a narrow drawing are their numbers.
    """
    lines: list[Line] = []
    for level in sorted(levels, key=lambda each: scale(each.at)):
        y = scale(level.at)
        text_y = y - 3
        if lines and text_y - lines[-1].text_y < LABEL_ROOM:
            text_y = max(lines[-1].text_y + LABEL_ROOM, y + 10)
        x = axis.x(min(max(level.since or axis.start, axis.start), axis.end))
        words_x, anchor, words_y = _words_of(x, y, text_y, axis)
        lines.append(Line(y, words_y, level.kind, level.label, plain(level.at), x, words_x, anchor))
    return tuple(lines)


def _words_of(x: float, y: float, text_y: float, axis: Axis) -> tuple[float, Anchor, float]:
    if not axis.is_narrow and axis.right - x > LEVEL_WORDS:
        return x + 4, "start", round(text_y, 1)
    if not axis.is_narrow and x - axis.left > LEVEL_WORDS:
        return x - 6, "end", round(y + 4, 1)
    if axis.is_narrow:
        return axis.right + 12, "start", round(max(text_y, y + 4), 1)
    return axis.right, "end", round(text_y, 1)


def _dots(
    points: Sequence[Point], axis: Axis, scale: Callable[[Decimal], float], gap_y: float
) -> list[Dot]:
    """Answers of one day stand one above the other, and equal ones side by side."""
    alike = Counter((point.at, point.value) for point in points)
    placed: Counter[tuple[date, Decimal | None]] = Counter()
    dots = []
    for point in points:
        key = (point.at, point.value)
        aside = (placed[key] - (alike[key] - 1) / 2) * DOT_WIDTH
        placed[key] += 1
        x = round(axis.x(point.at) + aside, 1)
        y = gap_y if point.value is None else scale(point.value)
        tip = axis.tip(x, round(y - 10, 1))
        dots.append(Dot(x, y, point.at, point.value, point.label, point.url, tip))
    return dots


def _segments(dots: Iterable[Dot], breaks: Sequence[date]) -> Iterable[str]:
    """Lines between neighbours of one episode that both have a value: gaps are gaps."""

    def stretch(dot: Dot) -> tuple[bool, int]:
        return dot.value is None, sum(begins <= dot.at for begins in breaks)

    for (is_gap, _), group in groupby(dots, key=stretch):
        line = [f"{dot.x},{dot.y}" for dot in group]
        if not is_gap and len(line) > 1:
            yield " ".join(line)


def stack_lane(stack: Stack, axis: Axis, y: float) -> Lane:
    rows = stack_rows(stack, axis)
    return _piled(Lane(stack.code, "stack", stack.title, stack.note, y, 0, ()), rows, axis)


def homework_lane(weeks: Sequence[Week], axis: Axis, y: float) -> Lane:
    return _piled(Lane("homework", "homework", "", "", y, 0, ()), week_rows(weeks, axis), axis)


def _piled(lane: Lane, rows: tuple[Row, ...], axis: Axis) -> Lane:
    """``lane`` with a bar for each week."""
    most = max((row.counts.total for row in rows if row.counts), default=0)
    if most == 0:
        return replace(lane, height=PLAIN_HEIGHT, rows=rows)
    entry = min(ENTRY_HEIGHT, STACK_PLOT / most)
    plot = max(LEAST_STACK_PLOT, most * entry)
    ground = lane.y + STACK_TOP + plot
    top = round(ground - most * entry, 1)
    return replace(
        lane,
        height=STACK_TOP + plot + FOOT,
        rows=rows,
        guides=(Guide(ground, ground + 4, Decimal(0)), Guide(top, top + 4, Decimal(most))),
        bars=tuple(_bar(row.at, row.counts, axis, ground, entry) for row in rows if row.counts),
    )


def _bar(week: date, counts: Counts | Steps, axis: Axis, ground: float, entry: float) -> Bar:
    """A bar in the middle of its week; narrower if only a part of the week is in the calendar."""
    middle, room = axis.span(week, week + WEEK - timedelta(days=1))
    width = round(max(3.0, min(BAR_WIDTH, room - 2)), 1)
    pieces: list[Piece] = []
    top = ground
    for kind, count in counts.piled:
        if count:
            bottom, top = top, top - count * entry
            x, y = round(middle - width / 2, 1), round(top, 1)
            height = round(min(max(1.0, count * entry - 1), bottom - y), 1)  # not below its ground
            pieces.append(Piece(kind, count, x, y, width, height))
    return Bar(week, counts, tuple(pieces), axis.tip(middle, round(top - 6, 1)))
