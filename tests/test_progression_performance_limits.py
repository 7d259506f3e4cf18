"""What results are worth: conditions, critical speed, exponents and the marks of training, at their edges."""

import math
import warnings

import numpy as np
import pandas as pd
import pytest

from runlab import progression as p
from runlab.athlete import Athlete
from runlab.log import Log
from runlab.numerics import student_quantile
from runlab.progression.conditions import condition_cost
from runlab.progression.inference import doubt_of_series
from runlab.progression.performance import individual_exponent
from runlab.progression.prediction.observed import _held_back, _race_cost, is_trail, scatter_of
from runlab.progression.prediction.predict import _calibration
from runlab.progression.prediction.prior import distance_shape, trail_share
from runlab.progression.results import hard_efforts, highest_heart_rate, race_results
from runlab.zones.training import TrainingLine, baseline, terms, training_marks

MARATHON_S = 9000.0  # 2:30 h, where a degree costs 0.3 %


# --- conditions -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("degrees", "seconds", "source", "share"),
    [
        (12.0, MARATHON_S, "weather", 0.0),
        (22.0, MARATHON_S, "weather", 0.03),
        (22.0, MARATHON_S / 4, "weather", 0.015),
        (22.0, 60.0, "weather", 0.009),
        (22.0, MARATHON_S * 1.44, "weather", 0.036),
        (22.0, 40_000.0, "weather", 0.036),
        (22.0, math.nan, "weather", 0.03),
        (22.0, MARATHON_S, "device", 0.021),
    ],
)
def test_what_heat_costs(degrees, seconds, source, share):
    cost, doubt = condition_cost(42_195, seconds, {"temperature_c": degrees}, temperature_from=source)
    assert cost == pytest.approx(share)
    per_degree = share / (10.0 if source == "weather" else 7.0) if share else 0.003
    assert doubt == pytest.approx(math.hypot(0.6 * share, per_degree * (1.0 if source == "weather" else 4.0) * 0.5))


def test_heat_is_doubted_from_where_it_may_be_warm():
    doubts = [condition_cost(42_195, MARATHON_S, {"temperature_c": t})[1] for t in (11.0, 11.1)]
    assert doubts == [0.0, pytest.approx(0.0015)]
    doubts = [condition_cost(1e4, MARATHON_S, {"temperature_c": t}, temperature_from="device")[1] for t in (11.0, 11.1)]
    assert doubts == [0.0, pytest.approx(0.006)]


def test_what_hills_cost():
    climb = 0.02
    hill = math.log1p(0.0018083953212790634 * 1.3 * 200**2 * climb**2 + 0.25 * 2.96 * climb)
    assert condition_cost(10_000, 3000.0, {"ascent_m": 200.0}) == pytest.approx((hill, hill / 2))
    both = condition_cost(10_000, MARATHON_S, {"ascent_m": 200.0, "temperature_c": 22.0})
    assert both == pytest.approx((hill + 0.03, math.hypot(hill / 2, 0.018, 0.0015)))
    assert condition_cost(10_000, 3000.0, {"ascent_m": 0.0}) == condition_cost(0, 3000.0, {"ascent_m": 9.0}) == (0, 0)


# --- critical speed ---------------------------------------------------------------------------------------------------


def efforts_of(*seconds, speed=4.0, reserve=200.0, share=0.95, **columns) -> pd.DataFrame:
    """All-out efforts on the line d = v t + reserve, each from a run of its own."""
    time = np.array(seconds, float)
    frame = pd.DataFrame({"distance_m": speed * time + reserve, "time_s": time})
    frame["activity_id"] = [f"r{k}" for k in range(len(time))]
    return frame.assign(average_heart_rate_bpm=200 * share, **columns)


def looks_maximal(efforts, **given) -> bool:
    return bool(p.critical_speed(efforts, max_heart_rate_bpm=200.0, **given)["looks_maximal"].iloc[0])


def test_which_efforts_decide_a_critical_speed():
    chosen = lambda *s, **given: p.critical_speed_efforts(efforts_of(*s), **given)["time_s"].tolist()  # noqa: E731
    assert chosen(109.0, 110.0, 1300.0, 1301.0) == [110.0, 1300.0]
    assert chosen(50.0, 60.0, shortest_s=60.0) == [60.0]
    slow = pd.concat([efforts_of(300.0, reserve=0.0), efforts_of(600.0)])
    assert p.critical_speed_efforts(slow)["time_s"].tolist() == [600.0], "no faster than a longer one"


