"""Races: one race with its official numbers, and the signs by which a run is known as one."""

from .race import (
    CHECKPOINT_COLUMNS,
    KINDS,
    STANDARD_M,
    Race,
    beside,
    checkpoint_table,
    clock_s,
    no_checkpoints,
    race_of,
)
from .signs import INDOORS, race_signs

__all__ = [
    "CHECKPOINT_COLUMNS",
    "INDOORS",
    "KINDS",
    "STANDARD_M",
    "Race",
    "beside",
    "checkpoint_table",
    "clock_s",
    "no_checkpoints",
    "race_of",
    "race_signs",
]
