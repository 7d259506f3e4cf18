"""Where every message of a FIT file lies: headers, definitions, offsets, and the way back after damage.

Each distinct definition is parsed once, however often a file repeats it, and collects its messages' offsets; their
contents are read later, all of one definition at a time.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

from ...errors import FileError
from .crc import crc16

# base type number -> (numpy code, invalid marker); enum, sint8 ... byte, sint64, uint64, uint64z
BASE_TYPES: dict[int, tuple[str, int | None]] = {
    0: ("u1", 0xFF),
    1: ("i1", 0x7F),
    2: ("u1", 0xFF),
    3: ("i2", 0x7FFF),
    4: ("u2", 0xFFFF),
    5: ("i4", 0x7FFFFFFF),
    6: ("u4", 0xFFFFFFFF),
    7: ("S", None),
    8: ("f4", None),
    9: ("f8", None),
    10: ("u1", 0),
    11: ("u2", 0),
    12: ("u4", 0),
    13: ("u1", 0xFF),
    14: ("i8", 0x7FFFFFFFFFFFFFFF),
    15: ("u8", 0xFFFFFFFFFFFFFFFF),
    16: ("u8", 0),
}
STRING, BYTE = 7, 13
# Base types as written: those of more than one byte carry a high bit.
_WRITTEN = frozenset(
    (0x00, 0x01, 0x02, 0x83, 0x84, 0x85, 0x86, 0x07, 0x88, 0x89, 0x0A, 0x8B, 0x8C, 0x0D, 0x8E, 0x8F, 0x90)
)
_STRUCT = {
    0: "B",
    1: "b",
    2: "B",
    3: "h",
    4: "H",
    5: "i",
    6: "I",
    8: "f",
    9: "d",
    10: "B",
    11: "H",
    12: "I",
    13: "B",
    14: "q",
    15: "Q",
    16: "Q",
}
WIDTHS = {number: 1 if code == "S" else int(code[1]) for number, (code, _) in BASE_TYPES.items()}
TIMESTAMP = 253


@dataclass(frozen=True, eq=False)
class FieldSlot:
    """One field of a definition: its number, base type, place in the message, and how many elements it holds."""

    number: int
    base: int
    offset: int
    size: int
    developer: int = -1  # the developer data index, or -1 for a native field

    @property
    def count(self) -> int:
        return 1 if self.base == STRING else self.size // WIDTHS[self.base]


@dataclass(frozen=True, eq=False)
class Layout:
    """What a definition message says. Watches write the same few into every file, so they are kept by their bytes."""

    message: int
    order: str  # "<" or ">"
    fields: tuple[FieldSlot, ...]
    developer_fields: tuple[FieldSlot, ...]
    size: int  # with the header byte
    misfits: int  # fields whose size is no multiple of their type: read as bytes

    @cached_property
    def stamp(self) -> FieldSlot | None:
        """The timestamp field, if there is a proper one."""
        return next((f for f in self.fields if f.number == TIMESTAMP and f.size == 4), None)

    @cached_property
    def native(self) -> dict[int, FieldSlot]:
        """Field number -> its place; a field named twice keeps the last one."""
        return {f.number: f for f in self.fields if f.size}

    @cached_property
    def packed(self) -> tuple[struct.Struct, dict[int, int]]:
        """All native fields as one ``struct``, and where each field's first value comes out."""
        code, index, at = [self.order], {}, 0
        for f in self.fields:
            if not f.size:
                continue
            index[f.number] = at
            if f.base == STRING:
                code.append(f"{f.size}s")
                at += 1
            else:
                code.append(f"{f.count}{_STRUCT[f.base]}")
                at += f.count
        return struct.Struct("".join(code)), index


class Definition:
    """One layout in one file, and where its messages are."""

    __slots__ = ("developer_fields", "fields", "layout", "message", "offsets", "order", "size")

    def __init__(self, layout: Layout):
        self.layout, self.offsets = layout, []
        self.message, self.order, self.size = layout.message, layout.order, layout.size
        self.fields, self.developer_fields = layout.fields, layout.developer_fields

    offsets: list[int]

    @property
    def stamp(self) -> FieldSlot | None:
        """The timestamp field, if there is a proper one."""
        return self.layout.stamp


@dataclass
class Walk:
    """The result: definitions with offsets, and everything that was wrong on the way."""

    data: bytes
    definitions: list[Definition]
    segments: list[tuple[int, int]]
    problems: list[tuple[str, str, str]]
    complete: bool = True
    checksum: str = "right"  # right, wrong, missing


def is_fit(data: bytes) -> bool:
    """Whether the bytes look like FIT: the signature, or a header the watch never came to write.

    >>> is_fit(b"no"), is_fit(bytes([14, 32, 0, 0, 0, 0, 0, 0]) + b".FIT" + bytes(2))
    (False, True)
    """
    return data[8:12] == b".FIT" or (len(data) > 20 and not any(data[:12]) and _first_definition(data) > 0)


