"""Checks that flag what was planted and nothing else; policies that keep the originals."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from runlab.clean import CHECKS, FLAGS, apply_policy, audit, check_records, clean_share, sample_flags, sample_seconds
from runlab.errors import SettingsError, TableError


def flagged(records, **options):
    return {name: np.flatnonzero(mask) for name, mask in sample_flags(records, **options).items()}


def test_a_sound_run_raises_no_flag(steady_hour, treadmill, no_heart_rate, smart_recording, paused, dst_change):
    for records in (steady_hour, treadmill, no_heart_rate, smart_recording, dst_change):
        assert flagged(records) == {}
        assert clean_share(records) == 1.0
        assert check_records(records).empty
    assert flagged(paused) == {}


def test_nothing_to_check_is_no_error(empty, one_sample):
    for records in (empty, one_sample):
        assert sample_flags(records) == {}
        assert check_records(records).empty
        assert np.isnan(clean_share(records))


def test_heart_rate_dropout_is_flagged_where_it_is(steady_hour):
    records = steady_hour.copy()
    records.loc[100:129, "heart_rate_bpm"] = np.nan
    records.loc[200:204, "heart_rate_bpm"] = np.nan
    found = check_records(records)
    assert found["flag"].tolist() == ["hr_dropout"], "5 s without heart rate are no dropout"
    assert found.loc[0, ["start_s", "end_s", "seconds"]].tolist() == [100.0, 130.0, 30.0]
    assert clean_share(records) == pytest.approx(1 - 30 / 3600)


def test_impossible_and_leaping_heart_rates(steady_hour):
    records = steady_hour.copy()
    records.loc[500:502, "heart_rate_bpm"] = 250.0
    found = flagged(records)
    assert found["hr_out_of_range"].tolist() == [500, 501, 502]
    assert found["hr_spike"].tolist() == [500, 503]
    records = steady_hour.copy()
    records.loc[1000:1400, "heart_rate_bpm"] = 150.0
    assert flagged(records)["hr_stuck"][[0, -1]].tolist() == [1001, 1400]


def test_heart_rate_above_the_settings_is_said_but_spoils_nothing(steady_hour):
    found = sample_flags(steady_hour, max_heart_rate_bpm=150.0)
    assert set(found) == {"hr_above_max"}
    assert clean_share(steady_hour, flags=found) == 1.0


def test_cadence_lock_is_found_by_its_leap(cadence_locked):
    found = flagged(cadence_locked)
    assert found["cadence_lock"].tolist() == list(range(600, 900))


def test_cadence_lock_is_found_by_shared_wiggles(steady_hour):
    rng = np.random.default_rng(5)
    steps = 165 + 2 * np.round(rng.normal(0, 2, 400))
    records = steady_hour.copy()
    records.loc[0:399, "cadence_spm"] = steps
    records.loc[0:399, "heart_rate_bpm"] = steps + rng.integers(-1, 2, 400)
    found = flagged(records)["cadence_lock"]
    assert found[0] == 0
    assert found[-1] == 399


def test_a_heart_that_happens_to_beat_at_cadence_is_not_locked(steady_hour):
    # a hard run: both near 172 all the while, and both rise with the pace
    t = np.arange(3601)
    surge = 5 * np.sin(t / 150)
    rng = np.random.default_rng(2)
    records = steady_hour.assign(
        heart_rate_bpm=np.round(172 + surge + np.cumsum(rng.normal(0, 0.02, 3601))),
        cadence_spm=2 * np.round((172 + surge + rng.normal(0, 1, 3601)) / 2),
    )
    assert "cadence_lock" not in sample_flags(records)


def test_gps_jump_dropout_and_standstill(gps_jump, gps_dropout, steady_hour):
    assert flagged(gps_jump)["gps_jump"].tolist() == [1800]
    assert flagged(gps_dropout)["gps_dropout"].tolist() == list(range(1200, 1320))
    records = steady_hour.copy()
    records.loc[300:340, "latitude_deg"] = records.loc[300, "latitude_deg"]
    assert len(flagged(records)["gps_frozen"]) == 40
    assert "gps_jump" in flagged(gps_jump, sport="cycling"), "300 m in a second is too fast for any sport"


def test_speed_spike_depends_on_the_sport(steady_hour):
    records = steady_hour.copy()
    records.loc[50, "speed_mps"] = 16.0
    assert flagged(records) == {"speed_spike": np.array([50])}
    assert flagged(records, sport="cycling") == {}


def test_gaps_and_clocks(steady_hour, paused):
    records = steady_hour.drop(index=range(600, 660)).reset_index(drop=True)
    assert flagged(records) == {"recording_gap": np.array([599])}
    records = steady_hour.copy()
    records.loc[2000:, "time"] -= pd.Timedelta(seconds=30)
    assert flagged(records)["clock_jump"].tolist() == [1999]
    records = steady_hour.copy()
    records.loc[2000:, "time"] += pd.Timedelta(days=3)
    assert flagged(records)["clock_jump"].tolist() == [1999]


def test_cadence_doubled_altitude_flat_rate_low_and_drift(steady_hour):
    records = steady_hour.copy()
    records.loc[100:200, "cadence_spm"] *= 2
    assert flagged(records)["cadence_doubled"].tolist() == list(range(100, 201))
    assert set(sample_flags(steady_hour.assign(altitude_m=100.0))) == {"flat_altitude"}
    assert set(sample_flags(steady_hour.iloc[::11].reset_index(drop=True))) == {"low_rate"}
    records = steady_hour.copy()
    records.loc[1000:1120, ["cadence_spm", "speed_mps"]] = 0.0
    records.loc[1000:1120, "distance_m"] = records.loc[1000, "distance_m"] + np.arange(121) * 0.2
    assert "stopped_drift" in sample_flags(records)


def test_every_flag_has_words_for_everything():
    assert set(FLAGS) == set(CHECKS)
    for check in CHECKS.values():
        assert all((check.meaning, check.effect, check.repair))


def test_flag_alters_nothing(gps_jump):
    before = gps_jump.copy()
    out = apply_policy(gps_jump, "flag")
    pd.testing.assert_frame_equal(out, before)
    apply_policy(gps_jump, "repair")
    pd.testing.assert_frame_equal(gps_jump, before)


def test_repair_fills_short_and_keeps_the_originals(steady_hour):
    records = steady_hour.copy()
    records.loc[500:502, "heart_rate_bpm"] = 250.0
    out = apply_policy(records, "repair")
    assert out.loc[498:506, "heart_rate_bpm"].between(148, 152).all()
    assert out.loc[500, "heart_rate_bpm_original"] == 250.0
    dropped = apply_policy(records, "drop")
    assert dropped.loc[500:502, "heart_rate_bpm"].isna().all()
    assert "speed_mps_original" not in out.columns, "only what was altered is kept twice"


def test_repair_takes_off_what_a_jump_added(gps_jump):
    out = apply_policy(gps_jump, "repair")
    assert out["distance_m"].iloc[-1] == pytest.approx(12_000, abs=1)
    assert out["distance_m_original"].iloc[-1] == pytest.approx(12_300)
    assert (out["distance_m"].diff().dropna() >= -1e-9).all()


def test_repair_takes_out_locked_heart_rate_and_halves_doubled_cadence(cadence_locked):
    out = apply_policy(cadence_locked, "repair")
    assert out.loc[600:899, "heart_rate_bpm"].isna().all(), "five minutes are too long to fill"
    records = cadence_locked.copy()
    records.loc[100:200, "cadence_spm"] *= 2
    assert apply_policy(records, "repair").loc[150, "cadence_spm"] == 172


def test_an_unknown_policy_is_refused(steady_hour):
    with pytest.raises(SettingsError, match="did you mean 'repair'"):
        apply_policy(steady_hour, "repiar")
    with pytest.raises(TableError, match="time"):
        sample_flags(pd.DataFrame({"speed_mps": [1.0]}))


def test_sample_seconds_caps_gaps_and_adds_up(make_run, steady_hour, paused, smart_recording, empty):
    assert sample_seconds(steady_hour).sum() == 3600
    assert sample_seconds(smart_recording).sum() == 3600
    assert sample_seconds(paused).sum() == 3600 - 1 + 20
    assert len(sample_seconds(empty)) == 0
    stopped = steady_hour.copy()
    stopped.loc[100:199, "timer_running"] = False
    assert sample_seconds(stopped).sum() == 3500
    hourly = make_run(36_000).iloc[::60].reset_index(drop=True)
    assert sample_seconds(hourly).sum() == 36_000, "a watch that records each minute is weighed in full"


def test_audit_sorts_by_what_matters():
    activities = pd.DataFrame(
        {
            "activity_id": list("abcd"),
            "timer_time_s": 3600.0,
            "complete": [True, True, True, False],
            "duplicate_of": ["", "a", "", ""],
        }
    )
    quality = pd.DataFrame(
        {
            "activity_id": ["a", "b", "c"],
            "flag": ["flat_altitude", "cadence_lock", "cadence_lock"],
            "spans": 1,
            "seconds": [3600.0, 600.0, 1200.0],
        }
    )
    found = audit(SimpleNamespace(activities=activities, quality=quality))
    assert found["issue"].tolist() == ["incomplete", "duplicate", "cadence_lock", "flat_altitude"]
    lock = found.set_index("issue").loc["cadence_lock"]
    assert (lock["activities"], lock["seconds"]) == (2, 1800.0)
    assert lock["share_of_time"] == pytest.approx(0.125)
    nothing = audit(SimpleNamespace(activities=activities.iloc[:0], quality=quality.iloc[:0]))
    assert nothing.empty
    assert "effect" in nothing.columns
