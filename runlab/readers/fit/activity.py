"""FIT messages to an Activity: samples, laps, and what the file says of itself."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ...errors import FileError
from ...tables import LAPS, RECORDS
from ..activity import Activity
from .columns import (
    FIT_EPOCH_S,
    Columns,
    DeveloperField,
    compressed_stamps,
    developer_fields,
    developer_numbers,
    gather,
)
from .damage import implausible, isolated, outlying_times
from .heart_rate import merged_heart_rate
from .profile import words
from .walk import STRING, TIMESTAMP, Walk, walk

FILE_ID, SESSION, LAP, RECORD, EVENT, DEVICE_INFO, WORKOUT, ACTIVITY = 0, 18, 19, 20, 21, 23, 26, 34
HRV, HR, SPORT = 78, 132, 12
SEMICIRCLE_DEG = 180.0 / 2**31
# A watch whose clock was never set counts from its start; real dates are larger than this.
SYSTEM_TIME = 0x10000000

# schema column -> native fields in order of preference (the first one that has a value wins, sample by sample)
NATIVE = {
    "latitude_deg": ("position_lat",),
    "longitude_deg": ("position_long",),
    "altitude_m": ("enhanced_altitude", "altitude"),
    "distance_m": ("distance",),
    "speed_mps": ("enhanced_speed", "speed"),
    "heart_rate_bpm": ("heart_rate",),
    "cadence_spm": ("cadence256", "cadence"),
    "power_w": ("power",),
    "temperature_c": ("temperature",),
    "vertical_oscillation_mm": ("vertical_oscillation",),
    "stance_time_ms": ("stance_time",),
    "stance_time_pct": ("stance_time_percent",),
    "stance_time_balance_pct": ("stance_time_balance",),
    "step_length_mm": ("step_length",),
    "vertical_ratio_pct": ("vertical_ratio",),
    "respiration_rate_brpm": ("enhanced_respiration_rate", "respiration_rate"),
    "gps_accuracy_m": ("gps_accuracy",),
}
_TAKEN = {name for names in NATIVE.values() for name in names} | {"fractional_cadence", "timestamp"}
_ALWAYS = [c.name for c in RECORDS.columns if c.always and c.dtype == "float64"]
ON_FOOT = {"running", "walking", "hiking", "mountaineering", "snowshoeing"}


def read(data: bytes, *, name: str = "") -> Activity:
    """Read a FIT activity: every sample that can be had, damaged or not.

    Cadence is both feet: twice the stored strides per minute (with their fraction) on foot, revolutions elsewhere.
    Speed and altitude prefer the ``enhanced_`` fields. ``timer_running`` is False strictly between a timer stop and the
    next start. Samples are ordered by time; a clock that ran backwards is named in ``about["problems"]``. Developer
    fields are columns of their own under ``dev_``; ``about["developer_fields"]`` gives their names and units.

    Raises FileError for bytes that are not FIT, hold no samples, or are a FIT file of another kind (settings,
    workout, course, monitoring ...), naming the kind.
    """
    found = walk(data, name=name)
    kind = file_kind(found)
    records, laps, sessions = gather(found, RECORD), gather(found, LAP), gather(found, SESSION)
    if kind != "activity":
        raise FileError(f"{name or 'data'}: this is a FIT {kind or 'file of unknown kind'}"
                        f"{' file' if kind else ''}, not an activity; runlab reads activities")
    if records is None and sessions is None:
        raise FileError(f"{name or 'data'}: the FIT file holds no samples and no session"
                        + ("; " + found.problems[0][1] if found.problems else "; export it again from the watch"))
    about = _about(found, kind)
    rows = _sessions(found, sessions)
    about["sessions"] = rows
    sport = rows[0]["sport"] if rows else _sport_message(found)
    about["sport"] = sport if len({r["sport"] for r in rows}) < 2 else "multisport"
    about["sub_sport"] = rows[0]["sub_sport"] if len(rows) == 1 else ""
    on_foot = [r["sport"] in ON_FOOT for r in rows] or [sport in ON_FOOT or not sport]
    frame = _records(found, records, rows, on_foot, about)
    about["totals"] = _totals(rows)
    starts = [r["start_time"] for r in rows if not pd.isna(r["start_time"])]
    about["start_time"] = frame["time"].iloc[0] if len(frame) else (min(starts) if starts else pd.NaT)
    lap_frame = _laps(found, laps, rows, on_foot)
    return Activity(frame, lap_frame, about)


def file_kind(found: Walk) -> str:
    """The kind of file in the file's own words; "activity" where it does not say but holds samples."""
    ids = gather(found, FILE_ID)
    kinds = column_words(ids, "type") if ids is not None else []
    if "activity" in kinds:
        return "activity"
    if kinds and kinds[0]:
        return kinds[0] if not kinds[0].isdigit() else f"type {kinds[0]}"
    return "activity" if gather(found, RECORD) is not None or gather(found, SESSION) is not None else ""


