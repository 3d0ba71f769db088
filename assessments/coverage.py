"""Whether everything that the five seed articles say is in the library, point by point."""

from __future__ import annotations

from dataclasses import dataclass

from assessments.definitions import Definition, Library, Point

# In the order of the files: what each of the articles is.
SEEDS = {
    "S0": "Advice column with B. Santini and L. Roberts-Meese",
    "S1": "Coaching article on differentiation",
    "S2": "Magazine article by K. Davis",
    "S3": "News page of the Through Therapy Collective",
    "S4": "Blog of the ALL IN Therapy Clinic",
}


@dataclass(frozen=True)
class Covered:
    """One point and the activities that take it up."""

    point: Point
    activities: tuple[Definition, ...]


@dataclass(frozen=True)
class SeedCoverage:
    seed: str
    title: str
    kinds: dict[str, tuple[Covered, ...]]  # in the order of the inventory

    @property
    def points(self) -> tuple[Covered, ...]:
        return tuple(covered for each in self.kinds.values() for covered in each)

    @property
    def empty(self) -> tuple[Point, ...]:
        return tuple(covered.point for covered in self.points if not covered.activities)


def coverage(library: Library) -> tuple[SeedCoverage, ...]:
    """Each seed with its points by kind, each point with the activities that carry it."""
    carriers: dict[str, list[Definition]] = {point.code: [] for point in library.points}
    for definition in library.activities:
        for code in definition.provenance.covers:
            carriers[code].append(definition)
    return tuple(_of_seed(seed, library.points, carriers) for seed in SEEDS)


def _of_seed(
    seed: str, points: tuple[Point, ...], carriers: dict[str, list[Definition]]
) -> SeedCoverage:
    kinds: dict[str, list[Covered]] = {}
    for point in points:
        if seed in point.seeds:
            covered = Covered(point, tuple(carriers[point.code]))
            kinds.setdefault(point.kind, []).append(covered)
    return SeedCoverage(seed, SEEDS[seed], {kind: tuple(each) for kind, each in kinds.items()})
