"""The simulator keeps to physics and to its own truth; its files read back as written; the sample squad is coherent."""

from __future__ import annotations

import datetime as dt
import gzip
import io
import time
import tomllib
import xml.etree.ElementTree as ET
from pathlib import Path

import fitparse
import numpy as np
import pandas as pd
import pytest
import simulate
from garmin_fit_sdk import Decoder, Stream
from hypothesis import given, settings
from hypothesis import strategies as st
from simulate.fit_writer import FitFile, crc
from simulate.squad import NAMES, story, write_athlete, write_squad
from simulate.write import fit_bytes, gpx_text, packed, tcx_text

from runlab import tables
from runlab.errors import SettingsError
from runlab.readers import read_activity

DATA = Path(__file__).resolve().parent.parent / "data" / "sample"


# Runs


def test_same_seed_same_run_other_seed_another():
    one, two, other = (simulate.simulate_run(distance_m=4000.0, seed=seed, lights_per_km=0.5) for seed in (5, 5, 6))
    pd.testing.assert_frame_equal(one.records, two.records)
    pd.testing.assert_frame_equal(one.laps, two.laps)
    assert not one.records["heart_rate_bpm"].equals(other.records["heart_rate_bpm"])


@settings(max_examples=25, deadline=None)
@given(
    distance=st.floats(1500, 15_000),
    effort=st.floats(0.55, 1.05),
    seed=st.integers(0, 10_000),
    smart=st.booleans(),
    lights=st.floats(0, 0.6),
    celsius=st.floats(-5, 32),
)
def test_every_run_is_a_records_table_that_adds_up(distance, effort, seed, smart, lights, celsius):
    run = simulate.simulate_run(
        distance_m=distance,
        effort=effort,
        seed=seed,
        smart=smart,
        sampling_s=4.0 if smart else 1.0,
        lights_per_km=lights,
        temperature_c=celsius,
    )
    records, truth = run.records, run.truth
    tables.check(records, tables.RECORDS, *tables.RECORDS.names)
    tables.check(run.laps, tables.LAPS, *tables.LAPS.names)
    assert truth["distance"] == pytest.approx(distance, abs=1e-6)
    assert records["time"].is_monotonic_increasing
    assert records["time"].is_unique
    assert records["distance_m"].diff().dropna().min() >= 0
    assert records["distance_m"].iloc[-1] == pytest.approx(distance * (1 + truth["distance_bias"]), abs=10)
    assert run.laps["distance_m"].sum() == pytest.approx(records["distance_m"].iloc[-1], abs=0.5)
    assert run.laps["timer_time_s"].sum() == pytest.approx(truth["timer_time_s"], abs=2)
    paused = sum(pause["duration_s"] for pause in truth["pauses"])
    assert truth["time_s"] == pytest.approx(truth["moving_time_s"] + paused, abs=0.01)
    assert truth["heart_rate_bpm"].max() <= truth["runner"].max_heart_rate_bpm + 1e-9
    assert all(len(values) == len(records) for values in truth.values() if isinstance(values, np.ndarray))


def test_slower_uphill_and_the_hill_costs_energy():
    hill = simulate.climb_course([(1500.0, 0.0), (1000.0, 0.08), (1500.0, -0.05)])
    flat = simulate.climb_course([(4000.0, 0.0)])
    up = simulate.simulate_run(course=hill, distance_m=4000.0, noise=False)
    level = simulate.simulate_run(course=flat, distance_m=4000.0, noise=False)
    where, speed = up.truth["distance_m"], up.truth["speed_mps"]
    climb, before, down = (
        speed[(where > a) & (where < b)].mean() for a, b in ((1600, 2400), (300, 1400), (2700, 3900))
    )
    assert climb < 0.8 * before < before < down
    assert up.truth["energy_j"] > level.truth["energy_j"]
    assert level.truth["ascent_m"] == 0
    assert up.truth["ascent_m"] == pytest.approx(80, abs=2)