def _first_definition(data: bytes) -> int:
    """Where the messages start if the header does not say: 14, 12, or 0 for nowhere."""
    for start in (14, 12):
        head = data[start : start + 6]
        if len(head) == 6 and head[0] & 0xF0 == 0x40 and head[2] in (0, 1) and (head[3], head[4]) == (0, 0) and head[5]:
            return start
    return 0


@lru_cache(maxsize=4096)
def _layout(body: bytes, developer: bool) -> Layout | None:
    """The layout a definition message describes (from its architecture byte on); None where it is impossible."""
    order = ">" if body[0] else "<"
    message = int.from_bytes(body[1:3], "big" if body[0] else "little")
    at, offset, misfits = 4, 0, 0
    native: list[FieldSlot] = []
    for number, size, base in zip(body[4::3], body[5::3], body[6::3], strict=False):
        if len(native) == body[3]:
            break
        base &= 0x1F
        if base not in BASE_TYPES:
            return None
        if size % WIDTHS[base]:
            base, misfits = 2, misfits + 1  # as Garmin's own decoder does: the bytes, one by one
        native.append(FieldSlot(number, base, offset, size))
        offset += size
    at += 3 * body[3]
    extra = []
    if developer:
        for number, size, index in zip(body[at + 1 :: 3], body[at + 2 :: 3], body[at + 3 :: 3], strict=False):
            extra.append(FieldSlot(number, BYTE, offset, size, index))
            offset += size
    return Layout(message, order, tuple(native), tuple(extra), offset + 1, misfits)


