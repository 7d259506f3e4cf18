"""Arriving rested: taper shapes, what a taper was, what other plans would do, and coming back."""

from .planned import planned_load
from .returning import detraining, rebuild, return_plan
from .review import taper_review
from .scenarios import RETURN_STEPS, Scenario
from .simulation import Simulation, simulate
from .taper_shapes import shapes
from .volumes import main_races, taper_length, taper_volumes

__all__ = [
    "RETURN_STEPS",
    "Scenario",
    "Simulation",
    "detraining",
    "main_races",
    "planned_load",
    "rebuild",
    "return_plan",
    "shapes",
    "simulate",
    "taper_length",
    "taper_review",
    "taper_volumes",
]
