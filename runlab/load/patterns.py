"""How load is spread over days: how alike they are, and the last week beside the last four."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ..errors import SettingsError, one_of
from .calendar import daily_calendar, recursive_mean, running_sum


def monotony_and_strain(daily: pd.DataFrame, *, days: int = 7, sd: str = "sample") -> pd.DataFrame:
    """How alike the days of a week are, and that times the week's load.

    Monotony is the mean of the last ``days`` daily loads over their standard deviation ("sample", n - 1, or
    "population", n: 8 % apart for a week), rest days counted as 0; strain is their sum times monotony. High monotony on
    little load is harmless: look at both, against the athlete's own history.

    Takes a daily table with ``load``. Returns athlete, date, load_sum, monotony, strain, known_share (measured days of
    the window), reason. NaN in the first days, with an unmeasured day in the window, and where all days are equal.
    Raises SettingsError for fewer than 2 days or another ``sd``.
    Evidence: [C] thresholds in circulation (2.0; 6000) come from few athletes. Foster 1998.

    >>> week = pd.DataFrame({"date": pd.date_range("2026-01-05", periods=7), "load": [5, 15, 20, 20, 20, 25, 35]})
    >>> monotony_and_strain(week, sd="population").iloc[-1][["monotony", "strain"]].astype(float).round(2).tolist()
    [2.37, 331.3]
    """
    spread = daily_calendar(daily, "load")
    one_of("sd", sd, ("sample", "population"))
    if days < 2:
        raise SettingsError(f"days must be 2 or more, not {days}")
    load = spread.matrix("load")
    people, width = load.shape
    known = _measured(load, days)
    total, monotony = np.full((people, width), np.nan), np.full((people, width), np.nan)
    code = np.ones((people, width), dtype=np.int8)
    if width >= days:
        count = width - days + 1
        mean = load[:, :count].copy()
        for k in range(1, days):
            mean += load[:, k : k + count]
        mean /= days
        square = np.zeros_like(mean)
        for k in range(days):  # two passes: a week of equal days must come out as exactly no spread
            off = load[:, k : k + count] - mean
            off *= off
            square += off
        deviation = np.sqrt(square / (days - 1 if sd == "sample" else days))
        differs = deviation > 1e-9 * np.abs(mean)
        total[:, days - 1 :] = mean * days
        with np.errstate(divide="ignore", invalid="ignore"):
            monotony[:, days - 1 :] = np.where(differs, mean / deviation, np.nan)
        code[:, days - 1 :] = np.where(np.isnan(mean), 2, np.where(differs, 0, 3))
    out = spread.table(
        {
            "load_sum": total,
            "monotony": monotony,
            "strain": total * monotony,
            "known_share": known / np.minimum(np.arange(1, width + 1), days),
        }
    )
    out["reason"] = spread.text(
        code, ("", f"needs {days} days", "a day of the window is unmeasured", "every day of the window is the same")
    )
    return out


def acute_chronic_ratio(
    daily: pd.DataFrame, *, method: str = "rolling", acute_days: int = 7, chronic_days: int = 28
) -> pd.DataFrame:
    """Load of the last week beside the last four weeks, as a plain ratio. A description: it says nothing about injury.

    "rolling": mean of the last 7 days over the mean of the last 28, which contain them; "uncoupled": over the 21 days
    before the week; "ewma": running means with ``2/(days + 1)``, begun at the first day's load (Williams 2017).

    Takes a daily table with ``load``. Returns athlete, date, acute, chronic, ratio, known_share, reason. NaN before
    ``chronic_days`` days, with an unmeasured day in the window ("ewma": in the last ``chronic_days``), and where the
    chronic load is 0; after a lay-off it is large and means nothing.
    Raises SettingsError for another method or ``acute_days`` not below ``chronic_days``.
    Evidence: [X] as a predictor of injury: mathematical coupling (Lolli 2019), as good with a random chronic load
    (Impellizzeri 2020), inverse in 5,205 runners (Frandsen 2025). In no report unless asked for.

    >>> load = [30.0] * 21 + [50.0] * 7
    >>> daily = pd.DataFrame({"date": pd.date_range("2026-01-01", periods=28), "load": load})
    >>> for method in ("rolling", "uncoupled", "ewma"):
    ...     print(round(float(acute_chronic_ratio(daily, method=method)["ratio"].iloc[-1]), 2))
    1.43
    1.67
    1.25
    """
    spread = daily_calendar(daily, "load")
    one_of("method", method, ("rolling", "uncoupled", "ewma"))
    if not 1 <= acute_days < chronic_days:
        raise SettingsError(f"acute_days ({acute_days}) must be at least 1 and below chronic_days ({chronic_days})")
    load = spread.matrix("load")
    known = _measured(load, chronic_days)
    filled = np.where(np.isfinite(load), load, 0.0)
    if method == "ewma":
        begin = filled[:, 0] if filled.shape[1] else 0.0
        acute, chronic = (recursive_mean(filled, 2 / (n + 1), begin) for n in (acute_days, chronic_days))
    else:
        recent, longer = running_sum(filled, acute_days), running_sum(filled, chronic_days)
        acute = recent / acute_days
        chronic = longer / chronic_days if method == "rolling" else (longer - recent) / (chronic_days - acute_days)
    window = np.minimum(np.arange(1, load.shape[1] + 1), chronic_days)
    code = np.zeros(load.shape, dtype=np.int8)
    # a sum of differences leaves crumbs where the load is truly 0
    code[chronic <= 1e-9 * np.maximum(1.0, filled.max(initial=0.0))] = 3
    code[np.broadcast_to(known < window - 0.5, code.shape)] = 2
    code[:, : chronic_days - 1] = 1
    bad = code > 0
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = acute / chronic
    for values in (acute, chronic):
        values[(code == 1) | (code == 2)] = np.nan
    ratio[bad] = np.nan
    out = spread.table({"acute": acute, "chronic": chronic, "ratio": ratio, "known_share": known / window})
    out["reason"] = spread.text(
        code, ("", f"needs {chronic_days} days", "a day of the window is unmeasured", "no load in the longer window")
    )
    return out


def _measured(load: np.ndarray, days: int) -> np.ndarray:
    """How many of the last ``days`` days are measured."""
    there = np.isfinite(load)
    if there.all():
        return np.minimum(np.arange(1.0, load.shape[1] + 1), days)[None, :]
    return running_sum(there.astype(float), days)
