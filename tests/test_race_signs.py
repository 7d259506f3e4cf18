"""Which runs are known as races, and by what."""

import numpy as np
import pandas as pd
import pytest

from runlab.races import race_signs


def runs_of(*rows: dict) -> pd.DataFrame:
    """Forty ordinary runs at 3 m/s and 140 bpm, every other day, then the rows given, a day apart."""
    usual = [{"date": pd.Timestamp("2026-01-01") + pd.Timedelta(days=2 * n)} for n in range(40)]
    rest = [{"date": pd.Timestamp("2026-04-01") + pd.Timedelta(days=n), **row} for n, row in enumerate(rows)]
    usual_run = {"athlete": "kim", "title": "", "workout_type": "", "sub_sport": "", "distance_m": 10_000.0}
    effort = {"average_speed_mps": 3.0, "graded_speed_mps": np.nan, "average_heart_rate_bpm": 140.0}
    return pd.DataFrame([{**usual_run, **effort, **row} for row in [*usual, *rest]])


def sure(**row) -> float:
    calm = {"average_heart_rate_bpm": 100.0}
    return float(race_signs(runs_of({**calm, **row}))["confidence"].iloc[-1])


@pytest.mark.parametrize(
    "title",
    ["上海半程马拉松", "青島マラソン", "Halbmarathon", "Maratona di Roma", "Półmaraton", "maraton", "Medio maratón"],
)
def test_titles_of_many_languages(title):
    assert sure(title=title, distance_m=21_200.0) == 0.85


@pytest.mark.parametrize("title", ["BOSTON MARATHON PART 1", "Marathon pace", "10 x 400 race pace"])
def test_a_training_title_is_no_race(title):
    assert sure(title=title, distance_m=12_300.0) == 0.0


def test_indoors_only_the_mark_counts():
    assert sure(title="City Marathon", distance_m=42_195.0, sub_sport="treadmill") == 0.0
    assert sure(workout_type="race", sub_sport="treadmill") == 0.95


def test_marathon_length_has_edges():
    found = [sure(distance_m=metres, average_speed_mps=2.5) for metres in (41_799.0, 41_800.0, 44_000.0, 44_001.0)]
    assert found == [0.0, 0.8, 0.8, 0.0]


def test_pace_and_heart_rate_at_their_edges():
    assert [sure(average_speed_mps=3.0 * share) for share in (1.0199, 1.0201)] == [0.0, 0.55]
    assert [sure(average_heart_rate_bpm=140 * share) for share in (0.9649, 0.9651)] == [0.0, 0.45]
    assert sure(average_speed_mps=3.1, average_heart_rate_bpm=140.0) == 0.8
    half = 3.0 * (21_097.5 / 10_000) ** -0.06
    found = [sure(distance_m=21_097.5, average_speed_mps=half * share) for share in (0.9699, 0.9701)]
    assert found == [0.0, 0.55]


def test_a_graded_speed_of_noise_is_not_believed():
    assert sure(graded_speed_mps=3.3) == 0.0
    assert sure(graded_speed_mps=3.2) == 0.55


def test_the_future_and_other_athletes_move_nothing():
    first = {"average_speed_mps": 3.2, "average_heart_rate_bpm": 100.0}
    alone = race_signs(runs_of(first))
    later = race_signs(runs_of(first, {"average_speed_mps": 4.0}))
    pd.testing.assert_frame_equal(alone, later.iloc[:-1])
    faster = runs_of().assign(athlete="lee", average_speed_mps=5.0)
    both = race_signs(pd.concat([runs_of(first), faster], ignore_index=True))
    pd.testing.assert_frame_equal(alone, both.iloc[: len(alone)])


def test_a_title_of_a_length_counts_only_at_a_standard_distance():
    assert sure(title="GIVE x 5K Running", distance_m=5745.0) == 0.0
    assert sure(title="Town 5K", distance_m=5090.0) == 0.85
