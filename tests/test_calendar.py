"""One rule each: weeks, lighter weeks, breaks, the last twelve weeks, a build; at their edges, and in every report."""

import numpy as np
import pandas as pd
import pytest

from runlab import calendar as rules
from runlab import load, plots, progression
from runlab.errors import SettingsError
from runlab.log import Log
from runlab.progression.season_phases import phase_weeks
from runlab.progression.weeks import running_weeks
from runlab.race.build import build_table, disruptions
from runlab.races import Race
from runlab.report.review import cells
from runlab.report.review import lines as review_lines
from runlab.report.review.facts import ReviewFacts
from runlab.report.season import lines
from runlab.report.season.facts import SeasonFacts

DAY = pd.Timedelta(days=1)


def dates(*texts):
    return pd.Series([pd.Timestamp(text) for text in texts], dtype="datetime64[us]")


def log_of(days, metres=10_000.0, **tables):
    """Runs of one athlete on these days."""
    days = pd.DatetimeIndex(days)
    rows = {
        "activity_id": [f"r{k}" for k in range(len(days))],
        "athlete": "kim",
        "sport": "running",
        "date": days,
        "start_time": days.tz_localize("UTC") + pd.Timedelta(hours=7),
        "distance_m": metres,
        "moving_time_s": 3600.0,
        "timer_time_s": 3600.0,
    }
    return Log(pd.DataFrame(rows), **tables)


# -- the rules at their edges -----------------------------------------------------------------------------------------


def test_weeks_start_as_the_athletes_week_does():
    days = dates("2026-05-02", "2026-05-03", "2026-05-04")
    assert rules.week_of(days).dt.day.tolist() == [27, 27, 4]
    assert rules.week_of(days, "sunday").dt.day.tolist() == [26, 3, 3]
    with pytest.raises(SettingsError, match="did you mean 'sunday'"):
        rules.week_of(days, "sundy")


def test_on_looks_at_the_days_before_and_through_at_that_day_too():
    known = dates("2026-05-01", "2026-05-09")
    assert rules.last_day(known, on="2026-05-05") == pd.Timestamp("2026-05-04")
    assert rules.last_day(known, through="2026-05-05") == pd.Timestamp("2026-05-05")
    assert rules.last_day(known) == pd.Timestamp("2026-05-09")
    with pytest.raises(SettingsError, match="not both"):
        rules.last_day(known, on="2026-05-05", through="2026-05-05")


def test_the_last_twelve_weeks_are_84_days_with_the_last_one_in():
    last = pd.Timestamp("2026-05-31")
    days = pd.Series([last - 84 * DAY, last - 83 * DAY, last, last + DAY])
    assert rules.in_last_weeks(days, 12, through=last).tolist() == [False, True, True, False]
    assert rules.in_last_weeks(days, 12, through=last + 7 * pd.Timedelta(hours=1)).tolist()[2]


@pytest.mark.parametrize(("days", "whole"), [(6, 0), (7, 1), (13, 1), (14, 2)])
def test_only_whole_weeks_are_counted_back(days, whole):
    ran = pd.Series(pd.date_range(end="2026-05-31", periods=days))
    held = rules.weeks_back(ran, pd.Series(1.0, index=ran.index), through="2026-05-31")
    assert held.tolist() == [7.0] * whole


def test_weeks_counted_back_know_rest_from_what_was_not_measured():
    ran = dates("2026-05-01", "2026-05-10", "2026-05-17", "2026-05-24", "2026-06-01")
    metres = pd.Series([5.0, np.nan, np.nan, 4.0, 9.0])
    held = rules.weeks_back(ran, metres, through="2026-05-31", first="2026-04-27")
    assert held.tolist()[0] == 5.0 and np.isnan(held[1]) and np.isnan(held[2]) and held.tolist()[3:] == [4.0, 0.0]
    largest = rules.weeks_back(
        dates("2026-05-30", "2026-05-25"), pd.Series([3.0, 8.0]), through="2026-05-31", largest=True
    )
    assert largest.tolist() == [8.0]
    assert rules.weeks_back(dates(), pd.Series(dtype=float), through="2026-05-31").empty


