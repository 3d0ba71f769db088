"""The clocks of a zone as a table: from which instant on which offset holds, found by asking.

Instants are microseconds since 1970 UTC, days are ordinals of dates, times are minutes of the day.
"""

from bisect import bisect_right
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

MICRO = timedelta(microseconds=1)
SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EPOCH_DAY = EPOCH.toordinal()
# Two changes of one zone were never closer than this in the years anybody is asked in.
STRIDE = 6 * 60 * MINUTE


def micros(moment: datetime) -> int:
    return (moment - EPOCH) // MICRO


def moment(instant: int) -> datetime:
    return EPOCH + instant * MICRO


class Clocks:
    """One zone from one day to another, and a day of UTC more on each side."""

    def __init__(self, zone: ZoneInfo, first: date, last: date) -> None:
        self.zone = zone
        self.begins = (first.toordinal() - EPOCH_DAY - 1) * DAY
        self.ends = (last.toordinal() - EPOCH_DAY + 1) * DAY
        self.starts = [self.begins]
        self.offsets = [self._offset(self.begins)]
        for instant in range(self.begins, self.ends, STRIDE):
            self._note_change(instant, min(instant + STRIDE, self.ends - 1))
        self._found: dict[int, int] = {}

    def _offset(self, instant: int) -> int:
        return moment(instant).astimezone(self.zone).utcoffset() // MICRO

    def _note_change(self, low: int, high: int) -> None:
        """Halve the stretch until the change of offset in it, if there is one, is found."""
        before, after = self.offsets[-1], self._offset(high)
        if before == after:
            return
        while high - low > SECOND:
            middle = low + (high - low) // 2 // SECOND * SECOND
            low, high = (middle, high) if self._offset(middle) == before else (low, middle)
        self.starts.append(high)
        self.offsets.append(after)

    @property
    def changes(self) -> list[int]:
        return self.starts[1:]

    def wall(self, instant: int) -> int:
        """What the clocks show, as if it were an instant of UTC."""
        if not self.begins <= instant < self.ends:
            raise ValueError(f"{moment(instant)} is outside the table")
        return instant + self.offsets[bisect_right(self.starts, instant) - 1]

    def day_of(self, instant: int) -> int:
        return self.wall(instant) // DAY + EPOCH_DAY

    def instant(self, day: int, minute: int) -> int:
        """“Day D at time T”. Each is worked out once."""
        key = day * 1440 + minute
        if key not in self._found:
            self._found[key] = self._first_showing((day - EPOCH_DAY) * DAY + minute * MINUTE)
        return self._found[key]

    def _first_showing(self, wall: int) -> int:
        # “… is the first instant at which the clocks of the client's zone show D, T.
        #  If they do twice, it is the first of the two.”
        stretches = zip(self.starts, [*self.starts[1:], self.ends], self.offsets, strict=True)
        showing = [
            wall - offset for begin, end, offset in stretches if begin <= wall - offset < end
        ]
        if showing:
            return min(showing)
        # “If they never do, because the clocks skip it, it is the first instant after the skip.”
        steps = zip(self.starts[1:], self.offsets, self.offsets[1:], strict=False)
        for change, before, after in steps:
            if change + before <= wall < change + after:
                return change
        raise ValueError(f"the wall {moment(wall)} is outside the table")

    def first_after(self, minute: int, instant: int) -> int:
        """The first "day D at this time" that comes after the instant."""
        day = self.day_of(instant) - 1
        while self.instant(day, minute) <= instant:
            day += 1
        return self.instant(day, minute)
