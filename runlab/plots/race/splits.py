"""Split by split against even pace, and what was eaten by the hour."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ... import units as _units
from ..axes import end_labels, unit_label
from ..styles import COLOURS, canvas, empty, style, titled
from .ground import distance_axis, has, need, signed

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.ticker import Locator


@style()
def plot_splits(splits: pd.DataFrame, *, units: str = "metric", ax: Axes | None = None) -> Axes:
    """Seconds gained and lost against an even race: the running total as a line, above zero ahead, below behind.

    Even means the race's own mean speed (stops included); the dashed line does the same with effort evened out over the
    hills, so that what the two differ by is ground. Takes ``Debrief.splits``.
    """
    need(splits, "plot_splits", "start_m", "end_m", "distance_m", "time_s")
    definition = "Running total ahead of (up) or behind the race's own average, stops included, min:s"
    known = splits.dropna(subset=["time_s"]) if len(splits) else splits
    if len(known) < 3:
        return empty(canvas(ax), "Too few splits to tell", definition, "This needs at least three splits with a time.")
    per, metres = _units.distance_unit_m(units), float(known["end_m"].max())
    total = float(known["time_s"].sum())
    ax = canvas(ax, 2.2, right=0.95)
    ahead = (known["distance_m"] * total / known["distance_m"].sum() - known["time_s"]).cumsum().to_numpy()
    x = np.concatenate(([0.0], known["end_m"] / per))
    ax.axhline(0, color=COLOURS["ink"], lw=0.8)
    ends = []
    if has(known, "graded_speed_mps") and known["graded_speed_mps"].notna().all() and "moving_s" in known:
        worth = known["moving_s"] * known["graded_speed_mps"]
        even = (worth * total / worth.sum() - known["time_s"]).cumsum().to_numpy()
        at = int(np.argmax(np.abs(even - ahead)))
        if abs(even[at] - ahead[at]) > 0.15 * np.abs(ahead).max():  # hills made a difference worth a second line
            ax.plot(
                x, np.concatenate(([0.0], even)), color=COLOURS["easy"], lw=1.3, ls=(0, (4, 2)), label="even effort"
            )
            ends = [(float(even[at]), "against\neven effort", COLOURS["easy"])]
            definition += "; dashed = the same with hills evened out"
    ax.plot(x, np.concatenate(([0.0], ahead)), "-o", ms=3, color=COLOURS["run"], lw=1.6, label="even pace")
    ax.set_xlim(0, metres / per)
    distance_axis(ax, metres, units=units)
    ax.yaxis.set_major_locator(_seconds_ticks(ax))
    ax.yaxis.set_major_formatter(lambda v, _: signed(v) if round(v) else "0")
    unit_label(ax, "m:ss")
    ends.append((float(ahead[len(ahead) // 2]), "against\neven pace", COLOURS["run"]))
    end_labels(ax, ends)
    top = int(np.argmax(ahead))
    return titled(ax, _answer(ahead, known, top, units), definition, details=f"{len(known)} splits.")


def _seconds_ticks(ax: Axes) -> Locator:
    from matplotlib.ticker import MultipleLocator

    low, high = ax.get_ylim()
    steps_s = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400)
    return MultipleLocator(next((s for s in steps_s if (high - low) / s <= 6), 36000))


def _answer(ahead: np.ndarray, splits: pd.DataFrame, top: int, units: str) -> str:
    per, unit = _units.distance_unit_m(units), _units.distance_unit(units)
    share = float(np.abs(ahead).max()) / float(splits["time_s"].sum())
    if share < 0.004:
        return f"Never more than {_units.format_duration(float(np.abs(ahead).max()))} from an even race"
    k = int(np.argmax(np.abs(ahead)))
    side = "ahead of" if ahead[k] > 0 else "behind"
    where = splits["end_m"].iloc[k] / per
    return f"Up to {_units.format_duration(abs(float(ahead[k])))} {side} an even race, at {unit} {where:.0f}"


@style()
def plot_fuelling(fuelling: pd.DataFrame, *, units: str = "metric", ax: Axes | None = None) -> Axes:
    """Carbohydrate by the hour: bars taken, ticks planned. Takes ``Debrief.fuelling``."""
    need(fuelling, "plot_fuelling", "hour", "carbs_g")
    definition = "Carbohydrate by hour of the race, g; bars = noted as taken, steps = planned"
    if "entries" in fuelling and fuelling["entries"].sum() == 1:
        definition += "; noted as one sum, spread evenly here"
    if not has(fuelling, "carbs_g"):
        return empty(
            canvas(ax), "Cannot tell what was eaten", definition, "No fuel.csv line of that day says what was taken."
        )
    ax = canvas(ax, 2.0, right=0.85)
    hours = fuelling["hour"].to_numpy(float)
    ax.bar(hours, fuelling["carbs_g"], width=0.66, color=COLOURS["run"], lw=0, label="taken", zorder=2)
    top = float(fuelling["carbs_g"].max())
    if has(fuelling, "planned_carbs_g"):
        top = max(top, float(fuelling["planned_carbs_g"].max()))
        for hour, planned in zip(hours, fuelling["planned_carbs_g"], strict=True):
            ax.plot(
                [hour - 0.42, hour + 0.42], [planned, planned], color=COLOURS["ink"], lw=1.6, label="_planned", zorder=3
            )
        ax.annotate(
            "planned",
            (hours[-1] + 0.42, fuelling["planned_carbs_g"].iloc[-1]),
            (4, 0),
            textcoords="offset points",
            va="center",
            annotation_clip=False,
        )
    ax.set_ylim(0, top * 1.2 if top > 0 else 1)
    ax.set_xlim(hours[0] - 0.6, hours[-1] + 0.6)
    step = max(1, int(np.ceil(len(hours) / 14)))
    ax.set_xticks(hours[::step], [f"{h:.0f}" for h in hours[::step]])
    short = fuelling["hour_share"].iloc[-1] if "hour_share" in fuelling else 1.0
    note = f" (the last is {60 * short:.0f} min)" if short < 0.98 else ""
    ax.set_xlabel(f"hour{note}", loc="right", labelpad=1)
    unit_label(ax, "g")
    return titled(ax, _fuel_answer(fuelling), definition, details=f"{len(hours)} hours.")


def _fuel_answer(fuelling: pd.DataFrame) -> str:
    hours = float(fuelling["hour_share"].sum()) if "hour_share" in fuelling else float(len(fuelling))
    rate = float(fuelling["carbs_g"].sum()) / hours if hours else float("nan")
    words = f"{rate:.0f} g of carbohydrate an hour noted"
    if has(fuelling, "planned_carbs_g"):
        words += f", {fuelling['planned_carbs_g'].sum() / hours:.0f} planned"
    return words
