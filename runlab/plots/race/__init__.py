"""A race in pictures: each takes one table of a ``Debrief``."""

from .build import plot_build
from .course import plot_drift, plot_race
from .map import near_home, plot_track
from .splits import plot_fuelling, plot_splits
from .ultra import plot_legs, plot_night, plot_terrain_fade
from .waterfall import plot_forecast, plot_waterfall

__all__ = [
    "near_home",
    "plot_build",
    "plot_drift",
    "plot_forecast",
    "plot_fuelling",
    "plot_legs",
    "plot_night",
    "plot_race",
    "plot_splits",
    "plot_terrain_fade",
    "plot_track",
    "plot_waterfall",
]
