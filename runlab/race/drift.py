"""Heart rate, cadence and dynamics on the way, against what is usual for that pace and ground."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd

from ..calendar import BUILD_WEEKS
from ..log import Log
from ..progression.inference import normal_quantile, student_quantile
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


def usual_for_pace(
    log: Log, channel: str, *, on: Any, days: int = 7 * BUILD_WEEKS, least: int = 30
) -> tuple[float, float, float, int] | None:
    """What a channel usually is at a pace in training: level, rise per m/s of flat-equivalent speed, scatter, n.

    Definition: a straight line through the laps (500 m to 10 km) of the runs in ``days`` before the race, speed
    adjusted for the lap's mean grade, fitted twice with what lies beyond 2.5 standard deviations left out.

    Takes a log, "heart_rate_bpm" or "cadence_spm", and the race day (excluded). Returns None under ``least`` laps.
    Evidence: C.

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
        & (log.laps["average_speed_mps"] > 0.8)
    ]
    value = laps[f"average_{channel}"].to_numpy(float) if f"average_{channel}" in laps.columns else np.empty(0)
    if not len(value):
        return None
    slope = (laps["ascent_m"].fillna(0.0) - laps["descent_m"].fillna(0.0)).to_numpy(float)
    slope = slope / laps["distance_m"].to_numpy(float)
    speed = np.asarray(grade_adjusted_speed(laps["average_speed_mps"].to_numpy(float), slope), float)
    good = np.isfinite(value) & np.isfinite(speed) & (value > 0)
    for _ in range(2):
        if good.sum() < least or speed[good].std() < 0.05:
            return None
        rise, level = np.polyfit(speed[good], value[good], 1)
        left = value - level - rise * speed
        scatter = float(left[good].std(ddof=2))
        good &= np.abs(left) <= 2.5 * scatter
    return float(level), float(rise), max(scatter, 0.5), int(good.sum())


def race_drift(
    track: Track, race: Race, splits: pd.DataFrame, *, log: Log | None = None, level: float = 0.8
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Each channel split by split beside what is usual for that pace and ground, and how it moved by the end.

    Definition: the band is the athlete's own (``usual_for_pace``); where training tells too little, the first third
    of the race with the rise usual within a run stands in. ``drift_summary`` is the last third less the first third,
    both against the same line, with the scatter of splits as its interval. Beyond 6 h heart rate is not read as drift.

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
        if usual is None:
            rise = {"heart_rate_bpm": 0.6 * np.nanmean(value) / np.nanmean(speed), "cadence_spm": 8.0}.get(channel, 0.0)
            base = float(np.nanmean((value - rise * speed)[third & there]))
            scatter, source = _spread((value - rise * speed)[third & there], value), "the first third of the race"
        else:
            base, rise, scatter, n = usual
            source = f"{n} laps of training in the 16 weeks before"
        expected = base + rise * speed
        low, high = expected - z * scatter, expected + z * scatter
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
        summary.append(_change(channel, unit, (value - expected)[there], track.seconds, source, level))
    drift = pd.concat(rows, ignore_index=True) if rows else pd.DataFrame(columns=list(COLUMNS))
    return drift.astype(COLUMNS), pd.DataFrame(summary, columns=list(SUMMARY)).astype(SUMMARY)


def _spread(first: np.ndarray, value: np.ndarray) -> float:
    own = float(np.nanstd(first, ddof=1)) if np.isfinite(first).sum() > 2 else math.nan
    return max(own if math.isfinite(own) else 0.0, 0.01 * abs(float(np.nanmean(value))))


def _change(channel: str, unit: str, left: np.ndarray, seconds: float, source: str, level: float) -> dict[str, Any]:
    """The last third against the first, at the same pace and ground."""
    row = {
        "channel": channel,
        "unit": unit,
        "value": math.nan,
        "low": math.nan,
        "high": math.nan,
        "level": level,
        "n": len(left),
        "grade": "C",
        "basis": f"last third less first third at the same pace; usual from {source}",
    }
    if channel == "heart_rate_bpm" and seconds > LONGEST_S:
        return row | {"basis": "cannot tell: beyond 6 h heart rate is not read as drift (fuel, walking, night)"}
    k = len(left) // 3
    if k < 2:
        return row | {"basis": f"cannot tell: needs 6 splits; found {len(left)}"}
    first, last = left[:k], left[-k:]
    # neighbouring splits share their ground and wind: half of them count
    doubt = math.sqrt(2 * (first.var(ddof=1) + last.var(ddof=1)) / k)
    half = student_quantile((1 + level) / 2, max(k - 1, 1)) * doubt
    value = float(last.mean() - first.mean())
    return row | {"value": value, "low": value - half, "high": value + half}
