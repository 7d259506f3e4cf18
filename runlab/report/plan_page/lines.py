"""What the race plan says: one sentence per question, each from the facts."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from ... import units as _units
from ...sentences import Sentence, joined, say
from ..grid import day, short
from .facts import RacePlanFacts

ULTRA_S = 6 * 3600.0


def line(facts: RacePlanFacts, name: str, /, **values: Any) -> Sentence:
    """A sentence of the race plan, for the athlete."""
    return say(f"race_plan.{name}", values, units=facts.units, reader="athlete")


def chance(value: float) -> str:
    """A chance in per cent, never as certain as 0 or 100.

    >>> chance(0.2), chance(12.1), chance(99.7)
    ('under 1 %', '12 %', 'over 99 %')
    """
    return "under 1 %" if value < 1 else "over 99 %" if value > 99 else f"{value:.0f} %"


def goal(facts: RacePlanFacts) -> Sentence:
    found = facts.gap.chance
    if not found.is_known:
        return line(facts, "goal", goal=math.nan, reason=found.basis)
    return line(
        facts,
        "goal",
        goal=facts.goal_s,
        chance=chance(found.value),
        band=f"{chance(found.low).removesuffix(' %')} to {chance(found.high)}",
        gap=abs(facts.gap.gap_s),
        side="faster" if facts.gap.gap_s > 0 else "slower",
        n=found.n,
    )


def forecast(facts: RacePlanFacts) -> Sentence:
    found = facts.forecast
    if not found.is_known:
        return line(facts, "forecast", middle=math.nan, reason=found.basis)
    return line(facts, "forecast", middle=found.value, low=found.low, high=found.high, n=found.n)


def pace(facts: RacePlanFacts) -> Sentence:
    if facts.pace.empty:
        return line(facts, "pace", target=math.nan, reason="neither a goal nor a forecast says how fast")
    if facts.has_course:
        how, ground = "on the flat", "Slower uphill, quicker downhill, as the course asks."
    elif facts.ascent_m > 0:
        climb = _units.format_height(facts.ascent_m, facts.units)
        how, ground = "on average", f"Where its climb of {climb} lies is not known: slower there, quicker down."
    else:
        how, ground = "on average", "Taken as flat."
    doubt = math.nan
    if facts.goal_s > 0 and facts.forecast.is_known:
        doubt = "The table has the forecast's clock beside it."
    worth = math.nan
    if facts.goal_s > 0 and len(facts.gap.table) and not facts.is_rough:
        worth = " ".join(facts.gap.table["words"])
    return line(
        facts,
        "pace",
        target=facts.target_s,
        speed=facts.speed_mps,
        how=how,
        ground=ground,
        doubt=doubt,
        worth=worth,
    )


def windows(facts: RacePlanFacts) -> Sentence:
    rows = facts.windows
    if rows.empty:
        return line(facts, "windows", place=None, reason="neither a goal nor a forecast says how fast")
    half, end, cut = rows.iloc[(len(rows) - 1) // 2], rows.iloc[-1], rows.dropna(subset=["cutoff_s"])
    notes = [] if facts.start is not None else ["On the race's clock: no start time is known."]
    if late := int((cut["margin_s"] < 0).sum()):
        notes.append(f"The late end lies after the cut-off at {late} of {len(cut)} places.")
    return line(
        facts,
        "windows" if facts.forecast.is_known else "windows_goal",
        place=half["checkpoint"],
        low=when(half, "low"),
        high=when(half, "high"),
        end_low=when(end, "low"),
        end_high=when(end, "high"),
        notes=" ".join(notes) or math.nan,
    )


def when(row: pd.Series, edge: str = "") -> str:
    """The clock time of a passage (``edge`` "low" or "high" of its window), or the time since the start."""
    clock = row[f"clock_{edge}" if edge else "clock"]
    return clock or hours(row[f"{edge or 'elapsed'}_s"])


def hours(seconds: float) -> str:
    """Hours and minutes since the start.

    >>> hours(3059.0), hours(100_065.0)
    ('0:51', '27:48')
    """
    minutes = round(seconds / 60)
    return f"{minutes // 60}:{minutes % 60:02d}"


def fuel(facts: RacePlanFacts) -> Sentence:
    rate, runs = facts.fuel["carbs_g_per_hour"], int(facts.fuel["long_runs"])
    if not math.isfinite(rate):
        reason = f"none of the {runs} runs of 90 min and more has fuel logged" if runs else "no run of 90 min and more"
        return line(facts, "fuel", rate=math.nan, reason=f"{reason} in the 16 weeks before")
    total = f"{round(rate * facts.target_s / 3600, -1):,.0f} g"
    return line(facts, "fuel", rate=rate, total=total, n=int(facts.fuel["practised"]), long=runs)


def taper(facts: RacePlanFacts) -> Sentence:
    if facts.today < facts.race.date:
        planned, days, usual = facts.planned
        if not usual > 0 or not math.isfinite(planned):
            reason = "plan.csv says nothing of these days" if usual > 0 else "the usual running is not known"
            return line(facts, "taper_ahead", planned=math.nan, reason=reason)
        return line(facts, "taper_ahead", planned=planned, days=days, share=planned / usual, usual=7 * usual / days)
    week, usual = facts.volume
    if not usual > 0:
        return line(facts, "taper", kept=math.nan, reason="needs 6 weeks of running before the race")
    past = [f"{100 * row.share:.0f} % before {short(row.race)}" for row in facts.tapers.itertuples()]
    return line(
        facts,
        "taper",
        kept=week / usual,
        earlier=f"It was {joined(past)}." if past else math.nan,
        usual=7 * usual,
    )


def questions(facts: RacePlanFacts) -> list[str]:
    """What to ask before the start, the most telling first."""
    out = [_since(row) for row in facts.episodes.tail(2).itertuples()]
    if facts.gap.chance.is_known and facts.gap.chance.value < 25:
        out.append("What is plan B, and where is it chosen?")
    if not facts.goal_s > 0:
        out.append("What would make it a good day?")
    if facts.needs_fuel:
        out.append("What is eaten when, and who carries it?")
    return [*out, "What changes first if it is hot or windy?"]


def _since(row: Any) -> str:
    """What to ask about an illness or a pain: how it is, or what it left where the log says that it ended."""
    what = " ".join(filter(None, [row.side, row.site])) or str(row.kind).replace("ill", "illness")
    if row.kind == "ill" and not pd.isna(row.end):
        return f"Is everything as usual again since the illness ended on {row.end.day} {row.end:%b}?"
    if pd.isna(row.end):
        return f"How is the {what} of {row.start.day} {row.start:%b} today?"
    return f"Has the {what} been quiet since {row.end.day} {row.end:%b}?"


def missing(facts: RacePlanFacts) -> list[str]:
    """What the plan lacks, and which parameter would give it; the most telling first."""
    out = []
    if not facts.goal_s > 0:
        out.append("The goal (goal=, or races.csv).")
    if not facts.forecast.is_known:
        out.append(f"A forecast: {facts.forecast.basis}.")
    if not facts.has_course and facts.race.kind != "track" and facts.ascent_m != 0:
        out.append("Where the hills are (course=, a GPX file).")
    if facts.start is None and len(facts.windows):
        out.append("When it starts (start_time=).")
    if len(facts.windows) and not len(facts.race.checkpoints):
        out.append("Where crew may stand (checkpoints=, a CSV).")
    if facts.target_s >= ULTRA_S:
        if not facts.stops_s:
            out.append("Standing at aid stations (stops=).")
        out.append("Slowing late: the windows hold even effort, so come early in the first half.")
    return [*out, "The weather of the day."]


def heading(facts: RacePlanFacts) -> str:
    race = facts.race
    return f"{facts.athlete.name} · plan for {short(race.name) or 'the race'}, {day(race.date)}"
