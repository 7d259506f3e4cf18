"""How much, how steadily?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from .. import tables
from .. import units as _units
from ..calendar import week_of, weeks_back
from ..load.weeks import step_back_weeks
from .axes import end_labels, flag_races, month_axis, shade_events, unit_label
from .styles import COLOURS, HATCHES, SINGLE, canvas, empty, is_narrow, stacked, style, titled

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# How finer session types share the five colours.
_KINDS = {
    "recovery": "easy",
    "easy": "easy",
    "long": "run",
    "run": "run",
    "tempo": "threshold",
    "threshold": "threshold",
    "interval": "hard",
    "hills": "hard",
    "hard": "hard",
    "race": "race",
}
# A flag is black; a whole bar of black would shout.
_SHADES = {"race": "#4A4A4A", "unknown": COLOURS["missing"]}
_ORDER = ("run", "easy", "threshold", "hard", "race", "unknown")
_NAMES = {"run": "long", **{k: k for k in _ORDER[1:]}}


@style()
def plot_weekly_volume(
    activities: pd.DataFrame,
    *,
    races: pd.DataFrame | None = None,
    events: pd.DataFrame | None = None,
    start: object = None,
    end: object = None,
    units: str = "metric",
    week_start: str = "monday",
    lighter: pd.DataFrame | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Weekly running distance as bars, stacked by session type where it is known, with the longest run as a dot.

    Runs whose type is not known are hatched in grey, and counted. Lighter weeks (rows of ``load.step_back_weeks``;
    default: of the runs given) are hatched; a step line is the median of four weeks; the best twelve weeks back from
    the last day are bracketed; ascent is the strip below. The last week is drawn paler if it is not over.
    Takes ``activities`` (``date``, ``sport``, ``distance_m``, ``ascent_m``; ``session_type`` where there is one).
    """
    tables.check(activities, tables.ACTIVITIES, "date", "sport", "distance_m", "ascent_m")
    ax = canvas(ax, SINGLE + 0.5, right=0.95)
    per, unit = _units.distance_unit_m(units), _units.distance_unit(units)
    definition = (
        f"Weekly running distance, {unit}; dot = longest run, line = median of 4 weeks, "
        "hatched = lighter week; ascent below"
    )
    every = activities[activities["sport"] == "running"]
    runs = every[every["distance_m"].notna()]
    if runs.empty:
        return empty(ax, "No runs with a distance in this period", definition, "No run here has a distance.")
    shown = pd.Timestamp(start) if start is not None else runs["date"].min()
    first = week_of(pd.Series([shown]), week_start)[0]
    last = pd.Timestamp(end if end is not None else runs["date"].max()).normalize()
    weeks = pd.date_range(first, last, freq="7D")
    runs = runs.assign(
        week=week_of(runs["date"], week_start),
        kind=[_KINDS.get(str(k), "unknown") for k in runs["session_type"]] if "session_type" in runs else "run",
    )
    drawn = runs.loc[runs["date"] >= first, "kind"]
    unknown = int(drawn.eq("unknown").sum())
    untyped = f", {unknown} of {len(drawn)} runs could not be typed" if unknown else ""
    definition += f"; grey = type unknown ({unknown} of {len(drawn)} runs)" if unknown else ""
    by_kind = (
        runs.pivot_table(index="week", columns="kind", values="distance_m", aggfunc="sum").reindex(weeks).fillna(0.0)
        / per
    )
    longest = (runs.groupby("week")["distance_m"].max().reindex(weeks) / per).to_numpy()
    ascent = runs.groupby("week")["ascent_m"].sum(min_count=1).reindex(weeks).to_numpy()
    total = by_kind.sum(axis=1).to_numpy()
    begun = pd.Timestamp(start) if start is not None else first
    whole = ((weeks + pd.Timedelta(days=6)) <= last) & (weeks >= begun)
    main, strip = stacked(ax, [4.2, 1.0], gap=0.12)
    width = pd.Timedelta(days=5.6)
    middle = weeks + pd.Timedelta(days=3.5)
    if lighter is None:
        daily = (
            runs.groupby("date", as_index=False)["distance_m"].sum().rename(columns={"distance_m": "run_distance_m"})
        )
        lighter = step_back_weeks(daily, week_start=week_start)
    light = np.isin(weeks, lighter.loc[lighter["is_step_back"], "week"]) & whole
    base = np.zeros(len(weeks))
    kinds = [k for k in _ORDER if k in by_kind and by_kind[k].sum() > 0]
    names = _NAMES if len(kinds) > 1 else {**_NAMES, "run": "runs"}
    for kind in kinds:
        height = by_kind[kind].to_numpy()
        main.bar(
            middle[whole],
            height[whole],
            width,
            bottom=base[whole],
            color=_SHADES.get(kind) or COLOURS[kind],
            label=names[kind],
            hatch=HATCHES[kind] or None,
            edgecolor=COLOURS["ghost"] if kind == "unknown" else "white",
            lw=0,
        )
        if not whole.all():
            main.bar(
                middle[~whole],
                height[~whole],
                width,
                bottom=base[~whole],
                color=_SHADES.get(kind) or COLOURS[kind],
                hatch=HATCHES[kind] if kind == "unknown" else None,
                edgecolor=COLOURS["ghost"] if kind == "unknown" else None,
                lw=0,
                alpha=0.45,
                label="_unfinished",
            )
        base = base + height
    main.bar(middle[light], total[light], width, facecolor="none", edgecolor="white", hatch="\\\\\\", label="_lighter")
    main.plot(
        middle, longest, "o", ms=4, mfc="white", mec=COLOURS["ink"], mew=1.0, ls="none", zorder=3, label="longest run"
    )
    median = pd.Series(np.where(whole, total, np.nan)).rolling(4).median().to_numpy()
    main.step(
        [*weeks, weeks[-1] + pd.Timedelta(days=7)],
        [*median, median[-1]],
        where="post",
        color=COLOURS["ink"],
        lw=1.1,
        zorder=2.5,
        label="median of 4 weeks",
    )
    main.set_ylim(0, max(np.nanmax(total), np.nanmax(longest), 1e-9) * 1.32)
    unit_label(main, unit)
    seen = runs[runs["date"] >= begun]
    blocks = weeks_back(seen["date"], seen["distance_m"] / per, through=last, first=begun)
    _bracket(main, blocks, last, unit)
    strip.bar(
        middle,
        ascent if units == "metric" else ascent / _units.METRES_PER_FOOT,
        width,
        color=COLOURS["other"],
        label="ascent",
    )
    top = np.nanmax(ascent) if np.isfinite(ascent).any() else 0.0
    if top > 0:
        top = top if units == "metric" else top / _units.METRES_PER_FOOT
        strip.set_ylim(0, top * 1.1)
        nice = float(f"{top:.0e}") if float(f"{top:.0e}") <= top * 1.1 else float(f"{top / 2:.0e}")
        strip.set_yticks([0, nice], ["0", f"{nice:,.0f}"])
    else:
        strip.set_yticks([])
    end_labels(strip, [(strip.get_ylim()[1] / 2, f"ascent, {'m' if units == 'metric' else 'ft'}", COLOURS["grey"])])
    for panel in (main, strip):
        month_axis(panel, first, weeks[-1] + pd.Timedelta(days=7))
        shade_events(panel, events, letters=panel is main)
    main.tick_params(labelbottom=False)
    flag_races(main, races, units=units)
    ends = (
        [(float(median[np.isfinite(median)][-1]), "median of\n4 weeks", COLOURS["ink"])]
        if np.isfinite(median).any()
        else []
    )
    if len(kinds) > 1 or kinds == ["unknown"]:
        cumulative = by_kind[kinds].tail(4).mean().cumsum()
        ends += [
            (float(cumulative[k] - by_kind[k].tail(4).mean() / 2), names[k], COLOURS["grey" if k == "unknown" else k])
            for k in kinds
        ]
    end_labels(main, ends)
    return titled(
        main,
        _answer(weeks_back(every["date"], every["distance_m"], through=last).to_numpy() / per, unit),
        definition,
        details=f"{int(whole.sum())} whole weeks, highest {np.nanmax(total):.1f} {unit}, longest run "
        f"{np.nanmax(longest):.1f} {unit}, {int(light.sum())} lighter weeks{untyped}.",
    )


