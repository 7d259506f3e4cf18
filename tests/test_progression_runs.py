"""What single runs and seasons of runs tell: efficiency, drift, bouts, session types, phases, stride."""

import math

import numpy as np
import pandas as pd
import pytest
from simulate import simulate_run, simulate_season
from simulate.run import Pause, Step
from simulate.run import intervals as steps_of
from simulate.season import Race

from runlab import progression, tables
from runlab.athlete import Athlete
from runlab.evidence import Estimate
from runlab.log import Log
from runlab.progression.blocks import run_blocks
from runlab.progression.season_phases import phase_weeks
from runlab.progression.weeks import running_weeks
from runlab.summary import summarise

ON_RECORDS = ["efficiency_factor", "decoupling", "run_drift", "fatigue_drift", "intervals"]


def season_with_samples(**changes):
    """A short season as a Log with samples, without titles."""
    season = simulate_season(
        **(
            {
                "weeks": 14,
                "seed": 5,
                "start": "2026-02-02",
                "weekly_km": (40, 60),
                "races": [Race("2026-05-03", 10000.0, taper_weeks=2)],
            }
            | changes
        )
    )
    rows, laps, histograms, efforts, records = [], [], [], [], {}
    for i in range(len(season.sessions)):
        run = season.run(i, dynamics=False, sampling_s=3.0)
        activity = run.activity()
        activity.about["title"] = ""
        found = summarise(activity, athlete=Athlete("a"), sha256=f"{i:08d}")
        rows.append(found.row | {"athlete": "a", "truth": season.sessions["session_type"].iloc[i]})
        laps.append(found.laps)
        histograms.append(found.histograms)
        efforts.append(found.efforts)
        records[found.row["activity_id"]] = run.records
    return season, Log(
        pd.DataFrame(rows),
        pd.concat(laps),
        pd.concat(histograms),
        pd.concat(efforts),
        events=season.events.assign(athlete="a"),
        races=season.races.assign(athlete="a"),
        athletes={"a": Athlete("a")},
        records=records,
    )


@pytest.fixture(scope="module")
def whole_season():
    return season_with_samples()


@pytest.mark.parametrize("name", ON_RECORDS)
@pytest.mark.parametrize(
    "kind",
    [
        "empty",
        "one_sample",
        "no_heart_rate",
        "no_altitude",
        "treadmill",
        "paused",
        "gps_jump",
        "smart_recording",
        "dst_change",
    ],
)
def test_no_channel_missing_raises(name, kind, request):
    records = request.getfixturevalue(kind)
    before = records.copy(deep=True)
    found = getattr(progression, name)(records)
    pd.testing.assert_frame_equal(records, before)
    if isinstance(found, Estimate):
        assert found.basis
        if kind in ("empty", "one_sample", "no_heart_rate"):
            assert not found.is_known and "needs" in found.basis
    elif name == "fatigue_drift":
        assert (found["basis"].str.len() > 5).all()


def test_blocks_add_up_and_leave_bad_heart_rate_out(steady_hour, cadence_locked):
    blocks = run_blocks(steady_hour)
    assert blocks["seconds"].sum() == pytest.approx(3600, abs=30) and len(blocks) == 60
    assert blocks["heart_rate_bpm"].mean() == pytest.approx(150, abs=0.1)
    locked = run_blocks(cadence_locked)
    assert locked["heart_rate_bpm"].max() < 160 and locked["heart_rate_share"].min() < 0.5


def test_efficiency_is_metres_per_beat(steady_hour):
    found = progression.efficiency_factor(steady_hour)
    assert found.value == pytest.approx(60 * (10 / 3) / 150, rel=0.02) and found.low <= found.value <= found.high


def test_decoupling_only_where_valid(make_run, steady_hour):
    assert abs(progression.decoupling(steady_hour).value) < 1
    assert "needs 52 min" in progression.decoupling(steady_hour.iloc[:2000]).basis
    fast = np.where(np.arange(5401) % 600 < 300, 4.5, 2.5)
    uneven = make_run(5400, speed_mps=fast, distance_m=np.cumsum(fast), altitude_m=100.0)
    assert "steady run" in progression.decoupling(uneven).basis
    day = make_run(7 * 3600)
    assert "6 h" in progression.decoupling(day).basis


def test_drift_is_recovered_from_simulated_heart_rate():
    run = simulate_run(duration_s=7200.0, effort=0.7, temperature_c=10.0, seed=3, dynamics=False)
    runner = run.truth["runner"]
    clock = np.linspace(900, 7200, 50)
    heart = runner.drifted_heart_rate(0.7 / (1 - runner.heat_loss(10.0, clock)), clock, 10.0)
    truth = 100 * np.polyfit(clock / 3600, np.log(heart), 1)[0]
    found = progression.run_drift(run.records)
    assert found.value == pytest.approx(truth, abs=0.5) and found.low < truth < found.high


