"""The season breakdown: what it counts, what it says where data are short, nothing from later days, and its page."""

from __future__ import annotations

import math
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from runlab import open_log, tables
from runlab.errors import SettingsError
from runlab.log import Log
from runlab.report import cells as shared
from runlab.report import season_breakdown, write_report
from runlab.report.season import cells
from runlab.report.season.facts import SeasonFacts
from runlab.report.season.lines import SENTENCES, longest_stretch
from runlab.report.season.page import SECTIONS, asked, unknown
from runlab.report.sheet import text_of
from runlab.sentences import lint, lint_text, templates

SQUAD = Path(__file__).resolve().parents[1] / "data" / "sample" / "squad"
TABLES = (
    cells.phases,
    cells.lighter,
    cells.vertical,
    cells.races,
    cells.builds,
    cells.tapers,
    cells.changes,
    shared.stops,
    shared.races,
    shared.limiters,
)


@pytest.fixture(scope="module")
def season(season_log) -> SeasonFacts:
    return SeasonFacts(season_log)


@pytest.fixture(scope="module")
def returning() -> SeasonFacts:
    """The sample athlete who stopped for twelve weeks."""
    return SeasonFacts(open_log(SQUAD / "returning-runner", progress=False))


def said(facts: SeasonFacts, name: str):
    """One of the breakdown's sentences."""
    return SENTENCES[name](facts)


def rows(shown) -> list[dict]:
    return shown.data.to_dict("records")


def test_the_templates_keep_the_contract():
    assert lint({name: t for name, t in templates().items() if name.startswith(("season.", "shared."))}) == []


def test_every_sentence_is_whole(season):
    for name in SENTENCES:
        line = said(season, name)
        if line is None:
            continue
        text = line.plain
        assert not [line for line in lint_text(text) if line.startswith("banned")], text
        assert "nan" not in text.split() and "None" not in text and "  " not in text, (name, text)
        assert text.rstrip("]").endswith((".", "?")) or text.endswith("]"), (name, text)


def test_the_whole_log_is_the_season_unless_told(season, season_log):
    assert season.start == season_log.activities["date"].min()
    part = SeasonFacts(season_log, start="2026-08-01", end="2026-09-30")
    assert (part.start, part.end) == (pd.Timestamp("2026-08-01"), pd.Timestamp("2026-09-30"))
    assert part.runs["date"].between(part.start, part.end).all()
    with pytest.raises(SettingsError, match="no activity up to"):
        SeasonFacts(season_log, end="2020-01-01")


def test_three_years_at_most(season_log):
    old = season_log.activities.assign(date=season_log.activities["date"] - pd.Timedelta(days=5 * 365))
    both = pd.concat([old.assign(activity_id=old["activity_id"] + "x"), season_log.activities])
    found = SeasonFacts(Log(both, athletes=season_log.athletes))
    assert found.start == found.end - pd.DateOffset(years=3) + pd.Timedelta(days=1)


def test_ill_days_are_a_stop_and_excused(season):
    stop = season.stops.iloc[0]
    assert (stop["first"], stop["last"]) == (pd.Timestamp("2026-07-16"), pd.Timestamp("2026-07-25"))
    assert stop["kinds"] == ("ill",)
    text = said(season, "stops").plain
    assert text.startswith("One stop of 7 days or more without a run: 10 days from 16 Jul 2026.")
    assert "The log notes illness then." in text
    assert rows(shared.stops(season))[1]["what"] == "illness"


def test_the_planted_jump_is_the_long_run_that_stands_out(season):
    assert "39.0 km on 27 Sep 2026" in said(season, "long_run").plain
    found = asked(season)
    assert any("39.0 km on 27 Sep 2026" in ask for ask, _ in found) and all(because for _, because in found)
    assert len(re.findall("<li>", season_card(season).split("To ask")[1].split("Not known")[0])) <= 3


def season_card(facts: SeasonFacts) -> str:
    return season_breakdown(facts.log).card()


