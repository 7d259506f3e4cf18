"""The race plan: what it holds, what it lacks and says so, and that nothing from race day on is in it."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest

from runlab import open_log
from runlab.errors import SettingsError
from runlab.log import Log
from runlab.report import race_plan, write_report
from runlab.report.plan_page import cells, lines
from runlab.report.sheet import Page, text_of
from runlab.sentences import lint, lint_text, templates

SQUAD = Path(__file__).resolve().parents[1] / "data" / "sample" / "squad"


@pytest.fixture(scope="module")
def road_log() -> Log:
    return open_log(SQUAD / "road-marathoner", progress=False)


@pytest.fixture(scope="module")
def road(road_log) -> Page:
    return race_plan(road_log, start_time="09:00")


@pytest.fixture(scope="module")
def trail() -> Page:
    log = open_log(SQUAD / "trail-100-miler", progress=False)
    return race_plan(log, course="course-long-ridge-100.gpx", start_time="06:00", stops="0:50:00")


@pytest.fixture(scope="module")
def bare(season_log) -> Page:
    """An invented runner's marathon to come, without a plan, a course, fuel or a start time."""
    return race_plan(season_log)


def test_the_templates_keep_the_contract():
    assert lint({name: t for name, t in templates().items() if name.startswith("race_plan.")}) == []


@pytest.mark.parametrize("which", ["road", "trail", "bare"])
def test_every_sentence_is_whole(which, request):
    page = request.getfixturevalue(which)
    for line in page.sentences():
        assert not [found for found in lint_text(line.plain) if found.startswith("banned")], line.plain
    seen = text_of(page._repr_html_(), folded=True)
    assert not re.search(r"\b(nan|None(?! of)|NaT)\b", seen) and "  " not in seen


def test_nothing_from_race_day_on_is_used(road_log, road):
    """The plan of the evening before is the same whether race day and the weeks after are in the log or not."""
    day = pd.Timestamp("2026-11-01")
    assert road.facts.race.date == day and road.facts.today == day and road.facts.over
    assert (road_log.activities["date"] >= day).any() and not (road.facts.log.activities["date"] >= day).any()
    assert pd.isna(road.facts.race.official_time_s) and road.facts.race.activity_ids == ()
    then = race_plan(road_log.as_of("2026-10-31"), race_date="2026-11-01", on="2026-11-01", start_time="09:00")
    assert not then.facts.over and then._repr_html_() == road._repr_html_()


def test_a_plan_made_earlier_knows_less(road_log):
    early = race_plan(road_log, race_date="Autumn", on="2026-10-11")
    assert early.facts.log.activities["date"].max() < pd.Timestamp("2026-10-11")
    line = early.sentence("taper")
    planned, days, usual = early.facts.planned
    assert line.name == "race_plan.taper_ahead" and days == 21 and line.facts["share"] == pytest.approx(planned / usual)
    plan = road_log.plan[road_log.plan["date"].between("2026-10-11", "2026-10-31")]
    assert planned == pytest.approx(plan["distance_m"].sum())


def test_the_goal_has_a_chance_and_a_range(road):
    chance = road.facts.gap.chance
    assert road.sentence("pace").facts["target"] == road.facts.goal_s == 12600.0
    first = text_of(road.card()).split("\n")[1]
    assert first == f"The goal 3:30:00 has a chance of {chance.value:.0f} % ({chance.low:.0f} to {chance.high:.0f} %)."
    assert [lines.chance(v) for v in (0.99, 1.0, 99.0, 99.01)] == ["under 1 %", "1 %", "99 %", "over 99 %"]


def test_pace_and_windows_end_at_goal_and_forecast(road):
    rows = cells.pace(road.facts).data
    assert rows["goal clock"].iloc[-1] == "3:30:00" and rows["goal pace, min/km"].tolist() == ["4:59"] * 9
    middle = road.facts.forecast.value
    assert road.facts.expected["elapsed_s"].iloc[-1] == pytest.approx(middle)
    waits = cells.windows(road.facts).data
    assert waits["place"].tolist() == ["10 km", "20 km", "30 km", "Finish"]
    end = pd.Timestamp("2026-11-01 09:00") + pd.Timedelta(seconds=round(road.facts.forecast.low))
    assert waits["from"].iloc[-1] == f"{end:%H:%M}" and (waits["from"] < waits["expected"]).all()


def test_the_course_makes_the_same_effort_slower_uphill(trail):
    plan = trail.facts.pace
    assert plan["elapsed_s"].iloc[-1] == pytest.approx(26 * 3600) and plan["speed_mps"].std() > 0.02
    assert plan["speed_mps"].corr(plan["ascent_m"] - plan["descent_m"]) < -0.5
    assert "on the flat" in trail.sentence("pace").claim
    flat = 160934.4 / (25 * 3600 + 600)
    assert trail.facts.speed_mps > flat, "hills ask more than their length"
    cut = cells.windows(trail.facts).data["cut-off"]
    assert cut.iloc[0] == "09:15" and cut.iloc[6] == "01:06 +1" and cut.iloc[-1] == "·"


