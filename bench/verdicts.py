"""Whether one operation got worse, by the turns of both sides and by how far these lie apart."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from .judge import ROOT

LIMIT = 1.10
WORSE, BETTER, ALIKE, UNTOLD = "worse", "better", "about the same", "cannot be told"
NOT_OURS = "not our code: what the machine did"


@dataclass(frozen=True)
class Row:
    label: str
    then: tuple[float, ...]
    now: tuple[float, ...]
    is_ours: bool = True

    @property
    def ratio(self) -> float:
        return statistics.median(self.now) / statistics.median(self.then)

    @property
    def verdict(self) -> str:
        return verdict(self.then, self.now) if self.is_ours else NOT_OURS

    def __str__(self) -> str:
        sides = " → ".join(
            f"{statistics.median(side):.2f} ({min(side):.2f} to {max(side):.2f})"
            for side in (self.then, self.now)
        )
        return f"{self.label}: {sides}, {self.ratio:.2f} times: {self.verdict}"


def verdict(then: Sequence[float], now: Sequence[float]) -> str:
    """Worse and better are beyond the limit, and no turn of one side lies among the other's. Where
    they do, and a side spreads as far as what is looked for, nothing is told."""
    ratio = statistics.median(now) / statistics.median(then)
    if min(now) > max(then) or min(then) > max(now):
        if ratio > LIMIT:
            return WORSE
        return BETTER if ratio < 1 / LIMIT else ALIKE
    if any(max(side) > LIMIT * min(side) for side in (then, now)):
        return UNTOLD
    return ALIKE


def compared(then: list[dict], now: list[dict]) -> list[Row]:
    """Of each operation that all turns measured in processor time."""
    both = [*then, *now]
    return [
        Row(label, _of_each(label, then), _of_each(label, now), _is_ours(label))
        for label in now[0]
        if all("cpu_ms" in operations.get(label, {}) for operations in both)
    ]


def _of_each(label: str, turns: list[dict]) -> tuple[float, ...]:
    return tuple(operations[label]["cpu_ms"]["median"] for operations in turns)


def _is_ours(label: str) -> bool:
    """Peers and the floor lie in a folder of that name, and empty tasks are Celery's."""
    first = label.partition(", ")[0]
    return first != "an empty Celery task" and not (ROOT / "bench" / "peers" / first).is_dir()
