"""What a course and a day cost, as a share of the time, always with a band: hills and heat."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import pandas as pd

from ..errors import SettingsError
from ..evidence import grade_of
from ..numerics import normal_quantile

# Second-order coefficient of Elevate's quintic fit of Strava's 2017 curve (per percent grade, squared), times 1.3
# because slopes are unevenly spread, for a course that climbs and falls alike: mean |grade| in % is 200 ascent/way.
HILL_COEFFICIENT = 0.0018083953212790634 * 1.3 * 200.0**2
# Near the level a curve gives back downhill what it takes uphill (2.96 per grade); runners get less: a quarter lost.
DOWNHILL_LOST = 0.25 * 2.96
HILL_DOUBT = 0.5
COMFORTABLE_C = 12.0
HEAT_PER_DEGREE = 0.0030  # share of a 2:30 h race per degree above 12 C; Ely 2007 gives 0.0016 for winners, more behind
HEAT_DOUBT = 0.6
DEVICE_WARMTH_C = 3.0  # a watch on a warm wrist reads high
DEVICE_DOUBT_C = 4.0
WEATHER_DOUBT_C = 1.0
CONDITIONS = ("temperature_c", "ascent_m")
STATED = (*CONDITIONS, "temperature_doubt_c")


def condition_cost(
    distance_m: float,
    time_s: float,
    conditions: Mapping[str, float] | None = None,
    *,
    temperature_from: str = "weather",
) -> tuple[float, float]:
    """How much longer a race takes on this course and day than on a flat course at 12 °C, and how sure that is.

    Definition, in log time: hills 94 r^2 + 0.74 r for r = ascent / distance (a quarter of what downhills should give
    back is lost), plus or minus half; heat 0.3 % per degree above 12 °C for 2:30 h, with the square root of the
    duration (0.3 to 1.2 times), plus or minus 60 %. A temperature from a watch is lowered by 3 °C and doubted by 4 °C,
    any other by ``temperature_doubt_c`` (1 °C). What is not stated costs nothing and widens nothing: the answer is
    then "as usual".

    Takes metres, seconds and a mapping with ``temperature_c``, ``temperature_doubt_c`` and ``ascent_m`` (each may be
    missing or NaN). Returns (cost, standard deviation) in log time. Raises SettingsError for another condition.
    Evidence: A that heat and hills slow, C for the size. Ely et al., MSSE 2007;39:487; Strava 2017; spread: runlab's
    own [D].

    >>> cost, doubt = condition_cost(42195, 4 * 3600, {"temperature_c": 22.0, "ascent_m": 200.0})
    >>> round(100 * cost, 1), round(100 * doubt, 1)
    (4.2, 2.2)
    """
    given = dict(conditions or {})
    if unknown := [name for name in given if name not in STATED]:
        raise SettingsError(f"conditions may hold {', '.join(STATED)}; found {', '.join(unknown)}")
    temperature, ascent, doubt_c = (float(given.get(name, math.nan)) for name in STATED)
    cost, variance = 0.0, 0.0
    if ascent > 0 and distance_m > 0:
        climb = ascent / distance_m
        hill = math.log1p(HILL_COEFFICIENT * climb**2 + DOWNHILL_LOST * climb)
        cost, variance = cost + hill, variance + (HILL_DOUBT * hill) ** 2
    if math.isfinite(temperature):
        doubt_c = doubt_c if math.isfinite(doubt_c) else WEATHER_DOUBT_C
        if temperature_from == "device":
            temperature, doubt_c = temperature - DEVICE_WARMTH_C, DEVICE_DOUBT_C
        long = min(max(math.sqrt(max(time_s, 0.0) / 9000.0), 0.3), 1.2) if math.isfinite(time_s) else 1.0
        heat = HEAT_PER_DEGREE * long * max(temperature - COMFORTABLE_C, 0.0)
        cost += heat
        if temperature > COMFORTABLE_C - doubt_c:
            variance += (HEAT_DOUBT * heat) ** 2 + (HEAT_PER_DEGREE * long * doubt_c * 0.5) ** 2
    return cost, math.sqrt(variance)


def condition_costs(races: pd.DataFrame, *, level: float = 0.8) -> pd.DataFrame:
    """What hills and heat cost in each race, in percent of its time.

    Takes a table of races with ``distance_m`` and ``time_s``, and ``ascent_m``, ``temperature_c``,
    ``temperature_from`` where known. Returns one row per race, same index: ``value`` (%), ``low``, ``high``,
    ``level``, ``unit``, ``grade``, ``basis``. Evidence: as ``condition_cost`` (C).

    >>> races = pd.DataFrame({"distance_m": [42195.0], "time_s": [14400.0], "temperature_c": [22.0],
    ...                       "ascent_m": [200.0]})
    >>> condition_costs(races)["value"].round(1).tolist()
    [4.2]
    """
    rows = []
    for race in races.to_dict("records"):
        cost, doubt = condition_cost(
            race["distance_m"],
            race["time_s"],
            {k: race.get(k, math.nan) for k in CONDITIONS},
            temperature_from=race.get("temperature_from", "weather"),
        )
        half = normal_quantile((1 + level) / 2) * doubt
        known = [
            label
            for k, label in (("temperature_c", "temperature"), ("ascent_m", "ascent"))
            if np.isfinite(race.get(k, math.nan))
        ]
        rows.append(
            {
                "value": 100 * math.expm1(cost),
                "low": 100 * math.expm1(cost - half),
                "high": 100 * math.expm1(cost + half),
                "level": level,
                "unit": "%",
                "grade": grade_of("condition_cost"),
                "basis": " and ".join(known) if known else "neither temperature nor ascent is known",
            }
        )
    columns = ["value", "low", "high", "level", "unit", "grade", "basis"]
    return pd.DataFrame(rows, index=races.index, columns=columns)
