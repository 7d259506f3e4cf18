"""How every picture looks: sizes, colours by meaning, the title that answers, the words for those who cannot see it.

``style`` is the only thing in runlab that touches matplotlib's settings, and it puts them back.
"""

from __future__ import annotations

import contextlib
import textwrap
from collections.abc import Iterator
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDE, NARROW = 7.2, 3.6  # inches: a page, a phone
STRIP, SINGLE, DOUBLE, QUAD = 1.8, 2.6, 4.8, 6.4
TITLE_PT, TEXT_PT, SMALL_PT = 10.5, 8.0, 7.5
BAND_ALPHA = 0.18

# Okabe-Ito hues, one meaning each, the same in every picture.
COLOURS = {
    "run": "#0072B2",
    "easy": "#56B4E9",
    "threshold": "#E69F00",
    "hard": "#D55E00",
    "race": "#000000",
    "strength": "#7D7199",
    "other": "#9B9B9B",
    "fitness": "#0072B2",
    "fatigue": "#D55E00",
    "form": "#56B4E9",
    "ghost": "#B4B4B4",
    "ink": "#222222",
    "grey": "#5F5F5F",
    "grid": "#E3E3E3",
    "missing": "#F3F3F3",
    "ill": "#E6D6A8",
    "injury": "#F3C6D3",
    "pain": "#F3C6D3",
    "travel": "#E6E6E6",
    "life": "#E6E6E6",
}
# What tells them apart where there is no colour.
HATCHES = {
    "easy": "",
    "run": "",
    "threshold": "///",
    "hard": "xxx",
    "race": "",
    "strength": "...",
    "other": "\\\\\\",
    "unknown": "////",
}

_RC: dict[Any, Any] = {
    "figure.dpi": 150,
    "savefig.dpi": 150,
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    "figure.constrained_layout.use": False,
    "figure.autolayout": False,
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],
    "font.size": TEXT_PT,
    "axes.facecolor": "white",
    "axes.edgecolor": "#8A8A8A",
    "axes.linewidth": 0.8,
    "axes.labelsize": TEXT_PT,
    "axes.labelcolor": COLOURS["grey"],
    "axes.titlesize": TITLE_PT,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.titlecolor": COLOURS["ink"],
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "axes.unicode_minus": True,
    "axes.xmargin": 0.01,
    "grid.color": COLOURS["grid"],
    "grid.linewidth": 0.7,
    "xtick.labelsize": TEXT_PT,
    "ytick.labelsize": TEXT_PT,
    "xtick.color": "#8A8A8A",
    "ytick.color": "#8A8A8A",
    "xtick.labelcolor": COLOURS["ink"],
    "ytick.labelcolor": COLOURS["ink"],
    "xtick.major.size": 3,
    "ytick.major.size": 0,
    "xtick.minor.size": 0,
    "ytick.minor.size": 0,
    "legend.fontsize": TEXT_PT,
    "legend.frameon": False,
    "lines.linewidth": 1.6,
    "lines.solid_capstyle": "round",
    "hatch.linewidth": 0.6,
    "patch.linewidth": 0.0,
    "text.color": COLOURS["ink"],
}


# How wide a new picture is, and whether it bears its own title (a page's heading may stand for it).
_SHEET: ContextVar[tuple[float, bool]] = ContextVar("sheet", default=(WIDE, True))


@contextlib.contextmanager
def on_sheet(width: float, *, heading: bool = False) -> Iterator[None]:
    """Draw for a page for the length of a ``with`` block: so wide, in inches, and without the bold title."""
    token = _SHEET.set((width, heading))
    try:
        yield
    finally:
        _SHEET.reset(token)


def is_narrow() -> bool:
    """Whether pictures are drawn for a phone: fewer ticks and columns then."""
    return _SHEET.get()[0] < (WIDE + NARROW) / 2


def readable(colour: str) -> str:
    """The same hue, dark enough for text on white."""
    from matplotlib.colors import to_hex, to_rgb

    red, green, blue = to_rgb(colour)
    light = 0.299 * red + 0.587 * green + 0.114 * blue
    keep = min(1.0, 0.40 / light) if light > 0 else 1.0
    return to_hex((red * keep, green * keep, blue * keep))


@contextlib.contextmanager
def style() -> Iterator[None]:
    """The house style for the length of a ``with`` block; every setting is put back at its end."""
    from matplotlib import rcParams

    # Only our own keys: rc_context would also put back "interactive", which a notebook's first figure switches on.
    before = {key: rcParams[key] for key in _RC}
    rcParams.update(_RC)
    try:
        yield
    finally:
        rcParams.update(before)


def canvas(
    ax: Axes | None,
    height: float = SINGLE,
    *,
    left: float = 0.62,
    right: float = 0.25,
    top: float = 0.66,
    bottom: float = 0.36,
) -> Axes:
    """The axes given, or new ones in a figure of report width; margins in inches so that text keeps its size."""
    if ax is not None:
        return ax
    import matplotlib.pyplot as plt

    figure = plt.figure(figsize=(_SHEET.get()[0], height))
    figure.runlab_margins = (left, right, top, bottom)  # type: ignore[attr-defined]
    axes = figure.add_subplot()
    _place(figure)
    return axes


