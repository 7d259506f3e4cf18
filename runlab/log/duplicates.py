"""The same session twice: a watch and a phone, a file and its copy, a file and a row of a training log."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd

from .. import tables

_FORMATS = {"fit": 3, "tcx": 2, "gpx": 1, "csv": 0}

# What a training log may add to an activity read from a file; measured values are only filled where they are missing.
_WORDS = ("title", "notes", "private_notes", "gear", "workout_type")
_TOTALS = ("elapsed_time_s", "timer_time_s", "moving_time_s", "distance_m", "ascent_m", "descent_m", "calories_kcal")
_WHEN = ("start_time", "utc_offset_s", "date_only")
_NEVER = {
    "activity_id",
    "athlete",
    "date",
    "samples",
    "heart_rate_share",
    "clean_share",
    "quality_flags",
    "complete",
    "duplicate_of",
    "source",
    "source_format",
    "sha256",
    "part",
    "has_position",
    "line",
    "date_source",
    "altitude_source",
}


def marked_duplicates(
    activities: pd.DataFrame,
    *,
    overlap: float = 0.5,
    distance_share: float = 0.15,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Mark activities that are the same session again, and say which one is kept and why.

    Two activities of one athlete are the same session if they overlap for more than ``overlap`` of the shorter one,
    their sports agree (or one is unknown), and their distances differ by less than ``distance_share`` (or one has none,
    or one was cut). Kept is the one with samples, heart rate, a whole file, position, then the richer format, then more
    samples. Parts of one file are never duplicates of each other.

    Takes ``activities`` with ``activity_id``, ``athlete``, ``start_time``. Returns ``(activities, duplicates)``: the
    same rows with ``duplicate_of`` set, and a frame activity_id, kept, path, reason.
    Evidence: [D] runlab's own limits.

    >>> runs = pd.DataFrame({"activity_id": ["watch", "phone"], "athlete": "kim", "sport": "running",
    ...     "start_time": pd.to_datetime(["2026-05-01 08:00", "2026-05-01 08:01"], utc=True),
    ...     "elapsed_time_s": [3600.0, 3500.0], "distance_m": [10000.0, 10120.0], "samples": [3600, 3500],
    ...     "heart_rate_share": [1.0, 0.0], "source": ["a.fit", "b.gpx"], "complete": True})
    >>> marked_duplicates(tables.conform(runs, tables.ACTIVITIES))[1]["reason"].tolist()
    ['overlaps watch for 58 min of 58; that one is kept: it has heart rate']
    """
    tables.check(activities, tables.ACTIVITIES, "activity_id", "athlete", "start_time")
    frame = tables.conform(activities, tables.ACTIVITIES).reset_index(drop=True)
    begin = (frame["start_time"] - pd.Timestamp(0, tz="UTC")).dt.total_seconds().to_numpy()
    length = frame["elapsed_time_s"].fillna(frame["timer_time_s"]).fillna(frame["moving_time_s"]).to_numpy()
    usable = np.isfinite(begin) & (length > 0) & ~_dateless(frame)
    merit = [_merit(row) for row in frame.to_dict("records")]
    marks: dict[int, tuple[int, str]] = {}
    for places in frame[usable].groupby("athlete").indices.values():
        rows = np.flatnonzero(usable)[places]
        for group in _clusters(rows, begin, length):
            kept: list[int] = []
            for row in sorted(group, key=lambda k: merit[k], reverse=True):
                for other in kept:
                    if words := _same(frame, row, other, begin, length, overlap, distance_share):
                        marks[row] = other, f"{words}; that one is kept: {_better(merit[other], merit[row])}"
                        break
                else:
                    kept.append(row)
    ids, paths = frame["activity_id"].tolist(), frame["source"].tolist()
    duplicate_of = [ids[marks[k][0]] if k in marks else "" for k in range(len(frame))]
    frame["duplicate_of"] = pd.array(duplicate_of, dtype="str")
    found = pd.DataFrame(
        [(ids[k], ids[other], paths[k], reason) for k, (other, reason) in sorted(marks.items())],
        columns=["activity_id", "kept", "path", "reason"],
        dtype="str",
    )
    return _completed(frame, marks), found


