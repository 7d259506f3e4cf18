"""Where laps, times, altitude and histograms begin and end: exact values beside each edge."""

import math

import numpy as np
import pandas as pd
import pytest

from runlab import summary
from runlab.readers import Activity
from runlab.summary import believed
from runlab.summary.row import _implausible
from runlab.summary.times import _majority

START = pd.Timestamp("2026-05-01 08:00", tz="UTC")


def run(seconds=600, *, at=None, **columns):
    t = np.arange(seconds + 1.0) if at is None else np.asarray(at, float)
    return pd.DataFrame({"time": START + pd.to_timedelta(t, unit="s")} | columns)


# --- timer and moving time --------------------------------------------------------------------------------------------


def test_timer_steps_without_pauses_and_with():
    records = run(at=[0, 10, 20, 50, 60])
    assert summary.timer_steps(records).tolist() == [10, 10, 30, 10]
    assert summary.timer_steps(records, pauses=[(5.0, 10.0)]).tolist() == [5, 5, 30, 10]
    assert summary.timer_steps(records, pauses=[(10.0, 10.0)]).tolist() == [10, 0, 30, 10]
    assert summary.timer_steps(records, pauses=[(25.0, 10.0), (40.0, 5.0)]).tolist() == [10, 10, 20, 10]
    assert summary.timer_steps(records, pauses=[(-5.0, 7.0), (58.0, 99.0)]).tolist() == [8, 10, 30, 8]
    assert summary.timer_steps(records.assign(timer_running=[True, False, True, True, False])).tolist() == [
        10,
        0,
        30,
        10,
    ]
    assert summary.timer_steps(records.assign(segment=[1, 1, 2, 2, 3])).tolist() == [10, 0, 30, 0]
    assert summary.timer_steps(run(at=[0, 10, 5, 6])).tolist() == [10, 0, 1]
    assert len(summary.timer_steps(run(0))) == 0


@pytest.mark.parametrize(
    ("step", "metres", "counted"), [(20, 5.0, 20.0), (21, 9.9, 0.0), (21, 10.0, 21.0), (60, 0.0, 0.0)]
)
def test_a_format_without_timer_events_pauses_after_20_s_within_10_m(step, metres, counted):
    t = np.concatenate((np.arange(100.0), 99 + step + np.arange(100.0)))
    way = np.concatenate((np.arange(100.0) * 3, 297 + metres + np.arange(100.0) * 3))
    records = run(at=t, distance_m=way)
    assert summary.timer_steps(records, timed=False)[99] == counted
    assert summary.timer_steps(records)[99] == step


def test_a_rare_recording_pauses_after_three_of_its_steps():
    t = np.array([0.0, 15, 30, 45, 90, 105, 120])
    assert summary.timer_steps(run(at=t, distance_m=np.zeros(7)), timed=False)[3] == 45.0
    t[4:] += 1
    assert summary.timer_steps(run(at=t, distance_m=np.zeros(7)), timed=False)[3] == 0.0


@pytest.mark.parametrize(("stop", "moving"), [(9, 600.0), (10, 590.0)])
def test_a_stop_lasts_ten_seconds(stop, moving):
    speed = np.full(601, 3.0)
    speed[100 : 100 + stop] = 0.0
    assert summary.moving_time(run(speed_mps=speed)) == moving


@pytest.mark.parametrize(("speed", "moving"), [(0.5, 500.0), (0.51, 600.0)])
def test_half_a_metre_a_second_is_still(speed, moving):
    speeds = np.full(601, 3.0)
    speeds[100:200] = speed
    assert summary.moving_time(run(speed_mps=speeds)) == moving
    steps = np.where(np.arange(601) < 300, 160.0, 150.0)
    assert summary.moving_time(run(speed_mps=speeds, cadence_spm=steps)) == 600.0, "steps are movement"
    assert summary.moving_time(run(speed_mps=speeds, cadence_spm=np.zeros(601))) == moving, "a silent sensor is none"


