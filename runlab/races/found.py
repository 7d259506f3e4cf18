"""Which runs were races: the one answer that every number, picture and sentence takes."""

from __future__ import annotations

import math
import weakref
from difflib import get_close_matches
from typing import Any

import numpy as np
import pandas as pd

from .. import tables
from ..errors import SettingsError
from .lengths import covers, near_standard, standard_m
from .signs import BROKEN_CLOCK, INDOORS, has_words

LEAST, LEAST_SHOWN = 0.5, 0.01  # as sure as not; and what nobody would call a race
# Many questions of one log ask for its races; they are kept as long as the log lives unchanged.
_FOUND: weakref.WeakKeyDictionary[Any, tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]] = weakref.WeakKeyDictionary()
HABIT = 3  # a title on more runs than this is a habit's or a watch's, not a race's
SHARE = 0.5  # of the official length: a run this long was that race, finished or not; shorter it was the warm-up
KIND_OF = {"trail": "trail", "track": "track", **dict.fromkeys(INDOORS, "treadmill")}
COLUMNS: dict[str, Any] = {
    "date": "datetime64[us]",
    "athlete": "str",
    "name": "str",
    "distance_m": float,
    "time_s": float,
    "time_from": "str",
    "kind": "str",
    "priority": "str",
    "found_by": "str",
    "confidence": float,
    "activity_id": "str",
    "basis": "str",
}


def races_found(log: Any, *, least: float = LEAST) -> pd.DataFrame:
    """Every race of a log, once: from the calendar, marked by the source, named in the title, or run like one.

    Definition of ``confidence``: calendar 1.0; else that of ``race_signs`` (``log.race_signs``), which looks at each
    run and those before it, never after. On a day of the calendar no other run is a race, but one that its source
    marked at another length. ``distance_m`` is the official length, else the standard one within 3 %, else the
    watch's. ``time_s`` is the official time, else the clock's (``time_from`` "watch"), brought to that length where
    the run was longer, and for a calendar race where the two agree within 3 %; NaN where neither says.

    Takes a log of one or many athletes; ``least`` confidence to be listed.
    Returns ``date, athlete, name, distance_m, time_s, time_from, kind, priority, found_by`` ("calendar", "marked",
    "title", "effort"), ``confidence, activity_id, basis``; oldest first. Races to come are listed, without a time.
    Evidence: A for the calendar, D for the rest.

    >>> from runlab.log import Log
    >>> runs = pd.DataFrame({"activity_id": ["a", "b"], "athlete": "kim", "date": ["2026-05-03", "2026-05-04"],
    ...                      "sport": "running", "title": ["City 10k", "Morning run"], "distance_m": [10050.0, 9000.0]})
    >>> races_found(Log(runs))[["name", "distance_m", "found_by"]].to_numpy().tolist()
    [['City 10k', 10000.0, 'title']]
    """
    kept = _FOUND.get(log)
    if kept is None or kept[0] is not log.activities or kept[1] is not log.races:
        kept = _FOUND[log] = log.activities, log.races, _every_race(log)
    return kept[2][kept[2]["confidence"] >= least].reset_index(drop=True)


def _every_race(log: Any) -> pd.DataFrame:
    """All of them, however unsure."""
    runs = log.activities
    runs = runs[(runs["sport"] == "running") & (runs["duplicate_of"].fillna("") == "") & runs["date"].notna()]
    calendar = tables.conform(log.races, tables.RACES)
    calendar = calendar[calendar["date"].notna()]
    listed, taken = _calendar(calendar, runs)
    signs = log.race_signs.reindex(runs["activity_id"])
    sure = (signs["confidence"] >= LEAST_SHOWN).to_numpy()
    marked = signs["found_by"].eq("marked").to_numpy()
    days = pd.MultiIndex.from_frame(runs[["athlete", "date"]])
    on_calendar = days.isin(pd.MultiIndex.from_frame(calendar[["athlete", "date"]])) | runs["date"].isin(
        calendar.loc[calendar["athlete"] == "", "date"]
    )
    raced = runs[sure & (~on_calendar | marked) & ~runs["activity_id"].isin(taken).to_numpy()]
    metres = raced["distance_m"].to_numpy(float)
    near = near_standard(metres)
    length = np.where(np.isfinite(near), near, metres)
    signs = log.race_signs.reindex(raced["activity_id"])
    judged = pd.DataFrame(
        {
            "date": raced["date"],
            "athlete": raced["athlete"],
            "name": race_names(raced["title"], runs["title"]),
            "distance_m": length,
            "time_s": _clock(raced).to_numpy() * np.fmin(length / np.where(metres > 0, metres, np.nan), 1.0),
            "time_from": "watch",
            "kind": raced["sub_sport"].map(KIND_OF).fillna(""),
            "priority": "",
            **{name: signs[name].to_numpy() for name in ("found_by", "confidence", "basis")},
            "activity_id": raced["activity_id"],
        }
    )
    frame = pd.concat([listed, judged.reindex(columns=list(COLUMNS)).astype(COLUMNS)], ignore_index=True)
    return frame.sort_values(["date", "athlete"], kind="stable", ignore_index=True)


