"""Which runs of a log were races."""

from __future__ import annotations

import math
import re
from typing import Any

import pandas as pd

from ..errors import RunlabError
from ..log import Log
from ..races import STANDARD_M, race_signs

COLUMNS: dict[str, Any] = {
    "date": "datetime64[us]",
    "athlete": "str",
    "name": "str",
    "distance_m": float,
    "time_s": float,
    "kind": "str",
    "priority": "str",
    "found_by": "str",
    "confidence": float,
    "activity_id": "str",
    "basis": "str",
}


def find_races(log: Log, *, least: float = 0.5) -> pd.DataFrame:
    """Every race of a log: from the calendar, marked by the watch or platform, named in the title, or run like one.

    Definition of ``confidence``: calendar 1.0; else that of ``races.race_signs``, which looks at each run and those
    before it, never after. Each run is listed once, by the surest sign.

    Takes a log of one or many athletes; ``least`` confidence to be listed.
    Returns ``date, athlete, name, distance_m, time_s`` (official, else clock), ``kind, priority, found_by``
    ("calendar", "marked", "title", "effort"), ``confidence, activity_id, basis``; oldest first.
    Evidence: A for the calendar, D for the rest.

    >>> from runlab.log import Log
    >>> runs = pd.DataFrame({"activity_id": ["a", "b"], "athlete": "kim", "date": ["2026-05-03", "2026-05-04"],
    ...                      "sport": "running", "title": ["City 10k", "Morning run"], "distance_m": [10050.0, 9000.0]})
    >>> find_races(Log(runs))[["name", "found_by", "confidence"]].to_numpy().tolist()
    [['City 10k', 'title', 0.85]]
    """
    runs = log.activities
    runs = runs[(runs["sport"] == "running") & (runs["duplicate_of"].fillna("") == "") & runs["date"].notna()]
    rows: list[dict[str, Any]] = []
    taken: set[str] = set()
    for race in log.races[log.races["date"].notna()].to_dict("records"):
        day = runs[(runs["date"] == race["date"]) & runs["athlete"].isin([race["athlete"], ""])]
        run = None
        if len(day):
            off = (day["distance_m"] / race["distance_m"] - 1).abs()
            run = day.loc[off.idxmin() if off.notna().any() else day.index[0]]
            taken.add(run["activity_id"])
            if race["kind"] == "relay":
                taken |= set(day["activity_id"])
        clock = race["official_time_s"]
        if not clock > 0 and run is not None:
            clock = run["elapsed_time_s"]
        rows.append(
            {
                **{k: race[k] for k in ("date", "athlete", "name", "distance_m", "kind", "priority")},
                "time_s": clock,
                "found_by": "calendar",
                "confidence": 1.0,
                "activity_id": "" if run is None else run["activity_id"],
                "basis": "in the race calendar",
            }
        )
    signs = race_signs(runs)
    rest = runs.join(signs)[(signs["confidence"] >= max(least, 0.01)) & ~runs["activity_id"].isin(taken)]
    for run in rest.to_dict("records"):
        rows.append(
            {
                "date": run["date"],
                "athlete": run["athlete"],
                "name": run["title"],
                "distance_m": _standard(run["distance_m"]) or run["distance_m"],
                "time_s": run["elapsed_time_s"],
                "kind": run["sub_sport"],
                "priority": "",
                "found_by": run["found_by"],
                "confidence": run["confidence"],
                "activity_id": run["activity_id"],
                "basis": run["basis"],
            }
        )
    frame = pd.DataFrame(rows, columns=list(COLUMNS)).astype(COLUMNS)
    return frame.sort_values(["date", "athlete"], kind="stable", ignore_index=True)


def race_named(log: Log, name: str) -> pd.Series:
    """The row of ``find_races`` whose name holds these words; the latest if there are several.

    Raises RunlabError where none does.

    >>> from runlab.log import Log
    >>> runs = pd.DataFrame({"activity_id": ["a"], "athlete": ["kim"], "date": ["2026-05-03"], "sport": ["running"],
    ...                      "title": ["City 10k"], "distance_m": [10050.0]})
    >>> race_named(Log(runs), "city")["activity_id"]
    'a'
    """
    log.only()
    races = find_races(log)
    found = races[races["name"].str.contains(re.escape(name), case=False)]
    if found.empty:
        raise RunlabError(f"no race named {name!r}; found: {', '.join(races['name'].unique()[:8]) or 'none'}")
    return found.iloc[-1]


def _standard(metres: float, within: float = 0.02) -> float:
    if not metres > 0:
        return 0.0
    near = min(STANDARD_M, key=lambda d: abs(d - metres))
    return near if abs(near - metres) <= within * near else 0.0


def is_ultra(distance_m: float, kind: str = "", time_s: float = math.nan) -> bool:
    """Whether a race is read as an ultra or trail race: by its kind, beyond 45 km, or over 6 h.

    >>> is_ultra(50_000.0), is_ultra(42_195.0, "road")
    (True, False)
    """
    return kind in ("trail", "ultra", "fell", "mountain") or distance_m > 45_000 or time_s > 6 * 3600
