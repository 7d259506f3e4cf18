"""The checks: which samples look wrong, and why. Nothing is altered here."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd

from .. import tables
from ..numerics import column, great_circle_m, median, stretches
from .flags import CHECKS, SPOILING
from .reach import LEFT_OUT, fastest_mps, step_seconds
from .seconds import sample_seconds

HEART_RATE_RANGE = (30.0, 230.0)


def sample_flags(
    records: pd.DataFrame,
    *,
    sport: str = "running",
    max_heart_rate_bpm: float = math.nan,
) -> dict[str, np.ndarray]:
    """Which samples each quality check finds fault with; checks that find none are absent.

    Takes the records of one activity with ``time``; a channel that was not measured is not checked. ``sport`` decides
    how fast is impossible, ``max_heart_rate_bpm`` (NaN if unknown) what is above the athlete's maximum.
    Returns a dict of boolean arrays, one value per sample; names and meanings are in ``FLAGS``.
    Evidence: [C] limits in common use; [D] the cadence-lock rule (see ``FLAGS``).

    >>> time = pd.date_range("2026-05-01 08:00", periods=3, freq="s", tz="UTC")
    >>> sample_flags(pd.DataFrame({"time": time, "heart_rate_bpm": [140.0, 255.0, 141.0]}))
    {'hr_out_of_range': array([False,  True, False]), 'hr_spike': array([False,  True,  True])}
    """
    tables.check(records, tables.RECORDS, "time", key=False)
    if len(records) < 2:
        return {}
    t = tables.seconds(records["time"])
    held = sample_seconds(records)
    timer = _timer(records)
    heart, cadence, speed, way, height, latitude, longitude = (
        column(records, name)
        for name in (
            "heart_rate_bpm",
            "cadence_spm",
            "speed_mps",
            "distance_m",
            "altitude_m",
            "latitude_deg",
            "longitude_deg",
        )
    )
    fastest = fastest_mps(sport)
    found = {
        **_heart_flags(t, held, timer, heart, cadence, speed, max_heart_rate_bpm),
        "cadence_doubled": _lasting(cadence > 240.0, held, 10.0) if sport == "running" else None,
        **_position_flags(t, held, timer, latitude, longitude, speed, fastest),
        "speed_spike": speed > fastest,
        "impossible_step": records[LEFT_OUT].to_numpy(dtype=bool) if LEFT_OUT in records.columns else None,
        **_clock_flags(t, timer, way),
        "stopped_drift": _drift(held, timer, speed, cadence, way),
        "flat_altitude": _flat(height, way, latitude),
        "low_rate": np.full(len(t), bool(np.median(np.diff(t)) > 10.0)),
    }
    return {name: mask for name in CHECKS if (mask := found.get(name)) is not None and mask.any()}


def check_records(
    records: pd.DataFrame,
    *,
    sport: str = "running",
    max_heart_rate_bpm: float = math.nan,
) -> pd.DataFrame:
    """The stretches of a run that cannot be trusted, and what each would change.

    Takes what ``sample_flags`` takes. Returns one row per stretch: flag, start_s and end_s (since the first sample),
    seconds (timer time), effect. No rows: every check passed, or had nothing to check.

    >>> time = pd.date_range("2026-05-01 08:00", periods=4, freq="s", tz="UTC")
    >>> check_records(pd.DataFrame({"time": time, "speed_mps": [3.0, 14.0, 14.0, 3.0]}))
              flag  start_s  end_s  seconds                       effect
    0  speed_spike      1.0    3.0      2.0  maximum speed, graded speed
    """
    flags = sample_flags(records, sport=sport, max_heart_rate_bpm=max_heart_rate_bpm)
    t, held = tables.seconds(records["time"]), sample_seconds(records)
    spent = np.concatenate(([0.0], np.cumsum(held)))
    rows = [
        (name, t[a], t[min(b, len(t) - 1)], spent[b] - spent[a], CHECKS[name].effect)
        for name, mask in flags.items()
        for a, b in zip(*stretches(mask), strict=True)
    ]
    found = pd.DataFrame(rows, columns=["flag", "start_s", "end_s", "seconds", "effect"])
    kinds = dict.fromkeys(("start_s", "end_s", "seconds"), "float64") | dict.fromkeys(("flag", "effect"), "str")
    return found.astype(kinds)


def clean_share(records: pd.DataFrame, *, sport: str = "running", flags: dict[str, np.ndarray] | None = None) -> float:
    """The share of timer time whose samples passed the checks, 0 to 1; NaN without samples.

    A channel the activity never had makes nothing unclean. ``flags`` is ``sample_flags(records)`` if at hand.

    >>> time = pd.date_range("2026-05-01 08:00", periods=5, freq="s", tz="UTC")
    >>> clean_share(pd.DataFrame({"time": time, "speed_mps": [3.0, 14.0, 3.0, 3.0, 3.0]}))
    0.75
    """
    tables.check(records, tables.RECORDS, "time", key=False)
    held = sample_seconds(records)
    if not held.sum() > 0:
        return math.nan
    found = sample_flags(records, sport=sport) if flags is None else flags
    dirty = np.zeros(len(held), dtype=bool)
    for name in SPOILING:
        if name in found:
            dirty |= found[name]
    return float(1.0 - held[dirty].sum() / held.sum())


def clean_share_of(frame: pd.DataFrame, ids: Any = None) -> float:
    """The share of clean samples a number over several activities (or days) rests on; NaN where none has samples.

    Takes ``activities`` or ``daily`` (``clean_share``, weighed by ``timer_time_s`` or ``run_time_s``), of which those
    with ``ids`` count.

    >>> runs = pd.DataFrame({"activity_id": ["a", "b"], "clean_share": [1.0, 0.7], "timer_time_s": [3600.0, 1800.0]})
    >>> clean_share_of(runs), clean_share_of(runs, ["b"])
    (0.9, 0.7)
    """
    if ids is not None and "activity_id" in frame.columns:
        frame = frame[frame["activity_id"].isin(list(ids))]
    share = column(frame, "clean_share")
    weight = np.fmax(column(frame, "timer_time_s" if "timer_time_s" in frame.columns else "run_time_s"), 1.0)
    known = np.isfinite(share)
    return float(np.average(share[known], weights=weight[known])) if known.any() else math.nan


def _heart_flags(
    t: np.ndarray,
    held: np.ndarray,
    timer: np.ndarray,
    heart: np.ndarray,
    cadence: np.ndarray,
    speed: np.ndarray,
    maximum: float,
) -> dict[str, np.ndarray]:
    heart = np.where(heart > 0, heart, np.nan)
    known = np.isfinite(heart)
    if known.mean() < 0.2:
        return {}
    out = {
        "hr_out_of_range": (heart < HEART_RATE_RANGE[0]) | (heart > HEART_RATE_RANGE[1]),
        "hr_dropout": _lasting(~known & timer, held, 10.0),
        "hr_above_max": heart > maximum,
    }
    at = np.flatnonzero(known)
    rate = np.abs(np.diff(heart[at])) / np.maximum(np.diff(t[at]), 1.0)
    leap = np.zeros(len(t), dtype=bool)
    leap[at[1:][rate > 10.0]] = True
    out["hr_spike"] = leap
    same = np.zeros(len(t), dtype=bool)
    same[1:] = heart[1:] == heart[:-1]
    out["hr_stuck"] = _lasting(same & timer, held, 300.0)
    out["cadence_lock"] = _locked(held, heart, cadence, speed)
    return out


def _locked(held: np.ndarray, heart: np.ndarray, cadence: np.ndarray, speed: np.ndarray) -> np.ndarray:
    """Heart rate within 2 of cadence for a minute, and either moving with it or set off from the heart rate around.

    Nearness alone is no proof: a heart can beat 172 at 172 steps/min, and both rise with the pace. So they must share
    their short wiggles too, or heart rate must leap by 12 beats/min or more into or out of the stretch while the speed
    stays the same; a heart that warms up or recovers glides there.
    """
    out = np.zeros(len(heart), dtype=bool)
    near = np.abs(heart - cadence) <= 2.0
    if held[near].sum() < 60.0:
        return out
    usual = max(float(np.median(held[held > 0])), 0.5)
    clock = np.concatenate(([0.0], np.cumsum(held)))
    for a, b in zip(*stretches(_bridged(near, held, max(5.0, 2 * usual))), strict=True):
        if clock[b] - clock[a] < 60.0:
            continue
        inside = slice(a, b)
        both = np.isfinite(heart[inside]) & np.isfinite(cadence[inside])
        x, y = heart[inside][both], cadence[inside][both]
        width = max(round(30.0 / usual), 2) + 1
        together = _correlation(x, y) > 0.9 and _correlation(_wiggles(x, width), _wiggles(y, width)) > 0.5
        k = max(round(10.0 / usual), 3)
        edges = ((slice(max(a - k, 0), a), slice(a, a + k)), (slice(b, b + k), slice(max(b - k, a), b)))
        leaps = any(_leaps(heart, speed, side, edge) for side, edge in edges)
        if near[inside].mean() >= 0.75 and (together or leaps):
            out[inside] = True
    return out


def _leaps(heart: np.ndarray, speed: np.ndarray, side: slice, edge: slice) -> bool:
    """Whether heart rate leaps across an edge while the runner keeps about the same speed, without a stop."""
    if np.isfinite(heart[side]).sum() < 3 or abs(median(heart[edge]) - median(heart[side])) < 12.0:
        return False
    here = median(speed[edge])
    around = np.concatenate((speed[side], speed[edge]))
    # an unknown speed does not speak against it
    return not abs(median(speed[side]) - here) > 0.15 * here and not np.nanmin(around, initial=np.inf) < 0.6 * here


def _correlation(x: np.ndarray, y: np.ndarray) -> float:
    if len(x) < 12 or min(x.std(), y.std()) < 0.3:
        return 0.0
    return float(np.corrcoef(x, y)[0, 1])


def _wiggles(values: np.ndarray, width: int) -> np.ndarray:
    """What is left when the course of half a minute is taken off."""
    width += 1 - width % 2
    if len(values) <= width:
        return values
    padded = np.pad(values, width // 2, mode="edge")
    return values - np.convolve(padded, np.full(width, 1 / width), mode="valid")


def _position_flags(
    t: np.ndarray,
    held: np.ndarray,
    timer: np.ndarray,
    latitude: np.ndarray,
    longitude: np.ndarray,
    speed: np.ndarray,
    fastest: float,
) -> dict[str, np.ndarray]:
    fixed = np.isfinite(latitude) & np.isfinite(longitude)
    if fixed.mean() < 0.2:
        return {}
    at = np.flatnonzero(fixed)
    took, went = np.diff(t[at]), great_circle_m(latitude[at], longitude[at])
    with np.errstate(divide="ignore", invalid="ignore"):
        pace = np.where(took > 0, went / step_seconds(took, went), np.nan)
        leap = np.diff(pace, prepend=pace[:1]) / took
    jump = np.zeros(len(t), dtype=bool)
    jump[at[1:][(pace > fastest) | ((leap > 5.0) & (pace > fastest * 2 / 3))]] = True
    frozen = np.zeros(len(t), dtype=bool)
    frozen[at[1:][went == 0.0]] = True
    return {
        "gps_jump": jump,
        "gps_dropout": _lasting(~fixed & timer, held, 10.0),
        "gps_frozen": _lasting(frozen & (speed > 1.0), held, 30.0),
    }


def _clock_flags(t: np.ndarray, timer: np.ndarray, way: np.ndarray) -> dict[str, np.ndarray]:
    step, forward = np.diff(t), np.diff(t)[np.diff(t) > 0]
    usual = float(np.median(forward)) if len(forward) else 1.0
    went = np.diff(way)
    gap = (step > max(20.0, 3 * usual)) & timer[:-1] & (went >= 10.0)
    jump = (step < 0) | ((step > 6 * 3600.0) & timer[:-1])
    return {"recording_gap": np.append(gap & ~jump, False), "clock_jump": np.append(jump, False)}


def _drift(held: np.ndarray, timer: np.ndarray, speed: np.ndarray, cadence: np.ndarray, way: np.ndarray) -> np.ndarray:
    still = timer & (np.where(np.isfinite(cadence) & (np.nanmax(cadence, initial=0.0) > 0), cadence == 0, speed < 0.3))
    still &= ~(speed > 1.5)  # a bicycle rolls and a foot pod drops out: neither is standing still
    out = _lasting(still, held, 30.0)
    for a, b in zip(*stretches(out), strict=True):
        inside = way[a:b][np.isfinite(way[a:b])]
        # faster than a walk it is no drift: something moved, a cadence sensor did not
        if len(inside) < 2 or not 15.0 <= inside[-1] - inside[0] <= held[a:b].sum():
            out[a:b] = False
    return out


def _flat(height: np.ndarray, way: np.ndarray, latitude: np.ndarray) -> np.ndarray:
    known = height[np.isfinite(height)]
    far = way[np.isfinite(way)]
    flat = (
        len(known) > 0
        and len(far) > 1
        and np.isfinite(latitude).any()
        and far[-1] - far[0] >= 3000.0
        and known.max() - known.min() < 1.0
    )
    return np.full(len(height), bool(flat))


def _lasting(mask: np.ndarray, held: np.ndarray, seconds: float) -> np.ndarray:
    """Only those stretches that last."""
    if not mask.any() or held[mask].sum() < seconds:
        return np.zeros(len(mask), dtype=bool)
    spent = np.concatenate(([0.0], np.cumsum(np.where(mask, held, 0.0))))
    out = np.zeros(len(mask), dtype=bool)
    for a, b in zip(*stretches(mask), strict=True):
        out[a:b] = spent[b] - spent[a] >= seconds
    return out


def _bridged(mask: np.ndarray, held: np.ndarray, seconds: float) -> np.ndarray:
    """Stretches with short breaks in between joined."""
    out = mask.copy()
    starts, ends = stretches(mask)
    clock = np.concatenate(([0.0], np.cumsum(held)))
    for end, start in zip(ends[:-1], starts[1:], strict=True):
        if clock[start] - clock[end] <= seconds:
            out[end:start] = True
    return out


def _timer(records: pd.DataFrame) -> np.ndarray:
    if "timer_running" not in records.columns:
        return np.ones(len(records), dtype=bool)
    return records["timer_running"].to_numpy(dtype=bool)
