"""Two periods beside each other: on what both measured, with the coverage, or not at all."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ..errors import one_of
from ..log import Log
from .intensity import ZONES, run_intensity

CHANNELS = ("heart_rate", "speed")


@dataclass(frozen=True)
class Comparison:
    """A number of two periods; both NaN where they cannot be compared, with the reason in ``basis``."""

    before: float
    after: float
    measured: tuple[int, int]
    rows: tuple[int, int]
    basis: str
    what: str = ""

    @property
    def is_known(self) -> bool:
        return math.isfinite(self.before) and math.isfinite(self.after)

    @property
    def change(self) -> float:
        """The change as a share of before; NaN where before is 0 or not known."""
        return self.after / self.before - 1 if self.before else math.nan

    @property
    def coverage(self) -> float:
        """The smaller share of rows that were measured, of the two periods."""
        shares = [m / n for m, n in zip(self.measured, self.rows, strict=True) if n]
        return min(shares) if len(shares) == 2 else 0.0


def compare_periods(
    before: pd.DataFrame,
    after: pd.DataFrame,
    *columns: str,
    statistic: Callable[[pd.DataFrame], float],
    what: str,
    least: int = 5,
    share: float = 0.8,
) -> Comparison:
    """One number of two periods, from the rows that were measured, if both periods measured enough of theirs.

    Definition: a row is measured where none of ``columns`` is NaN. Each period needs ``least`` measured rows and
    ``share`` of its rows measured; else there is no comparison: a channel that came later is no change in training.

    Takes two tables of runs (or weeks), the columns that have to be measured, a ``statistic`` of the measured rows,
    and ``what`` they measure, in words. Returns a ``Comparison``; ``basis`` states the coverage, or starts with
    "cannot compare". Evidence: A (counted).

    >>> old = pd.DataFrame({"heart": [150.0, None, None, None]})
    >>> new = pd.DataFrame({"heart": [150.0, 151.0]})
    >>> compare_periods(old, new, "heart", statistic=lambda rows: rows["heart"].mean(), what="heart rate", least=1).basis
    'cannot compare: heart rate is known for 1 of 4 runs before and 2 of 2 after'
    >>> found = compare_periods(new, new, "heart", statistic=lambda rows: rows["heart"].max(), what="heart rate", least=1)
    >>> found.after, found.basis
    (151.0, 'heart rate known for 2 of 2 runs before and 2 of 2 after')
    """
    known = [part[part[list(columns)].notna().all(axis=1)] for part in (before, after)]
    measured, rows = (len(known[0]), len(known[1])), (len(before), len(after))
    counts = f"known for {measured[0]} of {rows[0]} runs before and {measured[1]} of {rows[1]} after"
    enough = all(m >= least and m >= share * n for m, n in zip(measured, rows, strict=True))
    values = [float(statistic(part)) for part in known] if enough else [math.nan, math.nan]
    if not np.isfinite(values).all():
        return Comparison(math.nan, math.nan, measured, rows, f"cannot compare: {what} is {counts}", what)
    return Comparison(values[0], values[1], measured, rows, f"{what} {counts}", what)


def compare_intensity(
    log: Log,
    before: tuple[Any, Any],
    after: tuple[Any, Any],
    *,
    zone: str = "low",
    per_week: bool = False,
    least: int = 5,
    share: float = 0.5,
) -> Comparison:
    """The share of running time in one zone in two periods, by one channel that both periods have.

    Definition: both periods are judged by heart rate, or both by speed: whichever covers the worse covered period
    better. A period by heart rate and one by pace are never set beside each other. ``per_week``: minutes a week,
    scaled from the measured runs to all of them.

    Takes a log of one athlete and two periods (first and last day, both included); ``zone`` "low", "middle", "high".
    Returns a ``Comparison``. Raises SettingsError for another zone. Evidence: C (as ``run_intensity``).

    >>> compare_intensity(Log(), ("2026-01-01", "2026-02-01"), ("2026-02-02", "2026-03-01")).basis
    'cannot compare: heart rate is known for 0 of 0 runs before and 0 of 0 after'
    """
    log.only()
    one_of("zone", zone, ZONES)
    spans = [(pd.Timestamp(first), pd.Timestamp(last)) for first, last in (before, after)]
    columns = [f"{name}_s" for name in ZONES]
    found = []
    for channel in CHANNELS:
        table = run_intensity(log, channel=channel)
        parts = [table[(table["date"] >= first) & (table["date"] <= last)] for first, last in spans]
        weeks = [((last - first).days + 1) / 7 for first, last in spans]

        def amount(rows: pd.DataFrame) -> float:
            total = rows[columns].to_numpy().sum()
            return float(rows[f"{zone}_s"].sum() / total) if total > 0 else math.nan

        one = compare_periods(
            *parts, *columns, statistic=amount, what=channel.replace("_", " "), least=least, share=share
        )
        if per_week and one.is_known:
            minutes = [
                part[f"{zone}_s"].mean() * len(part) / 60 / length for part, length in zip(parts, weeks, strict=True)
            ]
            one = Comparison(minutes[0], minutes[1], one.measured, one.rows, one.basis, one.what)
        found.append(one)
    return max(found, key=lambda one: (one.is_known, one.coverage))
