"""Cutting the future changes nothing in the past: one law for every metric that speaks of a day."""

from __future__ import annotations

import dataclasses
import inspect

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ledger import log_of
from test_one_person import FUNCTIONS

from runlab import load, zones
from runlab.athlete import Athlete
from runlab.log import Log

START = pd.Timestamp("2026-01-05")
ROWS = {
    "session_load": lambda log: load.session_load(log),
    "daily": lambda log: log.daily,
    "fitness_and_fatigue": lambda log: load.fitness_and_fatigue(log.daily),
    "ramp": lambda log: load.ramp(log.daily),
    "monotony_and_strain": lambda log: load.monotony_and_strain(log.daily),
    "acute_chronic_ratio": lambda log: load.acute_chronic_ratio(log.daily),
    "weekly_totals": lambda log: load.weekly_totals(log.daily),
    "step_back_weeks": lambda log: load.step_back_weeks(log.daily),
    "step_back_weeks by load": lambda log: load.step_back_weeks(log.daily, measure="load"),
    "single_run_spike": lambda log: load.single_run_spike(log.activities),
}


def made_log(seed, *, weeks=20, athletes=2):
    """Runners of whom nobody said anything, in every mix: with or without heart rate, rating, pace, morning entries."""
    rng = np.random.default_rng(seed)
    rows, lines, wellness = [], [], []
    for athlete in (f"r{k}" for k in range(athletes)):
        top, fit = rng.uniform(175, 200), rng.uniform(0, 1, 4)
        for day in range(7 * weeks):
            date = START + pd.Timedelta(days=day)
            if rng.random() < 0.3:
                wellness.append((athlete, date, round(60 - day / 10 + rng.normal(0, 3))))
            if rng.random() < 0.4:
                continue
            key, hard, minutes = f"{athlete}-{day:03d}", rng.random() ** 2, rng.uniform(20, 90)
            has_beats, has_rating, has_pace = rng.random(3) < 0.3 + 0.7 * fit[:3]
            beats = round(top * (0.7 + 0.2 * hard))
            row = {
                "activity_id": key,
                "athlete": athlete,
                "date": date,
                "sport": rng.choice(["running", "running", "running", "cycling", "strength"]),
                "timer_time_s": 60 * minutes if rng.random() < 0.95 else np.nan,
                "distance_m": 60 * minutes * (2.5 + hard),
                "rpe": 3 + 5 * hard if has_rating else np.nan,
                "graded_speed_mps": 2.5 + hard if has_pace else np.nan,
                "average_heart_rate_bpm": beats if has_beats else np.nan,
                "max_heart_rate_bpm": round(beats * (1.05 + 0.08 * hard)) if has_beats else np.nan,
            }
            rows.append(row)
            if has_beats and rng.random() < 0.7:
                lines += [(key, "heart_rate_bpm", beats + step, 20 * minutes) for step in (-5.0, 0.0, 5.0)]
    return Log(
        pd.DataFrame(rows),
        histograms=pd.DataFrame(lines, columns=["activity_id", "channel", "value", "seconds"]),
        wellness=pd.DataFrame(wellness, columns=["athlete", "date", "resting_heart_rate_bpm"]),
        athletes={name: Athlete(name) for name in (f"r{k}" for k in range(athletes))},
        daily=Log.fill_daily,
    )


def cut(log, day):
    """The log as it stood that evening, every number worked out anew from what was there."""
    then = log.as_of(day)
    then._daily = None
    return then


def same_past(metric, log, day):
    whole, short = metric(log), metric(cut(log, day))
    end = day + pd.Timedelta(days=1)
    if "week" in whole:  # a week counts as past when it is over; an athlete's last may not be
        whole, short = (t.assign(date=t["week"] + pd.Timedelta(days=7)) for t in (whole, short))
        short = short[short.duplicated("athlete", keep="last")]
    mine = [t[t["date"] < end].sort_values(list(t.columns[:2]), kind="stable") for t in (whole, short)]
    # an athlete's table ends with the last activity: after it there is nothing to compare
    key = [c for c in ("athlete", "activity_id", "date") if c in whole.columns]
    both = mine[1][key].merge(mine[0], on=key, how="left", validate="one_to_one")[mine[1].columns]
    pd.testing.assert_frame_equal(both, mine[1].reset_index(drop=True), check_exact=False, rtol=1e-9, check_dtype=False)
    return len(both)


@pytest.mark.parametrize("name", ROWS)
@settings(deadline=None, max_examples=8)
@given(seed=st.integers(0, 2**31), day=st.integers(10, 130))
def test_cutting_the_future_changes_nothing_in_the_past(name, seed, day):
    assert same_past(ROWS[name], made_log(seed), START + pd.Timedelta(days=day)) or day < 21


@pytest.mark.parametrize("name", ROWS)
def test_cutting_a_season_changes_nothing_in_its_past(name, season_log):
    assert same_past(ROWS[name], season_log, season_log.activities["date"].iloc[60]) > 5


