"""Samples to laps, histograms and one row of ``activities``."""

from .altitude import altitude_source, steadied_altitude
from .dates import local_date, local_offset
from .histograms import HISTOGRAMS, histograms
from .laps import climbed, completed_laps, distance_laps
from .row import ON_FOOT, Summary, guarded_rows, summarise
from .sessions import split_sessions
from .times import moving_time, timer_steps

__all__ = [
    "HISTOGRAMS",
    "ON_FOOT",
    "Summary",
    "altitude_source",
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
