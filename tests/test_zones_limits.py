"""Where zones, the observed maximum and time in zones begin and end: one value inside, one outside."""

import math
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from runlab.athlete import Athlete
from runlab.errors import SettingsError, TableError
from runlab.log import Log
from runlab.zones import heart_rate_zones, observed_max_heart_rate, pace_zones, threshold, time_in_zones
from runlab.zones.hour import _combined, _maximum
from runlab.zones.hour_efforts import Line, Top, efforts_for_hour, heart_rate_line
from runlab.zones.training import ALONE_WITHOUT_HEART, WITH_HEART, training_marks

START = pd.Timestamp("2026-05-01 08:00", tz="UTC")


def run(t, **columns):
    return pd.DataFrame({"time": START + pd.to_timedelta(np.asarray(t, float), unit="s")} | columns)


def seconds(records, zones):
    return time_in_zones(records, zones).set_index("zone")["seconds"].to_dict()


def test_the_published_bounds():
    assert heart_rate_zones(max_heart_rate_bpm=200)["low"].tolist() == [100.0, 120.0, 140.0, 160.0, 180.0]
    karvonen = heart_rate_zones("karvonen", max_heart_rate_bpm=190, resting_heart_rate_bpm=40)
    assert karvonen["low"].tolist() == [115.0, 130.0, 145.0, 160.0, 175.0]
    friel = heart_rate_zones("friel_lthr", threshold_heart_rate_bpm=100)
    assert friel["low"].round(6).tolist() == [0.0, 85.0, 90.0, 95.0, 100.0, 103.0, 106.0]
    assert friel["high"].round(6).tolist() == [85.0, 90.0, 95.0, 100.0, 103.0, 106.0, np.inf]
    pace = pace_zones(100.0)
    assert pace["low"].round(6).tolist() == [0.0, 80.0, 87.0, 95.0, 105.0, 119.0]
    assert pace["name"].tolist() == ["recovery", "easy", "steady", "threshold", "interval", "repetition"]
    assert pace["channel"].unique().tolist() == ["graded_speed_mps"]
    three = heart_rate_zones(max_heart_rate_bpm=200, bounds=(0.5, 0.8, 0.9))
    assert (three["zone"].tolist(), three["name"].tolist()) == (["1", "2", "3"], ["zone 1", "zone 2", "zone 3"])


def test_settings_fill_what_is_not_given():
    settings = SimpleNamespace(max_heart_rate_bpm=200.0, resting_heart_rate_bpm=50.0)
    assert heart_rate_zones(settings=settings)["low"].iloc[0] == 100.0
    assert heart_rate_zones(settings=settings, max_heart_rate_bpm=180.0)["low"].iloc[0] == 90.0, "what is given wins"


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: heart_rate_zones(max_heart_rate_bpm=0),
        lambda: heart_rate_zones(),
        lambda: heart_rate_zones("karvonen", max_heart_rate_bpm=190),
        lambda: heart_rate_zones("karvonen", max_heart_rate_bpm=60, resting_heart_rate_bpm=60),
        lambda: heart_rate_zones(max_heart_rate_bpm=190, bounds=(0.5, 0.5)),
        lambda: heart_rate_zones(max_heart_rate_bpm=190, bounds=()),
        lambda: pace_zones(0.0),
        lambda: pace_zones(np.inf),
        lambda: pace_zones(4.0, channel="heart_rate_bpm"),
    ],
)
def test_what_makes_no_zones_is_refused(wrong):
    with pytest.raises(SettingsError):
        wrong()


def test_a_slow_threshold_has_zones_too():
    assert pace_zones(0.9)["low"].iloc[1] == pytest.approx(0.9 * 0.8)


def test_a_zone_holds_its_lower_edge():
    zones = heart_rate_zones(max_heart_rate_bpm=200)
    beats = [99.9, 100.0, 119.9, 120.0, 199.0, 250.0, 150.0]
    found = seconds(run(range(7), heart_rate_bpm=beats), zones)
    assert found == {"1": 2.0, "2": 1.0, "3": 0.0, "4": 0.0, "5": 2.0, "below": 1.0, "unknown": 0.0}


