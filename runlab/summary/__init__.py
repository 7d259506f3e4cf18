"""Samples to laps, histograms and one row of ``activities``."""

from .altitude import altitude_source, climbable_altitude, steadied_altitude
from .belief import INDOORS, believed
from .dates import local_date, local_offset
from .histogram import HISTOGRAMS, histograms
from .laps import climbed, completed_laps, distance_laps
from .row import ON_FOOT, Summary, guarded_rows, summarise
from .sessions import split_sessions
from .times import moving_time, timer_steps

__all__ = [
    "HISTOGRAMS",
    "INDOORS",
    "ON_FOOT",
    "Summary",
    "altitude_source",
    "believed",
    "climbable_altitude",
    "climbed",
    "completed_laps",
    "distance_laps",
    "guarded_rows",
    "histograms",
    "local_date",
    "local_offset",
    "moving_time",
    "split_sessions",
    "steadied_altitude",
    "summarise",
    "timer_steps",
]
