"""Arriving rested: taper shapes, what a taper was, what other plans would do, and coming back."""

from .returning import detraining, rebuild, return_plan
from .review import daily_volume, taper_review, taper_shape
from .scenarios import RETURN_STEPS, Scenario, scenario_loads, usual_week
from .shapes import shapes
from .simulate import Simulation, simulate

__all__ = ["RETURN_STEPS", "Scenario", "Simulation", "daily_volume", "detraining", "rebuild", "return_plan",
           "scenario_loads", "shapes", "simulate", "taper_review", "taper_shape", "usual_week"]
