"""The signs by which a run is known as a race: its source's mark, its title, and how, when and how far it was run."""

from __future__ import annotations

import re
from functools import lru_cache

import numpy as np
import pandas as pd

from .. import data
from ..summary import INDOORS
from .lengths import near_standard

MARKS = ("race", "competition", "event")
MARKED, TITLED, TITLED_ELSEWHERE = 0.95, 1.6, -0.3  # a share; the others log-odds, at and off a standard length
# Log-odds of each sign, settled by ridge regression on three archives and the odd half of other runners' histories,
# then rounded.
RUN, OFF = -6.3, -1.5  # of a standard length, and off every one
LENGTHS = {
    "5 km": 0.0,
    "10 km": 0.8,
    "half": 4.0,
    "marathon": 6.6,
    "beyond a marathon": 3.6,
    "50 km": 6.0,
    "80 km": 8.0,
}
AS_READ, RESTED, STOOD, SHORT = 0.6, 0.9, -0.6, -0.8
# Shares of races and of runs that start on weekend mornings, other mornings, and at other hours; the athlete's own runs
# of the year before count beside ten runs of others.
RACES_START, RUNS_START, AS_OTHERS = (0.80, 0.08, 0.12), (0.15, 0.25, 0.60), 10.0
PACE, PACE_STEP = 0.75, 0.04  # a step of log speed over the ninth tenth of the half year before
HEART, HEART_STEP = 0.5, 0.05  # a step of log mean heart rate over the median of the year before
MOST_STEPS, TRAINING = 3.0, -3.0
MORNING_H, READ, STOPPED, BROKEN_CLOCK = (5.5, 10.75), (0.998, 1.027), 1.08, 3.0  # clock over time in motion
SHORT_OF, MARATHON_M = 0.99, 42_195.0
SHORTEST_M, FASTEST_MPS, LEAST, RESTED_SHARE = 1400.0, 7.0, (10, 20), 0.9
TIMES = ("elapsed_time_s", "moving_time_s")
HALF_YEAR, YEAR, WEEKS, WEEK = "180D", "365D", "56D", "7D"
FATIGUE = 0.06  # speed falls with distance to this power (Riegel 1981)


def race_signs(runs: pd.DataFrame) -> pd.DataFrame:
    """How sure each run is a race, judged with the runs before it only.

    Definition of ``confidence``: marked by its source 0.95. Else the logistic of a sum of signs, each a stated weight:
    the length (marathon, half, 10 km, 5 km, beyond a marathon); how much oftener races than this athlete's runs start
    in that part of the week; a length a little over the standard, as watches read a course; less running than usual
    in the week before; long stops; speed (worth over 10 km) against the ninth tenth of the half year before, from 10
    runs on; mean heart rate against the median of the year before, from 20 runs on. A race word in the title stands
    for length and hour, and speed and heart rate can speak against it; a word of training speaks against. Indoors
    only the mark counts.

    Takes runs of one or many athletes as in ``activities``; copies (``duplicate_of``) are judged but are nobody's past.
    Returns ``found_by`` ("marked", "title", "effort"; "" under 0.5), ``confidence`` (0 indoors) and ``basis``, on the
    index of ``runs``. Evidence: D (counts on archives it was not settled on in benchmarks/README.md).

    >>> runs = pd.DataFrame({"athlete": "kim", "date": pd.to_datetime(["2026-05-03"]), "title": ["上海半程马拉松"],
    ...                      "distance_m": [21200.0], "workout_type": [""], "sub_sport": [""]})
    >>> race_signs(runs)[["found_by", "confidence"]].round(2).to_numpy().tolist()
    [['title', 0.83]]
    """
    signs = _signs(runs)
    title = runs["title"].fillna("")
    training = has_words(title, "training")
    titled = ~training & (has_words(title, "race") | (has_words(title, "length") & signs["standard"]))
    titled &= signs["far_enough"]
    effort = signs["pace"] + signs["heart"]
    by_length = RUN + signs[["length", "hour", "as_read", "rested", "stood"]].sum(axis=1) + effort
    by_title = effort + np.where(signs["standard"], TITLED, TITLED_ELSEWHERE)
    by_length = by_length + TRAINING * training
    odds = by_length.mask(titled, np.maximum(by_length, by_title)).where(~signs["indoors"], -np.inf)
    confidence = 1 / (1 + np.exp(-odds.clip(-30, 30)))
    found_by = pd.Series("effort", index=runs.index).mask(titled & (by_title >= by_length), "title")
    found_by = found_by.where(odds >= 0, "")  # less sure than not
    marked = runs["workout_type"].str.lower().isin(MARKS) | runs["sub_sport"].str.lower().isin(MARKS)
    words = pd.Series(
        [_words(row, name) for row, name in zip(signs.to_dict("records"), titled, strict=True)], runs.index
    )
    return pd.DataFrame(
        {
            "found_by": found_by.mask(marked, "marked"),
            "confidence": confidence.where(np.isfinite(odds), 0.0).mask(marked, MARKED),
            "basis": words.mask(marked, "marked as a race by its source"),
        }
    )


