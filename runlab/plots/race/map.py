"""Where was it fast and slow? The track without any map server, with home left out."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ... import units as _units
from ...numerics import EARTH_M, stretches
from ..axes import round_paces
from ..styles import COLOURS, SMALL_PT, TEXT_PT, canvas, empty, style, titled
from .ground import has, need

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.collections import LineCollection
    from matplotlib.figure import Figure

HOME_M = 400.0
STEEP = 0.05


def near_home(track: pd.DataFrame, homes: pd.DataFrame | None, *, radius_m: float = HOME_M) -> np.ndarray:
    """Which samples of a track lie within ``radius_m`` of a private place (``latitude_deg, longitude_deg``)."""
    hidden = np.zeros(len(track), bool)
    if homes is None or not len(homes):
        return hidden
    latitude, longitude = (
        np.radians(track["latitude_deg"].to_numpy(float)),
        np.radians(track["longitude_deg"].to_numpy(float)),
    )
    for home in homes[["latitude_deg", "longitude_deg"]].dropna().drop_duplicates().to_numpy(float):
        north, east = np.radians(home)
        away = np.hypot(latitude - north, (longitude - east) * math.cos(north)) * EARTH_M
        hidden |= away <= radius_m
    return _closed(hidden, track)


def _closed(hidden: np.ndarray, track: pd.DataFrame) -> np.ndarray:
    """Short pieces left between hidden ones are hidden too: alone they would only mark the place."""
    if "distance_m" not in track or not hidden.any():
        return hidden
    way = track["distance_m"].to_numpy(float)
    hidden = hidden.copy()
    for first, last in zip(*stretches(~hidden), strict=True):
        if way[min(last, len(way) - 1)] - way[first] < 2 * HOME_M and first > 0 and last < len(way):
            hidden[first:last] = True
    return hidden


@style()
def plot_track(
    track: pd.DataFrame,
    *,
    homes: pd.DataFrame | None = None,
    coordinates: bool = False,
    units: str = "metric",
    ax: Axes | None = None,
) -> Axes:
    """The course from above, coloured by pace: light is fast, dark is slow; climbs thicker, with distance marks.

    Drawn from the positions alone, without tiles. Everything within 400 m of ``homes`` is left out, and no
    coordinate is written unless ``coordinates``. Takes ``Debrief.track``: ``latitude_deg,
    longitude_deg, distance_m, speed_mps``.
    """
    need(track, "plot_track", "latitude_deg", "longitude_deg", "distance_m", "speed_mps")
    unit = _units.distance_unit(units)
    definition = f"Moving pace, min/{unit}, mean of {_window_s(track) / 60:.0f} min; thicker = climbing steeper than "
    definition += f"{100 * STEEP:.0f} %; north is up"
    shown = track.dropna(subset=["latitude_deg", "longitude_deg"]) if has(track, "latitude_deg") else track.iloc[:0]
    if len(shown) < 3:
        return empty(
            canvas(ax), "No map: no positions were recorded", definition, "The files of that day hold no positions."
        )
    hidden = near_home(shown, homes)
    if (~hidden).sum() < 3:
        return empty(
            canvas(ax), "No map: all of it lies near home", definition, "What lies within 400 m of home is left out."
        )
    x, y = _metres(shown)
    wide, tall = np.ptp(x[~hidden]), np.ptp(y[~hidden])
    height = min(max(6.1 * tall / max(wide, 1.0), 1.9), 4.6)
    ax = canvas(ax, height + 1.15, left=0.55 if coordinates else 0.15, right=0.15, bottom=0.62)
    lines, low, high = _line(ax, shown, x, y, hidden)
    _limits(ax, x[~hidden], y[~hidden])
    _marks(ax, shown, x, y, hidden, units)
    _scale(ax, units)
    _key(ax, lines, low, high, units)
    ax.grid(False)
    for spine in ax.spines.values():
        spine.set_visible(False)
    _ticks(ax, shown, coordinates)
    left_out = "; the part near home is left out" if hidden.any() else ""
    return titled(ax, _answer(shown, units), definition + left_out, details="Drawn without a map server.")


def _metres(track: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    latitude, longitude = track["latitude_deg"].to_numpy(float), track["longitude_deg"].to_numpy(float)
    middle = math.radians(float(np.nanmedian(latitude)))
    east = np.radians(longitude - np.nanmedian(longitude)) * math.cos(middle) * EARTH_M
    return east, np.radians(latitude - np.nanmedian(latitude)) * EARTH_M


def _figure(ax: Axes) -> Figure:
    figure = ax.get_figure(root=True)
    assert figure is not None
    return figure


def _limits(ax: Axes, x: np.ndarray, y: np.ndarray) -> None:
    """The same metres per inch both ways, with the whole track inside."""
    box, inches = ax.get_position(), _figure(ax).get_size_inches()
    across, up = box.width * inches[0], box.height * inches[1]
    margin = 0.05 * max(np.ptp(x), np.ptp(y)) + 30
    scale = max((np.ptp(x) + 2 * margin) / across, (np.ptp(y) + 2 * margin) / up)
    middle = (x.min() + x.max()) / 2, (y.min() + y.max()) / 2
    ax.set_xlim(middle[0] - scale * across / 2, middle[0] + scale * across / 2)
    ax.set_ylim(middle[1] - scale * up / 2, middle[1] + scale * up / 2)


def _smooth(track: pd.DataFrame) -> np.ndarray:
    speed = pd.Series(track["speed_mps"].to_numpy(float), index=pd.to_timedelta(track["elapsed_s"], unit="s"))
    if "moving" in track:
        speed = speed.where(track["moving"].to_numpy(bool))
    return speed.rolling(f"{_window_s(track):.0f}s", min_periods=1, center=True).mean().to_numpy()


def _window_s(track: pd.DataFrame) -> float:
    """How long pace is averaged: 2 min, or more where the way is long."""
    elapsed = track["elapsed_s"] if "elapsed_s" in track and len(track) else pd.Series([0.0])
    return max(120.0, 60 * round(float(elapsed.iloc[-1]) / 60 / 80))


def _line(ax: Axes, track: pd.DataFrame, x: np.ndarray, y: np.ndarray, hidden: np.ndarray) -> tuple:
    from matplotlib.collections import LineCollection
    from matplotlib.colors import Normalize

    speed = _smooth(track)
    known = speed[np.isfinite(speed) & ~hidden]
    low, high = np.percentile(known, [3, 97]) if len(known) else (0.0, 1.0)
    high = max(high, low + 0.05)
    points = np.column_stack([x, y])
    pieces = np.stack([points[:-1], points[1:]], axis=1)
    keep = ~(hidden[:-1] | hidden[1:])
    grade = track["grade"].to_numpy(float) if "grade" in track else np.zeros(len(track))
    width = np.where(grade[:-1] > STEEP, 5.0, 2.6)
    ax.add_collection(
        LineCollection(pieces[keep], colors=COLOURS["ink"], linewidths=width[keep] + 1.2, capstyle="round", zorder=2)
    )
    lines = LineCollection(
        pieces[keep], cmap="cividis", norm=Normalize(low, high), linewidths=width[keep], capstyle="round", zorder=3
    )
    lines.set_array(np.where(np.isfinite(speed[:-1]), speed[:-1], low)[keep])
    ax.add_collection(lines)
    return lines, float(low), float(high)


def _marks(ax: Axes, track: pd.DataFrame, x: np.ndarray, y: np.ndarray, hidden: np.ndarray, units: str) -> None:
    """Round distances along the way, start and finish; none of them near home."""
    per = _units.distance_unit_m(units)
    way = track["distance_m"].to_numpy(float)
    total = way[-1] / per
    step = next(s for s in (0.5, 1, 2, 5, 10, 20, 25, 50, 100) if total / s <= 9)
    for mark in np.arange(step, total - 0.3 * step, step):
        k = min(int(np.searchsorted(way, mark * per)), len(way) - 1)
        if hidden[k]:
            continue
        ax.plot(x[k], y[k], "o", ms=4, mfc="white", mec=COLOURS["ink"], mew=0.9, zorder=4, label=f"_{mark:g}")
        ax.annotate(
            f"{mark:g}", (x[k], y[k]), (5, 4), textcoords="offset points", fontsize=SMALL_PT, zorder=5, gid="distance"
        )
    ends = {"start": 0, "finish": len(way) - 1}
    together = math.hypot(x[0] - x[-1], y[0] - y[-1]) < 0.03 * max(np.ptp(x), np.ptp(y))
    for name, k in ends.items():
        if hidden[k] or (together and name == "start"):
            continue
        ax.plot(x[k], y[k], "s", ms=5.5, color=COLOURS["race"], zorder=4, label=name)
        ax.annotate(
            "start and finish" if together else name,
            (x[k], y[k]),
            (-6, -9),
            textcoords="offset points",
            ha="right",
            fontsize=TEXT_PT,
            fontweight="bold",
            zorder=5,
        )


def _scale(ax: Axes, units: str) -> None:
    """A bar of a round length in the lower right corner, and an arrow to the north."""
    per, unit = _units.distance_unit_m(units), _units.distance_unit(units)
    low, high = ax.get_xlim()
    room = 0.22 * (high - low) / per
    length = max((s for s in (0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20) if s <= room), default=0.05)
    bottom, top = ax.get_ylim()
    right = high - 0.02 * (high - low)
    y = bottom + 0.03 * (top - bottom)
    ax.plot([right - length * per, right], [y, y], color=COLOURS["ink"], lw=2.0, solid_capstyle="butt", label="scale")
    ax.annotate(
        f"{length:g} {unit}",
        (right - length * per / 2, y),
        (0, 4),
        textcoords="offset points",
        ha="center",
        fontsize=SMALL_PT,
    )
    ax.annotate(
        "N\n↑",
        (1, 1),
        (-10, -2),
        xycoords="axes fraction",
        textcoords="offset points",
        ha="center",
        va="top",
        fontsize=TEXT_PT,
        linespacing=0.95,
    )


def _key(ax: Axes, lines: LineCollection, low: float, high: float, units: str) -> None:
    """The colours in words of pace, below the map."""
    from matplotlib.ticker import FixedFormatter, FixedLocator

    figure, box = _figure(ax), ax.get_position()
    width, height = figure.get_size_inches()
    key = figure.add_axes((box.x0 + 0.02, 0.34 / height, 2.6 / width, 0.09 / height))
    bar = figure.colorbar(lines, cax=key, orientation="horizontal")
    paces = round_paces(low, high, units=units, most=5)
    kept: list[float] = []
    for pace in paces:  # from the fast end, with room for the words
        at = _units.speed_mps(pace, units)
        if not kept or _units.speed_mps(kept[-1], units) - at > 0.17 * (high - low):
            kept.append(pace)
    paces = kept
    bar.ax.xaxis.set_major_locator(FixedLocator([_units.speed_mps(p, units) for p in paces]))
    bar.ax.xaxis.set_major_formatter(FixedFormatter([_units.format_duration(p) for p in paces]))
    bar.outline.set_visible(False)
    bar.ax.tick_params(labelsize=SMALL_PT, length=2)
    bar.ax.annotate(
        f"min/{_units.distance_unit(units)}  faster →",
        (1, 0.5),
        (6, 0),
        xycoords="axes fraction",
        textcoords="offset points",
        va="center",
        fontsize=SMALL_PT,
        color=COLOURS["grey"],
    )


def _ticks(ax: Axes, track: pd.DataFrame, coordinates: bool) -> None:
    if not coordinates:
        ax.set_xticks([])
        ax.set_yticks([])
        return
    latitude, longitude = float(np.nanmedian(track["latitude_deg"])), float(np.nanmedian(track["longitude_deg"]))
    east = EARTH_M * math.cos(math.radians(latitude))
    ax.locator_params(nbins=4)
    ax.xaxis.set_major_formatter(lambda v, _: f"{longitude + math.degrees(v / east):.3f}°")
    ax.yaxis.set_major_formatter(lambda v, _: f"{latitude + math.degrees(v / EARTH_M):.3f}°")


def _answer(track: pd.DataFrame, units: str) -> str:
    """The fastest and the slowest stretch of a twentieth of the way."""
    way, t = track["distance_m"].to_numpy(float), track["elapsed_s"].to_numpy(float)
    total, per, unit = way[-1], _units.distance_unit_m(units), _units.distance_unit(units)
    still = ~track["moving"].to_numpy(bool) if "moving" in track else np.zeros(len(track), bool)
    t = t - np.concatenate(([0.0], np.cumsum(np.where(still, np.append(np.diff(t), 0.0), 0.0))[:-1]))
    edges = np.linspace(way[0], total, 21)
    took = np.diff(np.interp(edges, way, t))
    speed = np.diff(edges) / np.where(took > 0, took, np.nan)
    if not np.isfinite(speed).any():
        return "The course as it was run"
    fast, slow = int(np.nanargmax(speed)), int(np.nanargmin(speed))
    middle = (edges[:-1] + edges[1:]) / 2 / per
    digits = 0 if total > 10 * per else 1
    words = [
        f"{name} {_units.format_pace(float(speed[k]), units)} around {unit} {middle[k]:.{digits}f}"
        for name, k in (("Fastest", fast), ("slowest", slow))
    ]
    return ", ".join(words)
