"""Weeks of running, counted from the runs themselves: what phases, consistency and block comparisons stand on."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ..calendar import break_days, week_of
from ..log import Log
from .results import runs

EXCUSES = ("ill", "injury", "travel", "life")


def excused_days(log: Log, *, kinds: tuple[str, ...] = EXCUSES) -> pd.DatetimeIndex:
    """The days an athlete is excused: ill, injured, travelling, or life in the way; an open end counts as one day.

    >>> from runlab.log import Log
    >>> events = pd.DataFrame({"kind": ["ill"], "start": pd.to_datetime(["2026-05-01"]),
    ...                        "end": pd.to_datetime(["2026-05-03"])})
    >>> len(excused_days(Log(events=events)))
    3
    """
    days: list[pd.Timestamp] = []
    for event in log.events[log.events["kind"].isin(kinds)].to_dict("records"):
        if pd.isna(event["start"]):
            continue
        end = event["start"] if pd.isna(event["end"]) else event["end"]
        days += list(pd.date_range(event["start"], end))
    return pd.DatetimeIndex(sorted(set(days)))


def running_weeks(log: Log, *, week_start: str | None = None) -> pd.DataFrame:
    """One row per week of an athlete's log: how much, how long, how often, how fast, and how many days were excused.

    Takes a log of one athlete. Returns ``week`` (first day), ``distance_m``, ``time_s``, ``ascent_m``, ``runs``,
    ``run_days``, ``longest_m``, ``excused_days``, ``break_days`` (``calendar.breaks``), ``days`` (inside the log),
    ``unmeasured`` (runs
    without a distance); weeks without runs are rows with 0. NaN distance where no run of a week had one.

    >>> from runlab.log import Log
    >>> activities = pd.DataFrame({"sport": "running", "duplicate_of": "", "distance_m": [8000.0, 12000.0],
    ...     "date": pd.to_datetime(["2026-05-05", "2026-05-17"]), "start_time": [1, 2], "moving_time_s": 3600.0,
    ...     "ascent_m": 50.0, "athlete": "kim"})
    >>> events = pd.DataFrame({"kind": [], "start": [], "end": []})
    >>> running_weeks(Log(activities=activities, events=events, athletes={}))["distance_m"].tolist()
    [8000.0, 12000.0]
    """
    own = runs(log)
    names = [
        "week",
        "distance_m",
        "time_s",
        "ascent_m",
        "runs",
        "run_days",
        "longest_m",
        "excused_days",
        "break_days",
        "days",
        "unmeasured",
    ]
    if own.empty:
        kinds = {name: "datetime64[us]" if name == "week" else "float64" for name in names}
        return pd.DataFrame({name: pd.Series([], dtype=kind) for name, kind in kinds.items()})
    people = list(getattr(log, "athletes", {}).values())
    start = week_start or (people[0].week_start if len(people) == 1 else "monday")
    week = week_of(own["date"], start)
    weeks = pd.date_range(week.min(), week.max(), freq="7D")
    groups = own.assign(week=week).groupby("week")
    out = pd.DataFrame(
        {
            "distance_m": groups["distance_m"].sum(min_count=1),
            "time_s": groups["moving_time_s"].sum(min_count=1),
            "ascent_m": groups["ascent_m"].sum(min_count=1),
            "runs": groups.size().astype(float),
            "run_days": groups["date"].nunique().astype(float),
            "longest_m": groups["distance_m"].max(),
            "unmeasured": groups["distance_m"].apply(lambda d: float(d.isna().sum())),
        }
    ).reindex(weeks)
    none = out["runs"].isna()
    out[none] = 0.0
    excused = excused_days(log)
    first, last = own["date"].min(), own["date"].max()

    def by_week(days: pd.DatetimeIndex) -> np.ndarray:
        inside = days[(days >= first) & (days <= last)]
        counts = week_of(pd.Series(inside), start).value_counts() if len(inside) else pd.Series(dtype=float)
        return counts.reindex(weeks).fillna(0.0).to_numpy()

    out["excused_days"], out["break_days"] = by_week(excused), by_week(break_days(own["date"], start=first, end=last))
    out["days"] = by_week(pd.date_range(first, last))
    return out.rename_axis("week").reset_index()[names].assign(week=lambda f: f["week"].astype("datetime64[us]"))


def smooth_weeks(values: np.ndarray, half: int = 1) -> np.ndarray:
    """Running median over 2 half + 1 weeks, shorter at the ends; NaN left out.

    >>> smooth_weeks(np.array([1.0, 9.0, 2.0, 3.0])).tolist()
    [5.0, 2.0, 3.0, 2.5]
    """
    out = np.full(len(values), np.nan)
    for i in range(len(values)):
        part = values[max(i - half, 0) : i + half + 1]
        if np.isfinite(part).any():
            out[i] = np.nanmedian(part)
    return out