def test_the_grade_law_is_neither_minetti_nor_strava():
    grade = np.array([-0.2, -0.1, 0.1, 0.2])
    ours = simulate.Runner().grade_cost(grade)
    minetti = np.polyval([155.4, -30.4, -43.3, 46.3, 19.5, 3.6], grade) / 3.6
    strava = np.array([1.085, 0.875, 1.48, 2.28])
    assert (np.abs(ours - minetti) > 0.02).all()
    assert (np.abs(ours - strava) > 0.02).all()
    assert np.abs(ours - strava).max() < 0.4  # yet a believable curve


def test_heart_rate_lags_and_recovers_more_slowly():
    steps = [simulate.Step(0.6, duration_s=600), simulate.Step(1.0, duration_s=300), simulate.Step(0.6, duration_s=300)]
    run = simulate.simulate_run(
        simulate.Runner(tau_on_s=30.0, tau_off_s=45.0), simulate.track_course(), steps=steps, noise=False
    )
    heart, clock = run.truth["heart_rate_bpm"], run.truth["elapsed_s"]
    low, high = heart[(clock > 500) & (clock < 600)].mean(), heart[(clock > 840) & (clock < 899)].mean()

    def reached(start: float, seconds: float) -> float:
        return float(np.interp(start + seconds, clock, heart))

    assert (reached(600, 30) - low) / (high - low) == pytest.approx(0.63, abs=0.06)
    assert (high - reached(900, 30)) / (high - low) < 0.56
    assert high - low > 20


def test_heat_slows_and_raises_heart_rate_and_fatigue_fades():
    common = {"distance_m": 42_195.0, "effort": "race", "seed": 2, "dynamics": False}
    runner = simulate.Runner(stamina_s=4000.0)
    flat = simulate.rolling_course(42_195.0, ascent_m_per_km=2.0, seed=1)
    cool = simulate.simulate_run(runner, flat, temperature_c=8.0, **common)
    hot = simulate.simulate_run(runner, flat, temperature_c=26.0, **common)
    assert 120 < hot.truth["time_s"] - cool.truth["time_s"] < 1500
    assert hot.truth["components_s"]["heat"] > cool.truth["components_s"]["heat"]
    onset, where, fade = cool.truth["fade_onset_m"], cool.truth["distance_m"], cool.truth["fade"]
    assert 20_000 < onset < 42_000
    assert fade[where < onset - 50].min() == pytest.approx(1.0, abs=0.002)
    assert fade[-1] < 0.99


def test_race_components_sum_to_the_time_and_early_haste_is_paid_for():
    runner = simulate.Runner(stamina_s=5000.0)
    course = simulate.rolling_course(42_195.0, ascent_m_per_km=6.0, seed=4)
    run = simulate.simulate_run(
        runner,
        course,
        distance_m=42_195.0,
        effort="race",
        temperature_c=20.0,
        seed=8,
        dynamics=False,
        pacing=[(0, 1.06), (0.4, 1.03), (1, 0.97)],
        pauses=[simulate.Pause(20_000.0, 45.0, False)],
    )
    parts = run.truth["components_s"]
    assert sum(parts.values()) == pytest.approx(run.truth["time_s"], abs=1e-6)
    assert parts["stops"] == pytest.approx(45.0)
    assert parts["fade"] > 60
    assert run.truth["even_pacing_s"] < run.truth["time_s"]


def test_steps_become_manual_laps_and_standing_is_no_distance():
    steps = simulate.intervals(4, effort=1.06, distance_m=800.0, rest_s=75.0, rest_effort=0.0)
    run = simulate.simulate_run(course=simulate.track_course(), steps=steps, seed=1)
    laps = run.laps
    assert laps["intensity"].tolist() == [step.kind for step in steps]
    assert laps["trigger"].tolist() == ["manual"] * 8 + ["session_end"]
    work, rest = laps[laps["intensity"] == "active"], laps[laps["intensity"] == "rest"]
    assert work["distance_m"].between(780, 830).all()
    assert rest["elapsed_time_s"].between(74, 76).all()
    assert (rest["distance_m"] < 12).all()
    assert work["max_heart_rate_bpm"].min() > laps["average_heart_rate_bpm"].iloc[0] + 15


