"""Invented athletes for the honesty figures of progression and taper: their laws are not the estimators' own.

Races come from ``samples.Runner`` (three-parameter hyperbola times a bent log, heat with a knee, hills by a hyperbola),
form from a season wave, a drift and weekly chance; race days have a skewed scatter with bad days.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from runlab import tables
from runlab.athlete import Athlete
from runlab.log import Log

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tools"))
from simulate.runner import Runner

DISTANCES = np.array([1500.0, 3000.0, 5000.0, 10000.0, 15000.0, 21097.5, 42195.0])
WEIGHTS = np.array([0.04, 0.08, 0.28, 0.25, 0.08, 0.19, 0.08])


@dataclass
class Invented:
    """One athlete: the truth, and the log it left."""

    runner: Runner
    start: pd.Timestamp
    form: np.ndarray  # log of critical speed, day by day, around the runner's own
    race_scatter: float
    rng: np.random.Generator
    races: list = field(default_factory=list)
    activities: list = field(default_factory=list)
    efforts: list = field(default_factory=list)
    histograms: list = field(default_factory=list)

    def on(self, day: int) -> Runner:
        return self.runner.with_(critical_speed_mps=self.runner.critical_speed_mps * float(np.exp(self.form[day])))

    def true_time(self, distance_m: float, day: int, *, temperature_c: float = 8.0, ascent_m: float = 0.0) -> float:
        """The time of a full effort on an average day: what a forecast is held against."""
        runner = self.on(day)
        time = runner.race_time(distance_m)
        g = 2 * ascent_m / distance_m
        hill = float(runner.grade_cost(np.array([g, -g])).mean()) if ascent_m else 1.0
        warm = runner.heat_loss(temperature_c, np.linspace(0, time, 20)).mean()
        return time * hill / (1 - warm)

    def race_day(self) -> float:
        """Log scatter of one race: mostly small, now and then a bad day."""
        off = self.rng.normal(0, self.race_scatter)
        return off + (self.rng.exponential(0.04) if self.rng.random() < 0.08 else 0.0)

    def log(self) -> Log:
        return Log(
            activities=pd.DataFrame(self.activities),
            races=pd.DataFrame(self.races),
            efforts=pd.DataFrame(self.efforts) if self.efforts else None,
            histograms=pd.concat(self.histograms) if self.histograms else None,
            athletes={"a": Athlete("a")},
        )


def invented(
    seed: int,
    *,
    days: int = 900,
    trend_per_year: float | None = None,
    wave: float | None = None,
    race_gap_days: float | None = None,
    distances: np.ndarray | None = None,
) -> Invented:
    """An athlete with races and the best efforts of training, all truths drawn."""
    rng = np.random.default_rng([20260501, seed])
    runner = Runner(
        critical_speed_mps=rng.uniform(2.9, 5.0),
        d_prime_m=rng.uniform(110, 280),
        max_speed_mps=rng.uniform(6.8, 9.2),
        endurance=float(np.clip(rng.normal(0.050, 0.014), 0.02, 0.1)),
        heat_sensitivity=float(np.clip(rng.normal(0.0045, 0.0015), 0.001, 0.01)),
        uphill=rng.uniform(0.85, 1.2),
    )
    day = np.arange(days)
    wave = rng.uniform(0.0, 0.035) if wave is None else wave
    trend = rng.normal(0.0, 0.015) if trend_per_year is None else trend_per_year
    chance = np.cumsum(rng.normal(0, 0.0045 * np.ones(days // 7 + 1)))
    chance -= np.linspace(0, chance[-1], len(chance)) * 0.5
    form = (
        wave * np.sin(2 * np.pi * (day / 365 + rng.random()))
        + trend * day / 365
        + np.interp(day, np.arange(len(chance)) * 7, chance)
    )
    who = Invented(runner, pd.Timestamp("2023-06-01"), form, float(rng.uniform(0.008, 0.022)), rng)
    add_races(who, gap=rng.uniform(25, 90) if race_gap_days is None else race_gap_days, distances=distances)
    add_training(who)
    return who


def add_races(who: Invented, *, gap: float, distances: np.ndarray | None = None) -> None:
    rng, day = who.rng, int(who.rng.integers(10, 60))
    favourite = rng.dirichlet(WEIGHTS * 6) if distances is None else None
    while day < len(who.form) - 1:
        metres = float(rng.choice(DISTANCES, p=favourite) if distances is None else rng.choice(distances))
        date = who.start + pd.Timedelta(days=day)
        warm = 11 + 9 * np.sin(2 * np.pi * (date.dayofyear - 110) / 365) + rng.normal(0, 3)
        ascent = float(metres / 1000 * rng.gamma(1.5, 4.0)) if metres > 3000 else 0.0
        time = who.true_time(metres, day, temperature_c=warm, ascent_m=ascent) * np.exp(who.race_day())
        who.races.append(
            {
                "athlete": "a",
                "date": date,
                "name": f"race {len(who.races) + 1}",
                "distance_m": metres,
                "official_time_s": round(time),
                "ascent_m": ascent,
                "kind": "road",
            }
        )
        add_run(who, date, metres * rng.normal(1.004, 0.003), time, warm + rng.normal(3, 2), f"r{day}", ascent)
        day += max(8, int(rng.exponential(gap)))


def add_run(who: Invented, date, metres, seconds, device_c, identifier, ascent=0.0, heart_rate=np.nan, **more) -> None:
    base = {
        "activity_id": identifier,
        "athlete": "a",
        "date": date,
        "start_time": date.tz_localize("UTC"),
        "sport": "running",
        "distance_m": metres,
        "elapsed_time_s": seconds,
        "timer_time_s": seconds,
        "moving_time_s": seconds,
        "average_speed_mps": metres / seconds,
        "graded_speed_mps": metres / seconds,
        "average_temperature_c": device_c,
        "ascent_m": ascent,
        "average_heart_rate_bpm": heart_rate,
        "clean_share": 1.0,
        "heart_rate_share": float(np.isfinite(heart_rate)),
        "complete": True,
    }
    who.activities.append(base | more)


def add_training(who: Invented) -> None:
    """About one hard session a week whose best stretches fall short of a race by an own, skewed margin."""
    rng = who.rng
    gap, spread, strap = rng.uniform(0.02, 0.20), rng.uniform(0.01, 0.03), rng.random() < 0.5
    for day in range(3, len(who.form), 7):
        if rng.random() < 0.25:
            continue
        date, identifier = who.start + pd.Timedelta(days=day), f"t{day}"
        top = who.runner.max_heart_rate_bpm * rng.uniform(0.93, 1.0)
        add_run(who, date, 11000.0, 3600.0, 15.0, identifier, max_heart_rate_bpm=top if strap else np.nan)
        short = gap + rng.gamma(2.0, spread)
        for metres in (3000.0, 5000.0, 10000.0):
            slow = short + 0.01 * (metres > 4000) + rng.exponential(0.03) * (metres > 9000)
            time = who.on(day).race_time(metres) * np.exp(slow)
            today = who.on(day)
            effort = metres / time / today.critical_speed_mps
            heart = float(today.drifted_heart_rate(np.array([effort]), np.array([time / 2]), 15.0)[0])
            heart += rng.normal(0, 2)
            who.efforts.append(
                {
                    "activity_id": identifier,
                    "kind": "distance",
                    "distance_m": metres,
                    "time_s": time,
                    "start_s": 0.0,
                    "end_s": time,
                    "ok": True,
                    "reason": "",
                    "average_heart_rate_bpm": heart if strap else np.nan,
                    "graded_speed_mps": metres / time,
                }
            )


def conformed(frame: pd.DataFrame) -> pd.DataFrame:
    return tables.conform(frame, tables.ACTIVITIES)
