"""What is done about suspicious samples: nothing, a repair, or leaving them out; the originals are kept."""

from __future__ import annotations

import numpy as np
import pandas as pd

from .. import tables
from ..errors import one_of
from ..numerics import stretches
from .checks import sample_flags

POLICIES = ("flag", "repair", "drop")
_FILLED_S = 10.0

# Which channels a flag casts doubt on.
_SUSPECT = {
    "hr_out_of_range": ("heart_rate_bpm",),
    "hr_spike": ("heart_rate_bpm",),
    "hr_stuck": ("heart_rate_bpm",),
    "cadence_lock": ("heart_rate_bpm",),
    "cadence_doubled": ("cadence_spm",),
    "speed_spike": ("speed_mps",),
    "gps_jump": ("latitude_deg", "longitude_deg", "speed_mps"),
}


def apply_policy(records: pd.DataFrame, policy: str = "flag", *, sport: str = "running") -> pd.DataFrame:
    """The samples as recorded, repaired, or without what looks wrong.

    "flag": nothing is altered. "drop": values a check finds fault with become missing. "repair": the same, then
    stretches of up to 10 s are filled in a straight line, doubled cadence is halved, and the distance a GPS jump
    added (beyond the run's median speed) is taken off from there on. What each flag leads to is in ``clean.CHECKS``.

    Takes the records of one activity with ``time``. Returns a new frame; every altered column keeps its recorded
    values in ``<column>_original``. Raises SettingsError for another policy.
    Evidence: [D] runlab's own choice; averages that matter should be compared under both.

    >>> time = pd.date_range("2026-05-01 08:00", periods=3, freq="s", tz="UTC")
    >>> run = pd.DataFrame({"time": time, "heart_rate_bpm": [140.0, 255.0, 142.0]})
    >>> apply_policy(run, "drop")["heart_rate_bpm"].tolist()
    [140.0, nan, nan]
    >>> repaired = apply_policy(run.assign(heart_rate_bpm=[140.0, 20.0, 142.0]), "repair")
    >>> repaired["heart_rate_bpm_original"].tolist()
    [140.0, 20.0, 142.0]
    """
    tables.check(records, tables.RECORDS, "time", key=False)
    one_of("policy", policy, POLICIES)
    flags = {} if policy == "flag" else sample_flags(records, sport=sport)
    if not flags:
        return records.copy(deep=False)
    t = tables.seconds(records["time"])
    changed: dict[str, np.ndarray] = {}
    for flag, columns in _SUSPECT.items():
        for column in columns if flag in flags else ():
            if column in records.columns:
                values = changed.get(column, records[column].to_numpy(dtype=float).copy())
                halve = policy == "repair" and flag == "cadence_doubled"
                values[flags[flag]] = values[flags[flag]] / 2 if halve else np.nan
                changed[column] = values
    if policy == "repair":
        changed = {column: _filled(t, values) for column, values in changed.items()}
        if "gps_jump" in flags and "distance_m" in records.columns:
            changed["distance_m"] = _shortened(t, records["distance_m"].to_numpy(dtype=float), flags["gps_jump"])
    kept = {name: records[c] for c in changed if (name := f"{c}_original") not in records.columns}
    altered = {column: pd.Series(values, index=records.index) for column, values in changed.items()}
    return records.assign(**altered, **kept)


def _filled(t: np.ndarray, values: np.ndarray) -> np.ndarray:
    known = np.isfinite(values) & (np.diff(t, prepend=t[0] - 1) > 0)
    if known.sum() < 2:
        return values
    out = values.copy()
    straight = np.interp(t, t[known], values[known]) if np.all(np.diff(t[known]) > 0) else values
    for a, b in zip(*stretches(~np.isfinite(values)), strict=True):
        if a > 0 and b < len(t) and t[b] - t[a - 1] <= _FILLED_S:
            out[a:b] = straight[a:b]
    return out


def _shortened(t: np.ndarray, way: np.ndarray, jump: np.ndarray) -> np.ndarray:
    """Distance without what jumps added: a step at a jump counts as the run's median speed would have it."""
    went, took = np.diff(way, prepend=way[0]), np.diff(t, prepend=t[0])
    with np.errstate(divide="ignore", invalid="ignore"):
        speed = went / took
    usual = float(np.median(speed[np.isfinite(speed) & ~jump & (speed > 0)])) if (speed > 0).any() else 0.0
    extra = np.where(jump & np.isfinite(went), np.maximum(went - usual * took, 0.0), 0.0)
    return way - np.cumsum(extra)
