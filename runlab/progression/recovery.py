"""Days until an athlete is back to the usual after hard days: from mornings, or from pace at the same heart rate."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd

from ..clean import clean_share_of
from ..evidence import grade_of
from ..log import Log
from ..numerics import student_quantile
from .aerobic import runs_at_heart_rate
from .inference import Finding
from .results import race_results, runs

# Which way tired shows in each morning measure.
SIGNS = {
    "resting_heart_rate_bpm": 1.0,
    "hrv_rmssd_ms": -1.0,
    "fatigue": 1.0,
    "soreness": 1.0,
    "sleep_quality": 1.0,
    "stress": 1.0,
    "mood": -1.0,
}
ORDINARY_AFTER_DAYS = 4  # a run with no hard day this close before it is an ordinary one
BACK = 0.5  # own standard deviations from the usual that count as back
MORNINGS = 3  # that a mean needs
EVENT_COLUMNS = ["date", "activity_id", "kind", "start_z"]


def _tiredness(log: Log, baseline: int, on: Any) -> tuple[pd.Series, str]:
    """One daily number: how far the morning is off the athlete's own usual, positive = tired."""
    wellness = log.wellness if on is None else log.wellness[log.wellness["date"] < pd.Timestamp(on)]
    known = [name for name in SIGNS if name in wellness.columns and wellness[name].notna().sum() >= 20]
    if known:
        days = wellness.dropna(subset=["date"]).drop_duplicates("date").set_index("date").sort_index()
        days = days.reindex(pd.date_range(days.index.min(), days.index.max()))
        parts = []
        for name in known:
            values = np.log(days[name]) if name == "hrv_rmssd_ms" else days[name]
            window = values.rolling(baseline, min_periods=14)
            spread = np.maximum(window.std(), 0.5 if values.abs().max() <= 7 and name != "hrv_rmssd_ms" else 1e-6)
            parts.append(SIGNS[name] * (values - window.median()) / spread)
        return pd.concat(parts, axis=1).mean(axis=1), "mornings (" + ", ".join(n.split("_")[0] for n in known) + ")"
    found = runs_at_heart_rate(log, on=on, days=1100)
    if len(found) < 20:
        return pd.Series(dtype=float), ""
    daily = -found.groupby("date")["residual"].mean()
    return daily.reindex(pd.date_range(daily.index.min(), daily.index.max())), "pace at the same heart rate"


def recovery_time(
    log: Log,
    *,
    on: Any = None,
    baseline_days: int = 42,
    longest_days: int = 14,
    kinds: tuple[str, ...] = ("race", "long"),
    level: float = 0.8,
    seed: int = 0,
) -> Finding:
    """How many days it usually takes this athlete to be back to the usual after races and the longest runs.

    Definition: tiredness = mean deviation of the mornings from their own running median (resting heart rate and HRV
    if logged, fatigue, soreness, sleep, stress, mood), in own standard deviations; without mornings, the deviation
    of pace at the same heart rate. First the two days after hard days are held against the two days after ordinary
    runs: where the difference is not clear of zero (95 %, Welch's t), the verdict is "no different" and there is no
    number. Else the mornings after all hard days, each up to the next hard day or ``longest_days``, make one mean
    course; the number is the first of them, from the higher of the first two on, on which it lies less than 0.5 above
    the usual. A single morning crosses any border by chance and would be back too early; so
    would a median of counts. The interval comes from redrawing the hard days.

    Takes a log of one athlete; ``on`` looks at the days before it. Hard days: races, and runs among the longest
    tenth (``kinds``). Returns a Finding in days with ``table`` (one row per hard day: ``date``, ``activity_id``,
    ``kind``, ``start_z``: the higher of the two days after). Unknown with fewer than 5 hard days or 3 ordinary runs.
    Evidence: D; single mornings are noisy.

    >>> from runlab.log import Log
    >>> recovery_time(Log())
    cannot tell · needs mornings (20 or more) or 20 runs with heart rate; found neither
    """
    log.only()
    table = pd.DataFrame(columns=EVENT_COLUMNS)
    own = runs(log, on=on)
    tired, source = _tiredness(log, baseline_days, on) if len(own) else (pd.Series(dtype=float), "")
    if tired.empty:
        return Finding(
            math.nan,
            level=level,
            unit="days",
            table=table,
            basis="needs mornings (20 or more) or 20 runs with heart rate; found neither",
        )
    hard = _hard_days(race_results(log, on=on), own, kinds)
    gap, low_gap, counts = _mark(tired, hard["date"], own["date"])
    if counts[0] < 5 or counts[1] < 3:
        return Finding(
            math.nan,
            level=level,
            n=counts[0],
            unit="days",
            table=table,
            basis=f"needs 5 hard days and 3 ordinary runs with {source} after them; found {counts[0]} and {counts[1]}",
        )
    if not low_gap > 0:
        return Finding(
            math.nan,
            level=level,
            n=counts[0],
            unit="days",
            clean_share=clean_share_of(own, hard["activity_id"]),
            table=table,
            verdict="no different",
            basis=f"the two days after {counts[0]} hard days are no different from those after {counts[1]} ordinary "
            f"runs in {source}: {gap:+.1f} own standard deviations, 95 % from {low_gap:+.1f}",
        )
    courses = _courses(tired, hard["date"], longest_days)
    table = hard.assign(start_z=pd.DataFrame(courses[:, :2]).max(axis=1).to_numpy())[EVENT_COLUMNS]
    there = table["start_z"].notna().to_numpy()
    table, courses = table[there], courses[there]
    n = len(table)
    rng = np.random.default_rng(seed)
    counts_of = np.vstack([np.ones((1, n)), rng.multinomial(n, np.full(n, 1 / n), 400)])
    days = _days_back(counts_of, courses)
    value, (low, high) = days[0], np.quantile(days[1:], [(1 - level) / 2, (1 + level) / 2], method="nearest")
    if not math.isfinite(value):
        return Finding(
            math.nan,
            level=level,
            n=n,
            unit="days",
            table=table,
            basis=f"the next hard day comes before the usual is back: {n} hard days by {source}",
        )
    return Finding(
        float(value),
        float(low),
        float(min(high, longest_days)),
        level=level,
        n=n,
        unit="days",
        clean_share=clean_share_of(own, table["activity_id"]),
        grade=grade_of("recovery_time"),
        verdict="",
        table=table,
        basis=f"mean course of {source} after {n} hard days",
    )


