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
    earlier: pd.DataFrame,
    later: pd.DataFrame,
    *columns: str,
    statistic: Callable[[pd.DataFrame], float],
    what: str,
    least: int = 5,
    share: float = 0.8,
    noun: str = "runs",
) -> Comparison:
    """One number of two periods, from the rows that were measured, if both periods measured enough of theirs.

    Definition: a row is measured where none of ``columns`` is NaN. Each period needs ``least`` measured rows and
    ``share`` of its rows measured; else there is no comparison: a channel that came later is no change in training.

    Takes two tables of runs (or weeks), the columns that have to be measured, a ``statistic`` of the measured rows,
    ``what`` they measure and what a row is (``noun``), in words.
    Returns a ``Comparison``; ``basis`` states the coverage, or starts with "cannot compare". Evidence: A (counted).

    >>> old = pd.DataFrame({"heart": [150.0, None, None, None]})
    >>> new = pd.DataFrame({"heart": [150.0, 151.0]})
    >>> highest = {"statistic": lambda rows: rows["heart"].max(), "what": "heart rate", "least": 1}
    >>> compare_periods(old, new, "heart", **highest).basis
    'cannot compare: heart rate is known for 1 of 4 runs before and 2 of 2 after'
    >>> found = compare_periods(new, new, "heart", **highest)
    >>> found.after, found.basis
    (151.0, 'heart rate known for 2 of 2 runs before and 2 of 2 after')
    """
    known = [part[part[list(columns)].notna().all(axis=1)] for part in (earlier, later)]
    measured, rows = (len(known[0]), len(known[1])), (len(earlier), len(later))
    counts = f"known for {measured[0]} of {rows[0]} {noun} before and {measured[1]} of {rows[1]} after"
    enough = all(m >= least and m >= share * n for m, n in zip(measured, rows, strict=True))
    values = [float(statistic(part)) for part in known] if enough else [math.nan, math.nan]
    if not np.isfinite(values).all():
        return Comparison(math.nan, math.nan, measured, rows, f"cannot compare: {what} is {counts}", what)
    return Comparison(values[0], values[1], measured, rows, f"{what} {counts}", what)


def common_channel(log: Log, *periods: tuple[Any, Any], least: int = 5, share: float = 0.5) -> str:
    """The channel by which intensity can be told in every one of the periods: "heart_rate", "speed" or "".

    Definition: whichever covers the worst covered period best, if that has ``least`` runs and ``share`` of its runs.

    Takes a log of one athlete and periods (first and last day, both included). Returns the channel.
    Evidence: A (counted).

    >>> common_channel(Log(), ("2026-01-01", "2026-02-01"))
    ''
    """
    best, found = (0.0, 0), ""
    for channel in CHANNELS:
        known = run_intensity(log, channel=channel)
        parts = [_within(known, period)["low_s"].notna() for period in periods]
        worst = min(((float(part.mean()), int(part.sum())) for part in parts if len(part)), default=(0.0, 0))
        if all(len(part) and part.sum() >= least and part.mean() >= share for part in parts) and worst > best:
            best, found = worst, channel
    return found


def compare_intensity(
    log: Log, earlier: tuple[Any, Any], later: tuple[Any, Any], *, zone: str = "low", least: int = 5, share: float = 0.5
) -> Comparison:
    """The share of running time in one zone in two periods, by one channel that both periods have.

    Definition: both periods are judged by heart rate, or both by speed, whichever
    covers the worse covered of them better: a period by heart rate
    and one by pace are never set beside each other.

    Takes a log of one athlete and two periods (first and last day, both included); ``zone`` "low", "middle", "high".
    Returns a ``Comparison``. Raises SettingsError for another zone. Evidence: C (as ``run_intensity``).

    >>> compare_intensity(Log(), ("2026-01-01", "2026-02-01"), ("2026-02-02", "2026-03-01")).basis
    'cannot compare: heart rate is known for 0 of 0 runs before and 0 of 0 after'
    """
    one_of("zone", zone, ZONES)
    columns = [f"{name}_s" for name in ZONES]
    found = []
    for channel in CHANNELS:
        known = run_intensity(log, channel=channel)
        found.append(
            compare_periods(
                _within(known, earlier),
                _within(known, later),
                *columns,
                statistic=lambda rows: rows[f"{zone}_s"].sum() / rows[columns].to_numpy().sum(),
                what=channel.replace("_", " "),
                least=least,
                share=share,
            )
        )
    return max(found, key=lambda one: (one.is_known, one.coverage, sum(one.measured)))


def _within(table: pd.DataFrame, period: tuple[Any, Any]) -> pd.DataFrame:
    return table[(table["date"] >= pd.Timestamp(period[0])) & (table["date"] <= pd.Timestamp(period[1]))]
