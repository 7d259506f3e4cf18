"""The race on its official distance: pace, ground, heart rate, cadence, temperature, and what happened on the way."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ... import units as _units
from ...numerics import stretches
from ...race.levels import speed_over, two_paces
from ..axes import end_labels, pace_axis, unit_label
from ..styles import BAND_ALPHA, COLOURS, SMALL_PT, canvas, empty, stacked, style, titled
from .ground import distance_axis, has, hills_matter, need, shade_dark, split_noun, steps

if TYPE_CHECKING:
    from matplotlib.axes import Axes

CHANNELS = {
    "heart_rate_bpm": ("heart\nrate", "beats/min", COLOURS["hard"]),
    "cadence_spm": ("cadence", "steps/min", COLOURS["run"]),
    "stance_time_ms": ("ground\ncontact", "ms", COLOURS["strength"]),
    "stance_time_balance_pct": ("left foot's\ncontact share", "%", COLOURS["strength"]),
    "vertical_oscillation_mm": ("vertical\nmovement", "mm", COLOURS["strength"]),
    "vertical_ratio_pct": ("vertical\nratio", "%", COLOURS["strength"]),
    "step_length_mm": ("step\nlength", "mm", COLOURS["strength"]),
    "power_w": ("power", "W", COLOURS["strength"]),
}
NO_ORDINARY_DAY = 0.8  # share of splits outside an 80 % band: of ordinary days, which lie off as a whole, 3 in 100


@style()
def plot_race(
    splits: pd.DataFrame,
    *,
    track: pd.DataFrame | None = None,
    drift: pd.DataFrame | None = None,
    fuel: pd.DataFrame | None = None,
    stops: pd.DataFrame | None = None,
    notes: pd.DataFrame | None = None,
    dark: pd.DataFrame | None = None,
    units: str = "metric",
    ax: Axes | None = None,
) -> Axes:
    """The race split by split on official distance: pace and plan, ground, heart rate and cadence, temperature, marks.

    Only channels that were measured get a panel. Heart rate and cadence lie over the band usual for that pace and grade
    (``drift``); splits outside it are hollow. Takes the tables of a ``Debrief``: ``splits``, and where there are any
    ``track``, ``drift``, ``fuel_marks``, ``stops``, ``notes``, ``dark_spans``.
    """
    need(splits, "plot_race", "start_m", "end_m", "speed_mps", "moving_s", "distance_m")
    unit = _units.distance_unit(units)
    if not has(splits, "speed_mps"):
        return empty(
            canvas(ax),
            "Cannot tell how the race went: nothing was recorded",
            f"Pace by {unit}",
            "No file of that day holds distance and time.",
        )
    have = [c for c in ("heart_rate_bpm", "cadence_spm") if has(splits, c)]
    ground = has(track, "altitude_m") or has(splits, "altitude_m")
    marks = [name for name, frame in (("fuel", fuel), ("stops", stops), ("notes", notes)) if has(frame, "distance_m")]
    heights = [2.1, *([0.8] if ground else []), *([1.0] * len(have)), *([0.55] if has(splits, "temperature_c") else [])]
    heights += [0.14 + 0.2 * len(marks)] if marks else []
    ax = canvas(ax, 1.15 + 1.0 * sum(heights) + 0.2 * (len(heights) - 1), right=0.95, left=0.66)
    panels = stacked(ax, heights, gap=0.2)
    per, metres = _units.distance_unit_m(units), float(splits["end_m"].max())
    for panel in panels:
        panel.set_xlim(0, metres / per)
        shade_dark(panel, dark, "start_m", "end_m", per, label=panel is ax)
    _pace(ax, splits, per, units)
    rest = panels[1:]
    if ground:
        _ground(rest.pop(0), splits, track, per, units)
    for channel in have:
        _channel(rest.pop(0), splits, drift, channel, per)
    if has(splits, "temperature_c"):
        _temperature(rest.pop(0), splits, per, units)
    if marks:
        _marks(rest.pop(0), {"fuel": fuel, "stops": stops, "notes": notes}, marks, per)
    for panel in panels:
        distance_axis(panel, metres, units=units)
        panel.tick_params(labelbottom=panel is panels[-1])
        if panel is not panels[-1]:
            panel.set_xlabel("")
    lines = [f"moving pace by {split_noun(splits, units)}"]
    lines += ["what it is worth on the flat (thin)"] if hills_matter(splits) else []
    lines += ["the plan (dashed)"] if has(splits, "plan_time_s") else []
    shown = drift is not None and len(drift) and drift["channel"].isin(have).any()
    band = "; band = usual for that pace and grade (80 %), hollow = outside it" if shown else ""
    return titled(
        ax,
        race_answer(splits, units),
        f"On official distance: {', '.join(lines)}{band}",
        details=_details(splits, have, units),
    )


def _pace(ax: Axes, splits: pd.DataFrame, per: float, units: str) -> None:
    ends = []
    if has(splits, "plan_time_s"):
        plan = splits.assign(plan_mps=splits["distance_m"] / splits["plan_time_s"])
        ax.plot(*steps(plan, "plan_mps", per), color=COLOURS["grey"], lw=1.1, ls=(0, (4, 2)), label="plan")
        ends.append((float(plan["plan_mps"].dropna().iloc[-1]), "plan", COLOURS["grey"]))
    if hills_matter(splits):
        ax.plot(*steps(splits, "graded_speed_mps", per), color=COLOURS["easy"], lw=1.0, label="worth on the flat")
        ends.append((float(splits["graded_speed_mps"].dropna().iloc[-1]), "on the flat", COLOURS["easy"]))
    ax.plot(*steps(splits, "speed_mps", per), color=COLOURS["run"], lw=2.0, label="pace")
    ends.append((float(splits["speed_mps"].dropna().iloc[-1]), "pace", COLOURS["run"]))
    drawn = splits[[c for c in ("speed_mps", "graded_speed_mps") if c in splits]].to_numpy(float).ravel()
    drawn = drawn[np.isfinite(drawn)]
    low, high = drawn.min(), drawn.max()
    if has(splits, "plan_time_s"):
        paces = (splits["distance_m"] / splits["plan_time_s"]).dropna()
        low, high = min(low, paces.min()), max(high, paces.max())
    margin = max(0.12 * (high - low), 0.04)
    ax.set_ylim(max(low - margin, 0.4), high + 1.6 * margin)
    pace_axis(ax, units=units, most=5)
    end_labels(ax, ends)


def _ground(ax: Axes, splits: pd.DataFrame, track: pd.DataFrame | None, per: float, units: str) -> None:
    feet = 1.0 if units == "metric" else _units.METRES_PER_FOOT
    if track is not None and has(track, "altitude_m"):
        x, y = track["distance_m"].to_numpy(float) / per, track["altitude_m"].to_numpy(float) / feet
    else:
        x, y = steps(splits, "altitude_m", per)
        y = y / feet
    known = np.isfinite(y)
    low, high = float(y[known].min()), float(y[known].max())
    span = max(high - low, 40 / feet)
    floor = low - 0.12 * span
    ax.fill_between(x, floor, y, color=COLOURS["ghost"], lw=0, label="ground")
    ax.set_ylim(floor, floor + 1.3 * span)
    ax.locator_params(axis="y", nbins=3)
    unit_label(ax, "m" if units == "metric" else "ft")
    end_labels(ax, [(floor + 0.6 * span, "ground", COLOURS["grey"])])


def _channel(ax: Axes, splits: pd.DataFrame, drift: pd.DataFrame | None, channel: str, per: float) -> None:
    name, unit, colour = CHANNELS[channel]
    values = splits[channel].to_numpy(float)
    edges = [float(np.nanmin(values)), float(np.nanmax(values))]
    own = drift[drift["channel"] == channel] if drift is not None and len(drift) else None
    ends = []
    if own is not None and len(own) and own["low"].notna().any():
        x, low = steps(own, "low", per)
        high = steps(own, "high", per)[1]
        ax.fill_between(x, low, high, color=colour, alpha=BAND_ALPHA, lw=0, label="_usual")
        edges += [float(np.nanmin(low)), float(np.nanmax(high))]
        ends.append((float(own["expected"].dropna().iloc[-1]), "usual", COLOURS["grey"]))
    ax.plot(*steps(splits, channel, per), color=colour, lw=1.6, label=name.replace("\n", " "))
    if own is not None and len(own):
        out = own[own["outside"].astype(bool) & own["value"].notna()]
        middle = (out["start_m"] + out["end_m"]) / 2 / per
        ax.plot(middle, out["value"], "o", ms=4, mfc="white", mec=colour, mew=1.0, ls="none", label="_outside")
    margin = max(0.08 * (max(edges) - min(edges)), 1.0)
    ax.set_ylim(min(edges) - margin, max(edges) + margin)
    ax.locator_params(axis="y", nbins=4)
    unit_label(ax, unit)
    ends.append((float(splits[channel].dropna().iloc[-1]), name, colour))
    end_labels(ax, ends)
    _gaps(ax, splits, channel, per)


def _gaps(ax: Axes, splits: pd.DataFrame, channel: str, per: float) -> None:
    """Where a channel was lost: hatched, with the word where there is room."""
    unknown = splits[channel].isna().to_numpy()
    if unknown.all():
        return
    low, high = ax.get_xlim()
    for first, last in zip(*stretches(unknown), strict=True):
        left, right = splits["start_m"].iloc[first] / per, splits["end_m"].iloc[last - 1] / per
        ax.axvspan(left, right, facecolor="none", edgecolor=COLOURS["grey"], hatch="////", lw=0, alpha=0.45, zorder=0.5)
        if right - left > 0.06 * (high - low):
            ax.text((left + right) / 2, ax.get_ylim()[0], "lost", ha="center", va="bottom", fontsize=SMALL_PT)


def _temperature(ax: Axes, splits: pd.DataFrame, per: float, units: str) -> None:
    heat = splits["temperature_c"] if units == "metric" else splits["temperature_c"] * 9 / 5 + 32
    ax.plot(*steps(splits.assign(heat=heat), "heat", per), color=COLOURS["threshold"], lw=1.4, label="temperature")
    low, high = float(heat.min()), float(heat.max())
    margin = max(0.2 * (high - low), 1.0)
    ax.set_ylim(low - margin, high + margin)
    ax.locator_params(axis="y", nbins=2, integer=True)
    unit_label(ax, "°C" if units == "metric" else "°F")
    end_labels(ax, [(float(heat.dropna().iloc[-1]), "temperature\nat the watch", COLOURS["threshold"])])


def _marks(ax: Axes, frames: dict[str, pd.DataFrame | None], rows: list[str], per: float) -> None:
    """One row each for what was taken, where the runner stood, and what was noted on the way."""
    ax.set_ylim(len(rows) - 0.4, -0.6)
    ax.grid(False)
    names = ["min stood" if name == "stops" and _in_minutes(frames[name]) else name for name in rows]
    ax.set_yticks(range(len(rows)), names)
    ax.spines["left"].set_visible(False)
    signs = {"fuel": ("v", COLOURS["ink"]), "stops": ("s", COLOURS["grey"]), "notes": ("|", COLOURS["ink"])}
    width = ax.get_xlim()[1]
    for y, name in enumerate(rows):
        frame = frames[name].dropna(subset=["distance_m"])  # type: ignore[union-attr]
        marker, colour = signs[name]
        x = frame["distance_m"].to_numpy(float) / per
        ax.plot(x, np.full(len(x), y), marker, ms=4.5, color=colour, ls="none", label=name, clip_on=False)
        words = _mark_words(frame, name)
        order = np.argsort(x)
        nearest = np.append(np.diff(x[order]), width - x[order][-1:] + 0.03 * width)
        for k, room in zip(order, nearest, strict=True):
            if words[k] and room > 0.03 * width + 0.011 * width * len(words[k]):  # as wide as the word is
                ax.annotate(words[k], (x[k], y), (5, 0), textcoords="offset points", va="center", fontsize=SMALL_PT)


def _in_minutes(stops: pd.DataFrame | None) -> bool:
    """Whether stops are long enough to be told in whole minutes."""
    return stops is not None and len(stops) > 0 and float(stops["seconds"].max()) >= 600


def _mark_words(frame: pd.DataFrame, name: str) -> list[str]:
    if name == "stops" and _in_minutes(frame):
        return [f"{s / 60:.0f}" if s >= 60 else "" for s in frame["seconds"]]
    if name == "stops":
        return [_units.format_duration(s) if s >= 20 else "" for s in frame["seconds"]]
    if name == "fuel" and "carbs_g" in frame:
        return [f"{g:.0f} g" if g > 0 else "" for g in frame["carbs_g"]]
    return [str(text)[:18] for text in frame["note"]] if "note" in frame and name == "notes" else [""] * len(frame)


def race_answer(splits: pd.DataFrame, units: str) -> str:
    """Pace before and after the place where it changed, or that it held."""
    unit, per = _units.distance_unit(units), _units.distance_unit_m(units)
    known = splits[splits["speed_mps"] > 0]
    if len(known) < 5:
        return f"{_units.format_pace(speed_over(known), units)} on the move"
    at, *speeds, flat = two_paces(known)
    first, second = (_units.format_pace(speed, units) for speed in speeds)
    worth = " (flat-equivalent)" if flat else ""
    if at is None:
        if first == second:
            return f"Pace held: {first} in both halves{worth}"
        return f"Pace held: {first} in the first half, {second} after{worth}"
    where = known.loc[at, "start_m"] / per
    return f"{first} to {unit} {where:.{0 if where >= 5 else 1}f}, {second} from there{worth}"


def _details(splits: pd.DataFrame, have: list[str], units: str) -> str:
    known = splits[splits["speed_mps"] > 0]
    fast, slow = known.loc[known["speed_mps"].idxmax()], known.loc[known["speed_mps"].idxmin()]
    unit, per = _units.distance_unit(units), _units.distance_unit_m(units)
    words = [
        f"Fastest split {_units.format_pace(fast['speed_mps'], units)} at {unit} {fast['end_m'] / per:.0f}, "
        f"slowest {_units.format_pace(slow['speed_mps'], units)} at {unit} {slow['end_m'] / per:.0f}"
    ]
    words += [
        f"{CHANNELS[c][0].replace(chr(10), ' ')} {splits[c].min():.0f} to {splits[c].max():.0f} {CHANNELS[c][1]}"
        for c in have
    ]
    stood = splits["stopped_s"].sum() if "stopped_s" in splits else math.nan
    words += [f"stopped {_units.format_duration(stood)}"] if stood > 0 else []
    return "; ".join(words) + "."


@style()
def plot_drift(drift: pd.DataFrame, *, units: str = "metric", ax: Axes | None = None) -> Axes:
    """How the body did it: each channel split by split over what is usual for this athlete at that pace and grade.

    Takes ``Debrief.drift``: ``channel, start_m, end_m, value, expected, low, high, outside``.
    """
    need(drift, "plot_drift", "channel", "start_m", "end_m", "value", "expected", "low", "high", "outside")
    definition = (
        "By split; band (80 %) = usual in training at that pace and grade, or as in the race's first third where "
        "training says nothing; hollow = outside it"
    )
    known = drift.dropna(subset=["value"]) if len(drift) else drift
    order = [c for c in CHANNELS if len(known) and (known["channel"] == c).sum() > 1][:6]
    if not order:
        return empty(
            canvas(ax),
            "Cannot tell how the body did it",
            definition,
            "No heart rate, cadence or running dynamics were recorded that could be set against the athlete's usual.",
        )
    ax = canvas(ax, 1.1 + 0.95 * len(order), right=0.95, left=0.66)
    panels = stacked(ax, [1.0] * len(order), gap=0.2)
    per, metres = _units.distance_unit_m(units), float(drift["end_m"].max())
    for panel, channel in zip(panels, order, strict=True):
        panel.set_xlim(0, metres / per)
        own = drift[drift["channel"] == channel]
        _channel(panel, own.assign(**{channel: own["value"]}), own, channel, per)
        distance_axis(panel, metres, units=units)
        panel.tick_params(labelbottom=panel is panels[-1])
        if panel is not panels[-1]:
            panel.set_xlabel("")
    return titled(ax, _drift_answer(drift, order), definition, details=_drift_details(drift, order))


def _drift_answer(drift: pd.DataFrame, order: list[str]) -> str:
    banded = drift[drift["channel"].isin(order) & drift["low"].notna() & drift["value"].notna()]
    if banded.empty:
        return "No earlier runs at this pace to set it against"
    found = banded.groupby("channel")["outside"].agg(["mean", "sum", "size"]).reindex(order).dropna()
    far = [c for c in found.index if found.loc[c, "mean"] > NO_ORDINARY_DAY]
    if not far and found["mean"].max() <= 0.3:
        return "Within the usual band most of the way"
    names = [CHANNELS[c][0].replace("\n", " ") for c in far[:2] or [found["mean"].idxmax()]]
    row = found.loc[far[0] if far else found["mean"].idxmax()]
    count = f"in {row['sum']:.0f} of {row['size']:.0f} splits"
    if not far:
        return f"{names[0].capitalize()} outside the band {count}: an ordinary day can do that"
    return f"{names[0].capitalize()} outside its usual band {count}" + (f"; {names[1]} too" if len(far) > 1 else "")


def _drift_details(drift: pd.DataFrame, order: list[str]) -> str:
    words = []
    for channel in order:
        own = drift[(drift["channel"] == channel) & drift["value"].notna()]
        name, unit, _ = CHANNELS[channel]
        words.append(
            f"{name.replace(chr(10), ' ')} {own['value'].iloc[0]:.0f} to {own['value'].iloc[-1]:.0f} {unit}, "
            f"{int(own['outside'].sum())} of {len(own)} splits outside"
        )
    return "; ".join(words) + "."
