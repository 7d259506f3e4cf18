"""Races: one race with its official numbers, and the signs by which a run is known as one."""

from .found import LEAST, races_found, races_near
from .lengths import STANDARD_M, WITHIN, covers, near_standard, standard_m
from .race import (
    CHECKPOINT_COLUMNS,
    KINDS,
    Race,
    as_race,
    beside,
    checkpoint_table,
    clock_s,
    no_checkpoints,
    race_day,
    race_of,
)
from .signs import INDOORS, race_signs

__all__ = [
    "CHECKPOINT_COLUMNS",
    "INDOORS",
    "KINDS",
    "LEAST",
    "STANDARD_M",
    "WITHIN",
    "Race",
    "as_race",
    "beside",
    "checkpoint_table",
    "clock_s",
    "covers",
    "near_standard",
    "no_checkpoints",
    "race_day",
    "race_of",
    "race_signs",
    "races_found",
    "races_near",
    "standard_m",
]
