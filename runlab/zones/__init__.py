"""Zones from settings valid on a day, time in them, and the maximum and threshold the athlete's own data vouch for."""

from .bounds import heart_rate_zones, pace_zones, time_in_zones
from .hour import Threshold, threshold
from .maximum import observed_max_heart_rate

__all__ = ["Threshold", "heart_rate_zones", "observed_max_heart_rate", "pace_zones", "threshold", "time_in_zones"]
