"""Tables as a coach reads them: units in the header, numbers to the right, a dot where nothing was measured."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from pandas.io.formats.style import Styler

ROWS = 12
SHORT = 22  # text up to this length stays on one line


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
