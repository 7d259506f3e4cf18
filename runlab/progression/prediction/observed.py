"""Everything seen that speaks of what an athlete can run: races as on a flat, cool day, and the best of training."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import pandas as pd

from ...log import Log
from ...zones.training import MARATHON_M
from ..conditions import CONDITIONS, condition_cost
from ..results import hard_efforts, highest_heart_rate, race_results

# An effort's heart rate against what 20 min all-out take (share of the highest); speed per heart rate in logs; doubt.
ALL_OUT_SHARE, HEART_SLOPE, HEART_DOUBT = 0.94, 1.4, 0.3
DROP_GAIN, DROP_DOUBT, FREE_DROP = 2.5, 1.5, 0.005  # log time per net drop over distance beyond 5 m a km
TRAIL = ("trail", "fell", "mountain")
STEEP = 0.04  # climb over distance from which a race is run like a trail race
ROAD_ULTRA = 0.008  # an ultra known to climb less than this is a road race


@dataclass(frozen=True)
class Observations:
    """Everything seen, as logs: races first, then the best of training.

    ``value`` is log time on a flat, cool day, ``doubt`` how unsure that is, ``trail`` 1.0 where rough ground is left
    in it, ``has_heart`` whether an effort's heart rate is allowed for, ``treadmill`` where the belt measured,
    ``is_explained`` where a debrief has taken off what the day did, so that only the form of the day scatters.
    """

    day: np.ndarray
    distance: np.ndarray
    value: np.ndarray
    doubt: np.ndarray
    is_race: np.ndarray
    has_heart: np.ndarray
    trail: np.ndarray
    treadmill: np.ndarray
    is_explained: np.ndarray

    def where(self, keep: np.ndarray) -> Observations:
        """The part of it that is wanted."""
        return Observations(*(getattr(self, f.name)[keep] for f in fields(self)))


def is_trail(kind: str, distance_m: float, ascent_m: float = math.nan) -> bool:
    """Whether a race is run like a trail race: by its kind, or because it climbs 40 m a km.

    >>> is_trail("road", 10000.0, 100.0), is_trail("road", 10000.0, 400.0), is_trail("ultra", 1e5)
    (False, True, True)
    """
    climb = ascent_m / distance_m if distance_m > 0 else math.nan
    return kind in TRAIL or climb >= STEEP or (kind == "ultra" and not climb < ROAD_ULTRA)


def course_cost(
    distance_m: float,
    time_s: float,
    conditions: dict[str, float],
    *,
    trail: bool,
    climb: tuple[float, float],
    temperature_from: str = "weather",
) -> tuple[float, float]:
    """``condition_cost``, with the climb of trail races in general where this one's is not known.

    >>> [round(x, 3) for x in course_cost(50000.0, 20000.0, {}, trail=True, climb=(25.0, 15.0))]
    [0.074, 0.075]
    """
    ascent = conditions.get("ascent_m", math.nan)
    if not trail or math.isfinite(ascent):
        return condition_cost(distance_m, time_s, conditions, temperature_from=temperature_from)
    usual, spread = (a * distance_m / 1000 for a in climb)
    cost, doubt = condition_cost(
        distance_m, time_s, conditions | {"ascent_m": usual}, temperature_from=temperature_from
    )
    more, _ = condition_cost(distance_m, time_s, conditions | {"ascent_m": usual + spread})
    less, _ = condition_cost(distance_m, time_s, conditions | {"ascent_m": usual})
    return cost, math.hypot(doubt, (more - less) / 1.4)


def observations(
    log: Log, on: pd.Timestamp | None, *, climb: tuple[float, float] = (25.0, 15.0)
) -> tuple[Observations, pd.DataFrame]:
    """What was seen before a day, and the races among it.

    Definition: races of 1.4 km and 200 s or longer less what hills, heat and a net drop did, or, where a debrief has
    explained one (columns ``explained``, ``explained_sd``), less that. The best hard effort of every four weeks beside
    them. Returns (Observations, rows of ``race_results``).

    >>> from runlab.log import Log
    >>> races = pd.DataFrame({"athlete": "kim", "date": pd.to_datetime(["2026-03-01"]), "distance_m": [5000.0],
    ...     "official_time_s": [1200.0]})
    >>> observations(Log(races=races), None)[0].value.round(3).tolist()
    [7.09]
    """
    races = race_results(log, on=on)
    races = races[(races["distance_m"] >= 1400) & (races["time_s"] >= 200)].reset_index(drop=True)
    trail = np.array(
        [is_trail(k, d, a) for k, d, a in zip(races["kind"], races["distance_m"], races["ascent_m"], strict=True)],
        float,
    )
    cost = np.array(
        [_race_cost(race, rough, climb) for race, rough in zip(races.to_dict("records"), trail > 0, strict=True)], float
    ).reshape(-1, 2)
    trail = np.where(races["explained"].notna(), 0.0, trail)
    efforts = hard_efforts(log, on=on, without=set(races["activity_id"]))
    days, metres, seconds = (
        np.concatenate([races[name].to_numpy(kind), efforts[name].to_numpy(kind)]).astype(float)
        for name, kind in (("date", "datetime64[D]"), ("distance_m", float), ("time_s", float))
    )
    spared, has_heart = _held_back(efforts, highest_heart_rate(log, on=on))
    none, no_effort = np.zeros(len(races), bool), np.zeros(len(efforts), bool)
    seen = Observations(
        days,
        metres,
        np.log(seconds) - np.concatenate([cost[:, 0], spared]),
        np.concatenate([cost[:, 1], HEART_DOUBT * spared]),
        np.concatenate([~none, no_effort]),
        np.concatenate([none, has_heart]),
        np.concatenate([trail, np.zeros(len(efforts))]),
        np.concatenate([(races["kind"] == "treadmill").to_numpy(bool), no_effort]),
        np.concatenate([races["explained"].notna().to_numpy(bool), no_effort]),
    )
    return seen, races


def _race_cost(race: Mapping[Any, Any], trail: bool, climb: tuple[float, float]) -> tuple[float, float]:
    if math.isfinite(race["explained"]):
        return race["explained"], race["explained_sd"]
    cost, doubt = course_cost(
        race["distance_m"],
        race["time_s"],
        {k: race[k] for k in CONDITIONS},
        trail=trail,
        climb=climb,
        temperature_from=race["temperature_from"],
    )
    drop = max(race["net_drop_m"] / race["distance_m"] - FREE_DROP, 0.0) if race["net_drop_m"] > 0 else 0.0
    return cost - DROP_GAIN * drop, math.hypot(doubt, DROP_DOUBT * drop)


def _held_back(efforts: pd.DataFrame, highest_bpm: float) -> tuple[np.ndarray, np.ndarray]:
    """How much slower (log time) an effort was run than its length allows, by its heart rate; 0 if that is unknown."""
    share = efforts["average_heart_rate_bpm"].to_numpy(float) / highest_bpm
    known = np.isfinite(share) & (share > 0.5)
    minutes = np.maximum(efforts["time_s"].to_numpy(float) / 1200.0, 0.2)
    all_out = ALL_OUT_SHARE - 0.02 * np.log(minutes)
    spared = HEART_SLOPE * np.log(all_out / np.where(known, share, 1.0))
    return np.where(known, np.clip(spared, 0.0, 0.5), 0.0), known


def scatter_of(
    distance_m: np.ndarray, trail: np.ndarray, treadmill: np.ndarray, growth: float, on_trail: float
) -> np.ndarray:
    """How much wider a race scatters than a 10 km on the road: with distance, on trails and belts, beyond a marathon.

    >>> one, none = np.ones(1), np.zeros(1)
    >>> scatter_of(np.array([42195.0]), none, none, 0.6, 1.5).round(2), scatter_of(1e4 * one, one, none, 0.6, 1.5)
    (array([2.37]), array([1.5]))
    """
    x = np.log(np.asarray(distance_m, float) / 10000.0)
    marathon = math.log(MARATHON_M / 10000.0)
    rough = 1 + (on_trail - 1) * np.maximum(trail, np.clip((x - marathon) / 0.3, 0, 1))
    return np.exp(growth * np.clip(x, 0, marathon)) * rough * (1 + 0.5 * treadmill)
