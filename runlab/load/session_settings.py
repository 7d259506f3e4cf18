"""The sessions that count, with the settings of their day: stated, seen on the athlete's heart, or what adults have."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd

from ..log import Log
from ..numerics import column
from ..zones.maximum import maximum_by_then

_REST = (45.0, 60.0, 75.0)  # resting heart rate where nobody said: what most adults who run have
_WATCH = 10.0  # how far the resting heart rate a watch was told may lie from that of the mornings
_ADULT = (183.0, 17.0)  # maximum heart rate where not even the age is known, and how far four in five lie from it
_LOCKED_SHARE = 0.2  # more of the session than this on a wrong heart rate, and heart rate is not used


def sessions(log: Log) -> pd.DataFrame:
    """The sessions that count, with the settings of their day beside them."""
    given = log.activities
    if "duplicate_of" in given.columns:
        given = given[given["duplicate_of"].fillna("").eq("")]
    order = [name for name in ("athlete", "date", "start_time", "activity_id") if name in given.columns]
    given = given.sort_values(order, ignore_index=True)
    work = given[["activity_id", "athlete", "date", "sport"]].copy()
    for name in (
        "timer_time_s",
        "moving_time_s",
        "elapsed_time_s",
        "average_heart_rate_bpm",
        "max_heart_rate_bpm",
        "heart_rate_share",
        "rpe",
        "graded_speed_mps",
        "average_speed_mps",
        "samples",
        "watch_max_heart_rate_bpm",
        "watch_resting_heart_rate_bpm",
    ):
        work[name] = column(given, name)
    work["quality_flags"] = given["quality_flags"].fillna("") if "quality_flags" in given.columns else ""
    time = work["timer_time_s"].where(work["timer_time_s"] > 0)
    for name in ("moving_time_s", "elapsed_time_s"):
        time = time.fillna(work[name].where(work[name] > 0))
    work["minutes"] = time / 60
    ends = ("rest", "rest_low", "rest_high", "top", "top_low", "top_high", "lthr", "threshold")
    work[list(ends)] = np.nan
    work["sex"], work["notes"], work["guessed"] = "", "", False
    trusted = _trusted_peaks(work, log)
    place_of = {field: k for k, field in enumerate(work.columns)}
    for who, places in work.groupby("athlete", sort=False).indices.items():
        name = str(who)
        person = log.athletes.get(name)
        columns = {field: np.full(len(places), np.nan) for field in ends}
        days = work["date"].to_numpy()[places]
        if person is not None:
            for part, found in _settings(person, days):
                for field, setting in (
                    ("rest", "resting_heart_rate_bpm"),
                    ("top", "max_heart_rate_bpm"),
                    ("lthr", "threshold_heart_rate_bpm"),
                    ("threshold", "threshold_speed_mps"),
                ):
                    columns[field][part] = getattr(found, setting, math.nan)
            work.iloc[places, place_of["sex"]] = getattr(person, "sex", "") or ""
        for field in ("rest", "top"):
            columns[f"{field}_low"], columns[f"{field}_high"] = columns[field].copy(), columns[field].copy()
        said = np.full(len(places), "", dtype=object)
        guessed = np.zeros(len(places), dtype=bool)
        watch_top, watch_rest = (
            work[f"watch_{end}_heart_rate_bpm"].iloc[places].ffill().to_numpy() for end in ("max", "resting")
        )
        open_top, open_rest = np.isnan(columns["top"]), np.isnan(columns["rest"])
        if open_top.any():
            average = work["average_heart_rate_bpm"].to_numpy()[places]
            expected = _expected_maximum(person, days, watch_top)
            top = maximum_by_then(days, trusted[places], average, expected)
            for end, values in (("", top.value), ("_low", top.low), ("_high", top.high)):
                columns[f"top{end}"][open_top] = values[open_top]
            guessed = open_top & ~top.seen
            where = np.where(np.isfinite(watch_top), "as the watch has it", "assumed")
            words = np.where(top.seen, "taken from the data", where.astype(object) + ", no hard running seen")
            said = np.where(open_top, _joined("maximum heart rate ", top.value, words), "")
        if open_rest.any():
            morning = _morning_rest(log, name, days)
            there = np.isfinite(morning)
            below = work["average_heart_rate_bpm"].to_numpy()[places] - 1  # a session is not calmer than rest
            for end, value, reach in (("", _REST[1], 0.0), ("_low", _REST[0], -_WATCH), ("_high", _REST[2], _WATCH)):
                guess = np.where(np.isfinite(watch_rest), watch_rest + reach, value)
                columns[f"rest{end}"][open_rest] = np.where(there, morning, np.fmin(guess, below))[open_rest]
            words = np.where(np.isfinite(watch_rest), "as the watch has it", "assumed")
            words = np.where(there, "taken from the morning entries", words)
            rest = _joined("resting heart rate ", columns["rest"], words)
            said = np.where(open_rest, np.where(said == "", rest, said + "; " + rest), said)
        for field, values in columns.items():
            work.iloc[places, place_of[field]] = values
        work.iloc[places, place_of["guessed"]] = guessed
        work.iloc[places, place_of["notes"]] = said
    return work


def _joined(before: str, values: np.ndarray, after: np.ndarray) -> np.ndarray:
    return np.array([f"{before}{v:.0f} {w}" for v, w in zip(values, after, strict=True)], dtype=object)


def _expected_maximum(person: Any, days: np.ndarray, watch: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What the watch has for maximum heart rate, else age (Tanaka 2001), else adults at large, and the 80 % reach.

    What the watch has is no better than age (standard error 10): its maker's formula, unless someone changed it.
    """
    born, reach = getattr(person, "birth_date", None), np.full(len(days), 1.28 * 10)
    guess = np.full(len(days), _ADULT[0])
    if born is not None:
        years = (days.astype("datetime64[D]") - np.datetime64(born, "D")).astype(float) / 365.25
        guess = 208 - 0.7 * years
    else:
        reach = np.where(np.isfinite(watch), reach, _ADULT[1])
    return np.where(np.isfinite(watch), watch, guess), reach


