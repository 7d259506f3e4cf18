"""The messages of one type as columns: raw values gathered, invalid markers removed, scales and meanings applied."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from .profile import Component, Message, Spec, message_profile
from .walk import BASE_TYPES, BYTE, STRING, TIMESTAMP, WIDTHS, Definition, FieldSlot, Walk, rows

FIT_EPOCH_S = 631_065_600  # 1989-12-31T00:00:00Z


@dataclass
class Part:
    """All messages of one definition, as a block of bytes, and the rows they take among their type."""

    definition: Definition
    block: np.ndarray
    row: np.ndarray | slice

    def __len__(self) -> int:
        return len(self.block)

    def raw(self, slot: FieldSlot, base: int | None = None) -> np.ndarray:
        """The stored values of a field: one per message, or one row per message for arrays; bytes for text."""
        base = slot.base if base is None else base
        stride, n = self.definition.size - 1, len(self.block)
        code, width = BASE_TYPES[base][0], WIDTHS[base]
        if base == STRING:
            return np.ndarray((n,), f"S{slot.size}", self.block, slot.offset, (stride,))
        count = slot.size // width
        code = self.definition.order + code if width > 1 else code
        if count == 1:
            return np.ndarray((n,), code, self.block, slot.offset, (stride,))
        return np.ndarray((n, count), code, self.block, slot.offset, (stride, width))

    def is_invalid(self, raw: np.ndarray, base: int) -> np.ndarray:
        """Where a raw value is the type's marker for "not measured" (elementwise)."""
        if raw.dtype.kind == "f":
            return np.isnan(raw)
        return np.equal(raw, BASE_TYPES[base][1])  # type: ignore[arg-type]


@dataclass
class Columns:
    """Every message of one type in file order."""

    message: Message
    parts: list[Part]
    offsets: np.ndarray

    def __len__(self) -> int:
        return len(self.offsets)

    @cached_property
    def slots(self) -> dict[int, list[tuple[Part, FieldSlot]]]:
        """Native field number -> where it is stored, part by part; a field named twice keeps its last place."""
        found: dict[int, list[tuple[Part, FieldSlot]]] = {}
        for part in self.parts:
            for slot in part.definition.layout.native.values():
                found.setdefault(slot.number, []).append((part, slot))
        return found

    def numbers(self, name: str, out: np.ndarray | None = None) -> np.ndarray | None:
        """A single-valued numeric field by profile name as float64, scaled, NaN where missing; None if never stored."""
        number = self.message.numbers.get(name, -1)
        return self.numeric(number, out) if number in self.slots else None

    def numeric(self, number: int, out: np.ndarray | None = None) -> np.ndarray | None:
        """As ``numbers``, by field number. Arrays and text give None."""
        places = self.slots[number]
        n = len(self.offsets)
        if out is None:
            out = np.empty(n)
        filled = 0
        for part, slot in places:
            if slot.base == STRING or slot.count != 1:
                return None
            filled += len(part.block)
        if filled < n:
            out[:] = np.nan
        spec = self.message.field(number)
        for part, slot in places:
            raw = part.raw(slot)
            invalid = BASE_TYPES[slot.base][1]
            values = out if isinstance(part.row, slice) else np.empty(len(raw))
            values[:] = raw
            if spec.is_scaled:
                if spec.scale != 1:
                    values /= spec.scale
                if spec.offset:
                    values -= spec.offset
            if invalid is not None:
                missing = raw == invalid
                if missing.any():
                    values[missing] = np.nan
            if values is not out:
                out[part.row] = values
        return out

    def stamps(self) -> np.ndarray:
        """Timestamps in FIT seconds, -1 where there is none."""
        out = np.full(len(self), -1, dtype=np.int64)
        for part, slot in self.slots.get(TIMESTAMP, []):
            raw = part.raw(slot) if slot.size == 4 else None
            if raw is not None:
                out[part.row] = np.where(raw == 0xFFFFFFFF, np.int64(-1), raw)
        return out


def decode_text(value: bytes) -> str | list[str] | None:
    """A stored string: UTF-8 with bad bytes left out, trailing NULs cut; several strings in one field give a list.

    >>> decode_text(b"Fenix\\x00\\x00"), decode_text(b"a\\x00b"), decode_text(b"\\xff\\x00")
    ('Fenix', ['a', 'b'], None)
    """
    text = value.decode("utf-8", errors="ignore").rstrip("\0")
    if not text:
        return None
    parts = text.split("\0")
    return parts[0] if len(parts) == 1 else parts


