"""Laws of the performance formulas, and what they do without enough data."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runlab import progression
from runlab.errors import TableError


@given(st.floats(30, 85), st.sampled_from([1500.0, 5000.0, 10000.0, 21097.5, 42195.0]))
@settings(max_examples=60, deadline=None)
def test_race_time_and_vdot_undo_each_other(worth, metres):
    assert progression.vdot(metres, progression.race_time(metres, vdot=worth)) == pytest.approx(worth, rel=1e-6)


@given(st.floats(2.5, 7.0), st.floats(0.02, 0.12), st.floats(2500, 100000))
@settings(max_examples=60, deadline=None)
def test_speed_endurance_time_lies_on_its_own_line(speed, decline, metres):
    time = progression.speed_endurance_time(metres, maximal_speed_mps=speed, decline=decline)
    if math.isfinite(time) and time > 360:
        assert speed * (1 - decline * math.log(time / 360)) * time == pytest.approx(metres, rel=1e-6)


def test_arrays_and_missing_stay_missing():
    worth = progression.vdot(np.array([5000.0, np.nan, 0.0]), np.array([1200.0, 1200.0, 1200.0]))
    assert worth[0] > 40 and np.isnan(worth[1:]).all()
    assert math.isnan(progression.race_time(5000, vdot=math.nan))
    assert math.isnan(progression.equivalent_time(math.nan, 5000, 10000))
    paces = progression.training_paces(math.nan)
    assert paces["value"].isna().all() and paces["basis"].str.contains("needs a VDOT").all()
    assert not progression.tanda_marathon(0, 300).is_known


def test_age_grade_without_an_age_or_outside_the_tables_is_unknown():
    for age, metres in ((math.nan, 10000), (50, 800), (3, 10000)):
        found = progression.age_grade(2400, metres, age=age, sex="f")
        assert not found.is_known and "needs a road distance" in found.basis
    assert "finishing time" in progression.age_grade(math.nan, 10000, age=40, sex="f").basis


def efforts(critical=4.5, reserve=200.0, metres=(800, 1500, 3000, 5000)):
    metres = np.array(metres, float)
    return pd.DataFrame({"distance_m": metres, "time_s": (metres - reserve) / critical})


@pytest.mark.parametrize("model", ["linear", "inverse_time", "hyperbolic"])
def test_every_model_recovers_an_exact_line(model):
    found = progression.critical_speed(efforts(), model=model)
    assert found.loc["critical_speed", "value"] == pytest.approx(4.5, abs=2e-3)
    assert found.loc["distance_reserve", "value"] == pytest.approx(200, abs=1.0)
    assert found["looks_maximal"].all()
    row = found.loc["critical_speed"]
    assert row["low"] < row["value"] < row["high"] and row["n"] == 4


def test_critical_speed_says_what_is_missing():
    found = progression.critical_speed(efforts(metres=(1500, 3000)))
    assert found["value"].isna().all() and found["basis"].str.contains("needs 3 hard efforts").all()
    assert not found["looks_maximal"].any()
    with pytest.raises(TableError, match="distance_m and time_s"):
        progression.critical_speed(pd.DataFrame({"x": [1]}))


def test_rejected_and_dominated_efforts_do_not_count():
    frame = pd.concat(
        [efforts(), pd.DataFrame({"distance_m": [1000.0, 1609.344], "time_s": [120.0, 600.0]})], ignore_index=True
    ).assign(ok=[True] * 4 + [False, True])
    used = progression.critical_speed_efforts(frame)
    assert set(used["distance_m"]) == {800, 1500, 3000, 5000}
    assert (used["speed_mps"].diff().dropna() < 0).all()


def test_efforts_off_the_line_give_a_lower_bound_alone():
    rough = efforts()
    rough.loc[2, "time_s"] *= 1.10
    rough.loc[3, "time_s"] *= 1.12
    easy = efforts(reserve=20)
    for frame, words in ((rough, "off the line"), (easy, "usual 50–450 m")):
        row = progression.critical_speed(frame).loc["critical_speed"]
        assert not row["looks_maximal"] and words in row["basis"] and row["basis"].startswith("at least")
        assert math.isnan(row["value"]) and math.isnan(row["high"]) and 3.5 < row["low"] < 4.5


@pytest.mark.parametrize(("share", "maximal"), [(0.921, True), (0.919, False), (math.nan, False)])
def test_training_efforts_are_all_out_only_by_their_heart_rate(share, maximal):
    frame = efforts().assign(activity_id=list("aabb"), average_heart_rate_bpm=share * 200.0)
    found = progression.critical_speed(frame, max_heart_rate_bpm=200.0).loc["critical_speed"]
    assert found["looks_maximal"] == maximal and math.isfinite(found["value"]) == maximal
    assert found["low"] < 4.5
    assert not progression.critical_speed(frame)["looks_maximal"].any(), "without a maximum nobody can know"


def test_an_effort_under_three_minutes_needs_no_high_heart_rate():
    frame = efforts().assign(activity_id=list("aabb"), average_heart_rate_bpm=[150.0, 190.0, 190.0, 190.0])
    assert frame["time_s"].iloc[0] < 180
    assert progression.critical_speed(frame, max_heart_rate_bpm=200.0)["looks_maximal"].all()


def test_a_lower_bound_is_no_more_than_the_efforts_are_worth_over_an_hour():
    """5,000 m in 17:47 at 90 % of the maximum: 4.25 m/s for an hour, whatever speed the line has."""
    held_back = efforts().assign(activity_id=list("abcd"), average_heart_rate_bpm=180.0)
    found = progression.critical_speed(held_back, max_heart_rate_bpm=200.0).loc["critical_speed"]
    time = (5000 - 200) / 4.5
    assert np.isnan(found["value"]) and found["low"] == pytest.approx(5000 / time * (time / 3600) ** 0.082)
    assert found["low"] < 4.25 and f"at least {found['low']:.2f} m/s" in found["basis"]
    # where the line itself is lower, that counts
    scattered = held_back.assign(time_s=held_back["time_s"] * np.array([1.0, 1.12, 0.95, 1.1]))
    lower = progression.critical_speed(scattered, max_heart_rate_bpm=200.0).loc["critical_speed", "low"]
    last = scattered["time_s"].iloc[-1]
    assert lower < 5000 / last * (last / 3600) ** 0.082


def test_one_run_tells_no_critical_speed():
    found = progression.critical_speed(efforts().assign(activity_id="a", average_heart_rate_bpm=199.0))
    assert found["value"].isna().all() and found["low"].isna().all() and "two runs" in found["basis"].iloc[0]


def test_speed_endurance_model_from_its_own_law_and_from_too_little():
    truth = {"maximal_speed_mps": 4.9, "decline": 0.055}
    metres = np.array([3000.0, 5000.0, 10000.0, 21097.5, 42195.0])
    races = pd.DataFrame(
        {"distance_m": metres, "official_time_s": [progression.speed_endurance_time(m, **truth) for m in metres]}
    )
    found = progression.speed_endurance_model(races)
    assert found.loc["maximal_speed", "value"] == pytest.approx(4.9, rel=0.01)
    assert found.loc["decline", "value"] == pytest.approx(0.055, abs=0.002)
    assert found.loc["endurance", "value"] == pytest.approx(math.exp(0.1 / found.loc["decline", "value"]))
    few = progression.speed_endurance_model(races.head(1))
    assert few["value"].isna().all() and few["basis"].str.contains("2 distances").all()


def test_critical_speed_time_uses_the_reserve_once():
    found = progression.critical_speed_time(3000, critical_speed_mps=4.5, distance_reserve_m=200)
    assert found == pytest.approx(2800 / 4.5)
    assert math.isnan(progression.critical_speed_time(100, critical_speed_mps=4.5, distance_reserve_m=200))
