"""A training log: one row per activity, to the `activities` table."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from ... import tables
from ...numerics import column
from ..sports import ABROAD, IN_TABLES, REST, SUMMARIES, SURFACES, WORKOUTS
from . import system as systems
from .cells import is_flag, is_missing, looks_like_clock, tidy
from .checks import CLOCKS, best_time, both_feet, fill_times, scale_clocks, small_units
from .columns import Columns, text_series
from .dates import Dates, Moment, dates, instants
from .detect import Field, fields_of, report_likely, report_unread
from .dictionaries import COLUMNS, KINDS, Source
from .sheet import Findings, Sheet, normalise, problems_table

ON_FOOT = ["running", "walking", "hiking"]
_WELLNESS = tuple(c for c in COLUMNS["wellness"] if c not in ("athlete", "date"))
_HELPERS = {
    "date",
    "date_or_time",
    "time_of_day",
    "time_or_duration",
    "sport",
    "sport_or_type",
    "sub_sport",
    "surface",
    "is_race",
    "is_long_run",
    "is_treadmill",
    "listed_distance_m",
    "listed_elapsed_time_s",
    "time",
    "end",
    "start",
}


@dataclass(frozen=True)
class TrainingLog:
    """A training log read from a CSV file.

    ``activities`` follows ``tables.ACTIVITIES`` (``samples`` 0), ``problems`` follows ``tables.PROBLEMS``,
    ``wellness`` holds the day's resting heart rate, HRV, sleep, weight ... where the sheet has them (columns as in
    ``tables.DAILY``), and ``about`` says what the file is (``source``), how it was written (``encoding``,
    ``delimiter``) and what was decided from its content (``decisions``).

    >>> TrainingLog(tables.empty(tables.ACTIVITIES), tables.empty(tables.PROBLEMS), {"source": "training log"})
    TrainingLog(training log, 0 activities, 0 problems)
    """

    activities: pd.DataFrame
    problems: pd.DataFrame
    about: dict[str, Any] = field(default_factory=dict)
    wellness: pd.DataFrame = field(default_factory=pd.DataFrame)

    def __repr__(self) -> str:
        return (
            f"TrainingLog({self.about.get('source', '?')}, {len(self.activities):,} activities, "
            f"{len(self.problems):,} problems)"
        )


def sport_of(word: str) -> tuple[str, str]:
    """Sport and sub-sport of a word; a word no dictionary knows is kept in snake case.

    >>> sport_of("Trail Run"), sport_of("Weight Training"), sport_of("Curling"), sport_of("跑步")
    (('running', 'trail'), ('strength', ''), ('curling', ''), ('running', ''))
    """
    name = normalise(word).replace("-", " ")
    return IN_TABLES.get(name) or ABROAD.get(name) or (name.replace(" ", "_"), "")


def read_log(
    sheet: Sheet,
    source: Source,
    found: Findings,
    *,
    columns: Mapping[str, str] | None = None,
    home_zone: str = "UTC",
    dayfirst: bool | None = None,
    units: str | None = None,
    sha256: str = "",
) -> TrainingLog:
    """Read a sheet of one row per activity.

    Times: ``timer_time_s``, ``moving_time_s`` and ``elapsed_time_s`` as the file gives them; where it gives no moving
    time the shorter of the others stands for it. A number without unit under a duration is minutes. Cadence counts
    both feet: where the middle run of the file is below 120, the file counts one leg and is doubled. 0 in a heart
    rate, cadence, distance, time, power or RPE is not measured. Rows without distance and duration are no activities
    (rest days, plans). A row with a date but no time of day starts at local midnight and has ``date_only`` True.
    ``activity_id`` is the start (UTC) and a hash of what a later export of the same row still holds: its id, else
    sport, distance and duration.

    >>> from .dictionaries import COACH
    >>> sheet = Sheet(["Date", "Km", "Minutes"], [["2026-05-01", "10", "50"]], [2], 1, ",", "utf-8", [])
    >>> read_log(sheet, COACH, Findings("log.csv")).activities["average_speed_mps"].round(2).tolist()
    [3.33]
    """
    fields = _settled(fields_of(sheet.header, source.headers, columns), sheet)
    table = Columns(sheet, fields, found)
    moments = _moments(table, dayfirst, units)
    when = instants(moments.moments, home_zone=home_zone, utc=source.utc)
    sport, sub_sport, workout = _sports(table, source)
    on_foot, running = np.isin(sport, ON_FOOT), np.array(sport) == "running"
    table.system = systems.decide(table, on_foot=on_foot, running=running, units=units)
    keep, counts = _activity_rows(table, moments, sport, workout)
    frame = _quantities(table, keep, source)
    frame["sport"], frame["sub_sport"], frame["workout_type"] = map(text_series, (sport, sub_sport, workout))
    frame = small_units(frame, table, keep)
    frame = scale_clocks(frame, table, keep, running)
    frame = both_feet(frame, keep, running, on_foot, found)
    frame = fill_times(frame, table)
    for target in {f.target for f in fields} - _HELPERS:
        if target not in frame and KINDS.get(target) == "flag":
            frame[target] = table.flag(target)
        elif target not in frame:
            frame[target] = text_series(table.text(target))
    unread = _carry(frame, table, fields, source)
    frame["start_time"], frame["utc_offset_s"] = when["start_time"], when["utc_offset_s"]
    frame["date"] = when["wall"].dt.normalize()
    frame["date_only"] = [m is not None and not m.has_time for m in moments.moments]
    frame["line"] = sheet.lines
    wellness = _wellness(frame)
    frame = frame.drop(
        columns=[c for c in _WELLNESS if c in frame and c not in ("weight_kg", "resting_heart_rate_bpm")]
    )
    frame = frame.loc[sorted(keep)].reset_index(drop=True)
    frame = _identify(frame, found).drop(columns="line")
    frame["complete"], frame["source_format"], frame["source"], frame["sha256"] = True, "csv", found.path, sha256
    frame["samples"], frame["part"] = np.int64(0), np.arange(1, len(frame) + 1, dtype="int64")
    activities = tables.conform(frame, tables.ACTIVITIES)
    about = {
        "format": "csv",
        "file_kind": "training_log",
        "source": source.name,
        "encoding": sheet.encoding,
        "delimiter": sheet.delimiter,
        "units": table.system,
        "rows": len(sheet.rows),
        "decisions": list(found.decisions),
        "unread_columns": unread,
        **counts,
    }
    return TrainingLog(activities, problems_table(found), about, wellness)


def read_days(
    sheet: Sheet,
    source: Source,
    found: Findings,
    *,
    columns: Mapping[str, str] | None = None,
    dayfirst: bool | None = None,
    units: str | None = None,
) -> TrainingLog:
    """Read a sheet of one row per day: a log without activities, whose ``wellness`` is filled.

    >>> from .dictionaries import COACH
    >>> sheet = Sheet(["Date", "RHR"], [["2026-05-01", "48"]], [2], 1, ",", "utf-8", [])
    >>> read_days(sheet, COACH, Findings("days.csv")).wellness["resting_heart_rate_bpm"].tolist()
    [48.0]
    """
    table = Columns(sheet, fields_of(sheet.header, source.headers, columns), found)
    frame = pd.DataFrame(index=range(len(table)))
    moments = _moments(table, dayfirst, units)
    frame["date"] = instants(moments.moments, home_zone="UTC")["wall"].dt.normalize()
    for target in {f.target for f in table.fields} & set(_WELLNESS):
        system = systems.weight_system(table, units or "metric") if target == "weight_kg" else None
        frame[target] = text_series(table.text(target)) if target == "wellness_note" else table.number(target, system)
    about = {
        "format": "csv",
        "file_kind": "wellness",
        "source": source.name,
        "encoding": sheet.encoding,
        "delimiter": sheet.delimiter,
        "rows": len(sheet.rows),
        "decisions": list(found.decisions),
    }
    return TrainingLog(tables.empty(tables.ACTIVITIES), problems_table(found), about, _wellness(frame))


def _settled(fields: list[Field], sheet: Sheet) -> list[Field]:
    """Fields whose meaning hangs on the other columns: "Time" beside a duration is the time of day."""
    targets = {f.target for f in fields}
    out = []
    for f in fields:
        filled = [c for c in sheet.column(f.index) if not is_missing(c)]
        if f.target == "time_or_duration":
            half_day = any(c.casefold().rstrip(". ").endswith(("am", "pm", "a.m", "p.m")) for c in filled)
            to_day = half_day or "timer_time_s" in targets
            f = Field(f.index, f.header, "time_of_day" if to_day else "timer_time_s", "" if to_day else "clock")
        elif f.target == "date_or_time":
            clocks = bool(filled) and all(looks_like_clock(c) for c in filled)
            f = Field(f.index, f.header, "time_of_day" if clocks else "date", "")
        elif f.target == "is_race" and not is_flag(filled):
            f = Field(f.index, f.header, "title", "")  # a column "Race" with names in it
        out.append(f)
    return out


def _moments(table: Columns, dayfirst: bool | None, units: str | None) -> Dates:
    """When each row began: the first date column, with a time of day from its own column where there is one."""
    fields = table.of("date")
    if not fields:
        return Dates([None] * len(table), [], "", False)
    found = dates(table.cells(fields[0]), dayfirst=dayfirst, units=units)
    table.found.decide(found.decided)
    if found.undecided:
        table.found.problem(
            f"column {fields[0].header!r}",
            found.decided,
            "the dates in that order",
            "say dayfirst=True or False, or write the dates as 2026-05-31",
        )
    moments = list(found.moments)
    times = table.text("time_of_day")
    for i, moment in enumerate(moments):
        if moment and not moment.has_time and times[i]:
            both = dates([f"{moment.wall:%Y-%m-%d} {tidy(times[i])}"]).moments[0]
            if both:
                moments[i] = Moment(both.wall, both.zone, both.has_time)
            else:
                table.problem(i, table.of("time_of_day")[0], f"cannot read {times[i][:40]!r} as a time of day")
    return Dates(moments, found.wrong, found.decided, found.undecided)


def _sports(table: Columns, source: Source) -> tuple[list[str], list[str], list[str]]:
    """Sport, sub-sport and kind of session of each row."""
    sports, types = table.text("sport"), table.text("sport_or_type")
    surfaces, subs = table.text("surface"), table.text("sub_sport")
    treadmill, race, long_run = table.flag("is_treadmill"), table.flag("is_race"), table.flag("is_long_run")
    default = "" if any(sports) else "running"
    out: list[tuple[str, str, str]] = []
    guessed = 0
    for i in range(len(table)):
        sport, sub = sport_of(sports[i]) if sports[i] else ("", "")
        workout, word = "", normalise(types[i]).replace("-", " ")
        if word in WORKOUTS and (sport or word not in IN_TABLES):
            workout = WORKOUTS[word]
        elif word in IN_TABLES and not sport:
            sport, sub = IN_TABLES[word]
        elif word:
            workout = word.replace(" ", "_")
        if not sport and default:
            sport = default
            guessed += 1
        sub = subs[i].casefold() or SURFACES.get(normalise(surfaces[i]), "") or sub
        if treadmill[i] and sport == "running":
            sub = "treadmill"
        workout = "race" if race[i] else "long" if long_run[i] and not workout else workout
        out.append((sport, sub, workout))
    if guessed and source.carry:
        table.found.decide(f"{guessed} rows name no sport and are taken as running")
    return ([o[0] for o in out], [o[1] for o in out], [o[2] for o in out])


def _activity_rows(
    table: Columns, moments: Dates, sport: list[str], workout: list[str]
) -> tuple[set[int], dict[str, int]]:
    """The rows that are activities; the others counted as rest days, plans or sums, or noted as problems."""
    sizes = [f for f in table.fields if f.target in (*CLOCKS, "distance_m", "listed_distance_m")]
    filled = np.zeros(len(table), dtype=bool)
    for f in sizes:
        values, wrong = table.raw(f, f.unit if f.kept != "m" else "", f.kept if f.kept != "m" else "")
        filled |= np.nan_to_num(values) > 0
        filled[wrong] = True
    keep: set[int] = set()
    counts = {"rest_rows": 0, "planned_rows": 0, "summary_rows": 0}
    date_fields = table.of("date")
    planned = [f for f in table.fields if f.target.startswith("planned_")]
    listed = table.text(
        "source_id"
    )  # a row without distance and time is still a session where a platform gave it an id
    for i, moment in enumerate(moments.moments):
        first = next((c.strip() for c in table.sheet.rows[i] if c.strip()), "")
        if moment is None and normalise(first).split(" ")[0] in SUMMARIES:
            counts["summary_rows"] += 1
        elif not filled[i] and not (listed[i] and not {sport[i], workout[i]}.intersection(REST)):
            is_plan = any(not is_missing(table.cells(f)[i]) for f in planned)
            counts["planned_rows" if is_plan else "rest_rows"] += 1
        elif moment is None:
            cell = table.cells(date_fields[0])[i].strip() if date_fields else ""
            reason = f"cannot read {cell[:40]!r} as a date" if cell else "no date"
            table.problem(
                i,
                date_fields[0] if date_fields else None,
                reason,
                kept="nothing of this line",
                action="write the date as 2026-05-31 in every row",
            )
        else:
            keep.add(i)
    return keep, counts


def _quantities(table: Columns, keep: set[int], source: Source) -> pd.DataFrame:
    frame = pd.DataFrame(index=range(len(table)))
    warm = systems.temperature_system(table, table.system)
    heavy = systems.weight_system(table, table.system)
    for target in dict.fromkeys(f.target for f in table.fields):
        field_ = table.of(target)[0]
        if field_.kept in ("text", "date", "flag", "either"):
            continue
        chosen = warm if field_.unit == "c?" else heavy if field_.unit == "kg?" else None
        rows = None if target in _WELLNESS else keep
        frame[target] = table.number(target, chosen, rows=rows)
    if "listed_distance_m" in frame and "distance_m" in frame:
        listed, metres = frame["listed_distance_m"].to_numpy(), frame["distance_m"].to_numpy(copy=True)
        plain, _ = table.raw(table.of("listed_distance_m")[0], "", "")
        speed = frame.get("average_speed_mps", pd.Series(np.nan, frame.index)).to_numpy()
        time = frame.get("moving_time_s", pd.Series(np.nan, frame.index)).to_numpy()
        factor, words = systems.second_distance(metres, plain, speed, time)
        table.found.decide(words)
        frame["distance_m"] = metres * factor if np.isfinite(factor) else listed
    for target, other in source.fallback.items():
        if other in frame:
            main = frame[target] if target in frame else pd.Series(np.nan, frame.index)
            frame[target] = main.where(main.notna(), frame[other])
    return frame.drop(columns=[c for c in ("listed_distance_m", "listed_elapsed_time_s") if c in frame])


def _carry(frame: pd.DataFrame, table: Columns, fields: list[Field], source: Source) -> list[str]:
    """A coach's own further columns, as text under their names in snake case; for platforms, their names only."""
    if not source.carry:
        return report_unread(table.sheet, fields, table.found)
    report_likely(table.sheet, fields, source.headers, table.found)
    read = {f.index for f in fields}
    for i, header in enumerate(table.sheet.header):
        name = "_".join("".join(c if c.isalnum() else " " for c in normalise(header)).split())
        if i not in read and name and name not in frame and name not in tables.ACTIVITIES:
            frame[name] = text_series(["" if is_missing(c) else c.strip() for c in table.sheet.column(i)])
    return []


