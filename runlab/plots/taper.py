"""What would each plan do, and what was a taper like?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ..errors import TableError
from .axes import _LETTERS, end_labels, unit_label
from .styles import (
    BAND_ALPHA,
    COLOURS,
    SINGLE,
    SMALL_PT,
    canvas,
    empty,
    figure_of,
    is_narrow,
    readable,
    stacked,
    style,
    titled,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Plans in order: hue and line, told apart in grey by the line.
LINES: tuple[tuple[str, Any, float], ...] = (
    (COLOURS["run"], "-", 2.2),
    (COLOURS["hard"], (0, (5, 2)), 1.7),
    (COLOURS["threshold"], (0, (1, 1.2)), 1.9),
    (COLOURS["strength"], (0, (5, 1.5, 1, 1.5)), 1.7),
    ("#009E73", (0, (8, 2)), 1.4),
    (COLOURS["grey"], (0, (2, 2)), 1.4),
)
_NEEDED = ("scenario", "date", "load", "value", "low", "high")


@style()
def plot_taper_fan(simulation: Any, *, events: pd.DataFrame | None = None, ax: Axes | None = None) -> Axes:
    """What several plans would do by race morning: the paths above, the bands on race day beside them, loads below.

    The left panel is performance against going on as usual, day by day; the right panel each plan's 80 % band on race
    morning. Plans that cannot be told apart from the first are hollow there. Takes the result of ``taper.simulate``.
    """
    paths = getattr(simulation, "paths", None)
    if not isinstance(paths, pd.DataFrame) or any(c not in paths for c in _NEEDED):
        raise TableError("plot_taper_fan needs the result of taper.simulate")
    summary = simulation.summary
    names = list(simulation.summary["scenario"])
    narrow = ax is None and is_narrow()  # the bands stand below the paths there
    below = 0.85 + 0.3 * len(names) if narrow else 0.0
    ax = canvas(ax, SINGLE + 1.75 + below, left=0.62, right=0.25, bottom=0.42)
    beside = "last" if narrow else "right"
    definition = (
        "Performance against going on as usual, %; below: 7-day load; "
        f"{beside}: race morning, 80 %; hollow = not told apart"
    )
    if paths.empty or not summary["value"].notna().any():
        return empty(ax, "Cannot tell what each plan would do", definition, f"{simulation.basis}.")
    race = paths["date"].max()
    box, figure = ax.get_position(), figure_of(ax)
    if narrow:
        under, gap = below / figure.get_size_inches()[1], 0.55 / figure.get_size_inches()[1]
        upper = (box.x0, box.y0 + under, box.width, box.height - under)
        bands = (box.x0, box.y0, box.width, under - gap)
    else:
        upper = (box.x0, box.y0, box.width * 0.59, box.height)
        bands = (box.x0 + box.width * 0.64, box.y0, box.width * 0.36, box.height)
    ax.set_position(upper)
    top, low = stacked(ax, [2.5, 1.0], gap=0.2)
    right = figure.add_axes(bands)
    _paths(top, low, paths, names, race)
    for panel in (top, low):
        _to_race(panel, paths["date"].min(), race)
        _shade(panel, events, race)
    top.tick_params(labelbottom=False)
    top.set_xlabel("")
    unit_label(top, "%")
    unit_label(low, "load")
    low.set_ylim(bottom=0)
    low.locator_params(axis="y", nbins=3)
    _bands(right, summary, simulation.comparisons, names)
    return titled(
        ax,
        _fan_answer(simulation),
        definition,
        details="; ".join(
            f"{r.scenario}: {_signed(r.value)} % ({_signed(r.low)} to {_signed(r.high)})" for r in summary.itertuples()
        )
        + ".",
    )


def _paths(top: Axes, low: Axes, paths: pd.DataFrame, names: list[str], race: pd.Timestamp) -> None:
    for i, name in enumerate(names):
        colour, line, width = LINES[i % len(LINES)]
        part = paths[paths["scenario"] == name].sort_values("date")
        days = (part["date"] - race).dt.days.to_numpy()
        if i == 0:
            top.fill_between(days, part["low"], part["high"], color=colour, alpha=BAND_ALPHA, lw=0, label="_band")
        top.plot(days, part["value"], color=colour, ls=line, lw=width, label=name)
        load = part["load"].rolling(7, min_periods=4).mean().to_numpy()
        low.plot(days[:-1], load[:-1], color=colour, ls=line, lw=max(width - 0.5, 1.1), label=f"_{name}")
    top.axhline(0, color=COLOURS["ink"], lw=0.8)
    top.annotate(
        "as usual",
        (0, 0),
        (3, 2),
        xycoords=("axes fraction", "data"),
        textcoords="offset points",
        va="bottom",
        fontsize=SMALL_PT,
        color=COLOURS["grey"],
    )


def _to_race(ax: Axes, first: pd.Timestamp, race: pd.Timestamp) -> None:
    """Days to race from left to right, 0 = race."""
    from matplotlib.ticker import FixedFormatter, FixedLocator

    days = (race - first).days
    step = 7 if days > 12 else 2
    ticks = np.arange(-(days // step) * step, 1, step)
    ax.xaxis.set_major_locator(FixedLocator(ticks))
    ax.xaxis.set_major_formatter(FixedFormatter([str(t).replace("-", "−") if t else "race" for t in ticks]))
    ax.set_xlim(-days - 0.3, 0.4)
    ax.set_xlabel("days to race", loc="left", labelpad=1)


def _shade(ax: Axes, events: pd.DataFrame | None, race: pd.Timestamp) -> None:
    """Events on the days-to-race axis."""
    if events is None:
        return
    low, high = ax.get_xlim()
    for event in events[events["kind"].isin(list(_LETTERS))].itertuples():
        end = event.start if pd.isna(event.end) else event.end
        left, right = max((event.start - race).days - 0.5, low), min((end - race).days + 0.5, high)
        if right > left:
            ax.axvspan(left, right, color=COLOURS[event.kind], zorder=0.2, lw=0)
            ax.annotate(
                _LETTERS[event.kind],
                ((left + right) / 2, 1),
                (0, -2),
                xycoords=ax.get_xaxis_transform(),
                textcoords="offset points",
                ha="center",
                va="top",
                fontsize=SMALL_PT,
                color=COLOURS["grey"],
                fontstyle="italic",
                gid="event",
            )


def _bands(ax: Axes, summary: pd.DataFrame, comparisons: pd.DataFrame, names: list[str]) -> None:
    """Each plan's band on race morning, best above; hollow where it cannot be told from the first plan."""
    order = summary.dropna(subset=["value"])
    first = names[0]
    for row, plan in enumerate(order.itertuples()):
        colour = LINES[names.index(plan.scenario) % len(LINES)][0]
        pair = comparisons[
            ((comparisons["a"] == first) & (comparisons["b"] == plan.scenario))
            | ((comparisons["b"] == first) & (comparisons["a"] == plan.scenario))
        ]
        alike = len(pair) > 0 and pair["verdict"].iloc[0] == "cannot be told apart"
        ax.hlines(row, plan.low, plan.high, color=colour, lw=3.2, alpha=0.55, label="_band")
        ax.plot(
            plan.value,
            row,
            "o",
            ms=6,
            mec=colour,
            mfc="white" if alike else colour,
            mew=1.6,
            ls="none",
            label=plan.scenario,
        )
        ax.annotate(
            plan.scenario,
            (min(plan.low, plan.value), row),
            (0, 5),
            textcoords="offset points",
            va="bottom",
            fontsize=SMALL_PT,
            color=readable(colour),
            annotation_clip=False,
            gid="label",
        )
    ax.axvline(0, color=COLOURS["ink"], lw=0.8)
    ax.set_ylim(len(order) - 0.6, -0.9)
    ax.set_yticks([])
    ax.grid(axis="y", visible=False)
    ax.grid(axis="x", visible=True)
    ax.spines["left"].set_visible(False)
    ax.locator_params(axis="x", nbins=5)
    reach = order[["low", "high"]].to_numpy()
    span = reach.max() - reach.min()
    ax.set_xlim(min(reach.min(), 0) - 0.05 * span, max(reach.max(), 0) + 0.05 * span)
    width_pt = ax.get_window_extent().width * 72 / ax.get_figure(root=True).dpi
    for text in (t for t in ax.texts if t.get_gid() == "label"):
        low, high = ax.get_xlim()
        at = (text.xy[0] - low) / (high - low) * width_pt
        if at + 4.4 * len(text.get_text()) > width_pt:
            text.xy = (high, text.xy[1])
            text.set_ha("right")
    ax.set_xlabel("race morning, %", loc="left", labelpad=1)


