"""Axes a runner reads: pace with fast at the top, race clocks, months, shaded episodes, flags on race days."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from .. import units as _units
from .styles import COLOURS, SMALL_PT, TEXT_PT, figure_of, is_narrow, readable

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_PACE_STEPS = (5, 10, 15, 20, 30, 60, 120, 300, 600)
_CLOCK_STEPS = (10, 30, 60, 120, 300, 600, 900, 1200, 1800, 3600, 7200, 14400, 21600)
_LETTERS = {"ill": "i", "injury": "p", "pain": "p", "travel": "t", "life": "t"}
DAY = np.timedelta64(1, "D")


def round_paces(slowest_mps: float, fastest_mps: float, *, units: str = "metric", most: int = 6) -> list[float]:
    """Round paces (4:00, 4:30, ...) between two speeds, in seconds per kilometre or mile, fastest first.

    The step is the smallest that leaves every tick at least half its even share of an axis of speed, because slow paces
    crowd there.
    """
    slowest_mps = max(slowest_mps, 0.4)
    fast, slow = _units.pace_s(fastest_mps, units), _units.pace_s(slowest_mps, units)
    apart = 0.5 * (fastest_mps - slowest_mps) / most
    best: list[float] = []
    for step in _PACE_STEPS:
        ticks = [float(k * step) for k in range(math.ceil(fast / step - 1e-9), math.floor(slow / step + 1e-9) + 1)]
        if len(ticks) > 60:
            continue
        kept: list[float] = []
        for tick in ticks:
            if not kept or _units.speed_mps(kept[-1], units) - _units.speed_mps(tick, units) >= apart:
                kept.append(tick)
        if kept == ticks and len(ticks) >= 3:
            return ticks
        if len(kept) > len(best):
            best = kept
    return best


def pace_axis(ax: Axes, *, units: str = "metric", axis: str = "y", most: int = 6) -> Axes:
    """Turn an axis of speed in m/s into pace: fast up, ticks at round paces, the unit once at its end.

    Call it after drawing, when the limits are known.
    """
    from matplotlib.ticker import FixedFormatter, FixedLocator

    side = ax.yaxis if axis == "y" else ax.xaxis
    low, high = sorted(ax.get_ylim() if axis == "y" else ax.get_xlim())
    paces = round_paces(low, high, units=units, most=most)
    side.set_major_locator(FixedLocator([_units.speed_mps(p, units) for p in paces]))
    side.set_major_formatter(FixedFormatter([_units.format_duration(p) for p in paces]))
    (ax.set_ylim if axis == "y" else ax.set_xlim)(low, high)
    unit_label(ax, f"min/{_units.distance_unit(units)}", axis=axis)
    return ax


def unit_label(ax: Axes, text: str, *, axis: str = "y") -> None:
    """Write an axis's unit once: above the y axis, or at the right end of the x axis."""
    if axis == "y":
        ax.annotate(
            text,
            (0, 1),
            (-4, 2.5),
            xycoords="axes fraction",
            textcoords="offset points",
            ha="right",
            va="bottom",
            fontsize=SMALL_PT,
            color=COLOURS["grey"],
            annotation_clip=False,
            gid="unit",
        )
    else:
        ax.set_xlabel(text, loc="right", labelpad=1)


def clock_axis(ax: Axes, *, axis: str = "x") -> Axes:
    """Turn an axis of seconds into h:mm (or m:ss below twenty minutes)."""
    from matplotlib.ticker import FixedFormatter, FixedLocator

    low, high = sorted(ax.get_xlim() if axis == "x" else ax.get_ylim())
    most = 4 if is_narrow() else 7
    step = next((s for s in _CLOCK_STEPS if (high - low) / s <= most), 43200)
    ticks = [k * step for k in range(math.ceil(low / step), math.floor(high / step) + 1)]
    short = step < 60 or high <= 1200
    words = [_units.format_duration(t) if short else f"{int(t // 3600)}:{int(t % 3600 // 60):02d}" for t in ticks]
    side = ax.xaxis if axis == "x" else ax.yaxis
    side.set_major_locator(FixedLocator(ticks))
    side.set_major_formatter(FixedFormatter(words))
    (ax.set_xlim if axis == "x" else ax.set_ylim)(low, high)
    unit_label(ax, "m:ss" if short else "h:mm", axis=axis)
    return ax


def month_axis(ax: Axes, start: Any, end: Any) -> Axes:
    """A date axis from ``start`` to ``end``: month names, the year once."""
    from matplotlib.dates import date2num
    from matplotlib.ticker import FixedFormatter, FixedLocator, NullLocator

    first, last = pd.Timestamp(start).normalize(), pd.Timestamp(end).normalize()
    last = max(last, first + pd.Timedelta(days=1))  # one day alone still has a width
    days = (last - first).days
    ax.set_xlim(date2num(first), date2num(last))
    if days <= 100:
        ticks = pd.date_range(first, last, freq="7D" if days <= 50 else "14D")
        words = [f"{t.day} {t:%b}" for t in ticks]
    else:
        months = pd.date_range(first.replace(day=1), last, freq="MS")
        every = next(n for n in (1, 2, 3, 6, 12, 24, 60, 120, 1200) if len(months) / n <= (7 if is_narrow() else 13))
        ticks = months[[(m.month - 1) % every == 0 if every <= 12 else m.month == 1 for m in months]]
        ticks = ticks[ticks >= first]
        words = [f"{t:%b}" if every < 12 else f"{t.year}" for t in ticks]
    shown: set[int] = set()
    for i, tick in enumerate(ticks):
        if tick.year not in shown and not words[i].isdigit():
            words[i] += f"\n{tick.year}"
        shown.add(tick.year)
    ax.xaxis.set_major_locator(FixedLocator([float(date2num(t)) for t in ticks]))
    ax.xaxis.set_minor_locator(NullLocator())
    ax.xaxis.set_major_formatter(FixedFormatter(words))
    return ax


