"""The few numerical tools that many rooms need, each written once."""

from __future__ import annotations

import math
from collections.abc import Callable
from statistics import NormalDist
from typing import Any

import numpy as np
import pandas as pd

EARTH_M = 6_371_008.8  # mean radius
_NORMAL = NormalDist()


def column(frame: pd.DataFrame, name: str) -> np.ndarray:
    """A column as floats, NaN where there is none.

    >>> column(pd.DataFrame({"heart_rate_bpm": [140]}), "cadence_spm")
    array([nan])
    """
    if name not in frame.columns:
        return np.full(len(frame), np.nan)
    return frame[name].to_numpy(dtype=float, na_value=np.nan)


def median(values: np.ndarray) -> float:
    """The median of what is known, NaN where nothing is.

    >>> median(np.array([np.nan, 1.0, 3.0])), median(np.array([]))
    (2.0, nan)
    """
    known = values[np.isfinite(values)]
    return float(np.median(known)) if len(known) else math.nan


def stretches(mask: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Where stretches of True begin and end (one past the last).

    >>> stretches(np.array([False, True, True, False, True]))
    (array([1, 4]), array([3, 5]))
    """
    edges = np.diff(np.concatenate(([0], np.asarray(mask, dtype=np.int8), [0])))
    return np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)


def great_circle_m(latitude_deg: np.ndarray, longitude_deg: np.ndarray) -> np.ndarray:
    """Length of each step between positions, on a sphere of the Earth's mean radius (haversine).

    >>> great_circle_m(np.array([0.0, 1.0]), np.array([0.0, 0.0])).round()
    array([111195.])
    """
    latitude, longitude = np.radians(latitude_deg), np.radians(longitude_deg)
    half = (
        np.sin(np.diff(latitude) / 2) ** 2
        + np.cos(latitude[:-1]) * np.cos(latitude[1:]) * np.sin(np.diff(longitude) / 2) ** 2
    )
    return 2 * EARTH_M * np.arcsin(np.sqrt(np.clip(half, 0, 1)))


def bisected(below: Callable[[Any], Any], low: Any, high: Any, *, rounds: int = 60) -> Any:
    """Where a condition that holds from ``low`` upwards ends, before ``high``; numbers, or arrays side by side.

    >>> round(float(bisected(lambda x: x * x < 2, 0.0, 2.0)), 6)
    1.414214
    """
    for _ in range(rounds):
        middle = (low + high) / 2
        more = below(middle)
        low, high = np.where(more, middle, low), np.where(more, high, middle)
    return (low + high) / 2


def weighted_quantiles(values: np.ndarray, weight: np.ndarray, shares: list[float]) -> np.ndarray:
    """Quantiles of values whose weights sum to 1.

    >>> weighted_quantiles(np.array([3.0, 1.0, 2.0]), np.array([0.25, 0.25, 0.5]), [0.25, 0.5]).tolist()
    [1.0, 1.5]
    """
    order = np.argsort(values)
    return np.interp(shares, np.cumsum(weight[order]), values[order])


def normal_quantile(p: float) -> float:
    """The point below which a share ``p`` of a normal distribution lies.

    >>> round(normal_quantile(0.9), 4)
    1.2816
    """
    return _NORMAL.inv_cdf(p)


def student_quantile(p: float, freedom: float) -> float:
    """The point below which a share ``p`` of Student's t lies (Hill 1970, Comm. ACM 13:619; about 1e-4 accurate).

    >>> round(student_quantile(0.9, 3), 2), round(student_quantile(0.975, 10), 2), round(student_quantile(0.1, 3), 2)
    (1.64, 2.23, -1.64)
    """
    if p < 0.5:
        return -student_quantile(1 - p, freedom)
    tail = 2 * (1 - p)
    if freedom == 2:
        return math.sqrt(2 / (tail * (2 - tail)) - 2)
    if freedom <= 1:
        return math.cos(tail * math.pi / 2) / math.sin(tail * math.pi / 2)
    a = 1 / (freedom - 0.5)
    b = 48 / a**2
    c = ((20700 * a / b - 98) * a - 16) * a + 96.36
    d = ((94.5 / (b + c) - 3) / b + 1) * math.sqrt(a * math.pi / 2) * freedom
    x = d * tail
    y = x ** (2 / freedom)
    if y > 0.05 + a:
        x = _NORMAL.inv_cdf(tail / 2)
        y = x * x
        if freedom < 5:
            c += 0.3 * (freedom - 4.5) * (x + 0.6)
        c = (((0.05 * d * x - 5) * x - 7) * x - 2) * x + b + c
        y = (((((0.4 * y + 6.3) * y + 36) * y + 94.5) / c - y - 3) / b + 1) * x
        y = math.expm1(a * y * y)
    else:
        y = (
            (1 / (((freedom + 6) / (freedom * y) - 0.089 * d - 0.822) * (freedom + 2) * 3) + 0.5 / (freedom + 4)) * y
            - 1
        ) * (freedom + 1) / (freedom + 2) + 1 / y
    return math.sqrt(freedom * y)
