"""The review and the season of every sample athlete: how many words, and no quantity told twice differently."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from html import unescape

import pandas as pd
import pytest

from runlab import open_log
from runlab.evidence import Estimate
from runlab.log import Log
from runlab.report import athlete_review, season_breakdown, sheet
from runlab.report.sheet import Page, text_of
from runlab.report.wording import race_name
from runlab.sentences import Sentence
from runlab.units import distance_unit_m, format_duration

ATHLETES = ("masters-half", "returning-runner", "road-marathoner", "track-5k", "trail-100-miler", "triathlete")
CARD_WORDS, REVIEW_WORDS, SEASON_WORDS = 120, 500, 700
REASONS = {"reason", "apart"}  # why something cannot be told: no quantity of the athlete
FAR = r"([\d,.]+)[ \xa0](?:km|mi)"


@pytest.fixture(scope="module", params=ATHLETES)
def log(request, saved_squad) -> Log:
    return open_log(saved_squad, athlete=request.param)


def written(page: Page, monkeypatch: pytest.MonkeyPatch) -> str:
    """The page as HTML without the bytes of its pictures; their words are there."""
    monkeypatch.setattr(sheet, "_png", lambda axes: __import__("matplotlib.pyplot").pyplot.close(axes.figure) or "")
    return page._repr_html_()


@pytest.fixture(scope="module")
def pages(log) -> dict[str, tuple[Page, str]]:
    with pytest.MonkeyPatch.context() as monkeypatch:
        made = {"review": athlete_review(log), "season": season_breakdown(log)}
        return {name: (page, written(page, monkeypatch)) for name, page in made.items()}


def words(html: str) -> int:
    return len(text_of(html).split())


def test_cards_and_pages_are_short(pages):
    for name, most in (("review", REVIEW_WORDS), ("season", SEASON_WORDS)):
        page, html = pages[name]
        assert 50 < words(page.card()) <= CARD_WORDS, (name, words(page.card()))
        assert 0.6 * most < words(html) <= most, (name, words(html))


# --- one fact, one number -------------------------------------------------------------------------------------------


def value_of(value: object) -> str:
    """A value of a sentence, so that the same quantity reads the same."""
    if isinstance(value, Estimate):
        return repr((value.value, value.low, value.high))
    if isinstance(value, pd.Timestamp):
        return f"{value:%Y-%m-%d}"
    return f"{value:.6g}" if isinstance(value, (int, float)) else str(value)


def told_twice(sentences: list[Sentence]) -> dict[str, set[str]]:
    """Every field of the sentences that carries more than one value: a name stands for one quantity of a page."""
    seen: dict[str, set[str]] = defaultdict(set)
    for line in sentences:
        for name, value in line.facts.items():
            unknown = value is None or value is pd.NaT or (isinstance(value, float) and not math.isfinite(value))
            if name not in REASONS and not unknown:
                seen[name].add(value_of(value))
    return {name: values for name, values in seen.items() if len(values) > 1}


# Where a page names a quantity in words, in a table or in the words of a picture, whatever stands around it.
PLACES = {
    "weekly_4": (rf"{FAR} of training a week over the last 4 weeks", r"^last 4 weeks\s+([\d,.]+)"),
    "weekly_12": (rf"Last 12 weeks: {FAR}", r"^last 12 weeks\s+([\d,.]+)"),
    "weekly_best": (
        rf"best 12 weeks on record: {FAR}",
        rf"best 12 weeks ran to .{{5,14}}, with {FAR}",
        r"^best 12 weeks, to \d+ \w+ \d+\s+([\d,.]+)",
    ),
    "weekly_before": (rf"weeks before: {FAR} a week",),
    "weekly_peak": (rf"{FAR} in the highest \(from",),
    "longest": (rf"at most {FAR} on", rf"longest training run was {FAR}"),
    "jump": (rf"Largest jump: {FAR}",),
    "fitness": (r"Fitness is ([\d,.]+) load points",),
    "stop_days": (r"the longest (\d+) days from",),
    "last_week": (r"the last 7 days held (\d+) % of the usual",),
    "easy_time": (r"(\d+) % of running time was easy",),
}
WEEKLY = re.compile(rf"{FAR} (?:of training )?a week")


def shown(html: str) -> str:
    """Everything a page says: in sight, folded, and in the words of its pictures."""
    alts = [unescape(text) for text in re.findall(r'alt="([^"]*)"', html)]
    return "\n".join([text_of(html, folded=True), *alts]).replace("\xa0", " ")


def number(text: str) -> float:
    return float(text.replace(",", ""))


def contradictions(page: Page, html: str) -> list[str]:
    """Every place where the page's words carry another number than its facts."""
    text, out = shown(html), []
    known: dict[str, float] = {}
    for line in page.sentences():
        known |= {k: float(v) for k, v in line.facts.items() if isinstance(v, (int, float)) and math.isfinite(v)}
    per = distance_unit_m(page.facts.units)
    shares = {"last_week", "easy_time"}
    metres = {"weekly_4", "weekly_12", "weekly_best", "weekly_before", "weekly_peak", "longest", "jump"}
    for name, patterns in PLACES.items():
        found = {m for p in patterns for m in re.findall(p, text, re.MULTILINE)}
        if len(found) > 1:
            out.append(f"{name}: {sorted(found)}")
        if found and name in known:
            value = known[name] / per if name in metres else 100 * known[name] if name in shares else known[name]
            digits = 1 if name in metres else 0
            out += [f"{name}: {f} for {value:.2f}" for f in found if abs(number(f) - value) > 0.51 * 10**-digits]
    weekly = {round(v / per, 1) for k, v in known.items() if k.startswith("weekly_")}
    best = {round(m / per, 1) for m in page.facts.weekly.metres.tail(400).rolling(12).mean().dropna()}
    for m in WEEKLY.findall(text):
        if number(m) not in weekly | best:
            out.append(f"a weekly distance nobody knows: {m}")
    for race in page.facts.period_results.itertuples():
        name, day = re.escape(race_name(race._asdict(), page.facts.units)), f"{race.date.day} {race.date:%b %Y}"
        times = re.findall(rf"{day}\s+{name}\s+([\d:]+)", text) + re.findall(rf"{name}: ([\d:]+) on {day}", text)
        if set(times) != {format_duration(race.time_s)}:
            out.append(f"{race.name}: {set(times)} for {format_duration(race.time_s)}")
    return out