def race_names(titles: pd.Series, all_titles: pd.Series) -> pd.Series:
    """Titles that can name a race: not a program's (a long number), nor, without a race word, one of many runs.

    >>> every = pd.Series(["City 10k", "export 1781391895", *["Morning run"] * 5])
    >>> race_names(every.iloc[:3], every).tolist()
    ['City 10k', '', '']
    """
    often = titles.map(all_titles.value_counts()).fillna(0) > HABIT
    return titles.mask(titles.str.contains(r"\d{6}", regex=True) | (often & ~has_words(titles, "race")), "")


def day_named(log: Any, name: str) -> pd.Timestamp:
    """The day of the race of this name, or, where none has it in full, of the one race whose name holds these words.

    Takes a log of one athlete. Raises SettingsError where no race of the log is meant, naming the nearest, or several.

    >>> from runlab.log import Log
    >>> log = Log(races=pd.DataFrame({"date": ["2026-04-05", "2026-11-01"], "name": ["City 10K", "City Marathon"]}))
    >>> day_named(log, "marathon")
    Timestamp('2026-11-01 00:00:00')
    """
    if log is None:
        raise SettingsError(f"cannot look up a race named {name!r} without a log; give its date (2026-11-01) or a Race")
    log.only()
    races = races_found(log)
    races = races[races["name"].str.strip() != ""]
    names, wanted = races["name"].str.strip().str.casefold(), name.strip().casefold()
    found = races[names == wanted]
    if found.empty and wanted:
        found = races[names.str.contains(wanted, regex=False)]
    if found.empty:
        close = names.map(lambda known: bool(get_close_matches(wanted, [known, *known.split()]))).astype(bool)
        listed = _listed(races[close] if close.any() else races.tail(8)) or "none with a name; give the date"
        raise SettingsError(f"no race named {name!r}; {'nearest' if close.any() else 'found'}: {listed}")
    if len(found["date"].drop_duplicates()) > 1:
        raise SettingsError(f"{name!r} names {len(found)} races; say which by its date: {_listed(found.tail(8))}")
    return found["date"].iloc[0]


def races_near(log: Any, day: Any = None, *, most: int = 3) -> str:
    """The races of a log nearest to a day (the last ones, if none is named) in words, for whoever asked for another.

    >>> from runlab.log import Log
    >>> log = Log(races=pd.DataFrame({"date": ["2026-04-05", "2026-11-01"], "name": ["City 10K", ""]}))
    >>> races_near(log, "2026-10-01", most=1), races_near(Log())
    ('nearest: a race (2026-11-01)', 'no race is known here')
    """
    races = races_found(log)
    if races.empty:
        return "no race is known here"
    if day is not None:
        races = races.loc[(races["date"] - pd.Timestamp(day)).abs().sort_values(kind="stable").index[:most]]
    return f"nearest: {_listed(races.sort_values('date').tail(most))}"


def _listed(races: pd.DataFrame) -> str:
    return ", ".join(f"{race['name'] or 'a race'} ({race['date']:%Y-%m-%d})" for race in races.to_dict("records"))


def _calendar(calendar: pd.DataFrame, runs: pd.DataFrame) -> tuple[pd.DataFrame, set[str]]:
    """The rows of the calendar with the run of each, and all runs that belong to them."""
    by_day = dict(list(runs[runs["date"].isin(calendar["date"])].groupby("date")))
    rows: list[dict[str, Any]] = []
    taken: set[str] = set()
    for race in calendar.to_dict("records"):
        day = by_day.get(race["date"], runs.iloc[:0])
        if race["athlete"]:
            day = day[day["athlete"].isin([race["athlete"], ""])]
        run, length = _run_of(day, race["distance_m"]), race["distance_m"]
        name, metres = ("", math.nan) if run.empty else (str(run["activity_id"].iloc[0]), run["distance_m"].iloc[0])
        length = length if length > 0 else standard_m(metres)
        time, source = race["official_time_s"], "official"
        if not time > 0:
            time = _clock(run).iloc[0] * length / metres if bool(covers(metres, length)) else math.nan
            source = "watch" if time > 0 else ""
        taken |= set(day["activity_id"]) if race["kind"] == "relay" else {name} - {""}
        rows.append(
            {
                **{k: race[k] for k in ("date", "athlete", "name", "kind", "priority")},
                "distance_m": length,
                "time_s": time,
                "time_from": source,
                "found_by": "calendar",
                "confidence": 1.0,
                "activity_id": name,
                "basis": "in the race calendar",
            }
        )
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype(COLUMNS), taken


def _run_of(day: pd.DataFrame, length_m: float) -> pd.DataFrame:
    """The run of a race day that was the race, or no row: nearest to its length, and half of it at least; the longest
    where no length is known."""
    known = day[day["distance_m"] > 0]
    if length_m > 0:
        known = known[known["distance_m"] >= SHARE * length_m]
        return known.iloc[(known["distance_m"] / length_m - 1).abs().argsort().to_numpy()[:1]]
    return known.nlargest(1, "distance_m")


def _clock(runs: pd.DataFrame) -> pd.Series:
    """Clock time of runs; where the clock ran on for hours after the run, or is missing, the time in motion."""
    clock, moving = runs["elapsed_time_s"].astype(float), runs["moving_time_s"].astype(float)
    return clock.where(~(clock > BROKEN_CLOCK * moving)).fillna(moving)
