"""runlab: raw watch files in, honest running analytics out."""

__version__ = "0.1.0"
