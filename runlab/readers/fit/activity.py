"""FIT messages to an Activity: the samples. Laps, sessions and what the file says of itself are in ``about.py``."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ...errors import FileError
from ...tables import RECORDS
from .. import derived
from ..activity import Activity, identity, latest_instant_s, repeated
from .about import (
    ON_FOOT,
    about_file,
    file_kind,
    laps_frame,
    session_of,
    session_totals,
    sport_message,
    stated_totals,
    told_times,
)
from .columns import FIT_EPOCH_S, Columns, compressed_stamps, gather
from .damage import LONGEST_S, POSSIBLE, believed_time, implausible, isolated, outlying_times
from .developer import developer_numbers
from .heart_rate import merged_heart_rate
from .profile import message_profile
from .rows import Rows
from .walk import STRING, TIMESTAMP, Walk, walk

SESSION, LAP, RECORD, EVENT, LENGTH, HR = 18, 19, 20, 21, 101, 132
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
_ALWAYS_SET = set(_ALWAYS)


def read(data: bytes, *, name: str = "", sha256: str = "") -> Activity:
    """Read a FIT activity: every sample that can be had, damaged or not.

    Cadence is both feet: twice the stored strides per minute (with their fraction) on foot, revolutions elsewhere.
    Speed and altitude prefer the ``enhanced_`` fields. ``timer_running`` is False strictly between a timer stop and the
    next start. Samples are ordered by time; a clock that ran backwards is named in ``about["problems"]``. Developer
    fields are columns of their own under ``dev_``; ``about["developer_fields"]`` gives their names and units.

    Raises FileError for bytes that are not FIT, hold no samples, or are a FIT file of another kind (settings,
    workout, course, monitoring ...), naming the kind.

    >>> from runlab.samples import run_file
    >>> read(run_file().read_bytes()).about["file_kind"]
    'activity'
    """
    found = walk(data, name=name)
    kind = file_kind(found)
    if kind != "activity":
        raise FileError(
            f"{name or 'data'}: this is a FIT {kind or 'file of unknown kind'}"
            f"{' file' if kind else ''}, not an activity; runlab reads activities"
        )
    records, laps, session_rows = gather(found, RECORD), Rows(found, LAP), Rows(found, SESSION)
    if records is None and not len(session_rows):
        raise FileError(
            f"{name or 'data'}: the FIT file holds no samples and no session"
            + ("; " + found.problems[0][1] if found.problems else "; export it again from the watch")
        )
    about = about_file(found, kind)
    columns = records or Columns(message_profile(RECORD), [], np.empty(0, np.int64))
    times, keep, middle = _times(found, columns, about["problems"])
    sessions = about["sessions"] = _dated(session_totals(session_rows, middle), about["problems"])
    sport = sessions[0]["sport"] if sessions else sport_message(found)
    about["sport"] = sport if len({r["sport"] for r in sessions}) < 2 else "multisport"
    about["sub_sport"] = sessions[0]["sub_sport"] if len(sessions) == 1 else ""
    about["totals"] = stated_totals(sessions)
    on_foot = [r["sport"] in ON_FOOT for r in sessions] or [sport in ON_FOOT or not sport]
    samples = _samples(found, columns, times, keep, sessions, on_foot, about)
    if len(samples["time"]):
        about["start_time"] = samples["time"][0]
    else:
        known = [r["start_time"] for r in sessions if not pd.isna(r["start_time"])]
        about["start_time"] = min(known) if known else pd.NaT
    own = about["activity_id"] = identity(about["start_time"], sha256)
    about["sha256"] = sha256
    frame = pd.DataFrame({"activity_id": repeated(own, len(samples["time"])), **samples}, copy=False)
    starts = np.array([s["start_fit_s"] for s in sessions])
    return Activity(frame, laps_frame(laps, starts, on_foot, own, middle), about)


def _times(found: Walk, columns: Columns, problems: list) -> tuple[np.ndarray, np.ndarray, float]:
    """The samples' times in FIT seconds, which of them can be, and, where that must be judged, the file's own time.

    It must where the file is damaged, or its clock falls back by more than anyone's run is long.
    """
    times = compressed_stamps(found, columns, columns.stamps())
    if (times < 0).any():
        times = _times_of_parts(found, times, problems)
    keep, middle = (times >= 0) & (times < latest_instant_s() - FIT_EPOCH_S), np.nan
    good = times[keep]
    if not found.complete or (np.diff(good) < -LONGEST_S).any():
        middle = believed_time(told_times(found), good)
        keep &= ~outlying_times(times, middle)
    if lost := len(times) - int(np.count_nonzero(keep)):
        problems.append(("records", f"{lost} samples have no time that can be", "left out"))
    return times, keep, middle


def _dated(sessions: list[dict], problems: list) -> list[dict]:
    """Several sessions of a damaged file without those whose start cannot be: their samples are the others'."""
    dated = [s for s in sessions if s["start_fit_s"] == s["start_fit_s"]]
    if len(dated) == len(sessions) or not dated:
        return sessions
    problems.append(("session", f"{len(sessions) - len(dated)} sessions have no start that can be", "the others"))
    return dated


