"""Distance and speed that cannot be: never in a total, a climb, a best effort or a forecast; and always said."""

from __future__ import annotations

import inspect
import math

import ledger
import numpy as np
import pandas as pd
import pytest

from runlab import load, progression, race, tables, taper, zones
from runlab.clean import clean_share_of, reachable
from runlab.efforts import best_efforts
from runlab.errors import RunlabError
from runlab.evidence import Estimate
from runlab.log import Log
from runlab.readers import Activity, derived, read_activity
from runlab.summary import believed, climbable_altitude, guarded_rows, moving_time, split_sessions, summarise
from runlab.taper.returning import detraining

METRES = 111_195.08  # of a degree of latitude


def samples(way, *, every=1.0, start="2026-05-01 08:00", **columns):
    """A track due north: positions and distance agree; ``columns`` replace what a device wrote by itself."""
    way = np.asarray(way, dtype=float)
    time = pd.Timestamp(start, tz="UTC") + pd.to_timedelta(np.round(np.arange(len(way)) * every * 1e6), unit="us")
    given = {
        "time": time,
        "latitude_deg": 60 + way / METRES,
        "longitude_deg": 10.0,
        "distance_m": way,
        "timer_running": True,
    }
    return tables.conform(pd.DataFrame(given | columns), tables.RECORDS)


def activity(records, sport="running", *, laps=None, **about):
    told = {"format": "fit", "sport": sport, "sub_sport": "", "complete": True, "utc_offset_s": math.nan}
    return Activity(records, tables.empty(tables.LAPS) if laps is None else laps, told | about)


def steady(seconds, speed=3.0):
    return np.arange(seconds + 1) * speed


def positions(metres):
    """Distance along positions as a reader derives it: every step counts, out and back."""
    return np.concatenate(([0.0], np.cumsum(np.abs(np.diff(metres)))))


def best(found, metres):
    rows = found.efforts.query("kind == 'distance' and ok")
    return rows.loc[rows["distance_m"] == metres, "time_s"].item()


# --- 1: steps nobody made ---------------------------------------------------------------------------------------------


def test_a_glitch_of_several_points_counts_as_the_straight_line_beneath_it():
    north = steady(1200)
    north[600:604] += 40.0  # out for four seconds: 43 m in a second, and back
    speed = derived.speed(None, positions(north), np.arange(1201.0), [0, 1201])[0]
    found = summarise(activity(samples(positions(north), latitude_deg=60 + north / METRES, speed_mps=speed)))
    assert positions(north)[-1] == 3600 + 80 - 6
    assert found.row["distance_m"] == pytest.approx(3600.0, abs=0.1)
    assert found.row["quality_flags"].split() == ["gps_jump", "impossible_step"]
    assert found.quality.set_index("flag").loc["impossible_step", ["spans", "seconds"]].tolist() == [1, 5.0]
    assert found.row["clean_share"] == pytest.approx(1 - 6 / 1200)
    assert best(found, 1000.0) == pytest.approx(1000 / 3, abs=0.05)
    assert found.laps["distance_m"].sum() == pytest.approx(3600.0, abs=0.1)
    assert found.histograms.query("channel == 'speed_mps'")["value"].max() <= 3.05


@pytest.mark.parametrize(
    ("sport", "speed", "left_out"),
    [("running", 11.9, False), ("running", 12.1, True), ("walking", 12.1, True), ("cycling", 29.9, False),
     ("cycling", 30.1, True), ("rowing", 49.9, False), ("rowing", 50.1, True)],
)  # fmt: skip
def test_how_fast_a_step_may_be_depends_on_the_sport(sport, speed, left_out):
    way = steady(600, 5.0)
    way[300:] += speed - 5.0
    run = reachable(samples(way, speed_mps=5.0), sport=sport)
    assert ("left_out" in run.columns) == left_out
    assert run["distance_m"].iloc[-1] == pytest.approx(3000 if left_out else 3000 + speed - 5), "at the usual speed"