def _settings(person: Any, days: np.ndarray) -> list[tuple[np.ndarray, Any]]:
    """Which of the days share one set of settings, and that set: looked up once per change."""
    changes = getattr(person, "settings", None)
    if isinstance(changes, pd.DataFrame) and "from" in changes.columns:
        starts = np.unique(changes["from"].dropna().to_numpy().astype("datetime64[D]"))
        step = np.searchsorted(starts, days.astype("datetime64[D]"), side="right")
    else:
        step = pd.factorize(days)[0]
    return [
        (places, person.on(pd.Timestamp(days[places[0]])))
        for places in (np.flatnonzero(step == k) for k in np.unique(step))
        if len(places)
    ]


def _trusted_peaks(work: pd.DataFrame, log: Log) -> np.ndarray:
    """The highest heart rate of each session; NaN where the watch's heart rate is not to be believed."""
    jumpy = work["quality_flags"].str.contains("hr_spike|hr_out_of_range", regex=True).to_numpy(dtype=bool)
    peak = work["max_heart_rate_bpm"].to_numpy()
    return np.where(is_locked(work, log) | jumpy | ~((peak > 100) & (peak < 230)), np.nan, peak)


def _morning_rest(log: Log, name: str, days: np.ndarray) -> np.ndarray:
    """The median of the morning entries up to each day, three or more; else NaN."""
    wellness = getattr(log, "wellness", None)
    if wellness is None or "resting_heart_rate_bpm" not in wellness.columns:
        return np.full(len(days), np.nan)
    own = wellness.loc[wellness["athlete"] == name, ["date", "resting_heart_rate_bpm"]].dropna().sort_values("date")
    median = own["resting_heart_rate_bpm"].expanding(3).median().to_numpy()
    count = np.searchsorted(own["date"].to_numpy(), days, side="right")
    return np.concatenate(([np.nan], median))[count]


def is_locked(work: pd.DataFrame, log: Log) -> np.ndarray:
    """Whether a good part of the heart rate is known to be wrong."""
    flagged = work["quality_flags"].str.contains("cadence_lock|hr_stuck", regex=True).to_numpy(dtype=bool)
    quality = getattr(log, "quality", None)
    if quality is None or not len(quality):
        return flagged
    wrong = quality[quality["flag"].isin(["cadence_lock", "hr_stuck", "hr_out_of_range"])]
    seconds = wrong.groupby("activity_id")["seconds"].sum()
    share = work["activity_id"].map(seconds).fillna(0.0) / (60 * work["minutes"])
    judged = work["activity_id"].isin(quality["activity_id"]).to_numpy()
    return np.where(judged, share.to_numpy() > _LOCKED_SHARE, flagged)
