"""The season breakdown: its tables, its sentences, and what to ask."""

from .fade import long_run_fade
from .season import SeasonBreakdown
from .tapers import taper_volumes

__all__ = ["SeasonBreakdown", "long_run_fade", "taper_volumes"]
