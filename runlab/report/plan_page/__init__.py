"""The race plan: goal and chance, pace by terrain, when to be where, fuel, taper and what to ask, before a race."""

from .page import race_plan

__all__ = ["race_plan"]
