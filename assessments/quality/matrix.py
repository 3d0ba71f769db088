"""Answers as numbers in rows and columns."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]


def as_matrix(
    rows: Sequence[Sequence[float]] | Sequence[float], *, columns: int | None = None
) -> Matrix:
    """n rows of k, made once for several figures; 0 by 0 for none. With ``columns`` row after row
    in one. Raises ValueError for rows of different lengths."""
    data = np.asarray(rows, dtype=float)
    if columns:
        return data.reshape(-1, columns)
    return data if data.ndim == 2 else data.reshape(0, 0)
