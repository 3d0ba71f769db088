"""Whether the items of a scale go together: Cronbach's alpha, and McDonald's omega of one factor.

Both say how much of the variance of the sum the items share. Alpha does so if every item carries
as much of it as every other (tau-equivalence), and is too low else; omega lets them differ (Dunn,
Baguley & Brunsden 2014, British Journal of Psychology 105:399-412). Both take for granted that
there is one thing behind the items, which they do not test.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .estimate import LEAST_N, Z95, Estimate, Why
from .factor import omega_of, one_factor
from .matrix import Matrix, as_matrix
from .sampling import interval_of_omega

LEAST_ERROR = 0.005  # of an item's variance; below that the model leaves it no error of its own


def alpha(responses: Sequence[Sequence[float]], *, least: int = LEAST_N) -> Estimate:
    """Cronbach's alpha, k / (k - 1) · (1 - sum of the items' variances / variance of the sum)
    (Cronbach 1951, Psychometrika 16:297-334).

    ``responses``: n rows of k answers, all there. The interval is that of Bonett 2002 (Journal of
    Educational and Behavioral Statistics 27:335-340) with the correction of bias of Bonett & Wright
    2015 (Journal of Organizational Behavior 36:3-15):
    1 - exp(ln(1 - alpha) - ln(n / (n - 1)) ± 1.96 · sqrt(2k / ((k - 1)(n - 2)))).
    It takes for granted that answers are about normal and the items about alike; with few steps
    and a skew it is a little off.
    """
    data, refused = _data(responses, items=2, least=least)
    n, k = data.shape
    if refused:
        return Estimate(n, why=refused)
    covariance = np.cov(data, rowvar=False)
    value = alpha_of(covariance)
    if covariance.sum() - np.trace(covariance) <= 0:
        return Estimate(n, why=Why.NEGATIVE_COVARIANCE)
    if value >= 1:  # every item says exactly the same: nothing to be wrong about
        return Estimate(n, 1.0)
    middle = np.log(1 - value) - np.log(n / (n - 1))
    half = Z95 * np.sqrt(2 * k / ((k - 1) * (n - 2)))
    return Estimate(n, value, float(1 - np.exp(middle + half)), float(1 - np.exp(middle - half)))


def alpha_of(covariance: Matrix) -> float:
    """From a k by k covariance matrix, as above."""
    k = len(covariance)
    return float(k / (k - 1) * (1 - np.trace(covariance) / covariance.sum()))


def omega(responses: Sequence[Sequence[float]], *, least: int = LEAST_N) -> Estimate:
    """McDonald's omega total of a model with one factor: (sum of loadings)² / ((sum of loadings)² +
    sum of the items' own variances) (McDonald 1999, Test Theory: A Unified Treatment, chapter 6).

    The model is fitted by maximum likelihood. The interval is a bootstrap over people, as Kelley &
    Pornprasertmanit 2016 (Psychological Methods 21:69-92) advise after comparing many formulas;
    here of percentiles, with 1,000 resamples, seeded. Of 5,000 people and more, where it is the
    same to the eye, what the bootstrap nears with many (``sampling.influences``).
    """
    data, refused = _data(responses, items=3, least=least)
    n = len(data)
    if refused:
        return Estimate(n, why=refused)
    covariance = np.cov(data, rowvar=False)
    if (np.diag(covariance) <= 0).any():
        return Estimate(n, why=Why.NO_VARIANCE)
    if covariance.sum() - np.trace(covariance) <= 0:
        return Estimate(n, why=Why.NEGATIVE_COVARIANCE)
    loadings, errors, settled = one_factor(covariance[None])
    if (errors[0] < LEAST_ERROR * np.diag(covariance)).any():
        return Estimate(n, why=Why.HEYWOOD)
    if not settled[0]:
        return Estimate(n, why=Why.NOT_SETTLED)
    low, high = interval_of_omega(data, loadings[0], errors[0])
    return Estimate(n, float(omega_of(loadings, errors)[0]), low, high)


def _data(
    responses: Sequence[Sequence[float]], *, items: int, least: int
) -> tuple[Matrix, Why | None]:
    """The answers, and why nothing can be computed from them."""
    data = as_matrix(responses)
    n, k = data.shape
    if k < items and n:
        return data, Why.FEW_ITEMS
    if n < max(least, 3):
        return data, Why.FEW_RESPONSES
    if not data.sum(axis=1).var() > 0:
        return data, Why.NO_VARIANCE
    return data, None
