"""Time in three zones by month, from the log's histograms and the settings that held on each day."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from ...athlete import Settings
from ...log import Log

# Upper end of easy and lower end of hard, as shares of the anchor: Friel's zones 1-2 | 3-4 | 5 of threshold heart rate,
# the common 80 and 90 % of the maximum, and Friel's pace zones 1-2 | 3-4 | 5 as speed.
LIMITS = {"threshold heart rate": (0.90, 1.00), "maximum heart rate": (0.80, 0.90), "threshold pace": (0.87, 1.00)}
_CHANNELS = {
    "threshold heart rate": "heart_rate_bpm",
    "maximum heart rate": "heart_rate_bpm",
    "threshold pace": "graded_speed_mps",
}
COLUMNS = ("month", "easy_s", "threshold_s", "hard_s", "unknown_s", "basis")
SMALLEST_SHARE = 0.5


def intensity_by_month(log: Log) -> pd.DataFrame:
    """Seconds of running easy, around threshold and hard, by month of one athlete's log.

    Each run is placed by the first anchor that is known on its day and covers half of it: threshold heart rate, then
    maximum heart rate, then threshold pace (on grade-adjusted speed). What cannot be placed is ``unknown_s``, so that
    the four add up to the time run. ``basis`` names the anchors a month used.
    """
    runs = log.activities[(log.activities["sport"] == "running") & (log.activities["duplicate_of"] == "")]
    athlete = log.only()
    held = dict(list(log.histograms.groupby(["activity_id", "channel"])))
    rows = []
    for run in runs.itertuples():
        total = next((t for t in (run.timer_time_s, run.moving_time_s, run.elapsed_time_s) if t > 0), 0.0)
        seconds, basis = np.zeros(3), ""
        for name, limits in _limits(athlete.on(run.date)).items():
            histogram = held.get((run.activity_id, _CHANNELS[name]))
            if histogram is None or histogram["seconds"].sum() < SMALLEST_SHARE * total:
                continue
            zone = np.searchsorted(np.array(limits), histogram["value"].to_numpy(), side="right")
            seconds, basis = np.bincount(zone, weights=histogram["seconds"].to_numpy(), minlength=3), name
            break
        rows.append((run.date.replace(day=1), *seconds, max(total - seconds.sum(), 0.0), basis))
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    if table.empty:
        return table
    sums = table.groupby("month")[list(COLUMNS[1:5])].sum()
    words = table.groupby("month")["basis"].agg(lambda b: " and ".join(sorted(set(b) - {""})))
    return sums.assign(basis=words).reset_index()


def _limits(now: Settings) -> dict[str, tuple[float, float]]:
    """The zone limits of every anchor known on a day, best first."""
    anchors = {
        "threshold heart rate": now.threshold_heart_rate_bpm,
        "maximum heart rate": now.max_heart_rate_bpm,
        "threshold pace": now.threshold_speed_mps,
    }
    return {
        name: (anchor * LIMITS[name][0], anchor * LIMITS[name][1])
        for name, anchor in anchors.items()
        if math.isfinite(anchor)
    }
