"""One answer to which runs were races, from every report and function; and one way to say which race is meant."""

import inspect
from functools import cache

import numpy as np
import pandas as pd
import pytest
from ledger import ATHLETES, log_of

import runlab as rl
from runlab import progression, race, taper
from runlab.errors import SettingsError
from runlab.log import Log
from runlab.progression.aerobic import _usable
from runlab.progression.recovery import _hard_days
from runlab.progression.results import race_results, runs
from runlab.race.pacing import pacing_history
from runlab.races import Race, as_race, race_of, races_found
from runlab.races.found import race_names
from runlab.report.season.facts import SeasonFacts
from runlab.taper import main_races
from runlab.zones.hour_efforts import runs_of

SUNDAY = pd.Timestamp("2026-04-05")


def history(*rows: dict, races: pd.DataFrame | None = None) -> Log:
    """Evening runs on every day for 60 days, easy; then the rows given."""
    base = {"athlete": "kim", "sport": "running", "average_heart_rate_bpm": 140.0, "average_speed_mps": 3.0}
    base |= {"utc_offset_s": 0.0, "distance_m": 9000.0, "samples": 0}
    days = [SUNDAY - pd.Timedelta(days=n) for n in range(60, 0, -1)]
    every = [{"date": day, **base} for day in days] + [{**base, **row} for row in rows]
    frame = pd.DataFrame(every)
    frame["activity_id"] = [f"a{n}" for n in range(len(frame))]
    hour = pd.to_timedelta(frame.get("hour", pd.Series(np.nan, frame.index)).fillna(19), unit="h")
    frame["start_time"] = (frame["date"] + hour).dt.tz_localize("UTC")
    frame["moving_time_s"] = frame["distance_m"] / frame["average_speed_mps"]
    frame["elapsed_time_s"] = frame["moving_time_s"]
    return Log(frame, races=races)


HALF = {"date": SUNDAY, "hour": 9, "distance_m": 21_300.0, "average_speed_mps": 3.2, "average_heart_rate_bpm": 160.0}


def test_a_half_marathon_nobody_named_is_a_race_for_everyone():
    """It was one for find_races alone: race_results knew the calendar and the marks of sources only."""
    log = history(HALF)
    found = race.find_races(log)
    assert found[["found_by", "distance_m"]].to_numpy().tolist() == [["effort", 21_097.5]]
    assert found["time_s"].iloc[0] == pytest.approx(21_097.5 / 3.2), "brought to the length of the course"
    told = [
        race_results(log)["activity_id"].tolist(),
        main_races(log)["date"].map({SUNDAY: "a60"}).tolist(),
        _hard_days(race_results(log), runs(log), ("race",))["activity_id"].tolist(),
        sorted(set(runs(log)["activity_id"]) - set(_usable(log, None, None)["activity_id"])),
        runs_of(log).query("race")["activity_id"].tolist(),
        progression.session_type(log).query("session_type == 'race'")["activity_id"].tolist(),
    ]
    assert told == [found["activity_id"].tolist()] * len(told)
    assert progression.block_comparison(log)["race_date"].unique().tolist() == [SUNDAY]
    later = Race(SUNDAY + pd.Timedelta(days=60), distance_m=42_195.0)
    assert len(race.find_races(log)) == 1 and pacing_history(log, later).empty, "without samples there is no pacing"


@cache
def answers(athlete: str) -> pd.DataFrame:
    return races_found(log_of(athlete))


@pytest.mark.parametrize("athlete", ATHLETES)
def test_the_reports_of_the_sample_squad_agree(athlete):
    log, found = log_of(athlete), answers(athlete)
    timed = found[(found["time_s"] > 0) & (found["kind"] != "relay")]
    pd.testing.assert_frame_equal(race.find_races(log), found)
    columns = ["date", "name", "distance_m", "time_s", "activity_id", "found_by", "confidence"]
    pd.testing.assert_frame_equal(race_results(log)[columns], timed[columns].reset_index(drop=True))
    season = SeasonFacts(log)
    assert season.results["date"].tolist() == timed["date"].tolist()
    raced = set(found["activity_id"]) - {""}
    threshold = runs_of(log)
    assert set(threshold.loc[threshold["race"], "activity_id"]) == raced
    assert raced.isdisjoint(_usable(log, None, None)["activity_id"])
    assert set(main_races(log)["date"]) <= set(found["date"])