def test_three_efforts_over_a_factor_of_two_and_a_half():
    known = lambda *s: p.critical_speed(efforts_of(*s), max_heart_rate_bpm=200.0)["value"].notna().all()  # noqa: E731
    assert known(200.0, 350.0, 500.0) and not known(200.0, 350.0, 499.0) and not known(200.0, 500.0)
    assert not p.critical_speed(efforts_of(200.0, 350.0, 500.0).assign(activity_id="a"))["value"].notna().any()


def test_what_an_all_out_effort_is():
    times = (200.0, 400.0, 800.0)
    assert looks_maximal(efforts_of(*times, share=0.92)) and not looks_maximal(efforts_of(*times, share=0.9199))
    for seconds, judged in ((179.0, False), (180.0, True)):
        held = efforts_of(seconds, 400.0, 800.0)
        held.loc[0, "average_heart_rate_bpm"] = 150.0
        assert looks_maximal(held) is not judged
    assert [looks_maximal(efforts_of(*times, reserve=r)) for r in (49.9, 50.1, 449.9, 450.1)] == [
        False,
        True,
        True,
        False,
    ]
    for off, on_line in ((0.0, True), (0.0647, True), (0.0649, False)):
        # the middle one of three even times: 6.5 % faster it lies 5.0 % off the line through all three
        bent = efforts_of(300.0, 600.0, 900.0, reserve=350.0)
        bent.loc[1, "time_s"] *= 1 - off
        assert looks_maximal(bent) is on_line, off


def test_the_band_of_a_critical_speed():
    found = p.critical_speed(efforts_of(200.0, 400.0, 800.0), max_heart_rate_bpm=200.0)
    speed, reserve = (found.loc[k] for k in ("critical_speed", "distance_reserve"))
    assert (speed["value"], reserve["value"]) == (pytest.approx(4.0), pytest.approx(200.0))
    t, d = np.array([200.0, 400.0, 800.0]), 4.0 * np.array([200.0, 400.0, 800.0]) + 200
    moved = [np.polyfit(np.where(np.arange(3) == i, t * 1.001, t), d, 1) for i in range(3)]
    change = (np.array([4.0, 200.0]) - moved) / 0.001
    se = np.sqrt((change**2).sum(0) * 4 * 0.011**2 / 5)  # worth 4 efforts, with 3 - 2 of its own
    quantile = student_quantile(0.9, 5)
    half = quantile * np.hypot(se, [4.0 * 0.0075, 200.0 * 0.15])
    assert speed["value"] - speed["low"] == pytest.approx(half[0])
    assert speed["high"] - speed["value"] == pytest.approx(half[0] + 4.0 * 0.006)
    assert reserve["high"] - reserve["value"] == pytest.approx(half[1])


@pytest.mark.parametrize(("model", "share"), [("linear", 0.0075), ("inverse_time", 0.016), ("hyperbolic", 0.006)])
def test_models_differ_by_what_is_published(model, share):
    # with the scatter of efforts all but gone only the distance between models and curves is left
    found = p.critical_speed(efforts_of(*np.geomspace(120.0, 1300.0, 4000)), model=model, max_heart_rate_bpm=200.0)
    row = found.loc["critical_speed"]
    assert row["value"] == pytest.approx(4.0, rel=1e-3)
    assert (row["value"] - row["low"]) / row["value"] == pytest.approx(1.2816 * share, rel=0.02)


# --- exponents, VDOT, Tanda -------------------------------------------------------------------------------------------


def test_an_exponent_lies_between_1_and_1_2():
    exponent = lambda x: individual_exponent((5000, 1200.0), (10_000, 1200.0 * 2**x))  # noqa: E731
    assert [exponent(x) for x in (1.0001, 1.1999)] == pytest.approx([1.0001, 1.1999])
    assert math.isnan(exponent(0.9999)) and math.isnan(exponent(1.2001))
    assert math.isnan(individual_exponent((5000, 1200.0), (5000, 1200.0)))
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        assert math.isnan(p.equivalent_time(1200.0, 5000, 1e4, method="power_law", other=(10_000, 2300.0)))
    assert len(said) == 1


