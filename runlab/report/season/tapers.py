"""Tapers as tables: what was left of the usual day by day, and the measures beside own past tapers and studies."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd

from ...log import Log
from ...races import races_found
from ...taper.review import daily_volume

COLUMNS = ["race", "race_date", "days_to_race", "share"]
WORDS = {
    "length": ("length", "days"),
    "depth": ("less than usual, mean", "%"),
    "last_week": ("less than usual, last 7 days", "%"),
    "shape": ("nearest shape", ""),
    "strict_weeks": ("weeks in a row with less", "weeks"),
    "hard_minutes_kept": ("hard minutes kept", "%"),
    "hard_speed_change": ("speed of hard sessions", "%"),
    "frequency_kept": ("runs a week kept", "%"),
    "strength_sessions": ("strength sessions", ""),
    "strength_last": ("last strength session before", "days"),
    "longest_run_last_two_weeks": ("longest run, last 14 days, of longest", "%"),
}


def main_races(log: Log, *, start: Any = None, end: Any = None) -> pd.DataFrame:
    """The races a season is built around: priority A, else half marathons and longer, else the longest; oldest first.

    Returns ``date``, ``name``, ``distance_m``, ``time_s`` (NaN where there is no result yet).
    """
    every = races_found(log)
    every = every.loc[every["kind"] != "relay", ["date", "name", "distance_m", "priority", "time_s"]]
    if start is not None:
        every = every[every["date"] >= pd.Timestamp(start)]
    if end is not None:
        every = every[every["date"] <= pd.Timestamp(end)]
    best = every[every["priority"] == "A"]
    if best.empty:
        best = every[every["distance_m"] >= 21000]
    if best.empty:
        best = every.nlargest(1, "distance_m")
    return best.drop_duplicates("date").sort_values("date", ignore_index=True)


def taper_volumes(log: Log, races: pd.DataFrame, *, days: int = 42) -> pd.DataFrame:
    """7-day running volume on each day before races, as a share of the usual weeks before.

    The usual is the median week of the eight that end three weeks before the race, weeks under 70 % of their median
    left out. Takes rows of ``date`` and ``name``. Returns ``race``, ``race_date``, ``days_to_race`` (−``days`` to −1),
    ``share``; NaN shares where fewer than four such weeks exist.
    """
    parts = []
    for race in races.to_dict("records"):
        volume = daily_volume(log, race["date"])
        day = np.arange(-days, 0)
        share = np.full(days, math.nan)
        values = volume.to_numpy(float)
        weeks = values[max(len(values) - 77, 0) : max(len(values) - 21, 0)]
        weeks = weeks[len(weeks) % 7 :].reshape(-1, 7).sum(1)
        usual = np.median(weeks[weeks >= 0.7 * np.median(weeks)]) if len(weeks) >= 4 and weeks.any() else 0.0
        if usual > 0:
            rolling = pd.Series(values).rolling(7).sum().to_numpy()[-days:] / usual
            share[days - len(rolling) :] = rolling
        name = race["name"] or f"{race['date']:%Y-%m-%d}"
        parts.append(pd.DataFrame({"race": name, "race_date": race["date"], "days_to_race": day, "share": share}))
    if not parts:
        return pd.DataFrame({name: pd.Series([], dtype=float) for name in COLUMNS})
    return pd.concat(parts, ignore_index=True)[COLUMNS]


def taper_words(review: pd.DataFrame) -> pd.DataFrame:
    """The measures of ``taper.taper_review`` as finished words: this taper, own earlier ones, what studies found."""
    rows = []
    for row in review.to_dict("records"):
        name, unit = WORDS[row["measure"]]
        if row["measure"] == "shape":
            rows.append([name, row["verdict"], "", "progressive", row["grade"]])
            continue
        rows.append(
            [
                f"{name}, {unit}" if unit else name,
                _number(row["value"]),
                f"{_number(row['own'])} (n = {row['own_n']})" if row["own_n"] else "",
                _range(row["reference_low"], row["reference_high"]),
                row["grade"],
            ]
        )
    return pd.DataFrame(rows, columns=["measure", "this taper", "own earlier, median", "studies or practice", "grade"])


def _number(value: float) -> str:
    return f"{value:.0f}".replace("-", "−") if math.isfinite(value) else ""


def _range(low: float, high: float) -> str:
    if math.isfinite(low) and math.isfinite(high):
        return f"{_number(low)} to {_number(high)}"
    if math.isfinite(low):
        return f"{_number(low)} or more"
    return ""