def test_moving_time_without_any_channel_is_timer_time():
    assert summary.moving_time(run(60)) == 60.0
    assert summary.moving_time(run(60, timer_running=np.arange(61) != 10)) == 59.0
    assert summary.moving_time(run(0)) == 0.0


@pytest.mark.parametrize(
    ("gap", "metres", "moving"),
    [(30, 30.0, True), (30, 9.9, False), (30, 15.0, False), (30, 15.1, True), (18, 10.0, True)],
)
def test_a_gap_moves_by_its_distance_and_speed(gap, metres, moving):
    t = np.concatenate((np.arange(100.0), 99 + gap + np.arange(100.0)))
    way = np.concatenate((np.arange(100.0) * 3, 297 + metres + np.arange(100.0) * 3))
    records = run(at=t, distance_m=way, speed_mps=np.full(200, 3.0))
    assert summary.moving_time(records) == 198.0 + (gap if moving else 0.0)


def test_a_majority_of_five_samples():
    mask = np.array([1, 1, 0, 0, 1, 0, 0, 0, 1, 1], bool)
    assert _majority(mask, 5).astype(int).tolist() == [1, 0, 1, 0, 0, 0, 0, 0, 0, 1]
    assert _majority(mask, 4).tolist() == _majority(mask, 5).tolist(), "an even window is made odd"
    assert _majority(mask, 1) is mask


# --- laps -------------------------------------------------------------------------------------------------------------


def test_laps_of_a_kilometre_by_hand():
    records = run(1000, distance_m=np.arange(1001) * 3.0, heart_rate_bpm=np.where(np.arange(1001) < 500, 140.0, 160.0))
    laps = summary.distance_laps(records)
    assert laps["distance_m"].tolist() == pytest.approx([1000.0] * 3)
    assert laps["elapsed_time_s"].tolist() == pytest.approx([1000 / 3] * 3)
    assert laps["trigger"].tolist() == ["per_km"] * 3, "no lap of nothing at the end"
    assert laps["average_heart_rate_bpm"].tolist() == pytest.approx([140, 150, 160], abs=0.1)
    assert laps["max_heart_rate_bpm"].tolist() == [140, 160, 160]
    assert laps["average_speed_mps"].tolist() == pytest.approx([3.0] * 3)
    miles = summary.distance_laps(records, units="imperial")
    assert miles["distance_m"].tolist() == pytest.approx([1609.344, 3000 - 1609.344])
    assert miles["trigger"].tolist() == ["per_mi", "session_end"]
    begun = summary.distance_laps(records.assign(distance_m=lambda f: f["distance_m"] + 500))
    assert begun["distance_m"].tolist() == pytest.approx([1000.0] * 3), "from where the file begins"
    assert summary.distance_laps(run(600))["trigger"].tolist() == ["session_end"]
    assert summary.distance_laps(run(0)).empty
    assert len(summary.distance_laps(run(1, distance_m=[0.0, 3.0]))) == 1


def test_climbing_counts_beyond_the_threshold():
    heights = np.array([100.0, 103.0, 103.1, 100.1, 100.0, 103.0])
    up, down = summary.climbed(heights, 3.0)
    assert up.tolist() == pytest.approx([0, 0, 3.1, 3.1, 3.1, 3.1])
    assert down.tolist() == pytest.approx([0, 0, 0, 0, 3.1, 3.1])
    gaps = np.array([np.nan, 100.0, np.nan, 104.0, np.nan])
    assert summary.climbed(gaps, 3.0)[0].tolist() == [0, 0, 0, 4, 4]
    assert summary.climbed(np.full(3, np.nan), 3.0)[0].tolist() == [0, 0, 0]


