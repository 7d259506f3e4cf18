"""Weeks: what each held, how it changed, and which were lighter on purpose."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ..errors import SettingsError, one_of
from .calendar import daily_calendar
from .fitness import sessions_by_day

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_LIGHT_IN_A_ROW = 2
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
    begin = _WEEKDAYS.index(one_of("week_start", week_start, _WEEKDAYS))
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
    drop: float = 0.15,
    weeks: int = 3,
    measure: str = "run_distance_m",
    week_start: str = "monday",
) -> pd.DataFrame:
    """Lighter weeks, and how long it is since the last one.

    A week that holds at most ``1 - drop`` of the mean of the ``weeks`` weeks before it, step-back weeks among those
    left out, so that a light week does not lower the bar for the next. From the third such week in a row on it is no
    step back but the new normal, and the bar is taken from the light weeks. A week without any
    ``measure`` is a break, not a step back; ``weeks_since`` counts from either.

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
    if not 0 < drop < 1:
        raise SettingsError(f"drop must lie between 0 and 1, not {drop}")
    if weeks < 1:
        raise SettingsError(f"weeks must be 1 or more, not {weeks}")
    totals = weekly_totals(daily, week_start=week_start)
    value = totals[measure].to_numpy(dtype=float) if measure in totals else np.full(len(totals), np.nan)
    value = np.where(totals["days"] == 7, value, np.nan)
    owner = totals["athlete"].to_numpy(dtype=object) if "athlete" in totals else np.full(len(totals), "")
    mean, since, step = np.full(len(value), np.nan), np.full(len(value), np.nan), np.zeros(len(value), dtype=bool)
    reason = [""] * len(value)
    normal: list[float] = []
    light: list[float] = []
    last = -1
    for k in range(len(value)):
        if k == 0 or owner[k] != owner[k - 1]:
            normal, light, last = [], [], -1
        if not np.isfinite(value[k]):
            reason[k] = "the week is not complete" if totals["days"].iloc[k] < 7 else "part of the week is unmeasured"
        elif len(normal) < weeks:
            reason[k] = f"needs {weeks} measured weeks before it"
        else:
            mean[k] = np.mean(normal[-weeks:])
            step[k] = 0 < value[k] <= (1 - drop) * mean[k] + 1e-9
            reason[k] = "" if value[k] > 0 else "nothing that week: a break"
            if step[k] and len(light) == _LIGHT_IN_A_ROW:
                step[k], normal, reason[k] = False, light, "lighter for the third week in a row: the new normal"
        if step[k]:
            light.append(value[k])
        elif value[k] != 0:  # a break neither ends nor lengthens a row of lighter weeks
            light = []
        if step[k] or value[k] <= 0:
            last = k
        elif np.isfinite(value[k]):
            normal.append(value[k])
        since[k] = k - last if last >= 0 else np.nan
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(mean > 0, value / mean, np.nan)
    out: dict[str, Any] = {"athlete": totals["athlete"]} if "athlete" in totals else {}
    out |= {
        "week": totals["week"],
        "value": value,
        "mean_before": mean,
        "share": share,
        "is_step_back": step,
        "weeks_since": since,
        "reason": pd.Series(reason, dtype="str"),
    }
    return pd.DataFrame(out)
