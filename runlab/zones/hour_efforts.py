"""Which efforts speak for the hour, and how heart rate goes with speed."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import pandas as pd

from ..log import Log
from ..races import races_found

HOUR_S, TRAINED_DAYS = 3600.0, 84
_HARD_SHARE, HOUR_SHARE, HOUR_SD, PER_LOG = 0.90, 0.905, 0.025, 0.035
# How far below the best the athlete could do an effort lies: mean and spread in log speed. A race is close to all that
# was there; an effort with the heart rate of one is nearly so; the fastest of ordinary training is well below.
_GAPS = {"race": (0.012, 0.020), "hard": (0.042, 0.032), "training": (0.095, 0.038)}
_STEADY = 1.10  # the fastest 3 minutes of a run beside an effort: more, and the effort holds rests or surges
DECLINE = (0.060, 0.017)  # log speed lost per log of time: Riegel's 1.06 and its spread between people
_SLOWER = 0.04  # log speed below the best hour shown by which an effort was not near its most


class Top(NamedTuple):
    """Maximum heart rate: value and spread, and whether somebody stated it."""

    value: float
    sd: float
    stated: bool


class Line(NamedTuple):
    """Heart rate over log speed: beats = level + slope · (log speed - middle)."""

    level: float
    slope: float
    middle: float
    low: float
    high: float
    sd: float
    slope_sd: float
    n: int

    def beats_at(self, log_speed: float) -> float:
        return self.level + self.slope * (log_speed - self.middle)

    def speed_at(self, beats: float) -> float:
        return self.middle + (beats - self.level) / self.slope

    def reaches(self, log_speed: float) -> bool:
        """Not further beyond the runs it was drawn through than they are spread, and 10 % more."""
        return self.low - 0.1 < log_speed < self.high + max(0.15, self.high - self.low)


def runs_of(log: Log) -> pd.DataFrame:
    """The runs of a log once each, with ``race`` (was it one) and ``locked`` (heart rate that followed the steps).

    >>> runs_of(Log()).empty
    True
    """
    runs = log.activities
    if "duplicate_of" in runs.columns:
        runs = runs[runs["duplicate_of"].fillna("").eq("")]
    if "sport" in runs.columns:
        runs = runs[runs["sport"].eq("running")]
    race = runs["activity_id"].isin(races_found(log)["activity_id"])
    flags = (
        runs["quality_flags"].fillna("")
        if "quality_flags" in runs.columns
        else pd.Series("", index=runs.index, dtype="str")
    )
    locked = flags.str.contains("cadence_lock|hr_stuck", regex=True)
    return runs.assign(race=race, locked=locked)


def efforts_of(given: pd.DataFrame, runs: pd.DataFrame, shortest_s: float, longest_s: float) -> pd.DataFrame:
    """Efforts of useful length, on the flat, with what they would be worth over an hour."""
    runs = runs.reindex(columns=["activity_id", "date", "race", "locked"])
    tells = given["ok"].to_numpy(dtype=bool) if "ok" in given.columns else np.ones(len(given), dtype=bool)
    efforts = given[tells & given["time_s"].between(shortest_s, longest_s)].merge(runs, on="activity_id", how="inner")
    flat = efforts["distance_m"] / efforts["time_s"]
    graded = efforts["graded_speed_mps"] if "graded_speed_mps" in efforts.columns else pd.Series(np.nan, efforts.index)
    beats = (
        efforts["average_heart_rate_bpm"]
        if "average_heart_rate_bpm" in efforts.columns
        else pd.Series(np.nan, efforts.index)
    )
    efforts = efforts.assign(
        v=graded.fillna(flat), flat=graded.isna(), beats=beats.where((beats > 60) & ~efforts["locked"])
    )
    efforts = efforts[efforts["v"] > 0.5]
    burst = given[tells & given["time_s"].between(150, 260)]
    best = (burst["distance_m"] / burst["time_s"]).groupby(burst["activity_id"]).max()
    fastest = efforts["activity_id"].map(best).astype(float)
    efforts["steady"] = ~(fastest > _STEADY * efforts["distance_m"] / efforts["time_s"])
    efforts["lag"] = np.log(efforts["time_s"] / HOUR_S)
    efforts["hour"] = np.log(efforts["v"]) + DECLINE[0] * efforts["lag"]
    return efforts.reset_index(drop=True)


def heart_rate_line(efforts: pd.DataFrame) -> Line | None:
    """Through one steady effort of 10 to 70 minutes of each run, 8 runs or more of different speed."""
    steady = efforts[efforts["time_s"].between(590, 4300) & efforts["steady"]]
    # the effort nearest to 30 minutes: long enough for heart rate to settle, short enough not to drift
    near = (np.log(steady["time_s"] / 1800)).abs()
    one = steady.loc[near.groupby(steady["activity_id"]).idxmin()] if len(steady) else steady
    if len(one) < 8:
        return None
    x, y = np.log(one["v"].to_numpy()), one["beats"].to_numpy()
    keep = np.ones(len(x), dtype=bool)
    for _ in range(3):
        middle = x[keep].mean()
        spread = ((x[keep] - middle) ** 2).sum()
        if keep.sum() < 8 or spread / keep.sum() < 0.03**2:
            return None
        level = float(y[keep].mean())
        # both scatter, and least squares would take scatter of speed for a flatter line: the spreads' ratio instead
        upward = float(((x[keep] - middle) * y[keep]).sum())
        slope = math.copysign(math.sqrt(float(((y[keep] - level) ** 2).sum()) / spread), upward)
        off = y - level - slope * (x - middle)
        sd = math.sqrt(float((off[keep] ** 2).sum()) / (keep.sum() - 2))
        keep = np.abs(off) <= max(3 * sd, 6.0)
    if slope < 20:  # beats per log of speed: flatter than any heart answers
        return None
    return Line(
        level,
        slope,
        float(middle),
        float(x[keep].min()),
        float(x[keep].max()),
        max(sd, 2.0),
        sd / math.sqrt(spread),
        int(keep.sum()),
    )


def efforts_for_hour(efforts: pd.DataFrame, top: Top, stands_out: bool) -> tuple[pd.DataFrame, str]:
    """The efforts that say something about the most the athlete could do, one of each run, and in words."""
    kind = np.full(len(efforts), "training", dtype=object)
    if math.isfinite(top.value):
        expected = (_HARD_SHARE - PER_LOG * np.clip(efforts["lag"] + 0.7, 0, None)) * top.value
        kind[(efforts["steady"] & (efforts["beats"] >= expected)).to_numpy()] = "hard"
    kind[efforts["race"].to_numpy(dtype=bool)] = "race"
    efforts = efforts.assign(**{"class": kind})
    efforts["gap"], efforts["gap_sd"] = [_GAPS[k][0] for k in kind], [_GAPS[k][1] for k in kind]
    if not top.stated:  # how hard it was is then itself a guess
        efforts.loc[efforts["class"] == "hard", "gap_sd"] = 1.5 * _GAPS["hard"][1]
    # nor is the hardest training told from the easiest without heart rate
    efforts.loc[(efforts["class"] == "training") & efforts["beats"].isna(), "gap_sd"] = 1.6 * _GAPS["training"][1]
    efforts["worth"] = efforts["hour"] + efforts["gap"]
    # of a race its longest stretch tells most; of training the one worth most
    rank = efforts["time_s"].where(efforts["class"] == "race", efforts["hour"] * 1e-3)
    best = efforts.loc[rank.groupby(efforts["activity_id"]).idxmax()] if len(efforts) else efforts
    best = best[best["worth"] >= efforts["hour"].max() - _SLOWER] if len(efforts) else best
    best = best[~(best["whole"] & (best["class"] == "training"))]
    best = best.sort_values("worth", ascending=False)
    picked = [best[best["class"] == "race"].sort_values("date").tail(5), best[best["class"] == "hard"].head(3)]
    if not sum(map(len, picked)):
        picked.append(best[best["class"] == "training"].head(1 if stands_out else 0))
    chosen = pd.concat(picked)
    words = [
        f"{n} {one if n == 1 else many}"
        for n, (one, many) in zip(
            map(len, picked),
            (("race", "races"), ("hard effort", "hard efforts"), ("best effort of training", "")),
            strict=False,
        )
        if n
    ]
    return chosen, " and ".join(words)
