"""Which day a session belongs to: the athlete's local date, never the machine's."""

from __future__ import annotations

import math
from datetime import timedelta
from typing import Any, cast
from zoneinfo import ZoneInfo

import pandas as pd
from pandas.api.typing import NaTType

from ..athlete import Athlete


def local_offset(
    start: pd.Timestamp,
    *,
    stated_s: float = math.nan,
    latitude_deg: float = math.nan,
    longitude_deg: float = math.nan,
    athlete: Athlete | None = None,
) -> tuple[float, str]:
    """Local time minus UTC in seconds at the start of a session, and where that is known from.

    The file's own statement first, then the time zone at the coordinates (if the extra ``timezone`` is installed), then
    the athlete's home zone, UTC if there is none.

    Returns ``(seconds, "file" | "position" | "home")``; NaN without a start.

    >>> start = pd.Timestamp("2026-07-01 23:30", tz="UTC")
    >>> local_offset(start, athlete=Athlete("kim", home_zone="Europe/Oslo"))
    (7200.0, 'home')
    >>> local_offset(start, stated_s=-3600.0)
    (-3600.0, 'file')
    """
    if start is pd.NaT or start is None:
        return math.nan, ""
    if stated_s is not None and math.isfinite(stated_s):
        return float(stated_s), "file"
    if math.isfinite(latitude_deg) and math.isfinite(longitude_deg):
        zone = _zone_at(latitude_deg, longitude_deg)
        if zone is not None:
            return _offset(start, zone), "position"
    return _offset(start, ZoneInfo(athlete.home_zone if athlete else "UTC")), "home"


def local_date(start: pd.Timestamp | None, utc_offset_s: float) -> pd.Timestamp | NaTType:
    """The local date of an instant, at midnight without a zone; NaT if either is unknown.

    >>> local_date(pd.Timestamp("2026-07-01 23:30", tz="UTC"), 7200.0)
    Timestamp('2026-07-02 00:00:00')
    """
    if start is pd.NaT or start is None or not math.isfinite(utc_offset_s):
        return pd.NaT
    return (start.tz_convert("UTC").tz_localize(None) + pd.Timedelta(seconds=utc_offset_s)).normalize().as_unit("us")


def _offset(start: pd.Timestamp, zone: Any) -> float:
    return cast(timedelta, start.tz_convert(zone).utcoffset()).total_seconds()


def _zone_at(latitude: float, longitude: float) -> ZoneInfo | None:
    try:
        from tzfpy import get_tz  # the optional extra "timezone"
    except ImportError:
        return None
    try:
        return ZoneInfo(get_tz(longitude, latitude))
    except Exception:  # a zone newer than the machine's own list of zones
        return None
