"""The debrief as a whole: no hindsight, bars that sum, whatever is missing, words that keep the contract."""

from __future__ import annotations

import time
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from race_logs import DAY, log_of, race_run, season
from simulate import Pause, Watch, rolling_course, treadmill

import runlab as rl
from runlab import tables
from runlab.errors import SettingsError
from runlab.race import Race
from runlab.race.draws import SLOWING
from runlab.race.given import weather_on_calendar
from runlab.race.pacing import pacing
from runlab.race.recovery import recovery_ladder
from runlab.race.track import Track, race_track
from runlab.sentences.checks import BANNED

PARTS = (SLOWING, "course", "heat", "stops", "not explained")


@pytest.fixture(scope="module")
def marathon():
    run = race_run()
    log = log_of(run)
    race = log.race(DAY, official_time=run.truth["time_s"], distance_m=42195, goal="3:20:00", kind="road", name="City")
    return run, log, race, rl.race.debrief(log, race, weather=18.0, words="Long.")


def texts(deb) -> list[str]:
    """Every generated text of a debrief."""
    out = [
        deb.headline,
        deb.waterfall_order,
        deb.build_best,
        deb.next_goal_words,
        *deb.celebrate,
        *deb.questions,
        *deb.one_change.values(),
    ]
    for frame, columns in (
        (deb.data_check, ["finding"]),
        (deb.pacing, ["words"]),
        (deb.waterfall, ["basis"]),
        (deb.build_summary, ["words"]),
        (deb.other_stories, list(deb.other_stories)),
        (deb.unknown, list(deb.unknown)),
        (deb.recovery, ["sign", "words"]),
        (deb.night, ["words"]),
        (deb.drift_summary, ["basis"]),
    ):
        for column in columns:
            if column in frame.columns:
                out += [text for text in frame[column].astype(str) if text and text != "nan"]
    return out


def assert_keeps_contract(deb):
    for text in texts(deb):
        assert not BANNED.search(text), (BANNED.search(text).group(), text)
        assert "nan" not in text.lower().split(), text
    assert len(deb.questions) <= 6


def test_the_bars_sum_to_the_second_in_every_order(marathon):
    _, _, race, deb = marathon
    bars = deb.waterfall.set_index("component")
    assert list(bars.index) == [
        "reference",
        SLOWING,
        "course",
        "heat",
        "stops",
        "not explained",
        "result",
    ]
    total = bars.loc["result", "seconds"] - bars.loc["reference", "seconds"]
    assert bars.loc["reference", "seconds"] == 12000 and bars.loc["result", "seconds"] == round(race.official_time_s)
    assert bars.loc[list(PARTS), "seconds"].sum() == total
    sums = deb.waterfall_orders.groupby("order")["seconds"].sum()
    assert len(sums) == 8 and (sums == total).all()
    ends = deb.waterfall["end_s"].to_numpy()
    assert np.allclose(deb.waterfall["start_s"].to_numpy()[1:-1], ends[:-2]) and ends[-2] == ends[-1]
    first = deb.waterfall_orders[deb.waterfall_orders["order"] == f"stops, {SLOWING}, heat, course"]
    assert first.set_index("component")["seconds"].to_dict() == bars.loc[list(PARTS), "seconds"].to_dict()
    assert f"stops, {SLOWING}, heat, course" in deb.waterfall_order
    inside = bars.loc[list(PARTS)]
    assert ((inside["low"] <= inside["seconds"]) & (inside["seconds"] <= inside["high"])).all()


def test_stops_are_measured(marathon):
    _, _, _, deb = marathon
    assert deb.stops["seconds"].tolist() == pytest.approx([20.0, 45.0], abs=4)
    assert deb.stops["distance_m"].tolist() == pytest.approx([20_000.0, 31_000.0], rel=0.01)
    assert deb.waterfall.set_index("component").loc["stops", "seconds"] == pytest.approx(65, abs=6)


def test_official_time_and_distance_win_over_the_watch(marathon):
    run, _, race, deb = marathon
    assert deb.splits["end_m"].iloc[-1] == pytest.approx(42195.0)
    assert deb.splits["time_s"].sum() == pytest.approx(run.truth["time_s"], abs=3)
    assert "42.20 km" in deb.data_check.set_index("check").loc["distance", "finding"]
    assert race.official_time_s == run.truth["time_s"]


