"""The ladder back: tied to signs, not to dates, beside how it went after earlier races."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd

from ..log import Log
from ..progression.recovery import median_days, recovery_time
from ..races import Race, races_found
from .drift import usual_for_pace

WATCHED_DAYS = 56  # how long after a race the return of the usual volume is looked for
COLUMNS: dict[str, Any] = {
    "step": int,
    "sign": "str",
    "measure": "str",
    "usual": float,
    "low": float,
    "high": float,
    "unit": "str",
    "n": int,
    "words": "str",
}


def recovery_ladder(log: Log, race: Race) -> pd.DataFrame:
    """What to look for before each step back into training, with the athlete's own usual values where logged.

    Definition: usual = median of the six weeks before race week, band = 10 to 90 %. The last row tells how many days
    lay between earlier like races and the first run, and until a week held 80 % of the usual distance.

    Takes a log of one athlete and the Race. Returns ``step, sign, measure, usual, low, high, unit, n, words``.
    Evidence: C (coaching practice); own numbers A.

    >>> from runlab.log import Log
    >>> recovery_ladder(Log(), Race(pd.Timestamp("2026-11-01")))["step"].tolist()
    [1, 2, 3, 4, 5]
    """
    morning = _usual(log, race, "resting_heart_rate_bpm")
    sore = _usual(log, race, "soreness")
    rows = [
        {
            "step": 1,
            "sign": "walking downstairs without soreness; sleep and appetite as usual",
            "measure": "soreness",
            "unit": "1-7",
            **sore,
            "words": "Walk, eat, sleep. Running waits until stairs feel normal"
            + _beside(sore, "morning soreness back at {usual:.0f} of 7 points")
            + " [C].",
        },
        {
            "step": 2,
            "sign": "resting heart rate within its usual band for three mornings",
            "measure": "resting_heart_rate_bpm",
            "unit": "1/min",
            **morning,
            "words": "Short easy runs every other day once "
            "the morning pulse is back"
            + _beside(morning, "usual {usual:.0f} beats/min, {low:.0f}–{high:.0f}")
            + " [C].",
        },
        _matched_pace(log, race),
        {
            "step": 4,
            "sign": "wanting to run again, three days in a row",
            "measure": "mood",
            "unit": "1-7",
            **_usual(log, race, "mood"),
            "words": "Strides and a longer run when the wish to run is back; faster work "
            "after the step before held for a week [C].",
        },
        _own_history(log, race),
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype(COLUMNS)


def _usual(log: Log, race: Race, name: str) -> dict[str, Any]:
    table = log.wellness
    if name not in table.columns:
        return {"usual": math.nan, "low": math.nan, "high": math.nan, "n": 0}
    days = table[
        (table["date"] < race.date - pd.Timedelta(days=7)) & (table["date"] >= race.date - pd.Timedelta(days=49))
    ][name]
    days = pd.to_numeric(days, errors="coerce").dropna()
    if len(days) < 7:
        return {"usual": math.nan, "low": math.nan, "high": math.nan, "n": len(days)}
    low, high = days.quantile([0.1, 0.9])
    return {"usual": float(days.median()), "low": float(low), "high": float(high), "n": len(days)}


def _beside(found: dict[str, Any], text: str) -> str:
    return f" ({text.format(**found)}; n = {found['n']} mornings)" if math.isfinite(found["usual"]) else ""


def _matched_pace(log: Log, race: Race) -> dict[str, Any]:
    row = {
        "step": 3,
        "sign": "heart rate at an easy pace back to usual",
        "measure": "heart rate at an easy pace",
        "unit": "1/min",
        "usual": math.nan,
        "low": math.nan,
        "high": math.nan,
        "n": 0,
        "words": "Usual easy runs once heart rate at a known easy pace is no higher than before the race [C].",
    }
    found = usual_for_pace(log, "heart_rate_bpm", on=race.date)
    if found is None:
        return row
    own = log.activities
    easy = own[
        (own["sport"] == "running") & (own["date"] < race.date) & (own["date"] >= race.date - pd.Timedelta(weeks=8))
    ]["average_speed_mps"].dropna()
    if not len(easy):
        return row
    speed = float(easy.median())
    usual, half = (float(x) for x in found.band(np.array(speed), 0.8))
    return row | {
        "usual": usual,
        "low": usual - half,
        "high": usual + half,
        "n": found.laps,
        "words": f"Usual easy runs once heart rate at the usual easy pace is back near {usual:.0f} beats/min "
        f"({usual - half:.0f}–{usual + half:.0f}; 80 %; {found.laps} laps) [C].",
    }


def _own_history(log: Log, race: Race) -> dict[str, Any]:
    """Days to the first run and to 80 % of usual volume after earlier races of at least half the distance."""
    found = races_found(log)
    found = found[
        (found["date"] < race.date - pd.Timedelta(days=21))
        & (found["distance_m"] >= 0.5 * (race.distance_m if race.distance_m > 0 else 0.0))
    ]
    own = log.activities
    runs = own[(own["sport"] == "running") & (own["duplicate_of"].fillna("") == "")]
    by_day = runs.groupby("date")["distance_m"].sum().sort_index()
    end = own["date"].max()
    first, back, seen = [], [], []
    for day in found["date"].drop_duplicates():
        after = by_day[by_day.index > day]
        before = by_day[(by_day.index < day - pd.Timedelta(days=21)) & (by_day.index >= day - pd.Timedelta(days=63))]
        if not len(after) or before.sum() <= 0:
            continue
        first.append((after.index[0] - day).days)
        watched = min(int((end - day).days), WATCHED_DAYS)
        weekly = after.reindex(pd.date_range(day + pd.Timedelta(days=1), periods=watched)).fillna(0.0).rolling(7).sum()
        there = np.flatnonzero(weekly.to_numpy() >= 0.8 * before.sum() / 6)
        back.append(float(there[0] + 1) if len(there) else float(watched))
        seen.append(bool(len(there)))
    row: dict[str, Any] = {
        "step": 5,
        "sign": "own earlier races",
        "measure": "days to 80 % of usual volume",
        "unit": "days",
        "usual": math.nan,
        "low": math.nan,
        "high": math.nan,
        "n": len(first),
        "words": "Cannot tell from earlier races how long it takes: none of like length in the log.",
    }
    if first:
        row["words"] = (
            f"After {len(first)} earlier {'race' if len(first) == 1 else 'races'} of like length the first "
            f"run came after {np.median(first):.0f} days"
        )
        usual = median_days(np.array(back), np.array(seen))
        never = len(seen) - sum(seen)
        longest = math.inf if never else max(back)
        if math.isfinite(usual):
            row |= {"usual": usual, "low": min(back), "high": longest}
            row["words"] += f" and usual volume after {usual:.0f} days"
        if never:
            row["words"] += f"; after {never} of them usual volume was not back while the log was watched"
        elif len(back) > 1:
            row["words"] += f" ({min(back):.0f}–{longest:.0f} days)"
        row["words"] += f" [C, n = {len(first)}]."
    morning = recovery_time(log) if len(log.activities) else None
    if morning is not None and morning.is_known:
        row["words"] += f" Back to usual after hard days: {morning.value:.0f} days (middle of n = {morning.n}) [D]."
    return row