def column_words(columns: Columns, name: str) -> list[str]:
    """An enumerated field as words, empty where missing, the number where nobody knows the word."""
    values = columns.numbers(name)
    if values is None:
        return [""] * len(columns)
    table = columns.message.field(columns.message.number_of(name)).words or {}
    return ["" if v != v else str(table.get(int(v), int(v))) for v in values.tolist()]


def _numbers(columns: Columns, *names: str) -> np.ndarray:
    """The first of several fields that has a value, row by row."""
    out = None
    for name in names:
        values = columns.numbers(name)
        if values is not None:
            out = values if out is None else np.where(np.isnan(out), values, out)
    return np.full(len(columns), np.nan) if out is None else out


# --- samples ----------------------------------------------------------------------------------------------------------


def _records(found: Walk, columns: Columns | None, sessions: list[dict], on_foot: list[bool], about: dict) -> pd.DataFrame:
    problems = about["problems"]
    if columns is None:
        columns = Columns(gather(found, SESSION).message, [], np.empty(0, np.int64))  # type: ignore[union-attr]
    n = len(columns)
    stamps = compressed_stamps(found, columns, columns.stamps())
    keep = stamps >= 0
    if not found.complete:
        keep &= ~outlying_times(stamps)
    lost = int(n - keep.sum())
    if lost:
        problems.append(("records", f"{lost} samples have no time that can be", "left out"))
    extra = _other_fields(columns)
    names = list(_ALWAYS) + [c for c in NATIVE if c not in _ALWAYS and _stored(columns, NATIVE[c])] + list(extra)
    developer = developer_numbers(columns, about["developer"]) if about["developer"] else {}
    plain = {k: v for k, v in developer.items() if v.dtype != object}
    block = np.empty((len(names) + len(plain), n))
    for i, column in enumerate(names):
        _fill(columns, NATIVE.get(column, (column,)), block[i])
    for i, values in enumerate(plain.values()):
        block[len(names) + i] = values
    index = {column: i for i, column in enumerate(names)}
    block[index["latitude_deg"]] *= SEMICIRCLE_DEG
    block[index["longitude_deg"]] *= SEMICIRCLE_DEG
    _unpack_compressed(columns, block, index)
    _strap_heart_rate(found, stamps, block[index["heart_rate_bpm"]], keep)
    times = stamps
    session = _session_of(times, sessions)
    cadence = block[index["cadence_spm"]]
    fraction = columns.numbers("fractional_cadence")
    if fraction is not None:
        np.add(cadence, np.nan_to_num(fraction), out=cadence)
    feet = np.array(on_foot, dtype=bool)[session] if len(on_foot) > 1 else on_foot[0]
    cadence *= np.where(feet, 2.0, 1.0)
    for column, count in implausible(block, index):
        problems.append((column, f"{count} values that cannot be", "the other channels of those samples"))
    if not found.complete:
        for column, count in isolated(block, [*names, *plain]):
            problems.append((column, f"{count} values far from both neighbours in a damaged file", "the rest of those samples"))
    order = slice(None)
    if lost or (len(times) > 1 and (np.diff(times) < 0).any()):
        order = np.flatnonzero(keep)
        backwards = int((np.diff(times[order]) < 0).sum())
        if backwards:
            order = order[np.argsort(times[order], kind="stable")]
            problems.append(("records", f"the clock runs backwards {backwards} times", "all samples, ordered by time"))
        block, times, session = block[:, order], times[order], session[order] if len(on_foot) > 1 else session
    if len(times) and times[-1] < SYSTEM_TIME:
        problems.append(("records", "the watch's clock was never set: dates count from when it was switched on", "all samples"))
    running, paused = _timer(found, times)
    about["pauses"] = paused
    frame = pd.DataFrame(block.T, columns=[*names, *plain], copy=False)
    micros = ((times + FIT_EPOCH_S) * 1_000_000).view("datetime64[us]")
    frame.insert(0, "time", pd.DatetimeIndex(micros).tz_localize("UTC"))
    frame.insert(0, "activity_id", pd.array(["" for _ in range(1)], dtype="str").take(np.zeros(len(frame), dtype=np.intp)))
    frame.insert(1 + len(_ALWAYS) + 1, "timer_running", running)
    if len(sessions) > 1:
        frame["session"] = session + 1
    for column, values in developer.items():
        if values.dtype == object:
            values = values[order]
            texts = {type(v) for v in values.tolist() if v == v}
            frame[column] = pd.array([v if isinstance(v, str) else None for v in values], dtype="str") if texts <= {str} else values
    return frame


