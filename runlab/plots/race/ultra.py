"""Long races: where the time was spent leg by leg, how each ground faded, what the dark went with."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ... import units as _units
from ..axes import clock_axis, end_labels, pace_axis, unit_label
from ..styles import COLOURS, SMALL_PT, TEXT_PT, canvas, empty, is_narrow, style, titled
from .ground import DARK, has, need, shade_dark

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_LEGS = 24
_GROUND = {"uphill": ("^", COLOURS["hard"]), "flat": ("o", COLOURS["run"]), "downhill": ("v", COLOURS["strength"])}


@style()
def plot_legs(legs: pd.DataFrame, *, units: str = "metric", ax: Axes | None = None) -> Axes:
    """Leg by leg: moving and standing time as bars, arrival, pace, and the arrival against its forecast window.

    Legs mostly run in the dark are shaded. Takes ``Debrief.legs``: ``checkpoint, end_m, distance_m, arrival_s,
    moving_s, stopped_s``, and where known ``planned_arrival_s, window_low_s, window_high_s, dark_share``.
    """
    need(legs, "plot_legs", "checkpoint", "end_m", "distance_m", "arrival_s", "moving_s", "stopped_s")
    definition = "One row per leg: moving (blue) and standing time (hatched) in hours; shaded = mostly in the dark"
    if not has(legs, "moving_s"):
        return empty(
            canvas(ax),
            "Cannot tell the legs apart",
            definition,
            "No checkpoints with a distance were given, or the recording does not reach them.",
        )
    rows = legs.reset_index(drop=True).head(MOST_LEGS)
    n = len(rows)
    window = has(rows, "window_low_s") and not is_narrow()
    left, right = (1.1, 0.7) if is_narrow() else (1.72, 2.75 if window else 1.5)
    ax = canvas(ax, 1.0 + 0.215 * n, left=left, right=right)
    standing = rows["stopped_s"].fillna(0.0) + (
        rows["stopped_on_way_s"].fillna(0.0) if "stopped_on_way_s" in rows else 0
    )
    moving, stood = rows["moving_s"] / 3600, standing / 3600
    y = np.arange(n)
    ax.barh(y, moving, height=0.62, color=COLOURS["run"], lw=0, label="moving", zorder=2)
    ax.barh(
        y,
        stood,
        left=moving,
        height=0.62,
        facecolor="white",
        edgecolor=COLOURS["ink"],
        hatch="/////",
        lw=0.7,
        label="standing",
        zorder=2,
    )
    ax.set_xlim(0, float((moving + stood).max()) * 1.14)
    ax.set_ylim(n - 0.4, -0.6)
    for k, share in enumerate(rows.get("dark_share", pd.Series(dtype=float))):
        if share > 0.5:
            ax.axhspan(k - 0.5, k + 0.5, color=DARK, lw=0, zorder=0.1)
    ax.set_yticks([])
    ax.grid(False)
    ax.grid(True, axis="x")
    ax.locator_params(axis="x", nbins=3 if is_narrow() else 6)
    ax.set_xlabel("hours", loc="right", labelpad=1)
    for k, seconds in enumerate(standing):
        if seconds >= 60:
            ax.annotate(
                _minutes(seconds),
                (moving[k] + stood[k], k),
                (3, 0),
                textcoords="offset points",
                va="center",
                fontsize=SMALL_PT,
            )
    _columns(ax, rows, units, window)
    return titled(ax, legs_answer(legs, units), definition, details=_legs_details(legs, units))


def _minutes(seconds: float) -> str:
    return (
        f"{seconds / 60:.0f} min"
        if seconds < 3570
        else f"{int(round(seconds / 60)) // 60} h {round(seconds / 60) % 60:02d}"
    )


def _columns(ax: Axes, rows: pd.DataFrame, units: str, window: bool) -> None:
    """The words of the table left and right of the bars, in points from the axes' edges."""
    per, unit = _units.distance_unit_m(units), _units.distance_unit(units)
    if is_narrow():
        _cells(ax, 0.0, -74, "left", ["to", *(_short(str(name), 12) for name in rows["checkpoint"])])
        _cells(ax, 1.0, 44, "right", ["arrival", *(_clock(s) for s in rows["arrival_s"])])
        return
    _cells(ax, 0.0, -118, "left", ["to", *(_short(str(name)) for name in rows["checkpoint"])])
    _cells(ax, 0.0, -8, "right", [f"at {unit}", *(f"{m / per:.1f}" for m in rows["end_m"])])
    _cells(ax, 1.0, 44, "right", ["arrival", *(_clock(s) for s in rows["arrival_s"])])
    speed = rows["distance_m"] / rows["moving_s"].where(rows["moving_s"] > 0)
    _cells(ax, 1.0, 96, "right", [f"min/{unit}", *(_units.format_pace(v, units).split(" ")[0] for v in speed)])
    if window:
        words = {"yes": "in", "before": "ahead", "after": "later"}
        low, high = rows["window_low_s"], rows["window_high_s"]
        inside = rows["inside_window"] if "inside_window" in rows else pd.Series([""] * len(rows))
        cells = [
            f"{_clock(a)}–{_clock(b)} {words.get(str(i), '')}".strip() if math.isfinite(a) else "·"
            for a, b, i in zip(low, high, inside, strict=True)
        ]
        _cells(ax, 1.0, 104, "left", ["forecast window", *cells])


