"""Monotony, the acute-chronic ratio, weeks, step-back weeks and single-run spikes."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from simulate.season import simulate_season

from runlab import load
from runlab.errors import SettingsError, TableError

gappy = st.lists(st.one_of(st.just(0.0), st.just(math.nan), st.floats(1, 300)), min_size=1, max_size=70)
SERIES = {
    "monotony_and_strain": load.monotony_and_strain,
    "acute_chronic_ratio": load.acute_chronic_ratio,
    "ratio_uncoupled": lambda d: load.acute_chronic_ratio(d, method="uncoupled"),
    "ratio_ewma": lambda d: load.acute_chronic_ratio(d, method="ewma"),
    "ramp": load.ramp,
}


def daily(values, start="2026-01-05", **columns):
    days = pd.date_range(start, periods=len(values))
    return pd.DataFrame({"date": days, "load": np.asarray(values, float)} | columns)


def weeks(kilometres, start="2026-01-05"):
    days = pd.date_range(start, periods=7 * len(kilometres))
    return pd.DataFrame({"date": days, "run_distance_m": np.repeat(kilometres, 7) * 1000.0 / 7})


def runs(*rows, since="2025-01-01"):
    """Runs of a log that began long ago, with a ride."""
    date, far = zip((since, 30), *rows, strict=True)
    metres = [1000.0 * kilometres for kilometres in far]
    sport = ["cycling"] + ["running"] * len(rows)
    return pd.DataFrame({"date": pd.to_datetime(list(date)), "sport": sport, "distance_m": metres})


# --- every series -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SERIES)
@settings(deadline=None, max_examples=40)
@given(values=gappy, more=st.integers(1, 40))
def test_no_future_day_changes_the_past(name, values, more):
    short = SERIES[name](daily(values))
    longer = SERIES[name](daily([*values, *([900.0, math.nan] * more)]))
    pd.testing.assert_frame_equal(short, longer.head(len(short)), check_exact=False, atol=1e-9)


@pytest.mark.parametrize("name", SERIES)
def test_an_unmeasured_day_is_never_a_rest_day(name):
    values = np.random.default_rng(5).gamma(2, 30, 120)
    unknown = values.copy()
    unknown[100] = np.nan
    column = {"monotony_and_strain": "monotony", "ramp": "ramp"}.get(name, "ratio")
    table = SERIES[name](daily(unknown)).iloc[101]
    assert table["known_share"] < 1
    if name != "ramp":  # fitness carries a band instead
        assert math.isnan(table[column]) and "unmeasured" in table["reason"]
    rest = SERIES[name](daily(np.where(np.isnan(unknown), 0, unknown))).iloc[101]
    assert math.isfinite(rest[column]) and rest["reason"] == ""


@pytest.mark.parametrize("name", SERIES)
def test_athletes_do_not_touch_each_other(name):
    rng = np.random.default_rng(2)
    frames = [
        daily(rng.gamma(2, 30, n), start=s).assign(athlete=a)
        for a, n, s in (("kim", 90, "2026-01-01"), ("bo", 45, "2026-03-01"))
    ]
    whole = SERIES[name](pd.concat(frames).sample(frac=1, random_state=1))
    for frame in frames:
        mine = whole[whole["athlete"] == frame["athlete"].iloc[0]].reset_index(drop=True).drop(columns="athlete")
        pd.testing.assert_frame_equal(mine, SERIES[name](frame.drop(columns="athlete")), check_exact=False, atol=1e-9)


@pytest.mark.parametrize("name", SERIES)
def test_no_days_give_no_rows(name):
    assert SERIES[name](daily([])).empty


# --- monotony ---------------------------------------------------------------------------------------------------------


@given(st.lists(st.floats(0, 200), min_size=7, max_size=7).filter(lambda v: np.std(v) > 1e-3), st.floats(0.1, 20))
def test_monotony_does_not_scale_and_strain_does(values, times):
    one, other = (load.monotony_and_strain(daily(np.array(values) * k)).iloc[-1] for k in (1.0, times))
    assert other["monotony"] == pytest.approx(one["monotony"], rel=1e-6)
    assert other["strain"] == pytest.approx(one["strain"] * times, rel=1e-6)
    assert one["strain"] == pytest.approx(sum(values) * one["monotony"], rel=1e-9)


def test_the_two_standard_deviations_differ_as_they_must():
    values = daily([10, 0, 40, 20, 0, 60, 30])
    ratio = [load.monotony_and_strain(values, sd=sd)["monotony"].iloc[-1] for sd in ("population", "sample")]
    assert ratio[0] / ratio[1] == pytest.approx(math.sqrt(7 / 6))


def test_equal_days_have_no_monotony_rather_than_an_infinite_one():
    table = load.monotony_and_strain(daily([33.3] * 10))
    assert table["monotony"].isna().all() and table["strain"].isna().all()
    assert table["reason"].iloc[-1] == "every day of the window is the same"
    assert load.monotony_and_strain(daily([0.0] * 10))["monotony"].isna().all()


# --- acute over chronic ----------------------------------------------------------------------------------------------


@given(st.lists(st.floats(1, 200), min_size=28, max_size=60))
def test_coupled_and_uncoupled_obey_their_identity(values):
    coupled, apart = (
        load.acute_chronic_ratio(daily(values), method=m)["ratio"].iloc[-1] for m in ("rolling", "uncoupled")
    )
    assert coupled == pytest.approx(4 * apart / (apart + 3), rel=1e-6)
    assert coupled <= 4


def test_ratio_waits_for_28_days_and_is_unknown_after_a_lay_off():
    table = load.acute_chronic_ratio(daily([50.0] * 30 + [0.0] * 40 + [50.0]))
    assert table["ratio"].iloc[:27].isna().all() and table["ratio"].iloc[27] == pytest.approx(1.0)
    assert table["ratio"].iloc[60:70].isna().all() and table["reason"].iloc[65] == "no load in the longer window"
    assert table["ratio"].iloc[-1] == pytest.approx(4.0)


# --- weeks ------------------------------------------------------------------------------------------------------------


@settings(deadline=None)
@given(
    st.lists(st.floats(0, 300), min_size=1, max_size=120),
    st.integers(0, 6),
    st.sampled_from(["monday", "thursday", "sunday"]),
)
def test_weeks_sum_to_the_whole(values, offset, begin):
    table = load.weekly_totals(daily(values, start=f"2026-01-{5 + offset:02d}", run_distance_m=2.0), week_start=begin)
    assert table["load"].sum() == pytest.approx(sum(values))
    assert table["days"].sum() == len(values) and (table["days"] <= 7).all()
    assert table["run_distance_m"].sum() == pytest.approx(2 * len(values))
    assert set(table["week"].dt.day_name().str.lower()) == {begin}


def test_an_unmeasured_day_makes_the_weeks_load_unknown_and_leaves_its_distance():
    values = daily([50.0] * 14, run_distance_m=8000.0, load_low=45.0, load_high=55.0)
    values.loc[9, ["load", "load_low", "load_high"]] = [np.nan, 20.0, np.nan]
    table = load.weekly_totals(values)
    assert table["load"].iloc[0] == 350 and math.isnan(table["load"].iloc[1])
    assert table["load_low"].iloc[1] == 6 * 45 + 20 and math.isnan(table["load_high"].iloc[1])
    assert table["known_share"].tolist() == pytest.approx([1, 6 / 7])
    assert table["run_distance_m"].tolist() == [56_000, 56_000]


def test_changes_need_a_base_and_whole_weeks():
    table = load.weekly_totals(weeks([8, 20, 30]).iloc[:-2])
    assert table["distance_change_m"].iloc[1] == pytest.approx(12_000)
    assert math.isnan(table["distance_change_pct"].iloc[1])  # from 8 km a percentage means little
    assert math.isnan(table["distance_change_m"].iloc[2])  # the last week is not over
    whole = load.weekly_totals(weeks([20, 30]))
    assert whole["distance_change_pct"].iloc[1] == pytest.approx(50)
    with pytest.raises(SettingsError, match="did you mean 'monday'"):
        load.weekly_totals(weeks([20]), week_start="mondey")


def test_step_back_weeks_do_not_lower_the_bar_and_breaks_are_breaks():
    table = load.step_back_weeks(weeks([50, 52, 54, 36, 38, 55, 0, 50]))
    assert table["is_step_back"].tolist() == [False, False, False, True, True, False, False, False]
    assert table["mean_before"].iloc[4] == pytest.approx(52_000)
    assert table["reason"].iloc[6] == "nothing that week: a break"
    assert table["weeks_since"].tolist()[3:] == [0, 0, 1, 0, 1]
    assert (table["reason"].iloc[:3] == "needs 3 measured weeks before it").all()


def test_weeks_that_stay_low_are_the_new_normal():
    table = load.step_back_weeks(weeks([60] * 4 + [40] * 20))
    assert table["is_step_back"].tolist() == [False] * 4 + [True] * 2 + [False] * 18
    assert table["reason"].iloc[6] == "lighter for the third week in a row: the new normal"
    assert table["mean_before"].iloc[7] == pytest.approx(40_000) and table["share"].iloc[7] == pytest.approx(1)
    assert table["weeks_since"].tolist()[5:8] == [0, 1, 2]
    # a lighter week of the new normal is one again; a break does not end a row of light weeks
    later = load.step_back_weeks(weeks([60] * 4 + [40, 40, 40, 40, 30, 40]))
    assert np.flatnonzero(later["is_step_back"]).tolist() == [4, 5, 8]
    broken = load.step_back_weeks(weeks([60] * 4 + [40, 0, 40, 40, 40]))
    assert np.flatnonzero(broken["is_step_back"]).tolist() == [4, 6]


def test_known_share_of_a_week_counts_sessions_not_rest_days():
    days = daily([50, 0, 0, math.nan, 0, 0, 0] + [0.0] * 7)
    table = load.weekly_totals(days)
    assert table["known_share"].iloc[0] == pytest.approx(0.5) and math.isnan(table["known_share"].iloc[1])
    counted = days.assign(sessions=[1, 0, 0, 3, 0, 0, 0] + [0] * 7, unmeasured_sessions=[0, 0, 0, 1] + [0] * 10)
    assert load.weekly_totals(counted)["known_share"].iloc[0] == pytest.approx(0.75)


def test_step_back_weeks_without_the_measure_or_with_gaps():
    table = load.step_back_weeks(weeks([50] * 5), measure="load")
    assert not table["is_step_back"].any() and table["share"].isna().all()
    values = weeks([50, 50, 50, 30, 50])
    values.loc[22, "run_distance_m"] = np.nan
    table = load.step_back_weeks(values)
    assert not table["is_step_back"].iloc[3] and table["reason"].iloc[3] == "part of the week is unmeasured"


@pytest.mark.parametrize("seed", range(4))
def test_planted_step_back_weeks_and_spikes_are_found(seed):
    season = simulate_season(weeks=20, seed=seed, spikes={10: 1.4}, missed_share=0.0)
    table = load.single_run_spike(season.activities())
    found = set(table.loc[table["ratio"] > 1.1 + 1e-9, "date"])
    month = season.activities()["date"].min() + pd.Timedelta(days=30)
    assert found == {day for s in season.truth["spikes"] if (day := pd.Timestamp(s["date"])) >= month}
    days = load.daily_sums(season.activities().assign(load=1.0), season.activities())
    marked = load.step_back_weeks(days, drop=0.15)
    judged = set(marked.loc[marked["share"].notna(), "week"])
    planted = {season.truth["weeks"]["start"].iloc[w] for w in season.truth["step_back_weeks"]} & judged
    assert len(planted) >= 3
    found = set(marked.loc[marked["is_step_back"], "week"])
    missed = planted - found
    assert found <= planted and len(missed) == (seed in (0, 3))
    metres = marked.set_index("week")["value"]
    for week in missed:  # a cut of a sixth, and one of the three weeks before was small itself
        assert metres[week] > 0.85 * metres[:week].iloc[-4:-1].min()


# --- spikes -----------------------------------------------------------------------------------------------------------


def test_the_window_leaves_both_ends_out():
    rows = runs(("2026-05-01", 20), ("2026-05-31", 22))
    assert load.single_run_spike(rows)["band"].tolist() == ["no reference", "no reference"]  # exactly 30 days
    assert load.single_run_spike(rows, days=31)["ratio"].iloc[1] == pytest.approx(1.1)
    same = runs(("2026-05-01", 10), ("2026-05-10", 12), ("2026-05-10", 20))
    # a run of the same day is no reference
    assert load.single_run_spike(same)["longest_before_m"].tolist()[1:] == [10_000, 10_000]


@pytest.mark.parametrize(
    ("share", "band"),
    [
        (0.5, "up to +10 %"),
        (1.10, "up to +10 %"),
        (1.101, "+10 to +30 %"),
        (1.30, "+10 to +30 %"),
        (1.31, "+30 to +100 %"),
        (2.0, "+30 to +100 %"),
        (2.01, "more than double"),
    ],
)
def test_bands_hold_their_upper_edge(share, band):
    table = load.single_run_spike(runs(("2026-05-01", 10), ("2026-05-09", 10 * share)))
    assert table["band"].iloc[1] == band


def test_the_first_month_of_a_log_has_no_reference():
    table = load.single_run_spike(runs(("2026-05-02", 5), ("2026-05-30", 9), ("2026-05-31", 12), since="2026-05-01"))
    assert table["band"].tolist() == ["no reference", "no reference", "+30 to +100 %"]
    assert table["ratio"].iloc[2] == pytest.approx(12 / 9) and table["reason"].iloc[2] == ""
    assert table["reason"].iloc[1] == "only 29 days of log before it; needs 30"
    # each athlete's log begins on its own day
    both = pd.concat([runs(("2026-05-02", 5)).assign(athlete="bo"), runs(("2026-05-31", 9)).assign(athlete="kim")])
    both = pd.concat(
        [
            both,
            pd.DataFrame(
                {"athlete": ["kim"], "date": [pd.Timestamp("2026-05-09")], "sport": "running", "distance_m": [8000.0]}
            ),
        ]
    )
    both = both[~((both["athlete"] == "kim") & (both["sport"] == "cycling"))]
    assert load.single_run_spike(both).set_index("athlete").loc["kim", "band"].tolist() == ["no reference"] * 2


def test_only_runs_count_and_duplicates_do_not():
    rows = runs(("2026-05-01", 10), ("2026-05-05", 60), ("2026-05-06", 12), ("2026-05-06", 12))
    rows["sport"] = ["strength", "running", "cycling", "running", "running"]
    rows["activity_id"], rows["duplicate_of"] = list("xabcd"), ["", "", "", "", "c"]
    table = load.single_run_spike(rows)
    assert table["activity_id"].tolist() == ["a", "c"] and table["ratio"].iloc[1] == pytest.approx(1.2)


def test_missing_distances_are_said():
    table = load.single_run_spike(runs(("2026-05-01", 10), ("2026-05-05", math.nan), ("2026-05-06", 12)))
    assert math.isnan(table["ratio"].iloc[1]) and table["reason"].iloc[1] == "the run has no distance"
    assert table["ratio"].iloc[2] == pytest.approx(1.2) and "may read too high" in table["reason"].iloc[2]
    assert load.single_run_spike(runs(("2026-05-01", 10)).head(0)).empty


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 120), st.floats(1, 40)), min_size=1, max_size=40), st.integers(0, 2**31))
def test_spikes_do_not_depend_on_order_or_on_the_future(rows, seed):
    start = pd.Timestamp("2026-01-01")
    frame = runs(*((start + pd.Timedelta(days=d), km) for d, km in rows))
    table = load.single_run_spike(frame)
    pd.testing.assert_frame_equal(table, load.single_run_spike(frame.sample(frac=1, random_state=seed % 1000)))
    early = load.single_run_spike(frame[frame["date"] < start + pd.Timedelta(days=60)])
    pd.testing.assert_frame_equal(early, table.head(len(early)))


def test_a_table_without_its_columns_is_refused_once_with_everything_missing():
    with pytest.raises(TableError) as caught:
        load.single_run_spike(pd.DataFrame({"date": ["2026-05-01"]}))
    assert "'sport' is missing" in str(caught.value) and "'distance_m' is missing" in str(caught.value)