@pytest.mark.parametrize("athlete", ATHLETES)
def test_a_later_day_changes_no_earlier_answer(athlete):
    log, found = log_of(athlete), answers(athlete)
    for day in found["date"].iloc[[0, len(found) // 2]]:
        for other in (log.as_of(day), Log(log.activities[log.activities["date"] <= day], races=log.races)):
            then = races_found(other)
            columns = [c for c in found if c not in ("time_s", "time_from")]
            old, new = (frame.loc[frame["date"] < day, columns].reset_index(drop=True) for frame in (then, found))
            pd.testing.assert_frame_equal(old, new)


def test_a_slice_judges_with_the_days_before_it():
    log = history(HALF)
    cut = log.between(SUNDAY, SUNDAY)
    pd.testing.assert_frame_equal(races_found(cut), races_found(log))
    cut.activities = cut.activities.assign(workout_type="race")
    assert races_found(cut)["found_by"].tolist() == ["marked"], "rows set anew are judged anew"
    alone = Log(cut.activities.assign(workout_type=""))
    assert races_found(alone, least=0.0)["confidence"].iloc[0] < races_found(log)["confidence"].iloc[0]


def calendar(**row) -> pd.DataFrame:
    return pd.DataFrame([{"athlete": "kim", "date": SUNDAY, "name": "Town", "distance_m": 10_000.0, **row}])


@pytest.mark.parametrize(("metres", "known"), [(9699.0, False), (9700.0, True), (10_300.0, True), (10_301.0, False)])
def test_the_watch_gives_a_time_where_it_covers_the_race(metres, known):
    found = races_found(history({"date": SUNDAY, "distance_m": metres}, races=calendar()))
    assert found["activity_id"].tolist() == ["a60"]
    assert found["time_from"].tolist() == ["watch" if known else ""]
    assert np.isfinite(found["time_s"].iloc[0]) == known
    if known:
        assert found["time_s"].iloc[0] == pytest.approx(10_000.0 / 3.0)


def test_a_warm_up_is_not_the_race_and_a_race_that_was_not_finished_is():
    found = [
        races_found(history({"date": SUNDAY, "distance_m": metres}, races=calendar()))["activity_id"].iloc[0]
        for metres in (4999.0, 5000.0)
    ]
    assert found == ["", "a60"]
    twice = history({"date": SUNDAY, "distance_m": 5000.0}, {"date": SUNDAY, "distance_m": 9900.0}, races=calendar())
    assert races_found(twice)["activity_id"].tolist() == ["a61"]


def test_on_a_day_of_the_calendar_only_a_mark_makes_a_second_race():
    mile = {"date": SUNDAY, "distance_m": 1609.0, "workout_type": "race"}
    ten = {"date": SUNDAY, "distance_m": 10_000.0}
    found = races_found(history(ten, mile, {**HALF, "hour": 8}, races=calendar()))
    assert found["found_by"].tolist() == ["calendar", "marked"] and found["distance_m"].iloc[1] == 1609.344


def test_a_clock_that_ran_on_for_hours_is_not_the_time():
    log = history(HALF)
    clock = log.activities["moving_time_s"]
    for share, left in ((2.99, True), (3.01, False)):
        rows = log.activities.assign(elapsed_time_s=clock * share, workout_type=["", *[""] * 59, "race"])
        assert (races_found(Log(rows))["time_s"].iloc[0] > 2 * 21_097.5 / 3.2) == left


def test_calendar_races_of_a_relay_take_all_runs_of_the_day():
    legs = [{"date": SUNDAY, "distance_m": 10_000.0, "workout_type": "race", "hour": h} for h in (6, 12)]
    for metres in (20_000.0, 100_000.0):
        assert len(races_found(history(*legs, races=calendar(kind="relay", distance_m=metres)))) == 1
    assert race_results(history(*legs, races=calendar(kind="relay"))).empty


def test_two_athletes_are_judged_each_by_their_own_days():
    one, other = history(HALF), history({**HALF, "average_speed_mps": 2.7, "average_heart_rate_bpm": 130.0})
    lee = other.activities.assign(athlete="lee", activity_id=[f"b{n}" for n in range(61)])
    both = races_found(Log(pd.concat([one.activities, lee], ignore_index=True)))
    pd.testing.assert_frame_equal(both[both["athlete"] == "kim"].reset_index(drop=True), races_found(one))
    for meant in (SUNDAY, "Town"):
        with pytest.raises(SettingsError, match="2 athletes"):
            as_race(Log(pd.concat([one.activities, lee], ignore_index=True)), meant)


# -- which race is meant


@cache
def season() -> Log:
    races = pd.DataFrame(
        {
            "athlete": "kim",
            "date": pd.to_datetime(["2025-04-06", "2026-04-05", "2026-06-07"]),
            "name": ["Town Half", "Town Half", "Lake Marathon"],
            "distance_m": [21_097.5, 21_097.5, 42_195.0],
            "official_time_s": [6700.0, 6600.0, np.nan],
        }
    )
    return history(HALF, races=races)


MEANT = [
    "2026-06-07",
    pd.Timestamp("2026-06-07"),
    pd.Timestamp("2026-06-07 09:00", tz="Asia/Tokyo"),
    pd.Timestamp("2026-06-07").date(),
    "Lake Marathon",
    "lake marathon",
    "Lake",
    {"date": "2026-06-07"},
    pd.Series({"date": pd.Timestamp("2026-06-07"), "name": "x"}),
]


@pytest.mark.parametrize("meant", MEANT, ids=range(len(MEANT)))
def test_a_date_a_name_a_row_or_a_race_is_the_same_race(meant):
    race_meant = as_race(season(), meant)
    assert (race_meant.date, race_meant.name) == (pd.Timestamp("2026-06-07"), "Lake Marathon")
    assert as_race(season(), race_meant) is race_meant
    assert season().race(meant, goal="3:10:00").goal_s == 11_400.0


ROOMS = {name: getattr(room, name) for room in (progression, race, taper) for name in room.__all__}
RACED = {
    name: function
    for name, function in ROOMS.items()
    if inspect.isfunction(function)
    and next(iter(inspect.signature(function).parameters)) == "log"
    and {"race", "races"} & set(inspect.signature(function).parameters)
}


def test_there_are_functions_that_take_a_race():
    assert {"debrief", "forecast", "goal_gap", "taper_review", "rebuild", "block_comparison"} <= set(RACED)


@pytest.mark.parametrize("name", sorted(RACED))
def test_every_public_function_takes_a_race_by_date_name_or_object(name):
    log, function = season(), RACED[name]

    def answer(meant):
        found = (
            function(log, races=[meant]) if "races" in inspect.signature(function).parameters else function(log, meant)
        )
        return found if isinstance(found, pd.DataFrame) else repr(found)

    first, *others = [answer(meant) for meant in ("2026-06-07", "Lake Marathon", as_race(log, "Lake"))]
    for other in others:
        if isinstance(first, pd.DataFrame):
            pd.testing.assert_frame_equal(first, other)
        else:
            assert first == other
    with pytest.raises(SettingsError, match=r"no race named 'Lakeside'; nearest: Lake Marathon \(2026-06-07\)$"):
        answer("Lakeside")
    with pytest.raises(SettingsError, match=r"'Town Half' names 2 races; .*2025-04-06.*2026-04-05"):
        answer("Town Half")


def test_what_is_no_race_says_so():
    with pytest.raises(SettingsError, match=r"no race and no run on 2020-01-01; nearest: Town Half \(2025-04-06\), "):
        as_race(season(), "2020-01-01")
    with pytest.raises(SettingsError, match="there is no day 2026-13-45 in the calendar; nearest: "):
        as_race(season(), "2026-13-45")
    with pytest.raises(SettingsError, match="race needs a date; found name"):
        as_race(season(), {"name": "Town Half"})
    with pytest.raises(SettingsError, match="none with a name"):
        as_race(Log(), "Town Half")
    with pytest.raises(SettingsError, match="no race named '  '"):
        as_race(season(), "  ")


def test_the_what_if_and_the_simulation_take_a_race_too():
    daily = pd.DataFrame({"date": pd.date_range("2026-01-01", periods=120), "load": 60.0})
    given = [Race(pd.Timestamp("2026-05-22")), "2026-05-22"]
    plans = [taper.Scenario("two weeks")]
    one, other = (taper.simulate(daily, race_date=day, scenarios=plans, draws=50) for day in given)
    pd.testing.assert_frame_equal(one.comparisons, other.comparisons)
    with pytest.raises(SettingsError, match="without a log"):
        taper.simulate(daily, race_date="Lake", scenarios=plans)


def test_results_go_straight_into_the_speed_endurance_model():
    races = pd.DataFrame(
        {
            "athlete": "kim",
            "date": pd.to_datetime(["2026-01-01", "2026-02-01", "2026-03-01"]),
            "distance_m": [5000.0, 10_000.0, 21_097.5],
            "official_time_s": [1100.0, 2290.0, 5060.0],
        }
    )
    told = progression.speed_endurance_model(progression.race_results(Log(races=races)))
    pd.testing.assert_frame_equal(told, progression.speed_endurance_model(races))
    assert told.loc["maximal_speed", "value"] == pytest.approx(4.84, abs=0.005)


def test_a_race_object_is_taken_as_it_is():
    assert race_of(season(), Race(SUNDAY), name="Own name").name == "Own name"
    assert rl.race.Race is Race


def test_a_program_s_title_and_a_habit_s_name_no_race_but_a_yearly_race_keeps_its_name():
    titles = ["export 20261114", "Run 12345", "Lunch run", "Lunch run", "Town Half Marathon"]
    every = pd.Series([*titles, "Lunch run", "Lunch run", *["Town Half Marathon"] * 6])
    assert race_names(pd.Series(titles), every).tolist() == ["", "Run 12345", "", "", "Town Half Marathon"]
    three = pd.Series(["Lunch run"] * 3)
    assert race_names(three, three).tolist() == ["Lunch run"] * 3


def test_a_race_of_a_day_takes_no_program_s_title():
    runs = {"activity_id": ["a"], "athlete": ["kim"], "date": ["2026-11-01"], "sport": ["running"]}
    log = Log(pd.DataFrame({**runs, "title": ["export 1781391895"], "distance_m": [10050.0]}))
    assert race_of(log, "2026-11-01").name == ""
