"""What an athlete can run: a distribution of finishing times, pooled with a stated prior and tried on past races."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ..evidence import Estimate
from .conditions import CONDITIONS, condition_cost
from .inference import Finding, pooled_fit, student_quantile
from .results import hard_efforts, highest_heart_rate, race_results

REFERENCE_M = 10000.0
# An effort's heart rate against what 20 min all-out take (share of the highest); speed per heart rate in logs; doubt.
ALL_OUT_SHARE, HEART_SLOPE, HEART_DOUBT = 0.94, 1.4, 0.3
SHORT_M, HALF_M, MARATHON_M = 3000.0, 21097.5, 42195.0


@dataclass(frozen=True)
class Prior:
    """What is assumed of a runner before their own races speak; every number can be changed.

    ``exponent``: log time per log distance. ``short_extra``, ``marathon_extra``, ``ultra_extra``: what comes on top
    below 3 km, beyond a half marathon and beyond a marathon. ``form``: how far fitness wanders (log time), and in how
    many days that is two thirds forgotten. ``scatter``: a race around the athlete's own form, and how many races that
    is worth. ``training_gap``: how much slower the best effort of four weeks of training is than a race;
    ``effort_gap``: what is left of it once the heart rate of the effort is allowed for.

    >>> Prior().exponent
    (1.065, 0.02)
    """

    exponent: tuple[float, float] = (1.065, 0.020)
    short_extra: tuple[float, float] = (0.0, 0.050)
    marathon_extra: tuple[float, float] = (0.035, 0.040)
    ultra_extra: tuple[float, float] = (0.080, 0.080)
    form: tuple[float, float] = (0.029, 110.0)
    scatter: tuple[float, float] = (0.020, 6.0)
    training_gap: tuple[float, float] = (0.100, 0.080)
    effort_gap: tuple[float, float] = (0.025, 0.045)
    training_scatter: float = 1.6  # times the scatter of a race

    def words(self) -> str:
        """The prior in one line, for the basis of an answer."""
        return (
            f"prior: exponent {self.exponent[0]:g} ± {self.exponent[1]:g}, race scatter "
            f"{100 * self.scatter[0]:.1f} % worth {self.scatter[1]:.0f} races"
        )


@dataclass(frozen=True, repr=False)
class Prediction(Finding):
    """A predicted time in s: 80 % interval in ``low`` and ``high``, 50 % in ``low_50`` and ``high_50``.

    ``table`` holds the back-test: one row per earlier race, predicted from what was known the evening before.

    >>> Prediction(2400.0, 2340.0, 2460.0, n=4, unit="s", grade="B", verdict="", log_sd=0.02, freedom=10.0).chance(2400)
    0.5
    """

    low_50: float = math.nan
    high_50: float = math.nan
    log_sd: float = math.nan
    freedom: float = math.nan

    def __repr__(self) -> str:
        return Estimate.__repr__(self)

    def interval(self, level: float) -> tuple[float, float]:
        """The interval that holds with another probability."""
        half = student_quantile((1 + level) / 2, self.freedom) * self.log_sd if self.is_known else math.nan
        return self.value * math.exp(-half), self.value * math.exp(half)

    def chance(self, time_s: float) -> float:
        """The share of the distribution at or below a time, if the assumptions of the forecast hold."""
        if not (self.is_known and time_s > 0):
            return math.nan
        z, low, high = math.log(time_s / self.value) / self.log_sd, 1e-6, 1 - 1e-6
        for _ in range(60):
            middle = (low + high) / 2
            low, high = (middle, high) if student_quantile(middle, self.freedom) < z else (low, middle)
        return round((low + high) / 2, 4)


def _shape(distance_m: np.ndarray) -> np.ndarray:
    """Level, power law, and what comes on top below 3 km, beyond the half marathon and beyond the marathon."""
    x = np.log(np.asarray(distance_m, float) / REFERENCE_M)
    short, half, marathon = (math.log(bend / REFERENCE_M) for bend in (SHORT_M, HALF_M, MARATHON_M))
    return np.column_stack(
        [np.ones_like(x), x, np.minimum(x - short, 0), np.maximum(x - half, 0), np.maximum(x - marathon, 0)]
    )


@dataclass(frozen=True)
class _Observations:
    """Everything seen, as logs: races first, then the best of training."""

    day: np.ndarray
    distance: np.ndarray
    value: np.ndarray
    doubt: np.ndarray
    is_race: np.ndarray
    has_heart: np.ndarray

    def until(self, day: float) -> _Observations:
        keep = self.day < day
        return _Observations(
            *(part[keep] for part in (self.day, self.distance, self.value, self.doubt, self.is_race, self.has_heart))
        )


def _observations(log: Any, before: pd.Timestamp | None) -> tuple[_Observations, pd.DataFrame]:
    races = race_results(log, before=before)
    races = races[(races["distance_m"] >= 1400) & (races["time_s"] >= 200)].reset_index(drop=True)
    costs = [
        condition_cost(
            r["distance_m"], r["time_s"], {k: r[k] for k in CONDITIONS}, temperature_from=r["temperature_from"]
        )
        for r in races.to_dict("records")
    ]
    cost = np.array(costs, float).reshape(-1, 2)
    efforts = hard_efforts(log, before=before, without=set(races["activity_id"]))
    days, metres, seconds = (
        np.concatenate([races[name].to_numpy(kind), efforts[name].to_numpy(kind)]).astype(float)
        for name, kind in (("date", "datetime64[D]"), ("distance_m", float), ("time_s", float))
    )
    spared, has_heart = _held_back(efforts, highest_heart_rate(log, before=before))
    none = np.zeros(len(races), bool)
    both = [
        days,
        metres,
        np.log(seconds) - np.concatenate([cost[:, 0], spared]),
        np.concatenate([cost[:, 1], HEART_DOUBT * spared]),
        np.concatenate([~none, np.zeros(len(efforts), bool)]),
        np.concatenate([none, has_heart]),
    ]
    return _Observations(*both), races


def _held_back(efforts: pd.DataFrame, highest_bpm: float) -> tuple[np.ndarray, np.ndarray]:
    """How much slower (log time) an effort was run than its length allows, by its heart rate; 0 if that is unknown."""
    share = efforts["average_heart_rate_bpm"].to_numpy(float) / highest_bpm
    known = np.isfinite(share) & (share > 0.5)
    minutes = np.maximum(efforts["time_s"].to_numpy(float) / 1200.0, 0.2)
    all_out = ALL_OUT_SHARE - 0.02 * np.log(minutes)
    spared = HEART_SLOPE * np.log(all_out / np.where(known, share, 1.0))
    return np.where(known, np.clip(spared, 0.0, 0.5), 0.0), known


def _forecast(seen: _Observations, distance_m: float, day: float, prior: Prior) -> tuple[float, float, float, float]:
    """Mean and standard deviation of log time on a flat cool day, freedom, and the scatter of races."""
    n = len(seen.day)
    spread_form, memory = prior.form
    days = np.append(seen.day, day)
    form = spread_form**2 * np.exp(-np.abs(days[:, None] - days[None, :]) / memory)
    traits = (
        prior.exponent,
        prior.short_extra,
        prior.marathon_extra,
        prior.ultra_extra,
        prior.training_gap,
        prior.effort_gap,
    )
    k = 1 + len(traits)
    covariance = np.zeros((k + n + 1, k + n + 1))
    covariance[:k, :k] = np.diag([1.0, *(sd**2 for _, sd in traits)])
    covariance[k:, k:] = form
    level = float(np.median(seen.value - prior.exponent[0] * np.log(seen.distance / REFERENCE_M)))
    mean = np.concatenate([[level, *(middle for middle, _ in traits)], np.zeros(n + 1)])
    plain = ~seen.is_race & ~seen.has_heart
    design = np.column_stack([_shape(seen.distance), plain, seen.has_heart, np.eye(n, n + 1)])
    scatter, worth = prior.scatter
    size = np.where(seen.is_race, 1.0, prior.training_scatter)
    size = np.sqrt(size**2 + (seen.doubt / scatter) ** 2)
    weights = size
    for _ in range(3):  # a day that went very wrong says little about form: Student weights, 4 degrees
        fit = pooled_fit(
            design,
            seen.value,
            prior_mean=mean,
            prior_covariance=covariance,
            noise=scatter,
            noise_freedom=worth,
            weights=weights,
            rounds=4,
        )
        left = (seen.value - design @ fit.mean) / (fit.noise * size)
        weights = size * np.sqrt((4 + left**2) / 5)
    row = np.concatenate([_shape(np.array([distance_m]))[0], [0.0, 0.0], np.zeros(n), [1.0]])
    value, se = fit.at(row)
    # The fit plays bad days down; the next race may still be one, so the scatter ahead counts them in full.
    wide = (seen.value - design @ fit.mean) / size
    ahead = max(fit.noise, math.sqrt((worth * scatter**2 + float(wide @ wide)) / (fit.freedom or worth)))
    return value, math.hypot(se, ahead), fit.freedom, ahead


def predict_race(
    log: Any,
    distance_m: float,
    *,
    on: Any = None,
    conditions: Mapping[str, float] | None = None,
    prior: Prior | None = None,
    level: float = 0.8,
    back_test: bool = True,
) -> Prediction:
    """What time to expect over a distance on a day, as a band, and how often such bands held on past races.

    Definition: log time = level + exponent x log distance (+ extra beyond the half marathon and the marathon) + form
    of the day + scatter. Form wanders with time; everything has a stated ``Prior``, so with few races the answer
    leans on it and is wide, with many it is the athlete's own. Races are first put on a flat course at 12 °C
    (``condition_cost``, with its doubt); the best hard effort of every four weeks of training counts as a race run
    slower by a gap that is learned too (smaller where its heart rate says how much was held back). The conditions of
    the day asked about are added back. Very bad days are given less weight. The band is widened or narrowed (at most
    by a half and a fifth) by how earlier races fell against their own forecasts.

    Takes a log of one athlete, metres, the day (data of that day and later are not used; default: the day after the
    last run), and ``conditions`` (``temperature_c``, ``ascent_m``; default flat and cool).
    Returns a Prediction in s (80 % interval, ``low_50``, ``high_50``, ``chance(time_s)``; ``table`` is the
    back-test). Unknown without any race or hard effort of 3 km or more before that day.
    Raises SettingsError for another condition.
    Evidence: B for equivalence of distances, D for this pooling; see benchmarks/README.md for how often bands hold.

    >>> from types import SimpleNamespace
    >>> from runlab import tables
    >>> races = tables.conform(pd.DataFrame({
    ...     "date": pd.to_datetime(["2026-03-01", "2026-04-01", "2026-05-03"]),
    ...     "distance_m": [5000.0, 10000.0, 10000.0], "official_time_s": [1230.0, 2560.0, 2545.0]}), tables.RACES)
    >>> log = SimpleNamespace(races=races, activities=tables.empty(tables.ACTIVITIES), efforts=pd.DataFrame())
    >>> predict_race(log, 21097.5, on="2026-06-01").text()
    '1:34:05 (1:30:05–1:38:16; 80 %)'
    """
    prior = prior or Prior()
    before = pd.Timestamp(on).normalize() if on is not None else None
    seen, races = _observations(log, before)
    if not len(seen.day):
        return Prediction(
            math.nan,
            level=level,
            unit="s",
            basis="needs a race or a hard effort of 3 km or longer before that day; found none",
        )
    if not distance_m > 0:
        return Prediction(math.nan, level=level, unit="s", basis="needs a distance; found none")
    day = seen.day.max() + 1
    if before is not None:
        day = float(before.to_datetime64().astype("datetime64[D]").astype(float))
    tried = _back_test(seen, races, prior, level) if back_test else _back_test(seen, races.head(0), prior, level)
    value, sd, freedom, _ = _forecast(seen, distance_m, day, prior)
    cost, doubt = condition_cost(distance_m, math.exp(value), conditions)
    sd = math.hypot(sd * _calibration(tried), doubt)
    low, high = (math.exp(value + cost + s * student_quantile((1 + level) / 2, freedom) * sd) for s in (-1, 1))
    low_50, high_50 = (math.exp(value + cost + s * student_quantile(0.75, freedom) * sd) for s in (-1, 1))
    return Prediction(
        math.exp(value + cost),
        low,
        high,
        level=level,
        n=len(races),
        unit="s",
        grade="B",
        basis=_basis(seen, races, tried, prior, conditions),
        verdict="",
        table=tried,
        low_50=low_50,
        high_50=high_50,
        log_sd=sd,
        freedom=freedom,
    )


def _back_test(seen: _Observations, races: pd.DataFrame, prior: Prior, level: float) -> pd.DataFrame:
    """Every race but the first, predicted from what was seen before its day."""
    rows = []
    for i, race in enumerate(races.to_dict("records")):
        day = seen.day[i]
        known = seen.until(day)
        if not len(known.day):
            continue
        value, sd, freedom, _ = _forecast(known, race["distance_m"], day, prior)
        cost = math.log(race["time_s"]) - seen.value[i]
        sd = math.hypot(sd, seen.doubt[i])
        off = math.log(race["time_s"]) - value - cost
        half, half_50 = (student_quantile((1 + p) / 2, freedom) * sd for p in (level, 0.5))
        rows.append(
            {
                "date": race["date"],
                "name": race["name"],
                "distance_m": race["distance_m"],
                "time_s": race["time_s"],
                "value": math.exp(value + cost),
                "low": math.exp(value + cost - half),
                "high": math.exp(value + cost + half),
                "low_50": math.exp(value + cost - half_50),
                "high_50": math.exp(value + cost + half_50),
                "held": abs(off) <= half,
                "held_50": abs(off) <= half_50,
                "off": off / sd,
                "n": int(known.is_race.sum()),
            }
        )
    columns = [
        "date",
        "name",
        "distance_m",
        "time_s",
        "value",
        "low",
        "high",
        "low_50",
        "high_50",
        "held",
        "held_50",
        "off",
        "n",
    ]
    return pd.DataFrame(rows, columns=columns)


def _calibration(tried: pd.DataFrame) -> float:
    """How much wider the past says the band should be; ten forecasts' worth of "as stated" stand against it."""
    off = np.clip(tried["off"].to_numpy(float), -3, 3)
    return float(np.clip(math.sqrt((10 + float(off @ off)) / (10 + len(off))), 0.8, 1.5))


def _basis(
    seen: _Observations, races: pd.DataFrame, tried: pd.DataFrame, prior: Prior, conditions: Mapping[str, float] | None
) -> str:
    efforts = int((~seen.is_race).sum())
    said = [
        f"{len(races)} race{'s' if len(races) != 1 else ''}"
        + (f" and {efforts} hard effort{'s' if efforts != 1 else ''} in training" if efforts else "")
    ]
    if len(tried):
        said.append(
            f"on {len(tried)} earlier race{'s' if len(tried) != 1 else ''} this kind of band held "
            f"{int(tried['held'].sum())} times"
        )
    else:
        said.append("no earlier race to try it on")
    known = {k: v for k, v in dict(conditions or {}).items() if v is not None and math.isfinite(v)}
    words = {"temperature_c": "{:.0f} °C", "ascent_m": "{:.0f} m of climb"}
    said.append(", ".join(words[k].format(v) for k, v in known.items()) if known else "flat course, cool day")
    return "; ".join([*said, prior.words()])
