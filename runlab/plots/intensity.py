"""How is time split, and how are sessions split?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ..errors import TableError
from .styles import COLOURS, HATCHES, SINGLE, SMALL_PT, canvas, empty, figure_of, is_narrow, readable, style, titled

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# The zones of ``progression.intensity_distribution`` and how they are drawn and called.
ZONES = {"low": "easy", "middle": "threshold", "high": "hard"}
TOO_WIDE = 0.5  # an interval of the easy share beyond this tells nothing
_NEEDED = ("period", "method", "zone", "value", "low", "high", "n", "unmeasured")


@style()
def plot_intensity(intensity: pd.DataFrame, *, most: int = 12, ax: Axes | None = None) -> Axes:
    """Easy, threshold and hard as shares of each month's running time (left) and of its runs (right).

    The bracket at the end of the easy part is its interval, from what is uncertain about the threshold; the count at
    the right says how many of the month's runs could be placed, and those that could not are hatched.
    Takes the table of ``progression.intensity_distribution(log, by="month")``; draws the last ``most`` months.
    """
    missing = [c for c in _NEEDED if c not in intensity]
    if missing:
        raise TableError(f"plot_intensity needs progression.intensity_distribution; missing: {', '.join(missing)}")
    months = sorted(intensity["period"].unique())[-most:]
    height = max(SINGLE - 0.4, 1.3 + 0.23 * len(months))
    ax = canvas(ax, height, left=0.78, right=0.62, bottom=0.46)
    definition = "Share of running time and of runs in three zones, %; bracket = 80 % interval of the easy share"
    if intensity["unmeasured"].gt(0).any():
        definition += "; hatched = unknown"
    if not intensity["value"].notna().any():
        return empty(
            ax,
            "Cannot tell how intensity is split",
            definition,
            "No run here has a heart rate or pace with a known "
            "threshold. A race, a hard effort or a setting in athlete.toml gives one.",
        )
    box = ax.get_position()
    width = box.width * 0.485
    ax.set_position((box.x0, box.y0, width, box.height))
    second = figure_of(ax).add_axes((box.x1 - width, box.y0, width, box.height), sharey=ax)
    for panel, method, what in ((ax, "time", "running time"), (second, "session", "runs")):
        _stack(panel, intensity[intensity["method"] == method], months, label=panel is ax)
        panel.set_xlim(0, 100)
        panel.set_xticks([0, 20, 40, 60, 80] + ([100] if panel is second else []))
        panel.grid(axis="y", visible=False)
        panel.grid(axis="x", visible=True)
        panel.spines["left"].set_visible(False)
        panel.set_xlabel(f"of {what}, %" if is_narrow() else f"share of {what}, %", loc="left", labelpad=2)
    years: set[int] = set()
    words = []
    for month in pd.DatetimeIndex(months):
        words.append(f"{month:%b}" if month.year in years else f"{month:%b} {month.year}")
        years.add(month.year)
    ax.set_yticks(range(len(months)), words)
    ax.set_ylim(len(months) - 0.35, -0.6)
    second.tick_params(labelleft=False)
    counted = intensity.drop_duplicates("period").set_index("period")
    for row, month in enumerate(months):
        n, left = int(counted.loc[month, "n"]), int(counted.loc[month, "unmeasured"])
        second.annotate(
            f"{n} of {n + left}",
            (100, row),
            (5, 0),
            textcoords="offset points",
            va="center",
            fontsize=SMALL_PT,
            color=COLOURS["grey"],
            annotation_clip=False,
        )
    second.annotate(
        "runs placed",
        (1, 1),
        (38, 1.5),
        xycoords="axes fraction",
        textcoords="offset points",
        va="bottom",
        ha="right",
        fontsize=SMALL_PT,
        color=COLOURS["grey"],
        annotation_clip=False,
    )
    _names(ax, intensity[intensity["method"] == "time"])
    return titled(ax, _answer(intensity), definition)


def _stack(ax: Axes, table: pd.DataFrame, months: list, *, label: bool) -> None:
    if not label:  # of all runs, so that those not known have their place
        placed = table["n"] / (table["n"] + table["unmeasured"]).clip(lower=1)
        table = table.assign(**{name: table[name] * placed for name in ("value", "low", "high")})
    shares = (100 * table.pivot_table(index="period", columns="zone", values="value", dropna=False)).reindex(months)
    easy = table[table["zone"] == "low"].set_index("period").reindex(months)
    rows = np.arange(len(months), dtype=float)
    left = np.zeros(len(months))
    for zone, name in ZONES.items():
        share = shares[zone].fillna(0.0).to_numpy()
        ax.barh(
            rows,
            share,
            0.74,
            left=left,
            color=COLOURS[name],
            hatch=HATCHES[name] or None,
            lw=0,
            edgecolor="white",
            label=name if label else f"_{name}",
        )
        for row, value, start in zip(rows, share, left, strict=True):
            if value >= 9:
                ax.text(
                    start + value / 2,
                    row,
                    f"{value:.0f}",
                    ha="center",
                    va="center",
                    fontsize=SMALL_PT,
                    color="white" if name == "hard" else COLOURS["ink"],
                    bbox={"facecolor": COLOURS[name], "edgecolor": "none", "pad": 1.0},
                )
        left = left + share
    rest = 100 - left
    unknown = rest > 0.5 if not label else shares[list(ZONES)].isna().all(axis=1).to_numpy()
    ax.barh(
        rows[unknown],
        rest[unknown],
        0.74,
        left=left[unknown],
        color=COLOURS["missing"],
        edgecolor=COLOURS["ghost"],
        hatch=HATCHES["unknown"],
        lw=0,
        label="_unknown",
    )
    low, high = 100 * easy["low"].to_numpy(), 100 * easy["high"].to_numpy()
    wide = high - low > 1.5
    ax.hlines(rows[wide] + 0.48, low[wide], high[wide], color=COLOURS["ink"], lw=0.9, label="_interval")
    for ends in (low[wide], high[wide]):
        ax.vlines(ends, rows[wide] + 0.41, rows[wide] + 0.55, color=COLOURS["ink"], lw=0.9, label="_interval end")


def _names(ax: Axes, table: pd.DataFrame) -> None:
    """The zones' names once, above the first bar, each over its own part and moved apart where they would touch."""
    months = [m for m, part in table.groupby("period") if part["value"].notna().all()]
    first = table[table["period"] == months[0]].set_index("zone")["value"]
    width_pt = ax.get_window_extent().width * 72 / figure_of(ax).dpi
    at, left = 0.0, 0.0
    for zone, full in ZONES.items():
        name = "thresh." if full == "threshold" and is_narrow() else full
        x = min(max(left, at), 100 - 100 * 5.0 * len(name) / width_pt - (8 if name == "threshold" else 0))
        left += 100 * float(first[zone])
        ax.annotate(
            name,
            (x, 1),
            (1, 1.5),
            xycoords=("data", "axes fraction"),
            textcoords="offset points",
            fontsize=SMALL_PT,
            color=readable(COLOURS[full]),
            va="bottom",
            annotation_clip=False,
            gid="label",
        )
        at = x + 100 * (10 + 4.6 * len(name)) / width_pt


def _answer(table: pd.DataFrame) -> str:
    """The easy share of time and of runs over all months, each month with its own weight."""
    known = table[table["value"].notna()]
    easy = known[(known["method"] == "time") & (known["zone"] == "low")]
    if ((easy["high"] - easy["low"]) * easy["n"]).sum() > TOO_WIDE * easy["n"].sum():
        return "Cannot tell how much was easy: the threshold is not known closely enough"
    shares = {}
    for method, weight in (("time", "hours"), ("session", "n")):
        easy = known[(known["method"] == method) & (known["zone"] == "low")]
        amount = easy[weight] if weight in easy else easy["n"]
        shares[method] = 100 * float((easy["value"] * amount).sum() / amount.sum())
    n = known.drop_duplicates("period")["n"].sum()
    left = table.drop_duplicates("period")["unmeasured"].sum()
    of = f"{shares['session']:.0f} % of the {n} runs placed" if left else f"{shares['session']:.0f} % of runs"
    return f"{shares['time']:.0f} % of running time and {of} were easy"
