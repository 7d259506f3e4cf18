"""Where did the time go, and was the result in the cards?"""

from __future__ import annotations

import math
import textwrap
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ... import units as _units
from ..axes import clock_axis
from ..styles import COLOURS, SMALL_PT, TEXT_PT, canvas, empty, is_narrow, style, titled
from .ground import need, signed

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# What a bar is called where people read it.
NAMES = {"stops": "standing still"}


def in_order(words: str) -> str:
    """The order of subtraction as a list of bars, by the names people read."""
    order = words.rpartition(": ")[2].partition(";")[0].rstrip(".")
    for name, shown in NAMES.items():
        order = order.replace(name, shown)
    return order


@style()
def plot_waterfall(
    waterfall: pd.DataFrame, *, reference: str = "", order: str = "", units: str = "metric", ax: Axes | None = None
) -> Axes:
    """From the goal (or the forecast) to the result: one bar per component with its 80 % interval, the rest in outline.

    The bars add up to the difference to the second. Takes ``Debrief.waterfall``: ``component, kind, seconds, low,
    high, start_s, end_s``; ``reference`` and ``order`` are the debrief's words for them.
    """
    need(waterfall, "plot_waterfall", "component", "kind", "seconds", "low", "high", "start_s", "end_s")
    name = {"forecast": "the forecast's middle"}.get(reference, f"the {reference}" if reference else "the reference")
    order = in_order(order)
    taken = textwrap.shorten(f"; taken off in this order: {order}", 170, placeholder=" …") if order else ""
    definition = f"From {name} to the result; whiskers = 80 % interval, outline = not explained{taken}"
    if not len(waterfall):
        return empty(
            canvas(ax),
            "Cannot tell where the time went",
            "From the goal or the forecast to the result",
            "There is no finish time, or neither a goal nor a forecast to set it against.",
        )
    rows = waterfall.reset_index(drop=True)
    widest = max(len(_words(row)) for row in rows.itertuples())
    ax = canvas(ax, 0.75 + 0.3 * len(rows), left=1.2, right=0.3 + 0.066 * widest, bottom=0.44)
    first, last = float(rows["seconds"].iloc[0]), float(rows["seconds"].iloc[-1])
    parts = rows[rows["kind"] != "total"]
    at = parts["start_s"]
    reach = np.concatenate(
        [[first, last], parts["start_s"], parts["end_s"], (at + parts["low"]).dropna(), (at + parts["high"]).dropna()]
    )
    span = max(float(reach.max() - reach.min()), 30.0)
    ax.set_xlim(reach.min() - 0.05 * span, reach.max() + 0.05 * span)
    for y, row in enumerate(rows.itertuples()):
        _bar(ax, y, row, rows)
    ax.set_ylim(len(rows) - 0.4, -0.6)
    ax.set_yticks(range(len(rows)), [_row_name(row, reference) for row in rows.itertuples()])
    ax.grid(False)
    ax.grid(True, axis="x")
    ax.axvline(first, color=COLOURS["grey"], lw=0.7, ls=(0, (1, 2)), zorder=0.8)
    ax.spines["left"].set_visible(False)
    clock_axis(ax)
    seconds = _fine_clock(ax, span)
    if seconds:
        ax.set_xlabel("h:mm:ss" if reach.max() >= 3600 else "m:ss", loc="right", labelpad=1)
    return titled(ax, waterfall_answer(rows, reference), definition, details=_details(rows))


def _fine_clock(ax: Axes, span: float) -> bool:
    """Ticks with seconds where the whole picture spans a few minutes."""
    from matplotlib.ticker import FixedFormatter, FixedLocator

    if span > 600:
        return False
    low, high = ax.get_xlim()
    step = next(s for s in (1, 2, 5, 10, 15, 30, 60, 120, 300) if (high - low) / s <= (3 if is_narrow() else 6))
    ticks = np.arange(math.ceil(low / step) * step, high, step)
    ax.xaxis.set_major_locator(FixedLocator(ticks.tolist()))
    ax.xaxis.set_major_formatter(FixedFormatter([_units.format_duration(t) for t in ticks]))
    return True


def _row_name(row: Any, reference: str) -> str:
    if row.component == "reference":
        return {"goal": "goal", "forecast": "forecast"}.get(reference, "reference")
    return textwrap.fill(NAMES.get(row.component, str(row.component)), 17)


