"""What a taper was: length, depth, shape, what was kept, beside the athlete's own past tapers and the evidence."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd

from ..evidence import grade_of
from ..log import Log
from ..progression.intensity import run_intensity
from ..progression.results import runs
from ..progression.weeks import excused_days
from .taper_shapes import shapes
from .volumes import BASELINE_WEEKS, BELOW, LEAST_WEEKS, LONG_M, daily_volume, main_races, race_row, taper_length

STOP_DAYS = 3  # in a row without a run: may be an illness if none so long was usual
REST_DAYS = 5  # before a race a row of rest days is what it looks like
REVIEW_COLUMNS = [
    "measure",
    "value",
    "unit",
    "own",
    "own_n",
    "reference_low",
    "reference_high",
    "verdict",
    "grade",
    "basis",
    "source",
]
_BOSQUET = "Bosquet 2007; Wang 2023"
# measure -> (unit, low, high, source); what studies of tapers found worthwhile.
REFERENCES = {
    "length": ("days", 8.0, 21.0, _BOSQUET),
    "depth": ("%", 41.0, 60.0, _BOSQUET),
    "last_week": ("%", math.nan, math.nan, ""),
    "strict_weeks": ("weeks", 2.0, 3.0, "Smyth & Lawlor 2021"),
    "hard_minutes_kept": ("%", 80.0, math.nan, "Bosquet 2007 (intensity kept)"),
    "hard_speed_change": ("%", -5.0, 5.0, "Bosquet 2007 (intensity kept)"),
    "frequency_kept": ("%", 80.0, math.nan, "Mujika & Padilla 2003"),
    "strength_sessions": ("sessions", math.nan, math.nan, "Travis 2020 (practice)"),
    "strength_last": ("days before", 2.0, 10.0, "Travis 2020 (practice)"),
    "longest_run_last_two_weeks": ("% of longest", math.nan, math.nan, ""),
}


def _measures(log: Log, date: pd.Timestamp, inside: pd.DataFrame) -> tuple[dict[str, float], dict[str, str]]:
    """Every measure of one taper, and words on how it was got; NaN where it cannot be had."""
    volume = daily_volume(log, date)
    values = dict.fromkeys(REFERENCES, math.nan)
    words = dict.fromkeys(REFERENCES, "")
    values["shape"] = math.nan
    if len(volume) < 7 * LEAST_WEEKS:
        return values, {k: f"needs 6 weeks of running before the race; found {len(volume) // 7}" for k in words}
    weeks = volume.to_numpy()[::-1][: 7 * (len(volume) // 7)].reshape(-1, 7).sum(1)  # week 0 ends the day before
    length, baseline = taper_length(volume.to_numpy())
    if not baseline > 0:
        return values, dict.fromkeys(words, "no running in the weeks before")
    start = date - pd.Timedelta(days=max(length, 14))
    if lost := _lost(log, volume, date, length):
        for name in ("length", "depth", "strict_weeks"):
            words[name] = f"cannot tell a taper from what it was cut short by: {lost}"
        words["last_week"] = f"the last 7 days against the weeks before; {lost}"
        values["last_week"] = 100 * (1 - volume.to_numpy()[-7:].mean() / baseline)
        _kept(log, date, start, inside, values, words)
        return values, words
    values["length"] = float(length)
    words["length"] = f"days that add up to less than {100 * BELOW:.0f} % of the usual ones"
    strict = 0
    while strict + 1 < len(weeks) and strict < 5 and weeks[strict] < weeks[strict + 1]:
        strict += 1
    values["strict_weeks"], words["strict_weeks"] = float(strict), "weeks in a row with less than the one before"
    taper = volume.to_numpy()[-length:] if length else np.array([])
    if length >= 4:
        values["depth"] = 100 * (1 - taper.mean() / baseline)
        words["depth"] = f"mean of {length} days against the weeks before"
    else:
        words["depth"] = "no taper of 4 days or more found"
    values["last_week"] = 100 * (1 - volume.to_numpy()[-7:].mean() / baseline)
    words["last_week"] = "the last 7 days against the weeks before"
    _kept(log, date, start, inside, values, words)
    return values, words


def _lost(log: Log, volume: pd.Series, date: pd.Timestamp, length: int) -> str:
    """What of a taper so long was not chosen, in words: excused days, or a stop longer than any in the weeks before."""
    days = volume.index[len(volume) - length :]
    excused = int(days.isin(excused_days(log)).sum())
    if excused:
        return f"{excused} excused days in it"
    ran = np.append(np.flatnonzero(volume.to_numpy() > 0), len(volume))
    gaps, end = np.diff(ran) - 1, len(volume) - length
    before = (ran[1:] < end) & (ran[1:] >= end - 7 * BASELINE_WEEKS)
    usual = int(gaps[before].max(initial=0))
    sudden = (gaps >= max(STOP_DAYS, usual + 1)) & (ran[1:] > end) & (ran[:-1] + 1 < len(volume) - REST_DAYS)
    return f"{gaps[sudden].max()} days in a row without a run" if sudden.any() else ""


def _kept(log: Log, date: pd.Timestamp, start: pd.Timestamp, inside: pd.DataFrame, values: dict, words: dict) -> None:
    own = runs(log, on=date)
    late = own["date"] >= start
    before = (own["date"] >= start - pd.Timedelta(weeks=BASELINE_WEEKS)) & ~late
    days, days_before = (date - start).days, 7 * BASELINE_WEEKS
    if before.any():
        rate, rate_before = late.sum() / days, before.sum() / days_before
        values["frequency_kept"] = 100 * rate / rate_before
        words["frequency_kept"] = f"{7 * rate:.1f} runs a week against {7 * rate_before:.1f}"
        longest, usual = (
            own.loc[own["date"] >= date - pd.Timedelta(days=14), "distance_m"].max(),
            own.loc[before, "distance_m"].max(),
        )
        values["longest_run_last_two_weeks"] = 100 * longest / usual
        words["longest_run_last_two_weeks"] = "longest of the last 14 days against the longest before"
    part = inside[inside["date"] < date] if len(inside) else inside
    if len(part) and part["high_s"].notna().any():
        hard = part["high_s"] + 0.5 * part["middle_s"]
        is_late = part["date"] >= start
        is_before = (part["date"] >= start - pd.Timedelta(weeks=BASELINE_WEEKS)) & ~is_late
        rate, rate_before = hard[is_late].sum() / days, hard[is_before].sum() / days_before
        if rate_before > 60:
            values["hard_minutes_kept"] = 100 * rate / rate_before
            words["hard_minutes_kept"] = (
                f"{7 * rate / 60:.0f} min a week around and above threshold against {7 * rate_before / 60:.0f}"
            )
        else:
            words["hard_minutes_kept"] = "hardly any hard running in the weeks before"
        _hard_speed(own, part, is_late, is_before, values, words)
    else:
        for name in ("hard_minutes_kept", "hard_speed_change"):
            words[name] = "needs a threshold and heart rate or speed; found none"
    lifts = _strength_days(log)
    lifts = lifts[(lifts < date) & (lifts >= start)]
    values["strength_sessions"] = float(len(lifts))
    words["strength_sessions"] = "as logged; not logged is not counted"
    recent = _strength_days(log)
    recent = recent[(recent < date) & (recent >= date - pd.Timedelta(days=42))]
    if len(recent):
        values["strength_last"] = float((date - recent.max()).days)
        words["strength_last"] = "last logged strength session"
    else:
        words["strength_last"] = "no strength session logged in 6 weeks"


def _hard_speed(
    own: pd.DataFrame, part: pd.DataFrame, late: pd.Series, before: pd.Series, values: dict, words: dict
) -> None:
    """Change of the speed of sessions with hard running in them."""
    quality = part["activity_id"][part["high_s"] >= 240]
    speed = own.set_index("activity_id")["graded_speed_mps"].reindex(quality)
    when = part.set_index("activity_id")["date"].reindex(quality)
    now, then = (
        speed[when >= part.loc[late, "date"].min()].dropna() if late.any() else speed.head(0),
        speed[when.isin(part.loc[before, "date"])].dropna(),
    )
    if len(now) >= 1 and len(then) >= 3:
        values["hard_speed_change"] = 100 * (now.mean() / then.median() - 1)
        words["hard_speed_change"] = f"{len(now)} hard session{'s' if len(now) > 1 else ''} against {len(then)} before"
    else:
        words["hard_speed_change"] = f"needs 1 hard session in the taper and 3 before; found {len(now)} and {len(then)}"


def _strength_days(log: Log) -> pd.DatetimeIndex:
    days = list(log.activities.loc[log.activities["sport"].isin(["strength", "training"]), "date"].dropna())
    logged = getattr(log, "strength", None)
    if logged is not None and len(logged) and "date" in logged.columns:
        days += list(pd.to_datetime(logged["date"]).dropna())
    return pd.DatetimeIndex(sorted(set(days)))


def taper_shape(volume: pd.Series, length: int, baseline: float) -> tuple[str, float]:
    """Which published shape a taper comes nearest to, and the share of its variation that shape explains.

    Takes volume by day up to the day before the race, the taper's length in days, and the daily volume before it.
    Returns ("step" | "linear" | "exponential" | "indeterminate", R2). Under 10 days, or where no shape explains 40 %:
    indeterminate.

    >>> days = pd.Series([10.0] * 14 + [10 * (1 - 0.75 * d / 14) for d in range(1, 15)])
    >>> taper_shape(days, 14, 10.0)[0]
    'linear'
    """
    if length < 10 or not baseline > 0:
        return "indeterminate", math.nan
    values = volume.to_numpy(float)
    rolling = np.convolve(values, np.ones(7) / 7, mode="valid")[-length:] / baseline
    full = np.ones(7)
    best, error = "indeterminate", math.inf
    for kind in ("step", "linear", "exponential"):
        for reduction in np.linspace(0.1, 0.95, 35):
            share = shapes(kind, length, reduction=reduction)["share"].to_numpy()
            path = np.convolve(np.concatenate([full, share]), full / 7, mode="valid")[1:]
            wrong = float(((rolling - path) ** 2).sum())
            if wrong < error * (1 - 1e-9):
                best, error = kind, wrong
    total = float(((rolling - rolling.mean()) ** 2).sum())
    explained = 1 - error / total if total > 0 else math.nan
    return (best, explained) if explained >= 0.4 else ("indeterminate", explained)


def taper_review(log: Log, race: Any) -> pd.DataFrame:
    """What a taper was: how long, how deep, which shape, what was kept, beside own past tapers and the evidence.

    Definition: baseline = median weekly volume of the 8 weeks before (weeks under 70 % of the median left out);
    ``length`` = days before the race that keep adding up to less than 92 % of the usual
    days; ``depth`` = 1 - mean
    taper volume / baseline; ``strict_weeks`` = weeks in a row with less than the one before; ``shape`` = nearest of
    step, linear, exponential; hard minutes and speed, frequency, longest run and strength against the 8 weeks
    before. The race itself is not counted.

    Takes a log of one athlete and a race (row of ``races``, mapping with ``date``, or a date).
    Returns one row per measure: ``value``, ``unit``, ``own`` (median over earlier tapers of this athlete, ``own_n``),
    ``reference_low``, ``reference_high`` (what studies found worthwhile), ``verdict`` ("inside", "below", "above",
    or the shape's name), ``grade``, ``basis``, ``source``. NaN and the reason where it cannot be told. Excused days
    in the window are named. Evidence: C for the review as a whole; several studies agree on length, depth and kept
    intensity of groups, none is dedicated to ultras, and strength is practice.

    >>> from runlab.log import Log
    >>> taper_review(Log(), "2026-05-01")[["measure", "basis"]].iloc[0].tolist()
    ['length', 'needs 6 weeks of running before the race; found 0']
    """
    log.only()
    row = race_row(log, race)
    date = row["date"]
    inside = run_intensity(log) if len(runs(log)) else pd.DataFrame()
    values, words = _measures(log, date, inside)
    past = _past(log, date)
    earlier = [_measures(log, day, inside)[0] for day in past]
    volume = daily_volume(log, date)
    length = values["length"]
    shape, explained = "indeterminate", math.nan
    if length == length and length >= 10:
        shape, explained = taper_shape(volume, int(length), taper_length(volume.to_numpy())[1])
    excused = excused_days(log)
    lost = int(((excused < date) & (excused >= date - pd.Timedelta(days=28))).sum()) if len(excused) else 0
    rows = []
    for name, (unit, low, high, source) in REFERENCES.items():
        known = [e[name] for e in earlier if math.isfinite(e[name])]
        value = values[name]
        verdict = "cannot tell"
        if math.isfinite(value):
            verdict = (
                ""
                if math.isnan(low) and math.isnan(high)
                else "below"
                if value < low
                else ("above" if value > high else "inside")
            )
        basis = words[name]
        if lost and name in ("length", "depth", "frequency_kept"):
            basis += f"; {lost} excused days in the last 4 weeks are in it"
        rows.append(
            {
                "measure": name,
                "value": value,
                "unit": unit,
                "own": float(np.median(known)) if known else math.nan,
                "own_n": len(known),
                "reference_low": low,
                "reference_high": high,
                "verdict": verdict,
                "grade": grade_of("taper_review"),
                "basis": basis,
                "source": source,
            }
        )
    rows.insert(
        3,
        {
            "measure": "shape",
            "value": explained,
            "unit": "R2",
            "own": math.nan,
            "own_n": 0,
            "reference_low": math.nan,
            "reference_high": math.nan,
            "verdict": shape,
            "grade": grade_of("taper_review"),
            "basis": "nearest published shape of 7-day volume"
            if shape != "indeterminate"
            else "needs a taper of 10 days or more that follows a shape",
            "source": "Mujika & Padilla 2003",
        },
    )
    frame = pd.DataFrame(rows, columns=REVIEW_COLUMNS)
    return frame.assign(race=row["name"], race_date=date)


def taper_lengths(log: Log, race: Any) -> tuple[float, list[float]]:
    """The days of the taper before a race, and those of the earlier ones that are known; as in ``taper_review``.

    >>> from runlab.log import Log
    >>> taper_lengths(Log(), "2026-05-01")
    (nan, [])
    """
    date = race_row(log, race)["date"]
    this, *earlier = (_measures(log, day, pd.DataFrame())[0]["length"] for day in (date, *_past(log, date)))
    return this, [days for days in earlier if math.isfinite(days)]


def _past(log: Log, date: pd.Timestamp) -> list[pd.Timestamp]:
    """Earlier races an athlete tapers for: priority A, else half marathons and longer; the last five."""
    found = main_races(log, end=date - pd.Timedelta(days=1))
    return list(found.loc[(found["priority"] == "A") | (found["distance_m"] >= LONG_M), "date"])[-5:]
