"""Races: finding them, the forecast of the evening before, the plan, and the debrief of the day after."""

from .debrief import Debrief
from .race import Race, race_of

__all__ = ["Debrief", "Race", "race_of"]
