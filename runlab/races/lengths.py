"""Standard race lengths, and the one tolerance within which a run is one of them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

STANDARD_M = (
    1500.0,
    1609.344,
    3000.0,
    5000.0,
    8000.0,
    10000.0,
    15000.0,
    16093.44,
    20000.0,
    21097.5,
    25000.0,
    30000.0,
    42195.0,
    50000.0,
    80467.2,
    100000.0,
    160934.4,
)
WITHIN = 0.03  # watches read a course up to this much long or short


def near_standard(metres: Any) -> np.ndarray:
    """The standard length within 3 % of each distance; NaN where there is none.

    >>> near_standard([10_300.0, 10_301.0, 21_000.0]).tolist()
    [10000.0, nan, 21097.5]
    """
    far = np.asarray(metres, float)
    lengths = np.array(STANDARD_M)
    off = np.abs(far[..., None] / lengths - 1)
    near = lengths[np.nan_to_num(off, nan=np.inf).argmin(axis=-1)]
    return np.where(covers(far, near), near, np.nan)


def standard_m(metres: float) -> float:
    """The standard length within 3 % of a distance, else the distance itself.

    >>> standard_m(10_050.0), standard_m(12_300.0)
    (10000.0, 12300.0)
    """
    near = float(near_standard(metres))
    return near if math.isfinite(near) else metres


def covers(metres: Any, length_m: Any) -> Any:
    """Whether a recording of these metres is one of a course of that length: within 3 %.

    >>> bool(covers(9_700.0, 10_000.0)), bool(covers(9_699.0, 10_000.0))
    (True, False)
    """
    return np.abs(np.asarray(metres, float) / length_m - 1) <= WITHIN + 1e-9
