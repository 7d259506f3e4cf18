"""The review's pictures: which plot draws which of its facts; none where its sentence cannot tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ... import plots
from ..pictures import aches, intensity, long_runs, volume

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from .facts import ReviewFacts

__all__ = ["aches", "bests", "clean_share", "coverage", "intensity", "load", "long_runs", "volume", "wellness"]


def load(facts: ReviewFacts) -> Axes | None:
    if not facts.fitness["fitness"].notna().any():
        return None
    return plots.plot_fitness(
        facts.fitness, races=facts.races, events=facts.events, start=facts.start, units=facts.units
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
