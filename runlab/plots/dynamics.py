"""How does the athlete move, and is it changing?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ..errors import TableError
from .axes import pace_axis
from .styles import BAND_ALPHA, COLOURS, SINGLE, SMALL_PT, canvas, empty, is_narrow, style, titled

if TYPE_CHECKING:
    from matplotlib.axes import Axes

CHANNELS = {
    "cadence_spm": ("cadence", "steps/min"),
    "stance_time_ms": ("ground contact", "ms"),
    "vertical_oscillation_mm": ("oscillation", "mm"),
}
_NEEDED = ("channel", "speed_mps", "value", "low", "high")


@style()
def plot_dynamics(
    dynamics: pd.DataFrame,
    *,
    usual: pd.DataFrame | None = None,
    units: str = "metric",
    ax: Axes | None = None,
) -> Axes:
    """Cadence, ground contact and oscillation against pace: the last weeks as a line over the band of what is usual.

    A change of cadence means nothing until speed is held, so each panel has pace along the bottom. Takes two tables of
    ``progression.dynamics``: the recent weeks, and ``usual`` (the time before). Channels never recorded are left out.
    """
    missing = [c for c in _NEEDED if c not in dynamics]
    if missing:
        raise TableError(f"plot_dynamics needs progression.dynamics; missing: {', '.join(missing)}")
    definition = "Against pace on level ground, faster to the right; line = last weeks, band = usual before (80 %)"
    before = dynamics.head(0) if usual is None else usual
    have = [c for c in CHANNELS if _known(dynamics, c).shape[0] >= 2 or _known(before, c).shape[0] >= 2]
    below = ax is None and is_narrow()  # on a phone the panels stand below each other
    ax = canvas(ax, 1.05 + 1.5 * max(len(have), 1) if below else SINGLE, right=0.35, bottom=0.44)
    if not have:
        why = dynamics["basis"].dropna() if "basis" in dynamics else pd.Series(dtype=str)
        reason = f"{why.iloc[0]}." if len(why) else "No cadence or other running dynamics were recorded."
        return empty(ax, "Cannot tell how this athlete moves", definition, reason)
    figure, box = ax.get_figure(root=True), ax.get_position()
    n = len(have)
    gap = 0.42 / figure.get_size_inches()[1] if below else 0.075
    width, height = box.width, (box.height - gap * (n - 1)) / n
    if not below:
        width, height = (box.width - gap * (n - 1)) / n, box.height
    for i, channel in enumerate(have):
        panel = ax if i == 0 else figure.add_axes((0, 0, 0.1, 0.1))
        left, bottom = (0.0, (n - 1 - i) * (height + gap)) if below else (i * (width + gap), 0.0)
        panel.set_position((box.x0 + left, box.y0 + bottom, width, height))
        _panel(panel, _known(dynamics, channel), _known(before, channel), channel, units)
        if i < len(have) - 1:
            panel.set_xlabel("")
    return titled(ax, _answer(dynamics, before, have), definition, details=_details(dynamics, before, have))


def _known(table: pd.DataFrame, channel: str) -> pd.DataFrame:
    return table[(table["channel"] == channel) & table["value"].notna()].sort_values("speed_mps")


def _panel(ax: Axes, now: pd.DataFrame, before: pd.DataFrame, channel: str, units: str) -> None:
    name, unit = CHANNELS[channel]
    if len(before):
        ax.fill_between(
            before["speed_mps"],
            before["low"],
            before["high"],
            color=COLOURS["ghost"],
            alpha=0.55,
            lw=0,
            label="usual",
        )
        ax.plot(before["speed_mps"], before["value"], color=COLOURS["grey"], lw=0.9, ls=(0, (4, 3)), label="_usual")
    if len(now):
        ax.fill_between(
            now["speed_mps"], now["low"], now["high"], color=COLOURS["run"], alpha=BAND_ALPHA, lw=0, label="_interval"
        )
        ax.plot(now["speed_mps"], now["value"], color=COLOURS["run"], lw=1.8, label="last weeks")
    both = pd.concat([now, before])
    spread = both[["low", "high"]].to_numpy(float)
    low, high = np.nanmin(spread), np.nanmax(spread)
    pad = max(0.12 * (high - low), 1.0)
    ax.set_ylim(low - pad, high + pad)
    span = both["speed_mps"].max() - both["speed_mps"].min()
    ax.set_xlim(both["speed_mps"].min() - 0.03 * span, both["speed_mps"].max() + 0.03 * span)
    ax.locator_params(axis="y", nbins=4)
    pace_axis(ax, units=units, axis="x", most=3)
    ax.annotate(
        f"{name}, {unit}",
        (0, 1),
        (-14, 2),
        xycoords="axes fraction",
        textcoords="offset points",
        fontsize=SMALL_PT,
        color=COLOURS["ink"],
        va="bottom",
        annotation_clip=False,
    )


def _outside(now: pd.DataFrame, before: pd.DataFrame) -> float:
    """Mean difference now less usual over the speeds both reached, if the two bands do not touch; else NaN."""
    both = now.merge(before, on="speed_mps", suffixes=("", "_before"))
    if len(both) < 2:
        return float("nan")
    apart = (both["low"] > both["high_before"]) | (both["high"] < both["low_before"])
    return float((both["value"] - both["value_before"]).mean()) if apart.mean() > 0.5 else float("nan")


def _answer(now: pd.DataFrame, before: pd.DataFrame, have: list[str]) -> str:
    if before.empty or not any(len(_known(before, c)) for c in have):
        return "How this athlete moves at each pace; nothing earlier to set it against"
    moved, compared = [], 0
    for channel in have:
        a, b = _known(now, channel), _known(before, channel)
        if len(a.merge(b, on="speed_mps")) < 2:
            continue
        compared += 1
        difference = _outside(a, b)
        if abs(difference) >= 1:  # less than a sensor shows is no change
            name, unit = CHANNELS[channel]
            moved.append(f"{name} {difference:+.0f} {unit}".replace("-", "−"))
    if not compared:
        return "Cannot tell whether movement changed: the same paces were not run twice"
    return f"At the same pace: {', '.join(moved)}" if moved else "At the same pace, movement is as usual"


def _details(now: pd.DataFrame, before: pd.DataFrame, have: list[str]) -> str:
    said = []
    for channel in have:
        name, unit = CHANNELS[channel]
        part = _known(now, channel)
        if len(part):
            said.append(f"{name} {part['value'].min():.0f} to {part['value'].max():.0f} {unit} over the paces run")
    return "; ".join(said) + "." if said else ""
