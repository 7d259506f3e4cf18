"""What the taper page says: one sentence per question, each from the facts."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

from ... import units as _units
from ...sentences import Sentence, joined, say
from ..grid import day, number, short
from .facts import DAY, HAPPENED, THROUGH, TaperFacts

WORDS = ("no", "one", "two", "three", "four", "five", "six")


def line(facts: TaperFacts, name: str, /, **values: Any) -> Sentence:
    """A sentence of the taper page, in the athlete's units."""
    return say(f"taper.{name}", values, units=facts.units)


def percent(value: float) -> str:
    """A change in per cent with its sign and unit.

    >>> percent(-1.52)
    '−1.5 %'
    """
    return f"{number(value, 1, sign=True)} %"


def band(row: Mapping[str, float] | pd.Series) -> str:
    """The ends of a change in per cent.

    >>> band({"low": -1.0, "high": 2.0})
    '−1.0 to +2.0 %'
    """
    return f"{number(row['low'], 1, sign=True)} to {number(row['high'], 1, sign=True)} %"


def cost_band(pair: pd.Series) -> str:
    """The ends of a cost, which is a change turned round.

    >>> cost_band(pd.Series({"low": -5.62, "high": 0.1}))
    '−0.1 to 5.6 %'
    """
    return f"{number(-pair['high'], 1)} to {number(-pair['low'], 1)} %"


def rest(facts: TaperFacts) -> Sentence:
    if not facts.is_known:
        return line(facts, "rest", spell=None, reason=facts.simulation.basis)
    pair = facts.against(facts.rest, THROUGH)
    name = "rest" if not pair["apart"] else "rest_ahead" if pair["value"] > 0 else "rest_behind"
    days = f"{facts.sick_days} day{'s' if facts.sick_days > 1 else ''} from {facts.sick_from.day} {facts.sick_from:%b}"
    return line(
        facts,
        name,
        spell=f"Resting {days}",
        weeks=facts.weeks_run,
        usual=7 * facts.usual_distance_m,
        change=percent(pair["value"]) if name == "rest" else f"{abs(pair['value']):.1f} %",
        band=band(pair),
    )


def cost(facts: TaperFacts) -> Sentence:
    if not facts.is_known:
        return line(facts, "cost", cost=math.nan, reason=facts.simulation.basis)
    pair, through = facts.against(facts.rest), facts.against(THROUGH)
    name = "cost_alike" if not pair["apart"] else "cost" if pair["value"] < 0 else "gain"
    shown = f"{number(-through['value'], 1)} % ({cost_band(through)})"
    return line(
        facts,
        name,
        plan=facts.planned,
        cost=abs(pair["value"]),
        gain=pair["value"],
        band=band(pair) if name == "gain" else cost_band(pair),
        through=shown if facts.against(facts.rest, THROUGH)["apart"] else f"{shown}, the same within the doubt",
        draws=f"{int(facts.simulation.summary['n'].max()):,}",
    )


def parts(facts: TaperFacts) -> Sentence:
    ill = facts.ill_share
    return line(facts, "parts", ill=ill, missed=1 - round(ill, 2), reason="resting costs nothing against the plan")


def stop(facts: TaperFacts) -> Sentence:
    rows = facts.stops[facts.stops["days"] == facts.sick_days]
    if rows.empty:
        reason = facts.simulation.basis if not facts.is_known else "the race comes on the morning after"
        return line(facts, "stop", after=None, reason=reason)
    after, race = (row for _, row in rows.iterrows())
    planned = facts.simulation.summary.set_index("scenario").loc[facts.planned, "value"]
    return line(
        facts,
        "stop",
        days=facts.sick_days,
        after=percent(after["value"]),
        race=percent(race["value"]),
        plan=facts.planned,
        planned=f"{percent(planned)}{', so resting looks dearer beside it' if planned > 0 else ''}",
        after_band=band(after),
        race_band=band(race),
    )


def back(facts: TaperFacts) -> Sentence:
    plan = facts.way_back
    held = plan[plan["share"] < 1]
    return line(
        facts,
        "back",
        days=len(held),
        start=float(plan["share"].iloc[0]),
        reason="no usual load is known",
    )


def practice(facts: TaperFacts) -> Sentence:
    return line(facts, "practice")


def plans(facts: TaperFacts) -> Sentence:
    """The other plans against the first: those of the decision left to ``rest`` and ``cost``."""
    if not facts.is_known:
        return line(facts, "alike", n=None, reason=facts.simulation.basis)
    others = [s.name for s in facts.scenarios if s.name not in (facts.planned, facts.rest, THROUGH, HAPPENED)]
    pairs = {name: facts.against(name) for name in others}
    apart = [name for name, pair in pairs.items() if pair["apart"]]
    alike = [name for name in others if name not in apart]
    if not apart:
        values = facts.simulation.summary.set_index("scenario")["value"][[facts.planned, *others]]
        return line(
            facts, "alike", n=WORDS[len(others)], first=facts.planned, spread=float(values.max() - values.min())
        )
    top = max(apart, key=lambda name: abs(pairs[name]["value"]))
    rest_of = [name for name in apart if name != top]
    words = f"{_quoted(rest_of)} can be told apart from it too" if rest_of else ""
    if alike:
        words += f"{'; ' if words else ''}{_quoted(alike)} cannot be told apart from it"
    return line(
        facts,
        "apart",
        worse=top,
        first=facts.planned,
        change=percent(pairs[top]["value"]),
        band=band(pairs[top]),
        alike=f"{words}." if words else math.nan,
    )


