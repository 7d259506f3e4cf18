"""What is known about each metric: plain words, grade, sources, limits; and ``Estimate``, a number with its interval."""

from .estimate import Estimate, format_quantity
from .registry import ENTRIES, Entry, Source, explain

__all__ = ["ENTRIES", "Entry", "Estimate", "Source", "explain", "format_quantity"]
