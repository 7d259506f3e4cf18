"""Daily tables as matrices: one row per athlete, one column per day since that athlete's first, nothing skipped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from .. import tables
from ..errors import TableError

_DAY = np.timedelta64(1, "D")


@dataclass(frozen=True)
class Calendar:
    """The days of some athletes, and the way from their table to matrices and back.

    ``shape`` is (athletes, longest calendar); a cell is ``valid`` up to the athlete's own last day.
    """

    names: pd.Series
    first: np.ndarray
    length: np.ndarray
    cell: np.ndarray | None  # flat position of each row of the table; None if rows and cells are in the same order
    has_athlete: bool
    frame: pd.DataFrame

    @property
    def shape(self) -> tuple[int, int]:
        return len(self.length), int(self.length.max(initial=0))

    @property
    def is_even(self) -> bool:
        """Whether all athletes have the same number of days."""
        return bool((self.length == self.shape[1]).all())

    @property
    def valid(self) -> np.ndarray:
        return np.arange(self.shape[1]) < self.length[:, None]

    def matrix(self, column: str, *, absent: float = 0.0, otherwise: np.ndarray | None = None) -> np.ndarray:
        """A column as (athletes, days); days without a row are ``absent``, a missing column is ``otherwise``."""
        if column not in self.frame.columns:
            return np.full(self.shape, np.nan) if otherwise is None else otherwise
        values = self.frame[column].to_numpy(dtype=float, na_value=np.nan)
        if self.cell is None and self.is_even:
            return values.reshape(self.shape)
        out = np.full(self.shape, absent)
        if self.cell is None:
            begin = 0
            for row, length in zip(out, self.length.tolist(), strict=True):
                row[:length] = values[begin : begin + length]
                begin += length
        else:
            out.reshape(-1)[self.cell] = values
        return out

    def flat(self, matrix: np.ndarray) -> np.ndarray:
        """The valid cells of a matrix, athlete by athlete, day by day."""
        if matrix.shape != self.shape:
            matrix = np.broadcast_to(matrix, self.shape)
        if self.is_even:
            return matrix.reshape(-1)
        return np.concatenate([row[:length] for row, length in zip(matrix, self.length.tolist(), strict=True)])

    def table(self, columns: dict[str, np.ndarray | pd.Series]) -> pd.DataFrame:
        """A frame over the complete calendar: athlete (if the table had one), date, then the matrices given."""
        if self.cell is None:  # rows in order: share the columns that are there
            days, owner = self.frame["date"], self.frame["athlete"] if self.has_athlete else None
            days = days.set_axis(range(len(days)))
            owner = None if owner is None else owner.set_axis(range(len(owner)))
        else:
            offset = self.flat(np.arange(self.shape[1])[None, :])
            start = np.repeat(self.first, self.length)
            days = pd.Series((start + offset).astype("datetime64[D]").astype("datetime64[us]"))
            owner = None
            if self.has_athlete:
                owner = self.names.take(np.repeat(np.arange(len(self.length)), self.length)).reset_index(drop=True)
        out: dict[str, object] = {} if owner is None else {"athlete": owner}
        out["date"] = days
        for name, values in columns.items():
            out[name] = values if isinstance(values, pd.Series) else self.flat(values)
        return pd.DataFrame(out, copy=False)

    def text(self, codes: np.ndarray, words: Sequence[str]) -> pd.Series:
        """A text column from a matrix of small codes into ``words``."""
        flat = self.flat(codes)
        if not flat.any():
            return pd.Series(words[0], index=range(len(flat)), dtype="str")
        return pd.Series(list(words), dtype="str").take(flat).reset_index(drop=True)


def calendar(daily: pd.DataFrame) -> Calendar:
    """Lay a daily table out over complete calendars; rows may come in any order, days without a row are rest days.

    Raises TableError if a day appears twice for one athlete or a date is missing.
    """
    has_athlete = "athlete" in daily.columns
    dates = daily["date"]
    if dates.hasnans:
        raise TableError(f"daily: {int(dates.isna().sum())} rows without a date; drop or date them")
    day = dates.to_numpy().astype("datetime64[D]").astype(np.int64)
    if has_athlete:
        code, names = owners(daily["athlete"])
    else:
        code, names = np.zeros(len(day), dtype=np.int64), pd.Series([""] if len(day) else [], dtype="str")
    people = len(names)
    first = np.full(people, np.iinfo(np.int64).max)
    last = np.full(people, np.iinfo(np.int64).min)
    if len(day):
        # runs of rows of one athlete: their first and last day without touching each row twice
        starts = np.flatnonzero(np.concatenate(([True], code[1:] != code[:-1])))
        np.minimum.at(first, code[starts], np.minimum.reduceat(day, starts))
        np.maximum.at(last, code[starts], np.maximum.reduceat(day, starts))
    order = names.to_numpy(dtype=object).argsort(kind="stable")
    rank = np.empty(people, dtype=np.int64)
    rank[order] = np.arange(people)
    length = np.where(last >= first, last - first + 1, 0)
    width = int(length.max(initial=0))
    cell = rank[code] * width + day - first[code]
    names, first, length = names.take(order).reset_index(drop=True), first[order], length[order]
    valid_cells = (np.arange(people)[:, None] * width + np.arange(width))[np.arange(width) < length[:, None]]
    in_order = len(cell) == len(valid_cells) and bool((cell == valid_cells).all())
    if not in_order and len(np.unique(cell)) < len(cell):
        twice = daily.loc[pd.Series(cell).duplicated().to_numpy(), "date"].iloc[0]
        raise TableError(f"daily: more than one row for {twice:%Y-%m-%d}; one row per athlete and date is needed")
    return Calendar(names, first, length, None if in_order else cell, has_athlete, daily)


def owners(athlete: pd.Series) -> tuple[np.ndarray, pd.Series]:
    """The place of each row's athlete in the list of athletes, and that list; quick where one's rows stand together.

    >>> places, names = owners(pd.Series(["kim", "kim", "bo"]))
    >>> places.tolist(), names.tolist()
    ([0, 0, 1], ['kim', 'bo'])
    """
    same = athlete.array[1:] == athlete.array[:-1]
    starts = np.flatnonzero(np.concatenate(([True] * (len(athlete) > 0), ~np.asarray(same, dtype=bool))))
    code, names = pd.factorize(athlete.iloc[starts], use_na_sentinel=False)
    length = np.diff(np.concatenate((starts, [len(athlete)])))
    return np.repeat(code, length), pd.Series(names, dtype="str").fillna("")


def daily_calendar(daily: pd.DataFrame, *columns: str) -> Calendar:
    """Check a daily table and lay it out."""
    tables.check(daily, tables.DAILY, "date", *columns)
    return calendar(daily)


def running_sum(matrix: np.ndarray, days: int) -> np.ndarray:
    """Sum over each day and the ``days - 1`` before it; the first days hold what there is.

    >>> running_sum(np.array([[1.0, 2.0, 3.0]]), 2).tolist()
    [[1.0, 3.0, 5.0]]
    """
    total = np.cumsum(matrix, axis=1)
    out = total.copy()
    out[:, days:] -= total[:, :-days] if matrix.shape[1] > days else total[:, :0]
    return out


def recursive_mean(matrix: np.ndarray, alpha: float, start: np.ndarray | float = 0.0, *, block: int = 64) -> np.ndarray:
    """``y[d] = y[d-1] + alpha · (x[d] - y[d-1])`` along each row from ``y[-1] = start``.

    All athletes take a day together, in blocks of days that stay in the processor's cache.

    >>> recursive_mean(np.array([[8.0, 8.0, 0.0]]), 0.5)
    array([[4., 6., 3.]])
    """
    people, width = matrix.shape
    out = np.empty((people, width))
    state = np.broadcast_to(np.asarray(start, dtype=float), (people,)).copy()
    keep = 1.0 - alpha
    for begin in range(0, width, block):
        end = min(begin + block, width)
        days = np.multiply(matrix[:, begin:end].T, alpha, order="C")
        for day in days:
            state *= keep
            state += day
            day[:] = state
        out[:, begin:end] = days.T
    return out