@pytest.mark.parametrize("metric", [zones.observed_max_heart_rate, zones.threshold])
def test_a_number_for_a_day_is_the_same_without_what_came_later(metric, season_log):
    day = season_log.activities["date"].iloc[80]
    logs = (season_log, cut(season_log, day), cut(season_log, day - pd.Timedelta(days=1)))
    found = [metric(log, on=day) for log in logs]
    assert repr(found[0]) == repr(found[1]) == repr(found[2])
    through = [metric(log, through=day) for log in (season_log, cut(season_log, day))]
    assert repr(through[0]) == repr(through[1])


# -- every public function that takes a log ---------------------------------------------------------------------------

DAY = pd.Timedelta(days=1)
HINDSIGHT = {"phases": "a taper is known by the race it led to: what a season was made of is read in hindsight"}
BEFORE_THE_START = {"forecast", "goal_gap"}  # what can be said on the eve, without the result


@pytest.fixture(scope="module")
def runner():
    """A sample athlete of whom nobody stated a setting, a day in the middle, and the day of the last race."""
    log = log_of("trail-100-miler").athlete("trail-100-miler")
    log.athletes = {"trail-100-miler": Athlete("trail-100-miler")}  # so that thresholds have to be found in the runs
    log._daily = None  # which was counted with the settings of the squad where another test asked first
    days = log.activities["date"].sort_values()
    return log, days.iloc[int(0.6 * len(days))], log.races.loc[log.races["date"] <= days.iloc[-1], "date"].max()


def assert_same(whole, short, where=""):
    """Two answers alike in every number, table and word."""
    if isinstance(whole, pd.DataFrame):
        pd.testing.assert_frame_equal(whole, short, check_exact=False, rtol=1e-9, check_dtype=False, obj=where)
    elif isinstance(whole, pd.Series):
        pd.testing.assert_series_equal(whole, short, check_exact=False, rtol=1e-9, obj=where)
    elif dataclasses.is_dataclass(whole):
        assert type(whole) is type(short)
        for field in dataclasses.fields(whole):
            assert_same(getattr(whole, field.name), getattr(short, field.name), f"{where}.{field.name}")
    elif isinstance(whole, (dict, list, tuple)):
        assert len(whole) == len(short), where
        for key in whole if isinstance(whole, dict) else range(len(whole)):
            assert_same(whole[key], short[key], f"{where}[{key!r}]")
    elif isinstance(whole, (float, np.ndarray)):
        np.testing.assert_allclose(short, whole, rtol=1e-9, err_msg=where)
    else:
        assert repr(whole) == repr(short), where


def asked(name, log, race):
    """What a function has to be given besides the log: the race, by object where it wants one."""
    known = {p: how for p in inspect.signature(FUNCTIONS[name]).parameters if (how := _GIVEN.get(p))}
    return {p: how(log, race, name) for p, how in known.items()}


_GIVEN = {
    "distance_m": lambda log, race, name: 21_097.5,
    "races": lambda log, race, name: [race],
    "date": lambda log, race, name: race,
    "race": lambda log, race, name: log.race(race) if name in BEFORE_THE_START | {"debrief"} else race,
    "name": lambda log, race, name: log.races.loc[log.races["date"] == race, "name"].iloc[0],
    "by": lambda log, race, name: "week",
    "first": lambda log, race, name: race,
    "last": lambda log, race, name: race + 6 * DAY,
}
_OTHERWISE = {"race_of": ("race",)}  # where a name or a distance would replace what the log says


def past(table, day):
    """The rows of a table that were over on the evening of a day."""
    over = table["date"] if "date" in table.columns else table["period"] + 6 * DAY
    return table[over <= day].reset_index(drop=True)


@pytest.mark.parametrize("name", sorted(set(FUNCTIONS) - set(HINDSIGHT)))
def test_no_answer_knows_what_came_later(name, runner):
    log, day, race = runner
    function, parameters = FUNCTIONS[name], set(inspect.signature(FUNCTIONS[name]).parameters)
    only = set(_OTHERWISE.get(name, _GIVEN))
    about_race = parameters & only & {"race", "races", "date", "name", "first"}
    evening = race - DAY if name in BEFORE_THE_START else race
    given = [{k: v for k, v in asked(name, l, race).items() if k in only} for l in (log, cut(log, evening))]
    tried = 0
    if "on" in parameters:
        answers = [function(at, on=day, **given[0]) for at in (log, cut(log, day), cut(log, day - DAY))]
        assert_same(answers[0], answers[1], name)
        assert_same(answers[0], answers[2], name)
        tried += 1
    if "through" in parameters:
        assert_same(function(log, through=day), function(cut(log, day), through=day), name)
        tried += 1
    if about_race:
        assert_same(function(log, **given[0]), function(cut(log, evening), **given[1]), name)
        tried += 1
    answer = None if about_race or "through" in parameters else function(log, **given[0])
    if isinstance(answer, pd.DataFrame) and {"date", "period"} & set(answer.columns) and name != "pace_curve":
        assert_same(past(answer, day), past(function(cut(log, day), **given[0]), day), name)
        tried += 1
    assert tried, f"{name} says nothing of a day: give it on=, or name it in HINDSIGHT with the reason"


def test_hindsight_is_named_for_public_functions_only():
    assert set(HINDSIGHT) <= set(FUNCTIONS)
