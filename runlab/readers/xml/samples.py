"""From rows of text to an Activity: order, sessions, pauses, laps and what the file says of itself."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from ... import tables
from ...numerics import great_circle_m
from .. import derived
from ..activity import Activity
from . import channels, values
from .walk import Problem, Row

_TOTALS = (
    "elapsed_time_s",
    "timer_time_s",
    "moving_time_s",
    "distance_m",
    "ascent_m",
    "descent_m",
    "calories_kcal",
    "average_heart_rate_bpm",
)


_JITTERED, _SHORTER = 0.02, 0.95  # share of steps back in time, and of the way they cost, that are a bad clock


@dataclass
class Session:
    """A track of a GPX file or an activity of a TCX file, as met while reading.

    ``first_row`` is the number of points before it; ``laps`` are dicts of ``tables.LAPS`` columns (cadence as written)
    plus ``first_row`` and ``started``, the start as written; ``recorded`` is False for a course, whose points are no
    samples; ``started`` is the session's own start as written, for one that has neither samples nor laps.

    >>> Session(first_row=0, sport_as_written="Running").laps
    []
    """

    first_row: int
    sport_as_written: str = ""
    title: str = ""
    notes: str = ""
    device: str = ""
    laps: list[dict[str, Any]] = field(default_factory=list)
    totals: dict[str, float] = field(default_factory=dict)
    recorded: bool = True
    sport_by_movement: str = ""
    started: str = ""


@dataclass
class Document:
    """Everything a reader has gathered: the points, where sessions and stretches begin, and what the file says.

    ``stretches`` are row numbers at which the timer starts again (a track segment, a track within a lap).

    >>> Document().rows
    []
    """

    rows: list[Row] = field(default_factory=list)
    sessions: list[Session] = field(default_factory=list)
    stretches: list[int] = field(default_factory=list)
    about: dict[str, Any] = field(default_factory=dict)


def activity(document: Document, *, format: str, problems: list[Problem], complete: bool) -> Activity:
    """The Activity of a document that has been walked through.

    Definition: samples are the points with a readable time; the others are left out and counted. They keep the file's
    order where time never runs backwards, else they are sorted by time. Where the clock jitters (2 % of its steps go
    back) and the way is over 5 % shorter in the file's order, it is the times alone that are sorted. Of each instant
    one sample stays. The timer stops at the last sample of a stretch and starts again with the next one: that last
    sample has ``timer_running`` False. ``segment`` numbers stretches and ``session`` sessions where there are several.
    A session without samples, laps and a start of its own is dropped.

    >>> rows = [{"time": f"2026-05-01T06:30:0{i}Z", "distance": str(3 * i)} for i in range(3)]
    >>> done = activity(Document(rows=rows), format="gpx", problems=[], complete=True)
    >>> done.records["speed_mps"].tolist()
    [3.0, 3.0, 3.0]
    """
    rows, problems = document.rows, list(problems)
    sessions = document.sessions or [Session(0)]
    count = len(rows)
    columns, texts, time = channels.columns(rows, problems)
    session = np.maximum(_part([s.first_row for s in sessions], count), 0)
    stretch = _part(document.stretches, count)
    _lap_starts(sessions, time)

    keep = ~np.isnat(time) & np.array([s.recorded for s in sessions])[session]
    untimed = int(np.isnat(time).sum())
    if untimed:
        problems.append(("time", f"{untimed} of {count} points have no readable time", "the points with a time"))
    order = np.flatnonzero(keep)
    backwards = int((np.diff(time[order]) < np.timedelta64(0)).sum())
    if backwards:
        by_time = order[np.lexsort((time[order], session[order]))]
        inside = (np.diff(session[order]) == 0) & (np.diff(stretch[order]) == 0)
        back = int((np.diff(time[order])[inside] < np.timedelta64(0)).sum())
        jittered = back > 0 and back >= _JITTERED * inside.sum()
        as_filed, as_timed = (_path_m(columns, rows, session) for rows in (order, by_time))
        said = f"{backwards} samples earlier than the one before"
        if jittered and as_filed < _SHORTER * as_timed:
            said += f": {as_filed:.0f} m in the order of the file, {as_timed:.0f} m in that of the times"
            problems.append(("time", said, "every sample in the file's order, the file's times sorted"))
            time = time.copy()
            time[order] = time[by_time]
        else:
            problems.append(("time", said, "every sample, sorted by time"))
            order = by_time
    columns = {name: column[order] for name, column in columns.items()}
    once = derived.one_per_instant(time[order], columns.values(), problems)
    if once is not None:
        columns = {name: column[once] for name, column in columns.items()}
        order = order[once]
    time, session, stretch = time[order], session[order], stretch[order]
    if backwards and ((np.diff(stretch) < 0) & (np.diff(session) == 0)).any():
        problems.append(("segments", "segments overlap in time", "every sample, as one segment"))
        stretch = np.zeros_like(stretch)

    own = values.instants([s.started for s in sessions])
    kept = [
        i for i, s in enumerate(sessions) if s.recorded and (s.laps or (session == i).any() or not np.isnat(own[i]))
    ]
    stopped = np.zeros(len(time), bool)
    new = (np.diff(stretch) != 0) | (np.diff(session) != 0)
    stopped[:-1] = (np.diff(stretch) != 0) & (np.diff(session) == 0) & (np.diff(time) > np.timedelta64(0))
    bounds = [0, *(np.flatnonzero(new) + 1).tolist(), len(time)] if len(time) else [0]

    seconds = (time - time[0]).astype("int64") / 1e6 if len(time) else np.empty(0)
    nowhere = np.full(len(time), np.nan)
    columns["distance_m"], distance_rule = derived.distance(
        columns.get("distance_m"),
        columns.get("latitude_deg", nowhere),
        columns.get("longitude_deg", nowhere),
        session,
        stopped,
        problems,
        seconds,
    )
    columns["speed_mps"], speed_rule = derived.speed(columns.get("speed_mps"), columns["distance_m"], seconds, bounds)
    sources = {i: _named_sport(sessions[i], columns, session == i) for i in kept}
    cadence_rule = [_both_feet(sessions[i], columns, session == i) for i in kept]

    numbered = {old: new for new, old in enumerate(kept, start=1)}
    if len(kept) > 1:
        columns["session"] = np.array([numbered[i] for i in session.tolist()], dtype="int64")
    if len(bounds) > 2:
        columns["segment"] = np.cumsum([1, *new.tolist()])
    records = _records(time, stopped, columns, {name: [text[i] for i in order] for name, text in texts.items()})
    laps = _laps([sessions[i] for i in kept], [time[session == i] for i in kept])
    if backwards and len(kept) > 1:
        records = records.sort_values("time", kind="stable", ignore_index=True)

    stated = [_stated(sessions[i], time[session == i], laps, n, len(kept), own[i]) for n, i in enumerate(kept, start=1)]
    about = {
        "format": format, "file_kind": "activity",
        "sport": _one((s["sport"] for s in stated), "multisport"),
        "sub_sport": _one((s["sub_sport"] for s in stated), ""),
        "sport_as_written": ", ".join(dict.fromkeys(s["sport_as_written"] for s in stated if s["sport_as_written"])),
        "title": next((s["title"] for s in stated if s["title"]), ""),
        "notes": "\n".join(dict.fromkeys(sessions[i].notes for i in kept if sessions[i].notes)),
        "device": next((sessions[i].device for i in kept if sessions[i].device), ""),
        "start_time": min((s["start_time"] for s in stated if s["start_time"] is not pd.NaT), default=pd.NaT),
        "utc_offset_s": values.utc_offset_s(next(filter(None, map(_time_text, rows)), None)),
        "sport_source": next((sources[i] for i in kept if sources[i]), ""),
        "complete": complete, "distance": distance_rule, "speed": speed_rule,
        "cadence": "; ".join(dict.fromkeys(filter(None, cadence_rule))), "totals": _sum(stated), "sessions": stated,
    }  # fmt: skip
    return Activity(records, laps, about | document.about | {"problems": problems})


def _path_m(columns: dict[str, np.ndarray], rows: np.ndarray, session: np.ndarray) -> float:
    """Length of the way from position to position in an order of rows; NaN without positions."""
    if "latitude_deg" not in columns or "longitude_deg" not in columns:
        return math.nan
    rows = rows[np.isfinite(columns["latitude_deg"][rows])]
    step = great_circle_m(columns["latitude_deg"][rows], columns["longitude_deg"][rows])
    return float(step[np.diff(session[rows]) == 0].sum())


def _part(starts: list[int], count: int) -> np.ndarray:
    """Which part each row belongs to, given the row each part starts with; -1 before the first."""
    return np.searchsorted(np.array(starts, dtype="int64"), np.arange(count), side="right") - 1


def _both_feet(session: Session, columns: dict[str, np.ndarray], here: np.ndarray) -> str:
    """Bring the cadence of a session's samples and laps to both feet; returns what was done, in words."""
    sport = values.sport(session.sport_as_written)[0]
    written = columns["cadence_spm"][here] if "cadence_spm" in columns else np.empty(0)
    speed = columns["speed_mps"][here]
    laps = np.array([lap.get("average_cadence_spm", math.nan) for lap in session.laps], dtype=float)
    if not (written > 0).any():
        written, speed = laps, np.full(len(laps), np.nan)
    factor, rule = derived.cadence_factor(written, speed, sport)
    if "cadence_spm" in columns:
        columns["cadence_spm"][here] *= factor
    for lap, cadence in zip(session.laps, laps, strict=True):
        lap["average_cadence_spm"] = float(cadence) * factor
    return rule