def test_forecast_knows_nothing_after_race_eve(marathon):
    _, log, race, deb = marathon
    eve = log.between(None, "2026-10-31")
    whole, cut = rl.race.forecast(log, race), rl.race.forecast(eve, race)
    assert (whole.value, whole.low, whole.high, whole.basis) == (cut.value, cut.low, cut.high, cut.basis)
    later = pd.DataFrame(
        {
            "athlete": "kim",
            "date": pd.to_datetime([DAY, "2026-11-08"]),
            "name": "later",
            "distance_m": [42195.0, 10000.0],
            "official_time_s": [9000.0, 1800.0],
            "kind": "road",
        }
    )
    hindsight = log_of(race_run(), races=tables.conform(pd.concat([log.races, later]), tables.RACES))
    assert rl.race.forecast(hindsight, race).value == whole.value
    assert deb.forecast.value == whole.value
    marks = deb.result_on_forecast.set_index("mark")
    assert marks.loc["median", "percentile"] == 0.5 and set(marks.index) == {"result", "goal", "median"}


def test_build_counts_weeks_to_the_race_and_finds_the_break(marathon):
    _, _, _, deb = marathon
    this = deb.build[deb.build["build"] == "this"].set_index("weeks_to_race")
    assert list(this.index) == list(range(16, 0, -1))
    own = season()
    last = own[own["date"] >= pd.Timestamp(DAY) - pd.Timedelta(days=7)]
    assert this.loc[1, "run_distance_m"] == pytest.approx(last["distance_m"].sum())
    stop = deb.disruptions.iloc[0]
    assert stop["kind"] == "no runs" and 9 <= stop["days"] <= 11
    assert deb.build_summary.loc["distance", "this"] == pytest.approx(this["run_distance_m"].sum())


def test_pacing_shows_both_wall_criteria_with_their_source(marathon):
    _, _, _, deb = marathon
    assert deb.pacing.loc["first_quarter_bias", "value"] > 1
    wall = deb.pacing.loc[["wall_1_km", "wall_5_km", "wall_variability_1_km", "wall_variability_5_km"]]
    assert wall["criterion"].tolist() == [11.0, 7.3, 0.0532, 0.0346]
    assert (wall["source"].str.contains("J Athl Train")).all() and set(wall["met"]) <= {"yes", "no"}
    expected = np.where(wall["value"] > wall["criterion"], "yes", "no")
    assert wall["met"].tolist() == expected.tolist()


def test_weather_on_the_calendar_is_used_and_missing_weather_is_not_zero():
    row = {"athlete": "kim", "date": pd.Timestamp(DAY), "name": "City", "temperature_c": "21.5", "humidity_pct": 70.0}
    race = Race(pd.Timestamp(DAY), name="City")
    for degrees, found in (("21.5", {"temperature_c": 21.5, "humidity_pct": 70.0}), ("", None)):
        log = SimpleNamespace(races=pd.DataFrame([row | {"temperature_c": degrees}]))
        assert weather_on_calendar(log, race) == found
    assert weather_on_calendar(SimpleNamespace(races=pd.DataFrame([row, row])), race) is None


def even_marathon(*, stop_s: int = 0, slow: float = 1.0) -> Track:
    """3.5 m/s but for one km from 35 km, and one stop at 35.5 km."""
    t, metres = [0.0], [0.0]
    for km in range(42):
        took = 1000 / 3.5 * (slow if km == 35 else 1.0)
        t += list(t[-1] + np.arange(1, 11) * took / 10)
        metres += list(metres[-1] + np.arange(1, 11) * 100.0)
    at = metres.index(35500.0)
    t, metres = np.insert(np.array(t), at + 1, t[at]), np.insert(np.array(metres), at + 1, metres[at])
    t[at + 1 :] += stop_s
    moving = np.arange(len(t) - 1) != at
    return Track(t, metres, t * 0 + 3.5, t * 0, t * 0 + 1.0, t.astype(int) * 0, moving, source="samples")


@pytest.mark.parametrize(
    ("stop_s", "slow", "met"), [(40, 1.0, "no"), (300, 1.0, "no"), (0, 1.109, "no"), (0, 1.111, "yes")]
)
def test_a_stop_is_no_wall_and_a_slow_km_is_one_at_eleven_per_cent(stop_s, slow, met):
    race = Race(pd.Timestamp("2026-11-01"), distance_m=42_000.0, kind="road")
    row = pacing(even_marathon(stop_s=stop_s, slow=slow), race).loc["wall_1_km"]
    assert row["met"] == met and row["value"] == pytest.approx(100 * (slow - 1), abs=1e-6)
    assert (row["from_m"] == 35_000.0) == (met == "yes") and "four in ten" in row["words"]


