"""Weeks, phases, consistency, intensity and limiters of a season: where each verdict begins and ends."""

import math

import numpy as np
import pandas as pd
import pytest

from runlab import progression as p
from runlab import tables
from runlab.athlete import Athlete
from runlab.log import Log
from runlab.progression.candidates import _amount, _verdict
from runlab.progression.intensity import session_zone
from runlab.progression.season import _kinds
from runlab.progression.season_phases import _around_race, _best_cut, _rest, phase_weeks
from runlab.progression.weeks import excused_days, running_weeks, week_of

MONDAY = pd.Timestamp("2026-01-05")


def weeks_log(*weeks, events=None, races=None, **columns) -> Log:
    """A log with runs of so many metres on the first days of each week; a number is one run, a list several."""
    rows = []
    for k, runs in enumerate(weeks):
        for day, metres in enumerate(runs if isinstance(runs, (list, tuple)) else [runs]):
            date = MONDAY + pd.Timedelta(days=7 * k + day)
            rows.append({"activity_id": f"r{k}-{day}", "date": date, "distance_m": float(metres)})
    frame = pd.DataFrame(rows).assign(athlete="kim", sport="running", **columns)
    return Log(
        frame.assign(moving_time_s=frame["distance_m"] / 3),
        events=None if events is None else pd.DataFrame(events).assign(athlete="kim"),
        races=None if races is None else pd.DataFrame(races).assign(athlete="kim"),
    )


# --- weeks ------------------------------------------------------------------------------------------------------------


def test_weeks_begin_where_they_are_told_to():
    days = pd.Series(pd.date_range("2026-01-04", periods=3))  # Sunday, Monday, Tuesday
    assert week_of(days).dt.day.tolist() == [29, 5, 5]
    assert week_of(days, "sunday").dt.day.tolist() == [4, 4, 4]
    assert week_of(days, "tuesday").dt.day.tolist() == [30, 30, 6]


def test_a_week_by_hand():
    ill = {"kind": ["ill"], "start": [MONDAY + pd.Timedelta(days=8)], "end": [MONDAY + pd.Timedelta(days=9)]}
    found = running_weeks(weeks_log([8000, 12_000], [], [5000, np.nan], events=ill))
    assert found["distance_m"].tolist() == [20_000.0, 0.0, 5000.0]
    assert found["longest_m"].tolist() == [12_000.0, 0.0, 5000.0]
    assert found["run_days"].tolist() == [2.0, 0.0, 2.0] and found["unmeasured"].tolist() == [0.0, 0.0, 1.0]
    assert found["excused_days"].tolist() == [0.0, 2.0, 0.0] and found["days"].tolist() == [7.0, 7.0, 2.0]


def test_an_open_end_is_one_day_and_pain_excuses_nobody():
    events = pd.DataFrame({"athlete": "kim", "kind": ["ill", "pain", "travel"], "start": [MONDAY] * 3, "end": pd.NaT})
    assert len(excused_days(Log(events=events))) == 1
    assert len(excused_days(Log(events=events), kinds=("pain", "ill"))) == 1


# --- consistency ------------------------------------------------------------------------------------------------------


def states(run_days, excused=0, usual=4, n=8) -> list[str]:
    """States of a log of usual weeks and then one with so many days run and excused (a last run ends the week)."""
    events = None
    if excused:
        start = MONDAY + pd.Timedelta(days=7 * n)
        events = {"kind": ["ill"], "start": [start], "end": [start + pd.Timedelta(days=excused - 1)]}
    found = p.consistency(weeks_log(*[[5000] * usual] * n, [5000] * run_days, [], [5000] * 7, events=events))
    return found.table["state"].tolist()


@pytest.mark.parametrize(
    ("run_days", "excused", "usual", "state"),
    [
        (3, 0, 4, "kept"),
        (2, 0, 4, "short"),
        (4, 0, 5, "kept"),
        (3, 0, 5, "short"),
        (1, 0, 1, "kept"),
        (0, 0, 1, "short"),
        (2, 2, 4, "kept"),
        (1, 2, 4, "short"),
        (1, 3, 4, "kept"),
        (1, 4, 4, "excused"),
        (0, 7, 4, "excused"),
    ],
)
def test_a_week_is_kept_with_three_quarters_of_the_usual_days(run_days, excused, usual, state):
    assert states(run_days, excused, usual)[8] == state