def test_pauses_stop_the_clock_and_leave_a_hole_in_the_records():
    run = simulate.simulate_run(
        distance_m=5000.0, pauses=[simulate.Pause(2000.0, 60.0), simulate.Pause(3000.0, 40.0, False)]
    )
    gaps = run.records["time"].diff().dt.total_seconds()
    assert gaps.max() == pytest.approx(60, abs=2)
    assert (gaps > 5).sum() == 1
    ((off, on),) = run.truth["timer_stops"]
    assert run.truth["timer_time_s"] == pytest.approx(run.truth["time_s"] - (on - off))
    assert run.truth["standing"].sum() == pytest.approx(40, abs=2)


def test_cadence_lock_dropouts_treadmill_and_dynamics_look_like_the_real_thing():
    watch = simulate.Watch(cadence_lock_s=200.0, dropouts=2)
    run = simulate.simulate_run(distance_m=9000.0, watch=watch, seed=3)
    first = run.records.iloc[20:190]
    assert (first["heart_rate_bpm"] - first["cadence_spm"]).abs().median() <= 2
    assert run.records["heart_rate_bpm"].isna().sum() > 60
    indoors = simulate.simulate_run(course=simulate.treadmill(0.01), distance_m=5000.0).records
    assert indoors[["latitude_deg", "longitude_deg", "altitude_m"]].isna().all().all()
    moving = run.records.dropna(subset=["step_length_mm"])
    step = 60_000 * moving["speed_mps"] / moving["cadence_spm"]
    assert (moving["step_length_mm"] / step).median() == pytest.approx(1.0, abs=0.02)
    assert 200 < moving["stance_time_ms"].median() < 300


def test_barometer_is_smoother_than_gps_altitude():
    def error(kind: str) -> float:
        run = simulate.simulate_run(distance_m=8000.0, seed=2, watch=simulate.Watch(altitude=kind))
        return float(np.abs(np.diff(run.records["altitude_m"] - run.truth["altitude_m"])).mean())

    assert error("barometer") < 0.6 * error("gps")


def test_smart_recording_is_irregular_and_shorter():
    full = simulate.simulate_run(distance_m=6000.0, seed=1)
    smart = simulate.simulate_run(distance_m=6000.0, seed=1, smart=True, sampling_s=4.0)
    gaps = smart.records["time"].diff().dt.total_seconds().dropna()
    assert set(gaps) <= set(range(1, 9))
    assert gaps.nunique() >= 6
    assert len(smart.records) < 0.45 * len(full.records)


def test_outline_is_the_same_run_and_cheap():
    began = time.process_time()
    totals = [simulate.outline(distance_m=10_000.0, seed=seed, temperature_c=18.0) for seed in range(10)]
    outlined = time.process_time() - began
    began = time.process_time()
    runs = [
        simulate.simulate_run(distance_m=10_000.0, seed=seed, temperature_c=18.0, dynamics=False) for seed in range(10)
    ]
    simulated = time.process_time() - began
    for quick, run in zip(totals, runs, strict=True):
        assert quick["time_s"] == pytest.approx(run.truth["time_s"], abs=1e-6)
        assert quick["ascent_m"] == pytest.approx(run.truth["ascent_m"], abs=1e-6)
        assert quick["average_heart_rate_bpm"] == pytest.approx(run.truth["mean_heart_rate_bpm"], abs=3)
    assert outlined < 0.6 * simulated
    assert simulated / 10 < 0.25  # an hour's run; about 0.02 s on an idle core


def test_what_is_missing_is_said():
    with pytest.raises(SettingsError, match="distance_m, duration_s or steps"):
        simulate.simulate_run()
    with pytest.raises(SettingsError, match="effort must be one of 'race'"):
        simulate.simulate_run(distance_m=5000.0, effort="hard")


def test_race_time_grows_faster_than_distance():
    runner = simulate.Runner()
    times = [runner.race_time(metres) for metres in (1500, 3000, 5000, 10_000, 21_097.5, 42_195)]
    exponents = np.diff(np.log(times)) / np.diff(np.log([1500, 3000, 5000, 10_000, 21_097.5, 42_195]))
    assert (exponents > 1.0).all()
    assert (exponents < 1.2).all()
    assert np.ptp(exponents) > 0.01  # not one power law


