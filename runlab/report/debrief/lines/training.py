"""What went in: food, warmth, the weeks before and what broke into them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from .... import units as _units
from ....plots.race.ground import has
from ....race.fuelling import WATCH
from ....sentences import Sentence
from .line import KINDS, line

if TYPE_CHECKING:
    from ..facts import DebriefFacts


NEAR_WEEKS = 8  # what lay further back comes after what lay nearer


def fuel(facts: DebriefFacts) -> Sentence:
    table = facts.tables.fuelling
    if not has(table, "carbs_g"):
        return line(facts, "fuel", taken=math.nan, reason="nothing was written down for this race")
    hours = float(table["hour_share"].sum())
    planned: str | float = math.nan
    if has(table, "planned_carbs_g"):
        planned = f"Planned were {table['planned_carbs_g'].sum() / hours:.0f} g an hour."
    notes = [str(note) for note in facts.tables.fuel_marks.get("note", []) if note]
    if notes:
        planned = f"{planned if isinstance(planned, str) else ''} Noted beside it: “{'; '.join(notes[:3])}”.".strip()
    tried = facts.tables.fuel_practised
    practised = "How often it was practised is not logged."
    if tried.get("practised"):
        practised = (
            f"Practised on {tried['practised']} of {tried['long_runs']} runs of 90 min or more, "
            f"usually {tried['carbs_g_per_hour']:.0f} g an hour."
        )
    return line(
        facts,
        "fuel",
        taken=float(table["carbs_g"].sum()) / hours,
        total=f"{table['carbs_g'].sum():,.0f} g",
        planned=planned,
        practised=practised,
        reason="",
    )


def weather(facts: DebriefFacts) -> Sentence:
    table = facts.tables.weather
    rows = {row["when"]: row for row in table.to_dict("records")} if len(table) else {}
    if "race" not in rows:
        return line(facts, "weather", race=math.nan, reason="no temperature was recorded or given")
    before = rows.get("six weeks before", {})
    source = str(rows["race"]["source"])
    where = "Measured at the wrist." if source == WATCH else f"{source[:1].upper()}{source[1:]}."
    return line(
        facts,
        "weather",
        race=float(rows["race"]["temperature_c"]),
        usual=float(before.get("temperature_c", math.nan)),
        low=float(before.get("low", math.nan)),
        high=float(before.get("high", math.nan)),
        source=where,
        reason="",
    )


def build(facts: DebriefFacts) -> Sentence:
    table = facts.tables.build
    this = table[table["build"] == "this"] if len(table) else table
    if not has(this, "run_distance_m") or not this["run_distance_m"].sum() > 0:
        return line(facts, "build", mean=math.nan, reason="no run lies in the 16 weeks before")
    best = table[table["build"] == "best"]
    words = "No earlier build to compare."
    if has(best, "run_distance_m"):
        led = f", {facts.tables.build_best}" if facts.tables.build_best else ""
        words = (
            f"The best on record{led}: {_units.format_distance(best['run_distance_m'].mean(), facts.units)} a "
            f"week, longest run {_units.format_distance(best['longest_run_m'].max(), facts.units)}."
        )
    runs = float(this["runs"].sum()) if "runs" in this else math.nan
    return line(
        facts,
        "build",
        mean=float(this["run_distance_m"].mean()),
        weeks=len(this),
        longest=float(this["longest_run_m"].max()),
        best=words,
        runs=runs,
        disrupted="",
        reason="",
    )


def disruption(facts: DebriefFacts) -> Sentence | None:
    """The longest interruption of the build, if there was one."""
    table = facts.disruptions
    if not len(table):
        return None
    near = table["weeks_to_race"] <= NEAR_WEEKS
    order = table.assign(near=near).sort_values(["near", "days"], ascending=False, kind="stable")
    top = order.iloc[0]
    others = [
        f"{int(row.days)} day{'s' if row.days != 1 else ''} of {KINDS.get(row.kind, row.kind)}, {_before(facts, row)}"
        for row in order.iloc[1:4].itertuples()
    ]
    long = 30_000 <= facts.tables.race.distance_m <= 45_000
    name = "disruption_plain" if not long else "disruption" if top["days"] >= 7 else "disruption_short"
    return line(
        facts,
        name,
        days=float(top["days"]),
        when=_before(facts, top),
        kind=KINDS.get(str(top["kind"]), str(top["kind"])),
        others=f"Further: {'; '.join(others)}." if others else math.nan,
        reason="",
    )


def _before(facts: DebriefFacts, row: Any) -> str:
    """When an interruption lay, in days before the race."""
    first, last = ((facts.tables.race.date - day).days for day in (row.start, row.end))
    return f"{first} to {last} days before the race" if first > last else f"{first} days before the race"
