"""What is usual at a pace: does the band hold the splits of ordinary runs, and what does it rest on?"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from runlab.log import Log
from runlab.race import Race
from runlab.race.drift import WITHIN, Usual, race_drift, robust_sd, usual_for_pace
from runlab.race.track import Track

DAY = pd.Timestamp("2026-11-01")


def training(rng: np.random.Generator, runs: int = 30, laps: int = 8, form: float = 4.0, within: float = 3.0) -> Log:
    """Runs at their own pace and form; heart rate is 150 at 3 m/s and rises by 30 per m/s."""
    rows, parts = [], []
    for k in range(runs):
        speed = rng.normal(3.0, 0.25) + rng.normal(0, 0.1, laps)
        rate = 150 + 30 * (speed - 3) + rng.normal(0, form) + rng.normal(0, within, laps)
        date = DAY - pd.Timedelta(days=3 * k + 1)
        rows.append((f"r{k}", "kim", date, "running", 1000.0 * laps, speed.mean(), rate.mean()))
        parts.append(pd.DataFrame({"activity_id": f"r{k}", "lap": range(1, laps + 1), "average_speed_mps": speed}))
        parts[-1] = parts[-1].assign(average_heart_rate_bpm=rate, distance_m=1000.0, ascent_m=0.0, descent_m=0.0)
    names = ["activity_id", "athlete", "date", "sport", "distance_m", "average_speed_mps", "average_heart_rate_bpm"]
    return Log(pd.DataFrame(rows, columns=names), laps=pd.concat(parts, ignore_index=True))


def splits(rng: np.random.Generator, speed: float, n: int = 12) -> tuple[Track, pd.DataFrame]:
    """A new day: its own form, splits of a km."""
    pace = speed + rng.normal(0, 0.1, n)
    rate = 150 + 30 * (pace - 3) + rng.normal(0, 4.0) + rng.normal(0, 3.0, n)
    clock = np.concatenate(([0.0], np.cumsum(1000 / pace)))
    t = np.arange(0.0, clock[-1])
    at = np.clip(np.searchsorted(clock, t, side="right") - 1, 0, n - 1)
    d = np.interp(t, clock, 1000.0 * np.arange(n + 1))
    held = {"heart_rate_bpm": rate[at]}
    track = Track(t, d, pace[at], d * 0, d * 0 + 1, at * 0, np.ones(len(t) - 1, bool), held, source="samples")
    frame = {"split": np.arange(1, n + 1), "elapsed_s": clock[1:], "speed_mps": pace, "graded_speed_mps": pace}
    return track, pd.DataFrame(frame).assign(start_m=1000.0 * np.arange(n), end_m=1000.0 * np.arange(1, n + 1))


@pytest.mark.parametrize("kind", ["laps", "whole runs", "this run alone"])
def test_the_band_holds_four_of_five_splits_of_another_day(kind):
    outside = []
    for seed in range(40):
        rng = np.random.default_rng(seed)
        log = training(rng)
        if kind == "whole runs":
            log.laps = log.laps.iloc[:0]
        track, parts = splits(rng, 3.2)
        log = None if kind == "this run alone" else log
        found, _ = race_drift(track, Race(DAY, distance_m=12_000.0), parts, log=log)
        outside.append(found["outside"].mean())
    low, high = {"laps": (0.12, 0.28), "whole runs": (0.0, 0.2), "this run alone": (0.0, 0.2)}[kind]
    assert low <= np.mean(outside) <= high, np.mean(outside)


def test_a_faster_day_has_a_wider_band_and_the_line_is_not_flattened_by_noise():
    usual = usual_for_pace(training(np.random.default_rng(3)), "heart_rate_bpm", on=DAY)
    assert usual.runs == 30 and usual.laps == 240
    assert usual.rise == pytest.approx(30, abs=3) and usual.scatter == pytest.approx(5, abs=1.5)
    (near, far), half = usual.band(np.array([usual.speed_mps, usual.speed_mps + 1.0]), 0.8)
    assert near == usual.level and far == pytest.approx(usual.level + usual.rise)
    assert half[1] / half[0] == pytest.approx(np.hypot(usual.scatter, usual.rise_sd) / usual.scatter)


def test_a_lap_no_runner_runs_changes_nothing():
    log = training(np.random.default_rng(4))
    usual = usual_for_pace(log, "heart_rate_bpm", on=DAY)
    slip = log.laps.iloc[[0]].assign(lap=99, average_speed_mps=[7.01])
    log.laps = pd.concat([log.laps, slip], ignore_index=True)
    assert usual_for_pace(log, "heart_rate_bpm", on=DAY) == usual


def test_one_run_of_many_laps_weighs_as_much_as_one_of_few():
    log = training(np.random.default_rng(5), form=0.5, within=0.5)
    usual = usual_for_pace(log, "heart_rate_bpm", on=DAY)
    many = pd.concat([log.laps[log.laps["activity_id"] == "r0"]] * 30, ignore_index=True)
    many["average_heart_rate_bpm"] += 20
    log.laps = pd.concat([log.laps[log.laps["activity_id"] != "r0"], many], ignore_index=True)
    moved = usual_for_pace(log, "heart_rate_bpm", on=DAY)
    assert abs(moved.level + moved.rise * (3 - moved.speed_mps) - 150) < 2
    assert abs(usual.level + usual.rise * (3 - usual.speed_mps) - 150) < 1


def test_what_is_needed_and_what_the_day_itself_says():
    log = training(np.random.default_rng(6), runs=5)
    assert usual_for_pace(log, "heart_rate_bpm", on=DAY).runs == 5
    assert usual_for_pace(log, "heart_rate_bpm", on=DAY - pd.Timedelta(days=1)) is None  # four runs before
    assert usual_for_pace(log, "cadence_spm", on=DAY) is None
    few = training(np.random.default_rng(6), runs=6, laps=4)  # 24 laps: whole runs stand in
    found = usual_for_pace(few, "heart_rate_bpm", on=DAY)
    assert found.laps == 6 and found.scatter >= WITHIN * found.level


def test_robust_sd_is_the_edge_of_four_fifths():
    assert robust_sd(np.array([0.0, 1, 2, 3, 4, -4, 3, 2, 1, 0, 100])) == pytest.approx(4 / 1.2815515655)


def test_band_is_wider_with_fewer_runs():
    few, many = (Usual(3.0, 150.0, 30.0, 5.0, 8.0, n, 60).band(np.array([3.0]), 0.8)[1][0] for n in (5, 60))
    assert few == pytest.approx(8 * 1.5332, abs=0.01) and many == pytest.approx(8 * 1.2961, abs=0.01)


def test_a_race_in_which_the_heart_only_wanders_has_no_drift_in_words():
    """28 % did when the 80 % scatter of splits decided; noise here follows itself from split to split."""
    said, seen = [], []
    for seed in range(200):
        rng = np.random.default_rng(seed)
        track, parts = splits(rng, 3.2, 42)
        wander = np.zeros(42)
        for i in range(1, 42):
            wander[i] = 0.5 * wander[i - 1] + rng.normal(0, 2.0)
        at = np.minimum(track.distance_m // 1000, 41).astype(int)
        for change, out in ((0.0, said), (10.0, seen)):
            heart = 150 + 30 * (track.speed_mps - 3) + wander[at] + change * (at > 24)
            row = race_drift(replace(track, channels={"heart_rate_bpm": heart}), Race(DAY, distance_m=42_000.0), parts)[
                1
            ]
            out.append(not row["low"].iloc[0] <= 0 <= row["high"].iloc[0])
    assert np.mean(said) <= 0.05, np.mean(said)
    assert np.mean(seen) >= 0.95, np.mean(seen)
