"""Invented athletes whose truth is known: for the sample squad, for tests, and for trying things out."""

from .course import Course, climb_course, rolling_course, track_course, treadmill
from .run import Pause, Run, Step, intervals, simulate_run
from .runner import Runner
from .sensors import Watch

__all__ = ["Course", "Pause", "Run", "Runner", "Step", "Watch", "climb_course", "intervals", "rolling_course",
           "simulate_run", "track_course", "treadmill"]