def test_no_fact_carries_two_numbers(pages):
    for name, (page, html) in pages.items():
        assert told_twice(list(page.sentences())) == {}, name
        assert contradictions(page, html) == [], name


def test_a_number_that_changed_is_found(pages):
    """The test above can fail: one number of the page changed in one place, in words and in a table."""
    page, html = pages["review"]
    value = f"{page.facts.weekly.last(4) / distance_unit_m(page.facts.units):.1f}"
    assert value in html
    at = html.index(value)
    wrong = html[:at] + f"{float(value) + 0.4:.1f}" + html[at + len(value) :]
    assert contradictions(page, wrong)
    cell = re.compile(r"(last 4 weeks</td>\s*<td[^>]*>)[\d.]+")
    assert cell.search(html), "the table holds it too"
    assert contradictions(page, cell.sub(rf"\g<1>{float(value) + 0.4:.1f}", html))
    first, other = Sentence("a"), Sentence("b")
    first.facts, other.facts = {"weekly_4": 46_000.0}, {"weekly_4": 47_200.0}
    assert told_twice([first, other]) == {"weekly_4": {"46000", "47200"}}


def test_words_and_pictures_of_a_page_rest_on_the_same_tables(pages):
    for page, html in pages.values():
        facts = page.facts
        assert facts.weekly.metres.sum() <= facts.training_runs["distance_m"].sum() + 1
        assert not set(facts.training_runs["activity_id"]) & facts.race_ids
        drawn = re.search(rf"whole weeks, highest {FAR}", shown(html))
        peak = page.sentence("volume").facts.get("weekly_peak")
        if drawn and peak and facts.shown_from == facts.start:
            assert number(drawn.group(1)) == pytest.approx(peak / distance_unit_m(facts.units), abs=0.051)


