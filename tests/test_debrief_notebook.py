"""The race debrief notebook on the sample squad: every cell for every reader, one page, nothing private in it."""

from __future__ import annotations

import re
import shutil
from html import unescape
from pathlib import Path

import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pandas as pd
import pytest

import runlab as rl
from runlab.athlete import Athlete
from runlab.errors import SettingsError
from runlab.log import Log
from runlab.plots.styles import NARROW, on_sheet
from runlab.report import debrief_page, notebook_path, race_debrief, write_report
from runlab.report.debrief import lines, pictures
from runlab.report.debrief.facts import DebriefFacts
from runlab.report.debrief.lines import lists
from runlab.report.debrief.page import SECTIONS
from runlab.report.debrief.privacy import private_places
from runlab.report.page import REMOTE
from runlab.report.sheet import Page, text_of

SQUAD = Path(__file__).resolve().parents[1] / "data" / "sample" / "squad"
MARATHON, ULTRA = "2026-11-01", "2026-10-17"


@pytest.fixture(scope="module")
def log() -> Log:
    return rl.open_log(SQUAD / "road-marathoner", progress=False)


@pytest.fixture(scope="module")
def trail() -> Log:
    return rl.open_log(SQUAD / "trail-100-miler", progress=False)


@pytest.fixture(scope="module")
def notebook():
    return nbformat.read(notebook_path("race_debrief"), as_version=4)


@pytest.fixture(scope="module")
def page(log, tmp_path_factory) -> str:
    """The athlete's report, written once."""
    path = tmp_path_factory.mktemp("debrief") / "debrief.html"
    return write_report("race_debrief", log, path, date=MARATHON, audience="athlete").read_text(encoding="utf-8")


def words_of(html: str) -> str:
    return unescape(re.sub(r"<[^>]+>", " ", re.sub(r"<style>.*?</style>|<figure>.*?</figure>", " ", html, flags=re.S)))


@pytest.fixture(scope="module")
def athletes_debrief(log) -> Page:
    return race_debrief(log, date=MARATHON, words="notes")


def for_reader(page: Page, audience: str) -> Page:
    """The same facts for another reader, without working them out again."""
    known = page.facts
    return debrief_page(known.tables, known.athlete, audience=audience, log=known.log)


def whole(page: Page) -> str:
    """All the words of a page, folded ones too."""
    shown = text_of(page._repr_html_(), folded=True)
    plt.close("all")
    return shown


def test_the_notebook_is_calls_alone_and_committed_without_outputs(notebook):
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert notebook.cells[0].source.startswith("# Race debrief")
    assert [cell.metadata.get("tags") for cell in code].count(["parameters"]) == 1
    assert all(not cell.outputs and cell.execution_count is None for cell in code)
    assert "import runlab as rl" in code[1].source
    for cell in code[2:]:
        assert re.fullmatch(r'page\.\w+\((?:"\w+")?\)', cell.source), cell.source


def test_every_section_has_its_cell_in_its_order(notebook):
    cells = [re.findall(r'page\.section\("(\w+)"\)', cell.source) for cell in notebook.cells]
    assert [name for found in cells for name in found] == list(dict.fromkeys(s.name for s in SECTIONS))


@pytest.mark.parametrize("audience", ["athlete", "coach", "physio"])
def test_every_section_stands_for_every_reader(athletes_debrief, audience):
    page = for_reader(athletes_debrief, audience)
    html = page._repr_html_()
    plt.close("all")
    headings = re.findall(r"<h2>(.*?)</h2>", html)
    assert len(headings) == len(set(headings)) == {"athlete": 13, "coach": 15, "physio": 5}[audience]
    assert any("the largest clear part is" in heading for heading in headings) == (audience != "physio")
    assert not re.search(r"\bnan\b|\bNone\b|\bNaT\b", text_of(html, folded=True))


