"""Sunrise and sunset from date and place, worked out offline."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
from pandas.api.typing import NaTType

HORIZON_DEG = -0.833  # the upper edge of the sun, lifted by the air
DARK_DEG = -6.0  # civil twilight over: a lamp is needed


def sun_elevation(time: Any, latitude_deg: Any, longitude_deg: Any) -> np.ndarray:
    """How high the sun stands above the horizon, in degrees.

    Definition: the low-precision formulas of the Astronomical Almanac (good to about 0.01 degrees between 1950 and
    2050); refraction left out.

    Takes instants (UTC) and places in degrees. Returns an array; NaN where the place is missing.
    Evidence: A.

    >>> noon = pd.DatetimeIndex(["2026-06-21 12:00"], tz="UTC")
    >>> sun_elevation(noon, 51.48, 0.0).round(1)
    array([62.])
    """
    index = pd.DatetimeIndex(pd.Series(time))
    days = index.as_unit("us").asi8 / 86400e6 + 2440587.5 - 2451545.0
    mean = np.radians((280.460 + 0.9856474 * days) % 360)
    anomaly = np.radians((357.528 + 0.9856003 * days) % 360)
    ecliptic = mean + np.radians(1.915 * np.sin(anomaly) + 0.020 * np.sin(2 * anomaly))
    tilt = np.radians(23.439 - 0.0000004 * days)
    ascension = np.arctan2(np.cos(tilt) * np.sin(ecliptic), np.cos(ecliptic))
    declination = np.arcsin(np.sin(tilt) * np.sin(ecliptic))
    sidereal = np.radians((280.46062 + 360.98564737 * days) % 360)
    hour = sidereal + np.radians(np.asarray(longitude_deg, float)) - ascension
    latitude = np.radians(np.asarray(latitude_deg, float))
    height = np.sin(latitude) * np.sin(declination) + np.cos(latitude) * np.cos(declination) * np.cos(hour)
    return np.degrees(np.arcsin(np.clip(height, -1, 1)))


def sun_times(
    date: Any, latitude_deg: float, longitude_deg: float, *, elevation_deg: float = HORIZON_DEG
) -> tuple[pd.Timestamp | NaTType, pd.Timestamp | NaTType]:
    """Sunrise and sunset of a day at a place, as instants in UTC; NaT where the sun does not cross the horizon.

    Takes the date, degrees, and the height that counts (-0.833 sunrise, -6 the end of civil twilight).
    Returns (rise, set) around local solar noon. Evidence: A (about a minute; hills and weather are not in it).

    >>> [f"{t:%H:%M}" for t in sun_times("2026-06-21", 51.48, 0.0)]
    ['03:43', '20:21']
    """
    day = pd.Timestamp(date)
    day = (day.tz_convert("UTC").tz_localize(None) if day.tzinfo else day).normalize()
    if not (math.isfinite(latitude_deg) and math.isfinite(longitude_deg)):
        return pd.NaT, pd.NaT
    noon = day.tz_localize("UTC") + pd.Timedelta(hours=12 - longitude_deg / 15)
    minutes = noon + pd.to_timedelta(np.arange(-720, 721), unit="min")
    height = sun_elevation(minutes, latitude_deg, longitude_deg) - elevation_deg
    top = 720 + int(np.argmax(height[600:841])) - 120
    if height[top] <= 0 or (height > 0).all():
        return pd.NaT, pd.NaT
    before, after = np.flatnonzero(height[:top] <= 0), np.flatnonzero(height[top:] <= 0)
    rise = minutes[before[-1] + 1] if len(before) else pd.NaT
    return rise, minutes[top + after[0]] if len(after) else pd.NaT
