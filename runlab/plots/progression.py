"""Is the athlete progressing? Races put alike, pace at the same heart rate, and what fades in long runs."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from .. import units as _units
from ..errors import TableError
from .axes import clock_axis, end_labels, month_axis, pace_axis, shade_events, unit_label
from .styles import BAND_ALPHA, COLOURS, SINGLE, SMALL_PT, canvas, empty, is_narrow, style, titled

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SHOWN_LEVEL = 80


def _table(found: Any, name: str, *columns: str) -> pd.DataFrame:
    """The table of a Finding (or the table itself), with the columns a picture needs."""
    table = found if isinstance(found, pd.DataFrame) else getattr(found, "table", None)
    if not isinstance(table, pd.DataFrame):
        raise TableError(f"{name} needs a Finding of progression or its table, not {type(found).__name__}")
    missing = [c for c in columns if c not in table]
    if missing:
        raise TableError(f"{name}: missing columns {', '.join(missing)}")
    return table


def _interval(found: Any, digits: int = 1, unit: str = "%") -> str:
    """A change with its interval, as a title says it: "+1.8 % (+0.2 to +3.5)"."""
    words = [f"{v:+.{digits}f}".replace("-", "−") for v in (found.value, found.low, found.high)]
    return f"{words[0]} {unit} ({words[1]} to {words[2]})"


@style()
def plot_race_history(
    history: Any,
    *,
    events: pd.DataFrame | None = None,
    units: str = "metric",
    ax: Axes | None = None,
) -> Axes:
    """Race times brought to one distance, a flat course and 12 °C: dots with intervals, the trend with its band.

    Faster is up. The words beside a dot are what was run that day. The trend is solid where the verdict is "progress",
    "plateau" or "decline" and dashed where nobody could tell. Takes the result of ``progression.plateau``.
    """
    table = _table(history, "plot_race_history", "date", "value", "low", "high", "trend", "trend_low", "trend_high")
    ax = canvas(ax, SINGLE + 0.3, right=0.75)
    definition = "Race time on a flat course at 12 °C, brought to one distance; bars and band = 80 % interval"
    if table.empty:
        basis = getattr(history, "basis", "needs 4 races or more")
        return empty(ax, "Cannot tell from races whether this athlete is getting faster", definition, f"{basis}.")
    reference = float(table["reference_m"].iloc[0])
    definition = definition.replace("one distance", _far(reference, units))
    dates = table["date"].to_numpy()
    value, low, high = (table[c].to_numpy(float) for c in ("value", "low", "high"))
    verdict = str(getattr(history, "verdict", ""))
    sure = verdict in ("progress", "plateau", "decline")
    line, below, above = _trend(history, table)
    ax.fill_between(dates, below, above, color=COLOURS["run"], alpha=BAND_ALPHA, lw=0, label="trend band")
    ax.plot(dates, line, color=COLOURS["run"], lw=1.6, ls="-" if sure else (0, (4, 3)), label="trend")
    ax.vlines(dates, low, high, color=COLOURS["ink"], lw=1.0, label="interval")
    ax.plot(dates, value, "o", color=COLOURS["ink"], ms=5, ls="none", label="races")
    slowest, fastest = max(high.max(), above.max()), min(low.min(), below.min())
    pad = 0.16 * (slowest - fastest)
    ax.set_ylim(slowest + 0.4 * pad, fastest - pad)  # faster up
    span = table["date"].max() - table["date"].min()
    month_axis(ax, table["date"].min() - 0.06 * span, table["date"].max() + 0.10 * span)
    bottom, top = ax.get_ylim()
    clock_axis(ax, axis="y")
    ax.set_ylim(bottom, top)
    shade_events(ax, events)
    _race_words(ax, table, units)
    end_labels(ax, [(float(line[-1]), "trend" if sure else "trend,\nunsure", COLOURS["run"])])
    return titled(
        ax,
        _history_answer(history, verdict, len(table)),
        definition,
        details="; ".join(
            f"{r.date:%Y-%m-%d} {_units.format_duration(r.value)} "
            f"({_units.format_duration(r.low)}–{_units.format_duration(r.high)})"
            for r in table.itertuples()
        )
        + ".",
    )


def _trend(history: Any, table: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The line of the yearly change that the title names, through the middle of the races, and its band."""
    line, low, high = (table[c].to_numpy(float) for c in ("trend", "trend_low", "trend_high"))
    change = getattr(history, "value", math.nan)
    if not math.isfinite(change):
        return line, low, high
    day = (table["date"] - table["date"].min()).dt.days.to_numpy(float)
    years = (day - day.max() / 2) / 365.25
    centre = float(np.interp(day.max() / 2, day, np.log(line)))
    level = float(np.interp(day.max() / 2, day, np.log(high / low))) / 2
    half = np.hypot(level, (history.high - history.low) / 200 * years)
    middle = centre + change / 100 * years
    return np.exp(middle), np.exp(middle - half), np.exp(middle + half)