def test_a_file_s_own_laps_keep_what_they_state():
    records = run(600, distance_m=np.arange(601) * 3.0, heart_rate_bpm=np.full(601, 150.0))
    starts = records["time"].iloc[[0, 200]].tolist()
    laps = pd.DataFrame({"lap": [1, 2], "start_time": starts, "distance_m": [999.0, np.nan]})
    done = summary.completed_laps(laps, records)
    assert done["distance_m"].tolist() == pytest.approx([999.0, 1200.0])
    assert done["elapsed_time_s"].tolist() == [200.0, 400.0]
    assert done["average_heart_rate_bpm"].tolist() == [150.0, 150.0]
    late = pd.DataFrame({"lap": [1], "start_time": [START + pd.Timedelta(seconds=601)], "elapsed_time_s": [10.0]})
    assert summary.completed_laps(late, records)["distance_m"].isna().all(), "a lap after the last sample"
    edge = late.assign(start_time=START + pd.Timedelta(seconds=600.5))
    assert summary.completed_laps(edge, records)["distance_m"].tolist() == [0.0]
    early = late.assign(start_time=START - pd.Timedelta(seconds=10))
    assert summary.completed_laps(early, records)["distance_m"].tolist() == [0.0]
    assert summary.completed_laps(early.assign(elapsed_time_s=9.0), records)["distance_m"].isna().all()
    none = late.assign(start_time=START, elapsed_time_s=0.0)
    assert summary.completed_laps(none, records)["distance_m"].isna().all(), "a lap of no time"


# --- altitude, dates, histograms --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("bend", "source"), [(1.0, ""), (1.05, "gps")])
def test_altitude_that_bends_by_more_than_a_metre_is_from_gps(bend, source):
    grid = np.arange(0, 601, 10)
    height = np.interp(np.arange(601), grid, np.where(np.arange(len(grid)) % 2, bend / 2, 0.0))
    assert summary.altitude_source(run(altitude_m=height), {}) == source
    assert summary.altitude_source(run(altitude_m=height), {"altitude_source": "platform"}) == "platform"
    worn = {"sensors": [{"source": "local", "device_type": "4"}]}
    assert summary.altitude_source(run(altitude_m=height), worn) == "barometer"
    assert (
        summary.altitude_source(run(altitude_m=height), {"sensors": [{"source": "antplus", "device_type": "4"}]})
        == source
    )
    assert summary.altitude_source(run(), {}) == ""


def test_altitude_of_less_than_five_minutes_cannot_be_told():
    height = np.tile(np.repeat([100.0, 105.0], 10), 31)
    assert summary.altitude_source(run(290, altitude_m=height[:291]), {}) == ""
    assert summary.altitude_source(run(291, altitude_m=height[:292]), {}) == "gps"


def test_altitude_is_steadied_over_a_minute():
    height = np.where(np.arange(601) < 300, 100.0, 160.0)
    steady = summary.steadied_altitude(run(altitude_m=height)).to_numpy()
    assert steady[[0, 269, 600]].tolist() == [100.0, 100.0, 160.0]
    # the step lies between 299 and 300: a second of 60 lies beyond its middle at 299.5 for every second of way
    assert steady[300] == pytest.approx(100 + 60 * (30 + 0.5) / 60)
    assert steady[285] == pytest.approx(100 + 60 * (15 + 0.5) / 60)
    tight = summary.steadied_altitude(run(altitude_m=height), window_s=10.0).to_numpy()
    assert (tight[294], tight[305]) == (100.0, 160.0)
    line = np.arange(601) * 0.1
    ends = summary.steadied_altitude(run(altitude_m=line)).to_numpy()
    assert ends[[0, 300, 600]] == pytest.approx([1.5, 30.0, 58.5]), "half a window at the ends"


def test_dates_are_local():
    late = pd.Timestamp("2026-07-01 23:30", tz="UTC")
    assert summary.local_date(late, 1799.0) == pd.Timestamp("2026-07-01")
    assert summary.local_date(late, 1800.0) == pd.Timestamp("2026-07-02")
    assert summary.local_date(late, math.nan) is pd.NaT
    assert summary.local_offset(late, stated_s=0.0) == (0.0, "file")
    assert summary.local_offset(late)[1] == "home"
    assert math.isnan(summary.local_offset(pd.NaT)[0])


