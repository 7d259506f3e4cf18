"""What a FIT file says besides its samples: what kind it is, who made it, sessions, laps, sensors, heartbeats."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from pandas.api.typing import NaTType

from ..activity import repeated, texts
from .columns import FIT_EPOCH_S, gather
from .damage import LONGEST_S
from .developer import DeveloperField, developer_fields
from .profile import words
from .rows import Rows
from .walk import STRING, Walk

FILE_ID, SPORT, SESSION, LAP, RECORD, EVENT, DEVICE_INFO, WORKOUT, ACTIVITY, HRV = 0, 12, 18, 19, 20, 21, 23, 26, 34, 78
USER_PROFILE, ZONES_TARGET = 3, 7
ON_FOOT = {"running", "walking", "hiking", "mountaineering", "snowshoeing"}

_SHARED = {
    "elapsed_time_s": ("total_elapsed_time",),
    "timer_time_s": ("total_timer_time",),
    "distance_m": ("total_distance",),
    "average_speed_mps": ("enhanced_avg_speed", "avg_speed"),
    "average_heart_rate_bpm": ("avg_heart_rate",),
    "max_heart_rate_bpm": ("max_heart_rate",),
    "average_cadence_spm": ("avg_cadence",),
    "average_power_w": ("avg_power",),
    "ascent_m": ("total_ascent",),
    "descent_m": ("total_descent",),
    "max_speed_mps": ("enhanced_max_speed", "max_speed"),
    "calories_kcal": ("total_calories",),
}

# What the watch knows of its wearer: (message, fields in order of preference, lowest, highest that can be)
_WATCH_SETTINGS: dict[str, tuple[int, tuple[str, ...], float, float]] = {
    "max_heart_rate_bpm": (ZONES_TARGET, ("max_heart_rate",), 130.0, 230.0),
    "threshold_heart_rate_bpm": (ZONES_TARGET, ("threshold_heart_rate",), 100.0, 220.0),
    "resting_heart_rate_bpm": (USER_PROFILE, ("resting_heart_rate",), 28.0, 100.0),
    "weight_kg": (USER_PROFILE, ("weight",), 25.0, 250.0),
}


def file_kind(found: Walk) -> str:
    """The kind of file in the file's own words; "activity" where it does not say but holds samples.

    >>> from runlab.samples import run_file
    >>> from runlab.readers.fit.walk import walk
    >>> file_kind(walk(run_file().read_bytes()))
    'activity'
    """
    kinds = Rows(found, FILE_ID).words("type")
    if "activity" in kinds:
        return "activity"
    if not found.complete and any(d.message == RECORD for d in found.definitions):
        return "activity"  # a damaged file_id does not outweigh samples
    if kinds and kinds[0]:
        return kinds[0] if not kinds[0].isdigit() else f"type {kinds[0]}"
    return "activity" if any(d.message in (RECORD, SESSION) for d in found.definitions) else ""


def about_file(found: Walk, kind: str) -> dict[str, Any]:
    """Maker, product, title, local time, sensors, developer fields, heartbeats, and the state of the file."""
    ids = Rows(found, FILE_ID)
    maker, serial = _first(ids.words("manufacturer")), ids.numbers("serial_number")
    product = _first(ids.text("product_name")) or (_product(maker, ids.numbers("product")[0]) if len(ids) else "")
    developer = developer_fields(found)
    return {
        "format": "fit",
        "file_kind": kind,
        "device": _device(maker, product),
        "manufacturer": maker,
        "product": product,
        "serial": str(int(serial[0])) if serial and serial[0] == serial[0] else "",
        "title": _first(Rows(found, WORKOUT).text("wkt_name")),
        "sport_profile": _first(Rows(found, SPORT).text("name")),
        "utc_offset_s": _utc_offset(found),
        "sensors": _sensors(found),
        "watch_settings": watch_settings(found),
        "rr_intervals_s": _rr_intervals(found),
        "developer": developer,
        "developer_fields": _described(developer),
        "complete": found.complete,
        "checksum": found.checksum,
        "parts": len(found.segments),
        "problems": list(found.problems),
    }


def watch_settings(found: Walk) -> dict[str, float]:
    """What the watch has been told, or has guessed, of its wearer; only what can be, and nothing for a 0.

    Many watches fill in 220 less the age for the maximum and 60 for the resting heart rate.
    """
    rows = {number: Rows(found, number) for number in (USER_PROFILE, ZONES_TARGET)}
    out = {}
    for column, (number, names, low, high) in _WATCH_SETTINGS.items():
        given = [v for v in rows[number].first(*names) if low <= v <= high]
        if given:
            out[column] = given[-1]
    return out


def sport_message(found: Walk) -> str:
    """The sport as the ``sport`` message has it, for files without a session."""
    return next(iter(Rows(found, SPORT).words("sport")), "")


def _first(items: list[str]) -> str:
    return next((item for item in items if item), "")


def _product(maker: str, number: float) -> str:
    if number != number:
        return ""
    return str((words("garmin_product") if maker == "garmin" else {}).get(int(number), int(number)))


def _device(maker: str, product: str) -> str:
    """Maker and product, the maker once."""
    return product if product.lower().startswith(maker.lower()) else f"{maker} {product}".strip()


def _described(developer: dict[tuple[int, int], DeveloperField]) -> dict[str, dict[str, str]]:
    return {f.column: {"name": f.name, "units": f.units, "application": f.application} for f in developer.values()}


def _utc_offset(found: Walk) -> float:
    """Local time minus UTC as the activity message states it, to the quarter of an hour; NaN if it does not."""
    rows = Rows(found, ACTIVITY)
    for local, stamp in zip(rows.numbers("local_timestamp"), rows.stamps(), strict=True):
        if local == local and stamp == stamp:
            offset = round((local - stamp) / 900) * 900.0
            if abs(offset) <= 14 * 3600:
                return offset
    return np.nan


def _sensors(found: Walk) -> list[dict[str, Any]]:
    """Devices named in the file: the watch itself, straps, pods."""
    rows = Rows(found, DEVICE_INFO)
    out: dict[tuple, dict[str, Any]] = {}
    for maker, name, number, kind, source, software, battery in zip(
        rows.words("manufacturer"),
        rows.text("product_name"),
        rows.numbers("product"),
        rows.numbers("device_type"),
        rows.words("source_type"),
        rows.numbers("software_version"),
        rows.words("battery_status"),
        strict=True,
    ):
        device_type = "" if kind != kind else str(words("antplus_device_type").get(int(kind), int(kind)))
        row = {
            "manufacturer": maker,
            "product": name or _product(maker, number),
            "source": source,
            "device_type": device_type,
            "software": "" if software != software else f"{software:.2f}",
            "battery": battery,
        }
        key = (row["manufacturer"], row["product"], row["device_type"])
        if any(key):
            out[key] = {**row, **{k: v for k, v in out.get(key, {}).items() if v}}
    return list(out.values())


# --- sessions and laps ------------------------------------------------------------------------------------------------


def _instant(fit_seconds: float) -> pd.Timestamp | NaTType:
    return pd.NaT if fit_seconds != fit_seconds else pd.Timestamp(int(fit_seconds + FIT_EPOCH_S), unit="s", tz="UTC")


def _shared(rows: Rows, on_foot: list[bool]) -> dict[str, list[float]]:
    """Totals and averages that laps and sessions share; cadence is both feet."""
    out = {column: rows.first(*names) for column, names in _SHARED.items()}
    fraction = rows.numbers("avg_fractional_cadence")
    out["average_cadence_spm"] = [
        (c + (f if f == f else 0.0)) * (2.0 if foot else 1.0)
        for c, f, foot in zip(out["average_cadence_spm"], fraction, on_foot, strict=True)
    ]
    return out


def told_times(found: Walk) -> list[float]:
    """The times (FIT seconds) of all messages but the samples, NaN where one has none."""
    out = Rows(found, FILE_ID).numbers("time_created")
    for number in (SESSION, LAP, EVENT, DEVICE_INFO, ACTIVITY):
        out += Rows(found, number).stamps()
    return out


def _near(values: list[float], middle: float) -> list[float]:
    """Instants without those further than any run is long from a damaged file's own time (NaN: it is not damaged)."""
    return [np.nan if abs(v - middle) > LONGEST_S else v for v in values]


