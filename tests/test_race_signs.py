"""Which runs are known as races, by what, and what each sign weighs."""

import numpy as np
import pandas as pd
import pytest

from runlab.races import races_found, standard_m
from runlab.races.signs import race_signs

EMPTY = {"athlete": "kim", "title": "", "workout_type": "", "sub_sport": "", "duplicate_of": ""}
WEDNESDAY, SATURDAY = pd.Timestamp("2026-04-01"), pd.Timestamp("2026-04-04")


def run(**row) -> dict:
    """A run of no standard length on a Wednesday of which nothing else is known."""
    unknown = {"average_speed_mps": np.nan, "graded_speed_mps": np.nan, "average_heart_rate_bpm": np.nan}
    clock = {"elapsed_time_s": 3600.0, "moving_time_s": 3600.0, "utc_offset_s": 0.0, "start_time": pd.NaT}
    return {"date": WEDNESDAY, "distance_m": 12_300.0, **EMPTY, **unknown, **clock, **row}


def table(*rows: dict) -> pd.DataFrame:
    frame = pd.DataFrame(list(rows))
    return frame.assign(start_time=pd.to_datetime(frame["start_time"], utc=True))


def usual(days: int = 40, **row) -> list[dict]:
    """Ten km on every day before that Wednesday: 3 m/s over 10 km, 140 bpm."""
    effort = {"average_speed_mps": 3.0, "average_heart_rate_bpm": 140.0, "distance_m": 10_000.0}
    return [run(date=WEDNESDAY - pd.Timedelta(days=n), **{**effort, **row}) for n in range(days, 0, -1)]


def last(*rows: dict) -> float:
    return float(race_signs(table(*rows))["confidence"].iloc[-1])


def odds(*rows: dict) -> float:
    sure = last(*rows)
    return float(np.log(sure / (1 - sure)))


@pytest.mark.parametrize(
    ("metres", "length"),
    [
        (4849.0, -7.8),
        (4850.0, -6.3 - 0.8),
        (5000.0, -6.3 + 0.6),
        (9699.0, -7.8),
        (9700.0, -6.3 + 0.8 - 0.8),
        (9899.0, -6.3 + 0.8 - 0.8),
        (9900.0, -6.3 + 0.8),
        (9979.0, -6.3 + 0.8),
        (9980.0, -6.3 + 0.8 + 0.6),
        (10_270.0, -6.3 + 0.8 + 0.6),
        (10_271.0, -6.3 + 0.8),
        (10_300.0, -6.3 + 0.8),
        (10_301.0, -7.8),
        (21_300.0, -6.3 + 4.0 + 0.6),
        (40_929.0, -7.8),
        (15_000.0, -6.3 + 0.6),
        (40_930.0, -6.3 + 6.6 - 0.8),
        (42_700.0, -6.3 + 6.6 + 0.6),
        (43_460.0, -6.3 + 6.6),
        (43_461.0, -6.3 + 3.6),
        (48_499.0, -6.3 + 3.6),
        (48_500.0, -6.3 + 6.0),
        (77_999.0, -6.3 + 6.0),
        (78_000.0, -6.3 + 8.0),
    ],
)
def test_what_a_length_weighs(metres, length):
    assert odds(run(distance_m=metres)) == pytest.approx(length, abs=1e-9)


@pytest.mark.parametrize(
    ("start", "weight"),
    [
        ("2026-04-04 05:29", np.log(0.12 / 0.60)),
        ("2026-04-04 05:30", np.log(0.80 / 0.15)),
        ("2026-04-04 10:44", np.log(0.80 / 0.15)),
        ("2026-04-04 10:45", np.log(0.12 / 0.60)),
        ("2026-04-03 09:00", np.log(0.08 / 0.25)),
        ("2026-04-05 09:00", np.log(0.80 / 0.15)),
    ],
)
def test_what_the_hour_weighs(start, weight):
    east = run(start_time=pd.Timestamp(start) - pd.Timedelta(hours=8), utc_offset_s=28_800.0)
    assert odds(east) == pytest.approx(-7.8 + weight, abs=1e-9)
    assert odds({**east, "utc_offset_s": np.nan}) == pytest.approx(-7.8), "no local hour is known"