def test_a_device_s_own_counter_that_leaps_ahead_adds_what_its_positions_say():
    way = steady(600)
    way[300:] += 5000.0
    found = summarise(activity(samples(way, latitude_deg=60 + steady(600) / METRES), totals={"distance_m": 6800.0}))
    assert found.row["distance_m"] == pytest.approx(1800.0, abs=0.01)
    assert found.efforts.query("ok")["distance_m"].max() <= 1800.01
    assert any("count what was left out" in p["reason"] for p in found.problems)
    spike = steady(600)
    spike[300] += 5000.0  # a single wrong value of a counter without positions
    alone = reachable(samples(spike, latitude_deg=np.nan, longitude_deg=np.nan))
    assert alone["distance_m"].iloc[[299, 300, 301, -1]].tolist() == [897.0, 900.0, 903.0, 1800.0]
    assert alone["distance_m_original"].iloc[300] == 5900.0


def drive(lights=60):
    """Twenty minutes of running, a drive with a stop at traffic lights, twenty minutes of running."""
    run, rolls = np.full(1200, 3.0), np.array([7.0, 9.0, 11.0])
    town = np.concatenate((rolls, np.full(240, 17.0), rolls[::-1], np.zeros(lights)))
    return np.concatenate(([0.0], np.cumsum(np.concatenate((run, town, town, run)))))


@pytest.mark.parametrize("every", [1, 5])
def test_a_drive_between_two_runs_is_left_out_as_a_stretch(every):
    way = drive()[::every]
    records = samples(way, every=every, altitude_m=100 + np.clip(way - 3600, 0, 4000) / 40)
    found = summarise(activity(records, totals={"distance_m": float(way[-1])}))
    assert way[-1] > 15_000
    assert found.row["distance_m"] == pytest.approx(7200.0, abs=60.0)
    assert found.row["ascent_m"] < 5.0, "the car climbed, not the runner"
    assert found.row["average_speed_mps"] == pytest.approx(3.0, abs=0.05), "nor did the runner move meanwhile"
    assert found.row["clean_share"] < 0.85
    assert found.quality.query("flag == 'impossible_step'")["spans"].tolist() == [1], "the lights belong to the drive"
    assert best(found, 1000.0) == pytest.approx(1000 / 3, abs=1.0)
    assert found.efforts.query("ok")["distance_m"].max() < 7200.0


def test_a_city_drive_never_above_12_metres_a_second_is_no_minute_of_a_runner():
    legs = np.concatenate((np.full(900, 3.0), np.full(300, 9.0), np.full(900, 3.0)))
    row = summarise(activity(samples(np.concatenate(([0.0], np.cumsum(legs)))))).row
    assert row["distance_m"] == pytest.approx(5400.0, abs=1.0)
    short = np.concatenate((np.full(900, 3.0), np.full(50, 9.0), np.full(900, 3.0)))  # 450 m: the 400 m world record
    row = summarise(activity(samples(np.concatenate(([0.0], np.cumsum(short)))))).row
    assert row["distance_m"] == pytest.approx(5850.0)


def test_a_ride_filed_as_a_run_is_flagged_and_not_cut_to_pieces():
    way = steady(1200, 11.0)
    way[600:] += 10.0
    run = activity(samples(way))
    assert believed(run) is run
    found = summarise(run)
    assert "implausible_speed" in found.row["quality_flags"] and found.efforts.empty


def test_a_position_that_stood_still_and_caught_up_is_no_leap():
    for way in (np.r_[steady(300), np.full(40, 900.0), 1000.0 + steady(300)],
                np.r_[steady(300), np.full(40, 1000.0), 1000.0 + steady(300)]):  # fmt: skip
        records = samples(way)
        assert reachable(records) is records
    far = samples(np.r_[steady(300), np.full(40, 900.0), 1200.0 + steady(300)])
    assert reachable(far)["distance_m"].iloc[-1] == pytest.approx(1803.0), "nobody runs 300 m in 40 s at that pace"


@pytest.mark.parametrize("leap, kept", [(31.0, True), (34.0, False)])
def test_small_leaps_of_a_long_run_stay(leap, kept):
    even = steady(3600)  # 10.8 km: 0.3 % are 32.4 m
    even[1800:] += leap
    far = reachable(samples(even))["distance_m"].iloc[-1]
    assert far == pytest.approx(10800.0 + (leap if kept else 0.0), abs=0.2)
    short = steady(1600)  # 4.8 km
    short[800:] += 13.0
    assert reachable(samples(short))["distance_m"].iloc[-1] == pytest.approx(4800.0, abs=0.2)


