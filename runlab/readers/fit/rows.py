"""The few messages of one type as plain Python values: quicker than arrays for a session, laps, devices."""

from __future__ import annotations

import numpy as np

from .columns import decode_text
from .profile import message_profile
from .walk import BASE_TYPES, STRING, Walk


class Rows:
    """All messages of one type, in file order; each accessor gives one value per message.

    >>> from runlab.readers.fit.walk import walk
    >>> from runlab.samples import run_file
    >>> Rows(walk(run_file().read_bytes()), 18).words("sport")
    ['running']
    """

    def __init__(self, walk: Walk, number: int):
        self.message = message_profile(number)
        found = []
        for definition in walk.definitions:
            if definition.message == number:
                unpack, index = definition.layout.packed
                found += [
                    (o, unpack.unpack_from(walk.data, o + 1), definition.layout, index) for o in definition.offsets
                ]
        found.sort(key=lambda row: row[0])
        self.rows = found

    def __len__(self) -> int:
        return len(self.rows)

    def numbers(self, name: str) -> list[float]:
        """A numeric field, scaled, NaN where missing."""
        number = self.message.numbers.get(name, -1)
        spec = self.message.field(number)
        scale, offset, out = spec.scale, spec.offset, []
        for _, values, layout, index in self.rows:
            slot = layout.native.get(number)
            value = None if slot is None or slot.base == STRING else values[index[number]]
            if value is None or value == BASE_TYPES[slot.base][1]:  # type: ignore[union-attr]
                out.append(np.nan)
            else:
                out.append(value / scale - offset if spec.is_scaled else float(value))
        return out

    def first(self, *names: str) -> list[float]:
        """The first of several fields that has a value, row by row."""
        out = self.numbers(names[0])
        for name in names[1:]:
            if any(v != v for v in out):
                out = [b if a != a else a for a, b in zip(out, self.numbers(name), strict=True)]
        return out

    def words(self, name: str) -> list[str]:
        """An enumerated field as words, empty where missing, the number where nobody knows the word."""
        table = self.message.field(self.message.numbers.get(name, -1)).words or {}
        return ["" if v != v else str(table.get(int(v), int(v))) for v in self.numbers(name)]

    def text(self, name: str) -> list[str]:
        """A text field as strings, empty where missing."""
        number, out = self.message.numbers.get(name, -1), []
        for _, values, layout, index in self.rows:
            slot = layout.native.get(number)
            found = decode_text(values[index[number]]) if slot is not None and slot.base == STRING else None
            out.append(found if isinstance(found, str) else (found[0] if found else ""))
        return out

    def stamps(self) -> list[float]:
        """Timestamps in FIT seconds, NaN where there is none."""
        return self.numbers("timestamp")
