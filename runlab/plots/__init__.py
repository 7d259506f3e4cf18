"""Tables to pictures: one question per function, the answer in the title, the uncertainty in the ink.

Every ``plot_*`` takes a table, draws on the axes given or on new ones of report width, and returns them. ``describe``
says in words what they show.
"""

from .activity import plot_records
from .axes import clock_axis, end_labels, flag_races, month_axis, pace_axis, shade_events
from .coverage import channel_coverage, plot_clean_share, plot_coverage, usable_since
from .dynamics import plot_dynamics
from .efforts import plot_best_efforts
from .fitness import plot_fitness
from .intensity import plot_intensity
from .long_runs import plot_long_runs
from .pain import plot_pain_timeline
from .progression import plot_decoupling, plot_pace_at_heart_rate, plot_race_history
from .race import (
    plot_build,
    plot_drift,
    plot_forecast,
    plot_fuelling,
    plot_legs,
    plot_night,
    plot_race,
    plot_splits,
    plot_terrain_fade,
    plot_track,
    plot_waterfall,
)
from .season import plot_season_strip
from .styles import COLOURS, HATCHES, describe, style
from .taper import plot_taper_fan, plot_taper_shape
from .volume import plot_weekly_volume
from .wellness import plot_wellness

__all__ = [
    "COLOURS",
    "HATCHES",
    "channel_coverage",
    "clock_axis",
    "describe",
    "end_labels",
    "flag_races",
    "month_axis",
    "pace_axis",
    "plot_best_efforts",
    "plot_build",
    "plot_clean_share",
    "plot_coverage",
    "plot_decoupling",
    "plot_drift",
    "plot_dynamics",
    "plot_fitness",
    "plot_forecast",
    "plot_fuelling",
    "plot_intensity",
    "plot_legs",
    "plot_long_runs",
    "plot_night",
    "plot_pace_at_heart_rate",
    "plot_pain_timeline",
    "plot_race",
    "plot_race_history",
    "plot_records",
    "plot_season_strip",
    "plot_splits",
    "plot_taper_fan",
    "plot_taper_shape",
    "plot_terrain_fade",
    "plot_track",
    "plot_waterfall",
    "plot_weekly_volume",
    "plot_wellness",
    "shade_events",
    "style",
    "usable_since",
]
