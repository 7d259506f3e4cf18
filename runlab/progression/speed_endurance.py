"""Two numbers per runner, speed and endurance, from race results (the model of Mulligan, Adam and Emig)."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd

from .. import tables
from ..evidence import Estimate, grade_of
from ..numerics import student_quantile
from .inference import estimates_table, pooled_fit

CROSSOVER_S = 360.0  # the time maximal aerobic speed can be held; fixed at about 6 min in the papers
PRIOR_DECLINE = (0.056, 0.018)  # loss of speed per natural log of time; 0.049 along Daniels' table at VDOT 50
RACE_SCATTER = 0.02


def _lower_lambert(x: float) -> float:
    """The lower branch of Lambert's W for -1/e <= x < 0, by Halley's steps."""
    if not -math.exp(-1) <= x < 0:
        return math.nan
    w = math.log(-x) - math.log(-math.log(-x)) if x > -0.25 else -1 - math.sqrt(2 * (1 + math.e * x))
    for _ in range(40):
        e = math.exp(w)
        step = w * e - x
        slope = e * (w + 1)
        if slope == 0:
            break
        change = step / (slope - (w + 2) * step / (2 * w + 2))
        w -= change
        if abs(change) < 1e-13 * abs(w):
            break
    return w


def speed_endurance_time(
    distance_m: float, *, maximal_speed_mps: float, decline: float, crossover_s: float = CROSSOVER_S
) -> float:
    """Time for a distance from the two numbers of ``speed_endurance_model``.

    Definition: the closed form T = -(d / (g v)) / W(-(d / (d_c g)) exp(-1/g)), W the lower branch of Lambert's
    function, d_c = v t_c, g the decline of speed per natural log of time. Holds for efforts longer than
    ``crossover_s``.

    Takes metres, m/s, a fraction, seconds. Returns seconds; NaN where the line gives no answer (extreme distances).
    Evidence: B. Mulligan, Adam & Emig, PLoS ONE 2018;13:e0206645.

    >>> t = speed_endurance_time(10000, maximal_speed_mps=5.0, decline=0.07)
    >>> round(t), round(5.0 * (1 - 0.07 * np.log(t / 360)) * t)
    (2298, 10000)
    """
    if not (distance_m > 0 and maximal_speed_mps > 0 and decline > 0):
        return math.nan
    crossover_m = maximal_speed_mps * crossover_s
    x = -(distance_m / (crossover_m * decline)) * math.exp(-1 / decline)
    return -(distance_m / (decline * maximal_speed_mps)) / _lower_lambert(x)


def speed_endurance_model(races: pd.DataFrame, *, crossover_s: float = CROSSOVER_S, level: float = 0.8) -> pd.DataFrame:
    """How fast a runner is for six minutes, and how much of that speed lasts: the two sides of any race time.

    Definition: v(T) = v_m (1 - g ln(T / t_c)) for T >= t_c. ``maximal_speed`` is v_m; ``decline`` is g;
    ``endurance`` = exp(0.1 / g), how many times t_c the runner holds 90 % of v_m. Fitted on log speed with a prior
    decline of 0.056 +- 0.018, so that two races do not pretend to fix it.

    Takes a races table (``distance_m``, ``official_time_s``) or ``race_results`` (``time_s``); rows without a time,
    shorter than t_c, or missing are left out. Returns a frame of estimates indexed by quantity (``value``, ``low``,
    ``high``, ``level``, ``n``, ``unit``, ``grade``, ``basis``); unknown with fewer than two distances.
    Evidence: B. Mulligan, Adam & Emig 2018; Emig & Peltonen, Nat Commun 2020;11:4936.

    >>> races = pd.DataFrame({"distance_m": [5000.0, 10000.0, 21097.5], "official_time_s": [1100.0, 2290.0, 5060.0]})
    >>> speed_endurance_model(races).loc["maximal_speed", "value"].round(2)
    np.float64(4.84)
    """
    if "official_time_s" not in races.columns and "time_s" in races.columns:
        races = races.rename(columns={"time_s": "official_time_s"})
    tables.check(races, tables.RACES, "distance_m", "official_time_s")
    distance = races["distance_m"].to_numpy(float)
    time = races["official_time_s"].to_numpy(float)
    good = (distance > 0) & (time >= crossover_s)
    distance, time = distance[good], time[good]
    names = {"maximal_speed": "m/s", "decline": "", "endurance": ""}
    if len(np.unique(distance.round(-2))) < 2:
        basis = (
            f"needs races at 2 distances or more, longer than {crossover_s / 60:.0f} min; "
            f"found {len(np.unique(distance))}"
        )
        unknown = {k: Estimate.unknown(basis, unit=u, n=len(time), level=level) for k, u in names.items()}
        return estimates_table(unknown, "quantity")
    speed, steps = distance / time, np.log(time / crossover_s)
    # ln v = ln v_m + ln(1 - g s) is nearly linear in g: a few Gauss-Newton rounds around the pooled fit.
    decline, start = PRIOR_DECLINE[0], float(np.mean(np.log(speed) - np.log1p(-PRIOR_DECLINE[0] * steps)))
    for _ in range(6):
        slope = -steps / (1 - decline * steps)
        design = np.column_stack([np.ones_like(steps), slope])
        target = np.log(speed) - np.log1p(-decline * steps) + slope * decline
        fit = pooled_fit(
            design, target, prior_mean=[start, PRIOR_DECLINE[0]], prior_sd=[1.0, PRIOR_DECLINE[1]], noise=RACE_SCATTER
        )
        decline = float(np.clip(fit.mean[1], 0.01, 0.9 / steps.max() if steps.max() > 0 else 0.5))
    quantile = student_quantile((1 + level) / 2, fit.freedom)
    se = np.sqrt(np.diag(fit.covariance)) * quantile
    basis = f"{len(time)} races from {distance.min() / 1000:.3g} to {distance.max() / 1000:.3g} km"
    common: dict[str, Any] = {
        "level": level,
        "n": len(time),
        "grade": grade_of("speed_endurance_model"),
        "basis": basis,
    }
    low, high = max(decline - se[1], 0.005), decline + se[1]
    speed_m = math.exp(fit.mean[0])
    return estimates_table(
        {
            "maximal_speed": Estimate(
                speed_m, speed_m * math.exp(-se[0]), speed_m * math.exp(se[0]), unit="m/s", **common
            ),
            "decline": Estimate(decline, low, high, **common),
            "endurance": Estimate(
                math.exp(0.1 / decline), math.exp(0.1 / high), math.exp(min(0.1 / low, 20)), **common
            ),
        },
        "quantity",
    )
