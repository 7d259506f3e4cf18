"""The taper page's tables as a coach reads them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pandas as pd

from ... import data
from ... import units as _units
from ...sentences import joined
from ..grid import day, number, spread, table
from .facts import ALIKE, DAY, TaperFacts

if TYPE_CHECKING:
    from pandas.io.formats.style import Styler

MEASURES = {
    "length": ("length", "days"),
    "depth": ("less than usual, mean", "%"),
    "last_week": ("less than usual, last 7 days", "%"),
    "shape": ("nearest shape", ""),
    "strict_weeks": ("weeks in a row with less", "weeks"),
    "hard_minutes_kept": ("hard minutes kept", "%"),
    "hard_speed_change": ("speed of hard sessions", "%"),
    "frequency_kept": ("runs a week kept", "%"),
    "strength_sessions": ("strength sessions", ""),
    "strength_last": ("last strength session before", "days"),
    "longest_run_last_two_weeks": ("longest run, last 14 days, of longest", "%"),
}


def plan(facts: TaperFacts) -> Styler | None:
    """The weeks to the race as planned."""
    usual = float(facts.usual_load.mean())
    if not facts.has_plan:
        return None
    loads, _ = facts.plan
    unit, per = _units.distance_unit(facts.units), _units.distance_unit_m(facts.units)
    written = facts.whole.plan
    written = written[(written["date"] >= facts.today) & (written["date"] < facts.race["date"])]
    back, rows = (facts.race["date"] - DAY - loads.index).days // 7, []
    for week in sorted(set(back), reverse=True):
        days = loads.index[back == week]
        part = written[written["date"].isin(days)]
        kept = part[part["reason"].fillna("").astype("str") == ""]
        kinds = kept.loc[~kept["session_type"].isin(["rest"]), "session_type"].value_counts()
        rows.append(
            {
                "week from": day(days[0]),
                "days": str(len(days)),
                unit: number(kept["distance_m"].sum() / per, 1),
                "sessions": joined(f"{n} {kind}" for kind, n in kinds.items()),
                "load, % of usual": number(100 * loads[days].sum() / (usual * len(days))) if usual > 0 else "",
                "rewritten": joined(sorted(set(part["reason"].fillna("").astype("str")) - {""})),
            }
        )
    frame = pd.DataFrame(rows)
    if not frame["rewritten"].astype(bool).any():
        frame = frame.drop(columns="rewritten")
    return table(frame, text=("week from", "sessions", "rewritten"), caption="As planned, race not counted")


def plans(facts: TaperFacts) -> Styler | None:
    """The plans side by side."""
    if not facts.is_known:
        return None
    rows = []
    for row in facts.simulation.summary.to_dict("records"):
        pair = None if row["scenario"] == facts.planned else facts.against(row["scenario"])
        rows.append(
            {
                "plan": row["scenario"],
                "load, % of usual": number(100 * row["share_of_usual"]),
                "race morning, %": spread(row),
                f"against “{facts.planned}”, %": "" if pair is None else spread(pair),
                "verdict": "" if pair is None else "told apart" if pair["apart"] else ALIKE,
            }
        )
    caption = "On race morning against going on as usual, ranges of 80 %, by the model [D]"
    return table(pd.DataFrame(rows), text=("plan", "verdict"), caption=caption)


def pairs(facts: TaperFacts) -> Styler | None:
    """A grid: every plan against every other, row less column in %, "alike" where they cannot be told apart."""
    if not facts.is_known:
        return None
    names = list(facts.simulation.summary["scenario"])
    cells = pd.DataFrame("", index=names, columns=names)
    for pair in facts.simulation.comparisons.itertuples():
        alike = pair.verdict == ALIKE
        cells.loc[pair.a, pair.b] = "alike" if alike else number(pair.value, 1, sign=True)
        cells.loc[pair.b, pair.a] = "alike" if alike else number(-pair.value, 1, sign=True)
    frame = cells.rename_axis("row less column, %").reset_index()
    return table(frame, text=("row less column, %",), caption="“alike” = cannot be told apart [D]")


def stops(facts: TaperFacts) -> Styler | None:
    """What days off alone would do, on the morning after and by the race."""
    if facts.stops.empty:
        return None
    rows = [
        {
            "days off": str(days),
            "morning after, still fresh, %": spread(part.iloc[0]),
            "race morning, back at the usual since, %": spread(part.iloc[1]),
        }
        for days, part in facts.stops.groupby("days")
    ]
    caption = f"Days off from {day(facts.sick_from)}, nobody ill, against going on as usual; ranges of 80 % [D]"
    return table(pd.DataFrame(rows), text=("days off",), caption=caption)


def way_back(facts: TaperFacts) -> Styler:
    """The way back after the days of rest."""
    plan, per = facts.way_back, _units.distance_unit_m(facts.units)
    rows = []
    for _, part in plan.groupby((plan["share"] != plan["share"].shift()).cumsum()):
        first, last = part.iloc[0], part.iloc[-1]
        single = first["day"] == last["day"]
        dates = day(first["date"]) if single else f"{first['date'].day} {first['date']:%b} – {day(last['date'])}"
        rows.append(
            {
                "days back": f"{first['day']}" if single else f"{first['day']} to {last['day']}",
                "dates": dates,
                "of the usual day, %": number(100 * first["share"]),
                f"{_units.distance_unit(facts.units)} a day, about": number(part["value"].mean() / per, 1),
            }
        )
    return table(pd.DataFrame(rows), text=("days back", "dates"))


def tapers(facts: TaperFacts) -> Styler | None:
    """The athlete's tapers side by side, beside what studies found."""
    reviewed = {date: r for date, r in facts.reviews.items() if r["value"].notna().any()}
    if not reviewed:
        return None
    last = reviewed[max(reviewed)]
    columns: dict[str, list[str]] = {
        "measure": [", ".join(filter(None, MEASURES[name])) for name in last["measure"]],
    }
    for date in sorted(reviewed)[-3:]:
        review = reviewed[date].set_index("measure")
        columns[f"{review['race'].iloc[0] or 'race'}, {date:%b %Y}"] = [
            review.loc[name, "verdict"] if name == "shape" else number(review.loc[name, "value"])
            for name in last["measure"]
        ]
    columns["studies or practice"] = [
        "progressive" if r.measure == "shape" else _range(r.reference_low, r.reference_high) for r in last.itertuples()
    ]
    columns["grade"] = list(last["grade"])
    return table(pd.DataFrame(columns), text=("measure",), caption="The athlete's tapers, race not counted")


