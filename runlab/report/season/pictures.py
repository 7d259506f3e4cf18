"""The breakdown's pictures: which plot draws which of its facts; none where its sentence cannot tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ... import plots
from ..pictures import intensity, long_runs, volume

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from .facts import SeasonFacts

__all__ = ["dynamics", "fade", "intensity", "long_runs", "pace", "races", "strip", "taper", "volume"]


def strip(facts: SeasonFacts) -> Axes | None:
    if facts.weeks.empty:
        return None
    return plots.plot_season_strip(
        facts.weeks,
        races=facts.period_results,
        events=facts.events,
        start=facts.start,
        end=facts.end,
        units=facts.units,
    )


def races(facts: SeasonFacts) -> Axes | None:
    if not len(facts.race_trend.table):
        return None
    return plots.plot_race_history(facts.race_trend, events=facts.events, units=facts.units)


def pace(facts: SeasonFacts) -> Axes | None:
    if not facts.pace_trend.is_known:
        return None
    return plots.plot_pace_at_heart_rate(
        facts.pace_trend, runs=facts.pace_runs, races=facts.races, events=facts.events, units=facts.units
    )


def fade(facts: SeasonFacts) -> Axes | None:
    return plots.plot_decoupling(facts.fade, durability=facts.durability) if len(facts.fade) else None


def dynamics(facts: SeasonFacts) -> Axes | None:
    if not facts.dynamics["value"].notna().any():
        return None
    return plots.plot_dynamics(facts.dynamics, usual=facts.usual_dynamics, units=facts.units)


def taper(facts: SeasonFacts) -> Axes | None:
    if not facts.taper_volumes["share"].notna().any():
        return None
    return plots.plot_taper_shape(facts.taper_volumes, events=facts.events)
