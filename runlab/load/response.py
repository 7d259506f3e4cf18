"""The impulse-response model: performance as a gain from training less its fatigue; and whether it can be fitted."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from .. import tables
from ..errors import SettingsError, TableError
from .calendar import daily_calendar, recursive_mean
from .fitness import filled_load, sessions_by_day

_NAMES = ("fitness_days", "fatigue_days", "fitness_gain", "fatigue_gain", "baseline")


def impulse_response(
    load: npt.ArrayLike,
    *,
    fitness_days: float = 42,
    fatigue_days: float = 7,
    fitness_gain: float = 1.0,
    fatigue_gain: float = 2.0,
    baseline: float = 0.0,
    same_day: bool = False,
) -> pd.DataFrame:
    """Performance as every past day's load says it: a long-lasting gain less a larger, short-lived fatigue.

    ``baseline + fitness_gain · fitness - fatigue_gain · fatigue``; each is the sum of past loads, faded by ``exp(-days
    / time constant)``. The day's own load counts from the next day, as performance comes before the session; with
    ``same_day`` at once, as some tools have it.

    Takes daily loads in order without gaps (array or Series). NaN makes that day's effect, and all that follow, NaN.
    Returns a frame fitness, fatigue, performance with the index of ``load``.
    Raises SettingsError for a time constant of 0 or less.
    Evidence: [B] as a description of groups; for one athlete the constants can hardly be told apart. Calvert 1976,
    Morton 1990. 42/7 days and gains 1/2 are defaults of other tools, not measured on anybody.

    >>> impulse_response([1000, 0, 0], same_day=True)["fitness"].round().tolist()
    [1000.0, 976.0, 953.0]
    """
    for name, value in (("fitness_days", fitness_days), ("fatigue_days", fatigue_days)):
        if not value > 0:
            raise SettingsError(f"{name} must be above 0, not {value}")
    values = np.asarray(load, dtype=float)
    if values.ndim != 1:
        raise SettingsError(f"load must be one row of daily loads, not an array of shape {values.shape}")
    fitness, fatigue = (_faded(values, days, same_day) for days in (fitness_days, fatigue_days))
    index = load.index if isinstance(load, pd.Series) else None
    return pd.DataFrame(
        {
            "fitness": fitness,
            "fatigue": fatigue,
            "performance": baseline + fitness_gain * fitness - fatigue_gain * fatigue,
        },
        index=index,
    )


@dataclass(frozen=True)
class ImpulseResponseFit:
    """What a fit of the impulse-response model found, and whether it is worth anything.

    ``parameters`` (name, value, low, high: 80 %), ``errors`` (root mean square error of predicting the next
    performance, for the model, for "as last time" and for a straight line), ``predicted`` (date, performance,
    predicted), ``identified``, ``reason``, ``n``. Where not identified every value is NaN and ``reason`` says why.

    >>> ImpulseResponseFit(identified=False, reason="needs 15 performances; found 3", n=3)
    cannot tell · needs 15 performances; found 3
    """

    identified: bool
    reason: str
    n: int
    parameters: pd.DataFrame = field(
        default_factory=lambda: pd.DataFrame(columns=["name", "value", "low", "high"]), repr=False
    )
    errors: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=["model", "rmse", "n"]), repr=False)
    predicted: pd.DataFrame = field(
        default_factory=lambda: pd.DataFrame(columns=["date", "performance", "predicted"]), repr=False
    )

    def __repr__(self) -> str:
        if not self.identified:
            return f"cannot tell · {self.reason}"
        rows = {str(r.name): r for r in self.parameters.itertuples(index=False)}
        said = ", ".join(f"{name} {rows[name].value:.3g} ({rows[name].low:.3g}–{rows[name].high:.3g})" for name in rows)
        return f"{said}; 80 %, n = {self.n} [C] · {self.reason}"


def fit_impulse_response(
    daily: pd.DataFrame,
    performances: pd.DataFrame,
    *,
    minimum_performances: int = 15,
    fitness_grid: tuple[float, float, float] = (20, 60, 2),
    fatigue_grid: tuple[float, float, float] = (1, 20, 1),
    resamples: int = 200,
    level: float = 0.8,
    seed: int = 0,
) -> ImpulseResponseFit:
    """Fit gains, baseline and time constants to one athlete's performances; refuse where the data cannot tell them.

    Every pair of time constants of the grids is tried; gains (not below 0) and baseline follow by least squares.
    Intervals come from refitting to ``resamples`` redrawings of the residuals. Then each of the later performances is
    predicted from those before it, beside "as last time" and a straight line. It is identified only if both gains are
    above 0 throughout their intervals, neither time constant's interval spans most of its grid, and the predictions
    beat both simple ones.

    Takes the daily table of one athlete with ``load`` and a frame of ``date``, ``performance``: maximal performances on
    one scale where higher is better (VDOT, age grade, speed). Unmeasured days are stood in for as in
    ``fitness_and_fatigue``; with more than a fifth of sessions unmeasured it refuses.
    Returns an ImpulseResponseFit. Raises TableError without those columns or for several athletes.
    Evidence: [C] research only: fitted constants run from 4 to 74 days across studies.

    >>> days = pd.date_range("2026-01-01", periods=60)
    >>> tests = pd.DataFrame({"date": days[[20, 40]], "performance": [50.0, 51.0]})
    >>> fit_impulse_response(pd.DataFrame({"date": days, "load": 50.0}), tests)
    cannot tell · needs 15 performances within the daily table; found 2
    """
    spread = daily_calendar(daily, "load")
    if len(spread.length) > 1:
        raise TableError(f"fit_impulse_response needs one athlete; found {len(spread.length)}")
    missing = [name for name in ("date", "performance") if name not in performances.columns]
    if missing:
        raise TableError(f"performances needs the columns date and performance; missing: {', '.join(missing)}")
    tables.check(performances, tables.DAILY, "date")
    tests = performances[["date", "performance"]].dropna().sort_values("date", kind="stable", ignore_index=True)
    if not len(daily):
        return ImpulseResponseFit(False, "needs a daily table with load; found no days", len(tests))
    load, _, _, known = filled_load(spread)
    day = tests["date"].to_numpy().astype("datetime64[D]").astype(np.int64) - spread.first[0]
    inside = (day >= 1) & (day <= load.shape[1])
    tests, day = tests[inside].reset_index(drop=True), day[inside]
    n = len(tests)
    if n < minimum_performances:
        return ImpulseResponseFit(
            False, f"needs {minimum_performances} performances within the daily table; found {n}", n
        )
    if known is not None:
        done, measured = (float(part.sum()) for part in sessions_by_day(spread, known))
        if measured < 0.8 * done:
            found = f"{measured:.0f} of {done:.0f}"
            return ImpulseResponseFit(False, f"needs 80 % of sessions with a measured load; found {found}", n)
    outcome = tests["performance"].to_numpy(dtype=float)
    if np.ptp(outcome) == 0:
        return ImpulseResponseFit(False, "all performances are the same: nothing to explain", n)
    slow, fast = (np.arange(a, b + step / 2, step) for a, b, step in (fitness_grid, fatigue_grid))
    states = {tau: np.append(0.0, _faded(load[0], tau, True))[day] * math.exp(-1 / tau) for tau in {*slow, *fast}}
    pairs = [(a, b) for a in slow for b in fast if a > b]
    designs = np.stack([np.column_stack([states[a], -states[b], np.ones(n)]) for a, b in pairs])

    best, gains, fitted = _search(designs, outcome[:, None])
    best, gains, fitted = best[0], gains[:, 0], fitted[:, 0]
    residual = (outcome - fitted) * math.sqrt(n / max(n - 5, 1))
    rng = np.random.default_rng(seed)
    redrawn = fitted[:, None] + rng.choice(residual - residual.mean(), size=(n, resamples))
    places, many, _ = _search(designs, redrawn)
    tries = np.vstack([np.array(pairs)[places].T, many])
    value = np.array([*pairs[best], *gains])
    low, high = np.quantile(tries, [(1 - level) / 2, (1 + level) / 2], axis=1)
    errors = _next_errors(designs, outcome, day)
    reason = _verdict(low, high, (slow, fast), errors)
    identified = reason == ""
    shown = value if identified else np.full(5, np.nan)
    off = errors.set_index("model")["rmse"]
    if identified:
        reason = (
            f"predicts the next performance within {off['impulse response']:.2g} (as last time: "
            f"{off['as last time']:.2g}, straight line: {off['straight line']:.2g})"
        )
    return ImpulseResponseFit(
        identified,
        reason,
        n,
        pd.DataFrame({"name": pd.Series(_NAMES, dtype="str"), "value": shown, "low": low, "high": high}),
        errors,
        pd.DataFrame(
            {"date": tests["date"], "performance": outcome, "predicted": fitted if identified else np.full(n, np.nan)}
        ),
    )


def _faded(load: np.ndarray, days: float, same_day: bool) -> np.ndarray:
    """The sum of past loads, each faded by exp(-age / days)."""
    alpha = -math.expm1(-1 / days)
    total = recursive_mean(load[None, :], alpha)[0] / alpha
    broken = np.flatnonzero(np.isnan(load))
    if len(broken):  # a block product spreads NaN to its whole block: the days before the gap are known
        total[: broken[0]] = recursive_mean(load[None, : broken[0]], alpha)[0] / alpha
        total[broken[0] :] = np.nan
    if same_day:
        return total
    return np.concatenate(([0.0], total[:-1] * math.exp(-1 / days)))[: len(load)]


def _search(designs: np.ndarray, outcomes: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """For each column of outcomes the best pair of time constants, its gains and baseline, and what it predicts.

    Gains below 0 are not allowed: the best of the fits with both, either or neither gain that keeps them at 0 or above.
    """
    n, m = outcomes.shape
    least = np.full(m, np.inf)
    place, gains = np.zeros(m, dtype=int), np.zeros((3, m))
    for columns in ([0, 1, 2], [0, 2], [1, 2], [2]):
        parts = designs[:, :, columns]
        scale = np.maximum(np.abs(parts).max(axis=1, keepdims=True), 1e-12)
        solved = np.linalg.pinv(parts / scale, rcond=1e-10) @ outcomes / scale.transpose(0, 2, 1)
        error = ((outcomes - parts @ solved) ** 2).sum(axis=1)
        allowed = (solved[:, :-1, :] >= 0).all(axis=1)
        error = np.where(allowed, error, np.inf)
        winner = error.argmin(axis=0)
        better = error[winner, np.arange(m)] < least - 1e-12
        least = np.where(better, error[winner, np.arange(m)], least)
        place = np.where(better, winner, place)
        full = np.zeros((3, m))
        full[columns] = solved[winner, :, np.arange(m)].T
        gains = np.where(better, full, gains)
    return place, gains, np.einsum("mnk,km->nm", designs[place], gains)


def _next_errors(designs: np.ndarray, outcome: np.ndarray, day: np.ndarray) -> pd.DataFrame:
    """Errors of predicting each of the later performances from those before it only."""
    n = len(outcome)
    first = max(10, n // 2)
    guesses: dict[str, list[float]] = {"impulse response": [], "as last time": [], "straight line": []}
    for k in range(first, n):
        place, gains, _ = _search(designs[:, :k], outcome[:k, None])
        guesses["impulse response"].append(float(designs[place[0], k] @ gains[:, 0]))
        guesses["as last time"].append(float(outcome[k - 1]))
        when = day[:k] - day[0]
        slope = np.polyfit(when, outcome[:k], 1) if np.ptp(when) else np.array([0.0, outcome[:k].mean()])
        guesses["straight line"].append(float(np.polyval(slope, day[k] - day[0])))
    rows = [
        (name, math.sqrt(float(np.mean((np.array(g) - outcome[first:]) ** 2))) if g else math.nan, len(g))
        for name, g in guesses.items()
    ]
    return pd.DataFrame(rows, columns=["model", "rmse", "n"])


def _verdict(low: np.ndarray, high: np.ndarray, grids: tuple[np.ndarray, np.ndarray], errors: pd.DataFrame) -> str:
    """Why the fit must not be believed; empty if it may."""
    why: list[str] = []
    for k, name in ((2, "fitness"), (3, "fatigue")):
        if low[k] <= 0:
            why.append(f"the {name} gain may be 0")
    for k, (name, grid) in enumerate(zip(("fitness", "fatigue"), grids, strict=True)):
        if high[k] - low[k] > 0.6 * np.ptp(grid):
            why.append(f"the {name} time constant could be anything from {low[k]:.0f} to {high[k]:.0f} days")
    rmse = errors.set_index("model")["rmse"]
    beaten = [name for name in ("as last time", "straight line") if not rmse["impulse response"] < rmse[name]]
    if beaten:
        why.append(f"it predicts the next performance no better than {' or '.join(beaten)}")
    return "; ".join(why)
