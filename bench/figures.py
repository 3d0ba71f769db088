"""How what was measured is told: the middle of the rounds, and how far they lie apart."""

import math
import statistics
from collections.abc import Iterable, Sequence

TIMES = "\N{MULTIPLICATION SIGN}"


def spread(values: Iterable[float]) -> dict[str, float]:
    ordered = sorted(values)
    places = 3 if ordered[-1] < 100 else 1
    return {
        "median": round(statistics.median(ordered), places),
        "least": round(ordered[0], places),
        "most": round(ordered[-1], places),
    }


def at(share: float, values: Sequence[float]) -> float:
    """The least value that at least this share of all does not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def how_long(seconds: Sequence[float]) -> dict[str, float]:
    """In milliseconds: half of them were quicker than the first, and all but one of a hundred than
    the second."""
    return {
        "p50_ms": round(1000 * at(0.5, seconds), 2),
        "p99_ms": round(1000 * at(0.99, seconds), 2),
    }


def target(
    name: str,
    value: float,
    at_least: float | str,
    goal: float,
    unit: str = TIMES,
    *,
    less_is_better: bool = False,
) -> dict[str, object]:
    """What was to be reached, beside what was: with ``less_is_better`` both are the most. A bound
    in words is one that a test holds."""
    return {
        "name": name,
        "value": round(value, 3),
        "at_least": at_least,
        "goal": goal,
        "unit": unit,
        "less_is_better": less_is_better,
    }
