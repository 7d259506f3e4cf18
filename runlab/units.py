"""Between SI (inside) and what a coach reads: pace, kilometres, miles, clock times.

Everything inside runlab is SI; conversions happen here, at the edge, and nowhere else.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from typing import Any

import numpy as np
import pandas as pd

from .errors import SettingsError

METRES_PER_MILE = 1609.344
METRES_PER_FOOT = 0.3048

_PER = {"metric": 1000.0, "imperial": METRES_PER_MILE}
_NAME = {"metric": "km", "imperial": "mi"}


def distance_unit_m(units: str = "metric") -> float:
    """Metres in one kilometre or one mile.

    >>> distance_unit_m("imperial")
    1609.344
    """
    if units not in _PER:
        raise SettingsError(f"units must be 'metric' or 'imperial', not {units!r}")
    return _PER[units]


def distance_unit(units: str = "metric") -> str:
    """The short name of the athlete's distance unit.

    >>> distance_unit("metric"), distance_unit("imperial")
    ('km', 'mi')
    """
    distance_unit_m(units)
    return _NAME[units]


def pace_s(speed_mps: float, units: str = "metric") -> float:
    """Seconds per kilometre (or mile) at a speed in m/s; NaN where there is no speed.

    >>> pace_s(4.0)
    250.0
    """
    per = distance_unit_m(units)
    if speed_mps is None or not speed_mps > 0:
        return math.nan
    return per / float(speed_mps)


def speed_mps(pace: float, units: str = "metric") -> float:
    """Speed in m/s from a pace in seconds per kilometre (or mile).

    >>> speed_mps(250.0)
    4.0
    """
    per = distance_unit_m(units)
    return per / float(pace) if pace and pace > 0 else math.nan


def format_duration(seconds: float, *, tenths: bool = False) -> str:
    """Seconds as ``m:ss`` or ``h:mm:ss``; a dot where nothing was measured.

    >>> format_duration(13272), format_duration(245.4), format_duration(-61), format_duration(float("nan"))
    ('3:41:12', '4:05', '-1:01', '·')
    """
    if seconds is None or not math.isfinite(seconds):
        return "·"
    sign, s = ("-" if seconds < 0 else ""), abs(float(seconds))
    whole = round(s, 1) if tenths else int(math.floor(s + 0.5))
    h, rest = divmod(whole, 3600)
    m, s = divmod(rest, 60)
    sec = f"{s:04.1f}" if tenths else f"{int(s):02d}"
    return f"{sign}{int(h)}:{int(m):02d}:{sec}" if h else f"{sign}{int(m)}:{sec}"


def format_pace(speed: float, units: str = "metric") -> str:
    """A speed in m/s as a pace in the athlete's units.

    >>> format_pace(4.0816), format_pace(4.0816, "imperial"), format_pace(0.0)
    ('4:05 /km', '6:34 /mi', '·')
    """
    pace = pace_s(speed, units)
    return f"{format_duration(pace)} /{distance_unit(units)}" if math.isfinite(pace) else "·"


def format_distance(metres: float, units: str = "metric", *, digits: int = 1) -> str:
    """A distance in the athlete's units.

    >>> format_distance(42195), format_distance(42195, "imperial"), format_distance(float("nan"))
    ('42.2 km', '26.2 mi', '·')
    """
    if metres is None or not math.isfinite(metres):
        return "·"
    return f"{metres / distance_unit_m(units):.{digits}f} {distance_unit(units)}"


def format_height(metres: float, units: str = "metric") -> str:
    """An ascent or altitude in metres or feet.

    >>> format_height(1234.4), format_height(100, "imperial")
    ('1,234 m', '328 ft')
    """
    if metres is None or not math.isfinite(metres):
        return "·"
    distance_unit_m(units)
    return f"{metres:,.0f} m" if units == "metric" else f"{metres / METRES_PER_FOOT:,.0f} ft"


_CLOCK = re.compile(r"^\s*(-)?(?:(\d+):)?(\d{1,3}):(\d{1,2}(?:[.,]\d+)?)\s*$")


def parse_duration(text: str | float) -> float:
    """Seconds from ``h:mm:ss``, ``mm:ss`` or a plain number of minutes; NaN for an empty cell.

    >>> parse_duration("3:41:12"), parse_duration("46:30"), parse_duration("46.5"), parse_duration("1:03.6")
    (13272.0, 2790.0, 2790.0, 63.6)
    >>> parse_duration("soon")
    Traceback (most recent call last):
    ...
    runlab.errors.SettingsError: cannot read 'soon' as a duration; write h:mm:ss, mm:ss or minutes
    """
    if text is None or (isinstance(text, float) and math.isnan(text)):
        return math.nan
    if isinstance(text, (int, float)):
        return float(text) * 60.0
    if not (body := text.strip()):
        return math.nan
    if match := _CLOCK.match(body):
        sign, h, m, s = match.groups()
        total = int(h or 0) * 3600 + int(m) * 60 + float(s.replace(",", "."))
        return -total if sign else total
    try:
        return float(body.replace(",", ".")) * 60.0
    except ValueError:
        raise SettingsError(f"cannot read {text!r} as a duration; write h:mm:ss, mm:ss or minutes") from None


_TWO_WAYS = re.compile(r"\d{1,2}[./-]\d{1,2}[./-]\d{2,4}$")


def parse_day(value: Any, what: str = "") -> pd.Timestamp:
    """The local day meant by a date, an instant or a text with the year first; ``what`` names it in the error.

    Raises SettingsError for a day that is not in the calendar, and for one that can be read two ways.

    >>> parse_day("2026-11-01")
    Timestamp('2026-11-01 00:00:00')
    >>> parse_day("01/11/2026", "--date")
    Traceback (most recent call last):
    ...
    runlab.errors.SettingsError: --date: '01/11/2026' reads two ways, day first or month first; write 2026-11-01
    """
    where, text = f"{what}: " if what else "", str(value).strip()
    if isinstance(value, str) and _TWO_WAYS.match(text):
        example = f"{text[-4:] if text[-4:].isdigit() else 2026}-11-01"
        raise SettingsError(f"{where}{text!r} reads two ways, day first or month first; write {example}")
    known: Any = value if isinstance(value, (str, dt.date, np.datetime64)) else None
    try:
        day = pd.Timestamp(known)
        if pd.isna(day):
            raise ValueError("no day")
    except (TypeError, ValueError, OverflowError):
        if isinstance(value, str) and re.match(r"\d{4}-\d{1,2}-\d{1,2}$", text):
            raise SettingsError(f"{where}there is no day {text} in the calendar") from None
        raise SettingsError(f"{where}cannot read {value!r} as a date; write 2026-03-01") from None
    return (day.tz_localize(None) if day.tzinfo else day).normalize().as_unit("us")


_PACE = re.compile(r"^\s*(\d{1,2}):(\d{2}(?:\.\d+)?)\s*(?:min)?\s*/?\s*(km|k|mi|mile|m)?\s*$", re.IGNORECASE)


def parse_pace(text: str, units: str = "metric") -> float:
    """Speed in m/s from a written pace; ``units`` decides where the text names none.

    >>> round(parse_pace("4:05 /km"), 4), round(parse_pace("6:34 /mi"), 4)
    (4.0816, 4.0846)
    >>> parse_pace("fast")
    Traceback (most recent call last):
    ...
    runlab.errors.SettingsError: cannot read 'fast' as a pace; write 4:05 /km or 6:34 /mi
    """
    match = _PACE.match(str(text))
    if not match:
        raise SettingsError(f"cannot read {text!r} as a pace; write 4:05 /km or 6:34 /mi")
    m, s, per = match.groups()
    if per:
        units = "metric" if per.lower() in ("km", "k") else "imperial"
    return speed_mps(int(m) * 60 + float(s), units)
