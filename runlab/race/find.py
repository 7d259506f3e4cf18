"""Which runs of a log were races."""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np
import pandas as pd

from ..errors import RunlabError
from ..log import Log
from ..progression.results import STANDARD_M

COLUMNS = {
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
_WORDS = re.compile(
    r"\b(race|marathon|half[ -]?marathon|parkrun|10 ?k|5 ?k|ultra|100 ?mi\w*|trail ?run|"
    r"championship\w*|wettkampf|wettlauf|volkslauf|halbmarathon|course|semi[ -]?marathon|carrera|maratón|media maratón|"
    r"gara|maratona|wedstrijd|corrida|løp|lopp|マラソン|大会)\b",
    re.IGNORECASE,
)
_NOT = re.compile(
    r"\b(pace|recovery|prep|training|tempo|easy|shake|warm[ -]?up|cool[ -]?down|recce|"
    r"threshold|interval\w*|reps?|repeats|fartlek|long run|hills?|\d+ ?x ?\d+[\w ]*)\b",
    re.IGNORECASE,
)


def find_races(log: Log, *, least: float = 0.5) -> pd.DataFrame:
    """Every race of a log: from the calendar, marked by the watch or platform, named in the title, or run like one.

    Definition of ``confidence``: calendar 1.0; marked as a race by its source 0.95; a race word in the title 0.7, 0.85
    with a standard distance (within 2 %); run at a standard distance and, by its graded speed, at least 97 % of the
    best the athlete did within 60 days around over 85-115 % of that distance, and 10 % above the usual of those runs:
    0.55. Each run is listed once, by the surest sign.

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
    for run in runs[~runs["activity_id"].isin(taken)].to_dict("records"):
        found = _signs(run, runs)
        if found is not None and found[1] >= least:
            by, sure, why = found
            rows.append(
                {
                    "date": run["date"],
                    "athlete": run["athlete"],
                    "name": run["title"],
                    "distance_m": _standard(run["distance_m"]) or run["distance_m"],
                    "time_s": run["elapsed_time_s"],
                    "kind": run["sub_sport"],
                    "priority": "",
                    "found_by": by,
                    "confidence": sure,
                    "activity_id": run["activity_id"],
                    "basis": why,
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


def _signs(run: dict[str, Any], runs: pd.DataFrame) -> tuple[str, float, str] | None:
    """The surest sign that a run was a race."""
    if run["workout_type"] == "race":
        return "marked", 0.95, "marked as a race by its source"
    title, standard = str(run["title"]), _standard(run["distance_m"])
    if _WORDS.search(title) and not _NOT.search(title) and run["distance_m"] > 1400:
        far = ", standard distance" if standard else ""
        return "title", 0.85 if standard else 0.7, "a race word in the title" + far
    speed = run["graded_speed_mps"] if np.isfinite(run["graded_speed_mps"]) else run["average_speed_mps"]
    if not standard or standard < 3000 or not speed > 0 or _NOT.search(title):
        return None
    near = runs[
        (runs["athlete"] == run["athlete"])
        & ((runs["date"] - run["date"]).abs() <= pd.Timedelta(days=60))
        & runs["distance_m"].between(0.85 * standard, 1.15 * standard)
        & (runs["activity_id"] != run["activity_id"])
    ]
    speeds = near["graded_speed_mps"].fillna(near["average_speed_mps"]).dropna()
    stood = run["elapsed_time_s"] > 1.05 * run["moving_time_s"] if np.isfinite(run["moving_time_s"]) else False
    if len(speeds) >= 3 and speed >= 0.97 * speeds.max() and speed >= 1.10 * speeds.median() and not stood:
        return (
            "effort",
            0.55,
            (
                f"{standard / 1000:.1f} km at {100 * (speed / speeds.median() - 1):.0f} % above the "
                f"usual of {len(speeds)} such runs"
            ),
        )
    return None


def is_ultra(distance_m: float, kind: str = "", time_s: float = math.nan) -> bool:
    """Whether a race is read as an ultra or trail race: by its kind, beyond 45 km, or over 6 h.

    >>> is_ultra(50_000.0), is_ultra(42_195.0, "road")
    (True, False)
    """
    return kind in ("trail", "ultra", "fell", "mountain") or distance_m > 45_000 or time_s > 6 * 3600
