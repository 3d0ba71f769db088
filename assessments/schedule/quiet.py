"""Quiet hours on a wall clock, and a clock that stands still while they last."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from .clocks import DAY, at_wall_clock, utc


@dataclass(frozen=True)
class Quiet:
    """From ``starts`` until ``ends``, mostly over midnight; equal times are no quiet hours."""

    starts: time
    ends: time
    zone: ZoneInfo

    def _nights(self, moment: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Those around and after ``moment``, as instants: a change of clocks makes one longer or
        shorter, and may leave nothing of it."""
        if self.starts == self.ends:
            return
        day = moment.astimezone(self.zone).date() - DAY
        for ahead in range(4):
            first = day + ahead * DAY
            last = first + DAY if self.ends < self.starts else first
            begins = at_wall_clock(first, self.starts, self.zone)
            ends = at_wall_clock(last, self.ends, self.zone)
            if begins < ends:
                yield begins, ends

    def wakes(self, moment: datetime) -> datetime:
        """``moment``, or the end of the quiet hours that it lies in."""
        moment = utc(moment)
        for begins, ends in self._nights(moment):
            if begins <= moment < ends:
                return ends
        return moment

    def after(self, moment: datetime, waking: timedelta) -> datetime:
        """When ``waking`` time has passed since ``moment``; never within quiet hours."""
        at, left = self.wakes(moment), waking
        while True:
            night = next((night for night in self._nights(at) if night[0] >= at), None)
            if night is None or at + left < night[0]:
                return at + left
            left -= night[0] - at
            at = night[1]