@pytest.mark.parametrize(("value", "lighter"), [(76.5, True), (76.51, False), (0.01, True), (0.0, False)])
def test_a_lighter_week_holds_at_most_85_per_cent_of_each_of_the_three_before(value, lighter):
    found = rules.lighter_weeks(np.array([90.0, 100.0, 110.0, value]))
    assert found["is_step_back"].tolist() == [False] * 3 + [lighter]
    assert found["mean_before"].iloc[-1] == 100.0
    assert not rules.lighter_weeks(np.array([100.0, 100.0, value]))["is_step_back"].any(), "two are no usual"
    older = rules.lighter_weeks(np.array([80.0, 90.0, 100.0, 110.0, value]))
    assert older["mean_before"].iloc[-1] == 100.0 and older["is_step_back"].iloc[-1] == lighter


def test_the_third_lighter_week_in_a_row_is_the_new_normal():
    found = rules.lighter_weeks(np.array([100.0, 100, 100, 80, 80, 80, 80, 60]))
    assert np.flatnonzero(found["is_step_back"]).tolist() == [3, 4, 7]
    assert found["weeks_since"].tolist()[3:] == [0, 0, 1, 2, 0]


@pytest.mark.parametrize("wrong", [{"drop": 0.0}, {"drop": 1.0}, {"weeks": 0}])
def test_wrong_settings_of_a_lighter_week_are_refused(wrong):
    with pytest.raises(SettingsError, match="must"):
        rules.lighter_weeks(np.ones(5), **wrong)


@pytest.mark.parametrize(("off", "found"), [(6, 0), (7, 1)])
def test_a_break_is_seven_days_in_a_row_without_a_run(off, found):
    last = pd.Timestamp("2026-05-01") + (off + 1) * DAY
    inside = rules.breaks(dates("2026-05-01", last), start="2026-05-01", end=last)
    assert inside["days"].tolist() == [off] * found
    edge = rules.breaks(dates("2026-05-01"), start="2026-05-01", end=last - DAY)
    assert (
        edge[["first", "last"]].to_numpy().tolist() == [[pd.Timestamp("2026-05-02"), last - DAY]] * found or not found
    )
    assert (
        len(edge) == found
        and len(rules.break_days(dates("2026-05-01"), start="2026-05-01", end=last - DAY)) == off * found
    )
    assert len(rules.breaks(dates(last), start=last - off * DAY, end=last)) == found, "the first days count too"


def test_runs_outside_a_period_break_no_break():
    found = rules.breaks(dates("2026-04-30", "2026-05-09"), start="2026-05-01", end="2026-05-08")
    assert found.to_numpy().tolist() == [[pd.Timestamp("2026-05-01"), pd.Timestamp("2026-05-08"), 8]]


def test_a_build_is_the_sixteen_weeks_before_the_day_of_the_race():
    race = pd.Timestamp("2026-11-01")
    days = pd.Series([race - 113 * DAY, race - 112 * DAY, race - 8 * DAY, race - 7 * DAY, race - DAY, race, race + DAY])
    assert rules.weeks_to_race(days, race).tolist() == [17, 16, 2, 1, 1, 0, 0]
    assert rules.BUILD_WEEKS == 16
    log = log_of(pd.date_range(race - 130 * DAY, race))
    assert progression.block_comparison(log, races=[race])["week"].iloc[0] == race - 112 * DAY
    assert build_table(log, Race(race))["week_start"].iloc[0] == race - 112 * DAY


# -- and the same in every answer -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def season(season_log):
    return SeasonFacts(season_log)


@pytest.fixture(scope="module")
def review(season_log):
    return ReviewFacts(season_log, start="2026-05-05")


def test_lighter_weeks_are_the_same_in_table_picture_and_sentence(season, review):
    daily = season.training.groupby("date", as_index=False)["distance_m"].sum()
    daily = daily.rename(columns={"distance_m": "run_distance_m"})
    table = load.step_back_weeks(daily)
    marked = set(table.loc[table["is_step_back"], "week"])
    assert len(marked) >= 5
    for report in (season, review):
        assert set(report.lighter.loc[report.lighter["is_step_back"], "week"]) == marked
    assert lines.step_back(season).plain.startswith(f"{len(marked)} of ")
    for given in ({"lighter": season.lighter}, {}):
        ax = plots.plot_weekly_volume(season.training, end=season.end, **given)
        hatched = [c for c in ax.containers if c.get_label() == "_lighter"]
        assert sum(len(c) for c in hatched) == len(marked)


