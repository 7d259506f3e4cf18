"""One activity to one row of ``activities``, with its laps, histograms, best efforts and quality."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from .. import tables
from ..athlete import Athlete
from ..clean import clean_share, sample_flags, sample_seconds
from ..efforts import EFFORTS, best_efforts
from ..numerics import column, stretches
from ..readers.activity import Activity, possible_instants
from ..tables import ACTIVITIES, LAPS
from ..terrain import grade, normalised_graded_speed
from .altitude import altitude_source, climbable_altitude, steadied_altitude
from .belief import AGREES, INDOORS, believed, sub_sport
from .dates import local_date, local_offset
from .histogram import histograms
from .laps import climbed, completed_laps, distance_laps
from .times import moving_time, timer_steps

ON_FOOT = ("running", "walking", "hiking", "")  # a GPX often does not name its sport
ASCENT_THRESHOLD_M = 3.0
_LONGEST_S = 7 * 86400.0  # a longer "activity" is a clock
_FASTEST_MPS = 8.0  # the 800 m world record is run at 7.93 m/s; nobody averages more over a kilometre
_OF_THE_CLOCK = ("elapsed_time_s", "timer_time_s", "moving_time_s", "average_speed_mps")

_DEFAULT: dict[str, Any] = {
    tables.FLOAT: math.nan,
    tables.TEXT: "",
    tables.FLAG: False,
    tables.COUNT: 0,
    tables.INSTANT: pd.NaT,
    tables.DATE: pd.NaT,
}
_STATED = ("calories_kcal", "rpe", "feel")
_FALLBACK = (
    "average_heart_rate_bpm",
    "max_heart_rate_bpm",
    "average_cadence_spm",
    "average_power_w",
    "average_temperature_c",
    "ascent_m",
    "descent_m",
    "average_speed_mps",
    "distance_m",
    "moving_time_s",
)


@dataclass(frozen=True)
class Summary:
    """What is kept of an activity when its samples are put away.

    ``row`` is a dict of ``tables.ACTIVITIES`` columns; ``laps``, ``histograms``, ``efforts`` and ``quality`` are frames
    that bear the activity_id; ``problems`` is a list of dicts of ``tables.PROBLEMS`` columns.

    >>> Summary({}, *(pd.DataFrame() for _ in range(4)), []).problems
    []
    """

    row: dict[str, Any]
    laps: pd.DataFrame
    histograms: pd.DataFrame
    efforts: pd.DataFrame
    quality: pd.DataFrame
    problems: list[dict[str, str]]


def summarise(
    activity: Activity, *, athlete: Athlete | None = None, path: str = "", sha256: str = "", part: int = 1
) -> Summary:
    """One row for one activity, with the rules behind each total.

    - distance, elapsed and timer time: the device's own total where it states one, else from the samples
      (``summary.timer_steps``). Moving time: ``summary.moving_time``, never more than timer time.
    - ascent and descent: hysteresis of 3 m over the recorded altitude, averaged over a minute first where it is from
      GPS (``summary.altitude_source``), so that devices compare; the device's own figure is kept as
      ``device_ascent_m`` and stands in where there is no altitude.
    - averages: weighted by the time each sample stands for (``clean.sample_seconds``); cadence while it is above 0;
      maximum heart rate is the highest value held for about 5 s. A channel without samples takes the device's average.
    - what nobody moved through is left out first, and samples are scaled to the stated distance (``summary.believed``;
      flags ``impossible_step``, ``distance_scaled``); nor does altitude nobody climbs count (``altitude_jump``).
    - best efforts: none where the average is over 8 m/s on foot or the clock over 7 days (``implausible_*``).
    - date: ``summary.local_offset``, whose answer's origin is in ``date_source``.
    - laps: the file's own, completed from the samples, else one per kilometre or mile as the athlete prefers.

    Takes an Activity of one session (``split_sessions`` first). Missing channels give NaN. Nothing is altered.
    Returns a Summary. Evidence: [A] measurement; [C] the rules.

    >>> time = pd.date_range("2026-05-01 22:30", periods=601, freq="s", tz="UTC")
    >>> way = np.arange(601) * 4.0
    >>> run = pd.DataFrame({"time": time, "distance_m": way, "speed_mps": 4.0, "heart_rate_bpm": 150.0})
    >>> row = summarise(Activity(run, pd.DataFrame(), {"sport": "running", "utc_offset_s": 7200.0})).row
    >>> row["distance_m"], row["moving_time_s"], row["average_heart_rate_bpm"], str(row["date"].date())
    (2400.0, 600.0, 150.0, '2026-05-02')
    """
    if len(activity.records):
        tables.check(activity.records, tables.RECORDS, "time")
    activity = believed(activity)
    records, about = activity.records, activity.about
    sport, sport_source = _sport(about, athlete)
    totals = about.get("totals") or {}
    timed = about.get("format") == "fit"
    steps = timer_steps(records, pauses=about.get("pauses") or (), timed=timed) if len(records) else None
    row: dict[str, Any] = {c.name: _DEFAULT[c.dtype] for c in ACTIVITIES.columns}
    row |= _identity(activity, athlete, path, sha256, part, sport)
    source = altitude_source(records, about) if len(records) else ""
    window = 200.0 if source == "gps" else 100.0
    flags: dict[str, np.ndarray] = {}
    if len(records):
        limit = athlete.on(row["date"]).max_heart_rate_bpm if athlete and row["date"] is not pd.NaT else math.nan
        flags = sample_flags(records, sport=sport or "running", max_heart_rate_bpm=limit)
        row["clean_share"] = clean_share(records, flags=flags)
        records = _climbable(records, flags, sport)
    slope = grade(records, window_m=window) if len(records) > 1 and sport in ON_FOOT else None
    level = records.assign(altitude_m=steadied_altitude(records)) if source == "gps" else records
    row |= {"sport_source": sport_source, "altitude_source": source, "complete": bool(about.get("complete", True))}
    if len(records):
        row |= _measured(level, steps)
    _state(row, totals)
    marks = _implausible(row, sport, activity.laps)
    if abs(about.get("distance_share", 1.0) - 1) > AGREES:
        marks.append("distance_scaled")
    if {"latitude_deg", "longitude_deg"} & {where for where, *_ in about.get("problems") or []}:
        marks.append("impossible_position")
    if "implausible_duration" in marks:
        row |= dict.fromkeys(_OF_THE_CLOCK, math.nan)
    if slope is not None and sport in ON_FOOT:
        row["graded_speed_mps"] = normalised_graded_speed(records, window_m=window)
    row["quality_flags"] = " ".join([*flags, *marks])
    units = athlete.units if athlete else "metric"
    name = row["activity_id"]
    return Summary(
        row,
        _laps(activity.laps, level, units, steps, name),
        _histograms(records, sport, slope, name),
        _efforts(records, sport, slope, row, marks),
        _quality(records, flags, name),
        _problems(about, path, name),
    )


def guarded_rows(activities: pd.DataFrame) -> pd.DataFrame:
    """Sessions of a table (a platform's CSV) held to the same limits as recorded ones.

    An average over 8 m/s on foot and a clock over 7 days are added to ``quality_flags``; the times of the latter become
    missing. Takes ``activities``. Returns a new frame. Evidence: [A] world records; [D] runlab's own limits.

    >>> row = {"activity_id": "a", "sport": "running", "distance_m": 9000.0, "timer_time_s": 600.0}
    >>> guarded_rows(tables.conform(pd.DataFrame([row]), ACTIVITIES))["quality_flags"].tolist()
    ['implausible_speed']
    """
    out = tables.conform(activities, ACTIVITIES)
    took = out["moving_time_s"].fillna(out["timer_time_s"]).fillna(out["elapsed_time_s"])
    rows = out.assign(average_speed_mps=out["average_speed_mps"].fillna(out["distance_m"] / took))
    columns = ["sport", "distance_m", "average_speed_mps", "elapsed_time_s", "timer_time_s"]
    for index, row in zip(out.index, rows[columns].to_dict("records"), strict=True):
        if marks := _implausible(row, row["sport"]):
            out.loc[index, "quality_flags"] = " ".join([out.loc[index, "quality_flags"] or "", *marks]).strip()
            if "implausible_duration" in marks:
                out.loc[index, list(_OF_THE_CLOCK)] = math.nan
    return out


def _sport(about: dict[str, Any], athlete: Athlete | None) -> tuple[str, str]:
    """The sport, and what it rests on where the file does not name it.

    Watches file lifting under "training" or "fitness_equipment" and name it in the sub-sport alone.
    """
    if "strength" in str(about.get("sub_sport") or ""):
        return "strength", ""
    sport, source = str(about.get("sport") or ""), str(about.get("sport_source") or "")
    if athlete and athlete.untyped and (source or not sport):
        return athlete.untyped, "no sport in the file; as athlete.toml says of such files"
    return sport, source


def _identity(
    activity: Activity, athlete: Athlete | None, path: str, sha256: str, part: int, sport: str
) -> dict[str, Any]:
    records, about = activity.records, activity.about
    start = records["time"].iloc[0] if len(records) else about.get("start_time", pd.NaT)
    if start is not pd.NaT and not possible_instants(np.array([start.tz_convert(None)], "datetime64[us]"))[0]:
        start = pd.NaT  # a clock that was never set dates nothing: no day, no load, no duplicate
    latitude, longitude = _first_position(records)
    offset, source = local_offset(
        start,
        stated_s=about.get("utc_offset_s", math.nan),
        latitude_deg=latitude,
        longitude_deg=longitude,
        athlete=athlete,
    )
    stated = {
        key: str(about.get(key) or "") for key in ("title", "device", "notes", "private_notes", "gear", "workout_type")
    }
    name = records["activity_id"].iloc[0] if len(records) and "activity_id" in records.columns else ""
    return {
        **stated,
        "sub_sport": sub_sport(activity),
        "activity_id": str(name or about.get("activity_id") or ""),
        "athlete": athlete.name if athlete else "",
        "start_time": start,
        "utc_offset_s": offset,
        "date": local_date(start, offset),
        "date_source": source,
        "sport": sport,
        "samples": len(records),
        "has_position": math.isfinite(latitude),
        "source": path,
        "source_format": str(about.get("format") or ""),
        "sha256": sha256 or str(about.get("sha256") or ""),
        "part": part,
    }


def _measured(records: pd.DataFrame, steps: np.ndarray | None) -> dict[str, Any]:
    """What the samples alone say."""
    held = sample_seconds(records)
    t = tables.seconds(records["time"])
    timer = timer_steps(records) if steps is None else steps
    way = column(records, "distance_m")
    way = way[np.isfinite(way)]
    heart, cadence = column(records, "heart_rate_bpm"), column(records, "cadence_spm")
    beating = np.where(heart > 0, heart, np.nan)
    height = column(records, "altitude_m")
    known = np.isfinite(height).sum() > 1
    up, down = climbed(height, ASCENT_THRESHOLD_M) if known else (np.array([math.nan]), np.array([math.nan]))
    total = held.sum()
    return {
        "elapsed_time_s": float(t.max()) if len(t) else math.nan,
        "timer_time_s": float(timer.sum()),
        "moving_time_s": moving_time(records, steps=timer),
        "distance_m": float(way.max() - min(way[0], 0.0)) if len(way) else math.nan,
        "ascent_m": float(up[-1]),
        "descent_m": float(down[-1]),
        "average_heart_rate_bpm": _mean(beating, held),
        "max_heart_rate_bpm": _held(beating, t),
        "average_cadence_spm": _mean(np.where(cadence > 0, cadence, np.nan), held),
        "average_power_w": _mean(column(records, "power_w"), held),
        "average_temperature_c": _mean(column(records, "temperature_c"), held),
        "heart_rate_share": float(held[np.isfinite(beating)].sum() / total) if total > 0 else math.nan,
    }


def _state(row: dict[str, Any], totals: dict[str, Any]) -> None:
    """Put the device's own totals where they are preferred, and its averages where nothing was measured."""
    stated = {
        key: float(value) for key, value in totals.items() if isinstance(value, (int, float)) and math.isfinite(value)
    }
    for key in _STATED:
        row[key] = stated.get(key, math.nan)
    row["rpe"] = row["rpe"] if row["rpe"] > 0 else math.nan  # 0 is "not given"
    for key in ("elapsed_time_s", "timer_time_s", "distance_m"):
        if stated.get(key, 0.0) > 0 and _believable(key, stated[key], row):
            row[key] = stated[key]
    for key in _FALLBACK:
        # a device writes 0 for a sensor it did not have; climbing 0 m is possible
        given = stated.get(key, math.nan)
        if not math.isfinite(row[key]) and (given > 0 or (given == 0 and key in ("ascent_m", "descent_m"))):
            row[key] = stated[key]
    row["device_ascent_m"] = stated.get("ascent_m", math.nan)
    if not row["elapsed_time_s"] >= row["timer_time_s"] and math.isfinite(row["timer_time_s"]):
        row["elapsed_time_s"] = row["timer_time_s"]
    if math.isnan(row["moving_time_s"]):
        row["moving_time_s"] = row["timer_time_s"]
    row["moving_time_s"] = min(row["moving_time_s"], row["timer_time_s"])
    if row["moving_time_s"] > 0 and math.isfinite(row["distance_m"]):
        row["average_speed_mps"] = row["distance_m"] / row["moving_time_s"]


def _believable(key: str, stated: float, row: dict[str, Any]) -> bool:
    """A total written before the file was cut, or for another part of it, does not describe these samples."""
    measured = row[key]
    if not row["complete"] and math.isfinite(measured):
        return abs(stated - measured) <= 0.02 * measured
    return True


def _laps(given: pd.DataFrame, records: pd.DataFrame, units: str, steps: np.ndarray | None, name: str) -> pd.DataFrame:
    if len(given) and "start_time" in given.columns and len(records):
        laps = completed_laps(given, records, threshold_m=ASCENT_THRESHOLD_M, steps=steps)
    elif len(given) and "start_time" in given.columns:
        laps = tables.conform(given, LAPS)
    elif len(records) > 1:
        laps = distance_laps(records, units=units, threshold_m=ASCENT_THRESHOLD_M, steps=steps)
    else:
        laps = tables.empty(LAPS)
    return laps.assign(activity_id=_repeated(name, len(laps)))


def _histograms(records: pd.DataFrame, sport: str, slope: pd.Series | None, name: str) -> pd.DataFrame:
    if len(records) < 2:
        from .histogram import HISTOGRAMS

        return tables.empty(HISTOGRAMS)
    known = slope if slope is not None else pd.Series(np.nan, index=records.index)
    found = histograms(records, grade=known)
    found.insert(0, "activity_id", _repeated(name, len(found)))
    return found


def _implausible(row: Mapping[Any, Any], sport: str, laps: pd.DataFrame | None = None) -> list[str]:
    """What no runner can have done, wherever the numbers come from: the row, or a lap of a kilometre and more."""
    longest = np.nanmax([0.0, row["elapsed_time_s"], row["timer_time_s"]])
    too_fast = row["average_speed_mps"] > _FASTEST_MPS and not row["distance_m"] < 1000
    marks = {
        "implausible_duration": longest > _LONGEST_S,
        "implausible_speed": sport in ON_FOOT[:3] and too_fast,
        "implausible_lap": sport in ON_FOOT[:3] and laps is not None and bool(_too_fast(laps).any()),
    }
    return [mark for mark, found in marks.items() if found]


def _too_fast(laps: pd.DataFrame) -> np.ndarray:
    metres, seconds, stated = (column(laps, c) for c in ("distance_m", "timer_time_s", "average_speed_mps"))
    with np.errstate(divide="ignore", invalid="ignore"):
        fastest = np.fmax(np.where(seconds > 0, metres / seconds, np.nan), stated)
    return (fastest > _FASTEST_MPS) & ~(metres < 1000)


def _efforts(
    records: pd.DataFrame, sport: str, slope: pd.Series | None, row: dict[str, Any], marks: list[str]
) -> pd.DataFrame:
    if {"implausible_speed", "implausible_duration"} & set(marks):
        return tables.empty(EFFORTS)
    if sport not in ("running", "") or len(records) < 2 or "distance_m" not in records.columns:
        return tables.empty(EFFORTS)
    found = best_efforts(records, grade=slope)
    found.insert(0, "activity_id", _repeated(row["activity_id"], len(found)))
    return found.assign(treadmill=row["sub_sport"] in INDOORS)


def _climbable(records: pd.DataFrame, flags: dict[str, np.ndarray], sport: str) -> pd.DataFrame:
    """Records whose altitude climbs only as somebody of the sport can, and whose speed is nobody's spike."""
    changed: dict[str, Any] = {}
    if "altitude_m" in records.columns and (sport in ON_FOOT or "impossible_step" in flags):
        height, jumps = climbable_altitude(records, rate_mps=3.0 if sport in ON_FOOT else 15.0)
        changed["altitude_m"] = height
        if jumps.any():
            flags["altitude_jump"] = jumps
    if "speed_spike" in flags and "speed_mps" in records.columns:
        changed["speed_mps"] = records["speed_mps"].mask(flags["speed_spike"])
    return records.assign(**changed) if changed else records


def _quality(records: pd.DataFrame, flags: dict[str, np.ndarray], name: str) -> pd.DataFrame:
    held = sample_seconds(records) if flags else np.empty(0)
    return pd.DataFrame(
        {
            "activity_id": _repeated(name, len(flags)),
            "flag": pd.array(list(flags), dtype="str"),
            "spans": np.array([len(stretches(mask)[0]) for mask in flags.values()], dtype=np.int64),
            "seconds": np.array([held[mask].sum() for mask in flags.values()], dtype=float),
        }
    )


def _problems(about: dict[str, Any], path: str, name: str) -> list[dict[str, str]]:
    return [
        {"path": path, "activity_id": name, "where": str(where), "reason": str(reason), "kept": str(kept), "action": ""}
        for where, reason, kept in about.get("problems") or []
    ]


def _first_position(records: pd.DataFrame) -> tuple[float, float]:
    latitude, longitude = column(records, "latitude_deg"), column(records, "longitude_deg")
    known = np.flatnonzero(np.isfinite(latitude) & np.isfinite(longitude))
    return (float(latitude[known[0]]), float(longitude[known[0]])) if len(known) else (math.nan, math.nan)


def _mean(values: np.ndarray, held: np.ndarray) -> float:
    known = np.isfinite(values)
    weight = held[known].sum()
    if weight > 0:
        return float((values[known] * held[known]).sum() / weight)
    return float(values[known].mean()) if known.any() else math.nan


def _held(heart: np.ndarray, t: np.ndarray, seconds: float = 5.0) -> float:
    """The highest heart rate that lasted; a single value counts where samples are that far apart."""
    known = np.isfinite(heart)
    if not known.any():
        return math.nan
    step = np.diff(t)
    usual = max(float(np.median(step)), 0.1) if len(step) else seconds
    width = max(1, round(seconds / usual))
    if width == 1 or len(heart) < width:
        return float(heart[known].max())
    low = heart[: len(heart) - width + 1].copy()
    for k in range(1, width):
        np.minimum(low, heart[k : len(heart) - width + 1 + k], out=low)  # NaN stays NaN: a window must be whole
    low = low[np.isfinite(low)]
    return float(low.max()) if len(low) else float(heart[known].max())


def _repeated(text: str, n: int) -> Any:
    return pd.array([text], dtype="str").take(np.zeros(n, dtype=np.intp))
