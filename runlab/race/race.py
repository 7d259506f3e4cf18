"""``Race`` and ``race_of``: they live beside the log, because ``log.race(date, ...)`` hands them out."""

from __future__ import annotations

from ..log.race import CHECKPOINT_COLUMNS, Race, beside, checkpoint_table, clock_s, race_of

__all__ = ["CHECKPOINT_COLUMNS", "Race", "beside", "checkpoint_table", "clock_s", "race_of"]
