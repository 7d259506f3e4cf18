"""Tapers: shapes, what one was, what others would do, and coming back."""

import math

import numpy as np
import pandas as pd
import pytest

from runlab import taper
from runlab.errors import SettingsError, TableError
from runlab.log import Log
from runlab.taper import Scenario, simulate
from runlab.taper.review import taper_shape
from runlab.taper.scenarios import scenario_loads, usual_week
from runlab.taper.volumes import taper_length

PATTERN = np.array([0.0, 60.0, 40.0, 70.0, 0.0, 50.0, 130.0])


def daily(days=180, end="2026-09-06"):
    dates = pd.date_range(end=end, periods=days)
    return pd.DataFrame({"date": dates, "load": PATTERN[dates.day_of_week]})


RACE = "2026-10-04"  # four weeks after the table ends


def verdicts(found):
    return {(r.a, r.b): r.verdict for r in found.comparisons.itertuples(index=False)}


@pytest.mark.parametrize("kind", taper.shapes.__globals__["KINDS"])
def test_shapes_go_down_and_stay_shares(kind):
    found = taper.shapes(kind, 14)
    assert found["share"].between(0, 1).all() and (found["share"].diff().dropna() <= 1e-12).all()
    assert found["days_to_race"].tolist() == list(range(14, 0, -1))


@pytest.mark.parametrize("reduction", [0.2, 0.41, 0.6, 0.8])
def test_an_exponential_without_a_constant_reaches_the_mean_reduction(reduction):
    share = taper.shapes("exponential", 14, reduction=reduction)["share"]
    assert 1 - share.mean() == pytest.approx(reduction, abs=1e-6)


def test_same_plan_cannot_be_told_apart_and_far_ones_can():
    found = simulate(
        daily(),
        race_date=RACE,
        scenarios=[Scenario("as planned"), Scenario("again"), Scenario("rest four weeks", rest=("2026-09-07", 27))],
    )
    said = verdicts(found)
    assert said["as planned", "again"] == "cannot be told apart"
    assert said["as planned", "rest four weeks"] == "as planned ahead"
    assert said["again", "rest four weeks"] == "again ahead"
    same = found.comparisons.iloc[0]
    assert same["value"] == 0 and same["low"] < 0 < same["high"]
    rest = found.summary.set_index("scenario").loc["rest four weeks"]
    assert rest["high"] < 0 and rest["load"] < 100 and rest["grade"] == "D"


def test_a_taper_brings_a_little_and_both_anchors_hold():
    found = simulate(
        daily(),
        race_date=RACE,
        scenarios=[Scenario("taper"), Scenario("none", taper_days=0), Scenario("rest", rest=("2026-09-06", 40))],
    ).summary
    value = found.set_index("scenario")["value"]
    assert 0.5 < value["taper"] < 4 and abs(value["none"]) < 1 and -10 < value["rest"] < -3
    assert ((found["low"] < found["value"]) & (found["value"] < found["high"])).all()


def test_the_sick_weeks_story():
    start = pd.Timestamp(RACE) - pd.Timedelta(days=21)
    found = simulate(
        daily(),
        race_date=RACE,
        scenarios={
            "as planned": {},
            "sick six days": {"sick": (start, 6)},
            "long run cut": {"cut_long_run": True},
            "shorter": {"taper_days": 8},
            "longer": {"taper_days": 21},
        },
    )
    said = verdicts(found)
    assert said["as planned", "sick six days"] == "as planned ahead"
    assert said["shorter", "longer"] == "cannot be told apart"
    paths = found.paths[found.paths["scenario"] == "sick six days"].set_index("date")
    assert (paths.loc[start : start + pd.Timedelta(days=5), "load"] == 0).all()
    assert paths.loc[start + pd.Timedelta(days=8), "load"] <= 0.3 * PATTERN.max()
    assert str(found).count("\n") == len(found.summary) + len(found.comparisons)


def test_draws_are_paired_and_repeatable():
    plans = [Scenario("a"), Scenario("b", taper_days=10)]
    one, two = (simulate(daily(), race_date=RACE, scenarios=plans) for _ in range(2))
    pd.testing.assert_frame_equal(one.summary, two.summary)
    swapped = simulate(daily(), race_date=RACE, scenarios=plans[::-1])
    assert swapped.summary.set_index("scenario")["value"]["a"] == one.summary.set_index("scenario")["value"]["a"]
    band = one.summary.set_index("scenario").loc["a"]
    pair = one.comparisons.iloc[0]
    assert pair["high"] - pair["low"] < band["high"] - band["low"]  # shared doubt cancels in a difference