def test_cameron_by_hand():
    factor = lambda d: 13.49681 - 0.000030363 * d + 835.7114 / d**0.7905  # noqa: E731
    found = p.equivalent_time(1200.0, 5000, 21_097.5, method="cameron")
    assert found == pytest.approx(1200 * 21_097.5 / 5000 * factor(5000) / factor(21_097.5))


def test_training_paces_are_shares_of_vdot():
    paces = p.training_paces(50.0)
    for name, share in (("threshold", 0.88), ("interval", 0.974), ("repetition", 1.089)):
        metres = paces.loc[name, "value"] * 60
        assert -4.60 + 0.182258 * metres + 0.000104 * metres**2 == pytest.approx(50 * share)
    low, high = (paces.loc["easy", c] * 60 for c in ("low", "high"))
    assert [-4.60 + 0.182258 * m + 0.000104 * m**2 for m in (low, high)] == pytest.approx([31.5, 36.75])
    assert p.training_paces(39.9)["basis"].iloc[0] != p.training_paces(40.0)["basis"].iloc[0]


@pytest.mark.parametrize(
    ("minutes", "error"), [(149.9, 19.0), (150.1, 9.5), (166.9, 9.5), (167.1, 5.4), (239.9, 5.4), (240.1, 10.8)]
)
def test_the_band_of_tanda_is_the_error_found(minutes, error):
    pace = minutes * 60 / 42.195
    found = p.tanda_marathon(60.0, (pace - 17.1 - 140 * math.exp(-0.0053 * 60)) / 0.55)
    assert found.value == pytest.approx(minutes * 60)
    assert (found.high - found.value) / 60 == pytest.approx(1.2815515655 * error)


def test_speed_falls_from_six_minutes_on():
    model = lambda *s: p.speed_endurance_model(  # noqa: E731
        pd.DataFrame({"distance_m": [1500.0, 5000.0], "official_time_s": s})
    )
    assert model(360.0, 1200.0)["value"].notna().all() and model(359.0, 1200.0)["value"].isna().all()
    near = pd.DataFrame({"distance_m": [5000.0, 5040.0], "official_time_s": [1200.0, 1210.0]})
    assert p.speed_endurance_model(near)["value"].isna().all(), "one distance"
    races = pd.DataFrame({"distance_m": [5000.0, 10_000.0, 42_195.0], "official_time_s": [1200.0, 2500.0, 11_500.0]})
    row = p.speed_endurance_model(races)["value"]
    assert row["endurance"] == pytest.approx(math.exp(0.1 / row["decline"]))
    slope = -np.polyfit(np.log(races["official_time_s"] / 360), races["distance_m"] / races["official_time_s"], 1)
    assert row["decline"] == pytest.approx(slope[0] / -slope[1], rel=0.15), "between the prior and the races' own"


@pytest.mark.parametrize(
    ("freedom", "quantile"),
    [(1, 6.3138), (2, 2.9200), (3, 2.3534), (4, 2.1318), (6, 1.9432), (10, 1.8125), (60, 1.6706)],
)
def test_student_s_table(freedom, quantile):
    assert student_quantile(0.95, freedom) == pytest.approx(quantile, rel=2e-4)
    assert student_quantile(0.05, freedom) == pytest.approx(-quantile, rel=2e-4)


@pytest.mark.parametrize(
    ("grade", "word"),
    [(100.0, "world record"), (99.9, "world class"), (90.0, "world class"), (89.9, "national"), (80.0, "national")]
    + [(79.9, "regional"), (70.0, "regional"), (69.9, "local class"), (60.0, "local class"), (59.9, "below")],
)
def test_classes_of_age_grade(grade, word):
    standard = p.age_standard(10_000, age=40, sex="f")
    assert p.age_grade(standard / (grade + 1e-9) * 100, 10_000, age=40, sex="f").basis.startswith(word)


def test_ages_and_distances_of_the_tables():
    known = lambda d, age: math.isfinite(p.age_standard(d, age=age, sex="m"))  # noqa: E731
    assert [known(10_000, age) for age in (4, 5, 100, 101)] == [False, True, True, False]
    assert [known(d, 30) for d in (1608.0, 1609.0, 200_000.4, 200_001.0)] == [False, True, True, False]


