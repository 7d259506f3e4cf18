"""The load of one session by hand: from each source, at the edges between them, with the band around it."""

import math

import numpy as np
import pandas as pd
import pytest

from runlab import load
from runlab.athlete import Athlete
from runlab.log import Log
from runlab.zones.maximum import is_hard, maximum_by_then

DAY = pd.Timestamp("2026-05-01")
KNOWN = {"max_heart_rate_bpm": 190.0, "resting_heart_rate_bpm": 50.0}


def trimp(minutes, beats, rest=50.0, top=190.0, a=0.64, b=1.92) -> float:
    x = (beats - rest) / (top - rest)
    return minutes * x * a * math.exp(b * x)


def log_of(*rows, beats=150.0, share=1.0, settings=KNOWN, sex="m", **tables) -> Log:
    """Sessions of an hour, a day apart, with heart rate over a share of each; None is no heart rate."""
    usual = {"athlete": "kim", "sport": "running", "timer_time_s": 3600.0, "moving_time_s": 3600.0}
    every = [{"activity_id": f"a{k}", "date": DAY + pd.Timedelta(days=k)} | usual | row for k, row in enumerate(rows)]
    held = [(row["activity_id"], row.pop("beats", beats)) for row in every]
    counts = [(name, "heart_rate_bpm", value, 3600.0 * share) for name, value in held if value]
    histograms = pd.DataFrame(counts, columns=["activity_id", "channel", "value", "seconds"])
    athlete = Athlete("kim", sex=sex, settings=[settings] if settings else [])
    return Log(pd.DataFrame(every), histograms=histograms, athletes={"kim": athlete}, **tables)


def last(log: Log, **how) -> pd.Series:
    return load.session_load(log, **how).iloc[-1]


# --- heart rate -------------------------------------------------------------------------------------------------------


def test_the_impulse_and_its_band():
    found = last(log_of({}))
    assert (found["load"], found["method"]) == (pytest.approx(trimp(60, 150)), "trimp")
    assert (found["load_low"], found["load_high"]) == pytest.approx((0.95 * found["load"], 1.05 * found["load"]))
    women = last(log_of({}, sex="f"))
    assert women["load"] == pytest.approx(trimp(60, 150, a=0.86, b=1.67))
    unsaid = last(log_of({}, sex=""))
    assert unsaid["load"] == pytest.approx(trimp(60, 150))
    assert unsaid["load_high"] == pytest.approx(1.05 * max(trimp(60, 150), trimp(60, 150, a=0.86, b=1.67)))
    above = last(log_of({}, beats=204.0))
    assert above["load"] == pytest.approx(trimp(60, 190)) and above["load_high"] == pytest.approx(1.05 * trimp(60, 204))


def test_heart_rate_covers_eighty_per_cent():
    found = last(log_of({}, share=0.8))
    assert found["load"] == pytest.approx(trimp(60, 150)) and found["method"] == "trimp"
    assert found["load_high"] == pytest.approx(1.05 * 1.4 * 0.8 * trimp(60, 150))
    assert last(log_of({}, share=0.799))["method"] == ""
    assert last(log_of({}, share=0.5), minimum_heart_rate_share=0.5)["method"] == "trimp"


def test_a_mean_reads_low():
    found = last(log_of({"average_heart_rate_bpm": 150.0}, beats=None))
    assert (found["method"], found["load"]) == ("mean_heart_rate", pytest.approx(trimp(60, 150)))
    assert (found["load_low"], found["load_high"]) == pytest.approx((0.95 * found["load"], 1.2 * found["load"]))
    known = lambda share: last(  # noqa: E731
        log_of({"average_heart_rate_bpm": 150.0, "heart_rate_share": share}, beats=None)
    )["method"]
    assert known(0.8) == "mean_heart_rate" and known(0.79) == ""


def test_a_fifth_of_a_session_on_a_wrong_heart_rate_is_locked():
    def method(seconds, flag="cadence_lock"):
        quality = pd.DataFrame({"activity_id": ["a0"], "flag": [flag], "seconds": [seconds]})
        return last(log_of({}, quality=quality))["method"]

    assert method(720.0) == "trimp" and method(721.0) == ""
    assert method(721.0, "hr_stuck") == method(721.0, "hr_out_of_range") == "" and method(721.0, "gps_jump") == "trimp"
    assert last(log_of({"quality_flags": "hr_stuck"}))["method"] == "", "where only the flag is known"


