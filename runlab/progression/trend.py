"""Getting faster, slower, or neither: the trend of race times once course, heat and distance are taken out."""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np
import pandas as pd

from ..clean import clean_share_of
from ..evidence import grade_of
from ..log import Log
from ..numerics import normal_quantile, student_quantile
from ..races import WITHIN
from .age_grading import age_standard
from .conditions import CONDITIONS, condition_cost
from .inference import Finding, pooled_fit
from .prediction import Prior, distance_shape, observations
from .results import race_results

VERDICTS = ("progress", "plateau", "decline", "cannot tell")
TREND_PRIOR = 0.05  # log time per year: one standard deviation of what trends runners have
SURE = 0.95  # how sure a verdict must be
WEATHER_DOUBT = 0.012  # log time: what the weather of an unknown race day may have cost
TABLE = ["date", "name", "distance_m", "time_s", "value", "low", "high", "trend", "trend_low", "trend_high", "level"]


def plateau(
    log: Log,
    *,
    on: Any = None,
    days: int = 730,
    smallest_pct: float = 1.5,
    adjust_age: bool = False,
    prior: Prior | None = None,
    level: float = 0.8,
) -> Finding:
    """Whether race times are improving, standing still or slowing, or whether nobody could tell from these races.

    Definition: the mean yearly change of race time over the period, from races brought to one distance (the
    athlete's own exponent, held by the stated prior), a flat course and 12 °C; form wanders around the line, so that
    two good weekends do not make a trend. "progress" and "decline" need the 95 % interval of the change on one side
    of zero and a change of at least ``smallest_pct`` a year; "plateau" needs the 95 % interval of the change inside
    plus or minus twice ``smallest_pct``, the 80 % interval inside ``smallest_pct``; everything else is "cannot tell".

    Takes a log of one athlete; ``on`` (excluded; default after the last race) and ``days`` give the period.
    ``adjust_age`` takes out what age alone would do by the road standards (needs birth date and sex).
    Returns a Finding in % per year (negative = faster) with ``verdict`` and ``table``: one row per race with
    ``value`` (s at the usual distance, flat and cool), ``low``, ``high``, and the trend line with its band. Fewer
    than 4 races: unknown. Evidence: D (no validated method for runners); the adjustments C.

    >>> from runlab.log import Log
    >>> from runlab import tables
    >>> races = tables.conform(pd.DataFrame({"date": pd.to_datetime(["2026-03-01", "2026-05-03"]),
    ...     "distance_m": [5000.0, 5000.0], "official_time_s": [1230.0, 1225.0]}), tables.RACES)
    >>> log = Log(races=races, activities=tables.empty(tables.ACTIVITIES), efforts=pd.DataFrame())
    >>> plateau(log)
    cannot tell · needs 4 races or more in 730 days; found 2
    """
    log.only()
    prior = prior or Prior()
    before = pd.Timestamp(on).normalize() if on is not None else None
    seen, races = observations(log, before)
    end = float(seen.day[seen.is_race].max()) + 1 if len(races) else 0.0
    if before is not None:
        end = float(before.to_datetime64().astype("datetime64[D]").astype(float))
    keep = seen.is_race & (seen.day >= end - days)
    races = races[keep[: len(races)]].reset_index(drop=True)
    n = len(races)
    if n < 4:
        return Finding(
            math.nan,
            level=level,
            n=n,
            unit="% per year",
            basis=f"needs 4 races or more in {days} days; found {n}",
            table=pd.DataFrame(columns=TABLE),
        )
    day, distance, value, doubt = (part[keep] for part in (seen.day, seen.distance, seen.value, seen.doubt))
    if adjust_age:
        value = value - _age_effect(log, races)
    span_years = (day.max() - day.min()) / 365.25
    if span_years < 0.25:
        return Finding(
            math.nan,
            level=level,
            n=n,
            unit="% per year",
            table=pd.DataFrame(columns=TABLE),
            basis=f"needs races over 3 months or more; found {n} in {day.max() - day.min():.0f} days",
        )

    grid = np.linspace(day.min(), day.max(), 25)
    fit, design = _fit(day, distance, value, doubt, grid, prior)
    k, years = 6, (grid - grid.mean()) / 365.25
    slope = np.zeros(len(fit.mean))
    slope[5] = 1.0
    slope[k + n :] = years / (years @ years)  # the least-squares slope of form over the period
    change, se = fit.at(slope)
    low, high = (change + s * student_quantile((1 + level) / 2, fit.freedom) * se for s in (-1, 1))
    sure = student_quantile((1 + SURE) / 2, fit.freedom) * se
    verdict = _verdict(100 * change, 100 * sure, (100 * low, 100 * high), smallest_pct)
    basis = f"{n} races over {span_years:.1f} years, brought to one distance, flat and 12 °C; negative = faster" + (
        "; age taken out" if adjust_age else ""
    )
    return Finding(
        100 * change,
        100 * low,
        100 * high,
        level=level,
        n=n,
        unit="% per year",
        clean_share=clean_share_of(log.activities, races["activity_id"]),
        grade=grade_of("plateau"),
        basis=basis,
        verdict=verdict,
        table=_table(races, day, distance, value, doubt, fit, prior, level),
    )


