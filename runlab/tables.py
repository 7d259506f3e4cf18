"""The schema: every table, every column, its dtype, its unit, and what it means.

Plain DataFrames with a written contract. ``check`` holds a frame against it and lists all problems at once;
the README's column reference is generated from here.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from .errors import TableError

FLOAT, TEXT, FLAG, COUNT = "float64", "str", "bool", "int64"
INSTANT, DATE = "datetime64[us, UTC]", "datetime64[us]"


@dataclass(frozen=True)
class Column:
    """One column: its name, dtype, unit and meaning; ``always`` means present even where nothing was measured."""

    name: str
    dtype: str
    unit: str
    meaning: str
    always: bool = True


@dataclass(frozen=True)
class Table:
    """One table: what a row is, which columns identify it (none: nothing does), and the columns it may hold."""

    name: str
    row: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]

    def __getitem__(self, name: str) -> Column:
        for column in self.columns:
            if column.name == name:
                return column
        raise TableError(f"{self.name}: no column {name!r} in the schema; see runlab.tables.reference()")

    def __contains__(self, name: str) -> bool:
        return any(column.name == name for column in self.columns)

    @property
    def names(self) -> list[str]:
        """The columns that are always there, in order."""
        return [column.name for column in self.columns if column.always]


def _c(name: str, dtype: str, unit: str, meaning: str, always: bool = True) -> Column:
    return Column(name, dtype, unit, meaning, always)


RECORDS = Table(
    "records",
    "sample of an activity",
    ("activity_id", "time"),
    (
        _c("activity_id", TEXT, "", "which activity the sample belongs to"),
        _c("time", INSTANT, "UTC", "instant of the sample"),
        _c("latitude_deg", FLOAT, "deg", "position, WGS 84"),
        _c("longitude_deg", FLOAT, "deg", "position, WGS 84"),
        _c("altitude_m", FLOAT, "m", "height above sea level as the device recorded it"),
        _c(
            "distance_m",
            FLOAT,
            "m",
            "distance since the start, from the device where it gives one, else along the positions",
        ),
        _c("speed_mps", FLOAT, "m/s", "speed from the device where it gives one, else from distance and time"),
        _c("heart_rate_bpm", FLOAT, "1/min", "heart rate; 0 is read as not measured"),
        _c("cadence_spm", FLOAT, "steps/min", "cadence of both feet (revolutions/min on a bicycle)"),
        _c("power_w", FLOAT, "W", "power as the device states it; makers are not comparable"),
        _c("temperature_c", FLOAT, "°C", "temperature at the wrist or pod"),
        _c("timer_running", FLAG, "", "False between a stop and the next start of the watch's timer"),
        _c("vertical_oscillation_mm", FLOAT, "mm", "vertical movement of the trunk per step", False),
        _c("stance_time_ms", FLOAT, "ms", "ground contact time", False),
        _c("stance_time_pct", FLOAT, "%", "share of the step cycle on the ground", False),
        _c("stance_time_balance_pct", FLOAT, "%", "left foot's share of ground contact", False),
        _c("step_length_mm", FLOAT, "mm", "length of one step", False),
        _c("vertical_ratio_pct", FLOAT, "%", "vertical oscillation over step length", False),
        _c("respiration_rate_brpm", FLOAT, "1/min", "breaths per minute", False),
        _c("gps_accuracy_m", FLOAT, "m", "the device's own estimate of its position error", False),
        _c("session", COUNT, "", "which session of a multisport file, from 1", False),
        _c("segment", COUNT, "", "which track segment of a GPX or TCX file, from 1", False),
    ),
)

LAPS = Table(
    "laps",
    "lap",
    ("activity_id", "lap"),
    (
        _c("activity_id", TEXT, "", "which activity the lap belongs to"),
        _c("lap", COUNT, "", "number of the lap, from 1"),
        _c("start_time", INSTANT, "UTC", "instant the lap began"),
        _c("elapsed_time_s", FLOAT, "s", "clock time from start to end, stops included"),
        _c("timer_time_s", FLOAT, "s", "time with the watch's timer running"),
        _c("distance_m", FLOAT, "m", "distance of the lap"),
        _c("average_speed_mps", FLOAT, "m/s", "distance over timer time"),
        _c("average_heart_rate_bpm", FLOAT, "1/min", "time-weighted mean heart rate"),
        _c("max_heart_rate_bpm", FLOAT, "1/min", "highest heart rate"),
        _c("average_cadence_spm", FLOAT, "steps/min", "mean cadence, both feet"),
        _c("average_power_w", FLOAT, "W", "mean power"),
        _c("ascent_m", FLOAT, "m", "climbed height, by the device or by hysteresis"),
        _c("descent_m", FLOAT, "m", "descended height"),
        _c("trigger", TEXT, "", "what ended it: manual, distance, time, session_end, per_km, per_mi ..."),
        _c("intensity", TEXT, "", "what the workout called it: active, rest, warmup, cooldown; empty if it did not"),
        _c("max_speed_mps", FLOAT, "m/s", "highest speed", False),
        _c("calories_kcal", FLOAT, "kcal", "the device's estimate", False),
        _c("session", COUNT, "", "which session of a multisport file, from 1", False),
    ),
)

ACTIVITIES = Table(
    "activities",
    "activity",
    ("athlete", "activity_id"),
    (
        _c("activity_id", TEXT, "", "start instant and content hash: the same file has the same id everywhere"),
        _c("athlete", TEXT, "", "whose it is"),
        _c("start_time", INSTANT, "UTC", "instant of the first sample"),
        _c("date", DATE, "local date", "the athlete's local date at the start"),
        _c("utc_offset_s", FLOAT, "s", "local time minus UTC at the start"),
        _c("sport", TEXT, "", "running, cycling, swimming, strength, walking, ..."),
        _c("sub_sport", TEXT, "", "trail, treadmill, track, road, ...; empty if unknown"),
        _c("title", TEXT, "", "what the athlete or platform called it"),
        _c("elapsed_time_s", FLOAT, "s", "clock time from start to end, stops included"),
        _c("timer_time_s", FLOAT, "s", "time with the watch's timer running"),
        _c("moving_time_s", FLOAT, "s", "timer time less standing still; rule in summary.moving_time"),
        _c("distance_m", FLOAT, "m", "distance, from the device where it gives one"),
        _c("ascent_m", FLOAT, "m", "climbed height; rule in terrain.elevation_gain"),
        _c("descent_m", FLOAT, "m", "descended height"),
        _c("average_speed_mps", FLOAT, "m/s", "distance over moving time"),
        _c(
            "graded_speed_mps",
            FLOAT,
            "m/s",
            "intensity-weighted flat-equivalent speed (terrain.normalised_graded_speed)",
        ),
        _c("average_heart_rate_bpm", FLOAT, "1/min", "time-weighted mean over samples with heart rate"),
        _c("max_heart_rate_bpm", FLOAT, "1/min", "highest heart rate held for about 5 s"),
        _c("average_cadence_spm", FLOAT, "steps/min", "time-weighted mean while moving, both feet"),
        _c("average_power_w", FLOAT, "W", "time-weighted mean"),
        _c("average_temperature_c", FLOAT, "°C", "time-weighted mean"),
        _c("calories_kcal", FLOAT, "kcal", "the device's or platform's estimate"),
        _c("rpe", FLOAT, "0-10", "rating of perceived exertion (CR-10); 0 is read as not given"),
        _c("feel", FLOAT, "0-100", "how it felt, as the watch asks it"),
        _c("notes", TEXT, "", "what the athlete wrote"),
        _c("private_notes", TEXT, "", "private words; never in a report unless asked for"),
        _c("gear", TEXT, "", "shoes or bicycle as named by the athlete"),
        _c("workout_type", TEXT, "", "race, long, workout ... where the source marks it"),
        _c("device", TEXT, "", "maker and product"),
        _c("altitude_source", TEXT, "", "barometer, gps, platform or empty"),
        _c("has_position", FLAG, "", "whether any sample has a position"),
        _c("samples", COUNT, "", "number of samples; 0 for a row of a training log"),
        _c("heart_rate_share", FLOAT, "0-1", "share of timer time with heart rate"),
        _c("clean_share", FLOAT, "0-1", "share of timer time whose samples passed the quality checks"),
        _c("quality_flags", TEXT, "", "quality flags, separated by blanks; see clean.FLAGS"),
        _c("complete", FLAG, "", "False if the file was cut or damaged"),
        _c("duplicate_of", TEXT, "", "the activity kept instead, if this one is the same session again"),
        _c("source", TEXT, "", "path of the file, relative to the log's folder"),
        _c("source_format", TEXT, "", "fit, gpx, tcx, csv"),
        _c("sha256", TEXT, "", "hash of the file's bytes as found"),
        _c("part", COUNT, "", "which part of a file with several sessions, from 1"),
    ),
)

DAILY = Table(
    "daily",
    "athlete and local date",
    ("athlete", "date"),
    (
        _c("athlete", TEXT, "", "whose day"),
        _c("date", DATE, "local date", "the day; the calendar has no gaps"),
        _c("sessions", COUNT, "", "activities that day, all sports"),
        _c("unmeasured_sessions", COUNT, "", "activities without any usable load"),
        _c(
            "load",
            FLOAT,
            "TRIMP",
            "whole-body load of the day; 0 = no session, NaN = a session that could not be measured",
        ),
        _c("load_low", FLOAT, "TRIMP", "lower end of the day's load, where methods disagree"),
        _c("load_high", FLOAT, "TRIMP", "upper end of the day's load"),
        _c("load_method", TEXT, "", "which methods gave the load, separated by +"),
        _c("run_distance_m", FLOAT, "m", "distance run"),
        _c("run_time_s", FLOAT, "s", "moving time running"),
        _c("run_ascent_m", FLOAT, "m", "climbed on foot"),
        _c("run_descent_m", FLOAT, "m", "descended on foot: the eccentric part"),
        _c("longest_run_m", FLOAT, "m", "longest single run of the day"),
        _c("clean_share", FLOAT, "0-1", "time-weighted clean share of the day's activities"),
        _c("sleep_h", FLOAT, "h", "sleep", False),
        _c("sleep_quality", FLOAT, "1-7", "higher is worse", False),
        _c("resting_heart_rate_bpm", FLOAT, "1/min", "resting heart rate", False),
        _c("hrv_rmssd_ms", FLOAT, "ms", "RMSSD", False),
        _c("soreness", FLOAT, "1-7", "higher is worse", False),
        _c("fatigue", FLOAT, "1-7", "higher is worse", False),
        _c("stress", FLOAT, "1-7", "higher is worse", False),
        _c("mood", FLOAT, "1-7", "higher is better", False),
        _c("weight_kg", FLOAT, "kg", "body weight", False),
        _c("wellness_note", TEXT, "", "words of the day", False),
    ),
)

PLAN = Table(
    "plan",
    "planned session",
    ("athlete", "date", "slot", "version"),
    (
        _c("athlete", TEXT, "", "whose plan"),
        _c("date", DATE, "local date", "planned day"),
        _c("slot", TEXT, "", "am, pm, 1, 2"),
        _c(
            "session_type",
            TEXT,
            "",
            "easy, long, recovery, tempo, threshold, interval, hills, race, strength, cross, rest",
        ),
        _c("title", TEXT, "", "what it is called"),
        _c("distance_m", FLOAT, "m", "planned distance"),
        _c("duration_s", FLOAT, "s", "planned duration"),
        _c("intensity", TEXT, "", "zone, pace or RPE as written"),
        _c("version", TEXT, "", "which version of the plan"),
        _c("reason", TEXT, "", "why it was changed"),
    ),
)

EVENTS = Table(
    "events",
    "episode",
    ("athlete", "kind", "start", "site", "side"),
    (
        _c("athlete", TEXT, "", "whose"),
        _c("kind", TEXT, "", "ill, injury, pain, travel, life, strength_block, shoe_change"),
        _c("start", DATE, "local date", "first day"),
        _c("end", DATE, "local date", "last day; missing = still going on or one day"),
        _c("site", TEXT, "", "body region"),
        _c("side", TEXT, "", "left, right, both"),
        _c("severity", FLOAT, "0-10", "as the athlete rates it"),
        _c("note", TEXT, "", "the athlete's words"),
    ),
)

RACES = Table(
    "races",
    "race",
    ("athlete", "date", "name", "distance_m"),
    (
        _c("athlete", TEXT, "", "whose"),
        _c("date", DATE, "local date", "race day"),
        _c("name", TEXT, "", "name of the race"),
        _c("distance_m", FLOAT, "m", "official distance"),
        _c("priority", TEXT, "", "A, B or C"),
        _c("goal_s", FLOAT, "s", "goal time"),
        _c("official_time_s", FLOAT, "s", "official result; missing before the race or for a DNF"),
        _c("ascent_m", FLOAT, "m", "official ascent"),
        _c("kind", TEXT, "", "road, track, trail, ultra, relay"),
        _c("checkpoints", TEXT, "", "path of a CSV of checkpoints beside races.csv"),
    ),
)

PROBLEMS = Table(
    "problems",
    "thing that could not be read or trusted",
    (),
    (
        _c("path", TEXT, "", "file, relative to the log's folder"),
        _c("activity_id", TEXT, "", "activity, if there is one"),
        _c("where", TEXT, "", "byte, line, column or cell"),
        _c("reason", TEXT, "", "what is wrong"),
        _c("kept", TEXT, "", "what was kept"),
        _c("action", TEXT, "", "what to do"),
    ),
)

TABLES: dict[str, Table] = {t.name: t for t in (RECORDS, LAPS, ACTIVITIES, DAILY, PLAN, EVENTS, RACES, PROBLEMS)}

_FILL: dict[str, object] = {FLOAT: np.nan, TEXT: "", FLAG: False, COUNT: 0, INSTANT: pd.NaT, DATE: pd.NaT}


def _fits(dtype: object, wanted: str) -> bool:
    found = str(dtype)
    if wanted == FLOAT:
        return found in ("float64", "float32", "int64", "int32", "Float64", "Int64")
    if wanted == COUNT:
        return found in ("int64", "int32", "Int64")
    if wanted == INSTANT:
        return found.startswith("datetime64") and found.endswith(", UTC]")
    if wanted == DATE:
        return found in ("datetime64[us]", "datetime64[ns]", "datetime64[ms]", "datetime64[s]")
    return found in (wanted, "string", "object", "boolean")


def check(frame: pd.DataFrame, table: Table, *columns: str, key: bool = True) -> None:
    """Raise one TableError that lists everything wrong with a frame; return nothing if it will do.

    Takes a frame, a table of this module, and the columns that are needed. Extra columns are welcome. A key that two
    rows share is wrong too, as far as the frame has its columns: without ``activity_id``, all rows are one activity's.
    ``key=False`` is for what judges samples and takes them as they are.

    >>> check(pd.DataFrame({"time": ["now"]}), RECORDS, "time", "speed_mps")
    Traceback (most recent call last):
    ...
    runlab.errors.TableError: not a records table (one row per sample of an activity):
      - column 'time' is str, needs datetime64[us, UTC]: convert with pd.to_datetime(..., utc=True)
      - column 'speed_mps' is missing (m/s: speed from the device where it gives one, else from distance and time)
      found: time
    """
    if not isinstance(frame, pd.DataFrame):
        raise TableError(f"{table.name}: needs a DataFrame, not {type(frame).__name__}")
    wrong = []
    for name in columns:
        column = table[name]
        if name not in frame.columns:
            unit = f"{column.unit}: " if column.unit else ""
            near = [c for c in frame.columns if name.split("_")[0] in str(c).lower()]
            hint = f"; did you mean {near[0]!r}?" if near else ""
            wrong.append(f"column {name!r} is missing ({unit}{column.meaning}){hint}")
        elif not _fits(frame[name].dtype, column.dtype):
            how = ""
            if column.dtype == INSTANT:
                how = ": convert with pd.to_datetime(..., utc=True)"
            elif column.dtype == DATE:
                how = ": convert with pd.to_datetime(...).dt.normalize()"
            elif column.dtype == FLOAT:
                how = ": convert with pd.to_numeric(...)"
            wrong.append(f"column {name!r} is {frame[name].dtype}, needs {column.dtype}{how}")
    wrong += _shared_key(frame, table) if key else []
    if wrong:
        found = ", ".join(map(str, frame.columns[:12])) + (" ..." if len(frame.columns) > 12 else "")
        lines = "\n".join(f"  - {line}" for line in wrong)
        raise TableError(
            f"not a {table.name} table (one row per {table.row}):\n{lines}\n  found: {found or 'no columns'}"
        )


def _shared_key(frame: pd.DataFrame, table: Table) -> list[str]:
    """What is wrong with the key, with the first rows that share one; nothing where its last column is not there."""
    key = [name for name in table.key if name in frame.columns]
    if len(frame) < 2 or not key or key[-1] != table.key[-1]:
        return []
    if table.key[-1] == "time" and frame["time"].is_monotonic_increasing and frame["time"].is_unique:
        return []  # samples as they come from a reader, at a hundredth of the cost
    again = frame.duplicated(key).to_numpy()
    if not again.any():
        return []
    first = frame.loc[again, key].drop_duplicates().head(3).itertuples(index=False)
    rows = "; ".join(", ".join(map(str, row)) for row in first)
    return [f"{int(again.sum())} rows repeat the key ({', '.join(key)}): {rows}; keep one row for each"]


def empty(table: Table) -> pd.DataFrame:
    """A table without rows, with every column that is always there and its dtype.

    >>> empty(EVENTS).dtypes["start"]
    dtype('<M8[us]')
    """
    return pd.DataFrame({c.name: pd.Series([], dtype=c.dtype) for c in table.columns if c.always})


def conform(frame: pd.DataFrame, table: Table) -> pd.DataFrame:
    """A new frame with the table's columns first, in order and dtype; missing ones filled with "not known".

    Extra columns follow unchanged. Nothing is repaired: a value that does not fit its dtype raises.

    >>> conform(pd.DataFrame({"kind": ["ill"], "start": ["2026-03-01"], "mood": [3]}), EVENTS).columns.tolist()
    ['athlete', 'kind', 'start', 'end', 'site', 'side', 'severity', 'note', 'mood']
    """
    n, out, present = len(frame), {}, set(frame.columns)
    for column in table.columns:
        if column.name in present:
            out[column.name] = _cast(frame[column.name], column.dtype)
        elif column.always:
            out[column.name] = _blank(column.dtype, n)
    out |= {name: frame[name] for name in frame.columns if name not in out}
    return pd.DataFrame(out, index=frame.index)


def _cast(values: pd.Series, dtype: str) -> pd.Series:
    wanted = _dtype(dtype)
    if dtype == TEXT:
        values = values if values.dtype == wanted else values.astype(wanted)
        return values.fillna("") if values.hasnans else values
    if values.dtype == wanted:
        return values
    if dtype == INSTANT:
        values = pd.to_datetime(values, utc=True)
    elif dtype == DATE:
        values = pd.to_datetime(values)
    return values.astype(wanted)


@cache
def _dtype(name: str) -> Any:
    return pd.Series([], dtype=name).dtype  # type: ignore[call-overload]


def _blank(dtype: str, n: int) -> Any:
    """``n`` times "not known"."""
    if dtype == FLOAT:
        return np.full(n, np.nan)
    return pd.array([_FILL[dtype]], dtype=_dtype(dtype)).take(np.zeros(n, dtype=np.intp))


def seconds(time: pd.Series) -> np.ndarray:
    """Seconds since the first instant of a time column, as floats (pandas 3 counts in microseconds, not nanoseconds).

    >>> stamps = pd.to_datetime(["2026-01-01 08:00:00", "2026-01-01 08:00:01.500"], utc=True, format="ISO8601")
    >>> seconds(pd.Series(stamps))
    array([0. , 1.5])
    """
    if not len(time):
        return np.empty(0)
    micros = time.to_numpy(dtype="datetime64[us]").view(np.int64)
    return (micros - micros[0]) / 1e6


def reference() -> str:
    """The column reference of the README, as Markdown.

    >>> print(reference()[:46])
    ### `records`: one row per sample of an activi
    """
    parts = []
    for table in TABLES.values():
        key = ", ".join(f"`{k}`" for k in table.key) or "none, a file may have several rows"
        parts += [
            f"### `{table.name}`: one row per {table.row}",
            "",
            f"Key: {key}.",
            "",
            "| column | dtype | unit | meaning |",
            "|---|---|---|---|",
        ]
        for c in table.columns:
            name = f"`{c.name}`" + ("" if c.always else " (where measured)")
            parts.append(f"| {name} | {c.dtype} | {c.unit} | {c.meaning} |")
        parts.append("")
    return "\n".join(parts)
