"""Where tapers, scenarios, breaks and returns begin and end: exact values beside each edge."""

import math

import numpy as np
import pandas as pd
import pytest

from runlab import tables, taper
from runlab.errors import SettingsError
from runlab.log import Log
from runlab.taper import Scenario, simulate
from runlab.taper.review import taper_review, taper_shape
from runlab.taper.scenarios import scenario_loads, usual_week
from runlab.taper.simulation import _draw, _forward, _state, history
from runlab.taper.volumes import daily_volume, taper_length

MONDAY = pd.Timestamp("2026-01-05")
RACE = pd.Timestamp("2026-06-01")


def daily(days=60, load=50.0):
    return pd.DataFrame(
        {"date": pd.date_range(MONDAY, periods=days), "load": np.broadcast_to(load, days).astype(float)}
    )


# --- shapes -----------------------------------------------------------------------------------------------------------


def test_shapes_by_hand():
    assert taper.shapes("step", 3, reduction=0.4)["share"].tolist() == pytest.approx([0.6] * 3)
    assert taper.shapes("linear", 4, reduction=0.8)["share"].tolist() == pytest.approx([0.8, 0.6, 0.4, 0.2])
    fast, slow = (taper.shapes(f"{kind}_exponential", 8)["share"].to_numpy() for kind in ("fast", "slow"))
    assert fast[[0, 7]] == pytest.approx([math.exp(-0.25), math.exp(-2)])
    assert slow[[0, 7]] == pytest.approx([math.exp(-0.125), math.exp(-1)])
    own = taper.shapes("exponential", 3, time_constant_days=2.0)
    assert own["share"].tolist() == pytest.approx([math.exp(-0.5), math.exp(-1), math.exp(-1.5)])
    assert own[["day", "days_to_race"]].to_numpy().tolist() == [[1, 3], [2, 2], [3, 1]]
    for reduction in (0.05, 0.5, 0.95):
        assert taper.shapes("exponential", 14, reduction=reduction)["share"].mean() == pytest.approx(
            1 - reduction, abs=1e-9
        )
    assert taper.shapes("step", 1, reduction=0)["share"].tolist() == [1.0]
    assert taper.shapes("linear", 1, reduction=1)["share"].tolist() == [0.0]


@pytest.mark.parametrize(
    "wrong",
    [("step", 0, {}), ("step", 1.5, {}), ("step", 3, {"reduction": 1.01}), ("step", 3, {"reduction": -0.01}),
     ("exponential", 3, {"time_constant_days": -1.0}), ("steps", 3, {})],
)  # fmt: skip
def test_what_is_no_shape_is_refused(wrong):
    kind, days, options = wrong
    with pytest.raises(SettingsError):
        taper.shapes(kind, days, **options)


@pytest.mark.parametrize("kind", ["step", "linear", "exponential"])
def test_a_shape_is_recognised_from_ten_days(kind):
    share = taper.shapes(kind, 14, reduction=0.75)["share"].to_numpy()
    volume = pd.Series(np.concatenate((np.full(28, 10.0), 10 * share)))
    found, explained = taper_shape(volume, 14, 10.0)
    assert found == kind
    assert explained > 0.99
    ten = pd.Series(
        np.concatenate((np.full(28, 10.0), 10 * taper.shapes(kind, 10, reduction=0.75)["share"].to_numpy()))
    )
    assert taper_shape(ten, 10, 10.0)[0] == kind
    assert taper_shape(ten, 9, 10.0)[0] == "indeterminate"
    assert taper_shape(ten, 10, 0.0)[0] == "indeterminate"


def test_a_shape_explains_forty_per_cent_or_none():
    rng = np.random.default_rng(1)
    wild = pd.Series(np.concatenate((np.full(28, 10.0), rng.uniform(0, 20, 14))))
    found, explained = taper_shape(wild, 14, 10.0)
    assert (found == "indeterminate") == (explained < 0.4)
    assert math.isnan(taper_shape(pd.Series(np.full(42, 10.0)), 14, 10.0)[1]), "no variation, nothing to explain"


# --- length, baseline, review -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("days", [7, 10, 14, 21])
@pytest.mark.parametrize("share", [0.5, 0.3])
def test_the_length_of_an_even_taper(days, share):
    volume = np.concatenate((np.full(84, 10.0), np.full(days, 10.0 * share)))
    assert taper_length(volume) == (days, 10.0)


