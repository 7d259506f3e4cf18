"""One row per activity: totals that add up, times that mean what they say, dates that are the athlete's."""

import math
import sys
import time
import types

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runlab import tables
from runlab.athlete import Athlete
from runlab.errors import TableError
from runlab.readers import Activity, derived
from runlab.summary import (
    HISTOGRAMS,
    climbed,
    distance_laps,
    guarded_rows,
    histograms,
    local_offset,
    moving_time,
    split_sessions,
    steadied_altitude,
    summarise,
    timer_steps,
)
from runlab.terrain import elevation_gain


def test_the_steady_hour(steady_hour, make_activity):
    summary = summarise(make_activity(steady_hour), path="a.fit", sha256="abc")
    row = summary.row
    assert set(tables.ACTIVITIES.names) <= set(row)
    assert (row["elapsed_time_s"], row["timer_time_s"], row["moving_time_s"]) == (3600, 3600, 3600)
    assert row["distance_m"] == pytest.approx(12_000)
    assert row["average_speed_mps"] == pytest.approx(10 / 3)
    assert row["average_heart_rate_bpm"] == pytest.approx(150, abs=0.01)
    assert row["max_heart_rate_bpm"] in (149, 150), "held for five seconds, not for one"
    assert row["average_cadence_spm"] == 172
    assert row["ascent_m"] == pytest.approx(60, abs=12), "three waves of 20 m, less what hysteresis leaves at the turns"
    assert row["graded_speed_mps"] == pytest.approx(10 / 3, rel=0.05)
    assert (row["clean_share"], row["heart_rate_share"], row["quality_flags"]) == (1.0, 1.0, "")
    assert (row["samples"], row["has_position"], row["complete"]) == (3601, True, True)
    assert (row["source"], row["sha256"], row["source_format"], row["part"]) == ("a.fit", "abc", "fit", 1)
    assert math.isnan(row["average_power_w"])
    frame = tables.conform(pd.DataFrame([row]), tables.ACTIVITIES)
    tables.check(frame, tables.ACTIVITIES, *tables.ACTIVITIES.names)
    for part in (summary.laps, summary.histograms, summary.efforts):
        assert (part["activity_id"] == "run").all()
        assert len(part)


def test_missing_channels_are_nan_and_nothing_raises(
    empty, one_sample, no_heart_rate, no_altitude, treadmill, make_activity
):
    for records in (empty, one_sample, no_heart_rate, no_altitude, treadmill):
        for sport in ("running", "cycling", "strength", ""):
            row = summarise(make_activity(records, sport=sport)).row
            assert row["samples"] == len(records)
    row = summarise(make_activity(no_heart_rate)).row
    assert math.isnan(row["average_heart_rate_bpm"])
    assert row["heart_rate_share"] == 0
    row = summarise(make_activity(no_altitude)).row
    assert math.isnan(row["ascent_m"])
    assert math.isnan(row["graded_speed_mps"])
    row = summarise(make_activity(empty)).row
    assert math.isnan(row["distance_m"])
    assert row["date"] is pd.NaT


def test_the_device_totals_win_where_it_states_them(steady_hour, make_activity):
    totals = {
        "distance_m": 12_050.0,
        "timer_time_s": 3590.0,
        "elapsed_time_s": 3605.0,
        "ascent_m": 71.0,
        "rpe": 6.0,
        "calories_kcal": 800.0,
        "average_heart_rate_bpm": 99.0,
    }
    row = summarise(make_activity(steady_hour, totals=totals)).row
    assert (row["distance_m"], row["timer_time_s"], row["elapsed_time_s"]) == (12_050, 3590, 3605)
    assert row["device_ascent_m"] == 71
    assert row["ascent_m"] != 71, "ascent is worked out the same way for every device"
    assert (row["rpe"], row["calories_kcal"]) == (6, 800)
    assert row["average_heart_rate_bpm"] == pytest.approx(150, abs=0.01), "samples before the device's averages"
    assert row["moving_time_s"] <= row["timer_time_s"]
    row = summarise(make_activity(steady_hour.assign(heart_rate_bpm=np.nan), totals=totals | {"rpe": 0.0})).row
    assert row["average_heart_rate_bpm"] == 99
    assert math.isnan(row["rpe"]), "0 is not given"