def test_past_days_can_be_replayed_and_no_later_day_counts():
    whole, cut = daily(), daily().iloc[:-14]
    plans = [Scenario("a"), Scenario("b", taper_days=7)]
    a = simulate(whole, race_date=RACE, scenarios=plans, on=cut["date"].iloc[-1] + pd.Timedelta(days=1))
    b = simulate(cut, race_date=RACE, scenarios=plans)
    pd.testing.assert_frame_equal(a.summary, b.summary)


def test_a_written_plan_is_taken_as_written():
    dates = pd.date_range("2026-09-07", "2026-10-03")
    plan = pd.Series(30.0, index=dates)
    loads, _ = scenario_loads(Scenario("p"), PATTERN, dates, plan)
    assert (loads == 30).all()
    loads, _ = scenario_loads(Scenario("p", taper_days=7, shape="step", reduction=0.5), PATTERN, dates, plan)
    assert loads[:-7].tolist() == [30.0] * 20 and loads[-7:].sum() == pytest.approx(PATTERN.sum() / 2)


@pytest.mark.parametrize("change", ["short", "unmeasured", "nothing"])
def test_too_little_history_gives_no_number(change):
    table = {
        "short": daily(20),
        "unmeasured": daily().assign(load=lambda f: f["load"].where(f.index % 3 == 0)),
        "nothing": daily().assign(load=0.0),
    }[change]
    found = simulate(table, race_date=RACE, scenarios=[Scenario("a"), Scenario("b")])
    assert found.summary["value"].isna().all() and "needs 42 days" in found.basis and "cannot tell" in repr(found)
    assert found.comparisons["verdict"].tolist() == ["cannot tell"]
    assert not taper.detraining(table, days=10).is_known


def test_unmeasured_sessions_are_not_rest_days():
    table = daily()
    holes = table.assign(load=table["load"].where(np.arange(180) % 10 != 3))
    rest = table.assign(load=table["load"].where(np.arange(180) % 10 != 3, 0.0))
    off = [Scenario("rest", rest=("2026-09-07", 27))]
    whole, holed, rested = (simulate(t, race_date=RACE, scenarios=off) for t in (table, holes, rest))
    value = [found.summary["value"].iloc[0] for found in (whole, holed, rested)]
    assert abs(value[1] - value[0]) < 0.5 and value[1] != value[2]
    assert "90 % measured" in holed.basis and "100 % measured" in rested.basis


@pytest.mark.parametrize(
    ("scenarios", "message"),
    [
        ([], "at least one"),
        ([Scenario("a"), Scenario("a")], "different names"),
        ([{"taper_days": 3}], "a scenario takes"),
        ([3], "a scenario is"),
        ([{"name": "x", "tapper": 3}], "a scenario takes"),
    ],
)
def test_scenarios_that_make_no_sense(scenarios, message):
    with pytest.raises(SettingsError, match=message):
        simulate(daily(), race_date=RACE, scenarios=scenarios)


def test_other_wrong_calls():
    with pytest.raises(SettingsError, match="must lie after"):
        simulate(daily(), race_date="2026-01-01", scenarios=[Scenario("a")])
    with pytest.raises(TableError, match="load"):
        simulate(daily().drop(columns="load"), race_date=RACE, scenarios=[Scenario("a")])
    with pytest.raises(SettingsError, match="several athletes"):
        simulate(
            pd.concat([daily().assign(athlete="a"), daily().assign(athlete="b")]),
            race_date=RACE,
            scenarios=[Scenario("a")],
        )
    with pytest.raises(SettingsError, match="first day, number of days"):
        Scenario("x", sick=("2026-01-01",))


def test_usual_week_leaves_light_weeks_out():
    dates = pd.date_range("2026-08-03", periods=42)
    load = pd.Series(PATTERN[dates.day_of_week], index=dates)
    load.iloc[14:21] *= 0.2
    assert usual_week(load) == pytest.approx(PATTERN)


def test_detraining_first_helps_then_costs():
    found = taper.detraining(daily(), days=35)
    path = found.table.set_index("day")["value"]
    assert path[3] > 0 > path[21] > path[35] and found.value == path[35] and found.low < found.value < found.high
    with pytest.raises(SettingsError, match="whole number"):
        taper.detraining(daily(), days=0)


