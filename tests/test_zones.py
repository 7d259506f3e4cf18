"""Zones, time in them, observed maximum, threshold: laws, missing data, coverage of the interval."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runlab import progression, samples, zones
from runlab.athlete import Athlete, Settings
from runlab.errors import SettingsError, TableError
from runlab.log import Log
from runlab.summary import histograms

# --- bounds -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "given_", "low"),
    [
        ("percent_max", {"max_heart_rate_bpm": 200}, [100, 120, 140, 160, 180]),
        ("karvonen", {"max_heart_rate_bpm": 200, "resting_heart_rate_bpm": 50}, [125, 140, 155, 170, 185]),
        ("friel_lthr", {"threshold_heart_rate_bpm": 200}, [0, 170, 180, 190, 200, 206, 212]),
    ],
)
def test_zones_have_their_published_bounds(method, given_, low):
    table = zones.heart_rate_zones(method, **given_)
    assert table["low"].tolist() == pytest.approx(low)
    assert (table["high"].to_numpy()[:-1] == table["low"].to_numpy()[1:]).all() and table["high"].iloc[-1] == math.inf


def test_zones_take_the_settings_of_a_day():
    athlete = Athlete(
        "kim",
        settings=[{"from": "2026-01-01", "max_heart_rate_bpm": 190}, {"from": "2026-06-01", "max_heart_rate_bpm": 186}],
    )
    early, late = (
        zones.heart_rate_zones(settings=athlete.on(day))["low"].iloc[-1] for day in ("2026-05-31", "2026-06-01")
    )
    assert (early, late) == pytest.approx((171.0, 167.4))
    with pytest.raises(SettingsError, match="needs threshold_heart_rate_bpm"):
        zones.heart_rate_zones("friel_lthr", settings=Settings(max_heart_rate_bpm=190))
    with pytest.raises(SettingsError, match="must be above"):
        zones.heart_rate_zones("karvonen", max_heart_rate_bpm=60, resting_heart_rate_bpm=70)
    with pytest.raises(SettingsError, match="did you mean 'karvonen'"):
        zones.heart_rate_zones("karvonnen", max_heart_rate_bpm=190)
    with pytest.raises(SettingsError, match="rising"):
        zones.heart_rate_zones(max_heart_rate_bpm=190, bounds=(0.6, 0.5))


def test_pace_zones_scale_with_threshold():
    one, other = zones.pace_zones(4.0), zones.pace_zones(5.0)
    assert (other["low"] / 5).to_numpy() == pytest.approx((one["low"] / 4).to_numpy())
    for wrong in (0.0, -3.0, math.nan):
        with pytest.raises(SettingsError):
            zones.pace_zones(wrong)


# --- time in zones ----------------------------------------------------------------------------------------------------


@settings(deadline=None)
@given(st.lists(st.one_of(st.just(math.nan), st.floats(60, 220)), min_size=2, max_size=80), st.integers(1, 25))
def test_time_in_zones_sums_to_the_whole(beats, step):
    time = pd.date_range("2026-05-01", periods=len(beats), freq=f"{step}s", tz="UTC").as_unit("us")
    table = zones.time_in_zones(
        pd.DataFrame({"time": time, "heart_rate_bpm": beats}), zones.heart_rate_zones(max_heart_rate_bpm=190)
    )
    assert table["seconds"].sum() == pytest.approx(step * (len(beats) - 1))
    measured = table[table["zone"] != "unknown"]
    assert measured["share"].sum() == pytest.approx(1) or measured["seconds"].sum() == 0


def test_samples_and_seconds_by_value_agree(steady_hour):
    own = zones.heart_rate_zones(max_heart_rate_bpm=187.5)  # 150 is an edge
    by_sample, by_value = (zones.time_in_zones(x, own) for x in (steady_hour, histograms(steady_hour)))
    assert by_sample["seconds"].iloc[:-1].to_numpy() == pytest.approx(by_value["seconds"].iloc[:-1].to_numpy(), abs=2)
    paces = zones.pace_zones(4.0)
    one, other = (zones.time_in_zones(x, paces) for x in (steady_hour, histograms(steady_hour)))
    assert one["seconds"].sum() == pytest.approx(other["seconds"].sum(), abs=60)


def test_a_heart_rate_on_an_edge_belongs_to_the_upper_zone():
    counts = pd.DataFrame({"channel": "heart_rate_bpm", "value": [120.0, 119.0], "seconds": [10.0, 20.0]})
    table = zones.time_in_zones(counts, zones.heart_rate_zones(max_heart_rate_bpm=200)).set_index("zone")["seconds"]
    assert table["2"] == 10 and table["1"] == 20


def test_stopped_time_does_not_count_and_gaps_are_not_stretched(steady_hour):
    own = zones.heart_rate_zones(max_heart_rate_bpm=190)
    stopped = steady_hour.assign(timer_running=np.arange(3601) < 1800)
    assert zones.time_in_zones(stopped, own)["seconds"].sum() == pytest.approx(1800)
    gap = steady_hour.drop(index=range(1000, 2000))
    assert zones.time_in_zones(gap, own)["seconds"].sum() == pytest.approx(3600 - 1001 + 30)


@pytest.mark.parametrize("how", ["empty", "absent", "no rows"])
def test_without_heart_rate_all_time_is_unknown(steady_hour, how):
    run = {
        "empty": steady_hour.assign(heart_rate_bpm=np.nan),
        "absent": steady_hour.drop(columns="heart_rate_bpm"),
        "no rows": steady_hour.iloc[:0],
    }[how]
    table = zones.time_in_zones(run, zones.heart_rate_zones(max_heart_rate_bpm=190)).set_index("zone")
    assert table["seconds"].drop("unknown").sum() == 0 and table["share"].isna().all()
    assert table.loc["unknown", "seconds"] == (0 if how == "no rows" else 3600)
    with pytest.raises(TableError, match="missing"):
        zones.time_in_zones(steady_hour, pd.DataFrame({"zone": ["1"]}))


# --- observed maximum -------------------------------------------------------------------------------------------------


def peaks(*values, flags="", usual=140.0):
    rows = pd.DataFrame(
        {
            "activity_id": [f"a{k}" for k in range(len(values))],
            "athlete": "kim",
            "date": pd.date_range("2026-05-01", periods=len(values)),
            "quality_flags": flags,
            "average_heart_rate_bpm": usual,
        }
    )
    lines = [(f"a{k}", "heart_rate_bpm", v - 3 * step, 20.0) for k, v in enumerate(values) for step in range(5)]
    return Log(rows, histograms=pd.DataFrame(lines, columns=["activity_id", "channel", "value", "seconds"]))


def test_a_lone_peak_is_not_the_maximum():
    found = zones.observed_max_heart_rate(peaks(180, 205, 182, 170, 175, 168))
    assert found.value == 182 and "1 higher without a second to confirm" in found.basis
    assert found.low <= found.value <= found.high


def test_easy_running_alone_says_nothing_of_the_maximum():
    """The highest must lie a fifth above the usual session; that of 162 over a usual 135 just does."""
    assert zones.observed_max_heart_rate(peaks(160, 161, 162, 158, 160, usual=135.0)).value == 162
    easy = zones.observed_max_heart_rate(peaks(160, 161, 162, 158, 160, usual=135.5))
    assert not easy.is_known and "no hard running seen" in easy.basis
    # without an average from the source the seconds at each heart rate give it
    assert not zones.observed_max_heart_rate(peaks(160, 161, 162, 158, 160, usual=np.nan)).is_known


def test_the_easy_runs_of_a_log_alone_say_nothing_of_the_maximum():
    """Of the sample's marathoner, whose maximum is known, the easy and recovery runs alone are kept."""
    log = samples.squad().athlete("road-marathoner")
    assert zones.observed_max_heart_rate(log).value == 186
    types = progression.session_type(log, look_inside=False)
    easy = types.loc[types["session_type"].isin(["easy", "recovery"]), "activity_id"]
    kept = log.activities[log.activities["activity_id"].isin(easy)]
    found = zones.observed_max_heart_rate(Log(kept, histograms=log.histograms, athletes={}))
    assert len(kept) >= 20 and not found.is_known and "is a lower bound" in found.basis