def test_an_ultra_in_miles_gets_legs_ground_and_night(trail):
    page = race_debrief(trail, date=ULTRA, words="notes")
    assert {"legs", "ground", "night"} <= set(page.sections)
    assert page.facts.units == "imperial" and "100.0 mi, in 27:48:05" in text_of(page.card())
    assert page.sentence("legs").claim == "1:23:42 of the 1:48:05 over the plan went between Aid 8 and Aid 9."
    assert "1 h 20 min of it at Aid 8" in lines.stops(page.facts)
    metric = race_debrief(trail, date=ULTRA, units="metric")
    assert "160.9 km" in text_of(metric.card()) and " mi " not in text_of(metric.card())
    with on_sheet(NARROW):
        drawn = [draw(page.facts) for draw in (pictures.legs, pictures.fade, pictures.night, pictures.waterfall)]
    assert [ax.figure.get_size_inches()[0] for ax in drawn] == [NARROW] * 4
    plt.close("all")


def test_the_bars_on_the_page_add_up(athletes_debrief):
    rows = athletes_debrief.facts.tables.waterfall
    parts = rows[rows["kind"] != "total"]["seconds"].sum()
    assert round(parts) == 13272 - 12600


def test_the_page_needs_nothing_but_itself_and_says_no_error(page):
    assert not REMOTE.search(re.sub(r'src(?:set)?="data:[^"]*"', "", page))
    assert "<script" not in page and "Traceback" not in page and "<Axes" not in page
    assert "<title>Race debrief – road-marathoner</title>" in page
    text = words_of(page)
    assert not re.search(r"\bnan\b|\bNone\b|\bNaT\b", text)


def test_the_page_asks_its_questions_in_order(page):
    found = re.findall(r'<section (?:class|id)="(\w+)"', page)
    assert found == [
        *("card", "words", "celebrate", "race", "forecast", "waterfall", "body", "fuel", "build"),
        *("stories", "change", "recovery", "next", "map"),
    ], "a road race has no legs"


def test_an_athlete_reads_three_minutes_and_a_coach_five(athletes_debrief, trail):
    ultra = race_debrief(trail, date=ULTRA, words="notes")
    for debrief in (athletes_debrief, ultra):
        for audience, most in (("athlete", 600), ("coach", 900)):
            shown = for_reader(debrief, audience)
            assert len(text_of(shown.card()).split()) <= 120
            assert 250 < len(text_of(shown._repr_html_()).split()) <= most
            plt.close("all")


def test_detail_says_how_much_is_open(athletes_debrief):
    known = athletes_debrief.facts
    card = debrief_page(known.tables, known.athlete, detail="card", log=known.log)
    assert card.section("race") is None and "3:41:12" in card.card()
    full = debrief_page(known.tables, known.athlete, detail="full", log=known.log).section("fuel")
    assert "<details open>" in full and "°C on the course" in text_of(full)
    assert "°C on the course" not in text_of(athletes_debrief.section("fuel"))
    plt.close("all")
    with pytest.raises(SettingsError, match="detail must be one of"):
        debrief_page(known.tables, detail="all")


def test_every_picture_on_the_page_has_words(page):
    alts = re.findall(r'<img [^>]*alt="([^"]*)"', page)
    assert len(alts) >= 8 and all(len(alt) > 60 for alt in alts)


def test_planted_facts_are_on_the_page(page):
    text = re.sub(r"\s+", " ", words_of(page))
    assert "42.2 km, in 3:41:12: 11:12 behind your goal of 3:30:00" in text
    assert "one published sign of the wall is 7.3 %: met here" in text, "the planted wall"
    assert "Noted beside it: “two gels left over”" in text
    assert "The first half felt almost too easy" in text
    assert re.search(r"9 days of illness, 37 to 29 days before the race", text)


