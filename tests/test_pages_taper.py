"""The pages before a race, for every athlete of the sample squad: how long, and nothing written twice differently."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from runlab import open_log
from runlab.log import Log
from runlab.report import race_plan, taper_what_if
from runlab.report.sheet import Page, text_of
from runlab.report.taper import cells, lines

SQUAD = Path(__file__).resolve().parents[1] / "data" / "sample" / "squad"
ATHLETES = ("masters-half", "returning-runner", "road-marathoner", "track-5k", "trail-100-miler", "triathlete")
CARD_WORDS, PAGE_WORDS = 120, 500


@pytest.fixture(scope="module", params=ATHLETES)
def log(request) -> Log:
    return open_log(SQUAD / request.param, progress=False)


@pytest.fixture(scope="module")
def taper(log) -> Page:
    return taper_what_if(log)


def words(html: str) -> int:
    return len(text_of(html).split())


def test_the_taper_page_is_short(taper):
    assert 60 < words(taper.card()) <= CARD_WORDS
    assert 300 < words(taper._repr_html_()) <= PAGE_WORDS


def test_the_race_plan_is_short(log):
    page = race_plan(log)
    assert 40 < words(page.card()) <= CARD_WORDS
    assert 100 < words(page._repr_html_()) <= PAGE_WORDS


def test_plan_and_taper_page_hold_the_same_last_week(log, taper):
    """ "63 % of the usual" on one page is "37 % less" on the other."""
    page = race_plan(log, race_date=taper.facts.race["date"], distance_m=taper.facts.race["distance_m"])
    review = taper.facts.reviews[taper.facts.race["date"]].set_index("measure")["value"]
    week, usual = page.facts.volume
    assert 100 * (1 - week / usual) == pytest.approx(review["last_week"])


def test_card_section_and_table_of_a_taper_hold_the_same_numbers(taper):
    facts, card = taper.facts, text_of(taper.card())
    cost = lines.cost(facts)
    assert cost.claim in card and cost.claim.rstrip(".") in text_of(taper.section("cost"))
    rows = cells.plans(facts).data.set_index("plan")
    against = rows.loc[facts.rest, f"against “{facts.planned}”, %"]
    assert cost.facts["cost"] == pytest.approx(abs(facts.against(facts.rest)["value"]))
    assert against.startswith(lines.percent(facts.against(facts.rest)["value"]).removesuffix(" %"))
    assert (rows.loc[facts.rest, "verdict"] == "told apart") == (cost.name == "taper.cost")
    drawn = facts.bedside.summary.set_index("scenario")["value"]
    assert drawn.equals(facts.simulation.summary.set_index("scenario")["value"][drawn.index])


def test_a_stop_and_an_illness_never_stand_side_by_side_unexplained(taper):
    """ "7 days off +0.8 %" beside "sick 7 days −3.5 %": the first is folded, and says what it leaves out."""
    seen = text_of(taper._repr_html_())
    assert "days off" not in seen and "without training" not in seen
    line = lines.stop(taper.facts)
    assert lines.parts(taper.facts).known == (taper.facts.against(taper.facts.rest)["value"] < 0)
    assert "freshness" in line and f"“{taper.facts.planned}” ends at" in line


def test_a_taper_page_promises_nothing(taper):
    seen = text_of(taper._repr_html_(), folded=True)
    assert not re.search(
        r"\b(will|guarantee\w*|promise\w*|safe(?:ly)?|no harm|nothing (?:is )?lost)\b", seen, re.IGNORECASE
    )


def test_the_title_of_a_watch_makes_no_card_long(season_log):
    """Met in public archives: a race's name may be a sentence of twenty words."""
    long = (
        "Sunday long run that turned into the eleventh annual harbour half marathon with half of the club in the rain"
    )
    races = season_log.races.assign(name=long)
    log = Log(season_log.activities, races=races, athletes=season_log.athletes, efforts=season_log.efforts)
    for make in (taper_what_if, race_plan):
        page = make(log, race_date=races["date"].max())
        assert words(page.card()) <= CARD_WORDS and words(page._repr_html_()) <= PAGE_WORDS
        assert "Sunday long run that…" in text_of(page.card())
