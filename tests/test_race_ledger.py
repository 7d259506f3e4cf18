"""Races of the sample squad taken apart and planned, as they were looked at last (see tests/ledger.py)."""

from functools import cache

import numpy as np
import pandas as pd
import pytest
from ledger import ATHLETES, REPOSITORY, compare, log_of

import runlab as rl

COURSE = REPOSITORY / "data" / "sample" / "squad" / "trail-100-miler" / "course-long-ridge-100.gpx"


@cache
def race_and_log(athlete):
    log = log_of(athlete)
    run = log.activities[log.activities["sport"] == "running"]["date"]
    return log, log.race(log.races.loc[log.races["date"].isin(run), "date"].max())


@pytest.mark.parametrize("athlete", ATHLETES)
def test_debriefs_of_the_sample_squad(athlete):
    log, race = race_and_log(athlete)
    compare("race", f"{athlete}: debrief", rl.race.debrief(log, race))
    compare("race", f"{athlete}: races", rl.race.find_races(log))
    compare("race", f"{athlete}: goal", rl.race.goal_gap(log, race, goal="3:30:00"))


def test_a_course_and_its_plan():
    log, race = race_and_log("trail-100-miler")
    profile = rl.race.course_profile(COURSE)
    forecast = rl.race.forecast(log, race)
    answers = {
        "profile": profile,
        "climbs": rl.race.course_climbs(profile),
        "short climbs": rl.race.course_climbs(profile, minimum_ascent_m=12.0),
        "ascent": [rl.race.ascent_descent(profile, threshold_m=m) for m in (1.0, 5.0, 10.0)],
        "plan": rl.race.pace_plan(COURSE, target="26:30:00"),
        "plan by forecast": rl.race.pace_plan(COURSE, forecast=forecast),
        "passages": rl.race.passage_windows(COURSE, race.checkpoints, forecast=forecast, start="2026-11-14 06:00"),
    }
    for name, answer in answers.items():
        compare("race", name, answer)


def test_the_sun():
    times = pd.date_range("2026-06-21", periods=48, freq="30min", tz="UTC")
    places = [(59.9, 10.7), (-33.9, 151.2), (0.0, -78.5)]
    compare("race", "sun height", [rl.race.sun_elevation(times, *place) for place in places])
    compare(
        "race",
        "sun times",
        [rl.race.sun_times(day, *place) for day in ("2026-03-20", "2026-12-21") for place in places],
    )
    assert np.isfinite(rl.race.sun_elevation(times, 59.9, 10.7)).all()
