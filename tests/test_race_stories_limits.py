"""When a story, a question or a change is told of a race, and what heat and hills cost in the split of the time."""

import math
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from runlab.log import Log
from runlab.progression.prediction import Prediction
from runlab.race import draws, stories
from runlab.race.draws import SLOWING, Assumptions
from runlab.race.fuelling import fuel_entries, fuelling, weather_beside
from runlab.race.questions import one_change, questions
from runlab.race.result import headline
from runlab.race.stories import Facts, celebrate, other_stories, span
from runlab.race.track import Track
from runlab.races import Race
from runlab.races.race import checkpoint_table

DAY = pd.Timestamp("2026-11-01")


def facts(*, slower=True, race=None, pacing=None, bars=None, **given) -> Facts:
    """Facts of a marathon of 4 h, ten minutes over its goal unless told otherwise."""
    own = {"distance_m": 42_195.0, "official_time_s": 14_400.0, "goal_s": 13_800.0 if slower else 15_000.0}
    table = pd.DataFrame({"value": pacing or {}, "own_median": math.nan}).rename_axis("measure")
    rows = [{"component": k, "seconds": s, "low": low, "high": high} for k, (s, low, high) in (bars or {}).items()]
    return Facts(Race(DAY, **own | (race or {})), pacing=table, waterfall=pd.DataFrame(rows), **given)


def ahead(low=14_000.0, value=14_500.0, high=15_000.0, chance=0.5) -> SimpleNamespace:
    return SimpleNamespace(is_known=True, low=low, value=value, high=high, n=2, chance=lambda goal: chance)


def test_what_slower_than_hoped_for_is():
    assert facts().slower and not facts(slower=False).slower
    assert not facts(race={"goal_s": 14_400.0}).slower, "the goal to the second"
    assert facts(race={"finished": False}).slower
    assert not facts(forecast=ahead(low=14_401.0)).slower, "faster than the forecast's band"
    assert facts(forecast=ahead(low=14_400.0)).slower
    assert facts(race={"goal_s": math.nan}, forecast=ahead(value=14_399.0)).slower
    assert not facts(race={"goal_s": math.nan}, forecast=ahead(value=14_400.0)).slower


def test_an_early_pace_is_told_from_one_and_a_half_per_cent():
    told = lambda bias, **race: stories._early_pace(facts(pacing={"first_quarter_bias": bias}, race=race))  # noqa: E731
    assert told(1.5) is None and told(1.51) is not None
    assert told(4.99, kind="ultra") is None and told(5.0, kind="ultra") is not None
    bars = {SLOWING: (720.0, 0.0, 0.0)}
    weight, row = stories._early_pace(facts(pacing={"first_quarter_bias": 2.0}, bars=bars))
    assert weight == pytest.approx(2.0 * (1 + 720 / 14_400 * 20))
    assert told(2.0)[0] == 2.0
    habit = facts(pacing={"first_quarter_bias": 2.0})
    habit.pacing["own_median"] = 1.5
    usual = stories._early_pace(habit)[1]["speaks_against"]
    habit.pacing["own_median"] = 1.49
    assert stories._early_pace(habit)[1]["speaks_against"] != usual, "half a per cent from the own habit"


def test_heat_is_told_from_one_per_cent_at_the_high_end():
    weather = pd.DataFrame({"when": ["race", "six weeks before"], "temperature_c": [22.0, 20.0]})
    told = lambda high, table=weather: stories._heat(facts(bars={"heat": (100.0, 0.0, high)}, weather=table))  # noqa: E731
    assert told(144.0) is None and told(144.1) is not None
    assert told(144.1)[0] == pytest.approx(100 * 100 / 14_400)
    assert told(500.0, weather.iloc[1:]) is None, "no temperature of the race"
    as_warm = told(500.0)[1]["speaks_against"]
    assert told(500.0, weather.assign(temperature_c=[22.1, 20.0]))[1]["speaks_against"] != as_warm


def test_fuel_is_told_beyond_an_hour_and_a_half():
    def told(seconds=14_400.0, carbs=None, planned=math.nan, half=0.0, lost=0.0):
        table = pd.DataFrame() if carbs is None else pd.DataFrame({"carbs_g": [carbs], "planned_carbs_g": [planned]})
        bars = {SLOWING: (lost, 0.0, 0.0)}
        return stories._fuel(
            facts(race={"official_time_s": seconds}, pacing={"half_split": half}, bars=bars, fuelling=table)
        )

    assert told(5400.0, half=9.0) is None and told(5401.0, half=9.0)[0] == 0.5
    assert told(half=6.0) is None and told(half=6.1)[0] == 0.5
    assert told(lost=288.0) is None and told(lost=288.1)[0] == 0.5
    assert told(carbs=240.0, half=9.0) is None and told(carbs=239.0, half=9.0)[0] == 2.0
    assert told(carbs=100.0, half=3.0) is None and told(carbs=100.0, half=3.1)[0] == 2.0
    assert told(carbs=100.0, lost=144.0) is None and told(carbs=100.0, lost=144.1)[0] == 2.0
    assert told(carbs=91.0, planned=100.0, half=9.0) is None
    assert told(carbs=90.0, planned=100.0, half=9.0)[0] == pytest.approx(2.0 + 4 * 0.1)


