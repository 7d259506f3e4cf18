"""Samples to laps, histograms and one row of ``activities``."""

from .histograms import HISTOGRAMS, histograms

__all__ = ["HISTOGRAMS", "histograms"]
