"""One file to what is kept of it: small, picklable, and never an exception."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pandas as pd

from ..athlete import Athlete
from ..clean import apply_policy
from ..errors import RunlabError
from ..readers import read_file
from ..readers.activity import Activity
from ..summary import Summary, guarded_rows, split_sessions, summarise
from .sources import Source, file_source, problem


@dataclass(frozen=True)
class Reading:
    """What became of one file.

    ``status`` is "read", "other" (a readable file that is no activity: settings, monitoring, a course) or "failed".
    ``parts`` holds a Summary per session, ``training`` the rows of a training log, ``wellness`` its daily values.

    >>> Reading(Source("a.fit", (), "a.fit", "kim", 1, 0), "failed").parts
    ()
    """

    source: Source
    status: str
    parts: tuple[Summary, ...] = ()
    training: pd.DataFrame | None = None
    wellness: pd.DataFrame | None = None
    problems: list[dict[str, str]] = field(default_factory=list)


def read_one(source: Source | str | Path, *, athlete: Athlete | None = None, policy: str = "flag") -> Reading:
    """Read one file and keep its summary; a file that cannot be read becomes a problem, never an exception.

    Takes a path, or a ``Source`` for a member of an archive. Works alike here, in a process pool and on a cluster.

    >>> reading = read_one(__file__)
    >>> reading.status, reading.problems[0]["kept"]
    ('failed', 'nothing')
    """
    if not isinstance(source, Source):
        try:
            source = file_source(Path(source), Path(source).parent)
        except OSError as error:
            source = Source(str(source), (), str(source), "", 0, 0)
            return Reading(source, "failed", problems=[problem(source.path, f"cannot be opened ({error.strerror})")])
    try:
        data = source.read()
        found = read_file(named(data, source.path), if_csv=_options(athlete))
        if isinstance(found, Activity):
            sha256 = str(found.about.get("sha256") or hashlib.sha256(data).hexdigest())
            parts = split_sessions(found)
            kept = tuple(
                summarise(prepared(part, policy), athlete=athlete, path=source.path, sha256=sha256, part=k)
                for k, part in enumerate(parts, start=1)
            )
            watch = {f"watch_{name}": value for name, value in found.about.get("watch_settings", {}).items()}
            kept = tuple(replace(part, row=part.row | watch) for part in kept)
            # what is wrong with the file is said once, not for each of its sessions
            kept = (kept[0], *(replace(part, problems=[]) for part in kept[1:]))
            return Reading(source, "read", kept, problems=kept[0].problems)
        return _log_reading(found, source, athlete)
    except RunlabError as error:
        reason = str(error)
        other = "not an activity" in reason or "not a recorded activity" in reason
        action = "" if other else "export it again, or take it out of the folder"
        return Reading(source, "other" if other else "failed", problems=[problem(source.path, reason, action=action)])
    except Exception as error:  # one file must never lose a folder
        reason = f"runlab failed on this file ({type(error).__name__}: {error})"
        return Reading(source, "failed", problems=[problem(source.path, reason, action="please report it to runlab")])


def read_some(batch: Sequence[Source], athletes: dict[str, Athlete], policy: str) -> list[Reading]:
    """Several files one after the other: the unit of work of an executor.

    >>> read_some([], {}, "flag")
    []
    """
    return [read_one(source, athlete=athletes.get(source.athlete), policy=policy) for source in batch]


def prepared(activity: Activity, policy: str) -> Activity:
    """The activity under a policy: as it is, repaired, or without suspicious values.

    >>> activity = Activity(pd.DataFrame(), pd.DataFrame(), {})
    >>> prepared(activity, "flag") is activity
    True
    """
    if policy == "flag" or activity.records.empty:
        return activity
    sport = activity.about.get("sport") or "running"
    return replace(activity, records=apply_policy(activity.records, policy, sport=sport))


def named(data: bytes, name: str) -> io.BytesIO:
    """Bytes with a name, for messages.

    >>> named(b"", "a.fit").name
    'a.fit'
    """
    stream = io.BytesIO(data)
    stream.name = name
    return stream


def _options(athlete: Athlete | None) -> dict[str, Any]:
    """What a training log needs of its athlete: zone and own column names."""
    return {"columns": athlete.columns or None, "home_zone": athlete.home_zone} if athlete else {}


def _log_reading(found: Any, source: Source, athlete: Athlete | None) -> Reading:
    name = athlete.name if athlete else ""
    training = guarded_rows(found.activities).assign(athlete=name, source=source.path)
    rows = [{**{k: str(v) for k, v in row.items()}, "path": source.path} for row in found.problems.to_dict("records")]
    wellness = getattr(found, "wellness", None)
    if wellness is not None and len(wellness):
        wellness = wellness.assign(athlete=name, source=source.path)
    return Reading(source, "read", training=training, wellness=wellness, problems=rows)
