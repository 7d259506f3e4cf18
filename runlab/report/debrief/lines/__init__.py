"""What the debrief says: one sentence per question, each from the debrief's own tables."""

from __future__ import annotations

from .finish import coming, forecast, result
from .pacing import halves, opening, pace, wall
from .runner import body, fade, hike, night, recovery
from .time import PARTS, orders, over_plan, stops, waterfall, windows
from .training import build, disruption, fuel, weather

__all__ = [
    "PARTS",
    "body",
    "build",
    "coming",
    "disruption",
    "fade",
    "forecast",
    "fuel",
    "halves",
    "hike",
    "night",
    "opening",
    "orders",
    "over_plan",
    "pace",
    "recovery",
    "result",
    "stops",
    "wall",
    "waterfall",
    "weather",
    "windows",
]
