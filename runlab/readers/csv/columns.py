"""A sheet's cells to columns of numbers, texts, flags and dates, by what the dictionary says of each."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
import pandas as pd

from . import cells
from .detect import Field
from .dictionaries import OPEN_UNITS, RANGES, ZERO_IS_MISSING
from .sheet import Findings, Sheet

_TEXT_KINDS = ("text", "date", "flag")


def is_number(field: Field) -> bool:
    """Whether a field holds numbers.

    >>> is_number(Field(0, "Notes", "notes", ""))
    False
    """
    return field.kept not in (*_TEXT_KINDS, "either")


def close_unit(unit: str, system: str) -> str:
    """The unit a column is written in, where the sheet leaves it open.

    >>> close_unit("km?", "imperial"), close_unit("min", "imperial")
    ('mi', 'min')
    """
    return OPEN_UNITS[unit][system == "imperial"] if unit in OPEN_UNITS else unit


class Columns:
    """The columns of one sheet, read one target at a time, with every wrong cell noted.

    >>> sheet = Sheet(["Km"], [["10,5"], ["x"]], [2, 3], 1, ";", "utf-8", [])
    >>> columns = Columns(sheet, [Field(0, "Km", "distance_m", "km")], Findings("log.csv"))
    >>> columns.number("distance_m", "metric")
    array([10500.,    nan])
    >>> columns.found.problems[0]["where"]
    "line 3, column 'Km'"
    """

    def __init__(
        self,
        sheet: Sheet,
        fields: Sequence[Field],
        found: Findings,
        *,
        system: str = "metric",
        zero_is_missing: Collection[str] = ZERO_IS_MISSING,
    ) -> None:
        self.zero_is_missing = zero_is_missing
        self.sheet, self.fields, self.found, self.system = sheet, list(fields), found, system
        self._cells = {f.index: sheet.column(f.index) for f in self.fields}
        numeric: dict[str, Sequence[str]] = {self._label(f): self._cells[f.index] for f in self.fields if is_number(f)}
        marks, words = cells.decimal_marks(numeric, delimiter=sheet.delimiter)
        self._marks = {f.index: marks.get(self._label(f), ".") for f in self.fields}
        for sentence in words:
            found.decide(sentence)

    def _label(self, field: Field) -> str:
        same = [f.index for f in self.fields if f.header == field.header]
        return field.header if len(same) == 1 else f"{field.header} ({same.index(field.index) + 1})"

    def __len__(self) -> int:
        return len(self.sheet.rows)

    def of(self, target: str) -> list[Field]:
        """The fields of a target, in the sheet's order."""
        return [f for f in self.fields if f.target == target]

    def has(self, target: str) -> bool:
        """Whether the sheet has a column for a target."""
        return any(f.target == target for f in self.fields)

    def cells(self, field: Field) -> list[str]:
        """The raw cells of a field."""
        return self._cells[field.index]

    def raw(self, field: Field, unit: str, kept: str) -> tuple[np.ndarray, list[int]]:
        """A field as numbers in any unit, without noting problems."""
        return cells.numbers(self.cells(field), unit, kept, self._marks[field.index])

    def number(self, target: str, system: str | None = None, *, rows: Collection[int] | None = None) -> np.ndarray:
        """A target as floats (NaN = not measured); the first filled column wins where several mean the same."""
        out = np.full(len(self), np.nan)
        for field in self.of(target):
            unit = close_unit(field.unit, system or self.system)
            values, wrong = self.raw(field, unit, field.kept)
            values = self._believable(field, values, target, rows)
            self._tell(field, wrong, "a number" if cells.dimension(field.kept) != "time" else "a duration", rows)
            out = np.where(np.isnan(out), values, out)
        return out

    def _believable(self, field: Field, values: np.ndarray, target: str, rows: Collection[int] | None) -> np.ndarray:
        if target in self.zero_is_missing:
            values = np.where(values == 0, np.nan, values)
            if "heart_rate" in target or "cadence" in target or target == "power_w":
                values = np.where(values == -1, np.nan, values)
        if target in RANGES:
            low, high = RANGES[target]
            with np.errstate(invalid="ignore"):
                beyond = np.flatnonzero((values < low) | (values > high)).tolist()
            for i in beyond:
                if rows is None or i in rows:
                    self.problem(
                        i,
                        field,
                        f"{self.cells(field)[i].strip()[:40]!r} is outside {low:g} to {high:g}"
                        + (f" {field.kept}" if field.kept else ""),
                    )
            values = values.copy()
            values[beyond] = np.nan
        return values

    def _tell(self, field: Field, wrong: Sequence[int], wanted: str, rows: Collection[int] | None) -> None:
        for i in wrong:
            if rows is None or i in rows:
                cell = self.cells(field)[i].strip()
                what = "a formula, not its value" if cell[:1] == "=" else f"cannot read {cell[:40]!r} as {wanted}"
                self.problem(i, field, what)

    def problem(
        self,
        row: int,
        field: Field | None,
        reason: str,
        *,
        kept: str = "the row, with this cell empty",
        action: str = "correct the cell",
    ) -> None:
        """Note one wrong cell, or one wrong row where ``field`` is None."""
        where = f"line {self.sheet.lines[row]}" + (f", column {field.header!r}" if field else "")
        self.found.problem(where, reason, kept, action)

    def text(self, target: str) -> list[str]:
        """A target as text, "" where missing; the first filled column wins."""
        out = [""] * len(self)
        for field in self.of(target):
            for i, cell in enumerate(self.cells(field)):
                if not out[i] and not cells.is_missing(cell):
                    out[i] = cell.strip()
        return out

    def flag(self, target: str) -> np.ndarray:
        """A target as booleans, False where missing."""
        out = np.zeros(len(self), dtype=bool)
        for field in self.of(target):
            out |= cells.flags(self.cells(field))
        return out


def text_series(values: Sequence[str]) -> pd.Series:
    """Texts as a column of pandas' str dtype.

    >>> text_series(["a", ""]).dtype
    <StringDtype(na_value=nan)>
    """
    return pd.Series(list(values), dtype="str")
