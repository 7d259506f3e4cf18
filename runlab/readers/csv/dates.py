"""Dates and times as sheets write them; the order of day and month is decided over the whole column."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from ...errors import SettingsError
from .cells import LONGEST, is_missing, tidy
from .dictionaries import MONTHS

_TIME = (
    r"(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,](?P<fraction>\d{1,9}))?)?"
    r"\s*(?P<half>[ap]\.?m\.?)?\s*(?P<zone>z|utc|gmt|[+-]\d{2}:?\d{2})?"
)
_TAIL = rf"(?:(?:\s*t|,?\s+(?:at\s+)?)\s*{_TIME})?"
_DAY = r"(?:[^\W\d_]{2,12}\.?,?\s+)?"
_YEAR_FIRST = re.compile(r"(?P<y>\d{4})(?P<mark>[-/.])(?P<a>\d{1,2})[-/.](?P<b>\d{1,2})" + _TAIL)
_YEAR_LAST = re.compile(_DAY + r"(?P<a>\d{1,2})(?P<mark>[-/.])\s?(?P<b>\d{1,2})[-/.]\s?(?P<y>\d{4}|\d{2})" + _TAIL)
_MONTH_DAY = re.compile(_DAY + r"(?P<word>[^\W\d_]{3,12})\.?\s+(?P<d>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<y>\d{4})" + _TAIL)
_DAY_MONTH = re.compile(
    _DAY + r"(?P<d>\d{1,2})(?:st|nd|rd|th)?\.?[\s-]+(?P<word>[^\W\d_]{3,12})\.?,?[\s-]+(?P<y>\d{4}|\d{2})" + _TAIL
)
_COMPACT = re.compile(
    r"(?P<y>(?:19|20)\d{2})(?P<a>\d{2})(?P<b>\d{2})(?:t?(?P<hour>\d{2})(?P<minute>\d{2})"
    r"(?P<second>\d{2})?(?P<zone>z)?)?"
)
_SPAN = re.compile(r"(.+?\d)\s+(?:-|–|to)\s+\d.*")


@dataclass(frozen=True)
class Moment:
    """One date cell: the wall clock, the zone it states (or None), and whether it holds a time of day.

    >>> Moment(datetime(2026, 5, 1), None, False).has_time
    False
    """

    wall: datetime
    zone: tzinfo | None
    has_time: bool


@dataclass(frozen=True)
class Dates:
    """A column of dates: one ``Moment`` or None per cell, the cells that are wrong, and how it was decided.

    >>> Dates([], [], "", False).decided
    ''
    """

    moments: list[Moment | None]
    wrong: list[int]
    decided: str
    undecided: bool


def _match(cell: str) -> re.Match[str] | None:
    text = tidy(cell).casefold()
    if len(text) > LONGEST:
        return None
    if span := _SPAN.fullmatch(text):
        text = span[1]
    for pattern in (_YEAR_FIRST, _YEAR_LAST, _MONTH_DAY, _DAY_MONTH, _COMPACT):
        if (match := pattern.fullmatch(text)) and ("word" not in pattern.groupindex or match["word"] in MONTHS):
            return match
    return None


def looks_like_date(cell: str) -> bool:
    """Whether a cell can be read as a date at all.

    >>> looks_like_date("2026-05-01"), looks_like_date("May 29, 2022, 3:53:35 PM"), looks_like_date("5:30")
    (True, True, False)
    """
    return _match(cell) is not None


def _moment(match: re.Match[str], day_first: bool) -> Moment | None:
    found = match.groupdict()
    year = int(found["y"])
    if len(found["y"]) == 2:
        year += 2000 if year < 70 else 1900
    if "word" in found:
        month, day = MONTHS[found["word"]], int(found["d"])
    else:
        a, b = int(found["a"]), int(found["b"])
        month, day = (b, a) if day_first else (a, b)
    has_time = found.get("hour") is not None
    hour, minute = int(found.get("hour") or 0), int(found.get("minute") or 0)
    second, micro = int(found.get("second") or 0), int(f"{(found.get('fraction') or '0')[:6]:0<6}")
    if half := (found.get("half") or "").replace(".", ""):
        if hour == 0 or hour > 12:  # "00:00:00 PM" is a place-holder, no time of day
            has_time, hour, minute, second = hour > 12, hour if hour > 12 else 0, minute, second
        else:
            hour = hour % 12 + (12 if half == "pm" else 0)
    zone: tzinfo | None = None
    if written := found.get("zone"):
        if written[0] in "+-":
            minutes = int(written[1:3]) * 60 + int(written[-2:])
            if minutes > 15 * 60:
                return None
            zone = timezone(timedelta(minutes=-minutes if written[0] == "-" else minutes))
        else:
            zone = UTC
    try:
        wall = datetime(year, month, day, hour, minute, second, micro)  # noqa: DTZ001 - zoned in instants
    except ValueError:
        return None
    return Moment(wall, zone, has_time) if 1950 <= year <= 2100 else None


def _monotone(values: list[datetime]) -> bool:
    return len(set(values)) > 2 and (values == sorted(values) or values == sorted(values, reverse=True))


def _order(matches: list[re.Match[str]], dayfirst: bool | None, units: str | None) -> tuple[bool, str, bool]:
    """(day first?, how it was decided, still undecided?) for cells a/b/year."""
    if any(int(m["a"]) > 12 for m in matches):
        return True, "dates are day/month/year", False
    if any(int(m["b"]) > 12 for m in matches):
        return False, "dates are month/day/year", False
    if dayfirst is not None:
        return dayfirst, f"dates read as {'day/month' if dayfirst else 'month/day'}/year as told", False
    if all(m["mark"] == "." for m in matches):
        return True, "dates with points read as day.month.year", False
    if all(int(m["a"]) == int(m["b"]) for m in matches):
        return True, "", False
    reading = {first: [r.wall for m in matches if (r := _moment(m, first))] for first in (True, False)}
    orderly = {first: _monotone(walls) for first, walls in reading.items()}
    if orderly[True] != orderly[False]:
        first = orderly[True]
        return first, f"dates read as {'day/month' if first else 'month/day'}/year: only so do they run in order", False
    first = units != "imperial"
    return first, f"no date tells day from month; read as {'day/month' if first else 'month/day'}/year", True


def dates(cells: Sequence[str], *, dayfirst: bool | None = None, units: str | None = None) -> Dates:
    """A column of dates: ISO, d/m/y or m/d/y, or with the month's name; one order for the whole column.

    >>> found = dates(["25/01/2026", "02/02/2026"])
    >>> found.decided, found.moments[1].wall.month
    ('dates are day/month/year', 2)
    >>> dates(["01/02/2026", "03/02/2026"]).undecided
    True
    """
    matches = [None if is_missing(c) else _match(c) for c in cells]
    last = [m for m in matches if m and m.re is _YEAR_LAST]
    first = [m for m in matches if m and m.re is _YEAR_FIRST]
    day_first, decided, undecided = _order(last, dayfirst, units) if last else (False, "", False)
    # 2017-13-08: an export that writes year-day-month tells so by a month above 12 and no day above 12.
    swapped = any(int(m["a"]) > 12 for m in first) and not any(int(m["b"]) > 12 for m in first)
    if swapped:
        decided = "dates are year-day-month"
    moments: list[Moment | None] = []
    wrong = []
    for i, match in enumerate(matches):
        moment = None
        if match:
            moment = _moment(match, swapped if match.re is _YEAR_FIRST else day_first)
        moments.append(moment)
        if moment is None and not is_missing(cells[i]):
            wrong.append(i)
    return Dates(moments, wrong, decided, undecided)


def zone_of(name: str) -> ZoneInfo:
    """The time zone of a name such as Europe/Oslo.

    >>> zone_of("Europe/Oslo").key
    'Europe/Oslo'
    """
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError, TypeError):
        raise SettingsError(f"home_zone must be a time zone such as 'Europe/Oslo', not {name!r}") from None


def instants(moments: Sequence[Moment | None], *, home_zone: str, utc: bool = False) -> pd.DataFrame:
    """Instant, local wall clock and offset of each moment; cells without a zone are in ``home_zone`` (or UTC).

    An hour that occurs twice is taken as the first; one that the clocks skip is moved forward by what they skipped.

    >>> noon = Moment(datetime(2026, 7, 1, 12), None, True)
    >>> instants([noon], home_zone="Europe/Oslo")["start_time"].tolist()
    [Timestamp('2026-07-01 10:00:00+0000', tz='UTC')]
    """
    home = zone_of(home_zone)
    rows: list[tuple[Any, Any, float]] = []  # two datetimes or None: the stubs know no None in a list of them
    for moment in moments:
        if moment is None:
            rows.append((None, None, float("nan")))
            continue
        stated = moment.zone or (UTC if utc and moment.has_time else None)
        if stated is None:
            aware = moment.wall.replace(tzinfo=home)
            instant = aware.astimezone(UTC)
            local = instant.astimezone(home)
        else:
            instant = moment.wall.replace(tzinfo=stated).astimezone(UTC)
            local = instant.astimezone(home if stated is UTC else stated)
        offset = local.utcoffset()
        rows.append(
            (instant, local.replace(tzinfo=None), offset.total_seconds() if offset is not None else float("nan"))
        )
    start = pd.Series(pd.to_datetime([r[0] for r in rows], utc=True)).astype("datetime64[us, UTC]")
    wall = pd.Series(pd.to_datetime([r[1] for r in rows])).astype("datetime64[us]")
    return pd.DataFrame({"start_time": start, "wall": wall, "utc_offset_s": [r[2] for r in rows]})