# --- what is known is used --------------------------------------------------------------------------------------------


def test_every_claim_of_a_card_is_a_line_of_the_page(pages):
    for page, html in pages.values():
        text = shown(html)
        for line in page._card.claims(page.facts):
            assert line.known and line.claim.rstrip(".") in text
        assert "usual in the last 7 days" not in text_of(page.card()), "sleep at one deviation leads no summary"


def test_notes_are_quoted_and_not_asked_again(pages):
    page, html = pages["review"]
    facts, text = page.facts, shown(html)
    assert len(facts.words), "each sample athlete wrote something"
    for note in list(dict.fromkeys(facts.words["text"]))[:15]:
        assert " ".join(str(note).split()) in " ".join(text.split())
    assert text.count("<blockquote>") <= 2
    for kind in ("review", "season"):
        asked = text_of(pages[kind][0].card())
        for stop in pages[kind][0].facts.stops.itertuples():
            assert not (stop.kinds and f"What happened {stop.first.day}" in asked)


def test_the_ache_stands_beside_the_jump_and_the_planned_jump_is_named(saved_squad):
    page = athlete_review(open_log(saved_squad, athlete="returning-runner"))
    ache = page.sentence("aches")
    assert ache.claim == "Left achilles: pain noted 5–14 Oct 2026, 3 of 10."
    assert "17.1 km on 11 Oct 2026 (+44 % on the longest of the 30 days before)" in ache.support
    assert not re.search(r"\b(cause|because|due|led|after)\b", ache.support)
    card = text_of(page.card())
    assert "Planned for 22 Nov 2026: 21.5 km, +44 % on the 30 days before." in card.replace("\xa0", " ")
    assert "Are the 21.5 km on 22 Nov 2026 meant to be so far?" in card.replace("\xa0", " ")
    drawn = [t.get_text() for t in page.picture("long_runs").texts if t.get_gid() == "planned jump"]
    assert drawn == ["+44 %"]


def test_a_best_that_met_its_goal_leads_and_a_missed_one_is_told(saved_squad):
    squad = open_log(saved_squad)
    best = athlete_review(squad, athlete="track-5k").sentence("races")
    assert best.claim == "Track 5000 m: 15:42 on 3 Oct 2026, 33 s inside the goal of 16:15 and the best in this log."
    missed = athlete_review(squad, athlete="road-marathoner")
    assert "11:12 behind the goal of 3:30:00" in missed.sentence("races").claim
    assert "taper and recovery around Autumn Marathon" in missed.sentence("volume").support
    assert "9 days from 25 Sep 2026" in season_breakdown(squad, athlete="road-marathoner").sentence("stops").claim


def test_a_run_of_a_triathlon_is_no_training_run(saved_squad):
    facts = athlete_review(open_log(saved_squad, athlete="triathlete")).facts
    (name,) = facts.multisport_ids
    assert name not in set(facts.training["activity_id"]) and name not in set(facts.jumps["activity_id"])
    race = facts.results.set_index("activity_id").loc[name]
    assert race["within_multisport"] and not race["is_best"]


def test_private_notes_stay_out_without_consent(season_log):
    noted = season_log.activities.copy()
    noted.loc[noted.index[-1], "private_notes"] = "NOT FOR EVERYONE"
    log = Log(noted, athletes=season_log.athletes)
    assert "NOT FOR EVERYONE" not in shown(athlete_review(log, detail="full")._repr_html_())


def test_a_log_of_several_sports_in_one_table_is_no_triathlon():
    days = pd.date_range("2026-01-05", periods=60, freq="D")
    sport = ["running" if k % 2 else "cycling" for k in range(60)]
    rows = {"activity_id": [f"r{k}" for k in range(60)], "athlete": "bo", "date": days, "sport": sport}
    facts = athlete_review(Log(pd.DataFrame(rows | {"distance_m": 9000.0, "source": "bo/log.csv"}))).facts
    assert facts.multisport_ids == set()
