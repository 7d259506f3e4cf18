"""The same session twice: a watch and a phone, a file and its copy, a file and a row of a training log."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from .. import tables

_FORMATS = {"fit": 3, "tcx": 2, "gpx": 1, "csv": 0}

# What a training log may add to an activity read from a file; measured values are only filled where they are missing.
_WORDS = ("title", "notes", "private_notes", "gear", "workout_type")
_TOTALS = ("elapsed_time_s", "timer_time_s", "moving_time_s", "distance_m", "ascent_m", "descent_m", "calories_kcal")
_WHEN = ("start_time", "utc_offset_s", "date_only")
_SHIFT_S = 14.5 * 3600.0  # a log kept in another time zone
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
    longest_s: float = 7 * 86_400.0,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Mark activities that are the same session again, and say which one is kept and why.

    Two activities of one athlete are the same session if they overlap for more than ``overlap`` of the shorter one,
    their sports agree (or one is unknown), and their distances differ by less than ``distance_share``: in all or, at an
    even pace, within the time they share (a watch that died and a phone that went on); or one has none, or one was cut.
    Kept is the one with samples, that went on, with heart rate, a whole file, position, then the richer format, then
    more samples. Parts of one file are never duplicates of each other; what lasts longer than ``longest_s`` is a wrong
    clock and says nothing of any other.

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
    metres = frame["distance_m"].to_numpy(dtype=float)
    usable = np.isfinite(begin) & (length > 0) & (length <= longest_s) & ~_dateless(frame)
    ids, paths = frame["activity_id"].tolist(), frame["source"].tolist()
    pairs: dict[int, dict[int, str]] = {}
    for places in frame[usable].groupby("athlete").indices.values():
        for a, b in _overlapping(np.flatnonzero(usable)[places], begin, length, overlap):
            if minutes := _same(frame, a, b, begin, length, distance_share):
                pairs.setdefault(a, {})[b] = minutes
                pairs.setdefault(b, {})[a] = minutes
    merit = {
        k: _merit(row, went_on=not any(metres[other] * (1 - distance_share) > metres[k] for other in pairs[k]))
        for k, row in zip(pairs, frame.iloc[list(pairs)].to_dict("records"), strict=True)
    }
    marks: dict[int, tuple[int, str]] = {}
    kept: dict[int, int] = {}  # activity -> its rank among those kept
    for row in sorted(sorted(pairs), key=lambda k: merit[k], reverse=True):
        same = [other for other in pairs[row] if other in kept]
        if not same:
            kept[row] = len(kept)
            continue
        best = min(same, key=lambda k: kept[k])
        reason = f"overlaps {ids[best]} for {pairs[row][best]}; that one is kept: {_better(merit[best], merit[row])}"
        marks[row] = best, reason
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
    parts = [out[~out["athlete"].isin(training["athlete"])]]
    for who, log in training.groupby("athlete", sort=True):
        mine = out[out["athlete"] == who].reset_index(drop=True)
        for _, rows in log.groupby("source", sort=True):
            matched = _matches(mine, rows, start_s, share)
            mine = _enriched(mine, rows, matched)
            alone = rows[[k not in matched for k in rows.index]]
            if len(alone):
                mine = tables.conform(pd.concat([mine, alone], ignore_index=True), tables.ACTIVITIES)
        parts.append(mine)
    return tables.conform(pd.concat([p for p in parts if len(p)], ignore_index=True), tables.ACTIVITIES)


def _matches(activities: pd.DataFrame, rows: pd.DataFrame, start_s: float, share: float) -> dict[Any, int]:
    """Row label of one athlete's training log -> position of the activity, which is taken once.

    Looked at are the activities of a row's day and those that start within the shift of a time zone.
    """
    begin = (activities["start_time"] - pd.Timestamp(0, tz="UTC")).dt.total_seconds().to_numpy()
    times = activities[["elapsed_time_s", "timer_time_s", "moving_time_s"]].to_numpy(dtype=float)
    metres, sport = activities["distance_m"].to_numpy(dtype=float), activities["sport"].to_numpy(dtype=object)
    by_date = activities.groupby("date").indices
    order = np.argsort(begin, kind="stable")  # those without a start come last
    starts = begin[order]
    cut = ~activities["complete"].to_numpy(dtype=bool) & (activities["samples"].to_numpy() > 0)
    dateless = _dateless(activities)
    by_file: dict[str, int] = {}
    for k, (path, samples) in enumerate(zip(activities["source"], activities["samples"], strict=True)):
        if samples:
            by_file.setdefault(_stem(path), k)
    free, out = np.ones(len(activities), dtype=bool), {}
    pending = []
    for label, row in zip(rows.index, rows.to_dict("records"), strict=True):
        name = row.get("file")
        k = by_file.get(_stem(name), -1) if isinstance(name, str) and name else -1
        if k >= 0 and free[k]:
            out[label], free[k] = k, False
        else:
            pending.append((label, row))
    for label, row in pending:
        start = row["start_time"].timestamp() if row["start_time"] is not pd.NaT else math.nan
        low, high = (
            np.searchsorted(starts, [start - _SHIFT_S, start + _SHIFT_S + 1]) if math.isfinite(start) else (0, 0)
        )
        near = np.union1d(order[low:high], by_date.get(row["date"], [])).astype(int)
        near = near[free[near] & ((sport[near] == row["sport"]) | (sport[near] == "") | (not row["sport"]))]
        if not len(near):
            continue
        mine = np.array([row["elapsed_time_s"], row["timer_time_s"], row["moving_time_s"]])
        with np.errstate(invalid="ignore", divide="ignore"):
            apart = np.abs(times[near][:, :, None] / mine[None, None, :] - 1.0)
            longer = np.min(np.where(np.isfinite(apart), apart, np.inf), axis=(1, 2))
            further = np.abs(metres[near] / row["distance_m"] - 1.0)
        off = np.abs(begin[near] - start)
        same_day = (activities["date"].to_numpy()[near] == row["date"]) & (longer <= share) & ~(further > share)
        if row.get("date_only") is True:
            fits = same_day
        else:
            hours = np.abs(off - np.round(off / 3600) * 3600)
            shifted = (off <= _SHIFT_S) & (hours <= 60) & (longer <= 0.01) & (further <= 0.01)
            longest = np.nanmax(mine) if np.isfinite(mine).any() else math.nan
            rest_of = cut[near] & (off <= start_s) & (np.fmax.reduce(times[near], axis=1, initial=0.0) <= longest)
            fits = ((off <= start_s) & (longer <= share)) | shifted | rest_of | (dateless[near] & same_day)
        if fits.any():
            k = int(near[fits][np.argmin(off[fits]) if math.isfinite(start) else 0])
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
            text = isinstance(given.dtype, pd.StringDtype)
            out[name] = pd.Series("" if text else np.nan, index=out.index, dtype=given.dtype if text else float)
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


def _overlapping(rows: np.ndarray, begin: np.ndarray, length: np.ndarray, overlap: float) -> Iterator[tuple[int, int]]:
    """Pairs that share more than ``overlap`` of the shorter one's time."""
    rows = rows[np.argsort(begin[rows], kind="stable")]
    until = np.searchsorted(begin[rows], begin[rows] + length[rows])
    for place, last in enumerate(until.tolist()):
        a, later = rows[place], rows[place + 1 : last]
        shared = np.minimum(begin[a] + length[a], begin[later] + length[later]) - begin[later]
        for b in later[shared > overlap * np.minimum(length[a], length[later])].tolist():
            yield int(a), b