def test_a_receiver_that_lags_and_snaps_back_loses_no_distance():
    # a real half marathon: 2.3 m/s for a while, then 14 m in one second; its 21,118 m were the course's 21,097
    legs = np.r_[np.tile(np.r_[np.full(29, 2.3), 14.3], 40), np.full(60, 2.3)]
    records = samples(np.concatenate(([0.0], np.cumsum(legs))))
    assert reachable(records) is records
    even = steady(1200)
    even[600:] += 10.0
    assert reachable(samples(even))["distance_m"].iloc[-1] == pytest.approx(3600.0), "13 m where nothing lagged"


def test_the_lengths_of_a_pool_are_no_steps():
    way = np.repeat(np.arange(0, 1000, 25.0), 30)
    pool = samples(way, latitude_deg=np.nan, longitude_deg=np.nan)
    assert reachable(pool, sport="swimming") is pool


def test_an_untyped_track_is_judged_by_its_own_speed():
    ride = steady(900, 9.0)
    ride[450:] += 10.0
    assert reachable(samples(ride), sport="") is not None and "left_out" not in reachable(samples(ride), sport="")
    run = steady(900)
    run[450:] += 10.0
    assert reachable(samples(run), sport="")["distance_m"].iloc[-1] == pytest.approx(2700.0)


GPX = '<gpx creator="phone"><trk><type>running</type><trkseg>{}</trkseg></trk></gpx>'
POINT = '<trkpt lat="{:.7f}" lon="{:.4f}"><time>{:%Y-%m-%dT%H:%M:%SZ}</time></trkpt>'


def gpx(places, every=1):
    start = pd.Timestamp("2026-05-01 08:00")
    points = [POINT.format(a, o, start + pd.Timedelta(seconds=every * k)) for k, (a, o) in enumerate(places)]
    return read_activity(GPX.format("".join(points)).encode())


def test_positions_that_are_not_on_earth_are_missing_everywhere():
    north = 60 + steady(600) / METRES
    places = [(lat, 10.0) for lat in north]
    places[0] = (0.0, 0.0)
    places[100], places[200], places[300] = (95.0, 10.0), (60.0, 181.0), (0.0, 0.0)
    read = gpx(places)
    assert read.records["distance_m"].max() == pytest.approx(1797.0, abs=0.1)
    assert read.records["latitude_deg"].isna().to_numpy().nonzero()[0].tolist() == [0, 100, 200, 300]
    assert summarise(read).row["quality_flags"] == "impossible_position"
    latitude, longitude = (np.array(column) for column in zip(*places, strict=True))
    plain = samples(steady(600), latitude_deg=latitude, longitude_deg=longitude)  # of a reader that lets them through
    run = split_sessions(activity(plain))[0]
    assert run.records["latitude_deg"].isna().to_numpy().nonzero()[0].tolist() == [0, 100, 200, 300]
    assert run.records["latitude_deg_original"].iloc[100] == 95.0
    row = summarise(run).row
    assert row["quality_flags"] == "impossible_step" and row["clean_share"] == pytest.approx(1 - 4 / 600)


def test_a_place_on_the_equator_at_greenwich_is_a_place():
    assert derived.on_earth(np.array([0.0, 0.00003]), np.array([0.0, 0.0])).all()
    assert derived.on_earth(np.array([0.0, 90.0, 0.0]), np.array([0.0, 0.0, 180.0])).tolist() == [False, True, True]


def test_glitches_all_over_a_track_cost_it_no_distance():
    # every twentieth point somewhere else in the country: 7.8 km had become 1,787 km
    places = [(60 + 3.0 * k / METRES + (3.0 if k % 20 == 7 else 0.0), 10.0) for k in range(2601)]
    row = summarise(split_sessions(gpx(places))[0]).row
    assert row["distance_m"] == pytest.approx(7800.0, rel=0.002)
    assert row["clean_share"] < 0.96
    assert {"gps_jump"} <= set(row["quality_flags"].split())