def _stored(columns: Columns, names: tuple[str, ...]) -> bool:
    return any(columns.message.number_of(n) in columns.slots for n in names if n in columns._known)


def _other_fields(columns: Columns) -> list[str]:
    """Native single-number fields the schema does not name, under their profile names."""
    out = []
    for number, places in columns.slots.items():
        spec = columns.message.fields.get(number)
        if spec is None or spec.name in _TAKEN or spec.components or number == TIMESTAMP:
            continue
        if all(slot.base != STRING and slot.count == 1 for _, slot in places):
            out.append(spec.name)
    return out


def _fill(columns: Columns, names: tuple[str, ...], out: np.ndarray) -> None:
    done = False
    for name in names:
        if name not in columns._known or columns.message.number_of(name) not in columns.slots:
            continue
        if not done:
            done = columns.numbers(name, out) is not None
        elif np.isnan(out).any():
            more = columns.numbers(name)
            if more is not None:
                np.copyto(out, more, where=np.isnan(out))
    if not done:
        out[:] = np.nan


def _unpack_compressed(columns: Columns, block: np.ndarray, index: dict[str, int]) -> None:
    """Speed and distance packed into three bytes by foot pods of old: 12 bits of speed, 12 of a distance that wraps."""
    number = columns.message.number_of("compressed_speed_distance") if "compressed_speed_distance" in columns._known else -1
    total, last, started = 0, 0, False
    for part, slot in columns.slots.get(number, []):
        raw = part.raw(slot)
        if raw.ndim != 2 or raw.shape[1] != 3:
            continue
        row = np.arange(len(columns)) if isinstance(part.row, slice) else part.row
        for r, (a, b, c) in zip(row.tolist(), raw.tolist(), strict=True):
            if a == b == c == 0xFF:
                continue
            speed, distance = a | (b & 0x0F) << 8, b >> 4 | c << 4
            total, last, started = (total + ((distance - last) & 0xFFF) if started else distance), distance, True
            if np.isnan(block[index["speed_mps"], r]):
                block[index["speed_mps"], r] = speed / 100
            if np.isnan(block[index["distance_m"], r]):
                block[index["distance_m"], r] = total / 16


def _strap_heart_rate(found: Walk, stamps: np.ndarray, heart_rate: np.ndarray, keep: np.ndarray) -> None:
    """Heart rate from ``hr`` messages, where the samples themselves have none."""
    if not any(d.message == HR for d in found.definitions):
        return
    from .messages import instants, type_frame

    when = instants(np.where(keep, stamps, 0).astype(np.float64))
    merged = merged_heart_rate(type_frame(found, HR), when)
    if merged is not None:
        np.copyto(heart_rate, merged, where=~np.isnan(merged))


