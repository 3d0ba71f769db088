"""Work before or after sessions: it moves when its session moves."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from zoneinfo import ZoneInfo

from .clocks import DAY, at_wall_clock, utc
from .kinds import OPEN_TIME, AroundSessions
from .windows import DUE_TIME, WEEK, due


@dataclass(frozen=True)
class SessionTime:
    """A session that takes place; for work after sessions: one that was not missed."""

    key: Hashable
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class SessionWindow:
    """When the occurrence that belongs to session ``key`` opens, is due and expires."""

    key: Hashable
    opens_at: datetime
    due_at: datetime
    expires_at: datetime


def session_windows(
    schedule: AroundSessions,
    sessions: Iterable[SessionTime],
    *,
    assigned_at: datetime,
    zone: ZoneInfo,
) -> tuple[SessionWindow, ...]:
    """What is asked around ``sessions``, given all of them since ``assigned_at``, in any order.

    Leave out the cancelled ones and, after sessions, the missed ones: here they would be counted.
    The date of a session is that on which it begins for the client.
    """
    assigned_at = utc(assigned_at)
    before = schedule.side == "before"
    in_utc = (
        replace(session, starts_at=utc(session.starts_at), ends_at=utc(session.ends_at))
        for session in sessions
    )
    counted = sorted(
        (s for s in in_utc if (s.starts_at if before else s.ends_at) >= assigned_at),
        key=lambda session: (session.starts_at, session.ends_at),
    )
    taken = [
        session
        for session in counted[:: schedule.nth]
        if schedule.until is None or session.starts_at.astimezone(zone).date() <= schedule.until
    ]
    return tuple(
        _before(session, schedule.days, assigned_at, zone)
        if before
        else _after(session, schedule.days, zone)
        for session in islice(taken, schedule.times)
    )


def _before(
    session: SessionTime, days: int, assigned_at: datetime, zone: ZoneInfo
) -> SessionWindow:
    date = session.starts_at.astimezone(zone).date()
    opens_at = max(at_wall_clock(date - max(days, 1) * DAY, OPEN_TIME, zone), assigned_at)
    due_at = at_wall_clock(date - DAY, DUE_TIME, zone)
    return SessionWindow(
        session.key,
        opens_at,
        due_at if due_at > opens_at else session.starts_at,
        session.starts_at,
    )


def _after(session: SessionTime, days: int, zone: ZoneInfo) -> SessionWindow:
    date = session.starts_at.astimezone(zone).date()
    due_at = due(date + days * DAY, session.ends_at, zone)
    wall = due_at.astimezone(zone)
    expires_at = at_wall_clock(wall.date() + WEEK, wall.time(), zone)
    return SessionWindow(session.key, session.ends_at, due_at, expires_at)
