"""Where an athlete's threshold lay when each run was done: settings of the day first, else what the log vouches for."""

from __future__ import annotations

import math
import weakref

import numpy as np
import pandas as pd

from ..log import Log
from ..zones.hour import STATED_DOUBT, threshold
from .results import runs

# Several questions of one season ask for the same thresholds; they are kept as long as the log lives unchanged.
_KNOWN: weakref.WeakKeyDictionary = weakref.WeakKeyDictionary()


def run_thresholds(log: Log, *, every_days: int = 14, window_days: int = 182) -> pd.DataFrame:
    """Threshold speed and heart rate on the day of each run, with their doubt and where they come from.

    Definition: the athlete's settings valid on the day (doubt 2 %); where they say
    nothing, ``zones.threshold`` over the ``window_days`` before, anew every ``every_days`` of the calendar, so that
    nothing run later moves it.

    Takes a log of one athlete. Returns one row per run of ``results.runs(log)``, same index: ``threshold_speed_mps``,
    ``threshold_speed_doubt`` (relative standard deviation), ``threshold_heart_rate_bpm``,
    ``threshold_heart_rate_doubt``, ``threshold_from`` ("settings", "efforts", ""). NaN where nothing is known.
    Evidence: as ``zones.threshold``; the doubt of stated settings is runlab's own [D].

    >>> from runlab.log import Log
    >>> from runlab import tables
    >>> len(run_thresholds(Log(activities=tables.empty(tables.ACTIVITIES))))
    0
    """
    parts = [log.activities, *(getattr(log, name, None) for name in ("efforts", "races", "histograms", "athletes"))]
    key = (every_days, window_days)
    try:
        kept = _KNOWN.get(log, {}).get(key)
    except TypeError:  # a stand-in for a log that cannot be kept
        kept = None
    if kept is not None and all(a is b for a, b in zip(kept[0], parts, strict=True)):
        return kept[1].copy()
    found = _thresholds(log, every_days, window_days)
    try:
        _KNOWN.setdefault(log, {})[key] = (parts, found)
    except TypeError:
        return found
    return found.copy()


def _thresholds(log: Log, every_days: int, window_days: int) -> pd.DataFrame:
    own = runs(log)
    log.only()
    out = pd.DataFrame(
        {
            "threshold_speed_mps": np.nan,
            "threshold_speed_doubt": np.nan,
            "threshold_heart_rate_bpm": np.nan,
            "threshold_heart_rate_doubt": np.nan,
            "threshold_from": pd.Series("", index=own.index, dtype="str"),
        },
        index=own.index,
    )
    if own.empty:
        return out
    people = list(getattr(log, "athletes", {}).values())
    dates = own["date"]
    if len(people) == 1:
        stated = {day: people[0].on(day) for day in dates.unique()}
        for column in ("threshold_speed_mps", "threshold_heart_rate_bpm"):
            values = dates.map({day: float(getattr(s, column)) for day, s in stated.items()})
            out[column] = values
            out[column.rsplit("_", 1)[0] + "_doubt"] = np.where(values.notna(), STATED_DOUBT[column], np.nan)
        stated_any = out[["threshold_speed_mps", "threshold_heart_rate_bpm"]].notna().any(axis=1)
        out.loc[stated_any, "threshold_from"] = "settings"
    if not len(log.efforts):
        return out
    # Blocks of the calendar, not of the log: where it begins or ends must not move them.
    first = dates - pd.to_timedelta((dates - pd.Timestamp(0)).dt.days % every_days, unit="D")
    for day in first[out[["threshold_speed_mps", "threshold_heart_rate_bpm"]].isna().any(axis=1)].unique():
        inside = first == day
        found = threshold(log, on=day, days=window_days)
        for column, estimate in (("threshold_speed_mps", found.speed), ("threshold_heart_rate_bpm", found.heart_rate)):
            gap = inside & out[column].isna()
            if not (estimate.is_known and gap.any()):
                continue
            doubt = (estimate.high - estimate.low) / 2.563 / estimate.value
            out.loc[gap, column] = estimate.value
            out.loc[gap, column.rsplit("_", 1)[0] + "_doubt"] = doubt if math.isfinite(doubt) else 0.05
            out.loc[gap & (out["threshold_from"] == ""), "threshold_from"] = "efforts"
    return out
