"""What happened in this activity, from start to end?"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from .. import tables
from .. import units as _units
from .axes import clock_axis, pace_axis, unit_label
from .styles import COLOURS, DOUBLE, canvas, empty, stacked, style, titled

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@style()
def plot_records(
    records: pd.DataFrame, *, units: str = "metric", smooth_s: float = 20.0, ax: Axes | None = None
) -> Axes:
    """Pace, heart rate and altitude of one activity over its time, one panel each; only channels that were measured.

    Pace is the mean of ``smooth_s`` seconds; stopped time is left open. Takes ``records`` (``time`` and any channel).
    """
    tables.check(records, tables.RECORDS, "time")
    definition = f"Pace (mean of {smooth_s:.0f} s), heart rate and altitude against elapsed time"
    have = [c for c in ("speed_mps", "heart_rate_bpm", "altitude_m") if c in records and records[c].notna().sum() > 1]
    ax = canvas(ax, 1.1 + 1.15 * len(have) if have else DOUBLE, right=0.3)
    if not have:
        return empty(
            ax,
            "No pace, heart rate or altitude in this activity",
            definition,
            "The file holds no samples of these channels.",
        )
    elapsed = tables.seconds(records["time"])
    panels = stacked(ax, [1.3 if c == "speed_mps" else 1.0 for c in have], gap=0.24)
    clock = pd.to_timedelta(elapsed, unit="s")
    for panel, channel in zip(panels, have, strict=True):
        series = pd.Series(records[channel].to_numpy(), index=clock)
        if channel == "speed_mps":
            series = series.where(series > 0.5)
        smooth = series.rolling(f"{smooth_s:.0f}s", min_periods=1).mean().to_numpy(copy=True)
        gap = np.append(np.diff(elapsed), 0) > max(
            30.0, 3 * float(np.median(np.diff(elapsed))) if len(elapsed) > 1 else 30.0
        )
        smooth[gap | series.isna().to_numpy()] = np.nan
        if channel == "speed_mps":
            moving = smooth[np.isfinite(smooth)]
            panel.plot(elapsed, smooth, color=COLOURS["run"], lw=1.0, label="pace")
            if len(moving):
                low, high = np.percentile(moving, [2, 99.5])
                panel.set_ylim(max(0.4, low - 0.25), high + 0.25)
            pace_axis(panel, units=units, most=5)
        elif channel == "heart_rate_bpm":
            panel.plot(elapsed, smooth, color=COLOURS["hard"], lw=1.0, label="heart rate")
            unit_label(panel, "1/min")
            panel.locator_params(axis="y", nbins=4)
        else:
            height = smooth if units == "metric" else smooth / _units.METRES_PER_FOOT
            floor = np.nanmin(height) - max(3.0, 0.05 * (np.nanmax(height) - np.nanmin(height)))
            panel.fill_between(elapsed, floor, height, color=COLOURS["ghost"], lw=0, label="altitude")
            panel.set_ylim(floor, max(np.nanmax(height) * 1.02, floor + 40))
            unit_label(panel, "m" if units == "metric" else "ft")
            panel.locator_params(axis="y", nbins=3)
        panel.tick_params(labelbottom=panel is panels[-1])
    ax.set_xlim(0, max(float(elapsed[-1]), 1.0))
    clock_axis(panels[-1])
    for panel in panels[:-1]:
        panel.set_xlabel("")
    return titled(ax, _answer(records, float(elapsed[-1]), units), definition)


def _answer(records: pd.DataFrame, elapsed_s: float, units: str) -> str:
    distance = records["distance_m"].max() if "distance_m" in records else math.nan
    heart = records["heart_rate_bpm"].mean() if "heart_rate_bpm" in records else math.nan
    parts = [
        f"{_units.format_distance(distance, units)} in" if math.isfinite(distance) else "",
        _units.format_duration(elapsed_s),
        f"at a mean heart rate of {heart:.0f}" if math.isfinite(heart) else "without heart rate",
    ]
    return " ".join(p for p in parts if p)