# FIT


def _fitparse(data: bytes, name: str) -> list[dict]:
    return [message.get_values() for message in fitparse.FitFile(io.BytesIO(data)).get_messages(name)]


def _garmin(data: bytes) -> dict:
    messages, errors = Decoder(Stream.from_byte_array(bytearray(data))).read()
    assert errors == []
    return messages


@pytest.mark.parametrize("big_endian", [False, True])
@pytest.mark.parametrize("compressed", [False, True])
@pytest.mark.parametrize("stryd", [False, True])
def test_fit_reads_back_as_written(big_endian, compressed, stryd):
    run = simulate.simulate_run(
        distance_m=3000.0,
        seed=9,
        smart=True,
        sampling_s=3.0,
        utc_offset_s=7200.0,
        title="Påske",
        pauses=[simulate.Pause(1200.0, 50.0)],
        watch=simulate.Watch(dropouts=1, smart=True, sampling_s=3.0),
    )
    data = fit_bytes(run, big_endian=big_endian, compressed=compressed, stryd=stryd, rpe=6.0, feel=75.0, hrv=True)
    records = run.records
    assert crc(data) == 0
    decoded = {"fitparse": _fitparse(data, "record")}
    if not compressed:  # the official SDK for Python does not support compressed headers
        decoded["garmin"] = _garmin(data)["record_mesgs"]
    stamps = [stamp.to_pydatetime() for stamp in records["time"]]
    for rows in decoded.values():
        assert [row["timestamp"].replace(tzinfo=None) for row in rows] == [
            stamp.replace(tzinfo=None) for stamp in stamps
        ]
        for theirs, ours, digits in (
            ("heart_rate", "heart_rate_bpm", 0),
            ("distance", "distance_m", 0.0051),
            ("enhanced_speed", "speed_mps", 0.00051),
            ("enhanced_altitude", "altitude_m", 0.101),
            ("stance_time", "stance_time_ms", 0.051),
            ("step_length", "step_length_mm", 0.051),
            ("vertical_ratio", "vertical_ratio_pct", 0.0051),
        ):
            read = np.array([np.nan if row.get(theirs) is None else row[theirs] for row in rows], float)
            np.testing.assert_allclose(read, records[ours].to_numpy(), atol=digits + 1e-9, err_msg=theirs)
        cadence = [2 * (row["cadence"] + row["fractional_cadence"]) for row in rows]
        np.testing.assert_allclose(cadence, records["cadence_spm"])
        latitude = np.array([row["position_lat"] for row in rows]) * 180 / 2**31
        np.testing.assert_allclose(latitude, records["latitude_deg"], atol=1e-7)
    if stryd:
        assert decoded["fitparse"][5]["Power"] == records["power_w"].iloc[5]
        assert decoded["fitparse"][5]["Leg Spring Stiffness"] == pytest.approx(8.6, abs=1.0)
        assert "power" not in decoded["fitparse"][5]
    laps = _fitparse(data, "lap")
    assert [lap["total_timer_time"] for lap in laps] == run.laps["timer_time_s"].tolist()
    (session,), (activity,) = _fitparse(data, "session"), _fitparse(data, "activity")
    assert session["sport"] == "running"
    assert session["total_timer_time"] == round(run.truth["timer_time_s"])
    assert session["workout_rpe"] == 60
    assert (activity["local_timestamp"] - activity["timestamp"]).total_seconds() == 7200
    kinds = [event["event_type"] for event in _fitparse(data, "event")]
    assert kinds == ["start", "stop_all", "start", "stop_all"]


_CELL = st.one_of(st.none(), st.floats(0, 200))