def _named_sport(session: Session, columns: dict[str, np.ndarray], here: np.ndarray) -> str:
    """Give a session whose file names no sport the one its samples show; returns the reason, "" where it is named."""
    if session.sport_as_written or not here.any():
        return ""
    cadence = columns["cadence_spm"][here] if "cadence_spm" in columns else np.full(int(here.sum()), np.nan)
    session.sport_by_movement, reason = derived.sport_by_movement(columns["speed_mps"][here], cadence)
    return reason


def _time_text(row: Row) -> str | None:
    return row.get("time") or row.get("Time")


def _records(
    time: np.ndarray, stopped: np.ndarray, columns: dict[str, np.ndarray], texts: dict[str, list]
) -> pd.DataFrame:
    """The records table: the schema's columns in their order, then the file's own."""
    count = len(time)
    nothing = np.full(count, np.nan)
    out: dict[str, Any] = {}
    for column in tables.RECORDS.columns:
        if column.name in columns:
            out[column.name] = columns[column.name]
        elif column.name == "activity_id":
            out["activity_id"] = pd.array([""], dtype="str").take(np.zeros(count, dtype="int64"))
        elif column.name == "time":
            out["time"] = pd.DatetimeIndex(time, tz="UTC")
        elif column.name == "timer_running":
            out["timer_running"] = ~stopped
        elif column.always:
            out[column.name] = nothing
    out |= {name: column for name, column in columns.items() if name not in out}
    out |= {name: pd.array(text, dtype="str") for name, text in texts.items()}
    return pd.DataFrame(out)