def _samples(
    found: Walk,
    columns: Columns,
    times: np.ndarray,
    keep: np.ndarray,
    sessions: list[dict],
    on_foot: list[bool],
    about: dict[str, Any],
) -> dict[str, Any]:
    """The columns of ``records`` from ``time`` on, in order of the schema."""
    problems, n = about["problems"], len(columns)
    lost = not keep.all()
    names = (
        _ALWAYS + [c for c in NATIVE if c not in _ALWAYS_SET and _stored(columns, NATIVE[c])] + _other_fields(columns)
    )
    developer = developer_numbers(columns, about["developer"]) if about["developer"] else {}
    plain = {k: v for k, v in developer.items() if v.dtype != object}
    block = np.empty((len(names) + len(plain), n))
    for i, column in enumerate(names):
        _fill(columns, NATIVE.get(column, (column,)), block[i])
    for i, values in enumerate(plain.values()):
        block[len(names) + i] = values
    index = {column: i for i, column in enumerate(names)}
    block[:2] *= SEMICIRCLE_DEG  # latitude and longitude lead the schema
    if columns.message.numbers.get("compressed_speed_distance") in columns.slots:
        _unpack_compressed(columns, block, index)
    if any(d.message == HR for d in found.definitions):
        _strap_heart_rate(found, times, block[index["heart_rate_bpm"]], keep)
    session = session_of(times, np.array([s["start_fit_s"] for s in sessions]))
    cadence = block[index["cadence_spm"]]
    fraction = columns.numbers("fractional_cadence")
    if fraction is not None:
        cadence += np.nan_to_num(fraction)
    cadence *= np.where(np.array(on_foot)[session], 2.0, 1.0) if len(on_foot) > 1 else 2.0 if on_foot[0] else 1.0
    for column, count in implausible(block, index):
        problems.append((column, f"{count} values that cannot be", "the other channels of those samples"))
    if not found.complete:
        for column, count in isolated(block, [*names, *plain]):
            problems.append(
                (column, f"{count} values far from both neighbours in a damaged file", "the rest of those samples")
            )
    order: Any = slice(None)
    if lost or (n > 1 and (times[1:] <= times[:-1]).any()):
        order = np.flatnonzero(keep)
        backwards = int((np.diff(times[order]) < 0).sum())
        if backwards:
            order = order[np.argsort(times[order], kind="stable")]
            problems.append(("records", f"the clock runs backwards {backwards} times", "all samples, ordered by time"))
        block = block[:, order]
        once = derived.one_per_instant(times[order], block, problems)
        if once is not None:
            block, order = block[:, once], order[once]
        times, session = times[order], session[order]
    if len(times) and times[-1] < SYSTEM_TIME:
        problems.append(
            ("records", "the watch's clock was never set: dates count from when it was switched on", "all samples")
        )
    running, about["pauses"] = _timer(found, times)
    _derive(block, index, times, session, running, problems)
    micros = ((times + FIT_EPOCH_S) * 1_000_000).view("datetime64[us]")
    out: dict[str, Any] = {"time": pd.DatetimeIndex(micros, tz="UTC")}
    out |= {column: block[i] for i, column in enumerate(_ALWAYS)}
    out["timer_running"] = running
    out |= {column: block[i] for column, i in index.items() if column not in _ALWAYS_SET}
    out |= {column: block[len(names) + i] for i, column in enumerate(plain)}
    if len(sessions) > 1:
        out["session"] = session + 1
    for column, values in developer.items():
        if values.dtype == object:
            items = values[order].tolist()
            is_text = all(isinstance(v, str) or v != v for v in items)
            texts = [v if isinstance(v, str) else None for v in items]
            out[column] = pd.array(texts, dtype="str") if is_text else values[order]
    return out


