"""A file with several sessions (a triathlon, a chained file) to one activity each."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ..readers.activity import Activity
from .belief import believed

_NO_TOTAL = {"sport", "sub_sport", "start_time", "start_fit_s", "title"}


def split_sessions(activity: Activity) -> list[Activity]:
    """One activity for each session of a file, in order; a file with one session stays as it is.

    Takes an activity whose records and laps have a ``session`` column and whose ``about["sessions"]`` says sport, start
    and totals of each. A transition is a session of its own. Distance starts from 0 in each.
    Each is as ``believed``.
    Returns a list of activities; ``about["part"]`` counts from 1, ids end in ``-1``, ``-2`` ...

    >>> split_sessions(Activity(pd.DataFrame(), pd.DataFrame(), {"sport": "running", "sessions": [{}]}))
    [Activity(?, running, 0 samples, 0 laps)]
    """
    sessions = activity.about.get("sessions") or []
    if len(sessions) < 2 or not ("session" in activity.records.columns or activity.records.empty):
        return [believed(activity)]
    parts, before = [], 0.0
    for number, session in enumerate(sessions, start=1):
        records, laps = _part(activity.records, number), _part(activity.laps, number)
        if "distance_m" in records.columns and records["distance_m"].notna().any():
            way = records["distance_m"]
            first, last = float(way.dropna().iloc[0]), float(way.dropna().iloc[-1])
            if number > 1 and before > 0 and first >= before:  # the device counted on from the session before
                records = records.assign(distance_m=way - before)
            before = last
        about = {
            **activity.about,
            "sport": session.get("sport", ""),
            "sub_sport": session.get("sub_sport", ""),
            "start_time": session.get("start_time", pd.NaT),
            "part": number,
            "sessions": [session],
            "totals": {k: v for k, v in session.items() if k not in _NO_TOTAL},
        }
        if len(records):
            about["start_time"] = records["time"].iloc[0]
            shift = (records["time"].iloc[0] - activity.records["time"].iloc[0]).total_seconds()
            length = (records["time"].iloc[-1] - records["time"].iloc[0]).total_seconds()
            about["pauses"] = [
                (start - shift, took) for start, took in activity.about.get("pauses", []) if 0 <= start - shift < length
            ]
        if "lap" in laps.columns:
            laps = laps.assign(lap=np.arange(1, len(laps) + 1))
        parts.append(believed(Activity(_named(records, number), _named(laps, number), about)))
    return parts


def _part(frame: pd.DataFrame, number: int) -> pd.DataFrame:
    if "session" not in frame.columns:
        return frame.iloc[:0]
    return frame[frame["session"] == number].reset_index(drop=True)


def _named(frame: pd.DataFrame, number: int) -> pd.DataFrame:
    if "activity_id" not in frame.columns or frame.empty:
        return frame
    base = frame["activity_id"].iloc[0]
    return frame.assign(activity_id=f"{base}-{number}" if base else "")