def test_the_day_itself_and_several_athletes():
    log = peaks(180, 181, 182, 178, 177, 190, 191)
    assert zones.observed_max_heart_rate(log, on="2026-05-07").value == 182
    assert zones.observed_max_heart_rate(log, through="2026-05-07").value == 191
    with pytest.raises(SettingsError, match="not both"):
        zones.observed_max_heart_rate(log, on="2026-05-07", through="2026-05-07")
    log.activities.loc[0, "athlete"] = "bo"
    with pytest.raises(SettingsError, match="one athlete"):
        zones.observed_max_heart_rate(log)


def test_flagged_sessions_are_left_out_and_few_are_not_enough():
    locked = peaks(205, 204, 206, 203, 205, flags="cadence_lock")
    found = zones.observed_max_heart_rate(locked)
    assert not found.is_known and "5 more with flagged heart rate" in found.basis
    assert "found 3" in zones.observed_max_heart_rate(peaks(180, 181, 182)).basis
    assert not zones.observed_max_heart_rate(peaks()).is_known
    assert not zones.observed_max_heart_rate(peaks(110, 120, 130, 140, 150)).is_known


def test_a_second_at_a_heart_rate_is_not_holding_it():
    log = peaks(180, 181, 182, 170, 175)
    spike = pd.DataFrame(
        {"activity_id": [f"a{k}" for k in range(5)], "channel": "heart_rate_bpm", "value": 210.0, "seconds": 2.0}
    )
    log.histograms = pd.concat([log.histograms, spike], ignore_index=True)
    assert zones.observed_max_heart_rate(log).value == 182


