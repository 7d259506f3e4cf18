"""Where every message of a FIT file lies: headers, definitions, offsets, and the way back after damage.

Each distinct definition is parsed once, however often a file repeats it, and collects the offsets of its messages; their
contents are read later, all of one definition at a time.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from ...errors import FileError
from .crc import crc16

# base type number -> (numpy code, invalid marker); enum, sint8 ... byte, sint64, uint64, uint64z
BASE_TYPES: dict[int, tuple[str, int | None]] = {
    0: ("u1", 0xFF), 1: ("i1", 0x7F), 2: ("u1", 0xFF), 3: ("i2", 0x7FFF), 4: ("u2", 0xFFFF),
    5: ("i4", 0x7FFFFFFF), 6: ("u4", 0xFFFFFFFF), 7: ("S", None), 8: ("f4", None), 9: ("f8", None),
    10: ("u1", 0), 11: ("u2", 0), 12: ("u4", 0), 13: ("u1", 0xFF), 14: ("i8", 0x7FFFFFFFFFFFFFFF),
    15: ("u8", 0xFFFFFFFFFFFFFFFF), 16: ("u8", 0),
}
STRING, BYTE = 7, 13
WIDTHS = {number: 1 if code == "S" else int(code[1]) for number, (code, _) in BASE_TYPES.items()}
TIMESTAMP = 253


@dataclass(frozen=True)
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


@dataclass
class Definition:
    """One layout of one message type, and where its messages are."""

    message: int
    order: str  # "<" or ">"
    fields: list[FieldSlot]
    developer_fields: list[FieldSlot]
    size: int  # with the header byte
    offsets: list[int] = field(default_factory=list)
    misfits: int = 0  # fields whose size is no multiple of their type: read as bytes

    @property
    def stamp(self) -> FieldSlot | None:
        """The timestamp field, if there is a proper one."""
        return next((f for f in self.fields if f.number == TIMESTAMP and f.size == 4), None)


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


def _parse_definition(data: bytes, pos: int, end: int) -> tuple[Definition | None, int]:
    """The definition at ``pos`` and the position after it; None where it is cut off or impossible."""
    head = data[pos]
    if pos + 6 > end or data[pos + 2] > 1:
        return None, pos
    big = data[pos + 2] == 1
    message = int.from_bytes(data[pos + 3 : pos + 5], "big" if big else "little")
    count, at, offset = data[pos + 5], pos + 6, 0
    if at + 3 * count > end:
        return None, pos
    native, misfits = [], 0
    for i in range(count):
        number, size, base = data[at + 3 * i], data[at + 3 * i + 1], data[at + 3 * i + 2] & 0x1F
        if base not in BASE_TYPES:
            return None, pos
        if size % WIDTHS[base]:
            base, misfits = 2, misfits + 1  # as Garmin's own decoder does: the bytes, one by one
        native.append(FieldSlot(number, base, offset, size))
        offset += size
    at += 3 * count
    developer = []
    if head & 0x20:
        if at >= end or at + 1 + 3 * data[at] > end:
            return None, pos
        count, at = data[at], at + 1
        for i in range(count):
            number, size, index = data[at + 3 * i], data[at + 3 * i + 1], data[at + 3 * i + 2]
            developer.append(FieldSlot(number, BYTE, offset, size, index))
            offset += size
        at += 3 * count
    return Definition(message, ">" if big else "<", native, developer, offset + 1, misfits=misfits), at


class _Segment:
    """One file of a possibly chained file, being walked."""

    def __init__(self, data: bytes, known: dict[bytes, Definition]):
        self.data, self.known = data, known
        self.sizes = [0] * 256
        self.add: list = [None] * 256

    def define(self, pos: int, end: int) -> int:
        """Take in the definition message at ``pos``; return the position after it, or -1 if it is none."""
        data = self.data
        span = 6 + 3 * data[pos + 5] if pos + 5 < end else 0
        if data[pos] & 0x20 and 0 < span and pos + span < end:
            span += 1 + 3 * data[pos + span]
        key = (b"d" if data[pos] & 0x20 else b"n") + data[pos + 2 : pos + span]
        definition = self.known.get(key) if span and pos + span <= end else None
        if definition is None:
            definition, after = _parse_definition(data, pos, end)
            if definition is None:
                return -1
            self.known[key] = definition
            span = after - pos
        local = data[pos] & 0x0F
        heads = [local, local | 0x10, local | 0x20, local | 0x30]
        if local < 4:
            heads += range(0x80 | local << 5, (0x80 | local << 5) + 32)
        for head in heads:
            self.sizes[head] = definition.size
            self.add[head] = definition.offsets.append
        return pos + span

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
            else:
                return pos
        return pos

    def resume(self, pos: int, end: int) -> int:
        """The next position from which messages follow each other again in good order, or ``end``.

        A candidate must lead through twelve messages (or to the very end) whose timestamps, where they have one,
        are within a day of the last good one.
        """
        stamps = {d.size: d for d in self.known.values()}
        last = self.last_stamp()
        by_head = {head: d for head in range(256) if self.sizes[head]
                   for d in stamps.values() if d.size == self.sizes[head] and d.offsets.append == self.add[head]}
        for candidate in range(pos + 1, min(end, pos + 100_000)):
            at, good, dated = candidate, 0, 0
            while at < end and good < 12:
                size = self.sizes[self.data[at]]
                if not size:
                    break
                definition = by_head.get(self.data[at])
                slot = definition.stamp if definition else None
                if slot and at + size <= end and self.data[at] < 0x80:
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
        """The newest timestamp seen so far among the definitions that carry one."""
        best_offset, value = -1, 0
        for definition in self.known.values():
            slot = definition.stamp
            if slot and definition.offsets and definition.offsets[-1] > best_offset:
                best_offset = definition.offsets[-1]
                where = best_offset + 1 + slot.offset
                value = int.from_bytes(self.data[where : where + 4], "big" if definition.order == ">" else "little")
        return value if value != 0xFFFFFFFF else 0


def walk(data: bytes, *, name: str = "") -> Walk:
    """Find every message of a FIT file, chained parts and damaged ones included."""
    if not is_fit(data):
        raise FileError(f"{name or 'data'}: not a FIT file: no .FIT signature at byte 8 (found {data[8:12]!r}); "
                        "if it came from an export, download it again")
    known: dict[bytes, Definition] = {}
    out = Walk(data, [], [], [])
    pos, total = 0, len(data)
    while pos < total:
        if data[pos + 8 : pos + 12] != b".FIT" and pos:
            later = data.find(b".FIT", pos + 1)
            if later < 8:
                out.problems.append((f"byte {pos}", f"{total - pos} bytes after the end that are not FIT", "all before"))
                break
            out.problems.append((f"byte {pos}", f"{later - 8 - pos} bytes between chained parts that are not FIT", "both parts"))
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
        out.problems.append((f"byte {start + 4}", "header says there are no data (the watch stopped before it wrote the size)",
                             "every message found"))
        out.complete, end = False, total
    elif end > total:
        out.problems.append((f"byte {total}", f"file is cut: {end - total:,} of {size:,} bytes are missing",
                             "every message before the cut"))
        out.complete, end = False, total
    segment = _Segment(data, known)
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
    return _check_sum(data, start, end, out)


def _check_sum(data: bytes, start: int, end: int, out: Walk) -> int:
    """Hold the checksum against the bytes; return where the next part would start."""
    stored = data[end : end + 2]
    if len(stored) < 2:
        if out.checksum == "right":
            out.checksum = "missing"
        if out.complete:
            out.problems.append((f"byte {end}", "checksum is missing", "every message"))
            out.complete = False
        return len(data)
    if int.from_bytes(stored, "little") != crc16(memoryview(data)[start:end]):
        out.checksum = "wrong"
        out.problems.append((f"byte {end}", "checksum is wrong: some bytes changed after the watch wrote them",
                             "every message; values that cannot be are left out"))
        out.complete = False
    return end + 2


def rows(data: bytes, definition: Definition, offsets: np.ndarray) -> np.ndarray:
    """The messages of one definition as an array of fixed-size byte blocks (without the header byte)."""
    size = definition.size - 1
    if not size:  # a header byte is the whole message: a sample with nothing but its compressed time
        return np.zeros(len(offsets), dtype="V1")
    windows = np.ndarray(shape=(len(data) - size,), dtype=f"V{size}", buffer=data, offset=1, strides=(1,))
    return windows[offsets]
