"""What the debrief says: the contract kept, three readers from the same facts, nothing claimed that is not known."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest
from made_debriefs import made

from runlab.athlete import Athlete
from runlab.errors import SettingsError
from runlab.evidence import Estimate
from runlab.report.debrief import cells, debrief_page, lines
from runlab.report.debrief.facts import DebriefFacts
from runlab.report.debrief.lines import lists
from runlab.report.sheet import Page, text_of
from runlab.sentences import READERS, Sentence, lint, lint_text, templates
from runlab.sentences.checks import BANNED

AGREED = Athlete("kim", consent={"care_team": ["physio"]})
SAID = [name for name in lines.__all__ if name != "PARTS"]
RACE = {name: template for name, template in templates().items() if name.startswith("debrief.")}


def facts(kind: str, reader: str = "athlete", units: str = "metric") -> DebriefFacts:
    return DebriefFacts(made(kind), athlete=AGREED, reader=reader, units=units)


def page(kind: str, reader: str = "athlete") -> Page:
    return debrief_page(made(kind), AGREED, audience=reader)


def every_line(kind: str, reader: str = "athlete", units: str = "metric") -> dict[str, str]:
    """Every sentence of a made debrief as plain text, whether its page shows it or not."""
    known, out = facts(kind, reader, units), {}
    for name in SAID:
        made_line = getattr(lines, name)(known)
        found = made_line if isinstance(made_line, list) else [made_line]
        out[name] = "\n".join(line.plain for line in found if line is not None)
    return out


def test_every_race_template_keeps_the_contract():
    assert len(RACE) > 20
    assert lint(RACE) == []


def test_every_number_stands_with_interval_n_or_cannot_tell():
    for name, template in RACE.items():
        fields = re.findall(r"\{\w+:\w+\}", template.claim)
        assert not fields or template.uncertainty, name
        assert not fields or template.unknown.startswith("Cannot tell"), name


@pytest.mark.parametrize("units", ["metric", "imperial"])
@pytest.mark.parametrize("audience", READERS)
@pytest.mark.parametrize("kind", ["marathon", "ultra", "bare"])
def test_no_sentence_breaks_or_diagnoses(kind, audience, units):
    for name, text in every_line(kind, audience, units).items():
        assert not re.search(r"\bnan\b|None|inf\b|\{|\}| ,|\.\.|·", text), (name, text)
        assert not BANNED.search(text), (name, text)
        assert text == "" or text.rstrip().endswith((".", "]", "?", ")")), (name, text)


MEASURES = r"beats/min|steps/min|ms|g\b|°C|%|splits|earlier|distance|pieces|steps"


def test_finished_sentences_have_units_for_their_numbers():
    """The lint for finished text, on a whole telling; clock times and paces carry their own form."""
    for name, text in every_line("marathon").items():
        bare = re.sub(r"[+−]?\d+:\d{2}(?::\d{2})?", "time", re.sub(r"\[[A-D][^\]]*\]", "", text))
        bare = re.sub(rf"[+−]?\d+(?:\.\d+)? (?:to|of|of the) [+−]?\d+(?:\.\d+)? (?:{MEASURES})", "two measures", bare)
        bare = re.sub(rf"\d+(?:\.\d+)? (?:{MEASURES})", "a measure", bare)
        left = [line for line in lint_text(bare) if line.startswith("number")]
        assert not left, (name, left, bare)


def test_three_readers_hear_the_same_numbers():
    athlete, coach, physio = (every_line("marathon", who) for who in READERS)
    assert athlete["waterfall"].startswith("11:12 behind the goal") and coach["waterfall"].startswith("11:12")
    assert re.findall(r"\d+", athlete["body"].split(" [")[0]) == re.findall(r"\d+", coach["body"].split(" [")[0])
    assert coach["body"].split(" [")[0] == physio["body"].split(" [")[0]
    assert "[D: an order of subtraction, not proof of what did it]" in coach["waterfall"]
    assert "[D]" in athlete["waterfall"] and "proof" not in athlete["waterfall"]


def test_the_physiotherapist_gets_body_and_build_and_no_race_talk():
    shown = list(page("marathon", "physio").sentences())
    names = {line.name.removeprefix("debrief.") for line in shown}
    assert {n.split("_")[0] for n in names} == {"result", "pace", "drift", "build", "disruption", "recovery"}
    assert not any("?" in line for line in shown)


def test_numbers_follow_the_units():
    assert (
        " mi" in every_line("marathon", units="imperial")["build"]
        and " km" not in every_line("marathon", units="imperial")["build"]
    )
    assert "°F" in every_line("marathon", units="imperial")["weather"]


def test_known_facts_are_written():
    text = every_line("marathon", "coach")
    assert "3:41:12, 11:12 behind the goal of 3:30:00" in text["result"]
    assert "inside the range" in text["forecast"] and "4 of 5 earlier races" in text["forecast"]
    assert "the largest clear part is early pace and late slowing, +5:20 (+2:40 to +7:10)" in text["waterfall"]
    assert "+1:22 stays not explained" in text["waterfall"]
    assert text["disruption"].startswith("9 days of illness, 36 to 28 days before the race.")
    assert "nobody can say" in text["disruption"]
    assert text["halves"].startswith("The second half took 6.2 % longer than the first. Before: ")
    assert "7.3 %: met here" in text["wall"] and "specificity 60 to 64 %" in text["wall"]
    assert text["fuel"].startswith("34 g an hour of carbohydrate noted, 125 g in all. Planned were 60 g an hour.")


def test_no_part_is_singled_out_when_none_is_clear():
    known = facts("marathon")
    rows = known.tables.waterfall
    rows = rows.assign(low=rows["low"].where(rows["kind"] != "component", -400.0))
    object.__setattr__(known.tables, "waterfall", rows)
    line = lines.waterfall(known).plain
    assert "no single part stands clear of its own doubt" in line and "+1:22 stays not explained" in line


def test_a_plan_lost_on_one_leg_is_the_answer_for_the_legs():
    known = facts("ultra", "coach", "imperial")
    legs = known.tables.legs.assign(lost_s=[60.0] * (len(known.tables.legs) - 1) + [5022.0])
    object.__setattr__(known.tables, "legs", legs)
    claim = lines.over_plan(known).claim
    assert claim.startswith("1:23:42 of the ") and claim.endswith(f"and {legs['checkpoint'].iloc[-1]}.")
    object.__setattr__(known.tables, "legs", legs.drop(columns="lost_s"))
    assert lines.over_plan(known) is None


def test_what_is_missing_is_said():
    text = every_line("bare", "coach")
    assert text["forecast"].startswith("Cannot tell")
    assert text["waterfall"].startswith("Cannot tell where the time went: there is neither a goal nor a forecast")
    assert text["fuel"].startswith("Cannot tell what was taken")
    assert text["build"].startswith("Cannot tell how the build went")
    assert text["body"].startswith("Cannot tell how the body's own signals moved")
    assert text["pace"].startswith("The pace held: 4:00 /km")


def test_the_dark_stands_beside_what_came_with_it():
    for reader in ("athlete", "coach"):
        assert "tiredness came with it" in every_line("ultra", reader, "imperial")["night"]
    known = facts("ultra")
    night = known.tables.night.assign(low=[np.nan, np.nan, -15.0], high=[np.nan, np.nan, 4.0])
    object.__setattr__(known.tables, "night", night)
    assert lines.night(known).plain.startswith("Cannot tell what the dark did")


def test_a_race_that_ended_early_has_no_finish_arithmetic():
    tables = made("ultra")
    object.__setattr__(tables, "finished", False)
    early = debrief_page(tables, AGREED, audience="coach", units="imperial")
    assert lines.result(early.facts).claim.startswith("Long Ridge 100: 100.0 mi of 100.0 mi covered")
    for name in ("forecast", "waterfall", "next"):
        assert early.section(name) is None and early.sentence(name) is None
    assert "goal" not in text_of(early.card())


def test_a_hand_off_needs_consent():
    with pytest.raises(SettingsError, match="no hand-off to a physiotherapist; the athlete agrees"):
        debrief_page(made("marathon"), audience="physio")


def test_the_athletes_words_are_left_as_they_are_and_stay_with_athlete_and_coach():
    words = made("marathon").words
    assert " ".join(words.split()) in " ".join(text_of(page("marathon").section("words")).split())
    assert "<blockquote>" in page("marathon", "coach").section("words")
    assert page("marathon", "physio").section("words") is None


def test_lists_to_the_athlete_are_turned_for_the_coach():
    coach, athlete = facts("marathon", "coach"), facts("marathon")
    turned = lists.for_reader(coach, ["You came back from your cold."])
    assert turned == ["The athlete came back from the athlete's cold."]
    assert lists.for_reader(athlete, ["You ran."]) == ["You ran."]


def test_sections_follow_reader_and_race():
    road, ultra = page("marathon"), page("ultra")
    assert road.section("words") and road.section("legs") is None and road.section("night") is None
    assert ultra.section("legs") and ultra.section("ground") and ultra.section("night")
    assert page("bare").section("map") is None
    physio = page("marathon", "physio")
    assert physio.sections == ["race", "body", "build", "recovery", "sources"]
    with pytest.raises(SettingsError, match="section must be one of"):
        road.section("wather")


def test_travel_and_life_stay_out_of_a_hand_off():
    tables = made("marathon")
    private = pd.concat([tables.disruptions, tables.disruptions.assign(kind="life", note="private")], ignore_index=True)
    object.__setattr__(tables, "disruptions", private)
    physio = DebriefFacts(tables, athlete=AGREED, reader="physio")
    assert set(physio.disruptions["kind"]) == {"ill"} and "demands" not in lines.disruption(physio)
    assert "demands" in lines.disruption(DebriefFacts(tables, reader="coach"))


def test_tables_have_at_most_twelve_rows_and_a_dot_for_nothing():
    coach = facts("marathon", "coach")
    splits = cells.splits(coach).data
    assert len(splits) == 9 and splits["km"].iloc[0] == "5" and splits["km"].iloc[-1] == "42.2"
    assert "best" in cells.splits(coach).to_html()
    waterfall = cells.waterfall(coach).data
    assert waterfall["time"].tolist()[0] == "3:30:00" and waterfall["80 % interval"].iloc[0] == "·"
    assert "rests on" in page("marathon", "coach").section("waterfall")
    assert "rests on" not in page("marathon").section("waterfall"), "the athlete sees the picture"
    assert cells.hike(facts("bare")) is None


def test_the_card_is_claims_alone_and_short():
    for reader in READERS:
        card = text_of(page("marathon", reader).card())
        assert "[" not in card.split("To ask")[0] and "3:41:12" in card and len(card.split()) <= 120
    assert page("marathon").card().count("<li>") <= 5 + 3 + 1


def test_estimates_stand_with_their_range():
    known = facts("marathon")
    object.__setattr__(known.tables, "forecast", Estimate(12960.0, 12540.0, 13500.0, unit="s", n=5, grade="B"))
    assert "3:36:00 (3:29:00–3:45:00; 80 %)" in lines.forecast(known)


def test_sentences_of_a_page_carry_their_facts():
    for line in page("ultra", "coach").sentences():
        assert line.name.startswith("debrief.") and isinstance(line, Sentence) and line.facts
        assert line.known == (not line.claim.startswith("Cannot tell"))