@settings(max_examples=30, deadline=None)
@given(rows=st.lists(st.tuples(st.integers(1, 90), _CELL, _CELL), min_size=1, max_size=40), big_endian=st.booleans())
def test_any_columns_survive_the_file(rows, big_endian):
    stamp = 1_780_000_000 + np.cumsum([row[0] for row in rows])
    heart, distance = [row[1] for row in rows], [row[2] for row in rows]
    for compressed in (False, True):
        fit = FitFile(big_endian=big_endian, compressed=compressed)
        fit.add("file_id", type="activity", manufacturer="garmin", time_created=int(stamp[0]))
        fit.add_rows("record", {"timestamp": stamp, "heart_rate": heart, "distance": distance})
        read = _fitparse(fit.to_bytes(), "record")
        seconds = [row["timestamp"].replace(tzinfo=dt.UTC).timestamp() for row in read]
        assert seconds == stamp.tolist()
        assert [row["heart_rate"] for row in read] == [None if h is None else round(h) for h in heart]
        assert [row["distance"] for row in read] == [
            None if d is None else pytest.approx(d, abs=0.0051) for d in distance
        ]


def test_the_writer_refuses_what_it_cannot_say():
    fit = FitFile()
    with pytest.raises(SettingsError, match="no field 'shoe_size'"):
        fit.add("record", timestamp=1_780_000_000, shoe_size=44)
    with pytest.raises(SettingsError, match="does not fit uint8"):
        fit.add("record", timestamp=1_780_000_000, heart_rate=400)
    with pytest.raises(SettingsError, match="not 'recrod'"):
        fit.add("recrod", timestamp=1)


# GPX, TCX and runlab's own readers


@pytest.mark.parametrize("style", ["strava", "garmin", "phone"])
def test_gpx_is_xml_with_every_sample(style):
    run = simulate.simulate_run(distance_m=2000.0, seed=2, title="Hill & dale", pauses=[simulate.Pause(900.0, 30.0)])
    root = ET.fromstring(gpx_text(run, style=style, segments=style == "garmin"))
    space = {"g": "http://www.topografix.com/GPX/1/1", "x": "http://www.garmin.com/xmlschemas/TrackPointExtension/v1"}
    points = root.findall(".//g:trkpt", space)
    assert len(points) == len(run.records)
    assert root.find(".//g:name", space).text == "Hill & dale"
    assert len(root.findall(".//g:trkseg", space)) == (2 if style == "garmin" else 1)
    heart = [float(node.text) for node in root.findall(".//x:hr", space)]
    assert heart == ([] if style == "phone" else run.records["heart_rate_bpm"].tolist())


def test_tcx_is_xml_with_laps_and_every_sample():
    run = simulate.simulate_run(distance_m=2500.0, seed=2)
    root = ET.fromstring(tcx_text(run))
    space = {"t": "http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2"}
    assert len(root.findall(".//t:Lap", space)) == len(run.laps) == 3
    assert len(root.findall(".//t:Trackpoint", space)) == len(run.records)


@pytest.mark.parametrize("form", ["fit", "gpx", "tcx"])
def test_runlab_reads_its_own_files(form):
    run = simulate.simulate_run(distance_m=3000.0, seed=12, title="Loop")
    data = {
        "fit": lambda: fit_bytes(run),
        "gpx": lambda: gpx_text(run).encode(),
        "tcx": lambda: tcx_text(run).encode(),
    }[form]()
    activity = read_activity(packed(data))
    assert activity.about["format"] == form
    assert len(activity.records) == len(run.records)
    for name in ("heart_rate_bpm", "cadence_spm"):
        np.testing.assert_allclose(activity.records[name], run.records[name], atol=1.01)
    np.testing.assert_allclose(activity.records["latitude_deg"], run.records["latitude_deg"], atol=1e-6)


# Seasons


@pytest.fixture(scope="module")
def season() -> simulate.Season:
    race = simulate.Race("2026-10-11", 42_195.0, name="Marathon", goal_s=12_600.0, taper_weeks=3)
    return simulate.simulate_season(
        start="2026-05-04",
        weeks=24,
        seed=4,
        races=[race],
        spikes={12: 1.44},
        cross=[("strength", 4, 40.0)],
        ill=[{"start": "2026-08-31", "end": "2026-09-04", "note": "cold"}],
    )