def test_time_without_heart_rate_is_shown_and_has_no_share():
    zones = heart_rate_zones(max_heart_rate_bpm=200)
    records = run(range(5), heart_rate_bpm=[0.0, np.nan, 150.0, 150.0, 150.0])
    table = time_in_zones(records, zones).set_index("zone")
    assert table.loc["unknown", "seconds"] == 2.0
    assert np.isnan(table.loc["unknown", "share"])
    assert table.loc["3", ["seconds", "share"]].tolist() == [2.0, 1.0]
    assert time_in_zones(run(range(3)), zones)["share"].isna().all(), "nothing measured has no share"
    still = run(range(3), speed_mps=[0.0, 0.0, 3.9])
    assert seconds(still, pace_zones(4.0, channel="speed_mps"))["1"] == 2.0, "standing still is measured"


def test_a_sample_stands_for_thirty_seconds_and_for_its_own_run():
    zones = heart_rate_zones(max_heart_rate_bpm=200)
    assert seconds(run([0, 30, 61, 60], heart_rate_bpm=[150.0] * 4), zones)["3"] == 60.0
    stopped = run([0, 1, 2], heart_rate_bpm=[150.0] * 3, timer_running=[True, False, True])
    assert seconds(stopped, zones)["3"] == 1.0
    two = run([0, 1, 11, 12], heart_rate_bpm=[150.0] * 4, activity_id=list("aabb"))
    assert seconds(two, zones)["3"] == 2.0


def test_a_table_of_seconds_is_read_as_well():
    table = pd.DataFrame(
        {
            "channel": ["heart_rate_bpm", "heart_rate_bpm", "speed_mps"],
            "value": [150.0, 190.0, 170.0],
            "seconds": [60.0, 30.0, 99.0],
        }
    )
    zones = heart_rate_zones(max_heart_rate_bpm=200)
    assert {k: v for k, v in seconds(table, zones).items() if v} == {"3": 60.0, "5": 30.0}
    with pytest.raises(TableError):
        time_in_zones(table, zones.iloc[:0])
    with pytest.raises(TableError):
        time_in_zones(table, zones.drop(columns="low"))


# --- the observed maximum ---------------------------------------------------------------------------------------------


def log(peaks, *, days=None, beats=None, **columns):
    n = len(peaks)
    runs = pd.DataFrame(
        {
            "activity_id": [f"r{k}" for k in range(n)],
            "athlete": "kim",
            "date": pd.Timestamp("2026-05-01") + pd.to_timedelta(days if days is not None else range(n), unit="D"),
            "max_heart_rate_bpm": np.asarray(peaks, float),
            "sport": "running",
            "average_heart_rate_bpm": 140.0,
        }
        | columns
    )
    return Log(runs, histograms=beats)


def test_a_maximum_is_confirmed_within_four_beats():
    agreed = observed_max_heart_rate(log([190, 186, 170, 160, 150]))
    assert (agreed.value, agreed.low, agreed.high, agreed.n) == (190.0, 186.0, 202.0, 5)
    assert agreed.basis.startswith("held in 2 sessions")
    lone = observed_max_heart_rate(log([190, 185, 181, 160, 150]))
    assert (lone.value, lone.low) == (185.0, 181.0)
    assert "; 1 higher without a second" in lone.basis
    assert np.isnan(observed_max_heart_rate(log([190, 185, 180, 175, 170])).value)


def test_five_sessions_are_needed():
    assert np.isnan(observed_max_heart_rate(log([190, 190, 190, 190])).value)
    assert observed_max_heart_rate(log([190, 190, 190, 190, 91])).value == 190.0
    for impossible in (90, 230):
        assert np.isnan(observed_max_heart_rate(log([190, 190, 190, 190, impossible])).value)
    flagged = log([190, 190, 190, 190, 180], quality_flags=["", "", "", "", "hr_spike"])
    assert "(1 more with flagged heart rate)" in observed_max_heart_rate(flagged).basis
    copies = log([190, 190, 190, 190, 180], duplicate_of=["", "", "", "", "r0"])
    assert np.isnan(observed_max_heart_rate(copies).value)


