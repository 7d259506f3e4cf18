"""What every reader returns."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pandas as pd


@dataclass(frozen=True)
class Activity:
    """One file's activity: its samples, its laps, and what the file says of itself.

    ``records`` and ``laps`` follow ``tables.RECORDS`` and ``tables.LAPS``. ``about`` is a plain dict; every reader
    gives at least ``format``, ``file_kind``, ``sport``, ``sub_sport``, ``title``, ``device``, ``start_time``,
    ``utc_offset_s``, ``complete`` and ``problems`` (a list of ``(where, reason, kept)``), the totals the file itself
    states under ``totals`` (a dict of ``activities`` columns), and one such dict per session under ``sessions``.

    >>> Activity(pd.DataFrame(), pd.DataFrame(), {"format": "gpx", "sport": "running"})
    Activity(gpx, running, 0 samples, 0 laps)
    """

    records: pd.DataFrame
    laps: pd.DataFrame
    about: dict[str, Any] = field(default_factory=dict)

    def __repr__(self) -> str:
        cut = "" if self.about.get("complete", True) else ", incomplete"
        return (f"Activity({self.about.get('format', '?')}, {self.about.get('sport') or 'unknown sport'}, "
                f"{len(self.records):,} samples, {len(self.laps)} laps{cut})")
