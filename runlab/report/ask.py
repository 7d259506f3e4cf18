"""What to ask, each question beside the number it comes from, and what the log cannot tell; notes answer some."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pandas as pd

from .. import units as _units
from ..plots.wellness import CHANNELS
from ..sentences import Sentence, joined
from .grid import day
from .wording import ache, days, episodes, percent

if TYPE_CHECKING:
    from .facts import AthleteFacts

DAY = pd.Timedelta(days=1)
FRESH = 42 * DAY  # an ache that ended longer ago is history
Asked = list[tuple[str, str]]


def aches(facts: AthleteFacts) -> Asked:
    """How it is now, unless a later note speaks of that spot."""
    if facts.aches.empty:
        return []
    last = facts.aches.iloc[-1]
    over = facts.end if pd.isna(last["end"]) else last["end"]
    site = str(last["site"] or "")
    later = facts.words[facts.words["date"] > over]["text"]
    if over < facts.end - FRESH or (site and later.str.contains(site, case=False, regex=False).any()):
        return []
    severity = f", {last['severity']:.0f} of 10" if math.isfinite(float(last["severity"])) else ""
    return [(f"How is the {ache(last).removeprefix('a ')} now?", f"noted {days(last['start'], over)}{severity}")]


def stops(facts: AthleteFacts) -> Asked:
    """What happened, unless an episode or a note says it; else how the way back went, unless a note says that."""
    out = []
    for stop in facts.stops.sort_values("days", ascending=False).head(2).itertuples():
        when = days(stop.first, stop.last)
        if not stop.kinds:
            if not facts.wrote(stop.first, stop.last):
                out.append((f"What happened {when}?", f"{stop.days} days without a run; the log does not say why"))
        elif stop.last < facts.end and not facts.wrote(stop.last + DAY, stop.last + 21 * DAY):
            out.append(
                (f"How did the first weeks back feel after {episodes(stop.kinds)}?", f"{stop.days} days, {when}")
            )
    return out


def jumps(facts: AthleteFacts) -> Asked:
    """Whether a jump was felt, unless a note of those days says it; and whether a planned one is meant."""
    out = []
    if len(facts.planned_jumps):
        top = facts.planned_jumps.iloc[-1]
        far, before = (_units.format_distance(top[c], facts.units) for c in ("distance_m", "longest_before_m"))
        out.append(
            (f"Are the {far} on {day(top['date'])} meant to be so far?", f"longest of the 30 days before: {before}")
        )
    if len(facts.jumps):
        top = facts.jumps.iloc[-1]
        far, before = (_units.format_distance(top[c], facts.units) for c in ("distance_m", "longest_before_m"))
        if not facts.wrote(top["date"], top["date"] + 2 * DAY) and top["date"] > facts.end - 2 * FRESH:
            out.append(
                (
                    f"How did the two days after {far} on {day(top['date'])} feel?",
                    f"longest of the 30 days before: {before} ({percent(100 * (top['ratio'] - 1), 0)})",
                )
            )
    return out


def races(facts: AthleteFacts) -> Asked:
    """Which races were all-out, unless a note stands beside each."""
    found = facts.period_results
    if len(found) < 2 or all(facts.wrote(date, date + DAY) for date in found["date"]):
        return []
    return [("Which of these races were all-out?", f"{len(found)} races; a trend rests on the all-out ones")]


def unknown(facts: AthleteFacts) -> list[tuple[str, str]]:
    """What this log cannot tell: in a few words for the card, and in a sentence."""
    runs, now, out = facts.runs, facts.athlete.on(facts.end), []
    if len(runs) and not (runs["heart_rate_share"] > 0.5).any():
        out.append(("heart rate", "How hard the runs were for the heart: no run carries heart rate."))
    if len(runs) and runs["rpe"].notna().mean() < 0.2:
        out.append(("how runs felt", "How the runs felt: fewer than one in five carries an effort rating."))
    shown = runs[runs["date"] >= facts.shown_from]
    if untyped := int(shown["session_type"].eq("unknown").sum()):
        words = f"the kind of {untyped} of {len(shown)} runs"
        out.append((words, f"{words[:1].upper()}{words[1:]}: neither plan nor title nor effort tells (hatched)."))
    if not math.isfinite(now.threshold_speed_mps) and not math.isfinite(now.threshold_heart_rate_bpm):
        out.append(("a tested threshold", "Where the threshold lies: no test and no setting in athlete.toml."))
    names = {c: name.replace("\n", " ") for c, (name, _) in CHANNELS.items()}
    missing = [name for c, name in names.items() if c not in facts.daily or facts.daily[c].isna().all()]
    if missing:
        words = joined(missing)
        out.append((words, f"{words[:1].upper()}{words[1:]}: not logged."))
    if not (facts.activities["sport"] == "strength").any():
        out.append(("strength work", "Strength work: none is in the log; it may have been done all the same."))
    if facts.events.empty:
        out.append(("illness and pain", "Illness, pain, travel and life: there is no events.csv."))
    if (~facts.activities["has_position"] & (facts.activities["samples"] > 0)).any():
        out.append(("indoor distance", "How far indoor runs went: it is what the watch or the belt says."))
    out.append(("life beside running", "Work, worry, food and whatever was not recorded: no file holds them."))
    return out


def not_known(found: list[tuple[str, str]]) -> list[str]:
    """The first few of what is not known, in one line, for the card."""
    short = [words for words, _ in found]
    kept = [*short[:2], short[-1]] if len(short) > 3 else short
    return [f"{joined(kept)[:1].upper()}{joined(kept)[1:]}."]


def fitting(lines: list[Sentence], words: int = 60) -> list[Sentence]:
    """The first claims, in their order, that a card has room for; what cannot tell claims nothing."""
    kept: list[Sentence] = []
    for line in lines:
        if line.known and sum(len(one.claim.split()) for one in [*kept, line]) <= words:
            kept.append(line)
    return kept[:5]
