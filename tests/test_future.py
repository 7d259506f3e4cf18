"""Cutting the future changes nothing in the past: one law for every metric that speaks of a day."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runlab import load, zones
from runlab.athlete import Athlete
from runlab.log import Log

START = pd.Timestamp("2026-01-05")
ROWS = {
    "session_load": lambda log: load.session_load(log),
    "daily": lambda log: log.daily,
    "fitness_and_fatigue": lambda log: load.fitness_and_fatigue(log.daily),
    "ramp": lambda log: load.ramp(log.daily),
    "monotony_and_strain": lambda log: load.monotony_and_strain(log.daily),
    "acute_chronic_ratio": lambda log: load.acute_chronic_ratio(log.daily),
    "weekly_totals": lambda log: load.weekly_totals(log.daily),
    "step_back_weeks": lambda log: load.step_back_weeks(log.daily),
    "step_back_weeks by load": lambda log: load.step_back_weeks(log.daily, measure="load"),
    "single_run_spike": lambda log: load.single_run_spike(log.activities),
}


def made_log(seed, *, weeks=20, athletes=2):
    """Runners of whom nobody said anything, in every mix: with or without heart rate, rating, pace, morning entries."""
    rng = np.random.default_rng(seed)
    rows, lines, wellness = [], [], []
    for athlete in (f"r{k}" for k in range(athletes)):
        top, fit = rng.uniform(175, 200), rng.uniform(0, 1, 4)
        for day in range(7 * weeks):
            date = START + pd.Timedelta(days=day)
            if rng.random() < 0.3:
                wellness.append((athlete, date, round(60 - day / 10 + rng.normal(0, 3))))
            if rng.random() < 0.4:
                continue
            key, hard, minutes = f"{athlete}-{day:03d}", rng.random() ** 2, rng.uniform(20, 90)
            has_beats, has_rating, has_pace = rng.random(3) < 0.3 + 0.7 * fit[:3]
            beats = round(top * (0.7 + 0.2 * hard))
            row = {
                "activity_id": key,
                "athlete": athlete,
                "date": date,
                "sport": rng.choice(["running", "running", "running", "cycling", "strength"]),
                "timer_time_s": 60 * minutes if rng.random() < 0.95 else np.nan,
                "distance_m": 60 * minutes * (2.5 + hard),
                "rpe": 3 + 5 * hard if has_rating else np.nan,
                "graded_speed_mps": 2.5 + hard if has_pace else np.nan,
                "average_heart_rate_bpm": beats if has_beats else np.nan,
                "max_heart_rate_bpm": round(beats * (1.05 + 0.08 * hard)) if has_beats else np.nan,
            }
            rows.append(row)
            if has_beats and rng.random() < 0.7:
                lines += [(key, "heart_rate_bpm", beats + step, 20 * minutes) for step in (-5.0, 0.0, 5.0)]
    return Log(
        pd.DataFrame(rows),
        histograms=pd.DataFrame(lines, columns=["activity_id", "channel", "value", "seconds"]),
        wellness=pd.DataFrame(wellness, columns=["athlete", "date", "resting_heart_rate_bpm"]),
        athletes={name: Athlete(name) for name in (f"r{k}" for k in range(athletes))},
        daily=Log.fill_daily,
    )


def cut(log, day):
    """The log as it stood that evening, every number worked out anew from what was there."""
    keep = log.activities["date"] <= day
    there = set(log.activities.loc[keep, "activity_id"])
    return Log(
        log.activities[keep],
        histograms=log.histograms[log.histograms["activity_id"].isin(there)],
        efforts=log.efforts[log.efforts["activity_id"].isin(there)],
        quality=log.quality[log.quality["activity_id"].isin(there)],
        wellness=log.wellness[log.wellness["date"] <= day],
        races=log.races,
        athletes=log.athletes,
        daily=Log.fill_daily,
    )


def same_past(metric, log, day):
    whole, short = metric(log), metric(cut(log, day))
    end = day + pd.Timedelta(days=1)
    if "week" in whole:  # a week counts as past when it is over; an athlete's last may not be
        whole, short = (t.assign(date=t["week"] + pd.Timedelta(days=7)) for t in (whole, short))
        short = short[short.duplicated("athlete", keep="last")]
    mine = [t[t["date"] < end].sort_values(list(t.columns[:2]), kind="stable") for t in (whole, short)]
    # an athlete's table ends with the last activity: after it there is nothing to compare
    key = [c for c in ("athlete", "activity_id", "date") if c in whole.columns]
    both = mine[1][key].merge(mine[0], on=key, how="left", validate="one_to_one")[mine[1].columns]
    pd.testing.assert_frame_equal(both, mine[1].reset_index(drop=True), check_exact=False, rtol=1e-9, check_dtype=False)
    return len(both)


@pytest.mark.parametrize("name", ROWS)
@settings(deadline=None, max_examples=8)
@given(seed=st.integers(0, 2**31), day=st.integers(10, 130))
def test_cutting_the_future_changes_nothing_in_the_past(name, seed, day):
    assert same_past(ROWS[name], made_log(seed), START + pd.Timedelta(days=day)) or day < 21


@pytest.mark.parametrize("name", ROWS)
def test_cutting_a_season_changes_nothing_in_its_past(name, season_log):
    assert same_past(ROWS[name], season_log, season_log.activities["date"].iloc[60]) > 5


@pytest.mark.parametrize("metric", [zones.observed_max_heart_rate, zones.threshold])
def test_a_number_for_a_day_is_the_same_without_what_came_later(metric, season_log):
    day = season_log.activities["date"].iloc[80]
    logs = (season_log, cut(season_log, day), cut(season_log, day - pd.Timedelta(days=1)))
    found = [metric(log, on=day) for log in logs]
    assert repr(found[0]) == repr(found[1]) == repr(found[2])
    through = [metric(log, through=day) for log in (season_log, cut(season_log, day))]
    assert repr(through[0]) == repr(through[1])
