"""How fast are best efforts and a season? Best efforts beside a plain mean-max, as sweat has it.

    python benchmarks/bench_progression.py

sweat 0.25 does not import beside a current pandas (it pins pandas < 2, which cannot load numpy 2), so its way is
retold here: one cumulative sum, one ``diff`` for every duration there is. CPU time, medians. runlab's own figure
includes what the other does not do: clock time, gaps and jumps, where each effort lies, heart rate and grade over it.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from progression_logs import season_log

from runlab import progression
from runlab.efforts import best_efforts
from runlab.log import Log
from runlab.progression.sessions import session_type

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tools"))
from simulate import Race, simulate_season


def sweat_mean_max(speed: pd.Series) -> np.ndarray:
    """sweat's way, retold: every duration up to the length of the run, the answers appended one by one."""
    total, best = speed.cumsum(), np.array([])
    for seconds in range(1, len(total)):
        best = np.append(best, total.diff(seconds).max() / seconds)
    return best


def sixty_only(speed: pd.Series, durations: np.ndarray) -> list[float]:
    """The same loop for the chosen durations alone: kinder to it than it is."""
    total = speed.cumsum()
    return [total.diff(int(seconds)).max() / seconds for seconds in durations]


def long_run(samples: int, seed: int = 0) -> pd.DataFrame:
    """A run of so many seconds with a wandering speed."""
    rng = np.random.default_rng(seed)
    speed = np.clip(2.9 + np.cumsum(rng.normal(0, 0.02, samples)) * 0.3, 1.5, 4.5) + rng.normal(0, 0.1, samples)
    way = np.cumsum(np.clip(speed, 0.5, 6))
    return pd.DataFrame(
        {
            "time": pd.date_range("2026-05-01", periods=samples, freq="s", tz="UTC"),
            "distance_m": way,
            "speed_mps": np.diff(way, prepend=0.0),
        }
    )


def cpu(function: Callable[[], Any], repeats: int = 5) -> float:
    times = []
    for _ in range(repeats):
        start = time.process_time()
        function()
        times.append(time.process_time() - start)
    return statistics.median(times)


def three_years() -> Log:
    """Three years of running with samples, from six seasons of 26 weeks."""
    logs = []
    for k in range(6):
        start = pd.Timestamp("2023-05-01") + pd.Timedelta(weeks=26 * k)
        race = Race(f"{start + pd.Timedelta(days=7 * 22 + 6):%Y-%m-%d}", 42195.0 if k % 2 else 21097.5)
        season = simulate_season(start=str(start.date()), weeks=26, seed=k, weekly_km=(35, 60), races=[race])
        logs.append(season_log(season, dynamics=False))
    records = {}
    for log in logs:
        records |= {name: log.records(name) for name in log.activities["activity_id"]}
    join = {
        name: pd.concat([getattr(log, name) for log in logs], ignore_index=True)
        for name in ("activities", "laps", "histograms", "efforts", "events", "races", "wellness", "plan")
    }
    return Log(**join, athletes=logs[0].athletes, records=records)


def main() -> None:
    durations = np.unique(np.round(np.geomspace(5, 7200, 61))).astype(int)[-60:]
    print(
        "| best efforts, 60 durations | runlab | sweat's mean-max, all durations | times | its loop for the 60 | "
        "times |"
    )
    print("|---|---|---|---|---|---|")
    for samples in (9_000, 18_000, 36_000, 72_000):
        run = long_run(samples)
        own = cpu(lambda run=run: best_efforts(run, distances_m=(), durations_s=tuple(durations)))
        sixty = cpu(lambda run=run: sixty_only(run["speed_mps"], durations))
        whole = cpu(lambda run=run: sweat_mean_max(run["speed_mps"]), repeats=1) if samples <= 36_000 else float("nan")
        said = f"{whole:.2f} s | {whole / own:,.0f}" if whole == whole else "· | ·"
        print(
            f"| {samples:,} samples | {1000 * own:.1f} ms | {said} | {1000 * sixty:.1f} ms | {sixty / own:.1f} |",
            flush=True,
        )
    log = three_years()
    print(f"\nSeason of 3 years ({len(log.activities):,} activities, log open):\n\n| what | s |\n|---|---|")
    asked = {
        "phases": progression.phases,
        "session_type": session_type,
        "block_comparison": progression.block_comparison,
        "intensity_distribution": lambda x: progression.intensity_distribution(x, by="month"),
        "consistency": progression.consistency,
        "plateau": progression.plateau,
        "same_race": progression.same_race,
        "pace_at_heart_rate": progression.pace_at_heart_rate,
        "durability": progression.durability,
        "predict_race": lambda x: progression.predict_race(x, 42195.0),
        "limiters": progression.limiters,
        "pace_curve": progression.pace_curve,
    }
    total = 0.0
    for name, function in asked.items():
        took = cpu(lambda function=function: function(log), repeats=1)
        total += took
        print(f"| {name} | {took:.2f} |", flush=True)
    print(f"| all | {total:.2f} |")


if __name__ == "__main__":
    main()
