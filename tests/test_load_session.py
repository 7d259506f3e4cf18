"""Session load and days: fallbacks, bands, what is missing, exactness against the samples."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from runlab import load, tables
from runlab.athlete import Athlete
from runlab.errors import SettingsError
from runlab.log import Log
from runlab.summary import histograms

KNOWN = {"max_heart_rate_bpm": 190, "resting_heart_rate_bpm": 50, "threshold_pace": "4:10 /km"}
KIM = Athlete("kim", sex="f", settings=[KNOWN])


def session(k, *, beats=None, share=1.0, sport="running", minutes=60.0, day=None, **more):
    """One session and its seconds by heart rate, spread a little around ``beats``."""
    row = {
        "activity_id": f"a{k:03d}",
        "athlete": "kim",
        "sport": sport,
        "timer_time_s": 60 * minutes,
        "date": pd.Timestamp("2026-01-01") + pd.Timedelta(days=k if day is None else day),
        "moving_time_s": 60 * minutes,
    } | more
    if beats is None:
        return row, []
    row |= {"heart_rate_share": share, "average_heart_rate_bpm": beats}
    spent = 60 * minutes * share / 3
    return row, [(row["activity_id"], "heart_rate_bpm", beats + step, spent) for step in (-5.0, 0.0, 5.0)]


def log_of(*sessions, athletes=(KIM,), **tables_):
    rows = pd.DataFrame([row for row, _ in sessions])
    counts = pd.DataFrame(
        [line for _, lines in sessions for line in lines], columns=["activity_id", "channel", "value", "seconds"]
    )
    return Log(rows, histograms=counts, athletes={a.name: a for a in athletes}, **tables_)


def many(n=20, **columns):
    """Sessions with heart rate, rating and pace that go together."""
    rng = np.random.default_rng(4)
    out = []
    for k in range(n):
        hard = rng.uniform(0, 1)
        out.append(
            session(
                k,
                beats=round(135 + 35 * hard),
                rpe=round(3 + 4 * hard + rng.normal(0, 0.3), 1),
                graded_speed_mps=2.8 + 0.9 * hard,
                average_speed_mps=2.8 + 0.9 * hard,
                **columns,
            )
        )
    return out


def one(log, k, **how):
    return load.session_load(log, **how).set_index("activity_id").loc[f"a{k:03d}"]


def test_load_from_seconds_by_heart_rate_equals_load_from_samples(make_run):
    """Not an approximation: bins are one beat wide, and devices write whole beats."""
    rng = np.random.default_rng(1)
    records = make_run(heart_rate_bpm=np.round(150 + np.cumsum(rng.normal(0, 0.8, 3601)).clip(-30, 30)))
    row, _ = session(0, timer_time_s=3600.0, heart_rate_share=1.0)
    log = Log(pd.DataFrame([row]), histograms=histograms(records).assign(activity_id="a000"), athletes={"kim": KIM})
    minutes = np.r_[np.diff(tables.seconds(records["time"])), 0.0] / 60
    exact = load.banister_trimp(
        records["heart_rate_bpm"], minutes, resting_heart_rate_bpm=50, max_heart_rate_bpm=190, coefficients=(0.86, 1.67)
    )
    found = load.session_load(log).iloc[0]
    assert found["load"] == pytest.approx(exact, rel=1e-9) and found["method"] == "trimp"
    edwards = load.edwards_trimp(records["heart_rate_bpm"], minutes, max_heart_rate_bpm=190)
    assert found["load_edwards"] == pytest.approx(edwards, rel=1e-9)
    assert found["load_low"] < found["load"] < found["load_high"]


def test_one_hour_at_threshold_is_one_hundred_on_both_scales():
    runner = Athlete("kim", sex="m", settings=[KNOWN | {"threshold_heart_rate_bpm": 165}])
    row, _ = session(0, beats=165.0, graded_speed_mps=4.0)
    counts = pd.DataFrame({"activity_id": ["a000"], "channel": "heart_rate_bpm", "value": 165.0, "seconds": 3600.0})
    found = load.session_load(Log(pd.DataFrame([row]), histograms=counts, athletes={"kim": runner})).iloc[0]
    assert found["load_heart_rate_stress"] == pytest.approx(100)
    assert found["load_running_stress"] == pytest.approx(100)


def test_coefficients_by_sex_and_a_band_over_both_where_nobody_said():
    loads = {
        sex: one(log_of(session(0, beats=150.0), athletes=[Athlete("kim", sex=sex, settings=[KNOWN])]), 0)
        for sex in ("f", "m", "")
    }
    assert loads["f"]["load"] > loads["m"]["load"] == loads[""]["load"]
    assert "men's coefficients" in loads[""]["reason"] and loads["m"]["reason"] == ""
    assert loads[""]["load_high"] > loads["f"]["load"]


def test_settings_are_those_of_the_day():
    runner = Athlete(
        "kim", sex="m", settings=[{"from": "2026-01-01"} | KNOWN, {"from": "2026-02-01", "max_heart_rate_bpm": 180}]
    )
    log = log_of(session(0, beats=150.0), session(40, beats=150.0), athletes=[runner])
    early, late = load.session_load(log)["load"]
    assert late > early


def test_the_order_of_sources():
    sessions = many()
    sessions += [
        session(30, beats=150.0),
        session(31, average_heart_rate_bpm=150.0, heart_rate_share=1.0),
        session(32, rpe=5.0, graded_speed_mps=3.2),
        session(33, graded_speed_mps=3.2),
        session(34),
        session(35, minutes=math.nan, moving_time_s=math.nan),
        session(36, sport="yoga"),
    ]
    table = load.session_load(log_of(*sessions)).set_index("activity_id")
    methods = table.loc["a030":, "method"].tolist()
    assert methods == ["trimp", "mean_heart_rate", "session_rpe", "running_stress", "duration", "", ""]
    assert math.isnan(table.loc["a035", "load"]) and table.loc["a035", "reason"] == "no duration"
    assert "no heart rate, rating or pace" in table.loc["a036", "reason"]
    width = (table["load_high"] - table["load_low"]) / table["load"]
    assert width["a030"] < width["a032"] and width["a030"] < width["a033"] < width["a034"]
    assert (table.loc["a031":"a034", "pairs"] >= 20).all()


def test_borrowed_loads_come_near_the_measured_ones():
    """Hide the heart rate of every third session: rating and pace must find its load again within their bands."""
    whole = many(60)
    hidden = [
        (row | {"heart_rate_share": 0.0, "average_heart_rate_bpm": math.nan}, []) if k % 3 == 0 else (row, lines)
        for k, (row, lines) in enumerate(whole)
    ]
    truth = load.session_load(log_of(*whole)).set_index("activity_id")["load"]
    found = load.session_load(log_of(*hidden)).set_index("activity_id")
    borrowed = found[found["method"] == "session_rpe"]
    assert len(borrowed) == 20
    inside = (borrowed["load_low"] <= truth[borrowed.index]) & (truth[borrowed.index] <= borrowed["load_high"])
    assert inside.mean() >= 0.7
    assert abs(np.log(borrowed["load"] / truth[borrowed.index]).median()) < 0.1


def test_without_own_sessions_to_learn_from_the_link_is_named_and_the_band_wide():
    found = one(log_of(session(0, rpe=7.0), session(1, graded_speed_mps=4.0)), 0)
    hour = load.banister_trimp(
        50 + 0.85 * 140, 60, resting_heart_rate_bpm=50, max_heart_rate_bpm=190, coefficients=(0.86, 1.67)
    )
    assert found["load"] == pytest.approx(hour) and found["pairs"] == 0
    assert found["load_high"] / found["load_low"] == pytest.approx(2.25)
    assert "one hour at threshold taken as the link" in found["reason"]
    assert one(log_of(session(1, graded_speed_mps=4.0)), 1)["load"] == pytest.approx(hour)


def test_heart_rate_locked_to_cadence_is_not_used():
    sessions = [*many(), session(30, beats=178.0, quality_flags="cadence_lock", rpe=4.0)]
    found = one(log_of(*sessions), 30)
    assert found["method"] == "session_rpe" and "locked to cadence" in found["reason"]
    assert math.isnan(found["load_trimp"])
    # a short stretch of it is no reason to throw the session away
    quality = pd.DataFrame({"activity_id": ["a030"], "flag": ["cadence_lock"], "spans": [1], "seconds": [240.0]})
    assert one(log_of(*sessions, quality=quality), 30)["method"] == "trimp"


def test_too_little_heart_rate_falls_back_and_says_how_much_there_was():
    found = one(log_of(*many(), session(30, beats=150.0, share=0.4, rpe=5.0)), 30)
    assert found["method"] == "session_rpe" and "covers 40 % of it" in found["reason"]
    most = one(log_of(session(0, beats=150.0, share=0.9)), 0)
    full = one(log_of(session(0, beats=150.0)), 0)
    assert most["load"] == pytest.approx(full["load"]) and most["load_low"] < full["load_low"]


def test_disagreeing_sources_stretch_the_band():
    odd = session(30, beats=140.0, rpe=10.0)
    found = one(log_of(*many(), odd), 30)
    assert found["method"] == "trimp" and "sources disagree: session_rpe says" in found["reason"]
    assert found["load_high"] > 1.3 * found["load"]


def test_maximum_and_rest_from_the_data_are_said():
    sessions = [session(k, beats=150.0, max_heart_rate_bpm=180.0 + k % 3) for k in range(12)]
    wellness = pd.DataFrame(
        {
            "athlete": "kim",
            "date": pd.date_range("2026-01-01", periods=5),
            "resting_heart_rate_bpm": [51.0, 50, 49, 50, 52],
        }
    )
    found = one(log_of(*sessions, athletes=[Athlete("kim")], wellness=wellness), 11)
    assert found["method"] == "trimp"
    assert "maximum heart rate 182 taken from the data" in found["reason"]
    assert "resting heart rate 50 taken from the morning entries" in found["reason"]


def test_without_any_settings_there_is_a_load_and_a_wide_band():
    sessions = [session(k, beats=150.0, max_heart_rate_bpm=182.0) for k in range(12)]
    table = load.session_load(log_of(*sessions, athletes=[Athlete("kim", sex="f")]))

    def hour(rest, top):
        return load.banister_trimp(
            [145, 150, 155], 20, resting_heart_rate_bpm=rest, max_heart_rate_bpm=top, coefficients=(0.86, 1.67)
        )

    first, last = table.iloc[0], table.iloc[11]
    assert first["load"] == pytest.approx(hour(60, 183)) and last["load"] == pytest.approx(hour(60, 182))
    assert first["load_low"] == pytest.approx(0.95 * hour(75, 200))
    assert first["load_high"] == pytest.approx(1.05 * hour(45, 166))
    assert last["load_low"] == pytest.approx(0.95 * hour(75, 194))
    assert last["load_high"] == pytest.approx(1.05 * hour(45, 182))
    assert "maximum heart rate 183 assumed, no hard running seen; resting heart rate 60 assumed" in first["reason"]
    assert "maximum heart rate 182 taken from the data; resting heart rate 60 assumed" in last["reason"]
    assert math.isnan(first["load_edwards"]) and last["load_edwards"] > 0


def test_maximum_is_expected_from_age_until_hard_running_is_seen():
    easy = [session(k, beats=150.0, max_heart_rate_bpm=160.0) for k in range(30)]
    table = load.session_load(log_of(*easy, athletes=[Athlete("kim", birth_date="1986-01-01")]))
    assert table["reason"].str.contains("maximum heart rate 180 assumed, no hard running seen").all()


def test_a_borrowed_scale_knows_nothing_of_later_sessions():
    """Rated sessions before any heart rate are tied to an hour at threshold; the fifth pair gives the own scale."""
    rated = [session(k, rpe=7.0) for k in range(3)]
    both = [session(k, beats=150.0, rpe=7.0) for k in range(3, 8)]
    table = load.session_load(log_of(*rated, *both, session(8, rpe=7.0)))
    assert table["pairs"].tolist() == [0] * 8 + [5]
    assert table["load"].iloc[8] == pytest.approx(table["load"].iloc[7])
    # a sport with too few pairs of its own takes the scale of all sports, as it stood that day
    ride = session(4, sport="cycling", rpe=7.0)
    late = session(9, sport="cycling", rpe=7.0)
    rides = [(r | {"activity_id": f"b{k}"}, []) for k, (r, _) in enumerate((ride, late))]
    found = load.session_load(log_of(*rated, *both, *rides)).set_index("activity_id")
    assert found.loc["b0", "pairs"] == 0 and found.loc["b1", "pairs"] == 5


@pytest.mark.parametrize(
    "gone",
    [["heart rate"], ["pace"], ["rpe"], ["heart rate", "pace"], ["heart rate", "rpe"], ["heart rate", "pace", "rpe"]],
)
@pytest.mark.parametrize("how", ["empty", "absent"])
def test_missing_channels_never_raise_and_never_give_a_number_from_nothing(gone, how):
    log = log_of(*many())
    columns = [
        c
        for name in gone
        for c in {
            "heart rate": ["average_heart_rate_bpm", "heart_rate_share", "max_heart_rate_bpm"],
            "pace": ["graded_speed_mps", "average_speed_mps", "distance_m"],
            "rpe": ["rpe"],
        }[name]
    ]
    log.activities = (
        log.activities.assign(**dict.fromkeys(columns, np.nan))
        if how == "empty"
        else log.activities.drop(columns=columns)
    )
    if "heart rate" in gone:
        log.histograms = log.histograms.head(0)
    table = load.session_load(log)
    if len(gone) == 3:
        assert table["load"].isna().all() and (table["method"] == "").all() and (table["reason"] != "").all()
    else:
        assert table["load"].notna().all()
        assert (table["load_low"] <= table["load"]).all() and (table["load"] <= table["load_high"]).all()
    days = load.daily_load(log)
    assert days["load"].isna().sum() == table["load"].isna().sum() == days["unmeasured_sessions"].sum()


@pytest.mark.parametrize(
    "method", ["trimp", "mean_heart_rate", "session_rpe", "running_stress", "heart_rate_stress", "edwards"]
)
def test_a_single_method_gives_its_own_numbers_only(method):
    log = log_of(*many(), session(30))
    table = load.session_load(log, method=method)
    pd.testing.assert_series_equal(table["load"], table[f"load_{method}"], check_names=False)
    assert math.isnan(table["load"].iloc[-1]) and table["method"].iloc[-1] == "" and table["reason"].iloc[-1]
    assert (table["method"].iloc[:-1] == method).all()


def test_unknown_method_is_refused():
    with pytest.raises(SettingsError, match="did you mean 'trimp'"):
        load.session_load(log_of(session(0)), method="trips")


def test_duplicates_do_not_count():
    log = log_of(
        session(0, beats=150.0, distance_m=10_000.0),
        session(1, beats=150.0, day=0, distance_m=10_000.0, duplicate_of="a000"),
    )
    assert load.session_load(log)["activity_id"].tolist() == ["a000"]
    day = load.daily_load(log).iloc[0]
    assert day["sessions"] == 1 and day["run_distance_m"] == 10_000


def test_order_of_rows_changes_nothing():
    log = log_of(*many(), session(30), session(31, rpe=5.0))
    other = log_of(*reversed([*many(), session(30), session(31, rpe=5.0)]))
    pd.testing.assert_frame_equal(load.session_load(log), load.session_load(other))
    pd.testing.assert_frame_equal(load.daily_load(log), load.daily_load(other))


def test_the_log_is_left_alone():
    log = log_of(*many(5))
    before = log.activities.copy(), log.histograms.copy()
    load.daily_load(log)
    pd.testing.assert_frame_equal(log.activities, before[0])
    pd.testing.assert_frame_equal(log.histograms, before[1])


# --- days -------------------------------------------------------------------------------------------------------------


def test_days_have_the_schema_and_no_gaps():
    days = load.daily_load(log_of(*many(3), session(40, beats=140.0)))
    assert [c for c in tables.DAILY.names if c not in days.columns] == []
    tables.check(days, tables.DAILY, *tables.DAILY.names)
    assert (days["date"].diff().dropna() == pd.Timedelta(days=1)).all() and len(days) == 41
    rest = days.iloc[10]
    assert rest["load"] == 0 and rest["sessions"] == 0 and rest["load_method"] == "" and rest["run_distance_m"] == 0
    assert math.isnan(rest["clean_share"])


def test_sessions_sum_to_the_day_in_both_channels():
    log = log_of(
        session(0, beats=150.0, distance_m=10_000.0, ascent_m=100.0, descent_m=90.0, average_cadence_spm=170.0),
        session(
            1,
            beats=130.0,
            day=0,
            minutes=30.0,
            distance_m=5000.0,
            ascent_m=20.0,
            descent_m=30.0,
            average_cadence_spm=160.0,
        ),
        session(2, beats=120.0, day=0, sport="cycling", distance_m=30_000.0, ascent_m=300.0),
    )
    table, day = load.session_load(log), load.daily_load(log).iloc[0]
    for name in ("load", "load_low", "load_high"):
        assert day[name] == pytest.approx(table[name].sum())
    assert day["run_load"] == pytest.approx(table["load"].iloc[:2].sum()) and day["sessions"] == 3
    assert (day["run_distance_m"], day["longest_run_m"], day["run_ascent_m"], day["run_descent_m"]) == (
        15_000,
        10_000,
        120,
        120,
    )
    assert day["run_steps"] == pytest.approx(170 * 60 + 160 * 30) and day["run_time_s"] == 5400


def test_an_unmeasured_session_is_not_rest():
    days = load.daily_load(
        log_of(
            session(0, beats=150.0),
            session(1, sport="yoga"),
            session(3, beats=150.0),
            session(4, beats=150.0, day=3),
            session(5, sport="yoga", day=3),
        )
    )
    assert days["load"].isna().tolist() == [False, True, False, True]
    assert days["load_low"].tolist()[1] == 0 and days["load_low"].iloc[3] > 1.5 * days["load_low"].iloc[0]
    assert days["load_high"].isna().tolist() == [False, True, False, True]
    assert days["unmeasured_sessions"].tolist() == [0, 1, 0, 1] and days["load"].iloc[2] == 0


def test_a_run_without_distance_makes_the_days_distance_unknown():
    day = load.daily_load(log_of(session(0, beats=150.0, distance_m=9000.0), session(1, beats=150.0, day=0))).iloc[0]
    assert math.isnan(day["run_distance_m"]) and math.isnan(day["longest_run_m"]) and day["load"] > 0


def test_methods_of_a_day_are_joined():
    log = log_of(*many(), session(30, rpe=5.0), session(31, beats=140.0, day=30))
    assert load.daily_load(log)["load_method"].iloc[-1] == "trimp+session_rpe"


def test_each_athlete_has_an_own_calendar_and_ends_through_a_day():
    bo = Athlete("bo", sex="m", settings=[KNOWN])
    first, second = session(0, beats=150.0), session(5, beats=150.0)
    second[0]["athlete"] = "bo"
    log = log_of(first, second, athletes=[KIM, bo])
    assert load.daily_load(log).groupby("athlete").size().to_dict() == {"bo": 1, "kim": 1}
    longer = load.daily_load(log, through="2026-01-10")
    assert longer.groupby("athlete").size().to_dict() == {"bo": 5, "kim": 10}
    assert longer["load"].iloc[-1] == 0
    assert load.daily_load(log, through="2026-01-05")["athlete"].tolist() == ["kim"] * 5  # bo began the day after
    with pytest.raises(SettingsError, match="through: cannot read 'soon' as a date"):
        load.daily_load(log, through="soon")


def test_an_empty_log_gives_an_empty_table_with_its_columns():
    log = Log()
    assert load.session_load(log).empty
    days = load.daily_load(log)
    assert days.empty and [c for c in tables.DAILY.names if c not in days.columns] == []
    assert load.fitness_and_fatigue(days).empty and load.weekly_totals(days).empty


def test_a_real_season_goes_through(season_log):
    days = season_log.daily
    assert days["load"].notna().mean() > 0.5
    fitness = load.fitness_and_fatigue(days)
    assert len(fitness) == len(days)
    assert load.step_back_weeks(days)["is_step_back"].any()
    spikes = load.single_run_spike(season_log.activities)
    assert spikes["ratio"].max() > 1.3


# --- one session by each method ---------------------------------------------------------------------------------------


def test_dropouts_are_left_out_not_counted_as_rest():
    given = {"resting_heart_rate_bpm": 50, "max_heart_rate_bpm": 190}
    assert load.banister_trimp([150, 0, math.nan], 1, **given) == load.banister_trimp(150, 1, **given)
    assert math.isnan(load.banister_trimp([0, math.nan], 1, **given))
    assert math.isnan(load.edwards_trimp([math.nan], 1, max_heart_rate_bpm=190))
    assert load.banister_trimp(40, 60, **given) == 0  # below rest


def test_above_the_maximum_is_kept_unless_held():
    given = {"resting_heart_rate_bpm": 50, "max_heart_rate_bpm": 190}
    assert load.banister_trimp(200, 1, **given) > load.banister_trimp(190, 1, **given)
    assert load.banister_trimp(200, 1, clamp=True, **given) == load.banister_trimp(190, 1, **given)


def test_impossible_settings_are_refused():
    with pytest.raises(SettingsError, match="must be above"):
        load.banister_trimp(150, 1, resting_heart_rate_bpm=190, max_heart_rate_bpm=180)
    with pytest.raises(SettingsError):
        load.heart_rate_stress(100, threshold_heart_rate_bpm=40, resting_heart_rate_bpm=50, max_heart_rate_bpm=180)
    with pytest.raises(SettingsError):
        load.lucia_trimp([1, 2])
    with pytest.raises(SettingsError):
        load.running_stress(3.0, 60, threshold_speed_mps=0)
    with pytest.raises(SettingsError):
        load.edwards_trimp(150, 1, max_heart_rate_bpm=math.nan)


def test_rating_of_zero_means_not_given():
    assert math.isnan(load.session_rpe(0, 60)) and math.isnan(load.session_rpe(13, 60))
    assert load.session_rpe(pd.Series([5.0, math.nan]), 60).isna().tolist() == [False, True]


def test_splits_sum_to_the_whole():
    rng = np.random.default_rng(0)
    beats, minutes = rng.uniform(90, 190, 200), rng.uniform(0, 1, 200)
    given = {"resting_heart_rate_bpm": 50, "max_heart_rate_bpm": 190}
    for method, extra in ((load.banister_trimp, given), (load.edwards_trimp, {"max_heart_rate_bpm": 190})):
        parts = method(beats[:90], minutes[:90], **extra) + method(beats[90:], minutes[90:], **extra)
        assert parts == pytest.approx(method(beats, minutes, **extra))


def test_a_session_below_the_assumed_resting_heart_rate_is_no_rest_day():
    """A relaxation session at 52 bpm: resting heart rate, which nobody stated, cannot have been 60."""
    calm = log_of(session(0, beats=52.0, sport="training", minutes=6.0), athletes=(Athlete("kim"),))
    found = load.session_load(calm).iloc[0]
    assert 0 < found["load"] < 1 and "resting heart rate 51 assumed" in found["reason"]
    stated = log_of(session(0, beats=40.0, sport="training", minutes=6.0, rpe=1.0))
    found = load.session_load(stated).iloc[0]
    assert found["load"] != 0 and math.isnan(found["load_trimp"]) and math.isnan(found["load_mean_heart_rate"])
