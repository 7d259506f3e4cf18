"""What was eaten and drunk, hour by hour, beside the plan; and the weather beside the weather trained in."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from .. import units as _units
from ..calendar import BUILD_WEEKS, weeks_to_race
from ..log import Log
from ..races import Race, beside, clock_s
from .track import Track

AMOUNTS = ("carbs_g", "planned_carbs_g", "fluid_ml", "sodium_mg", "caffeine_mg")
COLUMNS = ["hour", "hour_share", "carbs_g", "planned_carbs_g", "fluid_ml", "sodium_mg", "caffeine_mg", "entries"]
_ALSO = {
    "carbs": "carbs_g",
    "planned_carbs": "planned_carbs_g",
    "fluid": "fluid_ml",
    "sodium": "sodium_mg",
    "caffeine": "caffeine_mg",
    "start": "time",
    "notes": "note",
    "elapsed": "elapsed_s",
}


WATCH = "watch, reads high"  # where a temperature is from


def fuel_entries(log: Log, race: Race, track: Track, *, fuel: Any = None) -> pd.DataFrame:
    """Everything eaten and drunk in the race, on the race's clock.

    Takes a frame or CSV (``elapsed`` or ``elapsed_s`` since the start, or ``distance_km``, or ``time`` of day; carbs_g,
    planned_carbs_g, fluid_ml, sodium_mg, caffeine_mg, note); without it the rows of ``log.fuel`` of race day.
    Returns ``elapsed_s, distance_m, carbs_g, …, note``; an entry at the start that speaks for the whole race keeps
    elapsed 0. Raises SettingsError for a path that is not there.

    >>> own = pd.DataFrame({"elapsed": ["0:45:00"], "carbs_g": [25.0]})
    >>> fuel_entries(None, Race(pd.Timestamp("2026-11-01")), Track(), fuel=own)["elapsed_s"].tolist()
    [2700.0]
    """
    if fuel is None:
        rows = getattr(log, "fuel", pd.DataFrame())
        frame = rows[rows["date"] == race.date] if len(rows) and "date" in rows.columns else pd.DataFrame()
    else:
        frame = fuel
        if isinstance(fuel, (str, Path)):
            frame = pd.read_csv(beside(fuel, log=log, athlete=race.athlete), encoding="utf-8-sig")
            if "date" in frame.columns:
                frame = frame[pd.to_datetime(frame["date"], errors="coerce") == race.date]
    frame = frame.rename(columns={c: str(c).strip().lower().replace(" ", "_") for c in frame.columns})
    frame = frame.rename(columns={a: b for a, b in _ALSO.items() if a in frame.columns and b not in frame.columns})
    out = pd.DataFrame(
        {name: pd.to_numeric(frame[name], errors="coerce") if name in frame.columns else math.nan for name in AMOUNTS},
        index=frame.index,
    )
    out["note"] = frame["note"].fillna("").astype("str") if "note" in frame.columns else ""
    out.insert(0, "elapsed_s", _clock(frame, race, track))
    metres = np.interp(out["elapsed_s"], track.elapsed_s, track.distance_m) if len(track.elapsed_s) else math.nan
    out.insert(1, "distance_m", metres)
    out = out.sort_values("elapsed_s", kind="stable", ignore_index=True)
    return out.astype({"note": "str", **dict.fromkeys((*AMOUNTS, "elapsed_s", "distance_m"), float)})


def _clock(frame: pd.DataFrame, race: Race, track: Track) -> np.ndarray:
    n = len(frame)
    if "elapsed_s" in frame.columns:
        return np.array([clock_s(v) for v in frame["elapsed_s"]], float)
    far = next((c for c in ("distance_km", "km") if c in frame.columns), None)
    if far and len(track.elapsed_s):
        return track.time_at(pd.to_numeric(frame[far], errors="coerce").to_numpy(float) * 1000)
    if "time" not in frame.columns or track.start is pd.NaT:
        return np.zeros(n)
    offset = track.utc_offset_s if math.isfinite(track.utc_offset_s) else 0.0
    local = track.start.tz_convert("UTC").tz_localize(None) + pd.Timedelta(seconds=offset)
    out = []
    for value in frame["time"]:
        parts = str(value).split(":")
        if len(parts) < 2 or not all(p.strip().isdigit() for p in parts):
            out.append(0.0)
            continue
        at = race.date + pd.Timedelta(hours=int(parts[0]), minutes=int(parts[1]))
        out.append(max((at - local).total_seconds(), 0.0) % 86400)
    return np.array(out, float)


def fuelling(race: Race, track: Track, entries: pd.DataFrame) -> pd.DataFrame:
    """What was taken in each hour, planned and done.

    Definition: entries fall into the hour they were taken in; one entry alone within the first ten minutes is taken
    as the sum of the race and spread evenly. Self-reported; no judgement of amounts.

    Takes the Race, its Track and ``fuel_entries``. Returns a table by hour, empty where nothing is logged. Evidence: C.

    >>> fuelling(Race(pd.Timestamp("2026-11-01")), Track(), pd.DataFrame()).empty
    True
    """
    seconds = track.seconds if track.seconds > 0 else race.official_time_s
    if not len(entries) or not seconds > 0:
        return pd.DataFrame(columns=COLUMNS, dtype=float)
    hours = max(math.ceil(seconds / 3600 - 1e-9), 1)
    share = np.minimum(1.0, seconds / 3600 - np.arange(hours))
    table = pd.DataFrame({"hour": np.arange(1, hours + 1), "hour_share": share})
    whole = len(entries) == 1 and entries["elapsed_s"].iloc[0] < 600
    at = np.clip((entries["elapsed_s"].fillna(0.0) // 3600).astype(int).to_numpy(), 0, hours - 1)
    for name in AMOUNTS:
        values = entries[name].to_numpy(float)
        if not np.isfinite(values).any():
            table[name] = math.nan
        elif whole:
            table[name] = values[0] * share / share.sum()
        else:
            table[name] = np.bincount(at, np.nan_to_num(values), minlength=hours)
    table["entries"] = np.bincount(at, minlength=hours)
    return table[COLUMNS]


def fuel_practised(log: Log, race: Race) -> dict[str, float]:
    """How often fuelling was practised: runs of 90 min or more in the 16 weeks before the race with carbs logged.

    Takes a log of one athlete and the Race. Returns ``long_runs``, ``practised`` (of them) and ``carbs_g_per_hour``
    (the median of those; NaN without one). Evidence: C (self-reported).

    >>> fuel_practised(Log(), Race(pd.Timestamp("2026-11-01")))
    {'long_runs': 0, 'practised': 0, 'carbs_g_per_hour': nan}
    """
    runs, fuel = log.activities, log.fuel
    build = weeks_to_race(runs["date"], race.date).between(1, BUILD_WEEKS)
    long = runs[(runs["sport"] == "running") & build & (runs["moving_time_s"] >= 5400)]
    rate = pd.Series(dtype=float)
    if len(fuel) and "carbs_g" in fuel.columns:
        carbs = pd.to_numeric(fuel["carbs_g"], errors="coerce").groupby(fuel["date"]).sum(min_count=1)
        hours = long["elapsed_time_s"].fillna(long["moving_time_s"]) / 3600
        rate = (long["date"].map(carbs) / hours).dropna()
    return {"long_runs": len(long), "practised": len(rate), "carbs_g_per_hour": float(rate.median())}


def weather_beside(
    log: Log, race: Race, track: Track, *, temperature_c: Any = None, humidity_pct: float = math.nan
) -> pd.DataFrame:
    """The temperature of the race beside that of the runs of the six weeks before.

    Takes the weather as given, else the watch's. Returns ``when, temperature_c, low, high, n, source``.
    Evidence: C (a watch on the wrist reads about 2 to 5 °C high).

    >>> from runlab.log import Log
    >>> weather_beside(Log(), Race(pd.Timestamp("2026-11-01")), Track(), temperature_c=18.0)["when"].tolist()
    ['race']
    """
    rows = []
    if temperature_c is not None:
        values = np.atleast_1d(np.asarray(temperature_c, float))
        rows.append(
            (
                "race",
                float(values.mean()),
                float(values.min()),
                float(values.max()),
                len(values),
                "as given" + (f", {humidity_pct:.0f} % humidity" if math.isfinite(humidity_pct) else ""),
            )
        )
    elif track.has("temperature_c"):
        warm = track.channel("temperature_c")
        low, high = np.nanquantile(warm, [0.05, 0.95])
        rows.append(("race", float(np.nanmean(warm)), float(low), float(high), 1, WATCH))
    own = log.activities
    before = own[
        (own["sport"] == "running")
        & own["date"].between(race.date - pd.Timedelta(weeks=6), race.date - pd.Timedelta(days=1))
        & ~own["sub_sport"].isin(["treadmill", "indoor_running"])
    ]["average_temperature_c"].dropna()
    if len(before) >= 3:
        low, high = before.quantile([0.1, 0.9])
        rows.append(("six weeks before", float(before.mean()), float(low), float(high), len(before), WATCH))
    return pd.DataFrame(rows, columns=["when", "temperature_c", "low", "high", "n", "source"])


def temperature_words(temperature_c: float, units: str = "metric") -> str:
    """A temperature in the athlete's units.

    >>> temperature_words(20.0), temperature_words(20.0, "imperial")
    ('20 °C', '68 °F')
    """
    _units.distance_unit_m(units)
    return f"{temperature_c:.0f} °C" if units == "metric" else f"{temperature_c * 9 / 5 + 32:.0f} °F"
