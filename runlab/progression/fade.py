"""Speed per heartbeat along each long run, against the run's own start."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ..errors import RunlabError
from ..log import Log
from .blocks import run_blocks, usable_speed
from .results import runs

COLUMNS = ["quarter", "date", "activity_id", "hours", "ratio"]
SKIP_S = 900.0  # warming up
BLOCK_S = 600.0


def long_run_fade(
    log: Log,
    *,
    on: Any = None,
    quarters: int = 4,
    minutes: float = 75.0,
    most: int = 8,
    without: set[str] | None = None,
) -> pd.DataFrame:
    """Speed per heartbeat by ten minutes along the long runs of the last quarters, 1 = the run's own start.

    Definition: the start is the half hour after the first quarter of an hour. Runs with heart rate on under 80 % of
    the way, over six hours, or listed in ``without`` (races) are left out; ``most`` runs per quarter, the longest ones.

    Takes a log of one athlete; the days before ``on``. Returns ``quarter`` ("2026 Q3"), ``date``, ``activity_id``,
    ``hours``, ``ratio``; no rows where there is nothing to read. Evidence: D, as ``durability``.

    >>> long_run_fade(Log()).columns.tolist()
    ['quarter', 'date', 'activity_id', 'hours', 'ratio']
    """
    done = runs(log, on=on)
    done = done[
        (done["moving_time_s"] >= 60 * minutes)
        & (done["moving_time_s"] <= 6 * 3600)
        & ~(done["heart_rate_share"] < 0.8)
        & (done["samples"] > 0)
        & ~done["activity_id"].isin(list(without or ()))
    ]
    if done.empty:
        return pd.DataFrame({name: pd.Series([], dtype=float) for name in COLUMNS})
    quarter = done["date"].dt.to_period("Q")
    chosen = sorted(quarter.unique())[-quarters:]
    parts = []
    for name in chosen:
        longest = done[quarter == name].nlargest(most, "moving_time_s").sort_values("date")
        for run in longest.to_dict("records"):
            try:
                ratio = _along(run_blocks(log.records(run["activity_id"]), block_s=BLOCK_S))
            except (RunlabError, OSError):
                continue
            # The year comes first so that the text sorts as time does.
            parts.append(
                ratio.assign(quarter=f"{name.year} Q{name.quarter}", date=run["date"], activity_id=run["activity_id"])
            )
    if not parts:
        return pd.DataFrame({name: pd.Series([], dtype=float) for name in COLUMNS})
    return pd.concat(parts, ignore_index=True)[COLUMNS]


def _along(blocks: pd.DataFrame) -> pd.DataFrame:
    """Hours and ratio of one run; no rows if heart rate or speed is missing from the start."""
    none = pd.DataFrame({"hours": [], "ratio": []})
    if blocks.empty:
        return none
    speed, _ = usable_speed(blocks)
    ratio = speed / blocks["heart_rate_bpm"].to_numpy(float)
    moving = blocks["moving_s"].to_numpy(float)
    start = (moving >= SKIP_S) & (moving < SKIP_S + 1800)
    known = np.isfinite(ratio)
    if (start & known).sum() < 3:
        return none
    keep = known & (moving >= SKIP_S)
    return pd.DataFrame({"hours": moving[keep] / 3600, "ratio": ratio[keep] / np.median(ratio[start & known])})
