"""Files to activities: one reader per format, one answer for all."""

from .activity import Activity

__all__ = ["Activity"]