def test_hopes_beyond_the_forecast():
    def told(chance: float, result: float = 14_400.0):
        return stories._expected_too_much(
            facts(race={"official_time_s": result}, forecast=ahead(low=14_000.0, high=15_000.0, chance=chance))
        )

    assert told(0.35) is None
    assert told(0.349)[0] == 1.0 and told(0.2)[0] == 1.0 and told(0.199)[0] == 3.0
    assert told(0.5, 15_000.0) is None and told(0.5, 15_001.0)[0] == 3.0
    fast = lambda low: stories._fitter(facts(slower=False, forecast=ahead(low=low)))  # noqa: E731
    assert fast(14_400.0) is None and fast(14_401.0)[0] == 3.0


def breaks(kind="no runs", days=10, days_off=10, weeks=5.0, end=30) -> pd.DataFrame:
    start = DAY - pd.Timedelta(days=end + days - 1)
    row = {"start": start, "end": DAY - pd.Timedelta(days=end), "days": days, "days_off": days_off}
    return pd.DataFrame([row | {"weeks_to_race": weeks, "kind": kind, "note": ""}])


def test_a_broken_build_is_told_from_five_days_off():
    told = lambda table, **given: stories._broken_build(facts(disruptions=table, **given))  # noqa: E731
    assert told(breaks(days_off=4)) is None and told(breaks(days_off=5))[0] == pytest.approx(1 + 10 / 7)
    assert told(breaks(), slower=False) is None, "only what went another way"
    assert told(breaks("ill", weeks=6.0), slower=False)[0] == 50.0, "an illness of the last six weeks in any case"
    assert told(breaks("ill", weeks=6.1), slower=False) is None
    assert told(breaks("ill", end=42))[0] == 50.0 and told(breaks("ill", end=43))[0] == pytest.approx(1 + 10 / 7)
    off = lambda n: told(breaks(days_off=n))[1]["speaks_for"].endswith("[A].")  # noqa: E731
    assert off(6) and not off(7), "the study is of stops of seven days and more"


def fade(down: float, up: float, high: float) -> pd.DataFrame:
    return pd.DataFrame(
        {"ground": ["downhill", "uphill"], "third": 3, "change_pct": [down, up], "low": -30.0, "high": [high, 0.0]}
    )


def test_tired_legs_are_slower_down_than_up():
    told = lambda *values: stories._legs(facts(fade=fade(*values)))  # noqa: E731
    assert told(-12.0, -9.0, -1.0) is None and told(-12.1, -9.0, -1.0)[0] == pytest.approx(12.1 / 3)
    assert told(-20.0, -9.0, 0.0) is None


def test_standing_is_told_beyond_five_per_cent():
    stops = pd.DataFrame({"seconds": [300.0, 420.0], "checkpoint": ["A", "B"], "distance_m": [10_000.0, 20_000.0]})
    told = lambda more: stories._standing(facts(stops=stops.assign(seconds=stops["seconds"] + [0, more])))  # noqa: E731
    assert told(0.0) is None
    weight, row = told(1.0)
    assert weight == pytest.approx(100 * 721 / 14_400 / 3) and "at B" in row["speaks_for"]


def test_how_many_stories_are_told():
    weather = pd.DataFrame({"when": ["race"], "temperature_c": [25.0]})
    many = facts(
        pacing={"first_quarter_bias": 4.0, "half_split": 8.1},
        bars={"heat": (500.0, 0.0, 900.0), "stops": (800.0, 0.0, 0.0), SLOWING: (500.0, 100.0, 900.0)},
        weather=weather,
        disruptions=breaks(),
    )
    assert len(other_stories(many)) == 4, "three and simply the day"
    assert len(other_stories(replace(many, disruptions=breaks("ill")))) == 5, "an illness is told in any case"
    late = other_stories(many)["speaks_against"].iloc[-1]
    calm = other_stories(facts(pacing={"half_split": 8.0}))["speaks_against"].iloc[-1]
    assert late != calm


def test_a_stretch_of_time_has_its_unit():
    assert [span(s) for s in (59.0, 60.0, 3599.0, 3600.0)] == ["59 s", "1:00 min", "60 min", "1 h 00 min"]


def summary(**this) -> pd.DataFrame:
    names = ("distance", "longest", "strength", "long_runs")
    return pd.DataFrame({"this": pd.Series(this, dtype=float), "best": pd.Series(dtype=float)}, index=list(names))


