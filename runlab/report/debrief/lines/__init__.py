"""What the debrief says: one sentence per question, each from the debrief's own tables."""

from __future__ import annotations

from typing import Any

from .body import body, fade, hike, night, recovery
from .build import build, disruption, fuel, weather
from .pacing import halves, opening, pace, wall
from .result import coming, forecast, result
from .time import PARTS, orders, stops, waterfall, windows

# The name of a sentence: the section it belongs to, and what says it.
SENTENCES: dict[str, tuple[str, Any]] = {
    "result": ("data", result),
    "forecast": ("forecast", forecast),
    "pace": ("race", pace),
    "halves": ("pacing", halves),
    "opening": ("pacing", opening),
    "wall": ("pacing", wall),
    "waterfall": ("waterfall", waterfall),
    "orders": ("waterfall", orders),
    "stops": ("legs", stops),
    "windows": ("legs", windows),
    "fade": ("ground", fade),
    "hike": ("ground", hike),
    "night": ("night", night),
    "body": ("body", body),
    "fuel": ("fuel", fuel),
    "weather": ("fuel", weather),
    "build": ("build", build),
    "disruption": ("build", disruption),
    "recovery": ("recovery", recovery),
    "next": ("next", coming),
}

__all__ = [
    "PARTS",
    "SENTENCES",
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
    "pace",
    "recovery",
    "result",
    "stops",
    "wall",
    "waterfall",
    "weather",
    "windows",
]