def test_consistency_needs_four_weeks_and_has_wilson_s_interval():
    assert math.isnan(p.consistency(weeks_log(*[[5000] * 7] * 3)).value)
    found = p.consistency(weeks_log(*[[5000] * 7] * 4))
    z2 = 1.2815515655**2
    assert (found.value, found.high, found.n) == (100.0, pytest.approx(100.0), 4)
    assert found.low == pytest.approx(100 * 4 / (4 + z2))
    assert p.consistency(weeks_log(*[[5000] * 7] * 30)).n == 26


# --- phases -----------------------------------------------------------------------------------------------------------


def around(*volume, at=-1, main=()):
    """Phases that a main race puts around its week."""
    v = np.array(volume, float)
    i = at % len(v)
    phase, sure, races = np.full(len(v), "", dtype=object), np.zeros(len(v)), np.zeros(len(v), bool)
    races[[i, *main]] = True
    _around_race(i, v, phase, sure, races)
    return phase.tolist(), sure


def test_a_taper_ends_below_eighty_per_cent_of_the_fuller_weeks():
    full = [100.0] * 8
    phase, sure = around(*full, 79.0)
    assert phase[-4:] == ["peak", "peak", "peak", "taper"] and sure[-1] == pytest.approx(0.71)
    phase, sure = around(*full, 81.0)
    assert phase[-2:] == ["", "peak"] and sure[-1] == 0.4
    phase, _ = around(*full, 89.0, 60.0)
    assert phase[-2:] == ["taper", "taper"]
    phase, _ = around(*full, 91.0, 60.0)
    assert phase[-2:] == ["peak", "taper"], "nine tenths of the full weeks is no taper"
    assert around(*full, 60.0, 50.0, 40.0, 30.0)[0][-4:] == ["taper"] * 4
    assert around(*full, 70.0, 60.0, 50.0, 40.0, 30.0)[0][-5:].count("taper") == 4, "four weeks at most"
    assert around(*full, 50.0, 60.0)[0][-2:] == ["", "taper"], "a lighter week before a fuller one"
    assert around(*full, 51.1, 60.0)[0][-2:] == ["taper", "taper"], "within 15 per cent"


def test_peak_weeks_are_full():
    low = [100.0] * 6
    assert around(*low, 100.0, 54.9, 70.0)[0][-3:] == ["", "", "taper"]
    assert around(*low, 100.0, 55.1, 70.0)[0][-3:] == ["peak", "peak", "taper"]
    assert around(*low, 100.0, 100.0, 50.0)[0].count("peak") == 3
    assert around(*low, 54.9, 100.0, 50.0)[0][-3:] == ["", "peak", "taper"]
    assert around(*low, 55.1, 100.0, 50.0)[0][-4:] == ["peak", "peak", "peak", "taper"]


def test_recovery_is_two_lighter_weeks_at_most():
    full = [100.0] * 8
    after = lambda *v: around(*full, 50.0, *v, at=8)[0][9:]  # noqa: E731
    assert after(84.9, 84.9, 84.9) == ["recovery", "recovery", ""]
    assert after(85.1, 50.0) == ["", ""] and after(50.0, 85.1) == ["recovery", ""]
    assert around(*full, 50.0, 50.0, 50.0, at=8, main=(9,))[0][9:] == ["", ""], "the next race"


def rest_of(hard, n=None, after=""):
    hard = np.array(hard, float)
    phase = np.full(len(hard) + bool(after), "", dtype=object)
    if after:
        phase[-1], hard = after, np.append(hard, np.nan)
    sure = np.zeros(len(phase))
    _rest(np.ones(len(phase)), hard, phase, sure)
    return phase.tolist(), sure


def test_base_and_build_by_hard_running():
    assert rest_of([0.01] * 4 + [0.10] * 4)[0] == ["base"] * 4 + ["build"] * 4
    assert rest_of([0.061] * 8)[0] == ["build"] * 8 and rest_of([0.059] * 8)[0] == ["base"] * 8
    assert rest_of([0.061] * 3)[0] == ["base"] * 3, "four weeks are needed"
    assert rest_of([np.nan] * 6, after="taper")[0][:6] == ["base"] * 3 + ["build"] * 3
    assert rest_of([np.nan] * 6, after="break")[0][:6] == ["base"] * 6
    assert rest_of([0.10] * 4 + [0.02] * 4)[0] == ["base"] * 8, "less and less is no build"
    # a third more and 0.4 points beyond it
    assert rest_of([0.040] * 4 + [0.0561] * 4)[0] == ["base"] * 4 + ["build"] * 4
    assert rest_of([0.040] * 4 + [0.0559] * 4)[0] == ["base"] * 8


