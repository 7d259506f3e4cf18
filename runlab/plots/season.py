"""What kind of year was it?"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from .. import units as _units
from ..errors import TableError
from .axes import month_axis, shade_events, unit_label
from .styles import COLOURS, SMALL_PT, canvas, empty, style, titled

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Phases are told apart by tone and hatch, so that no colour of the house means two things.
PHASES: dict[str, tuple[str, str, str]] = {
    "base": ("#E4E4E4", "", ""),
    "build": ("#BDBDBD", "", ""),
    "peak": ("#8F8F8F", "", "p"),
    "taper": ("#FFFFFF", "////", "t"),
    "recovery": ("#FFFFFF", "....", "r"),
    "break": ("#FFFFFF", "", "x"),
}
_LETTERS = {"p": "peak", "t": "taper", "r": "recovery", "x": "break"}
_NEEDED = ("week", "phase", "confidence", "distance_m")
_UNSURE = 0.5
ROW = 1.1


@style()
def plot_season_strip(
    weeks: pd.DataFrame,
    *,
    races: pd.DataFrame | None = None,
    events: pd.DataFrame | None = None,
    start: object = None,
    end: object = None,
    units: str = "metric",
    most: int = 5,
    ax: Axes | None = None,
) -> Axes:
    """One row per year: weekly running distance as bars, the phases as a band below, races as flags with their result.

    Phases that are not sure (confidence up to 0.5) have their name in brackets; a phase too short for its name has
    its letter. Weeks with runs but no distance are hatched. Takes the table of ``progression.phase_weeks`` and
    optionally ``races`` (``date``, ``distance_m``, a time in ``time_s`` or ``official_time_s``); draws the last
    ``most`` years, each of 52 weeks counted back from the end.
    """
    missing = [c for c in _NEEDED if c not in weeks]
    if missing:
        raise TableError(f"plot_season_strip needs progression.phase_weeks; missing: {', '.join(missing)}")
    unit, per = _units.distance_unit(units), _units.distance_unit_m(units)
    shown = weeks
    if start is not None:
        shown = shown[shown["week"] + pd.Timedelta(days=6) >= pd.Timestamp(start)]
    if end is not None:
        shown = shown[shown["week"] <= pd.Timestamp(end)]
    if shown.empty:
        ax = canvas(ax)
        return empty(ax, "No weeks with runs in this period", f"Weekly running distance, {unit}", "No run here.")
    rows = _years(shown, pd.Timestamp(end) if end is not None else None)[-most:]
    ax = canvas(ax, 1.0 + ROW * len(rows) + 0.28 * (len(rows) - 1), right=0.3)
    figure, box = ax.get_figure(root=True), ax.get_position()
    height = box.height / (len(rows) + 0.28 * (len(rows) - 1))
    # A very long race would flatten every other week: the axis fits the weeks without what was raced in them.
    top = float(np.nanmax(np.append(_trained(shown), 1.0))) / per
    letters: set[str] = set()
    for i, (first, last) in enumerate(rows):
        panel = ax if i == 0 else figure.add_axes((box.x0, 0, box.width, 0.1))
        panel.set_position((box.x0, box.y1 - height - i * 1.28 * height, box.width, height))
        part = shown[(shown["week"] + pd.Timedelta(days=6) >= first) & (shown["week"] <= last)]
        letters |= _row(panel, part, first, last, top, per)
        shade_events(panel, events)
        for letter in (text for text in panel.texts if text.get_gid() == "event"):
            letter.xyann = (0, -21)  # below the results of races
        _results(panel, races, units)
        if len(rows) > 1:
            panel.annotate(
                f"{first:%b %Y} – {last:%b %Y}",
                (0, 1),
                (3, 1),
                xycoords="axes fraction",
                textcoords="offset points",
                fontsize=SMALL_PT,
                color=COLOURS["grey"],
                va="bottom",
                annotation_clip=False,
            )
            panel.tick_params(labelbottom=i == len(rows) - 1)
        if i == 0:
            unit_label(panel, unit)
    ax.set_zorder(3)
    said = ", ".join(f"{k} = {_LETTERS[k]}" for k in _LETTERS if k in letters)
    definition = f"Weekly running distance, {unit}, black = raced; band = phase read from the log, (…) = unsure"
    definition += f"; {said}" if said else ""
    return titled(ax, _answer(shown, races, rows), definition, details=_details(shown))


def _years(weeks: pd.DataFrame, end: pd.Timestamp | None) -> list[tuple[pd.Timestamp, pd.Timestamp]]:
    """First and last day of each row: one row up to a year, else years of 52 weeks counted back from the end."""
    first, last = weeks["week"].iloc[0], weeks["week"].iloc[-1] + pd.Timedelta(days=6)
    last = max(last, end) if end is not None else last
    if (last - first).days <= 374:
        return [(first, last)]
    rows = []
    while last > first:
        rows.append((last - pd.Timedelta(days=363), last))
        last -= pd.Timedelta(days=364)
    return rows[::-1]


def _trained(weeks: pd.DataFrame) -> np.ndarray:
    """Each week's distance without the longest race in it, where the two belong together."""
    distance = weeks["distance_m"].to_numpy(float)
    if "race_distance_m" not in weeks:
        return distance
    raced = np.nan_to_num(weeks["race_distance_m"].to_numpy(float))
    return np.where(distance >= raced, distance - raced, distance)


