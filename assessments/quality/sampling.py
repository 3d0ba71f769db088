"""How far omega may be off, from the people themselves: their answers drawn again and again, or the
limit that this nears with many of them."""

from __future__ import annotations

import numpy as np

from .estimate import Z95
from .factor import omega_of, one_factor
from .matrix import Matrix

RESAMPLES = 1_000
SEED = 1999  # any fixed one: the same answers give the same interval
MOST_STEPS_AGAIN, CLOSE_ENOUGH_AGAIN = 600, 1e-5  # of a resample: an interval has fewer places
MOST_LOST = 0.05  # of the resamples; with more of them lost there is no interval
NONE_OF = 1e-9  # of an item's variance: less is what is left of rounding
AT_ONCE = 1_000_000  # numbers held for some resamples

# Where the limit stands for the resamples: many people, a curve that leans to no side, and an
# interval so narrow that omega is as good as straight within it. Ours.
MANY = 5_000
MOST_SKEW = 0.1
MOST_HALF = 0.01

Interval = tuple[float | None, float | None]


def interval_of_omega(people: Matrix, loadings: Matrix, errors: Matrix) -> Interval:
    """95 %. ``loadings`` and ``errors`` (k each) are those of the model of all ``people``."""
    people = people - people.mean(axis=0)
    if len(people) >= MANY:
        pulls = influences(people, loadings, errors)
        half = float(Z95 * np.sqrt(pulls @ pulls) / len(people))
        if half <= MOST_HALF and abs(_skew_of_mean(pulls)) <= MOST_SKEW:
            value = float(omega_of(loadings[None], errors[None])[0])
            return value - half, value + half
    return resampled(people)


def influences(people: Matrix, loadings: Matrix, errors: Matrix) -> Matrix:
    """How each of n centred people pulls at omega: its change if their share of the whole grew by
    a little, divided by that little.

    Their variance over n is that of a bootstrap in the limit, whether or not the model is true:
    the infinitesimal jackknife (Jaeckel 1972; Efron 1982, The Jackknife, the Bootstrap and Other
    Resampling Plans, chapter 6). Loadings l of maximum likelihood solve S u = l (1 + l'u) with u =
    l / errors and errors = diag(S) - l²; what a change of S does to them follows from that.
    """
    n, k = people.shape
    covariance = people.T @ people / (n - 1)
    u = loadings / errors
    v = (errors + 2 * loadings**2) / errors**2  # of u by its loading
    slopes = covariance * v - np.eye(k) * (1 + loadings @ u) - np.outer(loadings, u + loadings * v)
    shared, own = loadings.sum(), errors.sum()
    whole = (shared**2 + own) ** 2
    y = np.linalg.solve(slopes.T, 2 * shared * (own + shared * loadings) / whole)
    between = covariance - np.outer(loadings, loadings)
    squares = (between.T @ y) * loadings / errors**2 - shared**2 / whole
    pulls: Matrix = people**2 @ squares - (people @ y) * (people @ u)
    pulls -= pulls.mean()
    return pulls


def _skew_of_mean(values: Matrix) -> float:
    """Of centred ones."""
    squares = values * values
    return float(squares @ values / squares.sum() ** 1.5)


def resampled(people: Matrix) -> Interval:
    """The 2.5th and 97.5th percentile of omega over resamples of centred people. A resample in
    which an item has no variance, or the items no covariance, gives none."""
    people = people[np.lexsort(people.T)]  # whatever order they came in
    covariances = _covariances_again(people)
    variances = np.einsum("kii->ki", covariances)
    usable = (variances > NONE_OF * people.var(axis=0)).all(axis=1)
    usable &= covariances.sum(axis=(1, 2)) > variances.sum(axis=1)
    if usable.sum() < (1 - MOST_LOST) * RESAMPLES:
        return None, None
    loadings, errors, _settled = one_factor(
        covariances[usable], steps=MOST_STEPS_AGAIN, close=CLOSE_ENOUGH_AGAIN
    )
    low, high = np.percentile(omega_of(loadings, errors), [2.5, 97.5])
    return float(low), float(high)


def _covariances_again(people: Matrix) -> Matrix:
    """Of each resample: how often each person was drawn, times their answers and the products of
    those, for many resamples in one multiplication."""
    n, k = people.shape
    random = np.random.default_rng(SEED)
    first, second = np.triu_indices(k)
    answers = np.hstack([people, people[:, first] * people[:, second]])
    found = np.empty((RESAMPLES, k, k))
    some = max(1, AT_ONCE // n)
    for begin in range(0, RESAMPLES, some):
        drawn = [
            np.bincount(random.integers(n, size=n), minlength=n)
            for _place in range(min(some, RESAMPLES - begin))
        ]
        sums = np.array(drawn, dtype=float) @ answers
        means, products = sums[:, :k] / n, sums[:, k:]
        covariances = (products - n * means[:, first] * means[:, second]) / (n - 1)
        found[begin : begin + some, first, second] = covariances
        found[begin : begin + some, second, first] = covariances
    return found
