"""Is load rising, is the athlete fresh?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ..errors import TableError
from ..numerics import stretches
from .axes import DAY, end_labels, flag_races, month_axis, shade_events
from .styles import BAND_ALPHA, COLOURS, DOUBLE, canvas, empty, stacked, style, titled

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MATURE = 0.9


@style()
def plot_fitness(
    fitness: pd.DataFrame,
    *,
    races: pd.DataFrame | None = None,
    events: pd.DataFrame | None = None,
    start: object = None,
    units: str = "metric",
    ax: Axes | None = None,
) -> Axes:
    """Fitness and fatigue as running means of daily load, and form (their difference) as an area around zero below.

    The lines fade in while the history is too short for the mean to mean much (``maturity``), a band shows where loads
    from different sources disagree (``*_low``, ``*_high``), and days whose load is unknown are hatched. Takes the frame
    of ``load.fitness_and_fatigue``: ``date``, ``load``, ``fitness``, ``fatigue``, ``form``, ``maturity``.
    """
    missing = [c for c in ("date", "fitness", "fatigue", "form") if c not in fitness]
    if missing:
        raise TableError(f"plot_fitness needs the frame of load.fitness_and_fatigue; missing: {', '.join(missing)}")
    ax = canvas(ax, DOUBLE - 0.9, right=0.85)
    definition = (
        "Running means of daily load, fitness 6 weeks, fatigue 1 week; form = difference; "
        "dashed = young, hatched = unknown"
    )
    table = fitness.sort_values("date")
    if start is not None:
        table = table[table["date"] >= pd.Timestamp(start)]
    if not table["fitness"].notna().any():
        return empty(
            ax,
            "Cannot tell: no day with a measured load",
            definition,
            "No session here has heart rate, an effort rating or a pace to take a load from.",
        )
    dates = table["date"].to_numpy()
    maturity = table["maturity"].to_numpy() if "maturity" in table else np.ones(len(table))
    top, low = stacked(ax, [2.2, 1.2], gap=0.2)
    for name, width in (("fatigue", 1.0), ("fitness", 2.0)):
        _fading_line(top, dates, table[name].to_numpy(), maturity, COLOURS[name], width, name)
        if f"{name}_low" in table:
            top.fill_between(
                dates,
                table[f"{name}_low"],
                table[f"{name}_high"],
                color=COLOURS[name],
                alpha=BAND_ALPHA,
                lw=0,
                label=f"_{name} band",
            )
    form = table["form"].to_numpy()
    low.fill_between(dates, 0, form, where=maturity >= MATURE, color=COLOURS["form"], alpha=0.75, lw=0, label="form")
    low.fill_between(
        dates, 0, form, where=maturity < MATURE, color=COLOURS["form"], alpha=0.3, lw=0, label="_young form"
    )
    if "form_low" in table:
        low.fill_between(
            dates,
            table["form_low"],
            table["form_high"],
            color=COLOURS["fitness"],
            alpha=BAND_ALPHA,
            lw=0,
            label="_form band",
        )
    low.axhline(0, color=COLOURS["ink"], lw=0.8)
    highest = np.nanmax(table[[c for c in ("fitness", "fatigue", "fitness_high") if c in table]].to_numpy())
    top.set_ylim(0, highest * 1.12 if highest > 0 else 1)
    reach = np.nanmax(np.abs(form[np.isfinite(form)])) * 1.15 if np.isfinite(form).any() else 1.0
    low.set_ylim(-max(reach, 1e-6), max(reach, 1e-6))
    unknown = table["load"].isna().to_numpy() if "load" in table else np.zeros(len(table), bool)
    for panel in (top, low):
        month_axis(panel, dates[0], dates[-1])
        shade_events(panel, events, letters=panel is top)
        for first, last in zip(*stretches(unknown), strict=True):
            panel.axvspan(
                dates[first],
                dates[last - 1] + DAY,
                facecolor="none",
                edgecolor=COLOURS["grey"],
                hatch="////",
                lw=0,
                alpha=0.55,
                zorder=0.6,
            )
    top.tick_params(labelbottom=False)
    flag_races(top, races, units=units)
    ends = [(float(table[c].dropna().iloc[-1]), c, COLOURS[c]) for c in ("fitness", "fatigue")]
    end_labels(top, ends)
    end_labels(
        low,
        [
            (reach * 0.55, "fresher ↑", COLOURS["grey"]),
            (0, "form", COLOURS["form"]),
            (-reach * 0.55, "tired ↓", COLOURS["grey"]),
        ],
    )
    return titled(
        ax,
        _answer(table, maturity),
        definition,
        details=f"{len(table)} days; fitness ends at {ends[0][0]:.0f}, fatigue at {ends[1][0]:.0f}; "
        f"{int(unknown.sum())} days with unknown load.",
    )


def _fading_line(
    ax: Axes, dates: np.ndarray, values: np.ndarray, maturity: np.ndarray, colour: str, width: float, name: str
) -> None:
    """A line that is thin and dashed until its history is long enough."""
    young = np.where(maturity < MATURE, values, np.nan)
    grown = np.where(maturity >= MATURE, values, np.nan)
    if np.isfinite(young).any():
        edge = int(np.argmax(maturity >= MATURE)) if (maturity >= MATURE).any() else len(values) - 1
        young[edge] = values[edge]
        ax.plot(dates, young, color=colour, lw=width * 0.7, ls=(0, (3, 2)), alpha=0.55, label=f"_young {name}")
    ax.plot(dates, grown, color=colour, lw=width, label=name)


def _answer(table: pd.DataFrame, maturity: np.ndarray) -> str:
    """Whether fitness moved over the last six weeks, and where form stands today."""
    known = table.assign(maturity=maturity).dropna(subset=["fitness"])
    now = known.iloc[-1]
    if now["maturity"] < MATURE:
        return "Too early to tell: the load history is shorter than the model needs"
    then = known[known["date"] <= now["date"] - pd.Timedelta(days=42)]
    balance = "0" if round(now["form"]) == 0 else f"{now['form']:+.0f}".replace("-", "−")
    form = (
        "on the fresh side"
        if now["form"] > 0.1 * now["fitness"]
        else ("on the tired side" if now["form"] < -0.1 * now["fitness"] else "about even")
    )
    if then.empty or then.iloc[-1]["maturity"] < MATURE:
        return f"Fitness stands at {now['fitness']:.0f}; form {balance}: {form}"
    before, after = then.iloc[-1]["fitness"], now["fitness"]
    change = after - before
    word = "is level" if abs(change) < 0.07 * before else "rose" if change > 0 else "fell"
    span = f"from {before:.0f} to {after:.0f}" if word != "is level" else f"at {after:.0f}"
    return f"Fitness {word} {span} in six weeks; form {balance}: {form}"
