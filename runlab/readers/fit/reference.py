"""The same Activity, read by fitparse: the reference engine, slow and strict."""

from __future__ import annotations

import warnings
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd

from ...errors import FileError
from ...tables import LAPS, RECORDS, empty
from ..activity import Activity
from .about import ON_FOOT
from .activity import NATIVE, SEMICIRCLE_DEG
from .damage import implausible
from .developer import developer_column

_LAP = {
    "elapsed_time_s": ("total_elapsed_time",),
    "timer_time_s": ("total_timer_time",),
    "distance_m": ("total_distance",),
    "average_speed_mps": ("enhanced_avg_speed", "avg_speed"),
    "max_speed_mps": ("enhanced_max_speed", "max_speed"),
    "average_heart_rate_bpm": ("avg_heart_rate",),
    "max_heart_rate_bpm": ("max_heart_rate",),
    "average_cadence_spm": ("avg_running_cadence", "avg_cadence"),
    "average_power_w": ("avg_power",),
    "ascent_m": ("total_ascent",),
    "descent_m": ("total_descent",),
    "calories_kcal": ("total_calories",),
}


def read(data: bytes, *, name: str = "", sha256: str = "") -> Activity:
    """Read a FIT activity with fitparse. Damage it cannot get past raises FileError; nothing is recovered.

    >>> from runlab.samples import run_file
    >>> read(run_file().read_bytes())
    Activity(fit, running, 60 samples, 1 laps)
    """
    from fitparse import FitFile
    from fitparse.utils import FitParseError

    rows: dict[str, list[dict[str, Any]]] = {}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for message in FitFile(data).get_messages():
                values = {}
                for field in message.fields:
                    is_developer = getattr(field.field, "field_type", "") == "devfield"
                    key = developer_column(field.name or "", 0, field.def_num) if is_developer else field.name
                    values[key] = field.value
                rows.setdefault(message.name, []).append(values)
    except (FitParseError, ValueError, KeyError, IndexError, TypeError) as error:
        raise FileError(
            f"{name or 'data'}: fitparse gives up ({type(error).__name__}: {error}); read it with the default engine"
        ) from None
    kind = str(rows.get("file_id", [{}])[0].get("type", ""))
    if kind != "activity" and not (kind in ("", "None") and "record" in rows):
        raise FileError(f"{name or 'data'}: this is a FIT {kind} file, not an activity; runlab reads activities")
    sessions = rows.get("session", [])
    sport = str(sessions[0].get("sport") or "") if sessions else ""
    steps = 2.0 if sport in ON_FOOT or not sport else 1.0
    records, laps = _records(rows.get("record", []), steps), _laps(rows.get("lap", []), steps)
    about: dict[str, Any] = {
        "format": "fit",
        "file_kind": "activity",
        "engine": "fitparse",
        "sport": sport,
        "complete": True,
        "problems": [],
        "device": " ".join(str(rows["file_id"][0].get(k) or "") for k in ("manufacturer", "garmin_product")).strip()
        if "file_id" in rows
        else "",
        "sub_sport": str(sessions[0].get("sub_sport") or "") if sessions else "",
        "title": "",
        "utc_offset_s": np.nan,
        "start_time": records["time"].iloc[0] if len(records) else pd.NaT,
        "totals": {},
        "sessions": [],
    }
    return Activity(records, laps, about)


def _column(rows: list[dict[str, Any]], *names: str) -> np.ndarray:
    out = np.full(len(rows), np.nan)
    for i, row in enumerate(rows):
        value = next((row[n] for n in names if isinstance(row.get(n), (int, float))), None)
        if value is not None:
            out[i] = value
    return out


def _times(rows: list[dict[str, Any]], name: str) -> pd.Series:
    stamps: list[Any] = [row.get(name) if isinstance(row.get(name), datetime) else None for row in rows]
    return pd.Series(pd.to_datetime(stamps, utc=True)).astype("datetime64[us, UTC]")


def _records(rows: list[dict[str, Any]], steps: float) -> pd.DataFrame:
    if not rows:
        return empty(RECORDS)
    columns = {c.name: _column(rows, *NATIVE.get(c.name, (c.name,))) for c in RECORDS.columns if c.dtype == "float64"}
    columns["latitude_deg"] *= SEMICIRCLE_DEG
    columns["longitude_deg"] *= SEMICIRCLE_DEG
    columns["cadence_spm"] = steps * (columns["cadence_spm"] + np.nan_to_num(_column(rows, "fractional_cadence")))
    block = np.array(list(columns.values()))
    implausible(block, {k: i for i, k in enumerate(columns)})
    frame = pd.DataFrame(block.T, columns=list(columns))
    frame = frame[[c.name for c in RECORDS.columns if c.name in frame and (c.always or frame[c.name].notna().any())]]
    for key in sorted({k for row in rows for k in row if k.startswith("dev_")}):
        frame[key] = _column(rows, key)
    frame.insert(0, "time", _times(rows, "timestamp"))
    frame.insert(0, "activity_id", pd.Series("", index=frame.index, dtype="str"))
    frame["timer_running"] = True
    frame = frame[frame["time"].notna()].sort_values("time", kind="stable", ignore_index=True)
    own = frame[["activity_id", "time"]]  # one row for each instant, as the other engine keeps it
    return own.join(frame.drop(columns=own.columns).groupby(frame["time"]).transform("first")).drop_duplicates(
        "time", ignore_index=True
    )


def _laps(rows: list[dict[str, Any]], steps: float) -> pd.DataFrame:
    if not rows:
        return empty(LAPS)
    frame = pd.DataFrame({k: _column(rows, *names) for k, names in _LAP.items()})
    frame["average_cadence_spm"] *= steps
    frame.insert(0, "start_time", _times(rows, "start_time"))
    frame.insert(0, "lap", np.arange(1, len(frame) + 1))
    frame.insert(0, "activity_id", pd.Series("", index=frame.index, dtype="str"))
    for column, name in (("trigger", "lap_trigger"), ("intensity", "intensity")):
        frame[column] = pd.array([str(row.get(name) or "") for row in rows], dtype="str")
    return frame[[c.name for c in LAPS.columns if c.name in frame]]
