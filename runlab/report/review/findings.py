"""What stands out in a review, and what it cannot know."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from ...calendar import breaks
from ...plots.wellness import CHANNELS
from ...sentences import Sentence, joined
from .lines import EPISODES, line, long_run, volume, wellness

if TYPE_CHECKING:
    from .review import AthleteReview


class Findings(list):
    """A short list of sentences that a notebook shows as one."""

    def __init__(self, lines: list[Sentence], nothing: str) -> None:
        super().__init__(lines or [Sentence(nothing)])

    def _repr_html_(self) -> str:
        items = "".join(
            item._repr_html_().replace('<p class="sentence">', "<li>").replace("</p>", "</li>") for item in self
        )
        return f'<ul class="findings">{items}</ul>'


def stands_out(review: AthleteReview) -> Findings:
    """Up to five things worth a word with the athlete, the most telling first."""
    lines = [_gap(review), *_jumps(review), _unmeasured(review), _next_race(review)]
    if len(review.weekly_m) >= 16 and abs(review.volume_compared.change) > 0.25:
        lines.insert(0, volume(review, name="volume_changed"))
    state = wellness(review)
    if not state.startswith("**Cannot tell") and "within the own usual" not in state:
        lines.insert(1, state)
    return Findings([found.brief for found in lines if found][:5], "Nothing stood out against the athlete's own usual.")


def _jumps(review: AthleteReview) -> list[Sentence]:
    training = review.spikes[~review.spikes["date"].isin(review.races["date"])]
    return [long_run(review)] if (training["ratio"] > 1.1).any() else []


def _gap(review: AthleteReview) -> Sentence | None:
    found = breaks(review.runs["date"], start=review.start, end=review.end)
    if review.runs.empty or found.empty:
        return None
    first, last, days = found.loc[found["days"].idxmax()]
    noted = review.events[
        (review.events["start"] <= last)
        & (review.events["end"].fillna(review.end) >= first)
        & review.events["kind"].isin(list(EPISODES))
    ]
    values = {"days": float(days), "first": first, "total": (review.end - review.start).days + 1}
    if noted.empty:
        return line(review, "gap", **values)
    return line(review, "gap_noted", noted=joined(sorted({EPISODES[kind] for kind in noted["kind"]})), **values)


def _unmeasured(review: AthleteReview) -> Sentence | None:
    inside = review.daily[review.daily["date"] >= review.start]
    n, total = int(inside["unmeasured_sessions"].sum()), int(inside["sessions"].sum())
    return line(review, "unmeasured", n=n, total=total) if n else None


def _next_race(review: AthleteReview) -> Sentence | None:
    ahead = review.races[review.races["date"] > review.end].sort_values("date")
    if ahead.empty:
        return None
    race = ahead.iloc[0]
    return line(
        review,
        "races",
        name=race["name"] or "a race",
        distance=float(race["distance_m"]),
        day=race["date"],
        weeks=float(round((race["date"] - review.end).days / 7)),
    )


def unknown(review: AthleteReview) -> Findings:
    """What this log cannot tell, and what would."""
    runs, now = review.runs, review.athlete.on(review.end)
    lines = []
    if len(runs) and not (runs["heart_rate_share"] > 0.5).any():
        lines.append("How hard the runs felt to the heart: no run carries heart rate.")
    if len(runs) and runs["rpe"].notna().mean() < 0.2:
        lines.append("How the runs felt: fewer than one in five carries an effort rating.")
    if untyped := int(runs["session_type"].eq("unknown").sum()):
        lines.append(
            f"What kind of session {untyped} of {len(runs)} runs were: neither plan nor title nor effort tells "
            "(hatched in the pictures)."
        )
    if not math.isfinite(now.threshold_speed_mps) and not math.isfinite(now.threshold_heart_rate_bpm):
        lines.append("Where the threshold lies: no test or setting is in athlete.toml, so zones rest on less.")
    missing = [
        CHANNELS[c][0].replace("\n", " ") for c in CHANNELS if c not in review.daily or review.daily[c].isna().all()
    ]
    if missing:
        lines.append(f"{joined(missing).capitalize()}: not logged.")
    if not (review.activities["sport"] == "strength").any():
        lines.append("Strength work: none is in the log; it may have been done all the same.")
    if review.events.empty:
        lines.append("Illness, pain, travel and life: no events.csv.")
    if (~review.activities["has_position"] & (review.activities["samples"] > 0)).any():
        lines.append("Where indoor runs went: treadmill distance is what the watch or belt says.")
    lines.append("Work, worry, food and what was never recorded: no file holds them.")
    return Findings([Sentence(text) for text in lines], "")