def session_totals(rows: Rows, middle: float = np.nan) -> list[dict[str, Any]]:
    """One dict per session, in order of time: sport, start, totals, RPE and feel.

    ``middle`` is the time of a damaged file: a start that is far from it is none.
    """
    sport, sub = rows.words("sport"), rows.words("sub_sport")
    shared = _shared(rows, [s in ON_FOOT for s in sport])
    rpe, feel, temperature = rows.numbers("workout_rpe"), rows.numbers("workout_feel"), rows.numbers("avg_temperature")
    out = []
    starts, ends = _near(rows.numbers("start_time"), middle), _near(rows.stamps(), middle)
    for i, (start, end) in enumerate(zip(starts, ends, strict=True)):
        began = start if start == start else end
        out.append(
            {
                "sport": sport[i],
                "sub_sport": "" if sub[i] == "generic" else sub[i],
                "start_time": _instant(began),
                "start_fit_s": began,
                "rpe": rpe[i] / 10 if rpe[i] > 0 else np.nan,
                "feel": feel[i],
                "average_temperature_c": temperature[i],
                **{k: v[i] for k, v in shared.items()},
            }
        )
    return sorted(out, key=lambda s: (np.isnan(s["start_fit_s"]), s["start_fit_s"]))


def stated_totals(sessions: list[dict]) -> dict[str, float]:
    """What the file itself states for the whole: sums of times and distances, the rest only for a single session."""
    if not sessions:
        return {}
    skip = {"sport", "sub_sport", "start_time", "start_fit_s"}
    if len(sessions) == 1:
        return {k: v for k, v in sessions[0].items() if k not in skip}
    summed = ("elapsed_time_s", "timer_time_s", "distance_m", "ascent_m", "descent_m", "calories_kcal")
    return {k: float(np.nansum([s[k] for s in sessions])) for k in summed}