# --- what was seen: races and hard efforts ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "ascent", "trail"),
    [
        ("road", 399.0, False),
        ("road", 400.0, True),
        ("ultra", 79.0, False),
        ("ultra", 80.0, True),
        ("ultra", math.nan, True),
        ("fell", 0.0, True),
        ("road", math.nan, False),
    ],
)
def test_what_is_run_like_a_trail_race(kind, ascent, trail):
    assert is_trail(kind, 10_000.0, ascent) is trail


def test_a_net_drop_is_taken_off_beyond_five_metres_a_km():
    def cost(drop):
        race = {"explained": math.nan, "distance_m": 10_000.0, "time_s": 2400.0, "temperature_from": "device"}
        race |= {"net_drop_m": drop, "ascent_m": math.nan, "temperature_c": math.nan}
        return _race_cost(race, False, (25.0, 15.0))

    assert cost(50.0) == cost(-200.0) == cost(math.nan) == (0.0, 0.0)
    assert cost(150.0) == pytest.approx((-2.5 * 0.01, 1.5 * 0.01))
    explained = {"explained": 0.05, "explained_sd": 0.02}
    assert _race_cost(explained, False, (25.0, 15.0)) == (0.05, 0.02)


@pytest.mark.parametrize(
    ("share", "seconds", "spared"),
    [
        (0.94, 1200.0, 0.0),
        (0.99, 1200.0, 0.0),
        (0.80, 1200.0, 1.4 * math.log(0.94 / 0.80)),
        (0.80, 2400.0, 1.4 * math.log((0.94 - 0.02 * math.log(2)) / 0.80)),
        (0.80, 60.0, 1.4 * math.log((0.94 - 0.02 * math.log(0.2)) / 0.80)),
        (0.51, 1200.0, 0.5),
        (0.50, 1200.0, 0.0),
    ],
)
def test_how_much_an_effort_was_held_back(share, seconds, spared):
    efforts = pd.DataFrame({"average_heart_rate_bpm": [200 * share], "time_s": [seconds]})
    found, known = _held_back(efforts, 200.0)
    assert found[0] == pytest.approx(spared) and bool(known[0]) is (share > 0.5)


def test_scatter_grows_to_the_marathon_and_on_trails():
    one, none = np.ones(1), np.zeros(1)
    scatter = lambda d, trail=none, belt=none: float(scatter_of(d * one, trail, belt, 0.6, 1.2)[0])  # noqa: E731
    assert scatter(5000.0) == 1.0 and scatter(20_000.0) == pytest.approx(2**0.6)
    marathon = 4.2195**0.6
    assert scatter(42_195.0) == pytest.approx(marathon)
    assert scatter(42_195.0 * math.exp(0.15)) == pytest.approx(1.1 * marathon)
    assert scatter(42_195.0 * math.exp(0.3)) == pytest.approx(1.2 * marathon) == scatter(2e5)
    assert scatter(10_000.0, one) == pytest.approx(1.2) and scatter(10_000.0, none, one) == 1.5


def test_the_shape_of_distances():
    x = math.log(42.195 / 21.0975)
    assert distance_shape(np.array([42_195.0]))[0] == pytest.approx([1, math.log(4.2195), 0, x, 0])
    assert distance_shape(np.array([1500.0]))[0] == pytest.approx([1, math.log(0.15), math.log(0.5), 0, 0])
    assert distance_shape(np.array([84_390.0]))[0, 3:] == pytest.approx([math.log(4), math.log(2)])
    assert trail_share(np.array([1e4, 42_195.0, 84_390.0])) == pytest.approx([1, 1, 1 + math.log(2)])
    assert baseline(np.array([42_195.0])) == pytest.approx([1.065 * math.log(4.2195) + 0.035 * x])


def test_a_past_that_fits_narrows_the_band_by_a_fifth_at_most():
    width = lambda *off: _calibration(pd.DataFrame({"off": off}))  # noqa: E731
    assert width(1.0) == 1.0 and width() == 1.0
    assert width(*[0.0] * 5) == pytest.approx(math.sqrt(10 / 15)) and width(*[0.0] * 90) == 0.8
    assert width(9.0) == pytest.approx(math.sqrt(19 / 11)) and width(*[3.0] * 20) == 1.5


# --- the marks of training --------------------------------------------------------------------------------------------

TODAY = pd.Timestamp("2026-06-01")