def test_the_hour_counts_against_the_own_habit():
    """30 runs of the year before on Saturday mornings: the eleventh Saturday says little; an evening runner's, much."""
    race = run(date=SATURDAY, start_time=SATURDAY + pd.Timedelta(hours=8))
    for hour, share in ((8, (30 + 1.5) / 40), (19, 1.5 / 40)):
        past = [
            run(date=day, start_time=day + pd.Timedelta(hours=hour), distance_m=np.nan)
            for day in (SATURDAY - pd.Timedelta(days=7 * n) for n in range(30, 0, -1))
        ]
        assert odds(*past, race) == pytest.approx(-7.8 + np.log(0.80 / share), abs=1e-9)


def test_speed_against_the_half_year_before():
    steps = {1.0: 0.0, 1.04: 0.75 * np.log(1.04) / 0.04, 0.9: 0.75 * np.log(0.9) / 0.04, 1.2: 2.25, 0.8: -2.25}
    for share, weight in steps.items():
        race = run(average_speed_mps=3.0 * share, distance_m=10_000.0)
        assert odds(*usual(), race) == pytest.approx(-6.3 + 0.8 + 0.6 + weight, abs=1e-6), share
    half = run(average_speed_mps=3.0 * (21_300 / 10_000) ** -0.06, distance_m=21_300.0)
    assert odds(*usual(), half) == pytest.approx(-6.3 + 4.0 + 0.6, abs=1e-6), "as fast as the best is worth"


def test_ten_runs_speak_of_speed_and_twenty_of_heart_rate():
    fast, hard = run(average_speed_mps=4.0), run(average_heart_rate_bpm=168.0)
    assert odds(*usual(9), fast) == pytest.approx(-7.8) and odds(*usual(10), fast) == pytest.approx(-7.8 + 2.25)
    assert odds(*usual(19), hard) == pytest.approx(-7.8) and odds(*usual(20), hard) == pytest.approx(-7.8 + 1.5)


def test_heart_rate_against_the_year_before():
    for beats, weight in ((147.0, 0.5 * np.log(1.05) / 0.05), (140.0, 0.0), (126.0, 0.5 * np.log(0.9) / 0.05)):
        assert odds(*usual(), run(average_heart_rate_bpm=beats)) == pytest.approx(-7.8 + weight, abs=1e-9)


def test_a_week_of_less_running():
    eight_weeks = usual(60)
    for kept, weight in ((6.22, 0.0), (6.20, 0.9)):  # of 0.9 * (49 + kept) / 8 days of 10 km
        week = [{**row, "distance_m": kept * 10_000.0 / 7} for row in eight_weeks[-7:]]
        assert odds(*eight_weeks[:-7], *week, run()) == pytest.approx(-7.8 + weight, abs=1e-6)


def test_long_stops_and_a_broken_clock():
    for clock, weight in ((3888.0, 0.0), (3890.0, -0.6), (10_799.0, -0.6), (10_801.0, 0.0)):
        assert odds(run(elapsed_time_s=clock)) == pytest.approx(-7.8 + weight)


def test_beyond_a_marathon_pace_and_stops_say_nothing():
    walked = run(distance_m=100_000.0, average_speed_mps=1.5, average_heart_rate_bpm=110.0, elapsed_time_s=5000.0)
    assert odds(*usual(), walked) == pytest.approx(-6.3 + 8.0, abs=1e-9)


def test_a_graded_speed_of_noise_is_not_believed():
    climbed = {"average_speed_mps": 3.0, "distance_m": 10_000.0}
    assert odds(*usual(), run(graded_speed_mps=3.25, **climbed)) == pytest.approx(-4.9, abs=1e-6)
    assert odds(*usual(), run(graded_speed_mps=3.23, **climbed)) == pytest.approx(
        -4.9 + 0.75 * np.log(3.23 / 3) / 0.04, abs=1e-6
    )


@pytest.mark.parametrize(
    "title",
    ["上海半程马拉松", "青島マラソン", "Halbmarathon", "Maratona di Roma", "Półmaraton", "Medio maratón", "춘천마라톤"]
    + ["Göteborgsloppet", "Vasaløpet", "Полумарафон", "Foulées de mai", "Mezza maratona", "Spring Race", "Ψαθά αγώνας"],
)
def test_titles_of_many_languages(title):
    signs = race_signs(table(run(title=title, distance_m=21_200.0))).iloc[0]
    assert signs["found_by"] == "title"
    assert signs["confidence"] == pytest.approx(1 / (1 + np.exp(-1.6)))