def _short(name: str, most: int = 16) -> str:
    name = name.removesuffix(" of the way")
    return name if len(name) <= most else f"{name[: most - 1].rstrip()}…"


def _clock(seconds: float) -> str:
    if not math.isfinite(seconds):
        return "·"
    minutes = int(round(seconds / 60))
    return f"{minutes // 60}:{minutes % 60:02d}"


def _cells(ax: Axes, x: float, shift: float, side: Any, words: list[str]) -> None:
    for k, word in enumerate(words):
        ax.annotate(
            word,
            (x, k - 1 if k else -0.95),
            (shift, 0),
            xycoords=ax.get_yaxis_transform(),
            textcoords="offset points",
            ha=side,
            va="center",
            fontsize=SMALL_PT if k == 0 else TEXT_PT,
            color=COLOURS["grey"] if k == 0 else COLOURS["ink"],
            annotation_clip=False,
            gid="cell",
        )


def legs_answer(legs: pd.DataFrame, units: str) -> str:
    """Total standing time and where most of it was."""
    on_way = legs["stopped_on_way_s"].fillna(0.0) if "stopped_on_way_s" in legs else 0.0
    total = float((legs["stopped_s"].fillna(0.0) + on_way).sum())
    if total < 30:
        return "Hardly a minute standing, start to finish"
    top = legs.loc[legs["stopped_s"].fillna(0.0).idxmax()]
    if top["stopped_s"] < 0.15 * total or len(legs) < 3:
        return f"{_minutes(total)} standing in all"
    return f"{_minutes(total)} standing in all, {_minutes(float(top['stopped_s']))} of it at {top['checkpoint']}"


def _legs_details(legs: pd.DataFrame, units: str) -> str:
    words = [
        f"{row.checkpoint}: arrival {_clock(row.arrival_s)}, standing {_minutes(row.stopped_s)}"
        for row in legs.fillna({"stopped_s": 0.0}).itertuples()
    ]
    return "; ".join(words[:MOST_LEGS]) + "."


@style()
def plot_terrain_fade(fade: pd.DataFrame, *, units: str = "metric", ax: Axes | None = None) -> Axes:
    """Pace uphill, on the flat and downhill in each third of the race, against its own first third at matched grade.

    Takes ``Debrief.terrain_fade``: ``ground, third, change_pct`` (negative = slower), ``low, high``.
    """
    need(fade, "plot_terrain_fade", "ground", "third", "change_pct", "low", "high")
    definition = "Speed at matched grade against the first third of the race, %; whiskers = 80 % interval"
    known = fade.dropna(subset=["change_pct"]) if len(fade) else fade
    if not len(known) or (known["third"] > 1).sum() == 0:
        return empty(
            canvas(ax),
            "Cannot tell which ground faded",
            definition,
            "There is no altitude, or too little time on climbs, flats and descents in each third.",
        )
    ax = canvas(ax, 2.3, right=1.0)
    ends = []
    for shift, (ground, (marker, colour)) in zip((-0.05, 0.0, 0.05), _GROUND.items(), strict=True):
        own = known[known["ground"] == ground].sort_values("third")
        if not len(own):
            continue
        x = own["third"] + shift
        ax.plot(x, own["change_pct"], marker=marker, ms=5.5, color=colour, lw=1.4, label=ground, zorder=3)
        later = own["third"] > 1
        for at, low, high in zip(x[later], own["low"][later], own["high"][later], strict=True):
            ax.plot([at, at], [low, high], color=colour, lw=1.0, alpha=0.7, label=f"_{ground}", zorder=2)
        ends.append((float(own["change_pct"].iloc[-1]), ground, colour))
    ax.axhline(0, color=COLOURS["ink"], lw=0.8)
    drawn = known[["low", "high", "change_pct"]].to_numpy(float)
    low, high = min(np.nanmin(drawn), -2), max(np.nanmax(drawn), 2)
    ax.set_ylim(low - 0.06 * (high - low), high + 0.1 * (high - low))
    ax.set_xlim(0.85, 3.12)
    ax.set_xticks([1, 2, 3], ["first third", "second third", "last third"])
    ax.yaxis.set_major_formatter(lambda v, _: f"{v:+.0f}".replace("-", "−").replace("+0", "0"))
    unit_label(ax, "%")
    end_labels(ax, ends)
    return titled(ax, fade_answer(known), definition, details=_fade_details(known))


