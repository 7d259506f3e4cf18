"""Three times of one activity: elapsed, with the timer running, and moving."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from .. import tables
from ..clean import LEFT_OUT, step_seconds
from ..numerics import column, great_circle_m, stretches

Pauses = Sequence[tuple[float, float]]

_GAP_S = 10.0  # a longer step is judged by the distance covered, not by the sample before it


def timer_steps(records: pd.DataFrame, *, pauses: Pauses = (), timed: bool = True) -> np.ndarray:
    """Seconds of timer time in each step from one sample to the next.

    A step counts if the timer ran at its first sample, less what falls into a known pause; a step from one track
    segment to the next is a pause. ``pauses`` are (seconds after the first sample, length), as the FIT reader gives
    them. Where the format has no timer events (``timed`` False), a step of over 20 s (or three usual steps) in which
    the runner stayed within 10 m, or got on by less than 0.3 m a second, is a pause too: nobody ran the night between.

    Takes the records of one activity with ``time``. Returns one value per step, one fewer than samples.

    >>> time = pd.to_datetime(["2026-05-01 08:00:00", "2026-05-01 08:00:30", "2026-05-01 08:02:00"], utc=True)
    >>> timer_steps(pd.DataFrame({"time": time}), pauses=[(40.0, 60.0)])
    array([30., 30.])
    """
    tables.check(records, tables.RECORDS, "time")
    t = tables.seconds(records["time"])
    if len(t) < 2:
        return np.empty(0)
    step = np.maximum(np.diff(t), 0.0)
    out = step.copy()
    if "timer_running" in records.columns:
        out[~records["timer_running"].to_numpy(dtype=bool)[:-1]] = 0.0
    for start, length in pauses:
        first = int(np.searchsorted(t, start, side="right")) - 1
        last = int(np.searchsorted(t, start + length, side="left"))
        for k in range(max(first, 0), min(last, len(out))):
            overlap = min(t[k + 1], start + length) - max(t[k], start)
            out[k] = min(out[k], max(step[k] - max(overlap, 0.0), 0.0))
    if "segment" in records.columns:
        out[np.diff(records["segment"].to_numpy()) != 0] = 0.0
    if not timed:
        stayed = step > max(20.0, 3 * float(np.median(step)))
        if stayed.any():
            out[stayed & (_displacement(records) < np.maximum(10.0, 0.3 * step))] = 0.0
    return out


def moving_time(
    records: pd.DataFrame,
    *,
    steps: np.ndarray | None = None,
    still_mps: float = 0.5,
    shortest_stop_s: float = 10.0,
    window_s: float = 5.0,
) -> float:
    """Seconds spent moving: timer time less standing still.

    A sample moves if it is faster than ``still_mps`` or has cadence, by majority over ``window_s``; stops shorter than
    ``shortest_stop_s`` count as moving. A step of over 10 s without samples counts as moving if it covered 10 m or more
    and was faster than ``still_mps``. Where neither speed nor cadence was measured, moving time is timer time.

    Takes the records of one activity with ``time``; ``steps`` is ``timer_steps(records)`` if at hand. Returns seconds.
    Evidence: [C] every platform has its own rule (Strava 0.9 m/s for runs); this one is close to their middle.

    >>> time = pd.date_range("2026-05-01 08:00", periods=121, freq="s", tz="UTC")
    >>> speed = np.where(np.arange(121) < 60, 3.0, 0.0)
    >>> moving_time(pd.DataFrame({"time": time, "speed_mps": speed}))
    60.0
    """
    tables.check(records, tables.RECORDS, "time")
    timer = timer_steps(records) if steps is None else steps
    if not len(timer):
        return 0.0
    speed, cadence = _speed(records), column(records, "cadence_spm")
    if not (cadence > 0).any():
        cadence = np.full(len(cadence), np.nan)  # a sensor that never counted was not there
    measured = np.isfinite(speed) | np.isfinite(cadence)
    if not measured.any():
        return float(timer.sum())
    step = np.maximum(np.diff(tables.seconds(records["time"])), 0.0)
    usual = max(float(np.median(step)), 0.1)
    moving = _majority((speed > still_mps) | (cadence > 0) | ~measured, max(1, round(window_s / usual)))[:-1]
    long = step > max(_GAP_S, 3 * usual)
    if long.any():
        went = _displacement(records)
        with np.errstate(divide="ignore", invalid="ignore"):
            moving = np.where(long & np.isfinite(went), (went >= 10.0) & (went / step > still_mps), moving)
    if LEFT_OUT in records.columns:
        moving &= ~records[LEFT_OUT].to_numpy(dtype=bool)[:-1]
    clock = np.concatenate(([0.0], np.cumsum(step)))
    for a, b in zip(*stretches(~moving), strict=True):
        if clock[b] - clock[a] < shortest_stop_s:
            moving[a:b] = True
    return float(timer[moving].sum())


def _displacement(records: pd.DataFrame) -> np.ndarray:
    """Metres between samples: along the way where known, else as the crow flies; NaN where nothing says."""
    went = np.diff(column(records, "distance_m"))
    if np.isfinite(went).all():
        return went
    straight = great_circle_m(column(records, "latitude_deg"), column(records, "longitude_deg"))
    return np.where(np.isfinite(went), went, straight)


def _speed(records: pd.DataFrame) -> np.ndarray:
    """Speed as recorded, from distance and time where it was not."""
    speed = column(records, "speed_mps")
    if np.isfinite(speed).any():
        return speed
    went, took = np.diff(column(records, "distance_m")), np.diff(tables.seconds(records["time"]))
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.append(np.where(took > 0, went / step_seconds(took, went), np.nan), np.nan)


def _majority(mask: np.ndarray, width: int) -> np.ndarray:
    """A running median of a yes/no series; the window shrinks at the ends."""
    width += 1 - width % 2
    if width < 3:
        return mask
    total = np.concatenate(([0], np.cumsum(mask)))
    middle = np.arange(len(mask))
    low, high = np.maximum(middle - width // 2, 0), np.minimum(middle + width // 2 + 1, len(mask))
    return 2 * (total[high] - total[low]) > high - low