def test_a_track_without_anything_impossible_is_handed_back_as_it_is():
    records = samples(steady(900))
    assert reachable(records) is records
    run = activity(records)
    assert believed(run) is run and split_sessions(run) == [run]


def test_the_log_hands_out_the_same_samples_as_its_rows(tmp_path):
    from runlab import open_log

    north = steady(600)
    north[300:304] += 40.0
    points = [POINT.format(60 + m / METRES, 10.0, pd.Timestamp("2026-05-01 08:00") + pd.Timedelta(seconds=k))
              for k, m in enumerate(north)]  # fmt: skip
    (tmp_path / "a.gpx").write_text(GPX.format("".join(points)))
    log = open_log(tmp_path, progress=False)
    records = log.records(log.activities["activity_id"].iloc[0])
    assert records["distance_m"].iloc[-1] == pytest.approx(log.activities["distance_m"].iloc[0])
    assert records["distance_m"].iloc[-1] == pytest.approx(1800.0, abs=0.2)
    assert records["left_out"].sum() == 5 and records["distance_m_original"].iloc[-1] > 1870


def test_a_stretch_left_out_is_no_moving_time():
    records = samples(steady(100), speed_mps=3.0)
    assert moving_time(records) == 100.0
    assert moving_time(records.assign(left_out=np.arange(101) < 20)) == 80.0
    assert moving_time(records.assign(left_out=np.arange(101) < 9)) == 100.0, "a stop under 10 s is none"


# --- 2: climbing and averages -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("jump", "counted"), [(12.9, True), (13.1, False)])
def test_an_altitude_that_jumps_is_not_climbed(jump, counted):
    height = np.where(np.arange(1201) < 600, 100.0, 100.0 + jump)
    found = summarise(activity(samples(steady(1200), altitude_m=height)))
    assert found.row["ascent_m"] == pytest.approx(jump if counted else 0.0)
    assert ("altitude_jump" in found.row["quality_flags"]) == (not counted)
    spike = np.where(np.arange(1201) == 600, 400.0, 100.0)
    row = summarise(activity(samples(steady(1200), altitude_m=spike))).row
    assert (row["ascent_m"], row["descent_m"]) == (0.0, 0.0)


@pytest.mark.parametrize(("rate", "counted"), [(2.9, True), (3.1, False)])
def test_a_lift_is_not_climbed(rate, counted):
    height = 100 + np.clip(np.arange(1201) - 600, 0, 100) * rate
    row = summarise(activity(samples(steady(1200), altitude_m=height))).row
    assert row["ascent_m"] == pytest.approx(100 * rate, rel=0.02) if counted else row["ascent_m"] < 15.0
    bike = summarise(activity(samples(steady(1200), altitude_m=height), "cycling")).row
    assert bike["ascent_m"] == pytest.approx(100 * rate, rel=0.02)


def test_altitude_is_levelled_and_not_edited():
    records = samples(steady(4), altitude_m=[100.0, 101.0, np.nan, 400.0, 401.0])
    height, jumps = climbable_altitude(records)
    assert height.tolist()[:2] + height.tolist()[3:] == [100.0, 101.0, 101.0, 102.0] and np.isnan(height[2])
    assert jumps.tolist() == [False, True, False, False, False]
    assert records["altitude_m"].iloc[-1] == 401.0


def test_a_spike_of_the_device_s_speed_is_no_speed():
    speed = np.full(601, 3.0)
    speed[300] = 14.0
    found = summarise(activity(samples(steady(600), speed_mps=speed)))
    assert "speed_spike" in found.row["quality_flags"]
    assert found.histograms.query("channel == 'speed_mps'")["value"].tolist() == [3.0]


