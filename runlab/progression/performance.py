"""What a result is worth at another distance: VDOT, training paces, equivalent times, Tanda's marathon equation."""

from __future__ import annotations

import math
import warnings

import numpy as np
import pandas as pd

from ..errors import RunlabWarning, SettingsError, one_of
from ..evidence import Estimate, grade_of
from ..numerics import bisected, normal_quantile

MARATHON_M = 42195.0
HALF_MARATHON_M = 21097.5

# Shares of VDOT that reproduce Daniels' printed training paces within 5 s/km for VDOT >= 40 (fit of the whole table).
PACE_SHARES = {
    "easy": (0.63, 0.735),
    "threshold": (0.88, 0.88),
    "interval": (0.974, 0.974),
    "repetition": (1.089, 1.089),
}


def _oxygen_cost(speed_mps: np.ndarray) -> np.ndarray:
    metres_per_minute = speed_mps * 60.0
    return -4.60 + 0.182258 * metres_per_minute + 0.000104 * metres_per_minute**2


def _speed_at(oxygen: np.ndarray) -> np.ndarray:
    a, b = 0.000104, 0.182258
    return (-b + np.sqrt(b * b + 4 * a * (4.60 + oxygen))) / (2 * a) / 60.0


def _sustainable_share(time_s: np.ndarray) -> np.ndarray:
    minutes = time_s / 60.0
    return 0.8 + 0.1894393 * np.exp(-0.012778 * minutes) + 0.2989558 * np.exp(-0.1932605 * minutes)


def _plain(values: np.ndarray) -> float | np.ndarray:
    return float(values) if np.ndim(values) == 0 else values


def vdot(distance_m: float | np.ndarray, time_s: float | np.ndarray) -> float | np.ndarray:
    """One number for what a race was worth, comparable between distances from about 1,500 m to the marathon.

    Definition: oxygen cost of the mean speed over the share of the maximum that can be held for that time (Daniels
    and Gilbert). It is a performance index: not a measured VO2max, because one curve of economy serves everybody.

    Takes distance in m and time in s (numbers or arrays); NaN or a value of 0 and below gives NaN.
    Returns ml/kg/min, same shape. The curve was drawn for efforts of about 3.5 to 240 min.
    Evidence: B (descriptive, +-2-4 % between 1,500 m and the half marathon). Daniels & Gilbert, Oxygen Power, 1979.

    >>> round(vdot(5000, 24 * 60 + 34), 3)
    39.11
    """
    distance, time = np.asarray(distance_m, float), np.asarray(time_s, float)
    with np.errstate(divide="ignore", invalid="ignore"):
        good = (distance > 0) & (time > 0)
        value = np.where(good, _oxygen_cost(distance / time) / _sustainable_share(time), np.nan)
    return _plain(np.where(value > 0, value, np.nan))