def _verdict(change: float, sure: float, interval: tuple[float, float], smallest: float) -> str:
    if change + sure < 0 and change <= -smallest:
        return "progress"
    if change - sure > 0 and change >= smallest:
        return "decline"
    if abs(change) + sure < 2 * smallest and -smallest < interval[0] and interval[1] < smallest:
        return "plateau"
    return "cannot tell"


def _fit(day: np.ndarray, distance: np.ndarray, value: np.ndarray, doubt: np.ndarray, grid: np.ndarray, prior: Prior):
    """Level, exponent, bends, yearly trend, and form at every race and along the grid."""
    n, days = len(day), np.concatenate([day, grid])
    spread, memory = prior.form
    traits = (prior.exponent, prior.short_extra, prior.marathon_extra, prior.ultra_extra)
    k = 6
    covariance = np.zeros((k + len(days), k + len(days)))
    covariance[:k, :k] = np.diag([1.0, *(sd**2 for _, sd in traits), TREND_PRIOR**2])
    covariance[k:, k:] = spread**2 * np.exp(-np.abs(days[:, None] - days[None, :]) / memory)
    shape = distance_shape(distance)
    start = float(np.median(value - shape[:, 1] * prior.exponent[0]))
    mean = np.concatenate([[start, *(middle for middle, _ in traits), 0.0], np.zeros(len(days))])
    design = np.column_stack([shape, (day - grid.mean()) / 365.25, np.eye(n, len(days))])
    scatter, worth = prior.scatter
    size = np.sqrt(1 + (doubt / scatter) ** 2)
    weights = size
    for _ in range(3):
        fit = pooled_fit(
            design,
            value,
            prior_mean=mean,
            prior_covariance=covariance,
            noise=scatter,
            noise_freedom=worth,
            weights=weights,
            rounds=4,
        )
        left = (value - design @ fit.mean) / (fit.noise * size)
        weights = size * np.sqrt((4 + left**2) / 5)
    return fit, design


def _table(
    races: pd.DataFrame,
    day: np.ndarray,
    distance: np.ndarray,
    value: np.ndarray,
    doubt: np.ndarray,
    fit,
    prior: Prior,
    level: float,
) -> pd.DataFrame:
    usual = float(races["distance_m"].round(-1).mode().iloc[0])
    to_usual = (distance_shape(np.array([usual])) - distance_shape(distance)) @ fit.mean[:5]
    far = np.abs(distance_shape(np.array([usual]))[0, 1] - distance_shape(distance)[:, 1])
    half = normal_quantile((1 + level) / 2) * np.sqrt(fit.noise**2 + doubt**2 + (far * prior.exponent[1] / 2) ** 2)
    rows = np.column_stack([np.repeat(distance_shape(np.array([usual])), len(day), 0), (day - day.min()) / 365.25])
    middle = (day.max() + day.min()) / 2
    rows[:, 5] = (day - middle) / 365.25
    line = rows @ fit.mean[:6]
    spread = np.sqrt(np.einsum("ij,jk,ik->i", rows, fit.covariance[:6, :6], rows))
    band = normal_quantile((1 + level) / 2) * spread
    return pd.DataFrame(
        {
            "date": races["date"],
            "name": races["name"],
            "distance_m": races["distance_m"],
            "time_s": races["time_s"],
            "value": np.exp(value + to_usual),
            "low": np.exp(value + to_usual - half),
            "high": np.exp(value + to_usual + half),
            "trend": np.exp(line),
            "trend_low": np.exp(line - band),
            "trend_high": np.exp(line + band),
            "level": level,
            "reference_m": usual,
        }
    )


def _age_effect(log: Log, races: pd.DataFrame) -> np.ndarray:
    athlete = log.only()
    if athlete.birth_date is None or not athlete.sex:
        return np.zeros(len(races))
    birth = pd.Timestamp(athlete.birth_date)
    years = ((races["date"] - birth).dt.days / 365.25).to_numpy()
    effect = np.empty(len(races))
    for i, (age, metres) in enumerate(zip(years, races["distance_m"], strict=True)):
        low, high = (age_standard(metres, age=int(age) + up, sex=athlete.sex) for up in (0, 1))
        effect[i] = math.log(low + (high - low) * (age % 1)) if math.isfinite(low) else math.nan
    return np.nan_to_num(effect - np.nanmean(effect)) if np.isfinite(effect).any() else np.zeros(len(races))


