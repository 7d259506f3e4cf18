"""What kind of weeks a season was made of: base, build, peak, taper, race, recovery, break."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ..calendar import LIGHTER_BY, week_of
from ..evidence import grade_of
from ..log import Log
from ..numerics import stretches
from ..races import races_found
from .intensity import run_intensity
from .weeks import running_weeks, smooth_weeks

PHASES = ("base", "build", "peak", "taper", "recovery", "break")
PHASE_COLUMNS: dict[str, Any] = {
    "phase": "str",
    "start": "datetime64[us]",
    "end": "datetime64[us]",
    "weeks": "int64",
    "weekly_distance_m": float,
    "weekly_time_s": float,
    "hard_share": float,
    "longest_m": float,
    "confidence": float,
    "grade": "str",
    "basis": "str",
}
BREAK_WEEK = 4  # days of a week that lie in a break


def phase_weeks(log: Log) -> pd.DataFrame:
    """The phase of each week, with how sure that is; ``phases`` joins them into stretches.

    Definition [D]: a break is a week of which four days or more lie in a break (``calendar.breaks``), beyond the two
    weeks after a race. Recovery is up to two lighter weeks after a long or A race. A taper is the run-up of up to
    four weeks to such a race in which distance falls step by step and ends below 80 % of before; peak is up to three
    weeks before a taper of full weeks. What is left is build where volume rises or sessions above threshold come
    regularly, else base.

    Takes a log of one athlete. Returns one row per week: ``week``, ``phase``, ``confidence``, ``distance_m``,
    ``time_s``, ``longest_m``, ``hard_share``, ``race_distance_m``. Empty without runs.

    >>> from runlab.log import Log
    >>> from runlab.log import Log
    >>> len(phase_weeks(Log()))
    0
    """
    weeks = running_weeks(log)
    if weeks.empty:
        return weeks.reindex(
            columns=[
                "week",
                "phase",
                "confidence",
                "distance_m",
                "time_s",
                "longest_m",
                "hard_share",
                "race_distance_m",
            ]
        )
    n = len(weeks)
    half_known = weeks["unmeasured"] > 0.2 * weeks["runs"]
    volume = weeks["distance_m"].mask(half_known).to_numpy(float)
    if np.isfinite(volume).mean() < 0.8:
        volume = weeks["time_s"].to_numpy(float)
    volume = volume * np.where(weeks["days"] >= 4, 7 / weeks["days"].clip(lower=1), 1.0)
    # a week that cannot be counted is taken as the weeks beside it, never as a break
    volume = pd.Series(volume).interpolate(limit_direction="both").fillna(0.0).to_numpy()
    hard = _hard(log, weeks)
    race_m, main = _races(log, weeks, volume)
    phase, sure = np.full(n, "", dtype=object), np.full(n, 0.5)
    # A race is no training: what is left of its week says whether there was a taper.
    training = np.where(np.isfinite(race_m) & (volume > np.nan_to_num(race_m)), volume - np.nan_to_num(race_m), volume)
    for i in np.flatnonzero(main).tolist():
        _around_race(i, training, phase, sure, main)
    off = weeks["break_days"].to_numpy()
    low = (off >= BREAK_WEEK) & (phase == "")
    phase[low], sure[low] = "break", 0.5 + 0.06 * off[low]
    _rest(volume, hard, phase, sure)
    return pd.DataFrame(
        {
            "week": weeks["week"],
            "phase": pd.Series(phase).astype("str"),
            "confidence": sure.round(2),
            "distance_m": weeks["distance_m"],
            "time_s": weeks["time_s"],
            "longest_m": weeks["longest_m"],
            "hard_share": hard,
            "race_distance_m": race_m,
        }
    )


def _hard(log: Log, weeks: pd.DataFrame) -> np.ndarray:
    """Share of each week's measured time spent above the upper border; NaN where nothing was measured."""
    try:
        inside = run_intensity(log, channel="speed")
    except AttributeError:
        return np.full(len(weeks), np.nan)
    if inside.empty or inside["high_s"].isna().all():
        return np.full(len(weeks), np.nan)
    people = list(getattr(log, "athletes", {}).values())
    start = people[0].week_start if len(people) == 1 else "monday"
    sums = inside.assign(week=week_of(inside["date"], start)).groupby("week")[["low_s", "middle_s", "high_s"]].sum()
    sums = sums.reindex(weeks["week"])
    total = sums.sum(axis=1)
    return (sums["high_s"] / total.where(total > 0)).to_numpy(float)


