"""What a report's kernel does differently from a coach's own: pictures carry their alt text."""

from __future__ import annotations

from typing import Any


def prepare() -> None:
    """Teach this IPython kernel to send every figure as PNG with its description as alt text."""
    from IPython import get_ipython
    from IPython.core.pylabtools import print_figure
    from matplotlib.figure import Figure
    from matplotlib_inline.backend_inline import configure_inline_support
    from matplotlib_inline.config import InlineBackend

    from ..plots import describe

    shell = get_ipython()
    if shell is None:
        return
    config = InlineBackend.instance(parent=shell)
    config.print_figure_kwargs = {"bbox_inches": None}  # type: ignore[dict-item]
    shell.run_line_magic("matplotlib", "inline")
    configure_inline_support(shell, "module://matplotlib_inline.backend_inline")

    def picture(figure: Figure) -> tuple[Any, dict[str, str]]:
        words = next((describe(ax) for ax in figure.axes if ax.get_label()), "")
        return print_figure(figure, fmt="png", base64=True, bbox_inches=None, dpi=150), {"alt": words}

    shell.display_formatter.formatters["image/png"].for_type(Figure, picture)