def _far(metres: float, units: str) -> str:
    near = {21100: "a half marathon", 42200: "a marathon", 42190: "a marathon", 42195: "a marathon"}
    return near.get(round(metres), _units.format_distance(metres, units).replace(".0 ", " "))


def _race_words(ax: Axes, table: pd.DataFrame, units: str) -> None:
    """What was run, beside the dots: as run, above them; left out where it would touch the one before."""
    from matplotlib.dates import date2num

    if "time_s" not in table or len(table) > 24:
        return
    low, high = ax.get_xlim()
    width_pt = ax.get_window_extent().width * 72 / ax.get_figure(root=True).dpi
    taken = -1e9
    same = bool((table["distance_m"].round(-2) == table["distance_m"].round(-2).iloc[0]).all())
    for race in table.itertuples():
        time = _units.format_duration(race.time_s)
        words = time if same else f"{_units.format_distance(race.distance_m, units).replace('.0 ', ' ')}\n{time}"
        x = (float(date2num(race.date)) - low) / (high - low) * width_pt
        half = 2.3 * max(len(w) for w in words.splitlines()) + 2
        if x - half < taken:
            continue
        taken = x + half
        ax.annotate(
            words,
            (race.date, race.low),
            (0, 3),
            textcoords="offset points",
            ha="center",
            va="bottom",
            fontsize=SMALL_PT,
            color=COLOURS["grey"],
            gid="label",
            linespacing=1.05,
        )


def _history_answer(history: Any, verdict: str, n: int) -> str:
    if not math.isfinite(getattr(history, "value", math.nan)):
        return f"Cannot tell a trend from {n} races"
    change = f"{_interval(history)} a year"
    words = {
        "progress": f"Getting faster: {change}",
        "decline": f"Getting slower: {change}",
        "plateau": f"About level: {change}",
    }
    return words.get(verdict, f"Cannot tell from {n} races: {change}")


@style()
def plot_pace_at_heart_rate(
    trend: Any,
    *,
    runs: pd.DataFrame | None = None,
    races: pd.DataFrame | None = None,
    events: pd.DataFrame | None = None,
    units: str = "metric",
    ax: Axes | None = None,
) -> Axes:
    """Speed at one heart rate, week by week with its band, over the runs it comes from.

    Heat, climbing and the length of the run are taken out. A dot is a run, its size the minutes (``moving_time_s``
    where given). Takes the result of ``progression.pace_at_heart_rate`` and optionally the table of
    ``progression.runs_at_heart_rate``.
    """
    from .axes import flag_races

    table = _table(trend, "plot_pace_at_heart_rate", "date", "value", "low", "high")
    ax = canvas(ax, SINGLE + 0.1, right=0.62)
    definition = "Pace at one heart rate, level, 14 °C or cooler, one hour; dot = run, band = 80 %; change in 12 weeks"
    known = table[table["value"].notna()]
    if known.empty:
        basis = getattr(trend, "basis", "needs runs with heart rate")
        return empty(ax, "Cannot tell how pace at the same heart rate has moved", definition, f"{basis}.")
    at = str(known["basis"].iloc[0]).removeprefix("at ").replace("bpm", "beats/min") if "basis" in known else ""
    if at:
        definition = definition.replace("one heart rate", at)
    dates = known["date"].to_numpy()
    if runs is not None and len(runs):
        inside = runs[runs["date"] >= known["date"].iloc[0]]
        minutes = (inside["moving_time_s"] / 60).to_numpy(float) if "moving_time_s" in inside else np.array([40.0])
        ax.scatter(
            inside["date"],
            inside["value"],
            s=np.clip(np.nan_to_num(minutes, nan=40) / 5, 4, 40),
            facecolor="none",
            edgecolor=COLOURS["ghost"],
            lw=0.9,
            label="runs",
            zorder=1.8,
        )
    ax.fill_between(dates, known["low"], known["high"], color=COLOURS["run"], alpha=BAND_ALPHA, lw=0, label="band")
    ax.plot(dates, known["value"], color=COLOURS["run"], lw=1.8, label="week by week")
    last = max(known["date"].max(), runs["date"].max() if runs is not None and len(runs) else known["date"].max())
    month_axis(ax, known["date"].min() - pd.Timedelta(days=3), last + pd.Timedelta(days=3))
    values = [known["low"].to_numpy(), known["high"].to_numpy()]
    if runs is not None and len(runs):
        values.append(inside["value"].to_numpy(float))
    spread = np.concatenate(values)
    pad = max(0.08 * np.ptp(spread), 0.01)
    ax.set_ylim(spread.min() - pad, spread.max() + pad)
    pace_axis(ax, units=units, most=5)
    shade_events(ax, events)
    flag_races(ax, races, units=units, labels=False)
    end_labels(
        ax,
        [
            (
                float(known["value"].iloc[-1]),
                _units.format_pace(known["value"].iloc[-1], units).split(" ")[0],
                COLOURS["run"],
            )
        ],
    )
    return titled(ax, _engine_answer(trend, at), definition, details=str(getattr(trend, "basis", "")))