def test_lighter_weeks_are_every_fourth(season):
    light = season.lighter[season.lighter["is_step_back"]]
    planted = {pd.Timestamp("2026-05-04") + pd.Timedelta(weeks=k) for k in range(3, 26, 4)}
    ill = pd.Timestamp("2026-07-20")
    judged = set(season.lighter.loc[season.lighter["share"].notna(), "week"])
    assert planted - {ill} - judged == {pd.Timestamp("2026-05-25")}, (
        "two whole weeks before it: the log begins on a Tuesday"
    )
    assert (planted - {ill}) & judged <= set(light["week"])
    assert not (set(light["week"]) - planted - {ill, pd.Timestamp("2026-07-13")})


def test_the_longest_stretch_counts_neither_lighter_weeks_nor_breaks():
    table = pd.DataFrame({"is_step_back": [False, False, True, False, False, False], "value": [5.0, 5, 3, 5, 0, 5]})
    assert longest_stretch(table) == 2


def test_without_races_there_is_no_trend_and_it_says_why(season):
    assert said(season, "races").plain.startswith("Cannot tell whether races are getting faster: needs 4 races or more")
    assert said(season, "same_race") is None
    assert season.period_results.empty


@pytest.mark.parametrize("known", [True, False])
def test_no_page_speaks_of_weather_that_nobody_measured(known):
    rng, days = np.random.default_rng(5), pd.date_range("2026-01-05", periods=90, freq="2D")
    own = pd.DataFrame({"activity_id": [f"r{k}" for k in range(90)], "athlete": "bo", "date": days, "sport": "running"})
    own = own.assign(
        start_time=days.tz_localize("UTC"), moving_time_s=3000.0, elapsed_time_s=3000.0, distance_m=9000.0,
        average_speed_mps=3 * np.exp(rng.normal(0, 0.02, 90)), average_heart_rate_bpm=rng.normal(145, 4, 90),
        heart_rate_share=1.0, average_temperature_c=14.0 if known else np.nan, samples=0,
    )  # fmt: skip
    own.loc[[20, 60], ["distance_m", "elapsed_time_s"]] = [10_000.0, 2700.0]
    races = pd.DataFrame({"athlete": "bo", "date": days[[20, 60]], "name": "City 10", "distance_m": 10_000.0})
    races = races.assign(official_time_s=[2700.0, 2650.0], kind="road")
    log = Log(tables.conform(own, tables.ACTIVITIES), races=tables.conform(races, tables.RACES))
    facts = SeasonFacts(log)
    pace, again = said(facts, "pace_at_heart_rate").plain, said(facts, "same_race").plain
    assert ("in cool weather" in pace) is known and ("whatever the weather" in pace) is not known
    assert ("heat and hills taken out" in again) is known
    assert ("the heat of the two days not known" in again) is not known


def test_missing_samples_leave_sections_that_say_so(season):
    assert season.fade.empty
    assert said(season, "durability").plain.startswith("Cannot tell how long runs fade: needs 3 steady runs")
    assert said(season, "dynamics").plain.startswith("Cannot tell how the athlete moves")
    assert any("How long runs fade" in text for _, text in unknown(season))


def test_a_short_history_degrades_everywhere(season_log):
    short = SeasonFacts(season_log, start="2026-05-04", end="2026-05-12")
    for name in SENTENCES:
        line = said(short, name)
        assert line is None or (line.plain and "nan" not in line.plain.split()), (name, line)
    for made in TABLES:
        shown = made(short)
        assert shown is None or len(shown.data), made
    for name in ("phases", "step_back", "best_block", "taper", "changed"):
        assert not said(short, name).known and said(short, name).startswith("**Cannot tell"), name
    page = season_breakdown(season_log, start="2026-05-04", end="2026-05-12")
    assert len(text_of(page.card()).split()) > 10