def merged_logs(
    activities: pd.DataFrame,
    training: pd.DataFrame,
    *,
    start_s: float = 180.0,
    share: float = 0.05,
) -> pd.DataFrame:
    """Join the rows of training logs to the activities read from files.

    A row belongs to an activity of the same athlete if it names its file; or if it starts within ``start_s`` of it and
    lasts as long (within ``share``); or if it starts whole hours off (a log in another time zone) but duration and
    distance agree within 1 %; or, for a row without time of day, on the same date with duration and distance within
    ``share``. Such a row gives its words, and what the file lacks. To a file that was cut it also gives the totals of
    the whole session, if it lasted longer. Every other row is an activity without samples.

    Takes ``activities`` and ``training``, both like ``tables.ACTIVITIES``; ``training`` may name a ``file`` and say
    ``date_only``. Returns one frame of activities.

    >>> start = pd.to_datetime(["2026-05-01 08:00"], utc=True)
    >>> run = pd.DataFrame({"activity_id": "a", "start_time": start, "elapsed_time_s": 3600.0, "samples": 3600})
    >>> row = pd.DataFrame({"activity_id": "b", "start_time": start, "elapsed_time_s": 3600.0, "title": "Hills"})
    >>> merged_logs(run, row)[["activity_id", "title"]].to_dict("records")
    [{'activity_id': 'a', 'title': 'Hills'}]
    """
    tables.check(activities, tables.ACTIVITIES, "activity_id", "start_time")
    out = tables.conform(activities, tables.ACTIVITIES).reset_index(drop=True)
    if not len(training):
        return out
    training = tables.conform(training, tables.ACTIVITIES).reset_index(drop=True)
    for _, rows in training.groupby("source", sort=True):
        matched = _matches(out, rows, start_s, share)
        out = _enriched(out, rows, matched)
        alone = rows[[k not in matched for k in rows.index]]
        if len(alone):
            out = tables.conform(pd.concat([out, alone], ignore_index=True), tables.ACTIVITIES)
    return out


def _matches(activities: pd.DataFrame, rows: pd.DataFrame, start_s: float, share: float) -> dict[Any, int]:
    """Row label of the training log -> position of its activity; an activity is taken once."""
    begin = (activities["start_time"] - pd.Timestamp(0, tz="UTC")).dt.total_seconds().to_numpy()
    times = activities[["elapsed_time_s", "timer_time_s", "moving_time_s"]].to_numpy(dtype=float)
    metres, sport = activities["distance_m"].to_numpy(dtype=float), activities["sport"].to_numpy(dtype=object)
    athlete, date = activities["athlete"].to_numpy(dtype=object), activities["date"].to_numpy()
    cut = ~activities["complete"].to_numpy(dtype=bool) & (activities["samples"].to_numpy() > 0)
    dateless = _dateless(activities)
    by_file: dict[tuple[str, str], int] = {}
    for k, (who, path) in enumerate(zip(athlete, activities["source"], strict=True)):
        if activities["samples"].iloc[k]:
            by_file.setdefault((who, _stem(path)), k)
    free, out = np.ones(len(activities), dtype=bool), {}
    pending = []
    for label, row in zip(rows.index, rows.to_dict("records"), strict=True):
        name = row.get("file")
        k = by_file.get((row["athlete"], _stem(name)), -1) if isinstance(name, str) and name else -1
        if k >= 0 and free[k]:
            out[label], free[k] = k, False
        else:
            pending.append((label, row))
    for label, row in pending:
        start = row["start_time"].timestamp() if row["start_time"] is not pd.NaT else math.nan
        mine = np.array([row["elapsed_time_s"], row["timer_time_s"], row["moving_time_s"]])
        with np.errstate(invalid="ignore", divide="ignore"):
            apart = np.abs(times[:, :, None] / mine[None, None, :] - 1.0)
            longer = np.min(np.where(np.isfinite(apart), apart, np.inf), axis=(1, 2)) if len(times) else np.empty(0)
            further = np.abs(metres / row["distance_m"] - 1.0)
        able = free & (athlete == row["athlete"]) & ((sport == row["sport"]) | (sport == "") | (not row["sport"]))
        off = np.abs(begin - start)
        if row.get("date_only") is True:
            fits = able & (date == row["date"]) & (longer <= share) & ~(further > share)
        else:
            hours = np.abs(off - np.round(off / 3600) * 3600)
            shifted = (off <= 14.5 * 3600) & (hours <= 60) & (longer <= 0.01) & (further <= 0.01)
            longest = np.nanmax(mine) if np.isfinite(mine).any() else math.nan
            rest_of = cut & (off <= start_s) & (np.fmax.reduce(times, axis=1, initial=0.0) <= longest)
            same_day = dateless & (date == row["date"]) & (longer <= share) & ~(further > share)
            fits = able & (((off <= start_s) & (longer <= share)) | shifted | rest_of | same_day)
        if fits.any():
            k = int(np.flatnonzero(fits)[np.argmin(off[fits]) if math.isfinite(start) else 0])
            out[label], free[k] = k, False
    return out