def test_edwards_and_stress_by_hand():
    found = last(log_of({}, beats=160.0))
    assert found["load_edwards"] == 60 * 4
    hour = trimp(60, 50 + 0.85 * 140)
    assert found["load_heart_rate_stress"] == pytest.approx(100 * trimp(60, 160) / hour)
    stated = last(log_of({}, beats=160.0, settings=KNOWN | {"threshold_heart_rate_bpm": 165.0}))
    assert stated["load_heart_rate_stress"] == pytest.approx(100 * trimp(60, 160) / trimp(60, 165))


# --- rest and maximum where nobody said -------------------------------------------------------------------------------


def test_an_adult_s_rest_and_maximum():
    found = last(log_of({}, settings={"max_heart_rate_bpm": 190.0}))
    assert found["load"] == pytest.approx(trimp(60, 150, rest=60))
    assert found["load_low"] == pytest.approx(0.95 * trimp(60, 150, rest=75))
    assert found["load_high"] == pytest.approx(1.05 * trimp(60, 150, rest=45))
    found = last(log_of({}, settings={"resting_heart_rate_bpm": 50.0}))
    assert found["load"] == pytest.approx(trimp(60, 150, top=183))
    assert found["load_low"] == pytest.approx(0.95 * trimp(60, 150, top=200))
    assert found["load_high"] == pytest.approx(1.05 * trimp(60, 150, top=166))
    assert math.isnan(found["load_edwards"]), "zones of a guessed maximum are none"


def test_what_a_watch_was_told_is_within_ten_beats():
    found = last(log_of({"watch_resting_heart_rate_bpm": 55.0}, settings={"max_heart_rate_bpm": 190.0}))
    assert found["load"] == pytest.approx(trimp(60, 150, rest=55))
    assert found["load_low"] == pytest.approx(0.95 * trimp(60, 150, rest=65))
    assert found["load_high"] == pytest.approx(1.05 * trimp(60, 150, rest=45))
    found = last(log_of({"watch_max_heart_rate_bpm": 200.0}, settings={"resting_heart_rate_bpm": 50.0}))
    assert found["load"] == pytest.approx(trimp(60, 150, top=200))
    assert found["load_low"] == pytest.approx(0.95 * trimp(60, 150, top=212.8))
    assert found["load_high"] == pytest.approx(1.05 * trimp(60, 150, top=187.2))


def test_three_mornings_give_a_resting_heart_rate():
    def rest(days, n):
        frame = pd.DataFrame({"athlete": "kim", "date": [DAY + pd.Timedelta(days=d) for d in days]})
        frame["resting_heart_rate_bpm"] = [48.0, 50.0, 58.0, 70.0][: len(days)]
        found = load.session_load(log_of({}, {}, settings={"max_heart_rate_bpm": 190.0}, wellness=frame))
        return found["load"].iloc[n]

    assert rest([-3, -2], 0) == pytest.approx(trimp(60, 150, rest=60))
    assert rest([-3, -2, -1], 0) == pytest.approx(trimp(60, 150, rest=50))
    assert rest([-3, -2, -1, 1], 0) == pytest.approx(trimp(60, 150, rest=50)), "what is written later tells nothing"
    assert rest([-3, -2, -1, 1], 1) == pytest.approx(trimp(60, 150, rest=54))


def test_peaks_that_are_believed():
    """Ten sessions whose peaks agree give the maximum; a flagged or impossible peak does not count."""

    def top(**odd):
        rows = [{"max_heart_rate_bpm": 181.0, "average_heart_rate_bpm": 150.0} for _ in range(10)]
        rows[9] |= odd
        found = last(log_of(*rows, settings={"resting_heart_rate_bpm": 50.0}))
        return found["load"]

    seen = trimp(60, 150, top=181)
    assert top() == pytest.approx(seen)
    for odd in ({"quality_flags": "hr_spike"}, {"quality_flags": "hr_stuck"}, {"max_heart_rate_bpm": 100.0}):
        assert top(**odd) != pytest.approx(seen) or odd.get("quality_flags") == "hr_stuck"
    assert top(max_heart_rate_bpm=101.0) == pytest.approx(seen)
    assert top(max_heart_rate_bpm=229.0) == pytest.approx(seen)
    assert top(max_heart_rate_bpm=230.0) == pytest.approx(trimp(60, 150, top=183))


