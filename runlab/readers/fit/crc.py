"""The FIT checksum, without a loop over bytes.

CRC-16 with polynomial x^16 + x^15 + x^2 + 1 is linear, and x^8 comes back to 1 after 32,767 steps: bytes that far
apart weigh the same, so they may be XORed before anything is looked up. What is left fits two small tables.
"""

from __future__ import annotations

from functools import cache

import numpy as np

PERIOD = 32767  # the order of x modulo the polynomial, and (odd) of x^8 too
_WIDTH = 128  # columns of the folded block; 256 rows of 128 bytes hold one period
_ROWS = 256
_COLUMN = np.arange(_WIDTH, dtype=np.intp) * 256  # where each column's, and each row's, table starts
_ROW = np.arange(_ROWS, dtype=np.intp) * 256


def _next(value: np.ndarray) -> np.ndarray:
    """The checksum register after one zero byte."""
    for _ in range(8):
        value = (value >> 1) ^ np.where(value & 1, np.uint16(0xA001), np.uint16(0))
    return value


@cache
def _tables() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Byte values by column; then a row's checksum, low and high byte, moved to the row's place."""
    byte = np.arange(256, dtype=np.uint16)
    by_column = np.empty((_WIDTH, 256), dtype=np.uint16)
    value = byte
    for column in reversed(range(_WIDTH)):
        value = _next(value)
        by_column[column] = value
    low = np.empty((_ROWS, 256), dtype=np.uint16)
    high = np.empty((_ROWS, 256), dtype=np.uint16)
    # A register shifts by one row (128 bytes) linearly: follow the 16 unit vectors, then combine them per byte value.
    unit = (np.uint16(1) << np.arange(16, dtype=np.uint16)).astype(np.uint16)
    bits = ((byte[:, None] >> np.arange(8, dtype=np.uint16)) & 1).astype(bool)
    for row in reversed(range(_ROWS)):
        low[row] = np.bitwise_xor.reduce(np.where(bits, unit[:8], np.uint16(0)), axis=1)
        high[row] = np.bitwise_xor.reduce(np.where(bits, unit[8:], np.uint16(0)), axis=1)
        if row:
            for _ in range(_WIDTH):
                unit = _next(unit)
    return by_column, low, high


def crc16(data: bytes | memoryview) -> int:
    """The FIT CRC-16 of some bytes; 0 over a file together with its own two checksum bytes.

    >>> hex(crc16(b"123456789"))
    '0xbb3d'
    """
    raw = np.frombuffer(data, dtype=np.uint8)
    folded = np.zeros(_ROWS * _WIDTH, dtype=np.uint8)
    tail = folded[1:]  # one period, ending where the data end
    whole = len(raw) // PERIOD
    head = len(raw) - whole * PERIOD
    if head:
        tail[PERIOD - head :] = raw[:head]
    if whole:
        tail ^= np.bitwise_xor.reduce(raw[head:].reshape(whole, PERIOD), axis=0)
    by_column, low, high = _tables()
    first = 0 if whole else _ROWS - -(-head // _WIDTH)  # rows of zeros before a short message weigh nothing
    if first == _ROWS:
        return 0
    place = folded.reshape(_ROWS, _WIDTH)[first:] + _COLUMN
    rows = np.bitwise_xor.reduce(by_column.ravel()[place], axis=1)
    row = _ROW[first:]
    return int(np.bitwise_xor.reduce(low.ravel()[row + (rows & 0xFF)] ^ high.ravel()[row + (rows >> 8)]))
