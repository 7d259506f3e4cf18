"""Which runs of a log were races, and which of them are ultras."""

from __future__ import annotations

import math

import pandas as pd

from ..log import Log
from ..races import LEAST, races_found


def find_races(log: Log, *, least: float = LEAST) -> pd.DataFrame:
    """Every race of a log: from the calendar, marked by the watch or platform, named in the title, or run like one.

    Definition, columns and evidence: ``races.races_found``, the one answer that every function and report takes.

    Takes a log of one or many athletes; ``least`` confidence to be listed. Returns a row per race, oldest first.

    >>> from runlab.log import Log
    >>> runs = pd.DataFrame({"activity_id": ["a", "b"], "athlete": "kim", "date": ["2026-05-03", "2026-05-04"],
    ...                      "sport": "running", "title": ["City 10k", "Morning run"], "distance_m": [10050.0, 9000.0]})
    >>> find_races(Log(runs))[["name", "found_by"]].to_numpy().tolist()
    [['City 10k', 'title']]
    """
    return races_found(log, least=least)


def is_ultra(distance_m: float, kind: str = "", time_s: float = math.nan) -> bool:
    """Whether a race is read as an ultra or trail race: by its kind, beyond 45 km, or over 6 h.

    >>> is_ultra(50_000.0), is_ultra(42_195.0, "road")
    (True, False)
    """
    return kind in ("trail", "ultra", "fell", "mountain") or distance_m > 45_000 or time_s > 6 * 3600
