"""How it was paced: where pace changed, the halves, the opening, the wall."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pandas as pd

from ....plots.race.ground import has, signed
from ....race.levels import two_paces
from ....sentences import Sentence, joined
from .line import line

if TYPE_CHECKING:
    from ..facts import DebriefFacts


def pace(facts: DebriefFacts) -> Sentence:
    splits = facts.tables.splits
    if not has(splits, "speed_mps"):
        return line(facts, "pace_held", first=math.nan, reason="no distance and time were recorded")
    known = splits[splits["speed_mps"] > 0]
    plan = _plan_words(facts, known)
    at, first, second, flat = two_paces(known) if len(known) >= 5 else (None, math.nan, math.nan, False)
    worth = "flat-equivalent pace" if flat else "moving pace"
    common = {"plan": plan or math.nan, "splits": len(known), "worth": worth, "reason": ""}
    if at is None:
        return line(facts, "pace_held", first=first, second=second, least=0.04, **common)
    where = float(known.loc[at, "start_m"])
    return line(facts, "pace_changed", before=first, after=second, where=where, **common)


def _plan_words(facts: DebriefFacts, splits: pd.DataFrame) -> str:
    if not has(splits, "plan_time_s"):
        return ""
    part = splits.dropna(subset=["plan_time_s"])
    half = part[part["end_m"] <= splits["end_m"].max() / 2]
    words = [
        f"{signed(float((rows['time_s'] - rows['plan_time_s']).sum()))} against the plan {name}"
        for name, rows in (("at half way", half), ("at the end", part))
        if len(rows)
    ]
    return joined(words) + "." if words else ""


def halves(facts: DebriefFacts) -> Sentence:
    row = measure(facts, "half_split")
    if row is None:
        return line(facts, "halves", size=math.nan, reason="the race was not recorded to its end")
    return line(
        facts,
        "halves",
        size=float(row["value"]),
        side="longer" if row["value"] > 0 else "less time",
        before=_before(row, "longer", "shorter"),
        reason="",
    )


def opening(facts: DebriefFacts) -> Sentence:
    row, until = measure(facts, "first_quarter_bias"), facts.tables.race.distance_m / 4
    early = measure(facts, "first_5_km_bias")
    if early is not None and (row is None or not row["n"] > 0):
        row, until = early, 5000.0
    if row is None:
        return line(facts, "opening", until=math.nan, reason="too little was recorded")
    flat = row["grade"] == "A"
    return line(
        facts,
        "opening",
        until=until,
        size=float(row["value"]),
        side="faster" if row["value"] > 0 else "slower",
        before=_before(row, "faster", "slower"),
        ground="Hills are evened out." if flat else "Hills are not evened out: the ground is not known.",
        reason="",
    )


def measure(facts: DebriefFacts, name: str) -> pd.Series | None:
    """One row of the pacing table, if its value is known."""
    pacing = facts.tables.pacing
    return (
        pacing.loc[name] if len(pacing) and name in pacing.index and math.isfinite(pacing.loc[name, "value"]) else None
    )


def _before(row: pd.Series, more: str, less: str) -> str | float:
    """The same measure in the athlete's earlier races."""
    if not row["n"] > 0 or not math.isfinite(row["own_median"]):
        return math.nan
    usual = f"{abs(row['own_median']):.1f} % {more if row['own_median'] > 0 else less}"
    n = int(row["n"])
    return f"Before: {usual} ({f'median of {n} races' if n > 1 else 'one race'} of like length)."


def wall(facts: DebriefFacts) -> Sentence | None:
    """The criterion for the wall; nothing where it was not made for such a race."""
    row = measure(facts, "wall_5_km")
    if row is None or row["met"] not in ("yes", "no"):
        return None
    other = measure(facts, "wall_1_km")
    words: str | float = math.nan
    if other is not None and other["met"] in ("yes", "no"):
        agree = "agrees" if other["met"] == row["met"] else "says otherwise"
        words = (
            f"The one for single km ({other['criterion']:g} %) {agree}: the slowest km took {other['value']:.0f} % "
            "longer."
        )
    return line(
        facts,
        "wall",
        size=float(row["value"]),
        limit=float(row["criterion"]),
        met="met" if row["met"] == "yes" else "not met",
        other=words,
        reason="",
    )
