"""The season breakdown's page: which questions it asks, and in which order."""

from __future__ import annotations

import math
from typing import Any

from ...log import Log
from ...sentences import Sentence
from .. import ask
from .. import cells as shared
from ..sheet import Card, Page, Section
from ..wording import band, days, percent
from . import cells, lines, pictures
from .facts import SeasonFacts

LONG_STRETCH = 6  # weeks in a row without a lighter one that are worth a question
UNSURE = 0.5


def season_breakdown(
    log: Log, *, athlete: str = "", start: Any = "", end: Any = "", units: str = "", detail: str = "page"
) -> Page:
    """A season or several of one athlete: what it was made of, whether it led anywhere, what to ask. For the coach.

    ``log`` may hold several athletes; then ``athlete`` names one. ``start`` and ``end`` are the first and last day (""
    for the whole log, at most the last three years); nothing after ``end`` is used. ``units`` is "metric", "imperial",
    or "" for the athlete's; ``detail`` "card", "page" or "full". Where a channel is missing or the history is short the
    section says what is missing.

    Returns a ``Page``; its ``facts`` are a ``SeasonFacts``. Raises SettingsError where no activity lies up to ``end``.

    >>> import pandas as pd
    >>> from runlab.log import Log
    >>> activities = pd.DataFrame({"activity_id": ["a"], "athlete": "kim", "date": pd.to_datetime(["2026-05-01"]),
    ...                            "sport": "running", "distance_m": [8000.0]})
    >>> season_breakdown(Log(activities)).sentence("phases").claim
    'Cannot tell phases'
    """
    facts = SeasonFacts(log, athlete=athlete, start=start, end=end, units=units)
    return Page(facts, CARD, SECTIONS, reader="coach", detail=detail)


def _heading(facts: SeasonFacts) -> str:
    return f"{facts.athlete.name} · season, {days(facts.start, facts.end)}"


def _claims(facts: SeasonFacts) -> list[Sentence]:
    made = [lines.result(facts), lines.volume(facts), *([lines.stops(facts)] if len(facts.stops) else [])]
    made += [lines.long_run(facts)] if len(facts.jumps) else []
    made += [lines.races(facts), lines.pace_at_heart_rate(facts), lines.taper(facts), lines.changed(facts)]
    return ask.fitting([line for line in made if not line.name.endswith(("_unsure", "_none"))])


def _jump(facts: SeasonFacts) -> Sentence | None:
    """The largest jump; None where no run went beyond, for the longest stands in the heading then."""
    line = lines.long_run(facts)
    return None if line.name.endswith("_steady") else line


def asked(facts: SeasonFacts) -> ask.Asked:
    """Every question the season raises, the most telling first."""
    parts = (ask.stops, ask.aches, ask.jumps, _taper, _pace, _lighter, ask.races, _phases)
    return [row for part in parts for row in part(facts)]


def _taper(facts: SeasonFacts) -> ask.Asked:
    line = lines.taper(facts)
    if not line.known or facts.wrote(facts.main_races["date"].iloc[-1], facts.main_races["date"].iloc[-1]):
        return []
    return [(f"How fresh did the legs feel before {line.facts['taper_race']}?", line.claim)]


def _pace(facts: SeasonFacts) -> ask.Asked:
    found = facts.pace_trend
    if found.verdict not in ("faster", "slower") or not found.is_known:
        return []
    because = f"pace at the same heart rate {percent(found.value)} ({band(found)})"
    return [("What else changed in twelve weeks: sleep, shoes, the sensor, heat, coffee?", because)]


def _lighter(facts: SeasonFacts) -> ask.Asked:
    longest = lines.longest_stretch(facts.lighter) if len(facts.lighter) else 0
    if longest < LONG_STRETCH:
        return []
    return [("Were lighter weeks meant to come less often?", f"{longest} weeks in a row without one [C: practice]")]


def _phases(facts: SeasonFacts) -> ask.Asked:
    weeks = facts.weeks
    unsure = int((weeks["confidence"] <= UNSURE).sum()) if len(weeks) else 0
    if not unsure:
        return []
    return [("Do the phases match the season as it was meant?", f"{unsure} of {len(weeks)} weeks are unsure")]


def unknown(facts: SeasonFacts) -> list[tuple[str, str]]:
    """What the log cannot tell of the season, for the card and in a sentence, the season's unknowns first."""
    out = []
    for short, long, found in (
        ("whether races get faster", "Whether races get faster", facts.race_trend),
        ("pace at a heart rate", "How pace at the same heart rate moves", facts.pace_trend),
        ("how long runs fade", "How long runs fade", facts.durability),
        ("left and right", "Left and right balance", facts.symmetry),
    ):
        if not found.is_known:
            out.append((short, f"{long}: {found.basis}."))
    if not len(facts.usual_dynamics) or facts.usual_dynamics["value"].isna().all():
        out.append(("how movement changed", "Whether movement changed: nothing earlier was recorded."))
    weeks = math.floor(((facts.end - facts.start).days + 1) / 7)
    if weeks < 52:
        out.append(("years side by side", f"Years side by side: the period holds {weeks} weeks, less than a year."))
    return out + ask.unknown(facts)


CARD = Card(
    _heading,
    _claims,
    pictures.strip,
    lambda facts: [question for question, _ in asked(facts)],
    lambda facts: ask.not_known(unknown(facts)),
)

SECTIONS = (
    Section("phases", lines.phases, picture=pictures.strip, folded=[cells.phases, lines.period]),
    Section("words", title="In the athlete's words", also=[shared.quotes], folded=[shared.more_quotes]),
    Section(
        "volume",
        lines.volume,
        picture=pictures.volume,
        folded=[lines.consistency, lines.step_back, cells.lighter, lines.best_block],
    ),
    Section("stops", lines.stops, folded=[shared.stops]),
    Section("intensity", lines.intensity, picture=pictures.intensity),
    Section("long_runs", lines.long_runs, picture=pictures.long_runs, also=[_jump]),
    Section("vertical", lines.vertical, folded=[cells.vertical]),
    Section("results", lines.result, folded=[shared.races], applies=lambda f: len(f.period_results) > 0),
    Section("races", lines.races, picture=pictures.races, also=[lines.same], folded=[cells.races]),
    Section("pace", lines.pace_at_heart_rate, picture=pictures.pace),
    Section("durability", lines.durability, picture=pictures.fade),
    Section("dynamics", lines.dynamics, picture=pictures.dynamics),
    Section("taper", lines.taper, picture=pictures.taper, folded=[cells.tapers]),
    Section("changed", lines.changed, folded=[cells.changes, cells.builds]),
    Section("limiters", lines.limiters, folded=[shared.limiters]),
    Section(
        "open",
        title="What to ask, and what is not known",
        folded=[lambda f: shared.asked(asked(f)), lambda f: [words for _, words in unknown(f)]],
    ),
)