def test_durability_pools_long_runs():
    rows, records = [], {}
    for i in range(6):
        run = simulate_run(duration_s=6300.0, effort=0.7, temperature_c=10.0, seed=i, dynamics=False)
        date = pd.Timestamp("2026-03-01") + pd.Timedelta(days=7 * i)
        records[f"l{i}"] = run.records
        rows.append(
            {
                "activity_id": f"l{i}",
                "athlete": "a",
                "sport": "running",
                "date": date,
                "samples": 6300,
                "start_time": date.tz_localize("UTC"),
                "moving_time_s": 6300.0,
                "heart_rate_share": 1.0,
                "average_temperature_c": 13.0,
            }
        )
    found = progression.durability(Log(pd.DataFrame(rows), records=records))
    assert found.n == 6 and 0.3 < found.value < 2.5 and found.low < found.value < found.high
    assert found.table["used"].all() and found.unit == "% per hour"
    bare = progression.durability(Log(pd.DataFrame(rows).assign(average_temperature_c=np.nan), records=records))
    assert "temperature known in 0 and the rest" in bare.basis
    assert ((bare.high - bare.low) / 2) ** 2 - ((found.high - found.low) / 2) ** 2 > (1.28 * 0.14 * 6 * 0.95) ** 2
    two = progression.durability(Log(pd.DataFrame(rows[:2]), records=records))
    assert "needs 3 steady runs" in two.basis and len(two.table) == 2
    gone = progression.durability(Log(pd.DataFrame(rows)))
    assert not gone.is_known and gone.table["basis"].str.contains("gone").all()


def test_bouts_are_found_where_planted_and_stops_are_no_rest():
    steps = steps_of(5, effort=1.06, distance_m=1000.0, rest_s=90.0)
    run = simulate_run(steps=steps, seed=4, dynamics=False, pauses=[Pause(3000.0, 35.0)])
    found = progression.intervals(run.records)
    work = found[found["kind"] == "work"]
    ends = [s["end_s"] for s in run.truth["steps"]]
    planted = [(a, b) for a, b, s in zip([0, *ends], ends, run.truth["steps"], strict=False) if s["kind"] == "active"]
    assert len(work) == 5 and found["kind"].iloc[0] == "warmup" and found["kind"].iloc[-1] == "cooldown"
    assert np.abs(np.array(planted) - work[["start_s", "end_s"]].to_numpy()).max() < 15
    assert (work["confidence"] > 0.5).all() and (work["source"] == "speed").all()
    assert found["duration_s"].sum() == pytest.approx(len(run.records) + 35, abs=40)


def test_laps_that_say_what_they_were_win():
    run = simulate_run(steps=steps_of(4, effort=1.06, duration_s=180.0), seed=5, dynamics=False)
    laps = tables.conform(run.laps, tables.LAPS)
    found = progression.intervals(run.records, laps=laps)
    expected = "laps" if laps["intensity"].isin(["active"]).any() else "speed"
    assert set(found["source"]) == {expected} and (found["kind"] == "work").sum() == 4


def test_an_even_run_has_no_bouts(steady_hour):
    assert progression.intervals(steady_hour).empty
    easy = simulate_run(steps=[Step(0.7, distance_m=9000.0)], seed=6, dynamics=False, lights_per_km=0.3)
    assert progression.intervals(easy.records).empty


def test_session_types_of_a_simulated_season(whole_season):
    _, log = whole_season
    found = progression.session_type(log).merge(log.activities[["activity_id", "truth"]], on="activity_id")
    truth = found["truth"].replace({"hills": "interval"})
    right = truth == found["session_type"]
    assert right.mean() > 0.75 and found["confidence"].between(0, 1).all()
    assert right[truth == "race"].all() and right[truth == "tempo"].mean() > 0.7
    assert found.loc[right, "confidence"].mean() > found.loc[~right, "confidence"].mean()
    hard = found[found["session_type"].isin(["interval", "threshold", "tempo"])]
    assert (hard["work_bouts"] > 0).all() and hard["reason"].str.contains("bout").all()


def test_session_types_without_samples_or_channels_are_less_sure(whole_season):
    _, log = whole_season
    bare = Log(log.activities.assign(average_heart_rate_bpm=np.nan, graded_speed_mps=np.nan), races=log.races)
    sure, unsure = progression.session_type(log), progression.session_type(bare)
    assert len(unsure) == len(sure) and unsure["confidence"].mean() < sure["confidence"].mean()
    assert unsure["reason"].str.contains("no threshold or channel").any()