def test_the_best_cut_explains_most():
    assert _best_cut(np.array([1.0, 1.0, 1.0, 5.0, 5.0])) == (3, 1.0)
    assert _best_cut(np.ones(6)) == (3, 0.0)
    cut, gain = _best_cut(np.array([0.0, 0.0, 1.0, 1.0, 0.0, 1.0]))
    assert (cut, gain) == (2, pytest.approx(1 - 0.75 / 1.5))


def test_a_week_of_a_break_has_four_days_of_it():
    def phases(*runs):
        weeks = weeks_log(*[[10_000] * 4] * 10, *runs, *[[10_000] * 4] * 10)
        return phase_weeks(weeks)["phase"].iloc[10:13].tolist()

    # run on Monday to Wednesday, or to Thursday, and then not for more than a week
    assert phases([10_000] * 3, []) == ["break", "break", "base"]
    assert phases([10_000] * 4, []) == ["base", "break", "base"]
    assert phases([10_000] * 4, [10_000]) == ["base", "base", "base"]


def test_a_race_shapes_a_season_by_priority_or_length():
    weeks = [[10_000] * 5] * 10 + [[10_000] * 2] + [[10_000] * 5] * 3
    day = MONDAY + pd.Timedelta(days=76)

    def phase(metres, priority="", weeks=weeks):
        races = {"date": [day], "distance_m": [metres], "priority": [priority]}
        return phase_weeks(weeks_log(*weeks, races=races))["phase"].iloc[10]

    assert phase(21_000.0) == "taper" == phase(5000.0, "A")
    even = [[10_000] * 5] * 14
    assert phase(20_999.0, weeks=even) == "base" and phase(21_000.0, weeks=even) == "taper"


# --- intensity --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("low", "middle", "high", "zone"),
    [
        (4700.0, 0.0, 300.0, "high"),
        (4700.0, 1.0, 299.0, "low"),
        (4701.0, 0.0, 300.0, "low"),
        (4700.0, 0.0, 301.0, "high"),
        (2160.0, 720.0, 0.0, "middle"),
        (2160.0, 719.0, 0.0, "low"),
        (2161.0, 720.0, 0.0, "low"),
        (600.0, 450.0, 290.0, "middle"),
        (np.nan, 720.0, 300.0, ""),
    ],
)
def test_what_a_session_was_for(low, middle, high, zone):
    assert session_zone(pd.DataFrame({"low_s": [low], "middle_s": [middle], "high_s": [high]})).tolist() == [zone]


def run_seconds(*values, channel="speed_mps", threshold=4.0, **columns) -> pd.Series:
    """One run with 100 s at each of these values, judged against a stated threshold."""
    runs = pd.DataFrame({"activity_id": ["a"], "athlete": "kim", "date": [MONDAY], "sport": "running"})
    held = pd.DataFrame({"activity_id": "a", "channel": channel, "value": values, "seconds": 100.0})
    name = "threshold_heart_rate_bpm" if channel == "heart_rate_bpm" else "threshold_speed_mps"
    athlete = Athlete("kim", settings=[{name: threshold}])
    runs = runs.assign(**{"moving_time_s": 100.0 * len(values)} | columns)
    return p.run_intensity(Log(runs, histograms=held, athletes={"kim": athlete})).iloc[0]


@pytest.mark.parametrize(
    ("channel", "threshold", "lower", "upper"),
    [("speed_mps", 4.0, 3.44, 4.0), ("graded_speed_mps", 4.0, 3.44, 4.0), ("heart_rate_bpm", 200.0, 178.0, 198.0)],
)
def test_the_borders_of_three_zones(channel, threshold, lower, upper):
    off = threshold / 4000
    found = run_seconds(lower - off, lower + off, upper - off, upper + off, channel=channel, threshold=threshold)
    assert found[["low_s", "middle_s", "high_s"]].tolist() == [100.0, 200.0, 100.0] and found["channel"] == channel