def _signed(value: float) -> str:
    return f"{value:+.1f}".replace("-", "−") if round(value, 1) else "0.0"


def _fan_answer(simulation: Any) -> str:
    pairs = simulation.comparisons
    first = simulation.summary["scenario"].iloc[0]
    with_first = pairs[(pairs["a"] == first) | (pairs["b"] == first)]
    apart = with_first[with_first["verdict"] != "cannot be told apart"]
    if pairs.empty:
        return f"One plan: {_signed(simulation.summary['value'].iloc[0])} % on race morning"
    if apart.empty:
        return f"None of the plans can be told apart from “{first}”"
    names = [r.b if r.a == first else r.a for r in apart.itertuples()]
    alike = len(with_first) - len(apart)
    if len(names) > 2:
        return f"{len(names)} of {len(with_first)} other plans can be told apart from “{first}”"
    said = " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
    tail = f"; {alike} cannot" if alike else ""
    return f"{said[:1].upper()}{said[1:]} can be told apart from “{first}”{tail}"


@style()
def plot_taper_shape(
    volumes: pd.DataFrame,
    *,
    events: pd.DataFrame | None = None,
    days: int = 42,
    most: int = 5,
    ax: Axes | None = None,
) -> Axes:
    """7-day running distance before a race as a share of the usual, over the athlete's own earlier tapers as ghosts.

    The grey band is where studies found two to three weeks with 41 to 60 % less. Takes one row per race and day:
    ``race``, ``race_date``, ``days_to_race`` (negative), ``share`` (1 = usual), as ``taper.taper_volumes`` makes it;
    the last race is drawn bold.
    """
    missing = [c for c in ("race", "race_date", "days_to_race", "share") if c not in volumes]
    if missing:
        raise TableError(f"plot_taper_shape needs race, race_date, days_to_race, share; missing: {', '.join(missing)}")
    ax = canvas(ax, SINGLE + 0.2, right=1.35, bottom=0.42)
    definition = "7-day running distance, % of the weeks before the taper; box = 41–60 % less, what studies found"
    known = volumes[volumes["share"].notna() & (volumes["days_to_race"] >= -days)]
    if known.empty:
        return empty(
            ax, "Cannot tell the shape of a taper", definition, "Needs 8 weeks of running before a race; found less."
        )
    races = known.drop_duplicates("race_date").sort_values("race_date")["race_date"].tolist()[-most:]
    ax.fill_between([-21, -1], 40, 59, color=COLOURS["missing"], zorder=0.3, lw=0)
    ax.plot([-21, -1, -1, -21, -21], [40, 40, 59, 59, 40], color=COLOURS["ghost"], lw=0.8, zorder=0.4, label="_box")
    ends = []
    for date in races:
        part = known[known["race_date"] == date].sort_values("days_to_race")
        last = date == races[-1]
        name = f"{part['race'].iloc[0]}\n{date:%b %Y}"
        ax.plot(
            part["days_to_race"],
            100 * part["share"],
            color=COLOURS["run"] if last else COLOURS["grey"],
            lw=2.2 if last else 1.0,
            ls="-" if last else (0, (4, 2)),
            zorder=2 if last else 1.5,
            label=name.split("\n")[0],
        )
        ends.append((float(100 * part["share"].iloc[-1]), name, COLOURS["run"] if last else COLOURS["grey"]))
    ax.axhline(100, color=COLOURS["ink"], lw=0.8, ls=(0, (4, 3)))
    ax.set_ylim(0, max(100 * known["share"].max(), 110) * 1.06)
    ticks = np.arange(-(days // 7) * 7, 1, 7)
    ax.set_xticks(ticks, [str(t).replace("-", "−") if t else "race" for t in ticks])
    ax.set_xlim(-days, 0)
    ax.set_xlabel("days to race", loc="left", labelpad=1)
    unit_label(ax, "%")
    _shade(ax, events, races[-1])
    end_labels(ax, ends)
    return titled(ax, _shape_answer(known, races), definition, details=_shape_details(known, races))


def _last_week(known: pd.DataFrame, date: pd.Timestamp) -> float:
    part = known[known["race_date"] == date].sort_values("days_to_race")
    return float(part["share"].iloc[-1])


def _shape_answer(known: pd.DataFrame, races: list[pd.Timestamp]) -> str:
    share = _last_week(known, races[-1])
    name = str(known[known["race_date"] == races[-1]]["race"].iloc[0])
    now = f"{100 * share:.0f} % of the usual in the last week before {name}"
    if len(races) == 1:
        return now
    before = [_last_week(known, date) for date in races[:-1]]
    said = f"{100 * before[0]:.0f} %" if len(before) == 1 else f"{100 * min(before):.0f}–{100 * max(before):.0f} %"
    return f"{now}; earlier {said}"


def _shape_details(known: pd.DataFrame, races: list[pd.Timestamp]) -> str:
    said = []
    for date in races:
        part = known[known["race_date"] == date].set_index("days_to_race")["share"]
        steps = [f"{100 * part[d]:.0f} % at day {d}" for d in (-21, -14, -7, -1) if d in part.index]
        said.append(f"{date:%Y-%m-%d}: {', '.join(steps)}")
    return "; ".join(said).replace("day -", "day −") + "."
