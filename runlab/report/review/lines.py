"""What the athlete review says: one sentence per question, each from the review's own tables."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ... import units as _units
from ...clean import clean_share_of
from ...plots.coverage import channel_coverage, usable_since
from ...plots.efforts import distance_name, season_bests
from ...plots.intensity import TOO_WIDE
from ...plots.wellness import CHANNELS, own_band
from ...progression import vdot
from ...progression.comparison import compare_intensity
from ...progression.intensity import intensity_distribution
from ...sentences import Sentence, joined, say

if TYPE_CHECKING:
    from .review import AthleteReview


EPISODES = {"ill": "illness", "injury": "an injury", "pain": "pain", "travel": "travel", "life": "other demands"}


def line(review: AthleteReview, name: str, /, **values: Any) -> Sentence:
    """A sentence of the review's, in the athlete's units."""
    return say(f"review.{name}", values, units=review.units)


def period(review: AthleteReview) -> Sentence:
    if review.activities.empty:
        return line(review, "period", first=pd.NaT, reason="no activity lies in this period")
    return line(
        review,
        "period",
        activities=len(review.activities),
        runs=len(review.runs),
        clean=clean_share_of(review.activities),
        first=review.activities["date"].min(),
        last=review.activities["date"].max(),
    )


def heart_rate(review: AthleteReview) -> Sentence:
    coverage = channel_coverage(review.activities)
    hours = coverage["hours"].sum()
    share = float(np.nansum(coverage["heart rate"] * coverage["hours"]) / hours) if hours > 0 else math.nan
    since = usable_since(coverage, "heart rate") if hours > 0 else None
    since_words = (
        "The latest months have gaps."
        if since is None
        else "It is usable throughout."
        if since == coverage.index[0]
        else f"It is usable from {since.start_time:%B %Y}."
    )
    used = review.daily["load_method"].astype("str").str.split("+").explode()
    methods = [name for name in used.value_counts().index if name]
    return line(
        review,
        "heart_rate",
        share=share if share > 0 else math.nan,
        since=since_words,
        runs=len(review.runs),
        methods=joined(_METHODS.get(m, m.replace("_", " ")) for m in methods) or "nothing yet",
    )


def trust(review: AthleteReview) -> Sentence:
    sampled = review.activities[review.activities["samples"] > 0]
    flags = sampled["quality_flags"].str.split().explode().dropna()
    flags = flags[flags != ""]
    flagged = int(((sampled["quality_flags"] != "") | ~sampled["complete"]).sum())
    clean = clean_share_of(review.activities)
    reason = "no activity here has samples"
    if not flagged or sampled.empty:
        return line(
            review, "trust_clean", activities=len(sampled) if len(sampled) else math.nan, clean=clean, reason=reason
        )
    names = [f"{_flag_name(name)} ({n})" for name, n in flags.value_counts().head(4).items()]
    if cut := int((~sampled["complete"]).sum()):
        names.append(f"cut or damaged file ({cut})")
    return line(
        review, "trust", flagged=flagged, activities=len(sampled), names=joined(names), clean=clean, reason=reason
    )


def _flag_name(flag: str) -> str:
    words = {"hr": "heart-rate", "gps": "GPS"}
    return " ".join(words.get(word, word) for word in str(flag).split("_"))


def problems(review: AthleteReview) -> Sentence:
    files = review.history.activities["source"].nunique()
    n = review.history.problems["path"].nunique()
    if n == 0:
        return line(review, "no_problems", n=files)
    return line(review, "problems", n=n, kept="What could be read of them was kept.")


def volume(review: AthleteReview, *, name: str = "volume") -> Sentence:
    weekly = review.weekly_m
    if len(weekly) < 4 or not weekly.sum() > 0:
        return line(
            review,
            "volume",
            recent=math.nan,
            reason=f"needs 4 whole weeks with runs; found {int((weekly > 0).sum())} such weeks",
        )
    compared, before = review.volume_compared, weekly.iloc[-16:-4]
    recent = float(weekly.iloc[-4:].mean()) if weekly.iloc[-4:].notna().sum() >= 3 else math.nan
    mean = compared.before if len(before) >= 4 and compared.before > 0 else math.nan
    away = review.events[
        (review.events["end"].fillna(review.end) > review.end - pd.Timedelta(weeks=4))
        & review.events["kind"].isin(list(EPISODES))
    ]
    excused = (
        f"Those weeks hold noted days of {joined(sorted({EPISODES[kind] for kind in away['kind']}))}."
        if len(away)
        else ""
    )
    return line(
        review,
        name,
        recent=recent,
        reason="too many of the last runs have no distance",
        apart=compared.basis if len(before) >= 4 and not compared.is_known else math.nan,
        before=mean,
        weeks=len(before),
        change=recent / mean - 1,
        best=float(weekly.rolling(12).mean().max()),
        runs=int(review.runs["distance_m"].notna().sum()),
        excused=excused,
    )


def fitness(review: AthleteReview) -> Sentence:
    table = review.fitness[review.fitness["date"] <= review.end]
    now = table.iloc[-1]
    if not math.isfinite(now["fitness"]):
        return line(review, "fitness", now=math.nan, reason=now["reason"] or "no day has a measured load")
    if now["maturity"] < 0.63:
        return line(review, "fitness", now=math.nan, reason=f"needs 6 weeks of history; found {len(table)} days")
    ripe = table[table["maturity"] >= 0.63]
    then = table[table["date"] == now["date"] - pd.Timedelta(days=42)]
    wide = now["fitness_high"] - now["fitness_low"]
    band = (
        f"Where sources disagree it could be {now['fitness_low']:.0f}–{now['fitness_high']:.0f} points."
        if wide >= 1
        else f"It rests on {len(table):,} days."
    )
    known = (
        ""
        if now["known_share"] > 0.995
        else f"{100 * now['known_share']:.0f} % of the sessions behind it were measured."
    )
    earlier = float(then["fitness"].iloc[0]) if len(then) and then["maturity"].iloc[0] >= 0.9 else math.nan
    return line(
        review,
        "fitness",
        now=float(now["fitness"]),
        then=earlier,
        peak=float(ripe["fitness"].max()),
        band=band,
        known=known,
    )


def form(review: AthleteReview) -> Sentence:
    table = review.fitness[review.fitness["maturity"] >= 0.63].tail(365).dropna(subset=["form"])
    if table.empty or table["date"].iloc[-1] != review.fitness["date"].iloc[-1]:
        return line(review, "form", form=math.nan, reason="the load history is too short or has holes")
    now = float(table["form"].iloc[-1])
    tenth = 0.1 * float(table["fitness"].iloc[-1])
    word = "on the fresh side" if now > tenth else "on the tired side" if now < -tenth else "about even"
    return line(review, "form", form=now, word=word, rank=float((table["form"] < now).mean()), days=len(table))


def intensity(review: AthleteReview) -> Sentence:
    whole = intensity_distribution(review.log).set_index(["method", "zone"])
    if whole.empty or not math.isfinite(whole.loc[("time", "low"), "value"]):
        reason = "no run in this period" if whole.empty else whole["basis"].iloc[0]
        return line(review, "intensity", easy=math.nan, reason=reason)
    easy = whole.loc[("time", "low")]
    if easy["high"] - easy["low"] > TOO_WIDE:
        reason = (
            f"the threshold is not known closely enough; the share could be {100 * easy['low']:.0f}–"
            f"{100 * easy['high']:.0f} %"
        )
        return line(review, "intensity", easy=math.nan, reason=reason)
    cut = review.end - pd.Timedelta(weeks=8)
    compared = compare_intensity(review.log, (review.start, cut), (cut + pd.Timedelta(days=1), review.end))
    low, high = 100 * easy["low"], 100 * easy["high"]
    return line(
        review,
        "intensity",
        easy=float(easy["value"]),
        sessions=float(whole.loc[("session", "low"), "value"]),
        band=f"{low:.0f}–{high:.0f} %",
        easy_before=compared.before,
        easy_after=compared.after,
        coverage=compared.basis,
        apart=compared.basis if cut > review.start and not compared.is_known else math.nan,
        placed=int(easy["n"]),
        runs=int(easy["n"] + easy["unmeasured"]),
        basis=easy["basis"],
    )


def long_run(review: AthleteReview) -> Sentence:
    spikes = review.spikes.dropna(subset=["ratio"])
    if spikes.empty:
        return line(review, "long_run", distance=math.nan, reason="no run here has 30 days of runs before it")
    raced = spikes["date"].isin(review.races["date"])
    far = spikes["ratio"] > 1.1
    jumps, training = spikes[far], spikes[far & ~raced]
    if jumps.empty:
        longest = spikes.loc[spikes["distance_m"].idxmax()]
        values = {"distance": float(longest["distance_m"]), "day": longest["date"], "runs": len(spikes)}
        return line(review, "long_run_steady", **values)
    top = (jumps if training.empty else training).sort_values("ratio").iloc[-1]
    values = {
        "distance": float(top["distance_m"]),
        "day": top["date"],
        "excess": float(top["ratio"] - 1),
        "before": float(top["longest_before_m"]),
        "ratio": f"{top['hazard_ratio']:.1f} ({top['hazard_ratio_low']:.1f}–{top['hazard_ratio_high']:.1f})",
    }
    if training.empty:
        return line(review, "long_run_race", runs=len(spikes), **values)
    races = int((far & raced).sum())
    beyond = f"{len(training)} training run{'s' if len(training) > 1 else ''}"
    beyond += f" and {races} race{'s' if races > 1 else ''}" if races else ""
    return line(review, "long_run", beyond=beyond, **values)


def best_effort(review: AthleteReview) -> Sentence:
    best = season_bests(review.efforts)
    best = best[best["distance_m"] >= 1000]
    if best.empty:
        return line(review, "best_effort", time=math.nan, reason="no clean stretch of 1 km or more")
    worth = [float(vdot(d, t)) for d, t in zip(best["distance_m"], best["time_s"], strict=True)]
    top = best.iloc[int(np.nanargmax(worth))]
    past = season_bests(review.earlier_efforts)
    past = past[past["distance_m"] == top["distance_m"]]
    rejected = int((~review.efforts["ok"]).sum())
    earlier = (
        f"Before this period the best was {_units.format_duration(past['time_s'].iloc[0])}."
        if len(past)
        else "There is nothing earlier in this log to set it against."
    )
    return line(
        review,
        "best_effort",
        name=distance_name(top["distance_m"]),
        time=float(top["time_s"]),
        day=top["date"],
        pace=float(top["distance_m"] / top["time_s"]),
        earlier=earlier,
        n=len(best),
        rejected=f"{rejected or 'no'} effort{'' if rejected == 1 else 's'}",
    )


def threshold(review: AthleteReview) -> Sentence:
    speed = review.threshold.speed
    set_by_hand = review.athlete.on(review.end).threshold_speed_mps
    told = f"The settings say {_units.format_pace(set_by_hand, review.units)}." if math.isfinite(set_by_hand) else ""
    return line(
        review,
        "threshold",
        speed=speed,
        basis=_capital(speed.basis),
        settings=told,
        reason=speed.basis,
        grade=speed.grade,
    )


def _capital(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}." if text else ""


def wellness(review: AthleteReview) -> Sentence:
    have = [c for c in CHANNELS if c in review.daily and review.daily[c].notna().any()]
    last = review.daily.tail(35)
    entries = int(last[have].notna().any(axis=1).sum()) if have else 0
    bands = {c: own_band(review.daily, c).iloc[-1] for c in have}
    told = {c: b for c, b in bands.items() if np.isfinite(b[["mean", "low", "high"]].astype(float)).all()}
    if not told:
        reason = (
            "nothing was logged" if not have else f"needs 14 of 28 days and 4 of the last 7; found {entries} days of 35"
        )
        return line(review, "wellness", outside=math.nan, reason=reason)
    words = [
        f"{CHANNELS[c][0]} above its own usual" if b["mean"] > b["high"] else f"{CHANNELS[c][0]} below its own usual"
        for c, b in told.items()
        if not b["low"] <= b["mean"] <= b["high"]
    ]
    names = joined(CHANNELS[c][0] for c in told)
    outside = (joined(words) if words else f"{names} within the own usual").replace("\n", " ")
    name = "wellness" if words else "wellness_usual"
    return line(review, name, outside=outside[0].upper() + outside[1:], entries=entries)


_METHODS = {
    "trimp": "heart rate second by second",
    "mean_heart_rate": "mean heart rate",
    "session_rpe": "effort ratings",
    "running_stress": "pace",
    "duration": "duration alone",
}

SENTENCES = {
    "period": period,
    "heart_rate": heart_rate,
    "trust": trust,
    "problems": problems,
    "volume": volume,
    "fitness": fitness,
    "form": form,
    "intensity": intensity,
    "long_run": long_run,
    "best_effort": best_effort,
    "threshold": threshold,
    "wellness": wellness,
}
