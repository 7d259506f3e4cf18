"""Hills: laws, simulated ground, missing channels."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from simulate.course import rolling_course
from simulate.run import simulate_run
from simulate.sensors import Watch

from runlab import terrain
from runlab.errors import SettingsError, TableError

heights = st.lists(st.floats(0, 500, allow_nan=False), min_size=2, max_size=60)


def ramp(slope=0.05, seconds=600, speed=3.0, **columns):
    way = np.arange(seconds) * speed
    time = pd.date_range("2026-05-01 08:00", periods=seconds, freq="s", tz="UTC").as_unit("us")
    return pd.DataFrame(
        {"time": time, "distance_m": way, "altitude_m": 100 + slope * way, "speed_mps": speed, "timer_running": True}
        | columns
    )


@pytest.mark.parametrize("slope", [-0.3, -0.05, 0.0, 0.12])
def test_grade_of_an_even_slope_is_exact(slope):
    assert terrain.grade(ramp(slope)).to_numpy() == pytest.approx(slope, abs=1e-9)


def test_grade_ignores_standing_still():
    """Two minutes at the lights with a wandering altimeter must not become a hill."""
    run = ramp(0.04)
    run.loc[300:419, "distance_m"] = run["distance_m"].iloc[300]
    run.loc[420:, "distance_m"] -= 120 * 3.0
    run["altitude_m"] = 100 + 0.04 * run["distance_m"]
    run.loc[300:419, "altitude_m"] += np.sin(np.arange(120) / 7) * 2
    assert np.abs(terrain.grade(run) - 0.04).max() < 0.03


def test_grade_does_not_reach_from_one_activity_into_the_next():
    first, second = ramp(0.1, activity_id="a"), ramp(-0.1, activity_id="b")
    both = terrain.grade(pd.concat([first, second], ignore_index=True))
    assert both.iloc[:600].to_numpy() == pytest.approx(0.1) and both.iloc[600:].to_numpy() == pytest.approx(-0.1)


def test_grade_keeps_the_index_and_leaves_the_records_alone():
    run = ramp()
    run.index = range(5000, 5600)
    before = run.copy()
    assert terrain.grade(run).index.equals(run.index)
    pd.testing.assert_frame_equal(run, before)


def test_grade_is_unknown_across_a_long_stretch_without_altitude():
    run = ramp(0.05, seconds=1200)
    run.loc[300:700, "altitude_m"] = np.nan  # 1200 m
    slope = terrain.grade(run)
    assert slope.iloc[450:550].isna().all() and slope.iloc[:250].notna().all() and slope.iloc[750:].notna().all()


@pytest.mark.parametrize(
    "gone", [["altitude_m"], ["distance_m", "speed_mps"], ["altitude_m", "distance_m", "speed_mps"]]
)
@pytest.mark.parametrize("how", ["empty", "absent"])
def test_missing_channels_give_nothing_and_never_raise(gone, how):
    run = ramp().assign(**dict.fromkeys(gone, np.nan)) if how == "empty" else ramp().drop(columns=gone)
    assert terrain.grade(run).isna().all()
    assert math.isnan(terrain.normalised_graded_speed(run))
    assert terrain.climbs(run).empty


@pytest.mark.parametrize("rows", [0, 1, 2])
def test_too_few_samples(rows):
    run = ramp().iloc[:rows]
    assert len(terrain.grade(run)) == rows
    assert math.isnan(terrain.normalised_graded_speed(run)) or rows == 2
    assert terrain.climbs(run).empty


def test_speed_stands_in_for_distance():
    run = ramp(0.06).drop(columns="distance_m")
    assert terrain.grade(run).iloc[50:-50].to_numpy() == pytest.approx(0.06, abs=1e-6)


def test_grade_adjusted_speed_is_the_speed_on_the_flat_and_unknown_without_a_grade():
    for method in ("strava", "minetti"):
        assert terrain.grade_adjusted_speed(3.0, 0.0, method=method) == pytest.approx(3.0)
        assert math.isnan(terrain.grade_adjusted_speed(3.0, math.nan, method=method))
        assert math.isnan(terrain.grade_adjusted_speed(math.nan, 0.0, method=method))
    assert terrain.grade_adjusted_speed(3.0, -0.25, method="minetti") < terrain.grade_adjusted_speed(3.0, -0.25)
    with pytest.raises(SettingsError, match="did you mean 'strava'"):
        terrain.grade_adjusted_speed(3.0, 0.1, method="starva")


@given(st.floats(0.5, 8), st.floats(-0.4, 0.4), st.floats(0.2, 3))
def test_graded_speed_scales_with_speed(speed, slope, times):
    one = terrain.grade_adjusted_speed(speed, slope)
    assert terrain.grade_adjusted_speed(speed * times, slope) == pytest.approx(one * times)


def test_uphill_costs_more_the_steeper_and_the_measurements_end_at_45_percent():
    slopes = np.linspace(0, 0.45, 50)
    assert (np.diff(terrain.running_cost(slopes)) > 0).all()
    assert terrain.running_cost(0.9) == terrain.running_cost(0.45)
    assert terrain.running_cost(0.1, gait="walking") < terrain.running_cost(0.1)


@given(heights, st.floats(0, 20), st.sampled_from(["hysteresis", "turning_points", "sum"]))
def test_ascent_less_descent_is_the_height_gained_within_the_threshold(height, threshold, method):
    up, down = terrain.elevation_gain(height, method=method, threshold_m=threshold)
    assert up >= 0 and down >= 0
    assert abs((up - down) - (height[-1] - height[0])) <= (threshold if method == "hysteresis" else 0) + 1e-6


@given(heights, st.floats(0, 10))
def test_no_threshold_finds_more_than_the_sum(height, threshold):
    most, _ = terrain.elevation_gain(height, method="sum")
    for method in ("hysteresis", "turning_points"):
        assert terrain.elevation_gain(height, method=method, threshold_m=threshold)[0] <= most + 1e-6


@given(heights)
def test_running_back_swaps_ascent_and_descent(height):
    up, down = terrain.elevation_gain(height, method="sum")
    back_up, back_down = terrain.elevation_gain(height[::-1], method="sum")
    assert (up, down) == pytest.approx((back_down, back_up), abs=1e-6)


def test_ascent_leaves_gaps_out_and_is_unknown_without_altitude():
    assert terrain.elevation_gain([100, np.nan, 110, np.nan, 100]) == (10.0, 10.0)
    assert all(map(math.isnan, terrain.elevation_gain([np.nan, np.nan])))
    assert all(map(math.isnan, terrain.elevation_gain([100.0])))
    assert all(map(math.isnan, terrain.elevation_gain([])))
    with pytest.raises(SettingsError):
        terrain.elevation_gain([1, 2], threshold_m=-1)


def test_normalised_speed_of_an_even_run_is_its_speed_and_surges_raise_it():
    even = terrain.normalised_graded_speed(ramp(0.0, seconds=1800))
    speed = np.where(np.arange(1800) // 120 % 2 == 0, 2.4, 3.6)
    surges = terrain.normalised_graded_speed(ramp(0.0, 1800, speed_mps=speed, distance_m=np.cumsum(speed)))
    assert even == pytest.approx(3.0, abs=1e-6)
    assert 3.05 < surges < 3.6


def test_normalised_speed_does_not_care_how_often_the_watch_records():
    run = ramp(0.03, seconds=3000)
    every, seventh = terrain.normalised_graded_speed(run), terrain.normalised_graded_speed(run.iloc[::7])
    assert seventh == pytest.approx(every, rel=2e-3)


def test_pauses_and_gaps_do_not_count():
    run = ramp(0.0, seconds=1800)
    paused = run.copy()
    paused.loc[900:, "time"] += pd.Timedelta(minutes=20)
    stopped = run.copy()
    stopped.loc[900:1200, "timer_running"] = False
    whole = terrain.normalised_graded_speed(run)
    assert terrain.normalised_graded_speed(paused) == pytest.approx(whole, abs=1e-6)
    assert terrain.normalised_graded_speed(stopped) == pytest.approx(whole, abs=1e-6)


def test_normalised_speed_is_unknown_rather_than_flat_without_altitude():
    half = ramp(0.0, seconds=1800)
    half.loc[400:, "altitude_m"] = np.nan
    assert math.isnan(terrain.normalised_graded_speed(half))


def test_climbs_are_found_with_their_vertical_speed():
    way = np.arange(4000) * 2.5
    profile = np.interp(way, [0, 2000, 3500, 5000, 7000, 10_000], [100, 100, 250, 250, 130, 330])
    run = ramp(0, 4000, 2.5, altitude_m=profile, heart_rate_bpm=150.0)
    found = terrain.climbs(run)
    assert len(found) == 2
    assert found["ascent_m"].tolist() == pytest.approx([150, 200], abs=6)
    assert found["grade"].tolist() == pytest.approx([0.10, 0.0667], abs=0.006)
    assert found["vertical_speed_m_per_h"].tolist() == pytest.approx([0.10 * 2.5 * 3600, 0.0667 * 2.5 * 3600], rel=0.05)
    assert found["average_heart_rate_bpm"].tolist() == [150, 150]
    without = terrain.climbs(run.drop(columns="heart_rate_bpm"))
    assert without["average_heart_rate_bpm"].isna().all() and len(without) == 2


def test_heat_index_rises_with_humidity_when_hot_and_keeps_nan():
    humid = terrain.heat_index(35.0, np.array([20.0, 50.0, 80.0]))
    assert (np.diff(humid) > 0).all()
    assert math.isnan(terrain.heat_index(35.0, math.nan))


def rothfusz(t: float, rh: float) -> float:
    """The regression of SR 90-23 alone, degrees Fahrenheit."""
    return (
        -42.379 + 2.04901523 * t + 10.14333127 * rh - 0.22475541 * t * rh - 6.83783e-3 * t**2 - 5.481717e-2 * rh**2
        + 1.22874e-3 * t**2 * rh + 8.5282e-4 * t * rh**2 - 1.99e-6 * t**2 * rh**2
    )  # fmt: skip


@pytest.mark.parametrize(
    ("fahrenheit", "humidity", "expected"),
    [
        (60.0, 50.0, (60 + 0.5 * (60 + 61 - 9.6 + 4.7)) / 2),  # the simple formula, averaged with the temperature
        (79.0, 50.0, (79 + 0.5 * (79 + 61 + 13.2 + 4.7)) / 2),  # still under 80
        (90.0, 60.0, rothfusz(90, 60)),
        (95.0, 5.0, rothfusz(95, 5) - 2.0),  # dry: (13 - 5) / 4 x sqrt((17 - |95 - 95|) / 17)
        (104.0, 5.0, rothfusz(104, 5) - 2 * math.sqrt(8 / 17)),
        (95.0, 13.0, rothfusz(95, 13)),
        (82.0, 95.0, rothfusz(82, 95) + 1.0),  # humid: (95 - 85) / 10 x (87 - 82) / 5
        (82.0, 85.0, rothfusz(82, 85)),
        (88.0, 95.0, rothfusz(88, 95)),
    ],
)
def test_heat_index_as_the_weather_service_computes_it(fahrenheit, humidity, expected):
    """www.wpc.ncep.noaa.gov/html/heatindex_equation.shtml, with both adjustments."""
    found = terrain.heat_index((fahrenheit - 32) / 1.8, humidity)
    assert found * 1.8 + 32 == pytest.approx(expected, abs=1e-6)


def test_one_heat_constant_in_the_house():
    from runlab.progression import aerobic, conditions
    from runlab.race.draws import Assumptions

    assert Assumptions().heat_per_degree == -aerobic.HEAT[0] == conditions.HEAT_PER_DEGREE == 0.0030


@pytest.mark.parametrize("wrong", [{"window_m": 0}, {"window_m": -5}])
def test_impossible_windows_are_refused(wrong):
    with pytest.raises(SettingsError):
        terrain.grade(ramp(), **wrong)
    with pytest.raises(TableError):
        terrain.grade(pd.DataFrame({"altitude_m": [1.0]}))


@pytest.mark.parametrize(("source", "window", "limit"), [("barometer", 100.0, 0.012), ("gps", 300.0, 0.03)])
def test_grade_against_simulated_ground(source, window, limit):
    """Root mean square error against the true grade, four courses; wider windows for altitude by satellite."""
    errors = []
    for seed in range(4):
        course = rolling_course(8000.0, ascent_m_per_km=18.0, seed=seed)
        run = simulate_run(
            course=course, distance_m=8000.0, effort=0.75, seed=seed, watch=Watch(altitude=source, dynamics=False)
        )
        found = terrain.grade(run.records, window_m=window).to_numpy()
        errors.append(np.nanmean((found - run.truth["grade"]) ** 2))
    assert math.sqrt(np.mean(errors)) < limit


@pytest.mark.parametrize(
    ("source", "threshold", "same_rule", "every_metre"), [("barometer", 3.0, 0.06, 0.25), ("gps", 10.0, 1.0, 0.35)]
)
def test_ascent_against_simulated_ground(source, threshold, same_rule, every_metre):
    """Beside the same rule on the true profile, and beside every metre truly climbed (rollers under 3 m are lost)."""
    by_rule, by_metre = [], []
    for seed in range(4):
        course = rolling_course(8000.0, ascent_m_per_km=18.0, seed=seed)
        run = simulate_run(
            course=course, distance_m=8000.0, effort=0.75, seed=seed, watch=Watch(altitude=source, dynamics=False)
        )
        up, _ = terrain.elevation_gain(run.records["altitude_m"], threshold_m=threshold)
        by_rule.append(up / terrain.elevation_gain(run.truth["altitude_m"], threshold_m=threshold)[0] - 1)
        by_metre.append(up / run.truth["ascent_m"] - 1)
    assert abs(np.mean(by_rule)) < same_rule
    assert abs(np.mean(by_metre)) < every_metre


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 10_000))
def test_graded_speed_lies_between_the_extremes_of_the_run(seed):
    rng = np.random.default_rng(seed)
    slope = np.repeat(rng.uniform(-0.08, 0.08, 6), 200)
    run = ramp(0, 1200, altitude_m=100 + np.cumsum(slope * 3.0))
    graded = terrain.grade_adjusted_speed(run["speed_mps"], terrain.grade(run))
    assert graded.min() - 1e-6 <= terrain.normalised_graded_speed(run) <= graded.max() + 1e-6