def _lap_starts(sessions: Iterable[Session], time: np.ndarray) -> None:
    """Read the laps' starts at once; a lap without a readable one begins with its first point that has a time."""
    laps = [lap for session in sessions for lap in session.laps]
    for lap, start in zip(laps, values.instants([lap["started"] for lap in laps]), strict=True):
        if np.isnat(start):
            after = time[lap["first_row"] :]
            after = after[~np.isnat(after)]
            start = after[0] if len(after) else start
        lap["start_time"] = start


def _laps(sessions: list[Session], times: list[np.ndarray]) -> pd.DataFrame:
    """The laps table: a lap lasts until the next of its session begins, the last until its last sample or own end."""
    found: list[dict[str, Any]] = []
    for n, (session, time) in enumerate(zip(sessions, times, strict=True), start=1):
        starts = [lap["start_time"] for lap in session.laps]
        for lap, end in zip(session.laps, [*starts[1:], None], strict=False):
            row = {name: value for name, value in lap.items() if name in tables.LAPS}
            row["lap"] = len(found) + 1
            if len(sessions) > 1:
                row["session"] = n
            if math.isnan(row.get("elapsed_time_s", math.nan)):
                timer = row.get("timer_time_s", math.nan)
                last = time[-1] if end is None and len(time) else end
                elapsed = (last - row["start_time"]) / np.timedelta64(1, "s") if last is not None else math.nan
                row["elapsed_time_s"] = float(np.fmax(elapsed, timer)) if elapsed >= 0 else timer
            found.append(row)
    if not found:
        return tables.empty(tables.LAPS)
    frame = pd.DataFrame(found)
    frame["start_time"] = pd.DatetimeIndex(frame["start_time"].to_numpy().astype("datetime64[us]"), tz="UTC")
    return tables.conform(frame, tables.LAPS)


def _stated(
    session: Session, time: np.ndarray, laps: pd.DataFrame, number: int, of: int, began: np.datetime64
) -> dict[str, Any]:
    """What the file says of a session, as columns of ``activities``: words, start, and its own totals."""
    sport, sub_sport = values.sport(session.sport_as_written)
    sport = sport or session.sport_by_movement
    own = laps if of == 1 else laps[laps["session"] == number] if "session" in laps else laps.iloc[:0]
    starts = [*time[:1], *own["start_time"].dropna().dt.tz_localize(None).to_numpy()[:1]]
    starts = starts or ([] if np.isnat(began) else [began])
    out: dict[str, Any] = {
        "sport": sport, "sub_sport": sub_sport, "sport_as_written": session.sport_as_written, "title": session.title,
        "start_time": pd.Timestamp(min(starts)).tz_localize("UTC") if starts else pd.NaT,
    }  # fmt: skip
    for name in ("timer_time_s", "distance_m", "calories_kcal"):
        if name in own and own[name].sum() > 0:
            out[name] = float(own[name].sum())
    return out | {name: value for name, value in session.totals.items() if value > 0}


def _sum(stated: list[dict[str, Any]]) -> dict[str, float]:
    """The totals of all sessions together; a heart rate only where there is one session."""
    out = {name: sum(s.get(name, 0.0) for s in stated) for name in _TOTALS if any(name in s for s in stated)}
    if len(stated) > 1:
        out.pop("average_heart_rate_bpm", None)
    return out


def _one(words: Iterable[str], several: str) -> str:
    found = list(dict.fromkeys(words))
    return found[0] if len(found) == 1 else several if found else ""
