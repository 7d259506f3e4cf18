"""One race taken apart, as a page for the athlete, the coach or the physiotherapist."""

from .page import debrief_page, race_debrief

__all__ = ["debrief_page", "race_debrief"]