def test_return_plan_is_editable_and_says_it_has_no_source():
    found = taper.return_plan("2026-05-01", days=14, usual=50)
    assert found["share"].tolist() == [0.3] * 3 + [0.5] * 3 + [0.75] * 5 + [1.0] * 3
    assert (found["grade"] == "D").all() and found["basis"].str.contains("without a source").all()
    own = taper.return_plan("2026-05-01", days=4, usual=50, steps=[(1, 2, 0.1)])
    assert own["value"].tolist() == [5.0, 5.0, 50.0, 50.0]
    assert taper.return_plan("2026-05-01", days=2)["value"].isna().all()
    with pytest.raises(SettingsError, match="overlap"):
        taper.return_plan("2026-05-01", steps=[(1, 4, 0.3), (3, 5, 0.5)])


# --- review -----------------------------------------------------------------------------------------------------------

WEEK_M = np.array([0.0, 10_000.0, 8_000.0, 12_000.0, 0.0, 8_000.0, 22_000.0])
RACE_DAY = pd.Timestamp("2026-06-07")


def tapered_log(weekly_shares, weeks=20, strength=(), race_day=RACE_DAY):
    """Runs in full weeks, then weeks scaled by ``weekly_shares`` up to the day before the race."""
    first = race_day - pd.Timedelta(days=7 * weeks - 1)
    shares = [1.0] * (weeks - len(weekly_shares)) + list(weekly_shares)
    rows = []
    for week, share in enumerate(shares):
        for day, metres in enumerate(WEEK_M * share):
            date = first + pd.Timedelta(days=7 * week + day)
            if metres > 0 and date < race_day:
                rows.append(
                    {
                        "activity_id": f"{week}-{day}",
                        "athlete": "a",
                        "sport": "running",
                        "date": date,
                        "distance_m": metres,
                        "moving_time_s": metres / 3.0,
                    }
                )
    rows += [
        {"activity_id": f"lift{i}", "athlete": "a", "sport": "strength", "date": race_day - pd.Timedelta(days=d)}
        for i, d in enumerate(strength)
    ]
    rows.append(
        {
            "activity_id": "race",
            "athlete": "a",
            "sport": "running",
            "date": race_day,
            "distance_m": 42_195.0,
            "moving_time_s": 13_000.0,
        }
    )
    races = pd.DataFrame(
        {
            "athlete": "a",
            "date": [race_day],
            "name": "Marathon",
            "distance_m": 42_195.0,
            "priority": "A",
            "official_time_s": 13_000.0,
        }
    )
    return Log(pd.DataFrame(rows), races=races)


@pytest.mark.parametrize(("shares", "days"), [((0.7, 0.5, 0.3), 20), ((0.6, 0.35), 13), ((0.4,), 6), ((), 0)])
def test_length_of_a_taper(shares, days):
    found = taper.taper_review(tapered_log(shares), RACE_DAY).set_index("measure")
    assert abs(found.loc["length", "value"] - days) <= (1 if days else 6)


def test_a_textbook_taper_is_inside_what_studies_found():
    found = taper.taper_review(tapered_log((0.7, 0.5, 0.35), strength=(25, 11)), RACE_DAY).set_index("measure")
    assert found.loc[["length", "depth", "strict_weeks"], "verdict"].tolist() == ["inside"] * 3
    assert found.loc["depth", "value"] == pytest.approx(49, abs=7)
    assert found.loc["strength_sessions", "value"] == 1 and found.loc["strength_last", "value"] == 11
    assert found.loc["frequency_kept", "value"] == pytest.approx(100, abs=12)
    assert found["source"].str.len().max() > 5 and set(found["grade"]) <= {"A", "B", "C"}


def test_no_taper_and_no_running_are_said_plainly():
    flat = taper.taper_review(tapered_log(()), RACE_DAY).set_index("measure")
    assert flat.loc["shape", "verdict"] == "indeterminate" and flat.loc["depth", "verdict"] in ("cannot tell", "below")
    nothing = taper.taper_review(Log(), RACE_DAY)
    assert nothing["value"].isna().all() and nothing["basis"].iloc[0].startswith("needs 6 weeks")
    with pytest.raises(SettingsError, match="race needs a date"):
        taper.taper_review(Log(), {"name": "x"})