def fade_answer(fade: pd.DataFrame) -> str:
    """Which ground slowed most in the last third, if its interval is clear of the others'."""
    last = fade[fade["third"] == fade["third"].max()].set_index("ground")
    if last.empty:
        return "Cannot tell which ground faded"
    worst = last["change_pct"].idxmin()
    row = last.loc[worst]
    change = f"{row['change_pct']:+.0f} %".replace("-", "−")
    others = last.drop(worst)
    name = "On the flat" if worst == "flat" else worst.capitalize()
    if row["high"] >= 0:
        return "No ground slowed beyond its uncertainty"
    if len(others) and row["high"] < others["low"].min():
        return f"{name} slowed most: {change} in the last third"
    return f"{name} {change} in the last third; the grounds cannot be told apart" if len(others) else f"{name} {change}"


def _fade_details(fade: pd.DataFrame) -> str:
    words = [
        f"{row.ground}, third {row.third:.0f}: {row.change_pct:+.0f} % ({row.low:+.0f} to {row.high:+.0f})"
        for row in fade[fade["third"] > 1].itertuples()
    ]
    return ("; ".join(words) + ".").replace("-", "−")


@style()
def plot_night(
    track: pd.DataFrame,
    *,
    dark: pd.DataFrame | None = None,
    night: pd.DataFrame | None = None,
    notes: pd.DataFrame | None = None,
    units: str = "metric",
    ax: Axes | None = None,
) -> Axes:
    """Flat-equivalent pace over the clock with the dark hours shaded, and the mean in light and in dark.

    Takes ``Debrief.track`` (``elapsed_s, graded_speed_mps`` or ``speed_mps, moving``), ``dark_spans`` and ``night``.
    """
    need(track, "plot_night", "elapsed_s")
    definition = (
        "What the moving pace was worth on the flat, mean of 20 min; shaded = dark (sun 6° or more below the horizon)"
    )
    column = "graded_speed_mps" if has(track, "graded_speed_mps") else "speed_mps"
    if not has(track, column) or dark is None or not len(dark):
        return empty(
            canvas(ax),
            "Nothing was run in the dark, or nobody can tell",
            definition,
            "Sunset and sunrise need a date, a clock and a place.",
        )
    ax = canvas(ax, 2.3, right=0.9)
    clock = pd.to_timedelta(track["elapsed_s"], unit="s")
    speed = pd.Series(track[column].to_numpy(float), index=clock)
    speed = speed.where(track["moving"].to_numpy(bool)) if "moving" in track else speed
    smooth = speed.rolling("1200s", min_periods=1, center=True).mean().to_numpy()
    elapsed = track["elapsed_s"].to_numpy(float)
    ax.set_xlim(0, elapsed[-1])
    shade_dark(ax, dark, "start_s", "end_s", 1.0)
    ax.plot(elapsed, smooth, color=COLOURS["run"], lw=1.3, label="pace")
    known = smooth[np.isfinite(smooth)]
    low, high = np.percentile(known, [1, 99.5])
    ax.set_ylim(max(low - 0.12, 0.3), high + 0.25)
    if notes is not None and len(notes):
        for row in notes.dropna(subset=["elapsed_s"]).head(6).itertuples():
            ax.annotate(
                str(row.note)[:22],
                (row.elapsed_s, 0),
                (2, 3),
                xycoords=ax.get_xaxis_transform(),
                textcoords="offset points",
                fontsize=SMALL_PT,
                va="bottom",
                color=COLOURS["ink"],
            )
            ax.axvline(row.elapsed_s, color=COLOURS["grey"], lw=0.6, ls=(0, (1, 2)))
    pace_axis(ax, units=units, most=5)
    clock_axis(ax)
    end_labels(ax, [(float(known[-1]), "pace", COLOURS["run"])])
    return titled(ax, night_answer(night), definition, details=f"{len(dark)} dark spells.")


def night_answer(night: pd.DataFrame | None) -> str:
    """The change in the dark at matched grade, with what it cannot be told from."""
    row = night[night["light"] == "dark against light"] if night is not None and len(night) else None
    if row is None or not len(row) or not math.isfinite(float(row["change_pct"].iloc[0])):
        return "Cannot tell what the dark went with"
    change, low, high = (float(row[c].iloc[0]) for c in ("change_pct", "low", "high"))
    if low <= 0 <= high:
        return f"No clear change in the dark: {change:+.0f} % ({low:+.0f} to {high:+.0f})".replace("-", "−")
    word = "slower" if change < 0 else "faster"
    ends = sorted((abs(low), abs(high)))
    return f"{abs(change):.0f} % {word} in the dark ({ends[0]:.0f}–{ends[1]:.0f} %); hour and fatigue came with it"
