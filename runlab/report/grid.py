"""Tables as a coach reads them: units in the header, numbers to the right, a dot where nothing was measured."""

from __future__ import annotations

import hashlib
import math
from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    from pandas.io.formats.style import Styler

ROWS = 12
SHORT = 22  # text up to this length stays on one line


def day(date: Any) -> str:
    """A date as the tables write it.

    >>> day(pd.Timestamp("2026-11-01"))
    '1 Nov 2026'
    """
    return f"{date.day} {date:%b %Y}"


def short(name: str, most: int = 26) -> str:
    """A name of few letters, cut between words: a watch's titles can be sentences.

    >>> short("Autumn Marathon"), short("Morning run that became the 12th Annual Harbour Half")
    ('Autumn Marathon', 'Morning run that became…')
    """
    if len(name) <= most:
        return name
    cut = name[:most].rsplit(" ", 1)[0]
    return f"{cut.rstrip(' ,;:-|')}…"


def number(value: float, digits: int = 0, *, sign: bool = False) -> str:
    """A number, or nothing where there is none; with ``sign`` as a change.

    >>> number(-3.24, 1), number(float("nan")), number(2.0, 1, sign=True), number(-0.04, 1, sign=True)
    ('−3.2', '', '+2.0', '0.0')
    """
    if not math.isfinite(value):
        return ""
    rounded = round(value, digits) or 0.0
    return f"{rounded:{'+' if sign and rounded else ''},.{digits}f}".replace("-", "−")


def spread(row: Any, digits: int = 1) -> str:
    """A change with its interval, from a row with ``value``, ``low`` and ``high``.

    >>> spread({"value": 2.0, "low": 0.61, "high": 3.5})
    '+2.0 (+0.6 to +3.5)'
    """
    value, low, high = (number(row[name], digits, sign=True) for name in ("value", "low", "high"))
    return f"{value} ({low} to {high})" if value else ""


def table(frame: pd.DataFrame, *, caption: str = "", text: tuple[str, ...] = (), rows: int = ROWS) -> Styler:
    """A frame of finished words as a table; columns not named in ``text`` are set to the right, as numbers are.

    Missing cells become a dot. At most ``rows`` rows; the caption says how many more there are.
    """
    shown = frame.head(rows)
    if len(frame) > rows:
        caption = f"{caption} (the first {rows} of {len(frame)} rows)".strip()
    words = shown.astype("object").where(shown.notna(), "·").astype(str).replace("", "·").reset_index(drop=True)
    left = [c for c in words if c in text]
    classes = pd.DataFrame(
        [["number" if c not in left else "short" if words[c].str.len().max() <= SHORT else "" for c in words]]
        * len(words),
        columns=words.columns,
    )
    styled = words.style.hide(axis="index").format(escape="html").format_index(escape="html", axis=1)
    styled.set_td_classes(classes)
    mark = hashlib.sha256((caption + words.to_csv()).encode()).hexdigest()[:8]  # the same table, the same bytes
    styled.set_uuid(mark).set_table_attributes('class="runlab"')
    styled.cell_ids = False
    numbers = [
        {
            "selector": f"th.col{i}, td.col{i}",
            "props": "text-align: right; font-variant-numeric: tabular-nums;" if c not in left else "text-align: left;",
        }
        for i, c in enumerate(words)
    ]
    styled.set_table_styles(numbers)
    return styled.set_caption(caption) if caption else styled
