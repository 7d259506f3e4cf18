"""How did this build compare with the athlete's own best, on a weeks-to-race axis?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ... import units as _units
from ..axes import end_labels, span_label, unit_label
from ..styles import COLOURS, canvas, empty, stacked, style, titled
from .ground import has, need

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_LETTERS = {"ill": "i", "injury": "p", "pain": "p", "travel": "t", "life": "t"}
_NAMES = {
    "ill": "ill",
    "injury": "injury or pain",
    "pain": "injury or pain",
    "travel": "travel or life",
    "life": "travel or life",
    "no runs": "no runs",
}


@style()
def plot_build(
    build: pd.DataFrame,
    *,
    disruptions: pd.DataFrame | None = None,
    best: str = "",
    units: str = "metric",
    ax: Axes | None = None,
) -> Axes:
    """The last weeks before the race beside the athlete's own best build: volume, longest run, distance at race pace.

    Bars and dots are this build, the grey steps and rings the best one; interruptions are shaded with a letter. Takes
    ``Debrief.build`` (``build, weeks_to_race, run_distance_m, longest_run_m, race_pace_m``) and ``disruptions``.
    """
    need(build, "plot_build", "build", "weeks_to_race", "week_start", "run_distance_m", "longest_run_m")
    unit, per = _units.distance_unit(units), _units.distance_unit_m(units)
    definition = f"Runs by week, {unit}, in the weeks before the race (0 = race day)"
    this = build[build["build"] == "this"].sort_values("weeks_to_race") if len(build) else build
    if not has(this, "run_distance_m"):
        return empty(
            canvas(ax),
            "Cannot tell how the build went",
            definition,
            "No run with a distance lies in the 16 weeks before.",
        )
    ghost = build[build["build"] == "best"].sort_values("weeks_to_race")
    rows = [("run_distance_m", "a week", 1.6), ("longest_run_m", "longest\nrun", 1.0)]
    if has(this, "race_pace_m") and this["race_pace_m"].max() > 0:
        rows.append(("race_pace_m", "at race\npace", 0.8))
    ax = canvas(ax, 1.1 + 0.95 * sum(r[2] for r in rows), right=0.85)
    panels = stacked(ax, [r[2] for r in rows], gap=0.2)
    first = int(this["weeks_to_race"].max())
    last = this.loc[this["weeks_to_race"].idxmin()]
    race_day = last["week_start"] + pd.Timedelta(weeks=int(last["weeks_to_race"]))
    for panel, (column, name, _) in zip(panels, rows, strict=True):
        _panel(panel, this, ghost, column, per)
        panel.set_xlim(-first - 0.1, 0.35)
        top = np.nanmax([this[column].max(), ghost[column].max() if has(ghost, column) else 0.0]) / per
        panel.set_ylim(0, top * 1.22 if top > 0 else 1)
        _shade(panel, disruptions, race_day, letters=panel is ax)
        panel.axvline(0, color=COLOURS["race"], lw=0.8, ls=(0, (1, 2)))
        unit_label(panel, unit)
        panel.locator_params(axis="y", nbins=4)
        end_labels(panel, [(0.5 * panel.get_ylim()[1], name, COLOURS["grey"])])
        panel.tick_params(labelbottom=panel is panels[-1])
    ticks = [-w for w in range(first, -1, -2 if first > 8 else -1)]
    panels[-1].set_xticks(ticks, [f"{-t}" if t else "race" for t in ticks])
    panels[-1].set_xlabel("weeks to the race", loc="right", labelpad=1)
    ax.annotate(
        "⚑",
        (0, 1),
        (2.2, -3),
        xycoords=ax.get_xaxis_transform(),
        textcoords="offset points",
        ha="center",
        va="bottom",
        fontsize=9,
        annotation_clip=False,
        gid="race",
    )
    led = f"; grey = {best}" if best and len(ghost) else "; no earlier build to set it against"
    return titled(
        ax,
        build_answer(build, units),
        definition + (led if best or ghost.empty else "; grey = best build") + _legend(disruptions),
        details=_details(this, ghost, units),
    )


def _panel(ax: Axes, this: pd.DataFrame, ghost: pd.DataFrame, column: str, per: float) -> None:
    at = -this["weeks_to_race"].to_numpy(float) + 0.5
    if column == "longest_run_m":
        if has(ghost, column):
            ax.plot(
                -ghost["weeks_to_race"] + 0.5,
                ghost[column] / per,
                "o",
                ms=5,
                mfc="white",
                mec=COLOURS["other"],
                mew=1.1,
                ls="none",
                label="best build",
                zorder=2,
            )
        ax.plot(at, this[column] / per, "o", ms=5, color=COLOURS["run"], ls="none", label="this build", zorder=3)
        return
    ax.bar(at, this[column] / per, width=0.72, color=COLOURS["run"], lw=0, label="this build", zorder=2)
    if has(ghost, column):
        down = ghost.sort_values("weeks_to_race", ascending=False)
        edges = np.column_stack([-down["weeks_to_race"], 1 - down["weeks_to_race"]]).ravel()
        ax.plot(
            edges,
            np.repeat(down[column].to_numpy(float) / per, 2),
            color=COLOURS["other"],
            lw=1.6,
            label="best build",
            zorder=3,
        )


def _shade(ax: Axes, disruptions: pd.DataFrame | None, race_day: pd.Timestamp, *, letters: bool) -> None:
    """Interrupted days where they were, with a letter for what the log says of them."""
    if disruptions is None or not len(disruptions):
        return
    low, high = ax.get_xlim()
    for row in disruptions.itertuples():
        end = row.start if pd.isna(row.end) else row.end
        left = max((row.start - race_day).days / 7, low)
        right = min(((end - race_day).days + 1) / 7, high)
        if right <= left:
            continue
        ax.axvspan(left, right, color=COLOURS.get(row.kind, COLOURS["missing"]), lw=0, zorder=0.2)
        if letters and row.kind in _LETTERS:
            span_label(ax, _LETTERS[row.kind], left, right, gid="event")


def _legend(disruptions: pd.DataFrame | None) -> str:
    if disruptions is None or not len(disruptions):
        return ""
    shown = dict.fromkeys((_LETTERS.get(k, ""), _NAMES.get(k, k)) for k in disruptions["kind"])
    return "; shaded: " + ", ".join(f"{letter} = {name}" if letter else name for letter, name in shown)


def build_answer(build: pd.DataFrame, units: str) -> str:
    """Mean weekly distance of this build beside the best one, and how often the long run was long."""
    this, ghost = build[build["build"] == "this"], build[build["build"] == "best"]
    mean, longest = this["run_distance_m"].mean(), this["longest_run_m"].max()
    own = f"{_units.format_distance(mean, units, digits=0)} a week over {len(this)} weeks, longest run "
    own += _units.format_distance(longest, units, digits=0)
    if not has(ghost, "run_distance_m"):
        return own
    before = _units.format_distance(ghost["run_distance_m"].mean(), units, digits=0)
    return (
        f"{own}; best build: {before} a week, {_units.format_distance(ghost['longest_run_m'].max(), units, digits=0)}"
    )


def _details(this: pd.DataFrame, ghost: pd.DataFrame, units: str) -> str:
    total = _units.format_distance(this["run_distance_m"].sum(), units, digits=0)
    words = [f"{total} in this build"]
    if len(ghost):
        words.append(f"{_units.format_distance(ghost['run_distance_m'].sum(), units, digits=0)} in the best one")
    if has(this, "race_pace_m"):
        words.append(f"{_units.format_distance(this['race_pace_m'].sum(), units, digits=0)} at race pace")
    return "; ".join(words) + "."