def test_only_the_last_year_before_the_day_counts():
    log = peaks(190, 191, 180, 181, 179, 178, 177, 176)
    log.activities.loc[:1, "date"] = pd.Timestamp("2024-01-01")
    assert zones.observed_max_heart_rate(log).value == 181
    assert zones.observed_max_heart_rate(log, through="2026-05-07").n == 5
    assert zones.observed_max_heart_rate(log, on="2026-05-08").n == 5


# --- threshold --------------------------------------------------------------------------------------------------------


def light_athlete(seed):
    """Four months of one runner by laws other than the estimator's: a three-parameter hyperbola with a late fade.

    Races at 97-100 % of what was there, tempo runs, easy runs; heart rate bends towards its maximum and drifts.
    """
    rng = np.random.default_rng([seed, 5])
    speed, reserve, sprint = rng.uniform(3.0, 5.3), rng.uniform(100, 300), rng.uniform(6.5, 9)
    fade, top, rest = rng.uniform(0.02, 0.06), rng.normal(187, 9), rng.normal(52, 6)

    def best(t):
        fresh = speed + reserve / (t + reserve / (sprint - speed))
        return fresh * (1 - fade * np.log1p((t / 3000) ** 1.4))

    def beats(v, t):
        share = 0.11 + 0.78 * v / best(3600.0)
        share = 1 - np.logaddexp(0, 14 * (1 - share)) / 14
        return rest + (top - rest) * share * (1 + 0.03 * (1 - np.exp(-t / 2400))) - 60 / t * 30 + rng.normal(0, 2)

    days, rows, efforts = 118, [], []
    races = set(rng.choice(np.arange(3, days), rng.integers(0, 4), replace=False))
    tempo = rng.random() < 0.7
    for day in range(0, days, 2):
        form = (1 + 0.03 * (day - days) / days * rng.uniform(0, 1)) * (1 + rng.normal(0, 0.012))
        race = day in races or day + 1 in races
        total = rng.choice([1150.0, 2400.0, 5400.0]) if race else rng.uniform(2400, 5400)
        kind = "race" if race else "tempo" if tempo and day % 14 == 4 else "easy"
        for t in (600.0, 1200.0, 1800.0, 2400.0, 3600.0, total):
            if t > total or (kind == "tempo" and t > 1300):
                continue
            share = {
                "race": 1 - abs(rng.normal(0, 0.012)),
                "tempo": rng.uniform(0.92, 0.96),
                "easy": rng.uniform(0.68, 0.76),
            }[kind]
            v = form * share * (best(total) if kind == "race" else best(3600.0)) * (1 + rng.normal(0, 0.008))
            efforts.append(
                {
                    "activity_id": f"a{day}",
                    "kind": "duration",
                    "distance_m": v * t,
                    "time_s": t,
                    "graded_speed_mps": v,
                    "average_heart_rate_bpm": beats(v, t),
                    "ok": True,
                }
            )
        rows.append(
            {
                "activity_id": f"a{day}",
                "athlete": "kim",
                "sport": "running",
                "date": pd.Timestamp("2026-03-01") + pd.Timedelta(days=day),
                "workout_type": "race" if race and rng.random() < 0.8 else "",
            }
        )
    stated = [{"max_heart_rate_bpm": round(top), "resting_heart_rate_bpm": round(rest)}]
    log = Log(pd.DataFrame(rows), efforts=pd.DataFrame(efforts), athletes={"kim": Athlete("kim", settings=stated)})
    return log, best(3600.0), beats(best(3600.0), 3600.0)


