"""What a sheet is, and which of its columns means what."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from ...errors import FileError, SettingsError, one_of
from . import cells
from .dates import dates
from .dictionaries import COACH, SAMPLES, SOURCES, UNIT_WORDS, Source
from .sheet import Findings, Sheet, normalise, unit_tail

#: Targets that make a log of runs, and targets that make a file of samples.
_TOTALS = frozenset(
    {
        "distance_m",
        "listed_distance_m",
        "timer_time_s",
        "moving_time_s",
        "elapsed_time_s",
        "listed_elapsed_time_s",
        "time_or_duration",
    }
)
_CHANNELS = frozenset(
    {"latitude_deg", "altitude_m", "distance_m", "speed_mps", "heart_rate_bpm", "cadence_spm", "power_w"}
)
_WELLNESS = frozenset({"sleep_h", "resting_heart_rate_bpm", "hrv_rmssd_ms", "weight_kg"})


@dataclass(frozen=True)
class Field:
    """One column of a sheet: where it stands, its header, the column it becomes and the unit it is written in.

    >>> Field(0, "Distance (mi)", "distance_m", "mi").kept
    'm'
    """

    index: int
    header: str
    target: str
    unit: str
    stated: bool = False  # the unit stands in the header

    @property
    def kept(self) -> str:
        """The unit the target column is kept in."""
        return cells.kept_unit(self.target)


@lru_cache(maxsize=1)
def known_headers() -> frozenset[str]:
    """Every header any dictionary knows.

    >>> "activity date" in known_headers()
    True
    """
    names = {key.partition("#")[0] for source in (*SOURCES, COACH, SAMPLES) for key in source.headers}
    return frozenset(names.union(*(s for source in SOURCES for s in source.signature)))


def _entry(value: str | tuple[str, str]) -> tuple[str, str]:
    if isinstance(value, tuple):
        return value
    kept = cells.kept_unit(value)
    return value, kept if kept not in ("text", "flag", "date", "either") else ""


#: A length in the header of a pace or speed column says what the pace is for.
_PER_LENGTH = {"km": "min/km", "mi": "min/mi"}


def match(header: str, nth: int, headers: Mapping[str, str | tuple[str, str]]) -> tuple[str, str, bool] | None:
    """(target, unit, unit stated?) of the ``nth`` header of this name, or None if the dictionary does not know it.

    >>> match("distance (mi)", 1, {"distance": ("distance_m", "km?")})
    ('distance_m', 'mi', True)
    >>> match("hr (%)", 1, {"hr": "average_heart_rate_bpm"}) is None
    True
    """
    if nth > 1:
        return (*_entry(headers[key]), False) if (key := f"{header}#{nth}") in headers else None
    if header in headers:
        return (*_entry(headers[header]), False)
    name, word = unit_tail(header, UNIT_WORDS)
    if not word or name not in headers:
        return None
    target, default = _entry(headers[name])
    if target == "time_or_duration":
        target, default = "timer_time_s", "clock"
    unit, kept = UNIT_WORDS[word], cells.kept_unit(target)
    if default == "distance?" and unit == "clock":
        return None
    wanted = cells.dimension(kept)
    if wanted == "speed":
        unit = _PER_LENGTH.get(unit, unit)
        if unit in ("clock", "min", "h") and default.startswith("min/"):  # "Pace (min)", "Pace mm:ss"
            return target, default, False
    if not unit or (wanted == "" and kept != "text"):
        return target, default, False
    return (target, unit, True) if cells.dimension(unit) == wanted and wanted else None


def fields_of(
    header: list[str], headers: Mapping[str, str | tuple[str, str]], columns: Mapping[str, str] | None = None
) -> list[Field]:
    """The columns that a dictionary knows; ``columns`` (the athlete's own words) come first.

    >>> own = {"Datum": "date", "Strecke": "distance_km"}
    >>> [(f.target, f.unit) for f in fields_of(["Datum", "Strecke"], COACH.headers, own)]
    [('date', ''), ('distance_m', 'km')]
    """
    own = {normalise(str(k)): v for k, v in (columns or {}).items()}
    seen: dict[str, int] = {}
    out = []
    for i, written in enumerate(header):
        name = normalise(written)
        if not name:
            continue
        seen[name] = nth = seen.get(name, 0) + 1
        if name in own and nth == 1:
            wish = normalise(str(own[name]))
            if wish in ("", "ignore", "-"):
                continue
            if (hit := match(wish, 1, headers) or match(wish, 1, COACH.headers)) is None:
                options = sorted(k for k in COACH.headers if "#" not in k) + ["distance_km", "distance_mi", "ignore"]
                one_of(f"columns[{written!r}]", str(own[name]), [o.replace(" ", "_") for o in options])
                raise SettingsError(f"columns[{written!r}]: {own[name]!r} is no column of this kind of sheet")
            out.append(Field(i, written, *hit))
        elif hit := match(name, nth, headers):
            out.append(Field(i, written, *hit))
    return out


def source_of(sheet: Sheet, *, name: str, columns: Mapping[str, str] | None = None) -> Source:
    """Which source a sheet is from, by its header row and, where that fits several, by its content.

    >>> sheet = Sheet(["Date", "Km"], [["2026-05-01", "10"]], [2], 1, ",", "utf-8", [])
    >>> source_of(sheet, name="x.csv").name
    'training log'
    """
    for names in ({normalise(h) for h in sheet.header}, *({normalise(c) for c in row} for row in sheet.preamble)):
        for source in SOURCES:
            if any(needed <= names for needed in source.signature):
                if source.kind == "refused":
                    raise FileError(f"{name}: this is {source.refusal}")
                if names <= {normalise(h) for h in sheet.header}:
                    return source
    log = {f.target for f in fields_of(sheet.header, COACH.headers, columns)}
    samples = {f.target for f in fields_of(sheet.header, SAMPLES.headers)}
    is_log = bool({"date", "date_or_time"} & log) and bool(_TOTALS & log)
    timed = bool({"time", "elapsed_s"} & samples)
    if (_CHANNELS & samples) and (timed or "date" in samples) and ((timed and not is_log) or _is_stream(sheet)):
        return SAMPLES
    if is_log:
        return COACH
    if "date" in log and _WELLNESS & log:
        return Source("daily wellness", "days", (), COACH.headers)
    raise FileError(
        f"{name}: no table of runs: line {sheet.header_line} reads {', '.join(sheet.header)[:160]!r}; "
        "a training log needs a date and a distance or duration, samples need a time and a channel. "
        "Columns under other names (or in another language) can be named under [columns] in athlete.toml"
    )


def _is_stream(sheet: Sheet) -> bool:
    """Whether most rows follow the one before within two minutes: samples, not one row per run."""
    days = [f.index for f in fields_of(sheet.header, COACH.headers) if f.target == "date"]
    if days and 10 * len({row[days[0]].strip()[:10] for row in sheet.rows[:400]}) > len(sheet.rows[:400]):
        return False
    for f in fields_of(sheet.header, SAMPLES.headers):
        if f.target not in ("time", "elapsed_s", "date"):
            continue
        text = sheet.column(f.index)[:400]
        moments = [m.wall.timestamp() for m in dates(text).moments if m and m.has_time]
        if len(moments) < 2 and f.target != "date":
            values, _ = cells.numbers(text, "s" if f.unit == "" else f.unit, "s")
            if f.target == "time" and not any(":" in c for c in text):
                values, _ = cells.numbers(text, "s", "s")
            elif f.target == "time":
                values = np.array([cells.clock_seconds(cells.tidy(c), hours=c.count(":") == 1) for c in text])
            moments = [v for v in values if v == v]
        steps = [b - a for a, b in zip(moments, moments[1:], strict=False)]
        if steps and sum(0 < s <= 120 for s in steps) >= 0.8 * len(steps):
            return True
    return False


def report_unread(sheet: Sheet, fields: Collection[Field], found: Findings) -> list[str]:
    """Headers no dictionary knows and that hold something.

    >>> report_unread(Sheet(["Moon"], [["full"]], [2], 1, ",", "utf-8", []), [], Findings(""))
    ['Moon']
    """
    read = {f.index for f in fields}
    unread = [
        h
        for i, h in enumerate(sheet.header)
        if h and i not in read and any(not cells.is_missing(row[i]) for row in sheet.rows)
    ]
    if unread:
        found.decide(f"{len(unread)} columns not read: " + ", ".join(unread[:8]) + (" ..." if len(unread) > 8 else ""))
    return unread


def _means_number(word: str, headers: Mapping[str, str | tuple[str, str]]) -> bool:
    return word in headers and cells.kept_unit(_entry(headers[word])[0]) not in ("text", "flag", "date", "either")


def report_likely(
    sheet: Sheet, fields: Collection[Field], headers: Mapping[str, str | tuple[str, str]], found: Findings
) -> None:
    """A problem for each column that looks like one of ours and is not understood: times, dates, or a known word first.

    >>> found = Findings("")
    >>> report_likely(Sheet(["gun_time"], [["52:10"]], [2], 1, ",", "utf-8", []), [], {}, found)
    >>> found.problems[0]["where"], found.problems[0]["reason"]
    ("column 'gun_time'", 'its cells look like times (52:10), and its name is not known')
    """
    read = {f.index for f in fields}
    for i, header in enumerate(sheet.header):
        filled = [c.strip() for c in sheet.column(i) if not cells.is_missing(c)] if header and i not in read else []
        if not filled:
            continue
        plain = len(filled) - len(cells.numbers(filled, "", "")[1])
        days = sum(m is not None for m in dates(filled[:400]).moments)
        if 2 * sum(map(cells.looks_like_clock, filled)) > len(filled):
            kind = "times"
        elif 2 * plain <= len(filled) and 2 * days > min(len(filled), 400):
            kind = "dates"
        elif 2 * plain > len(filled) and _means_number(stem := normalise(header).split(" ")[0], headers):
            kind = f"a {stem}"
        else:
            continue
        found.problem(
            f"column {header!r}",
            f"its cells look like {kind} ({filled[0][:20]}), and its name is not known",
            "the other columns",
            "name it under [columns] in athlete.toml, or let it be",
        )
