"""Two periods side by side: on what both measured, with the coverage, or not at all."""

import math

import numpy as np
import pandas as pd
import pytest

from runlab import progression
from runlab.athlete import Athlete
from runlab.calendar import measured_sum, weeks_back
from runlab.errors import SettingsError
from runlab.log import Log
from runlab.progression.comparison import common_channel, compare_intensity, compare_periods
from runlab.progression.season_phases import phase_weeks
from runlab.report import athlete_review, season_breakdown
from runlab.report.review import lines

KIM = Athlete("kim", settings=[{"threshold_heart_rate_bpm": 170.0, "threshold_pace": "4:10 /km"}])
WEEKS = 32


def log_of(*, heart_from=0, pace_until=WEEKS, distance_from=0, weeks=WEEKS):
    """Five runs a week; heart rate from one week on, a GPS speed until another."""
    rows, counts = [], []
    for k in range(weeks * 7):
        if k % 7 in (0, 4):
            continue
        week, name = k // 7, f"r{k:03d}"
        rows.append(
            {
                "activity_id": name,
                "athlete": "kim",
                "sport": "running",
                "date": pd.Timestamp("2026-01-05") + pd.Timedelta(days=k),
                "start_time": pd.Timestamp("2026-01-05 08:00", tz="UTC") + pd.Timedelta(days=k),
                "moving_time_s": 3600.0,
                "timer_time_s": 3600.0,
                "elapsed_time_s": 3600.0,
                "distance_m": 11000.0 if week >= distance_from else np.nan,
                "ascent_m": 80.0 if week >= heart_from else np.nan,
                "samples": 0,
            }
        )
        if week >= heart_from:
            counts += [(name, "heart_rate_bpm", 140.0, 2700.0), (name, "heart_rate_bpm", 175.0, 900.0)]
        if week < pace_until:
            counts += [(name, "speed_mps", 3.0, 3240.0), (name, "speed_mps", 4.2, 360.0)]
    histograms = pd.DataFrame(counts, columns=["activity_id", "channel", "value", "seconds"])
    return Log(pd.DataFrame(rows), histograms=histograms, athletes={"kim": KIM})


OLD, NEW = ("2026-01-05", "2026-04-26"), ("2026-04-27", "2026-08-16")


def test_a_period_without_heart_rate_and_one_without_pace_are_not_compared():
    found = compare_intensity(log_of(heart_from=16, pace_until=16), OLD, NEW)
    assert not found.is_known and math.isnan(found.before) and math.isnan(found.after)
    assert found.basis == "cannot compare: heart rate is known for 0 of 80 runs before and 80 of 80 after"
    assert common_channel(log_of(heart_from=16, pace_until=16), OLD, NEW) == ""


def test_heart_rate_that_came_later_is_no_change_in_training():
    """Easy by heart rate 75 %, by pace 90 %: both periods are judged by pace, which both have."""
    log = log_of(heart_from=16)
    found = compare_intensity(log, OLD, NEW)
    assert found.before == pytest.approx(0.9) and found.after == pytest.approx(0.9)
    assert found.basis == "speed known for 80 of 80 runs before and 80 of 80 after"
    assert common_channel(log, OLD, NEW) == "speed"
    mixed = progression.run_intensity(log)  # what was compared before: pace then, heart rate now
    assert set(mixed["channel"]) == {"speed_mps", "heart_rate_bpm"}
    assert compare_intensity(log_of(), OLD, NEW).before == pytest.approx(0.75)


def test_half_of_the_runs_of_both_periods_is_enough_and_less_is_not():
    for weeks, known in ((8, True), (9, False)):
        found = compare_intensity(log_of(heart_from=weeks, pace_until=0), OLD, NEW)
        assert found.is_known is known and found.coverage == (16 - weeks) / 16
    with pytest.raises(SettingsError, match="zone must be one of"):
        compare_intensity(log_of(), OLD, NEW, zone="easy")


def test_compare_periods_at_its_edges():
    def rows(known, n):
        return pd.DataFrame({"x": [1.0] * known + [np.nan] * (n - known)})

    def compared(a, b):
        return compare_periods(a, b, "x", statistic=lambda part: part["x"].sum(), what="distance")

    assert compared(rows(8, 10), rows(5, 5)).after == 5
    assert compared(rows(7, 10), rows(5, 5)).basis == (
        "cannot compare: distance is known for 7 of 10 runs before and 5 of 5 after"
    )
    assert not compared(rows(4, 4), rows(5, 5)).is_known and not compared(rows(5, 5), rows(0, 0)).is_known
    assert compared(rows(8, 8), rows(6, 6)).change == -0.25
    assert measured_sum(pd.Series([5.0] * 4 + [np.nan])) == 25 and math.isnan(measured_sum(pd.Series([5.0, np.nan])))
    assert measured_sum(pd.Series([], dtype=float)) == 0


# --- where it is said ------------------------------------------------------------------------------------------------


def test_the_review_does_not_compare_what_was_not_measured():
    review = athlete_review(log_of(heart_from=24, pace_until=24), start="2026-01-05", end="2026-08-16")
    words = review.sentence("intensity").plain
    assert "cannot be compared: speed is known for 120 of 120 runs before and 0 of 40 after" in words
    fair = athlete_review(log_of(heart_from=24), start="2026-01-05", end="2026-08-16").sentence("intensity").plain
    assert "The last 8 weeks: 90 % of the time; before them 90 %." in fair and "speed known for 120 of 120" in fair


