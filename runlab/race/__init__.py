"""Races: finding them, the forecast of the evening before, the plan, and the debrief of the day after."""

from .debrief import Debrief, debrief
from .find import find_races, race_named
from .forecast import forecast
from .race import Race, race_of
from .sun import sun_elevation, sun_times
from .waterfall import Assumptions, Waterfall, where_the_time_went

__all__ = ["Assumptions", "Debrief", "Race", "Waterfall", "debrief", "find_races", "forecast", "race_named", "race_of",
           "sun_elevation", "sun_times", "where_the_time_went"]