def test_a_year_counts_and_what_came_later_does_not():
    peaks = [200, 199, 190, 188, 186, 184, 182]
    old = log(peaks, days=[0, 1, 366, 367, 368, 369, 370])
    assert observed_max_heart_rate(old).value == 190.0
    # from the 364th day on the oldest lies inside the year again
    assert observed_max_heart_rate(log(peaks, days=[0, 1, 360, 361, 362, 363, 364])).value == 200.0
    assert observed_max_heart_rate(log(peaks, days=[0, 1, 361, 362, 363, 364, 365])).value == 190.0
    assert observed_max_heart_rate(log(peaks[::-1]), on="2026-05-06").value == 190.0


def test_a_peak_is_held_for_five_seconds_or_a_thousandth():
    def beats(top, rest):
        return pd.DataFrame(
            {
                "activity_id": [f"r{k}" for k in range(5) for _ in range(2)],
                "channel": "heart_rate_bpm",
                "value": [195.0, 185.0] * 5,
                "seconds": [top, rest] * 5,
            }
        )

    for top, rest, value in ((5.0, 100.0, 195.0), (4.9, 100.0, 185.0), (10.0, 9990.0, 195.0), (9.9, 9990.0, 185.0)):
        assert observed_max_heart_rate(log([200] * 5, beats=beats(top, rest))).value == value
    assert observed_max_heart_rate(log([180] * 5, beats=beats(5.0, 9.0))).value == 180.0, "no more than the file says"


# --- threshold --------------------------------------------------------------------------------------------------------

END = pd.Timestamp("2026-05-20")


def session(speed=4.0, seconds=3600.0, *, day=0, race=True, beats=np.nan, graded=True, name="a", **more) -> dict:
    """One run and its effort: its graded speed, or only the distance."""
    row = {"activity_id": name, "date": END - pd.Timedelta(days=day), "workout_type": "race" if race else ""}
    row |= {"distance_m": speed * seconds, "time_s": seconds, "graded_speed_mps": speed if graded else np.nan}
    return row | {"average_heart_rate_bpm": beats, "kind": "duration", "ok": True} | more


def threshold_of(*sessions: dict, top=None, bursts=(), stated=(), **given):
    every = pd.DataFrame(sessions)
    runs = every[["activity_id", "date", "workout_type"]].assign(athlete="kim", sport="running")
    settings = [*stated, *([{"max_heart_rate_bpm": top}] if top else [])]
    efforts = pd.concat([every.drop(columns=["date", "workout_type"]), pd.DataFrame(bursts)])
    return threshold(Log(runs, efforts=efforts, athletes={"kim": Athlete("kim", settings=settings)}), **given)


def centre_and_spread(estimate) -> tuple[float, float]:
    return math.log(estimate.value), math.log(estimate.high / estimate.low) / 2 / 1.2815515655446004


@pytest.mark.parametrize(
    ("given", "below", "spread"),
    [
        ({}, 0.0, 0.0),
        ({"graded": False}, 0.0, 0.02),
        ({"seconds": 900.0}, 0.06 * math.log(4), 0.017 * math.log(4)),
        ({"seconds": 7200.0}, -0.06 * math.log(2), 0.017 * math.log(2)),
    ],
)
def test_a_race_is_brought_to_an_hour_and_is_nearly_all_out(given, below, spread):
    found = centre_and_spread(threshold_of(session(**given)).speed)
    assert found == pytest.approx((math.log(4.0) + 0.012 - below, math.hypot(0.020, 0.009, 0.033, spread)))


def test_an_old_race_says_less():
    found = centre_and_spread(threshold_of(session(day=100), through=END).speed)
    assert found[1] == pytest.approx(math.hypot(0.020, 0.009, 0.033, 0.0012 * 10))
    assert threshold_of(session(day=119), through=END).speed.is_known
    assert not threshold_of(session(day=120), through=END).speed.is_known


def test_efforts_last_8_minutes_to_two_and_a_half_hours():
    known = [threshold_of(session(seconds=s)).speed.is_known for s in (479.0, 480.0, 9000.0, 9001.0)]
    assert known == [False, True, True, False]


