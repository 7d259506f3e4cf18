"""The tables of one or many athletes: open, slice, save."""

from .log import Log
from .open import open_log, outline
from .reading import Reading, read_one

__all__ = ["Log", "Reading", "open_log", "outline", "read_one"]
