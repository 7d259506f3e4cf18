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


def break_at(splits: pd.DataFrame, column: str = "speed_mps", *, least: float = 0.03) -> int | None:
    """The first split of the slower or faster rest of the race, or None where pace held within ``least``.

    Two levels are laid through the splits, weighted by distance; the place that fits best is taken, with at least a
    tenth of the race on either side.
    """
    known = splits[splits[column] > 0]
    if len(known) < 5:
        return None
    pace, weight = 1 / known[column].to_numpy(float), known["distance_m"].to_numpy(float)
    way = np.cumsum(weight) / weight.sum()
    best, at = 0.0, None
    for k in range(2, len(known) - 1):
        if not 0.1 <= way[k - 1] <= 0.9:
            continue
        first = np.average(pace[:k], weights=weight[:k])
        rest = np.average(pace[k:], weights=weight[k:])
        gain = weight[:k].sum() * weight[k:].sum() * (first - rest) ** 2
        if gain > best and abs(rest / first - 1) >= least:
            best, at = gain, k
    return None if at is None else int(known.index[at])


def two_paces(splits: pd.DataFrame, *, least: float = 0.04) -> tuple[int | None, float, float, bool]:
    """Where pace changed, the pace before and after, and whether these are flat-equivalent (a hilly course).

    Without a lasting change: None and the paces of the two halves.
    """
    known = splits[splits["speed_mps"] > 0]
    flat = has(known, "graded_speed_mps") and (known["graded_speed_mps"] / known["speed_mps"] - 1).abs().mean() > 0.03
    at = break_at(known, "graded_speed_mps" if has(known, "graded_speed_mps") else "speed_mps", least=least)
    after = known.index >= at if at is not None else (known["end_m"] > known["end_m"].max() / 2).to_numpy()
    speeds = []
    for part in (known[~after], known[after]):
        if flat:
            part = part.dropna(subset=["graded_speed_mps"])
            speeds.append(
                float(np.average(part["graded_speed_mps"], weights=part["moving_s"])) if len(part) else math.nan
            )
        else:
            speeds.append(speed_over(part))
    return at, speeds[0], speeds[1], bool(flat)


def hills_matter(splits: pd.DataFrame) -> bool:
    """Whether flat-equivalent pace differs from pace by enough to be worth a line of its own."""
    if not has(splits, "graded_speed_mps") or not has(splits, "speed_mps"):
        return False
    return bool((splits["graded_speed_mps"] / splits["speed_mps"] - 1).abs().mean() > 0.004)


def speed_over(splits: pd.DataFrame) -> float:
    """Mean moving speed over some splits."""
    return float(splits["distance_m"].sum() / splits["moving_s"].sum()) if splits["moving_s"].sum() > 0 else math.nan


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
