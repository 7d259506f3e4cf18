"""Where zones, the observed maximum and time in zones begin and end: one value inside, one outside."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from runlab.errors import SettingsError, TableError
from runlab.log import Log
from runlab.zones import heart_rate_zones, observed_max_heart_rate, pace_zones, time_in_zones

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
