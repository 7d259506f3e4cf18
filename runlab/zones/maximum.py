"""The highest heart rate an athlete's own data will vouch for."""

from __future__ import annotations

from bisect import bisect_left, insort
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from .. import tables
from ..calendar import last_day
from ..clean import clean_share_of
from ..errors import SettingsError
from ..evidence import Estimate, grade_of
from ..log import Log

_UNREACHED = 12.0  # how far above the highest seen the maximum may lie: nobody is made to reach it by training
_WRONG = ("cadence_lock", "hr_stuck", "hr_spike", "hr_out_of_range")


def observed_max_heart_rate(
    log: Log, *, on: Any = None, through: Any = None, days: int = 365, held_s: float = 5.0, agree_bpm: float = 4.0
) -> Estimate:
    """The highest heart rate of the last year that was held, and that a second session confirms.

    For each session the highest heart rate with at least ``held_s`` seconds (and one thousandth of the session) at or
    above it; sessions whose heart rate is flagged (locked to cadence, stuck, spiking) are left out. The value is the
    highest that another session comes within ``agree_bpm`` of: one lone peak is more often an artefact than a heart.

    Takes the log of one athlete (``activities``, ``histograms``) and a day: ``on`` looks at the days before it,
    ``through`` at that day too, else the last day counts. Returns an Estimate in 1/min; the interval reaches upward, as
    nobody is made to reach the maximum by training. Unknown with fewer than 5 sessions with heart rate, and where all
    running was easy: where sessions have an average, the value must lie a fifth above that of the usual one.
    Raises SettingsError for several athletes.
    Evidence: [B] better than any formula from age (standard error 7-12); still a lower bound.

    >>> from runlab.log import Log
    >>> runs = pd.DataFrame({"activity_id": list("abcde"), "athlete": "kim",
    ...                      "date": pd.date_range("2026-05-01", periods=5),
    ...                      "max_heart_rate_bpm": [171.0, 188, 186, 160, 175]})
    >>> beats = pd.DataFrame({"activity_id": [], "channel": [], "value": [], "seconds": []})
    >>> observed_max_heart_rate(Log(activities=runs, histograms=beats, athletes={}))
    188 1/min (186–200; 80 %), n = 5 [B] · held in 2 sessions since 2025-05-06
    """
    log.only()
    tables.check(log.activities, tables.ACTIVITIES, "activity_id", "date")
    runs = log.activities
    if "duplicate_of" in runs.columns:
        runs = runs[runs["duplicate_of"].fillna("").eq("")]
    if not len(runs):
        return Estimate.unknown("needs 5 sessions with heart rate; found 0", unit="1/min")
    end = last_day(runs["date"], on, through)
    if "athlete" in runs.columns and len(runs["athlete"].unique()) > 1:
        raise SettingsError("observed_max_heart_rate needs the log of one athlete; pick one: log.athlete('…')")
    start = end - pd.Timedelta(days=days - 1)
    runs = runs[(runs["date"] >= start) & (runs["date"] <= end)]
    flags = (
        runs["quality_flags"].fillna("")
        if "quality_flags" in runs.columns
        else pd.Series("", index=runs.index, dtype="str")
    )
    flagged = flags.str.contains("|".join(_WRONG)).to_numpy(dtype=bool)
    beats = log.histograms[log.histograms["activity_id"].isin(runs["activity_id"])]
    peaks = _peaks(beats, held_s).reindex(runs["activity_id"]).to_numpy()
    if "max_heart_rate_bpm" in runs.columns:
        peaks = np.fmin(peaks, runs["max_heart_rate_bpm"].to_numpy(dtype=float, na_value=np.nan))
    good = np.isfinite(peaks) & (peaks > 90) & (peaks < 230)
    found = np.sort(peaks[good & ~flagged])[::-1]
    if len(found) < 5:
        left_out = int((good & flagged).sum())
        tail = f" ({left_out} more with flagged heart rate)" if left_out else ""
        return Estimate.unknown(
            f"needs 5 sessions with trusted heart rate in {days} days; found {len(found)}{tail}", unit="1/min"
        )
    agreeing = np.flatnonzero(found[:-1] - found[1:] <= agree_bpm)
    if not len(agreeing):
        return Estimate.unknown(
            f"no two of {len(found)} sessions agree on a maximum within {agree_bpm:g}", unit="1/min"
        )
    value, near = found[agreeing[0]], found[agreeing[0] + 1]
    usual = _usual(log.histograms, runs[good & ~flagged])
    if usual == usual and not is_hard(value, usual):
        return Estimate.unknown(
            f"no hard running seen since {start:%Y-%m-%d}: the highest, {value:.0f}, is a lower bound, "
            f"less than a fifth above the usual {usual:.0f}",
            unit="1/min",
        )
    held = int((found >= value - agree_bpm).sum() - agreeing[0])
    alone = f"; {agreeing[0]} higher without a second to confirm" if agreeing[0] else ""
    return Estimate(
        float(value),
        float(near),
        float(value + _UNREACHED),
        n=len(found),
        unit="1/min",
        clean_share=clean_share_of(runs[good & ~flagged]),
        grade=grade_of("observed_max_heart_rate"),
        basis=f"held in {held} sessions since {start:%Y-%m-%d}{alone}",
    )


