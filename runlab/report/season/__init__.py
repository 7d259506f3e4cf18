"""The season breakdown: what a season was made of, whether it led anywhere, what to ask."""

from .page import season_breakdown

__all__ = ["season_breakdown"]
