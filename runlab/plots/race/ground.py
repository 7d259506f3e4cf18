"""What the race pictures share: a distance axis in the athlete's units, steps along it, marks, and where pace broke."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ... import units as _units
from ...errors import TableError
from ..axes import span_label

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_DISTANCE_STEPS = (0.2, 0.5, 1, 2, 5, 10, 20, 25, 50)
DARK = "#DDE3EC"


def need(frame: pd.DataFrame, picture: str, *columns: str) -> None:
    """Raise TableError naming the columns a picture lacks; an empty frame may lack them all."""
    missing = [c for c in columns if c not in frame]
    if missing and len(frame):
        raise TableError(f"{picture} needs a table of rl.race.debrief; missing: {', '.join(missing)}")


def has(frame: pd.DataFrame | None, column: str) -> bool:
    """Whether a table is there and holds at least one number in a column."""
    return frame is not None and len(frame) > 0 and column in frame and bool(frame[column].notna().any())


def steps(frame: pd.DataFrame, column: str, per: float) -> tuple[np.ndarray, np.ndarray]:
    """Values held over their stretch, as points of a line; an unknown stretch leaves a gap."""
    x = np.column_stack([frame["start_m"], frame["end_m"]]).ravel() / per
    return x, np.repeat(frame[column].to_numpy(float), 2)


def distance_axis(ax: Axes, metres: float, *, units: str = "metric") -> None:
    """An x axis of distance from the start to the end, with round ticks and the unit once."""
    from matplotlib.ticker import FixedFormatter, FixedLocator

    length = metres / _units.distance_unit_m(units)
    step = next((s for s in _DISTANCE_STEPS if length / s <= 11), 100)
    ticks = np.arange(0, length + 1e-9, step)
    ax.xaxis.set_major_locator(FixedLocator(ticks.tolist()))
    ax.xaxis.set_major_formatter(FixedFormatter([f"{tick:g}" for tick in ticks]))
    ax.set_xlim(0, length)
    ax.set_xlabel(_units.distance_unit(units), loc="right", labelpad=1)


def shade_dark(ax: Axes, spans: pd.DataFrame | None, start: str, end: str, per: float, *, label: bool = True) -> None:
    """The hours of darkness behind the data, with the word where there is room."""
    if spans is None or not len(spans):
        return
    low, high = ax.get_xlim()
    for left, right in zip(spans[start] / per, spans[end] / per, strict=True):
        left, right = max(float(left), low), min(float(right), high)
        if not right > left:
            continue
        ax.axvspan(left, right, color=DARK, lw=0, zorder=0.1)
        if label and (right - left) > 0.06 * (high - low):
            span_label(ax, "dark", left, right, gid="dark")


def hills_matter(splits: pd.DataFrame) -> bool:
    """Whether flat-equivalent pace differs from pace by enough to be worth a line of its own."""
    if not has(splits, "graded_speed_mps") or not has(splits, "speed_mps"):
        return False
    return bool((splits["graded_speed_mps"] / splits["speed_mps"] - 1).abs().mean() > 0.004)


def signed(seconds: float) -> str:
    """A difference of times with its sign: +2:30, −0:45; hours where it needs them."""
    if not math.isfinite(seconds):
        return "·"
    if round(seconds) == 0:
        return "0:00"
    return ("−" if seconds < 0 else "+") + _units.format_duration(abs(seconds))


def split_noun(splits: pd.DataFrame, units: str) -> str:
    """What one split is: "km", "mile", "5 km", "lap of 400 m"."""
    length = float(splits["distance_m"].median())
    share = length / _units.distance_unit_m(units)
    name = {"metric": "km", "imperial": "mile"}[units]
    if abs(share - 1) < 0.02:
        return name
    return f"{share:.0f} {name if units == 'metric' else 'miles'}" if share > 1 else f"{length:.0f} m"