@pytest.mark.parametrize(("speed", "flagged"), [(8.0, False), (18.9, True)])
def test_a_header_s_average_beyond_a_runner_s_is_flagged_with_and_without_samples(speed, flagged):
    empty = tables.empty(tables.RECORDS)
    start = pd.Timestamp("2026-05-01 08:00", tz="UTC")
    totals = {"average_speed_mps": speed, "timer_time_s": 1800.0}
    row = summarise(activity(empty, start_time=start, totals=totals)).row
    assert row["quality_flags"] == ("implausible_speed" if flagged else "")
    rows = tables.conform(
        pd.DataFrame([{"activity_id": "a", "sport": "running", "average_speed_mps": speed, "timer_time_s": 1800.0}]),
        tables.ACTIVITIES,
    )
    assert (guarded_rows(rows)["quality_flags"].tolist() == ["implausible_speed"]) == flagged


@pytest.mark.parametrize(("metres", "flag"), [(999.0, ""), (2000.0, "implausible_lap")])
def test_a_lap_beyond_a_runner_s_speed_is_flagged(metres, flag):
    laps = tables.conform(
        pd.DataFrame({"lap": [1], "start_time": samples([0])["time"], "distance_m": [metres], "timer_time_s": [100.0]}),
        tables.LAPS,
    )
    found = summarise(activity(samples(steady(1200)), laps=laps))
    assert found.row["quality_flags"] == flag
    assert len(found.efforts), "the samples are a runner's all the same"


# --- 3: a stated total ------------------------------------------------------------------------------------------------


def belt(stated, sampled=18_500.0, **about):
    """A treadmill run of an hour and a half with a foot pod that counted something else; three laps of the watch."""
    records = samples(np.linspace(0, sampled, 5401), latitude_deg=np.nan, longitude_deg=np.nan)
    laps = tables.conform(
        pd.DataFrame(
            {
                "lap": [1, 2, 3],
                "start_time": records["time"].iloc[[0, 1800, 3600]].tolist(),
                "elapsed_time_s": 1800.0,
                "timer_time_s": 1800.0,
                "distance_m": sampled / 3,
            }
        ),
        tables.LAPS,
    )
    return activity(records, laps=laps, totals={"distance_m": stated}, **({"sub_sport": "treadmill"} | about))


@pytest.mark.parametrize("stated", [12_000.0, 21_000.0])
def test_a_calibrated_belt_scales_samples_laps_and_efforts(stated):
    run = split_sessions(belt(stated))[0]
    found = summarise(run)
    assert found.row["distance_m"] == stated and "distance_scaled" in found.row["quality_flags"]
    assert run.records["distance_m"].iloc[-1] == pytest.approx(stated)
    assert run.records["distance_m_original"].iloc[-1] == 18_500.0
    assert found.laps["distance_m"].tolist() == pytest.approx([stated / 3] * 3)
    assert best(found, 10_000.0) == pytest.approx(10_000 / (stated / 5400), abs=0.1)
    assert found.efforts["distance_m"].max() <= stated + 1e-6


def test_laps_that_agree_with_the_total_already_are_left():
    run = belt(12_000.0)
    laps = run.laps.assign(distance_m=4000.0)
    assert summarise(Activity(run.records, laps, run.about)).laps["distance_m"].tolist() == [4000.0] * 3


def test_a_half_marathon_of_positions_in_a_run_of_21_km_is_none():
    found = summarise(activity(samples(np.linspace(0, 21_340.0, 7201)), totals={"distance_m": 21_050.0}))
    assert found.efforts["distance_m"].max() < 21_050.1
    assert not (found.efforts["distance_m"] == 21_097.5).any()
    header = summarise(activity(samples(np.linspace(0, 21_340.0, 7201)), totals={"distance_m": 21_104.0}))
    assert best(header, 21_097.5) == pytest.approx(7200 * 21_097.5 / 21_104, abs=0.5)


def test_a_total_that_describes_more_than_the_samples_stays():
    found = summarise(activity(samples(steady(1200)), totals={"distance_m": 5000.0}))
    assert found.row["distance_m"] == 5000.0 and found.row["quality_flags"] == ""


# --- 4: one jump does not throw away a race ---------------------------------------------------------------------------


