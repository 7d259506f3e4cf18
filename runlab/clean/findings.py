"""What is wrong with a whole log, how often, and what it would change."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from .. import tables
from .flags import CHECKS


def audit(log: Any) -> pd.DataFrame:
    """What cannot be trusted in a log: each issue, in how many activities, what share of the hours, its effect.

    Takes a log with ``activities`` and ``quality``. Returns one row per issue found: issue, meaning, activities,
    share_of_activities, seconds, share_of_time (of all timer time), effect, repair (what ``policy="repair"`` does);
    those that make samples unclean first, the largest share of time first. No rows: nothing was found.
    Evidence: [D] the checks are runlab's own; see ``clean.FLAGS``.

    >>> from types import SimpleNamespace
    >>> activities = pd.DataFrame({"activity_id": ["a", "b"], "timer_time_s": [3600.0, 3600.0],
    ...                            "complete": [True, False], "duplicate_of": ["", ""]})
    >>> quality = pd.DataFrame({"activity_id": ["a"], "flag": ["cadence_lock"], "spans": [1], "seconds": [720.0]})
    >>> audit(SimpleNamespace(activities=activities, quality=quality))[["issue", "activities", "share_of_time"]]
              issue  activities  share_of_time
    0    incomplete           1            0.5
    1  cadence_lock           1            0.1
    """
    activities, quality = log.activities, log.quality
    tables.check(activities, tables.ACTIVITIES, "activity_id", "timer_time_s", "complete", "duplicate_of")
    hours = float(activities["timer_time_s"].sum())
    rows = []
    for name, check in CHECKS.items():
        mine = quality[quality["flag"] == name]
        if len(mine):
            rows.append(
                (
                    name,
                    check.meaning,
                    mine["activity_id"].nunique(),
                    float(mine["seconds"].sum()),
                    check.effect,
                    check.repair,
                    check.spoils,
                )
            )
    whole = (
        (
            "incomplete",
            ~activities["complete"].astype(bool),
            "the file was cut or damaged",
            "totals and best efforts hold for what was left",
            "what could be read is kept",
        ),
        (
            "duplicate",
            activities["duplicate_of"] != "",
            "the same session is there twice",
            "volume and load would count twice",
            "the one with more channels counts, the other is marked",
        ),
    )
    for name, found, meaning, effect, repair in whole:
        if found.any():
            seconds = float(activities.loc[found, "timer_time_s"].sum())
            rows.append((name, meaning, int(found.sum()), seconds, effect, repair, True))
    out = pd.DataFrame(rows, columns=["issue", "meaning", "activities", "seconds", "effect", "repair", "spoils"])
    out.insert(3, "share_of_activities", out["activities"].astype(float) / max(len(activities), 1))
    out.insert(5, "share_of_time", out["seconds"].astype(float) / hours if hours > 0 else np.nan)
    ordered = out.sort_values(["spoils", "share_of_time"], ascending=False, kind="stable", ignore_index=True)
    if len(ordered) and not hours > 0:
        ordered["share_of_time"] = np.nan
    return ordered.drop(columns="spoils").astype({"issue": "str"})
