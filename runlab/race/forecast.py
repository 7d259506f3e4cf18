"""The forecast of the evening before, and where the result fell on it."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

import pandas as pd

from ..progression.prediction import Prediction, predict_race
from .race import Race

MARK_COLUMNS = {"mark": "str", "time_s": float, "percentile": float, "inside_80": bool, "inside_50": bool}


def forecast(log: Any, race: Race, *, conditions: dict[str, float] | None = None, flat: bool = False) -> Prediction:
    """What time was to be expected, from nothing but the days before the race.

    Definition: ``progression.predict_race`` on race day, which uses no data of that day or later, for the official
    climb of the course (``flat``: for a flat, cool day, which the waterfall starts from).

    Takes a log of one athlete and the Race; ``conditions`` (``temperature_c``, ``ascent_m``) override.
    Returns a Prediction in s: 80 % interval, ``low_50``, ``high_50``, ``chance(time_s)``; unknown with its reason.
    Evidence: B for equivalence of distances, D for the pooling.

    >>> from runlab import tables
    >>> races = tables.conform(pd.DataFrame({"date": pd.to_datetime(["2026-03-01", "2026-04-01"]),
    ...     "distance_m": [5000.0, 10000.0], "official_time_s": [1230.0, 2560.0]}), tables.RACES)
    >>> log = SimpleNamespace(races=races, activities=tables.empty(tables.ACTIVITIES), efforts=pd.DataFrame())
    >>> forecast(log, Race(pd.Timestamp("2026-06-01"), distance_m=21097.5)).n
    2
    """
    given: dict[str, float] = {}
    if not flat and race.ascent_m > 0:
        given["ascent_m"] = race.ascent_m
    given |= conditions or {}
    kind = "road" if flat else race.kind
    return predict_race(log, race.distance_m, on=race.date, conditions=given or None, kind=kind)


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


def with_result(log: Any, race: Race) -> Any:
    """The log as it looks once this result stands in its calendar (for the forecast after the race).

    >>> from runlab import tables
    >>> log = SimpleNamespace(races=tables.empty(tables.RACES), activities=None, efforts=None)
    >>> with_result(log, Race(pd.Timestamp("2026-06-01"), distance_m=1e4, official_time_s=2500.0)).races["distance_m"]
    0    10000.0
    Name: distance_m, dtype: float64
    """
    from .. import tables

    races = log.races[log.races["date"] != race.date]
    own = tables.conform(
        pd.DataFrame(
            {
                "athlete": [race.athlete],
                "date": [race.date],
                "name": [race.name],
                "distance_m": [race.distance_m],
                "official_time_s": [race.official_time_s],
                "ascent_m": [race.ascent_m],
                "kind": [race.kind],
            }
        ),
        tables.RACES,
    )
    both = pd.concat([races, own], ignore_index=True) if len(races) else own
    return SimpleNamespace(races=both, activities=log.activities, efforts=log.efforts)
