"""Laps: the file's own, completed from the samples, or one per kilometre or mile."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd

from .. import tables
from ..clean import sample_seconds
from ..numerics import column
from ..tables import LAPS
from ..units import distance_unit_m
from .times import timer_steps

_AVERAGES = {
    "average_heart_rate_bpm": "heart_rate_bpm",
    "average_cadence_spm": "cadence_spm",
    "average_power_w": "power_w",
}


def distance_laps(
    records: pd.DataFrame, *, units: str = "metric", threshold_m: float = 3.0, steps: np.ndarray | None = None
) -> pd.DataFrame:
    """A lap for each kilometre (or mile), the last one as long as it is.

    The instant of each mark is interpolated between samples. Distances, times, ascent and descent of the laps add up
    to those of the whole. Without distance there is one lap.

    Takes the records of one activity with ``time``. ``threshold_m`` is the hysteresis of ascent, ``steps`` is
    ``timer_steps(records)`` if at hand. Returns a frame like ``tables.LAPS``; trigger ``per_km`` or ``per_mi``, and
    ``session_end`` for the last.
    Evidence: [A] direct measurement.

    >>> time = pd.date_range("2026-05-01 08:00", periods=601, freq="s", tz="UTC")
    >>> run = pd.DataFrame({"time": time, "distance_m": np.arange(601) * 4.0})
    >>> distance_laps(run)[["lap", "elapsed_time_s", "distance_m", "trigger"]]
       lap  elapsed_time_s  distance_m      trigger
    0    1           250.0      1000.0       per_km
    1    2           250.0      1000.0       per_km
    2    3           100.0       400.0  session_end
    """
    tables.check(records, tables.RECORDS, "time")
    if len(records) < 2:
        return tables.empty(LAPS)
    t, way = tables.seconds(records["time"]), _way(records)
    clock = np.maximum.accumulate(t)
    known = np.isfinite(way)
    marks = np.empty(0)
    if known.sum() > 1:
        w, at = way[known], clock[known]
        unit = distance_unit_m(units)
        goal = np.arange(1, math.floor((w[-1] - w[0]) / unit + 1e-9) + 1) * unit + w[0]
        goal = np.minimum(goal, w[-1])
        to = np.searchsorted(w, goal, side="left")
        to = to[to > 0]
        marks = at[to] - (w[to] - goal) / (w[to] - w[to - 1]) * (at[to] - at[to - 1])
    edges = np.concatenate(([0.0], marks, [clock[-1]] if not len(marks) or clock[-1] - marks[-1] > 1e-6 else []))
    laps = _between(records, edges[:-1], edges[1:], threshold_m, steps)
    trigger = np.full(len(laps), "per_km" if units == "metric" else "per_mi", dtype=object)
    trigger[len(marks) :] = "session_end"
    laps["trigger"] = pd.array(trigger, dtype="str")
    return tables.conform(laps, LAPS)


def completed_laps(
    laps: pd.DataFrame, records: pd.DataFrame, *, threshold_m: float = 3.0, steps: np.ndarray | None = None
) -> pd.DataFrame:
    """The file's own laps, with what the file does not state worked out from the samples.

    Takes laps with ``start_time`` and the records of the same activity. A value the file states is never changed.
    Returns a frame like ``tables.LAPS`` with the file's extra columns.

    >>> time = pd.date_range("2026-05-01 08:00", periods=601, freq="s", tz="UTC")
    >>> run = pd.DataFrame({"time": time, "distance_m": np.arange(601) * 4.0, "heart_rate_bpm": 150.0})
    >>> file_laps = pd.DataFrame({"lap": [1], "start_time": time[:1], "elapsed_time_s": [600.0]})
    >>> completed_laps(file_laps, run)[["distance_m", "average_heart_rate_bpm"]].to_dict("records")
    [{'distance_m': 2400.0, 'average_heart_rate_bpm': 150.0}]
    """
    tables.check(records, tables.RECORDS, "time")
    laps = tables.conform(laps.reset_index(drop=True), LAPS)
    if len(records) < 2 or not len(laps):
        return laps
    origin = records["time"].iloc[0]
    begin = (laps["start_time"] - origin).dt.total_seconds().to_numpy(dtype=float)
    last = max(float(tables.seconds(records["time"]).max()), 0.0)
    following = np.append(begin[1:], last)
    elapsed = laps["elapsed_time_s"].to_numpy(dtype=float)
    end = np.where(np.isfinite(elapsed), begin + elapsed, following)
    placed = np.isfinite(begin) & np.isfinite(end) & (end > begin) & (begin < last + 1) & (end > -1)
    if not placed.any():
        return laps
    found = _between(records, np.clip(begin[placed], 0, last), np.clip(end[placed], 0, last), threshold_m, steps)
    found.index = np.flatnonzero(placed)
    fill = [c.name for c in LAPS.columns if c.dtype == tables.FLOAT and c.name in found.columns]
    found["elapsed_time_s"] = (end - begin)[placed]
    missing = [c for c in fill if laps[c].isna().any()]
    return laps.assign(**{c: laps[c].fillna(found[c]) for c in missing})


def climbed(altitude_m: np.ndarray, threshold_m: float) -> tuple[np.ndarray, np.ndarray]:
    """Ascent and descent up to each sample, by the hysteresis of ``terrain.elevation_gain``.

    >>> up, down = climbed(np.array([100.0, 101, 100, 110, 109, 104]), 3.0)
    >>> up.tolist(), down.tolist()
    ([0.0, 0.0, 0.0, 10.0, 10.0, 10.0], [0.0, 0.0, 0.0, 0.0, 0.0, 6.0])
    """
    height = np.asarray(altitude_m, dtype=float)
    up, down = np.zeros(len(height)), np.zeros(len(height))
    known = np.flatnonzero(np.isfinite(height))
    if not len(known):
        return up, down
    moved = known[np.concatenate(([True], np.diff(height[known]) != 0))]
    reference = height[moved[0]]
    for place, value in zip(moved.tolist(), height[moved].tolist(), strict=True):
        change = value - reference
        if change > threshold_m:
            up[place], reference = change, value
        elif change < -threshold_m:
            down[place], reference = -change, value
    return np.cumsum(up), np.cumsum(down)


def _between(
    records: pd.DataFrame, begin: np.ndarray, end: np.ndarray, threshold_m: float, steps: np.ndarray | None
) -> pd.DataFrame:
    """One row of ``tables.LAPS`` for each stretch of time."""
    t = np.maximum.accumulate(tables.seconds(records["time"]))
    if (np.diff(t) <= 0).any():
        t = t + np.arange(len(t)) * 1e-9  # two samples in one second: interpolation needs a rising clock
    held = sample_seconds(records)
    timer = np.concatenate(([0.0], np.cumsum(timer_steps(records) if steps is None else steps)))
    way = _way(records)
    out: dict[str, Any] = {
        "activity_id": pd.array([""] * len(begin), dtype="str"),
        "lap": np.arange(1, len(begin) + 1),
        "start_time": records["time"].iloc[0] + pd.to_timedelta(np.round(begin * 1e6), unit="us"),
        "elapsed_time_s": end - begin,
        "timer_time_s": _gained(t, timer, begin, end),
        "distance_m": _gained(t, way, begin, end),
    }
    with np.errstate(divide="ignore", invalid="ignore"):
        out["average_speed_mps"] = np.where(out["timer_time_s"] > 0, out["distance_m"] / out["timer_time_s"], np.nan)
        for name, measured in _AVERAGES.items():
            values = column(records, measured)
            known = np.isfinite(values) & (values > 0)
            weight = np.concatenate(([0.0], np.cumsum(np.where(known, held, 0.0))[:-1]))
            total = np.concatenate(([0.0], np.cumsum(np.where(known, values * held, 0.0))[:-1]))
            spent = _gained(t, weight, begin, end)
            out[name] = np.where(spent > 0, _gained(t, total, begin, end) / spent, np.nan)
    heart = column(records, "heart_rate_bpm")
    first, last = np.searchsorted(t, begin, side="left"), np.searchsorted(t, end + 1e-3, side="right")
    out["max_heart_rate_bpm"] = [_highest(heart[a:b]) for a, b in zip(first, last, strict=True)]
    height = column(records, "altitude_m")
    if np.isfinite(height).sum() > 1:
        up, down = climbed(height, threshold_m)
        out["ascent_m"], out["descent_m"] = _gained(t, up, begin, end), _gained(t, down, begin, end)
    return pd.DataFrame(out)


def _gained(t: np.ndarray, total: np.ndarray, begin: np.ndarray, end: np.ndarray) -> np.ndarray:
    known = np.isfinite(total)
    if known.sum() < 2:
        return np.full(len(begin), np.nan)
    return np.interp(end, t[known], total[known]) - np.interp(begin, t[known], total[known])


def _highest(values: np.ndarray) -> float:
    known = values[np.isfinite(values)]
    return float(known.max()) if len(known) else math.nan


def _way(records: pd.DataFrame) -> np.ndarray:
    way = column(records, "distance_m").copy()
    known = np.isfinite(way)
    way[known] = np.maximum.accumulate(way[known])
    return way
