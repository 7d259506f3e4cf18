"""Is any single run a jump?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from .. import tables
from .. import units as _units
from ..load.spikes import planned_spikes, single_run_spike
from .axes import flag_races, month_axis, shade_events, unit_label
from .styles import COLOURS, SINGLE, SMALL_PT, canvas, empty, style, titled

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@style()
def plot_long_runs(
    activities: pd.DataFrame,
    *,
    days: int = 30,
    jump: float = 0.1,
    plan: pd.DataFrame | None = None,
    races: pd.DataFrame | None = None,
    events: pd.DataFrame | None = None,
    units: str = "metric",
    start: object = None,
    ax: Axes | None = None,
) -> Axes:
    """Every run a dot by its distance, over a step line of the longest run in the ``days`` before.

    Runs more than ``jump`` above that line are ringed, the largest labelled with the percentage; planned runs are
    hollow squares to the right, ringed by the same rule (``load.planned_spikes``). Takes ``activities`` (``date``,
    ``sport``, ``distance_m``) and optionally ``plan``.
    """
    tables.check(activities, tables.ACTIVITIES, "date", "sport", "distance_m")
    ax = canvas(ax, SINGLE + 0.2, right=0.35)
    unit, per = _units.distance_unit(units), _units.distance_unit_m(units)
    definition = (
        f"Every run, {unit}; step line = longest run of the {days} days before; "
        f"ringed = over {jump:.0%} above it, diamond = race"
    ).replace("%", " %")
    runs = activities[(activities["sport"] == "running") & (activities["distance_m"] > 0)].sort_values("date")
    if runs.empty:
        return empty(ax, "No runs with a distance in this period", definition, "No run here has a distance.")
    runs = single_run_spike(runs, days=days).sort_values("date", kind="stable")
    covered = runs["date"] >= runs["date"].min() + pd.Timedelta(days=days)
    prior = runs["longest_before_m"].where(covered)
    shown = (runs["date"] >= pd.Timestamp(start)).to_numpy() if start is not None else np.ones(len(runs), bool)
    if not shown.any():
        return empty(ax, "No runs with a distance in this period", definition, "No run here has a distance.")
    runs, prior = runs[shown], prior[shown]
    distance, line = runs["distance_m"].to_numpy() / per, prior.to_numpy() / per
    excess = distance / line - 1
    above = np.nan_to_num(excess, nan=-1.0) > jump
    raced = runs["date"].isin(races["date"]).to_numpy() if races is not None else np.zeros(len(runs), bool)
    flagged = above & ~raced
    dates = runs["date"].to_numpy()
    dots: dict[str, Any] = {"ms": 3.6, "mew": 0, "ls": "none"}
    ring: dict[str, Any] = {"ms": 7, "mfc": "none", "mew": 1.4, "ls": "none"}
    ax.plot(dates[~above], distance[~above], "o", color=COLOURS["run"], alpha=0.7, label="runs", **dots)
    ax.plot(dates[flagged], distance[flagged], "o", mec=COLOURS["hard"], label="jumps", **ring)
    ax.plot(dates[flagged], distance[flagged], "o", color=COLOURS["hard"], label="_jump centres", **dots)
    ax.plot(
        dates[above & raced],
        distance[above & raced],
        "D",
        color=COLOURS["race"],
        ms=4.6,
        mew=0,
        ls="none",
        label="races above the line",
    )
    ax.step(dates, line, where="post", color=COLOURS["ink"], lw=1.0, alpha=0.8, label=f"longest of {days} days before")
    last = runs["date"].max()
    ahead = _planned(activities, plan, last)
    if len(ahead):
        ax.plot(
            ahead["date"].to_numpy(),
            ahead["distance_m"].to_numpy() / per,
            "s",
            ms=4,
            mfc="white",
            mec=COLOURS["run"],
            mew=1.0,
            ls="none",
            label="planned",
        )
        far = ahead[ahead["ratio"] > 1 + jump]
        ax.plot(
            far["date"].to_numpy(), far["distance_m"].to_numpy() / per, "o", mec=COLOURS["hard"], label="_far", **ring
        )
        for run in far.nlargest(1, "ratio").itertuples():
            ax.annotate(
                f"+{100 * (run.ratio - 1):.0f} %",
                (run.date, run.distance_m / per),
                (0, 6),
                textcoords="offset points",
                ha="center",
                va="bottom",
                fontsize=SMALL_PT,
                color=COLOURS["ink"],
                gid="planned jump",
            )
        last = ahead["date"].max()
        from matplotlib.dates import date2num

        ax.annotate(
            "planned",
            (float(date2num(runs["date"].max())), 1),
            (5, -12),
            xycoords=ax.get_xaxis_transform(),
            fontsize=SMALL_PT,
            textcoords="offset points",
            color=COLOURS["grey"],
            va="top",
        )
        ax.axvline(runs["date"].max() + pd.Timedelta(hours=18), color=COLOURS["grey"], lw=0.7)
    highest = max(distance.max(), np.nanmax(line, initial=0.0), ahead["distance_m"].max() / per if len(ahead) else 0.0)
    ax.set_ylim(0, highest * 1.32)
    opens = runs["date"].min() if start is None else pd.Timestamp(start)
    month_axis(ax, opens - pd.Timedelta(days=2), last + pd.Timedelta(days=3))
    unit_label(ax, unit)
    shade_events(ax, events)
    flag_races(ax, races, units=units)
    for i in _labelled(dates, distance, excess, above):
        ax.annotate(
            f"+{100 * excess[i]:.0f} %",
            (dates[i], distance[i]),
            (0, 6),
            textcoords="offset points",
            ha="center",
            va="bottom",
            fontsize=SMALL_PT,
            color=COLOURS["ink"],
        )
    return titled(
        ax,
        _answer(runs, distance, excess, flagged, raced, np.isfinite(line), unit, days),
        definition,
        details=f"{len(runs)} runs, longest {distance.max():.1f} {unit}, {int(flagged.sum())} above the line by "
        f"more than {100 * jump:.0f} %.",
    )


def _planned(activities: pd.DataFrame, plan: pd.DataFrame | None, last: pd.Timestamp) -> pd.DataFrame:
    return planned_spikes(activities, tables.empty(tables.PLAN) if plan is None else plan, through=last)


def _labelled(
    dates: np.ndarray, distance: np.ndarray, excess: np.ndarray, flagged: np.ndarray, most: int = 6
) -> list[int]:
    """The largest jumps, leaving out those whose label would sit on another's."""
    chosen: list[int] = []
    for i in sorted(np.flatnonzero(flagged), key=lambda i: -excess[i]):
        apart = all(
            abs((dates[i] - dates[j]) / np.timedelta64(1, "D")) > 14 or abs(distance[i] - distance[j]) > 6
            for j in chosen
        )
        if apart and len(chosen) < most:
            chosen.append(int(i))
    return chosen


def _answer(
    runs: pd.DataFrame,
    distance: np.ndarray,
    excess: np.ndarray,
    flagged: np.ndarray,
    raced: np.ndarray,
    covered: np.ndarray,
    unit: str,
    days: int,
) -> str:
    if not covered.any():
        return f"Too early to tell: fewer than {days} days of runs before any run here"
    if not flagged.any():
        longest = distance[~raced].max() if (~raced).any() else distance.max()
        return f"No training run stood out above the {days} days before; the longest is {longest:.1f} {unit}"
    top = int(np.nanargmax(np.where(flagged, excess, -np.inf)))
    day = runs["date"].iloc[top]
    many = f"{int(flagged.sum())} jumps" if flagged.sum() > 1 else "One jump"
    above = f"{100 * excess[top]:.0f} % above the line"
    return f"{many}; the largest {distance[top]:.1f} {unit} on {day.day} {day:%b}, {above}"
