"""The taper what-if: rest, run through it or go on as planned, beside the athlete's tapers and the evidence."""

from .page import taper_what_if

__all__ = ["taper_what_if"]