@pytest.mark.parametrize(
    ("seconds", "share"),
    [
        (1200.0, 0.90),
        (1787.0, 0.90),
        (3600.0, 0.90 - 0.035 * 0.7),
        (7200.0, 0.90 - 0.035 * 1.3931),
    ],
)
def test_an_effort_with_a_race_s_heart_rate_is_hard(seconds, share):
    under, over = (
        threshold_of(session(seconds=seconds, race=False, beats=200 * share + off), top=200.0) for off in (-0.1, 0.1)
    )
    assert not under.speed.is_known
    lag = math.log(seconds / 3600)
    found = centre_and_spread(over.speed)
    wide = math.hypot(0.032, 0.009, 0.033, 0.017 * lag)
    assert found == pytest.approx((math.log(4.0) + 0.06 * lag + 0.042, wide))


@pytest.mark.parametrize(
    ("speed", "seconds", "steady"),
    [
        (4.4, 200.0, True),
        (4.41, 200.0, False),
        (5.0, 149.0, True),
        (5.0, 150.0, False),
        (5.0, 260.0, False),
        (5.0, 261.0, True),
    ],
)
def test_an_effort_beside_three_faster_minutes_holds_rests(speed, seconds, steady):
    burst = {"activity_id": "a", "kind": "duration", "ok": True, "distance_m": speed * seconds, "time_s": seconds}
    found = threshold_of(session(race=False, beats=190.0), top=200.0, bursts=[burst])
    assert found.speed.is_known is steady


def test_hard_running_stands_out_by_twelve_per_cent_of_eight_runs():
    def known(n: int, more: float):
        easy = [session(3.0, race=False, name=f"r{k}", day=k + 1) for k in range(n - 1)]
        return threshold_of(session(3.0 * math.exp(more), race=False), *easy).speed

    assert not known(8, 0.119).is_known and not known(7, 0.13).is_known
    found = centre_and_spread(known(8, 0.121))
    wide = math.hypot(1.6 * 0.038, 0.009, 0.033)
    assert found == pytest.approx((math.log(3.0) + 0.121 + 0.095, wide)), "ordinary training without heart rate"


def chosen_of(*rows: dict, stated=True, stands_out=False) -> pd.DataFrame:
    usual = {
        "time_s": 3600.0,
        "lag": 0.0,
        "steady": True,
        "race": False,
        "beats": np.nan,
        "date": END,
        "hour": 1.4,
        "whole": False,
    }
    frame = pd.DataFrame([{"activity_id": f"r{k}"} | usual | row for k, row in enumerate(rows)])
    return efforts_for_hour(frame, Top(200.0, 2.0, stated), stands_out)[0]


def test_which_efforts_areefforts_for_hour():
    hard = {"beats": 190.0}
    assert chosen_of(hard)["gap_sd"].tolist() == [0.032]
    assert chosen_of(hard, stated=False)["gap_sd"].tolist() == pytest.approx([0.048])
    training = {"beats": 120.0}
    assert chosen_of(training, stands_out=True)[["gap", "gap_sd"]].to_numpy().tolist() == [[0.095, 0.038]]
    assert chosen_of(training).empty
    assert chosen_of(training | {"whole": True}, stands_out=True).empty, "a whole run may hold anything"
    assert len(chosen_of(*[{"race": True}] * 6, *[hard] * 4)) == 5 + 3
    assert chosen_of(hard, training, stands_out=True)["class"].tolist() == ["hard"]
    # what is clearly slower than shown elsewhere is left out: its worth must reach the best hour less four per cent
    assert len(chosen_of({"race": True}, hard | {"hour": 1.4 - 0.0819})) == 2
    assert len(chosen_of({"race": True}, hard | {"hour": 1.4 - 0.0821})) == 1
    longest = chosen_of({"race": True}, {"race": True, "activity_id": "r0", "time_s": 1800.0, "hour": 1.5})
    assert longest.empty, "of a race its longest stretch counts, here slower than its half"


