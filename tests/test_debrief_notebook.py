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
from runlab.report.debrief.private import private_places
from runlab.report.debrief.sections import SECTIONS

import runlab as rl
from runlab.athlete import Athlete
from runlab.errors import SettingsError
from runlab.log import Log
from runlab.report import RaceDebrief, notebook_path, write_report
from runlab.report.debrief.lines import SENTENCES
from runlab.report.debrief.pictures import PICTURES
from runlab.report.page import REMOTE

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
def athletes_debrief(log) -> RaceDebrief:
    return RaceDebrief(log, date=MARATHON, words="notes")


def for_reader(debrief: RaceDebrief, audience: str) -> RaceDebrief:
    """The same facts for another reader, without working them out again."""
    return RaceDebrief.of(debrief.tables, athlete=debrief.athlete, audience=audience, log=debrief.log)


def run(notebook, debrief: RaceDebrief, *, pictures: bool = True) -> list:
    """Run the cells after the loading one in this process; returns what the last line of each gives."""
    shown, names = [], {"debrief": debrief, "rl": rl}
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"][2:]
    for cell in cells:
        if not pictures and "picture" in cell.source:
            continue
        shown.append(eval(cell.source.rstrip(";"), names))
        plt.close("all")
    return shown


def test_the_notebook_is_calls_alone_and_committed_without_outputs(notebook):
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert notebook.cells[0].source.startswith("# Race debrief")
    assert [cell.metadata.get("tags") for cell in code].count(["parameters"]) == 1
    assert all(not cell.outputs and cell.execution_count is None for cell in code)
    assert "import runlab as rl" in code[1].source
    for cell in code[2:]:
        assert re.fullmatch(r'debrief\.\w+\((?:"\w+")?\);?', cell.source), cell.source


def test_every_section_picture_table_and_sentence_has_its_cell(notebook):
    source = "\n".join(cell.source for cell in notebook.cells)
    for kind, names in (("section", SECTIONS), ("picture", PICTURES), ("sentence", SENTENCES)):
        for name in names:
            assert f'debrief.{kind}("{name}")' in source, (kind, name)


@pytest.mark.parametrize("audience", ["athlete", "coach", "physio"])
def test_every_cell_runs_for_every_reader(notebook, athletes_debrief, audience):
    debrief = for_reader(athletes_debrief, audience)
    shown = run(notebook, debrief)
    headings = [str(x) for x in shown if type(x).__name__ == "Heading"]
    assert len(headings) == len(set(headings)) >= 7
    assert ("Where did the time go?" in headings) == (audience != "physio")
    assert not any("nan" in repr(x) or "None" in repr(x) for x in shown if x is not None and isinstance(x, (str, list)))


def test_an_ultra_in_miles_gets_legs_ground_and_night(notebook, trail):
    debrief = RaceDebrief(trail, date=ULTRA, words="notes")
    headings = [str(x) for x in run(notebook, debrief) if type(x).__name__ == "Heading"]
    for heading in ("Where was the time spent, leg by leg?", "Which ground slowed?", "What did the dark go with?"):
        assert heading in headings
    assert debrief.units == "imperial" and "100.0 mi in 27:48:05" in debrief.summary()
    assert "1 h 20 min of it at Aid 8" in debrief.sentence("stops")
    metric = RaceDebrief(trail, date=ULTRA, units="metric")
    assert "160.9 km" in metric.summary() and " mi " not in metric.summary()


def test_the_bars_on_the_page_add_up(athletes_debrief):
    rows = athletes_debrief.tables.waterfall
    parts = rows[rows["kind"] != "total"]["seconds"].sum()
    assert round(parts) == 13272 - 12600


def test_the_page_needs_nothing_but_itself_and_says_no_error(page):
    assert not REMOTE.search(re.sub(r'src="data:[^"]*"', "", page))
    assert "<script" not in page and "Traceback" not in page and "<Axes" not in page
    assert "<title>Race debrief – road-marathoner</title>" in page
    text = words_of(page)
    assert not re.search(r"\bnan\b|\bNone\b|\bNaT\b", text)


def test_the_page_asks_its_questions_in_order(page):
    headings = [unescape(h) for h in re.findall(r"<h2[^>]*>(.*?)</h2>", page)]
    order = [
        "In your own words",
        "What holds, whatever the time",
        "Was this result in the cards?",
        "What can be trusted?",
        "What happened on the way?",
        "How was it paced?",
        "Where did the time go?",
        "How did the body do it?",
        "How did the build compare?",
        "What cannot be known from the files",
        "Questions",
        "One change, one keep",
    ]
    assert [h for h in headings if h in order] == order
    assert "Where was the time spent, leg by leg?" not in headings, "a road race has no legs"


