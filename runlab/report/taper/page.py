"""The taper page: which questions it asks, in which order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...log import Log
from ...sentences import Sentence
from ...taper import RETURN_STEPS
from ..grid import day, short
from ..sheet import Card, Page, Section
from . import cells, lines, pictures
from .facts import TaperFacts


def taper_what_if(
    log: Log,
    *,
    athlete: str = "",
    race_date: Any = "",
    on: Any = "",
    sick_from: Any = "",
    sick_days: int = 0,
    return_steps: Sequence[Sequence[float]] = RETURN_STEPS,
    units: str = "",
    detail: str = "page",
) -> Page:
    """Rest, run through it, or go on as planned: what each would do by race morning, and the way back.

    ``log`` may hold several athletes; then ``athlete`` names one. ``race_date`` is the race ("" for the next main race,
    else the last), ``on`` the first day not yet run, ``sick_from`` and ``sick_days`` the days of rest, ``return_steps``
    the way back; see ``TaperFacts`` for what stands in where they are empty. ``detail`` "card", "page" or "full".

    Returns a ``Page`` whose ``facts`` hold the tables. Raises SettingsError for days that do not lie before the race.
    """
    facts = TaperFacts(
        log,
        athlete=athlete,
        race_date=race_date,
        on=on,
        sick_from=sick_from,
        sick_days=sick_days,
        return_steps=return_steps,
        units=units,
    )
    return Page(facts, CARD, SECTIONS, reader="coach", detail=detail)


def _heading(facts: TaperFacts) -> str:
    what = "ill" if facts.noted else "if ill"
    days = int((facts.race["date"] - facts.sick_from).days)
    before = f"{days} day{'s' if days > 1 else ''} before {short(facts.race['name']) or 'the race'}"
    return f"{facts.athlete.name} · {what} {before}, {day(facts.race['date'])}"


def _claims(facts: TaperFacts) -> list[Sentence]:
    made = [lines.rest(facts), lines.cost(facts), lines.back(facts), lines.tapers(facts)]
    return [line for i, line in enumerate(made) if line.known or i == 0]


CARD = Card(
    _heading,
    _claims,
    pictures.bedside,
    lambda facts: lines.questions(facts)[:2],
    lambda facts: lines.unknown(facts)[:2],
)

SECTIONS = (
    Section("rest", lines.rest),
    Section("cost", lines.cost, also=[lines.parts], folded=[lines.stop, cells.stops, cells.plans]),
    Section("back", lines.back, also=[cells.way_back, lines.practice]),
    Section("plans", lines.plans, folded=[pictures.every_plan, cells.pairs, lines.plan, cells.plan]),
    Section("happened", lines.happened, folded=[lines.rebuild, cells.rebuild], applies=lambda f: f.over),
    Section("tapers", lines.tapers, picture=pictures.tapers, folded=[cells.tapers]),
    Section(
        "known",
        title="What is model, what is published, what nobody knows",
        also=[lines.known],
        folded=[cells.evidence, lines.unknown, lines.questions],
    ),
)