def test_a_jump_is_judged_by_its_share_and_widens_the_doubt():
    way = steady(4000)
    way[2000:] += 6.0  # 9 m in a second
    found = best_efforts(samples(way), durations_s=[]).query("distance_m >= 1000")
    whole = found[found["distance_m"] == 10_000.0]
    assert whole["ok"].tolist() == [True]
    assert whole["doubt"].item() == pytest.approx(6 / 10_000)
    assert found.loc[found["distance_m"] == 1000.0, "ok"].tolist() == [False, True], "of a kilometre it is too much"
    clean = found[found["ok"] & (found["distance_m"] == 1000.0)]
    assert clean["doubt"].item() == 0.0
    assert best_efforts(samples(steady(4000)))["doubt"].eq(0.0).all()


def test_a_gap_is_doubt_about_time():
    records = samples(steady(4000)).drop(index=range(1001, 1041))
    row = best_efforts(records, distances_m=[10_000], durations_s=[]).iloc[0]
    assert row["ok"] and row["doubt"] == pytest.approx(41 / (10_000 / 3), rel=1e-6)


# --- 5: treadmills ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("about", "position", "marked"),
    [
        ({"sub_sport": "treadmill"}, True, True),
        ({"sub_sport": "virtual_run"}, True, True),
        ({"title": "跑步机 10 km"}, False, True),
        ({"title": "Laufband am Abend"}, False, True),
        ({"title": "Treadmill next to the river"}, True, False),
        ({"title": "Evening run"}, False, False),
    ],
)
def test_efforts_of_a_treadmill_are_marked(about, position, marked):
    place = {} if position else {"latitude_deg": np.nan, "longitude_deg": np.nan}
    found = summarise(activity(samples(steady(1200), **place), **about))
    assert found.efforts["treadmill"].eq(marked).all() and len(found.efforts)
    assert (found.row["sub_sport"] in ("treadmill", "virtual_run")) == marked