class _Segment:
    """One file of a possibly chained file, being walked."""

    def __init__(self, data: bytes, known: dict[bytes, Definition], is_sound: bool):
        self.data, self.known, self.is_sound = data, known, is_sound
        self.sizes = [0] * 256
        self.add: list = [None] * 256
        self.aliased = False

    def define(self, pos: int, end: int) -> int:
        """Take in the definition message at ``pos``; return the position after it, or -1 if it is none."""
        data = self.data
        head = data[pos]
        if pos + 6 > end or data[pos + 2] > 1:
            return -1
        after = pos + 6 + 3 * data[pos + 5]
        if head & 0x20:
            if after >= end:
                return -1
            after += 1 + 3 * data[after]
        if after > end:
            return -1
        key = data[pos + 1 : after] if head & 0x20 else data[pos + 2 : after]  # one byte longer: never mixed up
        definition = self.known.get(key)
        if definition is None:
            layout = _layout(data[pos + 2 : after], bool(head & 0x20))
            if layout is None or not (self.is_sound or self.is_likely(pos, layout)):
                return -1
            definition = self.known[key] = Definition(layout)
        local = head & 0x0F
        self.sizes[local], self.add[local] = definition.size, definition.offsets.append
        if self.aliased:
            self.sizes[16:], self.add[16:], self.aliased = [0] * 240, [None] * 240, False
        return after

    def is_likely(self, pos: int, layout: Layout) -> bool:
        """Whether a new definition in a damaged file is one a watch would write, not data read as a definition."""
        body = self.data[pos + 6 : pos + 6 + 3 * self.data[pos + 5]]
        return (
            self.data[pos + 1] == 0
            and (layout.message < 1024 or layout.message >= 0xFF00)
            and set(body[2::3]) <= _WRITTEN
            and len(set(body[::3])) == len(body[::3])
            and all(body[1::3])
        )

    def alias(self, head: int) -> bool:
        """Let a header other than the plain one (compressed timestamp, reserved bits) stand for its local type."""
        local = (head >> 5) & 3 if head & 0x80 else head & 0x0F
        if head & 0xC0 == 0x40 or head == local or not self.sizes[local]:
            return False
        self.sizes[head], self.add[head], self.aliased = self.sizes[local], self.add[local], True
        return True

    def run(self, pos: int, end: int) -> int:
        """Walk from ``pos`` while headers make sense; return where that ended (``end`` or past it if all went well)."""
        data, sizes, add = self.data, self.sizes, self.add
        while pos < end:
            head = data[pos]
            if size := sizes[head]:
                add[head](pos)
                pos += size
            elif head & 0xC0 == 0x40:
                after = self.define(pos, end)
                if after < 0:
                    return pos
                pos = after
            elif not self.alias(head):
                return pos
        return pos

    def resume(self, pos: int, end: int) -> int:
        """The next position from which messages follow each other again in good order, or ``end``.

        A candidate must lead through twelve messages (or to the very end) whose timestamps, where they have one,
        are within a day of the last good one.
        """
        last = self.last_stamp()
        by_head = {h: d for h in range(16) for d in self.known.values() if d.offsets.append == self.add[h]}
        for candidate in range(pos + 1, min(end, pos + 100_000)):
            at, good, dated = candidate, 0, 0
            while at < end and good < 12:
                size = self.sizes[self.data[at]]
                if not size:
                    break
                definition = by_head.get(self.data[at])
                slot = definition.stamp if definition is not None else None
                if definition is not None and slot and at + size <= end and self.data[at] < 0x80:
                    where = at + 1 + slot.offset
                    value = int.from_bytes(self.data[where : where + 4], "big" if definition.order == ">" else "little")
                    if last and abs(value - last) > 86_400:
                        break
                    dated += 1
                at, good = at + size, good + 1
            if dated and (good >= 12 or at == end):
                return candidate
        return end

    def last_stamp(self) -> int:
        """The time the walk has come to: the middle one of the last forty timestamps, as single ones may be garbage."""
        where = [(o, d) for d in self.known.values() if d.stamp for o in d.offsets[-40:]]
        where = sorted(where, key=lambda place: place[0])[-40:]
        stamps = sorted(
            int.from_bytes(
                self.data[o + 1 + d.stamp.offset : o + 5 + d.stamp.offset], "big" if d.order == ">" else "little"
            )
            for o, d in where
            if d.stamp
        )
        return stamps[len(stamps) // 2] if stamps and stamps[len(stamps) // 2] != 0xFFFFFFFF else 0


def walk(data: bytes, *, name: str = "") -> Walk:
    """Find every message of a FIT file, chained parts and damaged ones included."""
    if not is_fit(data):
        raise FileError(
            f"{name or 'data'}: not a FIT file: no .FIT signature at byte 8 (found {data[8:12]!r}); "
            "if it came from an export, download it again"
        )
    known: dict[bytes, Definition] = {}
    out = Walk(data, [], [], [])
    pos, total = 0, len(data)
    while pos < total:
        if data[pos + 8 : pos + 12] != b".FIT" and pos:
            later = data.find(b".FIT", pos + 1)
            if later < 8:
                out.problems.append(
                    (f"byte {pos}", f"{total - pos} bytes after the end that are not FIT", "all before")
                )
                break
            out.problems.append(
                (f"byte {pos}", f"{later - 8 - pos} bytes between chained parts that are not FIT", "both parts")
            )
            pos = later - 8
        pos = _walk_segment(data, pos, known, out)
    out.definitions = [d for d in known.values() if d.offsets]
    return out


def _walk_segment(data: bytes, start: int, known: dict[bytes, Definition], out: Walk) -> int:
    total = len(data)
    header, size = data[start], int.from_bytes(data[start + 4 : start + 8], "little")
    if header < 12 or start + header > total or data[start + 8 : start + 12] != b".FIT":
        guess = _first_definition(data[start:]) or 14
        out.problems.append((f"byte {start}", f"header says it is {header} bytes long", f"read as {guess}"))
        out.complete, header = False, guess
    pos, end = start + header, start + header + size
    if size == 0 and total - pos > 2 and data[pos + 10 : pos + 14] != b".FIT":
        out.problems.append(
            (
                f"byte {start + 4}",
                "header says there are no data (the watch stopped before it wrote the size)",
                "every message found",
            )
        )
        out.complete, end = False, total
    elif end > total:
        out.problems.append(
            (
                f"byte {total}",
                f"file is cut: {end - total:,} of {size:,} bytes are missing",
                "every message before the cut",
            )
        )
        out.complete, end = False, total
    stored = data[end : end + 2]
    is_sound = len(stored) == 2 and int.from_bytes(stored, "little") == crc16(memoryview(data)[start:end])
    segment = _Segment(data, known, is_sound)
    at = segment.run(pos, end)
    while at < end:
        if not out.complete and end == total and end - at <= 2:
            break  # the two bytes of a checksum at the end of a file without a size
        after = segment.resume(at, end)
        out.complete = False
        out.problems.append((f"byte {at}", f"{after - at:,} bytes that are no messages", "what comes before and after"))
        at = segment.run(after, end) if after < end else end
    if at > end:  # the last message runs past the end: a part of a message is no data
        for definition in known.values():
            if definition.offsets and definition.offsets[-1] + definition.size > end:
                definition.offsets.pop()
                break
        if end < total:
            out.problems.append((f"byte {end}", "last message runs past the size given in the header", "all before it"))
            out.complete = False
    out.segments.append((start, end))
    return _check_sum(data, end, is_sound, out)


def _check_sum(data: bytes, end: int, is_sound: bool, out: Walk) -> int:
    """Say what is wrong with the checksum; return where the next part would start."""
    if end + 2 > len(data):
        if out.checksum == "right":
            out.checksum = "missing"
        if out.complete:
            out.problems.append((f"byte {end}", "checksum is missing", "every message"))
            out.complete = False
        return len(data)
    if not is_sound:
        out.checksum = "wrong"
        out.problems.append(
            (
                f"byte {end}",
                "checksum is wrong: some bytes changed after the watch wrote them",
                "every message; values that cannot be are left out",
            )
        )
        out.complete = False
    return end + 2


def rows(data: bytes, definition: Definition, offsets: np.ndarray) -> np.ndarray:
    """The messages of one definition as an array of fixed-size byte blocks (without the header byte)."""
    size = definition.size - 1
    if not size:  # a header byte is the whole message: a sample with nothing but its compressed time
        return np.zeros(len(offsets), dtype="V1")
    windows = np.ndarray(shape=(len(data) - size,), dtype=f"V{size}", buffer=data, offset=1, strides=(1,))
    return windows[offsets]