def test_which_channel_is_believed():
    for channel, share in (("heart_rate_bpm", 0.8), ("graded_speed_mps", 0.8), ("speed_mps", 0.7)):
        threshold = 170.0 if channel == "heart_rate_bpm" else 4.0
        for moving, known in ((500 / share, True), (501 / share, False)):
            found = run_seconds(*[3.0] * 5, channel=channel, threshold=threshold, moving_time_s=moving)
            assert bool(found["channel"]) is known and math.isfinite(found["low_s"]) is known
    locked = run_seconds(150.0, channel="heart_rate_bpm", threshold=170.0, quality_flags="cadence_lock")
    assert locked["channel"] == ""


def test_both_borders_move_with_their_doubt():
    runs = pd.DataFrame({"activity_id": ["a"], "athlete": "kim", "date": [MONDAY], "sport": "running"})
    value = [4.0 * (0.86 + math.hypot(0.02, 0.03)), 4.0 * (1.0 + math.hypot(0.02, 0.02))]
    athlete = {"kim": Athlete("kim", settings=[{"threshold_speed_mps": 4.0}])}
    for off, seconds in ((-1e-6, [100.0, 100.0, 0.0]), (1e-6, [0.0, 100.0, 100.0])):
        held = pd.DataFrame({"activity_id": "a", "channel": "speed_mps", "value": np.array(value) + off})
        log = Log(runs.assign(moving_time_s=200.0), histograms=held.assign(seconds=100.0), athletes=athlete)
        assert p.run_intensity(log, shift=1.0).iloc[0][["low_s", "middle_s", "high_s"]].tolist() == seconds


@pytest.mark.parametrize(
    ("shares", "index"),
    [((80, 0, 20), math.log10(80 / 1 * 0.19 * 100)), ((50, 0, 50), math.log10(50 / 1 * 0.49 * 100))],
)
def test_nothing_in_the_middle_takes_a_hundredth_from_the_top(shares, index):
    assert p.polarization_index(*shares) == pytest.approx(index)
    assert math.isnan(p.polarization_index(40, 10, 50)) and math.isnan(p.polarization_index(80, 20, 0))


# --- limiters and variety ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("low", "high", "limiting", "says"),
    [
        (1.01, 2.0, True, "speaks for it"),
        (1.01, 2.0, False, "speaks against it"),
        (1.0, 2.0, True, "cannot tell"),
        (0.0, 0.99, True, "speaks against it"),
        (0.0, 0.99, False, "speaks for it"),
        (0.0, 1.0, False, "cannot tell"),
        (math.nan, 2.0, True, "cannot tell"),
    ],
)
def test_what_a_band_says_of_a_reference(low, high, limiting, says):
    assert _verdict(low, high, 1.0, high_is_limiting=limiting) == says


def test_volume_and_long_runs_against_the_own_best():
    def rows(*weeks):
        log = weeks_log(*weeks[:-1], [weeks[-1], *[0.0] * 6])  # a run on the last Sunday closes the week
        return {row["candidate"]: row for row in _amount(log, log.activities, None, 0.8)}

    assert math.isnan(rows(*[10_000] * 23)["long runs"]["value"])
    assert rows(*[10_000] * 24)["long runs"]["value"] == 10_000.0
    assert math.isnan(rows(*[10_000] * 35)["volume"]["value"]) and rows(*[10_000] * 36)["volume"]["value"] == 10_000.0
    for now, says in ((8_999, "speaks for it"), (9_001, "speaks against it")):
        found = rows(*[10_000] * 24, *[now] * 12)["volume"]
        assert (found["says"], found["reference"], found["low"]) == (says, 10_000.0, now)
    # the longest run is known within five per cent
    for now, says in (
        (8_570, "speaks for it"),
        (8_572, "cannot tell"),
        (9_473, "cannot tell"),
        (9_475, "speaks against it"),
    ):
        assert rows(*[10_000] * 16, *[now] * 8)["long runs"]["says"] == says, now


def test_effective_kinds():
    assert _kinds(np.array([1.0, 1.0, 1.0, 1.0])) == pytest.approx(4.0) and _kinds(np.array([5.0, 0.0])) == 1.0
    assert _kinds(np.array([3.0, 1.0])) == pytest.approx(math.exp(-(0.75 * math.log(0.75) + 0.25 * math.log(0.25))))
    assert math.isnan(_kinds(np.zeros(2)))


