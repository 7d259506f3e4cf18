"""Ground, dark and body: what faded, what was walked, how the body did it, and the way back."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pandas as pd

from ....plots.race.course import CHANNELS
from ....sentences import Sentence, joined
from .line import change_words, line

if TYPE_CHECKING:
    from ..facts import DebriefFacts


AT_PACE = ("heart_rate_bpm", "cadence_spm")  # what is known of them at a pace; other channels move with it


def fade(facts: DebriefFacts) -> Sentence:
    table = facts.tables.terrain_fade
    last = table[(table["third"] == 3) & table["change_pct"].notna() & table["low"].notna()] if len(table) else table
    if not len(last):
        return line(
            facts, "fade", size=math.nan, ground="", reason="there is no altitude, or too little of each ground"
        )
    top = last.loc[last["change_pct"].idxmin()]
    if top["low"] <= 0 <= top["high"]:
        words = ", ".join(f"{r.ground} {change_words(r.low)} to {change_words(r.high)}" for r in last.itertuples())
        return line(
            facts, "fade", size=math.nan, ground="", reason=f"80 % intervals of the last third hold zero ({words})"
        )
    names = {"uphill": "Uphill", "flat": "The flat", "downhill": "Downhill"}
    rest = last[last["ground"] != top["ground"]].replace({"ground": {"flat": "the flat"}})
    others = [
        f"{r.ground} {change_words(r.change_pct)} ({change_words(r.low)} to {change_words(r.high)})"
        for r in rest.itertuples()
    ]
    return line(
        facts,
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


def hike(facts: DebriefFacts) -> Sentence:
    table = facts.tables.hike_share
    if not len(table) or not table["seconds"].sum() > 0:
        return line(facts, "hike", share=math.nan, reason="there is no altitude, or neither cadence nor speed")
    steep = table[table["grade_from"] >= 0.1]
    words = ""
    if len(steep) and steep["seconds"].sum() > 600:
        share = steep["hiked_s"].sum() / steep["seconds"].sum()
        words = f"On grades over 10 % it was {100 * share:.0f} %."
    return line(
        facts,
        "hike",
        share=float(table["hiked_s"].sum() / table["seconds"].sum()),
        steep=words,
        time=float(table["seconds"].sum()),
        reason="",
    )


def night(facts: DebriefFacts) -> Sentence:
    table = facts.tables.night
    row = table[table["light"] == "dark against light"] if len(table) else table
    dark = table[table["light"] == "dark"]["seconds"].sum() if len(table) else 0.0
    if not len(row) or not math.isfinite(float(row["change_pct"].iloc[0])):
        why = (
            "too little of it was in the dark or in the light"
            if dark
            else "it did not get dark, or the place is not known"
        )
        return line(facts, "night", size=math.nan, reason=why)
    change, low, high = (float(row[c].iloc[0]) for c in ("change_pct", "low", "high"))
    if low <= 0 <= high:
        return line(
            facts,
            "night",
            size=math.nan,
            reason=f"at the same grade the change of {change_words(change)} lies between {change_words(low)} and "
            f"{change_words(high)}, and tiredness and the hour came with the dark",
        )
    return line(
        facts,
        "night",
        size=change,
        side="slower" if change < 0 else "faster",
        low=low / 100,
        high=high / 100,
        dark=float(dark),
        reason="",
    )


def body(facts: DebriefFacts) -> list[Sentence]:
    """One sentence per channel whose change can be told or not."""
    summary, drift = facts.tables.drift_summary, facts.tables.drift
    if not len(summary):
        return [
            line(
                facts,
                "drift",
                size=math.nan,
                channel="the body's own signals",
                reason="no heart rate, cadence or running dynamics were recorded",
            )
        ]
    told = summary.to_dict("records")[: 3 if facts.reader == "athlete" else None]
    return [_channel(facts, row, drift[drift["channel"] == row["channel"]] if len(drift) else drift) for row in told]


def _channel(facts: DebriefFacts, row: dict[str, Any], drift: pd.DataFrame) -> Sentence:
    named = CHANNELS.get(row["channel"], (row["channel"].replace("_", " "), row["unit"], ""))
    name = named[0].replace("\n", " ")
    unit = {"1/min": "beats/min", "%": "percentage points"}.get(row["unit"], row["unit"])
    if not math.isfinite(row["value"]):
        reason = str(row["basis"]).removeprefix("cannot tell: ") or "too few splits"
        return line(facts, "drift", size=math.nan, channel=name, reason=reason)
    digits = 1 if max(abs(row["low"]), abs(row["high"])) < 10 else 0
    low, high = (f"{row[c]:+.{digits}f}".replace("-", "−") for c in ("low", "high"))
    values = {
        "channel": name if facts.reader == "athlete" else name.capitalize(),
        "size": f"{abs(row['value']):.{digits}f} {unit}",
        "side": "higher" if row["value"] > 0 else "lower",
        "low": low,
        "high": f"{high} {unit}",
        "outside": int(drift["outside"].sum()) if len(drift) else math.nan,
        "splits": int(drift["value"].notna().sum()) if len(drift) else math.nan,
        "band": "the band usual in training" if row["usual_from"] == "training" else "the band of the first third",
        "level": float(row["level"]),
        "reason": "",
    }
    if row["low"] <= 0 <= row["high"]:
        return line(facts, "drift_steady", **values)
    return line(facts, "drift" if row["channel"] in AT_PACE else "drift_raw", **values)


def recovery(facts: DebriefFacts) -> Sentence | None:
    table = facts.tables.recovery
    if not len(table):
        return None
    known = table[table["usual"].notna() & (table["n"] > 0)]
    usual = f"What is usual for this athlete is known for {len(known)} of {len(table)} steps."
    return line(facts, "recovery", usual=usual, reason="")
