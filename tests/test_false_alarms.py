"""Verdicts in words where nothing changed: at most one in twenty. Whole table: benchmarks/honesty_verdicts.py."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from runlab.calendar import lighter_weeks
from runlab.log import Log
from runlab.race.ultra import terrain_fade
from runlab.taper import taper_review

DAYS = pd.date_range("2025-01-06", periods=126)
RACE = DAYS[-1] + pd.Timedelta(days=1)


def test_steady_weeks_that_scatter_by_12_per_cent_are_rarely_lighter():
    false, seen = [], []
    for seed in range(60):
        km = 50 * np.exp(0.12 * np.random.default_rng(seed).standard_t(4, 30) / np.sqrt(2))
        false += lighter_weeks(km)["is_step_back"].iloc[3:].tolist()
        cut = np.arange(30) % 5 == 4
        seen += lighter_weeks(np.where(cut, 0.7 * km, km))["is_step_back"][cut].tolist()
    assert np.mean(false) <= 0.05  # 0.11 against the mean of the three weeks
    assert np.mean(seen) >= 0.8


def running(seed: int, shares: np.ndarray, events: pd.DataFrame | None = None) -> pd.Series:
    """Values of the review of a log of runs on four days of five, at these shares of the usual."""
    rng = np.random.default_rng(seed)
    usual = np.where(DAYS.day_of_week == 6, 22_000.0, 10_000.0) * np.exp(0.1 * rng.normal(size=126))
    metres = usual * (rng.random(126) < 0.8) * shares
    own = pd.DataFrame(
        {"date": DAYS, "sport": "running", "athlete": "a", "distance_m": metres, "moving_time_s": metres / 3}
    )
    own = own.assign(activity_id=[f"r{i}" for i in range(126)], start_time=DAYS.tz_localize("UTC"))
    return taper_review(Log(own[metres > 0], events=events), RACE).set_index("measure")["value"]


def stopped(first: int, days: int) -> np.ndarray:
    """Nothing from ``first`` days before the race on, then three days of easy return."""
    back = np.arange(126, 0, -1)
    return np.where((back <= first) & (back > first - days), 0.0, np.where(back <= first - days - 3, 1.0, 0.7))


def test_running_on_to_the_last_day_is_no_taper():
    assert np.mean([running(seed, np.ones(126))["length"] >= 4 for seed in range(60)]) <= 0.10  # 6 of 60: chance


def test_two_weeks_of_taper_are_still_found():
    shares = np.concatenate((np.ones(112), np.linspace(0.75, 0.25, 14)))
    assert np.mean([running(seed, shares)["length"] >= 8 for seed in range(60)]) >= 0.6


@pytest.mark.parametrize("first", [8, 12, 18, 25])
@pytest.mark.parametrize("marked", [True, False])
def test_an_illness_before_the_race_is_no_taper(first, marked):
    found = []
    for seed in range(20):
        days = min(7, first - 1)
        start = RACE - pd.Timedelta(days=first)
        ill = pd.DataFrame(
            {"athlete": "a", "kind": "ill", "start": [start], "end": [start + (days - 1) * pd.Timedelta(days=1)]}
        )
        found.append(
            running(seed, np.where(np.arange(126) < 126 - first, 1.0, stopped(first, days)), ill if marked else None)
        )
    assert np.mean([one["length"] >= 4 for one in found]) <= 0.05
    assert all(one.isna()["depth"] for one in found if not one["length"] >= 4)


def test_too_few_pieces_of_a_ground_say_nothing():
    from runlab.race.track import Track

    t = np.arange(0.0, 7201.0)
    slope = np.where((t < 200) | (t > 7000), 0.05, 0.0)
    speed = np.where(t > 7000, 2.0, 3.0)
    track = Track(
        t, np.cumsum(speed), speed, slope, np.ones(7201), t.astype(int) * 0, np.ones(7200, bool), {"altitude_m": t}
    )
    fade = terrain_fade(track).set_index(["ground", "third"])
    assert np.isnan(fade.loc[("uphill", 3), "change_pct"]) and np.isfinite(fade.loc[("flat", 3), "change_pct"])
