"""Arriving rested: taper shapes, what a taper was, what other plans would do, and coming back."""

from .returning import detraining, rebuild, return_plan
from .review import taper_review
from .scenarios import RETURN_STEPS, Scenario
from .shapes import shapes
from .simulate import Simulation, simulate

__all__ = [
    "RETURN_STEPS",
    "Scenario",
    "Simulation",
    "detraining",
    "rebuild",
    "return_plan",
    "shapes",
    "simulate",
    "taper_review",
]
