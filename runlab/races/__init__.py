"""Races: one race with its official numbers, and the signs by which a run is known as one."""

from .race import CHECKPOINT_COLUMNS, KINDS, Race, beside, checkpoint_table, clock_s, no_checkpoints, race_of
from .signs import race_signs

__all__ = [
    "CHECKPOINT_COLUMNS",
    "KINDS",
    "Race",
    "beside",
    "checkpoint_table",
    "clock_s",
    "no_checkpoints",
    "race_of",
    "race_signs",
]
