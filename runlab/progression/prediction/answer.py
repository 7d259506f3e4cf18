"""``Prediction``: a predicted time as a distribution."""

from __future__ import annotations

import math
from dataclasses import dataclass

from ...evidence import Estimate
from ...numerics import bisected, student_quantile
from ..inference import Finding


@dataclass(frozen=True, repr=False)
class Prediction(Finding):
    """A predicted time in s: 80 % interval in ``low`` and ``high``, 50 % in ``low_50`` and ``high_50``.

    ``table`` holds the back-test: one row per earlier race, predicted from what was known the evening before.

    >>> Prediction(2400.0, 2340.0, 2460.0, n=4, unit="s", grade="B", verdict="", log_sd=0.02, freedom=10.0).chance(2400)
    0.5
    """

    low_50: float = math.nan
    high_50: float = math.nan
    log_sd: float = math.nan
    freedom: float = math.nan

    def __repr__(self) -> str:
        return Estimate.__repr__(self)

    def interval(self, level: float) -> tuple[float, float]:
        """The interval that holds with another probability."""
        half = student_quantile((1 + level) / 2, self.freedom) * self.log_sd if self.is_known else math.nan
        return self.value * math.exp(-half), self.value * math.exp(half)

    def chance(self, time_s: float) -> float:
        """The share of the distribution at or below a time, if the assumptions of the forecast hold."""
        if not (self.is_known and time_s > 0):
            return math.nan
        z = math.log(time_s / self.value) / self.log_sd
        return round(float(bisected(lambda p: student_quantile(float(p), self.freedom) < z, 1e-6, 1 - 1e-6)), 4)