def test_own_past_tapers_stand_beside():
    early, late = tapered_log((0.6, 0.4), race_day=RACE_DAY - pd.Timedelta(days=140)), tapered_log((0.5,), weeks=14)
    both = Log(
        pd.concat([early.activities.assign(activity_id=lambda f: "e" + f["activity_id"]), late.activities]),
        races=pd.concat([early.races, late.races]),
    )
    found = taper.taper_review(both, RACE_DAY).set_index("measure")
    assert found.loc["length", "own_n"] == 1 and found.loc["length", "own"] == pytest.approx(13, abs=1)


def test_excused_days_are_named():
    log = tapered_log((0.5, 0.3))
    ill = pd.DataFrame(
        {
            "athlete": "a",
            "kind": ["ill"],
            "start": [RACE_DAY - pd.Timedelta(days=12)],
            "end": [RACE_DAY - pd.Timedelta(days=8)],
        }
    )
    found = taper.taper_review(Log(log.activities, races=log.races, events=ill), RACE_DAY).set_index("measure")
    assert "5 excused days" in found.loc["depth", "basis"]


@pytest.mark.parametrize("kind", ["step", "linear", "exponential"])
def test_shapes_are_recognised(kind):
    share = taper.shapes(kind, 21, reduction=0.6)["share"].to_numpy()
    volume = pd.Series(np.concatenate([np.full(56, 10_000.0), 10_000 * share]))
    name, explained = taper_shape(volume, 21, 10_000.0)
    assert name == kind and explained > 0.95
    assert taper_shape(volume, 7, 10_000.0)[0] == "indeterminate"


def test_length_needs_weeks_before():
    assert 0 <= taper_length(np.full(10, 5.0))[0] <= 10 and taper_length(np.zeros(60)) == (0, 0.0)


def test_rebuild_lists_stages_with_bases_and_questions():
    log = tapered_log((0.6, 0.4))
    found = taper.rebuild(log, RACE_DAY).set_index("stage")
    assert found.index.tolist() == ["recover", "return", "build", "taper", "next race", "in reach"]
    assert found.loc["next race", "value"] == pytest.approx(found["value"].iloc[:4].sum())
    assert (found["low"] <= found["value"]).all() and found["question"].str.endswith("?").all()
    assert found.loc["in reach", "unit"] == "s" and found.loc["in reach", "n"] == 1
    assert math.isfinite(found.loc["in reach", "value"])


def test_running_through_an_illness_is_set_beside_resting():
    start = pd.Timestamp(RACE) - pd.Timedelta(days=21)
    plans = [
        Scenario("as planned"),
        Scenario("rest", sick=(start, 6)),
        Scenario("run through it", sick=(start, 6), run_through=True),
    ]
    found = simulate(daily(), race_date=RACE, scenarios=plans)
    table = found.summary.set_index("scenario")
    assert table.loc["run through it", "load"] == table.loc["as planned", "load"] > table.loc["rest", "load"]
    assert (table.loc["as planned", ["from_illness", "from_illness_low", "from_illness_high"]] == 0).all()
    rest, through = table.loc["rest"], table.loc["run through it"]
    # the load alone is that of the plan, so all of the difference to it is the illness
    apart = found.draws["run through it"] - found.draws["as planned"]
    assert through["from_illness"] == pytest.approx(float(np.median(apart)), abs=1e-12)
    assert through["from_illness"] < rest["from_illness"] < 0  # running tires twice and gains less
    assert through["from_illness_low"] < through["from_illness"] < through["from_illness_high"] <= 0
    off = simulate(daily(), race_date=RACE, scenarios=[Scenario("off", rest=(start, 6)), plans[1]]).draws
    assert np.median(off["off"]) > np.median(off["rest"])
    with pytest.raises(SettingsError, match="run_through needs sick="):
        Scenario("x", run_through=True)


def test_the_illness_of_a_draw_is_a_share_of_a_usual_day():
    start = pd.Timestamp(RACE) - pd.Timedelta(days=1)
    found = simulate(
        daily(),
        race_date=RACE,
        scenarios=[Scenario("as planned", taper_days=0), Scenario("x", taper_days=0, sick=(start, 1))],
    )
    low = found.summary.set_index("scenario").loc["x", "from_illness_low"]
    long = simulate(
        daily(), race_date=RACE, scenarios=[Scenario("x", taper_days=0, sick=(start - pd.Timedelta(days=1), 2))]
    ).summary.iloc[0]["from_illness_low"]
    assert long < 1.7 * low < 0
