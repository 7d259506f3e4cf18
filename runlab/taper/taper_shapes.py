"""The published taper shapes: how much of the usual volume is left on each day before the race."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from ..errors import SettingsError, one_of
from ..numerics import bisected

KINDS = ("step", "linear", "exponential", "fast_exponential", "slow_exponential")
TIME_CONSTANTS = {"fast_exponential": 4.0, "slow_exponential": 8.0}


def shapes(kind: str, days: int, *, reduction: float = 0.5, time_constant_days: float | None = None) -> pd.DataFrame:
    """How much of the usual volume a taper of one shape leaves, day by day.

    Definition, d = 1 ... n: ``step`` f = 1 - p; ``linear`` f = 1 - p d/n (p is reached on the last day);
    ``fast_exponential`` and ``slow_exponential`` f = exp(-d/4) and exp(-d/8); ``exponential`` f = exp(-d/tau), tau
    given or chosen so that the mean reduction is p.

    Takes the kind, the number of days, ``reduction`` p (0-1, not used by the named exponentials) and tau in days.
    Returns a frame: ``day`` (1 = first day of the taper), ``days_to_race`` (the last taper day is 1), ``share`` of
    usual volume. Raises SettingsError for another kind, days below 1 or a reduction outside 0-1.
    Evidence: A that volume goes down by 41-60 % over about two weeks, progressively, intensity kept (Bosquet 2007;
    Wang 2023); C for the exact shape. Names as in Mujika & Padilla 2003.

    >>> shapes("step", 3)["share"].tolist()
    [0.5, 0.5, 0.5]
    >>> [float(round(1 - shapes(f"{kind}_exponential", 14)["share"].mean(), 3)) for kind in ("fast", "slow")]
    [0.756, 0.557]
    """
    one_of("kind", kind, KINDS)
    if int(days) != days or days < 1:
        raise SettingsError(f"days must be a whole number of at least 1, not {days!r}")
    if not 0 <= reduction <= 1:
        raise SettingsError(f"reduction must be a share between 0 and 1 (0.5 = half), not {reduction!r}")
    day = np.arange(1, int(days) + 1)
    if kind == "step":
        share = np.full(len(day), 1 - reduction)
    elif kind == "linear":
        share = 1 - reduction * day / days
    else:
        tau = TIME_CONSTANTS.get(kind) or time_constant_days or _time_constant(int(days), reduction)
        if not tau > 0:
            raise SettingsError(f"time_constant_days must be above 0, not {tau!r}")
        share = np.exp(-day / tau)
    return pd.DataFrame({"day": day, "days_to_race": days - day + 1, "share": share})


def _time_constant(days: int, reduction: float) -> float:
    """The tau whose exponential leaves 1 - reduction on average over the taper."""
    day = np.arange(1, days + 1)
    return math.exp(bisected(lambda x: np.exp(-day / np.exp(x)).mean() < 1 - reduction, math.log(1e-3), math.log(1e6)))
