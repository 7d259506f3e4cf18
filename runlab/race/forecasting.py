"""The forecast of the evening before, and where the result fell on it."""

from __future__ import annotations

import math
from copy import copy
from typing import Any

import pandas as pd

from .. import tables
from ..log import Log
from ..numerics import normal_quantile
from ..progression.conditions import DEVICE_WARMTH_C
from ..progression.prediction import Prediction, predict_race
from ..progression.prediction.observed import is_trail
from ..progression.results import INDOORS, race_results, runs
from ..races import Race, as_race, covers
from ..zones.training import MARATHON_M
from .given import weather_on_calendar

UNTOLD_HEAT = 0.02  # doubt (log time) about a race whose day nobody measured
ONE_DAY_C = 5.0  # how far one day lies from the last weeks (standard deviation)
MARK_COLUMNS: dict[str, Any] = {
    "mark": "str",
    "time_s": float,
    "percentile": float,
    "inside_80": bool,
    "inside_50": bool,
}


def forecast(log: Log, race: Any, *, conditions: dict[str, float] | None = None, flat: bool = False) -> Prediction:
    """What time was to be expected, from nothing but the days before the race.

    Definition: ``progression.predict_race`` on race day, which uses no data of that day or later, for the kind of race
    and its climb: the official one, else what the watch showed at an earlier running of a race of this name; in the
    weather written beside it in races.csv, else in the warmth of the last three weeks, give or take 5 °C (``flat``: for
    a flat, cool day on the road, which the waterfall starts from).

    Takes a log of one athlete and the race (Race, date or name); ``conditions`` (``temperature_c``, ``ascent_m``)
    override.
    Returns a Prediction in s: 80 % interval, ``low_50``, ``high_50``, ``chance(time_s)``; unknown with its reason.
    Evidence: B for equivalence of distances, D for the pooling.

    >>> from runlab.log import Log
    >>> log = Log(races=pd.DataFrame({"athlete": "kim", "date": pd.to_datetime(["2026-03-01", "2026-04-01"]),
    ...     "distance_m": [5000.0, 10000.0], "official_time_s": [1230.0, 2560.0]}))
    >>> forecast(log, Race(pd.Timestamp("2026-06-01"), distance_m=21097.5)).n
    2
    """
    race = as_race(log, race)
    known: dict[str, float] = {}
    if not flat and (ascent := climb_of(log, race)) > 0:
        known["ascent_m"] = ascent
    if not flat:
        known |= expected_warmth(log, race)
    known |= conditions or {}
    return predict_race(
        log, race.distance_m, on=race.date, conditions=known or None, kind="road" if flat else race.kind, even=flat
    )


def expected_warmth(log: Log, race: Race) -> dict[str, float]:
    """``temperature_c`` of race day as the evening before has it, and its doubt where only the last weeks tell.

    >>> from runlab.log import Log
    >>> expected_warmth(Log(), Race(pd.Timestamp("2026-06-01")))
    {}
    """
    if weather := weather_on_calendar(log, race):
        return {"temperature_c": weather["temperature_c"]}
    warmth = usual_warmth(log, race)
    return {"temperature_c": warmth, "temperature_doubt_c": ONE_DAY_C} if math.isfinite(warmth) else {}


def usual_warmth(log: Log, race: Race, *, days: int = 21, least: int = 3) -> float:
    """The air of the last weeks' runs in °C, by the watch less what the wrist adds; NaN where fewer runs say.

    >>> from runlab.log import Log
    >>> usual_warmth(Log(), Race(pd.Timestamp("2026-06-01")))
    nan
    """
    ran = runs(log, on=race.date, start=race.date - pd.Timedelta(days=days))
    warmth = ran.loc[~ran["sub_sport"].isin(INDOORS), "average_temperature_c"].dropna()
    return float(warmth.median()) - DEVICE_WARMTH_C if len(warmth) >= least else math.nan


def is_rough(race: Race) -> bool:
    """Whether a forecast for a flat road says nothing about the kind of race this was: trails, and beyond a marathon.

    >>> is_rough(Race(pd.Timestamp("2026-06-01"), distance_m=50000.0, kind="ultra"))
    True
    """
    return is_trail(race.kind, race.distance_m, race.ascent_m) or race.distance_m > 1.05 * MARATHON_M


