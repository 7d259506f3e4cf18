"""From text to channels: what the points measured, in the schema's columns and units."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from itertools import chain, islice
from operator import itemgetter

import numpy as np

from ... import tables
from . import values
from .walk import Problem, Row

# A channel that is 0 from end to end was not measured.
_NOT_ALL_ZERO = ("distance_m", "speed_mps", "heart_rate_bpm", "cadence_spm", "power_w")
_MOST_NAMES = 100


def _local(key: str) -> str:
    return key.rpartition(":")[2]


def _column(rows: list[Row], key: str) -> Sequence[str | None]:
    try:
        return list(map(itemgetter(key), rows))
    except KeyError:
        return [row.get(key) for row in rows]


def columns(rows: list[Row], problems: list[Problem]) -> tuple[dict[str, np.ndarray], dict[str, list], np.ndarray]:
    """Number columns, text columns and instants of the points, under the schema's names.

    What cannot be is NaN, and told in ``problems``. Several elements of one meaning fill each other's gaps, the first
    met leading. What the schema does not know keeps its own name in snake case: a number column if most of its first
    values are numbers, else a text column.

    >>> numbers, texts, time = columns([{"time": "2026-05-01T06:30:00Z", "ns3:hr": "140", "x:mood": "good"}], [])
    >>> numbers, texts
    ({'heart_rate_bpm': array([140.])}, {'mood': ['good']})
    """
    numbers: dict[str, np.ndarray] = {}
    texts: dict[str, list] = {}
    time = np.full(len(rows), np.datetime64("NaT"), dtype="datetime64[us]")
    for key in _names(rows, problems):
        written = _column(rows, key)
        local = _local(key)
        name = _meaning(key)
        if name == "time":
            time = np.where(np.isnat(time), values.instants(written), time)
            continue
        if name is None:
            name = _free_name(key, {*numbers, *texts})
            if _is_words(written):
                texts[name] = [text.strip() if text else "" for text in written]
                continue
        column, wrong = values.numbers(written)
        if wrong:
            example = next(t for t, value in zip(written, column, strict=True) if t is not None and np.isnan(value))
            reason = f"{wrong} values of <{local}> are no numbers ({example.strip()[:20]!r})"
            problems.append((name, reason, "left empty"))
        numbers[name] = np.where(np.isnan(numbers[name]), column, numbers[name]) if name in numbers else column
    _impossible(numbers, problems)
    return numbers, texts, time


def _names(rows: list[Row], problems: list[Problem]) -> list[str]:
    """The names the points use, in order; of too many for any device those we know, then the most frequent ones.

    Each name kept costs a look at every point: ten thousand points with a name of their own each would cost 10^8.
    """
    names = list(dict.fromkeys(chain.from_iterable(rows)))
    if len(names) <= _MOST_NAMES:
        return names
    count = Counter(chain.from_iterable(rows))
    kept = set(sorted(names, key=lambda name: (not _meaning(name), -count[name]))[:_MOST_NAMES])
    reason = f"{len(names):,} different elements in the points, more than any device writes"
    problems.append(("document", reason, f"the known and the most frequent, {_MOST_NAMES} in all"))
    return [name for name in names if name in kept]


def _meaning(key: str) -> str | None:
    """The schema's column an element is, None where nobody knows."""
    return values.COLUMNS.get(_local(key).lower().replace("_", "").replace("-", ""))


def _is_words(texts: Sequence[str | None]) -> bool:
    """Whether most of the first few texts are no numbers."""
    first = list(islice((text for text in texts if text), 20))
    return 2 * sum(math.isnan(values.number(text)) for text in first) > len(first)


def _free_name(key: str, taken: set[str]) -> str:
    """The name of an extra column: its own in snake case, with its prefix if that is taken."""
    prefix, _, local = key.rpartition(":")
    name = values.snake(local) or "extension"
    if name in taken or name in tables.RECORDS or name in values.COLUMNS.values():
        name = f"{values.snake(prefix) or 'extension'}_{name}"
    while name in taken or name in tables.RECORDS:
        name += "_"
    return name


def _impossible(columns: dict[str, np.ndarray], problems: list[Problem]) -> None:
    """Empty what cannot have been measured: outside the limits, a fix at 0, 0, a heart rate of 0, a channel all 0."""
    for name, (low, high) in values.LIMITS.items():
        if name in columns:
            column = columns[name]
            wrong = (column < low) | (column > high)
            if wrong.any():
                found = np.unique(column[wrong])[:3]
                problems.append(
                    (name, f"{int(wrong.sum())} impossible values ({', '.join(f'{v:g}' for v in found)})", "left empty")
                )
                column[wrong] = np.nan
    for name in _NOT_ALL_ZERO:
        if name in columns and not np.any(columns[name] > 0):
            columns[name] = np.full_like(columns[name], np.nan)
    if "heart_rate_bpm" in columns:
        columns["heart_rate_bpm"][columns["heart_rate_bpm"] == 0] = np.nan
    latitude, longitude = columns.get("latitude_deg"), columns.get("longitude_deg")
    if latitude is not None and longitude is not None:
        nowhere = (latitude == 0) & (longitude == 0)
        if nowhere.any():
            problems.append(("position", f"{int(nowhere.sum())} points at 0, 0: no fix", "left without position"))
        absent = nowhere | np.isnan(latitude) | np.isnan(longitude)
        latitude[absent] = longitude[absent] = np.nan
        if absent.any() and not absent.all():
            problems.append(
                (
                    "position",
                    f"{int(absent.sum())} of {len(absent)} points have no position",
                    "every point, these without position",
                )
            )