def test_totals_of_a_cut_file_are_not_those_of_its_samples(steady_hour, make_activity):
    half = steady_hour.iloc[:1801]
    row = summarise(make_activity(half, complete=False, totals={"distance_m": 12_000.0, "timer_time_s": 3600.0})).row
    assert row["distance_m"] == pytest.approx(6000)
    assert row["timer_time_s"] == 1800
    assert row["complete"] is False


def test_an_activity_without_samples_keeps_its_totals(empty, make_activity):
    start = pd.Timestamp("2026-05-01 06:00", tz="UTC")
    totals = {"distance_m": 5000.0, "timer_time_s": 1500.0, "elapsed_time_s": 1600.0, "average_heart_rate_bpm": 140.0}
    row = summarise(make_activity(empty, start_time=start, totals=totals)).row
    assert (row["distance_m"], row["moving_time_s"], row["average_heart_rate_bpm"]) == (5000, 1500, 140)
    assert row["start_time"] == start
    assert row["average_speed_mps"] == pytest.approx(5000 / 1500)


def test_a_pause_is_elapsed_but_neither_timer_nor_moving_time(paused, make_activity):
    told = summarise(make_activity(paused, pauses=[(1800.0, 601.0)])).row
    assert (told["elapsed_time_s"], told["timer_time_s"], told["moving_time_s"]) == (4200, 3599, 3599)
    untold = summarise(make_activity(paused, format="gpx")).row
    assert untold["timer_time_s"] == 3599, "no sample for ten minutes and no way made: a pause"
    segments = paused.assign(segment=np.where(np.arange(3601) <= 1800, 1, 2))
    assert timer_steps(segments).sum() == 3599
    stopped = paused.copy()
    stopped.loc[100:199, "timer_running"] = False
    assert timer_steps(stopped, pauses=[(1800.0, 601.0)]).sum() == 3499


def test_standing_still_with_the_timer_running_is_not_moving(steady_hour):
    records = steady_hour.copy()
    records.loc[1000:1059, ["speed_mps", "cadence_spm"]] = 0.0
    assert moving_time(records) == 3540
    records.loc[2000:2005, ["speed_mps", "cadence_spm"]] = 0.0
    assert moving_time(records) == 3540, "a stop of 6 s is none"
    walk = steady_hour.assign(speed_mps=0.4)
    assert moving_time(walk) == 3600, "cadence alone is moving"
    assert moving_time(walk.assign(cadence_spm=0.0)) == 0 or moving_time(walk.assign(cadence_spm=np.nan)) == 0
    assert moving_time(steady_hour.assign(speed_mps=np.nan, cadence_spm=np.nan, distance_m=np.nan)) == 3600


def test_a_gap_counts_as_moving_only_if_way_was_made(steady_hour):
    records = steady_hour.drop(index=range(1000, 1100)).reset_index(drop=True)
    assert moving_time(records) == 3600
    records.loc[1000:, "distance_m"] -= 330
    assert moving_time(records) == 3600 - 101


def test_time_is_weighed_under_smart_recording(smart_recording, make_activity):
    records = smart_recording.copy()
    seconds = tables.seconds(records["time"])
    records["heart_rate_bpm"] = np.where(seconds < 1800, 140.0, 160.0)
    records = records[(seconds < 1800) | (np.arange(len(records)) % 2 == 0)].reset_index(drop=True)
    row = summarise(make_activity(records)).row
    assert row["average_heart_rate_bpm"] == pytest.approx(150, abs=0.1)
    assert row["timer_time_s"] == 3600


