"""One cell, one column: text to numbers, times and flags, with every decision taken over the whole column."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from .dictionaries import FALSE, KINDS, MISSING, PACES, SUFFIXES, TRUE, UNIT_WORDS, UNITS

LONGEST = 64  # a longer cell is not a number, a date or a duration

_NUMERIC = re.compile(r"[+-]?(?:[\d.,]*\d[\d.,]*)%?")
_POINT = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?")
_WITH_UNIT = re.compile(r"([+-]?[\d.,]*\d)\s*([^\d\s.,+-].{0,12})")
_CLOCK = re.compile(r"([+-])?(?:(\d{1,4}):)?(\d{1,4}):(\d{1,2}(?:[.,]\d{1,6})?)")
_WORDED = re.compile(
    r"(?:(\d{1,4})\s*(?:h|hr|hrs|hour|hours|:)\.?\s*)?(?:(\d{1,4})\s*(?:m|min|mins|minute|minutes|'|′)\.?\s*)?"
    r"(?:(\d{1,2}(?:[.,]\d{1,3})?)\s*(?:s|sec|secs|seconds|\"|″|'')?\.?)?"
)
_PER = re.compile(r"\s*(?:min)?\s*/\s*(km|k|mi|mile|m|100m)\s*")


def tidy(cell: str) -> str:
    """A cell without the blanks and the apostrophe that spreadsheets put around a value.

    >>> tidy("'-12 "), tidy("5:41\\u202fPM")
    ('-12', '5:41 PM')
    """
    text = cell.replace("\u202f", " ").replace("\xa0", " ").replace("\ufeff", "").strip()
    return text[1:].strip() if text[:1] == "'" and len(text) > 1 else text


def is_missing(cell: str) -> bool:
    """Whether a cell says that there is nothing.

    >>> is_missing(" -- "), is_missing("0")
    (True, False)
    """
    return len(cell) < 12 and tidy(cell).casefold() in MISSING


def kept_unit(target: str) -> str:
    """The unit a column is kept in, from its name; "" for a plain number, "text", "date", "flag" for the rest.

    >>> kept_unit("distance_m"), kept_unit("rpe"), kept_unit("notes")
    ('m', '', 'text')
    """
    if target in KINDS:
        return {"number": ""}.get(KINDS[target], KINDS[target])
    for suffix, unit in SUFFIXES.items():
        if target.endswith(suffix):
            return unit
    return "text"


def dimension(unit: str) -> str:
    """What a unit measures; "" for a plain number.

    >>> dimension("min/km"), dimension("clock"), dimension("km?")
    ('speed', 'time', 'length')
    """
    unit = unit.rstrip("?")
    return "time" if unit == "clock" else UNITS[unit][0] if unit in UNITS else ""


def mark(cell: str) -> str:
    """What one cell tells about the decimal mark: "," or "." for sure, "?," or "?." if a thousands mark fits too.

    >>> [mark(c) for c in ("4,14", "3,958", "1.079", "5.2", "1.234,5", "1,234,567", "12")]
    [',', '?,', '?.', '.', ',', '.', '']
    """
    body = cell.lstrip("+-").rstrip("%")
    commas, dots = body.count(","), body.count(".")
    if commas and dots:
        return "," if body.rfind(",") > body.rfind(".") else "."
    for sign, other, count in ((",", ".", commas), (".", ",", dots)):
        if count > 1:
            return other
        if count == 1:
            head, tail = body.split(sign)
            return "?" + sign if len(tail) == 3 and 1 <= len(head) <= 3 and head.strip("0") else sign
    return ""


def _some(names: Sequence[str]) -> str:
    return ", ".join(map(repr, names[:6])) + (" ..." if len(names) > 6 else "")


def decimal_marks(columns: dict[str, Sequence[str]], *, delimiter: str = ",") -> tuple[dict[str, str], list[str]]:
    """The decimal mark of each column, and in words how it was decided.

    A column decides for itself where any of its cells can be read only one way; else the other columns of the file
    decide; else a comma before three digits is a thousands mark (a decimal mark where the file is separated by
    semicolons).

    >>> decimal_marks({"Distance": ["4,14", "5,01"], "Steps": ["3.958"]})
    ({'Distance': ',', 'Steps': ','}, ["decimal comma in 'Distance'",
    "the point in 'Steps' is a thousands mark, as the rest of the file is written"])
    """
    seen = {
        name: {mark(c) for c in map(tidy, cells) if c and len(c) <= LONGEST and _NUMERIC.fullmatch(c)}
        for name, cells in columns.items()
    }
    sure = {name: marks & {",", "."} for name, marks in seen.items()}
    votes = [next(iter(s)) for s in sure.values() if len(s) == 1]
    commas, points = votes.count(","), votes.count(".")
    file = "," if commas and not points else "." if points and not commas else "mixed" if commas else ""
    out, words = {}, []
    grouped: dict[str, list[str]] = {",": [], ".": []}
    for name, marks in seen.items():
        if len(sure[name]) == 1:
            out[name] = next(iter(sure[name]))
        elif len(sure[name]) == 2:
            out[name] = "each"
            words.append(f"{name!r} mixes decimal commas and points; each cell read by itself")
        elif marks & {"?,", "?."}:
            out[name] = file if file in (",", ".") else "," if delimiter == ";" and "?," in marks else "."
            group = "." if out[name] == "," else ","
            if "?" + group in marks:
                grouped[group].append(name)
            elif file not in (",", "."):
                words.append(f"{name!r} read with decimal {'comma' if out[name] == ',' else 'point'}, as no cell tells")
        else:
            out[name] = "," if file == "," else "."
    comma = [name for name, m in out.items() if m == "," and sure[name]]
    if comma:
        words.insert(0, f"decimal comma in {_some(comma)}")
    for group, names in grouped.items():
        if names:
            sign = "comma" if group == "," else "point"
            why = "as the rest of the file is written" if file in (",", ".") else "as no other cell tells"
            words.append(f"the {sign} in {_some(names)} is a thousands mark, {why}")
    return out, words


def _plain(cell: str, decimal: str) -> float:
    body = cell.rstrip("%").strip()
    if not _NUMERIC.fullmatch(cell) and not _POINT.fullmatch(body):
        return math.nan
    if decimal == "each":
        decimal = mark(body).lstrip("?") or "."
    group = "." if decimal == "," else ","
    if group in body and not re.fullmatch(r"[+-]?\d{1,3}(?:[.,]\d{3})+(?:[.,]\d*)?", body):
        if body.count(group) > 1:
            return math.nan
        group, decimal = decimal, group  # 5,2 in a column of points: not a thousands mark, so it is the decimal one
    body = body.replace(group, "").replace(decimal, ".")
    return float(body) if _POINT.fullmatch(body) else math.nan


def clock_seconds(text: str, *, hours: bool = False) -> float:
    """Seconds of h:mm:ss, m:ss or "1h 20m"; with ``hours`` two parts are h:mm. NaN if it is no clock.

    >>> clock_seconds("1:05:11"), clock_seconds("36:13"), clock_seconds("7:30", hours=True), clock_seconds("1h20")
    (3911.0, 2173.0, 27000.0, 4800.0)
    """
    text = text.strip().casefold()
    if match := _CLOCK.fullmatch(text):
        sign, h, m, s = match.groups()
        second = float(s.replace(",", "."))
        if second >= 60 or (h and int(m) >= 60):
            return math.nan
        total = int(h or 0) * 3600 + int(m) * 60 + second
        if hours and h is None:
            total *= 60
        return -total if sign == "-" else total
    if text[:1].isdigit() and not text[-1:].isdigit() and (match := _WORDED.fullmatch(text)):
        h, m, s = match.groups()
        return int(h or 0) * 3600.0 + int(m or 0) * 60.0 + float((s or "0").replace(",", "."))
    if match := re.fullmatch(r"(\d{1,3})\s*h\s*(\d{1,2})", text):
        return int(match[1]) * 3600.0 + int(match[2]) * 60.0
    return math.nan


def convert(number: float, unit: str, kept: str) -> float:
    """A number from one unit to the unit its column is kept in.

    >>> convert(10.0, "km", "m"), round(convert(50.0, "f", "c"), 2), convert(5.0, "min/km", "m/s")
    (10000.0, 10.0, 3.3333333333333335)
    """
    if unit in ("", "clock") or kept == "" or unit == kept:
        return number
    if unit == "f" and kept == "c":
        return (number - 32.0) / 1.8
    if unit in PACES:
        return UNITS[unit][1] / (number * PACES[unit]) if number > 0 else math.nan
    return number * UNITS[unit][1] / UNITS[kept][1]


def _odd(cell: str, unit: str, kept: str, decimal: str) -> float:
    """A cell that is not a plain number: a clock, or a number with its unit."""
    text = tidy(cell)
    if len(text) > LONGEST or text[:1] == "=":
        return math.nan
    measure = dimension(kept)
    if measure == "time" and math.isfinite(found := clock_seconds(text, hours=unit == "h")):
        return found / UNITS[kept][1]
    if measure == "speed":
        per = _PER.search(text)
        written = {"k": "min/km", "km": "min/km", "100m": "min/100m"}.get(per[1], "min/mi") if per else unit
        if per:
            text = text[: per.start()]
        if math.isfinite(found := clock_seconds(text)):
            pace = written if written in PACES else "min/mi" if written == "mph" else "min/km"
            return convert(found / PACES[pace], pace, kept)
        if per:
            return convert(_plain(text.strip(), decimal), written, kept)
    if match := _WITH_UNIT.fullmatch(text):
        word = UNIT_WORDS.get(match[2].casefold().strip(" ."), "")
        if word and word != "clock" and dimension(word) == measure:
            return convert(_plain(match[1], decimal), word, kept)
    return math.nan


def numbers(cells: Sequence[str], unit: str, kept: str, decimal: str = ".") -> tuple[np.ndarray, list[int]]:
    """A column as floats in the unit it is kept in, NaN for missing; and which cells could not be read.

    >>> numbers(["10,5", "--", "6 mi", "soon"], "km", "m", ",")
    (array([10500. ,    nan,  9656.064,    nan]), [3])
    """
    n = len(cells)
    if not n:
        return np.empty(0), []
    quick = pd.to_numeric(pd.Series(list(cells), dtype=object), errors="coerce").to_numpy(dtype=float, copy=True)
    quick[~np.isfinite(quick)] = np.nan
    ambiguous = decimal == ","  # with a decimal comma, a point needs a second look
    wrong = []
    scale = np.full(n, np.nan)
    look = np.flatnonzero(np.isnan(quick)) if not ambiguous else np.arange(n)
    plain = ~np.isnan(quick)
    if ambiguous:
        plain[:] = False
    for i in look.tolist():
        cell = cells[i]
        if is_missing(cell):
            continue
        text = tidy(cell)
        value = _plain(text, decimal) if len(text) <= LONGEST else math.nan
        if math.isfinite(value):
            quick[i], plain[i] = value, True
        else:
            scale[i] = _odd(text, unit, kept, decimal)
            if not math.isfinite(scale[i]):
                wrong.append(i)
    if plain.any():
        if unit in PACES:
            with np.errstate(divide="ignore", invalid="ignore"):
                values = np.where(quick[plain] > 0, UNITS[unit][1] / (quick[plain] * PACES[unit]), np.nan)
        elif unit == "clock":
            values = quick[plain] * 60.0 / UNITS[kept][1] if kept in UNITS else quick[plain]
        elif unit == "f" and kept == "c":
            values = (quick[plain] - 32.0) / 1.8
        elif unit in UNITS and kept in UNITS and unit != kept:
            values = quick[plain] * (UNITS[unit][1] / UNITS[kept][1])
        else:
            values = quick[plain]
        scale[plain] = values
    return scale, wrong


def looks_like_clock(cell: str) -> bool:
    """Whether a cell is a time such as 17:39, 6:30 am or 0:46:12.

    >>> looks_like_clock("17:39"), looks_like_clock("6:30 AM"), looks_like_clock("2026-05-01")
    (True, True, False)
    """
    text = re.sub(r"\s*[ap]\.?m\.?$", "", tidy(cell).casefold()) if len(cell) <= LONGEST else ""
    return _CLOCK.fullmatch(text) is not None


def flags(cells: Iterable[str]) -> np.ndarray:
    """True where a cell says yes; anything else is False.

    >>> flags(["TRUE", "1.0", "no", ""]).tolist()
    [True, True, False, False]
    """
    return np.array([tidy(c).casefold() in TRUE for c in cells], dtype=bool)


def is_flag(cells: Iterable[str]) -> bool:
    """Whether every filled cell is a yes or a no.

    >>> is_flag(["TRUE", ""]), is_flag(["Trail"])
    (True, False)
    """
    return all(is_missing(c) or tidy(c).casefold() in TRUE | FALSE for c in cells)
