"""Is anything off for this athlete?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from .. import tables
from ..numerics import stretches
from .axes import end_labels, flag_races, month_axis, shade_events
from .styles import BAND_ALPHA, COLOURS, DOUBLE, canvas, empty, stacked, style, titled

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# The channels drawn, in order: what they are called and their unit.
CHANNELS = {
    "sleep_h": ("sleep", "h"),
    "resting_heart_rate_bpm": ("resting heart\nrate", "1/min"),
    "hrv_rmssd_ms": ("heart-rate\nvariability", "ms"),
    "soreness": ("soreness", "1–7"),
}
DAYS, BASE = 7, 28


def own_band(daily: pd.DataFrame, channel: str) -> pd.DataFrame:
    """The 7-day mean of a channel beside the athlete's own band: the mean and spread of the 28 days before that week.

    Takes ``daily`` of one athlete on a complete calendar. Returns ``date``, ``mean``, ``low``, ``high`` (usual mean
    plus and minus one standard deviation of 7-day means' daily scatter); NaN where fewer than 4 of 7 or
    14 of 28 days exist.
    """
    series = daily.set_index("date")[channel].asfreq("D")
    mean = series.rolling(DAYS, min_periods=4).mean()
    usual = series.rolling(BASE, min_periods=14).mean().shift(DAYS)
    spread = series.rolling(BASE, min_periods=14).std().shift(DAYS)
    return pd.DataFrame(
        {
            "date": series.index,
            "value": series.to_numpy(),
            "mean": mean.to_numpy(),
            "low": (usual - spread).to_numpy(),
            "high": (usual + spread).to_numpy(),
        }
    )


@style()
def plot_wellness(
    daily: pd.DataFrame,
    *,
    events: pd.DataFrame | None = None,
    races: pd.DataFrame | None = None,
    start: object = None,
    units: str = "metric",
    ax: Axes | None = None,
) -> Axes:
    """Sleep, resting heart rate, heart-rate variability and soreness: the 7-day mean over the athlete's own usual band.

    The band is the 28 days before that week, mean plus and minus one standard deviation; days are faint dots; gaps stay
    open. Takes ``daily`` of one athlete (``date`` and any of the channels).
    """
    tables.check(daily, tables.DAILY, "date")
    definition = "7-day mean (line) over the own band of the 28 days before (mean ± 1 standard deviation); dots = days"
    have = [c for c in CHANNELS if c in daily and daily[c].notna().sum() >= DAYS]
    ax = canvas(ax, 1.05 + 0.88 * max(len(have), 1) if have else DOUBLE, left=0.92, right=0.95)
    if not have:
        return empty(
            ax,
            "No sleep, resting heart rate or wellness answers in this period",
            definition,
            "Nothing was logged. wellness.csv in the athlete's folder holds it.",
        )
    bands = {c: own_band(daily, c) for c in have}
    if start is not None:
        bands = {c: b[b["date"] >= pd.Timestamp(start)] for c, b in bands.items()}
    panels = stacked(ax, [1.0] * len(have), gap=0.14)
    first, last = bands[have[0]]["date"].min(), bands[have[0]]["date"].max()
    now = []
    for panel, channel in zip(panels, have, strict=True):
        band = bands[channel]
        dates = band["date"].to_numpy()
        panel.plot(dates, band["value"], "o", ms=1.6, color=COLOURS["ghost"], mew=0, ls="none", label="days")
        panel.fill_between(
            dates, band["low"], band["high"], color=COLOURS["run"], alpha=BAND_ALPHA, lw=0, label="own band"
        )
        panel.plot(dates, band["mean"], color=COLOURS["run"], lw=1.6, label=f"7-day mean of {CHANNELS[channel][0]}")
        outside = ((band["mean"] > band["high"]) | (band["mean"] < band["low"])).to_numpy()
        for a, b in zip(*stretches(outside), strict=True):
            panel.plot(dates[a:b], band["mean"].to_numpy()[a:b], color=COLOURS["ink"], lw=2.6, label="_outside")
        values = band[["mean", "low", "high"]].to_numpy()
        if np.isfinite(values).any():
            low, high = np.nanmin(values), np.nanmax(values)
            pad = max(0.18 * (high - low), 0.1)
            panel.set_ylim(low - pad, high + pad)
        panel.locator_params(axis="y", nbins=3, integer=True)
        month_axis(panel, first, last)
        shade_events(panel, events, letters=panel is panels[0])
        name, unit = CHANNELS[channel]
        latest = band["mean"].iloc[-1]
        panel.annotate(
            f"{name}\n{unit}",
            (0, 0.5),
            (-34, 0),
            xycoords="axes fraction",
            textcoords="offset points",
            ha="center",
            va="center",
            fontsize=7.5,
            color=COLOURS["grey"],
            rotation=90,
            annotation_clip=False,
        )
        panel.tick_params(labelbottom=panel is panels[-1])
        if np.isfinite(latest):
            digits = 1 if channel in ("sleep_h", "soreness") else 0
            end_labels(
                panel, [(float(latest), f"{latest:.{digits}f} {unit if unit != '1–7' else ''}".strip(), COLOURS["run"])]
            )
            if outside[-1]:
                now.append(f"{name} {'above' if latest > band['high'].iloc[-1] else 'below'}".replace("\n", " "))
    flag_races(panels[0], races, units=units)
    return titled(
        ax,
        _answer(now, bands),
        definition,
        details=f"Channels: {', '.join(CHANNELS[c][0] for c in have)}.".replace("\n", " "),
    )


def _answer(now: list[str], bands: dict[str, pd.DataFrame]) -> str:
    if not any(np.isfinite(b["low"].iloc[-1]) and np.isfinite(b["mean"].iloc[-1]) for b in bands.values()):
        return "Cannot tell today: too few answers in the last five weeks"
    if now:
        return f"This week outside the own usual band: {', '.join(now)}"
    return "This week lies within this athlete's own usual band"
