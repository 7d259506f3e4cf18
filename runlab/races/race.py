"""``Race``: one race with its official numbers, put together from the calendar, the files and what is given by hand."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from .. import units as _units
from ..errors import SettingsError, one_of
from .found import day_named, race_names, races_near
from .lengths import standard_m

KINDS = ("road", "track", "trail", "ultra", "relay", "treadmill")
CHECKPOINT_COLUMNS: dict[str, Any] = {
    "checkpoint": "str",
    "distance_m": float,
    "planned_arrival_s": float,
    "arrival_s": float,
    "departure_s": float,
    "cutoff_s": float,
    "rank": float,
}
_CLOCKS = {
    "planned_arrival": "planned_arrival_s",
    "plan": "planned_arrival_s",
    "arrival": "arrival_s",
    "time": "arrival_s",
    "split": "arrival_s",
    "departure": "departure_s",
    "cutoff": "cutoff_s",
}


def no_checkpoints() -> pd.DataFrame:
    """A checkpoint table without rows.

    >>> no_checkpoints().columns.tolist()[:2]
    ['checkpoint', 'distance_m']
    """
    return pd.DataFrame({name: pd.Series([], dtype=kind) for name, kind in CHECKPOINT_COLUMNS.items()})


@dataclass(frozen=True, eq=False)
class Race:
    """One race: official numbers first, and which files were recorded on the way.

    ``distance_m`` and ``official_time_s`` are the organiser's (NaN where nobody said); ``activity_ids`` the runs of
    that day that belong to it, in order (several for a relay, or where a watch was restarted); ``checkpoints`` has
    ``checkpoint, distance_m, planned_arrival_s, arrival_s, departure_s, cutoff_s, rank`` (seconds since the start);
    ``course`` a path to a GPX file or a frame; ``finished`` False for a race that ended before the line.

    >>> Race(date=pd.Timestamp("2026-11-01"), distance_m=42195.0, official_time_s=13272.0)
    Race(2026-11-01, 42.2 km, 3:41:12)
    """

    date: pd.Timestamp
    athlete: str = ""
    name: str = ""
    distance_m: float = math.nan
    official_time_s: float = math.nan
    goal_s: float = math.nan
    ascent_m: float = math.nan
    kind: str = ""
    priority: str = ""
    activity_ids: tuple[str, ...] = ()
    checkpoints: pd.DataFrame = field(default_factory=no_checkpoints)
    course: Any = None
    finished: bool = True
    distance_from: str = "given"

    def __repr__(self) -> str:
        parts = [
            f"{self.date:%Y-%m-%d}",
            self.name,
            _units.format_distance(self.distance_m).replace("·", ""),
            _units.format_duration(self.official_time_s).replace("·", ""),
            "" if self.finished else "not finished",
        ]
        return f"Race({', '.join(part for part in parts if part)})"


def race_of(
    log: Any,
    race: Any,
    *,
    official_time: Any = None,
    distance_m: float | None = None,
    goal: Any = None,
    course: Any = None,
    checkpoints: Any = None,
    name: str | None = None,
    kind: str | None = None,
    ascent_m: float | None = None,
    finished: bool | None = None,
    activity_ids: tuple[str, ...] | list[str] | None = None,
) -> Race:
    """The race meant, from the calendar, the runs recorded that day, and what is given here, which wins.

    Definition: the row of ``log.races`` on that date; the runs of that date (the longest; for a relay all of them;
    further ones of this and the next two days where the longest covers less than 85 % of the official distance and
    they fit in). Without any official distance the watch's stands in, at the nearest standard distance within 3 %.
    ``finished`` None means: not finished where there is no official time and the runs cover less than 95 %.

    Takes a log of one athlete; ``race`` as a Race, a local date, a name (or words of it), or a row with a ``date``;
    times as "3:41:12" or seconds, ``checkpoints`` as a frame or a CSV
    (columns distance_m / distance_km / distance_mi, name, arrival, departure, planned_arrival, cutoff, rank).
    Returns a Race. Raises SettingsError where neither calendar nor runs nor the arguments tell of a race that day,
    and for a name that no race or more than one has.

    >>> from runlab.log import Log
    >>> log = Log(pd.DataFrame({"activity_id": ["a"], "athlete": ["kim"], "date": ["2026-11-01"], "sport": ["running"],
    ...                         "distance_m": [42830.0], "elapsed_time_s": [13280.0]}))
    >>> race_of(log, "2026-11-01", official_time="3:41:12", goal="3:30:00")
    Race(2026-11-01, 42.2 km, 3:41:12)
    """
    log.only()
    day = race_day(log, race)
    rows = log.races[log.races["date"] == day]
    known = rows.iloc[0].to_dict() if len(rows) else {}
    kind = known.get("kind", "") if kind is None else one_of("kind", kind, (*KINDS, ""))
    runs = _runs(log, day)
    if not known and runs.empty and official_time is None and distance_m is None:
        raise SettingsError(f"no race and no run on {day:%Y-%m-%d}; {races_near(log, day)}")
    distance = float(distance_m) if distance_m else float(known.get("distance_m", math.nan))
    distance_from = "given" if distance_m else "calendar"
    ids = tuple(activity_ids) if activity_ids is not None else _parts(runs, day, distance, kind)
    own = runs.set_index("activity_id").loc[[i for i in ids if i in set(runs["activity_id"])]]
    covered = float(own["distance_m"].sum(min_count=1)) if len(own) else math.nan
    if not distance > 0:
        distance, distance_from = standard_m(covered), "watch"
    stopped = isinstance(official_time, str) and official_time.strip().upper() == "DNF"
    official = clock_s(None if stopped else official_time)
    if official_time is None:
        official = float(known.get("official_time_s", math.nan))
    if finished is None:
        short = not official > 0 and distance_from != "watch" and covered < 0.95 * distance
        finished = not (stopped or short)
    goal_s = clock_s(goal) if goal is not None else float(known.get("goal_s", math.nan))
    athlete = str(known.get("athlete") or (own["athlete"].iloc[0] if len(own) else "") or log.name)
    if not kind and len(own):
        kind = {"trail": "trail", "track": "track", "treadmill": "treadmill", "indoor_running": "treadmill"}.get(
            str(own["sub_sport"].iloc[0]), ""
        )
    points = known.get("checkpoints", "") if checkpoints is None else checkpoints
    title = name or str(known.get("name", "")) or "".join(race_names(own["title"], log.activities["title"])[:1])
    ascent = float(ascent_m) if ascent_m is not None else float(known.get("ascent_m", math.nan))
    return Race(
        date=day,
        athlete=athlete,
        name=title,
        distance_m=distance,
        official_time_s=official if finished else math.nan,
        goal_s=goal_s,
        ascent_m=ascent,
        kind=kind or "road",
        priority=str(known.get("priority", "")),
        activity_ids=ids,
        checkpoints=checkpoint_table(points, log=log, athlete=athlete),
        course=beside(course, log=log, athlete=athlete) if course is not None else None,
        finished=bool(finished),
        distance_from=distance_from,
    )


def as_race(log: Any, race: Any) -> Race:
    """The race meant by a Race (as it is), a local date, a name or a row with a date: what functions on a race take.

    Raises SettingsError as ``race_of`` does.

    >>> from runlab.log import Log
    >>> races = {"athlete": ["kim"], "date": ["2026-11-01"], "name": ["Town Marathon"], "distance_m": [42195.0]}
    >>> as_race(Log(races=pd.DataFrame(races)), "town")
    Race(2026-11-01, Town Marathon, 42.2 km)
    """
    log.only()
    return race if isinstance(race, Race) else race_of(log, race)


def race_day(log: Any, race: Any) -> pd.Timestamp:
    """The local day of a race given as a Race, a date, a name (or words of it), or a row with a ``date``.

    Raises SettingsError for a name that no race of the log has, or several; and for a row without a date.

    >>> race_day(None, Race(date=pd.Timestamp("2026-11-01")))
    Timestamp('2026-11-01 00:00:00')
    """
    if isinstance(race, Race):
        return race.date
    if isinstance(race, (Mapping, pd.Series)):
        if "date" not in race:
            raise SettingsError(f"race needs a date; found {', '.join(map(str, race.keys()))}")
        race = race["date"]
    if isinstance(race, str) and not re.match(r"\s*(\d{4}-\d|\d{1,2}([-./])\d{1,2}\2\d)", race):
        return day_named(log, race)
    try:
        return _units.parse_day(race)
    except SettingsError as error:
        raise SettingsError(f"{error}; {races_near(log)}" if log is not None else str(error)) from None


def clock_s(value: Any) -> float:
    """Seconds from "3:41:12", a Timedelta or a number of seconds; NaN for nothing.

    >>> clock_s("3:41:12"), clock_s(100.0)
    (13272.0, 100.0)
    """
    if value is None or value is pd.NaT or (isinstance(value, float) and math.isnan(value)):
        return math.nan
    if isinstance(value, str):
        return _units.parse_duration(value)
    return value.total_seconds() if hasattr(value, "total_seconds") else float(value)


def beside(path: Any, *, log: Any, athlete: str = "") -> Any:
    """A path as given, else in the athlete's folder, else in the log's; anything that is no text is handed back.

    >>> beside(None, log=None) is None
    True
    """
    if not isinstance(path, (str, Path)) or not str(path):
        return path
    root = Path(getattr(log, "root", "."))
    for place in (Path(path), root / athlete / path, root / path):
        if place.is_file():
            return place
    raise SettingsError(f"no file {str(path)!r} here, in {root / athlete} or in {root}")


def checkpoint_table(points: Any, *, log: Any = None, athlete: str = "") -> pd.DataFrame:
    """Checkpoints as a frame in metres and seconds since the start, nearest first.

    Takes a frame, a CSV path, or nothing. Raises SettingsError without a distance column.

    >>> checkpoint_table(pd.DataFrame({"name": ["Aid 1"], "distance_mi": [10], "arrival": ["2:00:00"]})).iloc[0, :2]
    checkpoint        Aid 1
    distance_m     16093.44
    Name: 0, dtype: object
    """
    if points is None or (isinstance(points, str) and not points):
        return no_checkpoints()
    if isinstance(points, (str, Path)):
        try:
            path = beside(points, log=log, athlete=athlete)
        except SettingsError:
            return no_checkpoints()  # named in the calendar but not handed over: a debrief without legs
        points = pd.read_csv(path, dtype="str", encoding="utf-8-sig")
    frame = points.rename(columns={c: str(c).strip().lower().replace(" ", "_") for c in points.columns})
    metres = {
        "distance_m": 1.0,
        "distance_km": 1000.0,
        "distance_mi": _units.METRES_PER_MILE,
        "km": 1000.0,
        "mile": _units.METRES_PER_MILE,
        "distance_miles": _units.METRES_PER_MILE,
    }
    column = next((c for c in metres if c in frame.columns), None)
    if column is None:
        raise SettingsError(
            "checkpoints need distance_m, distance_km or distance_mi; found " + ", ".join(map(str, frame.columns))
        )
    out: Mapping[str, Any] = {"distance_m": pd.to_numeric(frame[column], errors="coerce") * metres[column]}
    names = next((c for c in ("checkpoint", "name", "aid_station", "place") if c in frame.columns), None)
    out = {**out, "checkpoint": frame[names].astype("str") if names else [f"{n + 1}" for n in range(len(frame))]}
    for name in ("planned_arrival", "plan", "arrival", "time", "split", "departure", "cutoff"):
        target = _CLOCKS[name]
        if target not in out:
            if target in frame.columns:
                out[target] = pd.to_numeric(frame[target], errors="coerce")
            elif name in frame.columns:
                out[target] = [
                    clock_s(v)
                    if isinstance(v, str) and v.strip()
                    else math.nan
                    if not isinstance(v, (int, float))
                    else float(v)
                    for v in frame[name]
                ]
    if "rank" in frame.columns:
        out["rank"] = pd.to_numeric(frame["rank"], errors="coerce")
    table = pd.DataFrame(out).reindex(columns=list(CHECKPOINT_COLUMNS)).astype(CHECKPOINT_COLUMNS)
    return table[table["distance_m"] > 0].sort_values("distance_m", kind="stable", ignore_index=True)


def _runs(log: Any, day: pd.Timestamp) -> pd.DataFrame:
    """Runs that began on race day or the two days after, doubles left out."""
    frame = log.activities
    near = frame["date"].between(day, day + pd.Timedelta(days=2))
    on_foot = frame["sport"].isin(["running", "walking", "hiking", ""])
    return frame[near & on_foot & (frame["duplicate_of"].fillna("") == "")].sort_values("start_time", kind="stable")


def _parts(runs: pd.DataFrame, day: pd.Timestamp, distance: float, kind: str) -> tuple[str, ...]:
    """Which runs are the race: the one nearest to it, or all parts of a relay or of a recording in pieces."""
    today = runs[runs["date"] == day]
    if today.empty:
        return ()
    if kind == "relay":
        return tuple(today["activity_id"])
    length = today["distance_m"].fillna(0.0)
    size = length if length.max() > 0 else today["elapsed_time_s"].fillna(0.0)
    longest = today.iloc[int(size.argmax())]
    total = float(longest["distance_m"])
    if not distance > 0 or not total < 0.85 * distance:
        return (longest["activity_id"],)
    parts, begin = [longest["activity_id"]], longest["start_time"]
    end = begin + pd.Timedelta(seconds=float(longest["elapsed_time_s"]))
    for run in runs.to_dict("records"):
        after = run["start_time"] >= end and run["start_time"] - end < pd.Timedelta(hours=6)
        before = run["start_time"] + pd.Timedelta(seconds=run["elapsed_time_s"] or 0.0) <= begin
        fits = run["distance_m"] > 1000 and total + run["distance_m"] <= 1.06 * distance
        if run["activity_id"] not in parts and fits and (after or (before and run["date"] == day)):
            parts = [*parts, run["activity_id"]] if after else [run["activity_id"], *parts]
            total += run["distance_m"]
            end = max(end, run["start_time"] + pd.Timedelta(seconds=float(run["elapsed_time_s"])))
    return tuple(parts)
