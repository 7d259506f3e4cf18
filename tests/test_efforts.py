"""Best efforts: exact on known tracks, suspicious ones set apart, fast."""

import time

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runlab import tables
from runlab.efforts import DISTANCES_M, EFFORTS, best_efforts
from runlab.errors import SettingsError, TableError


def track(seconds, metres, **columns):
    stamps = pd.Timestamp("2026-05-01 06:00", tz="UTC") + pd.to_timedelta(
        np.round(np.asarray(seconds) * 1e6), unit="us"
    )
    frame = pd.DataFrame({"time": stamps, "distance_m": np.asarray(metres, dtype=float), **columns})
    return tables.conform(frame, tables.RECORDS)


def best(found, kind, value):
    column = "distance_m" if kind == "distance" else "time_s"
    rows = found[(found["kind"] == kind) & np.isclose(found[column], value) & found["ok"]]
    assert len(rows) == 1
    return rows.iloc[0]


def test_steady_hour_gives_distance_over_speed(steady_hour):
    found = best_efforts(steady_hour)
    assert list(found.columns) == [c.name for c in EFFORTS.columns if c.name not in ("activity_id", "treadmill")]
    assert found["ok"].all()
    assert (found["reason"] == "").all()
    rows = found[found["kind"] == "distance"]
    assert rows["distance_m"].tolist() == [d for d in DISTANCES_M if d <= 12_000]
    np.testing.assert_allclose(rows["time_s"], rows["distance_m"] / (10 / 3), rtol=1e-9)
    rows = found[found["kind"] == "duration"]
    np.testing.assert_allclose(rows["distance_m"], rows["time_s"] * 10 / 3, rtol=1e-9)
    assert found["average_heart_rate_bpm"].between(149.5, 150.5).all()
    assert found["graded_speed_mps"].between(3.2, 3.6).all()


def test_a_fast_kilometre_inside_is_found_with_both_ends_interpolated():
    # 1000 m at 5 m/s begins at 500.5 m, between two samples of a run at 3 m/s sampled every 4 s
    t = np.arange(0, 1200, 4.0)
    knots_t = [0, 500.5 / 3, 500.5 / 3 + 200, 2000]
    knots_d = [0, 500.5, 1500.5, 1500.5 + 3 * (2000 - 500.5 / 3 - 200)]
    row = best(best_efforts(track(t, np.interp(t, knots_t, knots_d)), distances_m=[800]), "distance", 800)
    assert row["time_s"] == pytest.approx(160, abs=0.01)
    assert row["end_s"] - row["start_s"] == pytest.approx(row["time_s"])


def test_stops_count_as_clock_time(paused):
    found = best_efforts(paused, distances_m=[10_000], durations_s=[3600])
    assert best(found, "distance", 10_000)["time_s"] == pytest.approx(3000 + 600, abs=1)
    assert best(found, "duration", 3600)["distance_m"] == pytest.approx(10_000, abs=5)


def test_a_gps_jump_is_listed_and_the_clean_best_stands_beside_it(gps_jump):
    found = best_efforts(gps_jump, distances_m=[1000], durations_s=[60])
    for kind in ("distance", "duration"):
        rows = found[found["kind"] == kind]
        assert rows["ok"].tolist() == [False, True]
        assert "GPS jump of 303 m in 1 s" in rows["reason"].iloc[0]
        wrong, right = rows["distance_m"] / rows["time_s"]
        assert wrong > 4.5
        assert right == pytest.approx(10 / 3)


def test_a_recording_gap_spoils_what_spans_it(steady_hour):
    records = steady_hour.drop(index=range(1500, 1561))
    found = best_efforts(records, distances_m=[11_900], durations_s=[])
    assert found["ok"].all(), "a minute unseen is under 2 % of an hour"
    records = steady_hour.drop(index=range(1500, 1740)).assign(speed_mps=np.nan)
    found = best_efforts(records, distances_m=[1000, 11_900], durations_s=[])
    assert best(found, "distance", 1000)["time_s"] == pytest.approx(300, abs=0.01)
    row = found[found["distance_m"] == 11_900]
    assert row["ok"].tolist() == [False]
    assert "recording gap of 241 s" in row["reason"].iloc[0]


def test_positions_that_catch_up_are_no_jump():
    metres = np.repeat(np.arange(0, 600, 4) * 3.0, 4)[:600]  # stands for 3 s, then 12 m in one
    found = best_efforts(track(np.arange(600.0), metres), distances_m=[1000])
    assert found["ok"].all()


def test_smart_recording_gives_the_same_as_every_second(steady_hour, smart_recording):
    a = best_efforts(steady_hour, durations_s=[])["time_s"].to_numpy()
    b = best_efforts(smart_recording, durations_s=[])["time_s"].to_numpy()
    np.testing.assert_allclose(a[: len(b)], b, rtol=1e-6)