def test_season_tables_follow_the_schema(season):
    tables.check(season.plan, tables.PLAN, *tables.PLAN.names)
    tables.check(season.events, tables.EVENTS, *tables.EVENTS.names)
    tables.check(season.races, tables.RACES, *tables.RACES.names)
    tables.check(season.activities(), tables.ACTIVITIES, *tables.ACTIVITIES.names)
    tables.check(season.wellness, tables.DAILY, "date", "sleep_h", "resting_heart_rate_bpm")
    assert season.plan.set_index(["date", "slot"]).index.is_unique
    assert set(season.plan["session_type"]) <= {
        "easy",
        "long",
        "recovery",
        "tempo",
        "threshold",
        "interval",
        "hills",
        "race",
        "strength",
        "cross",
        "rest",
    }


def test_what_was_planted_is_there_and_nothing_else(season):
    runs = season.sessions[season.sessions["sport"] == "running"]
    spikes = [
        spike for spike in season.truth["spikes"] if not spike["short_history"] and spike["session_type"] != "race"
    ]
    assert [(spike["week"], round(spike["ratio"], 3)) for spike in spikes] == [(12, 1.44)]
    assert not runs["date"].between("2026-08-31", "2026-09-04").any()
    weeks = season.truth["weeks"]
    for week in season.truth["step_back_weeks"]:
        assert weeks["planned_km"].iloc[week] < 0.8 * weeks["planned_km"].iloc[week - 1]
    taper = weeks[weeks["phase"] == "taper"]["planned_km"]
    assert taper.is_monotonic_decreasing
    assert taper.iloc[-1] < 0.5 * weeks["planned_km"].max()
    assert [phase["phase"] for phase in season.truth["phases"]] == ["base", "build", "peak", "taper", "recovery"]


def test_form_moves_and_illness_costs(season):
    daily = season.truth["daily"].set_index("date")
    assert len(daily) == 24 * 7
    assert daily["critical_speed_mps"].loc["2026-08-30"] > daily["critical_speed_mps"].iloc[0]
    assert daily["critical_speed_mps"].loc["2026-09-05"] < daily["critical_speed_mps"].loc["2026-08-30"]
    assert daily["stamina_s"].loc["2026-09-25"] > daily["stamina_s"].iloc[0]


def test_a_session_with_samples_is_the_session_of_the_table(season):
    for index in (0, 7, int(season.truth["races"][0]["session"])):
        run = season.run(index, dynamics=False)
        row = season.sessions.iloc[index]
        assert run.truth["time_s"] == pytest.approx(row["elapsed_time_s"], abs=1e-6)
        assert run.records["time"].iloc[0] == row["start_time"].floor("s")


def test_an_official_time_is_met_to_the_second():
    race = simulate.Race("2026-06-28", 21_097.5, name="Half", official_s=6000.0)
    season = simulate.simulate_season(start="2026-05-18", weeks=7, seed=1, races=[race])
    assert season.races["official_time_s"].tolist() == [6000.0]
    assert season.run(season.truth["races"][0]["session"]).truth["time_s"] == pytest.approx(6000.0, abs=0.5)


# The sample squad


@pytest.fixture(scope="module")
def truth() -> dict:
    return tomllib.loads((DATA / "truth.toml").read_text())


def test_the_squad_is_small_enough_and_complete(truth):
    files = [path for path in DATA.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) <= 12e6
    assert sorted(path.name for path in (DATA / "squad").iterdir()) == sorted([*NAMES, "squad.toml"])
    for name in NAMES:
        here = {path.name for path in (DATA / "squad" / name).iterdir()}
        assert {"athlete.toml", "exports", "plan.csv", "events.csv", "wellness.csv", "races.csv", "notes.md"} <= here
        assert 60 <= truth[name]["files"]["total"] <= 110
        settings_list = tomllib.loads((DATA / "squad" / name / "athlete.toml").read_text())["settings"]
        assert len(settings_list) == 2
        span = pd.Timestamp(truth[name]["last"]) - pd.Timestamp(truth[name]["first"])
        assert span.days >= 24 * 7


