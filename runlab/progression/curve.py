"""The best an athlete has done over every distance and time, fresh and after work."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from .. import tables
from ..calendar import last_day
from ..efforts import DISTANCES_M, DURATIONS_S, best_efforts, outdoors
from ..evidence import grade_of
from ..log import Log
from ..races import INDOORS
from ..terrain import grade, running_cost
from .results import runs, samples

CURVE_COLUMNS = [
    "kind",
    "distance_m",
    "time_s",
    "speed_mps",
    "graded_speed_mps",
    "value",
    "unit",
    "date",
    "activity_id",
    "start_s",
    "average_heart_rate_bpm",
    "after_s",
    "after_work_kj_kg",
    "n",
    "grade",
    "basis",
]


def _tail(records: pd.DataFrame, after_s: float, after_work_kj_kg: float) -> pd.DataFrame:
    """The part of a run that comes after so many seconds and so much work."""
    if not len(records):
        return records
    clock = tables.seconds(records["time"])
    late = clock - clock[0] >= after_s
    if after_work_kj_kg > 0:
        way = records["distance_m"].to_numpy(float)
        step = np.clip(np.diff(way, prepend=way[0]), 0, None)
        cost = np.asarray(running_cost(np.nan_to_num(grade(records).to_numpy(float))), float)
        work = np.cumsum(np.nan_to_num(step) * cost) / 1000
        late &= work >= after_work_kj_kg
    return records[late]


def pace_curve(
    log: Log, *, on: Any = None, days: int | None = 182, after_s: float = 0.0, after_work_kj_kg: float = 0.0
) -> pd.DataFrame:
    """The fastest speed held for each distance and time, with the run it comes from; also after work already done.

    Definition: the best clean effort (``best_efforts``) of the period at each standard distance and duration, then
    made never to rise with length: where a longer effort was faster, the shorter entry takes the longer one's speed.
    With ``after_s`` or ``after_work_kj_kg`` (Minetti's cost of running, kJ per kg of body) the samples are read
    again and only what came after counts. Treadmills take no part: nobody measured the belt.

    Takes a log of one athlete with ``efforts``; ``days`` before ``on`` (None: all).
    Returns one row per distance and duration: ``speed_mps`` (= ``value``), ``graded_speed_mps``, ``date``,
    ``activity_id``, ``start_s`` (into the run), ``n`` (runs that went this far). No rows where nothing is long
    enough. Evidence: A (measured), with GPS error of 1-3 % on short distances.

    >>> from runlab.log import Log
    >>> len(pace_curve(Log()))
    0
    """
    log.only()
    own = runs(log, on=on)
    if days is not None and len(own):
        own = own[own["date"] > last_day(own["date"], on) - pd.Timedelta(days=days)]
    efforts = outdoors(log.efforts)
    if after_s > 0 or after_work_kj_kg > 0:
        efforts = _late_efforts(log, own, after_s, after_work_kj_kg)
    if not len(efforts) or own.empty:
        return pd.DataFrame(columns=CURVE_COLUMNS)
    efforts = efforts[efforts["ok"].astype(bool) & (efforts["time_s"] > 0)].merge(
        own[["activity_id", "date"]], on="activity_id"
    )
    rows = []
    for kind, name in (("distance", "distance_m"), ("duration", "time_s")):
        part = efforts[efforts["kind"] == kind]
        part = part.assign(speed_mps=part["distance_m"] / part["time_s"], step=part[name].round(1))
        if part.empty:
            continue
        best = part.loc[part.groupby("step")["speed_mps"].idxmax()].sort_values("step")
        best["n"] = part.groupby("step")["activity_id"].nunique().reindex(best["step"]).to_numpy()
        best["value"] = best["speed_mps"][::-1].cummax()[::-1]
        rows.append(best)
    if not rows:
        return pd.DataFrame(columns=CURVE_COLUMNS)
    out = pd.concat(rows, ignore_index=True)
    late = f" after {after_s / 60:.0f} min" if after_s else ""
    late += f" after {after_work_kj_kg:.0f} kJ/kg" if after_work_kj_kg else ""
    out = out.assign(after_s=after_s, after_work_kj_kg=after_work_kj_kg, unit="m/s", basis="best clean effort" + late)
    return out.assign(grade=grade_of("pace_curve"))[CURVE_COLUMNS]


def _late_efforts(log: Log, own: pd.DataFrame, after_s: float, after_work_kj_kg: float) -> pd.DataFrame:
    parts = []
    enough = own[(own["elapsed_time_s"] > after_s + 120) & (own["samples"] != 0) & ~own["sub_sport"].isin(INDOORS)]
    if after_work_kj_kg > 0:  # no runner spends less than about 2.5 J/kg/m over a whole run
        enough = enough[enough["distance_m"] * 0.006 > after_work_kj_kg]
    for name in enough["activity_id"]:
        records = samples(log, name)
        if records is None:
            continue
        late = _tail(records, after_s, after_work_kj_kg)
        if len(late) < 60:
            continue
        offset = (late["time"].iloc[0] - records["time"].iloc[0]).total_seconds()
        found = best_efforts(late, distances_m=DISTANCES_M, durations_s=DURATIONS_S)
        parts.append(found.assign(activity_id=name, start_s=found["start_s"] + offset))
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()
