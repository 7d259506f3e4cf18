"""Which local time a cut file is of: its own is written last, and lost first."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ..summary import local_date


def offsets_before(activities: pd.DataFrame, *, days: float = 14.0) -> pd.DataFrame:
    """The table with the offset of cut FIT files taken from the athlete's file before.

    A watch writes local time at the very end, so that a cut file without positions has it from the home zone alone. The
    last file of the ``days`` before that knows its own is believed instead (``date_source`` "file before"): never one
    after, as the future does not move the past.

    Takes ``activities`` with ``date_source`` and returns a new table.

    >>> table = pd.DataFrame({"athlete": "kim", "source_format": "fit", "complete": [True, False],
    ...                       "start_time": pd.to_datetime(["2026-07-01 23:30", "2026-07-02 23:30"], utc=True),
    ...                       "utc_offset_s": [7200.0, 0.0], "date_source": ["file", "home"],
    ...                       "date": pd.to_datetime(["2026-07-02", "2026-07-02"])})
    >>> offsets_before(table).iloc[1][["date_source", "date"]].tolist()
    ['file before', Timestamp('2026-07-03 00:00:00')]
    """
    if not len(activities) or "date_source" not in activities.columns:
        return activities
    cut = ~activities["complete"] & activities["source_format"].eq("fit") & activities["date_source"].eq("home")
    known = activities[activities["date_source"].isin(["file", "position"]) & activities["start_time"].notna()]
    new = {name: activities[name].tolist() for name in ("utc_offset_s", "date_source", "date")}
    for place in np.flatnonzero(cut & activities["start_time"].notna()).tolist():
        start, who = activities["start_time"].iloc[place], activities["athlete"].iloc[place]
        ago = start - known.loc[known["athlete"].eq(who), "start_time"]
        ago = ago[(ago > pd.Timedelta(0)) & (ago <= pd.Timedelta(days=days))]
        if len(ago):
            offset = float(known["utc_offset_s"].loc[ago.idxmin()])
            for name, value in zip(new, (offset, "file before", local_date(start, offset)), strict=True):
                new[name][place] = value
    columns = {name: pd.Series(v, activities.index, dtype=activities[name].dtype) for name, v in new.items()}
    return activities.assign(**columns)
