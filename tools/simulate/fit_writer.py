"""A small FIT encoder: what the sample squad and the tests need, and no more.

The layout follows Garmin's FIT protocol: a 14-byte header with its own CRC, definition and data messages (either byte
order), compressed-timestamp headers, developer fields, a CRC over everything. Field numbers, base types, scales and
offsets are the few dozen used here, from the public profile.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import numpy as np

from runlab.errors import SettingsError

EPOCH = 631065600  # 1989-12-31T00:00:00Z in Unix seconds: where FIT begins to count
SEMICIRCLE = 2**31 / 180.0

# Base type: (number in the file, NumPy code, invalid marker)
_BASE: dict[str, tuple[int, str, Any]] = {
    "enum": (0x00, "u1", 0xFF),
    "sint8": (0x01, "i1", 0x7F),
    "uint8": (0x02, "u1", 0xFF),
    "sint16": (0x83, "i2", 0x7FFF),
    "uint16": (0x84, "u2", 0xFFFF),
    "sint32": (0x85, "i4", 0x7FFFFFFF),
    "uint32": (0x86, "u4", 0xFFFFFFFF),
    "string": (0x07, "S", b""),
    "float32": (0x88, "f4", np.nan),
    "uint16z": (0x8B, "u2", 0),
    "uint32z": (0x8C, "u4", 0),
    "byte": (0x0D, "u1", 0xFF),
}

# Field: (number, base type[, scale[, offset]])
_TOTALS = {
    "message_index": (254, "uint16"),
    "timestamp": (253, "uint32"),
    "event": (0, "enum"),
    "event_type": (1, "enum"),
    "start_time": (2, "uint32"),
    "start_position_lat": (3, "sint32"),
    "start_position_long": (4, "sint32"),
    "total_elapsed_time": (7, "uint32", 1000),
    "total_timer_time": (8, "uint32", 1000),
    "total_distance": (9, "uint32", 100),
    "total_calories": (11, "uint16"),
}
MESSAGES: dict[str, tuple[int, dict[str, tuple]]] = {
    "file_id": (
        0,
        {
            "type": (0, "enum"),
            "manufacturer": (1, "uint16"),
            "product": (2, "uint16"),
            "serial_number": (3, "uint32z"),
            "time_created": (4, "uint32"),
            "product_name": (8, "string"),
        },
    ),
    "device_settings": (2, {"utc_offset": (1, "uint32"), "time_zone_offset": (5, "sint8", 4)}),
    "user_profile": (3, {"gender": (1, "enum"), "weight": (4, "uint16", 10), "resting_heart_rate": (8, "uint8")}),
    "sport": (12, {"sport": (0, "enum"), "sub_sport": (1, "enum"), "name": (3, "string")}),
    "session": (
        18,
        _TOTALS
        | {
            "sport": (5, "enum"),
            "sub_sport": (6, "enum"),
            "avg_speed": (14, "uint16", 1000),
            "max_speed": (15, "uint16", 1000),
            "avg_heart_rate": (16, "uint8"),
            "max_heart_rate": (17, "uint8"),
            "avg_cadence": (18, "uint8"),
            "avg_power": (20, "uint16"),
            "total_ascent": (22, "uint16"),
            "total_descent": (23, "uint16"),
            "first_lap_index": (25, "uint16"),
            "num_laps": (26, "uint16"),
            "trigger": (28, "enum"),
            "sport_profile_name": (110, "string"),
            "enhanced_avg_speed": (124, "uint32", 1000),
            "workout_feel": (192, "uint8"),
            "workout_rpe": (193, "uint8"),
        },
    ),
    "lap": (
        19,
        _TOTALS
        | {
            "avg_speed": (13, "uint16", 1000),
            "max_speed": (14, "uint16", 1000),
            "avg_heart_rate": (15, "uint8"),
            "max_heart_rate": (16, "uint8"),
            "avg_cadence": (17, "uint8"),
            "avg_power": (19, "uint16"),
            "total_ascent": (21, "uint16"),
            "total_descent": (22, "uint16"),
            "intensity": (23, "enum"),
            "lap_trigger": (24, "enum"),
            "sport": (25, "enum"),
        },
    ),
    "record": (
        20,
        {
            "timestamp": (253, "uint32"),
            "position_lat": (0, "sint32"),
            "position_long": (1, "sint32"),
            "altitude": (2, "uint16", 5, 500),
            "enhanced_altitude": (78, "uint32", 5, 500),
            "heart_rate": (3, "uint8"),
            "cadence": (4, "uint8"),
            "fractional_cadence": (53, "uint8", 128),
            "distance": (5, "uint32", 100),
            "speed": (6, "uint16", 1000),
            "enhanced_speed": (73, "uint32", 1000),
            "power": (7, "uint16"),
            "temperature": (13, "sint8"),
            "gps_accuracy": (31, "uint8"),
            "vertical_oscillation": (39, "uint16", 10),
            "stance_time_percent": (40, "uint16", 100),
            "stance_time": (41, "uint16", 10),
            "stance_time_balance": (84, "uint16", 100),
            "vertical_ratio": (83, "uint16", 100),
            "step_length": (85, "uint16", 10),
        },
    ),
    "event": (
        21,
        {
            "timestamp": (253, "uint32"),
            "event": (0, "enum"),
            "event_type": (1, "enum"),
            "data": (3, "uint32"),
            "event_group": (4, "uint8"),
        },
    ),
    "device_info": (
        23,
        {
            "timestamp": (253, "uint32"),
            "device_index": (0, "uint8"),
            "device_type": (1, "uint8"),
            "manufacturer": (2, "uint16"),
            "serial_number": (3, "uint32z"),
            "product": (4, "uint16"),
            "software_version": (5, "uint16", 100),
            "product_name": (27, "string"),
        },
    ),
    "activity": (
        34,
        {
            "timestamp": (253, "uint32"),
            "total_timer_time": (0, "uint32", 1000),
            "num_sessions": (1, "uint16"),
            "type": (2, "enum"),
            "event": (3, "enum"),
            "event_type": (4, "enum"),
            "local_timestamp": (5, "uint32"),
        },
    ),
    "hrv": (78, {"time": (0, "uint16", 1000)}),
    "field_description": (
        206,
        {
            "developer_data_index": (0, "uint8"),
            "field_definition_number": (1, "uint8"),
            "fit_base_type_id": (2, "uint8"),
            "field_name": (3, "string"),
            "scale": (6, "uint8"),
            "units": (8, "string"),
            "native_mesg_num": (14, "uint16"),
            "native_field_num": (15, "uint8"),
        },
    ),
    "developer_data_id": (
        207,
        {
            "application_id": (1, "byte"),
            "manufacturer_id": (2, "uint16"),
            "developer_data_index": (3, "uint8"),
            "application_version": (4, "uint32"),
        },
    ),
}

# Words for the enums a caller would otherwise have to remember.
WORDS: dict[str, dict[str, int]] = {
    "type": {"settings": 2, "activity": 4, "workout": 5, "course": 6},
    "sport": {
        "generic": 0,
        "running": 1,
        "cycling": 2,
        "transition": 3,
        "fitness_equipment": 4,
        "swimming": 5,
        "training": 10,
        "walking": 11,
        "hiking": 17,
    },
    "sub_sport": {
        "generic": 0,
        "treadmill": 1,
        "street": 2,
        "trail": 3,
        "track": 4,
        "road": 7,
        "lap_swimming": 17,
        "open_water": 18,
        "strength_training": 20,
    },
    "event": {"timer": 0, "session": 8, "lap": 9, "activity": 26},
    "event_type": {"start": 0, "stop": 1, "stop_all": 4},
    "intensity": {"active": 0, "rest": 1, "warmup": 2, "cooldown": 3},
    "lap_trigger": {"manual": 0, "time": 1, "distance": 2, "session_end": 7},
    "trigger": {"activity_end": 0, "manual": 1, "auto_multi_sport": 2},
    "manufacturer": {
        "garmin": 1,
        "suunto": 23,
        "wahoo_fitness": 32,
        "stryd": 95,
        "polar_electro": 123,
        "coros": 294,
        "development": 255,
    },
}
WORDS["gender"] = {"f": 0, "m": 1}


def _crc_table() -> list[int]:
    table = []
    for value in range(256):
        for _ in range(8):
            value = (value >> 1) ^ 0xA001 if value & 1 else value >> 1
        table.append(value)
    return table


_CRC = _crc_table()


def crc(data: bytes, value: int = 0) -> int:
    """The 16-bit checksum a FIT file ends with.

    >>> crc(b"123456789") == 0xBB3D
    True
    """
    table = _CRC
    for byte in data:
        value = (value >> 8) ^ table[(value ^ byte) & 0xFF]
    return value


class FitFile:
    """A FIT file in the making: add messages in the order they should stand, then take ``to_bytes()``.

    Values are given in the units of the profile (metres, m/s, bpm, seconds; instants as Unix seconds; enums as words or
    numbers); None and NaN become the base type's "invalid" marker. ``big_endian`` writes every message in that order,
    ``compressed`` puts the record times into the message headers, as some older watches do.

    >>> fit = FitFile()
    >>> fit.add("file_id", type="activity", manufacturer="garmin", time_created=1_780_000_000)
    >>> fit.add_rows("record", {"timestamp": [1_780_000_000, 1_780_000_001], "heart_rate": [120, float("nan")]})
    >>> data = fit.to_bytes()
    >>> data[:2], data[8:12], crc(data)
    (b'\\x0e\\x10', b'.FIT', 0)
    """

    def __init__(self, *, big_endian: bool = False, compressed: bool = False) -> None:
        self._order = ">" if big_endian else "<"
        self._compressed = compressed
        self._parts: list[bytes] = []
        self._slots: dict[bytes, int] = {}  # definition -> local message number
        self._developer: dict[str, tuple[int, int, str]] = {}  # name -> field number, developer index, base type

    def add(self, message: str, **fields: object) -> None:
        """Add one message; fields left out or None are not written.

        >>> fit = FitFile()
        >>> fit.add("event", timestamp=1_780_000_000, event="timer", event_type="start")
        """
        self.add_rows(message, {name: [value] for name, value in fields.items() if value is not None})

    def add_developer(
        self,
        fields: Mapping[str, tuple[str, str]],
        *,
        index: int = 0,
        manufacturer: str = "development",
        application_id: bytes = b"runlab-samples!!",
    ) -> None:
        """Announce developer fields: name -> (base type, units); records may then carry columns of these names.

        >>> fit = FitFile()
        >>> fit.add_developer({"Power": ("uint16", "Watts")}, manufacturer="stryd")
        >>> fit.add_rows("record", {"timestamp": [1_780_000_000], "Power": [250]})
        """
        self.add(
            "developer_data_id",
            application_id=list(application_id[:16].ljust(16, b"\0")),
            manufacturer_id=WORDS["manufacturer"][manufacturer],
            developer_data_index=index,
        )
        for number, (name, (base, units)) in enumerate(fields.items()):
            self.add(
                "field_description",
                developer_data_index=index,
                field_definition_number=number,
                fit_base_type_id=_BASE[base][0],
                field_name=name,
                units=units,
                native_mesg_num=20,
            )
            self._developer[name] = (number, index, base)

    def add_rows(self, message: str, columns: Mapping[str, object]) -> None:
        """Add many messages of one layout at once: one sequence per field, all of the same length.

        >>> fit = FitFile(big_endian=True, compressed=True)
        >>> fit.add_rows("record", {"timestamp": [1_780_000_000, 1_780_000_003], "distance": [0.0, 9.5]})
        """
        if message not in MESSAGES:
            raise SettingsError(f"the FIT writer knows {', '.join(MESSAGES)}, not {message!r}")
        number, profile = MESSAGES[message]
        native, developer, values = [], [], {}
        for name, column in columns.items():
            if name in profile:
                field, base, *how = profile[name]
                values[name] = self._encode(name, column, base, *how)
                native.append((name, field, base))
            elif name in self._developer and message == "record":
                field, index, base = self._developer[name]
                values[name] = self._encode(name, column, base)
                developer.append((name, field, index))
            else:
                raise SettingsError(f"FIT {message}: no field {name!r} known; add_developer() announces new ones")
        rows = len(next(iter(values.values())))
        if not rows:
            return
        if not (self._compressed and message == "record"):
            self._write(number, native, developer, values, slice(None))
            return
        # A 5-bit offset reaches 31 s: full timestamps at the start and after every longer gap.
        gaps = np.flatnonzero(np.diff(values["timestamp"].astype("i8")) > 31) + 1
        edges = [0, *gaps.tolist(), rows]
        bare = [field for field in native if field[0] != "timestamp"]
        for first, last in zip(edges[:-1], edges[1:], strict=True):
            self._write(number, native, developer, values, slice(first, first + 1))
            if last > first + 1:
                self._write(number, bare, developer, values, slice(first + 1, last), times=values["timestamp"])

    def to_bytes(self) -> bytes:
        """The whole file: header, messages, checksum.

        >>> len(FitFile().to_bytes())
        16
        """
        body = b"".join(self._parts)
        header = bytes([14, 0x10]) + (2195).to_bytes(2, "little") + len(body).to_bytes(4, "little") + b".FIT"
        header += crc(header).to_bytes(2, "little")
        return header + body + crc(body, crc(header)).to_bytes(2, "little")

    def _encode(self, name: str, column: object, base: str, scale: float = 1, offset: float = 0) -> np.ndarray:
        _, code, invalid = _BASE[base]
        cells = list(column) if not isinstance(column, np.ndarray) else column  # type: ignore[call-overload]
        if base == "string":
            encoded = [str(cell).encode() + b"\0" for cell in cells]
            return np.array(encoded, dtype=f"S{max(map(len, encoded))}")
        if name in WORDS:
            cells = [WORDS[name].get(cell, cell) if isinstance(cell, str) else cell for cell in cells]
        number = np.array(
            [np.nan if cell is None else cell for cell in cells] if isinstance(cells, list) else cells, float
        )
        if code == "f4":
            return number.astype(self._order + code)
        if name in ("timestamp", "start_time", "time_created", "local_timestamp"):
            number = number - EPOCH
        elif name.endswith(("position_lat", "position_long")):
            number = number * SEMICIRCLE
        raw = np.rint((number + offset) * scale)
        info = np.iinfo(code)
        missing = ~np.isfinite(raw)
        if (~missing & ((raw < info.min) | (raw > info.max))).any():
            raise SettingsError(
                f"FIT field {name!r}: {number[~missing].min():g} to {number[~missing].max():g} "
                f"does not fit {base} with scale {scale:g}"
            )
        return np.where(missing, invalid, np.where(missing, 0, raw)).astype("i8").astype(self._order + code)

    def _write(
        self,
        message: int,
        native: list,
        developer: list,
        values: dict[str, np.ndarray],
        rows: slice,
        *,
        times: np.ndarray | None = None,
    ) -> None:
        order: Literal["big", "little"] = "big" if self._order == ">" else "little"

        def size(name: str) -> int:
            return values[name].dtype.itemsize * (values[name].shape[1] if values[name].ndim > 1 else 1)

        layout = bytes([0, self._order == ">"]) + message.to_bytes(2, order) + bytes([len(native)])
        layout += b"".join(bytes([field, size(name), _BASE[base][0]]) for name, field, base in native)
        if developer:
            layout += bytes([len(developer)]) + b"".join(bytes([f, size(name), i]) for name, f, i in developer)
        if layout not in self._slots:
            # Compressed headers can name local messages 0 to 3 only: they take turns in their own two.
            taken = set(self._slots.values())
            choices = range(2, 4) if times is not None else [0, 1, *range(4, 16)]
            slot = next((c for c in choices if c not in taken), choices[0])
            self._slots = {known: s for known, s in self._slots.items() if s != slot} | {layout: slot}
            self._parts.append(bytes([0x40 | (0x20 if developer else 0) | slot]) + layout)
        slot = self._slots[layout]
        names = [name for name, *_ in native] + [name for name, *_ in developer]
        kinds = [(name, values[name].dtype, values[name].shape[1:]) for name in names]
        block = np.zeros(len(values[names[0]][rows]), dtype=[("header", "u1"), *kinds])
        block["header"] = slot if times is None else 0x80 | (slot << 5) | (times[rows].astype("i8") & 31)
        for name in names:
            block[name] = values[name][rows]
        self._parts.append(block.tobytes())


def tiny_run(samples: int = 60) -> bytes:
    """A minute of easy running as FIT bytes: for examples and tests that need a file and nothing of it.

    >>> len(tiny_run()) < 2000
    True
    """
    start, count = 1_780_000_000, np.arange(samples)
    fit = FitFile()
    fit.add("file_id", type="activity", manufacturer="development", product=1, time_created=start)
    fit.add("event", timestamp=start, event="timer", event_type="start")
    fit.add_rows(
        "record",
        {
            "timestamp": start + count,
            "distance": 3.0 * count,
            "enhanced_speed": np.full(samples, 3.0),
            "heart_rate": 110 + count // 4,
            "cadence": np.full(samples, 84),
            "enhanced_altitude": np.full(samples, 120.0),
        },
    )
    totals = {
        "start_time": start,
        "timestamp": start + samples,
        "total_elapsed_time": float(samples),
        "total_timer_time": float(samples),
        "total_distance": 3.0 * (samples - 1),
    }
    fit.add("lap", **totals)
    fit.add("session", sport="running", **totals)
    fit.add("activity", timestamp=start + samples, local_timestamp=start + samples + 7200, num_sessions=1)
    return fit.to_bytes()