def test_a_steep_km_is_no_wall():
    track = even_marathon(slow=1.2)
    hill = (track.distance_m >= 35_000.0) & (track.distance_m < 36_000.0)
    race = Race(pd.Timestamp("2026-11-01"), distance_m=42_000.0, kind="road")
    found = pacing(replace(track, factor=np.where(hill, 1.2, 1.0)), race)
    assert found.loc["wall_1_km", "met"] == "no" and found.loc["wall_1_km", "value"] == pytest.approx(0, abs=1e-6)
    assert pacing(track, race).loc["wall_1_km", "met"] == "yes"


def test_words_keep_the_sentence_contract(marathon):
    _, _, _, deb = marathon
    assert_keeps_contract(deb)
    assert deb.words == "Long." and deb.celebrate and "Simply the day" in set(deb.other_stories["story"])
    assert 1 <= len(deb.other_stories) <= 5
    assert deb.one_change == {"change": "", "keep": "", "why": ""}, (
        "no cost or gain of an even race stands clear of zero"
    )


def test_imperial_athletes_read_miles():
    run = race_run(10_000.0, pauses=(), pacing=None)
    log = log_of(run, units="imperial")
    deb = rl.race.debrief(log, log.race(DAY, official_time=run.truth["time_s"], distance_m=10_000))
    assert deb.splits["distance_m"].iloc[0] == pytest.approx(1609.344)
    assert " mi" in " ".join(deb.celebrate) and " km" not in " ".join(deb.celebrate)


@pytest.mark.parametrize(
    "gone",
    [
        ("heart_rate_bpm",),
        ("altitude_m",),
        ("cadence_spm",),
        ("temperature_c",),
        ("latitude_deg", "longitude_deg"),
        ("speed_mps",),
        ("heart_rate_bpm", "altitude_m", "cadence_spm", "temperature_c", "speed_mps", "distance_m"),
    ],
)
def test_missing_channels_are_named_and_nothing_raises(gone):
    run = race_run(21_097.5, pauses=())
    records = run.records.assign(**dict.fromkeys(gone, np.nan))
    log = log_of(run, records=records, with_season=False)
    race = log.race(DAY, official_time=run.truth["time_s"], distance_m=21_097.5, goal="1:40:00")
    deb = rl.race.debrief(log, race)
    assert len(deb.splits) == 22
    assert_keeps_contract(deb)
    names = {
        "heart_rate_bpm": "heart rate",
        "altitude_m": "altitude",
        "cadence_spm": "cadence",
        "temperature_c": "temperature",
        "latitude_deg": "position",
    }
    for channel in gone:
        if channel in names:
            assert names[channel] in set(deb.unknown["what"]) and names[channel] in set(deb.data_check["check"])
    bars = deb.waterfall.set_index("component")
    if "altitude_m" in gone:
        assert np.isnan(bars.loc["course", "seconds"]) and "no altitude" in bars.loc["course", "basis"]
    if "temperature_c" in gone:
        assert np.isnan(bars.loc["heat", "seconds"])
    assert bars.loc[list(PARTS), "seconds"].sum() == bars.loc["result", "seconds"] - bars.loc["reference", "seconds"]


