"""Whether a person who answers twice gets the same score."""

from __future__ import annotations

from collections.abc import Sequence

from .estimate import LEAST_N, Estimate, Why
from .matrix import as_matrix
from .quantiles import f_quantile


def icc_agreement(scores: Sequence[Sequence[float]], *, least: int = LEAST_N) -> Estimate:
    """ICC(A,1): the intraclass correlation of single scores, two-way, absolute agreement.

    ``scores``: n rows (people) of k scores each, the first time, the second time. With MSR, MSC and
    MSE the mean squares of rows, columns and error: (MSR - MSE) / (MSR + (k - 1) MSE + k / n (MSC -
    MSE)) (McGraw & Wong 1996, Psychological Methods 1:30-46, table 4; the ICC(2,1) of Shrout &
    Fleiss 1979). Interval by their table 7, an F with the degrees of freedom of Satterthwaite.

    Agreement and not Pearson's correlation, because a shift of all people is a change too: in care
    people are meant to change, so what stands here is the least that the tool can claim.
    """
    data = as_matrix(scores)
    n, k = data.shape
    if n < max(least, 2) or k < 2:
        return Estimate(n, why=Why.FEW_RESPONSES)
    if not data.var() > 0:
        return Estimate(n, why=Why.NO_VARIANCE)
    grand = data.mean()
    rows = k * ((data.mean(axis=1) - grand) ** 2).sum()
    columns = n * ((data.mean(axis=0) - grand) ** 2).sum()
    error = ((data - grand) ** 2).sum() - rows - columns
    msr, msc = float(rows / (n - 1)), float(columns / (k - 1))
    mse = max(float(error), 0.0) / ((n - 1) * (k - 1))
    value = (msr - mse) / (msr + (k - 1) * mse + k / n * (msc - mse))
    if mse <= 1e-12 * msr:  # each person moved exactly as every other: no error to infer from
        return Estimate(n, value)
    low, high = _interval(value, n, k, msr, msc, mse)
    return Estimate(n, value, low, high)


def _interval(
    value: float, n: int, k: int, msr: float, msc: float, mse: float
) -> tuple[float, float]:
    a = k * value / (n * (1 - value))
    b = 1 + k * value * (n - 1) / (n * (1 - value))
    freedom = (a * msc + b * mse) ** 2 / (
        (a * msc) ** 2 / (k - 1) + (b * mse) ** 2 / ((n - 1) * (k - 1))
    )
    below, above = f_quantile(0.975, n - 1, freedom), f_quantile(0.975, freedom, n - 1)
    rest = k * msc + (k * n - k - n) * mse
    low = n * (msr - below * mse) / (below * rest + n * msr)
    high = n * (above * msr - mse) / (rest + n * above * msr)
    return low, high
