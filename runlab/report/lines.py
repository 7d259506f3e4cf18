"""What the review and the season both say: results, jumps, aches, stops, what may hold the athlete back."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pandas as pd

from .. import units as _units
from ..progression.comparison import Comparison
from ..sentences import Sentence, joined, say
from .grid import day
from .wording import ache as ache_name
from .wording import counted, days, episodes, percent, race_name

if TYPE_CHECKING:
    from .facts import AthleteFacts

DAY = pd.Timedelta(days=1)
NEAR = 21  # days before an ache that stand beside it
UNSURE = "cannot compare: "  # how the basis of a comparison that cannot be made begins
VERDICTS = ("speaks for it", "speaks against it", "cannot tell")


def line(facts: AthleteFacts, name: str, /, **values: Any) -> Sentence:
    """A sentence of "shared.toml", in the athlete's units."""
    return say(f"shared.{name}", values, units=facts.units)


def result(facts: AthleteFacts) -> Sentence:
    """The race to speak of first: the last best over its distance, else the last main race, else the last."""
    races = facts.period_results
    if races.empty:
        return line(facts, "result", race_time=math.nan, reason="no race with a time lies in this period")
    alone = races[~races["within_multisport"]]
    chosen = [alone[alone["is_best"]], alone[alone["date"].isin(facts.main_races["date"])], alone, races]
    race = next(part for part in chosen if len(part)).iloc[-1]
    with_goal, met = int(races["goal_s"].gt(0).sum()), int((races["time_s"] <= races["goal_s"]).sum())
    return line(
        facts,
        "result",
        race=race_name(race, facts.units),
        race_time=float(race["time_s"]),
        race_day=race["date"],
        against=_against(race),
        goals=f"Goals met: {met} of {with_goal}." if with_goal else "No goal is noted.",
        official=int((races["time_from"] == "official").sum()),
        raced=len(races),
    )


def _against(race: pd.Series) -> str:
    """How a result stands beside its goal and earlier races; else whose clock it is."""
    parts = []
    gap = race["time_s"] - race["goal_s"]
    if race["goal_s"] > 0:
        size = f"{abs(gap):.0f} s" if abs(gap) < 100 else _units.format_duration(abs(gap))
        words = "to the second" if abs(gap) < 0.5 else f"{size} {'behind' if gap > 0 else 'inside'}"
        parts.append(f"{words} the goal of {_units.format_duration(race['goal_s'])}")
    if race["is_best"]:
        parts.append("the best in this log")
    return " and ".join(parts) or ("official time" if race["time_from"] == "official" else "by the watch")


def long_run(facts: AthleteFacts) -> Sentence:
    spikes = facts.spikes.dropna(subset=["ratio"])
    if spikes.empty:
        return line(facts, "long_run", jump=math.nan, reason="no run here has 30 days of runs before it")
    raced, compared = spikes[spikes["raced"] & (spikes["ratio"] > 1.1)], len(spikes)
    if len(facts.jumps):
        top, n, races = facts.jumps.iloc[-1], len(facts.jumps), len(raced)
        beyond = f"{n} training run{'s' if n > 1 else ''}"
        beyond += f" and {races} race{'s' if races > 1 else ''}" if races else ""
        return line(
            facts,
            "long_run",
            jump=float(top["distance_m"]),
            jump_day=top["date"],
            jump_excess=float(top["ratio"] - 1),
            jump_before=float(top["longest_before_m"]),
            beyond=beyond,
            ratio=f"{top['hazard_ratio']:.1f} ({top['hazard_ratio_low']:.1f}–{top['hazard_ratio_high']:.1f})",
        )
    if len(raced):
        top = raced.loc[raced["ratio"].idxmax()]
        values = {"race_jump": float(top["distance_m"]), "race_jump_day": top["date"], "compared_runs": compared}
        return line(facts, "long_run_race", **values)
    training = spikes[~spikes["raced"]]
    if training.empty:
        return line(facts, "long_run", jump=math.nan, reason="every run here was a race")
    top = training.loc[training["distance_m"].idxmax()]
    values = {"longest": float(top["distance_m"]), "longest_day": top["date"], "compared_runs": compared}
    return line(facts, "long_run_steady", **values)


def planned_jump(facts: AthleteFacts) -> Sentence | None:
    """The largest jump the plan of the next fourteen days holds; None without one."""
    if facts.planned_jumps.empty:
        return None
    top, n = facts.planned_jumps.iloc[-1], len(facts.planned_jumps)
    return line(
        facts,
        "planned_jump",
        planned=float(top["distance_m"]),
        planned_day=top["date"],
        planned_excess=float(top["ratio"] - 1),
        planned_before=float(top["longest_before_m"]),
        planned_jumps="no other jump is planned for the 14 days" if n == 1 else f"{n} planned runs go so far beyond",
    )