def marks(*ago, pace=300.0, metres=10_000.0, highest=math.nan, **columns) -> pd.Series:
    """The marks of a day after runs so many days before."""
    n = len(ago)
    runs = pd.DataFrame({"date": [TODAY - pd.Timedelta(days=d) for d in ago]})
    runs["distance_m"] = np.broadcast_to(np.asarray(metres, float), n)
    runs["moving_time_s"] = runs["distance_m"] / 1000 * np.broadcast_to(np.asarray(pace, float), n)
    day = TODAY.to_datetime64().astype("datetime64[D]").astype(float)
    return training_marks(runs.assign(**columns), np.array([day]), highest_bpm=highest).iloc[0]


def test_marks_need_four_runs_of_a_year():
    assert math.isnan(marks(1, 2, 3)["best"])
    assert marks(1, 2, 3, 365)["best"] == pytest.approx(math.log(3000.0))
    assert math.isnan(marks(1, 2, 3, 366)["best"]) and math.isnan(marks(0, 1, 2, 3)["best"])


def test_the_second_best_run_is_the_fitness():
    found = marks(200, 150, 100, 50, 20, pace=[280.0, 290.0, 300.0, 310.0, 320.0])
    assert found["best"] == pytest.approx(math.log(2900.0))
    assert found["recent"] == pytest.approx(math.log(3200 / 2900)), "the slower of the last twelve weeks"
    assert found["pace"] == pytest.approx(math.log(3150 / 2900)) and found["runs"] == 2.0
    assert marks(84, 150, 100, 85, pace=300.0)["runs"] == 1.0
    short = marks(4, 3, 2, 1, pace=[200.0, 250.0, 300.0, 310.0], metres=[4499.0, 4499.0, 10_000.0, 10_000.0])
    assert short["best"] == pytest.approx(math.log(3100.0)), "from 4.5 km on"
    kept = marks(4, 3, 2, 1, pace=[250.0, 250.0, 300.0, 310.0], metres=[4500.0, 4500.0, 10_000.0, 10_000.0])
    assert kept["best"] == pytest.approx(math.log(1125.0) - 1.065 * math.log(0.45))


def test_runs_that_say_nothing_of_fitness():
    counted = lambda **c: marks(5, 4, 3, 2, 1, **c)["runs"]  # noqa: E731
    assert counted() == 5.0
    for pace, n in ((160.0, 4.0), (160.1, 5.0), (719.9, 5.0), (720.0, 4.0)):
        assert counted(pace=[pace, 300, 300, 300, 300]) == n
    for metres, n in ((1000.0, 4.0), (1001.0, 5.0)):
        assert counted(metres=[metres, 1e4, 1e4, 1e4, 1e4], pace=310.0) == n
    assert counted(metres=[1200.0, 1e4, 1e4, 1e4, 1e4], pace=250.0) == 4.0, "five minutes or less"
    for drop, n in ((99.0, 5.0), (100.0, 4.0)):
        assert counted(descent_m=[drop, 0, 0, 0, 0], ascent_m=0.0) == n
    assert counted(sub_sport=["treadmill", "", "", "", ""]) == 4.0


def test_volume_is_of_twelve_weeks_or_of_the_log():
    volume = lambda *ago, **c: math.exp(marks(*ago, **c)["volume"]) * 40  # noqa: E731
    assert volume(365, 200, *range(84, 0, -7)) == pytest.approx(10.0)
    assert volume(42, 35, 28, 21, 14, 7) == pytest.approx(10.0), "since the first run"
    assert volume(4, 3, 2, 1) == pytest.approx(10.0), "of four weeks at least"
    assert volume(365, 300, 200, 100) == pytest.approx(4.0), "at least 4 km"


def test_pace_at_heart_rate_of_the_marks():
    ago = range(10, 0, -1)
    found = marks(*ago, average_heart_rate_bpm=[150.0] * 10)
    assert found["heart"] == pytest.approx(0.0)
    found = marks(*ago, average_heart_rate_bpm=[150.0] * 10, highest=200.0)
    assert found["heart"] == pytest.approx(0.0) and found["spared"] == pytest.approx(1.2 * math.log(184 / 150))
    found = marks(*ago, average_heart_rate_bpm=[150.0] * 10, highest=400.0)
    assert found["heart"] - found["spared"] == pytest.approx(1.2 * math.log(0.6)) and found["heart"] == pytest.approx(0)
    nine = [150.0] * 9 + [math.nan]
    assert math.isnan(marks(*ago, average_heart_rate_bpm=nine)["heart"]), "ten runs with heart rate so far"
    late = [*range(200, 194, -1), 4, 3, 2, 1]
    assert math.isnan(marks(*late, average_heart_rate_bpm=150.0)["heart"]), "five of the last twelve weeks"
    assert marks(*late, 5, average_heart_rate_bpm=150.0)["heart"] == pytest.approx(0.0)