def _row(ax: Axes, weeks: pd.DataFrame, first: pd.Timestamp, last: pd.Timestamp, top: float, per: float) -> set[str]:
    """Bars and phase band of one row; returns the letters used."""
    month_axis(ax, first, last + pd.Timedelta(days=1))
    middle = weeks["week"] + pd.Timedelta(days=3.5)
    whole, trained = weeks["distance_m"].to_numpy(float) / per, _trained(weeks) / per
    limit = np.fmin(whole, 1.1 * top)
    wide = pd.Timedelta(days=5.6)
    ax.bar(middle, np.nan_to_num(trained), wide, color=COLOURS["run"], label="weekly distance")
    floor = np.nan_to_num(trained)
    ax.bar(middle, np.nan_to_num(limit - trained), wide, bottom=floor, color=COLOURS["race"], label="raced")
    unknown = np.isnan(whole)
    if unknown.any():
        ax.bar(
            middle[unknown],
            top * 0.3,
            wide,
            facecolor="none",
            edgecolor=COLOURS["grey"],
            hatch="////",
            lw=0,
            label="_distance not known",
        )
    band = 0.24 * top
    ax.set_ylim(-band * 1.15, top * 1.62)
    nice = float(f"{top:.0e}") if float(f"{top:.0e}") <= top * 1.05 else float(f"{top / 2:.0e}")
    ax.set_yticks([0, nice / 2, nice], ["0", f"{nice / 2:g}", f"{nice:g}"])
    ax.axhline(0, color="#8A8A8A", lw=0.8)
    ax.spines["bottom"].set_visible(False)
    return _band(ax, weeks, first, last, band)


def _band(ax: Axes, weeks: pd.DataFrame, first: pd.Timestamp, last: pd.Timestamp, band: float) -> set[str]:
    from matplotlib.dates import date2num

    width_pt = ax.get_window_extent().width * 72 / ax.get_figure(root=True).dpi
    day_pt = width_pt / max((last - first).days + 1, 1)
    block = (weeks["phase"] != weeks["phase"].shift()).cumsum()
    used: set[str] = set()
    for _, part in weeks.groupby(block):
        name = str(part["phase"].iloc[0])
        tone, hatch, letter = PHASES.get(name, ("#FFFFFF", "", ""))
        left = max(part["week"].iloc[0], first)
        right = min(part["week"].iloc[-1] + pd.Timedelta(days=7), last + pd.Timedelta(days=1))
        days = (right - left) / pd.Timedelta(days=1)
        ax.barh(
            -band * 0.62,
            days,
            band * 0.86,
            left=float(date2num(left)),
            facecolor=tone,
            edgecolor="#8A8A8A",
            hatch=hatch,
            lw=0.6,
            label=f"_{name}",
        )
        words = f"({name})" if part["confidence"].mean() <= _UNSURE else name
        room = days * day_pt
        text = words if room > 4.7 * len(words) + 4 else name if room > 4.7 * len(name) + 3 else letter
        if not text or room < 7:
            continue
        if text == letter:
            used.add(letter)
        ax.text(
            float(date2num(left)) + days / 2,
            -band * 0.64,
            text,
            ha="center",
            va="center",
            fontsize=SMALL_PT,
            color=COLOURS["ink"],
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.6} if hatch else None,
        )
    return used