def test_histograms_add_up_to_measured_timer_time(steady_hour):
    records = steady_hour.copy()
    records.loc[100:199, "heart_rate_bpm"] = np.nan
    records.loc[300:399, "timer_running"] = False
    found = histograms(records)
    tables.check(found.assign(activity_id="a"), HISTOGRAMS, *HISTOGRAMS.names)
    spent = found.groupby("channel")["seconds"].sum()
    assert spent.to_dict() == {"heart_rate_bpm": 3400.0, "speed_mps": 3500.0, "graded_speed_mps": 3500.0}
    heart = found[found["channel"] == "heart_rate_bpm"]
    assert heart["value"].tolist() == [149.0, 150.0, 151.0]
    mean = (heart["value"] * heart["seconds"]).sum() / heart["seconds"].sum()
    assert mean == pytest.approx(150, abs=0.02)
    speeds = found[found["channel"] == "speed_mps"]
    assert speeds["value"].tolist() == [3.35]


@pytest.mark.parametrize(
    ("units", "unit_m", "trigger"), [("metric", 1000.0, "per_km"), ("imperial", 1609.344, "per_mi")]
)
def test_laps_per_unit_add_up_to_the_whole(steady_hour, make_activity, units, unit_m, trigger):
    records = steady_hour.iloc[:3500]
    summary = summarise(make_activity(records), athlete=Athlete("kim", units=units))
    laps, row = summary.laps, summary.row
    assert laps["trigger"].tolist() == [trigger] * (len(laps) - 1) + ["session_end"]
    np.testing.assert_allclose(laps["distance_m"].iloc[:-1], unit_m)
    np.testing.assert_allclose(laps["elapsed_time_s"].iloc[:-1], unit_m / (10 / 3))
    for column in ("distance_m", "elapsed_time_s", "timer_time_s", "ascent_m", "descent_m"):
        assert laps[column].sum() == pytest.approx(row[column])
    assert laps["lap"].tolist() == list(range(1, len(laps) + 1))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(0, 6), min_size=30, max_size=300), st.integers(5, 200))
def test_law_splits_sum_to_the_total(speeds, start):
    way = np.cumsum(np.array(speeds) * 10)
    stamps = pd.Timestamp("2026-05-01", tz="UTC") + pd.to_timedelta(np.arange(len(way)) * 10, unit="s")
    records = tables.conform(
        pd.DataFrame({"time": stamps, "distance_m": way + start, "timer_running": True}), tables.RECORDS
    )
    laps = distance_laps(records)
    assert laps["distance_m"].sum() == pytest.approx(way[-1] - way[0], abs=1e-6)
    assert laps["elapsed_time_s"].sum() == pytest.approx(10 * (len(way) - 1))
    assert laps["timer_time_s"].sum() == pytest.approx(10 * (len(way) - 1))


def test_the_files_own_laps_are_completed_not_changed(steady_hour, make_activity):
    begin = steady_hour["time"].iloc[[0, 1200]].reset_index(drop=True)
    laps = pd.DataFrame(
        {
            "lap": [1, 2],
            "start_time": begin,
            "elapsed_time_s": [1200.0, 2400.0],
            "timer_time_s": np.nan,
            "distance_m": [4012.0, np.nan],
            "trigger": ["manual", "session_end"],
            "maker_field": [7, 8],
        }
    )
    out = summarise(Activity(steady_hour, laps, make_activity(steady_hour).about)).laps
    assert out["distance_m"].tolist() == [4012.0, pytest.approx(8000)]
    assert out["trigger"].tolist() == ["manual", "session_end"]
    assert out["timer_time_s"].tolist() == [1200.0, 2400.0]
    assert out["average_heart_rate_bpm"].between(149.9, 150.1).all()
    assert out["maker_field"].tolist() == [7, 8]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(-50, 50) | st.just(math.nan), min_size=2, max_size=80), st.sampled_from([0.0, 3.0, 8.0]))
def test_law_running_ascent_ends_at_terrains_total(steps, threshold):
    height = 500 + np.nancumsum(np.array(steps))
    height[np.isnan(steps)] = np.nan
    up, down = climbed(height, threshold)
    total = elevation_gain(height, threshold_m=threshold)
    if np.isfinite(height).sum() > 1:
        assert (up[-1], down[-1]) == (pytest.approx(total[0]), pytest.approx(total[1]))
    assert (np.diff(up) >= 0).all()