def _bar(ax: Axes, y: int, row: Any, rows: pd.DataFrame) -> None:
    words = _words(row)
    if row.kind == "total":
        ax.plot([row.seconds], [y], "D" if y == 0 else "o", ms=6, color=COLOURS["race"], label=row.component, zorder=3)
    elif math.isfinite(row.seconds):
        rest = row.kind == "rest"
        faster = row.seconds < 0
        ax.barh(
            y,
            row.end_s - row.start_s,
            left=row.start_s,
            height=0.56,
            facecolor="white" if rest else COLOURS["easy" if faster else "run"],
            edgecolor=COLOURS["ink"] if rest else "white",
            lw=1.0 if rest else 0.0,
            hatch="////" if faster and not rest else "",
            zorder=2,
            label=row.component,
        )
        if math.isfinite(row.low) and math.isfinite(row.high):
            ends = [row.start_s + row.low, row.start_s + row.high]
            ax.plot(ends, [y, y], color=COLOURS["ink"], lw=0.9, zorder=3, label="_interval")
            ax.plot(ends, [y, y], "|", color=COLOURS["ink"], ms=6, mew=0.9, zorder=3, label="_interval")
        if y + 1 < len(rows):
            ax.plot([row.end_s, row.end_s], [y + 0.28, y + 0.72], color=COLOURS["grey"], lw=0.6, zorder=1)
    ax.annotate(
        words,
        (1, y),
        (6, 0),
        xycoords=ax.get_yaxis_transform(),
        textcoords="offset points",
        va="center",
        fontsize=TEXT_PT,
        fontweight="bold" if row.kind == "total" else "normal",
        annotation_clip=False,
        gid="value",
    )


def _words(row: Any) -> str:
    if row.kind == "total":
        return _units.format_duration(row.seconds)
    if not math.isfinite(row.seconds):
        return "cannot tell"
    if row.seconds == row.low == row.high == 0:
        return "0:00"
    known = math.isfinite(row.low) and math.isfinite(row.high) and not is_narrow()  # there the whisker says it
    return signed(row.seconds) + (f"  ({signed(row.low)} to {signed(row.high)})" if known else "")


def waterfall_answer(rows: pd.DataFrame, reference: str) -> str:
    """How far from the reference, and the largest part whose interval leaves out zero."""
    total = float(rows["seconds"].iloc[-1] - rows["seconds"].iloc[0])
    name = "the goal" if reference == "goal" else "the forecast's middle"
    whole = f"{_units.format_duration(abs(total))} {'behind' if total > 0 else 'ahead of'} {name}"
    if round(total) == 0:
        whole = f"On {name} to the second"
    parts = rows[rows["kind"] == "component"]
    left_over = rows[rows["kind"] == "rest"]
    if len(left_over) and total > 0 and left_over["high"].iloc[0] < 0:
        return f"{whole}; the parts come to more than that, {signed(float(left_over['seconds'].iloc[0]))} not explained"
    sure = parts[(parts["low"] > 0) | (parts["high"] < 0)]
    same = sure[np.sign(sure["seconds"]) == np.sign(total)] if total else sure
    if same.empty:
        return f"{whole}; no single part stands out from its uncertainty"
    top = same.loc[same["seconds"].abs().idxmax()]
    name = NAMES.get(top["component"], top["component"])
    rest = rows[rows["kind"] == "rest"]["seconds"]
    left = f", {signed(float(rest.iloc[0]))} not explained" if len(rest) else ""
    return f"{whole}: {name} {signed(float(top['seconds']))}{left}"


def _details(rows: pd.DataFrame) -> str:
    words = [f"{row.component} {signed(row.seconds)}" for row in rows.itertuples() if row.kind != "total"]
    return "Bars: " + "; ".join(words) + "."


