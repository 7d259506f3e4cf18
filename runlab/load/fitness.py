"""The slow and the fast running mean of load: fitness, fatigue, form; how fast fitness rises; what a target asks."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd

from .. import tables
from ..clean import clean_share_of
from ..errors import SettingsError, one_of
from ..evidence import Estimate, grade_of
from .calendar import Calendar, daily_calendar, recursive_mean, running_sum

_WORDS = ("", "partly unmeasured", "mostly unmeasured")


def fitness_and_fatigue(
    daily: pd.DataFrame,
    *,
    fitness_days: float = 42,
    fatigue_days: float = 7,
    variant: str = "exponential",
    seed: float | tuple[float, float] | str = 0.0,
    form_day: str = "previous",
    minimum_known_share: float = 0.5,
) -> pd.DataFrame:
    """The long and the short running mean of daily load, and the difference between them.

    Each day moves a mean by a share of the way to the day's load: ``1 - exp(-1/days)`` ("exponential", as TrainingPeaks
    and GoldenCheetah) or ``2/(days + 1)`` ("span", about twice as fast: never compare across the two). Fitness takes 42
    days, fatigue 7. Form is fitness minus fatigue, of the evening before (``form_day="previous"``: what the runner woke
    up with) or of the same evening ("same").

    Both begin at ``seed``: a number, a pair (fitness, fatigue), "first" (the first day's load) or "corrected" (divided
    by ``maturity``, exact if load is steady). From 0 they read low for about three times their days; ``maturity`` is
    the share of fitness that rests on days in the table (63 % on day 42).

    Takes a daily table with ``date`` and ``load`` (``athlete``, ``load_low``, ``load_high`` if there). A day without a
    row is a rest day, 0. A NaN day is an unmeasured one: each of its unmeasured sessions is taken as the athlete's mean
    session of the 42 days before (rest days do not count), on top of what is known of that day (``load_low``), with a
    band from that to the largest day of those 42. ``known_share`` is the share of sessions, the recent ones most, that
    were measured (a day with load is one session without ``sessions`` and ``unmeasured_sessions``); below
    ``minimum_known_share`` the numbers are NaN, as they are where nothing was measured before.
    Returns athlete, date, load, fitness, fatigue, form, their _low and _high (all loads at their low, or high, end),
    maturity, known_share, reason. The past never changes when days are added.
    Raises SettingsError for a wrong setting, TableError for a day given twice.
    Evidence: [C] names only: arbitrary units, untested thresholds; a description of load, no measure of fitness.

    >>> days = pd.date_range("2026-01-01", periods=84)
    >>> table = fitness_and_fatigue(pd.DataFrame({"date": days, "load": 60.0}))
    >>> table[["fitness", "fatigue", "form", "maturity"]].iloc[[6, 41, 83]].round(2).to_numpy()
    array([[  9.21,  37.93, -26.55,   0.15],
           [ 37.93,  59.85, -22.43,   0.63],
           [ 51.88,  60.  ,  -8.32,   0.86]])
    """
    days = daily_calendar(daily, "load")
    slow, fast = smoothing(fitness_days, variant), smoothing(fatigue_days, variant)
    one_of("form_day", form_day, ("previous", "same"))
    load, low, high, known = filled_load(days)
    begin = _seeds(seed, load)
    count = np.arange(1, days.shape[1] + 1)
    maturity = -np.expm1(count * math.log1p(-slow))
    divide = (maturity, -np.expm1(count * math.log1p(-fast))) if seed == "corrected" else (1.0, 1.0)

    def three(loads: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        means = [recursive_mean(loads, a, s) for a, s in zip((slow, fast), begin, strict=True)]
        for mean, by in zip(means, divide, strict=True):
            if seed == "corrected":
                mean /= by
        form = means[0] - means[1]
        if form_day == "previous" and form.shape[1]:
            form[:, 1:] = form[:, :-1].copy()
            form[:, 0] = begin[0] - begin[1]
        return means[0], means[1], form

    middle = three(load)
    lower = middle if low is load else three(low)
    upper = middle if high is load else three(high)
    columns: dict[str, Any] = {"load": days.matrix("load")}
    columns |= dict(zip(("fitness", "fatigue", "form"), middle, strict=True))
    for k, name in enumerate(("fitness", "fatigue")):
        columns[f"{name}_low"], columns[f"{name}_high"] = lower[k], upper[k]
    if lower is middle and upper is middle:
        columns["form_low"] = columns["form_high"] = middle[2]
    else:
        columns["form_low"] = np.minimum(np.minimum(middle[2], lower[2]), upper[2])
        columns["form_high"] = np.maximum(np.maximum(middle[2], lower[2]), upper[2])
    columns["maturity"] = maturity[None, :]
    if known is None:
        columns["known_share"] = np.ones((1, 1))
        code = np.zeros(days.shape, dtype=np.int8)
    else:
        done, measured = sessions_by_day(days, known)
        with np.errstate(divide="ignore", invalid="ignore"):
            share, quick = (
                np.nan_to_num(recursive_mean(measured, alpha) / recursive_mean(done, alpha), nan=1.0)
                for alpha in (slow, fast)
            )
        columns["known_share"] = share
        code = np.where(share < 1 - 1e-9, 1, 0).astype(np.int8)
        code[share < minimum_known_share] = 2
        poor = {"fitness": share < minimum_known_share, "fatigue": quick < minimum_known_share}
        if form_day == "previous" and share.shape[1]:
            before = poor["fitness"] | poor["fatigue"]
            poor["form"] = np.concatenate((np.zeros((len(before), 1), dtype=bool), before[:, :-1]), axis=1)
        else:
            poor["form"] = poor["fitness"] | poor["fatigue"]
        code[poor["fatigue"] & (code == 0)] = 1
        for name, where in poor.items():
            for column in (name, f"{name}_low", f"{name}_high"):
                columns[column] = np.where(where, np.nan, columns[column])
    table = days.table(columns)
    table["reason"] = days.text(code, _WORDS)
    return table


def ramp(
    daily: pd.DataFrame,
    *,
    days: int = 7,
    fitness_days: float = 42,
    variant: str = "exponential",
    seed: float | tuple[float, float] | str = 0.0,
) -> pd.DataFrame:
    """How much fitness rose in the last week.

    Fitness today minus fitness ``days`` ago, from the fitness columns of ``daily`` if ``fitness_and_fatigue`` made it,
    else computed with the settings given. While ``maturity`` is low it rises because it began at 0, not because of
    training.

    Takes a daily table with ``load``, or the result of ``fitness_and_fatigue``.
    Returns athlete, date, ramp, maturity, known_share, reason; NaN in the first ``days`` days and where fitness is NaN.
    Evidence: [C] limits in circulation (5 to 8 a week) have no study behind them.

    >>> load = [0.0] * 60 + [70.0] * 7
    >>> table = ramp(pd.DataFrame({"date": pd.date_range("2026-01-01", periods=67), "load": load}))
    >>> round(float(table["ramp"].iloc[-1]), 2)
    10.75
    """
    tables.check(daily, tables.DAILY, "date")
    if days < 1:
        raise SettingsError(f"days must be 1 or more, not {days}")
    table = (
        daily
        if {"fitness", "maturity", "known_share"} <= set(daily.columns)
        else fitness_and_fatigue(daily, fitness_days=fitness_days, variant=variant, seed=seed)
    )
    spread = daily_calendar(table)
    fitness = spread.matrix("fitness", absent=np.nan)
    rise = np.full(fitness.shape, np.nan)
    rise[:, days:] = fitness[:, days:] - fitness[:, :-days]
    maturity = spread.matrix("maturity")
    code = np.where(maturity < 1 - math.exp(-1), 2, 0).astype(np.int8)
    code[np.isnan(rise)] = 3
    code[:, :days] = 1
    out = spread.table({"ramp": rise, "maturity": maturity, "known_share": spread.matrix("known_share")})
    out["reason"] = spread.text(
        code,
        (
            "",
            f"needs {days} days before it",
            f"fitness is young (under {fitness_days:g} days): it rises by itself",
            "fitness is not known",
        ),
    )
    return out


def required_load(
    daily: pd.DataFrame,
    *,
    target: float,
    through: Any,
    measure: str = "fitness",
    fitness_days: float = 42,
    fatigue_days: float = 7,
    variant: str = "exponential",
    seed: float | tuple[float, float] | str = 0.0,
    form_day: str = "previous",
) -> Estimate:
    """What must I do every day to be at this fitness (or fatigue, or form) on that day?

    The even daily load from the day after the table's last ``through`` the day asked for, solved exactly (for the form
    of a morning the day before is the last). The interval comes from the band of today's values; the basis says how it
    compares with the last four weeks.

    Takes the daily table of one athlete with ``load``. Returns an Estimate in TRIMP per day; unknown when the target
    lies out of reach (less than complete rest), the day is not after the table's end, or today's value is not known.
    Raises SettingsError for several athletes or a wrong setting.
    Evidence: [C] arithmetic on an index with arbitrary units: a target in it is a habit, no proof of form.

    >>> daily = pd.DataFrame({"date": pd.date_range("2026-01-01", periods=200), "load": 50.0})
    >>> required_load(daily, target=60, through="2026-08-31")
    65.8 TRIMP/day (65.8–65.8; 80 %), n = 200 [C] · every day for 43 days to 2026-08-31; the last 28 days held 50 a day,
    the highest 28 days 50
    """
    one_of("measure", measure, ("fitness", "fatigue", "form"))
    one_of("form_day", form_day, ("previous", "same"))
    tables.check(daily, tables.DAILY, "date", "load")
    if "athlete" in daily.columns and len(daily["athlete"].unique()) > 1:
        raise SettingsError("required_load needs one athlete; pick one: daily[daily['athlete'] == '…']")
    unit = "TRIMP/day"
    if not len(daily):
        return Estimate.unknown("needs a daily table with load; found no days", unit=unit)
    table = fitness_and_fatigue(
        daily, fitness_days=fitness_days, fatigue_days=fatigue_days, variant=variant, seed=seed, form_day="same"
    )
    today, last = table.iloc[-1], table["date"].iloc[-1]
    day = pd.Timestamp(through).normalize().tz_localize(None)
    ahead = (day - last).days
    steps = ahead - 1 if measure == "form" and form_day == "previous" else ahead
    if steps < 1:
        return Estimate.unknown(f"needs a day after the table's last, {last:%Y-%m-%d}; found {day:%Y-%m-%d}", unit=unit)
    keep = [(1 - smoothing(d, variant)) ** steps for d in (fitness_days, fatigue_days)]
    sign = {"fitness": (1, 0), "fatigue": (0, 1), "form": (1, -1)}[measure]
    slope = sum(s * (1 - k) for s, k in zip(sign, keep, strict=True))

    def solve(end: str) -> float:
        rest = sum(
            s * k * today[f"{name}{end}"] for s, k, name in zip(sign, keep, ("fitness", "fatigue"), strict=True) if s
        )
        return (target - rest) / slope

    loads = [solve(end) for end in ("", "_low", "_high")]
    if not math.isfinite(loads[0]):
        return Estimate.unknown(f"needs a known {measure} on {last:%Y-%m-%d}; {today['reason']}", unit=unit)
    if loads[0] < -1e-9:
        return Estimate.unknown(
            f"no load leads there: complete rest to {day:%Y-%m-%d} leaves {measure} at "
            f"{target - slope * loads[0]:.0f}, target {target:g}",
            unit=unit,
        )
    recent = table["load"].tail(28).mean()
    basis = f"every day for {steps} days to {day:%Y-%m-%d}; the last 28 days held {recent:.0f} a day"
    peak = table["load"].rolling(28).mean().max()
    if math.isfinite(peak) and loads[0] > peak + 0.5:
        basis += f", the highest 28 days {peak:.0f}"
    if today["maturity"] < 1 - math.exp(-1):
        basis += f"; {measure} is young ({today['maturity']:.0%} mature)".replace("%", " %")
    return Estimate(
        max(loads[0], 0.0),
        max(min(loads), 0.0),
        max(max(loads), 0.0),
        n=len(table),
        unit=unit,
        clean_share=clean_share_of(daily),
        grade=grade_of("required_load"),
        basis=basis,
    )


def smoothing(days: float, variant: str) -> float:
    """The share of the way a running mean moves each day.

    Takes the time constant (or span) in days and the variant's name. Returns a number between 0 and 1.
    Raises SettingsError for days below 1 or another variant.
    Evidence: [A] definitions.

    >>> round(smoothing(42, "exponential"), 5), round(smoothing(42, "span"), 5)
    (0.02353, 0.04651)
    """
    one_of("variant", variant, ("exponential", "span"))
    if not days >= 1:
        raise SettingsError(f"days must be 1 or more, not {days}")
    return -math.expm1(-1 / days) if variant == "exponential" else 2 / (days + 1)


def _seeds(seed: float | tuple[float, float] | str, load: np.ndarray) -> tuple[Any, Any]:
    if isinstance(seed, str):
        one_of("seed", seed, ("first", "corrected"))
        begin = load[:, 0].copy() if seed == "first" and load.shape[1] else 0.0
        return begin, begin
    pair = seed if isinstance(seed, tuple) else (seed, seed)
    if len(pair) != 2 or not all(math.isfinite(s) for s in pair):
        raise SettingsError(f"seed must be a number, a pair (fitness, fatigue), 'first' or 'corrected', not {seed!r}")
    return float(pair[0]), float(pair[1])


def filled_load(days: Calendar) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray | None]:
    """Load with unmeasured days stood in for, its low and high end, and which days are measured (None: all).

    >>> days = daily_calendar(pd.DataFrame({"date": pd.date_range("2026-01-01", periods=3), "load": [40, np.nan, 0]}))
    >>> [part.tolist() for part in filled_load(days)[:3]]
    [[[40.0, 40.0, 0.0]], [[40.0, 0.0, 0.0]], [[40.0, 40.0, 0.0]]]
    """
    load = days.matrix("load")
    low = days.matrix("load_low", otherwise=load)
    high = days.matrix("load_high", otherwise=load)
    if np.isfinite(load).all():
        low = low if low is load else np.where(np.isfinite(low), low, load)
        high = high if high is load else np.where(np.isfinite(high), high, load)
        return load, low, high, None
    known = np.isfinite(load)
    done, measured = sessions_by_day(days, known)
    mean, peak = _before(np.where(known, load, 0.0), np.where(known, done, 0.0))
    floor = np.where(np.isfinite(low), low, np.where(known, load, 0.0))
    middle = np.where(known, load, floor + (done - measured) * mean)
    top = np.where(known, np.where(np.isfinite(high), high, load), np.fmax(peak, middle))
    return middle, floor, top, known


def sessions_by_day(days: Calendar, known: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """How many sessions each day held and how many of them were measured, as matrices.

    Without ``sessions`` in the table a day with load, and a day whose load is not known, is one session.

    >>> table = pd.DataFrame({"date": pd.date_range("2026-01-01", periods=3), "load": [40, np.nan, 0]})
    >>> days = daily_calendar(table)
    >>> [part.tolist() for part in sessions_by_day(days, np.isfinite(days.matrix("load")))]
    [[[1.0, 1.0, 0.0]], [[1.0, 0.0, 0.0]]]
    """
    done = days.matrix("sessions", otherwise=(~known | (days.matrix("load") > 0)).astype(float))
    missing = days.matrix("unmeasured_sessions", otherwise=(~known).astype(float))
    missing = np.where(known, 0.0, np.maximum(missing, 1.0))
    done = np.maximum(np.nan_to_num(done), missing)
    return done, done - missing


def _before(load: np.ndarray, sessions: np.ndarray, *, window: int = 42) -> tuple[np.ndarray, np.ndarray]:
    """The mean measured session and the largest measured day of the 42 days before each; else the last such."""
    count, total = running_sum(sessions, window), running_sum(load, window)
    mean, peak = np.zeros(load.shape), np.zeros(load.shape)
    if not load.shape[1]:
        return mean, peak
    with np.errstate(divide="ignore", invalid="ignore"):
        session = np.where(count > 0.5, total / count, np.nan)
    largest = pd.DataFrame(load.T).rolling(window, min_periods=1).max().to_numpy().T
    largest = np.where(count > 0.5, largest, np.nan)
    mean[:, 1:] = pd.DataFrame(session.T).ffill().fillna(0.0).to_numpy().T[:, :-1]
    peak[:, 1:] = pd.DataFrame(largest.T).ffill().fillna(0.0).to_numpy().T[:, :-1]
    return mean, peak
