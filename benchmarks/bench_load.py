"""How fast are the load models? 1,000 athletes over 10 years, and the session load of 5,000 one-hour runs.

    python benchmarks/bench_load.py

prints one Markdown table; every figure is processor time, the median of five runs. The first run of each is shown
beside it: it includes the time the operating system takes to hand out about a gigabyte of memory for the tables.
"""

from __future__ import annotations

import time as clock
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from runlab import load
from runlab.athlete import Athlete
from runlab.log import Log
from runlab.summary import histograms

ATHLETES, DAYS, RUNS = 1_000, 3_652, 5_000


def sessions(*, unmeasured: float = 0.01, seed: int = 0) -> pd.DataFrame:
    """Session loads of many athletes over ten years, five sessions a week, one in a hundred unmeasured."""
    rng = np.random.default_rng(seed)
    cell = np.flatnonzero(rng.random(ATHLETES * DAYS) < 5 / 7)
    person, day = np.divmod(cell, DAYS)
    names = pd.Series([f"athlete-{k:04d}" for k in range(ATHLETES)], dtype="str")
    amount = rng.gamma(3.0, 25.0, len(cell))
    amount[rng.random(len(cell)) < unmeasured] = np.nan
    return pd.DataFrame(
        {
            "activity_id": pd.Series(np.arange(len(cell))).astype("str"),
            "athlete": names.take(person).reset_index(drop=True),
            "date": (np.datetime64("2016-01-01", "D") + day).astype("datetime64[us]"),
            "sport": "running",
            "load": amount,
            "load_low": amount * 0.9,
            "load_high": amount * 1.1,
            "method": "trimp",
            "distance_m": amount * 150,
            "moving_time_s": amount * 50,
            "ascent_m": amount,
            "descent_m": amount,
            "average_cadence_spm": 170.0,
            "clean_share": 1.0,
        }
    )


def hour_of_running(seed: int) -> pd.DataFrame:
    """One hour of samples, one per second."""
    rng = np.random.default_rng(seed)
    beats = np.round(145 + np.cumsum(rng.normal(0, 0.6, 3600)).clip(-25, 30))
    start = pd.Timestamp("2020-01-01", tz="UTC") + pd.Timedelta(hours=9 * seed)
    time = pd.date_range(start, periods=3600, freq="s").as_unit("us")
    return pd.DataFrame(
        {
            "time": time,
            "heart_rate_bpm": beats,
            "speed_mps": 3.0,
            "distance_m": 3.0 * np.arange(3600),
            "altitude_m": 100.0,
            "timer_running": True,
        }
    )


def season_log() -> tuple[Log, float]:
    """5,000 one-hour runs of 20 athletes as a log with histograms; and how long the histograms took."""
    names = [f"athlete-{k:02d}" for k in range(20)]
    rows, counts, took = [], [], 0.0
    for k in range(RUNS):
        records = hour_of_running(k % 50)
        name, day = names[k % 20], pd.Timestamp("2023-01-01") + pd.Timedelta(days=k // 20 * 2)
        before = clock.process_time()
        counts.append(histograms(records).assign(activity_id=f"run-{k:05d}"))
        took += clock.process_time() - before
        bare = k % 7 == 0
        rows.append(
            {
                "activity_id": f"run-{k:05d}",
                "athlete": name,
                "date": day,
                "sport": "running",
                "start_time": records["time"].iloc[0],
                "timer_time_s": 3600.0,
                "moving_time_s": 3600.0,
                "rpe": float(k % 5 + 3),
                "graded_speed_mps": 3.0 + k % 9 / 10,
                "distance_m": 10_800.0,
                "heart_rate_share": 0.0 if bare else 1.0,
            }
        )
        if bare:
            counts[-1] = counts[-1][counts[-1]["channel"] != "heart_rate_bpm"]
    people = {
        name: Athlete(name, sex="f", settings=[{"max_heart_rate_bpm": 190, "resting_heart_rate_bpm": 50}])
        for name in names
    }
    return Log(pd.DataFrame(rows), histograms=pd.concat(counts, ignore_index=True), athletes=people), took


def timed(function: Callable[[], Any], *, times: int = 5) -> tuple[float, float, Any]:
    """Median and first seconds of processor time of a call (all of it runs on one core), and its result."""
    took, result = [], None
    for _ in range(times):
        before = clock.process_time()
        result = function()
        took.append(clock.process_time() - before)
    return float(np.median(took)), took[0], result


def measure() -> pd.DataFrame:
    """Every figure as a frame what, seconds, first_s, target_s."""
    work = sessions()
    rows: list[tuple[str, float, float, float]] = []
    took, first, daily = timed(lambda: load.daily_sums(work, work))
    rows.append((f"daily load from {len(work) / 1e6:.1f} M sessions", took, first, np.nan))
    for name, function in (
        ("fitness and fatigue, with bands", lambda: load.fitness_and_fatigue(daily)),
        ("monotony and strain", lambda: load.monotony_and_strain(daily)),
        ("acute over chronic", lambda: load.acute_chronic_ratio(daily)),
    ):
        took, first, _ = timed(function)
        rows.append((f"{name}, {len(daily) / 1e6:.2f} M days", took, first, np.nan))
    rows.append(("the four together", sum(row[1] for row in rows), sum(row[2] for row in rows), 2.0))
    took, first, _ = timed(lambda: load.weekly_totals(daily))
    rows.append((f"weekly totals, {len(daily) / 1e6:.2f} M days", took, first, np.nan))
    log, counting = season_log()
    rows.append((f"histograms of {RUNS:,} one-hour runs (done once, when a log is read)", counting, counting, np.nan))
    took, first, _ = timed(lambda: load.session_load(log))
    rows.append((f"session load of {RUNS:,} one-hour runs from histograms", took, first, np.nan))
    rows.append((f"session load of {RUNS:,} one-hour runs, from samples", counting + took, counting + first, 30.0))
    return pd.DataFrame(rows, columns=["what", "seconds", "first_s", "target_s"])


def main() -> None:
    table = measure()
    print("| what | seconds | first run, s | target |\n|---|---:|---:|---:|")
    for row in table.itertuples(index=False):
        goal = f"< {row.target_s:g} s" if row.target_s == row.target_s else ""
        print(f"| {row.what} | {row.seconds:.2f} | {row.first_s:.2f} | {goal} |")


if __name__ == "__main__":
    main()
