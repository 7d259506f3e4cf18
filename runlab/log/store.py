"""A log on disk: a folder of Parquet files that opens in an instant."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import pandas as pd

from .. import tables
from ..athlete import MEASURES, Athlete, file_name
from ..errors import FileError, RunlabError, SettingsError
from .sources import is_saved

VERSION = 1

TABLES = (
    "activities",
    "laps",
    "histograms",
    "efforts",
    "wellness",
    "plan",
    "events",
    "races",
    "strength",
    "fuel",
    "notes",
    "problems",
    "quality",
    "duplicates",
)


@dataclass(frozen=True)
class Raw:
    """What the files themselves said, before training logs are joined and duplicates marked.

    Kept beside the tables so that the next opening reads only what is new. ``files`` has a row per file: path, athlete,
    size, stamp, settings (a digest of the athlete's settings), status.

    >>> Raw().files.empty
    True
    """

    activities: pd.DataFrame = field(default_factory=pd.DataFrame)
    training: pd.DataFrame = field(default_factory=pd.DataFrame)
    wellness: pd.DataFrame = field(default_factory=pd.DataFrame)
    problems: pd.DataFrame = field(default_factory=pd.DataFrame)
    files: pd.DataFrame = field(default_factory=pd.DataFrame)


def save(
    path: Path,
    held: Mapping[str, pd.DataFrame],
    *,
    athletes: Mapping[str, Athlete],
    about: Mapping[str, Any],
    raw: Raw | None = None,
    records: Callable[[str], pd.DataFrame] | None = None,
) -> Path:
    """Write the tables of a log as a folder of Parquet files, in one piece: a break half-way leaves what was there.

    Takes every one of ``TABLES``; ``about`` holds ``policy, root, read_line, start, end``; ``records`` gives the
    samples of an activity, if they go along. Only the owner may read the folder. Raises SettingsError for a path that
    holds something else.

    >>> about = {"policy": "flag", "root": ".", "read_line": "", "start": None, "end": None}
    >>> tables = dict.fromkeys(TABLES, pd.DataFrame())
    >>> save(Path(tempfile.mkdtemp()) / "a.runlab", tables, athletes={}, about=about).name
    'a.runlab'
    """
    if path.exists() and not is_saved(path) and not (path.is_dir() and not any(path.iterdir())):
        raise SettingsError(f"{path}: holds something that is not a saved log; choose another name")
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=f".{path.name}-", dir=path.parent))  # made for the owner alone
    try:
        for name in TABLES:
            _write(held[name], fresh / f"{name}.parquet")
        for part in fields(raw) if raw is not None else ():
            _write(getattr(raw, part.name), fresh / f"raw_{part.name}.parquet")
        if records is not None:
            (fresh / "records").mkdir()
            sampled = held["activities"]["samples"] > 0
            for activity_id in held["activities"].loc[sampled, "activity_id"].unique():
                _write(records(activity_id), fresh / "records" / f"{file_name(activity_id)}.parquet")
        kept = {
            "version": VERSION,
            **about,
            "start": _iso(about["start"]),
            "end": _iso(about["end"]),
            "raw": raw is not None,
            "athletes": [_athlete_out(a) | {"key": key} for key, a in athletes.items()],
        }
        (fresh / "log.json").write_text(json.dumps(kept, indent=1, ensure_ascii=False), "utf-8")
        _swap(fresh, path, about["policy"])
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        raise
    return path


def opened(path: Path) -> tuple[dict[str, Any], Raw | None, dict[str, Any]]:
    """The parts of a saved log: arguments for ``Log``, what the files said (None if not kept), and about the log.

    Raises FileError for a folder that is no saved log or was written by another version.

    >>> opened(Path("nowhere"))
    Traceback (most recent call last):
    ...
    runlab.errors.FileError: nowhere: not a saved log; make one with log.save('nowhere')
    """
    if not is_saved(path):
        raise FileError(f"{path}: not a saved log; make one with log.save('{path}')")
    try:
        about = json.loads((path / "log.json").read_text("utf-8"))
        if about.get("version") != VERSION:
            raise FileError(
                f"{path}: saved by another version of runlab (format {about.get('version')}); "
                "open the folder of the files themselves and save it again"
            )
        found: dict[str, Any] = {name: pd.read_parquet(path / f"{name}.parquet") for name in TABLES}
        raw = (
            Raw(**{part.name: pd.read_parquet(path / f"raw_{part.name}.parquet") for part in fields(Raw)})
            if about["raw"]
            else None
        )
        found |= {
            "athletes": {a.pop("key"): Athlete(**a) for a in about["athletes"]},
            "root": about["root"],
            "start": about["start"],
            "end": about["end"],
            "read_line": about["read_line"],
        }
    except RunlabError:
        raise
    except Exception as error:  # json, pyarrow and the file system each have their own kinds
        raise FileError(
            f"{path}: the saved log is damaged ({type(error).__name__}: {error}); "
            "open the folder of the files themselves and save it again"
        ) from None
    return found, raw, about


def stored_records(path: Path, activity_id: str) -> pd.DataFrame | None:
    """The samples of an activity in a saved log, None if they were not saved along.

    >>> stored_records(Path("nowhere"), "a") is None
    True
    """
    file = path / "records" / f"{file_name(activity_id)}.parquet"
    return tables.conform(pd.read_parquet(file), tables.RECORDS) if file.is_file() else None


def _write(frame: pd.DataFrame, file: Path) -> None:
    odd = {c: frame[c].infer_objects() for c in frame.columns if frame[c].dtype == object}
    odd = {c: v if v.dtype != object else v.where(v.isna(), v.astype("str")).astype("str") for c, v in odd.items()}
    frame.assign(**odd).to_parquet(file, index=False, compression="zstd", write_statistics=False)


def _swap(fresh: Path, path: Path, policy: str) -> None:
    old, same = None, False
    if path.exists():
        if is_saved(path):
            same = json.loads((path / "log.json").read_text("utf-8")).get("policy") == policy
        old = Path(tempfile.mkdtemp(prefix=f".{path.name}-old-", dir=path.parent)) / path.name
        os.replace(path, old)
    os.replace(fresh, path)
    if old is not None:
        if same and (old / "records").is_dir() and not (path / "records").exists():
            os.replace(old / "records", path / "records")  # samples saved earlier are still good: ids name the content
        shutil.rmtree(old.parent)


def _iso(day: pd.Timestamp | None) -> str | None:
    return None if day is None else f"{day:%Y-%m-%d}"


def _athlete_out(athlete: Athlete) -> dict[str, Any]:
    settings = [
        {"from": None if row["from"] is pd.NaT else f"{row['from']:%Y-%m-%d}"}
        | {m: row[m] for m in MEASURES if row[m] == row[m]}
        for row in athlete.settings.to_dict("records")
    ]
    return {
        "name": athlete.name,
        "sex": athlete.sex,
        "birth_date": _iso(athlete.birth_date),
        "units": athlete.units,
        "home_zone": athlete.home_zone,
        "week_start": athlete.week_start,
        "consent": dict(athlete.consent),
        "settings": settings,
        "columns": dict(athlete.columns),
        "untyped": athlete.untyped,
    }
