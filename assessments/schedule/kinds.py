"""The kinds of schedules, as they are stored: what a clinician chose, in plain values."""

from __future__ import annotations

from datetime import date, time
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    TypeAdapter,
    ValidationError,
)
from pydantic_core import PydanticCustomError

OPEN_TIME = time(6)  # work that opens on a day is there before breakfast

# A year typed wrongly (0206, 20226) is refused here and not met again as an overflow elsewhere.
Day = Annotated[date, Field(ge=date(2000, 1, 1), le=date(2199, 12, 31))]


def _of_a_wall_clock(clock: time) -> time:
    if clock.tzinfo is not None or clock.second or clock.microsecond:
        raise PydanticCustomError(
            "wall_clock", "Input should be hours and minutes of the client's clock"
        )
    return clock


Clock = Annotated[
    time,
    AfterValidator(_of_a_wall_clock),
    PlainSerializer(lambda clock: f"{clock:%H:%M}", return_type=str, when_used="json"),
]


def _in_order(weekdays: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(sorted(set(weekdays)))


Weekdays = Annotated[
    tuple[Annotated[int, Field(ge=1, le=7, strict=True)], ...], AfterValidator(_in_order)
]
Times = Annotated[int, Field(ge=1, le=400, strict=True)]


class Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Once(Frozen):
    """Now or from a day on, and by a day if one is named. It never expires."""

    every: Literal["once"] = "once"
    opens_on: Day | None = None
    due_on: Day | None = None


class Repeated(Frozen):
    """What Daily, Weekly and Monthly share; with neither end, until the episode of care ends."""

    starts_on: Day
    at: Clock = OPEN_TIME
    times: Times | None = None
    until: Day | None = None


class Daily(Repeated):
    """The first day, and every ``interval`` days from it."""

    every: Literal["day"] = "day"
    interval: int = Field(default=1, ge=1, le=90, strict=True)


class Weekly(Repeated):
    """``weekdays`` (1 is Monday; none: the weekday of the first day) of every so many weeks."""

    every: Literal["week"] = "week"
    interval: int = Field(default=1, ge=1, le=12, strict=True)
    weekdays: Weekdays = ()


class Monthly(Repeated):
    """``on_day`` of every so many months; the last day of a month that is shorter."""

    every: Literal["month"] = "month"
    on_day: int = Field(ge=1, le=31, strict=True)
    interval: int = Field(default=1, ge=1, le=12, strict=True)


def _usual_days(chosen: dict[str, Any]) -> int:
    return 2 if chosen.get("side") == "before" else 1


class AroundSessions(Frozen):
    """Before or after each session (``nth`` 1), or every other one (2); moves and goes with it.

    ``days``: before, from when it opens to the session; after, from the session to when it is due.
    """

    every: Literal["session"] = "session"
    side: Literal["before", "after"]
    nth: int = Field(default=1, ge=1, le=2, strict=True)
    days: int = Field(default_factory=_usual_days, ge=0, le=14, strict=True)
    times: Times | None = None
    until: Day | None = None


Schedule = Annotated[Once | Daily | Weekly | Monthly | AroundSessions, Field(discriminator="every")]

_ADAPTER: TypeAdapter[Once | Daily | Weekly | Monthly | AroundSessions] = TypeAdapter(Schedule)


def parse(data: dict[str, Any]) -> Schedule:
    """The schedule in ``data``, as it is stored: ``schedule.model_dump(mode="json")``."""
    try:
        return _ADAPTER.validate_python(data)
    except ValidationError as error:
        first = error.errors()[0]
    if not first["loc"]:
        raise ValueError(
            "A schedule says in “every” whether it is “once”, “day”, “week”, “month” or “session”."
        )
    field = first["loc"][min(1, len(first["loc"]) - 1)]  # the kind, the field, the place in it
    raise ValueError(f"This schedule cannot be read, at “{field}”: {first['msg']}.")
