"""The race debrief: its sections, pictures, tables and sentences for one reader."""

from .debrief import RaceDebrief

__all__ = ["RaceDebrief"]
