"""When work opens, is due and expires, and when a client may be told about it.

Everything is asked and answered on the client's wall clock and returned in UTC. Nothing here
reads a clock: ``now`` is an argument. The rules in words are in docs/schedules.md.

``kinds`` are what a clinician can choose; ``windows`` and ``sessions`` are what that asks of a
client; ``contact`` says when they next hear from us, and ``forecast`` what they would hear in all.
``clocks`` are the clocks on their wall.
"""

from .clocks import at_wall_clock, moved, utc
from .contact import (
    END_OF_DAY,
    Contact,
    ContactRules,
    OpenItem,
    first_reminder_at,
    given_up,
    next_allowed,
    next_contact,
)
from .forecast import Asked, forecast
from .kinds import OPEN_TIME, AroundSessions, Daily, Day, Monthly, Once, Schedule, Weekly, parse
from .sessions import SessionTime, SessionWindow, session_windows
from .windows import DUE_TIME, UNTIL_DUE, Window, days_of, windows

__all__ = [
    "DUE_TIME",
    "END_OF_DAY",
    "OPEN_TIME",
    "UNTIL_DUE",
    "AroundSessions",
    "Asked",
    "Contact",
    "ContactRules",
    "Daily",
    "Day",
    "Monthly",
    "Once",
    "OpenItem",
    "Schedule",
    "SessionTime",
    "SessionWindow",
    "Weekly",
    "Window",
    "at_wall_clock",
    "days_of",
    "first_reminder_at",
    "forecast",
    "given_up",
    "moved",
    "next_allowed",
    "next_contact",
    "parse",
    "session_windows",
    "utc",
    "windows",
]