def test_noise_of_gps_is_not_climbing(steady_hour, make_activity):
    noise = np.random.default_rng(4).normal(0, 3, 361)
    t = np.arange(3601)
    noisy = steady_hour.assign(altitude_m=steady_hour["altitude_m"] + np.interp(t, np.arange(0, 3601, 10), noise))
    sound = summarise(make_activity(steady_hour)).row
    found = summarise(make_activity(noisy))
    assert (sound["altitude_source"], found.row["altitude_source"]) == ("", "gps")
    assert elevation_gain(noisy["altitude_m"], threshold_m=3.0)[0] > 3 * sound["ascent_m"]
    assert found.row["ascent_m"] == pytest.approx(sound["ascent_m"], rel=0.5)
    assert found.laps["ascent_m"].sum() == pytest.approx(found.row["ascent_m"])
    sensors = [{"source": "local", "device_type": "4"}]
    told = summarise(make_activity(noisy, sensors=sensors)).row
    assert told["altitude_source"] == "barometer", "what the file says of its sensors comes first"
    assert told["ascent_m"] > 3 * sound["ascent_m"]
    assert summarise(make_activity(steady_hour, altitude_source="platform")).row["altitude_source"] == "platform"


def test_steadied_altitude_keeps_a_slope_and_what_is_missing(steady_hour):
    slope = steady_hour.assign(altitude_m=np.arange(3601) * 0.1)
    slope.loc[100:110, "altitude_m"] = np.nan
    out = steadied_altitude(slope)
    assert out.loc[100:110].isna().all()
    np.testing.assert_allclose(out.loc[200:3400], slope.loc[200:3400, "altitude_m"])
    assert steadied_altitude(slope.iloc[:1]).tolist() == [0.0]


def test_the_date_is_the_athletes_own(steady_hour, make_run, make_activity, treadmill):
    late = pd.Timestamp("2026-07-01 23:30", tz="UTC")
    indoors = treadmill.assign(time=treadmill["time"] + (late - treadmill["time"].iloc[0]))
    oslo, denver = Athlete("kim", home_zone="Europe/Oslo"), Athlete("bo", home_zone="America/Denver")
    row = summarise(make_activity(indoors), athlete=oslo).row
    assert (row["date"], row["utc_offset_s"], row["date_source"]) == (pd.Timestamp("2026-07-02"), 7200, "home")
    assert summarise(make_activity(indoors), athlete=denver).row["date"] == pd.Timestamp("2026-07-01")
    row = summarise(make_activity(indoors, utc_offset_s=-3600.0), athlete=oslo).row
    assert (row["date"], row["date_source"]) == (pd.Timestamp("2026-07-01"), "file")


def test_the_coordinates_tell_the_zone_where_the_extra_is_installed(monkeypatch, make_run, make_activity):
    asked = []

    def get_tz(longitude, latitude):
        asked.append((round(longitude), round(latitude)))
        return "Asia/Tokyo"

    module = types.ModuleType("tzfpy")
    module.get_tz = get_tz
    monkeypatch.setitem(sys.modules, "tzfpy", module)
    run = make_run(60, start=pd.Timestamp("2026-07-01 18:00", tz="UTC"))
    row = summarise(make_activity(run), athlete=Athlete("kim", home_zone="Europe/Oslo")).row
    assert (row["date"], row["date_source"], asked) == (pd.Timestamp("2026-07-02"), "position", [(11, 60)])
    module.get_tz = lambda longitude, latitude: "Middle/Ocean"
    row = summarise(make_activity(run), athlete=Athlete("kim", home_zone="Europe/Oslo")).row
    assert (row["utc_offset_s"], row["date_source"]) == (7200, "home")
    monkeypatch.setitem(sys.modules, "tzfpy", None)
    assert summarise(make_activity(run), athlete=Athlete("kim", home_zone="UTC")).row["date_source"] == "home"