def figure_of(ax: Axes) -> Figure:
    """The whole figure an axes is part of."""
    return cast("Figure", ax.get_figure(root=True))


def _place(figure: Figure) -> None:
    left, right, top, bottom = figure.runlab_margins  # type: ignore[attr-defined]
    width, height = figure.get_size_inches()
    figure.subplots_adjust(left / width, bottom / height, 1 - right / width, 1 - top / height)


def stacked(ax: Axes, heights: list[float], *, gap: float = 0.14) -> list[Axes]:
    """Split axes into panels above each other that share their x axis: the given axes and one below per further height.

    ``heights`` are relative; the gap is in inches.
    """
    figure, box = figure_of(ax), ax.get_position()
    gap_share = gap / figure.get_size_inches()[1]
    unit = (box.height - gap_share * (len(heights) - 1)) / sum(heights)
    panels, upper = [], box.y1
    for i, height in enumerate(heights):
        panel = ax if i == 0 else figure.add_axes((box.x0, 0, box.width, 0.1), sharex=ax)
        panel.set_position((box.x0, upper - height * unit, box.width, height * unit))
        panel.tick_params(labelbottom=i == len(heights) - 1)
        upper -= height * unit + gap_share
        panels.append(panel)
    return panels


def titled(ax: Axes, answer: str, definition: str, *, details: str = "") -> Axes:
    """Write the answer as a bold title, the definition and unit in grey under it, and keep both as alt text.

    ``details`` are the facts the picture shows and the title leaves out; they go to the alt text alone.
    """
    figure = figure_of(ax)
    figure_width = figure.get_size_inches()[0]
    box = ax.get_position()
    room = 72 * figure_width * (1 - box.x0) - 8
    shift = 0.0
    if hasattr(figure, "runlab_margins"):  # our own figure: the title starts at its left edge, above the tick labels
        shift = -72 * figure_width * box.x0 + 1
        room = 72 * figure_width - 6
    shown = answer if _SHEET.get()[1] or not hasattr(figure, "runlab_margins") else ""
    head = textwrap.wrap(shown, max(20, int(room / (TITLE_PT * 0.625))))
    sub = textwrap.wrap(definition, max(24, int(room / (TEXT_PT * 0.535)))) if definition else []
    sub_height = len(sub) * TEXT_PT * 1.3
    lift = 11.0
    ax.annotate(
        "\n".join(sub),
        (0, 1),
        (shift, lift),
        xycoords="axes fraction",
        textcoords="offset points",
        color=COLOURS["grey"],
        fontsize=TEXT_PT,
        va="bottom",
        ha="left",
        linespacing=1.25,
        gid="subtitle",
        annotation_clip=False,
    )
    title = ax.set_title(
        "\n".join(head), loc="left", pad=lift + sub_height + 3, fontsize=TITLE_PT, fontweight="bold", linespacing=1.2
    )
    title.set_x(shift / (72 * figure_width * box.width))
    if hasattr(figure, "runlab_margins"):
        needed = (lift + sub_height + 3 + len(head) * TITLE_PT * 1.3 + 4) / 72
        _fit_top(figure, needed)
    ax.set_label(" ".join(part for part in (_ended(answer), _ended(definition), details) if part))
    ax.runlab_words = " ".join(part for part in (_ended(definition), details) if part)  # type: ignore[attr-defined]
    return ax


def _fit_top(figure: Figure, top: float) -> None:
    """Give the title exactly the room it needs, in inches, without squeezing or stretching what is drawn."""
    left, right, old, bottom = figure.runlab_margins  # type: ignore[attr-defined]
    width, height = figure.get_size_inches()
    fitted = height + top - old
    boxes = [(axes, axes.get_position()) for axes in figure.axes]
    figure.set_size_inches(width, fitted)
    figure.runlab_margins = (left, right, top, bottom)  # type: ignore[attr-defined]
    for axes, box in boxes:
        axes.set_position((box.x0, box.y0 * height / fitted, box.width, box.height * height / fitted))


def _ended(text: str) -> str:
    return text if not text or text[-1] in ".!?" else f"{text}."


def describe(ax: Axes) -> str:
    """The picture in words, for alt text: the answer, what is drawn, and the main facts."""
    return str(ax.get_label() or ax.get_title(loc="left"))


def empty(ax: Axes, answer: str, definition: str, reason: str) -> Axes:
    """A picture of nothing that says why: the title, and the reason where the data would be."""
    figure = figure_of(ax)
    if hasattr(figure, "runlab_margins") and len(figure.axes) == 1:
        figure.set_size_inches(_SHEET.get()[0], 1.5)
        left, right, top, _ = figure.runlab_margins
        figure.runlab_margins = (0.15, 0.15, min(top, 0.66), 0.15)
        _place(figure)
    ax.set_xticks([])
    ax.set_yticks([])
    ax.grid(False)
    for spine in ax.spines.values():
        spine.set_visible(False)
    ax.set_facecolor(COLOURS["missing"])
    ax.text(
        0.5,
        0.5,
        textwrap.fill(reason, int(10.8 * figure.get_size_inches()[0])),
        transform=ax.transAxes,
        ha="center",
        va="center",
        color=COLOURS["grey"],
    )
    return titled(ax, answer, definition, details=_ended(reason))
