"""The taper what-if: the planted story, plans told apart or not, the way back, short histories, and its page."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest

from runlab import open_log
from runlab.errors import SettingsError
from runlab.log import Log
from runlab.report import TaperWhatIf, planned_load, write_report
from runlab.report.taper.lines import SENTENCES
from runlab.sentences import TEMPLATES, lint, lint_text

SQUAD = Path(__file__).resolve().parents[1] / "data" / "sample" / "squad"
TABLES = (
    "plan_table",
    "scenarios_table",
    "pairs_table",
    "detraining_table",
    "return_table",
    "own_table",
    "evidence_table",
    "rebuild_table",
)


@pytest.fixture(scope="module")
def trail_log() -> Log:
    if not SQUAD.is_dir():
        pytest.skip("no sample squad in this checkout")
    return open_log(SQUAD / "trail-100-miler", progress=False)


@pytest.fixture(scope="module")
def story(trail_log) -> TaperWhatIf:
    """The hundred-miler who was ill from day -21 to day -15."""
    return TaperWhatIf(trail_log, race_date="2026-10-17")


@pytest.fixture(scope="module")
def ahead(season_log) -> TaperWhatIf:
    """An invented runner with a marathon two weeks after the log ends, and no plan."""
    return TaperWhatIf(season_log)


def test_the_templates_keep_the_contract():
    assert lint({name: t for name, t in TEMPLATES.items() if name.startswith("taper.")}) == []


@pytest.mark.parametrize("which", ["story", "ahead"])
def test_every_sentence_is_whole(which, request):
    what = request.getfixturevalue(which)
    for name in SENTENCES:
        text = what.sentence(name).plain
        assert not [line for line in lint_text(text) if line.startswith("banned")], text
        assert "nan" not in text.split() and "None" not in text and "  " not in text, (name, text)


def test_the_planted_illness_is_the_sick_plan(story):
    assert story.noted and (story.sick_from, story.sick_days) == (pd.Timestamp("2026-09-26"), 7)
    assert story.today == pd.Timestamp("2026-09-26") and story.days == 21
    assert [plan.name for plan in story.scenarios] == [
        "as planned",
        "sick 7 days",
        "run through it",
        "long run cut",
        "one-week taper",
        "three-week taper",
        "as it happened",
    ]
    text = story.sentence("sick").plain
    assert text.startswith("Ill for 7 days from 26 Sep 2026, as the log notes, 21 days before the race")


def test_being_ill_can_be_told_from_the_plan_and_small_changes_cannot(story):
    pairs = story.simulation.comparisons.set_index(["a", "b"])["verdict"]
    assert pairs["as planned", "sick 7 days"] == "as planned ahead"
    assert pairs["as planned", "long run cut"] == "cannot be told apart"
    assert pairs["sick 7 days", "as it happened"] == "cannot be told apart"
    text = story.sentence("plans").plain
    assert "cannot be told apart from “as planned”" in text and "the two can be told apart" in text


def test_the_plan_as_load_skips_rewritten_days(story, trail_log):
    loads, counts = planned_load(trail_log, first="2026-09-26", last="2026-10-16")
    assert counts["rewritten"] == 5 and len(loads) == 21 and loads.notna().all()
    assert loads["2026-10-09"] == 0.0  # no session planned
    assert loads["2026-10-11"] > 2.5 * loads["2026-10-10"]  # the long run against an easy one
    assert "5 days were rewritten with a reason" in story.sentence("plan").plain


def test_nothing_of_the_days_to_come_is_used(trail_log):
    whole = TaperWhatIf(trail_log, race_date="2026-10-17", on="2026-09-26")
    other = trail_log.activities.copy()
    later = other["date"] >= pd.Timestamp("2026-09-26")
    assert later.any()
    assert whole.daily["date"].max() < pd.Timestamp("2026-09-26")
    before = whole.simulation.summary.set_index("scenario")["value"]
    cut = TaperWhatIf(trail_log.between(None, "2026-10-17"), race_date="2026-10-17", on="2026-09-26")
    after = cut.simulation.summary.set_index("scenario")["value"]
    assert before.drop("as it happened").equals(after.drop("as it happened"))


def test_a_race_to_come_is_planned_from_the_day_after_the_log(ahead, season_log):
    assert not ahead.over and ahead.race["name"] == "City Marathon"
    assert ahead.today == season_log.activities["date"].max() + pd.Timedelta(days=1)
    assert ahead.scenarios[0].name == "two-week taper" and not ahead.has_plan
    assert "as it happened" not in [plan.name for plan in ahead.scenarios]
    assert ahead.sentence("happened").startswith("**Cannot tell")
    assert ahead.sentence("sick").plain.startswith("Suppose an illness of 6 days from")
    assert ahead.sentence("plan").plain.startswith("Cannot tell what was planned: plan.csv covers 0 of")


def test_the_way_back_is_the_coachs_to_edit(season_log):
    own = TaperWhatIf(season_log, sick_days=3, return_steps=[(1, 2, 0.2), (3, 5, 0.6)])
    table = own.return_table().data
    assert table["of the usual day, %"].tolist() == ["20", "60", "100"]
    assert "[D" in own.return_table().caption and "[D" in own.sentence("return")
    usual = own.daily["run_distance_m"].tail(42).mean() / 1000
    assert float(table.iloc[1][table.columns[3]]) == pytest.approx(0.6 * usual, abs=0.06)
    assert own.scenarios[1].steps == ((1, 2, 0.2), (3, 5, 0.6))
    with pytest.raises(SettingsError, match="return_steps must be a list"):
        TaperWhatIf(season_log, return_steps="30 %")


def test_a_stop_of_a_month_takes_more_than_a_week(ahead):
    rows = ahead.detraining.table.set_index("day")
    assert rows.loc[28, "value"] < rows.loc[7, "value"] and rows.loc[28, "high"] < 0
    text = ahead.sentence("detraining").plain
    assert "5 to 8 % slower [B]" in text and "80 % interval" in text


def test_own_tapers_stand_beside_the_studies(story):
    table = story.own_table().data
    assert "studies or practice" in table.columns and any("Long Ridge 100" in c for c in table.columns)
    by_name = dict(zip(table["measure"], table["studies or practice"], strict=True))
    assert by_name["length, days"] == "8 to 21" and by_name["less than usual, mean, %"] == "41 to 60"
    assert any("no dedicated trial" in row for row in story.evidence_table().data["found"])


def test_a_missed_goal_gets_stages_and_a_reached_one_none(story, ahead):
    assert [row["stage"] for row in story.rebuild_table().data.to_dict("records")][0] == "recover"
    assert ahead.rebuild.empty and "nothing to lay out" in str(ahead.rebuild_table())


def test_a_short_history_says_what_is_missing(season_log):
    short = TaperWhatIf(season_log, race_date="2026-06-21", on="2026-06-01")
    assert "needs 42 days" in short.sentence("plans").plain
    for name in SENTENCES:
        text = short.sentence(name).plain
        assert text and "nan" not in text.split(), (name, text)
    for name in TABLES:
        assert getattr(short, name)() is not None
    assert str(short.summary()) and short.ask() and short.unknown()


def test_wrong_days_are_named(season_log):
    with pytest.raises(SettingsError, match="must lie before the race"):
        TaperWhatIf(season_log, race_date="2026-06-21", on="2026-07-01")
    with pytest.raises(SettingsError, match="sick_from"):
        TaperWhatIf(season_log, sick_from="2026-01-01", sick_days=5)
    without = Log(season_log.activities, athletes=season_log.athletes)
    with pytest.raises(SettingsError, match="name the day"):
        TaperWhatIf(without)


@pytest.mark.slow
def test_the_page_tells_the_story(trail_log, tmp_path):
    page = write_report("taper", trail_log, tmp_path / "taper.html", race_date="2026-10-17").read_text(encoding="utf-8")
    headings = re.findall(r"<h2[^>]*>(.*?)</h2>", page)
    assert len(headings) == 10 and headings[-1] == "What is not known"
    alts = re.findall(r'<img [^>]*alt="([^"]*)"', page)
    assert len(alts) == 2 and all(len(alt) > 60 for alt in alts)
    text = re.sub(r"<[^>]+>", "", re.sub(r'src="data:[^"]*"', "", page)).replace("\u00a0", " ")
    assert "Ill for 7 days from 26 Sep 2026" in text and "The race itself took 27:48:05" in text
    assert "Traceback" not in page and not re.search(r"\bnan\b", text)
