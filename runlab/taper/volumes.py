"""Running before races: which races are tapered for, volume by day, the usual, and what was left of it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from ..log import Log
from ..numerics import student_quantile
from ..progression.results import runs
from ..races import Race, race_day, races_found

BASELINE_WEEKS, LEAST_WEEKS = 8, 6
LONGEST_DAYS = 35
BELOW = 0.92  # days that add up to less than this share of the usual ones are part of the taper
SURE = 0.98  # that what was left out is more than what weeks scatter by
LONG_M = 21_000.0
COLUMNS = ["race", "race_date", "days_to_race", "share"]


def main_races(log: Log, *, start: Any = None, end: Any = None) -> pd.DataFrame:
    """The races a season is built around: priority A, else half marathons and longer, else the longest; oldest first.

    Returns ``date``, ``name``, ``distance_m``, ``priority``, ``time_s`` (NaN where there is no result yet); relays are
    left out. Evidence: D.

    >>> main_races(Log()).empty
    True
    """
    log.only()
    every = races_found(log)
    every = every.loc[every["kind"] != "relay", ["date", "name", "distance_m", "priority", "time_s"]]
    if start is not None:
        every = every[every["date"] >= pd.Timestamp(start)]
    if end is not None:
        every = every[every["date"] <= pd.Timestamp(end)]
    best = every[every["priority"] == "A"]
    if best.empty:
        best = every[every["distance_m"] >= LONG_M]
    if best.empty:
        best = every.nlargest(1, "distance_m")
    return best.drop_duplicates("date").sort_values("date", ignore_index=True)


def race_row(log: Log, race: Any) -> dict:
    """Date, name and distance of a race given as a Race, a date, a name or a row; a day without a race has no more.

    >>> from runlab.log import Log
    >>> race_row(Log(), "2026-11-01")["name"]
    ''
    """
    day = race_day(log, race)
    found = races_found(log)
    found = found[found["date"] == day]
    row: dict[Any, Any] = {"name": "", "distance_m": math.nan} | (found.iloc[0].to_dict() if len(found) else {})
    row |= vars(race) if isinstance(race, Race) else dict(race) if isinstance(race, (Mapping, pd.Series)) else {}
    return {"date": day, "name": row["name"] or "", "distance_m": float(row["distance_m"])}


def daily_volume(log: Log, date: pd.Timestamp) -> pd.Series:
    """Running metres per day up to the day before a race (moving seconds where most runs have no distance).

    >>> from runlab.log import Log
    >>> daily_volume(Log(), pd.Timestamp("2026-05-01")).empty
    True
    """
    done = runs(log, on=date)
    if done.empty:
        return pd.Series(dtype=float)
    column = "distance_m" if done["distance_m"].notna().mean() > 0.7 else "moving_time_s"
    by_day = done.groupby("date")[column].sum()
    return by_day.reindex(pd.date_range(done["date"].min(), date - pd.Timedelta(days=1))).fillna(0.0)


def taper_length(volume: np.ndarray) -> tuple[int, float]:
    """Days of taper before a race, and the usual daily volume it is held against: the one rule for both.

    Definition: counting back from the race, each day adds what it fell short of 92 % of the usual for that weekday;
    the taper is as long as that sum keeps growing, and none where what it left out is no more than the athlete's weeks
    scatter by (98 %). The usual is the median of the eight weeks before the taper, weeks under 70 % of their median
    left out; length and usual are settled together.

    Takes volume by day up to the day before the race. Returns days and volume a day; 0 days where there was none, and
    0.0 without any running before. Evidence: D.

    >>> taper_length(np.array([10.0] * 84 + [5.0] * 14))
    (14, 10.0)
    """
    length, baseline = 14, 0.0
    seen = set()
    for _ in range(6):
        before = volume[: len(volume) - length][-7 * BASELINE_WEEKS :]
        weeks = before[len(before) % 7 :].reshape(-1, 7)
        usual = weeks[weeks.mean(1) >= 0.7 * np.median(weeks.mean(1))] if len(weeks) else weeks
        if not len(usual) or not usual.mean() > 0:
            return 0, 0.0
        baseline = float(np.median(usual.mean(1)))
        most = min(LONGEST_DAYS, len(volume))
        # ``weeks`` ends the day before the taper, so its first column is the weekday the taper begins on.
        pattern = np.resize(np.median(usual, axis=0), length + 7)[:length] if length else np.empty(0)
        ahead = np.resize(np.median(usual, axis=0)[::-1], most)
        expected = np.concatenate([ahead[: most - length][::-1], pattern])[-most:]
        expected = 0.5 * expected * baseline / max(expected.mean(), 1e-9) + 0.5 * baseline
        short = np.cumsum((BELOW * expected - volume[-most:])[::-1])
        # Once a whole week is back at the usual, what lies before it (an illness, a light week) is no taper.
        week = np.convolve(volume[-most:][::-1], np.ones(7) / 7, mode="valid")
        back = np.flatnonzero(week >= 0.95 * baseline)
        reach = min(int(back[0]) + 7, most) if len(back) else most
        new = int(np.argmax(short[:reach])) + 1 if short[:reach].max() > 0.7 * baseline else 0
        if new and len(usual) > 1:
            left_out = new * baseline - volume[-new:].sum()
            kept = weeks[weeks.mean(1) >= 0.5 * np.median(weeks.mean(1))]
            scatter = kept.mean(1).std(ddof=1) * math.sqrt(7 * max(new, 7) * (1 + new / usual.size))
            new = new if left_out > student_quantile((1 + SURE) / 2, len(usual) - 1) * scatter else 0
        if new == length or new in seen:
            return new, baseline
        seen.add(length)
        length = new
    return length, baseline


def taper_volumes(log: Log, races: pd.DataFrame | Iterable[Any], *, days: int = 42) -> pd.DataFrame:
    """7-day running volume on each day before races, as a share of the usual (``taper_length``).

    Takes races (a frame of ``date`` and ``name``, or Races, dates, names). Returns ``race``, ``race_date``,
    ``days_to_race`` (−``days`` to −1), ``share``; NaN with under six weeks of running before. Evidence: A that it was
    run, D for what is usual.

    >>> taper_volumes(Log(), pd.DataFrame({"date": [], "name": []})).columns.tolist()
    ['race', 'race_date', 'days_to_race', 'share']
    """
    log.only()
    parts = []
    for race in races.to_dict("records") if isinstance(races, pd.DataFrame) else races:
        race = race_row(log, race)
        values = daily_volume(log, race["date"]).to_numpy(float)
        usual = taper_length(values)[1] if len(values) >= 7 * LEAST_WEEKS else 0.0
        share = np.full(days, math.nan)
        if usual > 0:
            rolling = pd.Series(values).rolling(7).mean().to_numpy()[-days:] / usual
            share[days - len(rolling) :] = rolling
        parts.append(
            pd.DataFrame(
                {
                    "race": race["name"] or f"{race['date']:%Y-%m-%d}",
                    "race_date": race["date"],
                    "days_to_race": np.arange(-days, 0),
                    "share": share,
                }
            )
        )
    return pd.concat(parts, ignore_index=True)[COLUMNS] if parts else pd.DataFrame(columns=COLUMNS, dtype=float)
