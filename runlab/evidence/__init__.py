"""What is known about each metric (meaning, grade, sources, limits); and ``Estimate``, a number with its interval."""

from .estimate import Estimate, format_quantity
from .registry import GRADES, Entry, Source, entries, explain, grade_of

__all__ = ["GRADES", "Entry", "Estimate", "Source", "entries", "explain", "format_quantity", "grade_of"]
