"""What the taper what-if says: one sentence per question, each from its own tables."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pandas as pd

from ... import units as _units
from ...sentences import Sentence, joined, say
from ..review.findings import Findings
from . import sheets

if TYPE_CHECKING:
    from .what_if import TaperWhatIf

DAY = pd.Timedelta(days=1)
ALIKE = "cannot be told apart"
WORDS = ("no", "one", "two", "three", "four", "five", "six")


def line(what: TaperWhatIf, name: str, /, **values: Any) -> Sentence:
    """A sentence of the what-if's, in the athlete's units."""
    return say(f"taper.{name}", values, units=what.units)


def percent(value: float) -> str:
    """A change in per cent with its sign and unit.

    >>> percent(-1.52)
    '−1.5 %'
    """
    return f"{sheets.change(value)} %"


def band(row: Any) -> str:
    """The ends of an interval in per cent.

    >>> band({"low": -1.0, "high": 2.0})
    '−1.0 to +2.0 %'
    """
    return f"{sheets.change(row['low'])} to {sheets.change(row['high'])} %"


def draws(what: TaperWhatIf) -> str:
    return f"{int(what.simulation.summary['n'].max()):,}"


def race(what: TaperWhatIf) -> Sentence:
    race = what.race
    load = what.daily["load"] if len(what.daily) else pd.Series(dtype=float)
    known = "The race is over: these are the plans one could have had then." if what.over else ""
    return line(
        what,
        "race",
        name=race["name"] or "The race",
        distance=float(race["distance_m"]),
        day=race["date"],
        today=what.today,
        days=what.days,
        known=known,
        share=float(load.notna().mean()) if len(load) else math.nan,
        history=len(load),
        reason="its distance is not in races.csv",
    )


def plan(what: TaperWhatIf) -> Sentence:
    loads, counts = what.plan
    if not what.has_plan:
        reason = f"plan.csv covers {counts['planned']} of {len(loads)} days; a two-week taper stands in for it"
        return line(what, "plan", share=math.nan, reason=reason)
    usual = sheets.usual_day(what)
    if not usual > 0:
        return line(what, "plan", share=math.nan, reason="the usual load is not known")
    weeks = (what.race["date"] - DAY - loads.index).days // 7
    steps = [f"{100 * loads[weeks == k].mean() / usual:.0f} %" for k in sorted(set(weeks), reverse=True)]
    said = []
    if counts["rewritten"]:
        said.append(
            f"{counts['rewritten']} {'day was' if counts['rewritten'] == 1 else 'days were'} rewritten with a reason; "
            "there the usual load of that weekday stands in"
        )
    if counts["unplanned"]:
        said.append(f"{counts['unplanned']} days have no plan and get the usual load")
    return line(
        what,
        "plan",
        share=float(loads.mean() / usual),
        steps=f"Week by week {joined(steps)}." if len(steps) > 1 else "",
        basis=(". ".join(s[:1].upper() + s[1:] for s in said) or f"All {len(loads)} days were written down") + ".",
    )


def plans(what: TaperWhatIf) -> Sentence:
    found = what.simulation
    known = found.summary.dropna(subset=["value"])
    if known.empty:
        return line(what, "alike", n=None, reason=found.basis)
    first = known["scenario"].iloc[0]
    pairs = {name: sheets.against(what, name) for name in known["scenario"].iloc[1:]}
    apart = {name: pair for name, pair in pairs.items() if pair is not None and pair["verdict"] != ALIKE}
    alike = [name for name in pairs if name not in apart]
    if not apart:
        return line(
            what,
            "alike",
            n=f"{WORDS[len(pairs)]} other plans",
            first=first,
            draws=draws(what),
            ask="Which of them would you rather run",
            spread=f"{known['value'].max() - known['value'].min():.1f} %",
        )
    worst = max(apart, key=lambda name: abs(apart[name]["value"]))
    pair = apart[worst]
    others = [name for name in apart if name != worst]
    said = f"{_quoted(others)} can be told apart from “{first}” too" if others else ""
    if alike:
        said += f"{'; ' if said else ''}{_quoted(alike)} cannot be told apart from “{first}”"
    return line(
        what,
        "apart",
        worse=worst,
        first=first,
        change=percent(pair["value"]),
        draws=draws(what),
        band=band(pair),
        verdict="the two can be told apart",
        alike=f"{said}." if said else "",
    )


def _quoted(names: list[str]) -> str:
    return joined(f"“{name}”" for name in names)


def sick(what: TaperWhatIf) -> Sentence:
    found = what.simulation.summary.set_index("scenario")
    name = what.scenarios[1].name
    if not math.isfinite(found.loc[name, "value"]):
        return line(what, "sick", spell=None, reason=what.simulation.basis)
    pair = sheets.against(what, name)
    assert pair is not None
    days = f"{what.sick_days} day{'s' if what.sick_days > 1 else ''} from {sheets.day(what.sick_from)}"
    spell = f"Ill for {days}, as the log notes" if what.noted else f"Suppose an illness of {days}"
    return line(
        what,
        "sick",
        spell=spell,
        before=int((what.race["date"] - what.sick_from).days),
        name=name,
        value=percent(found.loc[name, "value"]),
        illness=percent(found.loc[name, "from_illness"]),
        illness_band=band(found.loc[name, ["from_illness_low", "from_illness_high"]].set_axis(["low", "high"])),
        through=_through(what, name),
        reference=what.scenarios[0].name,
        change=percent(pair["value"]),
        verdict=_verdict(pair),
        band=band(pair),
        ask="How did the first easy run feel" if what.noted else "What would the first easy run have to feel like",
    )


def _through(what: TaperWhatIf, sick_name: str) -> str:
    """How running through the illness compares with resting, as the model has it."""
    pairs = what.simulation.comparisons.set_index(["a", "b"])
    pair = pairs.loc[(sick_name, "run through it")]
    if pair["verdict"] == ALIKE:
        return "resting and running through it cannot be told apart"
    ahead = "resting" if pair["value"] > 0 else "running through it"
    return f"{ahead} ends ahead by {abs(pair['value']):.1f} %"


def _verdict(pair: pd.Series) -> str:
    return ALIKE if pair["verdict"] == ALIKE else "the two can be told apart"


def happened(what: TaperWhatIf) -> Sentence:
    name = "as it happened"
    found = what.simulation.summary.set_index("scenario")
    if not what.over:
        return line(what, "happened", value=None, reason="the race is still to come")
    if not math.isfinite(found.loc[name, "value"]):
        return line(what, "happened", value=None, reason=what.simulation.basis)
    pair = sheets.against(what, name)
    assert pair is not None
    time = float(what.race["time_s"])
    result = f"The race itself took {_units.format_duration(time)}." if math.isfinite(time) else ""
    against = f"{percent(pair['value'])} against “{what.scenarios[0].name}” ({_verdict(pair)})"
    return line(
        what,
        "happened",
        value=percent(found.loc[name, "value"]),
        verdict=against,
        result=result,
        band=band(found.loc[name]),
    )


def own(what: TaperWhatIf) -> Sentence:
    told, now = [], ""
    for date, review in sorted(what.reviews.items()):
        rows = review.set_index("measure")
        length, depth = rows.loc["length", "value"], rows.loc["depth", "value"]
        if not math.isfinite(length):
            continue
        name = review["race"].iloc[0] or sheets.day(date)
        words = (
            f"{length:.0f} days and {depth:.0f} % less before {name}"
            if math.isfinite(depth)
            else f"none of 4 days or more before {name}"
        )
        if date == what.race["date"]:
            now = f"This one: {words}."
        else:
            told.append(words)
    if not told:
        reason = "no earlier race of this kind with 6 weeks of running before it is in the log"
        return line(what, "own", said=None, reason=f"{reason}. {now}".removesuffix(". ").removesuffix("."))
    return line(what, "own", said=joined(told), now=now, n=len(told))


def detraining(what: TaperWhatIf) -> Sentence:
    found = what.detraining
    if not found.is_known:
        return line(what, "detraining", days=math.nan, reason=found.basis)
    rows = found.table.set_index("day")
    row = rows.loc[min(7, rows.index.max())]
    month = rows.loc[rows.index.max()]
    literature = (
        "Published: among 300,000 runners a stop of 7 days or more in a marathon build went with times 5 to 8 % slower "
        "[B]; a planned taper went with about 3 % more performance (0.5 to 6 %) [B]. Illness can weigh more than rest."
    )
    longer = f"Four weeks would move it by {percent(month['value'])} ({band(month)})."
    return line(
        what, "detraining", days=7, value=percent(row["value"]), month=longer, literature=literature, band=band(row)
    )


def way_back(what: TaperWhatIf) -> Sentence:
    plan = what.way_back
    daily = what.daily.tail(42) if len(what.daily) else what.daily
    usual = float(daily["run_distance_m"].mean()) * 7 if len(daily) else math.nan
    return line(
        what,
        "return",
        days=len(plan),
        start=float(plan["share"].iloc[0]),
        usual=usual,
        ask="How do the stairs and the first ten minutes feel",
        reason="no usual load is known",
    )


def ask(what: TaperWhatIf) -> Findings:
    """Up to six questions before choosing, each with what it hangs on."""
    out = []
    if what.noted:
        out.append(
            f"How did the first easy run after {sheets.day(what.sick_from + (what.sick_days - 1) * DAY)} feel, and was "
            "the morning pulse back?"
        )
    out.append("Which taper before which race felt right, and which felt flat?")
    if what.has_plan and what.plan[1]["rewritten"]:
        out.append("What stood in the plan on the days that were rewritten?")
    out.append("What would the athlete miss most if the last long run went: the legs, or the calm it gives?")
    out.append("What else is in these weeks: travel, work, sleep, heat?")
    if str(what.race.get("name", "")) and float(what.race["distance_m"]) > 50000:
        out.append("What has worked before an ultra for this athlete? No study can say.")
    return Findings([Sentence(text) for text in out[:6]], "")


def unknown(what: TaperWhatIf) -> Findings:
    """What no model here can tell."""
    out = [
        "This athlete's own constants: they are drawn from what groups showed, so the bands are wide on purpose.",
        "Race-day scatter of 2 to 3 %: it is in no band here.",
        "What an illness was: a cold and a fever are the same to a log.",
    ]
    if float(what.race["distance_m"]) > 50000:
        out.append("Tapers before ultras: no dedicated trial was found; everything here is carried over.")
    load = what.daily["load"] if len(what.daily) else pd.Series(dtype=float)
    if load.isna().any():
        out.append(f"The load of {int(load.isna().sum())} days: a session then could not be measured.")
    if not what.has_plan:
        out.append("The plan: plan.csv does not cover these weeks.")
    if what.past_races.empty:
        out.append("Own earlier tapers: no main race lies before this one in the log.")
    out.append("Sleep, worry, travel and the wish to run: the athlete knows.")
    return Findings([Sentence(text) for text in out], "")


SENTENCES = {
    "race": race,
    "plan": plan,
    "plans": plans,
    "sick": sick,
    "happened": happened,
    "own": own,
    "detraining": detraining,
    "return": way_back,
}