def test_bins_of_a_beat_and_of_a_twentieth():
    beats = summary.histograms(run(4, heart_rate_bpm=[140.4, 140.6, 0.0, -1.0, 150.0]))
    assert beats[["value", "seconds"]].to_numpy().tolist() == [[140.0, 1.0], [141.0, 1.0]], (
        "0 and less are no heart rate"
    )
    speeds = summary.histograms(run(5, speed_mps=[0.0, 3.02, 3.03, 99.9, 100.0, 3.0]))
    plain = speeds[speeds["channel"] == "speed_mps"][["value", "seconds"]].to_numpy().tolist()
    assert plain == [[0.0, 1.0], [3.0, 1.0], [3.05, 1.0], [99.9, 1.0]]


def test_sessions_of_a_file_start_from_nothing():
    records = run(9, distance_m=np.arange(10) * 3.0, session=[1] * 5 + [2] * 5, activity_id="x")
    about = {
        "sessions": [{"sport": "running", "distance_m": 12.0}, {"sport": "cycling"}],
        "pauses": [(1.0, 2.0), (6.0, 1.0), (9.0, 1.0)],
    }
    one, two = summary.split_sessions(Activity(records, pd.DataFrame(), about))
    assert (one.about["sport"], two.about["sport"]) == ("running", "cycling")
    assert one.records["distance_m"].tolist() == [0, 3, 6, 9, 12]
    assert two.records["distance_m"].tolist() == [3, 6, 9, 12, 15]
    assert (one.about["part"], two.about["part"]) == (1, 2)
    assert (one.about["pauses"], two.about["pauses"]) == ([(1.0, 2.0)], [(1.0, 1.0)])
    assert two.records["activity_id"].unique().tolist() == ["x-2"]
    assert one.about["totals"] == {"distance_m": 12.0}
    again = records.assign(distance_m=np.tile(np.arange(5) * 3.0, 2))
    assert summary.split_sessions(Activity(again, pd.DataFrame(), about))[1].records["distance_m"].iloc[-1] == 12.0


# --- one row ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("speed", "metres", "seconds", "sport", "marks"),
    [
        (8.1, 1000.0, 900.0, "running", ["implausible_speed"]),
        (8.1, 999.0, 900.0, "running", []),
        (8.0, 1000.0, 900.0, "running", []),
        (20.0, 1000.0, 900.0, "cycling", []),
        (3.0, 1000.0, 7 * 86_400.0, "running", []),
        (3.0, 1000.0, 7 * 86_400.0 + 1, "running", ["implausible_duration"]),
    ],
)
def test_what_no_runner_can_have_done(speed, metres, seconds, sport, marks):
    row = {"average_speed_mps": speed, "distance_m": metres, "elapsed_time_s": seconds, "timer_time_s": np.nan}
    assert _implausible(row, sport) == marks


def test_sampled_metres_are_held_to_the_row_s():
    def share(sampled, sub_sport="", total=10_000.0):
        time = pd.to_datetime(["2026-05-01 08:00", "2026-05-01 09:00"], utc=True)
        samples = pd.DataFrame({"time": time, "distance_m": [0.0, sampled]})
        about = {"sport": "running", "sub_sport": sub_sport, "totals": {"distance_m": total}}
        return believed(Activity(samples, pd.DataFrame(), about)).about.get("distance_share", 1.0)

    assert share(10_200.0) == 10_000 / 10_200
    assert share(10_000.0) == 1.0
    assert share(9_000.0) == 1.0, "outdoors the device may have lost the end"
    assert share(9_000.0, "treadmill") == pytest.approx(10 / 9)
    assert share(0.0) == share(5_000.0, total=np.nan) == 1.0
