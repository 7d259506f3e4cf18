"""The forecast: training and races together, trails, what a race teaches, and bands that hold on real runners."""

import importlib.util
import math
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from runlab.athlete import Athlete
from runlab.errors import SettingsError
from runlab.log import Log
from runlab.progression import Prior, predict_race
from runlab.progression.conditions import condition_cost
from runlab.progression.prediction import TrainingLine, observations, training_marks
from runlab.progression.prediction.observed import is_trail, scatter_of
from runlab.progression.results import hard_efforts, race_results
from runlab.race.forecasting import climb_of, forecast, is_rough, usual_warmth, with_result
from runlab.race.result import next_goal
from runlab.races import Race

REPOSITORY = Path(__file__).resolve().parents[1]
HISTORIES = REPOSITORY.parent / "shared" / "real" / "histories.parquet"
START = pd.Timestamp("2026-01-05")
DAY = "2026-06-01"


def training(weeks=20, *, pace=330.0, metres=10_000.0, a_week=4, heart=140.0, start=START, **more):
    """Rows of activities: the same run so many times a week, ten percent faster once a week."""
    rows = []
    for i in range(weeks * a_week):
        quick = 0.9 if i % a_week == 0 else 1.0
        rows.append(
            {
                "activity_id": f"r{i}",
                "athlete": "kim",
                "sport": "running",
                "date": start + pd.Timedelta(days=7 * (i // a_week) + (i % a_week)),
                "distance_m": metres,
                "moving_time_s": pace * quick * metres / 1000,
                "average_heart_rate_bpm": heart / quick**0.8,
            }
            | more
        )
    frame = pd.DataFrame(rows)
    return frame.assign(start_time=pd.to_datetime(frame["date"], utc=True))


def races(*rows):
    return pd.DataFrame(
        [
            {
                "athlete": "kim",
                "name": "Race",
                "date": pd.Timestamp(d),
                "distance_m": m,
                "official_time_s": t,
                "kind": k,
            }
            for d, m, t, k in rows
        ]
    )


def days(*dates):
    return np.array([pd.Timestamp(d).to_datetime64().astype("datetime64[D]").astype(float) for d in dates])


def test_totals_alone_give_a_forecast():
    found = predict_race(Log(training()), 10_000.0, on=DAY)
    assert found.is_known and found.n == 0 and "80 runs" in found.basis and "0 races" in found.basis
    assert 0.85 * 3300 < found.value < 3300 and 0.12 < math.log(found.high / found.low) < 0.3


def test_faster_training_is_a_faster_forecast_by_as_much():
    slow, fast = (predict_race(Log(training(pace=p)), 10_000.0, on=DAY).value for p in (330.0, 300.0))
    assert math.log(slow / fast) == pytest.approx(math.log(330 / 300), abs=1e-9)


def test_marks_by_hand():
    marks = training_marks(training(), days(DAY)).iloc[0]
    # the quick runs take 2970 s; training ends a week before, so that 11 of the 12 weeks hold 4 runs
    assert marks["best"] == pytest.approx(math.log(2970.0)) and marks["recent"] == 0.0
    n = int(marks["runs"])
    window = training()
    window = window[window["date"] >= pd.Timestamp(DAY) - pd.Timedelta(days=84)]
    assert n == len(window) == 44
    assert marks["pace"] == pytest.approx(math.log(window["moving_time_s"].mean() / 2970.0))
    assert marks["volume"] == pytest.approx(math.log(n * 10 / 12 / 40.0))


def test_heart_rate_is_read_against_the_highest_known():
    runs = training()
    seen, stated = (training_marks(runs, days(DAY), highest_bpm=h).loc[0] for h in (np.nan, 190.0))
    seen, stated = seen["heart"], stated["heart"] - stated["spared"]  # ``best`` is as much faster as was spared
    share = 140 / (140 / 0.9**0.8)
    assert seen == pytest.approx(math.log(3300) + 1.2 * math.log(share) - math.log(2970))
    assert stated == pytest.approx(math.log(3300) + 1.2 * math.log(140 / (0.92 * 190)) - math.log(2970))


def test_one_glitch_of_a_watch_is_not_a_fitness():
    glitch = training(weeks=1, a_week=1, pace=180.0, start=pd.Timestamp("2026-04-01")).assign(activity_id="g")
    plain, odd = (training_marks(r, days(DAY))["best"][0] for r in (training(), pd.concat([training(), glitch])))
    assert odd == plain


@pytest.mark.parametrize(
    "more",
    [{"sub_sport": "treadmill"}, {"sub_sport": "indoor_running"}, {"ascent_m": 0.0, "descent_m": 150.0}],
)
def test_belts_and_downhills_alone_drive_no_forecast(more):
    found = predict_race(Log(training(**more)), 10_000.0, on=DAY)
    assert not found.is_known and "treadmills aside" in found.basis
    fast = training(weeks=4, pace=240.0, start=pd.Timestamp("2026-05-01"), **more)
    fast["activity_id"] = "t" + fast["activity_id"]
    beside = training_marks(pd.concat([training(), fast]), days(DAY))
    assert beside["best"][0] == training_marks(training(), days(DAY))["best"][0]
    assert beside["volume"][0] > training_marks(training(), days(DAY))["volume"][0]


def test_efforts_downhill_or_on_a_belt_are_no_efforts():
    runs = pd.concat(
        [training(weeks=1, a_week=3), training(weeks=1, a_week=1).assign(activity_id="belt", sub_sport="treadmill")]
    )
    efforts = pd.DataFrame(
        {
            "activity_id": ["r0", "r1", "belt"],
            "kind": "distance",
            "distance_m": 5000.0,
            "time_s": [1300.0, 1200.0, 1100.0],
            "grade": [-0.0099, -0.0101, 0.0],
            "ok": True,
        }
    )
    assert hard_efforts(Log(runs, efforts=efforts))["activity_id"].tolist() == ["r0"]


def test_the_races_of_a_runner_win_over_the_line():
    runs, three = training(), [("2026-03-01", 1e4, 2500.0, "road"), ("2026-04-05", 1e4, 2490.0, "road")]
    before = predict_race(Log(runs), 1e4, on=DAY)
    after = predict_race(Log(runs, races=races(*three)), 1e4, on=DAY)
    assert before.value > 2650 and abs(after.value - 2500) < 100
    assert math.log(after.high / after.low) < 0.8 * math.log(before.high / before.low)


def test_a_race_is_not_training():
    runs = training()
    race_run = runs.iloc[[40]].assign(
        date=pd.Timestamp("2026-03-21"), activity_id="race", moving_time_s=2400.0, elapsed_time_s=2400.0
    )
    both = pd.concat(
        [runs, race_run, race_run.assign(activity_id="race2", date=race_run["date"] + pd.Timedelta(days=7))]
    )
    named = races(*((d, 1e4, 2400.0, "road") for d in both["date"].iloc[-2:]))
    log = Log(both, races=named)
    seen, found = observations(log, pd.Timestamp(DAY))
    assert found["activity_id"].tolist() == ["race", "race2"]
    assert seen.value[0] == pytest.approx(math.log(2400))
    assert predict_race(log, 1e4, on=DAY).value == pytest.approx(
        predict_race(Log(runs, races=named), 1e4, on=DAY).value, rel=1e-3
    )


def test_a_trend_in_training_moves_the_forecast():
    """Races of a year ago, and training 8 % faster since: the forecast follows."""
    old = training(weeks=20, start=pd.Timestamp("2025-01-06"))
    same, faster = (training(weeks=20, pace=p) for p in (330.0, 303.6))
    late = [r.assign(activity_id="n" + r["activity_id"]) for r in (same, faster)]
    past = races(("2025-05-04", 1e4, 2700.0, "road"), ("2025-06-01", 1e4, 2700.0, "road"))
    a, b = (predict_race(Log(pd.concat([old, r]), races=past), 1e4, on=DAY).value for r in late)
    assert 0.04 < math.log(a / b) < 0.085


def test_a_race_run_ill_hardly_counts():
    good = [(f"2026-0{m}-10", 1e4, 2500.0, "road") for m in (1, 2, 3, 4)]
    ill = [*good, ("2026-05-10", 1e4, 3100.0, "road")]
    a, b = (predict_race(Log(races=races(*r)), 1e4, on=DAY) for r in (good, ill))
    assert 1.0 <= b.value / a.value < 1.03 and b.high > a.high


def test_longer_races_scatter_more():
    none = np.zeros(4)
    found = scatter_of(np.array([5e3, 1e4, 42195.0, 1e5]), none, none, 0.6, 1.5)
    assert found.tolist() == pytest.approx([1.0, 1.0, 4.2195**0.6, 1.5 * 4.2195**0.6])
    assert scatter_of(np.array([1e4]), np.ones(1), np.ones(1), 0.6, 1.5)[0] == pytest.approx(1.5 * 1.5)


@pytest.mark.parametrize(
    ("kind", "ascent", "rough"),
    [
        ("road", 399.0, False),
        ("road", 400.0, True),
        ("trail", math.nan, True),
        ("ultra", 79.0, False),
        ("ultra", 80.0, True),
    ],
)
def test_what_a_trail_race_is(kind, ascent, rough):
    assert is_trail(kind, 10_000.0, ascent) is rough


def test_a_trail_race_is_slower_and_much_less_sure_than_the_road():
    log = Log(training(metres=15_000.0), races=races(("2026-03-01", 21097.5, 5700.0, "road")))
    road, hills, blind = (
        predict_race(log, 50_000.0, on=DAY, kind=k, conditions=c)
        for k, c in (("road", None), ("trail", {"ascent_m": 1250.0}), ("trail", None))
    )
    assert hills.value > 1.2 * road.value and hills.high / hills.low > road.high / road.low
    assert blind.high / blind.low > hills.high / hills.low
    assert "climb not known" in blind.basis and "climb not known" not in hills.basis
    assert "flat course, cool day" in road.basis and "flat course" not in hills.basis + blind.basis
    assert hills.grade == "D"


def test_the_back_test_of_a_trail_race_names_trail_races_alone():
    three = [("2026-02-01", 1e4, 2500.0, "road"), ("2026-03-01", 21097.5, 5600.0, "road")]
    log = Log(training(metres=15_000.0), races=races(*three))
    found = predict_race(log, 50_000.0, on=DAY, kind="ultra")
    assert found.table.empty and "no earlier trail or ultra race of this kind" in found.basis
    log = Log(training(), races=races(*three, ("2026-04-01", 30_000.0, 11000.0, "trail")))
    assert predict_race(log, 50_000.0, on=DAY, kind="ultra").table["distance_m"].tolist() == [30_000.0]
    assert predict_race(log, 21_000.0, on=DAY).table["distance_m"].tolist() == [21097.5]


def test_own_trail_races_narrow_the_next():
    one = Log(training(), races=races(("2026-02-01", 1e4, 2700.0, "road")))
    ran = Log(
        training(),
        races=races(
            ("2026-02-01", 1e4, 2700.0, "road"), *((f"2026-0{m}-05", 30_000.0, 12000.0, "trail") for m in (3, 4, 5))
        ),
    )
    a, b = (predict_race(x, 30_000.0, on=DAY, kind="trail") for x in (one, ran))
    assert math.log(b.high / b.low) < 0.82 * math.log(a.high / a.low) and abs(math.log(b.value / 12000.0)) < 0.06


def test_beyond_five_times_the_longest_run_nobody_can_tell():
    log = Log(training())
    assert predict_race(log, 50_000.0, on=DAY, kind="ultra").is_known
    far = predict_race(log, 50_001.0, on=DAY, kind="ultra")
    assert (
        not far.is_known and far.basis == "needs a run or race of 10 km or more before that day; the longest is 10 km"
    )


def test_climb_from_the_watch_at_an_earlier_running():
    runs = training(weeks=1, a_week=1, metres=30_000.0).assign(ascent_m=900.0, elapsed_time_s=10_000.0)
    past = races((runs["date"].iloc[0], 30_000.0, 10_000.0, "trail"))
    log = Log(runs, races=past)
    again = Race(pd.Timestamp(DAY), name="RACE", distance_m=30_500.0)
    assert climb_of(log, again) == 900.0
    assert math.isnan(climb_of(log, replace(again, distance_m=32_000.0)))
    assert (
        math.isnan(climb_of(log, replace(again, name="Other"))) and climb_of(log, replace(again, ascent_m=5.0)) == 5.0
    )


def test_climb_costs_by_the_curve_and_by_what_downhills_do_not_give_back():
    climb = 0.02
    cost, doubt = condition_cost(10_000.0, 2500.0, {"ascent_m": 200.0})
    by_hand = math.log1p(0.0018083953212790634 * 1.3 * 200**2 * climb**2 + 0.25 * 2.96 * climb)
    assert cost == pytest.approx(by_hand, rel=1e-9) and doubt == pytest.approx(by_hand / 2, rel=1e-9)


def test_the_forecast_expects_the_warmth_of_the_last_three_weeks():
    runs = training(average_temperature_c=28.0)
    race = Race(pd.Timestamp("2026-05-25"), distance_m=42195.0)
    assert usual_warmth(Log(runs), race) == 25.0
    three, two = (replace(race, date=pd.Timestamp(d)) for d in ("2026-06-09", "2026-06-10"))
    assert usual_warmth(Log(runs), three) == 25.0 and math.isnan(usual_warmth(Log(runs), two))
    warm, flat = (forecast(Log(runs), race, flat=f) for f in (False, True))
    assert "25 °C" in warm.basis and "flat course, cool day" in flat.basis
    cost, _ = condition_cost(42195.0, flat.value, {"temperature_c": 25.0})
    assert math.log(warm.value / flat.value) == pytest.approx(cost, rel=1e-6)


BARS = pd.DataFrame(
    {
        "component": ["heat", "fade", "stops", "not explained"],
        "kind": ["component", "component", "component", "rest"],
        "seconds": [300.0, 600.0, np.nan, 900.0],
        "low": [200.0, 400.0, np.nan, 0.0],
        "high": [400.0, 800.0, np.nan, 1800.0],
    }
)


def marathoner():
    return Log(
        training(metres=15_000.0),
        races=races(("2026-03-01", 21097.5, 5700.0, "road"), ("2026-04-05", 1e4, 2580.0, "road")),
        athletes={"kim": Athlete("kim")},
    )


def test_what_is_explained_is_taken_off_by_hand():
    race = Race(pd.Timestamp("2026-05-10"), athlete="kim", distance_m=42195.0, official_time_s=13_500.0)
    row = race_results(with_result(marathoner(), race, waterfall=BARS)).iloc[-1]
    assert row["explained"] == pytest.approx(math.log(13_500 / 12_600))
    assert row["explained_sd"] == pytest.approx(math.hypot(100, 200) / 1.28155 / 12_600, rel=1e-4)
    assert math.isnan(race_results(with_result(marathoner(), race)).iloc[-1]["explained"])


def test_where_the_course_is_untold_nothing_is_explained_but_on_a_belt():
    def explained(untold, sub_sport=""):
        log = marathoner()
        log.activities = log.activities.assign(sub_sport=sub_sport)
        race = Race(pd.Timestamp("2026-05-10"), athlete="kim", distance_m=42195.0, official_time_s=13_500.0,
                    activity_ids=("r0",))  # fmt: skip
        bars = BARS.assign(component=["heat", "course", "stops", "not explained"])
        bars.loc[bars["component"] == untold, ["seconds", "low", "high"]] = np.nan
        return with_result(log, race, waterfall=bars).races.iloc[-1].reindex(["explained", "explained_sd"]).tolist()

    assert pd.isna(explained("course")).all()
    assert explained("course", "treadmill") == pytest.approx(
        [math.log(13_500 / 13_200), 100 / 1.28155 / 13_200], rel=1e-4
    )
    assert explained("heat") == pytest.approx(
        [math.log(13_500 / 12_900), math.hypot(200 / 1.28155 / 12_900, 0.02)], rel=1e-4
    )


def test_an_even_day_and_a_race_that_is_explained_scatter_less_on_long_distances():
    log, day = marathoner(), "2026-05-10"
    even, usual = (predict_race(log, 42195.0, on=day, even=e, back_test=False) for e in (True, False))
    assert even.value == pytest.approx(usual.value)
    ten = [predict_race(log, 1e4, on=day, even=e, back_test=False).log_sd for e in (True, False)]
    assert ten[0] == pytest.approx(ten[1])
    # the scatter ahead grows with distance to the power 0.2 instead of 0.6; nothing else differs
    flat = predict_race(log, 42195.0, on=day, back_test=False, prior=Prior(even_growth=0.6), even=True).log_sd
    assert flat == pytest.approx(usual.log_sd, rel=0.02) and even.log_sd < 0.85 * usual.log_sd
    ahead = (usual.log_sd**2 - even.log_sd**2) / (4.2195**1.2 - 4.2195**0.4)
    assert 0.02 < math.sqrt(ahead) < 0.03


def test_a_blow_up_that_is_explained_leaves_the_forecast_where_it_was():
    log, day = marathoner(), "2026-05-10"
    before = predict_race(log, 42195.0, on=day)
    time = before.value * 1.15
    bars = BARS.assign(seconds=[0.03 * time, 0.10 * time, np.nan, 0], low=[0.01 * time, 0.06 * time, np.nan, 0],
                       high=[0.05 * time, 0.14 * time, np.nan, 0])  # fmt: skip
    race = Race(pd.Timestamp(day), athlete="kim", distance_m=42195.0, official_time_s=time)
    after = predict_race(with_result(log, race, waterfall=bars), 42195.0, on="2026-05-11")
    raw = predict_race(with_result(log, race), 42195.0, on="2026-05-11")
    assert abs(math.log(after.value / before.value)) < 0.01 < math.log(raw.value / before.value)


def test_a_hundred_miles_say_little_about_ten_km():
    log, day = marathoner(), "2026-05-10"
    before = predict_race(log, 1e4, on=day)
    race = Race(
        pd.Timestamp(day), athlete="kim", distance_m=160_934.0, official_time_s=110_000.0, kind="ultra", ascent_m=5000.0
    )
    after = predict_race(with_result(log, race), 1e4, on="2026-05-11")
    assert abs(math.log(after.value / before.value)) < 0.005
    assert math.log(after.high / after.low) > 0.97 * math.log(before.high / before.low)


def test_the_next_goal_is_for_the_kind_of_course_the_athlete_runs():
    log = marathoner()
    ultra = Race(
        pd.Timestamp("2026-05-10"),
        athlete="kim",
        distance_m=50_000.0,
        official_time_s=22_000.0,
        kind="ultra",
        ascent_m=1500.0,
    )
    table, words = next_goal(log, ultra, forecast(log, ultra))
    assert words.startswith("On this course again") and "flat" not in words
    assert table["value"].iloc[0] > 1.2 * predict_race(log, 50_000.0, on="2026-05-10").value
    road = Race(pd.Timestamp("2026-05-10"), athlete="kim", distance_m=42195.0, official_time_s=12_600.0)
    assert next_goal(log, road, forecast(log, road, flat=True))[1].startswith(
        "On a flat course and a cool day, run evenly,"
    )
    assert [is_rough(replace(road, distance_m=m)) for m in (44_300.0, 44_310.0)] == [False, True]


def test_the_future_never_moves_a_forecast():
    runs, past = training(), [("2026-03-01", 1e4, 2500.0, "road")]
    later = training(weeks=3, pace=200.0, start=pd.Timestamp(DAY)).assign(average_heart_rate_bpm=199.0)
    later["activity_id"] = "z" + later["activity_id"]
    a = predict_race(Log(runs, races=races(*past)), 1e4, on=DAY)
    b = predict_race(Log(pd.concat([runs, later]), races=races(*past, (DAY, 1e4, 2000.0, "road"))), 1e4, on=DAY)
    assert (a.value, a.low, a.high, a.basis) == (b.value, b.low, b.high, b.basis)


def test_two_athletes_are_never_pooled():
    both = pd.concat([training(), training().assign(athlete="bo", activity_id="b")])
    with pytest.raises(SettingsError, match="pick one"):
        predict_race(Log(both), 1e4, on=DAY)


def test_fewer_runs_are_less_sure():
    few, many = (predict_race(Log(training(weeks=w, start=pd.Timestamp("2026-05-01"))), 1e4, on=DAY) for w in (1, 4))
    assert math.log(few.high / few.low) > math.log(many.high / many.low)
    assert not predict_race(Log(training(weeks=1, a_week=3)), 1e4, on="2026-01-20").is_known


def test_the_line_fitted_on_planted_runners_is_found_again():
    bench = _bench()
    truth = TrainingLine(start=-0.03, distance=-0.02, beyond_half=0.06, recent=0.4, pace=0.15, heart=0.4, volume=-0.02)
    rng, parts = np.random.default_rng(5), []
    for who in range(60):
        n = 8
        marks = pd.DataFrame(
            {
                "best": rng.normal(7.9, 0.1, n), "recent": rng.uniform(0, 0.1, n), "pace": rng.uniform(0, 0.2, n),
                "heart": rng.normal(0, 0.08, n), "volume": rng.normal(0, 0.5, n), "runs": 40.0,
            }
        )  # fmt: skip
        metres = rng.choice([1e4, 21097.5, 42195.0], n)
        off = rng.normal(0, 0.05) + rng.standard_t(4, n) * 0.02
        parts.append(
            marks.assign(
                runner=f"{who}",
                day=rng.uniform(0, 2000, n),
                metres=metres,
                time=np.exp(truth.log_time(marks, metres) + off),
            )
        )
    line = bench.fitted_line(pd.concat(parts, ignore_index=True), Prior(), heart=True)
    for name, near in (
        ("start", 0.02),
        ("distance", 0.02),
        ("recent", 0.12),
        ("pace", 0.06),
        ("heart", 0.08),
        ("volume", 0.02),
    ):
        assert getattr(line, name) == pytest.approx(getattr(truth, name), abs=near), name


def _bench():
    spec = importlib.util.spec_from_file_location("honesty_real", REPOSITORY / "benchmarks" / "honesty_real.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["honesty_real"] = module
    spec.loader.exec_module(module)
    return module


def test_bands_hold_on_real_runners_who_were_left_out():
    """Every third runner with races, each forecast by lines fitted on the 26 others."""
    if not HISTORIES.is_file():
        pytest.skip(f"no {HISTORIES}: the histories of real runners are not part of the project")
    bench = _bench()
    everyone = bench.with_races(pd.read_parquet(HISTORIES))
    logs = {who: bench.log_of(rows) for who, rows in everyone.groupby("athlete") if rows["race_m"].notna().any()}
    assert len(logs) == 27 and sum(len(log.races) for log in logs.values()) == 265
    tables = bench.rows_to_fit(logs), bench.rows_to_fit(logs, named=False)
    kept = []
    for who in list(logs)[::3]:
        prior = bench.fitted_prior(*(t[t["runner"] != who] for t in tables))
        kept.append(bench.forecasts(logs[who], logs[who].races.sort_values("date"), prior, back_test=False))
    found = pd.concat(kept).dropna(subset=["off"])
    assert 0.72 <= found["held"].mean() <= 0.90 and found["off"].abs().median() < 0.055


def test_a_forecast_knows_the_weather_written_beside_the_race():
    def log(**weather):
        races = pd.DataFrame(
            {
                "athlete": "kim",
                "date": pd.to_datetime(["2026-03-01", "2026-04-01", "2026-06-01"]),
                "distance_m": [5000.0, 10000.0, 10000.0],
                "official_time_s": [1230.0, 2560.0, np.nan],
            }
        )
        return Log(races=races.assign(**{k: [np.nan, np.nan, v] for k, v in weather.items()}))

    race = Race(pd.Timestamp("2026-06-01"), distance_m=10000.0)
    cool, warm = (forecast(log(temperature_c=c), race) for c in (10.0, 25.0))
    assert warm.value / cool.value == pytest.approx(1 + 0.003 * 13 * math.sqrt(cool.value / 9000), abs=0.0005)
    assert "25 °C" in warm.basis and warm.high / warm.low > cool.high / cool.low
    assert forecast(log(temperature_c=25.0), race, flat=True).value == pytest.approx(cool.value)


def test_what_is_less_sure_about_the_weather_is_wider():
    cost, sure = condition_cost(42195.0, 10800.0, {"temperature_c": 20.0})
    same, unsure = condition_cost(42195.0, 10800.0, {"temperature_c": 20.0, "temperature_doubt_c": 5.0})
    long = math.sqrt(1.2)
    assert cost == same == pytest.approx(0.003 * 8 * long)
    assert sure == pytest.approx(math.hypot(0.6 * cost, 0.003 * long * 0.5))
    assert unsure == pytest.approx(math.hypot(0.6 * cost, 0.003 * long * 2.5))
