"""A figure with its interval and n, or why there is none."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

# How many people it takes. The COSMIN checklist rates a study of internal consistency or of
# reliability with fewer than 30 as poor, from 30 as fair, from 50 as good and from 100 as excellent
# (Terwee et al. 2012, Quality of Life Research 21:651-657). So below 30 there is no figure.
LEAST_N = 30
Z95 = 1.959963984540054  # of the normal distribution, two-sided


class Why(StrEnum):
    """Why there is no figure."""

    FEW_RESPONSES = "few_responses"  # fewer than LEAST_N
    FEW_ITEMS = "few_items"  # alpha needs two, a one-factor model three
    NO_VARIANCE = "no_variance"  # everybody gave the same answer
    NEGATIVE_COVARIANCE = "negative_covariance"  # on average the items go against each other
    HEYWOOD = "heywood"  # the model leaves an item no error of its own: it does not fit
    NOT_SETTLED = "not_settled"  # no solution was found
    NOT_ADDED = "not_added"  # the scale is a rule, not a sum of its items


@dataclass(frozen=True)
class Estimate:
    """``low`` to ``high`` is the 95 % interval, None where only the figure is known."""

    n: int
    value: float | None = None
    low: float | None = None
    high: float | None = None
    why: Why | None = None
