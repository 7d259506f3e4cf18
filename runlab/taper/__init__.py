"""Arriving rested: taper shapes, what a taper was, what other plans would do, and coming back."""

from .shapes import shapes

__all__ = ["shapes"]