@style()
def plot_forecast(
    marks: pd.DataFrame, *, forecast: Any, units: str = "metric", name: str = "", ax: Axes | None = None
) -> Axes:
    """The forecast made the evening before as a strip with its 50 and 80 % bands; goal and result stand on it.

    Ticks under the strip are earlier races, each placed by how its result lay in its own forecast. Takes
    ``Debrief.result_on_forecast`` (``mark, time_s, inside_80``) and the forecast itself.
    """
    definition = "Finish time, from data up to the evening before; dark = 50 % band, light = 80 %"
    if forecast is None or not forecast.is_known:
        return empty(
            canvas(ax),
            "Cannot tell whether this result was to be expected",
            definition,
            getattr(forecast, "basis", "") or "No forecast was made.",
        )
    ax = canvas(ax, 1.75, left=0.25, right=0.25)
    tried = getattr(forecast, "table", None)
    tried = tried if tried is not None and len(tried) and "held" in tried else None
    marks = marks.dropna(subset=["time_s"]) if len(marks) else marks
    times = [forecast.low, forecast.high, *(marks["time_s"] if len(marks) else [])]
    placed = _placed(tried, forecast) if tried is not None else pd.DataFrame()
    times += placed["at"].tolist() if len(placed) else []
    span = max(times) - min(times)
    beside = 0.16 if is_narrow() else 0.09  # of the span: room for the times written beside the band
    ax.set_xlim(min(times) - beside * span, max(times) + beside * span)
    ax.barh(0, forecast.high - forecast.low, left=forecast.low, height=0.5, color=COLOURS["run"], alpha=0.25, lw=0)
    low, high = getattr(forecast, "low_50", math.nan), getattr(forecast, "high_50", math.nan)
    if math.isfinite(low) and math.isfinite(high):
        ax.barh(0, high - low, left=low, height=0.5, color=COLOURS["run"], alpha=0.45, lw=0)
    ax.plot([forecast.value] * 2, [-0.25, 0.25], color="white", lw=2.0, label="median")
    ends = {"low": forecast.low, "high": forecast.high}
    for edge, at in ends.items():
        ax.annotate(
            _units.format_duration(at),
            (at, 0),
            (-4 if edge == "low" else 4, 0),
            textcoords="offset points",
            ha="right" if edge == "low" else "left",
            va="center",
            fontsize=SMALL_PT,
            color=COLOURS["grey"],
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8},  # readable where a mark stands behind it
            zorder=5,
        )
    _flags(ax, marks)
    if len(placed):
        for held, sign in ((True, COLOURS["ink"]), (False, "white")):
            own = placed[placed["held"].astype(bool) == held]
            ax.plot(
                own["at"],
                np.full(len(own), -0.52),
                "^",
                ms=5,
                color=sign,
                mec=COLOURS["ink"],
                mew=0.8,
                ls="none",
                label=f"_{'held' if held else 'missed'}",
                clip_on=True,
            )
        definition += "; triangles = earlier races in their own forecasts, hollow = outside the 80 % band"
    ax.set_ylim(-0.75, 1.0)
    ax.set_yticks([])
    ax.spines["left"].set_visible(False)
    ax.grid(False)
    clock_axis(ax)
    if _fine_clock(ax, span):
        ax.set_xlabel("h:mm:ss" if max(times) >= 3600 else "m:ss", loc="right", labelpad=1)
    return titled(ax, forecast_answer(marks, forecast), definition, details=_tried_words(tried))


def _placed(tried: pd.DataFrame, forecast: Any) -> pd.DataFrame:
    """Earlier races on this strip: as far from its middle, in widths of the band, as they were in their own."""
    log = np.log(tried["time_s"] / tried["value"]) / np.log(tried["high"] / tried["low"])
    at = forecast.value * np.exp(log * math.log(forecast.high / forecast.low))
    return tried.assign(at=at)


def _flags(ax: Axes, marks: pd.DataFrame) -> None:
    """Goal and result above the strip; where they stand close, one is written to the left."""
    shown = marks[marks["mark"].isin(["goal", "result"])].sort_values("time_s") if len(marks) else marks
    low, high = ax.get_xlim()
    close = len(shown) == 2 and abs(shown["time_s"].iloc[1] - shown["time_s"].iloc[0]) < 0.3 * (high - low)
    for i, row in enumerate(shown.itertuples()):
        result = row.mark == "result"
        ax.plot(
            [row.time_s] * 2, [-0.25, 0.45], color=COLOURS["race"], lw=1.0, ls="-" if result else (0, (2, 2)), zorder=3
        )
        ax.plot(
            [row.time_s],
            [0.45],
            "o" if result else "D",
            ms=6,
            mfc=COLOURS["race"] if result else "white",
            mec=COLOURS["race"],
            mew=1.1,
            zorder=4,
            label=row.mark,
        )
        share = (row.time_s - low) / (high - low)
        side = "right" if (close and i == 0) or share > 0.8 else "left"
        side = "left" if share < 0.2 else side
        ax.annotate(
            f"{row.mark} {_units.format_duration(row.time_s)}",
            (row.time_s, 0.45),
            (-7 if side == "right" else 7, 2),
            textcoords="offset points",
            ha=side,
            va="bottom",
            fontsize=TEXT_PT,
            fontweight="bold" if result else "normal",
        )


def forecast_answer(marks: pd.DataFrame, forecast: Any) -> str:
    """Whether the result lay inside the band."""
    level = f"{100 * forecast.level:.0f} % band"
    band = f"{_units.format_duration(forecast.low)}–{_units.format_duration(forecast.high)}"
    found = marks[marks["mark"] == "result"] if len(marks) else marks
    if not len(found):
        return f"The {level} the evening before: {band}"
    time = float(found["time_s"].iloc[0])
    if forecast.low <= time <= forecast.high:
        return f"{_units.format_duration(time)} lay inside the {level} ({band})"
    side = "faster" if time < forecast.low else "slower"
    return f"{_units.format_duration(time)} was {side} than the {level} ({band})"


def _tried_words(tried: pd.DataFrame | None) -> str:
    if tried is None:
        return "No earlier race to try such forecasts on."
    return f"Such bands held on {int(tried['held'].sum())} of {len(tried)} earlier races."