def line_of(n=8, slope=60.0, spread=0.2, more=(), **changes):
    x = np.log(3.0) + spread * np.arange(n) / (n - 1)
    rows = pd.DataFrame({"activity_id": [f"r{k}" for k in range(n)], "v": np.exp(x), "beats": 150 + slope * x})
    rows = pd.concat([rows.assign(**({"time_s": 1800.0, "steady": True} | changes)), pd.DataFrame(more)])
    return heart_rate_line(rows.reset_index(drop=True))


def test_the_line_of_heart_rate_over_speed():
    line = line_of()
    assert (line.slope, line.n, line.sd) == (pytest.approx(60.0), 8, 2.0)
    assert line.beats_at(math.log(3.3)) == pytest.approx(150 + 60 * math.log(3.3))
    assert line.speed_at(150 + 60 * math.log(3.3)) == pytest.approx(math.log(3.3))
    assert line_of(7) is None
    assert line_of(time_s=590.0) and line_of(time_s=589.0) is None
    assert line_of(time_s=4300.0) and line_of(time_s=4301.0) is None
    assert line_of(steady=False) is None
    assert line_of(slope=20.1) and line_of(slope=19.9) is None
    # eight speeds in even steps scatter by 0.3273 of their range
    assert line_of(spread=0.0917) and line_of(spread=0.0916) is None
    other = {"activity_id": "x", "v": 3.3, "time_s": 1800.0, "steady": True}
    assert line_of(more=[other | {"beats": 150 + 60 * math.log(3.3) + 5.9}]).n == 9
    far = line_of(20, more=[other | {"beats": 150 + 60 * math.log(3.3) + 60.0}])
    assert far.n == 20, "three standard deviations off"
    near = line_of(more=[other | {"activity_id": "r0", "beats": 999.0, "time_s": 2000.0}])
    assert near.n == 8, "the effort nearest to half an hour"


def test_how_far_the_line_reaches():
    short, long = Line(150, 60, 1.2, 1.1, 1.2, 2, 1, 8), Line(150, 60, 1.2, 1.0, 1.3, 2, 1, 8)
    assert [short.reaches(x) for x in (1.001, 0.999, 1.349, 1.351)] == [True, False, True, False]
    assert [long.reaches(x) for x in (1.599, 1.601)] == [True, False]


def test_threshold_heart_rate_by_hand():
    alone = threshold_of(session(beats=180.0)).heart_rate
    assert alone.value == pytest.approx(180 + 120 * 0.012)
    assert (alone.high - alone.value) / 1.2815515655 == pytest.approx(math.hypot(4.0, 3.0, 3.0))
    short = threshold_of(session(seconds=900.0, beats=180.0)).heart_rate
    assert short.value == pytest.approx(180 * (1 - 0.035 * math.log(4)) + 120 * 0.012)
    held = threshold_of(session(beats=180.0), top=200.0).heart_rate
    weights = 1 / 25, 1 / math.hypot(0.025 * 200, 0.01 * 200) ** 2
    assert held.value == pytest.approx(np.average([181.44, 181.0], weights=weights))
    assert (held.high - held.value) / 1.2815515655 == pytest.approx(math.hypot(sum(weights) ** -0.5, 3.0))


def test_a_stated_threshold_counts_with_its_doubt_and_its_age():
    def found(*sessions, start, **more):
        stated = [{"from": start, "threshold_speed_mps": 4.2, "threshold_heart_rate_bpm": 170.0}]
        return threshold_of(*sessions, stated=stated, through=END, **more)

    easy = session(3.0, race=False)
    fresh, old, undated = (found(easy, start=day) for day in (END, END - pd.Timedelta(days=100), None))
    assert centre_and_spread(fresh.speed) == pytest.approx((math.log(4.2), 0.02))
    assert centre_and_spread(old.speed)[1] == pytest.approx(math.hypot(0.02, 0.012))
    assert centre_and_spread(undated.speed)[1] == pytest.approx(math.hypot(0.02, 0.0012 * math.sqrt(365)))
    assert (fresh.heart_rate.value, fresh.heart_rate.high) == pytest.approx((170.0, 170 + 1.2815515655 * 0.02 * 170))
    assert not found(easy, start=END + pd.Timedelta(days=1)).speed.is_known, "what is written down later is not known"
    raced = session(4.2 / math.exp(0.012))
    both, alone = found(raced, start=END).speed, threshold_of(raced).speed
    one = math.hypot(0.020, 0.009, 0.033)
    assert centre_and_spread(both) == pytest.approx((math.log(4.2), (one**-2 + 0.02**-2) ** -0.5))
    assert both.high < alone.high and both.low > alone.low


