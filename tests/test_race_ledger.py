"""Races of the sample squad taken apart and planned, as they were looked at last (see tests/ledger.py)."""

from functools import cache

import numpy as np
import pandas as pd
import pytest
from ledger import ATHLETES, REPOSITORY, compare, log_of
from race_logs import DAY, race_run
from race_logs import log_of as made_log
from simulate import Pause, Watch, rolling_course

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


@pytest.mark.parametrize("kind", ["marathon", "hilly half", "ultra"])
def test_made_races(kind):
    """Races with what the sample squad lacks: stops, heat, a plan, checkpoints, a goal missed."""
    if kind == "marathon":
        run, more, about = race_run(), {"official_time": "3:31:10", "goal": "3:20:00"}, {"weather": 18.0}
    elif kind == "hilly half":
        run = race_run(21_097.5, seed=5, course=rolling_course(21_097.5, ascent_m_per_km=18.0), pauses=())
        more, about = {"distance_m": 21_097.5, "ascent_m": 350.0, "goal": "1:32:00"}, {"reference": "goal"}
    else:
        watch = Watch(sampling_s=8.0, smart=True, dynamics=False, power=False)
        stops = (Pause(3 * 3600.0, 420.0, False, "aid"), Pause(6 * 3600.0, 1500.0, False, "aid"))
        course = rolling_course(60_000.0, ascent_m_per_km=40.0)
        run = race_run(60_000.0, seed=7, course=course, start=f"{DAY} 05:00", pauses=stops, watch=watch)
        points = pd.DataFrame(
            {"name": ["Ford", "Hut"], "distance_km": [20.0, 40.0], "planned_arrival": ["2:10:00", "4:50:00"]}
        )
        more, about = {"distance_m": 60_000.0, "kind": "ultra", "checkpoints": points}, {}
    log = made_log(run)
    race = log.race(DAY, **{"distance_m": 42_195.0, "official_time": run.truth["time_s"]} | more)
    compare("race", f"made {kind}", rl.race.debrief(log, race, **about))