def _session_of(times: np.ndarray, sessions: list[dict]) -> np.ndarray:
    if len(sessions) < 2:
        return np.zeros(len(times), dtype=np.int64)
    starts = np.array([s["start_fit_s"] for s in sessions])
    return np.clip(np.searchsorted(starts, times, side="right") - 1, 0, len(sessions) - 1)


def _timer(found: Walk, times: np.ndarray) -> tuple[np.ndarray, list[tuple[float, float]]]:
    """Whether the timer ran at each sample, and the pauses as (seconds after the first sample, length in seconds)."""
    running = np.ones(len(times), dtype=bool)
    events = gather(found, EVENT)
    if events is None or not len(times):
        return running, []
    kind, what, when = events.numbers("event"), events.numbers("event_type"), events.stamps()
    if kind is None or what is None:
        return running, []
    pauses, stopped = [], None
    for k, w, t in sorted(zip(kind.tolist(), what.tolist(), when.tolist(), strict=True), key=lambda e: e[2]):
        if k != 0 or t < 0:  # only the timer's own events
            continue
        if w in (1, 4, 8, 9):
            stopped = t if stopped is None else stopped
        elif w == 0 and stopped is not None:
            pauses.append((stopped, t))
            stopped = None
    out = []
    for a, b in pauses:
        running[np.searchsorted(times, a, side="right") : np.searchsorted(times, b, side="left")] = False
        if b > a:
            out.append((float(a - times[0]), float(b - a)))
    if stopped is not None:
        running[np.searchsorted(times, stopped, side="right") :] = False
    if running.mean() < 0.1:  # events that contradict the samples are not believed
        running[:] = True
        out = []
    return running, out


# --- laps, sessions, about --------------------------------------------------------------------------------------------


def _time_of(columns: Columns, name: str) -> np.ndarray:
    values = columns.numbers(name)
    return np.full(len(columns), np.nan) if values is None else values


def _instant(fit_seconds: float) -> pd.Timestamp:
    return pd.NaT if fit_seconds != fit_seconds else pd.Timestamp(int(fit_seconds + FIT_EPOCH_S), unit="s", tz="UTC")


def _common(columns: Columns, on_foot: np.ndarray) -> dict[str, np.ndarray]:
    """Totals and averages that laps and sessions share."""
    steps = np.where(on_foot, 2.0, 1.0)
    cadence = _numbers(columns, "avg_cadence")
    fraction = columns.numbers("avg_fractional_cadence")
    if fraction is not None:
        cadence = cadence + np.nan_to_num(fraction)
    return {
        "elapsed_time_s": _numbers(columns, "total_elapsed_time"),
        "timer_time_s": _numbers(columns, "total_timer_time"),
        "distance_m": _numbers(columns, "total_distance"),
        "average_speed_mps": _numbers(columns, "enhanced_avg_speed", "avg_speed"),
        "max_speed_mps": _numbers(columns, "enhanced_max_speed", "max_speed"),
        "average_heart_rate_bpm": _numbers(columns, "avg_heart_rate"),
        "max_heart_rate_bpm": _numbers(columns, "max_heart_rate"),
        "average_cadence_spm": cadence * steps,
        "average_power_w": _numbers(columns, "avg_power"),
        "ascent_m": _numbers(columns, "total_ascent"),
        "descent_m": _numbers(columns, "total_descent"),
        "calories_kcal": _numbers(columns, "total_calories"),
    }