def same_race(log: Log, *, scatter: float = 0.021, level: float = 0.95) -> pd.DataFrame:
    """The same race run again: how the times compare once the weather and measured course are put alike.

    Definition: races with the same name (years and edition numbers aside) and lengths within 3 %. ``value`` is
    the change of adjusted time against the previous running, in % (negative = faster); its interval holds two
    race-day scatters and the doubt of the heat and hill adjustments; 1.2 % more for each day of unknown temperature.
    The verdict is at ``level``.

    Takes a log of one athlete. Returns one row per running: ``race``, ``date``, ``distance_m``, ``time_s``,
    ``adjusted_s``, ``value``, ``low``, ``high``, ``level``, ``n`` (runnings so far), ``verdict`` ("faster",
    "slower", "cannot tell", "first time"), ``unit``, ``grade``, ``basis``, ``warmth_known`` (of both
    days). Empty where no race was run twice.
    Evidence: A for the times, C for the adjustments, D for the scatter assumed (2.1 %).

    >>> from runlab.log import Log
    >>> from runlab import tables
    >>> races = tables.conform(pd.DataFrame({"date": pd.to_datetime(["2025-04-06", "2026-04-05"]),
    ...     "name": ["City 10K 2025", "City 10K 2026"], "distance_m": [10000.0, 10000.0],
    ...     "official_time_s": [2700.0, 2520.0]}), tables.RACES)
    >>> log = Log(races=races, activities=tables.empty(tables.ACTIVITIES))
    >>> same_race(log)[["value", "verdict"]].round(1).to_dict("records")[1]
    {'value': -6.7, 'verdict': 'faster'}
    """
    log.only()
    races = race_results(log)
    columns = [
        "race",
        "date",
        "distance_m",
        "time_s",
        "adjusted_s",
        "value",
        "low",
        "high",
        "level",
        "n",
        "verdict",
        "unit",
        "grade",
        "basis",
        "warmth_known",
    ]
    races = races.assign(race=[_plain_name(name) for name in races["name"]])
    rows = []
    for race, group in races[races["race"] != ""].groupby("race", sort=False):
        for part in _alike(group):
            if len(part) > 1:
                rows += _runnings(str(race), part, scatter, level)
    frame = pd.DataFrame(rows, columns=columns)
    return frame.astype({"value": float, "low": float, "high": float})


def _plain_name(name: str) -> str:
    """The name of a race without its year or edition; a bare distance such as "10k" is kept."""
    text = re.sub(r"\b(19|20)\d\d\b|\b\d+(st|nd|rd|th|\.)(?=\s)|['’]\d\d\b|#\s*\d+", " ", str(name).lower())
    return " ".join(re.findall(r"\w+", text))


def _alike(group: pd.DataFrame) -> list[pd.DataFrame]:
    ordered = group.sort_values("distance_m")
    step = (ordered["distance_m"].pct_change().fillna(0) > WITHIN).cumsum()
    return [part.sort_values("date") for _, part in ordered.groupby(step)]


def _runnings(race: str, part: pd.DataFrame, scatter: float, level: float) -> list[dict]:
    rows, last = [], None
    for n, run in enumerate(part.to_dict("records"), 1):
        cost, doubt = condition_cost(
            run["distance_m"], run["time_s"], {k: run[k] for k in CONDITIONS}, temperature_from=run["temperature_from"]
        )
        warmth_known = math.isfinite(run["temperature_c"])
        if not warmth_known:
            doubt = math.hypot(doubt, WEATHER_DOUBT)
        adjusted = math.log(run["time_s"]) - cost - math.log(run["distance_m"] / part["distance_m"].iloc[-1])
        row = {
            "race": race,
            "date": run["date"],
            "distance_m": run["distance_m"],
            "time_s": run["time_s"],
            "adjusted_s": math.exp(adjusted),
            "value": math.nan,
            "low": math.nan,
            "high": math.nan,
            "level": level,
            "n": n,
            "verdict": "first time",
            "unit": "%",
            "grade": grade_of("same_race"),
            "basis": "nothing to compare with yet",
            "warmth_known": warmth_known,
        }
        if last is not None:
            both = warmth_known and last[2]
            half = normal_quantile((1 + level) / 2) * math.sqrt(2 * scatter**2 + doubt**2 + last[1] ** 2)
            change = adjusted - last[0]
            verdict = "cannot tell" if abs(change) <= half else "faster" if change < 0 else "slower"
            row |= {
                "value": 100 * math.expm1(change),
                "low": 100 * math.expm1(change - half),
                "high": 100 * math.expm1(change + half),
                "verdict": verdict,
                "basis": "against the previous running; "
                + (
                    "heat and hills taken out"
                    if both
                    else "temperature not known on both days, so that heat is not taken out"
                ),
                "warmth_known": both,
            }
        last = (adjusted, doubt, warmth_known)
        rows.append(row)
    return rows