def test_phases_around_a_race_and_an_illness():
    season, log = season_with_samples(
        weeks=16,
        races=[Race("2026-05-10", 21097.5, taper_weeks=2)],
        ill=[{"start": "2026-03-02", "end": "2026-03-15", "kind": "ill"}],
    )
    weeks = phase_weeks(log).set_index("week")
    planned = season.truth["weeks"].set_index("start")["phase"]
    assert weeks.loc["2026-05-04", "phase"] == "taper" and weeks.loc["2026-05-11", "phase"] == "recovery"
    assert set(weeks.loc["2026-03-02":"2026-03-09", "phase"]) == {"break"}
    both = planned.rename("planned").to_frame().join(weeks["phase"], how="inner")
    assert (both["planned"] == both["phase"]).mean() > 0.6
    spans = progression.phases(log)
    assert spans["weeks"].sum() == len(weeks)
    assert (spans["start"].iloc[1:].to_numpy() > spans["end"].iloc[:-1].to_numpy()).all()


def test_intensity_adds_up_and_has_a_band(whole_season):
    _, log = whole_season
    found = progression.intensity_distribution(log, by="month")
    sums = found.groupby(["period", "method"])["value"].sum()
    assert np.allclose(sums, 1) and (found["low"] <= found["value"]).all() and (found["value"] <= found["high"]).all()
    time = found[found["method"] == "time"].groupby("zone")["value"].mean()
    assert time["low"] > 0.7 and (found["high"] > found["low"]).any()
    bare = progression.intensity_distribution(Log(log.activities.assign(average_heart_rate_bpm=np.nan)))
    assert bare["value"].isna().all() and bare["basis"].str.contains("needs a threshold").all()


@pytest.mark.parametrize(("shares", "index"), [((80, 5, 15), 2.380), ((80, 15, 5), 1.426)])
def test_polarization_index_treff_2019(shares, index):
    assert progression.polarization_index(*shares) == pytest.approx(index, abs=0.001)


def test_polarization_index_where_it_means_nothing():
    for shares in ((80, 20, 0), (10, 5, 80), (0, 0, 0)):
        assert math.isnan(progression.polarization_index(*shares))
    assert math.isfinite(progression.polarization_index(90, 0, 10))


def calendar(days_per_week, weeks=20, events=None):
    first = pd.Timestamp("2026-01-05")
    dates = [first + pd.Timedelta(days=7 * w + d) for w in range(weeks) for d in range(days_per_week(w))]
    runs = pd.DataFrame(
        {
            "activity_id": [f"c{i}" for i in range(len(dates))],
            "athlete": "a",
            "sport": "running",
            "date": dates,
            "distance_m": 8000.0,
            "moving_time_s": 2700.0,
        }
    )
    last = pd.DataFrame(
        {
            "activity_id": ["z"],
            "athlete": "a",
            "sport": "running",
            "distance_m": 8000.0,
            "date": [first + pd.Timedelta(days=7 * weeks - 1)],
            "moving_time_s": 2700.0,
        }
    )
    return Log(pd.concat([runs, last]), events=events)


def test_consistency_counts_weeks_and_excuses_illness():
    even = progression.consistency(calendar(lambda w: 4))
    assert even.value == 100 and even.low > 85
    missing = progression.consistency(calendar(lambda w: 1 if w in (5, 6) else 4))
    assert missing.value == pytest.approx(90) and (missing.table["state"] == "short").sum() == 2
    ill = pd.DataFrame(
        {"athlete": "a", "kind": "ill", "start": [pd.Timestamp("2026-02-09")], "end": [pd.Timestamp("2026-02-22")]}
    )
    excused = progression.consistency(calendar(lambda w: 1 if w in (5, 6) else 4, events=ill))
    assert excused.value == 100 and excused.n == 18 and "2 excused" in excused.basis


def test_weeks_without_runs_are_zero_and_unmeasured_ones_are_not():
    log = calendar(lambda w: 0 if w == 3 else 4)
    weeks = running_weeks(log)
    assert weeks["distance_m"].iloc[3] == 0 and weeks["runs"].iloc[3] == 0
    lost = Log(log.activities.assign(distance_m=np.where(log.activities["date"] < "2026-01-12", np.nan, 8000.0)))
    assert np.isnan(running_weeks(lost)["distance_m"].iloc[0]) and running_weeks(lost)["unmeasured"].iloc[0] == 4


def test_blocks_on_a_weeks_to_race_axis():
    log = calendar(lambda w: 5, weeks=30)
    found = progression.block_comparison(log, races=["2026-05-31", "2026-02-15"], weeks=16)
    assert found["weeks_to_race"].tolist() == [*range(16, 0, -1)] * 2
    early = found[(found["race_date"] == pd.Timestamp("2026-02-15")) & (found["weeks_to_race"] > 6)]
    assert early["distance_m"].isna().all() and early["basis"].str.contains("before the log").all()
    late = found[found["race_date"] == pd.Timestamp("2026-05-31")]
    assert late["distance_m"].between(39_000, 41_000).all()
    assert progression.block_summary(found)["weeks_known"].tolist() == [5, 16]


