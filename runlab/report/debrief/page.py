"""The debrief's page: which questions it asks, in which order, for whom, and of which races."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ... import race as _race
from ...log import Log
from ...sentences import READERS, Sentence
from ..sheet import Block, Card, Page, Section
from . import cells, lines, pictures
from .facts import DebriefFacts, in_units, notes_of, race_meant
from .lines import lists

if TYPE_CHECKING:
    from ...athlete import Athlete

ATHLETE, COACH, PHYSIO = READERS
TRAINERS = (ATHLETE, COACH)


def race_debrief(
    log: Log,
    *,
    athlete: str = "",
    date: Any = "",
    audience: str = "athlete",
    detail: str = "page",
    units: str = "",
    official_time: str = "",
    distance_m: float | None = None,
    goal: str = "",
    course: str = "",
    checkpoints: str = "",
    kind: str = "",
    plan: str = "",
    fuel: str = "",
    words: str = "",
    coordinates: bool = False,
) -> Page:
    """One race of one athlete as a page for one reader.

    ``log`` may hold several athletes; then ``athlete`` names one. ``date`` is the race day ("" for the latest race),
    ``audience`` "athlete", "coach" or "physio", ``detail`` "card", "page" or "full", ``units`` "metric", "imperial" or
    "" for the athlete's. ``official_time``, ``distance_m``, ``goal``, ``course``, ``checkpoints`` and ``kind`` win
    over the calendar; ``plan`` and ``fuel`` are paths, ``words`` a path, a text, or "notes" for what the athlete's
    notes.md says of that day. ``coordinates`` writes degrees on the map; without it, and without the athlete's consent
    to locations, nothing near home is drawn.

    Returns a ``Page``; its ``facts.tables`` are the ``race.Debrief``. Raises SettingsError for a day without a race,
    and for a physiotherapist's hand-off that the athlete has not agreed to.
    """
    whole = log.athlete(athlete) if athlete else log
    who = whole.only()
    official = {
        "official_time": official_time,
        "distance_m": distance_m,
        "goal": goal,
        "course": course,
        "checkpoints": checkpoints,
        "kind": kind,
    }
    race = whole.race(race_meant(whole, date, official), **{name: value for name, value in official.items() if value})
    more = {"plan": plan, "fuel": fuel, "words": notes_of(whole, race.date) if words == "notes" else words}
    read = in_units(whole, who, units or who.units)
    tables = _race.debrief(read, race, **{name: value for name, value in more.items() if value})
    return debrief_page(tables, who, audience=audience, detail=detail, units=units, log=whole, coordinates=coordinates)


def debrief_page(
    tables: _race.Debrief,
    athlete: Athlete | None = None,
    *,
    audience: str = "athlete",
    detail: str = "page",
    units: str = "",
    log: Log | None = None,
    coordinates: bool = False,
) -> Page:
    """The page of a debrief that was made already."""
    facts = DebriefFacts(tables, athlete=athlete, reader=audience, units=units, log=log, coordinates=coordinates)
    return Page(facts, CARD, SECTIONS, reader=audience, detail=detail)


def _heading(facts: DebriefFacts) -> str:
    race = facts.tables.race
    reader = {ATHLETE: "", COACH: " · for the coach", PHYSIO: " · for the physiotherapist"}[facts.reader]
    return f"{facts.athlete.name} · {race.name or 'race'}, {race.date.day} {race.date:%b %Y}{reader}"


def _claims(facts: DebriefFacts) -> list[Sentence]:
    if facts.reader == PHYSIO:
        return [lines.result(facts), *lines.body(facts)[:3], lines.build(facts)]
    made = [lines.result(facts), lines.pace(facts)]
    if facts.by_legs and facts.is_long:
        made.append(_legs(facts))
    if facts.tables.finished:
        made += [lines.waterfall(facts), lines.forecast(facts)]
    return [line for line in [*made, lines.disruption(facts) or lines.build(facts)] if line.known]


def _picture(facts: DebriefFacts) -> Any:
    if facts.reader == PHYSIO:
        return pictures.drift(facts)
    return (pictures.waterfall(facts) if facts.tables.finished else None) or pictures.splits(facts)


def _legs(facts: DebriefFacts) -> Sentence:
    return lines.over_plan(facts) or lines.stops(facts)


def _stops_too(facts: DebriefFacts) -> Sentence | None:
    """Standing still, where another sentence answers for the legs."""
    return lines.stops(facts) if lines.over_plan(facts) else None


def _any(name: str) -> Callable[[DebriefFacts], bool]:
    return lambda facts: len(getattr(facts.tables, name)) > 0


def _rest_of_body(facts: DebriefFacts) -> list[Sentence]:
    return lines.body(facts)[1:]


def _to(readers: tuple[str, ...], block: Block) -> Block:
    """A block for some readers alone."""
    return lambda facts: block(facts) if facts.reader in readers else None


CARD = Card(_heading, _claims, _picture, lists.questions, lists.not_known)

SECTIONS = (
    Section(
        "words",
        title="In the athlete's words",
        also=[lists.words],
        readers=TRAINERS,
        applies=lambda f: bool(f.tables.words),
    ),
    Section("celebrate", title="What holds, whatever the time", also=[lists.celebrate], readers=TRAINERS),
    Section(
        "race",
        lines.pace,
        picture=pictures.race,
        folded=[
            lines.result,
            lists.data,
            cells.splits,
            _to((ATHLETE,), lines.halves),
            _to(TRAINERS, lines.opening),
            _to((ATHLETE,), lines.wall),
            _to((COACH,), cells.pacing),
            _to((COACH,), cells.history),
        ],
    ),
    Section(
        "forecast", lines.forecast, picture=pictures.forecast, readers=TRAINERS, applies=lambda f: f.tables.finished
    ),
    Section(
        "legs",
        _legs,
        picture=pictures.legs,
        folded=[_stops_too, lines.windows],
        readers=TRAINERS,
        applies=lambda f: f.by_legs,
    ),
    Section(
        "waterfall",
        lines.waterfall,
        picture=pictures.waterfall,
        folded=[_to((COACH,), cells.waterfall), lines.orders, _to((COACH,), cells.orders)],
        readers=TRAINERS,
        applies=lambda f: f.tables.finished,
    ),
    Section("pacing", lines.halves, picture=pictures.splits, also=[lines.wall], readers=(COACH,)),
    Section("ground", lines.fade, picture=pictures.fade, folded=[lines.hike, cells.hike], applies=lambda f: f.is_long),
    Section("night", lines.night, picture=pictures.night, readers=TRAINERS, applies=_any("night")),
    Section("body", lambda f: lines.body(f)[0], picture=pictures.drift, folded=[_rest_of_body]),
    Section("fuel", lines.fuel, picture=pictures.fuelling, folded=[lines.weather], readers=TRAINERS),
    Section("build", lines.build, picture=pictures.build, also=[lines.disruption], folded=[cells.build]),
    Section(
        "stories",
        title="Other stories that fit as well",
        folded=[cells.stories, lists.unknown, lists.questions],
        readers=TRAINERS,
        applies=_any("other_stories"),
    ),
    Section(
        "change",
        title="One change, one keep",
        also=[lists.change],
        readers=TRAINERS,
        applies=lambda f: bool(f.tables.one_change),
    ),
    Section("recovery", lines.recovery, folded=[lists.ladder], applies=_any("recovery")),
    Section("next", lines.coming, folded=[cells.coming], readers=TRAINERS, applies=lambda f: f.tables.finished),
    Section(
        "map",
        title="Where it was fast, where slow",
        folded=[pictures.track],
        readers=TRAINERS,
        applies=lambda f: f.has_map,
    ),
    Section("sources", title="What this rests on", folded=[cells.sources], readers=(COACH, PHYSIO)),
)
