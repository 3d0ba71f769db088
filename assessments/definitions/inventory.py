"""What the five seed articles say, point by point, so that nothing in them is left out."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from .parts import Fault, Frozen, Seed, first_repeated

PointKind = Literal[
    "sign", "impact", "strength", "contrast", "tip", "step", "root", "therapy", "caution"
]


class Point(Frozen):
    """One thing that at least one seed says, in our own words."""

    code: str = Field(pattern=r"^[a-z]+-[a-z0-9-]+$", max_length=60)
    kind: PointKind
    text: str = Field(min_length=1, max_length=200)
    seeds: tuple[Seed, ...] = Field(min_length=1)


class Inventory(Frozen):
    points: tuple[Point, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _codes_once(self) -> Inventory:
        codes = tuple(point.code for point in self.points)
        if repeated := first_repeated(codes):
            place = codes.index(str(repeated), codes.index(str(repeated)) + 1)
            raise Fault(f"There is more than one {repeated}.", "points", place)
        return self
