"""Weeks: what each held, how it changed, and which were lighter on purpose."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ..athlete import WEEKDAYS
from ..calendar import LIGHTER_BY, lighter_weeks
from ..errors import one_of
from ..numerics import column
from .calendar import daily_calendar
from .fitness import sessions_by_day

_TOTALS = ("load", "run_distance_m", "run_time_s", "run_ascent_m", "run_descent_m")


def weekly_totals(daily: pd.DataFrame, *, week_start: str = "monday", smallest_base_m: float = 10_000) -> pd.DataFrame:
    """What each week held: load, distance, time, climbing, the longest run, and the change from the week before.

    Takes a daily table with ``date``; whichever of load, load_low, load_high, run_distance_m, run_time_s, run_ascent_m,
    run_descent_m, longest_run_m, sessions, unmeasured_sessions it has. Days without a row are rest days.
    Returns athlete, week (its first day), days (of it within the table), the sums, known_share (of the sessions, those
    with measured load; NaN in a week of rest), distance_change_m and distance_change_pct. A sum over an unmeasured day
    is NaN; load_low then holds what is known of it and load_high is NaN. The percentage is NaN from a base below
    ``smallest_base_m`` or between incomplete weeks.
    Raises SettingsError for another weekday.
    Evidence: [A] sums; [X] for a 10 % limit (a randomised trial found no effect: Buist 2008).

    >>> days = pd.date_range("2026-01-05", periods=14)
    >>> daily = pd.DataFrame({"date": days, "run_distance_m": [8000.0] * 7 + [9000.0] * 7})
    >>> print(weekly_totals(daily)[["week", "days", "run_distance_m", "distance_change_pct"]])
            week  days  run_distance_m  distance_change_pct
    0 2026-01-05     7         56000.0                  NaN
    1 2026-01-12     7         63000.0                 12.5
    """
    spread = daily_calendar(daily)
    begin = WEEKDAYS.index(one_of("week_start", week_start, WEEKDAYS))
    people, width = spread.shape
    day = spread.first[:, None] + np.arange(width)
    # 1970-01-01 was a Thursday, weekday 3
    week = np.where(spread.valid, (day + 3 - begin) // 7, -(10**6))
    start = week[:, :1] if width else np.zeros((people, 1), dtype=int)
    weeks = int((week.max(initial=0, axis=1) - start[:, 0]).max(initial=-1)) + 1 if width else 0
    slot = np.arange(people)[:, None] * max(weeks, 1) + week - start
    slot, size = slot[spread.valid], people * weeks
    number = np.bincount(slot, minlength=size)[:size]
    kept = number > 0
    owner = np.repeat(np.arange(people), weeks)[kept]
    monday = (start + np.arange(weeks)).reshape(-1)[kept] * 7 - 3 + begin

    def total(name: str) -> np.ndarray:
        return np.bincount(slot, weights=spread.matrix(name)[spread.valid], minlength=size)[:size][kept]

    out: dict[str, object] = {"athlete": spread.names.take(owner).reset_index(drop=True)} if spread.has_athlete else {}
    out["week"] = pd.Series(monday.astype("datetime64[D]").astype("datetime64[us]"))
    out["days"] = number[kept]
    out |= {name: total(name) for name in _TOTALS if name in daily.columns}
    if "load" in daily.columns:
        load = spread.matrix("load")[spread.valid]
        there = np.isfinite(load)
        for name in ("load_low", "load_high"):
            if name in daily.columns:
                ends = spread.matrix(name)[spread.valid]
                ends = np.where(np.isfinite(ends), ends, 0.0 if name == "load_low" else np.nan)
            else:
                ends = np.where(there, load, 0.0 if name == "load_low" else np.nan)
            out[name] = np.bincount(slot, weights=ends, minlength=size)[:size][kept]
        done, measured = (
            np.bincount(slot, weights=part[spread.valid], minlength=size)[:size][kept]
            for part in sessions_by_day(spread, np.isfinite(spread.matrix("load")))
        )
        out["known_share"] = np.divide(measured, done, out=np.full(len(done), np.nan), where=done > 0)
    for name in ("sessions", "unmeasured_sessions"):
        if name in daily.columns:
            out[name] = total(name).astype("int64")
    if "longest_run_m" in daily.columns:
        longest = np.zeros(size)
        with np.errstate(invalid="ignore"):
            np.maximum.at(longest, slot, spread.matrix("longest_run_m")[spread.valid])
        out["longest_run_m"] = longest[kept]
    if "run_distance_m" in daily.columns:
        distance, full = np.asarray(out["run_distance_m"]), number[kept] == 7
        before = np.concatenate(([np.nan], distance[:-1]))
        same = np.concatenate(([False], (owner[1:] == owner[:-1]) & full[:-1])) & full
        out["distance_change_m"] = np.where(same, distance - before, np.nan)
        with np.errstate(divide="ignore", invalid="ignore"):
            share = np.where(before >= smallest_base_m, 100 * (distance - before) / before, np.nan)
        out["distance_change_pct"] = np.where(same, share, np.nan)
    return pd.DataFrame(out)


def step_back_weeks(
    daily: pd.DataFrame,
    *,
    drop: float = LIGHTER_BY,
    weeks: int = 3,
    measure: str = "run_distance_m",
    week_start: str = "monday",
) -> pd.DataFrame:
    """Lighter weeks, and how long it is since the last one.

    The rule is ``calendar.lighter_weeks``: at most ``1 - drop`` of each of the ``weeks`` weeks before, lighter
    weeks left out; the third in a row is the new normal; a week without any ``measure`` is a break.

    Takes a daily table with ``date`` and ``measure`` ("run_distance_m", "load" or "run_time_s").
    Returns athlete, week, value, mean_before, share, is_step_back, weeks_since, reason. NaN share for the first weeks,
    incomplete weeks and weeks with an unmeasured day; a week that cannot be judged is not called a step back.
    Raises SettingsError for a wrong setting.
    Evidence: [C] coaching convention; no trial in runners found. Plans cut by 20-30 %; what is run is cut by less, so
    15 % is asked for [D] (precision and recall in benchmarks/README.md).

    >>> km = [50, 52, 54, 36, 55, 57]
    >>> days = pd.date_range("2026-01-05", periods=42)
    >>> table = step_back_weeks(pd.DataFrame({"date": days, "run_distance_m": np.repeat(km, 7) * 1000 / 7}))
    >>> print(table.loc[table["is_step_back"], ["week", "value", "share"]])
            week    value     share
    3 2026-01-26  36000.0  0.692308
    """
    one_of("measure", measure, ("run_distance_m", "load", "run_time_s"))
    totals = weekly_totals(daily, week_start=week_start)
    value = column(totals, measure)
    value = np.where(totals["days"] == 7, value, np.nan)
    owner = totals["athlete"] if "athlete" in totals else pd.Series("", index=totals.index)
    parts = [lighter_weeks(value[at], drop=drop, weeks=weeks) for at in owner.groupby(owner).indices.values()]
    found = pd.concat(parts or [lighter_weeks(value, drop=drop, weeks=weeks)], ignore_index=True)
    mean = found["mean_before"].to_numpy()
    why = np.where(totals["days"] < 7, "the week is not complete", "part of the week is unmeasured")
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(mean > 0, value / mean, np.nan)
    out: dict[str, Any] = {"athlete": totals["athlete"]} if "athlete" in totals else {}
    out |= {
        "week": totals["week"],
        "value": value,
        "mean_before": mean,
        "share": share,
        "is_step_back": found["is_step_back"],
        "weeks_since": found["weeks_since"],
        "reason": found["reason"].where(np.isfinite(value), why).astype("str"),
    }
    return pd.DataFrame(out)
