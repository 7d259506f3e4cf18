"""Do the bars hold what was injected? A few simulated races of each kind; benchmarks/honesty_race.py runs hundreds."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from runlab.race import Assumptions, Race, where_the_time_went
from runlab.race.draws import SLOWING
from runlab.race.questions import one_change
from runlab.race.stories import Facts
from runlab.race.track import Track, race_track

SOURCE = Path(__file__).resolve().parents[1] / "benchmarks" / "honesty_race.py"
SPEC = importlib.util.spec_from_file_location("honesty_race", SOURCE)
honesty = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(honesty)


def flat_track(seconds: float = 4000.0, speed: float = 2.5, **channels) -> Track:
    t = np.arange(0.0, seconds + 1)
    n = len(t)
    given = {name: np.full(n, value) for name, value in channels.items()}
    return Track(
        t,
        t * speed,
        np.full(n, speed),
        np.zeros(n),
        np.ones(n),
        np.zeros(n, int),
        np.ones(n - 1, bool),
        given,
        source="samples",
        usual_step_s=1.0,
    )


@pytest.mark.parametrize("course", list(honesty.COURSES))
def test_injected_costs_lie_inside_their_intervals(course):
    rows = pd.DataFrame([row for seed in range(900, 912) for row in honesty.judged(course, seed)])
    held = rows.groupby("component")["held"].sum()
    # 12 races at a true 80 %: 7 or more in 98 of 100 runs
    assert (held >= 7).all(), held.to_dict()
    rest = rows.loc[rows["component"] == "not explained", "off"]
    assert abs(rest.mean()) < 3 * rest.std() / np.sqrt(len(rest)) + 0.3


def test_a_cool_flat_even_race_leaves_everything_in_the_rest():
    race = Race(pd.Timestamp("2026-11-01"), distance_m=10_000.0, official_time_s=4000.0)
    bars = where_the_time_went(flat_track(), race, reference_s=3900.0, temperature_c=2.0).table.set_index("component")
    assert bars.loc["stops", "seconds"] == 0 and bars.loc["heat", "seconds"] == 0
    assert abs(bars.loc["course", "seconds"]) <= 2 and abs(bars.loc[SLOWING, "seconds"]) <= 25
    assert bars.loc["not explained", "seconds"] > 70


def test_what_cannot_be_told_stays_in_the_rest():
    race = Race(pd.Timestamp("2026-11-01"), distance_m=10_000.0, official_time_s=4000.0)
    track = flat_track()
    blind = Track(**{**track.__dict__, "factor": np.full(len(track.factor), np.nan)})
    bars = where_the_time_went(blind, race, reference_s=3900.0).table.set_index("component")
    assert np.isnan(bars.loc["course", "seconds"]) and np.isnan(bars.loc["heat", "seconds"])
    assert bars["seconds"].iloc[1:-1].sum() == 100.0


def test_official_ascent_stands_in_for_the_altimeter():
    race = Race(pd.Timestamp("2026-11-01"), distance_m=10_000.0, official_time_s=4000.0, ascent_m=200.0)
    blind = Track(**{**flat_track().__dict__, "factor": np.full(4001, np.nan)})
    bars = where_the_time_went(blind, race, reference_s=3900.0, temperature_c=5.0).table.set_index("component")
    assert 50 < bars.loc["course", "seconds"] < 400 and "official ascent" in bars.loc["course", "basis"]


def test_hills_in_the_goal_are_not_counted_twice():
    log, race, _, reference, _ = honesty.simulated_race("hilly half", 3)
    track = race_track(log, race)
    bars = where_the_time_went(track, race, reference_s=reference, reference="goal", ground_in_reference=True).table
    course = bars.set_index("component").loc["course"]
    assert course["seconds"] == 0 and "in the goal already" in course["basis"]


def test_assumptions_can_be_changed():
    race = Race(pd.Timestamp("2026-11-01"), distance_m=10_000.0, official_time_s=4000.0)
    cold, hot = (
        where_the_time_went(
            flat_track(), race, reference_s=3900.0, temperature_c=25.0, assumptions=Assumptions(heat_per_degree=size)
        ).table.set_index("component")
        for size in (0.001, 0.004)
    )
    assert cold.loc["heat", "seconds"] * 3 < hot.loc["heat", "seconds"]


def test_more_warmth_costs_more_and_more_stops_are_measured_as_more():
    race = Race(pd.Timestamp("2026-11-01"), distance_m=10_000.0, official_time_s=4000.0)
    seconds = [
        where_the_time_went(flat_track(), race, reference_s=3900.0, temperature_c=c)
        .table.set_index("component")
        .loc["heat", "seconds"]
        for c in (10.0, 18.0, 26.0)
    ]
    assert seconds[0] < seconds[1] < seconds[2]
    course = (np.array([0.0, 1e6]), np.array([10.0, 10.0]))
    by_clock = where_the_time_went(flat_track(), race, reference_s=3900.0, temperature_c=course).table
    assert by_clock.set_index("component").loc["heat", "seconds"] == seconds[0]


def test_a_change_is_named_only_where_its_cost_is_clear_of_zero():
    pacing = pd.DataFrame({"value": [6.0, 9.0]}, index=["first_quarter_bias", "half_split"])
    race = Race(pd.Timestamp("2026-11-01"), distance_m=10_000.0, official_time_s=4000.0)
    for low, change in ((0.0, "Nothing in the files"), (1.0, "Open the first quarter")):
        bars = pd.DataFrame({"component": [SLOWING], "seconds": [200.0], "low": [low], "high": [400.0]})
        assert one_change(Facts(race, pacing=pacing, waterfall=bars))["change"].startswith(change)


def test_humid_air_costs_more_and_warm_weeks_before_cost_less():
    race = Race(pd.Timestamp("2026-11-01"), distance_m=10_000.0, official_time_s=4000.0)
    plain, humid, used, cool = (
        where_the_time_went(flat_track(), race, reference_s=3900.0, temperature_c=24.0, **given)
        .table.set_index("component")
        .loc["heat", "seconds"]
        for given in ({}, {"humidity_pct": 95.0}, {"usual_c": 28.0}, {"usual_c": 5.0})
    )
    assert used < plain < humid and cool == plain


def test_a_stated_temperature_narrows_the_heat_bar():
    race = Race(pd.Timestamp("2026-11-01"), distance_m=10_000.0, official_time_s=4000.0)
    watch, stated = (
        where_the_time_went(flat_track(temperature_c=24.5), race, reference_s=3900.0, temperature_c=given)
        .table.set_index("component")
        .loc["heat"]
        for given in (None, 22.0)
    )
    assert stated["high"] - stated["low"] < watch["high"] - watch["low"]


def test_orders_are_computed_again_and_the_split_shows_both_definitions():
    log, race, _, reference, _ = honesty.simulated_race("hilly half", 3)
    found = where_the_time_went(
        race_track(log, race), race, reference_s=reference, level_s=reference, temperature_c=28.0
    )
    wide = found.orders.pivot_table(index="order", columns="component", values="seconds")
    total = found.table["seconds"].iloc[-1] - found.table["seconds"].iloc[0]
    assert (wide.sum(axis=1) == total).all() and wide["heat"].nunique() > 2 and wide["course"].nunique() > 2
    bar = found.table.set_index("component").loc[SLOWING, "seconds"]
    split = wide[["early pace", "late slowing"]].dropna()
    assert len(split) == 2 and (split.sum(axis=1) == bar).all() and split["early pace"].nunique() == 2


def test_no_reference_no_bars():
    race = Race(pd.Timestamp("2026-11-01"), distance_m=10_000.0, official_time_s=4000.0)
    assert where_the_time_went(Track(), race, reference_s=3900.0).table.empty
    assert where_the_time_went(flat_track(), race, reference_s=float("nan")).table.empty