def _sessions(found: Walk, columns: Columns | None) -> list[dict[str, Any]]:
    if columns is None:
        return []
    sport, sub = column_words(columns, "sport"), column_words(columns, "sub_sport")
    feet = np.array([s in ON_FOOT for s in sport])
    common = _common(columns, feet)
    start, end = _time_of(columns, "start_time"), columns.stamps()
    rpe, feel = _numbers(columns, "workout_rpe"), _numbers(columns, "workout_feel")
    temperature = _numbers(columns, "avg_temperature")
    out = []
    for i in range(len(columns)):
        began = start[i] if start[i] == start[i] else float(end[i])
        out.append({
            "sport": sport[i], "sub_sport": "" if sub[i] == "generic" else sub[i],
            "start_time": _instant(began), "start_fit_s": began,
            "rpe": rpe[i] / 10 if rpe[i] > 0 else np.nan, "feel": feel[i],
            "average_temperature_c": temperature[i],
            **{k: float(v[i]) for k, v in common.items()},
        })
    return sorted(out, key=lambda s: s["start_fit_s"])


def _totals(sessions: list[dict]) -> dict[str, float]:
    """What the file itself states for the whole: sums of times and distances, the rest only for a single session."""
    if not sessions:
        return {}
    skip = {"sport", "sub_sport", "start_time", "start_fit_s"}
    if len(sessions) == 1:
        return {k: v for k, v in sessions[0].items() if k not in skip}
    summed = ("elapsed_time_s", "timer_time_s", "distance_m", "ascent_m", "descent_m", "calories_kcal")
    return {k: float(np.nansum([s[k] for s in sessions])) for k in summed}


def _laps(found: Walk, columns: Columns | None, sessions: list[dict], on_foot: list[bool]) -> pd.DataFrame:
    if columns is None:
        from ...tables import empty

        return empty(LAPS)
    end = columns.stamps()
    start = _time_of(columns, "start_time")
    start = np.where(np.isnan(start), np.where(end >= 0, end, np.nan), start)
    session = _session_of(np.nan_to_num(start).astype(np.int64), sessions)
    feet = np.array(on_foot, dtype=bool)[session] if len(on_foot) > 1 else np.full(len(columns), on_foot[0])
    common = _common(columns, feet)
    speed = common["average_speed_mps"]
    with np.errstate(divide="ignore", invalid="ignore"):
        derived = common["distance_m"] / common["timer_time_s"]
    common["average_speed_mps"] = np.where(np.isnan(speed) & np.isfinite(derived), derived, speed)
    names = list(common)
    frame = pd.DataFrame(np.array([common[k] for k in names]).T, columns=names)
    micros = np.where(np.isnan(start), 0, (np.nan_to_num(start) + FIT_EPOCH_S) * 1e6).astype(np.int64).view("datetime64[us]")
    micros[np.isnan(start)] = np.datetime64("NaT")
    frame.insert(0, "start_time", pd.DatetimeIndex(micros).tz_localize("UTC"))
    frame.insert(0, "lap", np.arange(1, len(frame) + 1))
    frame.insert(0, "activity_id", pd.array([""] * len(frame), dtype="str"))
    frame["trigger"] = pd.array(column_words(columns, "lap_trigger"), dtype="str")
    frame["intensity"] = pd.array(column_words(columns, "intensity"), dtype="str")
    order = [c.name for c in LAPS.columns if c.name in frame.columns]
    frame = frame[order]
    if len(sessions) > 1:
        frame["session"] = session + 1
    return frame


def _sport_message(found: Walk) -> str:
    columns = gather(found, SPORT)
    return column_words(columns, "sport")[0] if columns is not None else ""