def _signs(runs: pd.DataFrame) -> pd.DataFrame:
    """What each run shows, in log-odds; NaN-free: what is not known says nothing."""
    metres = runs["distance_m"].to_numpy(float)
    near = near_standard(metres)
    ratio = metres / near
    ultra = (metres > MARATHON_M) & (near != MARATHON_M)
    kind = np.select(
        [
            ultra & (metres >= 78_000.0),
            ultra & (metres >= 48_500.0),
            ultra,
            near == MARATHON_M,
            near == 21_097.5,
            near == 10_000.0,
            near == 5_000.0,
        ],
        ["80 km", "50 km", "beyond a marathon", "marathon", "half", "10 km", "5 km"],
        "",
    )
    stood = (runs["elapsed_time_s"] / runs["moving_time_s"]).to_numpy(float) if _has(runs, *TIMES) else np.nan
    out = pd.DataFrame(
        {
            "kind": kind,
            "standard": np.isfinite(near),
            "far_enough": metres >= SHORTEST_M,
            "indoors": runs["sub_sport"].isin(INDOORS).to_numpy(bool),
            "length": np.array([LENGTHS.get(name, 0.0) for name in kind]) + OFF * (np.isnan(near) & ~ultra),
            "as_read": AS_READ * ((ratio >= READ[0]) & (ratio <= READ[1])) + SHORT * (ratio < SHORT_OF),
            "stood": STOOD * ((stood > STOPPED) & (stood < BROKEN_CLOCK)),
        },
        index=runs.index,
    )
    out = out.join(_against_the_past(runs))
    # Walked in part, and with stops at aid stations: no measure against road runs.
    out.loc[ultra, ["pace", "heart", "stood", "as_read"]] = 0.0
    return out


def _against_the_past(runs: pd.DataFrame) -> pd.DataFrame:
    """Speed, heart rate and the week's running against the athlete's own days before, in log-odds."""
    out = pd.DataFrame({"pace": 0.0, "heart": 0.0, "rested": 0.0, "hour": 0.0}, index=runs.index)
    flat = runs["average_speed_mps"] if _has(runs, "average_speed_mps") else np.nan
    graded = runs["graded_speed_mps"] if _has(runs, "graded_speed_mps") else np.nan
    table = pd.DataFrame({"date": runs["date"], "metres": runs["distance_m"], "flat": flat, "graded": graded})
    # Beyond 8 % the climb is the watch's noise; nobody ran faster than the fastest.
    speed = table["graded"].where((table["graded"] / table["flat"] - 1).abs() < 0.08, table["flat"])
    speed = speed.where((table["metres"] >= 3000) & (speed < FASTEST_MPS))
    table["worth"] = np.log(speed * (table["metres"] / 10_000.0) ** FATIGUE)
    heart = runs["average_heart_rate_bpm"] if _has(runs, "average_heart_rate_bpm") else pd.Series(np.nan, runs.index)
    table["heart"] = np.log(heart.where(heart > 0))
    table["slot"] = _slot(runs)
    table = table[~runs["sub_sport"].isin(INDOORS)]
    copies = runs["duplicate_of"].fillna("").ne("") if _has(runs, "duplicate_of") else pd.Series(False, runs.index)
    for _, own in table.groupby(runs["athlete"].reindex(table.index)):
        own = own.sort_values("date", kind="stable")
        past = own.mask(copies.reindex(own.index)).assign(date=own["date"]).set_index("date")
        fast, beats = past["worth"].rolling(HALF_YEAR, closed="left"), past["heart"].rolling(YEAR, closed="left")
        steps = own["worth"].to_numpy() - fast.quantile(0.9).where(fast.count() >= LEAST[0]).to_numpy()
        out.loc[own.index, "pace"] = PACE * _held(steps / PACE_STEP)
        steps = own["heart"].to_numpy() - beats.median().where(beats.count() >= LEAST[1]).to_numpy()
        out.loc[own.index, "heart"] = HEART * _held(steps / HEART_STEP)
        week, usual = (past["metres"].fillna(0.0).rolling(span, closed="left").sum() for span in (WEEK, WEEKS))
        out.loc[own.index, "hour"] = _unusual_hour(own["slot"].to_numpy(), past["slot"])
        out.loc[own.index, "rested"] = RESTED * (week < RESTED_SHARE * usual / 8).to_numpy(float)
    return out


