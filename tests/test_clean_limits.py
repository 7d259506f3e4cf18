"""Where each check of the samples begins and ends: one value inside, one outside."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from runlab.clean import (
    CHECKS,
    apply_policy,
    audit,
    check_records,
    clean_share,
    sample_flags,
    sample_seconds,
    step_seconds,
)
from runlab.clean.flags import SPOILING
from runlab.numerics import great_circle_m, stretches

START = pd.Timestamp("2026-05-01 08:00", tz="UTC")


def run(seconds=600, *, at=None, **columns):
    """Samples each second (or ``at`` the seconds given) with just these columns."""
    t = np.arange(seconds + 1.0) if at is None else np.asarray(at, float)
    return pd.DataFrame({"time": START + pd.to_timedelta(t, unit="s")} | columns)


def found(records, name, **options):
    mask = sample_flags(records, **options).get(name)
    return [] if mask is None else np.flatnonzero(mask).tolist()


def changed(n, usual, *stretches):
    """An array of the usual value with stretches (first, last, value) changed."""
    values = np.full(n, float(usual))
    for first, last, value in stretches:
        values[first : last + 1] = value
    return values


@pytest.mark.parametrize(("beats", "wrong"), [(29.0, True), (30.0, False), (230.0, False), (231.0, True)])
def test_heart_rate_is_possible_from_30_to_230(beats, wrong):
    assert (found(run(2, heart_rate_bpm=[140.0, beats, 140.0]), "hr_out_of_range") == [1]) is wrong


@pytest.mark.parametrize(("leap", "wrong"), [(10.0, False), (10.5, True), (-10.0, False), (-11.0, True)])
def test_heart_rate_may_leap_by_ten_in_a_second(leap, wrong):
    records = run(20, heart_rate_bpm=changed(21, 140, (10, 20, 140 + leap)))
    assert (found(records, "hr_spike") == [10]) is wrong


def test_a_leap_is_judged_by_the_time_it_took():
    slow = run(at=[0, 1, 4], heart_rate_bpm=[140.0, 140.0, 170.0])
    assert found(slow, "hr_spike") == []
    assert found(run(at=[0, 1, 4], heart_rate_bpm=[140.0, 140.0, 171.0]), "hr_spike") == [2]
    assert found(run(at=[0, 0.5, 2], heart_rate_bpm=[140.0, 150.0, 151.0]), "hr_spike") == [], (
        "half a second counts as one"
    )
    # over a stretch without heart rate, by the time between the two values
    missing = run(at=[0, 1, 2, 3], heart_rate_bpm=[140.0, np.nan, np.nan, 170.0])
    assert found(missing, "hr_spike") == []
    assert found(run(at=[0, 1, 2, 3], heart_rate_bpm=[140.0, np.nan, 0.0, 171.0]), "hr_spike") == [3]


@pytest.mark.parametrize(("seconds", "wrong"), [(9, False), (10, True)])
def test_heart_rate_is_lost_from_ten_seconds(seconds, wrong):
    beats = 140 + np.tile([0.0, 1.0], 301)[:601]
    beats[100 : 100 + seconds] = np.nan
    assert (found(run(heart_rate_bpm=beats), "hr_dropout") == list(range(100, 100 + seconds))) is wrong
    stopped = run(heart_rate_bpm=beats, timer_running=~np.isnan(beats))
    assert found(stopped, "hr_dropout") == [], "with the watch stopped nothing is lost"


def test_a_sensor_worn_for_a_fifth_of_the_run_is_checked():
    beats = np.where(np.arange(601) < 120, 140.0, np.nan)
    assert found(run(heart_rate_bpm=beats), "hr_dropout") == []
    beats[120] = 141.0
    assert found(run(heart_rate_bpm=beats), "hr_dropout") == list(range(121, 601))


@pytest.mark.parametrize(("seconds", "wrong"), [(300, False), (301, True)])
def test_a_heart_rate_is_stuck_after_five_minutes(seconds, wrong):
    beats = 140 + np.tile([0.0, 1.0], 301)[:601]
    beats[100 : 100 + seconds] = 150.0
    assert (found(run(heart_rate_bpm=beats), "hr_stuck") == list(range(101, 100 + seconds))) is wrong
    running = np.full(601, True)
    running[110] = False
    assert found(run(heart_rate_bpm=beats, timer_running=running), "hr_stuck") == []


def test_above_the_maximum_is_above_not_at():
    records = run(2, heart_rate_bpm=[189.0, 190.0, 191.0])
    assert found(records, "hr_above_max", max_heart_rate_bpm=190.0) == [2]
    assert found(records, "hr_above_max") == []


@pytest.mark.parametrize(("steps", "seconds", "wrong"), [(240.0, 10, False), (241.0, 9, False), (241.0, 10, True)])
def test_cadence_is_doubled_above_240_for_ten_seconds(steps, seconds, wrong):
    records = run(60, cadence_spm=changed(61, 170, (20, 19 + seconds, steps)))
    assert (found(records, "cadence_doubled") == list(range(20, 20 + seconds))) is wrong
    assert found(records, "cadence_doubled", sport="cycling") == []


@pytest.mark.parametrize(
    ("sport", "fast", "too_fast"),
    [
        ("running", 12.0, 12.1),
        ("walking", 12.0, 12.1),
        ("", 12.0, 12.1),
        ("cycling", 30.0, 30.1),
        ("rowing", 50.0, 50.1),
    ],
)
def test_impossible_speed_depends_on_the_sport(sport, fast, too_fast):
    assert found(run(2, speed_mps=[3.0, fast, 3.0]), "speed_spike", sport=sport) == []
    assert found(run(2, speed_mps=[3.0, too_fast, 3.0]), "speed_spike", sport=sport) == [1]


def north(metres):
    """Latitudes that many metres north of the equator, all on one meridian."""
    return {"latitude_deg": np.asarray(metres, float) / 111_194.93, "longitude_deg": np.zeros(len(metres))}


@pytest.mark.parametrize(
    ("step", "wrong"),
    # beyond 12 m/s; or beyond 8 m/s with a leap in speed of more than 5 m/s in a second
    [(12.1, True), (7.9, False), (8.1, True)],
)
def test_a_position_jumps_by_speed_or_by_a_leap_in_speed(step, wrong):
    steps = changed(60, 3, (30, 30, step))
    way = np.concatenate(([0.0], np.cumsum(steps)))
    assert (found(run(60, **north(way)), "gps_jump") == [31]) is wrong


def test_a_fast_runner_who_speeds_up_evenly_does_not_jump():
    steps = np.concatenate((np.arange(3, 12, 0.5), np.arange(11.9, 3, -0.5)))
    way = np.concatenate(([0.0], np.cumsum(steps)))
    assert found(run(len(steps), **north(way)), "gps_jump") == []
    gentle = changed(40, 4.0, (20, 39, 8.9))  # a leap of 4.9
    way = np.concatenate(([0.0], np.cumsum(gentle)))
    assert found(run(40, **north(way)), "gps_jump") == []
    way = np.concatenate(([0.0], np.cumsum(changed(40, 4.0, (20, 39, 9.1)))))
    assert found(run(40, **north(way)), "gps_jump") == [21]


def test_a_position_that_stood_still_and_catches_up_does_not_jump():
    steps = changed(60, 3, (30, 33, 0), (34, 34, 15))
    way = np.concatenate(([0.0], np.cumsum(steps)))
    assert found(run(60, **north(way)), "gps_jump") == []
    long_stop = changed(60, 3, (30, 39, 0), (40, 40, 33))  # eleven seconds are a stop
    way = np.concatenate(([0.0], np.cumsum(long_stop)))
    assert found(run(60, **north(way)), "gps_jump") == [41]


def test_step_seconds_at_their_limits():
    ones = np.ones(11)
    went = np.array([3.0, *np.zeros(9), 6.0])
    assert step_seconds(ones, went)[-1] == 10.0, "nine seconds of standing and one of moving"
    assert step_seconds(ones, went, longest_s=9.0)[-1] == 1.0
    assert step_seconds(np.array([1.0, 1.0]), np.array([0.3, 3.0])).tolist() == [1.0, 2.0], "0.3 m/s is standing still"
    assert step_seconds(np.array([1.0, 1.0]), np.array([0.31, 3.0])).tolist() == [1.0, 1.0]


def test_metres_on_the_globe():
    # a degree of a great circle of 6,371,008.8 m; half of it at 60 degrees north, along the parallel
    assert great_circle_m(np.array([0.0, 1.0]), np.array([0.0, 0.0]))[0] == pytest.approx(111_195.08, abs=0.01)
    assert great_circle_m(np.array([60.0, 60.0]), np.array([0.0, 0.01]))[0] == pytest.approx(555.975, abs=0.001)
    assert great_circle_m(np.array([0.0, 0.0]), np.array([0.0, 180.0]))[0] == pytest.approx(20_015_114.4, abs=1)


@pytest.mark.parametrize(("seconds", "wrong"), [(9, False), (10, True)])
def test_position_is_lost_from_ten_seconds(seconds, wrong):
    place = north(np.arange(601) * 3.0)
    place["latitude_deg"][100 : 100 + seconds] = np.nan
    assert (found(run(**place), "gps_dropout") == list(range(100, 100 + seconds))) is wrong
    running = np.isfinite(place["latitude_deg"])
    assert found(run(**place, timer_running=running), "gps_dropout") == []


def test_a_device_with_position_for_a_fifth_of_the_run_is_checked():
    place = north(np.where(np.arange(601) < 120, np.arange(601) * 3.0, np.nan))
    assert found(run(**place), "gps_dropout") == []
    place = north(np.where(np.arange(601) < 121, np.arange(601) * 3.0, np.nan))
    assert found(run(**place), "gps_dropout") == list(range(121, 601))


@pytest.mark.parametrize(("seconds", "speed", "wrong"), [(29, 3.0, False), (30, 3.0, True), (30, 1.0, False)])
def test_a_position_is_frozen_after_half_a_minute_on_the_move(seconds, speed, wrong):
    steps = changed(600, 3, (100, 99 + seconds, 0))
    way = np.concatenate(([0.0], np.cumsum(steps)))
    records = run(**north(way), speed_mps=np.full(601, speed))
    assert (found(records, "gps_frozen") == list(range(101, 101 + seconds))) is wrong


@pytest.mark.parametrize(("gap", "went", "wrong"), [(20, 60, False), (21, 60, True), (21, 9.9, False), (21, 10, True)])
def test_a_gap_is_longer_than_20_seconds_and_ten_metres(gap, went, wrong):
    t = np.concatenate((np.arange(100.0), 99 + gap + np.arange(100.0)))
    way = np.concatenate((np.arange(100.0), 99 + went + np.arange(100.0)))
    assert (found(run(at=t, distance_m=way), "recording_gap") == [99]) is wrong
    assert found(run(at=t, distance_m=way, timer_running=np.arange(200) != 99), "recording_gap") == []


def test_a_gap_of_a_watch_that_records_rarely_is_three_of_its_steps():
    t = np.concatenate((np.arange(50) * 8.0, 392 + 24 + np.arange(50) * 8.0))
    assert found(run(at=t, distance_m=t * 3), "recording_gap") == []
    t[50:] += 1
    assert found(run(at=t, distance_m=t * 3), "recording_gap") == [49]


@pytest.mark.parametrize(("leap", "wrong"), [(6 * 3600, False), (6 * 3600 + 1, True), (-1, True)])
def test_a_clock_leaps_beyond_six_hours_or_backwards(leap, wrong):
    t = np.concatenate((np.arange(100.0), 99 + leap + np.arange(100.0)))
    records = run(at=t, distance_m=np.arange(200.0) * 3)
    assert (found(records, "clock_jump") == [99]) is wrong
    if wrong:
        assert found(records, "recording_gap") == [], "a leap of the clock is no gap"
    paused = run(at=t, timer_running=np.arange(200) != 99)
    assert found(paused, "clock_jump") == ([99] if leap < 0 else [])


@pytest.mark.parametrize(
    ("seconds", "metres", "wrong"),
    [(29, 20.0, False), (30, 20.0, True), (60, 14.9, False), (60, 15.1, True), (60, 59.0, True), (60, 61.0, False)],
)
def test_drift_is_15_metres_in_half_a_minute_and_slower_than_a_walk(seconds, metres, wrong):
    still = slice(100, 100 + seconds)
    steps = np.full(601, 3.0)
    steps[still] = 0.0
    steps[101 : 100 + seconds] = metres / (seconds - 1)
    cadence = np.full(601, 170.0)
    cadence[still] = 0.0
    speed = np.where(cadence > 0, 3.0, 0.0)
    records = run(cadence_spm=cadence, speed_mps=speed, distance_m=np.cumsum(steps))
    assert (found(records, "stopped_drift") == list(range(100, 100 + seconds))) is wrong


def test_drift_without_cadence_is_read_from_the_speed():
    for speed, wrong in ((0.29, True), (0.3, False)):
        speeds = changed(601, 3, (100, 160, speed))
        way = np.cumsum(changed(601, 3, (100, 160, 0.4)))
        assert bool(found(run(speed_mps=speeds, distance_m=way), "stopped_drift")) is wrong
        silent = run(speed_mps=speeds, distance_m=way, cadence_spm=np.zeros(601))
        assert bool(found(silent, "stopped_drift")) is wrong, "a cadence of 0 all the run is no sensor"
    cadence = changed(601, 170, (100, 160, 0))
    for speed, wrong in ((1.5, True), (1.6, False)):
        rolling = run(
            cadence_spm=cadence, speed_mps=np.full(601, speed), distance_m=np.cumsum(changed(601, 3, (100, 160, 0.4)))
        )
        assert bool(found(rolling, "stopped_drift")) is wrong


@pytest.mark.parametrize(("kilometres", "height", "wrong"), [(3.0, 0.9, True), (2.99, 0.9, False), (3.0, 1.0, False)])
def test_altitude_is_flat_within_a_metre_over_3_km(kilometres, height, wrong):
    way = np.linspace(0, kilometres * 1000, 1201)
    altitude = np.linspace(100.0, 100.0 + height, 1201)
    outside = run(1200, **north(way), distance_m=way, altitude_m=altitude)
    assert (len(found(outside, "flat_altitude")) == 1201) is wrong
    assert found(run(1200, distance_m=way, altitude_m=altitude), "flat_altitude") == [], "a treadmill is flat"


@pytest.mark.parametrize(("step", "wrong"), [(10, False), (11, True)])
def test_a_low_rate_is_rarer_than_every_ten_seconds(step, wrong):
    assert bool(found(run(at=np.arange(20) * step), "low_rate")) is wrong


def test_two_samples_are_enough_to_check():
    assert found(run(at=[0, 1], speed_mps=[3.0, 13.0]), "speed_spike") == [1]


# --- cadence lock -----------------------------------------------------------------------------------------------------


def locked(first, last, *, leap=25.0, apart=0.0, speed=3.0, n=901):
    """A heart at 150 that reads the cadence (150 + leap) from first to last, with no wiggle of its own."""
    beats = changed(n, 150, (first, last, 150 + leap + apart))
    return run(n - 1, heart_rate_bpm=beats, cadence_spm=np.full(n, 150.0 + leap), speed_mps=np.full(n, speed))


@pytest.mark.parametrize(
    ("seconds", "leap", "apart", "wrong"),
    [
        (59, 25, 0, False),
        (60, 25, 0, True),
        (120, 25, 2.0, True),
        (120, 25, 2.1, False),
        (120, 12, 0, True),
        (120, 11.9, 0, False),
    ],
)
def test_a_lock_lasts_a_minute_within_two_beats_and_leaps_by_twelve(seconds, leap, apart, wrong):
    records = locked(300, 299 + seconds, leap=leap, apart=apart)
    assert (found(records, "cadence_lock") == list(range(300, 300 + seconds))) is wrong


@pytest.mark.parametrize(("factor", "wrong"), [(1.15, True), (1.16, False), (0.86, True), (0.84, False)])
def test_a_leap_with_a_change_of_speed_is_no_proof(factor, wrong):
    records = locked(300, 900)
    records["speed_mps"] = np.where(np.arange(901) < 300, 3.0 * factor, 3.0)
    assert bool(found(records, "cadence_lock")) is wrong


def test_a_stop_at_the_edge_is_no_proof():
    for low, wrong in ((0.61, True), (0.59, False)):
        records = locked(300, 900)
        records.loc[295, "speed_mps"] = 3.0 * low
        assert bool(found(records, "cadence_lock")) is wrong


def test_breaks_of_up_to_five_seconds_do_not_end_a_lock():
    for pause, wrong in ((5, True), (6, False)):
        records = locked(300, 349)
        records.loc[350 + pause : 399 + pause, "heart_rate_bpm"] = 175.0
        records.loc[350 : 349 + pause, "heart_rate_bpm"] = 190.0
        lock = found(records, "cadence_lock")
        assert (lock == list(range(300, 400 + pause))) is wrong


def test_a_lock_holds_for_three_quarters_of_its_stretch():
    for broken, wrong in ((25, True), (26, False)):
        beats = np.full(901, 150.0)
        beats[300:400] = 175.0
        beats[302:400:4] = 190.0
        beats[303] = 190.0 if broken == 26 else 175.0
        assert (beats[300:400] != 175.0).sum() == broken
        records = run(900, heart_rate_bpm=beats, cadence_spm=np.full(901, 175.0), speed_mps=np.full(901, 3.0))
        assert bool(found(records, "cadence_lock")) is wrong


# --- stretches, seconds, shares ---------------------------------------------------------------------------------------


def test_runs_of_nothing_and_everything():
    assert [a.tolist() for a in stretches(np.zeros(3, bool))] == [[], []]
    assert [a.tolist() for a in stretches(np.ones(3, bool))] == [[0], [3]]


def test_a_stretch_to_the_last_sample_ends_with_it():
    rows = check_records(run(4, speed_mps=[3.0, 3.0, 3.0, 14.0, 14.0]))
    assert rows[["start_s", "end_s", "seconds"]].to_numpy().tolist() == [[3.0, 4.0, 1.0]]


def test_a_sample_holds_twenty_seconds_or_three_usual_steps():
    assert sample_seconds(run(at=[0, 20, 41, 42])).tolist() == [20.0, 20.0, 1.0, 0.0]
    few = run(at=[0, 60, 120, 180])
    assert sample_seconds(few).tolist() == [20.0, 20.0, 20.0, 0.0], "three steps are too few to know what is usual"
    assert sample_seconds(run(at=[0, 60, 120, 180, 240])).tolist() == [60.0, 60.0, 60.0, 60.0, 0.0]
    rare = run(at=[0, 10, 20, 30, 61, 71])
    assert sample_seconds(rare).tolist() == [10.0, 10.0, 10.0, 30.0, 10.0, 0.0]
    assert sample_seconds(run(at=[0, 5, 3, 4])).tolist() == [5.0, 0.0, 1.0, 0.0]


def test_what_makes_a_sample_unclean():
    of_the_row = {"distance_scaled", "implausible_speed", "implausible_duration", "implausible_lap", "altitude_jump"}
    of_the_row |= {"impossible_position"}
    harmless = {"hr_above_max", "stopped_drift", "flat_altitude", "low_rate", *of_the_row}
    assert {name for name, check in CHECKS.items() if not check.spoils} == harmless
    assert set(SPOILING) == set(CHECKS) - harmless
    records = run(9)
    for name in CHECKS:
        mask = {name: np.arange(10) < 3}
        assert clean_share(records, flags=mask) == pytest.approx(1.0 if name in harmless else 6 / 9)


def test_a_share_is_of_the_timer_time():
    records = run(9, speed_mps=changed(10, 3, (2, 3, 14)), timer_running=np.arange(10) != 8)
    assert clean_share(records) == pytest.approx(6 / 8)
    assert np.isnan(clean_share(run(1, speed_mps=[3.0, 3.0], timer_running=[False, False])))


# --- policies ---------------------------------------------------------------------------------------------------------


def test_a_repair_bridges_ten_seconds_and_no_more():
    true = 140.0 + np.arange(101) * 0.1
    for last, filled in ((57, True), (58, False)):  # 49 to 59 are ten seconds, with the leap back; 60 is one more
        beats = true.copy()
        beats[50 : last + 1] = 250.0
        out = apply_policy(run(100, heart_rate_bpm=beats), "repair")["heart_rate_bpm"].to_numpy()
        assert np.isfinite(out).all() == filled
        if filled:
            np.testing.assert_allclose(out, true)
        else:
            assert np.flatnonzero(np.isnan(out)).tolist() == list(range(50, 60))


def test_what_a_repair_cannot_bridge_stays_missing():
    beats = np.full(20, 140.0)
    beats[:3], beats[-2:] = 250.0, 250.0
    out = apply_policy(run(19, heart_rate_bpm=beats), "repair")["heart_rate_bpm"]
    assert np.flatnonzero(out.isna()).tolist() == [0, 1, 2, 3, 18, 19], "nothing to bridge from, or to"


def test_a_jump_leaves_the_usual_speed():
    steps = changed(60, 3, (30, 30, 43))
    way = np.concatenate(([0.0], np.cumsum(steps)))
    out = apply_policy(run(60, **north(way), distance_m=way), "repair")
    assert out["distance_m"].iloc[-1] == pytest.approx(180.0)
    assert out["distance_m"].iloc[30] == way[30]
    assert out["distance_m"].iloc[31] == pytest.approx(93.0)
    assert out["latitude_deg"].iloc[31] == pytest.approx((way[30] + way[32]) / 2 / 111_194.93)
    dropped = apply_policy(run(60, **north(way), distance_m=way), "drop")
    assert np.flatnonzero(dropped["latitude_deg"].isna()).tolist() == [31]
    assert dropped["distance_m"].tolist() == way.tolist(), "only a repair takes distance off"


@pytest.mark.parametrize(
    ("flag", "column", "values"),
    [
        ("hr_stuck", "heart_rate_bpm", changed(601, 140, (0, 600, 150))),
        ("speed_spike", "speed_mps", changed(601, 3, (10, 10, 13))),
        ("cadence_doubled", "cadence_spm", changed(601, 170, (10, 30, 250))),
    ],
)
def test_each_flag_drops_its_channel(flag, column, values):
    records = run(**{column: values})
    out = apply_policy(records, "drop")
    assert np.flatnonzero(out[column].isna()).tolist() == found(records, flag) != []
    assert out[f"{column}_original"].tolist() == values.tolist()


# --- audit ------------------------------------------------------------------------------------------------------------


def test_an_audit_counts_activities_once_and_shares_out_of_all():
    activities = pd.DataFrame(
        {
            "activity_id": list("abcd"),
            "timer_time_s": [100.0, 200.0, 300.0, 400.0],
            "complete": True,
            "duplicate_of": "",
        }
    )
    quality = pd.DataFrame(
        {
            "activity_id": ["a", "a", "b"],
            "flag": ["hr_spike", "hr_spike", "low_rate"],
            "spans": 1,
            "seconds": [10.0, 20.0, 50.0],
        }
    )
    out = audit(SimpleNamespace(activities=activities, quality=quality)).set_index("issue")
    assert out.index.tolist() == ["hr_spike", "low_rate"], "what makes samples unclean first"
    assert out.loc["hr_spike", ["activities", "share_of_activities", "seconds", "share_of_time"]].tolist() == [
        1,
        0.25,
        30.0,
        0.03,
    ]
    untimed = activities.assign(timer_time_s=np.nan)
    assert audit(SimpleNamespace(activities=untimed, quality=quality))["share_of_time"].isna().all()