def test_no_coordinate_reaches_the_page_unless_asked(page, log):
    race = log.race(MARATHON)
    positions = log.records(race.activity_ids[0])[["latitude_deg", "longitude_deg"]].dropna()
    text = page[: page.index("<img")] + words_of(page)
    for value in positions.to_numpy().ravel()[:: max(1, len(positions) // 200)]:
        assert f"{value:.3f}" not in text


def test_private_notes_stay_private(log):
    secret = log.activities.assign(private_notes="SECRET-WORDS")
    held = Log(
        secret,
        laps=log.laps,
        efforts=log.efforts,
        wellness=log.wellness,
        races=log.races,
        events=log.events,
        athletes=log.athletes,
        records=log.records,
        fuel=log.fuel,
    )
    debrief = race_debrief(held, date=MARATHON)
    for audience in ("athlete", "coach", "physio"):
        assert "SECRET-WORDS" not in whole(for_reader(debrief, audience))


def test_homes_are_where_runs_begin_and_the_map_keeps_away(athletes_debrief):
    known = athletes_debrief.facts
    assert len(known.private_places) > 0
    assert "home is left out" in rl.plots.describe(pictures.track(known))
    agreed = DebriefFacts(known.tables, athlete=Athlete("kim", consent={"location": True}), log=known.log)
    assert agreed.private_places is None


def test_a_day_that_is_no_race_hides_its_own_ends(log):
    runs = log.activities[log.activities["has_position"] & ~log.activities["date"].isin(log.races["date"])]
    run_day = runs.iloc[-1]
    race = log.race(run_day["date"])
    track = log.records(race.activity_ids[0])
    places = private_places(log, race, track)
    start = track[["latitude_deg", "longitude_deg"]].dropna().iloc[0].to_numpy(float)
    assert (np.abs(places.to_numpy(float) - start).max(axis=1) < 1e-6).any()


def test_a_hand_off_without_consent_is_refused(trail, tmp_path):
    with pytest.raises(SettingsError, match='care_team = \\["physio"\\]'):
        race_debrief(trail, date=ULTRA, audience="physio")
    with pytest.raises(SettingsError, match="audience must be one of"):
        race_debrief(trail, date=ULTRA, audience="boss")


def test_the_latest_race_is_taken_without_a_date(log):
    assert race_debrief(log).facts.tables.race.date == pd.Timestamp(MARATHON)


def test_what_is_given_wins_over_the_calendar(log):
    debrief = race_debrief(log, date=MARATHON, goal="3:40:00", official_time="3:41:00", words="It rained.")
    assert "in 3:41:00: 1:00 behind your goal of 3:40:00" in lines.result(debrief.facts)
    assert lists.words(debrief.facts) == "It rained."


@pytest.mark.parametrize(
    "missing",
    [
        ("heart_rate_bpm",),
        ("altitude_m",),
        ("latitude_deg", "longitude_deg"),
        ("heart_rate_bpm", "altitude_m", "cadence_spm", "temperature_c", "latitude_deg", "longitude_deg"),
    ],
)
def test_a_missing_channel_leaves_a_debrief_that_says_so(log, missing):
    race_id = log.race(MARATHON).activity_ids[0]

    def records(activity_id: str) -> pd.DataFrame:
        frame = log.records(activity_id)
        return frame.assign(**dict.fromkeys(missing, np.nan)) if activity_id == race_id else frame

    held = Log(
        log.activities,
        laps=log.laps,
        efforts=log.efforts,
        wellness=log.wellness,
        races=log.races,
        events=log.events,
        athletes=log.athletes,
        records=records,
    )
    debrief = race_debrief(held, date=MARATHON)
    shown = whole(debrief)
    assert "3:41:12" in text_of(debrief.card())
    assert not re.search(r"\bnan\b|\bNone\b", shown)
    if "latitude_deg" in missing:
        assert debrief.section("map") is None
    if missing == ("heart_rate_bpm",):
        assert "eart rate" in " ".join(lists.data(debrief.facts) + lists.unknown(debrief.facts))


def test_a_row_of_a_training_log_is_still_a_debrief():
    activities = pd.DataFrame(
        {
            "activity_id": ["a"],
            "athlete": ["kim"],
            "date": ["2026-05-02"],
            "sport": ["running"],
            "distance_m": [10030.0],
            "elapsed_time_s": [2500.0],
        }
    )
    shown = whole(race_debrief(Log(activities), date="2026-05-02", official_time="41:40"))
    assert "41:40" in shown and "annot tell" in shown and not re.search(r"\bnan\b|\bNone\b", shown)


def test_a_race_that_ended_early_is_headed_by_its_distance(log):
    debrief = race_debrief(log, date=MARATHON, official_time="DNF", distance_m=50000.0)
    assert not debrief.facts.tables.finished
    assert "of the 50.0 km of Autumn Marathon" in lines.result(debrief.facts)
    assert debrief.section("waterfall") is None and debrief.section("forecast") is None


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("chromium"), reason="no Chromium on the PATH to print a PDF with")
def test_the_coach_gets_a_pdf(trail, tmp_path):
    path = write_report("race_debrief", trail, tmp_path / "debrief.pdf", date=ULTRA, audience="coach")
    assert path.read_bytes().startswith(b"%PDF-") and path.stat().st_size > 100_000
