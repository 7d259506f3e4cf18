"""The taper page's pictures: which plot draws which of its facts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ... import plots

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from .facts import TaperFacts


def bedside(facts: TaperFacts) -> Axes | None:
    """The three plans of the decision."""
    return plots.plot_taper_fan(facts.bedside, events=facts.whole.events) if facts.is_known else None


def every_plan(facts: TaperFacts) -> Axes | None:
    """All plans."""
    return plots.plot_taper_fan(facts.simulation, events=facts.whole.events) if facts.is_known else None


def tapers(facts: TaperFacts) -> Axes | None:
    """What was left of the usual before earlier races."""
    if not facts.taper_volumes["share"].notna().any():
        return None
    return plots.plot_taper_shape(facts.taper_volumes, events=facts.whole.events)