def test_the_interval_of_threshold_holds_as_often_as_it_says():
    """On 200 simulated runners without weather, hills and bad days, which the interval allows for: 85-98 % hold."""
    inside, pulse, half = [], [], []
    for seed in range(200):
        log, speed, beats = light_athlete(seed)
        found = zones.threshold(log)
        if found.speed.is_known:
            inside.append(found.speed.low <= speed <= found.speed.high)
            half.append(np.log(found.speed.high / found.speed.low) / 2)
        if found.heart_rate.is_known:
            pulse.append(found.heart_rate.low <= beats <= found.heart_rate.high)
    assert len(inside) >= 150
    assert 0.85 <= np.mean(inside) <= 0.98 and np.median(half) <= 0.055
    assert np.mean(pulse) >= 0.72


def race_log(**changes):
    rows = pd.DataFrame(
        {
            "activity_id": ["a", "b"],
            "athlete": "kim",
            "workout_type": "race",
            "sport": "running",
            "date": pd.to_datetime(["2026-05-01", "2026-05-20"]),
        }
    )
    efforts = pd.DataFrame(
        {
            "activity_id": ["a", "b"],
            "kind": "distance",
            "ok": True,
            "distance_m": [5000.0, 10_000.0],
            "time_s": [1200.0, 2500.0],
            "graded_speed_mps": [5000 / 1200, 4.0],
            "average_heart_rate_bpm": [176.0, 172.0],
        }
    ).assign(**changes)
    return Log(activities=rows, efforts=efforts, athletes={})


def test_threshold_names_its_efforts_and_lies_between_the_races_and_an_hour():
    found = zones.threshold(race_log())
    assert 3.7 < found.speed.low < 3.9 < found.speed.value < 4.0 < found.speed.high < 4.2
    assert found.efforts["activity_id"].tolist() == ["a", "b"] and found.speed.n == 2
    assert "2 races" in found.speed.basis and 160 < found.heart_rate.value < 172


def test_what_all_parts_share_does_not_average_out():
    """Half of the 80 % interval in log speed, exactly: efforts with samples share 3.3 %, whole runs alone 4.5 %."""
    sampled = zones.threshold(race_log()).speed
    whole = race_log().activities.assign(distance_m=[5000.0, 10_000.0], moving_time_s=[1200.0, 2500.0])
    alone = zones.threshold(Log(whole, athletes={})).speed
    assert np.log(sampled.high / sampled.value) / 1.2815516 == pytest.approx(0.03829, abs=2e-5)
    assert np.log(alone.high / alone.value) / 1.2815516 == pytest.approx(0.05111, abs=2e-5)