def test_the_end_of_summer_time_does_not_disturb(dst_change, make_activity):
    indoors = dst_change.assign(latitude_deg=np.nan, longitude_deg=np.nan)
    row = summarise(make_activity(indoors), athlete=Athlete("kim", home_zone="Europe/Oslo")).row
    assert (row["elapsed_time_s"], row["utc_offset_s"], row["date"]) == (3600, 7200, pd.Timestamp("2026-10-25"))
    assert math.isnan(local_offset(pd.NaT)[0])


def triathlon(make_run):
    legs = [make_run(600, 1.0), make_run(1800, 9.0), make_run(1200, 3.0)]
    shift, parts = pd.Timedelta(0), []
    far = 0.0
    for number, leg in enumerate(legs, start=1):
        leg = leg.assign(time=leg["time"] + shift, distance_m=leg["distance_m"] + far, session=number)
        parts.append(leg)
        shift += leg["time"].iloc[-1] - leg["time"].iloc[0] + pd.Timedelta(seconds=1)
        far = float(leg["distance_m"].iloc[-1])
    records = pd.concat(parts, ignore_index=True)
    sessions = [
        {
            "sport": sport,
            "sub_sport": "",
            "start_time": leg["time"].iloc[0],
            "timer_time_s": float(len(leg) - 1),
            "distance_m": float(leg["distance_m"].iloc[-1] - leg["distance_m"].iloc[0]),
        }
        for sport, leg in zip(("swimming", "cycling", "running"), parts, strict=True)
    ]
    laps = pd.DataFrame(
        {
            "lap": [1, 2, 3, 4],
            "session": [1, 2, 3, 3],
            "start_time": records["time"].iloc[[0, 601, 2402, 3000]].reset_index(drop=True),
        }
    )
    return Activity(
        records,
        laps,
        {
            "format": "fit",
            "sport": "multisport",
            "sessions": sessions,
            "complete": True,
            "pauses": [(2500.0, 30.0)],
            "totals": {"distance_m": far},
        },
    )


def test_a_triathlon_gives_its_legs(make_run):
    parts = split_sessions(triathlon(make_run))
    assert [p.about["sport"] for p in parts] == ["swimming", "cycling", "running"]
    assert [p.about["part"] for p in parts] == [1, 2, 3]
    rows = [summarise(part, part=k).row for k, part in enumerate(parts, start=1)]
    assert [row["distance_m"] for row in rows] == [pytest.approx(600), pytest.approx(16_200), pytest.approx(3600)]
    assert [row["activity_id"] for row in rows] == ["run-1", "run-2", "run-3"]
    run = parts[2]
    assert run.records["distance_m"].iloc[0] == 0
    assert run.laps["lap"].tolist() == [1, 2]
    assert run.about["pauses"] == [(98.0, 30.0)]
    assert rows[2]["start_time"] == run.records["time"].iloc[0]
    assert len(summarise(run).efforts) > 0
    assert summarise(parts[1]).efforts.empty, "a ride has no running bests"
    assert math.isnan(rows[1]["graded_speed_mps"])


def test_one_session_stays_as_it_is(steady_hour, make_activity):
    activity = make_activity(steady_hour, sessions=[{"sport": "running"}])
    assert split_sessions(activity) == [activity]


def test_quality_and_problems_are_told(gps_jump, make_activity):
    summary = summarise(make_activity(gps_jump, problems=[("byte 12", "cut", "the samples before")]), path="a.fit")
    assert summary.row["quality_flags"] == "gps_jump impossible_step"
    assert summary.quality.to_dict("records") == [
        {"activity_id": "run", "flag": flag, "spans": 1, "seconds": 1.0} for flag in ("gps_jump", "impossible_step")
    ]
    assert summary.problems[0] == {
        "path": "a.fit",
        "activity_id": "run",
        "where": "byte 12",
        "reason": "cut",
        "kept": "the samples before",
        "action": "",
    }
    limit = Athlete("kim", settings=[{"max_heart_rate_bpm": 150.0}])
    assert "hr_above_max" in summarise(make_activity(gps_jump), athlete=limit).row["quality_flags"]


