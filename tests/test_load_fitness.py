"""Fitness, fatigue, ramp, required load, impulse response: closed forms and laws."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runlab import load
from runlab.errors import SettingsError, TableError

loads = st.lists(st.one_of(st.just(0.0), st.floats(1, 300)), min_size=1, max_size=90)
gappy = st.lists(st.one_of(st.just(0.0), st.just(math.nan), st.floats(1, 300)), min_size=1, max_size=90)
NUMBERS = [
    "fitness",
    "fatigue",
    "form",
    "fitness_low",
    "fitness_high",
    "fatigue_low",
    "fatigue_high",
    "form_low",
    "form_high",
    "maturity",
    "known_share",
]


def daily(values, start="2026-01-01", **columns):
    days = pd.date_range(start, periods=len(values))
    return pd.DataFrame({"date": days, "load": np.asarray(values, float)} | columns)


def test_step_response_is_the_closed_form():
    table = load.fitness_and_fatigue(daily([80.0] * 200))
    n = np.arange(1, 201)
    assert table["fitness"].to_numpy() == pytest.approx(80 * (1 - np.exp(-n / 42)))
    assert table["fatigue"].to_numpy() == pytest.approx(80 * (1 - np.exp(-n / 7)))
    assert table["maturity"].to_numpy() == pytest.approx(1 - np.exp(-n / 42))
    assert table["maturity"].iloc[41] == pytest.approx(0.632, abs=1e-3)


def test_impulse_fades_by_e_in_the_time_constant():
    table = load.fitness_and_fatigue(daily([100.0] + [0.0] * 84))
    assert table["fitness"].iloc[42] / table["fitness"].iloc[0] == pytest.approx(math.exp(-1))


def test_the_two_variants_differ_by_their_published_constants():
    one = daily([100.0])
    assert load.fitness_and_fatigue(one)["fitness"].iloc[0] == pytest.approx(2.353, abs=1e-3)
    assert load.fitness_and_fatigue(one, variant="span")["fitness"].iloc[0] == pytest.approx(4.651, abs=1e-3)
    with pytest.raises(SettingsError, match="did you mean 'exponential'"):
        load.fitness_and_fatigue(one, variant="exponental")


def test_form_of_the_evening_before_and_of_the_same_evening():
    values = daily(np.arange(30.0))
    same = load.fitness_and_fatigue(values, form_day="same")
    before = load.fitness_and_fatigue(values, form_day="previous")
    assert same["form"].to_numpy() == pytest.approx((same["fitness"] - same["fatigue"]).to_numpy())
    assert before["form"].iloc[1:].to_numpy() == pytest.approx(same["form"].iloc[:-1].to_numpy())
    assert before["form"].iloc[0] == 0


@pytest.mark.parametrize(("seed", "first"), [(50.0, 50.0), ((50.0, 20.0), 50.0), ("first", 80.0), ("corrected", 80.0)])
def test_seeds(seed, first):
    table = load.fitness_and_fatigue(daily([80.0] * 20), seed=seed)
    start = 80.0 if isinstance(seed, str) else first + (80 - first) * (1 - math.exp(-1 / 42))
    assert table["fitness"].iloc[0] == pytest.approx(start)
    if isinstance(seed, tuple):
        assert table["form"].iloc[0] == 30.0  # the seed is the evening before the first day
    if isinstance(seed, str):
        assert table["fitness"].to_numpy() == pytest.approx(80.0)
    for wrong in ("middle", (1.0, 2.0, 3.0), math.nan):
        with pytest.raises(SettingsError):
            load.fitness_and_fatigue(daily([1.0]), seed=wrong)


@settings(deadline=None)
@given(gappy, st.integers(1, 60))
def test_no_future_day_changes_the_past(values, more):
    short = load.fitness_and_fatigue(daily(values))
    longer = load.fitness_and_fatigue(daily([*values, *([500.0, math.nan] * more)]))
    pd.testing.assert_frame_equal(short, longer.head(len(short)))


@settings(deadline=None)
@given(loads, st.floats(0.01, 50))
def test_fitness_scales_with_load(values, times):
    one, other = (load.fitness_and_fatigue(daily(np.array(values) * k)) for k in (1.0, times))
    for name in ("fitness", "fatigue", "form"):
        assert other[name].to_numpy() == pytest.approx(one[name].to_numpy() * times, abs=1e-9)


@settings(deadline=None)
@given(loads, loads)
def test_fitness_of_a_sum_is_the_sum(first, second):
    size = min(len(first), len(second))
    parts = [np.array(v[:size]) for v in (first, second)]
    whole, one, other = (load.fitness_and_fatigue(daily(v))["fitness"].to_numpy() for v in (sum(parts), *parts))
    assert whole == pytest.approx(one + other, abs=1e-9)


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 2**31))
def test_order_of_rows_and_other_athletes_change_nothing(seed):
    rng = np.random.default_rng(seed)
    frames = []
    for name, length in (("kim", 40), ("bo", 25), ("al", 60)):
        values = rng.gamma(2, 30, length)
        values[rng.random(length) < 0.1] = np.nan
        frames.append(daily(values, start=f"2026-0{rng.integers(1, 9)}-01").assign(athlete=name))
    both = pd.concat(frames, ignore_index=True)
    whole = load.fitness_and_fatigue(both)
    mixed = load.fitness_and_fatigue(both.sample(frac=1, random_state=int(rng.integers(1000))))
    pd.testing.assert_frame_equal(whole, mixed)
    for frame in frames:
        name = frame["athlete"].iloc[0]
        alone = load.fitness_and_fatigue(frame.drop(columns="athlete"))
        mine = whole[whole["athlete"] == name].reset_index(drop=True)
        pd.testing.assert_frame_equal(mine.drop(columns="athlete"), alone)


def test_days_without_a_row_are_rest_days():
    whole = daily([50.0, 0.0, 0.0, 70.0, 0.0, 30.0])
    table = load.fitness_and_fatigue(whole[whole["load"] > 0])
    pd.testing.assert_frame_equal(table, load.fitness_and_fatigue(whole))


def test_a_day_given_twice_is_refused():
    twice = pd.concat([daily([50.0, 60.0]), daily([50.0])])
    with pytest.raises(TableError, match=r"repeat the key \(date\): 2026-01-01"):
        load.fitness_and_fatigue(twice)


def test_an_unmeasured_day_is_not_a_rest_day():
    values = np.full(120, 60.0)
    rest, unknown = values.copy(), values.copy()
    rest[100], unknown[100] = 0.0, np.nan
    resting, hidden = (load.fitness_and_fatigue(daily(v)).iloc[105] for v in (rest, unknown))
    assert resting["reason"] == "" and resting["known_share"] == 1.0
    assert resting["fitness_low"] == resting["fitness_high"] == resting["fitness"]
    assert hidden["reason"] == "partly unmeasured" and 0.9 < hidden["known_share"] < 1
    assert hidden["fitness_low"] == pytest.approx(resting["fitness"])
    assert hidden["fitness_low"] < hidden["fitness"] <= hidden["fitness_high"]
    assert hidden["fitness"] == pytest.approx(load.fitness_and_fatigue(daily(values))["fitness"].iloc[105])


def test_an_unmeasured_session_is_a_session_not_a_mean_that_counts_rest_days():
    """Three sessions of 70 a week: the fourth, unmeasured, is taken as 70, not as 30."""
    values = np.tile([70.0, 0, 70, 0, 70, 0, 0], 12)
    there, unknown = values.copy(), values.copy()
    there[79], unknown[79] = 70.0, np.nan
    full, hidden = (load.fitness_and_fatigue(daily(v)).iloc[79] for v in (there, unknown))
    assert hidden["fitness"] == pytest.approx(full["fitness"]) and hidden["fitness_high"] == pytest.approx(
        full["fitness"]
    )
    # two unmeasured sessions of a day stand on top of the measured one
    counts = np.where(values > 0, 1, 0)
    counts[79] = 3
    missing = np.zeros(84, dtype=int)
    missing[79] = 2
    several = daily(
        unknown, load_low=np.where(np.isnan(unknown), 20.0, unknown), sessions=counts, unmeasured_sessions=missing
    )
    filled = daily(np.where(np.isnan(unknown), 160.0, unknown))
    found, same = load.fitness_and_fatigue(several).iloc[79], load.fitness_and_fatigue(filled).iloc[79]
    assert found["fitness"] == pytest.approx(same["fitness"])


def test_known_share_counts_sessions_not_rest_days():
    """Every second session unmeasured, four rest days between: half is known, not nine tenths."""
    values = np.tile([50.0, 0, 0, 0, 0, math.nan, 0, 0, 0, 0], 40)
    share = load.fitness_and_fatigue(daily(values), minimum_known_share=0.0)["known_share"]
    assert share.iloc[-10:].mean() == pytest.approx(0.5, abs=0.01)
    mostly = np.tile([50.0, 0, math.nan, 0, math.nan, 0, 0], 40)
    table = load.fitness_and_fatigue(daily(mostly)).iloc[-10:]
    assert table["fitness"].isna().all() and (table["reason"] == "mostly unmeasured").all()
    assert load.fitness_and_fatigue(daily([0.0, 0, 50]))["known_share"].tolist() == [1, 1, 1]


def test_whole_months_unmeasured_end_in_not_known():
    values = np.full(200, 60.0)
    values[100:] = np.nan
    table = load.fitness_and_fatigue(daily(values))
    assert table["fitness"].iloc[99] == pytest.approx(60 * (1 - math.exp(-100 / 42)))
    assert table["fitness"].iloc[110:120].notna().all()
    assert table["fitness"].iloc[140:].isna().all() and (table["reason"].iloc[140:] == "mostly unmeasured").all()
    assert (table["known_share"].diff().iloc[100:] <= 1e-12).all()
    # the fast mean knows nothing much earlier
    assert table["fatigue"].iloc[110:].isna().all()


def test_nothing_measured_gives_no_number():
    table = load.fitness_and_fatigue(daily([math.nan] * 10))
    assert table[["fitness", "fatigue"]].isna().all(axis=None) and (table["known_share"] == 0).all()


def test_bands_of_the_days_reach_the_means():
    table = load.fitness_and_fatigue(daily([60.0] * 300, load_low=50.0, load_high=90.0)).iloc[-1]
    assert table["fitness_low"] == pytest.approx(50, abs=0.1) and table["fitness_high"] == pytest.approx(90, abs=0.1)
    assert table["form_low"] <= table["form"] <= table["form_high"]


def test_no_days_at_all():
    empty = daily([])
    assert load.fitness_and_fatigue(empty).empty and load.ramp(empty).empty
    assert not load.required_load(empty, target=50, through="2026-06-01").is_known


def test_inputs_stay_as_they_were():
    values = daily([50.0, math.nan, 70.0], load_low=[40.0, 0.0, 60.0])
    before = values.copy()
    load.fitness_and_fatigue(values)
    load.ramp(values)
    pd.testing.assert_frame_equal(values, before)


def test_ramp_is_the_rise_of_fitness_and_says_when_fitness_is_young():
    values = daily([40.0] * 150)
    table, fitness = load.ramp(values), load.fitness_and_fatigue(values)["fitness"]
    assert table["ramp"].iloc[7:].to_numpy() == pytest.approx(fitness.diff(7).iloc[7:].to_numpy())
    assert table["ramp"].iloc[:7].isna().all()
    assert "rises by itself" in table["reason"].iloc[20] and table["reason"].iloc[100] == ""
    pd.testing.assert_frame_equal(load.ramp(load.fitness_and_fatigue(values)), table)


@settings(deadline=None, max_examples=30)
@given(
    st.floats(20, 120),
    st.integers(10, 90),
    st.sampled_from(["fitness", "fatigue", "form"]),
    st.sampled_from(["previous", "same"]),
)
def test_required_load_leads_to_the_target(base, days, measure, form_day):
    past = daily([base] * 120)
    start = load.fitness_and_fatigue(past, form_day=form_day)
    target = float(start[measure].iloc[-1]) * 0.98 + (0.3 if measure == "form" else 0)
    on = past["date"].iloc[-1] + pd.Timedelta(days=days)
    found = load.required_load(past, target=target, through=on, measure=measure, form_day=form_day)
    if not found.is_known:
        assert "complete rest" in found.basis
        return
    future = daily([*past["load"], *([found.value] * days)])
    assert load.fitness_and_fatigue(future, form_day=form_day)[measure].iloc[-1] == pytest.approx(target, abs=1e-6)


def test_required_load_says_what_cannot_be():
    past = daily([60.0] * 120)
    assert "complete rest" in load.required_load(past, target=1.0, through="2026-05-05").basis
    assert "after the table's last" in load.required_load(past, target=60.0, through="2026-02-01").basis
    high = load.required_load(past, target=90.0, through="2026-06-01")
    assert "the highest 28 days 60" in high.basis and high.value > 100
    with pytest.raises(SettingsError, match="one athlete"):
        load.required_load(
            pd.concat([past.assign(athlete="a"), past.assign(athlete="b")]), target=1, through="2026-06-01"
        )


def test_impulse_response_leaves_the_days_own_load_out_unless_asked():
    later, now = (load.impulse_response([100.0, 0, 0], same_day=same) for same in (False, True))
    assert later["fitness"].iloc[0] == 0 and now["fitness"].iloc[0] == 100
    assert later["fitness"].iloc[1] == pytest.approx(now["fitness"].iloc[1]) == 100 * math.exp(-1 / 42)
    assert later["performance"].iloc[1] == pytest.approx(100 * math.exp(-1 / 42) - 200 * math.exp(-1 / 7))


@given(st.lists(st.floats(0, 200), min_size=1, max_size=150), st.floats(1, 60))
def test_impulse_response_is_the_published_sum(values, tau):
    table = load.impulse_response(values, fitness_days=tau, fatigue_days=1, fitness_gain=2, fatigue_gain=0, baseline=5)
    n = len(values) - 1
    expected = 5 + 2 * sum(w * math.exp(-(n - i) / tau) for i, w in enumerate(values[:-1]))
    assert table["performance"].iloc[-1] == pytest.approx(expected)


def test_impulse_response_knows_nothing_after_an_unmeasured_day():
    table = load.impulse_response([10.0] * 100 + [math.nan] + [10.0] * 5)
    assert table["fitness"].iloc[:101].notna().all() and table["fitness"].iloc[101:].isna().all()


def planted(noise, days=400, tests=40, seed=1):
    rng = np.random.default_rng(seed)
    work = rng.gamma(2, 30, days) * (rng.random(days) < 0.8) * (1 + 0.5 * np.sin(np.arange(days) / 25))
    truth = load.impulse_response(work, fitness_gain=0.01, fatigue_gain=0.02, baseline=50)
    on = np.sort(rng.choice(np.arange(30, days), tests, replace=False))
    table = daily(work)
    scores = truth["performance"].to_numpy()[on] + rng.normal(0, noise, tests)
    return table, pd.DataFrame({"date": table["date"].iloc[on].to_numpy(), "performance": scores})


def test_planted_impulse_response_is_recovered():
    fit = load.fit_impulse_response(*planted(0.2))
    assert fit.identified
    found = fit.parameters.set_index("name")
    for name, truth in {"fitness_days": 42, "fatigue_days": 7, "fitness_gain": 0.01, "fatigue_gain": 0.02}.items():
        assert found.loc[name, "low"] * 0.97 <= truth <= found.loc[name, "high"] * 1.03
    errors = fit.errors.set_index("model")["rmse"]
    assert errors["impulse response"] < errors.drop("impulse response").min()


def test_impulse_response_is_refused_when_nothing_ties_performance_to_load():
    table, tests = planted(0.2)
    noise = tests.assign(performance=np.random.default_rng(3).normal(50, 1, len(tests)))
    fit = load.fit_impulse_response(table, noise)
    assert not fit.identified and "no better than" in fit.reason
    assert fit.parameters["value"].isna().all() and fit.predicted["predicted"].isna().all()
    assert repr(fit).startswith("cannot tell")


def test_impulse_response_is_refused_with_too_little():
    table, tests = planted(0.2)
    assert "found 5" in load.fit_impulse_response(table, tests.head(5)).reason
    hidden = table.assign(load=table["load"].where(np.arange(len(table)) % 3 > 0))
    assert "80 % of sessions" in load.fit_impulse_response(hidden, tests).reason
    # six rest days a week make nothing measured: 1 of 3 sessions is not 1 of 21 days
    weekly = table.assign(load=np.where(np.arange(len(table)) % 7 == 0, table["load"], 0.0))
    weekly["load"] = weekly["load"].where(np.arange(len(table)) % 21 > 0)
    lost, done = int(weekly["load"].isna().sum()), int((weekly["load"] > 0).sum())
    assert (
        lost < 0.1 * len(weekly) and f"found {done} of {done + lost}" in load.fit_impulse_response(weekly, tests).reason
    )
    assert "the same" in load.fit_impulse_response(table, tests.assign(performance=50.0)).reason
    assert not load.fit_impulse_response(table.head(0), tests).identified
    with pytest.raises(TableError, match="missing: performance"):
        load.fit_impulse_response(table, tests[["date"]])


@given(st.lists(st.floats(2, 8), min_size=1, max_size=80))
def test_distance_reserve_spends_the_excess_and_never_exceeds_itself(speeds):
    left = load.distance_balance(speeds, critical_speed_mps=4.0, distance_reserve_m=200.0)
    assert (left <= 200 + 1e-9).all()
    over = np.array(speeds) > 4
    change = np.diff(np.concatenate(([200.0], left)))
    assert (change[over] < 0).all() and (change[~over] >= -1e-9).all()


def test_distance_reserve_needs_its_constants():
    with pytest.raises(SettingsError, match="needs time_constant_s"):
        load.distance_balance([4.0], critical_speed_mps=4.0, distance_reserve_m=200.0, method="integral")
    with pytest.raises(SettingsError, match="critical_speed_mps"):
        load.distance_balance([4.0], critical_speed_mps=math.nan, distance_reserve_m=200.0)
    gap = load.distance_balance([5.0, math.nan, 5.0], critical_speed_mps=4.0, distance_reserve_m=200.0)
    assert gap.tolist() == [199.0, 199.0, 198.0]
    assert math.isnan(load.recovery_time_constant([300.0], critical_power_w=250))