def test_heart_rate_is_as_doubtful_as_it_scatters_from_run_to_run():
    """The same runner with beats that scatter more from day to day gets a wider threshold heart rate."""
    log, _, _ = light_athlete(8)
    rng, width = np.random.default_rng(1), []
    day = {name: rng.normal() for name in log.activities["activity_id"]}
    for scatter in (0.0, 8.0):
        loud = log.efforts.assign(
            average_heart_rate_bpm=log.efforts["average_heart_rate_bpm"] + scatter * log.efforts["activity_id"].map(day)
        )
        found = zones.threshold(Log(log.activities, efforts=loud, athletes=log.athletes)).heart_rate
        width.append(found.high - found.low)
    assert width[1] > 1.5 * width[0]


def test_threshold_without_altitude_is_wider_and_without_heart_rate_has_none():
    flat = zones.threshold(race_log(graded_speed_mps=np.nan)).speed
    full = zones.threshold(race_log()).speed
    assert flat.is_known and flat.high - flat.low > full.high - full.low
    silent = zones.threshold(race_log(average_heart_rate_bpm=np.nan))
    assert silent.speed.is_known and not silent.heart_rate.is_known and "heart rate" in silent.heart_rate.basis


def test_races_can_be_known_from_the_calendar():
    log = race_log()
    log.activities = log.activities.assign(workout_type="", distance_m=[5000.0, 10_000.0])
    assert not zones.threshold(log).speed.is_known
    log.races = pd.DataFrame({"athlete": "kim", "date": pd.to_datetime(["2026-05-20"])})
    assert "1 race " in zones.threshold(log).speed.basis


def test_efforts_that_are_not_ok_and_later_days_are_not_looked_at():
    assert zones.threshold(race_log(ok=[True, False])).speed.n == 1
    assert zones.threshold(race_log(), through="2026-05-10").speed.n == 1
    assert not zones.threshold(race_log(), through="2027-05-10").speed.is_known


def test_an_unmarked_slow_race_does_not_pull_threshold_down():
    """A race jogged with a friend is slower than what was shown elsewhere: it is left out."""
    jogged = race_log(graded_speed_mps=[5000 / 1200, 3.0])
    assert zones.threshold(jogged).speed.value == pytest.approx(zones.threshold(race_log(ok=[True, False])).speed.value)


def test_easy_running_alone_tells_nothing():
    rng = np.random.default_rng(0)
    rows = pd.DataFrame(
        {
            "activity_id": [f"a{k}" for k in range(30)],
            "athlete": "kim",
            "sport": "running",
            "date": pd.date_range("2026-04-01", periods=30),
        }
    )
    efforts = pd.DataFrame(
        {
            "activity_id": rows["activity_id"],
            "kind": "duration",
            "ok": True,
            "time_s": 2400.0,
            "distance_m": 2400 * rng.normal(3.0, 0.05, 30),
        }
    )
    found = zones.threshold(Log(activities=rows, efforts=efforts, athletes={}))
    assert not found.speed.is_known and "needs a race" in found.speed.basis and found.efforts.empty


def test_no_runs_and_several_athletes():
    assert "found none" in zones.threshold(Log()).speed.basis
    log = race_log()
    with pytest.raises(SettingsError, match="this log holds 2 athletes"):
        zones.threshold(Log(log.activities.assign(athlete=["kim", "bo"])))


def test_the_log_is_left_alone():
    log, _, _ = light_athlete(3)
    before = log.activities.copy(), log.efforts.copy()
    zones.threshold(log)
    pd.testing.assert_frame_equal(log.activities, before[0])
    pd.testing.assert_frame_equal(log.efforts, before[1])
