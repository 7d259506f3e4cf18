"""The athlete review: what was done of late, what the data can carry, what to ask."""

from .page import athlete_review

__all__ = ["athlete_review"]
