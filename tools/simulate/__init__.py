"""Invented athletes whose truth is known: for the sample squad, for tests, and for trying things out."""

from .course import Course, climb_course, rolling_course, track_course, treadmill
from .run import Pause, Run, Step, intervals, outline, simulate_run
from .runner import Runner
from .season import Season, simulate_season
from .sensors import Watch
from .weeks import Race

__all__ = [
    "Course",
    "Pause",
    "Race",
    "Run",
    "Runner",
    "Season",
    "Step",
    "Watch",
    "climb_course",
    "intervals",
    "outline",
    "rolling_course",
    "simulate_run",
    "simulate_season",
    "track_course",
    "treadmill",
]