def test_a_break_is_the_same_in_every_answer(season, review, season_log):
    found = rules.breaks(season_log.activities["date"], start=season.start, end=season.end)
    first, last, days = found.iloc[0]
    assert (len(found), days) == (1, 10)
    assert season.stops[["first", "last", "days"]].to_numpy().tolist() == [[first, last, days]]
    assert review_lines.stops(review).facts["stop_days"] == lines.stops(season).facts["stop_days"] == 10
    plain = Log(season_log.activities)  # without the note of the illness the days alone speak
    gap = disruptions(plain, Race(pd.Timestamp("2026-09-06")))
    assert gap[["start", "end", "days", "kind"]].to_numpy().tolist() == [[first, last, days, "no runs"]]
    weeks = running_weeks(plain).set_index("week")["break_days"]
    assert weeks[weeks > 0].to_dict() == {pd.Timestamp("2026-07-13"): 4.0, pd.Timestamp("2026-07-20"): 6.0}
    blocks = progression.block_comparison(plain, races=["2026-09-06"])
    assert blocks["break_days"].sum() == 10
    assert progression.block_summary(blocks)["break_days"].tolist() == [10.0]


@pytest.mark.parametrize(("off", "phase"), [(range(4, 11), "break"), (range(5, 12), "base")])
def test_a_week_of_which_four_days_lie_in_a_break_is_a_week_of_break(off, phase):
    """Days 0 to 6 are the tenth week: from its fifth day three lie in it, from its fourth four."""
    monday = pd.Timestamp("2026-03-09")
    gone = {monday + (k - 1) * DAY for k in off}
    ran = [day for day in pd.date_range("2026-01-05", periods=140) if day not in gone]
    weeks = phase_weeks(log_of(ran)).set_index("week")
    assert weeks.loc[monday, "phase"] == phase


def test_the_last_twelve_weeks_are_the_same_in_every_answer(season, review):
    mean = season.training.loc[rules.in_last_weeks(season.training["date"], 12, through=season.end), "distance_m"].sum()
    assert f"Last 12 weeks: {mean / 12_000:.1f} km" in lines.volume(season).plain
    shown = cells.volume(review).data.set_index("weeks").loc["last 12 weeks", "km a week"]
    assert shown == f"{mean / 12_000:.1f}"


def test_the_last_weeks_of_limiters_end_with_the_last_day():
    """The longest of the last 8 weeks was 56 days ago: it no longer counts, a calendar week would have held it."""
    days = pd.date_range(end="2026-06-03", periods=7 * 40)
    metres = np.full(len(days), 8000.0)
    for back, longest in ((56, 8000.0), (55, 30_000.0)):
        far = metres.copy()
        far[-1 - back] = 30_000.0
        table = progression.limiters(log_of(days, far)).set_index("candidate")["value"]
        assert table["long runs"] == longest
        assert table["volume"] == pytest.approx(7 * 8000 + 22_000 / 12)


def test_a_build_holds_the_same_weeks_wherever_it_is_shown(season_log):
    race = pd.Timestamp("2026-09-06")
    theirs = build_table(season_log, Race(race)).set_index("weeks_to_race")
    ours = progression.block_comparison(season_log, races=[race]).set_index("weeks_to_race")
    assert theirs.index.tolist() == ours.index.tolist() == list(range(16, 0, -1))
    for a, b in (
        ("run_distance_m", "distance_m"),
        ("run_time_s", "time_s"),
        ("longest_run_m", "longest_m"),
        ("runs", "runs"),
    ):
        np.testing.assert_allclose(theirs[a], ours[b], rtol=1e-9, err_msg=a)
    early = pd.Timestamp("2026-06-14")  # the log begins in its build: that week and those before are unknown
    known = build_table(season_log, Race(early)).set_index("weeks_to_race")["runs"].notna()
    assert known.equals(
        progression.block_comparison(season_log, races=[early]).set_index("weeks_to_race")["runs"].notna()
    )
    assert known.sum() == 5