def test_the_truth_names_the_files_that_are_there(truth):
    rows = pd.read_csv(DATA / "truth_sessions.csv")
    for name in NAMES:
        folder = DATA / "squad" / name
        planted = truth[name]["planted"]
        told = set(rows.loc[(rows["athlete"] == name), "file"].dropna())
        told |= {d["file"] for d in planted["duplicates"]} | set(planted["not_activities"]) | set(planted["unreadable"])
        found = {
            path.relative_to(folder).as_posix() for path in (folder / "exports").rglob("*") if path.suffix != ".csv"
        }
        assert told == {file for file in found if (folder / file).is_file()}
        plain = [file.removesuffix(".gz") for file in told]
        for kind in ("fit", "gpx", "tcx"):
            assert truth[name]["files"][kind] == sum(file.endswith(f".{kind}") for file in plain)
        assert truth[name]["sessions"] == (rows["athlete"] == name).sum()


def test_the_stories_are_in_the_truth(truth):
    races = {race["name"]: race for name in NAMES for race in truth[name]["races"]}
    autumn, spring, hundred = races["Autumn Marathon"], races["Spring Marathon"], races["Long Ridge 100"]
    assert autumn["official_time_s"] == 13_272
    assert 30_000 <= autumn["fade_onset_m"] <= 33_500
    assert spring["official_time_s"] == 12_785
    assert not spring["fade_onset_m"] < 38_000
    assert hundred["official_time_s"] == 100_085
    assert hundred["stops_s"] == 171 * 60
    long = pd.read_csv(DATA / "truth_sessions.csv").query("athlete == 'road-marathoner' and session_type == 'long'")
    far = pd.to_datetime(long.loc[long["distance_m"] > 28_000, "date"])
    assert (far < "2026-04-19").sum() == 5
    assert far.between("2026-07-01", "2026-11-01").sum() == 2
    spike = [s for s in truth["returning-runner"]["spikes"] if s["planted"]]
    assert [round(s["ratio"], 2) for s in spike] == [1.44]
    ill = pd.read_csv(DATA / "squad" / "trail-100-miler" / "events.csv").query("kind == 'ill'")
    days = (pd.Timestamp("2026-10-17") - pd.to_datetime(ill[["start", "end"]].iloc[0])).dt.days
    assert days.tolist() == [21, 15]
    fives = [race["official_time_s"] for race in truth["track-5k"]["races"] if race["distance_m"] == 5000]
    assert len(fives) == 5
    assert fives[-1] < fives[0] - 20


def test_some_files_of_the_squad_read_as_the_truth_says(truth):
    rows = pd.read_csv(DATA / "truth_sessions.csv")
    rows = rows[rows["file"].notna() & (rows["problem"] != "truncated") & rows["part"].isna()]
    for name in NAMES:
        for row in rows[rows["athlete"] == name].iloc[::29].to_dict("records"):
            data = (DATA / "squad" / name / row["file"]).read_bytes()
            activity = read_activity(gzip.decompress(data) if row["file"].endswith(".gz") else data)
            assert len(activity.records) == row["samples"], row["file"]
            assert activity.records["heart_rate_bpm"].notna().any() == bool(row["heart_rate"])
            assert abs(activity.records["time"].iloc[0] - pd.Timestamp(row["start_time"])) <= pd.Timedelta(seconds=1)
    (cut,) = truth["road-marathoner"]["planted"]["truncated"]
    part = read_activity(DATA / "squad" / "road-marathoner" / cut["file"])
    assert part.about["complete"] is False
    assert 0.3 * cut["samples_written"] < len(part.records) < cut["samples_written"]


def test_writing_again_gives_the_same_bytes_and_what_is_committed(tmp_path, truth):
    one, _ = write_athlete(story("triathlete"), tmp_path / "a")
    write_athlete(story("triathlete"), tmp_path / "b")
    first = sorted(path.relative_to(tmp_path / "a") for path in (tmp_path / "a").rglob("*") if path.is_file())
    assert all((tmp_path / "a" / path).read_bytes() == (tmp_path / "b" / path).read_bytes() for path in first)
    committed = DATA / "squad" / "triathlete"
    assert first == sorted(path.relative_to(committed) for path in committed.rglob("*") if path.is_file())
    assert one["files"] == truth["triathlete"]["files"]
    assert one["run_km"] == pytest.approx(truth["triathlete"]["run_km"], abs=0.01)
    assert write_squad(tmp_path / "c", names=[])["today"] == truth["today"]