def test_the_line_of_training_by_hand():
    row = pd.DataFrame({"best": [7.8], "recent": [0.02], "pace": [0.2], "heart": [0.1], "volume": [0.5]})
    line = TrainingLine(0.01, 0.02, 0.03, 0.4, 0.5, 0.6, 0.7, 0.8)
    for metres, near in ((42_195.0, math.log(4.2195)), (100_000.0, math.log(4.2195)), (1500.0, math.log(0.3))):
        x, beyond = math.log(metres / 1e4), max(math.log(metres / 21_097.5), 0.0)
        told = 0.01 + 0.02 * x + 0.03 * beyond + 0.4 * 0.02 + 0.5 * 0.2 + 0.6 * 0.1 + 0.7 * 0.5 + 0.8 * 0.5 * near
        found = line.log_time(row, np.array([metres]))[0]
        assert found == pytest.approx(7.8 + baseline(np.array([metres]))[0] + told)
        assert terms(row, np.array([metres])).shape == (1, 8)


# --- results ----------------------------------------------------------------------------------------------------------


def log_of(runs=(), races=(), efforts=None, **given) -> Log:
    usual = {"athlete": "kim", "sport": "running", "date": TODAY, "distance_m": 10_000.0, "elapsed_time_s": 3000.0}
    rows = [{"activity_id": f"r{k}"} | usual | row for k, row in enumerate(runs)]
    table = pd.DataFrame([{"athlete": "kim", "date": TODAY} | row for row in races])
    return Log(
        pd.DataFrame(rows) if rows else None,
        races=table if len(table) else None,
        efforts=None if efforts is None else pd.DataFrame(efforts),
        **given,
    )


def test_a_watch_stands_in_for_the_official_time_within_three_per_cent():
    found = lambda metres: race_results(log_of([{"distance_m": metres}], [{"distance_m": 10_000.0}]))  # noqa: E731
    assert found(10_299.0)["time_s"].tolist() == pytest.approx([3000 / 1.0299])
    assert found(9_701.0)["time_from"].tolist() == ["watch"]
    assert found(10_301.0).empty and found(9_699.0).empty


def test_a_run_is_of_the_race_from_half_its_length_and_its_climb_within_fifteen_per_cent():
    def of(metres):
        races = [{"distance_m": 10_000.0, "official_time_s": 2400.0}]
        return race_results(log_of([{"distance_m": metres, "ascent_m": 50.0}], races)).iloc[0]

    assert [of(metres)["activity_id"] for metres in (4999.0, 5000.0)] == ["", "r0"]
    assert of(11_499.0)["ascent_m"] == of(8_501.0)["ascent_m"] == 50.0
    assert np.isnan([of(11_501.0)["ascent_m"], of(8_499.0)["ascent_m"]]).all()


def test_a_marked_run_is_a_result_over_the_standard_length():
    found = lambda metres: race_results(log_of([{"distance_m": metres, "workout_type": "race"}]))  # noqa: E731
    assert found(10_100.0)["distance_m"].tolist() == [10_000.0]
    assert found(10_100.0)["time_s"].tolist() == pytest.approx([3000 / 1.01])
    assert found(9_900.0)["time_s"].tolist() == [3000.0], "never longer than the clock"


def best_of(*rows, days=(0,), **given) -> pd.DataFrame:
    usual = {"activity_id": "r0", "kind": "distance", "distance_m": 5000.0, "time_s": 1200.0, "ok": True}
    runs = [{"date": TODAY - pd.Timedelta(days=d)} for d in days]
    return hard_efforts(log_of(runs, efforts=[usual | row for row in rows]), **given)


