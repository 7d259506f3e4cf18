"""How the pages write a date, a number, a change, a list of episodes: the same everywhere."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from .. import units as _units
from ..sentences import joined
from .grid import day

EPISODES = {
    "ill": "illness",
    "injury": "an injury",
    "pain": "pain",
    "travel": "travel",
    "life": "other demands",
    "shoe_change": "new shoes",
}
NUMBERS = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten", "Eleven", "Twelve")


def days(first: Any, last: Any) -> str:
    """A stretch of days, the month and the year once.

    >>> import pandas as pd
    >>> days(pd.Timestamp("2026-10-05"), pd.Timestamp("2026-10-14"))
    '5–14 Oct 2026'
    """
    if first == last:
        return day(first)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{day(last)}"
    return f"{first.day} {first:%b}{f' {first.year}' if first.year != last.year else ''} – {day(last)}"


def percent(value: float, digits: int = 1) -> str:
    """A change in per cent with its sign.

    >>> percent(-1.84)
    '−1.8 %'
    """
    return f"{value:+.{digits}f} %".replace("-", "−") if round(value, digits) else f"{0:.{digits}f} %"


def band(found: Any, digits: int = 1) -> str:
    """The interval of a change.

    >>> from runlab.evidence import Estimate
    >>> band(Estimate(1.0, -0.5, 2.5))
    '−0.5 to +2.5 %'
    """
    return f"{found.low:+.{digits}f} to {found.high:+.{digits}f} %".replace("-", "−")


def counted(n: int, noun: str) -> str:
    """A small count in words at the head of a sentence.

    >>> counted(1, "stop"), counted(3, "stop"), counted(14, "week")
    ('One stop', 'Three stops', '14 weeks')
    """
    return f"{NUMBERS[n] if n < len(NUMBERS) else n} {noun}{'' if n == 1 else 's'}"


def episodes(kinds: Iterable[str]) -> str:
    """The kinds of episodes as a list, each once.

    >>> episodes(["pain", "ill", "pain"])
    'illness and pain'
    """
    return joined(sorted({EPISODES[kind] for kind in kinds}))


def distance(metres: float, units: str) -> str:
    """A race distance without a needless decimal.

    >>> distance(10_000.0, "metric"), distance(21_097.5, "metric")
    ('10 km', '21.1 km')
    """
    return _units.format_distance(metres, units).replace(".0 ", " ")


def race_name(race: Any, units: str) -> str:
    """A race by its name and distance, the distance once; the run at the end of a triathlon as what it was.

    >>> race_name({"name": "Autumn 10 km", "distance_m": 10_000.0}, "metric")
    'Autumn 10 km'
    """
    far = distance(race["distance_m"], units)
    name = str(race["name"] or "")
    name = "" if re.search(r"\d{6}", name) else name  # a number an export made up is no name
    if race.get("within_multisport", False):
        return f"{name or 'the run of a triathlon'}, {far}"
    track = f"{race['distance_m']:.0f} m"
    return name if name and (far in name or track in name) else f"{name}, {far}" if name else far


def ache(event: Any) -> str:
    """Where it hurt: "left achilles", or "a sore spot" where nobody wrote it down.

    >>> ache({"site": "achilles", "side": "left"})
    'left achilles'
    """
    site, side = (str(event[key]) if isinstance(event[key], str) else "" for key in ("site", "side"))
    return " ".join(filter(None, [side, site.removeprefix("the ")])) or "a sore spot"
