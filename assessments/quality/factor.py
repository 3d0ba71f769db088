"""A model with one factor behind the items: its loadings and what is left to each item."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .matrix import Matrix

MOST_STEPS, CLOSE_ENOUGH = 40_000, 1e-7
ROUND = 25  # steps, after which those that are done are left alone
NO_ERROR = 1e-4  # there it will not come back from: what is left are ever smaller steps


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
    sds = np.sqrt(np.einsum("kii->ki", covariances))
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
        with_factor = np.einsum("kij,kj->ki", r, beta)
        of_factor = 1 - (beta * loadings).sum(axis=1) + (beta * with_factor).sum(axis=1)
        fresh = with_factor / of_factor[:, None]
        errors = np.maximum(1 - fresh * with_factor, 1e-6)
        moved = np.abs(fresh - loadings).max(axis=1)
        loadings = fresh
    return loadings, errors, moved
