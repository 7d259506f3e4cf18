"""The athlete review: its tables, its sentences, what stands out and what is not known."""

from .review import AthleteReview

__all__ = ["AthleteReview"]
