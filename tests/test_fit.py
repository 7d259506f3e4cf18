"""The FIT reader on files made here: every trait of the format, and every kind of damage."""

import gzip
import tracemalloc

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from simulate.fit_writer import FitFile, tiny_run
from simulate.fit_writer import crc as slow_crc

import runlab as rl
from runlab import tables
from runlab.readers import read_file
from runlab.readers.fit import read, read_messages
from runlab.readers.fit.columns import accumulate
from runlab.readers.fit.crc import PERIOD, crc16

START = 1_780_000_000


def run(samples: int = 200, *, start: int = START, **options: bool) -> bytes:
    """A plain run with position, heart rate, cadence and altitude."""
    count = np.arange(samples)
    fit = FitFile(**options)
    fit.add("file_id", type="activity", manufacturer="garmin", time_created=start)
    fit.add("event", timestamp=start, event="timer", event_type="start")
    fit.add_rows(
        "record",
        {
            "timestamp": start + count,
            "distance": 3.0 * count,
            "enhanced_speed": np.full(samples, 3.0),
            "heart_rate": 110 + count % 50,
            "cadence": np.full(samples, 84),
            "enhanced_altitude": 120.0 + 0.2 * (count % 30),
            "position_lat": 61.0 + 1e-5 * count,
            "position_long": 11.0 + 1e-5 * count,
        },
    )
    fit.add(
        "lap",
        timestamp=start + samples,
        start_time=start,
        total_timer_time=float(samples),
        total_distance=3.0 * samples,
    )
    fit.add(
        "session",
        sport="running",
        timestamp=start + samples,
        start_time=start,
        total_timer_time=float(samples),
        total_elapsed_time=float(samples),
        total_distance=3.0 * samples,
    )
    fit.add("activity", timestamp=start + samples, local_timestamp=start + samples + 7200)
    return fit.to_bytes()


def test_a_plain_run_fills_the_schema():
    activity = rl.read_activity(run())
    tables.check(activity.records, tables.RECORDS, *tables.RECORDS.names)
    tables.check(activity.laps, tables.LAPS, *tables.LAPS.names)
    first = activity.records.iloc[0]
    assert first["latitude_deg"] == pytest.approx(61.0, abs=1e-6)
    assert first["cadence_spm"] == 168 and first["speed_mps"] == 3.0 and first["altitude_m"] == pytest.approx(120.0)
    assert activity.records["power_w"].isna().all(), "not measured is NaN, never 0"
    assert activity.about["utc_offset_s"] == 7200 and activity.about["complete"]
    assert activity.about["totals"]["distance_m"] == 600
    assert activity.about["activity_id"] == activity.records["activity_id"].iloc[0]


@pytest.mark.parametrize(
    "options", [{"big_endian": True}, {"compressed": True}, {"big_endian": True, "compressed": True}]
)
def test_byte_order_and_compressed_headers_change_nothing(options):
    plain, other = rl.read_activity(run()).records, rl.read_activity(run(**options)).records
    pd.testing.assert_frame_equal(plain.drop(columns="activity_id"), other.drop(columns="activity_id"))


def test_gzip_bytes_path_and_open_file_give_the_same(tmp_path):
    data = run()
    (tmp_path / "x.fit.gz").write_bytes(gzip.compress(data))
    (tmp_path / "x.fit").write_bytes(data)
    with open(tmp_path / "x.fit", "rb") as file:
        read_back = [rl.read_activity(x).records for x in (data, tmp_path / "x.fit", str(tmp_path / "x.fit.gz"), file)]
    for other in read_back[1:]:
        pd.testing.assert_frame_equal(read_back[0].drop(columns="activity_id"), other.drop(columns="activity_id"))