def _quoted(names: list[str]) -> str:
    return joined(f"“{name}”" for name in names)


def plan(facts: TaperFacts) -> Sentence:
    loads, counts = facts.plan
    if not facts.has_plan:
        reason = f"plan.csv covers {counts['planned']} of {len(loads)} days; a two-week taper stands in for it"
        return line(facts, "plan", share=math.nan, reason=reason)
    usual = float(facts.usual_load.mean())
    if not usual > 0:
        return line(facts, "plan", share=math.nan, reason="the usual load is not known")
    weeks = (facts.race["date"] - DAY - loads.index).days // 7
    steps = [f"{100 * loads[weeks == k].mean() / usual:.0f} %" for k in sorted(set(weeks), reverse=True)]
    noted = []
    if changed := counts["rewritten"]:
        days = "day was" if changed == 1 else "days were"
        noted.append(f"{changed} {days} rewritten with a reason and get the usual load of that weekday")
    if counts["unplanned"]:
        noted.append(f"{counts['unplanned']} days have no plan and get the usual load")
    basis = f"{joined(noted)}." if noted else f"All {len(loads)} days were written down."
    return line(
        facts,
        "plan",
        share=float(loads.mean() / usual),
        steps=f"Week by week {joined(steps)}." if len(steps) > 1 else math.nan,
        basis=basis,
    )


def happened(facts: TaperFacts) -> Sentence:
    if not facts.over:
        return line(facts, "happened", change=None, reason="the race is still to come")
    if not facts.is_known:
        return line(facts, "happened", change=None, reason=facts.simulation.basis)
    pair, time = facts.against(HAPPENED), float(facts.race["time_s"])
    return line(
        facts,
        "happened" if pair["apart"] else "happened_alike",
        change=percent(pair["value"]),
        first=facts.planned,
        result=f"The race took {_units.format_duration(time)}." if math.isfinite(time) else math.nan,
        band=band(pair),
    )


def tapers(facts: TaperFacts) -> Sentence:
    earlier, now = [], math.nan
    for date, review in facts.reviews.items():
        rows = review.set_index("measure")
        length, depth = rows.loc["length", "value"], rows.loc["depth", "value"]
        if not math.isfinite(length):
            continue
        name = short(review["race"].iloc[0]) or day(date)
        long = (
            f"{length:.0f} days and {depth:.0f} % less"
            if math.isfinite(depth)
            else "none that stands out from the usual weeks"
        )
        if date == facts.race["date"]:
            now = f"This time {long}."
        else:
            earlier.append(f"{long} before {name}")
    if not earlier:
        reason = "no earlier race of this kind with 6 weeks of running before it is in the log"
        return line(facts, "tapers", last=None, reason=reason)
    before = joined(earlier[-3:-1])
    return line(
        facts,
        "tapers",
        last=earlier[-1],
        earlier=f"Before that: {before}." if before else math.nan,
        now=now,
        n=len(earlier),
    )


def rebuild(facts: TaperFacts) -> Sentence | None:
    """When a next race would fit, after a goal that was not reached."""
    if facts.rebuild.empty:
        return None
    stage = facts.rebuild.set_index("stage").loc["next race"]
    return line(
        facts,
        "rebuild",
        middle=stage["value"],
        low=number(stage["low"]),
        high=number(stage["high"]),
        reason="a stage has no length",
    )


def known(facts: TaperFacts) -> list[Sentence]:
    """What is model, what is published, what nobody knows."""
    return [line(facts, name) for name in ("model", "published", "nobody")]


def questions(facts: TaperFacts) -> list[str]:
    """What to ask before choosing, the most telling first."""
    out = []
    if facts.noted:
        last = facts.sick_from + (facts.sick_days - 1) * DAY
        out.append(f"How did the first easy run after {last.day} {last:%b} feel, and was the morning pulse back?")
    out += ["Fever, or anything below the neck?", "Which taper felt right, which felt flat?"]
    if facts.has_plan and facts.plan[1]["rewritten"]:
        out.append("What stood in the plan on the days that were rewritten?")
    out.append("What would the athlete miss most if the last long run went: the legs, or the calm it gives?")
    out.append("What else is in these weeks: travel, work, sleep, heat?")
    if float(facts.race["distance_m"]) > 50000:
        out.append("What has worked before an ultra for this athlete? No study can say.")
    return out


def unknown(facts: TaperFacts) -> list[str]:
    """What no model here can tell, the most telling first."""
    out = ["What the illness is: cold and fever look alike in a log."]
    if not facts.noted:
        out.insert(0, f"The illness: its {facts.sick_days} days are supposed.")
    load = facts.daily["load"] if len(facts.daily) else pd.Series(dtype=float)
    if missing := int(load.isna().sum()):
        out.append(f"The load of {missing} of {len(load)} days before: a session then could not be measured.")
    if not facts.has_plan:
        out.append("The plan: plan.csv does not cover these weeks.")
    if float(facts.race["distance_m"]) > 50000:
        out.append("Tapers before ultras: no trial was found.")
    if not any(date < facts.race["date"] for date in facts.reviews):
        out.append("Earlier tapers: no main race lies before this one in the log.")
    return [*out, "Sleep, worry, travel and the wish to run: the athlete knows."]
