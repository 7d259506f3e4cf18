"""Seconds by heart rate and by speed: what load and zones need, so that they never read the samples again."""

from __future__ import annotations

import numpy as np
import pandas as pd

from .. import tables
from ..clean import sample_seconds
from ..tables import FLOAT, TEXT, Column, Table
from ..terrain import grade as _grade
from ..terrain import grade_adjusted_speed

HISTOGRAMS = Table(
    "histograms",
    "value of a channel in an activity",
    ("activity_id", "channel", "value"),
    (
        Column("activity_id", TEXT, "", "which activity"),
        Column("channel", TEXT, "", "heart_rate_bpm, speed_mps or graded_speed_mps"),
        Column("value", FLOAT, "", "middle of the bin: 1 beat/min or 0.05 m/s wide"),
        Column("seconds", FLOAT, "s", "timer time spent there"),
    ),
)

_WIDTH = {"heart_rate_bpm": 1.0, "speed_mps": 0.05, "graded_speed_mps": 0.05}
_MOST_BINS = 2000  # 100 m/s; whatever lies beyond is no measurement


def histograms(
    records: pd.DataFrame,
    *,
    seconds: np.ndarray | None = None,
    grade: pd.Series | None = None,
) -> pd.DataFrame:
    """How long a run was spent at each heart rate, speed and grade-adjusted speed.

    Takes the records of one activity with ``time``; channels that were not measured have no rows. ``seconds``
    (``clean.sample_seconds``) and ``grade`` (``terrain.grade``) may be handed in if known already.
    Returns a frame like ``HISTOGRAMS`` without activity_id. The seconds of a channel add up to its measured timer time.
    Evidence: [A] direct measurement.

    >>> time = pd.date_range("2026-05-01 08:00", periods=4, freq="s", tz="UTC")
    >>> histograms(pd.DataFrame({"time": time, "heart_rate_bpm": [140.0, 140, 141, np.nan]}))
              channel  value  seconds
    0  heart_rate_bpm  140.0      2.0
    1  heart_rate_bpm  141.0      1.0
    """
    tables.check(records, tables.RECORDS, "time")
    held = sample_seconds(records) if seconds is None else seconds
    parts = []
    for channel, width in _WIDTH.items():
        values = _channel(records, channel, grade)
        if values is None:
            continue
        known = np.isfinite(values) & (held > 0) & (values >= 0) & (values < _MOST_BINS * width)
        if channel == "heart_rate_bpm":
            known &= values > 0
        bins = np.rint(values[known] / width).astype(np.int64)
        spent = np.bincount(bins, weights=held[known])
        there = np.flatnonzero(spent)
        parts.append((channel, np.round(there * width, 2), spent[there]))
    counts = [len(value) for _, value, _ in parts]
    return pd.DataFrame(
        {
            "channel": pd.Series(np.repeat([channel for channel, _, _ in parts], counts), dtype="str"),
            "value": np.concatenate([np.empty(0), *(value for _, value, _ in parts)]),
            "seconds": np.concatenate([np.empty(0), *(spent for _, _, spent in parts)]),
        }
    )


def _channel(records: pd.DataFrame, channel: str, grade: pd.Series | None) -> np.ndarray | None:
    name = "speed_mps" if channel == "graded_speed_mps" else channel
    if name not in records.columns:
        return None
    values = records[name].to_numpy(dtype=float, na_value=np.nan)
    if channel == "graded_speed_mps":
        slope = _grade(records) if grade is None else grade
        return np.asarray(grade_adjusted_speed(values, slope.to_numpy(dtype=float)))
    return values
