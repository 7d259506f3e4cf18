"""What the athlete review says: one sentence a question, each from the facts."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ... import units as _units
from ...clean import clean_share_of
from ...plots.coverage import usable_since
from ...plots.efforts import distance_name
from ...plots.intensity import TOO_WIDE
from ...plots.wellness import CHANNELS
from ...progression import vdot
from ...progression.comparison import compare_intensity
from ...sentences import Sentence, joined, say
from ..lines import UNSURE, ache, around_race, comparison_basis, long_run, planned_jump, result, stops
from ..wording import percent, race_name

if TYPE_CHECKING:
    from .facts import ReviewFacts

FELL = 0.1  # of the weeks before: from here on a drop of volume asks for its reason
EIGHT_WEEKS = pd.Timedelta(weeks=8)
DAY = pd.Timedelta(days=1)
_EFFORTS = {"half": "half marathon", "mile": "a mile"}
_METHODS = {
    "trimp": "heart rate second by second",
    "mean_heart_rate": "mean heart rate",
    "session_rpe": "effort ratings",
    "running_stress": "pace",
    "duration": "duration alone",
}


def line(facts: ReviewFacts, name: str, /, **values: Any) -> Sentence:
    """A sentence of the review's, in the athlete's units."""
    return say(f"review.{name}", values, units=facts.units)


def period(facts: ReviewFacts) -> Sentence:
    if facts.activities.empty:
        return line(facts, "period", first=pd.NaT, reason="no activity lies in this period")
    return line(
        facts,
        "period",
        activities=len(facts.activities),
        runs=len(facts.runs),
        clean=clean_share_of(facts.activities),
        first=facts.activities["date"].min(),
        last=facts.activities["date"].max(),
    )


def next_race(facts: ReviewFacts) -> Sentence | None:
    """The next race of the calendar; None without one."""
    race = facts.next_race
    if race is None:
        return None
    return line(
        facts,
        "next_race",
        next_race=race_name(race, facts.units),
        next_day=race["date"],
        next_weeks=max(round((race["date"] - facts.end).days / 7), 1),
    )


def unmeasured(facts: ReviewFacts) -> Sentence | None:
    """How many sessions have no known load; None where all have."""
    inside = facts.daily[facts.daily["date"] >= facts.start]
    n = int(inside["unmeasured_sessions"].sum())
    return line(facts, "unmeasured", unmeasured=n, sessions=int(inside["sessions"].sum())) if n else None


def volume(facts: ReviewFacts) -> Sentence:
    weekly = facts.weekly
    if len(weekly.metres) < 4 or not weekly.metres.sum() > 0:
        found = int((weekly.metres > 0).sum())
        return line(
            facts, "volume", weekly_4=math.nan, reason=f"needs 4 whole weeks with runs; found {found} such weeks"
        )
    compared = weekly.compared
    comparable = weekly.before >= 4 and compared.is_known and compared.before > 0
    change = percent(100 * compared.change, 0)
    raced = ", a race among them" if facts.race_behind is not None and compared.change <= -FELL else ""
    return line(
        facts,
        "volume",
        weekly_4=weekly.last(4),
        against_before=f"{raced}: {change} on the {weekly.before} before" if comparable else "",
        weekly_before=compared.before if comparable else math.nan,
        weeks_before=weekly.before,
        weekly_best=weekly.best[0],
        apart=compared.basis.removeprefix(UNSURE) if weekly.before >= 4 and not compared.is_known else math.nan,
        around=around_race(facts) if not comparable or compared.change <= -FELL else "",
        measured_runs=int(facts.runs["distance_m"].notna().sum()),
        runs=len(facts.runs),
        reason="too many of the last runs have no distance",
    )


def load(facts: ReviewFacts) -> Sentence:
    table = facts.fitness[facts.fitness["date"] <= facts.end]
    now = table.iloc[-1]
    if not math.isfinite(now["fitness"]):
        return line(facts, "load", fitness=math.nan, reason=now["reason"] or "no day has a measured load")
    if now["maturity"] < 0.63:
        return line(facts, "load", fitness=math.nan, reason=f"needs 6 weeks of history; found {len(table)} days")
    ripe = table[table["maturity"] >= 0.63]
    then = table[(table["date"] == now["date"] - 42 * DAY) & (table["maturity"] >= 0.9)]["fitness"]
    wide = now["fitness_high"] - now["fitness_low"] >= 1
    band = f"Its sources differ: {now['fitness_low']:.0f}–{now['fitness_high']:.0f} points."
    return line(
        facts,
        "load",
        fitness=float(now["fitness"]),
        fitness_way=f", {then.iloc[0]:.0f} six weeks ago" if len(then) and then.notna().all() else "",
        fitness_peak=float(ripe["fitness"].max()),
        fitness_band=band if wide else f"It rests on {len(table):,} days.",
        measured_share=""
        if now["known_share"] > 0.995
        else f"{100 * now['known_share']:.0f} % of the sessions behind it were measured.",
    )


def form(facts: ReviewFacts) -> Sentence:
    table = facts.fitness[facts.fitness["maturity"] >= 0.63].tail(365).dropna(subset=["form"])
    if table.empty or table["date"].iloc[-1] != facts.fitness["date"].iloc[-1]:
        return line(facts, "form", form=math.nan, reason="the load history is too short or has holes")
    now = float(table["form"].iloc[-1])
    tenth = 0.1 * float(table["fitness"].iloc[-1])
    word = "on the fresh side" if now > tenth else "on the tired side" if now < -tenth else "about even"
    rank = float((table["form"] < now).mean())
    return line(facts, "form", form=now, form_word=word, form_rank=rank, form_days=len(table))


def target(facts: ReviewFacts) -> Sentence:
    """What even load leads back to the highest fitness by the next race, or in twelve weeks."""
    needed = facts.load_to_peak
    recent = float(facts.daily["load"].tail(28).mean())
    return line(
        facts,
        "target",
        target_day=facts.target_day,
        needed=needed.value,
        recent_load=recent,
        needed_band=f"As today's fitness is uncertain, {needed.low:.0f} to {needed.high:.0f} load points."
        if needed.is_known
        else "",
        reason=needed.basis,
    )


def intensity(facts: ReviewFacts) -> Sentence:
    whole = facts.intensity.set_index(["method", "zone"])
    if whole.empty or not math.isfinite(whole.loc[("time", "low"), "value"]):
        reason = "no run in this period" if whole.empty else whole["basis"].iloc[0]
        return line(facts, "intensity", easy_time=math.nan, reason=reason)
    easy = whole.loc[("time", "low")]
    band = f"{100 * easy['low']:.0f} to {100 * easy['high']:.0f} %"
    if easy["high"] - easy["low"] > TOO_WIDE:
        reason = f"the threshold is not known closely enough; the easy share could be {band}"
        return line(facts, "intensity", easy_time=math.nan, reason=reason)
    cut = facts.end - EIGHT_WEEKS
    compared = compare_intensity(facts.log, (facts.start, cut), (cut + DAY, facts.end))
    return line(
        facts,
        "intensity",
        easy_time=float(easy["value"]),
        easy_runs=float(whole.loc[("session", "low"), "value"]),
        easy_band=band,
        easy_before=compared.before,
        easy_after=compared.after,
        halves=comparison_basis(compared, "The last 8 weeks and those before") if cut > facts.start else "",
        placed=int(easy["n"]),
        shown_runs=int(easy["n"] + easy["unmeasured"]),
        placed_by=easy["basis"],
    )


def variety(facts: ReviewFacts) -> Sentence:
    found = facts.variety
    if not found.is_known:
        return line(facts, "variety", kinds=math.nan, reason=found.basis)
    types = found.table.iloc[0]
    return line(
        facts,
        "variety",
        kinds=found.value,
        kinds_band=f"{found.low:.1f} to {found.high:.1f}",
        most_kind=str(types["most"]),
        most_share=float(types["share"]),
    )


def best_effort(facts: ReviewFacts) -> Sentence:
    best = facts.bests[facts.bests["distance_m"] >= 1000]
    if best.empty:
        return line(facts, "best_effort", effort_time=math.nan, reason="no clean stretch of 1 km or more")
    worth = [float(vdot(d, t)) for d, t in zip(best["distance_m"], best["best_s"], strict=True)]
    top = best.iloc[int(np.nanargmax(worth))]
    rejected = int((~facts.efforts["ok"]).sum())
    name = distance_name(top["distance_m"])
    before = "Nothing earlier in this log to set it against."
    if math.isfinite(top["earlier_s"]) and facts.begin <= facts.start - EIGHT_WEEKS:
        before = f"Best before this period, by the watch: {_units.format_duration(top['earlier_s'])}."
    watch = f"Official time; the watch has {_units.format_duration(top['time_s'])} for the distance itself."
    return line(
        facts,
        "best_effort",
        effort=_EFFORTS.get(name, name),
        effort_time=float(top["best_s"]),
        effort_day=top["date"],
        effort_pace=float(top["distance_m"] / top["best_s"]),
        effort_before=before,
        effort_clock=watch if math.isfinite(top["official_s"]) else "The watch's time.",
        clean_efforts=len(best),
        rejected=f"{rejected or 'no'} effort{'' if rejected == 1 else 's'}",
    )


def threshold(facts: ReviewFacts) -> Sentence:
    speed = facts.threshold.speed
    by_hand = facts.athlete.on(facts.end).threshold_speed_mps
    basis = f"{speed.basis[:1].upper()}{speed.basis[1:]}." if speed.basis else ""
    return line(
        facts,
        "threshold",
        threshold=speed,
        settings=f"The settings say {_units.format_pace(by_hand, facts.units)}." if math.isfinite(by_hand) else "",
        threshold_basis=basis,
        reason=speed.basis,
    )


def wellness(facts: ReviewFacts) -> Sentence:
    judged, entries = facts.wellness, facts.wellness_entries
    if not judged:
        reason = (
            f"needs 14 of 28 days and 4 of the last 7; found {entries} days of 35" if entries else "nothing was logged"
        )
        return line(facts, "wellness", outside=math.nan, reason=reason)
    names = {c: CHANNELS[c][0].replace("\n", " ") for c in judged}
    above = [names[c] for c, b in judged.items() if b["mean"] > b["high"]]
    below = [names[c] for c, b in judged.items() if b["mean"] < b["low"]]
    if not above and not below:
        return line(facts, "wellness_usual", inside=_capital(joined(names.values())), entries=entries)
    parts = [f"{joined(part)} {word} usual" for part, word in ((above, "above"), (below, "below")) if part]
    return line(facts, "wellness", outside=_capital(joined(parts)), entries=entries)


def _capital(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"


def heart_rate(facts: ReviewFacts) -> Sentence:
    coverage = facts.coverage
    hours = coverage["hours"].sum()
    share = float(np.nansum(coverage["heart rate"] * coverage["hours"]) / hours) if hours > 0 else math.nan
    since = usable_since(coverage, "heart rate") if hours > 0 else None
    words = ", with gaps of late" if since is None else f", usable from {since.start_time:%B %Y}"
    used = facts.daily["load_method"].astype("str").str.split("+").explode()
    methods = [name for name in used.value_counts().index if name]
    return line(
        facts,
        "heart_rate",
        heart_share=share if share > 0 else math.nan,
        heart_since="" if since is not None and since == coverage.index[0] else words,
        runs=len(facts.runs),
        methods=joined(_METHODS.get(m, m.replace("_", " ")) for m in methods) or "nothing yet",
    )


def trust(facts: ReviewFacts) -> Sentence:
    sampled = facts.activities[facts.activities["samples"] > 0]
    flags = sampled["quality_flags"].str.split().explode().dropna()
    flags = flags[flags != ""]
    flagged = int(((sampled["quality_flags"] != "") | ~sampled["complete"]).sum())
    clean, n = clean_share_of(facts.activities), len(sampled)
    reason = "no activity here has samples"
    if not flagged or sampled.empty:
        return line(facts, "trust_clean", sampled=n or math.nan, clean=clean, reason=reason)
    names = [f"{_flag_name(name)} ({n})" for name, n in flags.value_counts().head(4).items()]
    if cut := int((~sampled["complete"]).sum()):
        names.append(f"cut or damaged file ({cut})")
    return line(facts, "trust", flagged=flagged, sampled=n, flags=joined(names), clean=clean, reason=reason)


def _flag_name(flag: str) -> str:
    words = {"hr": "heart-rate", "gps": "GPS"}
    return " ".join(words.get(word, word) for word in str(flag).split("_"))


def problems(facts: ReviewFacts) -> Sentence:
    n = facts.history.problems["path"].nunique()
    if n == 0:
        return line(facts, "no_problems", files=facts.history.activities["source"].nunique())
    return line(facts, "problems", bad_files=n)


SENTENCES = {
    "period": period,
    "result": result,
    "next_race": next_race,
    "unmeasured": unmeasured,
    "volume": volume,
    "stops": stops,
    "load": load,
    "form": form,
    "target": target,
    "intensity": intensity,
    "variety": variety,
    "long_run": long_run,
    "planned_jump": planned_jump,
    "ache": ache,
    "best_effort": best_effort,
    "threshold": threshold,
    "wellness": wellness,
    "heart_rate": heart_rate,
    "trust": trust,
    "problems": problems,
}