def ache(facts: AthleteFacts) -> Sentence | None:
    """The latest pain or injury with what stands beside it in the log; None without one."""
    if facts.aches.empty:
        return None
    last = facts.aches.iloc[-1]
    until = facts.end if pd.isna(last["end"]) else last["end"]
    around = lambda dates: dates.between(last["start"] - NEAR * DAY, min(until, facts.end))  # noqa: E731
    jumps, shoes = facts.jumps[around(facts.jumps["date"])], facts.shoes[around(facts.shoes["start"])]
    beside = [
        f"{_units.format_distance(run.distance_m, facts.units)} on {day(run.date)} "
        f"({percent(100 * (run.ratio - 1), 0)} on the longest of the 30 days before)"
        for run in jumps.itertuples()
    ]
    beside += [f"new shoes on {day(change.start)}" for change in shoes.itertuples()]
    words = (
        f"Beside it stands {joined(beside)}."
        if beside
        else f"No jump and no new shoes in it or the {NEAR} days before."
    )
    name = ache_name(last)
    return line(
        facts,
        "ache",
        ache=f"{name[:1].upper()}{name[1:]}: {'pain' if last['kind'] == 'pain' else 'an injury'}",
        ache_days=f"since {day(last['start'])}" if pd.isna(last["end"]) else days(last["start"], last["end"]),
        severity=f", {last['severity']:.0f} of 10" if math.isfinite(float(last["severity"])) else "",
        beside=words,
    )


def stops(facts: AthleteFacts) -> Sentence:
    found = facts.stops
    if facts.runs.empty:
        return line(facts, "stops", stops="", stop_days=None, reason="no run lies in this period")
    if found.empty:
        ran = pd.Series(sorted({facts.start - DAY, facts.end + DAY, *facts.runs["date"].dropna()}))
        return line(facts, "no_stops", free_days=int(max((ran.diff().dt.days - 1).max(), 0)))
    top = found.loc[found["days"].idxmax()]
    return line(
        facts,
        "stops",
        stops=counted(len(found), "stop"),
        stop_longest=":" if len(found) == 1 else "; the longest",
        stop_days=int(top["days"]),
        stop_first=top["first"],
        stop_noted=f"The log notes {episodes(top['kinds'])} then." if top["kinds"] else "The log does not say why.",
    )


def limiters(facts: AthleteFacts) -> Sentence:
    """Which candidates the log speaks for, in one line."""
    by = {says: list(part["candidate"]) for says, part in facts.limiters.groupby("says")}
    speaks, against, open_ = (by.get(says, []) for says in VERDICTS)
    if not speaks and not against:
        return line(facts, "limiters", held_back=None, reason="no candidate stands clear of its doubt")
    words = f"{joined(speaks)} may hold the athlete back." if speaks else "Nothing in the log stands out as a limit."
    return line(
        facts,
        "limiters",
        held_back=f"{words[:1].upper()}{words[1:]}",
        other_candidates=f"No limit by this log: {joined(against)}." if against else "",
        open_candidates=f"Nothing clear on {joined(open_)}." if open_ else "",
    )


def comparison_basis(compared: Comparison, what: str) -> str:
    """What a comparison rests on, or why there is none."""
    words = compared.basis.removeprefix(UNSURE)
    return f"{what}: {words}." if compared.is_known else f"{what} cannot be compared: {words}."


def around_race(facts: AthleteFacts) -> str:
    """What the last four weeks held that brings volume down: a race behind or ahead, noted episodes; "" without any."""
    parts = []
    race, ahead = facts.race_behind, facts.next_race
    if race is not None:
        what = "taper and recovery around" if race["date"] > facts.end - 28 * DAY else "recovery from"
        parts.append(f"{what} {race['name'] or 'the race'} of {race['date'].day} {race['date']:%b}")
    elif ahead is not None and ahead["date"] <= facts.end + 21 * DAY:
        parts.append(f"the taper to {ahead['name'] or 'the race'} of {ahead['date'].day} {ahead['date']:%b}")
    away = facts.episodes(facts.end - 28 * DAY + DAY, facts.end)
    if len(away):
        parts.append(f"noted {episodes(away['kind'])}")
    return f"In those weeks: {joined(parts)}." if parts else ""
