"""What can be trusted, and since when?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from .. import tables
from .axes import month_axis, unit_label
from .styles import COLOURS, SINGLE, SMALL_PT, STRIP, canvas, empty, figure_of, style, titled

if TYPE_CHECKING:
    from matplotlib.axes import Axes

USABLE = 0.8


def channel_coverage(activities: pd.DataFrame) -> pd.DataFrame:
    """The share of training hours that carry each channel, per month.

    Takes ``activities`` (``date``, ``timer_time_s`` or ``elapsed_time_s``, ``heart_rate_share``, ...); runs only where
    there are any. Returns one row per calendar month (index ``month``), a column per channel with shares 0-1, and
    ``hours``; a month without training is a row of NaN with 0 hours.
    """
    tables.check(activities, tables.ACTIVITIES, "date", "sport", "heart_rate_share")
    runs = activities[activities["sport"] == "running"]
    hours = runs["timer_time_s"].fillna(runs["elapsed_time_s"]).fillna(0.0) / 3600.0
    channels = {
        "heart rate": runs["heart_rate_share"].fillna(0.0),
        "position": runs["has_position"].astype(float),
        "altitude": (runs["ascent_m"].notna() & (runs["samples"] > 0)).astype(float),
        "cadence": runs["average_cadence_spm"].notna().astype(float),
        "power": runs["average_power_w"].notna().astype(float),
        "effort rating": runs["rpe"].notna().astype(float),
        "own words": ((runs["notes"] != "") | (runs["private_notes"] != "")).astype(float),
    }
    month = runs["date"].dt.to_period("M")
    weighted = pd.DataFrame({name: share * hours for name, share in channels.items()}).groupby(month).sum()
    total = hours.groupby(month).sum()
    every = pd.period_range(month.min(), month.max(), freq="M") if len(runs) else pd.PeriodIndex([], freq="M")
    out = weighted.div(total.where(total > 0), axis=0).reindex(every)
    return out.assign(hours=total.reindex(every).fillna(0.0)).rename_axis("month")


def usable_since(coverage: pd.DataFrame, channel: str, *, share: float = USABLE) -> pd.Period | None:
    """The first month from which a channel covers at least ``share`` of the hours of every month that has training."""
    good = (coverage[channel] >= share) | coverage[channel].isna()
    tail = good[::-1].cummin()[::-1]
    months = tail[tail & coverage[channel].notna()]
    return months.index[0] if len(months) else None


@style()
def plot_coverage(activities: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Channels by month; the darker the cell, the larger the share of running hours that carry the channel.

    Ticks above mark the first run of a new device. Takes ``activities``.
    """
    ax = canvas(ax, SINGLE + 0.15, left=0.98, right=0.45, top=0.86, bottom=0.42)
    coverage = channel_coverage(activities)
    definition = "Share of running hours with each channel, %; dotted line = first run with another device"
    if coverage.empty:
        return empty(ax, "No runs in this period", definition, "There is no run to look at.")
    channels = [c for c in coverage if c != "hours"]
    values = coverage[channels].to_numpy().T
    n = len(coverage)
    cells = np.ma.masked_invalid(values)
    from matplotlib.colors import LinearSegmentedColormap

    blues = LinearSegmentedColormap.from_list("coverage", ["#FFFFFF", "#BFDCEE", COLOURS["run"]])
    shades = blues.with_extremes(bad=COLOURS["missing"])
    starts = [m.start_time for m in coverage.index] + [coverage.index[-1].end_time.ceil("D")]
    edges = np.array(starts, dtype="datetime64[us]")
    from matplotlib.dates import date2num

    x = date2num(edges)
    ax.pcolormesh(x, np.arange(len(channels) + 1), cells, cmap=shades, vmin=0, vmax=1, edgecolors="white", lw=1.2)
    if n <= 14:
        for row in range(len(channels)):
            for column in range(n):
                share = values[row, column]
                if np.isfinite(share):
                    ax.text(
                        (x[column] + x[column + 1]) / 2,
                        row + 0.5,
                        f"{100 * share:.0f}",
                        ha="center",
                        va="center",
                        fontsize=SMALL_PT,
                        color="white" if share > 0.62 else COLOURS["ink"],
                    )
    for gap in np.flatnonzero(coverage["hours"].to_numpy() == 0):
        ax.text(
            (x[gap] + x[gap + 1]) / 2,
            len(channels) / 2,
            "no runs",
            ha="center",
            va="center",
            rotation=90,
            fontsize=SMALL_PT,
            color=COLOURS["grey"],
        )
    ax.set_yticks(np.arange(len(channels)) + 0.5, channels)
    ax.set_ylim(len(channels), 0)
    ax.grid(False)
    ax.spines[["left", "bottom"]].set_visible(False)
    month_axis(ax, starts[0], starts[-1])
    if n <= 14:
        _centre_months(ax, x, coverage.index)
    _devices(ax, activities, x[0], x[-1])
    return titled(
        ax,
        _coverage_answer(coverage),
        definition,
        details="; ".join(
            f"{c} {100 * np.nansum(coverage[c] * coverage['hours']) / coverage['hours'].sum():.0f} %" for c in channels
        )
        + ".",
    )