def test_sources_that_disagree_widen_the_interval():
    assert _combined([(0.0, 0.02), (0.02, 0.02)]) == pytest.approx((0.01, 0.02 / math.sqrt(2)))
    assert _combined([(0.0, 0.02), (0.20, 0.02)]) == pytest.approx((0.10, 0.10))


def whole_runs(*, beats=150.0, fastest=3.2, athletes=None, n=40, belt=False) -> Log:
    """Totals alone, as a spreadsheet has them: 10 km every third day, the last two fast."""
    runs = pd.DataFrame(
        {
            "activity_id": [f"r{k}" for k in range(n)],
            "athlete": "kim",
            "sport": "running",
            "sub_sport": "treadmill" if belt else "",
            "date": pd.date_range("2026-01-20", periods=n, freq="3D"),
            "distance_m": 10000.0,
            "moving_time_s": 10000 / 3.0,
            "average_heart_rate_bpm": beats,
        }
    )
    runs.loc[runs.index[-2:], "moving_time_s"] = 10000 / fastest
    return Log(runs, athletes=athletes or {})


def test_whole_runs_speak_through_the_line_of_training():
    log = whole_runs(beats=np.nan)
    found = threshold(log).speed
    day = np.array([(log.activities["date"].max() + pd.Timedelta(days=1)).to_datetime64()]).astype("datetime64[D]")
    marks = training_marks(log.activities, day.astype(float))
    metres = found.value * 3600
    assert ALONE_WITHOUT_HEART.log_time(marks, np.array([metres]))[0] == pytest.approx(math.log(3600), abs=1e-4)
    assert centre_and_spread(found)[1] == pytest.approx(math.hypot(0.05, 0.032, 0.045))
    assert "the totals of 40 runs" in found.basis
    assert not threshold(whole_runs(belt=True)).speed.is_known


def test_a_race_without_samples_counts_as_one_effort():
    log = whole_runs()
    log.races = pd.DataFrame({"athlete": "kim", "date": [log.activities["date"].max()], "distance_m": 10000.0})
    found = threshold(log)
    assert found.efforts[["kind", "time_s"]].to_numpy().tolist() == [["race", 3125.0]]
    assert found.speed.basis.startswith("1 race")


def test_what_easy_running_spares_is_allowed_for_with_its_doubt():
    day = np.array([20600.0])
    runs = whole_runs(beats=150.0).activities
    plain, hard, easy = (training_marks(runs, day, highest_bpm=top) for top in (np.nan, 150 / 0.92, 180.0))
    assert plain["spared"].item() == 0.0 == pytest.approx(hard["spared"].item(), abs=1e-12)
    spared = 1.2 * math.log(0.92 * 180 / 150)
    assert easy["spared"].item() == pytest.approx(spared)
    assert easy["best"].item() == pytest.approx(plain["best"].item() - spared)
    assert easy["pace"].item() == pytest.approx(plain["pace"].item() + spared)
    assert WITH_HEART.doubt_of(easy) == pytest.approx(math.hypot(0.05, spared))
    assert WITH_HEART.doubt_of(plain) == pytest.approx(0.05)


def test_the_maximum_behind_means_where_no_peak_is_known():
    def top(means: list[float]) -> float:
        rows = pd.DataFrame({"average_heart_rate_bpm": means, "date": END, "locked": False})
        return _maximum(Log(), rows, END, False, math.nan).value

    assert top([150.0] * 18 + [170.0] * 2) == pytest.approx(170 / 0.92)
    assert math.isnan(top([150.0] * 17 + [170.0] * 2)), "twenty runs"
    assert math.isnan(top([150.0] * 18 + [164.9] * 2)) and top([150.0] * 18 + [165.1] * 2) > 179, "hard running"
