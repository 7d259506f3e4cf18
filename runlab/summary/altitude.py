"""Where altitude comes from, and altitude fit for counting ascent."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from .. import tables
from ..clean import LEFT_OUT

_ROUGH_M = 1.0
_JUMP_M = 10.0  # GPS altitude may leap by some metres from second to second
_LIFT_S = 30.0


def altitude_source(records: pd.DataFrame, about: dict[str, Any]) -> str:
    """Whether altitude is from a barometer, from GPS or from a platform; empty if it is absent or cannot be told.

    What the file says first (``about["altitude_source"]``, a barometer among the sensors). Else altitude that leaps
    about is taken for GPS: the median bend of the profile at 10 s steps is over 1 m. Barometers in real runs, mountains
    among them, bend by up to 0.8 m, watches without one by 1.1 m or more.

    Takes the records of one activity with ``time`` and the reader's ``about``.
    Evidence: [D] runlab's own rule, from some fifty real runs.

    >>> time = pd.date_range("2026-05-01 08:00", periods=600, freq="s", tz="UTC")
    >>> height = np.tile(np.repeat([100.0, 104.0], 10), 30)
    >>> altitude_source(pd.DataFrame({"time": time, "altitude_m": height}), {})
    'gps'
    """
    tables.check(records, tables.RECORDS, "time")
    t, height = _known(records)
    if not len(height):
        return ""
    if about.get("altitude_source"):
        return str(about["altitude_source"])
    for sensor in about.get("sensors") or []:
        if sensor.get("source") == "local" and str(sensor.get("device_type")) in ("4", "barometer"):
            return "barometer"
    grid = np.arange(0.0, min(t[-1], 864_000.0), 10.0)
    if len(grid) < 30:
        return ""
    return "gps" if np.median(np.abs(np.diff(np.interp(grid, t, height), 2))) > _ROUGH_M else ""


def steadied_altitude(records: pd.DataFrame, *, window_s: float = 60.0) -> pd.Series:
    """Altitude averaged over a minute around each sample, so that the noise of GPS is not counted as climbing.

    The mean over time of the straight lines between samples. On one real run worn on two wrists, hysteresis of 3 m gave
    120 m with a barometer, 276 m with GPS as recorded and 141 m with GPS steadied.

    Takes the records of one activity with ``time`` and ``altitude_m``; NaN stays NaN. Returns a Series in metres.
    Evidence: [C] smoothing before counting; the window is runlab's own [D].

    >>> time = pd.date_range("2026-05-01 08:00", periods=200, freq="s", tz="UTC")
    >>> steadied_altitude(pd.DataFrame({"time": time, "altitude_m": np.tile([98.0, 102.0], 100)})).round(1).unique()
    array([100.])
    """
    tables.check(records, tables.RECORDS, "time", "altitude_m")
    t, height = _known(records)
    out = records["altitude_m"].to_numpy(dtype=float).copy()
    if len(height) > 2:
        total = np.concatenate(([0.0], np.cumsum((height[1:] + height[:-1]) / 2 * np.diff(t))))
        low, high = np.maximum(t - window_s / 2, t[0]), np.minimum(t + window_s / 2, t[-1])
        # the integral of a broken line, exact at its ends too
        width = np.where(high > low, high - low, 1.0)
        out[np.isfinite(out)] = np.where(
            high > low, (_integral(high, t, height, total) - _integral(low, t, height, total)) / width, height
        )
    return pd.Series(out, index=records.index, name="altitude_m")


def climbable_altitude(records: pd.DataFrame, *, rate_mps: float = 3.0) -> tuple[np.ndarray, np.ndarray]:
    """Altitude without jumps and lifts, and the samples of those.

    A step of over 10 m more than ``rate_mps`` allows, and half a minute above that rate, is not climbed: what lies
    behind is brought level with what was before. So is a stretch that was left out (``clean.reachable``).

    Takes the records of one activity with ``time`` and ``altitude_m``; NaN stays NaN. Returns metres (levelled, fit
    for counting ascent and for grades, not for heights above the sea) and a mask of the jumps.
    Evidence: [A] the vertical kilometre is climbed at 0.6 m/s; [D] the limits.

    >>> time = pd.date_range("2026-05-01 08:00", periods=5, freq="s", tz="UTC")
    >>> climbable_altitude(pd.DataFrame({"time": time, "altitude_m": [100.0, 101, 400, 102, 103]}))[0].tolist()
    [100.0, 101.0, 101.0, 101.0, 102.0]
    """
    tables.check(records, tables.RECORDS, "time", "altitude_m")
    out = records["altitude_m"].to_numpy(dtype=float).copy()
    jumps = np.zeros(len(out), dtype=bool)
    at = np.flatnonzero(np.isfinite(out))
    if len(at) < 2:
        return out, jumps
    t, height = _known(records)
    step, took = np.diff(height), np.maximum(np.diff(t), 1.0)
    lost = np.abs(step) > rate_mps * took + _JUMP_M
    still = records[LEFT_OUT].to_numpy(dtype=bool)[at[:-1]] if LEFT_OUT in records.columns else np.zeros_like(lost)
    lost |= still
    calm = np.concatenate(([0.0], np.cumsum(np.where(lost, 0.0, step))))
    clock = t + np.arange(len(t)) * 1e-9
    gained = np.interp(clock + _LIFT_S, clock, calm) - calm
    for k in np.flatnonzero(np.abs(gained) > rate_mps * _LIFT_S):
        lost[k : np.searchsorted(clock, clock[k] + _LIFT_S, side="right") - 1] = True
    if lost.any():
        jumps[at[:-1][lost & ~still]] = True
        out[at] = height[0] + np.concatenate(([0.0], np.cumsum(np.where(lost, 0.0, step))))
    return out, jumps


def _integral(at: np.ndarray, t: np.ndarray, height: np.ndarray, total: np.ndarray) -> np.ndarray:
    k = np.clip(np.searchsorted(t, at, side="right") - 1, 0, len(t) - 1)
    return total[k] + (height[k] + np.interp(at, t, height)) / 2 * (at - t[k])


def _known(records: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Times and altitudes of the samples that have one; a clock that runs backwards stands still."""
    if "altitude_m" not in records.columns:
        return np.empty(0), np.empty(0)
    height = records["altitude_m"].to_numpy(dtype=float, na_value=np.nan)
    known = np.isfinite(height)
    return np.maximum.accumulate(tables.seconds(records["time"]))[known], height[known]