def _about(found: Walk, kind: str) -> dict[str, Any]:
    ids = gather(found, FILE_ID)
    maker = next((m for m in column_words(ids, "manufacturer") if m), "") if ids is not None else ""
    product, serial = "", ""
    if ids is not None:
        number = ids.numbers("product")
        if number is not None and number[0] == number[0]:
            known = words("garmin_product") if maker == "garmin" else {}
            product = str(known.get(int(number[0]), int(number[0])))
        product = next((t for t in ids.text("product_name") if t), "") or product
        serials = ids.numbers("serial_number")
        serial = str(int(serials[0])) if serials is not None and serials[0] == serials[0] else ""
    developer = developer_fields(found)
    workout, sport = gather(found, WORKOUT), gather(found, SPORT)
    return {
        "format": "fit", "file_kind": kind,
        "device": " ".join(x for x in (maker, product) if x), "manufacturer": maker, "product": product, "serial": serial,
        "title": next((t for t in workout.text("wkt_name") if t), "") if workout is not None else "",
        "sport_profile": next((t for t in sport.text("name") if t), "") if sport is not None else "",
        "utc_offset_s": _utc_offset(found), "sensors": _sensors(found), "rr_intervals_s": _rr_intervals(found),
        "developer": developer, "developer_fields": _described(developer),
        "complete": found.complete, "checksum": found.checksum, "parts": len(found.segments),
        "messages": {str(number): count for number, count in _counts(found).items()},
        "problems": list(found.problems),
    }


def _described(developer: dict[tuple[int, int], DeveloperField]) -> dict[str, dict[str, str]]:
    return {f.column: {"name": f.name, "units": f.units, "application": f.application} for f in developer.values()}


def _counts(found: Walk) -> dict[int, int]:
    out: dict[int, int] = {}
    for d in found.definitions:
        out[d.message] = out.get(d.message, 0) + len(d.offsets)
    return out


def _utc_offset(found: Walk) -> float:
    """Local time minus UTC as the activity message states it, to the quarter of an hour; NaN if it does not."""
    columns = gather(found, ACTIVITY)
    if columns is None:
        return np.nan
    local, stamps = columns.numbers("local_timestamp"), columns.stamps()
    if local is None:
        return np.nan
    for a, b in zip(local.tolist(), stamps.tolist(), strict=True):
        if a == a and b >= 0:
            offset = round((a - b) / 900) * 900.0
            if abs(offset) <= 14 * 3600:
                return offset
    return np.nan


def _sensors(found: Walk) -> list[dict[str, Any]]:
    """Devices named in the file: the watch itself, straps, pods."""
    columns = gather(found, DEVICE_INFO)
    if columns is None:
        return []
    makers = column_words(columns, "manufacturer")
    names, battery = columns.text("product_name"), column_words(columns, "battery_status")
    product, software = _numbers(columns, "product"), _numbers(columns, "software_version")
    kind, source = _numbers(columns, "device_type"), column_words(columns, "source_type")
    out: dict[tuple, dict[str, Any]] = {}
    for i in range(len(columns)):
        known = words("garmin_product") if makers[i] == "garmin" else {}
        number = "" if product[i] != product[i] else str(known.get(int(product[i]), int(product[i])))
        row = {"manufacturer": makers[i], "product": names[i] or number, "source": source[i],
               "device_type": "" if kind[i] != kind[i] else str(words("antplus_device_type").get(int(kind[i]), int(kind[i]))),
               "software": "" if software[i] != software[i] else f"{software[i]:.2f}", "battery": battery[i]}
        key = (row["manufacturer"], row["product"], row["device_type"])
        if any(key):
            out[key] = {**row, **{k: v for k, v in out.get(key, {}).items() if v}}
    return list(out.values())


def _rr_intervals(found: Walk) -> np.ndarray:
    """Beat-to-beat intervals in seconds, in file order; empty if the watch did not record them."""
    columns = gather(found, HRV)
    if columns is None:
        return np.empty(0)
    pieces, offsets = [], []
    for part, slot in columns.slots.get(0, []):
        raw = part.raw(slot)
        if slot.base == STRING:
            continue
        raw = raw[:, None] if raw.ndim == 1 else raw
        where = columns.offsets[part.row] if not isinstance(part.row, slice) else columns.offsets
        valid = raw != 0xFFFF
        pieces.append(raw[valid] / 1000.0)
        offsets.append(np.repeat(where, valid.sum(axis=1)))
    if not pieces:
        return np.empty(0)
    return pieces[0] if len(pieces) == 1 else np.concatenate(pieces)[np.argsort(np.concatenate(offsets), kind="stable")]