def test_every_picture_on_the_page_has_words(page):
    alts = re.findall(r'<img [^>]*alt="([^"]*)"', page)
    assert len(alts) >= 8 and all(len(alt) > 60 for alt in alts)


def test_planted_facts_are_on_the_page(page):
    text = re.sub(r"\s+", " ", words_of(page))
    assert "42.2 km in 3:41:12, 11:12 behind the goal of 3:30:00" in text
    assert "by that one it was met" in text, "the planted wall"
    assert "Noted beside it: “two gels left over”" in text
    assert "The first half felt almost too easy" in text
    assert re.search(r"9 days of illness, 4 weeks before the race", text)


def test_no_coordinate_reaches_the_page_unless_asked(page, log):
    race = log.race(MARATHON)
    positions = log.records(race.activity_ids[0])[["latitude_deg", "longitude_deg"]].dropna()
    text = page[: page.index("<img")] + words_of(page)
    for value in positions.to_numpy().ravel()[:: max(1, len(positions) // 200)]:
        assert f"{value:.3f}" not in text


def test_private_notes_stay_private(log, notebook):
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
    debrief = RaceDebrief(held, date=MARATHON)
    for audience in ("athlete", "coach", "physio"):
        shown = run(notebook, for_reader(debrief, audience), pictures=False)
        said = " ".join(x.to_html() if hasattr(x, "to_html") else repr(x) for x in shown)
        assert "SECRET-WORDS" not in said


def test_homes_are_where_runs_begin_and_the_map_keeps_away(athletes_debrief):
    debrief = for_reader(athletes_debrief, "athlete")
    assert len(debrief.private_places) > 0
    ax = debrief.picture("track")
    assert "home is left out" in rl.plots.describe(ax)
    agreed = RaceDebrief.of(debrief.tables, athlete=Athlete("kim", consent={"location": True}), log=debrief.log)
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
        RaceDebrief(trail, date=ULTRA, audience="physio")
    with pytest.raises(SettingsError, match="audience must be one of"):
        RaceDebrief(trail, date=ULTRA, audience="boss")


def test_the_latest_race_is_taken_without_a_date(log):
    assert RaceDebrief(log).tables.race.date == pd.Timestamp(MARATHON)


def test_what_is_given_wins_over_the_calendar(log):
    debrief = RaceDebrief(log, date=MARATHON, goal="3:40:00", official_time="3:41:00", words="It rained.")
    assert "3:41:00, 1:00 behind the goal of 3:40:00" in debrief.sentence("result")
    assert debrief.words() == "It rained."


@pytest.mark.parametrize(
    "missing",
    [
        ("heart_rate_bpm",),
        ("altitude_m",),
        ("latitude_deg", "longitude_deg"),
        ("heart_rate_bpm", "altitude_m", "cadence_spm", "temperature_c", "latitude_deg", "longitude_deg"),
    ],
)
def test_a_missing_channel_leaves_a_debrief_that_says_so(notebook, log, missing):
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
    debrief = RaceDebrief(held, date=MARATHON)
    shown = run(notebook, debrief, pictures=len(missing) > 2)
    assert "3:41:12" in debrief.summary()
    said = " ".join(repr(x) for x in shown if isinstance(x, (str, list)))
    assert not re.search(r"\bnan\b|\bNone\b", said)
    if "latitude_deg" in missing:
        assert debrief.section("map") is None
    if missing == ("heart_rate_bpm",):
        assert "eart rate" in " ".join(debrief.findings("data") + debrief.findings("unknown"))


def test_a_row_of_a_training_log_is_still_a_debrief(notebook):
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
    debrief = RaceDebrief(Log(activities), date="2026-05-02", official_time="41:40")
    shown = run(notebook, debrief)
    said = " ".join(repr(x) for x in shown if isinstance(x, (str, list)))
    assert "41:40" in said and "annot tell" in said and not re.search(r"\bnan\b|\bNone\b", said)


def test_a_race_that_ended_early_is_headed_by_its_distance(log):
    debrief = RaceDebrief(log, date=MARATHON, official_time="DNF", distance_m=50000.0)
    assert not debrief.tables.finished
    assert "of 50.0 km covered" in debrief.sentence("result")
    assert debrief.section("waterfall") is None and debrief.section("forecast") is None


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("chromium"), reason="no Chromium on the PATH to print a PDF with")
def test_the_coach_gets_a_pdf(trail, tmp_path):
    path = write_report("race_debrief", trail, tmp_path / "debrief.pdf", date=ULTRA, audience="coach")
    assert path.read_bytes().startswith(b"%PDF-") and path.stat().st_size > 100_000