def _answer(total: np.ndarray, unit: str) -> str:
    """The last four times seven days against the twelve before them."""
    if not len(total):
        return "Less than one whole week so far"
    if not np.isfinite(total[-16:]).all():
        return "Cannot compare weeks: some have runs without a distance"
    if len(total) < 5:
        return f"{total.mean():.1f} {unit} a week so far ({len(total)} whole weeks)"
    recent, before = total[-4:].mean(), total[-16:-4].mean()
    if before <= 0:
        return f"{recent:.1f} {unit} a week in the last 4 weeks, after weeks without running"
    change, spread = recent / before - 1, np.std(total[-16:-4]) / before if len(total) > 6 else np.inf
    word = "much as in" if abs(change) < max(0.1, spread / 2) else "more than in" if change > 0 else "less than in"
    return f"{recent:.1f} {unit} a week over 4 weeks, {word} the {len(total[-16:-4])} before ({before:.1f} {unit})"


def _bracket(ax: Axes, blocks: pd.Series, end: pd.Timestamp, unit: str, *, span: int = 12) -> None:
    """A bracket over the best twelve times seven days, counted back from the last day."""
    block = blocks.rolling(span).mean().to_numpy()
    if not np.isfinite(block).any():
        return
    last = int(np.nanargmax(block))
    right = end + pd.Timedelta(days=1) - pd.Timedelta(weeks=len(block) - 1 - last)
    left = right - pd.Timedelta(weeks=span)
    top = ax.get_ylim()[1]
    ax.plot(
        [left, left, right, right],
        [top * 0.80, top * 0.825, top * 0.825, top * 0.80],
        color=COLOURS["grey"],
        lw=0.9,
        zorder=2.2,
        label="_best block",
    )
    ax.annotate(
        f"best {span} weeks: {block[last]:.1f} {unit}"
        if is_narrow()
        else f"best {span} weeks shown: {block[last]:.1f} {unit} a week",
        (left + (right - left) / 2, top * 0.825),
        (0, 1.5),
        textcoords="offset points",
        ha="center",
        va="bottom",
        fontsize=7.5,
        color=COLOURS["grey"],
    )
