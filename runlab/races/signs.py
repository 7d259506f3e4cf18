"""The signs by which a run is known as a race: its source's mark, its title, its length and its effort."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

INDOORS = ("treadmill", "indoor_running", "virtual_run")
# Whole words of languages that put spaces between them, then words of languages that do not. Data, to be added to.
WORDS = (
    r"race|marathon|half ?marathon|parkrun|ultra|100 ?mi\w*|trail ?run|championship\w*|wettkampf|wettlauf|"
    r"volkslauf|halbmarathon|course|semi[ -]?marathon|carrera|marat[oó]n|maraton[au]?|medio ?marat[oó]n|"
    r"p[oó]łmaraton\w*|mezza ?maratona|meia ?maratona|gara|wedstrijd|corrida|løp|lopp|halvmaraton|halvmarathon|maraton"
)
CHARACTERS = "马拉松|馬拉松|マラソン|大会|駅伝|마라톤|比赛"
TRAINING = (
    r"pace|recovery|prep|training|tempo|easy|shake|warm[ -]?up|cool[ -]?down|recce|threshold|interval\w*|reps?|"
    r"repeats|fartlek|long run|hills?|part \d+|\d+ ?x ?\d+[\w ]*"
)
_RACE = re.compile(rf"\b(?:{WORDS})\b|{CHARACTERS}", re.IGNORECASE)
_TRAINING = re.compile(rf"\b(?:{TRAINING})\b|训练|練習|훈련", re.IGNORECASE)
LENGTHS_M = (3000.0, 5000.0, 10_000.0, 15_000.0, 16_093.44, 21_097.5)
MARATHON_M = (41_800.0, 44_000.0)
HIGH_HEART = {10_000.0: 0.965, 21_097.5: 0.93}  # of the own 99.5th percentile of run means so far
PAST = "180D"
AHEAD, AHEAD_HALF = 1.02, 0.97  # of the best 10-km-equivalent speed of the past
FATIGUE = 0.06  # speed falls with distance to this power (Riegel 1981)


def race_signs(runs: pd.DataFrame) -> pd.DataFrame:
    """The surest sign that each run was a race, judged with the runs before it only.

    Definition of ``confidence``: marked by its source 0.95; a race word in the title and no word of training 0.7,
    0.85 at a standard distance
    ("5k" and "10k" count only there); 41.8-44 km 0.8; else, at a standard distance (99-103 %) and without long stops: a
    10-km-equivalent speed 2 % above the best of the half year before (half marathon: 97 % of it; from 10 runs on)
    0.55, a mean heart rate above 93 % (half; 96.5 % for 10 km) of the 99.5th percentile of that half year's run means
    (from 20 runs on) 0.45, both 0.8. Indoors only the mark counts.

    Takes runs of one or many athletes as in ``activities``. Returns ``found_by`` ("marked", "title", "effort", ""),
    ``confidence`` (0 without a sign) and ``basis``, on the index of ``runs``. Evidence: D.

    >>> runs = pd.DataFrame({"athlete": "kim", "date": pd.to_datetime(["2026-05-03"]), "title": ["上海半程马拉松"],
    ...                      "distance_m": [21200.0], "workout_type": [""], "sub_sport": [""]})
    >>> race_signs(runs)[["found_by", "confidence"]].to_numpy().tolist()
    [['title', 0.85]]
    """
    out = pd.DataFrame({"found_by": "", "confidence": 0.0, "basis": ""}, index=runs.index)
    metres = runs["distance_m"].to_numpy(float)
    lengths = np.array((*LENGTHS_M, 42_195.0))
    near = lengths[np.abs(metres[:, None] / lengths - 1).argmin(axis=1)]
    ratio = metres / near
    title = runs["title"].fillna("")
    training = title.str.contains(_TRAINING).to_numpy(bool)
    outdoors = ~runs["sub_sport"].isin(INDOORS).to_numpy(bool)
    free = outdoors & ~training
    heart, ahead = _efforts(runs, near)
    length = (ratio >= 0.99) & (ratio <= 1.03) & (near < 42_000) & free & ~_stood(runs)
    named = title.str.contains(_RACE).to_numpy(bool) & free & (metres > 1400)
    standard = np.abs(ratio - 1) <= 0.02
    named |= title.str.contains(r"\b(?:5|10) ?k\b", case=False).to_numpy(bool) & free & standard

    def give(where: np.ndarray, by: str, sure: float, why: str) -> None:
        better = where & (sure > out["confidence"].to_numpy(float))
        for column, value in (("found_by", by), ("confidence", sure), ("basis", why)):
            out.loc[better, column] = value

    give(length & ahead, "effort", 0.55, "standard distance, faster than the half year before is worth")
    give(
        length & heart & np.isin(near, list(HIGH_HEART)),
        "effort",
        0.45,
        "standard distance at a heart rate near the own highest",
    )
    give(
        length & heart & ahead,
        "effort",
        0.8,
        "standard distance, faster than the half year before, at a high heart rate",
    )
    give(free & (metres >= MARATHON_M[0]) & (metres <= MARATHON_M[1]), "effort", 0.8, "of marathon length")
    give(named, "title", 0.7, "a race word in the title")
    give(named & standard, "title", 0.85, "a race word in the title, standard distance")
    give(runs["workout_type"].eq("race").to_numpy(bool), "marked", 0.95, "marked as a race by its source")
    return out


def _stood(runs: pd.DataFrame) -> np.ndarray:
    if not {"elapsed_time_s", "moving_time_s"} <= set(runs.columns):
        return np.zeros(len(runs), bool)
    return (runs["elapsed_time_s"] > 1.05 * runs["moving_time_s"]).to_numpy(bool)


def _efforts(runs: pd.DataFrame, near: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Whether heart rate was near the own highest, and pace clearly ahead of the own curve, of the days before."""
    heart, ahead = np.zeros(len(runs), bool), np.zeros(len(runs), bool)
    if not {"average_heart_rate_bpm", "graded_speed_mps", "average_speed_mps"} <= set(runs.columns):
        return heart, ahead
    flat, graded = runs["average_speed_mps"], runs["graded_speed_mps"]
    speed = graded.where((graded / flat - 1).abs() < 0.08, flat)  # beyond that the climb is the watch's noise
    worth = (speed * (runs["distance_m"] / 10_000.0) ** FATIGUE).where(runs["distance_m"] >= 3000)
    share = np.where(near >= 21_000, HIGH_HEART[21_097.5], HIGH_HEART[10_000.0])
    table = pd.DataFrame(
        {"worth": worth, "heart": runs["average_heart_rate_bpm"], "row": np.arange(len(runs)), "date": runs["date"]}
    )
    table = table[~runs["sub_sport"].isin(INDOORS).to_numpy(bool)]
    for _, own in table.groupby(runs["athlete"].reindex(table.index)):
        own = own.sort_values("date", kind="stable").set_index("date")
        before = own.rolling(PAST, closed="left")
        high = before["heart"].quantile(0.995).where(before["heart"].count() >= 20)
        best = before["worth"].max().where(before["worth"].count() >= 10)
        row = own["row"].to_numpy()
        heart[row] = own["heart"].to_numpy(float) > share[row] * high.to_numpy(float)
        ahead[row] = own["worth"].to_numpy(float) >= np.where(near[row] >= 21_000, AHEAD_HALF, AHEAD) * best.to_numpy(
            float
        )
    return heart, ahead
