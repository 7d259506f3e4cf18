"""Which local time a cut file is of: its own is written last, and lost first."""

from __future__ import annotations

from typing import cast

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
    ...                       "utc_offset_s": [7200.0, 0.0], "date_source": ["file", "home"], "date": pd.NaT})
    >>> offsets_before(table).iloc[1][["date_source", "date"]].tolist()
    ['file before', Timestamp('2026-07-03 00:00:00')]
    """
    if not len(activities) or "date_source" not in activities.columns:
        return activities
    cut = ~activities["complete"] & activities["source_format"].eq("fit") & activities["date_source"].eq("home")
    known = activities[activities["date_source"].isin(["file", "position"]) & activities["start_time"].notna()]
    out = activities.copy()
    for index, row in activities[cut & activities["start_time"].notna()].iterrows():
        ago = row["start_time"] - known.loc[known["athlete"].eq(row["athlete"]), "start_time"]
        ago = ago[(ago > pd.Timedelta(0)) & (ago <= pd.Timedelta(days=days))]
        if len(ago):
            offset = float(known.loc[ago.idxmin(), "utc_offset_s"])
            at = cast(int, index)
            out.loc[at, "utc_offset_s"], out.loc[at, "date_source"] = offset, "file before"
            out.loc[at, "date"] = local_date(row["start_time"], offset)
    return out
