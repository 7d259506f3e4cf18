"""What coach and athlete hand over: plan, weather, words."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from .. import units as _units
from ..errors import SettingsError
from ..log import Log
from ..races import Race, beside, checkpoint_table, clock_s


def read_plan(plan: Any, *, log: Log, race: Race) -> tuple[pd.DataFrame | None, pd.DataFrame]:
    """A pace plan as (``end_m``, ``elapsed_s``) and the checkpoints of a crew sheet, from a frame or a CSV.

    >>> table, points = read_plan(pd.DataFrame({"distance_km": [10, 20], "pace": ["5:00 /km", "5:06 /km"]}), log=None,
    ...                           race=Race(pd.Timestamp("2026-11-01")))
    >>> table["elapsed_s"].tolist(), len(points)
    ([3000.0, 6060.0], 0)
    """
    nothing = checkpoint_table(None)
    if plan is None:
        return None, nothing
    frame = (
        pd.read_csv(beside(plan, log=log, athlete=race.athlete), encoding="utf-8-sig")
        if isinstance(plan, (str, Path))
        else plan
    )
    frame = frame.rename(columns={c: str(c).strip().lower().replace(" ", "_") for c in frame.columns})
    metres = next(
        (
            (c, k)
            for c, k in (
                ("end_m", 1.0),
                ("distance_m", 1.0),
                ("distance_km", 1000.0),
                ("km", 1000.0),
                ("distance_mi", _units.METRES_PER_MILE),
                ("mile", _units.METRES_PER_MILE),
            )
            if c in frame.columns
        ),
        None,
    )
    if metres is None:
        raise SettingsError(
            f"a plan needs end_m, distance_km or distance_mi; found {', '.join(map(str, frame.columns))}"
        )
    if "planned_arrival" in frame.columns or "planned_arrival_s" in frame.columns:
        points = checkpoint_table(frame.assign(distance_m=pd.to_numeric(frame[metres[0]]) * metres[1]))
        return points.rename(columns={"distance_m": "end_m", "planned_arrival_s": "elapsed_s"})[
            ["end_m", "elapsed_s"]
        ].dropna(), points
    end = pd.to_numeric(frame[metres[0]], errors="coerce").to_numpy(float) * metres[1]
    length = np.diff(np.append(0.0, end))
    if "elapsed_s" in frame.columns or "elapsed" in frame.columns:
        clock = np.array([clock_s(v) for v in frame["elapsed_s" if "elapsed_s" in frame.columns else "elapsed"]], float)
    elif "time_s" in frame.columns or "time" in frame.columns:
        clock = np.cumsum([clock_s(v) for v in frame["time_s" if "time_s" in frame.columns else "time"]])
    elif "pace" in frame.columns:
        clock = np.cumsum(length / np.array([_units.parse_pace(v) for v in frame["pace"]], float))
    else:
        raise SettingsError("a plan needs a time (elapsed, time) or pace column, or planned_arrival at checkpoints")
    return pd.DataFrame({"end_m": end, "elapsed_s": np.asarray(clock, float)}).dropna(), nothing


def read_weather(weather: Any) -> tuple[Any, float]:
    """Weather as °C (a number, or seconds and °C) and relative humidity; (None, NaN) where nothing was given.

    >>> read_weather({"temperature_c": 21, "humidity_pct": 60}), read_weather(None)[0] is None
    ((21.0, 60.0), True)
    """
    if weather is None:
        return None, math.nan
    if isinstance(weather, pd.DataFrame):
        clock = weather["elapsed_s"] if "elapsed_s" in weather.columns else 3600 * weather["hours"]
        humid = weather["humidity_pct"].mean() if "humidity_pct" in weather.columns else math.nan
        return (clock.to_numpy(float), weather["temperature_c"].to_numpy(float)), float(humid)
    if isinstance(weather, Mapping):
        degrees = weather.get("temperature_c")
        return (None if degrees is None else float(degrees)), float(weather.get("humidity_pct", math.nan))
    return float(weather), math.nan


def weather_on_calendar(log: Log, race: Race) -> dict[str, float] | None:
    """The weather written beside a race in races.csv (``temperature_c``, ``humidity_pct``); None where there is none.

    >>> from runlab.log import Log
    >>> weather_on_calendar(Log(), Race(pd.Timestamp("2026-11-01"))) is None
    True
    """
    rows = log.races[log.races["date"] == race.date]
    if len(rows) > 1:
        rows = rows[rows["name"] == race.name]
    if len(rows) != 1:
        return None
    found = {
        name: float(pd.to_numeric(rows[name], errors="coerce").iloc[0])
        for name in ("temperature_c", "humidity_pct")
        if name in rows.columns
    }
    return found if math.isfinite(found.get("temperature_c", math.nan)) else None


def read_words(words: Any, *, log: Log, race: Race) -> str:
    """The athlete's own words: from a text or file, else the notes of the run; never private ones.

    >>> read_words("It was long.", log=None, race=Race(pd.Timestamp("2026-11-01")))
    'It was long.'
    """
    if words is not None:
        if isinstance(words, Path) or str(words).endswith((".md", ".txt")):
            return Path(beside(words, log=log, athlete=race.athlete)).read_text("utf-8").strip()
        return str(words).strip()
    own = log.activities[log.activities["activity_id"].isin(race.activity_ids)]
    return "\n".join(text for text in own["notes"] if text).strip()


def with_plan(own: pd.DataFrame, planned: pd.DataFrame) -> pd.DataFrame:
    """Checkpoints with the planned arrivals of a crew sheet put beside them.

    >>> with_plan(checkpoint_table(None), pd.DataFrame({"distance_m": [1000.0]}))["distance_m"].tolist()
    [1000.0]
    """
    if not len(own):
        return planned
    out = own.copy()
    for row in planned.to_dict("records"):
        off = (out["distance_m"] - row["distance_m"]).abs()
        if off.min() < 500:
            out.loc[off.idxmin(), "planned_arrival_s"] = row["planned_arrival_s"]
    return out