def _held(steps: np.ndarray) -> np.ndarray:
    return np.nan_to_num(np.clip(steps, -MOST_STEPS, MOST_STEPS))


def _slot(runs: pd.DataFrame) -> pd.Series:
    """0 for a weekend morning, 1 for another morning, 2 for the rest of the day; NaN where no local hour is known."""
    if not _has(runs, "start_time", "utc_offset_s"):
        return pd.Series(np.nan, runs.index)
    start = pd.to_datetime(runs["start_time"], utc=True).dt.tz_convert(None)
    start = start + pd.to_timedelta(runs["utc_offset_s"], unit="s")
    hour = start.dt.hour + start.dt.minute / 60
    morning = (hour >= MORNING_H[0]) & (hour < MORNING_H[1])
    slot = np.select([~morning, start.dt.day_of_week >= 5], [2.0, 0.0], 1.0)
    return pd.Series(slot, runs.index).where(start.notna())


def _unusual_hour(slot: np.ndarray, past: pd.Series) -> np.ndarray:
    """How much likelier races start in this part of the week than this athlete's runs of the year before."""
    odds = np.zeros(len(slot))
    known = past.notna()
    runs = known.rolling(YEAR, closed="left").sum().fillna(0.0)
    for k, (raced, usual) in enumerate(zip(RACES_START, RUNS_START, strict=True)):
        own = (past == k).rolling(YEAR, closed="left").sum().fillna(0.0)
        share = (own + AS_OTHERS * usual) / (runs + AS_OTHERS)
        odds = np.where(slot == k, np.log(raced / share.to_numpy()), odds)
    return odds


def _has(runs: pd.DataFrame, *columns: str) -> bool:
    return set(columns) <= set(runs.columns)


@lru_cache
def _pattern(group: str) -> re.Pattern[str]:
    words = data.table("race_words")[group]
    whole = "|".join(word for line in words["words"].values() for word in line)
    parts = "|".join(part for line in words.get("parts", {}).values() for part in line)
    return re.compile(rf"\b(?:{whole})\b" + (f"|{parts}" if parts else ""), re.IGNORECASE)


def has_words(title: pd.Series, group: str) -> pd.Series:
    """Which titles hold a word of a group of ``data/race_words.toml``.

    >>> has_words(pd.Series(["Halbmarathon Köln", "Dauerlauf"]), "race").tolist()
    [True, False]
    """
    return title.str.contains(_pattern(group)).astype(bool)


def _words(signs: dict, titled: bool) -> str:
    """The signs that speak for a race, in words."""
    said = ["a race word in the title"] if titled else []
    said += [f"{signs['kind']} length" if signs["kind"] else ""]
    said += ["at an hour of races" if signs["hour"] > 1 else ""]
    said += ["faster than most of the half year before" if signs["pace"] > 0 else ""]
    said += ["heart rate above usual" if signs["heart"] > 0 else ""]
    return ", ".join(filter(None, said))
