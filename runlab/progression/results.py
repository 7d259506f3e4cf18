"""What there is to judge performance by: runs, race results joined to their files, and the best hard efforts."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd

from ..efforts import outdoors
from ..errors import RunlabError
from ..log import Log
from ..races import INDOORS, races_found
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
    "found_by": "str",
    "confidence": float,
}
RELATED = 0.15


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


def race_results(log: Log, *, on: Any = None) -> pd.DataFrame:
    """Every finished race of a log with its time, distance, climb and temperature, and where each number comes from.

    Definition: the races of ``races.races_found`` (calendar, marked, titled, run like one; as sure as not) that have
    a time: the official one, else the watch's clock over the official or standard distance. Official ascent wins over
    the watch's. What the watch measured counts where its distance is within 15 % of the race's.

    Takes a log of one athlete; ``on`` looks at the days before it. Relays are left out.
    Returns ``date``, ``name``, ``distance_m``, ``time_s``, ``time_from`` ("official", "watch"), ``ascent_m``,
    ``temperature_c``, ``temperature_from``, ``kind``, ``net_drop_m`` (by the watch), ``explained`` and
    ``explained_sd`` (log time a debrief has explained), ``activity_id``, ``found_by``, ``confidence``;
    oldest first. NaN where nothing is known; no row without a time. Evidence: A (official times), B (watch times).

    >>> from runlab.log import Log
    >>> from runlab import tables
    >>> races = pd.DataFrame({"date": pd.to_datetime(["2026-05-01"]), "distance_m": [10000.0],
    ...                       "official_time_s": [2400.0]})
    >>> log = Log(activities=tables.empty(tables.ACTIVITIES), races=tables.conform(races, tables.RACES))
    >>> race_results(log)[["distance_m", "time_s", "time_from"]].to_dict("records")
    [{'distance_m': 10000.0, 'time_s': 2400.0, 'time_from': 'official'}]
    """
    found = races_found(log)
    found = found[(found["kind"] != "relay") & (found["time_s"] > 0) & (found["distance_m"] > 0)]
    if on is not None:
        found = found[found["date"] < pd.Timestamp(on)]
    calendar = log.races[log.races["date"].notna()].drop_duplicates(["athlete", "date"])
    extra = [c for c in ("explained", "explained_sd") if c in calendar]
    said = calendar[["athlete", "date", "ascent_m", *extra]].assign(found_by="calendar")
    frame = found.merge(said, on=["athlete", "date", "found_by"], how="left", validate="many_to_one")
    watch = log.activities.drop_duplicates("activity_id").set_index("activity_id")
    watch = watch.reindex(frame["activity_id"]).reset_index(drop=True)
    watch = watch.where((watch["distance_m"] / frame["distance_m"] - 1).abs() < RELATED)
    frame = frame.assign(
        ascent_m=frame["ascent_m"].fillna(watch["ascent_m"]),
        temperature_c=watch["average_temperature_c"],
        temperature_from="device",
        net_drop_m=watch["descent_m"] - watch["ascent_m"],
    )
    return frame.reindex(columns=list(RESULT_COLUMNS)).astype(RESULT_COLUMNS)


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
    efforts = outdoors(efforts)
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
