"""Fields that apps and pods add to a file: called what they call themselves, kept apart from the native ones."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np

from .columns import Columns, decode_text, element_lists, gather
from .rows import Rows
from .walk import BASE_TYPES, BYTE, STRING, WIDTHS, Walk

FIELD_DESCRIPTION, DEVELOPER_DATA_ID = 206, 207


@dataclass(frozen=True)
class DeveloperField:
    """How a developer field calls itself."""

    column: str
    name: str
    units: str
    base: int
    scale: float
    offset: float
    application: str


def developer_fields(walk: Walk) -> dict[tuple[int, int], DeveloperField]:
    """(developer index, field number) -> what the file says the field is called, its units and its type."""
    described = Rows(walk, FIELD_DESCRIPTION)
    if not len(described):
        return {}
    applications = _applications(walk)
    index, number = described.numbers("developer_data_index"), described.numbers("field_definition_number")
    base = described.numbers("fit_base_type_id")
    names, units = described.text("field_name"), described.text("units")
    scale, offset = described.numbers("scale"), described.numbers("offset")
    out: dict[tuple[int, int], DeveloperField] = {}
    taken: Counter[str] = Counter()
    for row in range(len(described)):
        if index[row] != index[row] or number[row] != number[row] or base[row] != base[row]:
            continue
        kind = int(base[row]) & 0x1F
        key = (int(index[row]), int(number[row]))
        column = developer_column(names[row], *key)
        if key in out and out[key].name == names[row]:
            column = out[key].column  # the same field described again
        else:
            taken[column] += 1
            column += f"_{taken[column]}" if taken[column] > 1 else ""
        out[key] = DeveloperField(
            column,
            names[row],
            units[row],
            kind if kind in BASE_TYPES else BYTE,
            scale[row] if scale[row] > 0 else 1.0,
            offset[row] if offset[row] == offset[row] else 0.0,
            applications.get(key[0], ""),
        )
    return out


def developer_column(name: str, index: int, number: int) -> str:
    """The column of a developer field: its own name in snake_case behind ``dev_``.

    >>> developer_column("Form Power", 0, 1), developer_column("", 2, 7)
    ('dev_form_power', 'dev_2_7')
    """
    words = "".join(c.lower() if c.isalnum() else " " for c in name).split()
    return "dev_" + ("_".join(words) if words else f"{index}_{number}")


def _applications(walk: Walk) -> dict[int, str]:
    ids = gather(walk, DEVELOPER_DATA_ID)
    out: dict[int, str] = {}
    for part in ids.parts if ids is not None else []:
        slots = part.definition.layout.native
        if 3 in slots:
            index = part.raw(slots[3])
            guid = part.raw(slots[1], BYTE) if 1 in slots else np.zeros((len(part), 1), np.uint8)
            for i, g in zip(index.tolist(), np.atleast_2d(guid), strict=True):
                out[i] = g.tobytes().hex()
    return out


def developer_numbers(columns: Columns, developer: dict[tuple[int, int], DeveloperField]) -> dict[str, Any]:
    """Developer columns of some messages: float64 where single numbers, lists of text or numbers otherwise."""
    out: dict[str, Any] = {}
    n = len(columns)
    for part in columns.parts:
        for slot in part.definition.developer_fields:
            known = developer.get((slot.developer, slot.number))
            if known is None or not slot.size:
                continue
            base = known.base if known.base == STRING or slot.size % WIDTHS[known.base] == 0 else BYTE
            raw = part.raw(slot, base)
            if base == STRING or raw.ndim > 1:
                values = out.setdefault(known.column, np.full(n, np.nan, dtype=object))
                if values.dtype != object:
                    values = out[known.column] = values.astype(object)
                items = [decode_text(v) for v in raw] if base == STRING else element_lists(part, raw, base, 1, 0)
                filled = np.empty(len(items), dtype=object)
                filled[:] = [np.nan if item is None else item for item in items]
                values[part.row] = filled
                continue
            values = raw.astype(np.float64)
            values[part.is_invalid(raw, base)] = np.nan
            if known.scale != 1 or known.offset:
                values = values / known.scale - known.offset
            whole = out.get(known.column)
            if whole is None:
                if isinstance(part.row, slice):
                    out[known.column] = values
                    continue
                whole = out[known.column] = np.full(n, np.nan)
            whole[part.row] = values
    return out
