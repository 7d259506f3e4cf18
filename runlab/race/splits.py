"""Splits on the official distance: what every kilometre or mile held."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from .. import units as _units
from ..races import Race
from .track import Track

COLUMNS = [
    "split",
    "start_m",
    "end_m",
    "distance_m",
    "elapsed_s",
    "time_s",
    "moving_s",
    "stopped_s",
    "speed_mps",
    "graded_speed_mps",
    "grade",
    "altitude_m",
    "ascent_m",
    "descent_m",
    "heart_rate_bpm",
    "cadence_spm",
    "temperature_c",
    "plan_time_s",
    "time_from",
]


def split_length(race: Race, *, units: str = "metric", metres: float = math.nan) -> float:
    """How long a split is: a kilometre or mile, five of them from 60 km on, one lap of 400 m under 3.1 km.

    >>> split_length(Race(pd.Timestamp("2026-11-01"), distance_m=42195.0), units="imperial")
    1609.344
    """
    total = race.distance_m if race.distance_m > 0 else metres
    if total <= 3100:
        return 400.0
    return _units.distance_unit_m(units) * (5 if total >= 60_000 else 1)


def race_splits(
    track: Track, race: Race, *, length_m: float | None = None, units: str = "metric", plan: pd.DataFrame | None = None
) -> pd.DataFrame:
    """The race split by split, on official distance: clock, moving and standing time, speed, ground, heart rate.

    Definition: a split ends when its official distance is first reached; speeds are over moving time; means are
    weighted by time on the move. The last split may be shorter.

    Takes a Track, the Race, ``length_m`` or the athlete's ``units``, and a plan (``end_m``, ``time_s`` or
    ``elapsed_s``). Returns the columns named in ``Debrief``; no rows without a recording. Evidence: A.

    >>> t = np.arange(0.0, 1001.0)
    >>> track = Track(t, t * 4.0, t * 0 + 4.0, t * 0, t * 0 + 1.0, t.astype(int) * 0, np.ones(1000, bool))
    >>> race_splits(track, Race(pd.Timestamp("2026-11-01"), distance_m=4000.0))["time_s"].tolist()
    [250.0, 250.0, 250.0, 250.0]
    """
    if len(track.elapsed_s) < 2 or not track.metres > 0:
        return pd.DataFrame({name: pd.Series([], dtype="str" if name == "time_from" else float) for name in COLUMNS})
    length = length_m or split_length(race, units=units, metres=track.metres)
    ends = np.arange(1, math.floor(track.metres / length + 1e-6) + 1) * length
    if not len(ends) or track.metres - ends[-1] > 0.02 * length:
        ends = np.append(ends, track.metres)
    ends[-1] = track.metres if track.metres - ends[-1] < 0.02 * length else ends[-1]
    starts = np.concatenate(([0.0], ends[:-1]))
    clock = np.concatenate(([0.0], track.time_at(ends)))
    clock[-1] = track.seconds
    a, b = clock[:-1], clock[1:]
    moving = track.total_between(np.where(track.moving, track.step_s, 0.0), a, b)
    way = track.total_between(np.where(track.moving, track.step_m, 0.0), a, b)
    flat = track.total_between(np.where(track.moving, track.flat_m, 0.0), a, b)
    height = track.channel("altitude_m")
    up, down = climbed_steps(height)
    with np.errstate(divide="ignore", invalid="ignore"):
        speed = np.where(moving > 0, way / moving, np.nan)
        graded = np.where((moving > 0) & track.has_ground, flat / moving, np.nan)
    known = np.isfinite(height).sum() > 1
    frame = pd.DataFrame(
        {
            "split": np.arange(1, len(ends) + 1),
            "start_m": starts,
            "end_m": ends,
            "distance_m": ends - starts,
            "elapsed_s": b,
            "time_s": b - a,
            "moving_s": moving,
            "stopped_s": np.maximum(b - a - moving, 0.0),
            "speed_mps": speed,
            "graded_speed_mps": graded,
            "grade": track.mean_between(track.grade, a, b),
            "altitude_m": track.mean_between(height, a, b, moving=False),
            "ascent_m": track.total_between(up, a, b) if known else np.nan,
            "descent_m": track.total_between(down, a, b) if known else np.nan,
            "heart_rate_bpm": track.mean_between(track.channel("heart_rate_bpm"), a, b),
            "cadence_spm": track.mean_between(
                np.where(track.channel("cadence_spm") > 0, track.channel("cadence_spm"), np.nan), a, b
            ),
            "temperature_c": track.mean_between(track.channel("temperature_c"), a, b, moving=False),
            "plan_time_s": planned_times(starts, ends, plan),
            "time_from": "laps" if track.source == "laps" else "watch",
        }
    )
    if len(race.checkpoints):
        official = race.checkpoints.loc[race.checkpoints["arrival_s"] > 0, "distance_m"].to_numpy(float)
        near = [len(official) > 0 and np.abs(official - end).min() < 0.02 * length for end in ends]
        frame["time_from"] = np.where(near, "official", frame["time_from"])
    return frame.astype({"time_from": "str"})


def climbed_steps(altitude_m: np.ndarray, *, threshold_m: float = 3.0) -> tuple[np.ndarray, np.ndarray]:
    """Metres up and down credited to each step, once a change exceeds the threshold (hysteresis).

    >>> [x.sum() for x in climbed_steps(np.array([100.0, 101.0, 100.0, 110.0, 109.0, 104.0]))]
    [np.float64(10.0), np.float64(6.0)]
    """
    n = max(len(altitude_m) - 1, 0)
    up, down = np.zeros(n), np.zeros(n)
    known = np.flatnonzero(np.isfinite(altitude_m))
    if len(known) < 2:
        return up, down
    reference = float(altitude_m[known[0]])
    for i, value in zip(known[1:].tolist(), altitude_m[known[1:]].tolist(), strict=True):
        change = value - reference
        if change > threshold_m:
            up[i - 1] += change
            reference = value
        elif change < -threshold_m:
            down[i - 1] -= change
            reference = value
    return up, down


def planned_times(start_m: np.ndarray, end_m: np.ndarray, plan: pd.DataFrame | None) -> np.ndarray:
    """What a pace plan said for stretches of the race; NaN without a plan or beyond it.

    >>> planned_times(np.array([0.0]), np.array([1000.0]), pd.DataFrame({"end_m": [2000.0], "time_s": [500.0]}))
    array([250.])
    """
    if plan is None or not len(plan):
        return np.full(len(end_m), np.nan)
    clock = plan["elapsed_s"] if "elapsed_s" in plan.columns else plan["time_s"].cumsum()
    at, told = np.append(0.0, plan["end_m"].to_numpy(float)), np.append(0.0, clock.to_numpy(float))
    return np.interp(end_m, at, told, right=np.nan) - np.interp(start_m, at, told, right=np.nan)