class Maximum(NamedTuple):
    """Maximum heart rate as known on the evening of each session, its band, and whether hard running had been seen."""

    value: np.ndarray
    low: np.ndarray
    high: np.ndarray
    seen: np.ndarray


def maximum_by_then(
    days: np.ndarray,
    peaks: np.ndarray,
    averages: np.ndarray,
    expected: tuple[np.ndarray, np.ndarray],
    *,
    agree_bpm: float = 5.0,
    sessions: int = 10,
) -> Maximum:
    """What an athlete's own sessions say of maximum heart rate, day by day, each day without what came later.

    The highest peak that a second session comes within ``agree_bpm`` of; taken as the maximum once there are
    ``sessions`` peaks and it is far enough above the usual session to have been hard running (``is_hard``). Until
    then the ``expected`` value (and how far it reaches), or the peak where that is higher.

    Takes days in order, the trusted peak and the average heart rate of each session (1/min, NaN if there is none).
    Returns a Maximum with an entry for each session; sessions of one day share it.
    Evidence: [B] as ``observed_max_heart_rate``; the expected value is 7-12 beats off.

    >>> days = np.arange(12).astype("datetime64[D]")
    >>> found = maximum_by_then(days, np.full(12, 181.0), np.full(12, 150.0), (np.full(12, 190.0), np.full(12, 13.0)))
    >>> found.value[[0, 8, 9]].tolist(), found.low[[0, 8, 9]].tolist(), found.high[[0, 8, 9]].tolist()
    ([190.0, 190.0, 181.0], [177.0, 181.0, 181.0], [203.0, 203.0, 193.0])
    """
    held, usual = np.full(len(days), np.nan), np.full(len(days), np.nan)
    count = np.zeros(len(days), dtype=int)
    ranked: list[float] = []
    means: list[float] = []
    best = np.nan
    for k, (peak, mean) in enumerate(zip(peaks.tolist(), averages.tolist(), strict=True)):
        if mean > 0:
            insort(means, mean)
        if peak == peak:
            place = bisect_left(ranked, peak)
            if place < len(ranked) and ranked[place] - peak <= agree_bpm:
                best = np.fmax(best, ranked[place])
            if place and peak - ranked[place - 1] <= agree_bpm:
                best = np.fmax(best, peak)
            ranked.insert(place, peak)
        held[k], count[k] = best, len(ranked)
        usual[k] = means[len(means) // 2] if means else np.nan
    evening = np.searchsorted(days, days, side="right") - 1
    held, usual, count = held[evening], usual[evening], count[evening]
    seen = (count >= sessions) & is_hard(held, usual)
    guess, reach = expected
    value = np.where(seen, held, np.fmax(held, guess))
    return Maximum(
        value,
        np.where(seen, held, np.fmax(held, guess - reach)),
        np.where(seen, held + _UNREACHED, np.fmax(held + _UNREACHED, guess + reach)),
        seen,
    )


def is_hard(peak: np.ndarray | float, usual: np.ndarray | float) -> np.ndarray | np.bool_:
    """Whether a peak lies so far above the average heart rate of the usual session that hard running was seen.

    Easy running keeps to 65-78 % of the maximum, so an athlete whose peaks are less than a fifth above it may never
    have run hard: the peak then says nothing of the maximum.

    >>> bool(is_hard(180.0, 150.0)), bool(is_hard(179.0, 150.0))
    (True, False)
    """
    return np.asarray(peak) >= 1.2 * np.asarray(usual) - 1e-9


def _usual(histograms: pd.DataFrame, runs: pd.DataFrame) -> float:
    """The median of the sessions' average heart rates, from the seconds at each where the source does not say."""
    beats = histograms[histograms["channel"].eq("heart_rate_bpm") & histograms["activity_id"].isin(runs["activity_id"])]
    sums = (
        beats.assign(total=beats["value"] * beats["seconds"]).groupby("activity_id")[["total", "seconds"]].sum()
        if len(beats)
        else pd.DataFrame({"total": [], "seconds": []}, dtype="float64")
    )
    found = runs["activity_id"].map(sums["total"] / sums["seconds"])
    if "average_heart_rate_bpm" in runs.columns:
        found = runs["average_heart_rate_bpm"].astype("float64").fillna(found)
    return float(found.median())


def _peaks(histograms: pd.DataFrame, held_s: float) -> pd.Series:
    """For each activity the highest heart rate with enough seconds at or above it."""
    beats = histograms[histograms["channel"].eq("heart_rate_bpm")] if len(histograms) else histograms
    if not len(beats):
        return pd.Series([], dtype="float64", index=pd.Index([], dtype="str"))
    beats = beats.sort_values(["activity_id", "value"], ascending=[True, False], kind="stable")
    above = beats.groupby("activity_id", sort=False)["seconds"].cumsum()
    needed = np.maximum(held_s, 0.001 * beats.groupby("activity_id", sort=False)["seconds"].transform("sum"))
    return beats[above >= needed].groupby("activity_id", sort=False)["value"].first()
