"""How training was spread over easy, middle and hard: by time and by session, with bands from uncertain thresholds."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd

from ..errors import one_of
from ..evidence import grade_of
from ..log import Log
from ..numerics import normal_quantile
from .results import runs
from .thresholds import run_thresholds

ZONES = ("low", "middle", "high")
# The lower border, as a share of threshold, and how far it lies from person to person; the upper one is threshold.
LOWER_BORDER = {"heart_rate_bpm": (0.89, 0.02), "graded_speed_mps": (0.86, 0.03), "speed_mps": (0.86, 0.03)}
UPPER_BORDER = {"heart_rate_bpm": (0.99, 0.01), "graded_speed_mps": (1.0, 0.015), "speed_mps": (1.0, 0.02)}
PERIODS = {"all": None, "week": "W", "month": "M", "quarter": "Q", "year": "Y"}
COLUMNS = [
    "period",
    "method",
    "zone",
    "value",
    "low",
    "high",
    "level",
    "n",
    "hours",
    "unmeasured",
    "unit",
    "grade",
    "basis",
]


def polarization_index(low: float, middle: float, high: float) -> float:
    """One number for how polarized a training mix is: above 2.00, with least time in the middle, polarized.

    Definition: log10(low / middle x high x 100), the three as fractions of their sum (Treff). With nothing in the
    middle 0.01 is taken from the high share. NaN where nothing is high, where high exceeds low, or where a share is
    missing.

    Takes three shares, percentages or hours. Returns a number.
    Evidence: A for the definition, mixed on whether polarized training is better. Treff et al., Front Physiol
    2019;10:707.

    >>> round(polarization_index(80, 5, 15), 3), round(polarization_index(80, 15, 5), 3)
    (2.38, 1.426)
    """
    parts = np.array([low, middle, high], float)
    if not np.isfinite(parts).all() or (parts < 0).any() or parts.sum() <= 0:
        return math.nan
    low, middle, high = parts / parts.sum()
    if middle == 0:
        middle, high = 0.01, high - 0.01
    if not (high > 0 and low > 0) or high > low:
        return math.nan
    return math.log10(low / middle * high * 100)


def run_intensity(log: Log, *, channel: str = "best", shift: float = 0.0) -> pd.DataFrame:
    """Seconds each run spent below, around and above threshold, from the channel that can be trusted.

    Definition: heart rate where it covers 80 % of the run and threshold heart rate is known, else grade-adjusted
    speed, else speed. Low: below 0.89 of threshold heart rate or 0.86 of threshold speed; high: above 0.99 or 1.0.
    ``shift`` moves both borders by that many standard deviations of what is uncertain about them (used for bands).

    Takes a log of one athlete with ``histograms``; ``channel`` is "best", "heart_rate" or "speed".
    Returns one row per run: ``activity_id``, ``date``, ``moving_time_s``, ``low_s``, ``middle_s``, ``high_s``,
    ``channel``, ``basis``; NaN where no threshold or channel is known.
    Evidence: C (three zones after Seiler; borders from thresholds, not from a laboratory).

    >>> from runlab.log import Log
    >>> from runlab import tables
    >>> empty = Log(activities=tables.empty(tables.ACTIVITIES), histograms=pd.DataFrame(), athletes={})
    >>> run_intensity(empty).columns.tolist()[:4]
    ['activity_id', 'date', 'moving_time_s', 'low_s']
    """
    log.only()
    one_of("channel", channel, ("best", "heart_rate", "speed"))
    own = runs(log).reset_index(drop=True)
    own = own.join(run_thresholds(log).reset_index(drop=True))
    return _seconds(own, log.histograms, channel, shift)


def _channels(own: pd.DataFrame, counts: pd.DataFrame, channel: str) -> np.ndarray:
    """Which channel each run is judged by; empty text where none will do."""
    total = counts.pivot_table(index="activity_id", columns="channel", values="seconds", aggfunc="sum", fill_value=0.0)
    total = total.reindex(own["activity_id"])
    moving = own["moving_time_s"].fillna(own["timer_time_s"]).to_numpy(float)

    def covered(name: str, share: float) -> np.ndarray:
        held = total[name].to_numpy(float) if name in total.columns else np.zeros(len(own))
        return held >= share * np.maximum(moving, 1.0)

    heart = covered("heart_rate_bpm", 0.8) & own["threshold_heart_rate_bpm"].notna().to_numpy()
    flags = own["quality_flags"].fillna("").str.contains("cadence_lock|hr_stuck", regex=True).to_numpy()
    heart &= ~flags
    speed = own["threshold_speed_mps"].notna().to_numpy()
    graded, plain = covered("graded_speed_mps", 0.8) & speed, covered("speed_mps", 0.7) & speed
    if channel == "heart_rate":
        graded, plain = np.zeros(len(own), bool), np.zeros(len(own), bool)
    if channel == "speed":
        heart = np.zeros(len(own), bool)
    return np.select([heart, graded, plain], ["heart_rate_bpm", "graded_speed_mps", "speed_mps"], "")


def _seconds(own: pd.DataFrame, counts: pd.DataFrame, channel: str, shift: float) -> pd.DataFrame:
    out = own.reindex(columns=["activity_id", "date", "moving_time_s"]).assign(
        low_s=np.nan, middle_s=np.nan, high_s=np.nan, channel=pd.Series("", index=own.index, dtype="str"), basis=""
    )
    if own.empty or counts.empty:
        return out.assign(basis="needs samples or histograms; found none")
    chosen = _channels(own, counts, channel)
    out["channel"] = pd.Series(chosen, index=own.index, dtype="str")
    position = pd.Series(np.arange(len(own)), index=own["activity_id"].to_numpy())
    row = position.reindex(counts["activity_id"]).to_numpy(float)
    inside = np.isfinite(row)
    row = row[inside].astype(int)
    names, value, seconds = (counts[c].to_numpy()[inside] for c in ("channel", "value", "seconds"))
    use = chosen[row] == names
    row, names, value, seconds = row[use], names[use], value[use].astype(float), seconds[use].astype(float)
    sums = np.zeros((3, len(own)))
    for name in ("heart_rate_bpm", "graded_speed_mps", "speed_mps"):
        part = names == name
        if not part.any():
            continue
        base = "threshold_heart_rate" if name == "heart_rate_bpm" else "threshold_speed"
        unit = "_bpm" if name == "heart_rate_bpm" else "_mps"
        border = own[base + unit].to_numpy(float)
        doubt = own[base + "_doubt"].fillna(0.05).to_numpy(float)
        (lower, lower_sd), (upper, upper_sd) = LOWER_BORDER[name], UPPER_BORDER[name]
        cut = [border * (share + shift * np.hypot(doubt, sd)) for share, sd in ((lower, lower_sd), (upper, upper_sd))]
        rows, held = row[part], seconds[part]
        zone = (value[part] >= cut[0][rows]).astype(int) + (value[part] >= cut[1][rows])
        for k in range(3):
            sums[k] += np.bincount(rows[zone == k], held[zone == k], minlength=len(own))
    known = chosen != ""
    for k, name in enumerate(ZONES):
        out[f"{name}_s"] = np.where(known, sums[k], np.nan)
    words = {
        "": "no threshold or channel is known",
        "heart_rate_bpm": "heart rate",
        "speed_mps": "speed",
        "graded_speed_mps": "grade-adjusted speed",
    }
    out["basis"] = pd.Series(chosen, index=own.index).map(words).astype("str")
    return out


def session_zone(seconds: pd.DataFrame) -> np.ndarray:
    """What a session was for, by where its time went: "high", "middle", "low", or empty where nothing is known.

    Definition [D]: high with 5 min or more, and 6 % of the time, above threshold; else middle with 12 min or more,
    and 25 % of the time, between the borders or above; else low.

    Takes rows with ``low_s``, ``middle_s``, ``high_s``. Returns an array of text.

    >>> session_zone(pd.DataFrame({"low_s": [2400.0], "middle_s": [300.0], "high_s": [900.0]})).tolist()
    ['high']
    """
    low, middle, high = (seconds[f"{name}_s"].to_numpy(float) for name in ZONES)
    total = low + middle + high
    with np.errstate(invalid="ignore"):
        is_high = (high >= 300) & (high >= 0.06 * total)
        is_middle = (middle + high >= 720) & (middle + high >= 0.25 * total)
    return np.select([~np.isfinite(total), is_high, is_middle], ["", "high", "middle"], "low")


def intensity_distribution(log: Log, *, by: str = "all", channel: str = "best", level: float = 0.8) -> pd.DataFrame:
    """How running was spread over easy, middle and hard: as shares of time, and as shares of sessions.

    Definition: ``method`` "time" is seconds in each zone over all measured seconds; "session" gives each run to one
    zone (``session_zone``). Both are shown because they answer different questions: the 80/20 of the literature
    counts sessions, and by time the easy share reads higher. Bands come from moving both borders together by what is
    uncertain about thresholds.

    Takes a log of one athlete; ``by`` is "all", "week", "month", "quarter" or "year"; ``channel`` "best",
    "heart_rate", "speed". Returns rows of ``period`` (first day), ``method``, ``zone``, ``value`` (0-1), ``low``,
    ``high``, ``level``, ``n`` (runs), ``hours`` (measured), ``unmeasured`` (runs left out), ``grade``, ``basis``;
    NaN values with a reason where nothing could be measured. Raises SettingsError for another ``by`` or ``channel``,
    or several athletes. Evidence: C; heart rate lags, so short repetitions look easier than they were.

    >>> from runlab.log import Log
    >>> from runlab import tables
    >>> empty = Log(activities=tables.empty(tables.ACTIVITIES), histograms=pd.DataFrame(), athletes={})
    >>> len(intensity_distribution(empty))
    0
    """
    log.only()
    one_of("by", by, PERIODS)
    own = runs(log).reset_index(drop=True)
    own = own.join(run_thresholds(log).reset_index(drop=True))
    z = normal_quantile((1 + level) / 2)
    found = {shift: _seconds(own, log.histograms, channel, shift) for shift in (0.0, -z, z)}
    if own.empty:
        return pd.DataFrame(columns=COLUMNS)
    code = PERIODS[by]
    period = own["date"].dt.to_period(code).dt.start_time if code else pd.Series(own["date"].min(), index=own.index)
    rows = []
    for first, index in own.groupby(period).groups.items():
        rows += _shares(first, {shift: frame.loc[index] for shift, frame in found.items()}, level)
    frame = pd.DataFrame(rows, columns=COLUMNS)
    return frame.astype({"value": float, "low": float, "high": float, "n": "int64"})


def _shares(first: Any, found: dict[float, pd.DataFrame], level: float) -> list[dict]:
    by_shift = {}
    for shift, frame in found.items():
        time = frame[[f"{name}_s" for name in ZONES]].sum().to_numpy(float)
        kind = session_zone(frame)
        sessions = np.array([(kind == name).sum() for name in ZONES], float)
        with np.errstate(invalid="ignore"):
            by_shift[shift] = {
                "time": time / time.sum() if time.sum() > 0 else np.full(3, np.nan),
                "session": sessions / sessions.sum() if sessions.sum() else np.full(3, np.nan),
            }
    middle = found[0.0]
    known = middle["channel"] != ""
    hours = float(middle.loc[known, [f"{name}_s" for name in ZONES]].to_numpy().sum() / 3600)
    names = middle.loc[known, "basis"].value_counts()
    basis = (
        ("by " + ", ".join(f"{name} ({n} runs)" for name, n in names.items()))
        if len(names)
        else ("needs a threshold (athlete.toml, races or hard efforts) and heart rate or speed; found none")
    )
    rows = []
    for method in ("time", "session"):
        values = {shift: part[method] for shift, part in by_shift.items()}
        for k, zone in enumerate(ZONES):
            three = [part[k] for part in values.values()]
            rows.append(
                {
                    "period": first,
                    "method": method,
                    "zone": zone,
                    "value": values[0.0][k],
                    "low": min(three),
                    "high": max(three),
                    "level": level,
                    "n": int(known.sum()),
                    "hours": hours,
                    "unmeasured": int((~known).sum()),
                    "unit": "0-1",
                    "grade": grade_of("intensity_distribution"),
                    "basis": basis,
                }
            )
    return rows
