"""Sentences keep their contract: numbers with units, an interval or "cannot tell", no diagnosis, no blame."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from runlab.errors import SettingsError
from runlab.evidence import Estimate
from runlab.sentences import Sentence, Template, lint, lint_text, say, sentence, templates


def test_every_template_keeps_the_contract():
    assert len(templates()) > 80 and lint(templates()) == []


@pytest.mark.parametrize(
    "text",
    [
        "You will get injured",
        "A bad week",
        "This was caused by heat",
        "He failed the session",
        "Danger: stop",
        "You should have rested",
        "This proves overtraining",
        "The only option",
        "Zone is red",
    ],
)
def test_banned_words_are_found(text):
    assert any(line.startswith("banned word") for line in lint_text(text))


def test_words_that_merely_contain_a_banned_word_pass():
    assert lint_text("shared, measured, required, willing, badge, commonly") == []


@pytest.mark.parametrize(
    ("text", "complaint"),
    [("ACWR is high", "abbreviation 'ACWR' is not explained"), ("The mean is 44 now", "number '44' has no unit")],
)
def test_abbreviations_and_bare_numbers_are_found(text, complaint):
    assert complaint in lint_text(text)


@pytest.mark.parametrize(
    "text",
    [
        "heart-rate variability (HRV) fell",
        "HRV (heart-rate variability) fell",
        "12 to 14 weeks",
        "5,205 runners",
        "80–90 %",
        "10 km in 3 days",
    ],
)
def test_explained_abbreviations_and_units_pass(text):
    assert lint_text(text) == []


@pytest.mark.parametrize(
    ("template", "complaint"),
    [
        (Template(claim="{n:week} of running.", grade="A", uncertainty="Counted."), "unknown"),
        (Template(claim="{n:week} of running.", unknown="Cannot tell.", uncertainty="Counted."), "evidence grade"),
        (Template(claim="{n:week} of running.", unknown="Cannot tell.", grade="A"), "no uncertainty"),
        (Template(claim="Why? {n:week}.", unknown="Cannot tell.", grade="A", uncertainty="x"), "question part"),
        (Template(claim="{n} runs.", unknown="Cannot tell.", grade="A", uncertainty="x"), "no known kind"),
        (Template(claim="Steady.", question="Why? And when?"), "exactly one question"),
        (Template(claim="Steady.", grade="E"), "grade 'E'"),
    ],
)
def test_lint_finds_what_breaks_the_contract(template, complaint):
    assert any(complaint in line for line in lint({"x": template})), lint({"x": template})


VOLUME = {
    "weekly_4": 51_700.0,
    "against_before": ", +3 % on the 12 before",
    "weekly_before": 50_000.0,
    "weeks_before": 12,
    "weekly_best": 61_000.0,
    "around": "",
    "measured_runs": 98,
    "runs": 98,
}


def test_parts_come_in_the_order_of_the_contract():
    text = say("review.volume", VOLUME).plain
    parts = ("51.7 km of training a week", "The 12 weeks before: 50.0 km", "98 of 98 runs measured", "[A")
    order = [text.index(part) for part in parts]
    assert order == sorted(order)


def test_numbers_follow_the_athletes_units():
    values = VOLUME | {"weekly_4": 16_093.44, "weekly_before": math.nan}
    assert say("review.volume", values, units="imperial").plain.startswith("10.0 mi of training a week")


def test_a_part_whose_number_is_unknown_is_left_out():
    text = say("review.volume", VOLUME | {"weekly_before": math.nan, "against_before": ""})
    assert "nan" not in text and "before" not in text and "98 of 98 runs" in text


def test_an_unknown_claim_says_cannot_tell_and_why():
    line = say(
        "review.threshold",
        {
            "threshold": Estimate.unknown("needs a race", unit="m/s"),
            "reason": "needs a race",
            "threshold_basis": "",
            "settings": "",
        },
    )
    assert line.plain.startswith("Cannot tell threshold pace: needs a race.")


def test_an_estimate_carries_its_interval():
    speed = Estimate(4.0, 3.9, 4.1, unit="m/s", n=3, grade="C")
    line = say("review.threshold", {"threshold": speed, "threshold_basis": "3 efforts.", "settings": "", "reason": ""})
    assert "4:10 /km (4:04–4:16; 80 %)" in line


def test_counts_are_plural_when_they_are():
    template = Template(claim="{n:activity} in {w:week}.", grade="A", unknown="Cannot tell.")
    assert sentence(template, {"n": 1, "w": 2}).plain == "1 activity in 2 weeks. [A]"
    assert sentence(template, {"n": 3, "w": 1}).plain == "3 activities in 1 week. [A]"


def test_html_is_escaped_and_the_claim_is_strong():
    html = Sentence("**5 < 6 km**, he said <script>")._repr_html_()
    assert "<strong>5 &lt; 6\u00a0km</strong>" in html and "<script>" not in html


def test_brief_is_claim_and_question():
    day = pd.Timestamp("2026-04-05")
    values = {"best_until": day, "weekly_best": 51_200.0, "followed": "No race with a time lies in the 6 weeks after."}
    assert say("season.best_block", values).brief.plain == (
        "The best 12 weeks ran to 5 Apr 2026, with 51.2 km of training a week. What made those weeks possible?"
    )


def test_missing_values_and_wrong_names_are_said():
    with pytest.raises(SettingsError, match="needs 'weekly_4'"):
        say("review.volume", {"runs": 1})
    with pytest.raises(SettingsError, match="did you mean 'review.volume'"):
        say("review.volum", {})


def test_a_sentence_knows_what_it_claims_and_from_what():
    speed = Estimate(4.0, 3.9, 4.1, unit="m/s", n=3, grade="C")
    values = {"threshold": speed, "threshold_basis": "3 efforts.", "settings": "", "reason": ""}
    line = say("review.threshold", values)
    assert line.known and line.name == "review.threshold" and line.facts["threshold"] is speed
    assert line.claim in line and line.support.startswith("3 efforts.") and line.support.endswith("[D]")
    lost = say("review.threshold", values | {"threshold": Estimate.unknown("x", unit="m/s"), "reason": "needs a race"})
    assert not lost.known and lost.claim.startswith("Cannot tell") and lost.support == "Needs a race."


def test_each_reader_has_the_same_numbers_in_other_words():
    values = {"size": 6.2, "side": "longer", "before": "Before: 1.2 % longer (median of 3 races of like length)."}
    athlete, coach, physio = (say("debrief.halves", values, reader=who) for who in ("athlete", "coach", "physio"))
    assert athlete.claim == "Your second half took 6.2 % longer than the first."
    assert coach.claim == physio.claim == "The second half took 6.2 % longer than the first."
    assert "[A: measured]" in coach and "[A]" in athlete and "measured" not in athlete
    asking = say("debrief.recovery", {"usual": "x", "reason": ""}, reader="physio")
    assert asking.question == "" and "?" not in asking


def test_other_words_for_a_reader_are_linted_too():
    spoken = Template(claim="Steady.", readers={"athlete": {"claim": "You failed."}})
    assert lint({"x": spoken}) == ["x (athlete).claim: banned word 'failed'"]
