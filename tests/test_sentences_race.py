"""What the debrief says: the contract kept, three readers from the same facts, nothing claimed that is not known."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest
from made_debriefs import made
from runlab.report.debrief.sections import SECTIONS, Lines
from runlab.sentences.contract import BANNED
from runlab.sentences.race import TEMPLATES as RACE

from runlab.athlete import Athlete
from runlab.errors import SettingsError
from runlab.evidence import Estimate
from runlab.report import RaceDebrief
from runlab.report.debrief.lines import SENTENCES
from runlab.sentences import AUDIENCES, TEMPLATES, lint, lint_text

AGREED = Athlete("kim", consent={"care_team": ["physio"]})


def told(kind: str, audience: str = "athlete", units: str = "metric") -> dict[str, str]:
    """Every sentence of a made debrief as plain text."""
    debrief = RaceDebrief.of(made(kind), athlete=AGREED, audience=audience, units=units)
    out = {}
    for name in SENTENCES:
        said = debrief.sentence(name)
        out[name] = "" if said is None else "\n".join(x.plain for x in said) if isinstance(said, Lines) else said.plain
    return out


def test_every_race_template_keeps_the_contract():
    assert len(RACE) > 20 and set(RACE) <= set(TEMPLATES)
    assert lint(RACE) == []


def test_every_number_stands_with_interval_n_or_cannot_tell():
    for name, template in RACE.items():
        fields = re.findall(r"\{\w+:\w+\}", template.claim)
        assert not fields or template.uncertainty, name
        assert not fields or template.unknown.startswith("Cannot tell"), name


@pytest.mark.parametrize("units", ["metric", "imperial"])
@pytest.mark.parametrize("audience", AUDIENCES)
@pytest.mark.parametrize("kind", ["marathon", "ultra", "bare"])
def test_no_sentence_breaks_or_diagnoses(kind, audience, units):
    for name, text in told(kind, audience, units).items():
        assert not re.search(r"\bnan\b|None|inf\b|\{|\}| ,|\.\.|·", text), (name, text)
        assert not BANNED.search(text), (name, text)
        assert text == "" or text.rstrip().endswith((".", "]", "?", ")")), (name, text)


MEASURES = r"beats/min|steps/min|ms|g\b|°C|%|splits|earlier|distance|pieces|steps"


def test_finished_sentences_have_units_for_their_numbers():
    """The lint for finished text, on a whole telling; clock times and paces carry their own form."""
    for name, text in told("marathon").items():
        bare = re.sub(r"[+−]?\d+:\d{2}(?::\d{2})?", "time", re.sub(r"\[[A-D][^\]]*\]", "", text))
        bare = re.sub(rf"[+−]?\d+(?:\.\d+)? (?:to|of|of the) [+−]?\d+(?:\.\d+)? (?:{MEASURES})", "two measures", bare)
        bare = re.sub(rf"\d+(?:\.\d+)? (?:{MEASURES})", "a measure", bare)
        left = [line for line in lint_text(bare) if line.startswith("number")]
        assert not left, (name, left, bare)


def test_three_readers_hear_the_same_numbers():
    athlete, coach, physio = (told("marathon", who) for who in AUDIENCES)
    assert athlete["waterfall"].startswith("11:12 behind the goal") and coach["waterfall"].startswith("11:12")
    assert athlete["body"].split("\n")[0].split(" [")[0] == coach["body"].split("\n")[0].split(" [")[0]
    assert athlete["body"].split(" [")[0] == physio["body"].split(" [")[0]
    assert "[D: an order of subtraction, not proof of what did it]" in coach["waterfall"]
    assert "[D]" in athlete["waterfall"] and "proof" not in athlete["waterfall"]


def test_the_physiotherapist_gets_body_and_build_and_no_race_talk():
    physio = told("marathon", "physio")
    assert {name for name, text in physio.items() if text} == {
        "result",
        "pace",
        "body",
        "build",
        "disruption",
        "recovery",
    }
    assert "?" not in "".join(physio.values())


def test_numbers_follow_the_units():
    assert (
        " mi" in told("marathon", units="imperial")["build"]
        and " km" not in told("marathon", units="imperial")["build"]
    )
    assert "°F" in told("marathon", units="imperial")["weather"]


def test_known_facts_are_told():
    text = told("marathon")
    assert "3:41:12, 11:12 behind the goal of 3:30:00" in text["result"]
    assert "inside the band" in text["forecast"] and "4 of the 5 earlier races" in text["forecast"]
    assert (
        "early pace and late slowing, +5:20 (+2:40 to +7:10)" in text["waterfall"]
        and "+1:22 stays not explained" in text["waterfall"]
    )
    assert text["disruption"].startswith("9 days of illness, 5 weeks before the race.")
    assert "nobody can say" in text["disruption"]
    assert text["halves"].startswith("The second half took 6.2 % longer than the first. In 3 earlier races")
    assert "7.3 %, so by that one it was met" in text["wall"] and "began around 31 km" in text["wall"]
    assert text["fuel"].startswith("Carbohydrate noted: 34 g an hour, 125 g in all. Planned were 60 g an hour.")


def test_no_part_is_singled_out_when_none_is_clear():
    tables = made("marathon")
    rows = tables.waterfall.assign(low=tables.waterfall["low"].where(tables.waterfall["kind"] != "component", -400.0))
    object.__setattr__(tables, "waterfall", rows)
    said = RaceDebrief.of(tables).sentence("waterfall").plain
    assert "no part on that side stands clear of its own uncertainty" in said and "+1:22 stays not explained" in said


def test_what_is_missing_is_said():
    text = told("bare")
    assert text["forecast"].startswith("Cannot tell")
    assert text["waterfall"].startswith("Cannot tell where the time went: there is neither a goal nor a forecast")
    assert text["fuel"].startswith("Cannot tell what was taken")
    assert text["build"].startswith("Cannot tell how the build went")
    assert text["body"].startswith("Cannot tell how the body's own signals moved")
    assert text["pace"].startswith("Pace held: 4:00 /km")


def test_the_dark_is_never_told_without_what_came_with_it():
    for audience in ("athlete", "coach"):
        assert "cannot be told apart" in told("ultra", audience, "imperial")["night"]
    tables = made("ultra")
    night = tables.night.assign(low=[np.nan, np.nan, -15.0], high=[np.nan, np.nan, 4.0])
    object.__setattr__(tables, "night", night)
    assert RaceDebrief.of(tables).sentence("night").plain.startswith("Cannot tell what the dark went with")


def test_a_race_that_ended_early_has_no_finish_arithmetic():
    tables = made("ultra")
    object.__setattr__(tables, "finished", False)
    debrief = RaceDebrief.of(tables, units="imperial")
    assert debrief.sentence("result").plain.startswith("Long Ridge 100: 100.0 mi of 100.0 mi covered")
    for name in ("forecast", "waterfall", "next"):
        assert debrief.section(name) is None and debrief.sentence(name) is None
    assert "goal" not in debrief.summary()


def test_a_hand_off_needs_consent():
    with pytest.raises(SettingsError, match="no hand-off to a physiotherapist; the athlete agrees"):
        RaceDebrief.of(made("marathon"), audience="physio")


def test_own_words_are_left_as_they_are_and_stay_with_athlete_and_coach():
    tables = made("marathon")
    assert RaceDebrief.of(tables).words() == tables.words
    assert "<blockquote>" in RaceDebrief.of(tables, audience="coach").words()._repr_html_()
    assert RaceDebrief.of(tables, athlete=AGREED, audience="physio").words() is None


def test_lines_to_the_athlete_are_turned_for_the_coach():
    coach = RaceDebrief.of(made("marathon"), audience="coach")
    assert coach.told(["You came back from your cold."]) == ["The athlete came back from the athlete's cold."]
    assert RaceDebrief.of(made("marathon")).told(["You ran."]) == ["You ran."]


def test_sections_follow_reader_and_race():
    road, ultra = RaceDebrief.of(made("marathon")), RaceDebrief.of(made("ultra"))
    assert (
        road.section("words") == "In your own words" and road.section("legs") is None and road.section("night") is None
    )
    assert ultra.section("legs") and ultra.section("ground") and ultra.section("night")
    assert RaceDebrief.of(made("bare")).section("map") is None
    physio = RaceDebrief.of(made("marathon"), athlete=AGREED, audience="physio")
    shown = [name for name in SECTIONS if physio.section(name)]
    assert shown == ["data", "race", "body", "build", "unknown", "recovery", "appendix"]


def test_travel_and_life_stay_out_of_a_hand_off():
    tables = made("marathon")
    private = pd.concat([tables.disruptions, tables.disruptions.assign(kind="life", note="private")], ignore_index=True)
    object.__setattr__(tables, "disruptions", private)
    physio = RaceDebrief.of(tables, athlete=AGREED, audience="physio")
    assert set(physio.disruptions["kind"]) == {"ill"} and "demands" not in physio.sentence("disruption")
    assert "demands" in RaceDebrief.of(tables, audience="coach").sentence("disruption")


def test_tables_have_at_most_twelve_rows_and_a_dot_for_nothing():
    debrief = RaceDebrief.of(made("marathon"), audience="coach")
    splits = debrief.table("splits").data
    assert len(splits) == 9 and splits["km"].iloc[0] == "5" and splits["km"].iloc[-1] == "42.2"
    assert "best" in debrief.table("splits").to_html()
    waterfall = debrief.table("waterfall").data
    assert waterfall["time"].tolist()[0] == "3:30:00" and waterfall["80 % interval"].iloc[0] == "·"
    assert RaceDebrief.of(made("marathon")).table("waterfall") is None, "the athlete sees the picture"
    assert RaceDebrief.of(made("bare")).table("hike") is None


def test_summary_is_made_of_claims_alone():
    said = RaceDebrief.of(made("marathon")).summary()
    assert "[" not in said and "3:41:12" in said and said.endswith(".")


def test_estimates_are_told_with_their_band():
    tables = made("marathon")
    object.__setattr__(tables, "forecast", Estimate(12960.0, 12540.0, 13500.0, unit="s", n=5, grade="B"))
    assert "3:36:00 (3:29:00–3:45:00; 80 %)" in RaceDebrief.of(tables).sentence("forecast")