def indoors_log(sub_sport="treadmill", **row):
    """Ten hard runs whose bests would make a fine forecast, were they not on a belt."""
    days = pd.date_range("2026-03-01", periods=10, freq="7D")
    own, efforts = [], []
    for k, day in enumerate(days):
        own.append({
            "activity_id": f"a{k}", "athlete": "kim", "sport": "running", "sub_sport": sub_sport, "date": day,
            "start_time": day.tz_localize("UTC"), "distance_m": 10_000.0, "moving_time_s": 2400.0,
            "timer_time_s": 2400.0, "elapsed_time_s": 2400.0, "average_heart_rate_bpm": 178.0,
            "max_heart_rate_bpm": 185.0, "clean_share": 0.9, "samples": 0, "workout_type": "race",
        } | row)  # fmt: skip
        for metres, seconds in ((800.0, 150.0), (1500.0, 300.0), (3000.0, 640.0), (5000.0, 1110.0)):
            took = seconds + (k + metres // 500) % 3
            efforts.append({
                "activity_id": f"a{k}", "kind": "distance", "distance_m": metres, "time_s": took, "start_s": 0.0,
                "end_s": took, "average_heart_rate_bpm": 178.0, "doubt": 0.0, "ok": True, "reason": "",
                "treadmill": sub_sport == "treadmill",
            })  # fmt: skip
    return Log(tables.conform(pd.DataFrame(own), tables.ACTIVITIES), efforts=pd.DataFrame(efforts))


def test_treadmills_alone_forecast_nothing_and_the_answer_says_so():
    inside, outside = indoors_log(), indoors_log("")
    assert len(progression.pace_curve(inside)) == 0 < len(progression.pace_curve(outside))
    found = progression.critical_speed(inside.efforts, max_heart_rate_bpm=185.0).loc["critical_speed"]
    assert math.isnan(found["value"]) and "efforts on a treadmill do not count" in found["basis"]
    assert progression.critical_speed(outside.efforts, max_heart_rate_bpm=185.0).loc["critical_speed", "value"] > 4
    speed = zones.threshold(inside).speed
    assert not speed.is_known and "treadmills do not count" in speed.basis
    assert zones.threshold(outside).efforts["activity_id"].notna().all() and len(zones.threshold(outside).efforts)
    answer = progression.predict_race(inside, 10_000.0, on="2026-06-01")
    assert not answer.is_known and "treadmills aside" in answer.basis
    assert progression.predict_race(outside, 10_000.0, on="2026-06-01").is_known


def test_a_marked_race_on_a_belt_is_no_forecast_by_itself():
    alone = indoors_log(workout_type="race")
    assert progression.race_results(alone)["kind"].eq("treadmill").all()
    assert not progression.predict_race(alone, 10_000.0, on="2026-06-01").is_known
    beside = pd.DataFrame({"athlete": ["kim"], "date": pd.to_datetime(["2026-05-20"]), "distance_m": [5000.0],
                           "official_time_s": [1300.0]})  # fmt: skip
    both = Log(alone.activities, efforts=alone.efforts, races=tables.conform(beside, tables.RACES))
    assert progression.predict_race(both, 10_000.0, on="2026-06-01").is_known


# --- 6: how clean what an answer rests on is --------------------------------------------------------------------------


def test_the_share_of_several_activities_is_weighed_by_time():
    share, seconds = [1.0, 0.4, np.nan], [300.0, 100.0, 9000.0]
    rows = pd.DataFrame({"activity_id": list("abc"), "clean_share": share, "timer_time_s": seconds})
    assert clean_share_of(rows) == pytest.approx(0.85)
    assert clean_share_of(rows, ["b", "c"]) == pytest.approx(0.4)
    assert math.isnan(clean_share_of(rows, ["c"])) and math.isnan(clean_share_of(rows.iloc[:0]))


GIVEN = {"distance_m": 10_000.0, "target": 60.0, "days": 21}
# These rest on nothing that was sampled: official results, norms, what is planned.
NOT_SAMPLED = {"age_grade", "tanda_marathon", "speed_endurance_model"}


def answers():
    """Every Estimate that the public functions give from a log or a table of the sample squad."""
    log = ledger.log_of("road-marathoner")
    day = log.daily["date"].max() + pd.Timedelta(days=60)
    first = {"log": log, "daily": log.daily, "efforts": log.efforts, "activities": log.activities}
    first["records"] = log.records(log.activities.query("sport == 'running' and samples > 0")["activity_id"].iloc[-1])
    for room in (zones, load, progression, taper, race):
        for name in room.__all__:
            function = getattr(room, name)
            if not inspect.isfunction(function) or name in NOT_SAMPLED:
                continue
            wanted = list(inspect.signature(function).parameters.values())
            if not wanted or wanted[0].name not in first:
                continue
            rest = {
                p.name: (day if p.name in ("on", "through") else GIVEN.get(p.name))
                for p in wanted[1:]
                if p.default is p.empty
            }
            if any(value is None for value in rest.values()):
                continue
            try:
                yield from told(name, function(first[wanted[0].name], **rest))
            except RunlabError:
                continue


def told(name, answer):
    if isinstance(answer, Estimate):
        yield name, answer.value, answer.clean_share
    elif isinstance(answer, pd.DataFrame) and {"value", "clean_share", "basis"} <= set(answer.columns):
        yield from ((name, *pair) for pair in zip(answer["value"], answer["clean_share"], strict=True))
    elif not isinstance(answer, pd.DataFrame):
        for field in getattr(answer, "_fields", None) or getattr(answer, "__dataclass_fields__", ()):
            yield from told(f"{name}.{field}", getattr(answer, field))


def test_every_answer_from_samples_says_how_clean_they_were():
    found = list(answers())
    known = {name for name, value, _ in found if math.isfinite(value)}
    assert {"threshold.speed", "threshold.heart_rate", "observed_max_heart_rate", "predict_race", "durability",
            "pace_at_heart_rate", "consistency", "required_load", "detraining"} <= known  # fmt: skip
    bare = sorted({name for name, value, share in found if math.isfinite(value) and not 0 < share <= 1})
    assert bare == []
    assert detraining(ledger.log_of("road-marathoner").daily, days=14).clean_share > 0.5


def test_a_dirtier_log_gives_a_smaller_share():
    clean, dirty = indoors_log(""), indoors_log("", clean_share=0.5)
    for log, share in ((clean, 0.9), (dirty, 0.5)):
        assert progression.predict_race(log, 10_000.0, on="2026-06-01").clean_share == pytest.approx(share)
        assert zones.threshold(log).speed.clean_share == pytest.approx(share)
