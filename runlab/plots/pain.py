"""Where did it hurt, and what stands beside it?"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from .. import tables
from .. import units as _units
from .axes import flag_races, month_axis, unit_label
from .styles import COLOURS, SINGLE, SMALL_PT, canvas, empty, stacked, style, titled

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ACHES = ("pain", "injury")


@style()
def plot_pain_timeline(
    daily: pd.DataFrame,
    events: pd.DataFrame,
    *,
    jumps: pd.DataFrame | None = None,
    races: pd.DataFrame | None = None,
    start: object = None,
    end: object = None,
    units: str = "metric",
    ax: Axes | None = None,
) -> Axes:
    """Daily load with the jumps of single runs above, new shoes as dotted lines, and a lane below for every sore spot.

    What stands side by side need not belong together: the picture says when, not why. Takes ``daily`` of one athlete
    (``date``, ``load``; days of unknown load are hatched), ``events`` (``kind``, ``start``, ``end``, ``site``,
    ``side``, ``severity``) and optionally ``jumps`` (``date``, ``distance_m``, ``ratio``: rows of
    ``load.single_run_spike``) and ``races``.
    """
    from matplotlib.dates import date2num

    tables.check(daily, tables.DAILY, "date", "load")
    tables.check(events, tables.EVENTS, "kind", "start", "end", "site", "side", "severity")
    first = pd.Timestamp(start) if start is not None else daily["date"].min()
    last = pd.Timestamp(end) if end is not None else daily["date"].max()
    until = events["end"].fillna(last)
    sore = events[events["kind"].isin(ACHES) & (events["start"] <= last) & (until >= first)]
    lanes = list(dict.fromkeys(_spot(row) for row in sore.sort_values("start").to_dict("records")))
    ax = canvas(ax, SINGLE - 0.3 + 0.3 * len(lanes), left=0.85)
    definition = "Daily load; ring = run far beyond the 30 days before; dotted = new shoes; below: pain, 0–10"
    if sore.empty:
        return empty(ax, "No pain is noted in this period", definition, "Pain and injuries stand in events.csv.")
    main, strip = stacked(ax, [1.5, 0.3 * len(lanes)], gap=0.12)
    shown = daily[daily["date"].between(first, last)]
    load = shown["load"].to_numpy(float)
    top = max(float(np.nanmax(load, initial=0.0)), 1.0)
    at = date2num(shown["date"]) + 0.5
    main.bar(at, np.nan_to_num(load), 0.9, color=COLOURS["easy"], label="daily load")
    blank = np.isnan(load)
    main.bar(
        at[blank],
        0.3 * top,
        1.0,
        facecolor="none",
        edgecolor=COLOURS["grey"],
        hatch="////",
        lw=0,
        label="_load not known",
    )
    main.set_ylim(0, 1.35 * top)
    unit_label(main, "load")
    for panel in (main, strip):
        month_axis(panel, first, last + pd.Timedelta(days=1))
    main.tick_params(labelbottom=False)
    _beside(main, jumps, events, top, (first, last), units)
    flag_races(main, races, units=units)
    _lanes(strip, sore, lanes, (first, last))
    return titled(ax, _answer(sore, lanes), definition, details=_details(sore, last))


def _spot(event: dict) -> str:
    words = [str(event[key]) for key in ("side", "site") if isinstance(event[key], str) and event[key]]
    return " ".join(words) or "not named"


def _beside(
    ax: Axes,
    jumps: pd.DataFrame | None,
    events: pd.DataFrame,
    top: float,
    period: tuple[pd.Timestamp, pd.Timestamp],
    units: str,
) -> None:
    """Jumps as rings with how far they went beyond, new shoes as dotted lines."""
    shoes = events[(events["kind"] == "shoe_change") & events["start"].between(*period)]
    for day in shoes["start"]:
        ax.axvline(day, color=COLOURS["ink"], lw=1.0, ls=(0, (1, 1.5)), label="_new shoes")
        ax.annotate(
            "shoes",
            (day, 1.28 * top),
            (3, 0),
            textcoords="offset points",
            fontsize=SMALL_PT,
            color=COLOURS["grey"],
            va="top",
        )
    if jumps is None:
        return
    for jump in jumps[jumps["date"].between(*period)].itertuples():
        at = jump.date + pd.Timedelta(hours=12)
        early = (at - period[0]) < 0.5 * (period[1] - period[0])
        ax.plot([at], [1.08 * top], "o", ms=7, mfc="none", mec=COLOURS["hard"], mew=1.4, label="_jump")
        ax.annotate(
            f"{_units.format_distance(jump.distance_m, units)}, +{100 * (jump.ratio - 1):.0f} %",
            (at, 1.08 * top),
            (7 if early else -7, 0),
            textcoords="offset points",
            ha="left" if early else "right",
            va="center",
            fontsize=SMALL_PT,
            color=COLOURS["ink"],
            gid="jump",
        )


def _lanes(ax: Axes, sore: pd.DataFrame, lanes: list[str], period: tuple[pd.Timestamp, pd.Timestamp]) -> None:
    """One lane for each sore spot, a bar for each episode with its severity in it."""
    from matplotlib.dates import date2num

    first, last = period
    for event in sore.to_dict("records"):
        left = float(date2num(max(event["start"], first)))
        right = float(date2num(min(last if pd.isna(event["end"]) else event["end"], last))) + 1.0
        row = lanes.index(_spot(event))
        ax.barh(row, right - left, 0.66, left=left, color=COLOURS[event["kind"]], lw=0, label="_ache")
        if math.isfinite(float(event["severity"])):
            ax.annotate(
                f"{event['severity']:.0f}",
                (left + (right - left) / 2, row),
                ha="center",
                va="center",
                fontsize=SMALL_PT,
                color=COLOURS["ink"],
                gid="severity",
            )
    ax.set_yticks(range(len(lanes)), [lane.replace(" ", "\n", 1) for lane in lanes], fontsize=SMALL_PT)
    ax.set_ylim(len(lanes) - 0.5, -0.5)
    ax.grid(False)


def _answer(sore: pd.DataFrame, lanes: list[str]) -> str:
    n = len(sore)
    return f"{n} time{'s' if n != 1 else ''} of pain: {', '.join(lanes)}"


def _details(sore: pd.DataFrame, last: pd.Timestamp) -> str:
    episodes = [
        f"{_spot(e)} {e['start']:%Y-%m-%d} to {last if pd.isna(e['end']) else e['end']:%Y-%m-%d}"
        for e in sore.to_dict("records")
    ]
    return "; ".join(episodes) + "."
