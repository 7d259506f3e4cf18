"""The debrief's pictures: which plot draws which of its tables; none where its sentence says what is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ... import plots
from ...plots.race.ground import has

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from .facts import DebriefFacts


def race(facts: DebriefFacts) -> Axes:
    t = facts.tables
    notes = _timed(t.notes) if facts.reader != "physio" else None
    return plots.plot_race(
        t.splits,
        track=t.track,
        drift=t.drift,
        fuel=_timed(t.fuel_marks) if facts.reader != "physio" else None,
        stops=t.stops,
        notes=notes,
        dark=t.dark_spans,
        units=facts.units,
    )


def _timed(marks: Any) -> Any:
    """Fuel marks that were noted on the way; one line at the start that sums up the race is no mark."""
    return marks[marks["elapsed_s"] > 0] if len(marks) and "elapsed_s" in marks else None


def forecast(facts: DebriefFacts) -> Axes | None:
    if not facts.tables.forecast.is_known:
        return None
    return plots.plot_forecast(facts.tables.result_on_forecast, forecast=facts.tables.forecast, units=facts.units)


def splits(facts: DebriefFacts) -> Axes:
    return plots.plot_splits(facts.tables.splits, units=facts.units)


def waterfall(facts: DebriefFacts) -> Axes | None:
    if not len(facts.tables.waterfall):
        return None
    t = facts.tables
    return plots.plot_waterfall(
        t.waterfall, reference=t.waterfall_reference, order=t.waterfall_order, units=facts.units
    )


def drift(facts: DebriefFacts) -> Axes | None:
    if not has(facts.tables.drift, "value"):
        return None
    return plots.plot_drift(facts.tables.drift, units=facts.units)


def fuelling(facts: DebriefFacts) -> Axes | None:
    if not has(facts.tables.fuelling, "carbs_g"):
        return None
    return plots.plot_fuelling(facts.tables.fuelling, units=facts.units)


def build(facts: DebriefFacts) -> Axes | None:
    if not has(facts.tables.build, "run_distance_m"):
        return None
    t = facts.tables
    return plots.plot_build(t.build, disruptions=facts.disruptions, best=t.build_best, units=facts.units)


def legs(facts: DebriefFacts) -> Axes:
    return plots.plot_legs(facts.tables.legs, units=facts.units)


def fade(facts: DebriefFacts) -> Axes | None:
    if not has(facts.tables.terrain_fade, "change_pct"):
        return None
    return plots.plot_terrain_fade(facts.tables.terrain_fade, units=facts.units)


def night(facts: DebriefFacts) -> Axes | None:
    if not len(facts.tables.dark_spans):
        return None
    t = facts.tables
    return plots.plot_night(t.track, dark=t.dark_spans, night=t.night, notes=_timed(t.notes), units=facts.units)


def track(facts: DebriefFacts) -> Axes:
    return plots.plot_track(
        facts.tables.track, homes=facts.private_places, coordinates=facts.coordinates, units=facts.units
    )
