"""What the debrief says: one sentence per question, each from the debrief's own tables."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ... import units as _units
from ...evidence import Estimate
from ...plots.race.course import CHANNELS
from ...plots.race.ground import has, signed, two_paces
from ...plots.race.waterfall import NAMES, in_order
from ...sentences import Sentence, joined, tell

if TYPE_CHECKING:
    from .debrief import RaceDebrief

KINDS = {
    "ill": "illness",
    "injury": "an injury",
    "pain": "pain",
    "travel": "travel",
    "life": "other demands",
    "no runs": "no runs (the log does not say why)",
}
AT_PACE = ("heart_rate_bpm", "cadence_spm")  # what is known of them at a pace; other channels move with it
PARTS = {**NAMES, "course": "the course"}


def line(debrief: RaceDebrief, name: str, /, **values: Any) -> Sentence:
    """A sentence of the debrief's, for its reader and in the athlete's units."""
    return tell(name, values, audience=debrief.audience, units=debrief.units)


def result(debrief: RaceDebrief) -> Sentence:
    race, splits = debrief.tables.race, debrief.tables.splits
    own = float(splits["elapsed_s"].iloc[-1]) if has(splits, "elapsed_s") else math.nan
    official = race.official_time_s
    name = race.name or "The race"
    if not debrief.tables.finished:
        covered = float(splits["end_m"].iloc[-1]) if has(splits, "end_m") else math.nan
        return line(
            debrief,
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
    history = debrief.tables.pacing_history
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
        "own": words or math.nan,
        "reason": "neither an official time nor a recording is there",
    }
    if race.goal_s > 0 and time > 0:
        gap = time - race.goal_s
        if abs(gap) < 0.5:
            return line(debrief, "result", **values | {"own": "The goal to the second. " + words})
        return line(
            debrief, "result_goal", gap=abs(gap), side="behind" if gap > 0 else "ahead of", goal=race.goal_s, **values
        )
    return line(debrief, "result", **values)


def forecast(debrief: RaceDebrief) -> Sentence:
    told, marks = debrief.tables.forecast, debrief.tables.result_on_forecast
    tried = getattr(told, "table", None)
    held = "There is no earlier race to try such a band on."
    if tried is not None and len(tried):
        n = len(tried)
        held = (
            f"Such bands held on {int(tried['held'].sum())} of the {n} earlier races"
            if n > 1
            else (f"Such a band {'held' if tried['held'].iloc[0] else 'did not hold'} on the one earlier race")
        )
        held += " it can be tried on."
    basis = f"{told.n} earlier race{'s' if told.n != 1 else ''} and a stated prior"
    values = {"forecast": told, "tried": held, "basis": basis, "reason": told.basis or "no forecast was made"}
    row = marks[marks["mark"] == "result"] if len(marks) else marks
    if not told.is_known or not len(row):
        return line(debrief, "forecast_alone", **values)
    time = float(row["time_s"].iloc[0])
    where = (
        "inside" if row["inside_80"].iloc[0] else "on the fast side of" if time < told.low else "on the slow side of"
    )
    goal = marks[marks["mark"] == "goal"]
    words = ""
    if len(goal):
        share = float(goal["percentile"].iloc[0])
        words = f"{_percent(share)} of it lay at or under the goal of {_units.format_duration(goal['time_s'].iloc[0])}."
    return line(debrief, "forecast", time=time, where=where, goal=words, **values)


def _percent(share: float) -> str:
    return "Less than 1 %" if share < 0.01 else "More than 99 %" if share > 0.99 else f"{100 * share:.0f} %"


def pace(debrief: RaceDebrief) -> Sentence:
    splits = debrief.tables.splits
    if not has(splits, "speed_mps"):
        return line(debrief, "pace_held", first=math.nan, reason="no distance and time were recorded")
    known = splits[splits["speed_mps"] > 0]
    plan = _plan_words(debrief, known)
    at, first, second, flat = two_paces(known) if len(known) >= 5 else (None, math.nan, math.nan, False)
    worth = "flat-equivalent pace" if flat else "moving pace"
    common = {"plan": plan or math.nan, "splits": len(known), "worth": worth, "reason": ""}
    if at is None:
        return line(debrief, "pace_held", first=first, second=second, least=0.04, **common)
    where = float(known.loc[at, "start_m"])
    return line(debrief, "pace_changed", before=first, after=second, where=where, **common)


def _plan_words(debrief: RaceDebrief, splits: pd.DataFrame) -> str:
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


def halves(debrief: RaceDebrief) -> Sentence:
    row = measure(debrief, "half_split")
    if row is None:
        return line(debrief, "halves", size=math.nan, reason="the race was not recorded to its end")
    return line(
        debrief,
        "halves",
        size=float(row["value"]),
        side="longer" if row["value"] > 0 else "less time",
        own=_own_words(row, "longer", "shorter"),
        reason="",
    )


def opening(debrief: RaceDebrief) -> Sentence:
    row, until = measure(debrief, "first_quarter_bias"), debrief.tables.race.distance_m / 4
    early = measure(debrief, "first_5_km_bias")
    if early is not None and (row is None or not row["n"] > 0):
        row, until = early, 5000.0
    if row is None:
        return line(debrief, "opening", until=math.nan, reason="too little was recorded")
    flat = row["grade"] == "A"
    return line(
        debrief,
        "opening",
        until=until,
        size=float(row["value"]),
        side="faster" if row["value"] > 0 else "slower",
        own=_own_words(row, "faster", "slower"),
        ground="Hills are evened out." if flat else "Hills are not evened out: the ground is not known.",
        reason="",
    )


def measure(debrief: RaceDebrief, name: str) -> pd.Series | None:
    """One row of the pacing table, if its value is known."""
    pacing = debrief.tables.pacing
    return (
        pacing.loc[name] if len(pacing) and name in pacing.index and math.isfinite(pacing.loc[name, "value"]) else None
    )


def _own_words(row: pd.Series, more: str, less: str) -> str | float:
    if not row["n"] > 0 or not math.isfinite(row["own_median"]):
        return math.nan
    side = more if row["own_median"] > 0 else less
    n = int(row["n"])
    middle = "it was" if n == 1 else "the middle one was"
    return (
        f"In {n} earlier race{'s' if n > 1 else ''} of comparable length {middle} "
        f"{abs(row['own_median']):.1f} % {side}."
    )


def wall(debrief: RaceDebrief) -> Sentence | None:
    """The criterion for the wall; nothing where it was not made for such a race."""
    row = measure(debrief, "wall_5_km")
    if row is None or row["met"] not in ("yes", "no"):
        return None
    other = measure(debrief, "wall_1_km")
    words = math.nan
    if other is not None and other["met"] in ("yes", "no"):
        agree = "agrees" if other["met"] == row["met"] else "says otherwise"
        words = (
            f"The one for single km ({other['criterion']:g} %) {agree}: the slowest km took {other['value']:.0f} % "
            "longer."
        )
    begun = row["from_m"] if math.isfinite(row["from_m"]) else math.nan
    began = f"The slow part began around {_units.format_distance(begun, debrief.units, digits=0)}." if begun > 0 else ""
    return line(
        debrief,
        "wall",
        size=float(row["value"]),
        limit=float(row["criterion"]),
        met="met" if row["met"] == "yes" else "not met",
        other=words,
        began=began,
        reason="",
    )


def waterfall(debrief: RaceDebrief) -> Sentence:
    rows, name = debrief.tables.waterfall, debrief.tables.waterfall_reference
    if not len(rows) or not name:
        return line(
            debrief, "waterfall", total=math.nan, reason="there is neither a goal nor a forecast to set it against"
        )
    total = float(rows["seconds"].iloc[-1] - rows["seconds"].iloc[0])
    parts = rows[(rows["kind"] == "component") & rows["seconds"].notna()]
    rest = rows[rows["kind"] == "rest"].iloc[0]
    sure = parts[((parts["low"] > 0) | (parts["high"] < 0)) & (np.sign(parts["seconds"]) == np.sign(total))]
    words = {"goal": "the goal", "forecast": "the middle of the forecast"}.get(name, name)
    order = debrief.tables.waterfall_order
    order = _order(order)
    if total > 0 and rest["high"] < 0:
        order += " Below zero: part of the bars was in the reference already, or the day was a good one."
    common = {"total": total, "reference": words, "rest": float(rest["seconds"]), "order": order, "reason": ""}
    if sure.empty:
        return line(
            debrief,
            "waterfall_even",
            others=_part_words(parts, "The parts") or math.nan,
            low=float(rest["low"]),
            high=float(rest["high"]),
            **common,
        )
    top = sure.loc[sure["seconds"].abs().idxmax()]
    others = _part_words(parts[parts["component"] != top["component"]])
    return line(
        debrief,
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


def orders(debrief: RaceDebrief) -> Sentence | None:
    """How far the part that depends most on the order moves in another one."""
    table, rows = debrief.tables.waterfall_orders, debrief.tables.waterfall
    if not len(table) or not len(rows):
        return None
    drawn = rows.set_index("component")["seconds"]
    others = table[table["component"].isin(drawn.index) & table["seconds"].notna()]
    spread = others[others["component"] != "not explained"].groupby("component")["seconds"].agg(["min", "max"])
    moved = (spread["max"] - spread["min"]).fillna(0.0)
    if moved.empty or moved.max() < 10:
        return None
    name = str(moved.idxmax())
    return line(
        debrief,
        "orders",
        part=PARTS.get(name, name),
        low=float(spread.loc[name, "min"]),
        high=float(spread.loc[name, "max"]),
        size=float(drawn[name]),
        orders=table["order"].nunique(),
        all="120",
        reason="",
    )


def stops(debrief: RaceDebrief) -> Sentence:
    table = debrief.tables.stops
    legs, total_s = debrief.tables.legs, _total_s(debrief)
    if not len(table) and not len(legs):
        return line(debrief, "stops", stood=math.nan, reason="stops cannot be seen in this recording")
    stood = (
        float((legs["stopped_s"].fillna(0) + legs["stopped_on_way_s"].fillna(0)).sum())
        if len(legs)
        else float(table["seconds"].sum())
    )
    place, top = "", math.nan
    if len(legs) and legs["stopped_s"].max() > 0 and len(debrief.tables.race.checkpoints):
        row = legs.loc[legs["stopped_s"].fillna(0).idxmax()]
        place, top = row["checkpoint"], float(row["stopped_s"])
    elif len(table):
        row = table.loc[table["seconds"].idxmax()]
        place = row["checkpoint"] or f"{_units.format_distance(row['distance_m'], debrief.units)}"
        top = float(row["seconds"])
    return line(
        debrief,
        "stops",
        stood=minutes(stood),
        top=minutes(top),
        place=place,
        share=stood / total_s if total_s > 0 else math.nan,
        stops=len(table) if len(table) else math.nan,
        reason="",
    )


def _total_s(debrief: RaceDebrief) -> float:
    official, splits = debrief.tables.race.official_time_s, debrief.tables.splits
    return official if official > 0 else float(splits["elapsed_s"].iloc[-1]) if has(splits, "elapsed_s") else math.nan


def minutes(seconds: float) -> str:
    """A length of time as a person says it: 45 s, 12 min, 2 h 51 min."""
    if not math.isfinite(seconds):
        return "·"
    if seconds < 90:
        return f"{seconds:.0f} s"
    whole = int(round(seconds / 60))
    return f"{whole} min" if whole < 60 else f"{whole // 60} h {whole % 60:02d} min"


def windows(debrief: RaceDebrief) -> Sentence:
    legs = debrief.tables.legs
    known = legs[legs["inside_window"] != ""] if len(legs) else legs
    if not len(known):
        return line(debrief, "windows", inside=math.nan, reason="no forecast was made before this race")
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
    return line(debrief, "windows", inside=inside, legs=len(known), outside=told or math.nan, reason="")


def fade(debrief: RaceDebrief) -> Sentence:
    table = debrief.tables.terrain_fade
    last = table[(table["third"] == 3) & table["change_pct"].notna() & table["low"].notna()] if len(table) else table
    if not len(last):
        return line(
            debrief, "fade", size=math.nan, ground="", reason="there is no altitude, or too little of each ground"
        )
    top = last.loc[last["change_pct"].idxmin()]
    if top["low"] <= 0 <= top["high"]:
        words = ", ".join(f"{r.ground} {_change(r.low)} to {_change(r.high)}" for r in last.itertuples())
        return line(
            debrief, "fade", size=math.nan, ground="", reason=f"80 % intervals of the last third hold zero ({words})"
        )
    names = {"uphill": "Uphill", "flat": "The flat", "downhill": "Downhill"}
    rest = last[last["ground"] != top["ground"]].replace({"ground": {"flat": "the flat"}})
    others = [f"{r.ground} {_change(r.change_pct)} ({_change(r.low)} to {_change(r.high)})" for r in rest.itertuples()]
    return line(
        debrief,
        "fade",
        ground=names.get(top["ground"], top["ground"]),
        size=float(top["change_pct"]),
        side="slower" if top["change_pct"] < 0 else "faster",
        low=float(top["low"]) / 100,
        high=float(top["high"]) / 100,
        pieces=f"{int(top['n'])} pieces of five minutes",
        others=f"The others: {joined(others)}." if others else math.nan,
        reason="",
    )


def _change(percent: float) -> str:
    return f"{percent:+.0f} %".replace("-", "−")


def hike(debrief: RaceDebrief) -> Sentence:
    table = debrief.tables.hike_share
    if not len(table) or not table["seconds"].sum() > 0:
        return line(debrief, "hike", share=math.nan, reason="there is no altitude, or neither cadence nor speed")
    steep = table[table["grade_from"] >= 0.1]
    words = ""
    if len(steep) and steep["seconds"].sum() > 600:
        share = steep["hiked_s"].sum() / steep["seconds"].sum()
        words = f"On grades over 10 % it was {100 * share:.0f} %."
    return line(
        debrief,
        "hike",
        share=float(table["hiked_s"].sum() / table["seconds"].sum()),
        steep=words,
        time=float(table["seconds"].sum()),
        reason="",
    )


def night(debrief: RaceDebrief) -> Sentence:
    table = debrief.tables.night
    row = table[table["light"] == "dark against light"] if len(table) else table
    dark = table[table["light"] == "dark"]["seconds"].sum() if len(table) else 0.0
    if not len(row) or not math.isfinite(float(row["change_pct"].iloc[0])):
        why = (
            "too little of it was in the dark or in the light"
            if dark
            else "it did not get dark, or the place is not known"
        )
        return line(debrief, "night", size=math.nan, reason=why)
    change, low, high = (float(row[c].iloc[0]) for c in ("change_pct", "low", "high"))
    if low <= 0 <= high:
        return line(
            debrief,
            "night",
            size=math.nan,
            reason=f"at the same grade the change of {_change(change)} lies between {_change(low)} and "
            f"{_change(high)}, and tiredness and the hour came with the dark",
        )
    return line(
        debrief,
        "night",
        size=change,
        side="slower" if change < 0 else "faster",
        low=low / 100,
        high=high / 100,
        dark=float(dark),
        reason="",
    )


def body(debrief: RaceDebrief) -> list[Sentence]:
    """One sentence per channel whose change can be told or not."""
    summary, drift = debrief.tables.drift_summary, debrief.tables.drift
    if not len(summary):
        return [
            line(
                debrief,
                "drift",
                size=math.nan,
                channel="the body's own signals",
                reason="no heart rate, cadence or running dynamics were recorded",
            )
        ]
    told = summary.to_dict("records")[: 3 if debrief.audience == "athlete" else None]
    return [_channel(debrief, row, drift[drift["channel"] == row["channel"]] if len(drift) else drift) for row in told]


def _channel(debrief: RaceDebrief, row: dict[str, Any], drift: pd.DataFrame) -> Sentence:
    named = CHANNELS.get(row["channel"], (row["channel"].replace("_", " "), row["unit"], ""))
    name = named[0].replace("\n", " ")
    unit = {"1/min": "beats/min", "%": "percentage points"}.get(row["unit"], row["unit"])
    if not math.isfinite(row["value"]):
        reason = str(row["basis"]).removeprefix("cannot tell: ") or "too few splits"
        return line(debrief, "drift", size=math.nan, channel=name, reason=reason)
    digits = 1 if max(abs(row["low"]), abs(row["high"])) < 10 else 0
    low, high = (f"{row[c]:+.{digits}f}".replace("-", "−") for c in ("low", "high"))
    values = {
        "channel": name.capitalize(),
        "size": f"{abs(row['value']):.{digits}f} {unit}",
        "side": "higher" if row["value"] > 0 else "lower",
        "low": low,
        "high": f"{high} {unit}",
        "outside": int(drift["outside"].sum()) if len(drift) else math.nan,
        "splits": int(drift["value"].notna().sum()) if len(drift) else math.nan,
        "band": "the band usual in training" if "training" in str(row["basis"]) else "the band of the first third",
        "reason": "",
    }
    if row["low"] <= 0 <= row["high"]:
        return line(debrief, "drift_steady", **values)
    return line(debrief, "drift" if row["channel"] in AT_PACE else "drift_raw", **values)


def fuel(debrief: RaceDebrief) -> Sentence:
    table = debrief.tables.fuelling
    if not has(table, "carbs_g"):
        return line(debrief, "fuel", taken=math.nan, reason="nothing was written down for this race")
    hours = float(table["hour_share"].sum())
    planned = math.nan
    if has(table, "planned_carbs_g"):
        planned = f"Planned were {table['planned_carbs_g'].sum() / hours:.0f} g an hour."
    notes = [str(note) for note in debrief.tables.fuel_marks.get("note", []) if note]
    if notes:
        planned = f"{planned if isinstance(planned, str) else ''} Noted beside it: “{'; '.join(notes[:3])}”.".strip()
    practised = [
        words.split(" [")[0].rstrip(".") + "."
        for words in debrief.tables.fuelling_words
        if words.startswith("Practised")
    ]
    return line(
        debrief,
        "fuel",
        taken=float(table["carbs_g"].sum()) / hours,
        total=f"{table['carbs_g'].sum():,.0f} g",
        planned=planned,
        practised=" ".join(practised) or "How often it was practised is not logged.",
        reason="",
    )


def weather(debrief: RaceDebrief) -> Sentence:
    table = debrief.tables.weather
    rows = {row["when"]: row for row in table.to_dict("records")} if len(table) else {}
    if "race" not in rows:
        return line(debrief, "weather", race=math.nan, reason="no temperature was recorded or given")
    before = rows.get("six weeks before", {})
    source = str(rows["race"]["source"])
    said = "Measured at the wrist." if source.startswith("watch") else f"{source[:1].upper()}{source[1:]}."
    return line(
        debrief,
        "weather",
        race=float(rows["race"]["temperature_c"]),
        usual=float(before.get("temperature_c", math.nan)),
        low=float(before.get("low", math.nan)),
        high=float(before.get("high", math.nan)),
        source=said,
        reason="",
    )


def build(debrief: RaceDebrief) -> Sentence:
    table = debrief.tables.build
    this = table[table["build"] == "this"] if len(table) else table
    if not has(this, "run_distance_m") or not this["run_distance_m"].sum() > 0:
        return line(debrief, "build", mean=math.nan, reason="no run lies in the 16 weeks before")
    best = table[table["build"] == "best"]
    words = "There is no earlier build in this log to set it against."
    if has(best, "run_distance_m"):
        led = f", {debrief.tables.build_best}" if debrief.tables.build_best else ""
        words = (
            f"The best on record{led}: {_units.format_distance(best['run_distance_m'].mean(), debrief.units)} a "
            f"week, longest run {_units.format_distance(best['longest_run_m'].max(), debrief.units)}."
        )
    runs = float(this["runs"].sum()) if "runs" in this else math.nan
    return line(
        debrief,
        "build",
        mean=float(this["run_distance_m"].mean()),
        weeks=len(this),
        longest=float(this["longest_run_m"].max()),
        best=words,
        runs=runs,
        disrupted="",
        reason="",
    )


def disruption(debrief: RaceDebrief) -> Sentence | None:
    """The longest interruption of the build, if there was one."""
    table = debrief.disruptions
    if not len(table):
        return None
    order = table.sort_values(["days", "weeks_to_race"], ascending=[False, True], kind="stable")
    top = order.iloc[0]
    weeks = int(debrief.tables.build["weeks_to_race"].max()) if len(debrief.tables.build) else 16
    others = [
        f"{int(row.days)} day{'s' if row.days != 1 else ''} of {KINDS.get(row.kind, row.kind)}, "
        f"{round(row.weeks_to_race)} weeks before"
        for row in order.iloc[1:4].itertuples()
    ]
    long = 30_000 <= debrief.tables.race.distance_m <= 45_000
    name = "disruption_plain" if not long else "disruption" if top["days"] >= 7 else "disruption_short"
    return line(
        debrief,
        name,
        days=float(top["days"]),
        weeks=float(top["weeks_to_race"]),
        kind=KINDS.get(str(top["kind"]), str(top["kind"])),
        total=weeks,
        others=f"Further: {'; '.join(others)}." if others else math.nan,
        reason="",
    )


def recovery(debrief: RaceDebrief) -> Sentence:
    table = debrief.tables.recovery
    known = table[table["usual"].notna() & (table["n"] > 0)]
    own = f"Own usual values are known for {len(known)} of {len(table)} steps."
    return line(debrief, "recovery", own=own, reason="")


def coming(debrief: RaceDebrief) -> Sentence:
    table = debrief.tables.next_goal
    rows = {row["when"]: row for row in table.to_dict("records")} if len(table) else {}
    if "after" not in rows or not math.isfinite(rows["after"]["value"]):
        why = rows.get("after", {}).get("basis", "") or "no forecast can be made"
        return line(debrief, "next", after=Estimate.unknown(why, unit="s"), reason=why)
    told = {
        when: Estimate(row["value"], row["low"], row["high"], n=int(row["n"]), unit="s", grade="B")
        for when, row in rows.items()
    }
    return line(
        debrief,
        "next",
        after=told["after"],
        before=told.get("before", Estimate.unknown("", unit="s")),
        n=int(rows["after"]["n"]),
        reason="",
    )


SENTENCES: dict[str, tuple[str, Any]] = {
    "result": ("data", result),
    "forecast": ("forecast", forecast),
    "pace": ("race", pace),
    "halves": ("pacing", halves),
    "opening": ("pacing", opening),
    "wall": ("pacing", wall),
    "waterfall": ("waterfall", waterfall),
    "orders": ("waterfall", orders),
    "stops": ("legs", stops),
    "windows": ("legs", windows),
    "fade": ("ground", fade),
    "hike": ("ground", hike),
    "night": ("night", night),
    "body": ("body", body),
    "fuel": ("fuel", fuel),
    "weather": ("fuel", weather),
    "build": ("build", build),
    "disruption": ("build", disruption),
    "recovery": ("recovery", recovery),
    "next": ("next", coming),
}
