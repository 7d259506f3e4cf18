"""Heart rate, cadence and dynamics on the way, against what is usual for that pace and ground."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ..calendar import BUILD_WEEKS
from ..evidence import grade_of
from ..log import Log
from ..numerics import normal_quantile, student_quantile
from ..progression.inference import SURE, doubt_of_series
from ..races import Race
from ..terrain import grade_adjusted_speed
from .track import Track

COLUMNS: dict[str, Any] = {
    "channel": "str",
    "split": int,
    "start_m": float,
    "end_m": float,
    "value": float,
    "expected": float,
    "low": float,
    "high": float,
    "outside": bool,
}
SUMMARY: dict[str, Any] = {
    "channel": "str",
    "unit": "str",
    "value": float,
    "low": float,
    "high": float,
    "level": float,
    "n": int,
    "grade": "str",
    "usual_from": "str",
    "basis": "str",
}
UNITS = {
    "heart_rate_bpm": "1/min",
    "cadence_spm": "steps/min",
    "stance_time_ms": "ms",
    "vertical_oscillation_mm": "mm",
    "step_length_mm": "mm",
    "vertical_ratio_pct": "%",
    "stance_time_balance_pct": "%",
}
LONGEST_S = 6 * 3600.0
WITHIN = 0.06  # of the value: sd of the splits of one run of its own mean
FASTEST_MPS = 7.0  # a lap faster than this is a slip of the watch
RISE = {"heart_rate_bpm": (0.6, 0.3), "cadence_spm": (8.0, 0.5)}  # of heart rate over speed; steps/min per m/s; doubt


@dataclass(frozen=True)
class Usual:
    """What a channel usually is at a pace: ``level`` at ``speed_mps``, ``rise`` per m/s, and the doubt of a split.

    ``scatter`` is the sd of one split of another day, ``rise_sd`` the doubt of the rise, ``runs`` and ``laps`` what it
    rests on.

    >>> [x.round(1) for x in Usual(3.0, 150.0, 30.0, 5.0, 8.0, 12, 60).band(np.array([3.5]), 0.8)]
    [array([165.]), array([11.4])]
    """

    speed_mps: float
    level: float
    rise: float
    rise_sd: float
    scatter: float
    runs: int
    laps: int

    def band(self, speed: np.ndarray, level: float) -> tuple[np.ndarray, np.ndarray]:
        """Expected value and half the interval at each speed."""
        away = speed - self.speed_mps
        sd = np.hypot(self.scatter, self.rise_sd * away)
        return self.level + self.rise * away, student_quantile((1 + level) / 2, max(self.runs - 1, 2)) * sd


def usual_for_pace(log: Log, channel: str, *, on: Any, days: int = 7 * BUILD_WEEKS, least: int = 30) -> Usual | None:
    """What a channel usually is at a pace in training, and how far a split of another day may lie from it.

    Definition: a straight line through the laps (500 m to 10 km) of the runs in ``days`` before the race, speed
    adjusted for the lap's mean grade. The rise leans on the usual one (``RISE``), because laps that were noisy or run
    tired flatten it. What a run as a whole lies off the line (form, heat, the strap) counts as well as what its laps
    do, each run once however many laps it has.

    Takes a log, "heart_rate_bpm" or "cadence_spm", and the race day (excluded). Returns None under five runs. Where
    laps are too few, whole runs stand in, with a scatter of 6 % within each. Evidence: C.

    >>> from runlab.log import Log
    >>> usual_for_pace(Log(), "heart_rate_bpm", on="2026-11-01") is None
    True
    """
    end = pd.Timestamp(on)
    runs = log.activities[
        (log.activities["sport"] == "running")
        & (log.activities["date"] < end)
        & (log.activities["date"] >= end - pd.Timedelta(days=days))
        & ~log.activities["sub_sport"].isin(["treadmill", "indoor_running"])
    ]
    laps = log.laps[
        log.laps["activity_id"].isin(runs["activity_id"])
        & log.laps["distance_m"].between(500.0, 10_000.0)
        & log.laps["average_speed_mps"].between(0.8, FASTEST_MPS)
    ]
    known = _at_pace(laps, channel)
    if len(known) < least:
        known = _at_pace(runs[runs["average_speed_mps"].between(0.8, FASTEST_MPS)], channel)
    if known["run"].nunique() < 5 or known["speed"].std() < 0.05:
        return None
    weight = 1.0 / known.groupby("run")["value"].transform("size")
    centre, level = (float(np.average(known[c], weights=weight)) for c in ("speed", "value"))
    away, value = known["speed"] - centre, known["value"] - level
    size, doubt = RISE[channel]
    prior = size * level / centre if channel == "heart_rate_bpm" else size
    spread = float(np.average(away**2, weights=weight))
    rise, rise_sd = prior, doubt * prior
    for _ in range(3):
        left = value - rise * away
        by_run = left.groupby(known["run"]).mean()
        within = left - known["run"].map(by_run)
        inside = robust_sd(within) if len(known) > len(by_run) else WITHIN * level
        scatter = math.hypot(robust_sd(by_run - by_run.median()), inside)
        told = spread * len(by_run) / max(scatter, 0.5) ** 2
        good = np.abs(left) <= 3 * scatter
        own = float((weight * away * value)[good].sum() / max((weight * away**2)[good].sum(), 1e-9))
        rise = (prior / (doubt * prior) ** 2 + told * own) / (1 / (doubt * prior) ** 2 + told)
        rise_sd = (1 / (doubt * prior) ** 2 + told) ** -0.5
    level += float(by_run.median())
    return Usual(centre, level, rise, rise_sd, max(scatter, 0.5), len(by_run), len(known))


def _at_pace(rows: pd.DataFrame, channel: str) -> pd.DataFrame:
    """Laps or runs as value, speed on the flat, and run."""
    if f"average_{channel}" not in rows.columns:
        return pd.DataFrame({"value": [], "speed": [], "run": []})
    slope = (rows["ascent_m"].fillna(0.0) - rows["descent_m"].fillna(0.0)) / rows["distance_m"]
    speed = grade_adjusted_speed(rows["average_speed_mps"].to_numpy(float), slope.clip(-0.4, 0.4).to_numpy(float))
    known = pd.DataFrame({"value": rows[f"average_{channel}"], "speed": speed, "run": rows["activity_id"]})
    return known[(known["value"] > 0) & np.isfinite(known["speed"])]


def robust_sd(values: Any) -> float:
    """Spread about zero of the middle four fifths, scaled to a standard deviation: what a band of 80 % rests on.

    >>> round(robust_sd(np.array([-1.0, 0.0, 1.0])), 2)
    0.78
    """
    return float(np.nanquantile(np.abs(values), 0.8)) / normal_quantile(0.9)


def race_drift(
    track: Track, race: Race, splits: pd.DataFrame, *, log: Log | None = None, level: float = 0.8
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Each channel split by split beside what is usual for that pace and ground, and how it moved by the end.

    Definition: the band is the athlete's own (``usual_for_pace``); where training tells too little, the first third
    of the race with the rise usual within a run stands in. ``drift_summary`` is the last third less the first third,
    both against the same line; its interval is of 95 %, since words follow it, and knows that splits follow one another
    (``doubt_of_series``) and that the rise with pace is doubtful. Beyond 6 h heart rate is not read as drift.

    Takes a Track, the Race and its splits. Returns (drift, drift_summary), see ``Debrief``.
    Evidence: B that heart rate drifts with heat and tiredness, C for the band.

    >>> [frame.empty for frame in race_drift(Track(), Race(pd.Timestamp("2026-11-01")), pd.DataFrame())]
    [True, True]
    """
    rows: list[pd.DataFrame] = []
    summary: list[dict[str, Any]] = []
    z = normal_quantile((1 + level) / 2)
    for channel, unit in UNITS.items():
        if not len(splits) or not track.has(channel, share=0.3):
            continue
        clock = np.concatenate(([0.0], splits["elapsed_s"].to_numpy(float)))
        values = track.channel(channel)
        if channel == "cadence_spm":
            values = np.where(values > 0, values, np.nan)
        value = track.mean_between(values, clock[:-1], clock[1:])
        speed = (
            splits["graded_speed_mps"].where(splits["graded_speed_mps"].notna(), splits["speed_mps"]).to_numpy(float)
        )
        there = np.isfinite(value) & np.isfinite(speed)
        if there.sum() < 4:
            continue
        usual = (
            usual_for_pace(log, channel, on=race.date)
            if log is not None and channel in ("heart_rate_bpm", "cadence_spm")
            else None
        )
        third = np.arange(len(value)) < max(len(value) // 3, 2)
        half: Any  # the same for every split, or one for each
        if usual is None:
            rise, doubt = RISE.get(channel, (0.0, 0.0))
            rise = rise * np.nanmean(value) / np.nanmean(speed) if channel == "heart_rate_bpm" else rise
            rise_sd = doubt * rise
            third[0] = third.sum() < 4  # the heart takes its first minutes to arrive
            base = float(np.nanmedian((value - rise * speed)[third & there]))
            half, source = (
                z * _spread((value - rise * speed)[third & there], value, channel),
                "the first third of the race",
            )
            expected = base + rise * speed
        else:
            source = f"{usual.laps} laps of {usual.runs} training runs in the 16 weeks before"
            (expected, half), rise_sd = usual.band(speed, level), usual.rise_sd
        low, high = expected - half, expected + half
        rows.append(
            pd.DataFrame(
                {
                    "channel": channel,
                    "split": splits["split"].to_numpy(),
                    "start_m": splits["start_m"].to_numpy(float),
                    "end_m": splits["end_m"].to_numpy(float),
                    "value": value,
                    "expected": expected,
                    "low": low,
                    "high": high,
                    "outside": there & ((value < low) | (value > high)),
                }
            )
        )
        change = _change(channel, unit, (value - expected)[there], rise_sd * speed[there], track.seconds, source)
        summary.append(change | {"usual_from": "race" if usual is None else "training"})
    drift = pd.concat(rows, ignore_index=True) if rows else pd.DataFrame(columns=list(COLUMNS))
    return drift.astype(COLUMNS), pd.DataFrame(summary, columns=list(SUMMARY)).astype(SUMMARY)


def _spread(first: np.ndarray, value: np.ndarray, channel: str) -> float:
    own = float(np.nanstd(first, ddof=1)) if np.isfinite(first).sum() > 2 else math.nan
    least = 1.2 * WITHIN if channel == "heart_rate_bpm" else 0.01  # of one run nothing says how usual it was
    return max(own if math.isfinite(own) else 0.0, least * abs(float(np.nanmean(value))))


def _change(channel: str, unit: str, left: np.ndarray, lean: np.ndarray, seconds: float, source: str) -> dict[str, Any]:
    """The last third against the first, at the same pace and ground; ``lean`` is what a doubtful rise does."""
    row = {
        "channel": channel,
        "unit": unit,
        "value": math.nan,
        "low": math.nan,
        "high": math.nan,
        "level": SURE,
        "n": len(left),
        "grade": grade_of("race_drift"),
        "basis": f"last third less first third at the same pace; usual from {source}",
    }
    if channel == "heart_rate_bpm" and seconds > LONGEST_S:
        return row | {"basis": "cannot tell: beyond 6 h heart rate is not read as drift (fuel, walking, night)"}
    k = len(left) // 3
    if k < 2:
        return row | {"basis": f"cannot tell: needs 6 splits; found {len(left)}"}
    thirds = np.r_[0:k, len(left) - k : len(left)]
    first = np.repeat([1.0, 0.0], k)
    along = np.tile(np.arange(k) - (k - 1) / 2, 2)  # drift within a third is the thing looked for, not noise
    doubt, freedom = doubt_of_series(
        left[thirds], thirds, (1 - 2 * first) / k, np.column_stack([first, 1 - first, along])
    )
    value, moved = (float(x[-k:].mean() - x[:k].mean()) for x in (left, lean))
    half = student_quantile((1 + SURE) / 2, freedom) * math.hypot(doubt, moved)
    return row | {"value": value, "low": value - half, "high": value + half}