def test_variety_counts_effective_kinds(whole_season):
    _, log = whole_season
    found = progression.variety(log)
    assert 1.5 < found.value < 6 and found.low <= found.value + 0.3
    assert found.table["dimension"].tolist() == ["session type", "surface", "length", "shoes"]
    same = progression.variety(
        calendar(lambda w: 5),
        sessions=pd.DataFrame({"activity_id": [f"c{i}" for i in range(100)] + ["z"], "session_type": "easy"}),
    )
    assert same.value == pytest.approx(1)


def test_leg_stiffness_morin_2005():
    found = progression.leg_stiffness(3.333, 250.0, 60 / 0.35, mass_kg=70, height_m=1.75)
    assert float(found) == pytest.approx(9.51, rel=0.002)
    assert np.isnan(progression.leg_stiffness(2.0, 400.0, 170.0, mass_kg=70, height_m=1.75))  # no flight: walking


@pytest.fixture(scope="module")
def stride_log():
    rows, records = [], {}
    for i in range(10):
        run = simulate_run(distance_m=6000.0, effort=0.62 + 0.03 * i, seed=i)
        date = pd.Timestamp("2026-03-01") + pd.Timedelta(days=6 * i)
        frame = run.records
        frame = frame.assign(
            stance_time_balance_pct=50.3 + (2.6 if i >= 7 else 0) + np.random.default_rng(i).normal(0, 0.3, len(frame))
        )
        records[f"s{i}"] = frame
        rows.append(
            {
                "activity_id": f"s{i}",
                "athlete": "a",
                "sport": "running",
                "date": date,
                "samples": len(frame),
                "start_time": date.tz_localize("UTC"),
                "moving_time_s": 2000.0,
            }
        )
    return Log(pd.DataFrame(rows), records=records)


def test_dynamics_are_functions_of_speed(stride_log):
    found = progression.dynamics(stride_log, mass_kg=60, height_m=1.7)
    cadence = found[found["channel"] == "cadence_spm"].sort_values("speed_mps")
    assert len(cadence) >= 3 and (cadence["value"].diff().dropna() > 0).all() and (cadence["n"] >= 3).all()
    assert (cadence["low"] <= cadence["value"]).all()
    assert found.loc[found["channel"] == "leg_stiffness_kn_m", "value"].between(4, 20).all()
    bare = progression.dynamics(stride_log)
    stiff = bare.loc[bare["channel"] == "leg_stiffness_kn_m", "basis"].tolist()
    assert stiff == ["needs mass_kg and height_m; found none"]


def test_symmetry_against_own_usual(stride_log):
    found = progression.symmetry(stride_log, recent_days=17)
    assert found.verdict == "moved from own usual" and found.value == pytest.approx(2.6, abs=0.4)
    calm = progression.symmetry(stride_log.between(end="2026-04-08"), recent_days=10)
    assert calm.verdict == "within what the sensor itself varies"


def test_fatigue_drift_finds_what_was_planted(make_run):
    share = np.arange(5401) / 5400
    run = make_run(5400, cadence_spm=172 * (1 - 0.06 * share) + np.random.default_rng(1).normal(0, 1, 5401))
    found = progression.fatigue_drift(run).set_index("channel").loc["cadence_spm"]
    assert found["value"] == pytest.approx(-4.0, abs=0.8) and found["low"] <= found["value"] <= found["high"]


def test_pace_curve_never_rises_and_knows_after_work(whole_season):
    _, log = whole_season
    curve = progression.pace_curve(log)
    for _, part in curve.groupby("kind"):
        assert (part["value"].diff().dropna() <= 1e-12).all()
    late = progression.pace_curve(log, after_s=3600.0)
    assert 0 < late["n"].max() < curve["n"].max() and (late["start_s"] >= 3600 - 1).all()
    worked = progression.pace_curve(log, after_work_kj_kg=40.0)
    assert len(worked) and worked["value"].max() <= curve["value"].max()
    assert progression.best_efforts is not None


def test_limiters_are_candidates_with_questions(whole_season):
    _, log = whole_season
    found = progression.limiters(log)
    assert found["candidate"].tolist() == [
        "endurance",
        "speed",
        "durability",
        "volume",
        "long runs",
        "hard running",
        "consistency",
    ]
    assert found["says"].isin(["speaks for it", "speaks against it", "cannot tell"]).all()
    assert found["question"].str.endswith("?").all() and (found["grade"] == "D").all()
