"""The tables of one or many athletes: open, slice, save."""

from .log import Log

__all__ = ["Log"]
