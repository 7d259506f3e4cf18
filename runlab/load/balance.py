"""How much of the distance one can run above critical speed is left, second by second."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..errors import SettingsError, one_of


def distance_balance(
    speed_mps: npt.ArrayLike,
    *,
    critical_speed_mps: float,
    distance_reserve_m: float,
    seconds: npt.ArrayLike = 1.0,
    method: str = "differential",
    time_constant_s: float | None = None,
) -> np.ndarray | pd.Series:
    """Metres left of the reserve above critical speed (D′) after each sample.

    Above critical speed each second spends the excess. Below it the reserve refills: "differential" by
    ``(critical speed - speed) · spent share`` each second, or "integral", where every metre spent comes back with
    ``time_constant_s`` (which must be given: the published rule for it, ``recovery_time_constant``, is in watts).

    Takes speed in m/s (or power in W with critical power and W′: the same sums) and the ``seconds`` of each sample. NaN
    speed neither spends nor refills. Below 0 critical speed or reserve are set too low; it is shown, not cut off.
    Returns an array, or a Series with the index given.
    Raises SettingsError for a missing or impossible constant.
    Evidence: [B] for power on a bicycle, [C] carried over to running. Skiba 2012, 2015.

    >>> distance_balance([4.0, 6.0, 6.0, 4.0], critical_speed_mps=5.0, distance_reserve_m=100.0)
    array([100.  ,  99.  ,  98.  ,  98.02])
    """
    one_of("method", method, ("differential", "integral"))
    for name, value in (("critical_speed_mps", critical_speed_mps), ("distance_reserve_m", distance_reserve_m)):
        if not value > 0:
            raise SettingsError(f"{name} must be above 0, not {value}")
    if method == "integral" and not (time_constant_s is not None and time_constant_s > 0):
        raise SettingsError("method='integral' needs time_constant_s (seconds); the published rule is in watts only")
    speed, step = np.broadcast_arrays(np.asarray(speed_mps, dtype=float), np.asarray(seconds, dtype=float))
    excess = np.where(np.isfinite(speed), speed - critical_speed_mps, 0.0) * step
    left = np.empty(len(excess))
    if method == "integral":
        spent = 0.0
        fade = np.exp(-step / time_constant_s)  # type: ignore[operator]
        for k, (over, keep) in enumerate(zip(np.maximum(excess, 0).tolist(), fade.tolist(), strict=True)):
            spent = spent * keep + over
            left[k] = distance_reserve_m - spent
    else:
        balance = float(distance_reserve_m)
        for k, over in enumerate(excess.tolist()):
            balance -= over if over >= 0 else over * (distance_reserve_m - balance) / distance_reserve_m
            left[k] = min(balance, distance_reserve_m)
            balance = left[k]
    return pd.Series(left, index=speed_mps.index) if isinstance(speed_mps, pd.Series) else left


def recovery_time_constant(power_w: npt.ArrayLike, *, critical_power_w: float) -> float:
    """How quickly the reserve refills, by how far below critical power the easy parts were. For power only.

    ``546 · exp(-0.01 · (critical power - mean power below it)) + 316`` seconds.

    Takes power samples in W, NaN left out. Returns seconds; NaN if no sample lies below critical power.
    Evidence: [C] one study's fit in cyclists (Skiba 2012); it must not be used with speeds.

    >>> round(recovery_time_constant(range(100), critical_power_w=25), 2)
    795.44
    """
    power = np.asarray(power_w, dtype=float)
    easy = power[np.isfinite(power) & (power < critical_power_w)]
    if not len(easy):
        return math.nan
    return float(546 * math.exp(-0.01 * (critical_power_w - easy.mean())) + 316)