def _times_of_parts(found: Walk, times: np.ndarray, problems: list) -> np.ndarray:
    """Times for samples without one, where there are just as many pool lengths, or laps: the end of each.

    Pool watches of old wrote one sample a length and left its time to the length.
    """
    untimed = np.flatnonzero(times < 0)
    for number, word in ((LENGTH, "pool lengths"), (LAP, "laps")):
        parts = Rows(found, number)
        end = np.add(parts.numbers("start_time"), parts.numbers("total_elapsed_time"))
        if len(parts) == len(untimed) == len(times) and np.isfinite(end).all() and (np.diff(end) >= 0).all():
            out = times.copy()
            out[untimed] = np.round(end)
            said = f"{len(untimed)} samples have no time, as many as there are {word}"
            problems.append(("records", said, f"all of them, at the ends of the {word}"))
            return out
    return times


def _derive(
    block: np.ndarray,
    index: dict[str, int],
    times: np.ndarray,
    session: np.ndarray,
    running: np.ndarray,
    problems: list,
) -> None:
    """Distance along the positions and speed from distance, for files in which no sample has its own."""
    metres, speed = block[index["distance_m"]], block[index["speed_mps"]]
    if len(times) < 2 or not (np.isnan(metres[-1]) and np.isnan(metres).all() or np.isnan(speed).all()):
        return
    if np.isnan(metres).all():
        metres[:] = derived.distance(
            None, block[0], block[1], session, ~running, problems, (times - times[0]).astype(float)
        )[0]
    if np.isnan(speed).all() and not np.isnan(metres).all():
        edges = np.flatnonzero((np.diff(running) != 0) | (np.diff(session) != 0)) + 1
        found = derived.speed(None, metres, (times - times[0]).astype(float), [0, *edges.tolist(), len(times)])[0]
        low, high = POSSIBLE["speed_mps"]
        speed[:] = np.where((found >= low) & (found <= high), found, np.nan)


def _stored(columns: Columns, names: tuple[str, ...]) -> bool:
    return any(columns.message.numbers.get(n) in columns.slots for n in names)


def _other_fields(columns: Columns) -> list[str]:
    """Native single-number fields the schema does not name, under their profile names."""
    out = []
    for number, places in columns.slots.items():
        spec = columns.message.fields.get(number)
        if spec is None or spec.name in _TAKEN or spec.components or spec.words or number == TIMESTAMP:
            continue
        if all(slot.base != STRING and slot.count == 1 for _, slot in places):
            out.append(spec.name)
    return out


def _fill(columns: Columns, names: tuple[str, ...], out: np.ndarray) -> None:
    done = False
    for name in names:
        if columns.message.numbers.get(name) not in columns.slots:
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
    stored = np.full((len(columns), 3), 0xFF, dtype=np.int64)
    for part, slot in columns.slots[columns.message.numbers["compressed_speed_distance"]]:
        raw = part.raw(slot)
        if raw.ndim == 2 and raw.shape[1] == 3:
            stored[part.row] = raw
    given = np.flatnonzero((stored != 0xFF).any(axis=1))
    if not len(given):
        return
    a, b, c = stored[given].T
    counter = b >> 4 | c << 4
    total = counter[0] + np.r_[0, np.cumsum(np.diff(counter) & 0xFFF)]
    for column, values in (("speed_mps", (a | (b & 0x0F) << 8) / 100), ("distance_m", total / 16)):
        row = block[index[column]]
        row[given] = np.where(np.isnan(row[given]), values, row[given])


def _strap_heart_rate(found: Walk, stamps: np.ndarray, heart_rate: np.ndarray, keep: np.ndarray) -> None:
    """Heart rate from ``hr`` messages, where the samples themselves have none."""
    merged = merged_heart_rate(gather(found, HR), np.where(keep, stamps, 0))  # type: ignore[arg-type]
    if merged is not None:
        np.copyto(heart_rate, merged, where=~np.isnan(merged))


def _timer(found: Walk, times: np.ndarray) -> tuple[np.ndarray, list[tuple[float, float]]]:
    """Whether the timer ran at each sample, and the pauses as (seconds after the first sample, length in seconds)."""
    running = np.ones(len(times), dtype=bool)
    events = Rows(found, EVENT)
    if not len(events) or not len(times):
        return running, []
    kind, what, when = events.numbers("event"), events.numbers("event_type"), events.stamps()
    pauses, stopped = [], None
    for k, w, t in sorted(zip(kind, what, when, strict=True), key=lambda e: e[2]):
        if k != 0 or t != t:  # only the timer's own events
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
