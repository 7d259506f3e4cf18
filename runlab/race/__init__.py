"""Races: finding them, the forecast of the evening before, the plan, and the debrief of the day after."""

from ..races import Race, race_of
from .course import ascent_descent, course_climbs, course_profile
from .day_after import Debrief, debrief
from .draws import Assumptions
from .find import find_races
from .forecasting import forecast
from .plan import GoalGap, goal_gap, pace_plan, passage_windows
from .sun import sun_elevation, sun_times
from .waterfall import Waterfall, where_the_time_went

__all__ = [
    "Assumptions",
    "Debrief",
    "GoalGap",
    "Race",
    "Waterfall",
    "ascent_descent",
    "course_climbs",
    "course_profile",
    "debrief",
    "find_races",
    "forecast",
    "goal_gap",
    "pace_plan",
    "passage_windows",
    "race_of",
    "sun_elevation",
    "sun_times",
    "where_the_time_went",
]
