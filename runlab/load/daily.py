"""Sessions summed up by day, on a calendar without gaps."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from .. import tables
from ..log import Log
from ..numerics import column
from ..units import parse_day
from .calendar import owners
from .session import METHODS, session_load

_ON_FOOT = ("running",)


def daily_load(log: Log, *, method: str = "best", through: Any = None) -> pd.DataFrame:
    """What each day held, in two channels: the load of everything, and what running did to the legs.

    Whole body: ``load`` sums all sports (see ``session_load`` for ``method``). Running: distance, time, climbing,
    descending, the longest run, steps (``run_steps``: cadence times moving time, one impact each) and the load of
    running alone (``run_load``). Every athlete's calendar runs from the first to the last activity, or ``through`` a
    day and no further, without gaps. A day without a session is 0; a day with a session that cannot be measured is
    NaN, with what is known of it in ``load_low``, and ``unmeasured_sessions`` counts them. Never is an unmeasured
    session a rest day.

    Takes a log (``activities``, ``histograms``, ``athletes``). Duplicates are left out. Returns a daily table:
    the columns of ``tables.DAILY`` without wellness, then run_load, run_steps, load_edwards, load_session_rpe.
    Raises SettingsError for another method or a date that cannot be read.
    Evidence: [A] sums; the loads as in ``session_load``.

    >>> from types import SimpleNamespace as Some
    >>> runs = pd.DataFrame({"activity_id": ["a", "b"], "athlete": "kim", "sport": "running", "timer_time_s": 3600.0,
    ...                      "date": pd.to_datetime(["2026-05-01", "2026-05-03"]), "rpe": [5.0, np.nan],
    ...                      "distance_m": [11_000.0, 12_000.0]})
    >>> empty = pd.DataFrame({"activity_id": [], "channel": [], "value": [], "seconds": []})
    >>> daily = daily_load(Some(activities=runs, histograms=empty, athletes={}), method="session_rpe")
    >>> daily[["load", "load_low", "sessions", "unmeasured_sessions", "run_distance_m"]].to_numpy().tolist()
    [[300.0, 300.0, 1.0, 0.0, 11000.0], [0.0, 0.0, 0.0, 0.0, 0.0], [nan, 0.0, 1.0, 1.0, 12000.0]]
    """
    sessions = session_load(log, method=method)
    return daily_sums(sessions, log.activities, through=through)


def daily_sums(sessions: pd.DataFrame, activities: pd.DataFrame, *, through: Any = None) -> pd.DataFrame:
    """``daily_load`` from session loads that are at hand already.

    Takes the result of ``session_load`` (or any frame with activity_id, athlete, date, sport, load; load_low,
    load_high, method if there) and the activities it came from. Returns as ``daily_load``.
    Evidence: [A] sums.

    >>> day = pd.to_datetime(["2026-05-01", "2026-05-01"])
    >>> both = pd.DataFrame({"activity_id": ["a", "b"], "athlete": "kim", "date": day, "sport": ["running", "cycling"],
    ...                      "load": [50.0, 30.0], "distance_m": [8000.0, 25_000.0]})
    >>> daily_sums(both, both)[["load", "run_load", "run_distance_m"]].iloc[0].tolist()
    [80.0, 50.0, 8000.0]
    """
    tables.check(sessions, tables.ACTIVITIES, "activity_id", "athlete", "date", "sport")
    last = None if through is None else parse_day(through, "through")
    sessions = sessions[sessions["date"].notna() if last is None else sessions["date"] <= last]
    days = _Days(sessions, last)
    if not days.size:
        nothing = tables.empty(tables.DAILY)
        return nothing.assign(
            **dict.fromkeys(
                ("run_load", "run_steps", "load_edwards", "load_session_rpe"), pd.Series([], dtype="float64")
            )
        )
    columns = _carried(sessions, activities)
    on_foot = sessions["sport"].isin(_ON_FOOT).to_numpy()
    load = sessions["load"].to_numpy(dtype=float)
    known = np.isfinite(load)
    low = sessions["load_low"].to_numpy(dtype=float) if "load_low" in sessions else load
    high = sessions["load_high"].to_numpy(dtype=float) if "load_high" in sessions else load
    out: dict[str, Any] = {
        "athlete": days.owner,
        "date": days.date,
        "sessions": days.count(),
        "unmeasured_sessions": days.count(~known),
        "load": days.total(load),
        "load_low": days.total(np.where(known, np.where(np.isfinite(low), low, load), 0.0)),
        "load_high": days.total(np.where(known, np.where(np.isfinite(high), high, load), np.nan)),
        "load_method": _methods(sessions, days),
    }
    for name, source in (
        ("run_distance_m", "distance_m"),
        ("run_time_s", "time_s"),
        ("run_ascent_m", "ascent_m"),
        ("run_descent_m", "descent_m"),
    ):
        out[name] = days.total(columns[source], on_foot)
    out["longest_run_m"] = days.largest(columns["distance_m"], on_foot)
    weight = np.nan_to_num(columns["time_s"])
    clean = np.isfinite(columns["clean_share"])
    with np.errstate(divide="ignore", invalid="ignore"):
        out["clean_share"] = days.total(np.nan_to_num(columns["clean_share"]) * weight) / days.total(
            np.where(clean, weight, 0.0)
        )
    out["run_load"] = days.total(load, on_foot)
    out["run_steps"] = days.total(columns["cadence_spm"] * columns["time_s"] / 60, on_foot)
    for name in ("load_edwards", "load_session_rpe"):
        out[name] = days.total(column(sessions, name))
    return pd.DataFrame(out, copy=False)


class _Days:
    """The cells of all calendars, one athlete after the other, and sums into them."""

    def __init__(self, sessions: pd.DataFrame, through: pd.Timestamp | None) -> None:
        code, names = owners(sessions["athlete"])
        day = sessions["date"].to_numpy().astype("datetime64[D]").astype(np.int64)
        first = np.full(len(names), np.iinfo(np.int64).max)
        last = np.full(len(names), np.iinfo(np.int64).min)
        if len(day):
            starts = np.flatnonzero(np.concatenate(([True], code[1:] != code[:-1])))
            np.minimum.at(first, code[starts], np.minimum.reduceat(day, starts))
            np.maximum.at(last, code[starts], np.maximum.reduceat(day, starts))
        if through is not None:
            last = np.full(len(names), int(np.datetime64(through, "D").astype(int)))
        order = names.to_numpy(dtype=object).argsort(kind="stable")
        rank = np.empty(len(names), dtype=np.int64)
        rank[order] = np.arange(len(names))
        first, length = first[order], (last - first + 1)[order]
        offset = np.concatenate(([0], np.cumsum(length)))
        self.size = int(offset[-1]) if len(names) else 0
        self.cell = offset[rank[code]] + day - first[rank[code]] if len(day) else np.empty(0, dtype=np.int64)
        self.owner = names.take(np.repeat(order, length)).reset_index(drop=True)
        running = np.arange(self.size) - np.repeat(offset[:-1] - first, length)
        self.date = pd.Series(running.astype("datetime64[D]").astype("datetime64[us]"))

    def count(self, where: np.ndarray | None = None) -> np.ndarray:
        cell = self.cell if where is None else self.cell[where]
        return np.bincount(cell, minlength=self.size)

    def total(self, values: np.ndarray, where: np.ndarray | None = None) -> np.ndarray:
        cell, part = (self.cell, values) if where is None else (self.cell[where], values[where])
        return np.bincount(cell, weights=part, minlength=self.size)

    def largest(self, values: np.ndarray, where: np.ndarray) -> np.ndarray:
        """The largest known value of the day; NaN where a value of the day is not known, 0 without any."""
        out = np.zeros(self.size)
        with np.errstate(invalid="ignore"):
            np.maximum.at(out, self.cell[where], values[where])
        return out


def _carried(sessions: pd.DataFrame, activities: pd.DataFrame) -> dict[str, np.ndarray]:
    """Columns of the activities in the order of the sessions."""
    wanted = {
        "distance_m": "distance_m",
        "ascent_m": "ascent_m",
        "descent_m": "descent_m",
        "cadence_spm": "average_cadence_spm",
        "clean_share": "clean_share",
    }
    same = sessions["activity_id"].array.equals(activities["activity_id"].array)
    row = (
        np.arange(len(sessions))
        if same
        else pd.Index(activities["activity_id"]).get_indexer(pd.Index(sessions["activity_id"]))
    )

    def of_sessions(name: str) -> np.ndarray:
        values = column(activities, name)
        return values if same else np.where(row >= 0, values[row], np.nan)

    out = {short: of_sessions(name) for short, name in wanted.items()}
    time = of_sessions("moving_time_s")
    for name in ("timer_time_s", "elapsed_time_s"):
        time = np.where(np.isfinite(time), time, of_sessions(name))
    return out | {"time_s": time}


def _methods(sessions: pd.DataFrame, days: _Days) -> pd.Series:
    """Which methods gave the day's load, joined by +."""
    if "method" not in sessions.columns:
        return pd.Series("", index=range(days.size), dtype="str")
    code, found = pd.factorize(sessions["method"])
    order = sorted((name for name in found if name), key=lambda m: METHODS.index(m) if m in METHODS else len(METHODS))
    mask = np.zeros(days.size, dtype=np.int64)
    for bit, name in enumerate(order):
        mask |= (days.count(code == list(found).index(name)) > 0).astype(np.int64) << bit
    words = pd.Series(
        ["+".join(name for bit, name in enumerate(order) if k >> bit & 1) for k in range(1 << len(order))], dtype="str"
    )
    return words.take(mask).reset_index(drop=True)
