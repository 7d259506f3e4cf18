"""Do the bars hold what was injected? A few simulated races of each kind; benchmarks/honesty_race.py runs hundreds."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from runlab.race import Assumptions, Race, where_the_time_went
from runlab.race.draws import SLOWING, draw_shares, own_hills, pieces_of
from runlab.race.questions import one_change
from runlab.race.stories import Facts
from runlab.race.track import Track, race_track
from runlab.terrain import grade_adjusted_speed

SOURCE = Path(__file__).resolve().parents[1] / "benchmarks" / "honesty_race.py"
SPEC = importlib.util.spec_from_file_location("honesty_race", SOURCE)
honesty = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(honesty)


def flat_track(seconds: float = 4000.0, speed: float = 2.5, **channels) -> Track:
    t = np.arange(0.0, seconds + 1)
    n = len(t)
    given = {name: np.full(n, value) for name, value in channels.items()}
    return Track(
        t,
        t * speed,
        np.full(n, speed),
        np.zeros(n),
        np.ones(n),
        np.zeros(n, int),
        np.ones(n - 1, bool),
        given,
        source="samples",
        usual_step_s=1.0,
    )


@pytest.mark.parametrize("course", list(honesty.COURSES))
def test_injected_costs_lie_inside_their_intervals(course):
    rows = pd.DataFrame([row for seed in range(3000, 3012) for row in honesty.judged(course, seed)])
    held = rows.groupby("component")["held"].sum()
    # 12 races at a true 80 %: 7 or more in 98 of 100 runs
    assert (held >= 7).all(), held.to_dict()
    rest = rows.loc[rows["component"] == "not explained", "off"]
    assert abs(rest.mean()) < 3 * rest.std() / np.sqrt(len(rest)) + 0.3


def test_a_cool_flat_even_race_leaves_everything_in_the_rest():
    race = Race(pd.Timestamp("2026-11-01"), distance_m=10_000.0, official_time_s=4000.0)
    bars = where_the_time_went(flat_track(), race, reference_s=3900.0, temperature_c=2.0).table.set_index("component")
    assert bars.loc["stops", "seconds"] == 0 and bars.loc["heat", "seconds"] == 0
    assert abs(bars.loc["course", "seconds"]) <= 2 and abs(bars.loc[SLOWING, "seconds"]) <= 25
    assert bars.loc["not explained", "seconds"] > 70


def test_what_cannot_be_told_stays_in_the_rest():
    race = Race(pd.Timestamp("2026-11-01"), distance_m=10_000.0, official_time_s=4000.0)
    track = flat_track()
    blind = Track(**{**track.__dict__, "factor": np.full(len(track.factor), np.nan)})
    bars = where_the_time_went(blind, race, reference_s=3900.0).table.set_index("component")
    assert np.isnan(bars.loc["course", "seconds"]) and np.isnan(bars.loc["heat", "seconds"])
    assert bars["seconds"].iloc[1:-1].sum() == 100.0


@pytest.mark.parametrize(("kind", "moved"), [("trail", False), ("ultra", False), ("road", True)])
def test_unknown_hills_of_a_trail_do_not_pass_for_slowing(kind, moved):
    race = Race(pd.Timestamp("2026-11-01"), distance_m=10_000.0, official_time_s=4000.0, kind=kind)
    blind = Track(**{**flat_track().__dict__, "factor": np.full(4001, np.nan)})

    def weight(level_s):
        rng, pieces = np.random.default_rng(0), pieces_of(blind)
        return draw_shares(blind, race, pieces, Assumptions(), rng, 200, level_s, 0.03, 5.0, None)[0].weight

    assert (weight(3900.0) != weight(3000.0)).any() == moved


@pytest.mark.parametrize(("seconds", "sd"), [(28_799.0, 0.03), (28_800.0, 0.046)])
def test_footing_is_less_sure_where_a_race_goes_into_the_dark(seconds, sd):
    race = Race(pd.Timestamp("2026-11-01"), distance_m=2.5 * seconds, official_time_s=seconds, kind="trail")
    track, rng = flat_track(seconds), np.random.default_rng(0)
    own = Assumptions(longer=(0.0, 0.0, 0.0))
    course = draw_shares(track, race, pieces_of(track), own, rng, 20_000, np.nan, 0.05, 5.0, None)[0].course
    slower = 1 - 1 / course[:, 0]
    assert [slower.mean(), slower.std()] == pytest.approx([0.06, sd], rel=0.03)


def test_official_ascent_stands_in_for_the_altimeter():
    race = Race(pd.Timestamp("2026-11-01"), distance_m=10_000.0, official_time_s=4000.0, ascent_m=200.0)
    blind = Track(**{**flat_track().__dict__, "factor": np.full(4001, np.nan)})
    bars = where_the_time_went(blind, race, reference_s=3900.0, temperature_c=5.0).table.set_index("component")
    assert 50 < bars.loc["course", "seconds"] < 400 and "official ascent" in bars.loc["course", "basis"]


def test_hills_in_the_goal_are_not_counted_twice():
    log, race, _, reference, _ = honesty.simulated_race("hilly half", 3)
    track = race_track(log, race)
    bars = where_the_time_went(track, race, reference_s=reference, reference="goal", ground_in_reference=True).table
    course = bars.set_index("component").loc["course"]
    assert course["seconds"] == 0 and "in the goal already" in course["basis"]


def test_assumptions_can_be_changed():
    race = Race(pd.Timestamp("2026-11-01"), distance_m=10_000.0, official_time_s=4000.0)
    cold, hot = (
        where_the_time_went(
            flat_track(), race, reference_s=3900.0, temperature_c=25.0, assumptions=Assumptions(heat_per_degree=size)
        ).table.set_index("component")
        for size in (0.001, 0.004)
    )
    assert cold.loc["heat", "seconds"] * 3 < hot.loc["heat", "seconds"]


def test_more_warmth_costs_more_and_more_stops_are_measured_as_more():
    race = Race(pd.Timestamp("2026-11-01"), distance_m=10_000.0, official_time_s=4000.0)
    seconds = [
        where_the_time_went(flat_track(), race, reference_s=3900.0, temperature_c=c)
        .table.set_index("component")
        .loc["heat", "seconds"]
        for c in (10.0, 18.0, 26.0)
    ]
    assert seconds[0] < seconds[1] < seconds[2]
    course = (np.array([0.0, 1e6]), np.array([10.0, 10.0]))
    by_clock = where_the_time_went(flat_track(), race, reference_s=3900.0, temperature_c=course).table
    assert by_clock.set_index("component").loc["heat", "seconds"] == seconds[0]


def test_a_change_is_named_only_where_its_cost_is_clear_of_zero():
    pacing = pd.DataFrame({"value": [6.0, 9.0]}, index=["first_quarter_bias", "half_split"])
    race = Race(pd.Timestamp("2026-11-01"), distance_m=10_000.0, official_time_s=4000.0)
    for low, change in ((0.0, ""), (1.0, "Open the first quarter at the even effort")):
        bars = pd.DataFrame({"component": [SLOWING], "seconds": [200.0], "low": [low], "high": [400.0]})
        assert (
            one_change(Facts(race, pacing=pacing, waterfall=bars))["change"][
                : len("Open the first quarter at the even effort")
            ]
            == change
        )


@pytest.mark.parametrize(
    ("low", "high", "late", "keep"),
    [
        (-100.0, -1.0, 1.0, "The way it was paced: 1 s to 1:40 min gained"),
        (-100.0, 0.0, 2.0, ""),
        (-100.0, 0.0, 1.99, "The way it was paced: the second half took +2.0 %"),
        (-100.0, 0.0, np.nan, ""),
    ],
)
def test_what_to_keep_is_named_only_where_its_gain_is_clear(low, high, late, keep):
    pacing = pd.DataFrame({"value": [late, 1.0], "own_low": [2.0, 0.5], "own_high": [6.0, 3.0]})
    pacing.index = pd.Index(["half_split", "variability"])
    race = Race(pd.Timestamp("2026-11-01"), distance_m=10_000.0, official_time_s=4000.0)
    bars = pd.DataFrame({"component": [SLOWING], "seconds": [-50.0], "low": [low], "high": [high]})
    assert one_change(Facts(race, pacing=pacing, waterfall=bars))["keep"][: len(keep) or None] == keep


def test_ground_kept_late_is_a_thing_to_keep_where_its_interval_is_clear_of_zero():
    race = Race(pd.Timestamp("2026-11-01"), distance_m=50_000.0, official_time_s=24_000.0)
    for low, keep in ((0.1, "The strength downhill: 6 % faster"), (0.0, "")):
        fade = pd.DataFrame({"ground": ["uphill", "downhill"], "third": 3, "change_pct": [2.0, 6.0]})
        fade = fade.assign(low=[-3.0, low], high=[5.0, 9.0])
        assert one_change(Facts(race, fade=fade))["keep"][: len(keep) or None] == keep


def test_humid_air_costs_more_and_warm_weeks_before_cost_less():
    race = Race(pd.Timestamp("2026-11-01"), distance_m=10_000.0, official_time_s=4000.0)
    plain, humid, used, cool = (
        where_the_time_went(flat_track(), race, reference_s=3900.0, temperature_c=24.0, **given)
        .table.set_index("component")
        .loc["heat", "seconds"]
        for given in ({}, {"humidity_pct": 95.0}, {"usual_c": 28.0}, {"usual_c": 5.0})
    )
    assert used < plain < humid and cool == plain


def test_a_stated_temperature_narrows_the_heat_bar():
    race = Race(pd.Timestamp("2026-11-01"), distance_m=10_000.0, official_time_s=4000.0)
    watch, stated = (
        where_the_time_went(flat_track(temperature_c=24.5), race, reference_s=3900.0, temperature_c=given)
        .table.set_index("component")
        .loc["heat"]
        for given in (None, 22.0)
    )
    assert stated["high"] - stated["low"] < watch["high"] - watch["low"]


def test_orders_are_computed_again_and_the_split_shows_both_definitions():
    log, race, _, reference, _ = honesty.simulated_race("hilly half", 5)
    found = where_the_time_went(
        race_track(log, race), race, reference_s=reference, level_s=reference, temperature_c=28.0
    )
    wide = found.orders.pivot_table(index="order", columns="component", values="seconds")
    total = found.table["seconds"].iloc[-1] - found.table["seconds"].iloc[0]
    assert (wide.sum(axis=1) == total).all() and wide["heat"].nunique() > 2 and wide["course"].nunique() > 2
    bar = found.table.set_index("component").loc[SLOWING, "seconds"]
    split = wide[["early pace", "late slowing"]].dropna()
    assert len(split) == 2 and (split.sum(axis=1) == bar).all() and split["early pace"].nunique() == 2


def hilly_track(up: float, down: float, seed: int = 1) -> tuple[Track, float]:
    """Twenty km of hills run evenly by somebody for whom the curves hold so far; and what the hills cost (share)."""
    rng = np.random.default_rng(seed)
    metres = np.arange(0.0, 20_001.0, 5.0)
    slope = 0.05 * np.sin(metres / 180) + 0.03 * np.sin(metres / 75)
    curves = [np.asarray(grade_adjusted_speed(np.ones_like(slope), slope, method=m)) for m in ("strava", "minetti")]
    extra = sum(curves) / 2 - 1
    factor = 1 + up * np.maximum(extra, 0) - down * np.maximum(-extra, 0)
    t = np.concatenate(([0.0], np.cumsum(5.0 / 3.5 * factor[:-1] * np.exp(rng.normal(0, 0.01, len(slope) - 1)))))
    n = len(t)
    moving = np.ones(n - 1, bool)
    curve = np.asarray(curves[0])
    track = Track(t, metres, np.gradient(metres, t), slope, curve, np.zeros(n, int), moving, source="samples")
    return track, factor[:-1].mean() - 1


@pytest.mark.parametrize(("up", "down"), [(0.8, 0.2), (1.0, 0.6), (1.3, 0.9)])
def test_the_hill_law_is_read_from_the_runners_own_speeds(up, down):
    track, cost = hilly_track(up, down)
    mean, covariance = own_hills(track, Assumptions())
    assert mean == pytest.approx([up, down], abs=0.1)
    assert np.sqrt(np.diag(covariance)).max() < 0.1  # 0.3 and 0.4 before the hills of the race were read
    race = Race(pd.Timestamp("2026-11-01"), distance_m=20_000.0, official_time_s=float(round(track.seconds)))
    bar = where_the_time_went(track, race, reference_s=5600.0).table.set_index("component").loc["course"]
    assert (
        bar["low"] < cost / (1 + cost) * track.seconds < bar["high"] and bar["high"] - bar["low"] < 0.03 * track.seconds
    )


def test_flat_ground_and_no_altitude_leave_the_usual_hill_law():
    a = Assumptions()
    blind = Track(**{**flat_track().__dict__, "factor": np.full(4001, np.nan)})
    for track in (flat_track(), blind, Track()):
        mean, covariance = own_hills(track, a)
        assert mean.tolist() == [a.uphill[0], a.downhill[0]]
        assert np.diag(covariance) == pytest.approx([a.uphill[1] ** 2, a.downhill[1] ** 2])


def paced_track(*speeds: float) -> Track:
    """Equal parts of the way, each at its speed."""
    way = np.concatenate(([0.0], np.cumsum([6000.0] * len(speeds))))
    clock = np.concatenate(([0.0], np.cumsum([6000.0 / v for v in speeds])))
    t = np.arange(0.0, clock[-1] + 1)
    n, d = len(t), np.interp(t, clock, way)
    return Track(t, d, np.gradient(d), t * 0, t * 0 + 1, np.zeros(n, int), np.ones(n - 1, bool), source="samples")


def test_who_lets_an_opening_go_gained_by_it_and_who_fades_lost():
    def bar(*speeds: float) -> pd.Series:
        track = paced_track(*speeds)
        race = Race(pd.Timestamp("2026-11-01"), distance_m=36_000.0, official_time_s=float(round(track.seconds)))
        found = where_the_time_went(track, race, reference_s=track.seconds, temperature_c=2.0).table
        return found.set_index("component").loc[SLOWING, ["seconds", "low", "high"]].astype(float) / track.seconds

    held = bar(*[3.6] * 2, *[3.4] * 4)  # 6 % above for a third of the way, then even
    even = bar(*[3.5] * 6)
    faded = bar(3.6, 3.6, 3.6, 3.5, 3.1, 2.8)
    assert held["seconds"] < even["seconds"] < 0.01 and faded["low"] > 0 and faded["seconds"] > 0.02
    assert even["low"] < 0 < even["high"]


def test_a_longer_day_on_a_hilly_course_is_run_at_a_lower_effort():
    track, _ = hilly_track(1.0, 0.3)
    race = Race(pd.Timestamp("2026-11-01"), distance_m=20_000.0, official_time_s=float(round(track.seconds)))
    cost = [
        where_the_time_went(track, race, reference_s=5600.0, assumptions=Assumptions(longer=(power, power, 0.0)))
        .table.set_index("component")
        .loc["course", "seconds"]
        for power in (0.0, 0.08)
    ]
    left = track.seconds - cost[0]
    assert cost[1] == pytest.approx(track.seconds - left * (left / track.seconds) ** 0.08, abs=4)


def test_no_reference_no_bars():
    race = Race(pd.Timestamp("2026-11-01"), distance_m=10_000.0, official_time_s=4000.0)
    assert where_the_time_went(Track(), race, reference_s=3900.0).table.empty
    assert where_the_time_went(flat_track(), race, reference_s=float("nan")).table.empty