def _races(log: Log, weeks: pd.DataFrame, volume: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Longest race of each week, and which weeks hold a race that a season is built around."""
    race_m, priority = np.full(len(weeks), np.nan), np.zeros(len(weeks), bool)
    every = races_found(log)
    every = every[every["kind"] != "relay"]
    first = weeks["week"].iloc[0]
    marked = bool((every["priority"] == "A").any())
    for race in every.to_dict("records"):
        i = (race["date"] - first).days // 7
        if not 0 <= i < len(weeks):
            continue
        race_m[i] = np.nanmax([race_m[i], race["distance_m"]]) if np.isfinite(race_m[i]) else race["distance_m"]
        priority[i] |= race["priority"] == "A" or (not marked and race["distance_m"] >= 21000)
    if not marked:  # without priorities: long races, and any race before which training clearly went down
        for i in np.flatnonzero(np.isfinite(race_m) & ~priority):
            before = volume[max(i - 5, 0) : max(i - 1, 0)]
            if len(before) >= 3 and volume[i - 1 : i + 1].mean() < 0.7 * np.median(before):
                priority[i] = True
    return race_m, priority


def _around_race(i: int, volume: np.ndarray, phase: np.ndarray, sure: np.ndarray, main: np.ndarray) -> None:
    """Mark taper and peak before, recovery after, a main race in week i."""
    start = i
    # The fuller weeks of the two months before are what a taper goes down from: an illness in them does not count.
    full = {k: np.quantile(volume[max(k - 8, 0) : k], 0.7) if k >= 2 else np.nan for k in range(max(i - 3, 0), i + 1)}
    for back in range(1, 4):
        k = i - back
        if k < 0 or phase[k] != "" or main[k]:
            break
        if not (volume[k] < 0.90 * full[k] and volume[k] >= 0.85 * volume[k + 1] and volume[k] > 0):
            break
        start = k
    level = full.get(start, np.nan)
    drop = 1 - volume[start : i + 1].mean() / level if level > 0 else np.nan
    if np.isfinite(drop) and drop > 0.2:
        phase[start : i + 1] = "taper"
        sure[start : i + 1] = np.clip(0.5 + drop, 0.5, 0.95)
        peak = max(start - 3, 0)
        for k in range(start - 1, peak - 1, -1):
            if phase[k] != "" or main[k]:
                break
            top = np.max(volume[max(start - 8, 0) : start])
            if volume[k] < 0.55 * top:
                break
            phase[k], sure[k] = "peak", 0.6
    else:
        phase[i], sure[i] = "peak", 0.4
    for after in (1, 2):
        k = i + after
        if (
            k < len(volume)
            and phase[k] == ""
            and not main[k]
            and volume[k] <= (1 - LIGHTER_BY) * (level if level > 0 else np.inf)
        ):
            phase[k], sure[k] = "recovery", 0.8
        else:
            break


def _rest(volume: np.ndarray, hard: np.ndarray, phase: np.ndarray, sure: np.ndarray) -> None:
    """Base or build for what is left, stretch by stretch: a rise in hard running, else the second half of a rise."""
    free = phase == ""
    for a, b in zip(*stretches(free), strict=True):
        calm = smooth_weeks(hard[a:b])
        if b - a >= 4 and np.isfinite(calm).mean() > 0.7:
            cut, gain = _best_cut(np.nan_to_num(calm, nan=float(np.nanmean(calm))))
            later, earlier = np.nanmean(hard[a + cut : b]), np.nanmean(hard[a : a + cut])
            if gain > 0.3 and later > 1.3 * earlier + 0.004:
                phase[a : a + cut], phase[a + cut : b] = "base", "build"
                sure[a:b] = np.clip(0.45 + 0.5 * gain, 0.5, 0.9)
                continue
            if np.nanmean(hard[a:b]) > 0.06 and not (gain > 0.3 and earlier > later):
                phase[a:b], sure[a:b] = "build", 0.55
                continue
        follows = b < len(phase) and phase[b] in ("peak", "taper")
        if follows and b - a >= 4:
            middle = a + (b - a + 1) // 2
            phase[a:middle], phase[middle:b], sure[a:b] = "base", "build", 0.45
        else:
            phase[a:b], sure[a:b] = "base", 0.5


def _best_cut(values: np.ndarray) -> tuple[int, float]:
    """Where two means explain most, and the share of the squares they take away."""
    total = ((values - values.mean()) ** 2).sum()
    if total <= 0:
        return len(values) // 2, 0.0
    left = [
        ((values[:k] - values[:k].mean()) ** 2).sum() + ((values[k:] - values[k:].mean()) ** 2).sum()
        for k in range(2, len(values) - 1)
    ]
    k = int(np.argmin(left))
    return k + 2, float(1 - left[k] / total)


def phases(log: Log) -> pd.DataFrame:
    """The stretches a season was made of: base, build, peak, taper, recovery after a race, break.

    Definition: the phases of the weeks (``phase_weeks``), joined. They describe what the log looks like; a break
    does not say why.

    Takes a log of one athlete; races with priority A shape it most, without priorities half marathons and longer do.
    Returns ``phase``, ``start``, ``end`` (last day), ``weeks``, ``weekly_distance_m``, ``weekly_time_s``,
    ``hard_share`` (time above threshold), ``longest_m``, ``confidence``, ``grade`` "D", ``basis``. Fewer than 4
    weeks: no rows. Evidence: D; how often planted phases are found is in benchmarks/README.md.

    >>> from runlab.log import Log
    >>> phases(Log()).columns.tolist()[:4]
    ['phase', 'start', 'end', 'weeks']
    """
    log.only()
    weeks = phase_weeks(log)
    if len(weeks) < 4:
        return pd.DataFrame({name: pd.Series([], dtype=kind) for name, kind in PHASE_COLUMNS.items()})
    block = (weeks["phase"] != weeks["phase"].shift()).cumsum()
    rows = []
    for _, part in weeks.groupby(block):
        races = part["race_distance_m"].dropna()
        said = f"{len(races)} race{'s' if len(races) != 1 else ''}" if len(races) else "no race"
        measured = part["hard_share"].notna()
        said += "" if measured.any() else "; time above threshold not known"
        rows.append(
            {
                "phase": part["phase"].iloc[0],
                "start": part["week"].iloc[0],
                "end": part["week"].iloc[-1] + pd.Timedelta(days=6),
                "weeks": len(part),
                "weekly_distance_m": part["distance_m"].mean(),
                "weekly_time_s": part["time_s"].mean(),
                "hard_share": part["hard_share"].mean(),
                "longest_m": part["longest_m"].max(),
                "confidence": round(float(part["confidence"].mean()), 2),
                "grade": grade_of("phases"),
                "basis": said,
            }
        )
    return pd.DataFrame(rows).astype(PHASE_COLUMNS)
