"""One person, one answer: no function pools athletes, by itself or silently."""

import inspect

import numpy as np
import pandas as pd
import pytest

from runlab import load, progression, race, taper, zones
from runlab.errors import SettingsError
from runlab.log import Log

# These give rows by activity or by athlete and day: everyone's stand beside each other.
BY_ATHLETE = {"daily_load", "session_load", "race_results", "find_races"}
GIVEN = {
    "race": "2026-03-01",
    "date": "2026-03-01",
    "name": "Half",
    "distance_m": 10_000.0,
    "races": ["2026-03-01"],
    "first": "2026-03-02",
    "last": "2026-03-08",
}
FUNCTIONS = {
    name: function
    for room in (zones, load, progression, taper, race)
    for name in room.__all__
    if inspect.isfunction(function := getattr(room, name))
    and next(iter(inspect.signature(function).parameters), "") == "log"
}


def of(name, metres, heart):
    """Ten weeks of runs, one of them a race, of somebody faster or slower."""
    days = pd.date_range("2026-01-01", periods=60, freq="D")
    raced = days == pd.Timestamp("2026-03-01")
    length = np.where(raced, 21_097.5, metres)
    return pd.DataFrame(
        {
            "activity_id": [f"{name}{k}" for k in range(60)],
            "athlete": name,
            "sport": "running",
            "date": days,
            "start_time": days.tz_localize("UTC") + pd.Timedelta(hours=8),
            "distance_m": length,
            "workout_type": np.where(raced, "race", ""),
            "elapsed_time_s": length / np.where(raced, 4.5, 3.0),
            "moving_time_s": length / np.where(raced, 4.5, 3.0),
            "average_heart_rate_bpm": np.where(raced, heart + 25.0, heart),
            "max_heart_rate_bpm": np.where(raced, heart + 35.0, heart + 10.0),
        }
    )


@pytest.fixture(scope="module")
def two():
    return Log(pd.concat([of("kim", 9000.0, 150.0), of("bo", 14_000.0, 120.0)], ignore_index=True))


def required(function):
    parameters = list(inspect.signature(function).parameters.values())[1:]
    return {p.name: GIVEN[p.name] for p in parameters if p.default is p.empty and p.kind is not p.VAR_KEYWORD}


@pytest.mark.parametrize("name", sorted(set(FUNCTIONS) - BY_ATHLETE))
def test_what_speaks_of_one_athlete_refuses_several(two, name):
    with pytest.raises(SettingsError, match=r"this log holds 2 athletes \(bo, kim\); pick one: log.athlete\('bo'\)"):
        FUNCTIONS[name](two, **required(FUNCTIONS[name]))


@pytest.mark.parametrize("name", sorted(BY_ATHLETE))
def test_rows_of_one_athlete_do_not_depend_on_another(two, name):
    function = FUNCTIONS[name]
    together = function(two)
    apart = [function(two.athlete(who)) for who in ("bo", "kim")]
    assert all(len(part) for part in apart)
    key = [c for c in ("activity_id", "athlete", "date") if c in together.columns]
    expected = pd.concat(apart).sort_values(key, ignore_index=True)
    pd.testing.assert_frame_equal(together.sort_values(key, ignore_index=True), expected[together.columns])


@pytest.mark.parametrize("name", ["observed_max_heart_rate", "consistency", "plateau", "pace_curve"])
def test_one_athlete_of_several_is_answered(two, name):
    FUNCTIONS[name](two.athlete("kim"))