def _enriched(activities: pd.DataFrame, rows: pd.DataFrame, matched: dict[Any, int]) -> pd.DataFrame:
    if not matched:
        return activities
    labels, places = list(matched), list(matched.values())
    out = activities.copy()
    cut = (~out["complete"] & (out["samples"] > 0)).to_numpy()
    for name in [*(c for c in rows.columns if c not in _WHEN), *(c for c in _WHEN if c in rows.columns)]:
        if name in _NEVER:
            continue
        given = rows.loc[labels, name]
        said = given.notna() & given.ne("")
        if not said.any():
            continue
        if name not in out.columns:
            empty = "" if isinstance(given.dtype, pd.StringDtype) else np.nan
            out[name] = pd.Series([empty] * len(out), index=out.index).astype(given.dtype if empty == "" else None)
        there = out[name].iloc[places]
        wanted = said.to_numpy() & ((there.isna() | there.eq("")).to_numpy() | (name in _WORDS))
        if name in _TOTALS:
            wanted |= said.to_numpy() & cut[places] & (given.to_numpy() > there.to_numpy())
        elif name in _WHEN:
            wanted = said.to_numpy() & _dateless(out)[places] & ~_dateless(rows.loc[labels])
        values = out[name].astype(object).to_numpy(copy=True)
        values[np.array(places)[wanted]] = given.astype(object).to_numpy()[wanted]
        out[name] = pd.Series(values, index=out.index).astype(out[name].dtype)
    return out


def _dateless(frame: pd.DataFrame) -> np.ndarray:
    """Rows of training logs that name a day but no time."""
    if "date_only" not in frame.columns:
        return np.zeros(len(frame), dtype=bool)
    return frame["date_only"].eq(True).to_numpy(dtype=bool)


def _completed(frame: pd.DataFrame, marks: dict[int, tuple[int, str]]) -> pd.DataFrame:
    """The kept activity takes over words and ratings that only its duplicate has."""
    out = frame
    for name in (*_WORDS, "rpe", "feel"):
        values, changed = out[name].astype(object).to_numpy(copy=True), False
        for k, (other, _) in marks.items():
            missing = values[other] == "" or values[other] != values[other]
            if missing and values[k] != "" and values[k] == values[k]:
                values[other], changed = values[k], True
        if changed:
            out = out.assign(**{name: pd.Series(values, index=out.index).astype(out[name].dtype)})
    return out


def _clusters(rows: np.ndarray, begin: np.ndarray, length: np.ndarray) -> list[list[int]]:
    """Activities that overlap in time, chained together; most stand alone and are left out."""
    out: list[list[int]] = []
    current: list[int] = []
    until = -math.inf
    for k in rows[np.argsort(begin[rows], kind="stable")].tolist():
        if begin[k] < until:
            current.append(k)
        else:
            out.append(current)
            current = [k]
            until = -math.inf
        until = max(until, begin[k] + length[k])
    return [group for group in [*out, current] if len(group) > 1]


def _same(
    frame: pd.DataFrame, a: int, b: int, begin: np.ndarray, length: np.ndarray, overlap: float, distance_share: float
) -> str:
    """In words, why two activities are the same session; empty if they are not."""
    if frame["source"].iloc[a] == frame["source"].iloc[b] and frame["part"].iloc[a] != frame["part"].iloc[b]:
        return ""
    sports = {frame["sport"].iloc[a], frame["sport"].iloc[b]} - {""}
    shared = min(begin[a] + length[a], begin[b] + length[b]) - max(begin[a], begin[b])
    shorter = min(length[a], length[b])
    if len(sports) > 1 or shared <= overlap * shorter:
        return ""
    metres = sorted(frame["distance_m"].iloc[[a, b]].tolist())
    whole = bool(frame["complete"].iloc[a] and frame["complete"].iloc[b])
    if whole and metres[0] > 0 and metres[1] * (1 - distance_share) > metres[0]:
        return ""
    return f"overlaps {frame['activity_id'].iloc[b]} for {shared / 60:.0f} min of {shorter / 60:.0f}"


_MERITS = (
    "it has samples",
    "it has heart rate",
    "its file is whole",
    "it has positions",
    "its format holds more",
    "it has more samples",
    "it comes first",
)


def _merit(row: dict[str, Any]) -> tuple:
    share = row["heart_rate_share"]
    return (
        row["samples"] > 0,
        share == share and share > 0.2,
        bool(row["complete"]),
        bool(row["has_position"]),
        _FORMATS.get(row["source_format"], 0),
        int(row["samples"]),
    )


def _better(kept: tuple, other: tuple) -> str:
    return next((words for words, x, y in zip(_MERITS, kept, other, strict=False) if x != y), _MERITS[-1])


def _stem(path: str) -> str:
    return path.replace("\\", "/").rsplit("/", 1)[-1].lower().removesuffix(".gz")