def _engine_answer(trend: Any, at: str) -> str:
    if not math.isfinite(getattr(trend, "value", math.nan)):
        return f"Cannot tell how pace at {at or 'the same heart rate'} has moved"
    change = _interval(trend)
    if trend.verdict == "faster":
        return f"Faster at {at}: {change}"
    if trend.verdict == "slower":
        return f"Slower at {at}: {change}"
    return f"Cannot tell if pace at {at} moved: {change}"


@style()
def plot_decoupling(
    fade: pd.DataFrame,
    *,
    durability: Any = None,
    most: int = 4,
    ax: Axes | None = None,
) -> Axes:
    """Speed per heartbeat against hours run, one panel per quarter: long runs thin, their median with its interval.

    100 % is each run's own level after the first quarter of an hour. Takes ``quarter``, ``activity_id``, ``hours``,
    ``ratio`` (1 = the run's own start) as ``progression.fade.long_run_fade`` makes it, and the result of
    ``progression.durability`` for the title.
    """
    missing = [c for c in ("quarter", "activity_id", "hours", "ratio") if c not in fade]
    if missing:
        raise TableError(f"plot_decoupling needs quarter, activity_id, hours, ratio; missing: {', '.join(missing)}")
    ax = canvas(ax, SINGLE - 0.05, right=0.3, bottom=0.42)
    definition = "Speed per heartbeat, % of each run's own start; thin = one long run, thick = median with 80 % band"
    quarters = sorted(fade["quarter"].unique())[-most:]
    if not quarters:
        basis = getattr(durability, "basis", "needs steady runs of 75 min or longer with heart rate")
        return empty(ax, "Cannot tell how long runs fade", definition, f"{basis}.")
    figure, box = ax.get_figure(root=True), ax.get_position()
    gap = 0.028
    slots = max(len(quarters), 2)
    width = (box.width - gap * (slots - 1)) / slots
    reach = float(fade[fade["quarter"].isin(quarters)]["hours"].max())
    values = fade[fade["quarter"].isin(quarters)]["ratio"].to_numpy(float) * 100
    low, high = np.quantile(values, [0.01, 0.99])
    for i, quarter in enumerate(quarters):
        panel = ax if i == 0 else figure.add_axes((0, 0, 0.1, 0.1), sharey=ax)
        panel.set_position((box.x0 + i * (width + gap), box.y0, width, box.height))
        part = fade[fade["quarter"] == quarter]
        for _, run in part.groupby("activity_id"):
            panel.plot(run["hours"], 100 * run["ratio"], color=COLOURS["ghost"], lw=0.7, label="_run", zorder=1.5)
        _middle(panel, part)
        panel.axhline(100, color=COLOURS["ink"], lw=0.8, ls=(0, (4, 3)), zorder=1.2)
        panel.set_xlim(0, reach * 1.03)
        panel.locator_params(axis="x", nbins=4)
        n = part["activity_id"].nunique()
        panel.annotate(
            f"{quarter[-2:]}: {n}" if is_narrow() else f"{quarter}: {n} run{'s' if n != 1 else ''}",
            (0, 1),
            (2, 1),
            xycoords="axes fraction",
            textcoords="offset points",
            fontsize=SMALL_PT,
            color=COLOURS["ink"],
            va="bottom",
            annotation_clip=False,
        )
        panel.tick_params(labelleft=i == 0)
    ax.set_ylim(min(low, 99) - 0.15 * (high - low), max(high, 101) + 0.08 * (high - low))
    unit_label(ax, "%")
    figure.axes[-1].set_xlabel("hours run", loc="right", labelpad=1)
    return titled(ax, _fade_answer(durability), definition, details=str(getattr(durability, "basis", "")))


def _middle(ax: Axes, part: pd.DataFrame) -> None:
    """Median and 80 % interval of the median over runs, at every third of an hour that 3 runs reached."""
    step = (part["hours"] * 3).round() / 3
    cells = part.assign(step=step).groupby(["step", "activity_id"])["ratio"].mean().reset_index()
    rows = []
    for at, cell in cells.groupby("step"):
        n = len(cell)
        if n >= 3:
            middle, half = cell["ratio"].median(), 1.28 * 1.25 * cell["ratio"].std() / math.sqrt(n)
            rows.append((at, 100 * middle, 100 * (middle - half), 100 * (middle + half)))
    if rows:
        at, middle, low, high = np.array(rows).T
        ax.fill_between(at, low, high, color=COLOURS["run"], alpha=BAND_ALPHA, lw=0, label="interval")
        ax.plot(at, middle, color=COLOURS["run"], lw=2.0, label="median")


def _fade_answer(durability: Any) -> str:
    if durability is None or not math.isfinite(getattr(durability, "value", math.nan)):
        return "Cannot tell how heart rate drifts in long runs: too few steady ones"
    value, low, high = (f"{v:.1f}".replace("-", "−") for v in (durability.value, durability.low, durability.high))
    return f"Heart rate rises {value} % per hour ({low} to {high}) at the same pace in long runs"