def test_less_than_eight_per_cent_is_no_taper():
    assert taper_length(np.concatenate((np.full(84, 10.0), np.full(14, 9.3))))[0] == 0
    assert taper_length(np.concatenate((np.full(84, 10.0), np.full(14, 8.5))))[0] == 14
    assert taper_length(np.concatenate((np.full(84, 10.0), [2.0])))[0] == 1, (
        "more than seven tenths of a usual day short"
    )
    assert taper_length(np.concatenate((np.full(84, 10.0), [2.3])))[0] == 0
    assert taper_length(np.zeros(84)) == (0, 0.0)


def test_a_light_week_before_is_no_taper_and_lowers_no_baseline():
    volume = np.concatenate((np.full(49, 10.0), np.full(7, 6.0), np.full(28, 10.0), np.full(10, 4.0)))
    assert taper_length(volume) == (10, 10.0)


def log_of(volume, *, race=RACE, **tables):
    """A run a day of so many metres, the last of them the day before the race."""
    dates = pd.date_range(end=race - pd.Timedelta(days=1), periods=len(volume))
    metres = np.asarray(volume, float)
    runs = pd.DataFrame(
        {
            "activity_id": [f"r{k}" for k in range(len(dates))],
            "athlete": "kim",
            "date": dates,
            "start_time": (dates + pd.Timedelta(hours=8)).tz_localize("UTC"),
            "sport": "running",
            "distance_m": metres,
            "moving_time_s": metres / 3,
            "timer_time_s": metres / 3,
            "elapsed_time_s": metres / 3,
        }
    )
    return Log(runs[runs["distance_m"] > 0], **tables)


def measure(log, name, race=RACE):
    return taper_review(log, race).set_index("measure").loc[name]


def test_a_review_by_hand():
    log = log_of(np.concatenate((np.full(84, 10_000.0), np.full(14, 5_000.0))))
    table = taper_review(log, RACE).set_index("measure")
    assert table.loc["length", ["value", "verdict"]].tolist() == [14.0, "inside"]
    assert table.loc["depth", ["value", "verdict"]].tolist() == [pytest.approx(50.0), "inside"]
    assert table.loc["last_week", "value"] == pytest.approx(50.0)
    assert table.loc["strict_weeks", "value"] == 0.0, "two equal weeks are not a row"
    assert table.loc["frequency_kept", ["value", "verdict"]].tolist() == [pytest.approx(100.0), "inside"]
    assert table.loc["longest_run_last_two_weeks", "value"] == pytest.approx(50.0)
    assert table.loc["strength_sessions", "value"] == 0.0
    assert table.loc["shape", "verdict"] == "step"


def test_a_review_needs_six_weeks():
    assert "found 5" in measure(log_of(np.full(41, 10_000.0)), "length")["basis"]
    assert measure(log_of(np.full(42, 10_000.0)), "length")["value"] == 0.0
    assert math.isnan(measure(log_of(np.full(42, 10_000.0)), "depth")["value"])


@pytest.mark.parametrize(("share", "verdict"), [(0.6, "below"), (0.59, "inside"), (0.40, "inside"), (0.39, "above")])
def test_depth_is_held_against_41_to_60_per_cent(share, verdict):
    log = log_of(np.concatenate((np.full(84, 10_000.0), np.full(14, 10_000.0 * share))))
    assert measure(log, "depth")["verdict"] == verdict


@pytest.mark.parametrize(("days", "verdict"), [(7, "below"), (8, "inside"), (21, "inside"), (22, "above")])
def test_length_is_held_against_8_to_21_days(days, verdict):
    log = log_of(np.concatenate((np.full(112, 10_000.0), np.full(days, 4_000.0))))
    row = measure(log, "length")
    assert (row["value"], row["verdict"]) == (float(days), verdict)


@pytest.mark.parametrize(("days", "known"), [(3, False), (4, True)])
def test_a_depth_needs_four_days(days, known):
    log = log_of(np.concatenate((np.full(84, 10_000.0), np.full(days, 3_000.0))))
    assert measure(log, "length")["value"] == days
    assert np.isfinite(measure(log, "depth")["value"]) == known


def test_weeks_in_a_row_are_counted_to_five():
    for falling in (1, 3, 5, 7):
        weeks = [10_000.0] * 8 + [10_000.0 - 500 * k for k in range(1, falling + 1)]
        log = log_of(np.repeat(weeks, 7))
        assert measure(log, "strict_weeks")["value"] == min(falling, 5)


