"""What to ask about a season, each question beside the number it comes from; and what the log cannot tell."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pandas as pd

from ... import units as _units
from ...sentences import Sentence, joined
from ..review import findings
from ..table import table
from . import sheets
from .lines import band, longest_stretch, percent

if TYPE_CHECKING:
    from pandas.io.formats.style import Styler

    from .season import SeasonBreakdown

MOST = 6


def questions(season: SeasonBreakdown) -> Styler | Sentence:
    """Up to six questions, the most telling first, each with its reason."""
    rows = [
        *_stops(season),
        *_jumps(season),
        *_pain(season),
        *_taper(season),
        *_pace(season),
        *_rest(season),
        *_races(season),
        *_phases(season),
    ]
    if not rows:
        return Sentence("Nothing in this season stood out; the athlete's own words come first anyway.")
    frame = pd.DataFrame(rows[:MOST], columns=["ask", "because"])
    return table(frame, text=("ask", "because"))


def _stops(season: SeasonBreakdown) -> list[tuple[str, str]]:
    out = []
    for stop in season.stops.sort_values("days", ascending=False).head(2).itertuples():
        when = f"{sheets.day(stop.first)} to {sheets.day(stop.last)}"
        if stop.noted:
            out.append((f"How did the first weeks back feel after {stop.noted}?", f"{stop.days} days, {when}"))
        else:
            out.append((f"What happened from {when}?", f"{stop.days} days without a run; the log does not say why"))
    return out


def _jumps(season: SeasonBreakdown) -> list[tuple[str, str]]:
    spikes = season.spikes.dropna(subset=["ratio"]) if len(season.spikes) else season.spikes
    if spikes.empty:
        return []
    training = spikes[~spikes["date"].isin(season.races["date"]) & (spikes["ratio"] > 1.1)]
    if training.empty:
        return []
    top = training.loc[training["ratio"].idxmax()]
    far, before = (_units.format_distance(top[c], season.units) for c in ("distance_m", "longest_before_m"))
    return [
        (
            f"Did anything feel different in the two days after {far} on {sheets.day(top['date'])}?",
            f"longest of the 30 days before: {before} ({percent(100 * (top['ratio'] - 1), 0)})",
        )
    ]


def _pain(season: SeasonBreakdown) -> list[tuple[str, str]]:
    events = season.events[season.events["kind"].isin(["pain", "injury"]) & (season.events["start"] >= season.start)]
    if events.empty:
        return []
    last = events.sort_values("start").iloc[-1]
    site = str(last["site"]) if isinstance(last["site"], str) and last["site"] else "the sore spot"
    severity = f", {last['severity']:.0f} of 10" if math.isfinite(float(last["severity"])) else ""
    return [(f"How is the {site.removeprefix('the ')} now?", f"noted from {sheets.day(last['start'])}{severity}")]


def _taper(season: SeasonBreakdown) -> list[tuple[str, str]]:
    if season.last_taper.empty:
        return []
    review = season.last_taper.set_index("measure")
    length, depth = review.loc["length", "value"], review.loc["depth", "value"]
    name = review["race"].iloc[0] or sheets.day(review["race_date"].iloc[0])
    if not math.isfinite(length):
        return []
    said = f"{length:.0f} days, {depth:.0f} % less" if math.isfinite(depth) else "no taper of 4 days or more"
    studies = "studies of groups: 8 to 21 days, 41 to 60 % less"
    return [(f"How fresh did the legs feel before {name}?", f"{said}; {studies}")]


def _pace(season: SeasonBreakdown) -> list[tuple[str, str]]:
    found = season.pace_trend
    if found.verdict not in ("faster", "slower") or not found.is_known:
        return []
    return [
        (
            "Has anything else changed in twelve weeks: sleep, shoes, the sensor, heat, coffee?",
            f"pace at the same heart rate {percent(found.value)} ({band(found)})",
        )
    ]


def _rest(season: SeasonBreakdown) -> list[tuple[str, str]]:
    longest = longest_stretch(season.lighter) if len(season.lighter) else 0
    if longest < 6:
        return []
    return [("Were lighter weeks meant to come less often?", f"{longest} weeks in a row without one [C: practice]")]


def _races(season: SeasonBreakdown) -> list[tuple[str, str]]:
    n = len(season.season_results)
    if n < 2:
        return []
    return [("Which of these races were all-out?", f"{n} races; a trend rests on the all-out ones")]


def _phases(season: SeasonBreakdown) -> list[tuple[str, str]]:
    weeks = season.weeks
    unsure = int((weeks["confidence"] <= 0.5).sum()) if len(weeks) else 0
    if not unsure:
        return []
    return [("Do the phases match the season as it was meant?", f"{unsure} of {len(weeks)} weeks are unsure")]


def unknown(season: SeasonBreakdown) -> findings.Findings:
    """What this log cannot tell about the season, and what would."""
    lines = []
    if not season.race_trend.is_known:
        lines.append(f"Whether races get faster: {season.race_trend.basis}.")
    for name, found in (
        ("How pace at the same heart rate moves", season.pace_trend),
        ("How long runs fade", season.durability),
        ("Left and right balance", season.symmetry),
    ):
        if not found.is_known:
            lines.append(f"{name}: {found.basis}.")
    without = season.dynamics[season.dynamics["value"].isna() & (season.dynamics["n"] == 0)]["channel"]
    names = [n for n in ("stance_time_ms", "vertical_oscillation_mm") if n in set(without)]
    if names:
        words = {"stance_time_ms": "ground contact", "vertical_oscillation_mm": "oscillation"}
        lines.append(f"{joined(words[n] for n in names).capitalize()}: not recorded in the last four weeks.")
    weeks = (season.end - season.start).days / 7
    if weeks < 52:
        lines.append(f"Seasons side by side: the log holds {weeks:.0f} weeks, less than a year.")
    if not len(season.usual_dynamics) or season.usual_dynamics["value"].isna().all():
        lines.append("Whether movement changed: nothing earlier was recorded.")
    return findings.Findings(
        [Sentence(text) for text in lines] + list(findings.unknown(season)), "Every section had what it needs."
    )
