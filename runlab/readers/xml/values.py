"""From text to values, a column at a time: numbers, instants, sport words, column names."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone
from typing import cast

import numpy as np
import pandas as pd

from ..activity import possible_instants
from ..sports import ABROAD, IN_TABLES, IN_TRACKS

# What the makers call a quantity (local name, lower case, no punctuation) -> the column of tables.RECORDS.
COLUMNS = {
    "lat": "latitude_deg", "latitudedegrees": "latitude_deg",
    "lon": "longitude_deg", "longitudedegrees": "longitude_deg",
    "ele": "altitude_m", "altitudemeters": "altitude_m", "altitude": "altitude_m",
    "time": "time",
    "distance": "distance_m", "distancemeters": "distance_m",
    "speed": "speed_mps",
    "hr": "heart_rate_bpm", "heartrate": "heart_rate_bpm", "heartratebpm": "heart_rate_bpm", "value": "heart_rate_bpm",
    "cad": "cadence_spm", "cadence": "cadence_spm", "runcadence": "cadence_spm",
    "power": "power_w", "watts": "power_w",
    "atemp": "temperature_c", "temp": "temperature_c", "temperature": "temperature_c",
    "wtemp": "water_temperature_c",
    "hacc": "gps_accuracy_m", "accuracyhorizontal": "gps_accuracy_m",
    "vacc": "vertical_accuracy_m", "accuracyvertical": "vertical_accuracy_m",
    "course": "course_deg", "bearing": "course_deg",
    "verticalspeed": "vertical_speed_mps",
    "sealevelpressure": "sea_level_pressure_hpa",
}  # fmt: skip

# Beyond these a value cannot be; it is left empty and counted. 255 is a watch's "no heart rate", 254 "no cadence".
LIMITS = {
    "latitude_deg": (-90.0, 90.0), "longitude_deg": (-180.0, 180.0), "altitude_m": (-1000.0, 20000.0),
    "distance_m": (0.0, math.inf), "speed_mps": (0.0, 150.0), "heart_rate_bpm": (0.0, 250.0),
    "cadence_spm": (0.0, 253.0), "power_w": (0.0, 5000.0), "temperature_c": (-80.0, 80.0),
    "gps_accuracy_m": (0.0, math.inf), "vertical_accuracy_m": (0.0, math.inf), "course_deg": (0.0, 360.0),
}  # fmt: skip

_SPORTS_KNOWN = {sport for words in (IN_TRACKS, IN_TABLES, ABROAD) for sport, _ in words.values()} | {""}

_WORD = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|[^0-9A-Za-z]+")
_INSTANT = re.compile(
    r"(\d{4})\D(\d{1,2})\D(\d{1,2})\D+(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:[.,](\d+))?)?\s*(?:[Zz]|UTC|GMT|([+-])(\d\d):?(\d\d)?)?$"
)
_OFFSET = re.compile(r"([+-])(\d\d):?(\d\d)?$")


def snake(words: str) -> str:
    """A name in lower case with underscores.

    >>> snake("seaLevelPressure"), snake("HeartRate"), snake("TPX-Ext")
    ('sea_level_pressure', 'heart_rate', 'tpx_ext')
    """
    return "_".join(part.lower() for part in _WORD.split(words) if part)


def sport(written: str) -> tuple[str, str]:
    """Sport and sub-sport for the word a file uses; a word nobody knows is kept as it is, in lower case.

    >>> sport("Biking"), sport("9"), sport("trail_running"), sport("Kite Surfing"), sport("")
    (('cycling', ''), ('running', ''), ('running', 'trail'), ('kite_surfing', ''), ('', ''))
    >>> sport("Course à pied"), sport("跑步机"), sport("LAUFEN")
    (('running', ''), ('running', 'treadmill'), ('running', ''))
    """
    word = snake(written)
    if word in IN_TRACKS:
        return IN_TRACKS[word]
    if (plain := re.sub(r"[\s_-]+", " ", written).strip().casefold()) in ABROAD:
        return ABROAD[plain]
    return (word or plain.replace(" ", "_")) if not plain.isdigit() else "", ""


def is_known_sport(sport: str, source_format: str) -> bool:
    """Whether a sport is one of ours and no unknown word kept as it was. FIT has numbers: those of its list are known.

    >>> is_known_sport("running", "gpx"), is_known_sport("curling", "csv"), is_known_sport("73", "fit")
    (True, False, False)
    """
    return not sport.isdigit() if source_format == "fit" else sport in _SPORTS_KNOWN


def sport_in_title(title: str) -> str:
    """The sport word a title is or ends with (platforms write "place sport"), "" where there is none.

    >>> sport_in_title("Oslo Løping"), sport_in_title("跑步机"), sport_in_title("gpx from a phone 9")
    ('Løping', '跑步机', '')
    """
    for word in (title.strip(), title.strip().rsplit(" ", 1)[-1]):
        if not word.isdigit() and (snake(word) in IN_TRACKS or word.casefold() in ABROAD):
            return word
    return ""


def number(text: str | None) -> float:
    """One number, or NaN where there is none.

    >>> number("12.5"), number("1,5"), number("undefined"), number(None)
    (12.5, 1.5, nan, nan)
    """
    try:
        value = float(text.replace(",", ".")) if text else math.nan
    except ValueError:
        return math.nan
    return value if math.isfinite(value) else math.nan


def numbers(texts: Sequence[str | None]) -> tuple[np.ndarray, int]:
    """A column of numbers, and how many texts were no number ('undefined', 'NaN', 'INF').

    >>> numbers(["1.5", None, "undefined", "12,25"])
    (array([ 1.5 ,   nan,   nan, 12.25]), 1)
    """
    given = len(texts) - texts.count(None)
    try:
        full = texts if given == len(texts) else [text or "nan" for text in texts]
        values = np.array(list(map(float, cast("Sequence[str]", full))), dtype=np.float64)
        values[~np.isfinite(values)] = np.nan
    except ValueError:
        values = np.array([number(text) for text in texts], dtype=np.float64)
    return values, given - int(np.isfinite(values).sum())


def instants(texts: Sequence[str | None]) -> np.ndarray:
    """A column of instants, ``datetime64[us]`` in UTC; NaT where there is none or it cannot be read.

    ISO 8601 with any fraction and offset is read at once; whatever that leaves (blanks, slashes, a missing zero)
    one by one. A time without a zone is UTC, as both formats lay down. Instants that cannot be are not believed
    (``activity.possible_instants``).

    >>> instants(["2026-05-01T06:30:00Z", "2026-05-01T08:30:00.25+02:00", "2026/5/1 6:30:01", "soon"]).tolist()[1:3]
    [datetime.datetime(2026, 5, 1, 6, 30, 0, 250000), datetime.datetime(2026, 5, 1, 6, 30, 1)]
    """
    stripped = [text.strip() if text else None for text in texts]
    parsed = pd.to_datetime(pd.Series(stripped, dtype=object), format="ISO8601", utc=True, errors="coerce", cache=False)
    values = parsed.dt.tz_localize(None).dt.as_unit("us").to_numpy().copy()
    for i in np.flatnonzero(np.isnat(values)):
        values[i] = _instant(stripped[i] or "")
    values[~possible_instants(values)] = np.datetime64("NaT")
    return values


def _instant(text: str) -> np.datetime64:
    """One instant written in some other way than ISO 8601."""
    found = _INSTANT.match(text)
    if not found:
        return np.datetime64("NaT")
    year, month, day, hour, minute, second, fraction, sign, offset_h, offset_min = found.groups()
    try:
        moment = datetime(
            int(year),
            int(month),
            int(day),
            int(hour),
            int(minute),
            int(second or 0),
            int((fraction or "0")[:6].ljust(6, "0")),
            tzinfo=UTC,
        )
        if sign:
            east = timedelta(hours=int(offset_h), minutes=int(offset_min or 0))
            moment = moment.replace(tzinfo=timezone(east if sign == "+" else -east)).astimezone(UTC)
    except (ValueError, OverflowError):
        return np.datetime64("NaT")
    return np.datetime64(moment.replace(tzinfo=None), "us")


def utc_offset_s(text: str | None) -> float:
    """Local time minus UTC that an instant is written with; NaN if it is written in UTC or does not say.

    >>> utc_offset_s("2026-05-01T08:30:00+02:00"), utc_offset_s("2026-05-01T06:30:00Z")
    (7200.0, nan)
    """
    found = _OFFSET.search(text.strip()) if text and ":" in text else None
    if not found:
        return math.nan
    sign, hours, minutes = found.groups()
    return (1 if sign == "+" else -1) * (int(hours) * 3600.0 + int(minutes or 0) * 60.0)