def _results(ax: Axes, races: pd.DataFrame | None, units: str) -> None:
    """A flag per race with its distance and time where there is room, on two heights."""
    from matplotlib.dates import date2num

    if races is None or not len(races):
        return
    low, high = ax.get_xlim()
    width_pt = ax.get_window_extent().width * 72 / ax.get_figure(root=True).dpi
    inside = [r for r in races.to_dict("records") if low <= float(date2num(pd.Timestamp(r["date"]))) <= high]
    flags = [(float(date2num(pd.Timestamp(r["date"]))) - low) / (high - low) * width_pt for r in inside]
    taken: list[list[tuple[float, float]]] = [[], []]
    for k in sorted(range(len(inside)), key=lambda k: -np.nan_to_num(inside[k].get("distance_m", 0.0))):
        at = float(date2num(pd.Timestamp(inside[k]["date"])))
        ax.axvline(at, ymin=0.17, color=COLOURS["race"], lw=0.7, zorder=1.5, ls=(0, (1, 2)))
        ax.annotate(
            "⚑",
            (at, 1),
            (2.2, -10),
            xycoords=ax.get_xaxis_transform(),
            textcoords="offset points",
            ha="center",
            va="bottom",
            fontsize=9,
            color=COLOURS["race"],
            annotation_clip=False,
            gid="race",
        )
        words = _result(inside[k], units)
        spot = _spot(flags[k], 4.3 * len(words) + 6, flags, taken, width_pt) if words else None
        if spot is None:
            continue
        right, level = spot
        ax.annotate(
            words,
            (at, 1),
            (7 if right else -4, -8 - 9 * level),
            xycoords=ax.get_xaxis_transform(),
            textcoords="offset points",
            ha="left" if right else "right",
            va="bottom",
            fontsize=SMALL_PT,
            color=COLOURS["ink"],
            gid="label",
            annotation_clip=False,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.4, "alpha": 0.8},
        )


def _spot(
    x: float, room: float, flags: list[float], taken: list[list[tuple[float, float]]], width: float
) -> tuple[bool, int] | None:
    """Where a result fits: right or left of its flag, on the upper or lower line; None where it fits nowhere."""
    for level in (0, 1):
        for right in (True, False):
            begin = x + 5 if right else x - room - 3
            end = begin + room
            if begin < 0 or end > width + 20:
                continue
            if level == 0 and any(begin - 6 < flag < end + 2 and abs(flag - x) > 1 for flag in flags):
                continue
            if all(end < a or begin > b for a, b in taken[level]):
                taken[level].append((begin, end))
                return right, level
    return None


def _result(race: dict, units: str) -> str:
    metres = race.get("distance_m", math.nan)
    time = race.get("time_s", race.get("official_time_s", math.nan))
    far = _units.format_distance(metres, units).replace(".0 ", " ") if math.isfinite(metres) else ""
    return f"{far} {_units.format_duration(time) if math.isfinite(time) else ''}".strip()


def _answer(weeks: pd.DataFrame, races: pd.DataFrame | None, rows: list[tuple[pd.Timestamp, pd.Timestamp]]) -> str:
    counts = weeks["phase"].value_counts()
    full = counts.reindex(["base", "build", "peak"]).sum()
    quiet = [f"{int(counts[k])} of {k}" for k in ("taper", "recovery", "break") if k in counts]
    n = 0
    if races is not None and len(races):
        inside = (races["date"] >= weeks["week"].iloc[0]) & (races["date"] <= rows[-1][1])
        n = int(inside.sum())
    raced = f"; {n} race{'s' if n != 1 else ''}" if n else "; no race"
    return f"{len(weeks)} weeks: {int(full)} of training" + "".join(f", {q}" for q in quiet) + raced


def _details(weeks: pd.DataFrame) -> str:
    block = (weeks["phase"] != weeks["phase"].shift()).cumsum()
    said = [
        f"{part['phase'].iloc[0]} from {part['week'].iloc[0]:%Y-%m-%d} ({len(part)} weeks)"
        for _, part in weeks.groupby(block)
    ]
    return "; ".join(said) + "."