def test_a_clock_jump_is_left_out_and_said():
    run = race_run(21_097.5, pauses=())
    records = run.records.copy()
    records.loc[len(records) // 2 :, "time"] += pd.Timedelta(days=20)
    log = log_of(run, records=records, with_season=False)
    deb = rl.race.debrief(log, log.race(DAY, official_time=run.truth["time_s"], distance_m=21_097.5))
    assert deb.splits["time_s"].sum() == pytest.approx(run.truth["time_s"], abs=10)
    assert deb.data_check["finding"].str.contains("clock jumps").any()
    assert "the watch's clock" in set(deb.unknown["what"])


def test_laps_stand_in_where_there_are_no_samples():
    run = race_run(21_097.5, pauses=())
    log = log_of(run)
    bare = rl.Log(log.activities.assign(samples=0), laps=log.laps, races=log.races, athletes=log.athletes)
    deb = rl.race.debrief(bare, bare.race(DAY, official_time=run.truth["time_s"], distance_m=21_097.5, goal="1:40:00"))
    assert len(deb.splits) == 22 and set(deb.splits["time_from"]) == {"laps"}
    assert deb.data_check["finding"].str.contains("laps stand in").any()
    assert np.isnan(deb.waterfall.set_index("component").loc["stops", "seconds"])
    assert_keeps_contract(deb)


def test_a_race_without_recording_still_has_build_and_questions():
    log = log_of()
    race = log.race(DAY, official_time="3:41:12", distance_m=42195, goal="3:30:00")
    deb = rl.race.debrief(log, race)
    assert deb.splits.empty and deb.waterfall.empty and deb.forecast.is_known and len(deb.build)
    assert deb.questions and "the way itself" in set(deb.unknown["what"])
    assert_keeps_contract(deb)


def test_without_any_history_it_says_cannot_tell():
    run = race_run(10_000.0, pauses=())
    log = log_of(run, with_season=False)
    deb = rl.race.debrief(log, log.race(DAY, distance_m=10_000))
    assert not deb.forecast.is_known and deb.waterfall.empty and "what was to be expected" in set(deb.unknown["what"])
    assert len(deb.splits) and deb.questions
    assert_keeps_contract(deb)


def test_dnf_is_headed_by_distance_and_decision_point():
    run = race_run(
        50_000.0,
        course=rolling_course(50_000.0, ascent_m_per_km=30.0, seed=2),
        pauses=(Pause(24_000.0, 900.0, False, "aid"),),
    )
    short = run.records[run.records["distance_m"] < 24_400.0]
    races = pd.DataFrame(
        {
            "athlete": ["kim"],
            "date": [pd.Timestamp(DAY)],
            "name": ["Fifty"],
            "distance_m": [50_000.0],
            "kind": ["trail"],
            "goal_s": [20_000.0],
        }
    )
    log = log_of(run, records=short, races=races, about={"totals": {}, "sessions": []})
    race = log.race(DAY)
    deb = rl.race.debrief(log, race)
    assert not race.finished and not deb.finished
    assert deb.headline.startswith("24.") and "of 50.0 km" in deb.headline and "stop of 15 min" in deb.headline
    assert deb.waterfall.empty and "no arithmetic" in deb.waterfall_order
    assert "result" not in set(deb.result_on_forecast["mark"]) and deb.next_goal.empty
    assert deb.splits["end_m"].iloc[-1] < 26_000
    assert "What made you stop there" in deb.questions[0]
    assert_keeps_contract(deb)


def test_treadmill_and_track_get_a_debrief_of_what_there_is():
    run = race_run(21_097.5, course=treadmill(0.01), pauses=())
    log = log_of(run, with_season=False)
    deb = rl.race.debrief(
        log, log.race(DAY, official_time=run.truth["time_s"], distance_m=21_097.5, kind="treadmill", goal="1:40:00")
    )
    assert len(deb.splits) == 22 and "position" in set(deb.unknown["what"]) and len(deb.waterfall)
    assert_keeps_contract(deb)


def test_a_relay_has_legs_over_its_files():
    runs = [race_run(10_000.0, seed=s, pauses=(), pacing=None, start=f"{DAY} {h:02d}:00") for s, h in ((1, 8), (2, 12))]
    logs = [log_of(run, with_season=False) for run in runs]
    both = pd.concat([log.activities for log in logs], ignore_index=True)
    held = {log.activities["activity_id"].iloc[0]: run.records for log, run in zip(logs, runs, strict=True)}
    races = pd.DataFrame(
        {
            "athlete": ["kim"],
            "date": [pd.Timestamp(DAY)],
            "distance_m": [80_000.0],
            "kind": ["relay"],
            "official_time_s": [28_000.0],
            "name": ["Relay"],
        }
    )
    log = rl.Log(both, races=tables.conform(races, tables.RACES), records=held)
    race = log.race(DAY)
    deb = rl.race.debrief(log, race)
    assert len(race.activity_ids) == 2 and len(deb.legs) == 2
    assert deb.legs["distance_m"].tolist() == pytest.approx([10_000.0, 10_000.0], rel=0.03)
    assert set(deb.legs["activity_id"]) == set(held) and deb.waterfall.empty
    assert_keeps_contract(deb)


def test_the_debrief_edits_nothing(marathon):
    _, log, race, _ = marathon
    before = {name: getattr(log, name).copy(deep=True) for name in ("activities", "laps", "races", "events", "efforts")}
    records = log.records(race.activity_ids[0]).copy(deep=True)
    rl.race.debrief(log, race)
    for name, frame in before.items():
        pd.testing.assert_frame_equal(getattr(log, name), frame)
    pd.testing.assert_frame_equal(log.records(race.activity_ids[0]), records)


def test_a_marathon_takes_under_five_seconds(marathon):
    _, log, race, _ = marathon
    began = time.process_time()
    rl.race.debrief(log, race)
    assert time.process_time() - began < 5


def test_race_settings_are_checked():
    log = log_of()
    with pytest.raises(SettingsError, match="no race and no run"):
        log.race("2020-01-01")
    with pytest.raises(SettingsError, match="reference must be"):
        rl.race.debrief(log, log.race(DAY, distance_m=10_000, official_time="40:00"), reference="hope")
    with pytest.raises(SettingsError, match="kind"):
        log.race(DAY, distance_m=10_000, kind="swim")


def test_find_races_lists_calendar_title_and_effort():
    own = season(12)
    own = own.assign(title="Morning run", graded_speed_mps=3.1, average_speed_mps=3.1, average_heart_rate_bpm=140.0)
    own.loc[5, ["title", "distance_m"]] = ["Town 10k", 10_020.0]
    like = own["distance_m"] < 15_000
    own.loc[like, "distance_m"] = 10_000.0
    own.loc[40, ["distance_m", "elapsed_time_s", "moving_time_s"]] = [10_010.0, 2500.0, 2495.0]
    own.loc[40, ["graded_speed_mps", "average_speed_mps", "average_heart_rate_bpm"]] = [4.0, 4.0, 168.0]
    own["start_time"], own["utc_offset_s"] = own["start_time"] + pd.Timedelta(hours=11), 0.0
    sunday = own["date"].iloc[40] + pd.Timedelta(days=(6 - own["date"].iloc[40].day_of_week))
    own.loc[40, "date"], own.loc[40, "start_time"] = sunday, (sunday + pd.Timedelta(hours=9)).tz_localize("UTC")
    log = log_of(
        races=pd.DataFrame(
            {"athlete": ["kim"], "date": [pd.Timestamp("2026-10-04")], "name": ["Half"], "distance_m": [21_097.5]}
        )
    )
    log = rl.Log(tables.conform(own, tables.ACTIVITIES), races=log.races)
    found = rl.race.find_races(log)
    assert found["date"].is_monotonic_increasing
    by = found.groupby("found_by")["confidence"].first().to_dict()
    assert by["calendar"] == 1.0 and by["title"] > 0.8 and by["effort"] > 0.5


def test_checkpoint_times_pin_the_distance(marathon):
    run, log, _, _ = marathon
    at = float(np.interp(21_000.0, run.truth["distance_m"], run.truth["elapsed_s"]))
    points = pd.DataFrame({"name": ["21 km"], "distance_km": [21.0], "arrival": [at]})
    race = log.race(DAY, official_time=run.truth["time_s"], distance_m=42195, checkpoints=points)
    track = race_track(log, race)
    assert float(track.time_at(21_000.0)) == pytest.approx(at, abs=3)
    assert rl.race.debrief(log, race).splits.set_index("split").loc[21, "time_from"] == "official"


def test_watch_running_on_after_the_line_is_cut():
    run = race_run(10_000.0, pauses=(), pacing=None)
    more = run.records.iloc[[-1] * 400].copy()
    more["time"] = run.records["time"].iloc[-1] + pd.to_timedelta(np.arange(2, 802, 2), unit="s")
    records = pd.concat([run.records, more], ignore_index=True)
    log = log_of(run, records=records, with_season=False)
    deb = rl.race.debrief(log, log.race(DAY, distance_m=10_000))
    assert deb.splits["elapsed_s"].iloc[-1] == pytest.approx(run.truth["time_s"], abs=5)
    assert deb.data_check["finding"].str.contains("standing at the end").any()


def test_empty_race_objects_print():
    assert repr(Race(pd.Timestamp(DAY), finished=False)) == "Race(2026-11-01, not finished)"
    assert Watch().device


def test_earlier_races_after_which_the_usual_never_came_back_are_kept():
    """Three earlier marathons; after the last one the athlete only jogged, and that is part of the answer."""
    days = pd.date_range("2024-01-01", "2026-10-25", freq="2D")
    raced = pd.to_datetime(["2024-06-02", "2025-06-01", "2026-05-31"])
    metres = np.full(len(days), 10_000.0)
    metres[days > raced[2]] = 2_000.0
    runs = pd.DataFrame({"activity_id": [f"r{i}" for i in range(len(days))], "athlete": "kim", "sport": "running"})
    runs = runs.assign(date=days, distance_m=metres, moving_time_s=3600.0, elapsed_time_s=3600.0)
    calendar = pd.DataFrame({"athlete": "kim", "date": raced, "distance_m": 42195.0, "official_time_s": 12_600.0})
    log = rl.Log(runs, races=calendar)
    row = recovery_ladder(log, Race(pd.Timestamp("2026-11-01"), athlete="kim", distance_m=42195.0)).iloc[-1]
    assert row["n"] == 3 and row["usual"] == 7 and row["high"] == np.inf
    assert "after 1 of them usual volume was not back" in row["words"]