def test_developer_fields_stay_apart_from_native_ones():
    fit = FitFile()
    fit.add("file_id", type="activity", time_created=START)
    fit.add_developer(
        {"Power": ("uint16", "Watts"), "Vertical Oscillation": ("float32", "Centimeters")}, manufacturer="stryd"
    )
    fit.add_rows(
        "record",
        {
            "timestamp": [START, START + 1],
            "power": [200, 210],
            "Power": [251, None],
            "Vertical Oscillation": [6.5, 6.75],
        },
    )
    activity = rl.read_activity(fit.to_bytes())
    assert activity.records["power_w"].tolist() == [200, 210]
    assert activity.records["dev_power"].iloc[0] == 251 and np.isnan(activity.records["dev_power"].iloc[1])
    assert activity.records["dev_vertical_oscillation"].tolist() == [6.5, 6.75]
    assert activity.about["developer_fields"]["dev_vertical_oscillation"]["units"] == "Centimeters"
    assert read_messages(fit.to_bytes())["record"]["dev_power"].iloc[0] == 251


def test_timer_events_stop_and_start_the_timer():
    fit = FitFile()
    fit.add("file_id", type="activity", time_created=START)
    fit.add("event", timestamp=START, event="timer", event_type="start")
    fit.add_rows("record", {"timestamp": START + np.arange(10), "heart_rate": np.full(10, 120)})
    fit.add("event", timestamp=START + 3, event="timer", event_type="stop_all")
    fit.add("event", timestamp=START + 7, event="timer", event_type="start")
    activity = rl.read_activity(fit.to_bytes())
    assert activity.records["timer_running"].tolist() == [True] * 4 + [False] * 3 + [True] * 3
    assert activity.about["pauses"] == [(3.0, 4.0)]


def test_a_triathlon_gives_its_runs():
    fit = FitFile()
    fit.add("file_id", type="activity", time_created=START)
    fit.add_rows("record", {"timestamp": START + np.arange(30), "cadence": np.full(30, 80)})
    for i, sport in enumerate(("swimming", "cycling", "running")):
        fit.add(
            "session",
            sport=sport,
            start_time=START + 10 * i,
            timestamp=START + 10 * i + 9,
            total_elapsed_time=10.0,
            total_timer_time=10.0,
        )
    activity = rl.read_activity(fit.to_bytes())
    assert [s["sport"] for s in activity.about["sessions"]] == ["swimming", "cycling", "running"]
    assert activity.records["session"].tolist() == [1] * 10 + [2] * 10 + [3] * 10
    assert activity.records["cadence_spm"].tolist() == [80] * 20 + [160] * 10, (
        "both feet on foot, revolutions elsewhere"
    )


def test_rpe_feel_and_zero_heart_rate():
    fit = FitFile()
    fit.add("file_id", type="activity", time_created=START)
    fit.add_rows("record", {"timestamp": [START, START + 1], "heart_rate": [0, 140]})
    fit.add("session", sport="running", start_time=START, timestamp=START + 2, workout_rpe=70, workout_feel=75)
    activity = rl.read_activity(fit.to_bytes())
    assert activity.about["totals"]["rpe"] == 7.0 and activity.about["totals"]["feel"] == 75
    assert np.isnan(activity.records["heart_rate_bpm"].iloc[0])


@pytest.mark.parametrize(
    ("kind", "says"), [("settings", "settings"), (5, "workout"), (6, "course"), (32, "monitoring_b")]
)
def test_other_kinds_of_fit_file_are_named(kind, says):
    fit = FitFile()
    fit.add("file_id", type=kind, time_created=START)
    with pytest.raises(rl.FileError, match=says):
        rl.read_activity(fit.to_bytes())


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "empty"),
        (bytes(5000), "zero bytes"),
        (b"version https://git-lfs.github.com/spec/v1\n", "Git LFS"),
        (b"PK\x03\x04rest", "zip archive"),
        (b"GIF89a", "neither FIT"),
    ],
)
def test_what_is_no_watch_file_is_said_plainly(data, says):
    with pytest.raises(rl.FileError, match=says):
        rl.read_activity(data)


# --- damage -----------------------------------------------------------------------------------------------------------


@given(share=st.floats(0.05, 0.999))
@settings(max_examples=60, deadline=None)
def test_a_cut_file_gives_every_whole_sample_before_the_cut(share):
    data, whole = run(), rl.read_activity(run()).records.drop(columns="activity_id")
    try:
        activity = rl.read_activity(data[: int(len(data) * share)])
    except rl.FileError as error:
        assert share < 0.12 and "no samples" in str(error)
        return
    records = activity.records.drop(columns="activity_id")
    pd.testing.assert_frame_equal(records, whole.iloc[: len(records)])
    assert not activity.about["complete"] and activity.about["problems"]