@pytest.mark.parametrize(
    "title",
    ["Course à pied", "Carrera por la mañana", "Corrida matinal", "Løpetur", "Morning Trail Run", "Laufen", "跑步"],
)
def test_a_word_that_only_means_running_is_no_race(title):
    assert odds(run(title=title, distance_m=21_200.0)) == pytest.approx(-6.3 + 4.0 + 0.6)


@pytest.mark.parametrize(
    "title",
    ["BOSTON MARATHON PART 1", "Marathon pace", "10 x 400 race pace", "Vorbereitung Halbmarathon", "马拉松训练"],
)
def test_a_word_of_training_speaks_against_a_race(title):
    assert odds(run(title=title)) == pytest.approx(-7.8 - 3.0)


def test_a_title_alone_with_the_effort_of_training_is_no_race():
    """Off a standard length the title alone is not enough; at one, slow and with a low heart rate, neither."""
    assert odds(run(title="New car: the Ultra")) == pytest.approx(-0.3)
    easy = {"average_speed_mps": 2.7, "average_heart_rate_bpm": 135.0, "distance_m": 10_000.0}
    hard = {**easy, "average_speed_mps": 3.1, "average_heart_rate_bpm": 150.0}
    assert last(*usual(), run(title="Town race", **easy)) < 0.5 < last(*usual(), run(title="Town race", **hard))


def test_a_title_of_a_length_counts_only_at_a_standard_distance():
    assert odds(run(title="GIVE x 5K Running", distance_m=5745.0)) == pytest.approx(-7.8)
    assert odds(run(title="Town 5K", distance_m=5090.0)) == pytest.approx(1.6)


def test_a_race_title_needs_the_length_of_a_race():
    assert odds(run(title="Race", distance_m=1399.0)) == pytest.approx(-7.8)
    assert odds(run(title="Race", distance_m=1400.0)) == pytest.approx(-0.3)


def test_indoors_only_the_mark_counts():
    assert last(run(title="City Marathon", distance_m=42_195.0, sub_sport="treadmill")) == 0.0
    assert last(run(workout_type="race", sub_sport="treadmill")) == 0.95
    assert last(run(workout_type="Competition")) == last(run(sub_sport="race")) == 0.95
    belt = usual(sub_sport="treadmill", average_speed_mps=5.0)
    assert odds(*belt, run(average_speed_mps=4.0)) == pytest.approx(-7.8), "a belt is no past"


def test_the_future_copies_and_other_athletes_move_nothing():
    first = [*usual(), run(average_speed_mps=3.2, average_heart_rate_bpm=150.0)]
    alone = race_signs(table(*first))
    faster = {"average_speed_mps": 5.0, "average_heart_rate_bpm": 190.0, "distance_m": 10_000.0}
    tomorrow = run(date=WEDNESDAY + pd.Timedelta(days=1), **faster)
    same_day = run(title="later that day", **faster)
    copies = [{**row, **faster, "duplicate_of": "x"} for row in usual()]
    others = [{**row, **faster, "athlete": "lee"} for row in usual()]
    for more in ([tomorrow], [same_day], copies, others):
        whole = race_signs(table(*first, *more))
        pd.testing.assert_frame_equal(alone, whole.iloc[: len(first)])


def test_three_thousand_runs_cost_less_than_half_a_second():
    from time import process_time

    from runlab.log import Log

    days = pd.date_range("2015-01-01", periods=3500)
    rng = np.random.default_rng(1)
    runs = pd.DataFrame(
        {
            "activity_id": [f"a{n}" for n in range(3500)],
            "athlete": "kim",
            "sport": "running",
            "date": days,
            "distance_m": rng.uniform(4e3, 25e3, 3500),
            "average_speed_mps": rng.normal(3, 0.2, 3500),
            "average_heart_rate_bpm": rng.normal(145, 8, 3500),
            "start_time": (days + pd.Timedelta(hours=18)).tz_localize("UTC"),
            "utc_offset_s": 0.0,
        }
    )
    log = Log(runs)
    began = process_time()
    races_found(log)
    assert process_time() - began < 0.5
    began = process_time()
    races_found(log)
    assert process_time() - began < 0.1, "judged once for a log"


def test_one_tolerance_names_the_length():
    assert [standard_m(m) for m in (9700.0, 10_300.0, 10_301.0, 21_730.0, 21_731.0)] == [
        10_000.0,
        10_000.0,
        10_301.0,
        21_097.5,
        21_731.0,
    ]
