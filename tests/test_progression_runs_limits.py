"""One run at a time: blocks, efficiency, drift, bouts, stride and recovery, where each begins and ends."""

import math

import numpy as np
import pandas as pd
import pytest

from runlab import progression as p
from runlab.log import Log
from runlab.numerics import student_quantile
from runlab.progression.blocks import run_blocks, usable_speed
from runlab.progression.bouts import _crossing, _lap_spans, _split, _without_short, intervals
from runlab.progression.curve import _tail
from runlab.progression.inference import doubt_of_series
from runlab.progression.recovery import _courses, _days_back, _hard_days, _mark, _tiredness
from runlab.progression.stride import _curve, _level_blocks, leg_stiffness

START = pd.Timestamp("2026-05-01 08:00", tz="UTC")
DAY = pd.Timestamp("2026-05-01")


def run(seconds: int, speed=3.0, heart=140.0, **columns) -> pd.DataFrame:
    """One sample a second; heart rate that beats around its value, so that it is not stuck."""
    n = int(seconds)
    beat = np.broadcast_to(np.asarray(heart, float), n) + np.tile([-1.0, 1.0], n // 2 + 1)[:n]
    frame = pd.DataFrame({"time": START + pd.to_timedelta(np.arange(n), unit="s"), "speed_mps": speed})
    return frame.assign(heart_rate_bpm=beat, **columns)


# --- blocks -----------------------------------------------------------------------------------------------------------


def test_moving_is_faster_than_half_a_metre_a_second():
    moved = lambda v: run_blocks(run(600, np.where(np.arange(600) < 300, 3.0, v)))["seconds"].sum()  # noqa: E731
    assert moved(0.5) == 300.0 and moved(0.51) == pytest.approx(599.0, abs=1)


def test_a_last_block_is_half_full():
    assert [len(run_blocks(run(60 + s))) for s in (30, 31)] == [1, 2]
    assert run_blocks(run(121))["moving_s"].tolist() == [30.0, 90.0]


def test_a_channel_is_known_for_half_a_block():
    def known(seconds: int) -> list[bool]:
        warm = np.where(np.arange(121) < seconds, 12.0, np.nan)
        return run_blocks(run(121, temperature_c=warm))["temperature_c"].notna().tolist()

    assert known(29) == [False, False] and known(30) == [True, False]


def test_speed_is_graded_where_most_of_the_ground_is_known():
    blocks = pd.DataFrame({"speed_mps": 3.0, "graded_speed_mps": [3.1] * 8 + [np.nan] * 2})
    assert usable_speed(blocks)[0][0] == 3.1
    blocks.loc[7, "graded_speed_mps"] = np.nan
    assert usable_speed(blocks)[0][0] == 3.0


# --- efficiency, decoupling, drift ------------------------------------------------------------------------------------


def test_efficiency_needs_twenty_minutes_and_leaves_five_out():
    known = lambda s: p.efficiency_factor(run(s)).is_known  # noqa: E731
    assert known(1201) and not known(1171)
    warm = np.where(np.arange(2401) < 300, 100.0, 150.0)
    found = p.efficiency_factor(run(2401, heart=warm))
    assert found.value == pytest.approx(60 * 3 / 150, rel=1e-3) and found.n == 35
    silent = lambda share: np.where(np.arange(2401) % 10 < 10 * share, 140.0, np.nan)  # noqa: E731
    assert p.efficiency_factor(run(2401, heart=silent(0.8))).is_known
    assert not p.efficiency_factor(run(2401, heart=silent(0.7))).is_known


def test_decoupling_is_read_in_steady_runs_of_forty_minutes_after_twelve():
    known = lambda s, **c: p.decoupling(run(s, **c)).is_known  # noqa: E731
    assert known(3121) and not known(3091)
    assert known(21_540) and not known(21_720), "six hours"
    wave = lambda a, n=4321: 3.0 + a * np.tile(np.repeat([1.0, -1.0], 60), n // 120 + 1)[:n]  # noqa: E731
    assert known(4321, speed=wave(0.29)) and not known(4321, speed=wave(0.31))


def test_decoupling_by_hand():
    n = 720 + 3600 + 1
    heart = np.where(np.arange(n) < 720 + 1800, 140.0, 147.0)
    found = p.decoupling(run(n, heart=heart))
    assert found.value == pytest.approx(100 * (1 - 140 / 147), rel=1e-3) and found.n == 60
    assert found.level == 0.95 and found.high - found.low < 1e-6, "a step between two even halves is no noise"
    heart = heart + np.repeat(np.random.default_rng(2).normal(0, 2, n // 60 + 1), 60)[:n]
    wide, narrow = (p.decoupling(run(n, heart=heart), level=level) for level in (0.95, 0.8))
    # Student's t with 60 minutes less two levels and a slope
    assert (wide.high - wide.low) / (narrow.high - narrow.low) == pytest.approx(2.0025 / 1.2966, rel=1e-3)


def test_a_run_in_which_heart_rate_only_wanders_is_not_decoupled():
    """80 % intervals that lay away from zero in 8 to 10 of 100 such runs are now of 95 %."""
    said, seen, held = [], [], []
    n = 12 + 60
    for seed in range(120):
        rng = np.random.default_rng(seed)
        wander = np.zeros(n)
        for i in range(1, n):
            wander[i] = 0.8 * wander[i - 1] + rng.normal(0, 0.9)
        for drift, out in ((0.0, said), (8.0, seen)):
            heart = np.repeat(145 + wander + drift * np.arange(n) / n, 60)
            found = p.decoupling(run(len(heart), heart=heart))
            out.append(found.low > 0 or found.high < 0)
        band = p.decoupling(run(60 * n, heart=np.repeat(145 + wander, 60)), level=0.8)
        held.append(band.low <= 0 <= band.high)
    assert np.mean(said) <= 0.05 and np.mean(seen) >= 0.5, (np.mean(said), np.mean(seen))
    assert 0.72 <= np.mean(held) <= 0.9, np.mean(held)


def test_drift_needs_45_minutes_and_an_even_run():
    rising = lambda n: 140 * np.exp(0.03 * np.arange(n) / 3600)  # noqa: E731
    known = lambda n, **c: p.run_drift(run(n, heart=rising(n), **c)).is_known  # noqa: E731
    assert known(2701) and not known(2551)
    found = p.run_drift(run(5401, heart=rising(5401)))
    assert found.value == pytest.approx(3.0, abs=0.1) and found.n == 15
    wave = lambda a: 3.0 * (1 + a * np.tile(np.repeat([1.0, -1.0], 300), 10)[:5401])  # noqa: E731
    assert known(5401, speed=wave(0.19)) and not known(5401, speed=wave(0.21))


# --- bouts ------------------------------------------------------------------------------------------------------------


def test_short_rests_and_short_work_are_joined_to_their_neighbours():
    def runs(*lengths):  # slow, fast, slow, ...
        return np.repeat([bool(k % 2) for k in range(len(lengths))], lengths)

    kept = lambda *n: _without_short(runs(*n), 20.0, 15.0).sum()  # noqa: E731
    assert kept(50, 30, 14, 30, 50) == 74 and kept(50, 30, 15, 30, 50) == 60
    assert kept(50, 19, 50) == 0 and kept(50, 20, 50) == 20
    assert kept(5, 40, 50) == 40, "a short beginning stays"


def test_two_heaps_are_parted_between_them():
    cut, low, high, explained = _split(np.array([1.0, 1.0, 1.2, 3.0, 3.0, 2.8]))
    assert 1.2 < cut <= 2.8 and (low, high) == pytest.approx((1.066, 2.934), abs=0.02) and explained > 0.97
    assert _split(np.ones(5))[3] == 0.0


def test_edges_lie_half_way_within_20_s():
    speed = np.where(np.arange(200) >= 100, 5.0, 2.0)
    assert _crossing(speed, 95, 5.0, np.array([2.0]), -1) == 100
    assert _crossing(speed, 118, 5.0, np.array([2.0]), -1) == 100
    assert _crossing(speed, 125, 5.0, np.array([2.0]), -1) == 125, "nothing within 20 s"
    assert _crossing(speed[::-1], 95, 5.0, np.array([2.0]), 1) == 100
    ramp = np.interp(np.arange(200), [80, 120], [2.0, 5.0])
    assert _crossing(ramp, 100, 5.0, np.array([2.0]), -1) == 101, "half way is 3.5"


def lap_kinds(speeds, trigger="manual", **columns) -> list[str]:
    n = len(speeds)
    laps = pd.DataFrame({"lap": range(1, n + 1), "elapsed_time_s": 300.0, "average_speed_mps": speeds})
    laps["start_time"] = START + pd.to_timedelta(300.0 * np.arange(n), unit="s")
    laps = laps.assign(trigger=trigger, **columns)
    return [kind for _, _, kind, _ in _lap_spans(run(300 * n + 1), laps)]


def test_laps_pressed_by_hand_are_bouts_where_they_are_of_two_speeds():
    assert lap_kinds([3.0, 4.0, 3.0, 4.0, 3.0]) == ["warmup", "work", "rest", "work", "cooldown"]
    assert lap_kinds([3.0, 4.0, 3.0]) == [], "four laps are needed"
    assert lap_kinds([3.0, 3.35, 3.0, 3.35]) == [] and lap_kinds([3.0, 3.37, 3.0, 3.37]) != []
    assert lap_kinds([3.0, 4.0] * 3, trigger=["manual"] * 4 + ["distance"] * 2) != []
    assert lap_kinds([3.0, 4.0] * 3, trigger=["manual"] * 3 + ["distance"] * 3) == []
    assert lap_kinds([3.0, 4.0, np.nan, 4.0]) == []


def test_laps_that_say_what_they_are_win():
    said = ["warmup", "active", "rest", "interval", "cooldown"]
    assert lap_kinds([3.0] * 5, "distance", intensity=said) == ["warmup", "work", "rest", "work", "cooldown"]
    assert lap_kinds([3.0] * 2, "distance", intensity=["warmup", "active"]) == ["warmup", "work"]
    assert lap_kinds([3.0] * 2, "distance", intensity=["active", "active"]) == []


def test_work_must_be_an_eighth_faster_than_the_rest():
    def bouts(fast):
        speed = np.where(np.arange(2400) % 480 >= 300, fast, 3.0)
        return int((intervals(run(2400, speed))["kind"] == "work").sum())

    assert bouts(3.42) == 5 and bouts(3.32) == 0


def test_a_grid_needs_two_minutes():
    assert intervals(run(120)).empty
    fast = lambda n: np.where(np.arange(n) % 240 >= 120, 5.0, 2.5)  # noqa: E731
    assert len(intervals(run(1500, fast(1500)))) > 0


# --- stride -----------------------------------------------------------------------------------------------------------


def test_leg_stiffness_by_hand():
    speed, contact, step, mass, height = 4.0, 0.25, 60 / 170, 70.0, 1.8
    flight = step - contact
    force = mass * 9.81 * math.pi / 2 * (flight / contact + 1)
    fall = abs(force * contact**2 / (mass * math.pi**2) - 9.81 * contact**2 / 8)
    leg = 0.53 * height
    squeeze = leg - math.sqrt(leg**2 - (speed * contact / 2) ** 2) + fall
    found = leg_stiffness(speed, 250.0, 170.0, mass_kg=mass, height_m=height)
    assert float(found) == pytest.approx(force / squeeze / 1000, rel=0.02)


def test_strides_are_read_on_level_ground_at_a_run():
    def blocks(slope=0.0, speed=3.0, cadence=170.0):
        way = speed * np.arange(601)
        records = run(601, speed, altitude_m=100 + slope * way, distance_m=way, cadence_spm=cadence)
        own = pd.DataFrame({"activity_id": ["a"], "date": [DAY]})
        return len(
            _level_blocks(Log(pd.DataFrame({"activity_id": ["a"], "samples": [601]}), records={"a": records}), own)
        )

    assert blocks(0.029) == 10 and blocks(0.031) == 0 and blocks(-0.031) == 0
    assert blocks(speed=1.79) == 0 and blocks(speed=1.81) == 10
    assert blocks(cadence=130.0) == 0 and blocks(cadence=131.0) == 10 and blocks(cadence=np.nan) == 10


def test_a_speed_is_answered_where_three_runs_reached_it():
    def answered(*runs):
        rows = [
            {"activity_id": f"r{k}", "speed_mps": v, "cadence_spm": 100 + 20 * v} for k, r in enumerate(runs) for v in r
        ]
        return _curve(pd.DataFrame(rows), "cadence_spm", "", np.arange(2.0, 6.01, 0.25), 0.8, 0, "")

    assert len(answered([3.0], [3.0])) == 1 and math.isnan(answered([3.0], [3.0])[0]["value"])
    found = answered([3.0, 3.12], [3.0, 3.13], [3.0, 3.13], [3.13])
    assert [(row["speed_mps"], row["n"]) for row in found] == [(3.0, 3), (3.25, 3)]
    assert [row["value"] for row in found] == pytest.approx([160.0, 165.0])
    none = answered([3.0], [3.5], [4.0])
    assert len(none) == 1 and math.isnan(none[0]["speed_mps"]) and none[0]["n"] == 3


def balance(before, now, minutes=12, **given):
    """Symmetry of runs with these left shares, a day apart; the last ones of the last four weeks."""
    n = len(before) + len(now)
    ago = [28 + len(before) - k for k in range(len(before))] + list(range(len(now) - 1, -1, -1))
    runs = pd.DataFrame({"activity_id": [f"r{k}" for k in range(n)], "athlete": "kim", "sport": "running"})
    runs["date"] = [DAY - pd.Timedelta(days=d) for d in ago]
    held = {
        f"r{k}": run(60 * minutes + 1, stance_time_balance_pct=value, distance_m=3.0 * np.arange(60 * minutes + 1))
        for k, value in enumerate([*before, *now])
    }
    return p.symmetry(Log(runs.assign(samples=60 * minutes), records=held), **given)


def test_balance_against_the_own_usual():
    assert math.isnan(balance([50.0] * 4, [50.0] * 2).value) and math.isnan(balance([50.0] * 5, [50.0]).value)
    assert math.isnan(balance([50.0] * 5, [50.0] * 2, minutes=9).value), "ten minutes of a run"
    found = balance([49.0, 50.0, 50.0, 50.0, 51.0], [53.0, 53.0])
    late = np.arange(7) > 4
    follows, freedom = doubt_of_series(
        np.array([49.0, 50, 50, 50, 51, 53, 53]),
        np.arange(7),
        late / 2 - ~late / 5,
        np.column_stack([late, ~late]) * 1.0,
    )
    half = student_quantile(0.9, freedom) * math.hypot(follows, 0.1 * math.sqrt(1 / 2 + 1 / 5))
    assert (found.value, found.high - found.value) == (pytest.approx(3.0), pytest.approx(half)) and freedom == 5
    assert found.verdict == "moved from own usual"
    same = [50.0] * 5
    verdict = lambda now: balance(same, [now, now]).verdict  # noqa: E731
    # a sensor that never moved is believed to a tenth of a point: 2.5706 x 0.1 x sqrt(1/2 + 1/5)
    assert verdict(50.214) == "within what the sensor itself varies" and verdict(50.216) == "small shift"
    assert verdict(51.99) == "small shift" and verdict(52.01) == "moved from own usual"
    uneven = [49.0, 49.5, 50.0, 50.5, 51.0]
    assert balance(uneven, [50.0, 50.0]).table["high"].iloc[0] == pytest.approx(50 + 1.2815515655 * 1.4826 * 0.5)


def test_the_stride_of_a_tired_runner():
    def change(n=3601, **columns):
        return p.fatigue_drift(run(n, **columns)).set_index("channel")

    tired = 170.0 * (1 - 0.06 * np.arange(3601) / 3600)
    found = change(cadence_spm=tired).loc["cadence_spm"]
    assert found["value"] == pytest.approx(100 * (2 / 3) * -0.06 * (3600 - 300) / 3600 / (1 - 0.03 * 13 / 12), rel=0.03)
    assert math.isnan(change(2641, cadence_spm=170.0 + np.arange(2641) / 1e3).loc["cadence_spm", "value"])
    assert math.isfinite(change(2701, cadence_spm=170.0 + np.arange(2701) / 1e3).loc["cadence_spm", "value"])
    part = lambda share: np.where(np.arange(3601) < 3600 * share, tired, np.nan)  # noqa: E731
    assert math.isnan(change(cadence_spm=part(0.60)).loc["cadence_spm", "value"])
    assert math.isfinite(change(cadence_spm=part(0.65)).loc["cadence_spm", "value"])


# --- after work -------------------------------------------------------------------------------------------------------


def test_what_comes_after_seconds_and_work():
    records = run(3601, distance_m=3.0 * np.arange(3601))
    assert len(_tail(records, 1800.0, 0.0)) == 1801
    late = _tail(records, 0.0, 10.0)
    # Minetti: 3.6 J/kg/m on the level, so 10 kJ/kg are 2,778 m
    assert late["distance_m"].iloc[0] == pytest.approx(10_000 / 3.6, abs=3.0)
    assert len(_tail(records, 3000.0, 10.0)) == 601


# --- recovery ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("course", "back"),
    [
        ((0.49, 0.49, 0.0), 1),
        ((0.5, 0.49), 2),
        ((0.0, 0.5, 0.49), 3),  # counted from the higher of the first two days on
        ((1.0, 0.5, 0.5, 0.4), 4),
        ((1.0, 0.9, 0.8), math.inf),
        ((1.0, np.nan, 0.4), 3),
    ],
)
def test_days_until_the_mean_course_is_back(course, back):
    apart = np.array([course] * 3) + np.array([[-1.0], [0.0], [1.0]])
    assert _days_back(np.ones((1, 3)), apart).tolist() == [back]
    assert _days_back(np.ones((1, 2)), apart[:2]).tolist() == [math.inf], "three mornings make a mean"


def test_the_course_after_a_hard_day_ends_with_the_next():
    tired = pd.Series(np.arange(20.0), index=pd.date_range(DAY, periods=20))
    hard = pd.Series([DAY, DAY + pd.Timedelta(days=3)])
    assert np.nan_to_num(_courses(tired, hard, 5), nan=-1).tolist() == [[1, 2, 3, -1, -1], [4, 5, 6, 7, 8]]


def test_hard_days_are_races_and_the_longest_tenth():
    def long(n, extra=0.0):
        own = pd.DataFrame({"activity_id": [f"r{k}" for k in range(n)], "moving_time_s": 3600.0})
        own["date"] = DAY + pd.to_timedelta(range(n), unit="D")
        own.loc[0, "moving_time_s"] += extra
        return len(_hard_days(pd.DataFrame({"date": [], "activity_id": []}), own, ("race", "long")))

    assert long(20, 60.0) == 1 and long(19, 60.0) == 0 and long(20) == 0


def test_what_a_hard_day_leaves_behind():
    days = pd.date_range(DAY, periods=60)
    tired = pd.Series(np.tile([0.0, 0.2], 30), index=days)
    hard = pd.Series(days[[10, 25, 40]])
    for day in hard:
        tired[[day + pd.Timedelta(days=1), day + pd.Timedelta(days=2)]] = [1.0, 1.2]
    gap, low, counts = _mark(tired, hard, pd.Series(days))
    # a run one day before a hard one or up to four after is no ordinary one; the last has no day after
    assert counts == (3, 60 - 3 * 6 - 1)
    assert gap == pytest.approx(1.1 - 4.2 / 41) and low < gap
    assert math.isnan(_mark(tired, hard.iloc[:2], pd.Series(days))[0])


def test_mornings_are_held_against_their_own_six_weeks():
    def tiredness(values, name="soreness"):
        frame = pd.DataFrame({"athlete": "kim", "date": pd.date_range(DAY, periods=len(values)), name: values})
        return _tiredness(Log(wellness=frame), 42, None)[0]

    assert tiredness([2.0] * 19).empty and len(tiredness([2.0] * 20)) == 20
    found = tiredness([2.0] * 19 + [4.0])
    assert found.isna().sum() == 13 and found.iloc[13:19].eq(0).all()
    assert found.iloc[-1] == pytest.approx(2.0 / 0.5), "half a point of seven is the least spread"
    assert tiredness([4.0] * 19 + [2.0], "mood").iloc[-1] == pytest.approx(4.0), "a low mood is tired"
    beats = [50.0, 52.0] * 10
    assert tiredness(beats, "resting_heart_rate_bpm").iloc[-1] == pytest.approx(1.0 / np.std(beats, ddof=1))
