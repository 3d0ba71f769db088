"""What a timeline is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from assessments.definitions.measures import Band

# A session that is over and of which nobody has said what became of it is unsettled.
Held = Literal["attended", "missed", "cancelled", "unsettled", "to_come"]
Limit = Literal["opened", "closed"]  # of an episode
Kind = Held | Limit | Literal["alert", "feedback_seen", "feedback_sent"]
Outcome = Literal["kept", "partly", "not_yet"]
Step = Literal["done", "looked_at", "asked"]

# As piled up, from the ground.
OUTCOMES: tuple[Outcome, ...] = ("kept", "partly", "not_yet")
STEPS: tuple[Step, ...] = ("done", "looked_at", "asked")


@dataclass(frozen=True)
class Mark:
    """Something that happened, or will, on a day."""

    at: date
    kind: Kind
    label: str  # a full sentence
    url: str = ""


@dataclass(frozen=True)
class Point:
    """One answer. Without a value it is a gap: answered, and not computable."""

    at: date
    value: Decimal | None
    label: str  # a full sentence
    url: str = ""


@dataclass(frozen=True)
class Level:
    """A value that somebody published or computed, across the lane from a day on."""

    at: Decimal
    kind: Literal["cutoff", "limit"]
    label: str
    since: date | None = None  # the baseline that it is counted from; None for the whole lane


@dataclass(frozen=True)
class Series:
    """One scale over time, between the least and the most it can be."""

    code: str
    title: str
    note: str
    minimum: Decimal | int
    maximum: Decimal | int
    points: tuple[Point, ...]
    low_label: str = ""  # words at the two ends of the scale
    high_label: str = ""
    direction: str = ""  # what a higher value means, in words
    bands: tuple[Band, ...] = ()  # of published instruments only
    levels: tuple[Level, ...] = ()  # the same


@dataclass(frozen=True)
class Stack:
    """A log over time: how many entries of each week were kept, partly kept, or not yet."""

    code: str
    title: str
    weeks: tuple[tuple[date, Mapping[Outcome, int]], ...]  # the first day of the week, and counts
    note: str = ""


@dataclass(frozen=True)
class Week:
    """Of what was asked in a week, how much was opened, and how much of that was done."""

    at: date  # its first day
    asked: int
    looked_at: int
    done: int
