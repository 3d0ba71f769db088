"""Where the scores lie, and whether they pile up at an end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Spread:
    """``mean`` and ``sd`` in points of the scale; ``floor`` and ``ceiling``: how many people have
    the least and the most that the scale allows; ``between``: all others."""

    n: int
    mean: float
    sd: float
    floor: int
    between: int
    ceiling: int


def spread_of(values: Sequence[float], *, minimum: float, maximum: float) -> Spread:
    """Of one score a person. The SD has n - 1 below.

    More than 15 % of the people at an end are called a floor or a ceiling effect (McHorney &
    Tarlov 1995, Quality of Life Research 4:293-307; Terwee et al. 2007, Journal of Clinical
    Epidemiology 60:34-42): whoever is there cannot be told apart. Raises ValueError for fewer
    than two.
    """
    if len(values) < 2:
        raise ValueError("A spread needs two people.")
    scores = np.asarray(values, dtype=float)
    floor = int((scores <= minimum).sum())
    ceiling = int((scores >= maximum).sum())
    return Spread(
        n=len(scores),
        mean=float(scores.mean()),
        sd=float(scores.std(ddof=1)),
        floor=floor,
        between=len(scores) - floor - ceiling,
        ceiling=ceiling,
    )
