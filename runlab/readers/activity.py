"""What every reader returns."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

# No watch recorded before this day, and none records more than two days from now; a computer whose own clock is wrong
# must not lose a year of runs, so "now" is never before this version was made.
EARLIEST = np.datetime64("1990-01-01")
MADE_S = 1_795_478_400.0  # 2026-11-24
AHEAD_S = 2 * 86400.0


def latest_instant_s() -> float:
    """The latest instant that can be, in seconds since 1970: two days from now.

    >>> latest_instant_s() > 1_795_478_400
    True
    """
    return max(time.time(), MADE_S) + AHEAD_S


def possible_instants(instants: np.ndarray) -> np.ndarray:
    """Which instants (``datetime64``, UTC) can be: from 1990 to two days from now. A missing one cannot.

    >>> possible_instants(np.array(["1970-01-01", "1990-01-01", "2126-02-06", "NaT"], "datetime64[us]")).tolist()
    [False, True, False, False]
    """
    latest = np.datetime64(round(latest_instant_s() * 1e6), "us")
    return (instants >= EARLIEST) & (instants <= latest)


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
        return (
            f"Activity({self.about.get('format', '?')}, {self.about.get('sport') or 'unknown sport'}, "
            f"{len(self.records):,} samples, {len(self.laps)} laps{cut})"
        )


def identity(start: Any, sha256: str) -> str:
    """An activity's id: its start instant and the first digits of the file's hash.

    >>> identity(pd.Timestamp("2026-11-01 08:00", tz="UTC"), "3fa9c0de")
    '20261101T080000-3fa9c0'
    """
    stamp = "undated" if start is None or pd.isna(start) else f"{start:%Y%m%dT%H%M%S}"
    return f"{stamp}-{sha256[:6]}" if sha256 else stamp


@cache
def _text_dtype() -> Any:
    return pd.array(["a"], dtype="str").dtype


def _as_text(values: pa.Array) -> Any:
    # The constructor behind pd.array(..., dtype="str"), without its checks: reading makes four such columns per file.
    make: Any = pd.arrays.ArrowStringArray  # pandas-stubs 3.0 does not know its dtype
    return make(pa.chunked_array([values]), dtype=_text_dtype())


def repeated(text: str, n: int) -> Any:
    """One text ``n`` times, as a pandas text array.

    >>> list(repeated("a", 2))
    ['a', 'a']
    """
    return _as_text(pa.repeat(pa.scalar(text, pa.large_string()), n))


def texts(items: list[str]) -> Any:
    """Texts as a pandas text array.

    >>> list(texts(["manual", "distance"]))
    ['manual', 'distance']
    """
    return _as_text(pa.array(items, pa.large_string()))
