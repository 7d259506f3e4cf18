"""The taper page: the planted story, plans told apart or not, the way back, short histories, and the page itself."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest

from runlab import open_log
from runlab.errors import SettingsError
from runlab.log import Log
from runlab.report import taper_what_if, write_report
from runlab.report.sheet import Page, text_of
from runlab.report.taper import cells, lines
from runlab.sentences import lint, lint_text, templates
from runlab.taper import detraining, planned_load

SQUAD = Path(__file__).resolve().parents[1] / "data" / "sample" / "squad"


@pytest.fixture(scope="module")
def trail_log() -> Log:
    return open_log(SQUAD / "trail-100-miler", progress=False)


@pytest.fixture(scope="module")
def story(trail_log) -> Page:
    """The hundred-miler who was ill from day -21 to day -15."""
    return taper_what_if(trail_log, race_date="2026-10-17")


@pytest.fixture(scope="module")
def ahead(season_log) -> Page:
    """An invented runner with a marathon two weeks after the log ends, and no plan."""
    return taper_what_if(season_log)


@pytest.fixture(scope="module")
def short(season_log) -> Page:
    """The same runner with four weeks of log."""
    return taper_what_if(season_log, race_date="2026-06-21", on="2026-06-01")


def test_the_templates_keep_the_contract():
    assert lint({name: t for name, t in templates().items() if name.startswith("taper.")}) == []


@pytest.mark.parametrize("which", ["story", "ahead", "short"])
def test_every_sentence_is_whole(which, request):
    page = request.getfixturevalue(which)
    assert list(page.sentences())
    for line in page.sentences():
        text = line.plain
        assert not [found for found in lint_text(text) if found.startswith("banned")], text
        assert "nan" not in text.split() and "None" not in text.replace("None of the", "") and "  " not in text, text
    seen = text_of(page._repr_html_(), folded=True)
    assert "nan" not in seen.split() and "None" not in seen.replace("None of the", "").split()


def test_the_planted_illness_is_the_rest(story):
    facts = story.facts
    assert facts.noted and (facts.sick_from, facts.sick_days) == (pd.Timestamp("2026-09-26"), 7)
    assert facts.today == pd.Timestamp("2026-09-26") and facts.days == 21
    assert [plan.name for plan in facts.scenarios] == [
        "as planned",
        "rest 7 days",
        "run through it",
        "long run cut",
        "one-week taper",
        "three-week taper",
        "as it happened",
    ]
    assert "ill 21 days before Long Ridge 100, 17 Oct 2026" in text_of(story.card())


def test_the_first_line_reassures_as_far_as_the_evidence_does(story):
    """Resting and running through cannot be told apart, so the page says so, and promises nothing."""
    first = story.sentence("rest")
    assert not story.facts.against("rest 7 days", "run through it")["apart"] and first.name == "taper.rest"
    assert first.claim == (
        "Resting 7 days from 26 Sep cannot be told apart from running through them; "
        "the 12 weeks of running before count either way."
    )
    assert text_of(story.card()).split("\n")[1] == first.claim


@pytest.mark.parametrize(
    ("value", "apart", "name", "words"),
    [
        (0.4, True, "taper.rest_ahead", "comes out 0.4 % ahead of running through"),
        (
            -0.4,
            True,
            "taper.rest_behind",
            "comes out 0.4 % behind running through them by the model, which knows no fever",
        ),
        (-0.4, False, "taper.rest", "cannot be told apart"),
    ],
)
def test_rest_that_can_be_told_from_running_through_is_said_either_way(story, monkeypatch, value, apart, name, words):
    pair = pd.Series({"value": value, "low": -1.0, "high": 1.0, "apart": apart})
    monkeypatch.setattr(type(story.facts), "against", lambda *_: pair)
    line = lines.rest(story.facts)
    assert line.name == name and words in line.claim


def test_being_ill_can_be_told_from_the_plan_and_small_changes_cannot(story):
    pairs = story.facts.simulation.comparisons.set_index(["a", "b"])["verdict"]
    assert pairs["as planned", "rest 7 days"] == "as planned ahead"
    assert pairs["as planned", "long run cut"] == "cannot be told apart"
    assert pairs["rest 7 days", "as it happened"] == "cannot be told apart"
    cost = story.sentence("cost")
    assert cost.name == "taper.cost" and "the same within the doubt" in cost.support
    assert cost.facts["cost"] == pytest.approx(-story.facts.against("rest 7 days")["value"])
    assert story.sentence("plans").name == "taper.alike" and "three other plans" in story.sentence("plans").claim


def test_a_pair_reads_the_same_from_both_sides(story):
    one, other = story.facts.against("rest 7 days"), story.facts.against("as planned", "rest 7 days")
    assert one["value"] == -other["value"] and one["low"] == -other["high"] and one["high"] == -other["low"]
    assert one["apart"] and other["apart"]


def test_days_off_and_the_illness_are_kept_apart(story):
    """A stop reads well on the morning after and less well by the race: freshness, then what was missed."""
    stops = story.facts.stops.set_index(["days", "when"])["value"]
    assert stops[7, "after"] > stops[7, "race"] + 1 and stops[14, "race"] < stops[7, "race"] < stops[3, "race"]
    parts = lines.parts(story.facts)
    assert 0.1 < story.facts.ill_share < 0.4 and parts.facts["missed"] == pytest.approx(
        1 - round(parts.facts["ill"], 2)
    )
    line = lines.stop(story.facts)
    assert line.facts["race"] == lines.percent(stops[7, "race"])
    assert "freshness" in line.support and "“as planned” ends at" in line.support
    assert "days off" in text_of(story.section("cost"), folded=True) and "days off" not in text_of(
        story.section("cost")
    )


def test_the_plan_as_load_skips_rewritten_days(story, trail_log):
    loads, counts = planned_load(trail_log, first="2026-09-26", last="2026-10-16")
    assert counts["rewritten"] == 5 and len(loads) == 21 and loads.notna().all()
    assert loads["2026-10-09"] == 0.0  # no session planned
    assert loads["2026-10-11"] > 2.5 * loads["2026-10-10"]  # the long run against an easy one
    assert "5 days were rewritten with a reason" in lines.plan(story.facts)


def test_nothing_of_the_days_to_come_is_used(trail_log):
    whole = taper_what_if(trail_log, race_date="2026-10-17", on="2026-09-26").facts
    later = trail_log.activities["date"] >= pd.Timestamp("2026-09-26")
    assert later.any()
    assert whole.daily["date"].max() < pd.Timestamp("2026-09-26")
    before = whole.simulation.summary.set_index("scenario")["value"]
    cut = taper_what_if(trail_log.between(None, "2026-10-17"), race_date="2026-10-17", on="2026-09-26").facts
    after = cut.simulation.summary.set_index("scenario")["value"]
    assert before.drop("as it happened").equals(after.drop("as it happened"))


def test_a_race_to_come_is_planned_from_the_day_after_the_log(ahead, season_log):
    facts = ahead.facts
    assert not facts.over and facts.race["name"] == "City Marathon"
    assert facts.today == season_log.activities["date"].max() + pd.Timedelta(days=1)
    assert facts.scenarios[0].name == "two-week taper" and not facts.has_plan
    assert "as it happened" not in [plan.name for plan in facts.scenarios]
    assert "happened" not in ahead.sections and not lines.happened(facts).known
    assert not facts.noted and ahead.sentence("rest").claim.startswith("Resting 6 days from")
    assert "The illness: its 6 days are supposed." in text_of(ahead.card())
    assert lines.plan(facts).plain.startswith("Cannot tell what was planned: plan.csv covers 0 of")


def test_the_way_back_is_the_coachs_to_edit(season_log):
    page = taper_what_if(season_log, sick_days=3, return_steps=[(1, 2, 0.2), (3, 5, 0.6)])
    table = cells.way_back(page.facts).data
    assert table["of the usual day, %"].tolist() == ["20", "60", "100"]
    assert "[D]" in page.sentence("back") or "[D:" in page.sentence("back")
    assert page.sentence("back").claim == "The way back takes 5 days, from 20 % of the usual day."
    usual = page.facts.daily["run_distance_m"].tail(42).mean() / 1000
    assert float(table.iloc[1][table.columns[3]]) == pytest.approx(0.6 * usual, abs=0.06)
    assert page.facts.scenarios[1].steps == ((1, 2, 0.2), (3, 5, 0.6))
    with pytest.raises(SettingsError, match="return_steps must be a list"):
        taper_what_if(season_log, return_steps="30 %")


def test_the_studies_stand_on_the_page_with_what_nobody_knows(ahead):
    seen = text_of(ahead.section("known"))
    assert "5 to 8 % slower" in seen and "[B]" in seen and "Nobody knows:" in seen


def test_a_longer_stop_takes_more(ahead):
    rows = detraining(ahead.facts.daily, days=28).table.set_index("day")
    assert rows.loc[28, "value"] < rows.loc[7, "value"] and rows.loc[28, "high"] < 0


def test_earlier_tapers_stand_beside_the_studies(story):
    table = cells.tapers(story.facts).data
    assert "studies or practice" in table.columns and any("Long Ridge 100" in c for c in table.columns)
    by_name = dict(zip(table["measure"], table["studies or practice"], strict=True))
    assert by_name["length, days"] == "8 to 21" and by_name["less than usual, mean, %"] == "41 to 60"
    assert any("no dedicated trial" in row for row in cells.evidence(story.facts).data["found"])


def test_picture_and_table_of_a_taper_hold_the_same_last_week(story):
    """One rule for the usual week: the end of the line is what the review calls the last seven days."""
    last = story.facts.race["date"]
    drawn = story.facts.taper_volumes.set_index(["race_date", "days_to_race"])["share"]
    review = story.facts.reviews[last].set_index("measure")["value"]
    assert 100 * (1 - drawn[last, -1]) == pytest.approx(review["last_week"])


def test_a_missed_goal_gets_stages_and_a_reached_one_none(story, ahead):
    assert cells.rebuild(story.facts).data["stage"].iloc[0] == "recover"
    assert "next race like it" in text_of(story.section("happened"), folded=True)
    assert ahead.facts.rebuild.empty and cells.rebuild(ahead.facts) is None and lines.rebuild(ahead.facts) is None


def test_a_short_history_says_what_is_missing(short):
    assert not short.facts.is_known and short.sentence("rest").plain.startswith(
        "Cannot tell what resting would cost: needs 42 days"
    )
    assert "Cannot tell what resting would cost" in text_of(short.card())
    assert "<img" not in short.card() and cells.stops(short.facts) is None and cells.plans(short.facts) is None


def test_a_day_gone_by_without_a_race_is_asked_back_and_one_to_come_is_not(season_log):
    with pytest.raises(SettingsError, match=r"no race on 2026-10-20; nearest: .*City Marathon \(2026-11-15\)"):
        taper_what_if(season_log, race_date="2026-10-20")
    assert taper_what_if(season_log, race_date="2026-11-22").facts.race["name"] == "the race"


def test_wrong_days_are_named(season_log):
    with pytest.raises(SettingsError, match="sick_from: there is no day 2026-11-31 in the calendar"):
        taper_what_if(season_log, sick_from="2026-11-31")
    with pytest.raises(SettingsError, match="must lie before the race"):
        taper_what_if(season_log, race_date="2026-06-21", on="2026-07-01")
    with pytest.raises(SettingsError, match="sick_from"):
        taper_what_if(season_log, sick_from="2026-01-01", sick_days=5)
    without = Log(season_log.activities, athletes=season_log.athletes)
    with pytest.raises(SettingsError, match="name the day"):
        taper_what_if(without)


@pytest.mark.slow
def test_the_page_tells_the_story(trail_log, tmp_path):
    page = write_report("taper", trail_log, tmp_path / "taper.html", race_date="2026-10-17").read_text(encoding="utf-8")
    headings = re.findall(r"<h2[^>]*>(.*?)</h2>", page)
    assert len(headings) == 7 and headings[-1] == "What is model, what is published, what nobody knows"
    alts = re.findall(r'<img [^>]*alt="([^"]*)"', page)
    assert len(alts) == 3 and all(len(alt) > 60 for alt in alts)
    text = re.sub(r"<[^>]+>", "", re.sub(r'src(?:set)?="data:[^"]*"', "", page)).replace("\u00a0", " ")
    assert "Resting 7 days from 26 Sep" in text and "The race took 27:48:05" in text
    assert "Traceback" not in page and not re.search(r"\bnan\b", text)
