"""The debrief's pictures: which plot draws which of its tables; none where its sentence says what is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ... import plots
from ...plots.race.ground import has

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from .debrief import RaceDebrief


def race(debrief: RaceDebrief) -> Axes:
    t = debrief.tables
    notes = _timed(t.notes) if debrief.audience != "physio" else None
    return plots.plot_race(
        t.splits,
        track=t.track,
        drift=t.drift,
        fuel=_timed(t.fuel_marks) if debrief.audience != "physio" else None,
        stops=t.stops,
        notes=notes,
        dark=t.dark_spans,
        units=debrief.units,
    )


def _timed(marks: Any) -> Any:
    """Fuel marks that were noted on the way; one line at the start that sums up the race is no mark."""
    return marks[marks["elapsed_s"] > 0] if len(marks) and "elapsed_s" in marks else None


def forecast(debrief: RaceDebrief) -> Axes | None:
    if not debrief.tables.forecast.is_known:
        return None
    return plots.plot_forecast(debrief.tables.result_on_forecast, forecast=debrief.tables.forecast, units=debrief.units)


def splits(debrief: RaceDebrief) -> Axes:
    return plots.plot_splits(debrief.tables.splits, units=debrief.units)


def waterfall(debrief: RaceDebrief) -> Axes | None:
    if not len(debrief.tables.waterfall):
        return None
    t = debrief.tables
    return plots.plot_waterfall(
        t.waterfall, reference=t.waterfall_reference, order=t.waterfall_order, units=debrief.units
    )


def drift(debrief: RaceDebrief) -> Axes | None:
    if not has(debrief.tables.drift, "value"):
        return None
    return plots.plot_drift(debrief.tables.drift, units=debrief.units)


def fuelling(debrief: RaceDebrief) -> Axes | None:
    if not has(debrief.tables.fuelling, "carbs_g"):
        return None
    return plots.plot_fuelling(debrief.tables.fuelling, units=debrief.units)


def build(debrief: RaceDebrief) -> Axes | None:
    if not has(debrief.tables.build, "run_distance_m"):
        return None
    t = debrief.tables
    return plots.plot_build(t.build, disruptions=debrief.disruptions, best=t.build_best, units=debrief.units)


def legs(debrief: RaceDebrief) -> Axes:
    return plots.plot_legs(debrief.tables.legs, units=debrief.units)


def fade(debrief: RaceDebrief) -> Axes | None:
    if not has(debrief.tables.terrain_fade, "change_pct"):
        return None
    return plots.plot_terrain_fade(debrief.tables.terrain_fade, units=debrief.units)


def night(debrief: RaceDebrief) -> Axes | None:
    if not len(debrief.tables.dark_spans):
        return None
    t = debrief.tables
    return plots.plot_night(t.track, dark=t.dark_spans, night=t.night, notes=_timed(t.notes), units=debrief.units)


def track(debrief: RaceDebrief) -> Axes:
    return plots.plot_track(
        debrief.tables.track, homes=debrief.private_places, coordinates=debrief.coordinates, units=debrief.units
    )


PICTURES: dict[str, tuple[str, Any]] = {
    "race": ("race", race),
    "forecast": ("forecast", forecast),
    "splits": ("pacing", splits),
    "waterfall": ("waterfall", waterfall),
    "drift": ("body", drift),
    "fuelling": ("fuel", fuelling),
    "build": ("build", build),
    "legs": ("legs", legs),
    "fade": ("ground", fade),
    "night": ("night", night),
    "track": ("map", track),
}