def test_the_input_is_not_edited(steady_hour, make_activity):
    before = steady_hour.copy()
    summarise(make_activity(steady_hour))
    pd.testing.assert_frame_equal(steady_hour, before)


def test_a_table_without_time_is_refused():
    with pytest.raises(TableError, match="time"):
        moving_time(pd.DataFrame({"speed_mps": [1.0]}))


def test_an_hour_is_summed_up_in_a_few_hundredths_of_a_second(steady_hour, make_activity):
    activity = make_activity(steady_hour)
    summarise(activity)

    def seconds():
        begin = time.process_time()
        summarise(activity)
        return time.process_time() - begin

    assert min(seconds() for _ in range(7)) < 0.05


def _run(metres, seconds=1201):
    time = pd.date_range("2026-05-01 08:00", periods=seconds, freq="s", tz="UTC")
    return pd.DataFrame({"time": time, "distance_m": np.linspace(0.0, metres, seconds)})


@pytest.mark.parametrize(
    ("stated", "sub_sport", "took", "flag"),
    [
        (2000.0, "", 600.0, "distance_scaled"),  # the samples say 4,000 m in 20 min: a kilometre in 300 s
        (3970.0, "", 300 / 0.9925, "distance_scaled"),
        (3984.0, "", 300 / 0.996, ""),  # too little to be flagged, yet no effort is longer than its run
        (5000.0, "treadmill", 240.0, "distance_scaled"),
        (5000.0, "", 300.0, ""),  # the end may be lost: nothing is stretched
    ],
)
def test_best_efforts_agree_with_the_distance_of_their_row(make_activity, stated, sub_sport, took, flag):
    activity = make_activity(_run(4000.0), sport="running", sub_sport=sub_sport, totals={"distance_m": stated})
    found = summarise(activity)
    kilometre = found.efforts.query("kind == 'distance' and distance_m == 1000")["time_s"].item()
    assert kilometre == pytest.approx(took)
    assert ("distance_scaled" in found.row["quality_flags"]) == bool(flag)


@pytest.mark.parametrize(("speed", "marked"), [(7.99, False), (8.01, True)])
def test_an_average_beyond_a_runner_is_flagged_and_gives_no_bests(make_activity, speed, marked):
    found = summarise(make_activity(_run(speed * 1200), sport="running"))
    assert ("implausible_speed" in found.row["quality_flags"]) == marked
    assert (len(found.efforts) == 0) == marked


@pytest.mark.parametrize(("days", "marked"), [(6.99, False), (7.01, True)])
def test_more_than_seven_days_is_a_clock(make_activity, days, marked):
    totals = {"elapsed_time_s": days * 86400, "timer_time_s": days * 86400}
    row = summarise(make_activity(_run(4000.0), sport="running", totals=totals)).row
    assert ("implausible_duration" in row["quality_flags"]) == marked
    assert math.isnan(row["timer_time_s"]) == marked


def test_a_teleport_adds_no_distance_and_is_counted():
    latitude = np.array([0.0, 0.00003, 10.0, 0.00006, 0.00009])
    problems = []
    flat, steady = np.zeros(5), np.zeros(5, dtype=bool)
    way, _ = derived.distance(None, latitude, flat, np.zeros(5, int), steady, problems, np.arange(5.0))
    assert way[-1] == pytest.approx(4 * 3.3358 - 3.3358, abs=0.001), "passed by: from the second to the fourth at once"
    assert problems[0][1].startswith("2 steps")


def test_rows_of_a_table_are_held_to_the_same_limits():
    given = pd.DataFrame(
        {
            "activity_id": list("abcd"),
            "sport": ["running", "running", "cycling", "running"],
            "distance_m": [9588.0, 9612.0, 12000.0, 9000.0],
            "timer_time_s": [1200.0, 1200.0, 1200.0, 604801.0],
        }
    )
    out = guarded_rows(tables.conform(given, tables.ACTIVITIES))
    assert out["quality_flags"].fillna("").tolist() == ["", "implausible_speed", "", "implausible_duration"]
    assert out["timer_time_s"].isna().tolist() == [False, False, False, True]
