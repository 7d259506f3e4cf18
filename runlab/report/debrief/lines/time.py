"""Where the time went: the bars, the order of subtraction, standing still, the windows made beforehand."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from .... import units as _units
from ....plots.race.ground import has, signed
from ....plots.race.waterfall import NAMES, in_order
from ....race.ultra import dearest_leg
from ....sentences import Sentence, joined
from .line import line, minutes

if TYPE_CHECKING:
    from ..facts import DebriefFacts


PARTS = {**NAMES, "course": "the course"}


def waterfall(facts: DebriefFacts) -> Sentence:
    rows, name = facts.tables.waterfall, facts.tables.waterfall_reference
    if not len(rows) or not name:
        why = facts.tables.waterfall_order.rstrip(".") or "there is neither a goal nor a forecast to set it against"
        return line(facts, "waterfall", total=math.nan, reason=why[0].lower() + why[1:])
    total = float(rows["seconds"].iloc[-1] - rows["seconds"].iloc[0])
    parts = rows[(rows["kind"] == "component") & rows["seconds"].notna()]
    rest = rows[rows["kind"] == "rest"].iloc[0]
    sure = parts[((parts["low"] > 0) | (parts["high"] < 0)) & (np.sign(parts["seconds"]) == np.sign(total))]
    words = {"goal": "the goal", "forecast": "the middle of the forecast"}.get(name, name)
    order = facts.tables.waterfall_order
    order = _order(order)
    if total > 0 and rest["high"] < 0:
        order += " Below zero: part of the bars was in the reference already, or the day was a good one."
    common = {
        "total": abs(total),
        "side": "behind" if total > 0 else "ahead of",
        "reference": words,
        "rest": float(rest["seconds"]),
        "order": order,
        "reason": "",
    }
    if sure.empty:
        return line(
            facts,
            "waterfall_even",
            others=_part_words(parts, "The parts") or math.nan,
            low=float(rest["low"]),
            high=float(rest["high"]),
            **common,
        )
    top = sure.loc[sure["seconds"].abs().idxmax()]
    others = _part_words(parts[parts["component"] != top["component"]])
    return line(
        facts,
        "waterfall",
        part=PARTS.get(top["component"], top["component"]),
        size=float(top["seconds"]),
        low=float(top["low"]),
        high=float(top["high"]),
        others=others or math.nan,
        **common,
    )


def _order(words: str) -> str:
    """The order of subtraction as a sentence."""
    order = in_order(words)
    return f"Taken off in this order: {order}." if order else ""


def _part_words(parts: pd.DataFrame, head: str = "The others") -> str:
    told = parts[parts["seconds"].abs() >= 1].sort_values("seconds", key=np.abs, ascending=False)
    words = [
        f"{PARTS.get(r.component, r.component)} {signed(r.seconds)} ({signed(r.low)} to {signed(r.high)})"
        for r in told.itertuples()
    ]
    return f"{head}: {joined(words)}." if words else ""


def orders(facts: DebriefFacts) -> Sentence | None:
    """How far the part that depends most on the order moves in another one."""
    table, rows = facts.tables.waterfall_orders, facts.tables.waterfall
    if not len(table) or not len(rows):
        return None
    others = table[table["seconds"].notna()]
    spread = others[others["component"] != "not explained"].groupby("component")["seconds"].agg(["min", "max"])
    moved = (spread["max"] - spread["min"]).fillna(0.0)
    if moved.empty or moved.max() < 10:
        return None
    name = str(moved.idxmax())
    return line(
        facts,
        "orders",
        part=PARTS.get(name, name),
        low=float(spread.loc[name, "min"]),
        high=float(spread.loc[name, "max"]),
        orders=table["order"].nunique(),
        reason="",
    )


def over_plan(facts: DebriefFacts) -> Sentence | None:
    """On which leg most of the time over the planned arrivals went; nothing where no leg stands out."""
    leg = dearest_leg(facts.tables.legs)
    if leg is None:
        return None
    stood = f"{minutes(leg['stood'])} of it standing." if leg["stood"] >= 60 else "Hardly any of it standing."
    if leg["stood"] >= 60 and leg["stood_at"] and leg["stood_at"] != leg["start"]:
        stood = f"{stood[:-1]}, most at {leg['stood_at']}."
    found = {key: leg[key] for key in ("seconds", "total", "start", "end")}
    return line(facts, "over_plan", **found, stood=stood, reason="")


def stops(facts: DebriefFacts) -> Sentence:
    table = facts.tables.stops
    legs, total_s = facts.tables.legs, _total_s(facts)
    if not len(table) and not len(legs):
        return line(facts, "stops", stood=math.nan, reason="stops cannot be seen in this recording")
    stood = (
        float((legs["stopped_s"].fillna(0) + legs["stopped_on_way_s"].fillna(0)).sum())
        if len(legs)
        else float(table["seconds"].sum())
    )
    place, top = "", math.nan
    if len(legs) and legs["stopped_s"].max() > 0 and len(facts.tables.race.checkpoints):
        row = legs.loc[legs["stopped_s"].fillna(0).idxmax()]
        place, top = row["checkpoint"], float(row["stopped_s"])
    elif len(table):
        row = table.loc[table["seconds"].idxmax()]
        place = row["checkpoint"] or f"{_units.format_distance(row['distance_m'], facts.units)}"
        top = float(row["seconds"])
    return line(
        facts,
        "stops",
        stood=minutes(stood),
        top=minutes(top),
        place=place,
        share=stood / total_s if total_s > 0 else math.nan,
        stops=len(table) if len(table) else math.nan,
        reason="",
    )


def _total_s(facts: DebriefFacts) -> float:
    official, splits = facts.tables.race.official_time_s, facts.tables.splits
    return official if official > 0 else float(splits["elapsed_s"].iloc[-1]) if has(splits, "elapsed_s") else math.nan


def windows(facts: DebriefFacts) -> Sentence:
    legs = facts.tables.legs
    known = legs[legs["inside_window"] != ""] if len(legs) else legs
    if not len(known):
        return line(facts, "windows", inside=math.nan, reason="no forecast was made before this race")
    after, before = (known[known["inside_window"] == word]["checkpoint"].tolist() for word in ("after", "before"))
    words = [
        f"{len(found)} came {word}, the first at {found[0]}"
        for found, word in ((after, "later"), (before, "earlier"))
        if found
    ]
    told = f"{joined(words)}." if words else ""
    planned = legs.dropna(subset=["planned_arrival_s"])
    if len(planned):
        marks = [planned.iloc[len(planned) // 2 - 1], planned.iloc[-1]] if len(planned) > 2 else [planned.iloc[-1]]
        off = [f"{signed(row['arrival_s'] - row['planned_arrival_s'])} at {row['checkpoint']}" for row in marks]
        told = f"{told} Against the planned arrivals: {joined(off)}.".strip()
    inside = int((known["inside_window"] == "yes").sum())
    return line(facts, "windows", inside=inside, legs=len(known), outside=told or math.nan, reason="")
