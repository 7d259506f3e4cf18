"""What every reader returns."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import Any

import pandas as pd
import pyarrow as pa


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
    return pd.arrays.ArrowStringArray(pa.chunked_array([values]), dtype=_text_dtype())


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
