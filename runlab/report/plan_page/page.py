"""The race plan's page: one sheet of paper for the evening before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ... import plots
from ...log import Log
from ...sentences import Sentence
from ..sheet import Card, Page, Section
from . import cells, lines
from .facts import RacePlanFacts

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def race_plan(
    log: Log,
    *,
    athlete: str = "",
    race_date: Any = "",
    on: Any = "",
    distance_m: float | None = None,
    goal: str = "",
    course: str = "",
    checkpoints: str = "",
    kind: str = "",
    start_time: str = "",
    stops: str = "",
    units: str = "",
    detail: str = "page",
) -> Page:
    """One race to come on one sheet: goal and chance, pace by terrain, when to be where, fuel, taper, what to ask.

    ``log`` may hold several athletes; then ``athlete`` names one. ``race_date`` is a day or a name ("" for the next
    main race of races.csv, else its last); ``on`` the first day not yet run: nothing from that day on is used (race
    day, for a race that is over). ``distance_m``, ``goal``, ``course`` (a GPX file), ``checkpoints`` (a CSV) and
    ``kind`` win over the calendar; ``start_time`` is that of the gun, ``stops`` the standing that is planned.

    Returns a ``Page`` whose ``facts`` hold the tables. Raises SettingsError for a day without a race.
    """
    facts = RacePlanFacts(
        log,
        athlete=athlete,
        race_date=race_date,
        on=on,
        distance_m=distance_m,
        goal=goal,
        course=course,
        checkpoints=checkpoints,
        kind=kind,
        start_time=start_time,
        stops=stops,
        units=units,
    )
    return Page(facts, CARD, SECTIONS, reader="athlete", detail=detail)


def forecast(facts: RacePlanFacts) -> Axes | None:
    """The goal on the forecast."""
    if not facts.forecast.is_known:
        return None
    return plots.plot_forecast(facts.marks, forecast=facts.forecast, units=facts.units)


def _claims(facts: RacePlanFacts) -> list[Sentence]:
    made = [lines.goal(facts) if facts.goal_s > 0 else lines.forecast(facts), lines.pace(facts)]
    made += [lines.windows(facts)] if len(facts.windows) else []
    made += [lines.fuel(facts)] if facts.needs_fuel else []
    return [line for i, line in enumerate([*made, lines.taper(facts)]) if line.known or i == 0]


ON_CARD = 2  # things not known that stand on the card; the others below

CARD = Card(
    lines.heading,
    _claims,
    forecast,
    lambda facts: lines.questions(facts)[:2],
    lambda facts: lines.missing(facts)[:ON_CARD],
    alone=False,
)

SECTIONS = (
    Section("pace", lines.pace, also=[cells.pace], folded=[lines.forecast]),
    Section("fuel", lines.fuel, applies=lambda f: f.needs_fuel),
    Section("taper", lines.taper),
    Section("windows", lines.windows, also=[cells.windows], applies=lambda f: len(f.windows) > 0),
    Section("missing", title="What else is not known", also=[lambda f: lines.missing(f)[ON_CARD:]]),
)