def test_missing_channels_give_nan_not_errors(no_heart_rate, no_altitude, treadmill, empty, one_sample):
    assert best_efforts(no_heart_rate)["average_heart_rate_bpm"].isna().all()
    flat = best_efforts(no_altitude)
    assert flat["graded_speed_mps"].isna().all()
    assert flat["time_s"].notna().all()
    assert len(best_efforts(treadmill)) == len(flat)
    assert best_efforts(empty).empty
    assert best_efforts(one_sample).empty
    assert best_efforts(treadmill.assign(distance_m=np.nan)).empty


def test_clocks_that_run_backwards_or_leap(steady_hour):
    records = steady_hour.copy()
    records.loc[1000:, "time"] -= pd.Timedelta(seconds=5)
    assert best_efforts(records, distances_m=[1000], durations_s=[]).query("ok")["time_s"].iloc[0] <= 300.1
    records = steady_hour.copy()
    records.loc[1000:, "time"] += pd.Timedelta(days=700)
    begin = time.process_time()
    assert best(best_efforts(records), "distance", 1000)["time_s"] == pytest.approx(300)
    assert time.process_time() - begin < 2


def test_nonsense_is_refused(steady_hour):
    with pytest.raises(SettingsError, match="positive"):
        best_efforts(steady_hour, distances_m=[-5])
    with pytest.raises(TableError, match="distance_m"):
        best_efforts(steady_hour.drop(columns="distance_m"))


def test_the_input_is_not_edited(steady_hour):
    before = steady_hour.copy()
    best_efforts(steady_hour)
    pd.testing.assert_frame_equal(steady_hour, before)


def brute_force(t, d, target):
    """Every start and end at a sample or level with one, the slow way."""
    points = np.unique(np.concatenate([d, d + target, d - target]))
    points = points[(points >= d[0]) & (points + target <= d[-1])]
    first = np.array([t[d <= p].max() + 0.0 if (d == p).any() else np.interp(p, d, t) for p in points])
    last = np.array(
        [t[d >= p + target].min() if (d == p + target).any() else np.interp(p + target, d, t) for p in points]
    )
    return (last - first).min()


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 9), st.integers(0, 45)), min_size=5, max_size=60), st.integers(5, 90))
def test_law_nothing_faster_exists(steps, target):
    t = np.concatenate(([0], np.cumsum([s for s, _ in steps]))).astype(float)
    d = np.concatenate(([0], np.cumsum([m for _, m in steps]))).astype(float)
    found = best_efforts(track(t, d), distances_m=[target], durations_s=[], fastest_mps=1e9, gap_s=1e9)
    if d[-1] < target:
        assert found.empty
    else:
        assert found["time_s"].min() == pytest.approx(brute_force(t, d, target), abs=1e-5)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 6), min_size=80, max_size=200), st.integers(2, 60))
def test_law_durations_equal_the_plain_loop(metres, window):
    d = np.concatenate(([0], np.cumsum(metres))).astype(float)
    t = np.arange(len(d), dtype=float)
    found = best_efforts(track(t, d), distances_m=[], durations_s=[window], fastest_mps=1e9)
    assert found["distance_m"].max() == max(d[k + window] - d[k] for k in range(len(d) - window))


def test_longer_windows_are_never_faster():
    rng = np.random.default_rng(3)
    d = np.cumsum(rng.uniform(2, 5, 4000))
    found = best_efforts(track(np.arange(4000.0), d))
    for kind in ("distance", "duration"):
        rows = found[(found["kind"] == kind) & found["ok"]]
        speed = (rows["distance_m"] / rows["time_s"]).to_numpy()
        assert len(speed) > 5
        assert (np.diff(speed) < 1e-9).all()


def plain_mean_max(values):
    """What sweat's mean_max does: the running sum, differenced once for every possible duration."""
    energy = pd.Series(values).cumsum()
    out = np.array([])
    for t in np.arange(1, len(energy)):
        out = np.append(out, energy.diff(t).max() / t)
    return out


def test_sixty_durations_are_twenty_times_faster_than_sweats_loop():
    # A tenth of the 36,000 samples keeps the test short; the loop grows with the square, so this is the harder case.
    speed = np.random.default_rng(1).uniform(2, 5, 3600)
    records = track(np.arange(3600.0), np.cumsum(speed))
    windows = np.unique(np.geomspace(10, 3500, 60).astype(int)).tolist()

    def seconds(function):
        begin = time.process_time()
        function()
        return time.process_time() - begin

    ours = min(seconds(lambda: best_efforts(records, distances_m=[], durations_s=windows)) for _ in range(5))
    assert seconds(lambda: plain_mean_max(speed)) > 20 * ours
