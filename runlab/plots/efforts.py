"""What can they hold?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from .. import units as _units
from ..errors import TableError
from .axes import end_labels, pace_axis
from .styles import BAND_ALPHA, COLOURS, SINGLE, canvas, empty, style, titled

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_NAMES = {1609.344: "mile", 21097.5: "half", 42195.0: "marathon"}
_TIMES = (
    (60, "1 min"),
    (120, "2"),
    (300, "5"),
    (600, "10"),
    (1200, "20"),
    (1800, "30"),
    (3600, "1 h"),
    (7200, "2 h"),
    (14400, "4 h"),
    (28800, "8 h"),
    (57600, "16 h"),
    (115200, "32 h"),
)


def distance_name(metres: float) -> str:
    """A race distance as runners call it, whatever the units: 400 m, mile, 5 km, half, marathon."""
    if (name := _NAMES.get(round(metres, 3))) is not None:
        return name
    return f"{metres:.0f} m" if metres < 2000 else f"{metres / 1000:g} km"


def season_bests(efforts: pd.DataFrame) -> pd.DataFrame:
    """The fastest accepted effort over each distance; one row per distance, shortest first."""
    good = efforts[(efforts["kind"] == "distance") & efforts["ok"] & efforts["time_s"].gt(0)]
    return good.sort_values("time_s").drop_duplicates("distance_m").sort_values("distance_m").reset_index(drop=True)


@style()
def plot_best_efforts(
    efforts: pd.DataFrame,
    *,
    earlier: pd.DataFrame | None = None,
    model: pd.DataFrame | None = None,
    units: str = "metric",
    ax: Axes | None = None,
) -> Axes:
    """The best pace held against how long it was held (log scale), over the standard distances.

    The current period is a line with points named by distance; ``earlier`` (the same table, before it) is a grey ghost;
    efforts that were rejected and would have been faster are hollow. ``model`` (``time_s``, ``speed_mps``, ``low``,
    ``high``) draws a fitted curve with its band, dashed. Takes ``log.efforts`` (``kind``, ``distance_m``, ``time_s``,
    ``ok``).
    """
    missing = [c for c in ("kind", "distance_m", "time_s", "ok") if c not in efforts]
    if missing:
        raise TableError(f"plot_best_efforts needs the table log.efforts; missing: {', '.join(missing)}")
    ax = canvas(ax, SINGLE + 0.4, right=0.95)
    definition = (
        f"Best average pace by how long it was held (elapsed time), min/{_units.distance_unit(units)}; "
        "hollow = rejected, grey = earlier"
    )
    best = season_bests(efforts)
    if best.empty:
        return empty(
            ax,
            "Cannot tell: no best effort in this period",
            definition,
            "No run here has clean distance and time over 400 m or more.",
        )
    speed = (best["distance_m"] / best["time_s"]).to_numpy()
    ends = []
    if earlier is not None and len(ghost := season_bests(earlier)):
        ghost_speed = (ghost["distance_m"] / ghost["time_s"]).to_numpy()
        ax.plot(ghost["time_s"], ghost_speed, "-o", color=COLOURS["ghost"], ms=3, lw=1.2, label="earlier")
        ends.append((float(ghost_speed[-1]), "earlier", COLOURS["ghost"]))
    if model is not None and len(model):
        ax.fill_between(
            model["time_s"],
            model["low"],
            model["high"],
            color=COLOURS["run"],
            alpha=BAND_ALPHA,
            lw=0,
            label="_model band",
        )
        ax.plot(model["time_s"], model["speed_mps"], color=COLOURS["run"], lw=1.0, ls=(0, (4, 2)), label="model")
    ax.plot(best["time_s"], speed, "-o", color=COLOURS["run"], ms=4, lw=1.6, label="this period")
    ends.append((float(speed[-1]), "this period", COLOURS["run"]))
    odd = efforts[(efforts["kind"] == "distance") & ~efforts["ok"] & efforts["time_s"].gt(0)]
    odd = odd.merge(best[["distance_m", "time_s"]], on="distance_m", suffixes=("", "_best"))
    odd = odd[odd["time_s"] < odd["time_s_best"]].sort_values("time_s").drop_duplicates("distance_m")
    if len(odd):
        fast = np.minimum(odd["distance_m"] / odd["time_s"], 1.25 * speed.max())
        ax.plot(odd["time_s"], fast, "o", ms=5, mfc="white", mec=COLOURS["grey"], mew=1.0, ls="none", label="rejected")
    ax.set_xscale("log")
    low, high = best["time_s"].min(), best["time_s"].max()
    if len(odd):
        low = min(low, odd["time_s"].min())
    ax.set_xlim(low * 0.85, high * 2.1)
    from matplotlib.ticker import FixedFormatter, FixedLocator, NullLocator

    shown = [(t, word) for t, word in _TIMES if low * 0.85 <= t <= high * 2.1]
    shown[:1] = [(t, word if " " in word else f"{word} min") for t, word in shown[:1]]
    ax.xaxis.set_minor_locator(NullLocator())
    ax.xaxis.set_major_locator(FixedLocator([t for t, _ in shown]))
    ax.xaxis.set_major_formatter(FixedFormatter([word for _, word in shown]))
    bottom, top = ax.get_ylim()
    ax.set_ylim(bottom - 0.04 * (top - bottom), top + 0.14 * (top - bottom))
    pace_axis(ax, units=units)
    named = 0.0
    for time, v, metres in zip(best["time_s"], speed, best["distance_m"], strict=True):
        if np.log(time) - named > 0.09 * np.log(high * 1.47 / low) + 0.05 or not named:
            ax.annotate(
                distance_name(metres),
                (time, v),
                (2, 5),
                textcoords="offset points",
                ha="left",
                va="bottom",
                fontsize=7.5,
                color=COLOURS["ink"],
            )
            named = float(np.log(time))
    end_labels(ax, ends)
    return titled(
        ax,
        _answer(best, speed, units),
        definition,
        details="; ".join(
            f"{distance_name(m)} {_units.format_duration(t)}"
            for m, t in zip(best["distance_m"], best["time_s"], strict=True)
        )
        + ".",
    )


def _answer(best: pd.DataFrame, speed: np.ndarray, units: str) -> str:
    """The longest two of the distances that people know, with pace."""
    known = [i for i, m in enumerate(best["distance_m"]) if round(m) in (1000, 3000, 5000, 10000, 21098, 42195)] or [0]
    parts = [
        f"{distance_name(best['distance_m'].iloc[i])} {_units.format_duration(best['time_s'].iloc[i])} "
        f"({_units.format_pace(speed[i], units)})"
        for i in known[-2:]
    ]
    return "Best efforts: " + ", ".join(parts)
