"""The result, the forecast of the evening before, and what comes next."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from .... import units as _units
from ....evidence import Estimate, grade_of
from ....plots.race.ground import has
from ....race.forecasting import is_rough
from ....sentences import Sentence
from .line import line

if TYPE_CHECKING:
    from ..facts import DebriefFacts


def result(facts: DebriefFacts) -> Sentence:
    race, splits = facts.tables.race, facts.tables.splits
    own = float(splits["elapsed_s"].iloc[-1]) if has(splits, "elapsed_s") else math.nan
    official = race.official_time_s
    name = race.name or "The race"
    if not facts.tables.finished:
        covered = float(splits["end_m"].iloc[-1]) if has(splits, "end_m") else math.nan
        return line(
            facts,
            "not_finished",
            name=name,
            covered=covered,
            distance=race.distance_m,
            time=own,
            clock="Distance and time are the watch's.",
            reason="nothing was recorded that day",
        )
    time = official if official > 0 else own
    off = abs(official - own)
    clock = "The watch's time; no official one is known."
    if official > 0:
        clock = "Official time."
        if off > 10:
            clock = f"Official time; the watch recorded {_units.format_duration(own)} of it."
    history = facts.tables.pacing_history
    before = (
        history[history["distance_m"].between(0.97 * race.distance_m, 1.03 * race.distance_m)]
        if len(history)
        else history
    )
    best = float(before["time_s"].min()) if len(before) else math.nan
    words = ""
    if best > 0:
        first = "The one earlier race" if len(before) == 1 else f"The best of {len(before)} earlier races"
        words = f"{first} over this distance in the log took {_units.format_duration(best)}."
    values = {
        "name": name,
        "distance": race.distance_m,
        "time": time,
        "clock": clock,
        "before": words or math.nan,
        "reason": "neither an official time nor a recording is there",
    }
    if race.goal_s > 0 and time > 0:
        gap = time - race.goal_s
        if abs(gap) < 0.5:
            return line(facts, "result", **values | {"before": "The goal to the second. " + words})
        return line(
            facts, "result_goal", gap=abs(gap), side="behind" if gap > 0 else "ahead of", goal=race.goal_s, **values
        )
    return line(facts, "result", **values)


def forecast(facts: DebriefFacts) -> Sentence:
    told, marks = facts.tables.forecast, facts.tables.result_on_forecast
    tried = getattr(told, "table", None)
    held = "No earlier race like it to test such a range on."
    if tried is not None and len(tried):
        n = len(tried)
        held = f"Such ranges held on {int(tried['held'].sum())} of {n} earlier races like it."
        if n == 1:
            held = (
                f"Such a range {'held' if tried['held'].iloc[0] else 'did not hold'} on the one earlier race like it."
            )
    basis = f"{told.n} earlier race{'s' if told.n != 1 else ''}, training, and a stated prior"
    values = {"forecast": told, "tried": held, "basis": basis, "reason": told.basis or "no forecast was made"}
    row = marks[marks["mark"] == "result"] if len(marks) else marks
    if not told.is_known or not len(row):
        return line(facts, "forecast_alone", **values)
    time = float(row["time_s"].iloc[0])
    where = (
        "inside" if row["inside_80"].iloc[0] else "on the fast side of" if time < told.low else "on the slow side of"
    )
    goal = marks[marks["mark"] == "goal"]
    words = ""
    if len(goal):
        share = float(goal["percentile"].iloc[0])
        words = f"A chance of {_percent(share)} for the goal of {_units.format_duration(goal['time_s'].iloc[0])}."
    return line(facts, "forecast", time=time, where=where, goal=words, **values)


def _percent(share: float) -> str:
    return "less than 1 %" if share < 0.01 else "more than 99 %" if share > 0.99 else f"{100 * share:.0f} %"


def coming(facts: DebriefFacts) -> Sentence:
    table = facts.tables.next_goal
    rows = {row["when"]: row for row in table.to_dict("records")} if len(table) else {}
    if "after" not in rows or not math.isfinite(rows["after"]["value"]):
        why = rows.get("after", {}).get("basis", "") or "no forecast can be made"
        return line(facts, "next", after=Estimate.unknown(why, unit="s"), course="", reason=why)
    told = {
        when: Estimate(
            row["value"],
            row["low"],
            row["high"],
            n=int(row["n"]),
            unit="s",
            clean_share=row["clean_share"],
            grade=grade_of("forecast"),
        )
        for when, row in rows.items()
    }
    return line(
        facts,
        "next",
        after=told["after"],
        before=told.get("before", Estimate.unknown("", unit="s")),
        course="on this course again" if is_rough(facts.tables.race) else "flat and cool",
        n=int(rows["after"]["n"]),
        reason="",
    )