def _wellness(frame: pd.DataFrame) -> pd.DataFrame:
    """One row per day with the day's first value of each wellness column the sheet has."""
    have = [
        c for c in _WELLNESS if c in frame and (frame[c].ne("") if c == "wellness_note" else frame[c].notna()).any()
    ]
    if have:
        days = frame.loc[frame["date"].notna(), ["date", *have]]
        days = days.assign(**{c: days[c].where(days[c] != "") for c in have if c == "wellness_note"})
        days = days.dropna(subset=have, how="all").groupby("date", as_index=False, sort=True).first()
    else:
        days = pd.DataFrame({"date": pd.Series([], dtype="datetime64[us]")})
    n = len(days)
    out = {"athlete": pd.Series([""] * n, dtype="str"), "date": days["date"].astype("datetime64[us]")}
    for name in _WELLNESS:
        dtype = COLUMNS["wellness"][name]
        values = days[name] if name in days else pd.Series(["" if dtype == "str" else np.nan] * n, index=days.index)
        out[name] = (values.fillna("") if dtype == "str" else values).astype(dtype)
    return pd.DataFrame(out).reset_index(drop=True)


def _identify(frame: pd.DataFrame, found: Findings) -> pd.DataFrame:
    """``activity_id`` of each row; the same timed row twice is kept once."""
    seen: dict[str, int] = {}
    ids, drop = [], []
    time = best_time(frame)
    ident = frame["source_id"].tolist() if "source_id" in frame else [""] * len(frame)
    metres = column(frame, "distance_m")
    for i, start in enumerate(frame["start_time"]):
        content = ident[i] or f"{frame['sport'][i]}|{metres[i]:.0f}|{time[i]:.0f}"
        key = f"{start:%Y%m%dT%H%M%S}-{content}"
        nth = seen[key] = seen.get(key, 0) + 1
        if nth > 1 and not frame["date_only"][i]:
            drop.append(i)
            found.problem(
                f"line {frame['line'][i]}",
                "the same activity again (start, sport, distance and duration)",
                "the first of them",
                "remove the second row",
            )
        text = content if nth == 1 else f"{content}|{nth}"
        ids.append(f"{start:%Y%m%dT%H%M%S}-{hashlib.sha1(text.encode()).hexdigest()[:6]}")
    frame = frame.assign(activity_id=text_series(ids))
    return frame.drop(index=drop).reset_index(drop=True)