def gather(walk: Walk, number: int) -> Columns | None:
    """The messages of one type; None if the file has none."""
    definitions = [d for d in walk.definitions if d.message == number]
    if not definitions:
        return None
    offsets = [np.array(d.offsets) for d in definitions]
    if len(definitions) == 1:
        block = rows(walk.data, definitions[0], offsets[0])
        return Columns(message_profile(number), [Part(definitions[0], block, slice(None))], offsets[0])
    joined = np.concatenate(offsets)
    order = np.argsort(joined, kind="stable")
    rank = np.empty(len(joined), dtype=np.int64)
    rank[order] = np.arange(len(joined))
    parts, start = [], 0
    for definition, here in zip(definitions, offsets, strict=True):
        parts.append(Part(definition, rows(walk.data, definition, here), rank[start : start + len(here)]))
        start += len(here)
    return Columns(message_profile(number), parts, joined[order])


def compressed_stamps(walk: Walk, columns: Columns, stamps: np.ndarray) -> np.ndarray:
    """Fill in the times of messages with a compressed header (5 bits of seconds since the last full timestamp)."""
    heads = np.frombuffer(walk.data, dtype=np.uint8)[columns.offsets]
    if not (heads & 0x80).any():
        return stamps
    full_at, full = [], []
    for definition in walk.definitions:
        slot = definition.stamp
        if slot:
            offsets = np.array(definition.offsets)
            raw = Part(definition, rows(walk.data, definition, offsets), slice(None)).raw(slot)
            keep = (raw != 0xFFFFFFFF) & (np.frombuffer(walk.data, dtype=np.uint8)[offsets] < 0x80)
            full_at.append(offsets[keep])
            full.append(raw[keep].astype(np.int64))
    nothing = np.empty(0, np.int64)
    at, values = np.concatenate([nothing, *full_at]), np.concatenate([nothing, *full])
    packed = (heads & 0x80) != 0
    where = np.concatenate([at, columns.offsets[packed]])
    value = np.concatenate([values, heads[packed] & 0x1F])
    is_full = np.arange(len(where)) < len(at)
    order = np.argsort(where, kind="stable")
    value, is_full = value[order], is_full[order]
    step = np.zeros(len(value), dtype=np.int64)
    step[1:] = (value[1:] - value[:-1]) & 0x1F  # a full timestamp's last five bits are what the next one counts on from
    step[is_full] = 0
    base = np.maximum.accumulate(np.where(is_full, np.arange(len(value)), -1))
    since = np.cumsum(step)
    found = np.where(base >= 0, value[base] + since - since[base], -1)
    back = np.empty(len(value), dtype=np.int64)
    back[order] = found
    out = stamps.copy()
    out[packed] = back[len(at) :]
    return out


def element_lists(part: Part, raw: np.ndarray, base: int, scale: float, offset: float) -> list[Any]:
    """Array fields as lists with NaN for missing elements; None where all are missing. Byte arrays stay whole."""
    missing = part.is_invalid(raw, base)
    whole = np.asarray(missing.all(axis=1))
    if base == BYTE:
        missing = np.zeros_like(missing)
    values = raw.astype(np.float64)
    if scale != 1 or offset:
        values = values / scale - offset
    values[missing] = np.nan
    return [None if gone else row for gone, row in zip(whole.tolist(), values.tolist(), strict=True)]


# --- components: fields packed into others ----------------------------------------------------------------------------


def component_bits(part: Part, slot: FieldSlot, spec: Spec, component: int) -> tuple[np.ndarray, np.ndarray] | None:
    """The raw bits of one component and where its field was given at all; None if the field is too short for it."""
    raw = part.raw(slot)
    elements = raw[:, None] if raw.ndim == 1 else raw
    start = sum(c.bits for c in spec.components[:component])
    bits, width = spec.components[component].bits, spec.element_bits
    if start + bits > width * elements.shape[1]:
        return None
    given = np.asarray(~part.is_invalid(elements, slot.base).all(axis=1))
    # As little-endian bits, element after element.
    value = np.zeros(len(part), dtype=np.uint64)
    taken = 0
    while taken < bits:
        element, low = divmod(start + taken, width)
        here = min(width - low, bits - taken)
        chunk = elements[:, element].astype(np.int64).astype(np.uint64) >> np.uint64(low)
        mask = np.uint64((1 << here) - 1)
        value |= (chunk & mask) << np.uint64(taken)
        taken += here
    return value.astype(np.int64), given


def unpack(value: np.ndarray, component: Component) -> np.ndarray:
    """Component bits in their own scale."""
    return value / component.scale - component.offset


def accumulate(values: list[tuple[int, int, int]], bits: dict[int, int]) -> list[tuple[int, int]]:
    """Running totals from counters that wrap: ``(row, value, kind)`` with kind 0 = full value, else its number of bits.

    >>> accumulate([(0, 4000, 12), (1, 100, 12), (2, 90, 0), (3, 95, 12)], {})
    [(0, 4000), (1, 4196), (3, 95)]
    """
    total, last, started, out = 0, 0, False, []
    for row, value, kind in values:
        if not kind or not started:
            total = last = value
            started = True
            if kind:
                out.append((row, total))
            continue
        total += (value - last) & ((1 << kind) - 1)
        last = value
        out.append((row, total))
    return out