def test_a_maximum_seen_by_then():
    days = np.arange(10).astype("datetime64[D]")
    expected = np.full(10, 190.0), np.full(10, 13.0)

    def found(peaks, average=150.0, **given):
        return maximum_by_then(days, np.array(peaks, float), np.full(10, average), expected, **given)

    agree = found([181.0, 176.0] + [100.0] * 8)
    assert (agree.value[-1], agree.high[-1], bool(agree.seen[-1])) == (181.0, 193.0, True)
    assert found([181.0, 175.0] + [100.0] * 8).value[-1] == 190.0, "a second within five beats"
    assert not found([181.0] * 10).seen[8] and found([181.0] * 10).seen[9]
    assert found([181.0] * 10, sessions=3).seen[2]
    easy = found([181.0] * 10, average=151.0)
    assert (easy.value[-1], easy.low[-1], easy.high[-1]) == (190.0, 181.0, 203.0), "no hard running was seen"
    assert found([195.0] * 10, average=170.0).value[-1] == 195.0
    assert [bool(is_hard(x, 150.0)) for x in (179.9, 180.0)] == [False, True]


# --- other sources ----------------------------------------------------------------------------------------------------


def test_one_hour_at_threshold_links_the_scales():
    hour = trimp(60, 50 + 0.85 * 140)
    rated = last(log_of({"rpe": 5.0}, beats=None))
    assert (rated["method"], rated["load"]) == ("session_rpe", pytest.approx(300 * hour / 420))
    assert (rated["load_low"], rated["load_high"]) == pytest.approx((rated["load"] / 1.5, rated["load"] * 1.5))
    settings = KNOWN | {"threshold_speed_mps": 4.0}
    paced = last(log_of({"graded_speed_mps": 3.0}, beats=None, settings=settings))
    assert (paced["method"], paced["load"]) == ("running_stress", pytest.approx(100 * (3 / 4) ** 2 * hour / 100))
    assert paced["load_running_stress"] == pytest.approx(56.25)
    assert last(log_of({"graded_speed_mps": 3.0, "sport": "cycling"}, beats=None, settings=settings))["method"] == ""
    unknown = last(log_of({"rpe": 5.0}, beats=None, settings={}))
    assert unknown["load"] == pytest.approx(300 * 60 * 0.85 * 0.64 * math.exp(1.92 * 0.85) / 420)


def rated(n: int, minutes=60.0, **row) -> list[dict]:
    """Sessions with heart rate and a rating, then one with whatever else."""
    both = {"rpe": 5.0, "graded_speed_mps": 3.0}
    return [*[dict(both) for _ in range(n)], {"beats": None, "timer_time_s": 60 * minutes} | row]


def test_five_own_sessions_give_the_scale():
    tied, own = (last(log_of(*rated(n, rpe=4.0))) for n in (4, 5))
    assert tied["pairs"] == 0 and own["pairs"] == 5
    assert own["load"] == pytest.approx(trimp(60, 150) * 4 / 5)
    wide = math.exp(0.1 + 0.5 / 5)
    assert (own["load_low"], own["load_high"]) == pytest.approx((own["load"] / wide, own["load"] * wide))
    pace = last(log_of(*rated(5, graded_speed_mps=3.3)))
    assert (pace["method"], pace["load"]) == ("running_stress", pytest.approx(trimp(60, 150) * 1.21))
    flat = last(log_of(*rated(5, average_speed_mps=3.3)))
    assert flat["load"] == pytest.approx(pace["load"])
    assert flat["load_high"] / flat["load"] == pytest.approx(1.15 * wide)
    assert flat["load"] / flat["load_low"] == pytest.approx(1.15 * wide)


def test_a_duration_stands_for_the_own_load_an_hour():
    found = last(log_of(*rated(5, minutes=30.0)))
    assert (found["method"], found["load"]) == ("duration", pytest.approx(trimp(30, 150)))
    wide = 1.2 * math.exp(0.1 + 0.5 / 5)
    assert (found["load_low"], found["load_high"]) == pytest.approx((found["load"] / wide, found["load"] * wide))
    assert last(log_of(*rated(4, minutes=30.0)))["method"] == ""
    assert last(log_of(*rated(5, minutes=30.0, sport="cycling")))["method"] == "", "of that sport"


def test_sources_that_disagree_stretch_the_band():
    # what a rating says lies outside of the band of heart rate only where it is far off
    near, far = (log_of(*rated(5, beats=150.0, rpe=r)) for r in (5.0, 9.0))
    alone = last(near)
    assert (alone["load_low"], alone["load_high"]) == pytest.approx((0.95 * alone["load"], 1.05 * alone["load"]))
    stretched = last(far)
    assert stretched["load"] == pytest.approx(alone["load"]) and stretched["load_low"] == pytest.approx(
        alone["load_low"]
    )
    assert stretched["load_high"] > 1.3 * alone["load"]