def test_wrong_checksum_keeps_everything_and_says_so():
    data = bytearray(run())
    data[-1] ^= 0xFF
    activity = rl.read_activity(bytes(data))
    assert len(activity.records) == 200 and activity.about["checksum"] == "wrong" and not activity.about["complete"]


def test_missing_checksum_trailing_junk_and_header_without_size():
    data = run()
    assert len(rl.read_activity(data[:-2]).records) == 200
    junk = rl.read_activity(data + b"sixteen bytes...")
    assert len(junk.records) == 200 and any("not FIT" in p[1] for p in junk.about["problems"])
    for header in (b"\0" + data[1:], data[:4] + bytes(4) + data[8:], bytes(14) + data[14:]):
        activity = rl.read_activity(header)
        assert len(activity.records) == 200 and not activity.about["complete"]


def test_chained_parts_are_all_read():
    activity = rl.read_activity(run() + run(start=START + 3600))
    assert len(activity.records) == 400 and activity.about["parts"] == 2 and activity.about["complete"]


@given(seed=st.integers(0, 10_000), what=st.sampled_from(["flip", "insert", "delete", "zero"]))
@settings(max_examples=150, deadline=None)
def test_damage_never_raises_anything_but_file_error_and_passes_no_garbage(seed, what):
    data, rng = bytearray(run(400)), np.random.default_rng(seed)
    at = int(rng.integers(14, len(data)))
    if what == "flip":
        for place in rng.integers(14, len(data), 10):
            data[place] ^= 1 << int(rng.integers(8))
    elif what == "insert":
        data[at:at] = rng.bytes(int(rng.integers(1, 60)))
    elif what == "delete":
        del data[at : at + int(rng.integers(1, 60))]
    else:
        data[at : at + 200] = bytes(len(data[at : at + 200]))
    try:
        activity = rl.read_activity(bytes(data))
    except rl.FileError:
        return
    records = activity.records
    assert records["time"].is_monotonic_increasing
    for column, low, high in (("heart_rate_bpm", 20, 250), ("latitude_deg", -90, 90), ("speed_mps", 0, 70)):
        assert records[column].dropna().between(low, high).all()


def test_a_clock_that_runs_backwards_is_ordered_and_named():
    fit = FitFile()
    fit.add("file_id", type="activity", time_created=START)
    fit.add_rows("record", {"timestamp": [START, START + 2, START + 1, START + 3], "heart_rate": [120, 122, 121, 123]})
    activity = rl.read_activity(fit.to_bytes())
    assert activity.records["heart_rate_bpm"].tolist() == [120, 121, 122, 123]
    assert any("backwards" in p[1] for p in activity.about["problems"])


# --- pieces -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [0, 1, 127, 128, 129, PERIOD - 1, PERIOD, PERIOD + 1, 3 * PERIOD + 17])
def test_checksum_equals_the_table_driven_one(size):
    data = np.random.default_rng(size).bytes(size)
    assert crc16(data) == slow_crc(data)


def test_running_totals_wrap_and_take_up_full_values():
    assert accumulate([(0, 10, 12), (1, 4000, 12), (2, 5, 12), (3, 9000, 0), (4, (9000 + 7) & 0xFFF, 12)], {}) == [
        (0, 10),
        (1, 4000),
        (2, 4101),
        (4, 9007),
    ]


def test_both_engines_read_the_same():
    ours, theirs = rl.read_activity(run()), rl.read_activity(run(), engine="fitparse")
    common = [c for c in theirs.records.columns if c in ours.records.columns]
    assert {"time", "heart_rate_bpm", "latitude_deg", "distance_m"} <= set(common)
    pd.testing.assert_frame_equal(ours.records[common], theirs.records[common])
    with pytest.raises(rl.SettingsError, match="did you mean 'fitparse'"):
        read_file(run(), engine="fitparser")


def test_ten_hours_stay_within_thirty_megabytes():
    data = run(36_000)
    read(tiny_run())  # tables and profile are built once
    tracemalloc.start()
    activity = read(data)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(activity.records) == 36_000
    assert peak < 30e6, f"{peak / 1e6:.1f} MB"