def session_of(times: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """Which session (from 0) an instant falls into.

    >>> session_of(np.array([5, 15, 25]), np.array([10, 20])).tolist()
    [0, 0, 1]
    """
    if len(starts) < 2:
        return np.zeros(len(times), dtype=np.int64)
    return np.clip(np.searchsorted(starts, times, side="right") - 1, 0, len(starts) - 1)


def laps_frame(
    rows: Rows, session_starts: np.ndarray, on_foot: list[bool], activity_id: str, middle: float = np.nan
) -> pd.DataFrame:
    """The ``laps`` table of the file's lap messages; averages are the watch's own. ``middle`` as in the sessions."""
    n = len(rows)
    start = np.array(_near(rows.first("start_time", "timestamp"), middle), dtype=np.float64)
    session = session_of(start, session_starts)
    feet = [on_foot[i] for i in session] if len(on_foot) > 1 else [on_foot[0]] * n
    shared = {k: np.array(v, dtype=np.float64) for k, v in _shared(rows, feet).items()}
    with np.errstate(divide="ignore", invalid="ignore"):
        derived = shared["distance_m"] / shared["timer_time_s"]
    speed = shared["average_speed_mps"]
    shared["average_speed_mps"] = np.where(np.isnan(speed) & np.isfinite(derived), derived, speed)
    known = np.isfinite(start)
    micros = np.where(known, (np.where(known, start, 0) + FIT_EPOCH_S) * 1e6, 0).astype(np.int64).view("datetime64[us]")
    micros[~known] = np.datetime64("NaT")
    extra = {k: shared.pop(k) for k in ("max_speed_mps", "calories_kcal")}
    columns: dict[str, Any] = {
        "activity_id": repeated(activity_id, n),
        "lap": np.arange(1, n + 1),
        "start_time": pd.DatetimeIndex(micros, tz="UTC"),
        **shared,
        "trigger": texts(rows.words("lap_trigger")),
        "intensity": texts(rows.words("intensity")),
        **extra,
    }
    if len(session_starts) > 1:
        columns["session"] = session + 1
    return pd.DataFrame(columns, copy=False)


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
