"""Every message of a FIT file as a DataFrame per type, with sub-fields and components worked out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from .columns import (
    FIT_EPOCH_S,
    Columns,
    Part,
    accumulate,
    component_bits,
    compressed_stamps,
    decode_text,
    element_lists,
    gather,
    unpack,
)
from .developer import developer_fields, developer_numbers
from .heart_rate import merged_heart_rate
from .profile import Spec
from .walk import BASE_TYPES, STRING, FieldSlot, Walk, walk


def message_frames(data: bytes, *, name: str = "", merge_heart_rate: bool = True) -> dict[str, pd.DataFrame]:
    """All messages of a file: ``{"record": frame, "lap": frame, ..., "unknown_233": frame}``, in file order."""
    found = walk(data, name=name)
    developer = developer_fields(found)
    first = {d.message: d.offsets[0] for d in reversed(found.definitions)}
    out: dict[str, pd.DataFrame] = {}
    for number in sorted(first, key=first.__getitem__):
        columns = gather(found, number)
        if columns is None:
            continue
        values = _Values(columns).fill()
        values.stamp(found)
        frame = values.frame()
        extra = developer_numbers(columns, developer)
        if extra:
            frame = pd.concat([frame, pd.DataFrame(extra, index=frame.index)], axis=1)
        out[columns.message.name] = frame
    if merge_heart_rate and "hr" in out and "record" in out:
        samples = gather(found, 20)
        beats = merged_heart_rate(gather(found, 132), samples.stamps())  # type: ignore[arg-type,union-attr]
        if beats is not None:
            old = out["record"].get("heart_rate", pd.Series(np.nan, index=out["record"].index))
            out["record"] = out["record"].assign(heart_rate=np.where(np.isnan(beats), old, beats))
    return out


class _Values:
    """The columns of one message type while they are being filled, part by part."""

    def __init__(self, columns: Columns):
        self.columns, self.n = columns, len(columns)
        self.out: dict[str, np.ndarray] = {}
        self.instants: set[str] = set()
        self.running: dict[int, list[tuple[int, int, int, int]]] = {}  # target -> (row, place, value, bits)
        self.lists: set[int] = set()

    def put(self, name: str, part: Part, mask: np.ndarray, values: np.ndarray) -> None:
        """Write values into the rows of a part where the mask holds."""
        target = self.out.get(name)
        if target is None:
            target = np.full(self.n, np.nan, dtype=object if values.dtype == object else np.float64)
        elif values.dtype == object and target.dtype != object:
            target = target.astype(object)
        self.out[name] = target
        row = np.arange(self.n) if isinstance(part.row, slice) else part.row
        target[row[mask]] = values[mask]

    def fill(self) -> _Values:
        for part in self.columns.parts:
            slots = {s.number: s for s in part.definition.fields if s.size}
            given = {s.number: self._native(part, s) for s in slots.values()}
            named = {self.columns.message.field(k).name: k for k in slots}
            pending: list[tuple[Spec, FieldSlot, np.ndarray]] = []
            for number, slot in slots.items():
                spec = self.columns.message.field(number)
                if spec.components:
                    pending.append((spec, slot, given[number]))
                for sub in spec.subfields:
                    mask = self._selected(part, sub, slots, given, named) & given[number]
                    if mask.any():
                        self._write(part, slot, sub, mask)
                        if sub.components:
                            pending.append((sub, slot, mask))
            for spec, slot, mask in reversed(pending):
                self._expand(part, spec, slot, mask)
        self._accumulate()
        return self

    def _native(self, part: Part, slot: FieldSlot) -> np.ndarray:
        """Write a native field; return where it was given."""
        spec = self.columns.message.field(slot.number)
        if slot.base == STRING:
            texts = np.empty(len(part), dtype=object)
            texts[:] = [decode_text(v) for v in part.raw(slot).tolist()]
            mask = np.array([t is not None for t in texts], dtype=bool)
            self.put(spec.name, part, mask, texts)
            return mask
        raw = part.raw(slot)
        missing = part.is_invalid(raw, slot.base)
        mask = np.logical_not(missing.all(axis=1) if raw.ndim > 1 else missing)
        self._write(part, slot, spec, mask)
        return mask

    def _write(self, part: Part, slot: FieldSlot, spec: Spec, mask: np.ndarray) -> None:
        if slot.base == STRING:
            texts = np.empty(len(part), dtype=object)
            texts[:] = [decode_text(v) for v in part.raw(slot).tolist()]
            self.put(spec.name, part, mask, texts)
            return
        raw = part.raw(slot)
        if raw.ndim > 1:
            lists = np.empty(len(part), dtype=object)
            lists[:] = element_lists(part, raw, slot.base, *((spec.scale, spec.offset) if spec.is_scaled else (1, 0)))
            if spec.words:
                lists[:] = [row and [spec.words.get(x, x) for x in row] for row in lists]
            self.put(spec.name, part, mask, lists)
        elif spec.words:
            self.put(spec.name, part, mask, _worded(raw, spec.words))
        elif BASE_TYPES[slot.base][0] in ("i8", "u8") and not spec.is_scaled:
            self.put(spec.name, part, mask, raw.astype(object))
        else:
            values = raw.astype(np.float64)
            if spec.is_scaled:
                values = values / spec.scale - spec.offset
            if spec.is_instant:
                self.instants.add(spec.name)
            self.put(spec.name, part, mask, values)

    def _selected(self, part: Part, sub: Spec, slots: dict, given: dict, named: dict) -> np.ndarray:
        """Where another field has the value that makes this field the sub-field."""
        mask = np.zeros(len(part), dtype=bool)
        for name, value in sub.when:
            number = named.get(name)
            if number is None or slots[number].base == STRING:
                continue
            raw = part.raw(slots[number])
            if raw.ndim == 1:
                mask |= (raw == value) & given[number]
        return mask

    def _expand(self, part: Part, spec: Spec, slot: FieldSlot, mask: np.ndarray) -> None:
        """Write the fields packed into this one."""
        if slot.base == STRING:
            return
        row = np.arange(self.n) if isinstance(part.row, slice) else part.row
        found: dict[int, list[np.ndarray]] = {}
        for place, component in enumerate(spec.components):
            bits = component_bits(part, slot, spec, place)
            if bits is None:
                break
            value, given = bits
            mask = mask & given
            if component.accumulate:
                self.running.setdefault(component.target, []).extend(
                    (r, place, v, component.bits) for r, v in zip(row[mask].tolist(), value[mask].tolist(), strict=True)
                )
                if len([c for c in spec.components if c.target == component.target]) > 1:
                    self.lists.add(component.target)
                continue
            found.setdefault(component.target, []).append(unpack(value, component))
        for number, values in found.items():
            self._target(part, number, values, mask)

    def _target(self, part: Part, number: int, values: list[np.ndarray], mask: np.ndarray) -> None:
        target = self.columns.message.field(number)
        if len(values) > 1:
            lists = np.empty(len(part), dtype=object)
            lists[:] = np.stack(values, axis=1).tolist()
            self.put(target.name, part, mask, lists)
            return
        raw = (values[0] + target.offset) * target.scale
        mask = mask & (raw != target.invalid)
        found = _worded(values[0].astype(np.int64), target.words) if target.words else values[0]
        self.put(target.name, part, mask, found)
        for component, inner in _unpacked(target, raw.astype(np.int64)):
            self._target(part, component, [inner], mask)

    def _accumulate(self) -> None:
        for number, events in self.running.items():
            target = self.columns.message.field(number)
            component = next(
                c
                for s in self.columns.message.fields.values()
                for c in s.components
                if c.target == number and c.accumulate
            )
            native = self.columns.slots.get(number, [])
            for part, slot in native:
                raw = part.raw(slot)
                given = ~part.is_invalid(raw, slot.base)
                row = np.arange(self.n) if isinstance(part.row, slice) else part.row
                if raw.ndim == 1:
                    events += [(r, -1, v, 0) for r, v in zip(row[given].tolist(), raw[given].tolist(), strict=True)]
            events.sort(key=lambda e: (e[0], e[1]))
            totals = accumulate([(r, v, bits) for r, _, v, bits in events], {})
            rows: dict[int, list[float]] = {}
            for place, total in totals:
                rows.setdefault(place, []).append(total / component.scale - component.offset)
            if target.name not in self.out:
                self.out[target.name] = np.full(self.n, np.nan)
            if number in self.lists:
                self.out[target.name] = self.out[target.name].astype(object)
            for place, values in rows.items():
                self.out[target.name][place] = values[0] if len(values) == 1 else values

    def stamp(self, found: Walk) -> None:
        """Times of messages whose header carries them."""
        stamps = self.columns.stamps()
        filled = compressed_stamps(found, self.columns, stamps)
        if filled is not stamps:
            self.instants.add("timestamp")
            self.out = {
                "timestamp": np.where(filled < 0, np.nan, filled),
                **{k: v for k, v in self.out.items() if k != "timestamp"},
            }

    def frame(self) -> pd.DataFrame:
        """The columns as a DataFrame with the right dtypes."""
        series: dict[str, Any] = {}
        for name, values in self.out.items():
            if name in self.instants and values.dtype != object:
                series[name] = instants(values)
            elif values.dtype == object:
                series[name] = _typed(values)
            else:
                series[name] = values
        return pd.DataFrame(series, index=range(self.n))


def _unpacked(target: Spec, raw: np.ndarray) -> list[tuple[int, np.ndarray]]:
    """The components of an already unpacked value."""
    out, start = [], 0
    for component in target.components:
        bits = (raw >> start) & ((1 << component.bits) - 1)
        out.append((component.target, unpack(bits, component)))
        start += component.bits
        if start >= target.element_bits:
            break
    return out


def instants(fit_seconds: np.ndarray) -> pd.Series:
    """FIT seconds (NaN or negative = missing) as ``datetime64[us, UTC]``.

    >>> instants(np.array([1_000_000_000.0, np.nan])).tolist()
    [Timestamp('2021-09-08 01:46:40+0000', tz='UTC'), NaT]
    """
    seconds = np.asarray(fit_seconds, dtype=np.float64)
    missing = ~(seconds >= 0)
    micros = np.where(missing, 0, (seconds + FIT_EPOCH_S) * 1e6).astype(np.int64).view("datetime64[us]")
    micros[missing] = np.datetime64("NaT")
    return pd.Series(pd.DatetimeIndex(micros).tz_localize("UTC"))


def _worded(raw: np.ndarray, words: Mapping[int, str]) -> np.ndarray:
    """Numbers as the profile's words; a number without a word stays a number."""
    values, where = np.unique(raw, return_inverse=True)
    table = np.empty(len(values), dtype=object)
    table[:] = [words.get(v, v) for v in values.tolist()]
    return table[where]


def _typed(values: np.ndarray) -> Any:
    """Objects as text, whole numbers or numbers where all of them are; lists and mixtures stay objects."""
    kinds = {type(v) for v in values.tolist() if not (isinstance(v, float) and np.isnan(v))}
    if kinds <= {str}:
        return pd.array([v if isinstance(v, str) else None for v in values], dtype="str")
    if kinds == {int}:
        whole = [v if isinstance(v, int) else None for v in values]
        big = max(abs(v) for v in whole if v is not None)
        if big < 2**53:
            return values.astype(np.float64)
        return pd.array(whole, dtype="UInt64" if big >= 2**63 else "Int64")
    return values
