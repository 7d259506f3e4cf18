"""The long ones: legs, standing, fade by ground, hiking, the dark, the sun, and the plan before the race."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from race_logs import DAY, log_of, race_run
from simulate import Pause, Runner, Watch, rolling_course
from test_race import assert_keeps_contract

import runlab as rl
from runlab.errors import FileError, SettingsError
from runlab.race import Race, sun_elevation, sun_times
from runlab.race.ultra import dearest_leg

STOPS = ((25_000.0, 300.0), (50_000.0, 1800.0), (75_000.0, 600.0))


@pytest.fixture(scope="module")
def ultra():
    course = rolling_course(100_000.0, ascent_m_per_km=30.0, seed=5, surface="trail", technical=0.05, step_m=20.0)
    runner = Runner(name="kim", critical_speed_mps=3.4, stamina_s=2500.0, fade_depth=0.2)
    run = race_run(
        100_000.0,
        course=course,
        runner=runner,
        start=f"{DAY} 08:00",
        temperature_c=8.0,
        pauses=tuple(Pause(at, s, False, "aid") for at, s in STOPS),
        night=(8 * 3600, 40 * 3600.0),
        night_loss=0.08,
        watch=Watch(sampling_s=8.0, smart=True, dynamics=False, power=False),
    )
    points = pd.DataFrame(
        {
            "name": ["Ford", "Hut", "Church"],
            "distance_km": [25.0, 50.0, 75.0],
            "planned_arrival": ["3:00:00", "6:30:00", "10:30:00"],
        }
    )
    ill = pd.DataFrame(
        {
            "athlete": ["kim"],
            "kind": ["ill"],
            "start": [pd.Timestamp("2026-10-10")],
            "end": [pd.Timestamp("2026-10-17")],
            "note": ["flu"],
        }
    )
    log = log_of(run, events=ill)
    race = log.race(DAY, official_time=run.truth["time_s"], distance_m=100_000, kind="ultra", checkpoints=points)
    began = time.process_time()
    deb = rl.race.debrief(log, race)
    return run, log, race, deb, time.process_time() - began


def test_legs_tell_moving_from_standing(ultra):
    run, _, _, deb, took = ultra
    legs = deb.legs
    assert legs["checkpoint"].tolist() == ["Ford", "Hut", "Church", "Finish"] and took < 10
    assert legs["stopped_s"].tolist()[:3] == pytest.approx([s for _, s in STOPS], abs=30)
    assert legs["arrival_s"].iloc[-1] == pytest.approx(run.truth["time_s"], abs=10)
    total = legs["moving_s"].sum() + legs["stopped_s"].sum() + legs["stopped_on_way_s"].sum()
    assert total == pytest.approx(run.truth["time_s"], abs=30)
    assert legs["planned_arrival_s"].iloc[0] == 3 * 3600
    assert (legs["window_low_s"] < legs["window_high_s"]).all()
    assert legs["dark_share"].iloc[-1] > 0.7 and legs["ascent_m"].sum() == pytest.approx(3000, rel=0.15)


def test_the_time_over_the_plan_is_split_by_leg_first(ultra):
    run, log, race, _, _ = ultra
    legs = rl.race.debrief(log, race).legs
    assert legs["lost_s"].iloc[:3].sum() == pytest.approx(legs["arrival_s"].iloc[2] - 10.5 * 3600)
    assert np.isnan(legs["lost_s"].iloc[3])  # no goal: nothing was planned for the finish
    # most of what was lost went on the leg that begins with the long stop
    arrivals = legs["arrival_s"].to_numpy()
    fast = np.array([arrivals[0], arrivals[1] - 200, arrivals[2] - 200 - 1500, arrivals[3] - 2000])
    points = race.checkpoints.assign(planned_arrival_s=fast[:3])
    told = rl.race.debrief(log, replace(race, checkpoints=points, goal_s=float(fast[3])))
    assert told.legs["lost_s"].to_numpy() == pytest.approx([0, 200, 1500, 300], abs=2)
    assert told.legs["lost_s"].sum() == pytest.approx(race.official_time_s - fast[3], abs=2)
    assert "25:00 over the plan between Hut and Church, standing" in told.headline
    assert told.one_change["change"].startswith("Give every aid station") and "Hut and Church" in told.one_change["why"]
    assert told.other_stories["story"].iloc[0] == "Time at the aid stations"
    assert "at Hut" in told.other_stories["settles_it"].iloc[0]


def test_a_goal_that_holds_stops_is_not_charged_for_them_again(ultra):
    run, log, race, deb, _ = ultra
    stood = sum(s for _, s in STOPS)
    for goal, kind in ((run.truth["time_s"] - 1800.0, "ultra"), (run.truth["time_s"] - 1800.0, "road")):
        told = rl.race.debrief(log, replace(race, goal_s=goal, kind=kind), reference="goal")
        bar = told.waterfall.set_index("component").loc["stops"] if len(told.waterfall) else None
        held = 0.025 * (goal / 14400) ** 0.5 * goal if kind == "ultra" else 0.0
        if bar is None:
            assert "does not fit this race" in told.waterfall_order
        else:
            assert bar["seconds"] == pytest.approx(stood - held, abs=60)
            assert ("taken to be in the goal" in bar["basis"]) == (kind == "ultra")


def test_a_rest_larger_than_the_loss_is_not_drawn_in_an_ultra(ultra):
    run, log, race, _, _ = ultra
    told = rl.race.debrief(log, replace(race, goal_s=run.truth["time_s"] - 120.0), reference="goal")
    assert told.waterfall.empty and "would be more than the loss itself" in told.waterfall_order


@pytest.mark.parametrize(
    ("lost", "found"),
    [
        ([0.0, 300.0, 0.0], "B"),
        ([0.0, 299.0, 0.0], None),  # under five minutes
        ([700.0, 300.0, 0.0], "A"),
        ([350.0, 350.0, 340.0, 300.0], None),  # a quarter each: none stands out
        ([-900.0, 600.0, np.nan], "B"),
        ([np.nan, np.nan, 900.0], None),  # one planned arrival splits nothing
    ],
)
def test_only_a_leg_that_stands_out_is_named(lost, found):
    legs = pd.DataFrame({"checkpoint": list("ABCD")[: len(lost)], "lost_s": lost})
    leg = dearest_leg(legs.assign(stopped_s=0.0, stopped_on_way_s=0.0))
    assert (leg and leg["end"]) == found


def test_a_stretch_without_plan_counts_its_standing():
    legs = pd.DataFrame(
        {
            "checkpoint": ["A", "B", "C", "D"],
            "lost_s": [0.0, np.nan, 2000.0, 100.0],
            "stopped_s": [100.0, 1500.0, 50.0, 0.0],
            "stopped_on_way_s": [7.0, 10.0, 20.0, 40.0],
        }
    )
    leg = dearest_leg(legs)
    assert (leg["start"], leg["end"], leg["stood"], leg["stood_at"]) == ("A", "C", 1630.0, "B")


def test_fade_is_told_by_ground_against_its_own_first_third(ultra):
    run, _, _, deb, _ = ultra
    last = deb.terrain_fade[deb.terrain_fade["third"] == 3].set_index("ground")
    assert set(last.index) == {"uphill", "flat", "downhill"}
    truth = 1 - run.truth["fade"][-1]
    assert (last["change_pct"] < -100 * truth * 0.4).all() and (last["low"] <= last["change_pct"]).all()
    first = deb.terrain_fade[deb.terrain_fade["third"] == 1]
    assert (first["change_pct"] == 0).all()


def test_hiking_grows_with_the_grade(ultra):
    share = ultra[3].hike_share.set_index("grade_from")["share"]
    assert share.loc[0.10] > 0.8 and share.loc[-0.03] < 0.5


def test_night_states_its_confounding_and_holds_the_truth(ultra):
    _, _, _, deb, _ = ultra
    words = deb.night["words"].iloc[-1]
    assert "cannot be told apart" in words and "[C]" in words or "Cannot tell" in words
    row = deb.night.iloc[-1]
    assert row["low"] - 4 < -8 < row["high"] + 4
    assert len(deb.dark_spans) and (deb.dark_spans["end_s"] > deb.dark_spans["start_s"]).all()


def test_heart_rate_is_not_read_as_drift_beyond_six_hours(ultra):
    drift = ultra[3].drift_summary.set_index("channel")
    assert np.isnan(drift.loc["heart_rate_bpm", "value"]) and "beyond 6 h" in drift.loc["heart_rate_bpm", "basis"]


def test_the_illness_before_is_told_without_a_counterfactual(ultra):
    _, _, _, deb, _ = ultra
    story = deb.other_stories[deb.other_stories["story"].str.contains("illness")].iloc[0]
    assert "8 days of illness, from 22 to 15 days before the race" in story["speaks_for"]
    # she ran through some of those days in this log, so nothing is said of resting or of a stop
    assert story["speaks_against"] and "Resting" not in story["speaks_against"]
    assert "300,000" not in story["speaks_for"]
    assert_keeps_contract(deb)


def test_low_rate_recording_is_said(ultra):
    assert ultra[3].data_check["finding"].str.contains("low-rate recording").any()


def test_sunset_against_published_times():
    """Greenwich, 21 June and 21 December 2026: 03:43 and 20:21, 08:04 and 15:53 UTC (Royal Observatory, ± 2 min)."""
    for date, rise, down in (("2026-06-21", "03:43", "20:21"), ("2026-12-21", "08:04", "15:53")):
        found = sun_times(date, 51.48, 0.0)
        for instant, clock in zip(found, (rise, down), strict=True):
            assert abs((instant.tz_localize(None) - pd.Timestamp(f"{date} {clock}")).total_seconds()) < 150
    assert sun_times("2026-06-21", 75.0, 20.0) == (pd.NaT, pd.NaT)
    assert np.isnan(sun_elevation(pd.DatetimeIndex(["2026-06-21"], tz="UTC"), np.nan, 0.0)).all()


def test_pace_plan_is_effort_even_and_sums_to_the_target():
    hill = pd.DataFrame({"distance_m": [0.0, 5000.0, 10_000.0], "altitude_m": [100.0, 300.0, 100.0]})
    plan = rl.race.pace_plan(hill, target="55:00")
    assert plan["time_s"].sum() == pytest.approx(3300.0) and len(plan) == 10
    assert plan["time_s"].iloc[1] > plan["time_s"].iloc[8] * 1.15
    effort = plan["time_s"] / plan["distance_m"] / np.where(plan["grade"] > 0.02, 1.14, 0.91)
    assert effort.iloc[[0, 1, 2, 7, 8, 9]].std() / effort.mean() < 0.03
    assert (plan["low_s"] < plan["elapsed_s"]).all() and (plan["elapsed_s"] < plan["high_s"]).all()
    warm = rl.race.pace_plan(10_000.0, target=3600.0, heat=((0.0, 10.0), (1.0, 30.0)))
    assert warm["time_s"].iloc[-1] > warm["time_s"].iloc[0] * 1.01 and warm["time_s"].sum() == pytest.approx(3600)
    with pytest.raises(SettingsError, match="target"):
        rl.race.pace_plan(10_000.0)


def test_passage_windows_for_the_crew(ultra):
    _, log, race, deb, _ = ultra
    windows = rl.race.passage_windows(100_000.0, race.checkpoints, forecast=deb.forecast, start="2026-11-01 06:00")
    assert windows["checkpoint"].tolist() == ["Ford", "Hut", "Church", "Finish"]
    assert windows["elapsed_s"].iloc[-1] == pytest.approx(deb.forecast.value)
    width = (windows["high_s"] - windows["low_s"]) / windows["elapsed_s"]
    assert (width > 0).all() and windows["clock"].str.match(r"\d\d:\d\d( \+\d)?$").all()


def test_goal_gap_is_a_range(ultra):
    _, log, _, _, _ = ultra
    race = Race(pd.Timestamp(DAY), distance_m=42_195.0, goal_s=11_400.0)
    gap = rl.race.goal_gap(log, race)
    assert 0 <= gap.chance.low < gap.chance.value < gap.chance.high <= 100 and gap.chance.unit == "%"
    assert len(gap.table) == 3 and gap.table["time_s"].is_monotonic_increasing
    assert not rl.race.goal_gap(log, Race(pd.Timestamp(DAY), distance_m=42_195.0)).chance.is_known


def test_course_from_gpx(tmp_path):
    course = rolling_course(5000.0, ascent_m_per_km=25.0, seed=1)
    s = np.arange(0.0, 5000.0, 50.0)
    lat, lon = course.position(s)
    points = "".join(
        f'<trkpt lat="{a:.6f}" lon="{b:.6f}"><ele>{h:.1f}</ele></trkpt>'
        for a, b, h in zip(lat, lon, course.altitude(s), strict=True)
    )
    path = tmp_path / "course.gpx"
    path.write_text(
        f'<?xml version="1.0"?><gpx xmlns="http://www.topografix.com/GPX/1/1"><trk><trkseg>{points}'
        "</trkseg></trk></gpx>"
    )
    profile = rl.race.course_profile(path, distance_m=5000.0)
    assert profile["distance_m"].iloc[-1] == 5000.0
    assert rl.race.ascent_descent(profile, threshold_m=1.0)[0] == pytest.approx(125, rel=0.15)
    path.write_text("not xml")
    with pytest.raises(FileError, match="not a GPX"):
        rl.race.course_profile(path)


def test_fuel_by_hour_beside_the_plan():
    run = race_run()
    log = log_of(run, with_season=False)
    race = log.race(DAY, official_time=run.truth["time_s"], distance_m=42_195)
    fuel = pd.DataFrame(
        {
            "elapsed": ["0:30:00", "1:10:00", "2:40:00"],
            "carbs_g": [25.0, 25.0, 30.0],
            "planned_carbs_g": [60.0, 60.0, 60.0],
            "note": ["", "felt sick", ""],
        }
    )
    deb = rl.race.debrief(log, race, fuel=fuel)
    assert deb.fuelling["carbs_g"].tolist()[:3] == [25.0, 25.0, 30.0]
    assert deb.notes["note"].tolist() == ["felt sick"]
    assert deb.fuel_practised["practised"] == 0 and np.isnan(deb.fuel_practised["carbs_g_per_hour"])
    assert_keeps_contract(deb)
