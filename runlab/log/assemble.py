"""Readings to a log: what every file said, joined, with duplicates marked and problems listed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from .. import tables
from ..athlete import Athlete
from ..clean import QUALITY
from ..efforts import EFFORTS
from ..errors import FileError
from ..readers import read_file
from ..readers.activity import Activity
from ..readers.xml.values import is_known_sport
from ..summary import HISTOGRAMS, local_offset, split_sessions
from ..tables import ACTIVITIES, LAPS, PROBLEMS
from .duplicates import marked_duplicates, merged_logs
from .log import Log
from .offsets import offsets_before
from .reading import Reading, named, prepared
from .sources import problem, resolve
from .store import Raw, stored_records

BULK = {"laps": LAPS, "histograms": HISTOGRAMS, "efforts": EFFORTS, "quality": QUALITY}

_MANY_OTHERS = 5


def raw_readings(readings: Sequence[Reading], settings: Mapping[str, str]) -> tuple[Raw, dict[str, pd.DataFrame]]:
    """The readings as tables: what the files said, and laps, histograms, efforts and quality by activity.

    ``settings`` is a digest of each athlete's settings, kept with each file.

    >>> raw, bulk = raw_readings([], {})
    >>> len(raw.activities), sorted(bulk)
    (0, ['efforts', 'histograms', 'laps', 'quality'])
    """
    parts = [part for reading in readings for part in reading.parts]
    first = list({p.row["activity_id"]: p for p in reversed(parts)}.values())[::-1]
    bulk = {name: _stacked([getattr(p, name) for p in first], table) for name, table in BULK.items()}
    files = pd.DataFrame(
        [
            (
                r.source.path,
                r.source.athlete,
                r.source.size,
                r.source.stamp,
                settings.get(r.source.athlete, ""),
                r.status,
            )
            for r in readings
        ],
        columns=["path", "athlete", "size", "stamp", "settings", "status"],
    )
    texts = dict.fromkeys(("path", "athlete", "settings", "status"), "str")
    files = files.astype({"size": "int64", "stamp": "int64"} | texts)
    told = [p | {"athlete": r.source.athlete, "status": r.status} for r in readings for p in r.problems]
    raw = Raw(
        activities=_ordered(tables.conform(pd.DataFrame([p.row for p in parts]), ACTIVITIES), ACTIVITIES),
        training=_stacked([r.training for r in readings if r.training is not None], ACTIVITIES),
        wellness=_joined([r.wellness for r in readings if r.wellness is not None and len(r.wellness)]),
        problems=tables.conform(pd.DataFrame(told), PROBLEMS),
        files=files,
    )
    return raw, bulk


def updated(
    old: Raw, old_bulk: Mapping[str, pd.DataFrame], new: Raw, new_bulk: Mapping[str, pd.DataFrame], gone: set[str]
) -> tuple[Raw, dict[str, pd.DataFrame]]:
    """What was kept from last time without the files in ``gone``, and what was read now.

    >>> empty = raw_readings([], {})
    >>> updated(*empty, *empty, set())[0].files.empty
    True
    """

    def rest(frame: pd.DataFrame, column: str) -> pd.DataFrame:
        return frame[~frame[column].isin(gone)] if column in frame.columns else frame

    activities = rest(old.activities, "source")
    ids = set(activities["activity_id"]) if len(activities) else set()
    bulk = {}
    for name, table in BULK.items():
        kept, fresh = old_bulk[name], new_bulk[name]
        bulk[name] = _stacked([kept[kept["activity_id"].isin(ids)], fresh[~fresh["activity_id"].isin(ids)]], table)
    raw = Raw(
        activities=_stacked([activities, new.activities], ACTIVITIES),
        training=_stacked([rest(old.training, "source"), new.training], ACTIVITIES),
        wellness=_joined([f for f in (rest(old.wellness, "source"), new.wellness) if len(f)]),
        problems=_stacked([rest(old.problems, "path"), new.problems], PROBLEMS),
        files=_joined([f for f in (rest(old.files, "path"), new.files) if len(f)]),
    )
    return raw, bulk


def assembled(
    raw: Raw,
    bulk: Mapping[str, pd.DataFrame],
    *,
    athletes: Mapping[str, Athlete],
    root: Path,
    squad: Mapping[str, pd.DataFrame],
    problems: Sequence[dict[str, str]] = (),
    policy: str = "flag",
    store: Path | None = None,
) -> Log:
    """One log: identical files counted once, training logs joined to the files, duplicates marked, problems listed.

    >>> assembled(*raw_readings([], {}), athletes={"kim": Athlete("kim")}, root=Path("."), squad={})
    Log(kim: 0 activities; read 0 of 0 files)
    """
    activities = raw.activities.sort_values(["athlete", "source", "part"], ignore_index=True)
    again = activities.duplicated(["athlete", "activity_id"])
    copies = activities[again]
    kept = activities[~again]
    where = dict(zip(kept["activity_id"], kept["source"], strict=True))
    identical = pd.DataFrame(
        {
            "activity_id": copies["activity_id"],
            "kept": copies["activity_id"],
            "path": copies["source"],
            "reason": [f"the same file as {where.get(i, '')}" for i in copies["activity_id"]],
        }
    )
    merged = merged_logs(offsets_before(kept), raw.training)
    if len(squad.get("strength", ())):
        merged = merged_logs(merged, strength_sessions(squad["strength"], athletes))
    if "date_source" in merged.columns:
        merged["date_source"] = merged["date_source"].fillna("log")
    marked, overlapping = marked_duplicates(merged)
    counted: Any = raw.files["status"].value_counts() if len(raw.files) else {}
    told = pd.DataFrame([*_told(raw.problems), *_unknown_sports(marked), *problems])
    wellness = _joined([f for f in (squad.get("wellness"), raw.wellness) if f is not None and len(f)])
    if len(wellness):
        # what the coach's own sheet says of a day comes first
        wellness = wellness.drop(columns="source", errors="ignore").groupby(["athlete", "date"], as_index=False).first()
    rest = {name: frame for name, frame in squad.items() if name != "wellness"}
    return Log(
        marked,
        bulk["laps"],
        bulk["histograms"],
        bulk["efforts"],
        quality=bulk["quality"],
        wellness=wellness,
        problems=told if len(told) else None,
        athletes=athletes,
        root=root,
        records=RecordReader(marked, root, policy, store),
        duplicates=_joined([identical, overlapping]),
        read_line=_read_line(counted, len(told)),
        raw=raw,
        policy=policy,
        **rest,
    )


class RecordReader:
    """Reads the samples of an activity again: from the saved log where they are, else from the file they came from.

    >>> reader = RecordReader(tables.empty(ACTIVITIES), Path("."), "flag", None)
    >>> reader("a")
    Traceback (most recent call last):
    ...
    runlab.errors.FileError: a: no samples: a row of a training log, or not of this log
    """

    def __init__(self, activities: pd.DataFrame, root: Path, policy: str, store: Path | None) -> None:
        sampled = activities[activities["samples"] > 0]
        where = zip(sampled["source"], sampled["part"].astype(int), strict=True)
        self._places = dict(zip(sampled["activity_id"], where, strict=True))
        self._root, self._policy, self._store = root, policy, store

    def __call__(self, activity_id: str) -> pd.DataFrame:
        if activity_id not in self._places:
            raise FileError(f"{activity_id}: no samples: a row of a training log, or not of this log")
        if self._store is not None and (kept := stored_records(self._store, activity_id)) is not None:
            return kept
        path, part = self._places[activity_id]
        found = read_file(named(resolve(self._root, path).read(), path))
        if not isinstance(found, Activity):
            raise FileError(f"{path}: the file has changed since the log was opened; open the log again")
        parts = split_sessions(found)
        records = prepared(parts[min(part, len(parts)) - 1], self._policy).records
        if not len(records) or records["activity_id"].iloc[0] != activity_id:
            raise FileError(f"{path}: the file has changed since the log was opened; open the log again")
        return records


def strength_sessions(strength: pd.DataFrame, athletes: Mapping[str, Athlete]) -> pd.DataFrame:
    """The rows of ``strength.csv`` as activities, so that they count as load; a recorded session takes their words.

    >>> rows = pd.DataFrame({"athlete": ["kim"], "date": pd.to_datetime(["2026-05-01"]), "time": ["18:00"],
    ...                      "duration_s": [2700.0], "kind": ["heavy"], "rpe": [6.0], "note": [""]})
    >>> strength_sessions(rows, {})[["sport", "sub_sport", "moving_time_s", "rpe"]].to_dict("records")
    [{'sport': 'strength', 'sub_sport': 'heavy', 'moving_time_s': 2700.0, 'rpe': 6.0}]
    """
    rows = strength[strength["date"].notna()].reset_index(drop=True)
    written = rows["time"].astype("str").str.strip()
    clock = pd.to_timedelta(written.where(written.str.match(r"^\d{1,2}:\d{2}$"), "") + ":00", errors="coerce")
    starts, offsets = [], []
    for who, date, time in zip(rows["athlete"], rows["date"], clock, strict=True):
        wall = pd.Timestamp(date) + (time if time is not pd.NaT else pd.Timedelta(0))
        offset, _ = local_offset(wall.tz_localize("UTC"), athlete=athletes.get(who))
        starts.append((wall - pd.Timedelta(seconds=offset)).tz_localize("UTC"))
        offsets.append(offset)
    stamp = [f"{s:%Y%m%dT%H%M%S}-strength{k}" for k, s in enumerate(starts)]
    return tables.conform(
        pd.DataFrame(
            {
                "activity_id": stamp,
                "athlete": rows["athlete"],
                "start_time": pd.Series(starts, dtype=tables.INSTANT),
                "date": rows["date"],
                "utc_offset_s": offsets,
                "sport": "strength",
                "sub_sport": rows["kind"],
                "elapsed_time_s": rows["duration_s"],
                "timer_time_s": rows["duration_s"],
                "moving_time_s": rows["duration_s"],
                "rpe": rows["rpe"].where(rows["rpe"] > 0),
                "notes": rows["note"],
                "source": "strength.csv",
                "source_format": "csv",
                "complete": True,
                "part": np.arange(1, len(rows) + 1),
                "date_only": clock.isna(),
            }
        ),
        ACTIVITIES,
    )


def _told(problems: pd.DataFrame) -> list[dict[str, Any]]:
    """Problems as rows; files that are by nature no activities (a Garmin export has thousands) are told in one."""
    if not len(problems):
        return []
    rows: list[Any] = problems.drop(columns="status", errors="ignore").to_dict("records")
    kinds: dict[str, list[dict[str, Any]]] = {}
    for row, status in zip(rows, problems.get("status", pd.Series("", index=problems.index)), strict=True):
        # the words without what differs from file to file
        alone = f"{row['path']}|{row['where']}|{row['reason']}"
        key = re.sub(r"\d+", "#", row["reason"]) if status == "other" else alone
        kinds.setdefault(key, []).append(row)
    out = []
    for same in kinds.values():
        if len(same) < _MANY_OTHERS:
            out += same
        else:
            first = same[0]
            out.append(
                first
                | problem(
                    first["path"],
                    f"{first['reason']} (and {len(same) - 1:,} more like it)",
                    action="nothing: they hold no activities",
                )
            )
    return out


def _unknown_sports(activities: pd.DataFrame) -> list[dict[str, Any]]:
    """A problem for each sport word nobody knows, with how many sessions bear it."""
    words = zip(activities["sport"], activities["source_format"], strict=True)
    unknown = np.array([not is_known_sport(*word) for word in words], dtype=bool)
    out = []
    for (who, sport), rows in activities[unknown].groupby(["athlete", "sport"]):
        reason = f"unknown sport {sport!r} of {len(rows):,} {'session' if len(rows) == 1 else 'sessions'}"
        action = "tell runlab the word, or correct it where it was written"
        row = problem(
            rows["source"].iloc[0], reason, where="sport", kept="the sessions, as another sport", action=action
        )
        out.append(row | {"athlete": who})
    return out


def _read_line(counted: Any, problems: int) -> str:
    read, failed, other = (int(counted.get(status, 0)) for status in ("read", "failed", "other"))
    line = f"read {read:,} of {read + failed:,} files"
    if other:
        line += f"; {other:,} {'is no activity' if other == 1 else 'are no activities'}"
    return line + (f"; {problems:,} in .problems" if problems else "")


def _stacked(frames: Sequence[pd.DataFrame], table: tables.Table) -> pd.DataFrame:
    filled = [f for f in frames if len(f)]
    if not filled:
        return tables.empty(table)
    frame = pd.concat(filled, ignore_index=True)
    # a column that only some files have (session) is whole again: where a file did not count, there was one
    gaps = {c.name: 1 for c in table.columns if c.dtype == tables.COUNT and not c.always and c.name in frame.columns}
    return _ordered(tables.conform(frame.fillna(gaps) if gaps else frame, table), table)


def _ordered(frame: pd.DataFrame, table: tables.Table) -> pd.DataFrame:
    """The table's own columns, then others by name: whatever file came first."""
    own = {c.name for c in table.columns}
    return frame[[*(c for c in frame.columns if c in own), *sorted(c for c in frame.columns if c not in own)]]


def _joined(frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    filled = [f for f in frames if len(f)]
    return pd.concat(filled, ignore_index=True) if filled else pd.DataFrame()


__all__ = ["RecordReader", "assembled", "raw_readings", "strength_sessions", "updated"]