def test_variety_needs_eight_runs_of_twelve_weeks():
    log = weeks_log(*[[5000] * 3] * 20)
    kinds = pd.DataFrame({"activity_id": log.activities["activity_id"], "session_type": "easy"})
    assert p.variety(log, sessions=kinds).n == 36, "of twelve weeks back from the last run"
    few = weeks_log([5000] * 7)
    assert math.isnan(p.variety(few, sessions=kinds).value)
    lengths = weeks_log([7200.0, 7203.0, 12_600.0, 12_603.0, 19_800.0, 19_803.0, 100.0, 100.0])
    kinds = pd.DataFrame({"activity_id": lengths.activities["activity_id"], "session_type": "easy"})
    found = p.variety(lengths, sessions=kinds).table.set_index("dimension")
    time = np.array([100 + 100 + 7200, 7203 + 12_600, 12_603 + 19_800, 19_803]) / 3
    share = time / time.sum()
    assert found.loc["length", "value"] == pytest.approx(math.exp(-(share * np.log(share)).sum()))


def test_a_build_in_one_row():
    blocks = pd.DataFrame({"race": "M", "race_date": MONDAY, "weeks_to_race": range(5, 0, -1), "excused_days": 1.0})
    blocks["distance_m"], blocks["longest_m"] = [100.0, 100.0, 35.0, np.nan, 200.0], [28_000.0, 27_999.0, 1, 1, 3e4]
    found = p.block_summary(blocks.assign(break_days=2.0)).iloc[0]
    assert found[["long_weeks", "break_days", "peak_week_m", "weeks_known"]].tolist() == [2, 10.0, 200.0, 4]
    assert found["excused_days"] == 5.0 and found["weekly_distance_m"] == 108.75


def limits_of_races(exponent: float) -> tuple[pd.Series, list[float]]:
    """What limiters say of races along a power law, and the lower ends of the decline at 80 and 95 %."""
    metres = np.array([5000.0, 10_000.0, 21_097.5, 42_195.0])
    races = pd.DataFrame({"date": pd.date_range("2026-01-04", periods=4, freq="28D"), "distance_m": metres})
    races = races.assign(athlete="a", official_time_s=1200 * (metres / 5000) ** exponent)
    log = Log(tables.empty(tables.ACTIVITIES), races=tables.conform(races, tables.RACES))
    says = p.limiters(log).set_index("candidate")["says"]
    return says, [p.speed_endurance_model(races, level=q).loc["decline", "low"] for q in (0.8, 0.95)]


def test_limiters_speak_at_95_per_cent():
    between = [e for e in np.arange(1.06, 1.2, 0.005) if limits_of_races(e)[1][0] > 0.056 > limits_of_races(e)[1][1]]
    assert between, "an exponent that 80 % would have named"
    says, _ = limits_of_races(between[0])
    assert says["endurance"] == says["speed"] == "cannot tell"
    says, _ = limits_of_races(between[-1] + 0.01)
    assert (says["endurance"], says["speed"]) == ("speaks for it", "speaks against it")


@pytest.mark.parametrize(("share", "most"), [(1.0, 0.05), (0.0, 1.0)])
def test_hard_running_is_told_where_hard_weeks_went_and_not_by_chance(share, most):
    said = []
    for seed in range(30):
        rng = np.random.default_rng(seed)
        days = pd.date_range("2025-01-06", periods=360)
        hard = np.where(rng.random(360) < 0.2, 60 * rng.uniform(6, 25, 360), 0.0) * np.where(
            np.arange(360) > 275, share, 1
        )
        own = pd.DataFrame({"date": days, "sport": "running", "athlete": "a", "moving_time_s": 3600.0})
        own = own.assign(activity_id=[f"r{i}" for i in range(360)], start_time=days.tz_localize("UTC"), distance_m=1e4)
        counts = pd.concat(
            pd.DataFrame({"activity_id": own["activity_id"], "channel": "heart_rate_bpm", "value": v, "seconds": s})
            for v, s in ((140.0, 3600 - hard), (180.0, hard))
        )
        who = Athlete("a", settings=[{"threshold_heart_rate_bpm": 168.0}])
        log = Log(tables.conform(own, tables.ACTIVITIES), histograms=counts, athletes={"a": who})
        said.append(p.limiters(log).set_index("candidate").loc["hard running", "says"] == "speaks for it")
    assert np.mean(said) <= most and (most < 1 or np.mean(said) >= 0.9), np.mean(said)