def test_strength_is_counted_from_the_start_of_the_taper():
    volume = np.concatenate((np.full(84, 10_000.0), np.full(14, 5_000.0)))

    def lifted(*before):
        days = [RACE - pd.Timedelta(days=d) for d in before]
        return log_of(volume, strength=pd.DataFrame({"athlete": "kim", "date": days}))

    assert measure(lifted(14, 5), "strength_sessions")["value"] == 2.0
    assert measure(lifted(15, 0), "strength_sessions")["value"] == 0.0, "before it, and on race day"
    last = measure(lifted(15), "strength_last")
    assert (last["value"], last["verdict"]) == (15.0, "above")
    assert [measure(lifted(d), "strength_last")["verdict"] for d in (1, 2, 10, 11)] == [
        "below",
        "inside",
        "inside",
        "above",
    ]
    assert measure(lifted(42), "strength_last")["value"] == 42.0
    assert math.isnan(measure(lifted(43), "strength_last")["value"])


def test_volume_is_metres_where_most_runs_have_them():
    log = log_of(np.full(50, 10_000.0))
    assert daily_volume(log, RACE).iloc[-1] == 10_000.0
    for missing, unit in ((14, 10_000.0), (15, 10_000.0 / 3)):  # 36 and 35 of 50: above, and at, seven tenths
        runs = log.activities.copy()
        runs.loc[: missing - 1, "distance_m"] = np.nan
        assert daily_volume(Log(runs), RACE).iloc[-1] == pytest.approx(unit)


# --- scenarios --------------------------------------------------------------------------------------------------------

WEEK = np.arange(1.0, 8.0) * 10


def loads(scenario, days=28, planned=None):
    dates = pd.date_range(MONDAY, periods=days)
    return scenario_loads(scenario, WEEK, dates, planned)


def test_a_scenario_tapers_two_weeks_unless_told():
    usual = np.tile(WEEK, 4)
    found, sick = loads(Scenario("x", shape="step"))
    assert found.tolist() == pytest.approx([*usual[:14], *(usual[14:] * 0.5)])
    assert not sick.any()
    assert loads(Scenario("x", taper_days=0))[0].tolist() == usual.tolist()
    assert loads(Scenario("x", taper_days=99, shape="step", reduction=0.1))[0].tolist() == pytest.approx(usual * 0.9)


def test_after_illness_the_load_comes_back_in_steps():
    start = MONDAY + pd.Timedelta(days=7)
    found, sick = loads(Scenario("x", taper_days=0, sick=(start, 3)), days=35)
    share = found / np.tile(WEEK, 5)
    assert np.flatnonzero(sick).tolist() == [7, 8, 9]
    assert share[:7].tolist() == [1.0] * 7
    assert share[7:10].tolist() == [0.0] * 3
    assert share[10:22].round(9).tolist() == [0.3] * 3 + [0.5] * 3 + [0.75] * 5 + [1.0]
    rested, none = loads(Scenario("x", taper_days=0, rest=(start, 3)), days=35)
    assert (rested / np.tile(WEEK, 5))[9:11].tolist() == [0.0, 1.0]
    assert not none.any()


def test_the_long_run_cut_is_the_biggest_before_the_taper():
    assert np.flatnonzero(
        loads(Scenario("x", taper_days=7, shape="step", reduction=0.0, cut_long_run=True))[0] == 0
    ).tolist() == [6]
    near = loads(Scenario("x", taper_days=7, shape="step", reduction=0.0, cut_long_run=True, cut_within=7))[0]
    assert np.flatnonzero(near == 0).tolist() == [20]
    late = loads(Scenario("x", taper_days=6, shape="step", reduction=0.0, cut_long_run=True, cut_within=3))[0]
    assert np.flatnonzero(late == 0).tolist() == [20]
    assert (loads(Scenario("x", taper_days=28, shape="step", cut_long_run=True))[0] > 0).all()


def test_a_scale_holds_for_its_days():
    found = loads(Scenario("x", taper_days=0, scale=(MONDAY + pd.Timedelta(days=1), 2, 0.5)))[0]
    assert found[:4].tolist() == [10.0, 10.0, 15.0, 40.0]


def test_a_plan_is_taken_as_written_and_tapered_from_the_usual_week():
    dates = pd.date_range(MONDAY, periods=28)
    plan = pd.Series([5.0, 6.0, 7.0], index=[dates[0], dates[0] + pd.Timedelta(hours=12), dates[27]])
    written = loads(Scenario("x"), planned=plan)[0]
    assert (written[0], written[1], written[27]) == (11.0, 0.0, 7.0)
    own = loads(Scenario("x", plan=plan * 2), planned=plan)[0]
    assert own[0] == 22.0
    assert loads(Scenario("x", taper_days=1, shape="step"), planned=plan)[0][27] == 35.0


