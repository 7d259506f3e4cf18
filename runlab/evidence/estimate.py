"""A number with its honesty attached."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from html import escape
from typing import Any

from .. import units as _units


@dataclass(frozen=True)
class Estimate:
    """One headline number: value, interval, how many observations, how clean, how good the evidence, on what basis.

    ``value`` is in ``unit`` (SI inside: "m/s", "s", "m", "1/min", "TRIMP", "%", "" ...), ``low``-``high`` holds with
    probability ``level`` (0.8 unless said), ``n`` counts the observations behind it, ``clean_share`` is the share of
    clean data it rests on, ``grade`` is the evidence grade A-D (X: contradicted). Where data are too few ``value`` is
    NaN and ``basis`` names what is missing.

    >>> Estimate(4.08, 4.02, 4.15, n=6, unit="m/s", grade="B", basis="6 hard efforts since March")
    4:05 /km (4:01–4:09; 80 %), n = 6 [B] · 6 hard efforts since March
    >>> Estimate.unknown("needs at least 3 hard efforts of 2 to 15 min; found 1", unit="m/s")
    cannot tell · needs at least 3 hard efforts of 2 to 15 min; found 1
    """

    value: float
    low: float = math.nan
    high: float = math.nan
    level: float = 0.8
    n: int = 0
    unit: str = ""
    clean_share: float = math.nan
    grade: str = "D"
    basis: str = ""

    @classmethod
    def unknown(cls, basis: str, **rest: Any) -> Estimate:
        """An answer that says what is missing."""
        return cls(math.nan, basis=basis, **rest)

    @property
    def is_known(self) -> bool:
        """Whether there is a value at all."""
        return math.isfinite(self.value)

    def with_basis(self, basis: str) -> Estimate:
        """The same number on another stated basis."""
        return replace(self, basis=basis)

    def text(self, units: str = "metric") -> str:
        """Value and interval in the athlete's units: ``4:05 /km (4:01–4:09; 80 %)`` or ``cannot tell``."""
        if not self.is_known:
            return "cannot tell"
        low, high = self.low, self.high
        if self.unit == "m/s":
            low, high = high, low  # a faster speed is a smaller pace
        head = format_quantity(self.value, self.unit, units)
        if not (math.isfinite(low) and math.isfinite(high)):
            return head
        ends = [format_quantity(x, self.unit, units, bare=True) for x in (low, high)]
        return f"{head} ({ends[0]}–{ends[1]}; {self.level:.0%})".replace("%)", " %)")

    def __repr__(self) -> str:
        tail = f" · {self.basis}" if self.basis else ""
        if not self.is_known:
            return f"cannot tell{tail}"
        n = f", n = {self.n:,}" if self.n else ""
        clean = f", {self.clean_share:.0%} clean".replace("%", " %") if math.isfinite(self.clean_share) else ""
        return f"{self.text()}{n}{clean} [{self.grade}]{tail}"

    def _repr_html_(self) -> str:
        strong, _, rest = repr(self).partition(" · ")
        return f"<span><b>{escape(strong)}</b> {escape(rest)}</span>"

    def as_dict(self) -> dict[str, Any]:
        """The same names as columns of a table of estimates."""
        names = ("value", "low", "high", "level", "n", "unit", "clean_share", "grade", "basis")
        return {name: getattr(self, name) for name in names}


def format_quantity(value: float, unit: str, units: str = "metric", *, bare: bool = False) -> str:
    """A quantity in the athlete's units, with its unit unless ``bare``.

    >>> format_quantity(4.0, "m/s"), format_quantity(13272, "s"), format_quantity(42195, "m", bare=True)
    ('4:10 /km', '3:41:12', '42.2')
    """
    if unit == "m/s":
        text = _units.format_pace(value, units)
    elif unit == "s":
        return _units.format_duration(value)
    elif unit == "m":
        text = _units.format_distance(value, units)
    else:
        digits = 0 if abs(value) >= 100 or unit in ("1/min", "days") else 1 if abs(value) >= 10 else 2
        number = f"{value:,.{digits}f}"
        return number if bare or not unit else f"{number} {unit}"
    return text.split(" ")[0] if bare else text