def _centre_months(ax: Axes, edges: np.ndarray, months: pd.PeriodIndex) -> None:
    words = [f"{m.start_time:%b}" + (f"\n{m.year}" if i == 0 or m.month == 1 else "") for i, m in enumerate(months)]
    ax.set_xticks((edges[:-1] + edges[1:]) / 2, words)
    ax.tick_params(axis="x", length=0)


def _devices(ax: Axes, activities: pd.DataFrame, low: float, high: float) -> None:
    """The first run of every new device, as a dotted line with its name above the cells."""
    from matplotlib.dates import date2num

    runs = activities[(activities["sport"] == "running") & (activities["device"] != "")].sort_values("date")
    if runs.empty:
        return
    firsts = runs.groupby("device")["date"].min().sort_values()
    width_pt = ax.get_window_extent().width * 72 / figure_of(ax).dpi
    free = 0.0
    for i, (name, date) in enumerate(firsts.items()):
        at = float(date2num(date)) if i else low
        x_pt = (at - low) / (high - low) * width_pt
        if i:
            ax.axvline(at, color=COLOURS["ink"], lw=0.8, ls=(0, (1, 1.5)))
        if x_pt >= free:
            text = str(name) if len(str(name)) <= 26 else f"{str(name)[:25]}…"
            over = x_pt + 4.6 * len(text) > width_pt
            ax.annotate(
                text,
                (at, 1),
                (-1 if over else 1, 2),
                xycoords=ax.get_xaxis_transform(),
                textcoords="offset points",
                ha="right" if over else "left",
                va="bottom",
                fontsize=SMALL_PT,
                color=COLOURS["grey"],
                annotation_clip=False,
                gid="device",
            )
            free = x_pt + 4.6 * len(text) + 6


def _coverage_answer(coverage: pd.DataFrame) -> str:
    hours = coverage["hours"].sum()
    if hours <= 0:
        return "No timed runs in this period"
    share = float(np.nansum(coverage["heart rate"] * coverage["hours"]) / hours)
    since = usable_since(coverage, "heart rate")
    if share < 0.05:
        return "No heart rate in these runs: load rests on pace, effort rating or time"
    if since is None:
        return f"Heart rate in {100 * share:.0f} % of running hours, with gaps in the latest months"
    if since == coverage.index[0]:
        return f"Heart rate in {100 * share:.0f} % of running hours, usable throughout"
    return f"Heart rate is usable from {since.start_time:%B %Y}; {100 * share:.0f} % of all running hours have it"


@style()
def plot_clean_share(activities: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """One dot per activity: the share of its time whose samples passed the quality checks.

    Hollow dots carry a quality flag or come from a cut file. Takes ``activities`` (``date``, ``clean_share``,
    ``quality_flags``, ``complete``).
    """
    tables.check(activities, tables.ACTIVITIES, "date", "clean_share", "quality_flags", "complete", "timer_time_s")
    ax = canvas(ax, STRIP + 0.1)
    definition = "Share of each activity's time that passed the quality checks, %; hollow = flagged or cut file"
    known = activities[activities["clean_share"].notna()].sort_values("date")
    if known.empty:
        return empty(
            ax,
            "Nothing was measured second by second",
            definition,
            "No activity here has samples; totals come from a training log.",
        )
    share = 100 * known["clean_share"].to_numpy()
    marked = ((known["quality_flags"] != "") | ~known["complete"].astype(bool)).to_numpy()
    dates = known["date"].to_numpy()
    ax.plot(
        dates[~marked], share[~marked], "o", ms=3.4, color=COLOURS["run"], alpha=0.75, mew=0, ls="none", label="clean"
    )
    ax.plot(
        dates[marked], share[marked], "o", ms=4.4, mfc="none", mec=COLOURS["ink"], mew=0.9, ls="none", label="flagged"
    )
    ax.set_ylim(min(80.0, np.floor(share.min() / 20) * 20) - 2, 103)
    ax.set_yticks([t for t in (0, 20, 40, 60, 80, 100) if t >= ax.get_ylim()[0]])
    month_axis(ax, known["date"].min() - pd.Timedelta(days=2), known["date"].max() + pd.Timedelta(days=2))
    weight = known["timer_time_s"].fillna(0.0).to_numpy()
    mean = float(np.average(share, weights=weight)) if weight.sum() > 0 else float(share.mean())
    unit_label(ax, "%")
    flagged = (
        f"{int(marked.sum())} of {len(known)} activities carry a flag" if marked.any() else "no activity is flagged"
    )
    return titled(
        ax, f"{'Over 99' if 99.5 <= mean < 100 else f'{mean:.0f}'} % of recorded time is clean; {flagged}", definition
    )