@pytest.mark.parametrize(
    "wrong", [{"name": ""}, {"name": "x", "sick": ("2026-01-01", 0)}, {"name": "x", "rest": ("2026-01-01",)}]
)
def test_a_scenario_that_cannot_be_is_refused(wrong):
    with pytest.raises(SettingsError):
        Scenario(**wrong)
    assert Scenario("x", sick=("2026-01-01", 1)).sick[1] == 1


def test_a_usual_week_leaves_out_weeks_under_half():
    dates = pd.date_range(MONDAY, periods=42)
    weeks = [10.0, 10, 10, 10, 10, 4.9]
    assert usual_week(pd.Series(np.repeat(weeks, 7), index=dates)).tolist() == [10.0] * 7
    weeks[-1] = 5.0
    assert usual_week(pd.Series(np.repeat(weeks, 7), index=dates)).tolist() == pytest.approx([55 / 6] * 7)
    longer = pd.Series(np.repeat([100.0, *weeks], 7), index=pd.date_range(MONDAY, periods=49))
    assert usual_week(longer).tolist() == pytest.approx([55 / 6] * 7), "six weeks count"
    assert np.isnan(usual_week(pd.Series(np.nan, index=dates))).all()
    some = pd.Series(np.where(dates.day_of_week == 2, np.nan, 10.0), index=dates)
    assert usual_week(some).tolist() == [10.0] * 7, "a weekday never measured is taken as the mean of the others"


def test_history_fills_what_was_not_measured():
    table = daily(10, [50, 0, np.nan, 60, 70, 0, 0, 0, 0, 0])
    load, measured = history(table.drop(index=[5]))
    assert (load.iloc[2], load.iloc[5], measured) == (60.0, 0.0, 0.9)
    old = daily(130, np.concatenate((np.full(69, 10.0), np.full(60, 90.0), [np.nan])))
    assert history(old)[0].iloc[-1] == 90.0, "the last 60 days with load"
    assert (
        history(daily(130, np.concatenate((np.full(69, 90.0), np.full(31, 10.0), np.full(29, 90.0), [np.nan]))))[
            0
        ].iloc[-1]
        == 10.0
    )


# --- the model --------------------------------------------------------------------------------------------------------


def test_the_model_is_two_fading_sums():
    days, before = np.array([10.0]), np.array([3.0])
    load = np.array([[4.0, 5.0]])
    fade = math.exp(-0.1)
    expected = 4 * fade**2 + 5 * fade + 3 * fade**2 / math.expm1(0.1)
    assert _state(load, days, before)[0] == pytest.approx(expected)
    path = _forward(load, np.array([1.0]), days)[0]
    assert path.tolist() == pytest.approx([1.0, 5 * fade, (5 * fade + 5) * fade])


def test_the_drawn_constants_stay_in_their_bounds():
    c = _draw(np.random.default_rng(1), 4000, 50.0)
    for name, low, middle, high in (
        ("slow", 25, 42, 70),
        ("quick", 3, 9, 18),
        ("power", 0.25, 0.47, 0.70),
        ("before", 0.7, 0.875, 1.05),
    ):
        assert c[name].min() >= low
        assert c[name].max() <= high
        assert np.median(c[name]) == pytest.approx(middle, rel=0.06)
    assert c["slow"].max() == 70.0
    assert c["quick"].max() == 18.0
    assert ((c["a"] > 0) & (c["b"] > 0)).all()
    assert (c["ill"].min() >= 0) & (c["ill"].max() <= 1)


@pytest.mark.parametrize(("days", "known"), [(41, False), (42, True)])
def test_six_weeks_of_history_are_needed(days, known):
    table = daily(days)
    found = simulate(table, race_date=MONDAY + pd.Timedelta(days=days + 14), scenarios=[Scenario("x")], draws=50)
    assert np.isfinite(found.summary["value"].iloc[0]) == known
    assert taper.detraining(table, days=5, draws=50).is_known == known


@pytest.mark.parametrize(("holes", "known"), [(20, True), (21, False)])
def test_two_thirds_of_it_must_be_measured(holes, known):
    table = daily(60)
    table.loc[np.arange(holes) * 2 + 1, "load"] = np.nan
    assert taper.detraining(table, days=5, draws=50).is_known == known
    found = simulate(table, race_date=MONDAY + pd.Timedelta(days=74), scenarios=[Scenario("x")], draws=50)
    assert np.isfinite(found.summary["value"].iloc[0]) == known