def _same(frame: pd.DataFrame, a: int, b: int, begin: np.ndarray, length: np.ndarray, distance_share: float) -> str:
    """How much of the shorter one two activities share if they are the same session; empty if they are not."""
    one, other = frame.iloc[a], frame.iloc[b]
    if one["source"] == other["source"] and one["part"] != other["part"]:
        return ""
    if len({one["sport"], other["sport"]} - {""}) > 1:
        return ""
    shared = min(begin[a] + length[a], begin[b] + length[b]) - max(begin[a], begin[b])
    metres = np.array([one["distance_m"], other["distance_m"]])
    if one["complete"] and other["complete"] and (metres > 0).all():
        within = metres * shared / length[[a, b]]
        if not any(low >= high * (1 - distance_share) for low, high in (np.sort(metres), np.sort(within))):
            return ""
    return f"{shared / 60:.0f} min of {min(length[a], length[b]) / 60:.0f}"


_MERITS = (
    "it has samples",
    "it went on",
    "it has heart rate",
    "its file is whole",
    "it has positions",
    "its format holds more",
    "it has more samples",
    "it comes first",
)


def _merit(row: Mapping[Any, Any], *, went_on: bool) -> tuple:
    share = row["heart_rate_share"]
    return (
        row["samples"] > 0,
        went_on,
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