def test_what_is_celebrated():
    def told(weeks=0, days=0, off=0, **this) -> int:
        build = pd.DataFrame({"build": ["this"] * weeks, "run_distance_m": 1000.0, "runs": 3.0})
        table = breaks(days=days, days_off=off) if days else breaks().iloc[:0]
        log = Log() if days or weeks >= 7 else None
        return len(celebrate(facts(build=build, summary=summary(**this), disruptions=table, log=log)))

    assert told() == 1, "there is always something"
    assert told(3, distance=1e5) == told(4) == 1
    assert told(4, distance=1e5, longest=2e4) == 2 and told(3, distance=1e5, longest=2e4) == 1
    assert told(7, distance=1e5, longest=2e4) == 2 and told(8, distance=1e5, longest=2e4) == 3
    assert told(8, 6, distance=1e5, longest=2e4) == 3 and told(8, 7, distance=1e5, longest=2e4) == 2
    assert told(8, 7, 4, distance=1e5, longest=2e4) == 2 and told(8, 7, 5, distance=1e5, longest=2e4) == 3
    assert told(4, distance=1e5, strength=5) == 1 and told(4, distance=1e5, strength=6) == 2


def test_questions_are_at_most_six_and_a_stop_is_asked_after_from_20_s():
    asked = lambda n, **given: questions(  # noqa: E731
        facts(unknown=[("the plan", "", "A?")], **given), pd.DataFrame({"settles_it": [f"{k}?" for k in range(n)]})
    )
    assert len(asked(3)) == 5 and len(asked(9)) == 6
    stop = lambda s: pd.DataFrame({"seconds": [s, 5.0], "distance_m": [1000.0, 2000.0]})  # noqa: E731
    assert len(asked(0, stops=stop(20.0))) == 2 and len(asked(0, stops=stop(20.1))) == 3
    assert len(asked(0, stops=stop(90.0), race={"kind": "ultra"})) == 2


def test_a_change_needs_a_cost_clear_of_zero():
    slowed, none = {SLOWING: (500.0, 1.0, 900.0)}, {SLOWING: (500.0, 0.0, 900.0)}
    nothing = one_change(facts())["change"]
    change = lambda **given: one_change(facts(**given))["change"] != nothing  # noqa: E731
    assert change(pacing={"first_quarter_bias": 2.1}, bars=slowed)
    assert not change(pacing={"first_quarter_bias": 2.0}, bars=slowed)
    assert not change(pacing={"first_quarter_bias": 9.0}, bars=none)
    fuel = lambda g: pd.DataFrame({"carbs_g": [g], "planned_carbs_g": [100.0]})  # noqa: E731
    assert change(fuelling=fuel(79.9), bars=slowed) and not change(fuelling=fuel(80.0), bars=slowed)
    assert not change(fuelling=fuel(10.0), bars=none)
    assert change(bars={"stops": (1500.0, 1009.0, 0.0)}) and not change(bars={"stops": (1500.0, 1008.0, 0.0)})
    weeks = lambda this: pd.DataFrame({"this": {"long_runs": this}, "best": {"long_runs": 5.0}})  # noqa: E731
    assert change(summary=weeks(3.0), bars=slowed) and not change(summary=weeks(4.0), bars=slowed)
    assert change(fade=fade(-9.0, 0.0, -5.1)) and not change(fade=fade(-9.0, 0.0, -5.0))


def test_the_largest_change_comes_first_and_what_to_keep():
    bars = {SLOWING: (500.0, 1.0, 900.0), "stops": (1500.0, 1009.0, 0.0)}
    first = lambda bias: one_change(facts(pacing={"first_quarter_bias": bias}, bars=bars))["change"]  # noqa: E731
    assert first(3.9) != first(4.1)
    keep = lambda **given: one_change(facts(**given))["keep"]  # noqa: E731
    nothing = keep()
    assert keep(bars={SLOWING: (-50.0, -90.0, 0.0)}) == nothing != keep(bars={SLOWING: (-50.0, -90.0, -1.0)})
    even = facts(pacing={"half_split": 2.0})
    for usual, told in ((2.0, False), (2.1, True)):  # better than nine of ten before
        even.pacing["own_low"], even.pacing["own_high"] = usual, 5.0
        assert (one_change(even)["keep"] != nothing) is told
    ground = fade(5.0, 5.0, 9.0)
    assert keep(fade=ground.assign(low=0.0)) == nothing != keep(fade=ground.assign(low=0.1))
    assert keep(fade=ground.assign(low=0.1, third=2)) == nothing


# --- the result -------------------------------------------------------------------------------------------------------


