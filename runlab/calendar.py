"""The calendar a coach counts in: weeks, lighter weeks, breaks, the last twelve weeks, a build. One rule for each."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd

from .athlete import WEEKDAYS
from .errors import SettingsError, one_of

DAY = pd.Timedelta(days=1)
LIGHTER_BY = 0.15  # of the usual week: what a lighter week lacks at least
BREAK_DAYS = 7  # in a row without a run
BUILD_WEEKS = 16  # before a race
_LIGHT_IN_A_ROW = 2


def week_of(dates: pd.Series, week_start: str = "monday") -> pd.Series:
    """The first day of the week each date lies in.

    Takes local dates and the weekday that weeks begin on. Raises SettingsError for another weekday. Evidence: A.

    >>> week_of(pd.Series(pd.to_datetime(["2026-05-06"]))).dt.strftime("%Y-%m-%d").tolist()
    ['2026-05-04']
    """
    first = WEEKDAYS.index(one_of("week_start", week_start, WEEKDAYS))
    return (dates - pd.to_timedelta((dates.dt.day_of_week - first) % 7, unit="D")).astype("datetime64[us]")


def last_day(dates: pd.Series, on: Any = None, through: Any = None) -> pd.Timestamp:
    """The last day that may be looked at: the one before ``on``, or ``through`` itself, or the last there is.

    Raises SettingsError where both are given.

    >>> dates = pd.Series(pd.to_datetime(["2026-05-01", "2026-05-09"]))
    >>> asked = (("2026-05-09", None), (None, "2026-05-07"), (None, None))
    >>> [f"{last_day(dates, on, through):%d}" for on, through in asked]
    ['08', '07', '09']
    """
    if on is not None and through is not None:
        raise SettingsError("give on= (the days before it) or through= (that day too), not both")
    if on is not None:
        return pd.Timestamp(on).normalize() - DAY
    return pd.Timestamp(through).normalize() if through is not None else dates.max()


def in_last_weeks(dates: pd.Series, weeks: int, *, through: Any) -> pd.Series:
    """Which dates lie in the last so many weeks: seven days each, the last of them ``through``, that day included.

    >>> dates = pd.Series(pd.to_datetime(["2026-01-25", "2026-01-26", "2026-04-19", "2026-04-20"]))
    >>> in_last_weeks(dates, 12, through="2026-04-19").tolist()
    [False, True, True, False]
    """
    last = pd.Timestamp(through).normalize()
    return (dates <= last) & (dates > last - 7 * weeks * DAY)


def measured_sum(values: pd.Series, *, share: float = 0.8) -> float:
    """A total that may be set beside other totals: NaN where more than a fifth of its parts were not measured.

    Definition: the mean of the measured parts times the number of parts; 0 without parts.

    Takes a number per run, NaN = not measured. Returns the total. Evidence: A (counted).

    >>> measured_sum(pd.Series([10.0, 8.0, 6.0, 8.0, None])), measured_sum(pd.Series([10.0, None]))
    (40.0, nan)
    """
    if not len(values):
        return 0.0
    return float(values.mean() * len(values)) if values.notna().mean() >= share else math.nan


def weeks_back(
    dates: pd.Series, values: pd.Series, *, through: Any, first: Any = None, largest: bool = False
) -> pd.Series:
    """What every whole seven days back from ``through`` held, newest last: what "the last 12 weeks" are counted from.

    Takes dates and values of the same rows, the last day (included) and the day the log begins (default: the first
    date). Returns the sums (with ``largest`` the largest values), 0 for seven days without a row, NaN where more than
    a fifth of the values of such a week are not known (``measured_sum``).

    >>> dates = pd.Series(pd.to_datetime(["2026-05-01", "2026-05-04", "2026-05-11"]))
    >>> weeks_back(dates, pd.Series([1.0, 5.0, 7.0]), through="2026-05-16").tolist()
    [5.0, 7.0]
    """
    begin = dates.min() if first is None else pd.Timestamp(first)
    if pd.isna(begin):
        return pd.Series(dtype=float)
    last = pd.Timestamp(through).normalize()
    whole = max(((last - begin).days + 1) // 7, 0)
    weeks = values.groupby((last - dates).dt.days // 7)
    sums = weeks.apply(measured_sum)
    held = (weeks.max().where(sums.notna()) if largest else sums).reindex(range(whole), fill_value=0.0)
    return held[::-1].reset_index(drop=True)


def lighter_weeks(values: np.ndarray, *, drop: float = LIGHTER_BY, weeks: int = 3) -> pd.DataFrame:
    """Which weeks in a row were lighter than the athlete's own usual ones.

    Definition: a lighter week holds at most ``1 - drop`` of each of the ``weeks`` weeks before it, lighter weeks
    among those left out, so that one does not lower the bar for the next. (Of their mean, weeks that scatter by 12 %
    and nothing more would be called lighter one time in nine.) From the third such week in a row on it is
    the new normal, and the bar is taken from the light weeks. A week with nothing is a break, not a lighter week, and
    neither ends nor lengthens a row of them.

    Takes one number a week, oldest first, NaN where a week cannot be judged. Returns ``mean_before`` (NaN before
    there are ``weeks`` such weeks), ``is_step_back``, ``weeks_since`` (the last lighter week or break), ``reason``.
    Raises SettingsError for a wrong setting.
    Evidence: C, coaching convention; D for 15 % (precision and recall in benchmarks/README.md).

    >>> lighter_weeks(np.array([50.0, 52, 54, 36, 55, 57]))["is_step_back"].tolist()
    [False, False, False, True, False, False]
    """
    if not 0 < drop < 1:
        raise SettingsError(f"drop must lie between 0 and 1, not {drop}")
    if weeks < 1:
        raise SettingsError(f"weeks must be 1 or more, not {weeks}")
    mean, since, step = np.full(len(values), np.nan), np.full(len(values), np.nan), np.zeros(len(values), dtype=bool)
    reason = [""] * len(values)
    normal: list[float] = []
    light: list[float] = []
    last = -1
    for k, value in enumerate(values):
        if np.isfinite(value) and len(normal) < weeks:
            reason[k] = f"needs {weeks} measured weeks before it"
        elif np.isfinite(value):
            mean[k] = np.mean(normal[-weeks:])
            step[k] = 0 < value <= (1 - drop) * min(normal[-weeks:]) + 1e-9
            reason[k] = "" if value > 0 else "nothing that week: a break"
            if step[k] and len(light) == _LIGHT_IN_A_ROW:
                step[k], normal, reason[k] = False, light, "lighter for the third week in a row: the new normal"
        if step[k]:
            light.append(value)
        elif value != 0:  # a break neither ends nor lengthens a row of lighter weeks
            light = []
        if step[k] or value <= 0:
            last = k
        elif np.isfinite(value):
            normal.append(value)
        since[k] = k - last if last >= 0 else np.nan
    return pd.DataFrame(
        {"mean_before": mean, "is_step_back": step, "weeks_since": since, "reason": pd.Series(reason, dtype="str")}
    )


def breaks(ran: pd.Series, *, start: Any, end: Any, days: int = BREAK_DAYS) -> pd.DataFrame:
    """The breaks of a period: seven days or more in a row without a run, also at its edges.

    Takes the dates of the runs and the first and last day of the period, both included (``start`` no earlier than the
    log begins: before it nothing is known). Returns ``first``, ``last``, ``days``, oldest first. Evidence: A.

    >>> breaks(pd.Series(pd.to_datetime(["2026-05-01", "2026-05-09"])), start="2026-05-01", end="2026-05-15")
           first       last  days
    0 2026-05-02 2026-05-08     7
    """
    begin, last = pd.Timestamp(start).normalize(), pd.Timestamp(end).normalize()
    inside = {day for day in ran.dropna() if begin <= day <= last}
    edges = pd.Series(sorted(inside | {begin - DAY, last + DAY})).astype("datetime64[us]")
    off = edges.diff().dt.days - 1
    at = np.flatnonzero((off >= days).to_numpy())
    found = {
        "first": (edges.shift() + DAY).iloc[at],
        "last": (edges - DAY).iloc[at],
        "days": off.iloc[at].astype("int64"),
    }
    return pd.DataFrame(found).reset_index(drop=True)


def break_days(ran: pd.Series, *, start: Any, end: Any) -> pd.DatetimeIndex:
    """Every day of a period that lies in a break.

    >>> len(break_days(pd.Series(pd.to_datetime(["2026-05-01", "2026-05-09"])), start="2026-05-01", end="2026-05-15"))
    7
    """
    found = breaks(ran, start=start, end=end)
    days = [pd.date_range(first, last) for first, last in zip(found["first"], found["last"], strict=True)]
    return pd.DatetimeIndex(np.concatenate(days)) if days else pd.DatetimeIndex([])


def weeks_to_race(dates: pd.Series, race_day: Any) -> pd.Series:
    """How many weeks before a race each date lies: 1 is the seven days before it, 0 or less the day itself and after.

    A build is the weeks 1 to 16 (``BUILD_WEEKS``); the day of the race is no part of it.

    >>> days = pd.Series(pd.to_datetime(["2026-10-24", "2026-10-25", "2026-10-31", "2026-11-01"]))
    >>> weeks_to_race(days, "2026-11-01").tolist()
    [2, 1, 1, 0]
    """
    return ((pd.Timestamp(race_day).normalize() - dates).dt.days - 1) // 7 + 1
