"""How long each sample holds."""

from __future__ import annotations

import numpy as np
import pandas as pd

from .. import tables

LONGEST_SAMPLE_S = 20.0


def sample_seconds(records: pd.DataFrame, *, longest_s: float = LONGEST_SAMPLE_S) -> np.ndarray:
    """How many seconds each sample stands for: the weight of every average, zone and load.

    A sample holds until the next one, but no longer than ``longest_s`` (or three usual steps where a watch records
    more rarely): smart recording is weighed right and a pause adds nothing. The last sample, samples with the timer
    stopped and samples after which the clock runs backwards stand for 0 s.

    Takes the records of one activity with ``time``; ``timer_running`` where known. Returns an array of seconds.
    Evidence: [C] smart recording leaves up to 10-20 s between samples.

    >>> time = pd.to_datetime(["2026-05-01 08:00:00", "2026-05-01 08:00:04", "2026-05-01 09:00:00"], utc=True)
    >>> sample_seconds(pd.DataFrame({"time": time}), longest_s=10)
    array([ 4., 10.,  0.])
    """
    tables.check(records, tables.RECORDS, "time", key=False)
    if not len(records):
        return np.empty(0)
    step = np.diff(tables.seconds(records["time"]))
    forward = step[step > 0]
    limit = max(longest_s, 3 * float(np.median(forward))) if len(forward) > 3 else longest_s
    held = np.append(np.clip(step, 0.0, limit), 0.0)
    if "timer_running" in records.columns:
        held = np.where(records["timer_running"].to_numpy(dtype=bool), held, 0.0)
    return held
