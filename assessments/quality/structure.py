"""Whether the items of a scale go together: Cronbach's alpha, and McDonald's omega of one factor.

Both say how much of the variance of the sum the items share. Alpha does so if every item carries
as much of it as every other (tau-equivalence), and is too low else; omega lets them differ (Dunn,
Baguley & Brunsden 2014, British Journal of Psychology 105:399-412). Both take for granted that
there is one thing behind the items, which they do not test.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from .estimate import LEAST_N, Z95, Estimate, Why

Matrix = NDArray[np.float64]

RESAMPLES = 1_000
SEED = 1999  # any fixed one: the same answers give the same interval

MOST_STEPS, CLOSE_ENOUGH = 40_000, 1e-7
MOST_STEPS_AGAIN, CLOSE_ENOUGH_AGAIN = 600, 1e-5  # of a resample: an interval has fewer places
ROUND = 25  # steps, after which those that are done are left alone
LEAST_ERROR = 0.005  # of an item's variance; below that the model leaves it no error of its own
NO_ERROR = 1e-4  # there it will not come back from: what is left are ever smaller steps
MOST_LOST = 0.05  # of the resamples; with more of them lost there is no interval


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
    here of percentiles, with 1,000 resamples, seeded.
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
    low, high = _interval(data)
    return Estimate(n, float(omega_of(loadings, errors)[0]), low, high)


def omega_of(loadings: Matrix, errors: Matrix) -> Matrix:
    """From loadings and own variances of b models, each b by k; b numbers."""
    common = loadings.sum(axis=1) ** 2
    share: Matrix = common / (common + errors.sum(axis=1))
    return share


def one_factor(
    covariances: Matrix, *, steps: int = MOST_STEPS, close: float = CLOSE_ENOUGH
) -> tuple[Matrix, Matrix, NDArray[np.bool_]]:
    """Loadings and own variances (both b by k) of the one-factor model of each of b covariance
    matrices (b by k by k), and whether each was found in as many ``steps``.

    Maximum likelihood by the EM algorithm (Rubin & Thayer 1982, Psychometrika 47:69-76), on
    correlations, since the solution does not hang on the items' units. It nears a Heywood case and
    never passes it.
    """
    sds = np.sqrt(np.einsum("bii->bi", covariances))
    r = covariances / (sds[:, :, None] * sds[:, None, :])
    # A beginning: the sum of each item's correlations, as of the centroid method.
    loadings = np.clip((r.sum(axis=2) - 1) / np.sqrt(r.sum(axis=(1, 2)))[:, None], -0.95, 0.95)
    errors = 1 - loadings**2
    settled = np.zeros(len(r), dtype=bool)
    left = np.arange(len(r))
    for _round in range(steps // ROUND):
        loadings[left], errors[left], moved = _climb(r[left], loadings[left], errors[left])
        settled[left] = moved < close
        left = left[(moved >= close) & (errors[left].min(axis=1) >= NO_ERROR)]
        if not left.size:
            break
    return loadings * sds, errors * sds**2, settled


def _climb(r: Matrix, loadings: Matrix, errors: Matrix) -> tuple[Matrix, Matrix, Matrix]:
    """A round of steps; and how far the last one went."""
    moved = np.zeros(len(r))
    for _step in range(ROUND):
        weights = loadings / errors
        beta = weights / (1 + (weights * loadings).sum(axis=1))[:, None]
        with_factor = np.einsum("bij,bj->bi", r, beta)
        of_factor = 1 - (beta * loadings).sum(axis=1) + (beta * with_factor).sum(axis=1)
        fresh = with_factor / of_factor[:, None]
        errors = np.maximum(1 - fresh * with_factor, 1e-6)
        moved = np.abs(fresh - loadings).max(axis=1)
        loadings = fresh
    return loadings, errors, moved


def _interval(data: Matrix) -> tuple[float | None, float | None]:
    """The 2.5th and 97.5th percentile of omega over resamples of people. A resample in which an
    item has no variance, or the items no covariance, gives none."""
    people = data[np.lexsort(data.T)]  # whatever order they came in
    people = people - people.mean(axis=0)
    n, k = people.shape
    random = np.random.default_rng(SEED)
    covariances = np.empty((RESAMPLES, k, k))
    for place in range(RESAMPLES):
        again = people[random.integers(n, size=n)]
        again = again - again.mean(axis=0)
        covariances[place] = again.T @ again / (n - 1)
    variances = np.einsum("bii->bi", covariances)
    usable = (variances > 0).all(axis=1)
    usable &= covariances.sum(axis=(1, 2)) > variances.sum(axis=1)
    if usable.sum() < (1 - MOST_LOST) * RESAMPLES:
        return None, None
    loadings, errors, _settled = one_factor(
        covariances[usable], steps=MOST_STEPS_AGAIN, close=CLOSE_ENOUGH_AGAIN
    )
    low, high = np.percentile(omega_of(loadings, errors), [2.5, 97.5])
    return float(low), float(high)


def _data(
    responses: Sequence[Sequence[float]], *, items: int, least: int
) -> tuple[Matrix, Why | None]:
    """The answers as n rows of k, and why nothing can be computed from them. Raises ValueError for
    rows of different lengths."""
    data = np.array([list(row) for row in responses], dtype=float)
    n, k = data.shape if data.ndim == 2 else (0, 0)
    data = data.reshape(n, k)
    if k < items and n:
        return data, Why.FEW_ITEMS
    if n < max(least, 3):
        return data, Why.FEW_RESPONSES
    if not data.sum(axis=1).var() > 0:
        return data, Why.NO_VARIANCE
    return data, None