def test_results_of_checkpoints_are_not_looked_at(trail):
    """The CSV of checkpoints holds the arrivals of the race too; a plan uses places and cut-offs alone."""
    assert trail.facts.places.columns.tolist() == ["checkpoint", "distance_m", "cutoff_s"]
    moved = trail.facts.race.checkpoints.assign(arrival_s=1.0, departure_s=2.0)
    object.__setattr__(trail.facts.race, "checkpoints", moved)
    again = race_plan(open_log(SQUAD / "trail-100-miler", progress=False), course="course-long-ridge-100.gpx",
                      start_time="06:00", stops="0:50:00")  # fmt: skip
    assert again.facts.windows.equals(trail.facts.windows)


def test_fuel_is_what_was_practised(road, trail, bare):
    for page in (road, trail):
        line = page.sentence("fuel")
        assert line.known and line.facts["rate"] == page.facts.fuel["carbs_g_per_hour"]
        assert line.facts["total"] == f"{round(line.facts['rate'] * page.facts.target_s / 3600, -1):,.0f} g"
    assert bare.sentence("fuel").plain.startswith("Cannot tell what was practised: none of the ")


def test_the_last_week_is_held_against_the_usual(road):
    week, usual = road.facts.volume
    runs = road.facts.log.activities
    runs = runs[(runs["sport"] == "running") & (runs["date"] >= "2026-10-25") & (runs["duplicate_of"] == "")]
    assert 7 * week == pytest.approx(runs["distance_m"].sum()) and road.sentence("taper").facts["kept"] == week / usual


def test_what_is_missing_is_named_with_what_would_give_it(bare, trail, road):
    seen = text_of(bare._repr_html_())
    for words in ("(course=, a GPX file)", "(start_time=)", "(checkpoints=, a CSV)", "The weather of the day."):
        assert words in seen
    assert "course=" not in text_of(trail._repr_html_()) and "start_time=" not in text_of(trail._repr_html_())
    assert "stops=" not in text_of(trail._repr_html_()) and "start_time=" not in text_of(road._repr_html_())


def test_without_a_goal_the_forecast_is_the_plan(season_log):
    races = season_log.races.assign(goal_s=float("nan"))
    log = Log(season_log.activities, races=races, athletes=season_log.athletes, efforts=season_log.efforts)
    page = race_plan(log)
    first = text_of(page.card()).split("\n")[1]
    if page.facts.forecast.is_known:
        assert first.startswith("Forecast: ") and page.facts.target_s == page.facts.forecast.value
        assert "forecast clock" in cells.pace(page.facts).data
    assert "The goal (goal=, or races.csv)." in text_of(page._repr_html_())


def test_without_goal_and_forecast_it_says_what_is_missing(season_log):
    empty = Log(season_log.activities.iloc[:0], races=season_log.races.assign(goal_s=float("nan")),
                athletes=season_log.athletes)  # fmt: skip
    page = race_plan(empty, race_date="City Marathon", on="2026-06-01")
    assert page.facts.pace.empty and page.facts.windows.empty and "windows" not in page.sections
    assert page.sentence("pace").plain.startswith("Cannot tell a pace") and "<img" not in page.card()
    assert text_of(page.card()).split("\n")[1].startswith("Cannot tell what time to expect")


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (
            {"race_date": "2026-10-20"},
            r"no race on 2026-10-20 in races.csv; name its distance_m, or nearest: .*2026-11-01",
        ),
        ({"race_date": "01/11/2026"}, "reads two ways, day first or month first"),
        ({"race_date": "2026-11-31"}, "there is no day 2026-11-31 in the calendar; nearest: "),
        ({"race_date": "2026-11-01", "on": "2026-11-02"}, "must not lie after the race"),
        ({"start_time": "nine"}, "start_time: cannot read 'nine' as a time of day"),
    ],
)
def test_what_cannot_be_planned_is_asked_back(road_log, asked, words):
    with pytest.raises(SettingsError, match=words):
        race_plan(road_log, **asked)


def test_a_race_that_is_not_on_the_calendar_needs_its_length(season_log):
    page = race_plan(season_log, race_date="2026-12-20", distance_m=10_000.0, goal="45:00")
    assert page.facts.pace["elapsed_s"].iloc[-1] == pytest.approx(2700.0) and len(page.facts.pace) == 10
    assert "windows" not in page.sections and "fuel" not in page.sections


@pytest.mark.slow
def test_the_plan_is_one_sheet_of_paper(road_log, tmp_path):
    path = write_report("race-plan", road_log, tmp_path / "plan.pdf", race_date="2026-11-01")
    pages = len(re.findall(rb"/Type\s*/Page\b", path.read_bytes()))
    assert pages == 1
