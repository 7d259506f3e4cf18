"""How is time split, and how are sessions split?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ..errors import TableError
from .style import COLOURS, HATCHES, SINGLE, SMALL_PT, canvas, empty, style, titled

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ZONES = ("easy", "threshold", "hard")


@style()
def plot_intensity(intensity: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Easy, threshold and hard as a share of each month's time, and beside it of its sessions where they are known.

    Takes one row per month: ``month`` (date), ``easy_s``, ``threshold_s``, ``hard_s``, ``unknown_s`` (seconds without
    a zone), and optionally ``easy_sessions``, ``threshold_sessions``, ``hard_sessions`` and ``basis`` (what the zones
    rest on). Time without a zone is hatched grey, so the bars always sum to the whole.
    """
    missing = [c for c in ("month", "easy_s", "threshold_s", "hard_s") if c not in intensity]
    if missing:
        raise TableError(f"plot_intensity needs one row per month; missing: {', '.join(missing)}")
    with_sessions = "easy_sessions" in intensity
    table = intensity.sort_values("month").tail(12).reset_index(drop=True)
    ax = canvas(ax, max(SINGLE - 0.4, 1.25 + 0.24 * len(table)), left=0.78, right=0.45, top=0.86, bottom=0.46)
    basis = next((str(b) for b in table.get("basis", []) if b), "")
    definition = (
        "Share of running time"
        + (" (left) and of runs (right)" if with_sessions else "")
        + " in three zones, %"
        + (f"; {basis}" if basis else "")
        + "; hatched = no zone known"
    )
    seconds = {zone: table[f"{zone}_s"].fillna(0.0).to_numpy() for zone in ZONES}
    seconds["unknown"] = table["unknown_s"].fillna(0.0).to_numpy() if "unknown_s" in table else np.zeros(len(table))
    if sum(s.sum() for s in seconds.values()) <= 0 or sum(seconds[z].sum() for z in ZONES) <= 0:
        return empty(
            ax,
            "Cannot tell how intensity is split",
            definition,
            "No run here has heart rate with a known threshold or maximum, nor pace with a known threshold.",
        )
    panels = [(ax, seconds, "running time")]
    if with_sessions:
        counts = {zone: table[f"{zone}_sessions"].fillna(0.0).to_numpy() for zone in ZONES}
        counts["unknown"] = (
            table["unknown_sessions"].fillna(0.0).to_numpy() if "unknown_sessions" in table else np.zeros(len(table))
        )
        box = ax.get_position()
        width = box.width * 0.485
        ax.set_position((box.x0, box.y0, width, box.height))
        second = ax.get_figure(root=True).add_axes((box.x1 - width, box.y0, width, box.height), sharey=ax)
        panels.append((second, counts, "runs"))
    rows = np.arange(len(table))
    for panel, parts, what in panels:
        _stack(panel, rows, parts, label=panel is ax)
        panel.set_xlim(0, 100)
        panel.set_xticks([0, 20, 40, 60, 80, 100])
        panel.grid(axis="y", visible=False)
        panel.grid(axis="x", visible=True)
        panel.spines["left"].set_visible(False)
        panel.set_xlabel(f"share of {what}, %", loc="left", labelpad=2)
    years: set[int] = set()
    words = []
    for month in pd.DatetimeIndex(table["month"]):
        words.append(f"{month:%b}" if month.year in years else f"{month:%b} {month.year}")
        years.add(month.year)
    ax.set_yticks(rows, words)
    ax.set_ylim(len(table) - 0.4, -0.6)
    if with_sessions:
        panels[1][0].tick_params(labelleft=False)
    _names(ax, seconds)
    return titled(ax, _answer(seconds, panels[1][1] if with_sessions else None), definition)


def _stack(ax: Axes, rows: np.ndarray, parts: dict[str, np.ndarray], *, label: bool) -> None:
    total = np.sum(list(parts.values()), axis=0)
    scale = 100 / np.where(total > 0, total, np.nan)
    left = np.zeros(len(rows))
    for zone, amount in parts.items():
        share = np.nan_to_num(amount * scale)
        colour = COLOURS["missing"] if zone == "unknown" else COLOURS[zone]
        ax.barh(
            rows,
            share,
            0.74,
            left=left,
            color=colour,
            hatch=HATCHES[zone] or None,
            lw=0,
            edgecolor=COLOURS["ghost"] if zone == "unknown" else "white",
            label=zone if label else f"_{zone}",
        )
        for row, value, start in zip(rows, share, left, strict=True):
            if value >= 9 and zone != "unknown":
                ax.text(
                    start + value / 2,
                    row,
                    f"{value:.0f}",
                    ha="center",
                    va="center",
                    fontsize=SMALL_PT,
                    color=COLOURS["ink"] if zone != "hard" else "white",
                    bbox={"facecolor": COLOURS[zone], "edgecolor": "none", "pad": 1.0},
                )
        left = left + share


def _names(ax: Axes, parts: dict[str, np.ndarray]) -> None:
    """The zones' names once, above the first bar, each over its own piece and moved apart where they would touch."""
    from .style import readable

    total = sum(p[0] for p in parts.values())
    at, left = 0.0, 0.0
    for zone in ZONES:
        share = 100 * parts[zone][0] / total if total > 0 else 0.0
        x = max(left, at)
        left += share
        if sum(p.sum() for p in [parts[zone]]) > 0:
            ax.annotate(
                zone,
                (x, 1),
                (1, 1.5),
                xycoords=("data", "axes fraction"),
                textcoords="offset points",
                fontsize=SMALL_PT,
                color=readable(COLOURS[zone]),
                va="bottom",
                annotation_clip=False,
                gid="label",
            )
            at = x + (8 + 5.2 * len(zone)) * 100 / (ax.get_window_extent().width * 72 / ax.get_figure(root=True).dpi)


def _answer(seconds: dict[str, np.ndarray], counts: dict[str, np.ndarray] | None) -> str:
    known = sum(seconds[z].sum() for z in ZONES)
    easy, threshold, hard = (100 * seconds[z].sum() / known for z in ZONES)
    head = f"{easy:.0f} % of running time was easy, {threshold:.0f} % threshold, {hard:.0f} % hard"
    if counts is not None and (runs := sum(counts[z].sum() for z in ZONES)) > 0:
        return f"{easy:.0f} % of running time and {100 * counts['easy'].sum() / runs:.0f} % of runs were easy"
    return head
