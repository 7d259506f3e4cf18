"""Pictures that the review and the season share: which plot draws which of the facts; none where there is nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import plots
from ..plots.intensity import TOO_WIDE

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from .facts import AthleteFacts


def volume(facts: AthleteFacts) -> Axes | None:
    """Weekly training distance, races left out as in every number of the page."""
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


def intensity(facts: AthleteFacts) -> Axes | None:
    """The split by month; none where the whole cannot be told."""
    easy = facts.intensity[(facts.intensity["method"] == "time") & (facts.intensity["zone"] == "low")]
    if not (easy["high"] - easy["low"] <= TOO_WIDE).any():
        return None
    return plots.plot_intensity(facts.monthly_intensity)


def long_runs(facts: AthleteFacts) -> Axes | None:
    """Every run beside the longest of the 30 days before it, planned ones too."""
    if facts.spikes.empty:
        return None
    return plots.plot_long_runs(
        facts.all_activities,
        plan=facts.plan,
        races=facts.results,
        events=facts.events,
        start=facts.shown_from,
        units=facts.units,
    )


def aches(facts: AthleteFacts) -> Axes | None:
    """Pain beside load, jumps and shoes."""
    if facts.aches.empty:
        return None
    return plots.plot_pain_timeline(
        facts.daily,
        facts.events,
        jumps=facts.jumps,
        races=facts.races,
        start=facts.shown_from,
        end=facts.end,
        units=facts.units,
    )
