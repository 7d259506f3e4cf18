"""The race plan's tables, to be carried or pinned up."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pandas as pd

from ... import units as _units
from ..grid import number, table
from .facts import RacePlanFacts
from .lines import hours, when

if TYPE_CHECKING:
    from pandas.io.formats.style import Styler


def pace(facts: RacePlanFacts) -> Styler | None:
    """The pace plan, stretch by stretch: climb, pace and clock for the target, and the forecast's clock beside it."""
    plan = facts.pace
    if plan.empty:
        return None
    per, unit = _units.distance_unit_m(facts.units), _units.distance_unit(facts.units)
    name = "goal" if facts.goal_s > 0 else "forecast"
    out = {f"to {unit}": [number(m / per, 1).removesuffix(".0") for m in plan["end_m"]]}
    if facts.has_course:
        feet, foot = (1.0, "m") if facts.units == "metric" else (_units.METRES_PER_FOOT, "ft")
        out[f"climb, {foot}"] = [number(v / feet) for v in plan["ascent_m"]]
    out |= {
        f"{name} pace, min/{unit}": [_units.format_pace(v, facts.units).split(" ")[0] for v in plan["speed_mps"]],
        f"{name} clock": [_units.format_duration(s) for s in plan["elapsed_s"]],
    }
    if name == "goal" and len(facts.expected):
        out["forecast clock"] = [_units.format_duration(s) for s in facts.expected["elapsed_s"]]
    return table(pd.DataFrame(out))


def windows(facts: RacePlanFacts) -> Styler | None:
    """When to be where, for crew and supporters."""
    rows = facts.windows
    if rows.empty:
        return None
    per, unit = _units.distance_unit_m(facts.units), _units.distance_unit(facts.units)
    out = {
        "place": list(rows["checkpoint"]),
        unit: [number(m / per, 1).removesuffix(".0") for m in rows["distance_m"]],
        "from": [when(row, "low") for _, row in rows.iterrows()],
        "expected": [when(row) for _, row in rows.iterrows()],
        "to": [when(row, "high") for _, row in rows.iterrows()],
    }
    if rows["cutoff_s"].notna().any():
        out["cut-off"] = [_cutoff(facts, row) for row in rows.to_dict("records")]
    return table(pd.DataFrame(out), text=("place",), rows=40)


def _cutoff(facts: RacePlanFacts, row: dict) -> str:
    if not math.isfinite(row["cutoff_s"]):
        return ""
    if facts.start is None:
        return hours(row["cutoff_s"])
    at = facts.start + pd.Timedelta(seconds=row["cutoff_s"])
    days = (at.normalize() - facts.start.normalize()).days
    return f"{at:%H:%M}" + (f" +{days}" if days else "")
