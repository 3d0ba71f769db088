"""Quantiles of the F distribution: the one that numpy does not have and an interval needs."""

from __future__ import annotations

from math import exp, lgamma, log, log1p

TINY = 1e-300


def f_quantile(probability: float, over: float, under: float) -> float:
    """The value that F with ``over`` and ``under`` degrees of freedom (not always whole numbers)
    stays below with this probability. Raises ValueError outside of 0 to 1 or for no freedom."""
    if not 0 < probability < 1 or over <= 0 or under <= 0:
        raise ValueError("An F quantile needs a probability and two degrees of freedom.")
    low, high = 0.0, 1.0
    for _halved in range(60):  # as fine as a float is
        middle = (low + high) / 2
        if incomplete_beta(middle, over / 2, under / 2) < probability:
            low = middle
        else:
            high = middle
    share = (low + high) / 2
    return under * share / (over * max(1 - share, TINY))


def incomplete_beta(x: float, a: float, b: float) -> float:
    """The regularised one, I_x(a, b), by its continued fraction (DLMF 8.17.22), evaluated from
    the front (Lentz 1976, Applied Optics 15:668-671)."""
    if x <= 0 or x >= 1:
        return float(x >= 1)
    if x > (a + 1) / (a + b + 2):  # where the fraction converges slowly, its mirror does not
        return 1 - incomplete_beta(1 - x, b, a)
    front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x)) / a
    above, below = 1.0, 1 / _away_from_0(1 - (a + b) * x / (a + 1))
    value = below
    for m in range(1, 1_000):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        factor = 1.0
        for term in (even, odd):
            below = 1 / _away_from_0(1 + term * below)
            above = _away_from_0(1 + term / above)
            factor = above * below
            value *= factor
        if abs(factor - 1) < 1e-14:
            break
    return front * value


def _away_from_0(number: float) -> float:
    return number if abs(number) > TINY else TINY
