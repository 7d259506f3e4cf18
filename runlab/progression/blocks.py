"""A run in blocks of equal moving time: clean heart rate beside flat-equivalent speed, ready to be compared."""

from __future__ import annotations

import numpy as np
import pandas as pd

from .. import tables
from ..clean import sample_flags, sample_seconds
from ..numerics import column
from ..terrain import grade, grade_adjusted_speed

HEART_FLAGS = ("hr_dropout", "hr_out_of_range", "hr_spike", "hr_stuck", "cadence_lock")
SPEED_FLAGS = ("gps_jump", "gps_frozen", "speed_spike")
MOVING_MPS = 0.5
DYNAMICS = (
    "cadence_spm",
    "stance_time_ms",
    "vertical_oscillation_mm",
    "vertical_ratio_pct",
    "step_length_mm",
    "stance_time_balance_pct",
)
BLOCK_COLUMNS = [
    "moving_s",
    "elapsed_s",
    "seconds",
    "speed_mps",
    "graded_speed_mps",
    "grade",
    "heart_rate_bpm",
    "heart_rate_share",
    "temperature_c",
    *DYNAMICS,
]


def run_blocks(records: pd.DataFrame, *, block_s: float = 60.0) -> pd.DataFrame:
    """A run as blocks of moving time with the mean of every channel; samples that failed a quality check left out.

    Definition: moving = timer running and faster than 0.5 m/s. Means are weighted by how long each sample holds. The
    last block is kept if at least half full. ``graded_speed_mps`` is NaN where the grade is not known.

    Takes records of one activity with ``time`` and ``speed_mps``; channels that are missing give NaN.
    Returns one row per block: ``moving_s`` and ``elapsed_s`` (at its middle), ``seconds``, the channels, and
    ``heart_rate_share``. No rows where nothing moved.
    Evidence: A (means of what was measured).

    >>> time = pd.date_range("2026-05-01 08:00", periods=181, freq="s", tz="UTC")
    >>> records = pd.DataFrame({"time": time, "speed_mps": 3.0, "heart_rate_bpm": 140.0})
    >>> run_blocks(records)[["moving_s", "speed_mps", "heart_rate_bpm"]].to_numpy().tolist()
    [[30.0, 3.0, 140.0], [90.0, 3.0, 140.0], [150.0, 3.0, 140.0]]
    """
    tables.check(records, tables.RECORDS, "time")
    held = sample_seconds(records) if len(records) else np.empty(0)
    speed = column(records, "speed_mps")
    moving = (held > 0) & (speed > MOVING_MPS)
    if not moving.any():
        return pd.DataFrame({name: pd.Series([], dtype=float) for name in BLOCK_COLUMNS})
    elapsed = tables.seconds(records["time"])
    elapsed = elapsed - elapsed[0]
    flags = sample_flags(records)
    heart, speed = column(records, "heart_rate_bpm").copy(), speed.copy()
    heart[~(heart > 0)] = np.nan
    for name in HEART_FLAGS:
        if name in flags:
            heart[flags[name]] = np.nan
    for name in SPEED_FLAGS:
        if name in flags:
            speed[flags[name]] = np.nan
    slope = grade(records).to_numpy(dtype=float)
    graded = np.asarray(grade_adjusted_speed(speed, slope), dtype=float)
    weight = np.where(moving, held, 0.0)
    clock = np.cumsum(weight) - weight / 2
    block = (clock / block_s).astype(int)
    count = int(block[moving].max()) + 1
    seconds = np.bincount(block[moving], weight[moving], minlength=count)[:count]

    def mean(values: np.ndarray) -> np.ndarray:
        known = moving & np.isfinite(values)
        total = np.bincount(block[known], weight[known], minlength=count)[:count]
        summed = np.bincount(block[known], weight[known] * values[known], minlength=count)[:count]
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.where(total >= 0.5 * seconds, summed / total, np.nan)

    beating = moving & np.isfinite(heart)
    share = np.bincount(block[beating], weight[beating], minlength=count)[:count] / np.maximum(seconds, 1e-9)
    out = {
        "moving_s": (np.arange(count) + 0.5) * block_s,
        "elapsed_s": mean(elapsed),
        "seconds": seconds,
        "speed_mps": mean(speed),
        "graded_speed_mps": mean(graded),
        "grade": mean(slope),
        "heart_rate_bpm": mean(heart),
        "heart_rate_share": share,
        "temperature_c": mean(column(records, "temperature_c")),
    }
    out |= {name: mean(column(records, name)) for name in DYNAMICS}
    frame = pd.DataFrame(out, columns=BLOCK_COLUMNS)
    return frame[frame["seconds"] >= 0.5 * block_s].reset_index(drop=True)


def usable_speed(blocks: pd.DataFrame) -> tuple[np.ndarray, str]:
    """Flat-equivalent speed where the ground is known for most of a run, else the speed as run, and a word on which.

    >>> blocks = pd.DataFrame({"speed_mps": [3.0, 3.0], "graded_speed_mps": [float("nan")] * 2})
    >>> usable_speed(blocks)[1]
    'speed as run (no altitude)'
    """
    graded = blocks["graded_speed_mps"].to_numpy(float)
    if len(graded) and np.isfinite(graded).mean() >= 0.8:
        return graded, "grade-adjusted speed"
    return blocks["speed_mps"].to_numpy(float), "speed as run (no altitude)"
