"""A simulated season as a log in memory: every run simulated, summarised and kept with its samples."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from runlab.athlete import Athlete
from runlab.log import Log
from runlab.summary import summarise

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tools"))
from simulate import Race, simulate_season
from simulate.runner import Runner


def season_log(
    season: Any, *, athlete: Athlete | None = None, titles: bool = False, keep_laps: bool = True, **changes: Any
) -> Log:
    """The log a coach would have of a simulated season. Titles are blanked: they would give the answer away."""
    athlete = athlete or Athlete("a")
    rows, laps, histograms, efforts, records = [], [], [], [], {}
    for i in range(len(season.sessions)):
        run = season.run(i, **changes)
        activity = run.activity()
        if not titles:
            activity.about["title"] = ""
        found = summarise(activity, athlete=athlete, sha256=f"{i:08d}")
        name = found.row["activity_id"]
        rows.append(found.row | {"athlete": "a", "session_row": i})
        laps.append(found.laps)
        histograms.append(found.histograms)
        efforts.append(found.efforts)
        records[name] = run.records.assign(activity_id=name)
    return Log(
        activities=pd.DataFrame(rows),
        laps=pd.concat(laps) if keep_laps else None,
        histograms=pd.concat(histograms),
        efforts=pd.concat(efforts),
        plan=season.plan.assign(athlete="a"),
        events=season.events.assign(athlete="a"),
        races=season.races.assign(athlete="a"),
        wellness=season.wellness.assign(athlete="a"),
        athletes={"a": athlete},
        records=records,
    )


def drawn_season(seed: int, *, weeks: int = 20, **changes: Any) -> Any:
    """A season with a drawn runner and drawn habits."""
    rng = np.random.default_rng([71, seed])
    runner = Runner(
        critical_speed_mps=float(rng.uniform(3.0, 4.8)),
        max_heart_rate_bpm=float(rng.uniform(175, 200)),
        resting_heart_rate_bpm=float(rng.uniform(42, 58)),
        day_to_day=float(rng.uniform(0.006, 0.018)),
    )
    low = float(rng.uniform(28, 50))
    start = pd.Timestamp("2026-02-02")
    race_week = int(rng.integers(weeks - 4, weeks - 2))
    races = [
        Race(
            f"{start + pd.Timedelta(days=7 * race_week + 6):%Y-%m-%d}",
            float(rng.choice([10000, 21097.5])),
            name="Goal race",
            taper_weeks=int(rng.integers(1, 4)),
        )
    ]
    if rng.random() < 0.8:
        week = int(rng.integers(4, max(race_week - 5, 5)))
        races.append(
            Race(
                f"{start + pd.Timedelta(days=7 * week + 6):%Y-%m-%d}",
                float(rng.choice([5000, 10000])),
                name="Tune-up",
                priority="C",
                taper_weeks=0,
            )
        )
    settings = {
        "weekly_km": (low, low * float(rng.uniform(1.3, 1.8))),
        "runs_per_week": int(rng.integers(4, 7)),
        "long_run_km": (low * 0.33, low * float(rng.uniform(0.48, 0.6))),
        "races": races,
        "ascent_m_per_km": float(rng.uniform(3, 14)),
        "gain": float(rng.uniform(0.02, 0.08)),
        "easy_effort": float(rng.uniform(0.66, 0.74)),
        "lights_per_km": float(rng.choice([0.0, 0.15])),
    }
    return simulate_season(runner, start=str(start.date()), weeks=weeks, seed=seed, **(settings | changes))
