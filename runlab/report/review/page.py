"""The athlete review's page: which questions it asks, and in which order."""

from __future__ import annotations

from typing import Any

from ...log import Log
from ...sentences import Sentence
from .. import ask
from .. import cells as shared
from ..sheet import Card, Page, Section
from ..wording import days
from . import cells, lines, pictures
from .facts import ReviewFacts


def athlete_review(
    log: Log, *, athlete: str = "", start: Any = "", end: Any = "", units: str = "", detail: str = "page"
) -> Page:
    """What an athlete did of late, what the data can carry, and what to ask: a page for the coach.

    ``log`` may hold several athletes; then ``athlete`` names one. ``start`` and ``end`` are the first and last day
    reviewed ("" for the last 26 weeks to the last activity); what lies before is the athlete's baseline, and nothing
    after is used. ``units`` is "metric", "imperial", or "" for the athlete's; ``detail`` "card", "page" or "full".

    Returns a ``Page``; its ``facts`` are a ``ReviewFacts``. Raises SettingsError where no activity lies up to ``end``.

    >>> import pandas as pd
    >>> from runlab.log import Log
    >>> activities = pd.DataFrame({"activity_id": ["a"], "athlete": "kim", "date": pd.to_datetime(["2026-05-01"]),
    ...                            "sport": "running", "distance_m": [8000.0]})
    >>> athlete_review(Log(activities)).sentence("period").claim
    '1 activity from 1 May 2026 to 1 May 2026, 1 run among them.'
    """
    facts = ReviewFacts(log, athlete=athlete, start=start, end=end, units=units)
    return Page(facts, CARD, SECTIONS, reader="coach", detail=detail)


def _heading(facts: ReviewFacts) -> str:
    return f"{facts.athlete.name} · review, {days(facts.start, facts.end)}"


def _claims(facts: ReviewFacts) -> list[Sentence]:
    made = [lines.result(facts), lines.next_race(facts), lines.volume(facts), lines.planned_jump(facts)]
    made += [lines.long_run(facts) if len(facts.jumps) else None, lines.ache(facts)]
    made += [lines.stops(facts) if len(facts.stops) else None, lines.load(facts)]
    return ask.fitting([line for line in made if line is not None])


def asked(facts: ReviewFacts) -> ask.Asked:
    """Every question the log raises, the most telling first."""
    parts = (ask.stops, ask.aches, ask.jumps, ask.races)
    return [row for part in parts for row in part(facts)]


def _unknown(facts: ReviewFacts) -> list[str]:
    return [words for _, words in ask.unknown(facts)]


CARD = Card(
    _heading,
    _claims,
    pictures.volume,
    lambda facts: [question for question, _ in asked(facts)],
    lambda facts: ask.not_known(ask.unknown(facts)),
)

SECTIONS = (
    Section(
        "races",
        lambda f: lines.result(f) if len(f.period_results) else lines.next_race(f),
        also=[lambda f: lines.next_race(f) if len(f.period_results) else None],
        folded=[shared.races],
        applies=lambda f: len(f.period_results) > 0 or f.next_race is not None,
    ),
    Section("words", title="In the athlete's words", also=[shared.quotes], folded=[shared.more_quotes]),
    Section(
        "volume", lines.volume, picture=pictures.volume, folded=[cells.volume, cells.lighter, lines.stops, shared.stops]
    ),
    Section("load", lines.load, picture=pictures.load, also=[lines.form, lines.unmeasured], folded=[lines.target]),
    Section("intensity", lines.intensity, picture=pictures.intensity, folded=[lines.variety]),
    Section("long_runs", lines.long_run, picture=pictures.long_runs, also=[lines.planned_jump]),
    Section("aches", lines.ache, picture=pictures.aches, applies=lambda f: len(f.aches) > 0),
    Section("bests", lines.best_effort, picture=pictures.bests, folded=[cells.bests, lines.threshold]),
    Section("wellness", lines.wellness, picture=pictures.wellness),
    Section(
        "data",
        lines.heart_rate,
        folded=[
            cells.who,
            lines.period,
            pictures.coverage,
            lines.trust,
            pictures.clean_share,
            shared.data_issues,
            lines.problems,
            shared.unread,
        ],
    ),
    Section(
        "open",
        title="What to ask, and what is not known",
        folded=[lambda f: shared.asked(asked(f)), _unknown],
    ),
)