def _courses(tired: pd.Series, hard: pd.Series, longest: int) -> np.ndarray:
    """The mornings after each hard day, one row each; none after the next hard day."""
    until = np.append((hard.diff().dt.days.to_numpy()[1:]), longest)
    after = [tired.reindex(pd.date_range(day + pd.Timedelta(days=1), periods=longest)).to_numpy(float) for day in hard]
    return np.where(np.arange(1, longest + 1) <= until[:, None], np.array(after), np.nan)


def _days_back(weights: np.ndarray, courses: np.ndarray) -> np.ndarray:
    """The first day, from the higher of the first two on, on which each weighted mean course is back; inf if none."""
    known = np.isfinite(courses)
    seen = weights @ known
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(seen >= MORNINGS, weights @ np.where(known, courses, 0.0) / seen, np.nan)
    start = np.argmax(np.nan_to_num(mean[:, :2], nan=-math.inf), axis=1)
    back = (mean < BACK) & (np.arange(courses.shape[1]) >= start[:, None])
    return np.where(back.any(axis=1), back.argmax(axis=1) + 1.0, math.inf)


def _hard_days(raced: pd.DataFrame, own: pd.DataFrame, kinds: tuple[str, ...]) -> pd.DataFrame:
    parts = []
    if "race" in kinds:
        parts.append(raced[["date", "activity_id"]].assign(kind="race"))
    if "long" in kinds and len(own) >= 20:
        length = own["moving_time_s"]
        long = own[(length >= length.quantile(0.9)) & (length > length.median())]  # the usual length is never long
        parts.append(long[["date", "activity_id"]].assign(kind="long"))
    if not parts:
        return pd.DataFrame({"date": [], "activity_id": [], "kind": []})
    return pd.concat(parts).drop_duplicates("date").sort_values("date")[["date", "activity_id", "kind"]]


def _mark(tired: pd.Series, hard: pd.Series, days: pd.Series) -> tuple[float, float, tuple[int, int]]:
    """How much more tired the two days after hard days are than after ordinary runs; its lower 95 % end; counts."""
    after = pd.concat([tired.shift(-1), tired.shift(-2)], axis=1).mean(axis=1)
    close = pd.Series(False, index=after.index)
    for back in range(-1, ORDINARY_AFTER_DAYS + 1):
        close |= after.index.isin(hard + pd.Timedelta(days=back))
    a = after.reindex(pd.DatetimeIndex(hard.unique())).dropna()
    b = after[after.index.isin(days) & ~close].dropna()
    if len(a) < 3 or len(b) < 3:
        return math.nan, math.nan, (len(a), len(b))
    va, vb = a.var() / len(a), b.var() / len(b)
    gap = float(a.mean() - b.mean())
    freedom = (va + vb) ** 2 / (va**2 / (len(a) - 1) + vb**2 / (len(b) - 1)) if va + vb > 0 else len(a) + len(b) - 2
    return gap, gap - student_quantile(0.975, freedom) * math.sqrt(va + vb), (len(a), len(b))


def median_days(days: np.ndarray, observed: np.ndarray) -> float:
    """Kaplan-Meier median of counts some of which ended unobserved; infinite where half or more never came back.

    >>> median_days(np.array([3.0, 5.0, 9.0]), np.array([True, True, False]))
    5.0
    """
    alive = 1.0
    for day in np.unique(days[observed]):
        at_risk = (days >= day).sum()
        alive *= 1 - ((days == day) & observed).sum() / at_risk
        if alive <= 0.5:
            return float(day)
    return math.inf