def test_the_review_does_not_call_a_log_without_distances_a_rise():
    review = athlete_review(log_of(distance_from=26), start="2026-01-05", end="2026-08-16")
    words = review.sentence("volume").plain
    assert "55.0 km of training a week over the last 4 weeks." in words
    assert "No comparison with the weeks before: distance is known for 2 of 12 weeks before and 4 of 4 after" in words
    assert "on the 12 before" not in words and "on the 12 before" not in review.card()


def test_the_season_does_not_compare_halves_or_ascent_that_were_not_measured():
    page = season_breakdown(log_of(heart_from=16, pace_until=16), start="2026-01-05", end="2026-08-16")
    assert "cannot be compared: heart rate is known for 0 of" in page.sentence("intensity").plain
    later = season_breakdown(log_of(heart_from=20), start="2026-01-05", end="2026-08-16")
    assert (
        "cannot be compared with those before: altitude is known for 0 of 100 runs before and 60 of 60 after"
        in later.sentence("vertical").plain
    )
    season, late = page.facts, later.facts
    assert season.common_channel == "" and season.season_numbers["easy"].isna().all()
    assert late.common_channel == "speed" and late.season_numbers["easy"].tolist() == pytest.approx([0.9, 0.9])
    assert math.isnan(late.season_numbers["ascent_m"].iloc[0]) and late.season_numbers["ascent_m"].iloc[1] > 0


def test_seasons_with_and_without_distances():
    season = season_breakdown(log_of(distance_from=16), start="2026-01-05", end="2026-08-16")
    assert season.sentence("changed").startswith("**Cannot tell")
    assert "have no distance" in season.sentence("changed")


def test_limiters_judge_both_times_by_one_channel():
    hard = progression.limiters(log_of(heart_from=20)).set_index("candidate").loc["hard running"]
    assert hard["value"] == pytest.approx(hard["reference"]) and "by speed" in hard["basis"]
    apart = progression.limiters(log_of(heart_from=20, pace_until=20)).set_index("candidate").loc["hard running"]
    assert apart["says"] == "cannot tell" and apart["basis"].startswith("cannot compare")


def test_limiters_do_not_take_a_lost_distance_for_less_running():
    log = log_of(weeks=40)
    rows = log.activities.assign(distance_m=log.activities["distance_m"].where(log.activities["date"] < "2026-09-01"))
    found = progression.limiters(Log(rows, histograms=log.histograms, athletes=log.athletes)).set_index("candidate")
    assert found.loc["volume", "says"] == "cannot tell" and "cannot compare" in found.loc["volume", "basis"]


def test_weeks_without_distances_are_no_break_and_no_zero():
    log = log_of(weeks=20)
    lost = log.activities["date"].between("2026-03-02", "2026-03-15")
    rows = log.activities.assign(distance_m=log.activities["distance_m"].mask(lost))
    weeks = phase_weeks(Log(rows, histograms=log.histograms, athletes=log.athletes))
    assert "break" not in set(weeks["phase"])
    back = weeks_back(rows["date"], rows["distance_m"], through="2026-05-24")
    assert back.isna().sum() == 2 and back.dropna().eq(55000.0).all()


def test_blocks_leave_open_what_was_not_measured():
    log = log_of(weeks=20, heart_from=0)
    lost = log.activities["date"].between("2026-03-02", "2026-03-15")
    rows = log.activities.assign(distance_m=log.activities["distance_m"].mask(lost))
    some = log.histograms[~log.histograms["activity_id"].isin(rows.loc[lost, "activity_id"].tolist()[:6])]
    table = progression.block_comparison(
        Log(rows, histograms=some, athletes=log.athletes), races=["2026-05-25"], weeks=12
    ).set_index("week")
    inside = table[(table.index >= "2026-03-02") & (table.index <= "2026-03-09")]
    assert inside["distance_m"].isna().all() and inside["longest_m"].isna().all() and inside["runs"].eq(5).all()
    assert inside["basis"].eq("more than a fifth of the runs have no distance").all()
    assert math.isnan(inside["hard_share"].iloc[0]) and inside["hard_share"].iloc[1] == pytest.approx(0.1)
    assert table["distance_m"].max() == 55000.0


def test_what_is_measured_counts_sessions_and_not_rest_days():
    """Two sessions in seven days, every second one unmeasured: half of the sessions, not 13 of 14 days."""
    log = log_of()
    days = pd.date_range("2026-01-05", "2026-08-16")
    done = np.where(np.arange(len(days)) % 7 == 0, 2, 0)
    blind = np.where(np.arange(len(days)) % 14 == 0, 2, 0)
    log.daily = pd.DataFrame(
        {
            "athlete": "kim",
            "date": days,
            "sessions": done,
            "unmeasured_sessions": blind,
            "load": np.where(blind > 0, np.nan, 40.0 * done),
            "load_method": "trimp",
        }
    )
    review = athlete_review(log, start="2026-01-05", end="2026-08-16")
    found = lines.unmeasured(review.facts)
    assert found.claim == "The load of 32 sessions is not known: no heart rate, effort rating or pace was recorded."
    assert found.claim in review.section("load")
    assert "% of the sessions behind it were measured" in review.sentence("load")