def span_label(ax: Axes, text: str, left: float, right: float, *, gid: str) -> None:
    """A small word at the top of a shaded stretch."""
    ax.annotate(
        text,
        ((left + right) / 2, 1),
        (0, -2),
        xycoords=ax.get_xaxis_transform(),
        textcoords="offset points",
        ha="center",
        va="top",
        fontsize=SMALL_PT,
        fontstyle="italic",
        color=COLOURS["grey"],
        gid=gid,
    )


def shade_events(ax: Axes, events: pd.DataFrame | None, *, letters: bool = True) -> int:
    """Shade ill, injured, pained, travelling and busy days behind the data; a letter at the top says which.

    Returns how many episodes lie within the axis. Call it after the limits are set.
    """
    from matplotlib.dates import date2num

    if events is None or not len(events):
        return 0
    low, high = ax.get_xlim()
    drawn = 0
    for event in events.sort_values("start").itertuples():
        if event.kind not in _LETTERS:
            continue
        start = pd.Timestamp(event.start)
        end = start if pd.isna(event.end) else pd.Timestamp(event.end)
        left, right = max(float(date2num(start)), low), min(float(date2num(end)) + 1.0, high)
        if right <= left:
            continue
        ax.axvspan(left, right, color=COLOURS[event.kind], zorder=0.2, lw=0)
        if letters:
            span_label(ax, _LETTERS[event.kind], left, right, gid="event")
        drawn += 1
    return drawn


def flag_races(ax: Axes, races: pd.DataFrame | None, *, units: str = "metric", labels: bool = True) -> int:
    """A black flag above the axes on every race day, with its distance where there is room; returns how many."""
    from matplotlib.dates import date2num

    if races is None or not len(races):
        return 0
    low, high = ax.get_xlim()
    width_pt = ax.get_window_extent().width * 72 / figure_of(ax).dpi
    inside = races.sort_values("date").assign(at=lambda t: date2num(t["date"]))
    inside = inside[inside["at"].between(low, high)]
    flags = ((inside["at"] - low) / (high - low) * width_pt).tolist()
    free = -1e9  # where the last label ended
    for k, race in enumerate(inside.itertuples()):
        at = float(race.at)
        ax.axvline(at, color=COLOURS["race"], lw=0.7, zorder=1.5, ls=(0, (1, 2)))
        ax.annotate(
            "⚑",
            (at, 1),
            (2.2, -3),
            xycoords=ax.get_xaxis_transform(),
            textcoords="offset points",
            ha="center",
            va="bottom",
            fontsize=9,
            color=COLOURS["race"],
            annotation_clip=False,
            gid="race",
        )
        metres = getattr(race, "distance_m", math.nan)
        if not labels or not math.isfinite(metres):
            continue
        words = _units.format_distance(metres, units).replace(".0 ", " ")
        room, x_pt = 4.6 * len(words) + 4, flags[k]
        before, after = max(free, flags[k - 1] + 8 if k else 12), flags[k + 1] if k + 1 < len(flags) else 1e9
        right = x_pt + 8 + room <= min(after - 3, width_pt + 16)
        if right or x_pt - 3 - room >= before:  # a label stands right of its flag, else left, else nowhere
            free = x_pt + 8 + room if right else x_pt + 8
            ax.annotate(
                words,
                (at, 1),
                (8 if right else -3, 1),
                xycoords=ax.get_xaxis_transform(),
                textcoords="offset points",
                va="bottom",
                fontsize=SMALL_PT,
                ha="left" if right else "right",
                color=COLOURS["grey"],
                annotation_clip=False,
            )
    return len(inside)


def end_labels(ax: Axes, labels: Sequence[tuple[float, str, str]], *, x: float = 1.0, gap_pt: float = 10.0) -> None:
    """Name lines at their right ends instead of in a legend: (y, text, colour) each, moved apart where they collide."""
    known = sorted((item for item in labels if math.isfinite(item[0])), key=lambda item: item[0])
    if not known:
        return
    low, high = ax.get_ylim()
    height_pt = ax.get_window_extent().height * 72 / figure_of(ax).dpi
    at = [(y - low) / (high - low) * height_pt for y, _, _ in known]
    half = [gap_pt * (1 + text.count("\n")) / 2 for _, text, _ in known]
    for i in range(1, len(at)):
        at[i] = max(at[i], at[i - 1] + half[i - 1] + half[i])
    if at[-1] > height_pt:
        at[-1] = height_pt
        for i in range(len(at) - 2, -1, -1):
            at[i] = min(at[i], at[i + 1] - half[i] - half[i + 1])
    for (_, text, colour), y in zip(known, at, strict=True):
        ax.annotate(
            text,
            (x, y / height_pt),
            (5, 0),
            xycoords="axes fraction",
            textcoords="offset points",
            ha="left",
            va="center",
            fontsize=TEXT_PT,
            color=readable(colour),
            annotation_clip=False,
            gid="label",
            linespacing=1.1,
        )