def test_where_a_race_ended():
    t = np.arange(0.0, 10_001.0)
    track = Track(t, t * 3.0)
    none = Prediction(float("nan"), basis="")

    def ended(at: float, stop_s: float = 0.0, stop_m: float = 0.0) -> str:
        points = checkpoint_table(pd.DataFrame({"name": ["Aid"], "distance_m": [at]}))
        race = Race(DAY, distance_m=42_195.0, finished=False, checkpoints=points)
        stops = pd.DataFrame({"seconds": [stop_s], "distance_m": [stop_m]}) if stop_s else pd.DataFrame()
        return headline(race, track, none, stops).partition("ended ")[2]

    assert ended(29_001.0) == "at Aid" and ended(29_000.0) == "after Aid at 30.0 km"
    assert ended(30_500.0) == "at Aid" and ended(30_501.0) == "at 30.0 km"
    assert ended(20_000.0, 300.0, 27_001.0).startswith("soon after a stop of 5 min")
    assert ended(20_000.0, 299.0, 27_001.0) == ended(20_000.0, 300.0, 27_000.0) == "after Aid at 30.0 km"


# --- fuel and weather -------------------------------------------------------------------------------------------------


def test_one_entry_of_the_first_ten_minutes_speaks_for_the_race():
    t = np.arange(0.0, 9001.0)
    race, track = Race(DAY, distance_m=30_000.0), Track(t, t * 3.0)

    def hours(at: float) -> list[float]:
        entries = fuel_entries(None, race, track, fuel=pd.DataFrame({"elapsed_s": [at], "carbs_g": [100.0]}))
        return fuelling(race, track, entries)["carbs_g"].tolist()

    assert hours(599.0) == pytest.approx([40.0, 40.0, 20.0])
    assert hours(600.0) == [100.0, 0.0, 0.0]
    assert hours(3599.0) == [100.0, 0.0, 0.0] and hours(3600.0) == [0.0, 100.0, 0.0]
    assert hours(20_000.0) == [0.0, 0.0, 100.0]


def test_weather_of_the_six_weeks_before():
    def before(days) -> pd.DataFrame:
        runs = pd.DataFrame({"date": [DAY - pd.Timedelta(days=d) for d in days], "sport": "running"})
        runs = runs.assign(
            activity_id=[f"r{d}" for d in days], athlete="kim", average_temperature_c=[*map(float, days)]
        )
        return weather_beside(Log(runs), Race(DAY), Track())

    assert before([0, 43]).empty and before([1, 42]).empty
    found = before([1, 2, 42, 43, 0])
    assert found[["when", "temperature_c", "n"]].to_numpy().tolist() == [["six weeks before", 15.0, 3]]


# --- what heat and hills cost -----------------------------------------------------------------------------------------


def still(**given) -> Assumptions:
    """Assumptions without doubt."""
    none = {"weather_doubt_c": 0.0, "comfortable_c": (12.0, 0.0), "watch_warmth_c": (2.5, 0.0), "heat_doubt": 0.0}
    return Assumptions(**none | given)


def heat(hours: float, temperature=20.0, watch=math.nan, usual=math.nan, humidity=math.nan, **given) -> float:
    track = Track(np.array([0.0, hours * 3600]), np.array([0.0, 1.0]), moving=np.array([True]))
    pieces = {"moving": np.ones(4), "temperature": np.full(4, watch), "clock": np.arange(4.0)}
    rng = np.random.default_rng(1)
    share, _ = draws._heat_draws(track, pieces, still(**given), rng, 3, temperature, humidity, usual)
    assert share.shape == (3, 4) and np.ptp(share) == pytest.approx(0.0, abs=1e-12)
    return float(share[0, 0])


@pytest.mark.parametrize(
    ("found", "degrees"),
    [
        (heat(2.5), 8.0),
        (heat(2.5, 12.0), 0.0),
        (heat(2.5, 9.0), 0.0),
        (heat(2.5 * 0.81), 8.0 * 0.9),
        (heat(0.05), 8.0 * 0.3),
        (heat(3.6), 8.0 * 1.2),
        (heat(5.0), 8.0 * 1.2),
        (heat(20.0), 8.0 * 1.2 / 4**0.2),
        (heat(2.5, None, watch=22.5), 8.0),
        (heat(2.5, None), 0.0),
        (heat(2.5, usual=24.5), 8.0 - 0.3 * 10),
        (heat(2.5, usual=14.5), 8.0),
        (heat(2.5, usual=1.0), 8.0),
        (heat(2.5, 30.0, usual=50.0), 18.0 - 6.0),
        (heat(2.5, humidity=70.0), 8.0 + 0.15 * 4.0),
        (heat(2.5, humidity=50.0), 8.0),
        (heat(2.5, humidity=120.0), 8.0 + 0.15 * 10.0),
    ],
)
def test_what_a_degree_costs(found, degrees):
    assert found == pytest.approx(0.0030 * degrees)