def test_which_efforts_are_hard():
    for row, n in (
        ({"distance_m": 2999.0}, 0),
        ({"distance_m": 3000.0}, 1),
        ({"distance_m": 25_000.0, "time_s": 7000.0}, 1),
        ({"distance_m": 25_001.0, "time_s": 7000.0}, 0),
        ({"grade": -0.01}, 1),
        ({"grade": -0.0101}, 0),
        ({"ok": False}, 0),
        ({"kind": "duration"}, 0),
    ):
        assert len(best_of(row)) == n, row
    graded = lambda share: best_of({"graded_speed_mps": 5000 / 1200 / share})["time_s"].item()  # noqa: E731
    assert graded(1.149) == pytest.approx(1200 * 1.149) and graded(1.151) == 1200.0
    both = best_of({}, {"activity_id": "r1", "time_s": 1300.0}, days=(0, 27))
    assert both["activity_id"].tolist() == ["r0"], "one of each four weeks"
    both = best_of({}, {"activity_id": "r1", "time_s": 1300.0}, days=(0, 28))
    assert both["activity_id"].tolist() == ["r1", "r0"]


def test_the_highest_heart_rate_of_most_runs():
    def highest(n, **given):
        days = [{"date": TODAY - pd.Timedelta(days=k), "max_heart_rate_bpm": 150.0 + k} for k in range(n)]
        return highest_heart_rate(log_of(days, **given))

    assert math.isnan(highest(19)) and highest(20) == pytest.approx(150 + 0.98 * 19)
    stated = Athlete("kim", settings=[{"max_heart_rate_bpm": 201.0}])
    assert highest(5, athletes={"kim": stated}) == 201.0
    far = [{"date": TODAY - pd.Timedelta(days=d), "max_heart_rate_bpm": 180.0} for d in [*range(19), 730]]
    assert highest_heart_rate(log_of(far)) == 180.0
    far[-1]["date"] -= pd.Timedelta(days=1)
    assert math.isnan(highest_heart_rate(log_of(far)))


def test_the_doubt_of_a_series_is_the_weighed_one_of_every_way_to_follow():
    """The likelihood in its other form: of all values, less what the levels take (Harville 1974)."""
    values, at = np.array([1.0, 0.8, -0.5, 0.2, 3.0, 2.5, 2.9, 4.0]), np.array([0.0, 1, 2, 3, 7, 8, 9, 10])
    levels = np.column_stack([at < 5, at > 5]).astype(float)
    weights = np.where(at < 5, -0.25, 0.25)
    logs, variances, prior = [], [], []
    for follow in np.arange(1, 20) / 20:
        alike = np.array([[follow ** abs(a - b) for b in at] for a in at])
        inverse = np.linalg.inv(alike)
        inner = levels.T @ inverse @ levels
        left = values - levels @ np.linalg.solve(inner, levels.T @ inverse @ values)
        squares = left @ inverse @ left
        logs.append(-0.5 * (np.log(np.linalg.det(alike)) + np.log(np.linalg.det(inner)) + 6 * np.log(squares)))
        variances.append(squares / 6 * (weights @ alike @ weights))
        prior.append(follow)
    likely = np.exp(logs) * prior
    doubt, freedom = doubt_of_series(values, at, weights, levels)
    assert doubt == pytest.approx(np.exp(np.average(np.log(variances), weights=likely) / 2)) and freedom == 6
    assert np.isnan(doubt_of_series(values[:2], at[:2], weights[:2], np.eye(2))[0])


@pytest.mark.parametrize(("follow", "least", "most"), [(0.0, 0.85, 1.0), (0.3, 0.75, 0.95), (0.6, 0.70, 0.90)])
def test_four_of_five_means_of_a_series_that_follows_itself_are_held(follow, least, most):
    rng = np.random.default_rng(1)
    first = np.repeat([1.0, 0.0], 10)
    held, plain = [], []
    for _ in range(300):
        series = np.zeros(40)
        for i in range(1, 40):
            series[i] = follow * series[i - 1] + np.sqrt(1 - follow**2) * rng.normal()
        y = series[20:]
        change = y[10:].mean() - y[:10].mean()
        doubt, freedom = doubt_of_series(y, np.arange(20), (0.5 - first) / 5, np.column_stack([first, 1 - first]))
        held.append(abs(change) <= student_quantile(0.9, freedom) * doubt)
        plain.append(abs(change) <= student_quantile(0.9, 18) * np.sqrt((y[:10].var(ddof=1) + y[10:].var(ddof=1)) / 10))
    assert least <= np.mean(held) <= most, np.mean(held)
    assert follow < 0.6 or np.mean(plain) < 0.6, "as if each split were news"