def test_a_race_lies_after_the_first_day_to_come():
    for race, right in ((60, False), (61, True)):
        if right:
            simulate(
                daily(60), race_date=MONDAY + pd.Timedelta(days=race), scenarios=[Scenario("x", taper_days=0)], draws=20
            )
        else:
            with pytest.raises(SettingsError, match="must lie after"):
                simulate(daily(60), race_date=MONDAY + pd.Timedelta(days=race), scenarios=[Scenario("x")], draws=20)


@pytest.mark.parametrize("days", [0, 1.5, -1])
def test_a_break_is_a_whole_number_of_days(days):
    with pytest.raises(SettingsError):
        taper.detraining(daily(60), days=days)
    assert len(taper.detraining(daily(60), days=1, draws=50).table) == 1


# --- coming back ------------------------------------------------------------------------------------------------------


def test_steps_back_that_overlap_are_refused():
    for wrong in ([(1, 3, 0.3), (3, 6, 0.5)], [(1, 3, 1.01)], [(1, 3, -0.01)]):
        with pytest.raises(SettingsError):
            taper.return_plan(MONDAY, steps=wrong)
    own = taper.return_plan(MONDAY, days=5, usual=[1, 2, 3, 4, 5, 6, 7], steps=[(1, 2, 0.0), (3, 4, 1.0)])
    assert own["value"].tolist() == [0.0, 0.0, 3.0, 4.0, 5.0]
    assert own["basis"].iloc[0] == "habit without a source; edit steps"
    assert taper.return_plan(MONDAY)["basis"].iloc[0].endswith("; usual load not known")
    assert len(taper.return_plan(MONDAY)) == 14


def test_a_rebuild_without_history_is_made_of_habits():
    table = taper.rebuild(Log(), {"date": "2026-05-01", "distance_m": 30_000.0}).set_index("stage")
    assert table.loc["recover", ["value", "low", "high"]].tolist() == pytest.approx([10.0, 6.0, 15.0])
    assert table.loc["return", ["value", "low", "high"]].tolist() == [11.0, 7.0, 28.0]
    assert table.loc["build", ["value", "low", "high"]].tolist() == [84.0, 56.0, 112.0]
    assert table.loc["taper", ["low", "high"]].tolist() == [8.0, 21.0]
    total = table.loc[["recover", "return", "build", "taper"]]
    assert table.loc["next race", ["value", "low", "high"]].tolist() == pytest.approx(
        total[["value", "low", "high"]].sum().tolist()
    )
    assert table.loc["build", ["from_day", "to_day"]].tolist() == [21.0, 105.0]
    unknown = taper.rebuild(Log(), {"date": "2026-05-01", "distance_m": np.nan}, build_weeks=8).set_index("stage")
    assert unknown.loc["recover", "value"] == 7.0
    assert unknown.loc["build", "value"] == 42.0


def test_a_race_after_which_the_usual_never_came_back_is_kept():
    days = pd.date_range(MONDAY, periods=7 * 42)
    week = np.arange(len(days)) // 7
    metres = np.where(week == 13, 2000.0, np.where(week > 30, 2000.0, 8000.0))
    metres[[7 * 12 + 6, 7 * 30 + 6]] = 21_097.5
    runs = pd.DataFrame({"date": days, "sport": "running", "athlete": "a", "distance_m": metres})
    runs = runs.assign(
        activity_id=[f"r{i}" for i in range(len(days))], start_time=days.tz_localize("UTC"), moving_time_s=metres / 3
    )
    races = pd.DataFrame({"date": days[[7 * 12 + 6, 7 * 30 + 6]], "distance_m": 21_097.5, "official_time_s": 7000.0})
    log = Log(tables.conform(runs, tables.ACTIVITIES), races=tables.conform(races.assign(athlete="a"), tables.RACES))
    back = taper.rebuild(log, {"date": days[-1], "distance_m": 21_097.5}).set_index("stage").loc["return"]
    assert back["value"] == 14.0 and back["n"] == 2 and "after 1 of them it was not back" in back["basis"]


def test_what_cannot_be_told_has_no_count():
    found = simulate(daily(20), race_date=MONDAY + pd.Timedelta(days=40), scenarios=[Scenario("a"), Scenario("b")])
    assert found.summary["n"].tolist() == [0, 0]
    assert found.summary[["value", "low", "high", "load", "share_of_usual"]].isna().all(axis=None)
    assert found.comparisons[["value", "low", "high"]].isna().all(axis=None)
    assert found.paths.empty
