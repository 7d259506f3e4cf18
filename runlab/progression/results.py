"""What there is to judge performance by: runs, race results joined to their files, and the best hard efforts."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd

from ..errors import RunlabError
from ..log import Log
from ..races import INDOORS, STANDARD_M
from .performance import vdot

STEEPEST_FALL = -0.01  # mean grade of an effort that still counts
RESULT_COLUMNS: dict[str, Any] = {
    "athlete": "str",
    "date": "datetime64[us]",
    "name": "str",
    "distance_m": float,
    "time_s": float,
    "time_from": "str",
    "ascent_m": float,
    "temperature_c": float,
    "temperature_from": "str",
    "kind": "str",
    "net_drop_m": float,
    "explained": float,
    "explained_sd": float,
    "activity_id": "str",
}


def runs(log: Log, *, start: Any = None, on: Any = None) -> pd.DataFrame:
    """The runs of a log, in order of time, doubles left out.

    Takes a log; ``start`` is the first day, ``on`` looks at the days before it. Returns rows of ``activities``.

    >>> from runlab.log import Log
    >>> activities = pd.DataFrame({"sport": ["running", "cycling"], "duplicate_of": ["", ""],
    ...                            "date": pd.to_datetime(["2026-05-01", "2026-05-02"]), "start_time": [1, 2]})
    >>> len(runs(Log(activities=activities)))
    1
    """
    frame = log.activities
    keep = (frame["sport"] == "running") & (frame["duplicate_of"].fillna("") == "") & frame["date"].notna()
    if on is not None:
        keep &= frame["date"] < pd.Timestamp(on)
    if start is not None:
        keep &= frame["date"] >= pd.Timestamp(start)
    return frame[keep].sort_values("start_time", kind="stable")


def samples(log: Log, activity_id: str) -> pd.DataFrame | None:
    """The records of a run, or None where the file behind them is gone: the totals still speak.

    >>> from runlab.log import Log
    >>> samples(Log(), "none") is None
    True
    """
    try:
        return log.records(activity_id)
    except (RunlabError, OSError, KeyError, AttributeError):
        return None


def _standard(distance_m: float) -> float:
    near = min(STANDARD_M, key=lambda d: abs(d - distance_m))
    return near if abs(near - distance_m) <= 0.025 * near else distance_m


def race_results(log: Log, *, on: Any = None) -> pd.DataFrame:
    """Every finished race of a log with its time, distance, climb and temperature, and where each number comes from.

    Definition: rows of ``races`` with an official time; where that is missing but a run of that day covers the
    distance (within 4 %), the watch's clock time over the official distance; and runs marked as a race by their
    source that are not in the table, at the nearest standard distance (within 2.5 %). Official ascent wins over the
    watch's.

    Takes a log of one athlete; ``on`` looks at the days before it. Relays are left out.
    Returns ``date``, ``name``, ``distance_m``, ``time_s``, ``time_from`` ("official", "watch"), ``ascent_m``,
    ``temperature_c``, ``temperature_from``, ``kind``, ``net_drop_m`` (by the watch), ``explained`` and
    ``explained_sd`` (log time a debrief has explained), ``activity_id``; oldest first. NaN where nothing is known; no
    row without a time. Evidence: A (official times), B (watch times).

    >>> from runlab.log import Log
    >>> from runlab import tables
    >>> races = pd.DataFrame({"date": pd.to_datetime(["2026-05-01"]), "distance_m": [10000.0],
    ...                       "official_time_s": [2400.0]})
    >>> log = Log(activities=tables.empty(tables.ACTIVITIES), races=tables.conform(races, tables.RACES))
    >>> race_results(log)[["distance_m", "time_s", "time_from"]].to_dict("records")
    [{'distance_m': 10000.0, 'time_s': 2400.0, 'time_from': 'official'}]
    """
    own = runs(log, on=on)
    races = log.races[log.races["date"].notna() & (log.races["kind"] != "relay")]
    if on is not None:
        races = races[races["date"] < pd.Timestamp(on)]
    rows, taken = [], set()
    by_date = dict(list(own[own["date"].isin(races["date"])].groupby("date")))
    for race in races.to_dict("records"):
        run = _run_of(by_date.get(race["date"]), race["distance_m"])
        time, source = race["official_time_s"], "official"
        if not time > 0:
            if run is None or not abs(run["distance_m"] / race["distance_m"] - 1) < 0.04:
                continue
            time, source = run["elapsed_time_s"] * race["distance_m"] / run["distance_m"], "watch"
        rows.append(_row(race, run, time, source, race["distance_m"], race["kind"]))
        if run is not None:
            taken.add(run["activity_id"])
    marked = own[
        (own["workout_type"] == "race")
        & ~own["activity_id"].isin(taken)
        & (own["distance_m"] > 1400)
        & ~own["date"].isin(races["date"])
    ]
    for run in marked.to_dict("records"):
        distance = _standard(run["distance_m"])
        time = run["elapsed_time_s"] * min(distance / run["distance_m"], 1.0)
        kind = "trail" if run["sub_sport"] == "trail" else ""
        told = {"athlete": run["athlete"], "date": run["date"], "name": run["title"], "ascent_m": math.nan}
        rows.append(_row(told, run, time, "watch", distance, kind))
    frame = pd.DataFrame(rows, columns=list(RESULT_COLUMNS)).astype(RESULT_COLUMNS)
    frame = frame[(frame["time_s"] > 0) & (frame["distance_m"] > 0)]
    return frame.sort_values("date", kind="stable", ignore_index=True)


def _run_of(day: pd.DataFrame | None, distance_m: float) -> dict | None:
    if day is None or day.empty or not distance_m > 0:
        return None
    wrong = (day["distance_m"] / distance_m - 1).abs()
    return day.iloc[int(wrong.argmin())].to_dict() if wrong.min() < 0.15 else None


def _row(race: dict, run: dict | None, time: float, source: str, distance: float, kind: str) -> dict:
    ascent, temperature, drop = race["ascent_m"], math.nan, math.nan
    if run is not None:
        ascent = ascent if np.isfinite(ascent) else run["ascent_m"]
        temperature, drop = run["average_temperature_c"], run["descent_m"] - run["ascent_m"]
    return {
        "athlete": race["athlete"],
        "date": race["date"],
        "name": race["name"],
        "distance_m": distance,
        "time_s": time,
        "time_from": source,
        "ascent_m": ascent,
        "temperature_c": temperature,
        "temperature_from": "device",
        "kind": kind,
        "net_drop_m": drop,
        "explained": race.get("explained", math.nan),
        "explained_sd": race.get("explained_sd", math.nan),
        "activity_id": run["activity_id"] if run is not None else "",
    }


def hard_efforts(
    log: Log,
    *,
    on: Any = None,
    days: int = 28,
    shortest_m: float = 3000.0,
    longest_m: float = 25000.0,
    without: set[str] | frozenset[str] = frozenset(),
) -> pd.DataFrame:
    """The best effort of each block of four weeks, by what it is worth (VDOT): the training's own word on form.

    Definition: of the clean best efforts over distances, the one with the highest VDOT in every ``days`` days counted
    backwards from ``on``. Runs listed in ``without`` (races) do not take part, nor do treadmills, whose belt
    nobody measured, and stretches that fall by more than 10 m a km, which no curve puts right for everyone.

    Takes a log with ``efforts``. Returns ``date``, ``distance_m``, ``time_s`` (at grade-adjusted speed where that is
    known), ``vdot``, ``activity_id``, ``average_heart_rate_bpm``; oldest first; empty where there are none.
    Evidence: D.

    >>> from runlab.log import Log
    >>> log = Log(
    ...     activities=pd.DataFrame({"activity_id": ["a"], "sport": ["running"], "duplicate_of": [""],
    ...                              "date": pd.to_datetime(["2026-05-01"]), "start_time": [1]}),
    ...     efforts=pd.DataFrame({"activity_id": ["a", "a"], "kind": ["distance"] * 2, "distance_m": [3000.0, 5000.0],
    ...                           "time_s": [700.0, 1220.0], "ok": [True, True]}))
    >>> hard_efforts(log)["distance_m"].tolist()
    [3000.0]
    """
    empty = pd.DataFrame(
        {
            "date": pd.Series([], dtype="datetime64[us]"),
            "distance_m": [],
            "time_s": [],
            "vdot": [],
            "activity_id": pd.Series([], dtype="str"),
            "average_heart_rate_bpm": [],
        }
    )
    efforts, own = log.efforts, runs(log, on=on)
    if efforts.empty or own.empty:
        return empty
    if "sub_sport" in own.columns:
        own = own[~own["sub_sport"].isin(INDOORS)]
    grade = efforts["grade"] if "grade" in efforts.columns else pd.Series(np.nan, index=efforts.index)
    chosen = efforts[
        (efforts["kind"] == "distance")
        & ~(grade < STEEPEST_FALL)
        & efforts["ok"].astype(bool)
        & (efforts["distance_m"] >= shortest_m)
        & (efforts["distance_m"] <= longest_m)
        & (efforts["time_s"] > 0)
        & ~efforts["activity_id"].isin(list(without))
    ]
    chosen = chosen.merge(own[["activity_id", "date"]], on="activity_id")
    if chosen.empty:
        return empty
    time = chosen["time_s"].to_numpy(float)
    if "graded_speed_mps" in chosen.columns:
        graded = chosen["distance_m"].to_numpy(float) / chosen["graded_speed_mps"].to_numpy(float)
        time = np.where(np.isfinite(graded) & (np.abs(graded / time - 1) < 0.15), graded, time)
    chosen = chosen.assign(time_s=time, vdot=vdot(chosen["distance_m"].to_numpy(float), time))
    end = pd.Timestamp(on) if on is not None else chosen["date"].max() + pd.Timedelta(days=1)
    block = ((end - chosen["date"]).dt.days - 1) // days
    best = chosen.loc[chosen.dropna(subset=["vdot"]).groupby(block)["vdot"].idxmax()]
    if "average_heart_rate_bpm" not in best.columns:
        best = best.assign(average_heart_rate_bpm=np.nan)
    return best.sort_values("date")[list(empty.columns)].reset_index(drop=True)


def highest_heart_rate(log: Log, *, on: Any = None, days: int = 730) -> float:
    """The athlete's highest heart rate: as stated for the day, else the highest of most runs; NaN if neither says.

    Takes a log of one athlete. Without a stated maximum the 98th percentile of the runs' highest values, from 20
    runs on. Evidence: D for the observed one, which lies low where nothing was run hard.

    >>> from runlab.log import Log
    >>> highest_heart_rate(Log())
    nan
    """
    own = runs(log, on=on)
    people = list(getattr(log, "athletes", {}).values())
    if len(people) == 1 and hasattr(people[0], "on"):
        day = on if on is not None else own["date"].max() if len(own) else None
        if day is not None and math.isfinite(stated := float(people[0].on(day).max_heart_rate_bpm)):
            return stated
    if own.empty or "max_heart_rate_bpm" not in own.columns:
        return math.nan
    seen = own.loc[own["date"] >= own["date"].max() - pd.Timedelta(days=days), "max_heart_rate_bpm"].dropna()
    return float(seen.quantile(0.98)) if len(seen) >= 20 else math.nan