def _range(low: float, high: float) -> str:
    if math.isfinite(high):
        return f"{number(low)} to {number(high)}"
    return f"{number(low)} or more" if math.isfinite(low) else ""


def evidence(_: TaperFacts) -> Styler:
    """What studies of tapers found."""
    frame = pd.DataFrame(data.table("published_tapers")["found"])
    return table(frame, text=("what", "found", "source"), caption="Published on tapers; groups, not this athlete")


def rebuild(facts: TaperFacts) -> Styler | None:
    """The stages to a next race after a missed goal."""
    if facts.rebuild.empty:
        return None
    rows = []
    for stage in facts.rebuild.to_dict("records"):
        if stage["unit"] == "s":
            words = [_units.format_duration(stage[c]) for c in ("value", "low", "high")]
        else:
            words = [f"{stage['value']:.0f} days" if math.isfinite(stage["value"]) else ""]
            words += [number(stage["low"]), number(stage["high"])]
        rows.append(
            {
                "stage": stage["stage"],
                "takes": f"{words[0]} ({words[1]}–{words[2]})" if words[1] and words[2] else words[0],
                "ask": stage["question"],
                "grade": stage["grade"],
            }
        )
    return table(pd.DataFrame(rows), text=("stage", "ask"), caption="After a goal that was not reached")
