"""Zones of heart rate and pace, and how long a run or a season was in each."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from .. import tables
from ..errors import SettingsError, TableError, one_of
from ..terrain import grade, grade_adjusted_speed

_FIVE = ("very easy", "easy", "moderate", "hard", "very hard")
_FRIEL = (
    ("1", "recovery", 0.0),
    ("2", "aerobic", 0.85),
    ("3", "tempo", 0.90),
    ("4", "sub-threshold", 0.95),
    ("5a", "super-threshold", 1.00),
    ("5b", "aerobic capacity", 1.03),
    ("5c", "anaerobic capacity", 1.06),
)
_PACE = (
    ("1", "recovery", 0.0),
    ("2", "easy", 0.80),
    ("3", "steady", 0.87),
    ("4", "threshold", 0.95),
    ("5", "interval", 1.05),
    ("6", "repetition", 1.19),
)
_LONGEST_SAMPLE_S = 30.0
NO_HEART_BEATS_FASTER_BPM = 250.0


def heart_rate_zones(
    method: str = "percent_max",
    *,
    max_heart_rate_bpm: float = math.nan,
    resting_heart_rate_bpm: float = math.nan,
    threshold_heart_rate_bpm: float = math.nan,
    settings: Any = None,
    bounds: Sequence[float] = (0.5, 0.6, 0.7, 0.8, 0.9),
) -> pd.DataFrame:
    """Heart-rate zones of an athlete.

    "percent_max": shares of maximum heart rate; "karvonen": shares of the way from rest to maximum; both in five zones
    from ``bounds``. "friel_lthr": Friel's seven running zones as shares of threshold heart rate (not his bicycle
    bounds). A zone holds its lower edge, and everything up to the next.

    Takes the heart rates the method needs, or ``settings`` (``athlete.on(date)``), which fill what is not given: zones
    are those of a date. Returns a frame zone, name, low, high (1/min), channel.
    Raises SettingsError for another method, or where a heart rate the method needs is not known or impossible.
    Evidence: [C] conventions; zones from a formula for the maximum are 7-12 beats off.

    >>> heart_rate_zones("karvonen", max_heart_rate_bpm=190, resting_heart_rate_bpm=50)[["zone", "low", "high"]]
      zone    low   high
    0    1  120.0  134.0
    1    2  134.0  148.0
    2    3  148.0  162.0
    3    4  162.0  176.0
    4    5  176.0    inf
    """
    one_of("method", method, ("percent_max", "karvonen", "friel_lthr"))
    given = {
        "max_heart_rate_bpm": max_heart_rate_bpm,
        "resting_heart_rate_bpm": resting_heart_rate_bpm,
        "threshold_heart_rate_bpm": threshold_heart_rate_bpm,
    }
    known = {
        name: value if value is not None and math.isfinite(value) else float(getattr(settings, name, math.nan))
        for name, value in given.items()
    }
    needs = {
        "percent_max": ["max_heart_rate_bpm"],
        "karvonen": ["max_heart_rate_bpm", "resting_heart_rate_bpm"],
        "friel_lthr": ["threshold_heart_rate_bpm"],
    }[method]
    missing = [name for name in needs if not (math.isfinite(known[name]) and known[name] > 0)]
    if missing:
        raise SettingsError(f"method {method!r} needs {' and '.join(missing)}; give it, or set it in athlete.toml")
    for name in needs:
        check_bpm(name, known[name])
    top, rest = known["max_heart_rate_bpm"], known["resting_heart_rate_bpm"]
    if method == "friel_lthr":
        low = np.array([share for *_, share in _FRIEL]) * known["threshold_heart_rate_bpm"]
        return _zones([z for z, *_ in _FRIEL], [name for _, name, _ in _FRIEL], low, "heart_rate_bpm")
    shares = _rising("bounds", bounds)
    if method == "karvonen":
        if not top > rest:
            raise SettingsError(f"max_heart_rate_bpm ({top}) must be above resting_heart_rate_bpm ({rest})")
        low = rest + shares * (top - rest)
    else:
        low = shares * top
    names = list(_FIVE) if len(low) == 5 else [f"zone {k + 1}" for k in range(len(low))]
    return _zones([str(k + 1) for k in range(len(low))], names, low, "heart_rate_bpm")


def check_bpm(name: str, heart_rate_bpm: npt.ArrayLike) -> np.ndarray:
    """Heart rates as numbers; SettingsError, naming the argument, where one is above what any heart does."""
    beats = np.asarray(heart_rate_bpm, dtype=float)
    if (beats > NO_HEART_BEATS_FASTER_BPM).any():
        raise SettingsError(
            f"{name} holds {np.nanmax(beats):g}: no heart beats faster than {NO_HEART_BEATS_FASTER_BPM:.0f} a minute; "
            "correct it, or make it missing (NaN)"
        )
    return beats


def pace_zones(
    threshold_speed_mps: float,
    *,
    bounds: Sequence[float] = (0.0, 0.80, 0.87, 0.95, 1.05, 1.19),
    channel: str = "graded_speed_mps",
) -> pd.DataFrame:
    """Pace zones of an athlete, as speeds.

    Shares of threshold speed: below 80 % recovery, then easy, from 87 % steady, from 95 % threshold, from 105 %
    interval, from 119 % repetition (Skiba's bounds, as GoldenCheetah has them); or your own ``bounds``.

    Takes threshold speed in m/s. ``channel`` names what they are held against: "graded_speed_mps" (hills allowed for)
    or "speed_mps". Returns a frame zone, name, low, high (m/s), channel.
    Raises SettingsError for a speed of 0 or less, or bounds that do not rise.
    Evidence: [C] convention.

    >>> pace_zones(4.0).set_index("name")["low"].round(2).to_dict()["threshold"]
    3.8
    """
    one_of("channel", channel, ("graded_speed_mps", "speed_mps"))
    if not (threshold_speed_mps > 0 and math.isfinite(threshold_speed_mps)):
        raise SettingsError(f"threshold_speed_mps must be above 0, not {threshold_speed_mps}")
    shares = _rising("bounds", bounds)
    standard = len(shares) == len(_PACE)
    names = [name for _, name, _ in _PACE] if standard else [f"zone {k + 1}" for k in range(len(shares))]
    return _zones([str(k + 1) for k in range(len(shares))], names, shares * threshold_speed_mps, channel)


def time_in_zones(records: pd.DataFrame, zones: pd.DataFrame) -> pd.DataFrame:
    """How long was spent in each zone; time below the lowest and time without a measurement are shown, not dropped.

    Takes records with ``time`` and the zones' channel, or a table of seconds by value (``log.histograms``, of one
    activity or many); zones from ``heart_rate_zones`` or ``pace_zones``. Of records, each sample stands for the time to
    the next while the timer runs, at most 30 s. A table of seconds knows nothing of unmeasured time.
    Returns one row per zone, then "below" and "unknown": zone, name, low, high, seconds, share. The seconds add up to
    the timer time; share is of the measured time, NaN if there is none.
    Raises TableError for zones without their columns.
    Evidence: [A] arithmetic on the zones' own evidence.

    >>> time = pd.date_range("2026-05-01 08:00", periods=601, freq="s", tz="UTC")
    >>> run = pd.DataFrame({"time": time, "heart_rate_bpm": np.r_[np.full(301, 120.0), np.full(300, 160.0)]})
    >>> table = time_in_zones(run, heart_rate_zones(max_heart_rate_bpm=190))
    >>> table.loc[table["seconds"] > 0, ["zone", "seconds", "share"]].round(2).to_numpy().tolist()
    [['2', 301.0, 0.5], ['4', 299.0, 0.5]]
    """
    needed = [name for name in ("zone", "name", "low", "high", "channel") if name not in zones.columns]
    if needed or not len(zones):
        raise TableError(f"zones needs the columns of heart_rate_zones; missing: {', '.join(needed) or 'every row'}")
    channel = str(zones["channel"].iloc[0])
    if "seconds" in records.columns and "value" in records.columns:
        mine = records[records["channel"].eq(channel)] if "channel" in records.columns else records
        value, spent = mine["value"].to_numpy(dtype=float), mine["seconds"].to_numpy(dtype=float)
    else:
        tables.check(records, tables.RECORDS, "time")
        value, spent = _samples(records, channel)
    low = zones["low"].to_numpy(dtype=float)
    place = np.searchsorted(low - 1e-9, value, side="right") - 1  # -1: below the lowest
    known = np.isfinite(value) & ~((value <= 0) & (channel == "heart_rate_bpm"))
    count = len(zones)
    slot = np.where(known, np.where(place < 0, count, place), count + 1)
    seconds = np.bincount(slot, weights=spent, minlength=count + 2)
    measured = seconds[:-1].sum()
    share = np.full(count + 2, np.nan)
    if measured > 0:
        share[:-1] = seconds[:-1] / measured
    rest = pd.DataFrame(
        {
            "zone": ["below", "unknown"],
            "name": ["below the lowest zone", "not measured"],
            "low": [0.0, np.nan],
            "high": [low[0], np.nan],
        }
    )
    table = pd.concat([zones[["zone", "name", "low", "high"]], rest], ignore_index=True)
    return table.assign(seconds=seconds, share=share)


def _samples(records: pd.DataFrame, channel: str) -> tuple[np.ndarray, np.ndarray]:
    time = tables.seconds(records["time"])
    step = np.diff(time, append=time[-1:])
    timer = records["timer_running"].to_numpy(dtype=bool) if "timer_running" in records.columns else True
    if "activity_id" in records.columns and len(records):
        owner = records["activity_id"].to_numpy()
        step[:-1][owner[1:] != owner[:-1]] = 0.0
    spent = np.where((step > 0) & timer, np.minimum(step, _LONGEST_SAMPLE_S), 0.0)
    if channel == "graded_speed_mps" and channel not in records.columns and "speed_mps" in records.columns:
        value = np.asarray(
            grade_adjusted_speed(records["speed_mps"].to_numpy(dtype=float, na_value=np.nan), grade(records).to_numpy())
        )
    elif channel in records.columns:
        value = records[channel].to_numpy(dtype=float, na_value=np.nan)
    else:
        value = np.full(len(records), np.nan)
    return value, spent


def _rising(name: str, bounds: Sequence[float]) -> np.ndarray:
    shares = np.asarray(bounds, dtype=float)
    if shares.ndim != 1 or not len(shares) or not np.isfinite(shares).all() or (np.diff(shares) <= 0).any():
        raise SettingsError(f"{name} must be rising shares of the whole, such as (0.5, 0.6, 0.7), not {bounds!r}")
    return shares


def _zones(zone: list[str], name: list[str], low: np.ndarray, channel: str) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "zone": pd.Series(zone, dtype="str"),
            "name": pd.Series(name, dtype="str"),
            "low": low,
            "high": np.append(low[1:], np.inf),
            "channel": channel,
        }
    )
