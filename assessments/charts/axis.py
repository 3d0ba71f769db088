"""The calendar axis that all lanes share: where a day stands, and which days are named."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from .shapes import Tick, Tip

LEFT = 42.0  # half of "12 Oct 2026" on the first day
RIGHT = 44.0  # the same on the last, and the values of guides
DAY_ROOM = 60.0  # half of "12 Oct 2026" and half of "19 Oct"
MONTH_ROOM = 46.0  # half of "Sep 2026" and half of "Oct"
TIP_ROOM = 90.0
MONTHS_APART = (1, 2, 3, 6, 12, 24, 60, 120, 600)


@dataclass(frozen=True)
class Axis:
    start: date
    end: date
    width: int
    gutter: float = 0.0  # kept free at the right
    is_narrow: bool = False  # the end is seen first, and the rest when it is pushed aside

    @property
    def left(self) -> float:
        return LEFT

    @property
    def right(self) -> float:
        return max(self.width - RIGHT - self.gutter, LEFT + 1)

    @property
    def days(self) -> int:
        return (self.end - self.start).days

    @property
    def day_width(self) -> float:
        return (self.right - self.left) / max(1, self.days)

    def holds(self, day: date) -> bool:
        return self.start <= day <= self.end

    def x(self, day: date) -> float:
        """A day's place; a calendar of one day has it in the middle."""
        if self.days < 1:
            return round((self.left + self.right) / 2, 1)
        return round(self.left + (day - self.start).days * self.day_width, 1)

    def span(self, first: date, last: date) -> tuple[float, float]:
        """The middle and the width of what can be seen of some days."""
        first, last = max(first, self.start), min(last, self.end)
        middle = (self.x(first) + self.x(last)) / 2
        return round(middle, 1), ((last - first).days + 1) * self.day_width

    def tip(self, x: float, y: float) -> Tip:
        """Words at ``x`` that do not run out of the drawing."""
        if x < self.left + TIP_ROOM:
            return Tip(x, y, "start")
        return Tip(x, y, "end" if x > self.right - TIP_ROOM else "middle")

    def ticks(self) -> tuple[Tick, ...]:
        """Days, Mondays, months or years: the closest that leave room for their labels."""
        unit, days = self._named_days()
        years = [None, *(day.year for day in days)]
        return tuple(
            Tick(self.x(day), day, unit, names_year=day.year != before)
            for day, before in zip(days, years, strict=False)
        )

    def _named_days(self) -> tuple[Literal["day", "month", "year"], list[date]]:
        if self.day_width >= DAY_ROOM:
            return "day", [self.start + timedelta(n) for n in range(max(0, self.days) + 1)]
        if 7 * self.day_width >= DAY_ROOM:
            to_monday = -self.start.weekday() % 7
            mondays = range(to_monday, self.days + 1, 7)
            return "day", [self.start + timedelta(n) for n in mondays] or [self.start]
        for step in MONTHS_APART:
            if step * 28 * self.day_width >= MONTH_ROOM:
                break
        months = [month for month in self._months() if (month.month - 1) % min(step, 12) == 0]
        firsts = [month for month in months if step < 24 or month.year % (step // 12) == 0]
        return ("month" if step < 12 else "year"), firsts or [self.start]

    def _months(self) -> Iterator[date]:
        """The firsts of the months in range."""
        for year in range(self.start.year, self.end.year + 1):
            for month in range(1, 13):
                if self.holds(date(year, month, 1)):
                    yield date(year, month, 1)
