"""Time in three zones by month, from the log's histograms and the settings that held on each day."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from ...athlete import Settings
from ...log import Log
from ...zones import heart_rate_zones, pace_zones

COLUMNS = ("month", "easy_s", "threshold_s", "hard_s", "unknown_s", "basis")
SMALLEST_SHARE = 0.5
# Which zone of each set begins "threshold", and which begins "hard"; what lies below is easy.
_CUTS = {"friel_lthr": ("3", "5a"), "percent_max": ("4", "5"), "pace": ("3", "5")}


def intensity_by_month(log: Log, *, threshold_heart_rate_bpm: float = math.nan) -> pd.DataFrame:
    """Seconds of running easy, around threshold and hard, by month of one athlete's log.

    Each run is placed by the first anchor that is known on its day and covers half of it: threshold heart rate (Friel's
    zones 1-2, 3-4, 5), the one estimated from the athlete's own efforts (``threshold_heart_rate_bpm``), maximum heart
    rate (below 80 %, to 90 %, above), threshold pace (below 87 %, to 105 %, above, on grade-adjusted speed). What
    cannot be placed is ``unknown_s``, so that the four add up to the time run; ``basis`` names the anchors of a month.
    """
    runs = log.activities[(log.activities["sport"] == "running") & (log.activities["duplicate_of"] == "")]
    athlete = log.only()
    held = dict(list(log.histograms.groupby(["activity_id", "channel"])))
    rows = []
    for run in runs.itertuples():
        total = next((t for t in (run.timer_time_s, run.moving_time_s, run.elapsed_time_s) if t > 0), 0.0)
        seconds, basis = np.zeros(3), ""
        for name, zones, cuts in _anchors(athlete.on(run.date), threshold_heart_rate_bpm):
            histogram = held.get((run.activity_id, zones["channel"].iloc[0]))
            if histogram is None or histogram["seconds"].sum() < SMALLEST_SHARE * total:
                continue
            limits = [float(zones.loc[zones["zone"] == cut, "low"].iloc[0]) for cut in cuts]
            place = np.searchsorted(limits, histogram["value"].to_numpy(), side="right")
            seconds, basis = np.bincount(place, weights=histogram["seconds"].to_numpy(), minlength=3), name
            break
        rows.append((run.date.replace(day=1), *seconds, max(total - seconds.sum(), 0.0), basis))
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    if table.empty:
        return table
    sums = table.groupby("month")[list(COLUMNS[1:5])].sum()
    words = table.groupby("month")["basis"].agg(lambda b: " and ".join(sorted(set(b) - {""})))
    return sums.assign(basis=words).reset_index()


def _anchors(now: Settings, estimated_bpm: float) -> Iterator[tuple[str, pd.DataFrame, tuple[Any, Any]]]:
    """The zones that can be drawn on a day, best first: what they rest on, their table, and the two cuts."""
    if math.isfinite(now.threshold_heart_rate_bpm):
        zones = heart_rate_zones("friel_lthr", threshold_heart_rate_bpm=now.threshold_heart_rate_bpm)
        yield "threshold heart rate", zones, _CUTS["friel_lthr"]
    elif math.isfinite(estimated_bpm):
        zones = heart_rate_zones("friel_lthr", threshold_heart_rate_bpm=estimated_bpm)
        yield "threshold heart rate estimated from efforts", zones, _CUTS["friel_lthr"]
    if math.isfinite(now.max_heart_rate_bpm):
        zones = heart_rate_zones("percent_max", max_heart_rate_bpm=now.max_heart_rate_bpm)
        yield "maximum heart rate", zones, _CUTS["percent_max"]
    if math.isfinite(now.threshold_speed_mps):
        yield "threshold pace", pace_zones(now.threshold_speed_mps), _CUTS["pace"]
