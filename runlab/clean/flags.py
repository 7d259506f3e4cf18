"""What can be wrong with samples: the names, what each would change, and what a repair does."""

from __future__ import annotations

from typing import NamedTuple

from ..data import table
from ..tables import COUNT, FLOAT, TEXT, Column, Table

QUALITY = Table(
    "quality",
    "flag raised in an activity",
    ("activity_id", "flag"),
    (
        Column("activity_id", TEXT, "", "which activity"),
        Column("flag", TEXT, "", "which check; see clean.FLAGS"),
        Column("spans", COUNT, "", "how many stretches"),
        Column("seconds", FLOAT, "s", "timer time they cover"),
    ),
)


class Flag(NamedTuple):
    """One quality check: its meaning, what it changes, what a repair does, whether it makes a sample unclean.

    >>> Flag("heart rate missing", "averages", "stays missing", True).spoils
    True
    """

    meaning: str
    effect: str
    repair: str
    spoils: bool = False


CHECKS = {name: Flag(**about) for name, about in table("quality_flags").items()}

FLAGS: dict[str, str] = {name: flag.meaning for name, flag in CHECKS.items()}
SPOILING: tuple[str, ...] = tuple(name for name, flag in CHECKS.items() if flag.spoils)