def test_a_log_of_totals_alone_degrades_too():
    days = pd.date_range("2026-01-05", periods=120, freq="2D")
    activities = pd.DataFrame(
        {
            "activity_id": [f"r{k}" for k in range(120)],
            "athlete": "bo",
            "date": days,
            "sport": "running",
            "distance_m": 9000.0,
            "moving_time_s": 2900.0,
            "timer_time_s": 2900.0,
            "samples": 0.0,
            "start_time": days.tz_localize("UTC"),
        }
    )
    found = SeasonFacts(Log(activities))
    assert "31.7 km" in said(found, "volume").plain or "31.5 km" in said(found, "volume").plain
    for name in ("intensity", "vertical", "pace_at_heart_rate", "durability", "dynamics"):
        assert said(found, name).startswith("**Cannot tell"), name
    for made in TABLES:
        shown = made(found)
        assert shown is None or len(shown.data), made


def test_nothing_after_the_end_is_known(season_log):
    before = SeasonFacts(season_log, end="2026-08-31")
    cut = SeasonFacts(season_log.between(None, "2026-08-31"), end="2026-08-31")
    for name in ("volume", "phases", "step_back", "intensity", "pace_at_heart_rate", "best_block"):
        assert said(before, name) == said(cut, name), name


def test_volume_counts_training_and_not_races(season_log):
    day = season_log.activities["date"].iloc[40]
    raced = season_log.activities.iloc[40]
    races = pd.DataFrame(
        {
            "athlete": "kim",
            "date": [day],
            "name": ["Trial"],
            "priority": ["A"],
            "distance_m": [raced["distance_m"]],
            "official_time_s": [3000.0],
        }
    )
    found = SeasonFacts(Log(season_log.activities, athletes=season_log.athletes, races=races))
    assert raced["activity_id"] not in set(found.training["activity_id"])
    whole = SeasonFacts(Log(season_log.activities, athletes=season_log.athletes))
    missing = whole.training["distance_m"].sum() - found.training["distance_m"].sum()
    assert missing == pytest.approx(raced["distance_m"])


def test_seasons_are_years_where_there_are_years(season_log):
    old = season_log.activities.assign(date=season_log.activities["date"] - pd.Timedelta(days=364))
    both = pd.concat([old.assign(activity_id=old["activity_id"] + "x"), season_log.activities])
    found = SeasonFacts(Log(both, athletes=season_log.athletes, histograms=season_log.histograms))
    assert len(found.seasons) == 2
    first, last = found.seasons.iloc[0], found.seasons.iloc[1]
    assert last["last"] == found.end and (last["first"] - first["last"]).days == 1
    table = cells.changes(found).data
    assert list(table.columns[1:]) == list(found.seasons["name"])


def test_the_planted_break_of_the_sample_athlete_is_found(returning):
    stop = returning.stops.loc[returning.stops["days"].idxmax()]
    assert stop["first"] == pd.Timestamp("2026-03-16") and stop["days"] >= 84 and stop["kinds"] == ("injury",)
    assert "break" in set(returning.weeks["phase"])
    assert asked(returning)[0][0] == "How did the first weeks back feel after an injury?"
    assert said(returning, "best_block").plain.startswith("The best 12 weeks ran to ")


@pytest.mark.slow
def test_the_page_has_every_section_and_no_gap(returning, tmp_path):
    log = open_log(SQUAD / "returning-runner", progress=False)
    page = write_report("season", log, tmp_path / "season.html").read_text(encoding="utf-8")
    headings = re.findall(r"<h2[^>]*>(.*?)</h2>", page)
    assert len(headings) == len(SECTIONS) and headings[-1] == "What to ask, and what is not known"
    alts = re.findall(r'<img [^>]*alt="([^"]*)"', page)
    assert len(alts) == 8 and all(len(alt) > 60 for alt in alts)
    text = re.sub(r"<[^>]+>", " ", re.sub(r'src(?:set)?="data:[^"]*"', "", page))
    assert "Traceback" not in page and not re.search(r"\bnan\b|&lt;Axes", text)
    assert "85 days from 16 Mar 2026" in text.replace("\u00a0", " ")
    assert math.isfinite(returning.season_numbers["distance_m"].iloc[0])
