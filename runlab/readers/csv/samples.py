"""A file of samples: one row per second or so, to the `records` table."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd

from ... import tables
from ...errors import FileError, SettingsError
from ...numerics import column, great_circle_m
from ...units import METRES_PER_MILE
from ..activity import Activity
from ..derived import Problem, one_per_instant
from . import cells
from .columns import Columns
from .dates import Moment, dates, instants
from .detect import fields_of, report_likely
from .dictionaries import END_MARKS, SAMPLES, START_MARKS, ZERO_IS_MISSING, Source
from .log_rows import sport_of
from .sheet import Findings, Sheet

_IN_NAME = re.compile(
    r"((?:19|20)\d{2})[-_.]?(\d{2})[-_.]?(\d{2})[T_ .-]{1,3}(\d{2})[-_.:hH]?(\d{2})(?:[-_.:mM]?(\d{2}))?(?!\d)"
)
_EPOCH = (1e8, 1e11)  # seconds from here on, milliseconds beyond


def read_samples(
    sheet: Sheet,
    source: Source,
    found: Findings,
    *,
    columns: Mapping[str, str] | None = None,
    home_zone: str = "UTC",
    dayfirst: bool | None = None,
    units: str | None = None,
    start: str | pd.Timestamp | None = None,
) -> Activity:
    """Read a sheet of samples.

    The instants come from a column of dates, of Unix seconds, or of elapsed time after ``start``, else after a date
    in the file's name (2026-05-27T18-30-00.csv); a file without any of them is refused, as no date is invented. A
    heart rate of 0 and a position of 0, 0 are not measured. Units that no header states are decided from time,
    distance, speed and position, and said in ``about["decisions"]``. Cadence of a run below 120 in the middle counts
    one leg and is doubled.

    >>> from .dictionaries import SAMPLES
    >>> sheet = Sheet(["secs", "hr"], [["0", "140"], ["1", "141"]], [2, 3], 1, ",", "utf-8", [])
    >>> read_samples(sheet, SAMPLES, Findings("x.csv"), start="2026-05-01 08:00").records["time"].iloc[1]
    Timestamp('2026-05-01 08:00:01+0000', tz='UTC')
    """
    fields = fields_of(sheet.header, source.headers, columns)
    table = Columns(sheet, fields, found, system=units or "metric")
    if source is SAMPLES:  # what a platform's own columns mean is known, the unused ones too
        report_likely(sheet, fields, source.headers, found)
    time, offset, elapsed = _times(table, name=found.path, home_zone=home_zone, dayfirst=dayfirst, start=start)
    good = np.isfinite(elapsed)
    lost = int((~good).sum())
    if good.sum() < 2:
        raise FileError(
            f"{found.path}: {int(good.sum())} of {len(good)} rows have a readable time; needs at least 2 samples"
        )
    if lost:
        found.problem(
            "rows", f"{lost} of {len(good)} rows have no readable time", "the other rows", "export the file again"
        )
    frame = pd.DataFrame({"time": time})
    for target in dict.fromkeys(f.target for f in fields):
        if target in tables.RECORDS and target not in ("time", "activity_id"):
            frame[target] = _channel(table, target)
    words = [w for w in table.text("sport_word") if w]
    sport, sub_sport = sport_of(words[0]) if words else ("", "")
    _positions(frame)
    _lengths(frame, table, elapsed, units)
    if "cadence_spm" in frame:
        frame["cadence_spm"] = _both_feet(frame["cadence_spm"], sport, found)
    running, segment = _markers(table)
    frame["timer_running"], frame["segment"] = running, segment
    frame["lap"] = table.number("lap")
    frame = frame.loc[good].sort_values("time", kind="stable")
    if not time[good].is_monotonic_increasing:
        found.problem(
            "rows", "the clock runs backwards", "all rows, in the order of their times", "check the file's times"
        )
    told: list[Problem] = []
    numbers = {name: frame[name].to_numpy(copy=True) for name in frame if frame[name].dtype == "float64"}
    once = one_per_instant(frame["time"].to_numpy(), numbers.values(), told)
    if once is not None:
        frame = frame.assign(**numbers).iloc[once]
        found.problem(*told[0], "none needed")
    frame = frame.reset_index(drop=True)
    laps = _laps(frame)
    if not (frame["segment"] > 1).any():
        frame = frame.drop(columns="segment")
    records = tables.conform(frame.drop(columns="lap"), tables.RECORDS)
    about: dict[str, Any] = {
        "format": "csv",
        "file_kind": "activity",
        "source": source.name,
        "sport": sport,
        "sub_sport": sub_sport,
        "title": "",
        "device": "",
        "start_time": records["time"].iloc[0],
        "utc_offset_s": offset,
        "complete": not lost,
        "problems": [(p["where"], p["reason"], p["kept"]) for p in found.problems],
        "totals": {},
        "sessions": [{}],
        "decisions": list(found.decisions),
        "encoding": sheet.encoding,
        "delimiter": sheet.delimiter,
    }
    return Activity(records, laps, about)


def _times(
    table: Columns, *, name: str, home_zone: str, dayfirst: bool | None, start: str | pd.Timestamp | None
) -> tuple[pd.Series, float, np.ndarray]:
    """Instant of every row, offset of local time, and seconds since the first instant (NaN where unreadable)."""
    clock = (table.of("time") or table.of("elapsed_s") or table.of("date"))[0]
    text = table.cells(clock)
    stamps = dates(text, dayfirst=dayfirst)
    if sum(m is not None and m.has_time for m in stamps.moments) > len(text) / 2:
        table.found.decide(stamps.decided)
        if stamps.undecided:
            table.found.problem(
                f"column {clock.header!r}", stamps.decided, "the times in that order", "write 2026-05-31"
            )
        when = _first_zone(stamps.moments, home_zone)
        return _relative(when["start_time"], when["utc_offset_s"])
    raw, _ = table.raw(clock, clock.unit, "s")
    if clock.target == "time" and ":" not in "".join(text[:50]):
        high = np.nanmax(raw) if np.isfinite(raw).any() else 0.0
        if high >= _EPOCH[0] and high < 1e14:
            seconds = raw / 1000.0 if high >= _EPOCH[1] else raw
            seconds = np.where((seconds >= 0) & (seconds < 4e9), seconds, np.nan)
            micros = pd.Series(
                np.where(np.isfinite(seconds), np.round(np.nan_to_num(seconds) * 1e6), 0).astype("int64")
            )
            instant = pd.to_datetime(micros, unit="us", utc=True).astype("datetime64[us, UTC]")
            return _relative(instant.where(np.isfinite(seconds)), pd.Series(np.nan, instant.index))
    elif ":" in "".join(text[:50]):
        raw = np.array([cells.clock_seconds(cells.tidy(c)) if len(c) <= cells.LONGEST else np.nan for c in text])
    raw = np.where((raw >= 0) & (raw < 4e6), raw, np.nan)
    first_day = dates(table.cells(table.of("date")[0]), dayfirst=dayfirst) if table.has("date") else None
    day = next((m for m in first_day.moments if m), None) if first_day else None
    moment = _start(start) or (Moment(day.wall, day.zone, True) if day else None) or _from_name(name)
    if moment is None:
        raise FileError(
            f"{name}: samples without a date (column {clock.header!r} counts from {text[0].strip()[:20]!r}); give the "
            "start, or put it into the file's name: 2026-05-27T18-30-00.csv"
        )
    of_day = day is not None and not start and raw[np.isfinite(raw)][:1].sum() > 0
    raw = raw if of_day else raw - (np.nanmin(raw) if np.isfinite(raw).any() else 0.0) * (clock.target == "time")
    begin = instants([moment], home_zone=home_zone)
    micros = pd.Series(np.round(np.nan_to_num(raw) * 1e6).astype("int64"))
    instant = begin["start_time"].iloc[0] + pd.to_timedelta(micros, unit="us")
    instant = instant.astype("datetime64[us, UTC]").where(np.isfinite(raw))
    return _relative(instant, pd.Series(begin["utc_offset_s"].iloc[0], instant.index))


def _first_zone(moments: list[Moment | None], home_zone: str) -> pd.DataFrame:
    """Local times keep the offset of the first one: a watch does not jump an hour in the middle of a run."""
    first = next(m for m in moments if m and m.has_time)
    offset = instants([first], home_zone=home_zone)["utc_offset_s"].iloc[0]
    if first.zone is not None or any(m and m.zone for m in moments):
        return instants([m if m and m.has_time else None for m in moments], home_zone=home_zone)
    walls: list[Any] = [m.wall if m and m.has_time else None for m in moments]
    wall = pd.Series(pd.to_datetime(walls)).astype("datetime64[us]")
    start = (wall - pd.Timedelta(seconds=offset)).dt.tz_localize("UTC").astype("datetime64[us, UTC]")
    return pd.DataFrame({"start_time": start, "utc_offset_s": offset})


def _relative(instant: pd.Series, offset: pd.Series) -> tuple[pd.Series, float, np.ndarray]:
    known = instant.notna().to_numpy()
    elapsed = np.full(len(instant), np.nan)
    if known.any():
        elapsed[known] = (instant[known] - instant[known].min()).dt.total_seconds()
    return instant, float(offset.iloc[int(np.argmax(known))]) if known.any() else float("nan"), elapsed


def _start(start: str | pd.Timestamp | None) -> Moment | None:
    if start is None:
        return None
    try:
        stamp = pd.Timestamp(start)
    except (ValueError, TypeError):
        raise SettingsError(f"start must be an instant such as '2026-05-27 18:30', not {start!r}") from None
    return Moment(stamp.to_pydatetime().replace(tzinfo=None), stamp.tzinfo, True)


def _from_name(name: str) -> Moment | None:
    if not (match := _IN_NAME.search(name)):
        return None
    year, month, day, hour, minute, second = (int(g or 0) for g in match.groups())
    try:
        return Moment(datetime(year, month, day, hour, minute, second), None, True)  # noqa: DTZ001 - zone follows
    except ValueError:
        return None


def _channel(table: Columns, target: str) -> np.ndarray:
    field = table.of(target)[0]
    if field.unit in ("distance?", "speed?"):
        values, wrong = table.raw(field, "m/s" if field.unit == "speed?" else "", field.kept)
        if wrong:
            table.found.problem(
                f"column {field.header!r}", f"{len(wrong)} cells are no numbers", "the others", "correct them"
            )
        return values
    quiet = Findings("")
    zeros = ZERO_IS_MISSING - {"distance_m"}  # at the start, 0 m is measured
    values = Columns(table.sheet, [field], quiet, system=table.system, zero_is_missing=zeros).number(target)
    if quiet.problems:  # one line for a channel, not one per sample
        count = len(quiet.problems) + quiet.untold
        table.found.problem(
            f"column {field.header!r}",
            f"{count} cells could not be read, the first: "
            f"{quiet.problems[0]['where'].split(',')[0]}, {quiet.problems[0]['reason']}",
            "the samples, with these cells empty",
            "correct the cells",
        )
    return values


def _positions(frame: pd.DataFrame) -> None:
    """Latitude and longitude of 0, 0 are not a place anyone runs."""
    if {"latitude_deg", "longitude_deg"} <= set(frame):
        null = (frame["latitude_deg"] == 0) & (frame["longitude_deg"] == 0)
        frame[["latitude_deg", "longitude_deg"]] = frame[["latitude_deg", "longitude_deg"]].mask(null)


def _along(frame: pd.DataFrame) -> np.ndarray:
    """Metres along the positions (``great_circle_m``), NaN where there is none."""
    latitude, longitude = column(frame, "latitude_deg"), column(frame, "longitude_deg")
    have = np.isfinite(latitude) & np.isfinite(longitude)
    out = np.full(len(frame), np.nan)
    if have.any():
        out[have] = np.concatenate(([0.0], np.cumsum(great_circle_m(latitude[have], longitude[have]))))
    return out


def _nearest(ratio: float, choices: dict[str, float], tolerance: float) -> str:
    near = {unit: abs(np.log(ratio / factor)) for unit, factor in choices.items()} if ratio > 0 else {}
    best = min(near, key=near.__getitem__, default="")
    return best if best and near[best] < tolerance else ""


def _lengths(frame: pd.DataFrame, table: Columns, elapsed: np.ndarray, units: str | None) -> None:
    """Distance in metres and speed in m/s, their units settled against positions, each other and the clock."""
    along, found = _along(frame), table.found
    total_time = float(np.nanmax(elapsed)) if np.isfinite(elapsed).any() else 0.0
    field = next(iter(table.of("distance_m")), None)
    if field and field.unit == "distance?":
        written = frame["distance_m"].to_numpy()
        length = float(np.nanmax(written) - np.nanmin(written)) if np.isfinite(written).any() else 0.0
        walked = float(np.nanmax(along)) if np.isfinite(along).any() else 0.0
        lengths = {"m": 1.0, "km": 1000.0, "mi": METRES_PER_MILE}
        unit = _nearest(walked / length, lengths, 0.25) if length and walked > 100 else ""
        how = "as along the positions"
        if not unit and length and total_time:
            fair = [
                u for u in ("m", "mi" if units == "imperial" else "km") if 0.3 <= length * lengths[u] / total_time <= 25
            ]
            unit, how = (fair[0] if fair else "m"), "as the speed would be" if fair else "as nothing in the file tells"
        unit = unit or "m"
        found.decide(f"{field.header!r} read as {unit}, {how}")
        frame["distance_m"] = written * lengths[unit]
    if "distance_m" not in frame or frame["distance_m"].isna().all():
        step = table.number("step_distance_m") if table.has("step_distance_m") else np.full(len(frame), np.nan)
        if np.nansum(step) > 0:
            frame["distance_m"] = np.nancumsum(step)
            found.decide("distance is the sum of the sensor's steps")
        elif np.isfinite(along).any():
            frame["distance_m"] = along
            found.decide("distance is measured along the positions")
    field = next(iter(table.of("speed_mps")), None)
    distance = column(frame, "distance_m")
    if field and field.unit == "speed?":
        speeds = {"m/s": 1.0, "km/h": 3.6, "mph": 3600 / METRES_PER_MILE}
        written = frame["speed_mps"].to_numpy()
        mean = float(np.nanmean(written)) if np.isfinite(written).any() else 0.0
        covered = (
            (np.nanmax(distance) - np.nanmin(distance)) / total_time
            if np.isfinite(distance).any() and total_time
            else 0
        )
        unit = _nearest(mean / covered, speeds, 0.2) if mean > 0 and covered > 0 else ""
        how = "as distance over time gives it"
        if not unit:
            unit, how = (
                ("km/h", "as no run is that fast in m/s") if mean > 7 else ("m/s", "as nothing in the file tells")
            )
        if any(":" in c for c in table.cells(field)[:200]):
            unit, how = "m/s", "from a pace, minutes per kilometre"
        found.decide(f"{field.header!r} read as {unit}, {how}")
        frame["speed_mps"] = written / speeds[unit]
    if "speed_mps" not in frame or frame["speed_mps"].isna().all():
        with np.errstate(divide="ignore", invalid="ignore"):
            speed = np.diff(distance) / np.diff(elapsed)
        frame["speed_mps"] = np.concatenate([[np.nan], np.where(np.isfinite(speed) & (speed >= 0), speed, np.nan)])


def _both_feet(cadence: pd.Series, sport: str, found: Findings) -> pd.Series:
    middle = cadence.median()
    if sport == "running" and middle < 120:
        found.decide("cadence counts one leg and was doubled")
        return cadence * 2
    if not sport and middle < 120:
        found.decide(
            "cadence kept as written: the file names no sport, so one leg, both feet or pedals cannot be told apart"
        )
    return cadence


def _markers(table: Columns) -> tuple[np.ndarray, np.ndarray]:
    """Whether the timer runs in each row, and which stretch it belongs to, from rows that mark starts and ends."""
    words = [w.casefold() for w in table.text("marker")]
    starts = np.array([w in START_MARKS for w in words], dtype=bool)
    ends = np.array([w in END_MARKS for w in words], dtype=bool)
    state = pd.Series(np.where(starts, 1.0, np.where(ends, 0.0, np.nan))).ffill().fillna(1.0)
    return state.to_numpy() > 0, np.maximum(np.cumsum(starts), 1).astype("int64")


def _laps(frame: pd.DataFrame) -> pd.DataFrame:
    """Laps where a column numbers them; none otherwise."""
    number = frame["lap"].ffill()
    if number.nunique() < 2:
        return tables.empty(tables.LAPS)
    group = (number != number.shift()).cumsum()
    rows = []
    bounds = frame.groupby(group)["time"].first()
    ends = [*bounds.iloc[1:], frame["time"].iloc[-1]]
    for i, (_, part) in enumerate(frame.groupby(group)):
        elapsed = (ends[i] - part["time"].iloc[0]).total_seconds()
        begin, end = part["distance_m"].iloc[0] if "distance_m" in part else np.nan, np.nan
        if "distance_m" in frame:
            at = min(part.index[-1] + 1, frame.index[-1])
            end = frame["distance_m"].iloc[at]
        rows.append(
            {
                "lap": i + 1,
                "start_time": part["time"].iloc[0],
                "elapsed_time_s": elapsed,
                "distance_m": end - begin,
                "average_speed_mps": (end - begin) / elapsed if elapsed > 0 else np.nan,
                "average_heart_rate_bpm": part["heart_rate_bpm"].mean() if "heart_rate_bpm" in part else np.nan,
                "max_heart_rate_bpm": part["heart_rate_bpm"].max() if "heart_rate_bpm" in part else np.nan,
            }
        )
    return tables.conform(pd.DataFrame(rows), tables.LAPS)
