"""Pace at the same heart rate: the quietest sign of fitness, once heat, hills and the length of the run are out."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd

from ..clean import clean_share_of
from ..evidence import grade_of
from ..log import Log
from ..numerics import normal_quantile, student_quantile
from ..races import races_found
from .conditions import HEAT_PER_DEGREE
from .inference import Finding, pooled_fit
from .results import runs

# Priors of the adjustments, mean and spread, all on log speed.
HEART_SLOPE = (1.6, 0.5)  # per unit of log heart rate: speed rises faster than heart rate, which has a floor
HEAT = (-HEAT_PER_DEGREE, 0.0025)  # per degree above about 14 C
DRIFT_PER_HOUR = (-0.015, 0.012)
CLIMB = (0.0, 0.6)  # per metre of climb per metre of way, beyond what grade adjustment took out
SCATTER = (0.030, 10.0)
FORM = (0.030, 60.0)
SEASON_DOUBT = 0.02  # log speed: what twelve weeks of another season do to pace where no temperature is known
WEEK_COLUMNS = ["date", "value", "low", "high", "level", "n", "unit", "grade", "basis", "warmth_known"]


def _usable(log: Log, start: pd.Timestamp | None, on: Any) -> pd.DataFrame:
    own = runs(log, start=start, on=on)
    speed = own["graded_speed_mps"].fillna(own["average_speed_mps"])
    raced = set(races_found(log)["activity_id"])
    locked = own["quality_flags"].fillna("").str.contains("cadence_lock|hr_stuck", regex=True)
    keep = (
        (own["average_heart_rate_bpm"] > 80)
        & (speed > 1.5)
        & ~(own["heart_rate_share"] < 0.7)
        & ~locked
        & (own["moving_time_s"] >= 1200)
        & (own["moving_time_s"] <= 6 * 3600)
        & ~own["activity_id"].isin(raced)
    )
    return own[keep].assign(speed=speed[keep])


def _design(own: pd.DataFrame, reference: float, origin: pd.Timestamp) -> tuple[np.ndarray, np.ndarray]:
    warm = own["average_temperature_c"].to_numpy(float) - 3.0
    known = np.isfinite(warm)
    day = (own["date"] - origin).dt.days.to_numpy(float)
    if known.any():  # a run without a thermometer was about as warm as those around it, not cool
        warm = np.where(known, warm, np.interp(day, day[known], warm[known]))
    hot = 3.0 * np.logaddexp(0.0, (warm - 14.0) / 3.0) if known.any() else np.zeros(len(own))
    climb = np.nan_to_num(own["ascent_m"].to_numpy(float) / own["distance_m"].to_numpy(float))
    columns = [
        np.ones(len(own)),
        np.log(own["average_heart_rate_bpm"].to_numpy(float) / reference),
        hot,
        own["moving_time_s"].to_numpy(float) / 3600 - 1.0,
        climb,
    ]
    return np.column_stack(columns), day


def runs_at_heart_rate(
    log: Log, *, heart_rate_bpm: float | None = None, on: Any = None, days: int = 182
) -> pd.DataFrame:
    """Each run's speed brought to one heart rate, 14 °C or cooler, one hour, level ground.

    Takes a log of one athlete. Returns one row per usable run: ``date``, ``activity_id``, ``value`` (m/s at the
    reference heart rate), ``residual`` (log speed above or below the athlete's own line at that time, in its
    standard deviations), ``reference_bpm``. Races, runs under 20 min or over 6 h, and runs with heart rate on under
    70 % are left out. Fewer than 8 such runs: no rows.
    Evidence: D.

    >>> from runlab.log import Log
    >>> runs_at_heart_rate(Log()).empty
    True
    """
    found = _fit(log, heart_rate_bpm, on, days)
    columns = ["date", "activity_id", "value", "residual", "reference_bpm"]
    if found is None:
        return pd.DataFrame(columns=columns)
    own, design, _, fit, reference, _ = found
    beyond = design[:, 1:5] @ fit.mean[1:5]
    level = np.log(own["speed"].to_numpy(float)) - beyond
    expected = design @ fit.mean - beyond
    return pd.DataFrame(
        {
            "date": own["date"].to_numpy(),
            "activity_id": own["activity_id"].to_numpy(),
            "value": np.exp(level),
            "residual": (level - expected) / fit.noise,
            "reference_bpm": reference,
        },
        columns=columns,
    )


def _fit(log: Log, heart_rate_bpm: float | None, on: Any, days: int):
    end = pd.Timestamp(on).normalize() if on is not None else None
    if end is None:
        every = runs(log)
        if every.empty:
            return None
        end = every["date"].max() + pd.Timedelta(days=1)
    own = _usable(log, end - pd.Timedelta(days=days), end)
    if len(own) < 8:
        return None
    reference = heart_rate_bpm or float(np.round(own["average_heart_rate_bpm"].median()))
    traits, day = _design(own, reference, end)
    grid = np.arange(np.floor(day.min() / 7) * 7 + 3.5, 0, 7)
    spread, memory = FORM
    place = np.concatenate([day, grid])
    k, n = traits.shape[1], len(own)
    covariance = np.zeros((k + len(place), k + len(place)))
    priors = (HEART_SLOPE, HEAT, DRIFT_PER_HOUR, CLIMB)
    covariance[:k, :k] = np.diag([1.0, *(sd**2 for _, sd in priors)])
    covariance[k:, k:] = spread**2 * np.exp(-np.abs(place[:, None] - place[None, :]) / memory)
    value = np.log(own["speed"].to_numpy(float))
    mean = np.concatenate([[float(np.median(value)), *(m for m, _ in priors)], np.zeros(len(place))])
    design = np.column_stack([traits, np.eye(n, len(place))])
    weights = np.ones(n)
    for _ in range(3):
        fit = pooled_fit(
            design,
            value,
            prior_mean=mean,
            prior_covariance=covariance,
            noise=SCATTER[0],
            noise_freedom=SCATTER[1],
            weights=weights,
            rounds=3,
        )
        left = (value - design @ fit.mean) / fit.noise
        weights = np.sqrt((4 + left**2) / 5)
    return own, design, (k, n, grid), fit, reference, end


def pace_at_heart_rate(
    log: Log,
    *,
    heart_rate_bpm: float | None = None,
    on: Any = None,
    days: int = 182,
    over_days: int = 84,
    level: float = 0.95,
) -> Finding:
    """How the speed at one heart rate has moved, with heat, climbing and the length of the run taken out.

    Definition: log of grade-adjusted speed = level + slope x log heart rate + heat + drift with the length of the
    run + climbing + form of the week + scatter; every coefficient leans on a stated prior. The change is between the
    last four weeks and the four weeks ``over_days`` earlier, in %. Where temperature is known in fewer than half the
    runs of either, what a season's warmth can do (2 %) is added to the doubt, and the basis says so.

    Takes a log of one athlete, the reference heart rate (default: the median of the runs used), the day ``on``
    (excluded) and how far to look back. Runs are chosen as in ``runs_at_heart_rate``.
    Returns a Finding in % (positive = faster at the same heart rate) with ``verdict`` ("faster", "slower", "cannot
    tell"; at ``level``) and ``table``: one row per week with ``value`` (m/s), ``low``, ``high``, ``n`` (runs that week)
    and ``warmth_known`` (whether half of them or more have a temperature). Unknown with fewer than 8 usable runs or
    less than ``over_days`` of them.
    Evidence: C. Sleep, caffeine, altitude, a new sensor or shoes move it as well as fitness.

    >>> from runlab.log import Log
    >>> pace_at_heart_rate(Log())
    cannot tell · needs 8 runs of 20 min or longer with heart rate in 182 days; found 0
    """
    log.only()
    found = _fit(log, heart_rate_bpm, on, days)
    table = pd.DataFrame(columns=WEEK_COLUMNS)
    if found is None:
        end = pd.Timestamp(on) if on is not None else None
        n = len(_usable(log, end - pd.Timedelta(days=days) if end is not None else None, end))
        return Finding(
            math.nan,
            level=level,
            n=n,
            unit="%",
            table=table,
            basis=f"needs 8 runs of 20 min or longer with heart rate in {days} days; found {n}",
        )
    own, _, (k, n, grid), fit, reference, end = found
    week = np.floor((own["date"] - end).dt.days.to_numpy(float) / 7) * 7 + 3.5
    rows = []
    z = normal_quantile((1 + level) / 2)
    warm = own["average_temperature_c"].notna().to_numpy()
    for i, middle in enumerate(grid):
        row = np.zeros(len(fit.mean))
        row[0], row[k + n + i] = 1.0, 1.0
        value, se = fit.at(row)
        rows.append(
            {
                "date": end + pd.Timedelta(days=float(middle - 3.5)),
                "value": math.exp(value),
                "low": math.exp(value - z * se),
                "high": math.exp(value + z * se),
                "level": level,
                "n": int((week == middle).sum()),
                "unit": "m/s",
                "grade": grade_of("pace_at_heart_rate"),
                "basis": f"at {reference:.0f} bpm",
                "warmth_known": bool(warm[week == middle].mean() >= 0.5) if (week == middle).any() else False,
            }
        )
    table = pd.DataFrame(rows, columns=WEEK_COLUMNS)
    now, then = grid > -28, (grid > -over_days - 28) & (grid <= -over_days)
    runs_then = sum(row["n"] for row, inside in zip(rows, then, strict=True) if inside)
    runs_now = sum(row["n"] for row, inside in zip(rows, now, strict=True) if inside)
    if runs_then < 2 or runs_now < 2:
        return Finding(
            math.nan,
            level=level,
            n=len(own),
            unit="%",
            table=table,
            basis=f"needs 2 runs with heart rate in the last 4 weeks and {over_days} days earlier; "
            f"found {runs_now} and {runs_then}",
        )
    row = np.zeros(len(fit.mean))
    row[k + n :] = now / now.sum() - then / then.sum()
    change, se = fit.at(row)
    shares = [warm[np.isin(week, grid[part])].mean() for part in (now, then)]
    if min(shares) < 0.5:
        se = math.hypot(se, SEASON_DOUBT)
    half = student_quantile((1 + level) / 2, fit.freedom) * se
    verdict = "faster" if change - half > 0 else "slower" if change + half < 0 else "cannot tell"
    return Finding(
        100 * change,
        100 * (change - half),
        100 * (change + half),
        level=level,
        n=len(own),
        unit="%",
        clean_share=clean_share_of(own),
        grade=grade_of("pace_at_heart_rate"),
        verdict=verdict,
        table=table,
        basis=f"speed at {reference:.0f} bpm, last 4 weeks against {over_days} days earlier; "
        f"temperature known in {warm.sum()} of {len(own)} runs"
        + ("" if min(shares) >= 0.5 else ", so that the season is not taken out"),
    )