def climb_of(log: Log, race: Race) -> float:
    """The climb of a course in m: official, else the watch's at the last earlier running of this race; else NaN.

    >>> climb_of(None, Race(pd.Timestamp("2026-06-01"), ascent_m=300.0))
    300.0
    """
    if race.ascent_m > 0 or not race.name:
        return race.ascent_m
    before = race_results(log, on=race.date)
    same = before[
        (before["name"].str.casefold() == race.name.casefold())
        & covers(before["distance_m"], race.distance_m)
        & before["ascent_m"].notna()
    ]
    return float(same["ascent_m"].iloc[-1]) if len(same) else math.nan


def marks_on(prediction: Prediction, race: Race) -> pd.DataFrame:
    """Where result, goal and middle lie on the forecast.

    >>> marks_on(Prediction(2400.0, 2340.0, 2460.0, level=0.8, unit="s", low_50=2370.0, high_50=2430.0, log_sd=0.02,
    ...                     freedom=10.0, verdict=""), Race(pd.Timestamp("2026-06-01"), official_time_s=2500.0))
         mark  time_s  percentile  inside_80  inside_50
    0  result  2500.0        0.97      False      False
    1  median  2400.0        0.50       True       True
    """
    rows = []
    for mark, time in (
        ("result", race.official_time_s if race.finished else math.nan),
        ("goal", race.goal_s),
        ("median", prediction.value),
    ):
        if prediction.is_known and time > 0:
            rows.append(
                {
                    "mark": mark,
                    "time_s": time,
                    "percentile": round(prediction.chance(time), 2),
                    "inside_80": prediction.low <= time <= prediction.high,
                    "inside_50": prediction.low_50 <= time <= prediction.high_50,
                }
            )
    return pd.DataFrame(rows, columns=list(MARK_COLUMNS)).astype(MARK_COLUMNS)


def with_result(log: Log, race: Race, *, waterfall: pd.DataFrame | None = None) -> Any:
    """The log as it looks once this result stands in its calendar (for the forecast after the race).

    Definition: the race becomes a row of ``races``; with the bars of its ``waterfall`` what they explain (course, heat,
    stops, slowing) is taken off before the race informs fitness, and their doubt is kept (``explained``,
    ``explained_sd``, in log time): a hot day or a blow-up is not a loss of form. Where nobody knows the course the race
    stands as it is, for its hills would pass for form.

    >>> from runlab.log import Log
    >>> race = Race(pd.Timestamp("2026-06-01"), distance_m=1e4, official_time_s=2500.0)
    >>> bars = pd.DataFrame({"component": ["stops"], "kind": ["component"], "seconds": [100.0], "low": [50.0]})
    >>> bars = bars.assign(high=150.0)
    >>> with_result(Log(), race, waterfall=bars).races[["distance_m", "explained", "explained_sd"]].round(3)
       distance_m  explained  explained_sd
    0     10000.0      0.041         0.016
    """
    row: dict[str, Any] = {
        "athlete": race.athlete,
        "date": race.date,
        "name": race.name,
        "distance_m": race.distance_m,
        "official_time_s": race.official_time_s,
        "ascent_m": race.ascent_m,
        "kind": race.kind,
    }
    if waterfall is not None and len(waterfall) and race.official_time_s > 0:
        parts = waterfall[waterfall["kind"] == "component"]
        untold = set(parts.loc[parts["seconds"].isna(), "component"])
        left = race.official_time_s - min(parts["seconds"].sum(), 0.7 * race.official_time_s)
        sd = ((parts["high"] - parts["low"]) / (2 * normal_quantile(0.9))).fillna(0.0)
        ran = log.activities.reindex(columns=["activity_id", "sub_sport"])
        indoors = ran.loc[ran["activity_id"].isin(race.activity_ids), "sub_sport"].isin(INDOORS).any()
        if indoors or "course" not in untold:
            row["explained"] = math.log(race.official_time_s / left)
            row["explained_sd"] = math.hypot(float((sd**2).sum() ** 0.5) / left, UNTOLD_HEAT * ("heat" in untold))
    races = log.races[log.races["date"] != race.date]
    new = tables.conform(pd.DataFrame([row]), tables.RACES)
    after = copy(log)
    after.races = pd.concat([races, new], ignore_index=True) if len(races) else new
    return after
