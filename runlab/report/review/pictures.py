"""The review's pictures: which plot draws which of its facts; none where its sentence cannot tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ... import plots
from . import lines

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from .facts import ReviewFacts


def volume(facts: ReviewFacts) -> Axes | None:
    if not facts.training_runs["distance_m"].notna().any():
        return None
    return plots.plot_weekly_volume(
        facts.training,
        races=facts.races,
        events=facts.events,
        start=facts.shown_from,
        end=facts.end,
        lighter=facts.lighter,
        units=facts.units,
        week_start=facts.athlete.week_start,
    )


def load(facts: ReviewFacts) -> Axes | None:
    if not facts.fitness["fitness"].notna().any():
        return None
    return plots.plot_fitness(
        facts.fitness, races=facts.races, events=facts.events, start=facts.start, units=facts.units
    )


def intensity(facts: ReviewFacts) -> Axes | None:
    if not lines.intensity(facts).known:
        return None
    return plots.plot_intensity(facts.monthly_intensity)


def long_runs(facts: ReviewFacts) -> Axes | None:
    if facts.spikes.empty:
        return None
    return plots.plot_long_runs(
        facts.all_activities,
        plan=facts.plan,
        races=facts.races,
        events=facts.events,
        start=facts.shown_from,
        units=facts.units,
    )


def aches(facts: ReviewFacts) -> Axes:
    return plots.plot_pain_timeline(
        facts.daily,
        facts.events,
        jumps=facts.jumps,
        races=facts.races,
        start=facts.start,
        end=facts.end,
        units=facts.units,
    )


def bests(facts: ReviewFacts) -> Axes | None:
    if facts.bests.empty:
        return None
    return plots.plot_best_efforts(facts.efforts, earlier=facts.earlier_efforts, units=facts.units)


def wellness(facts: ReviewFacts) -> Axes | None:
    if not facts.wellness:
        return None
    return plots.plot_wellness(
        facts.daily, events=facts.events, races=facts.races, start=facts.start, units=facts.units
    )


def coverage(facts: ReviewFacts) -> Axes | None:
    return plots.plot_coverage(facts.activities) if len(facts.runs) else None


def clean_share(facts: ReviewFacts) -> Axes | None:
    if not facts.activities["clean_share"].notna().any():
        return None
    return plots.plot_clean_share(facts.activities)