def race_time(distance_m: float | np.ndarray, *, vdot: float | np.ndarray) -> float | np.ndarray:
    """The time at a distance that is worth a given VDOT.

    Definition: the root of the Daniels-Gilbert equation, found by bisection.

    Takes distance in m and VDOT (numbers or arrays that broadcast); NaN stays NaN.
    Returns seconds. Reproduces the printed tables for VDOT 30-85, 1,500 m to marathon, within 0.2 %.
    Evidence: B. Daniels & Gilbert, Oxygen Power, 1979; Daniels' Running Formula, 3rd ed., table 5.1.

    >>> round(race_time(10000, vdot=50))
    2480
    """
    distance, worth = np.broadcast_arrays(np.asarray(distance_m, float), np.asarray(vdot, float))
    low, high = distance / 12.0, distance / 0.5  # 12 m/s to 0.5 m/s brackets every runner
    known = (distance > 0) & (worth > 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        time = bisected(lambda t: _oxygen_cost(distance / t) / _sustainable_share(t) > worth, low, high)
    return _plain(np.where(known, time, np.nan))


def training_paces(vdot: float) -> pd.DataFrame:
    """Daniels' training speeds for a VDOT: easy (a range), marathon, threshold, interval, repetition.

    Definition: fixed shares of VDOT turned into speed by the oxygen-cost curve; marathon is the predicted marathon
    speed.

    Takes one VDOT. Returns a frame indexed by intensity with ``value`` (m/s), ``low``, ``high``, ``unit``, ``grade``
    and ``basis``. Below VDOT 40 the printed table is adjusted by hand and up to 11 s/km slower; the basis says so.
    NaN in, NaN out.
    Evidence: C (coaching practice in wide use). Daniels' Running Formula, 3rd ed., table 5.2.

    >>> from runlab.units import format_pace
    >>> format_pace(training_paces(50).loc["threshold", "value"])
    '4:15 /km'
    """
    rows = {
        name: tuple(float(_speed_at(share * np.asarray(float(vdot)))) for share in shares)
        for name, shares in PACE_SHARES.items()
    }
    marathon = MARATHON_M / float(race_time(MARATHON_M, vdot=vdot))
    rows["marathon"] = (marathon, marathon)
    note = "shares of VDOT fitted to Daniels' table"
    if vdot < 40:
        note += "; below VDOT 40 the printed paces are slower than this curve by up to 11 s/km"
    if not math.isfinite(vdot):
        note = "needs a VDOT; found none"
    frame = pd.DataFrame(
        {
            "intensity": ["easy", "marathon", "threshold", "interval", "repetition"],
        }
    ).set_index("intensity")
    frame["low"] = [float(rows[name][0]) for name in frame.index]
    frame["high"] = [float(rows[name][1]) for name in frame.index]
    frame.insert(0, "value", (frame["low"] + frame["high"]) / 2)
    return frame.assign(unit="m/s", grade=grade_of("training_paces"), basis=note)


def _cameron_factor(distance_m: float) -> float:
    return 13.49681 - 0.000030363 * distance_m + 835.7114 / distance_m**0.7905


def individual_exponent(first: tuple[float, float], second: tuple[float, float]) -> float:
    """How much a runner slows as races get longer, from two results.

    Definition: ln(T2 / T1) / ln(D2 / D1). Values outside 1.0-1.2 are not a property of a runner: NaN.

    Takes two pairs (distance in m, time in s) at different distances. Returns the exponent.
    Evidence: B for the power law itself (Riegel, 1981); two races fix it loosely.

    >>> round(individual_exponent((10000, 1800), (21100, 3900)), 4)
    1.0355
    """
    (d1, t1), (d2, t2) = first, second
    if not (d1 > 0 and d2 > 0 and t1 > 0 and t2 > 0) or d1 == d2:
        return math.nan
    exponent = math.log(t2 / t1) / math.log(d2 / d1)
    return exponent if 1.0 <= exponent <= 1.2 else math.nan


def equivalent_time(
    time_s: float,
    distance_m: float,
    target_m: float,
    *,
    method: str = "riegel",
    exponent: float = 1.06,
    other: tuple[float, float] | None = None,
) -> float:
    """What a result is worth at another distance, on an equal course and day.

    Definition: ``riegel`` T2 = T1 (D2/D1)^exponent; ``power_law`` the same with the runner's own exponent, from
    ``other`` = (distance in m, time in s) of a second race; ``cameron`` T2 = T1 (D2/D1) f(D1)/f(D2);
    ``vdot`` the time with the same VDOT.

    Takes time in s, distances in m; NaN gives NaN. ``power_law`` with two races that no runner's exponent (1.0-1.2)
    can join gives NaN and a RunlabWarning.
    Returns seconds: a middle without a band. ``predict_race`` gives the band.
    Raises SettingsError for another method, or ``power_law`` without ``other``.
    Evidence: B between 1,500 m and the half marathon (+-2-4 %); beyond that optimistic for most. Riegel, American
    Scientist 1981;69:285; Cameron 1997; Daniels & Gilbert 1979.

    >>> round(equivalent_time(20 * 60, 5000, 10000)), round(equivalent_time(992, 5000, 21100, method="cameron"))
    (2502, 4557)
    >>> round(equivalent_time(1800, 10000, 42200, method="power_law", other=(21100, 3900)))
    7994
    """
    one_of("method", method, ("riegel", "cameron", "vdot", "power_law"))
    if not (time_s > 0 and distance_m > 0 and target_m > 0):
        return math.nan
    if method == "cameron":
        return float(time_s * target_m / distance_m * _cameron_factor(distance_m) / _cameron_factor(target_m))
    if method == "vdot":
        return float(race_time(target_m, vdot=vdot(distance_m, time_s)))
    if method == "power_law":
        if other is None:
            raise SettingsError("method 'power_law' needs other=(distance_m, time_s) of a second race; found none")
        exponent = individual_exponent((distance_m, time_s), other)
        if not math.isfinite(exponent):
            warnings.warn(
                "the two races give no exponent between 1.0 and 1.2; no equivalent time from them",
                RunlabWarning,
                stacklevel=2,
            )
            return math.nan
    return float(time_s * (target_m / distance_m) ** exponent)


def tanda_marathon(weekly_km: float, training_pace_s_per_km: float, *, level: float = 0.8) -> Estimate:
    """A marathon time from eight weeks of training alone: how much, and how fast on average.

    Definition: pace (s/km) = 17.1 + 140.0 exp(-0.0053 K) + 0.55 P, K kilometres a week and P mean training pace in
    s/km over the 8 weeks before the race week.

    Takes kilometres a week and seconds per kilometre; NaN or 0 gives an unknown Estimate.
    Returns an Estimate in s. The band uses the error found in new runners (5.4 min between 2:47 and 3:36; 9.5 min
    faster than that), not the 4 min of the original fit; outside 2:30-4:00 there is no tested error and the band is
    doubled. Evidence: B (22 runners, 46 races). Tanda, J Hum Sport Exerc 2011;6:511.

    >>> tanda_marathon(96.56, 279.6)
    2:59:11 (2:52:16–3:06:07; 80 %), n = 22 [B] · Tanda 2011, 97 km a week at 4:40 /km; tested on 2:47–3:36 runners
    """
    if not (weekly_km > 0 and training_pace_s_per_km > 0):
        return Estimate.unknown("needs weekly kilometres and mean training pace of 8 weeks", unit="s", level=level)
    pace = 17.1 + 140.0 * math.exp(-0.0053 * weekly_km) + 0.55 * training_pace_s_per_km
    time = pace * MARATHON_M / 1000.0
    error = 9.5 * 60 if time < 167 * 60 else 5.4 * 60
    note = "tested on 2:47–3:36 runners"
    if not 150 * 60 <= time <= 240 * 60:
        error, note = 2 * error, "outside the 2:47–3:36 it was tested on: band doubled"
    half = normal_quantile((1 + level) / 2) * error
    shown = f"{int(training_pace_s_per_km // 60)}:{round(training_pace_s_per_km % 60):02d} /km"
    return Estimate(
        time,
        time - half,
        time + half,
        level=level,
        n=22,
        unit="s",
        grade=grade_of("tanda_marathon"),
        basis=f"Tanda 2011, {weekly_km:.0f} km a week at {shown}; {note}",
    )
