"""One session's load by each published method: heart rate, how hard it felt, or pace."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..errors import SettingsError
from ..zones.bounds import check_bpm

MEN = (0.64, 1.92)
WOMEN = (0.86, 1.67)


def banister_trimp(
    heart_rate_bpm: npt.ArrayLike,
    minutes: npt.ArrayLike,
    *,
    resting_heart_rate_bpm: float,
    max_heart_rate_bpm: float,
    coefficients: tuple[float, float] = MEN,
    clamp: bool = False,
) -> float:
    """Training impulse: minutes weighted by how far heart rate is up between rest and maximum, hard minutes most.

    The sum over samples of ``minutes · x · A · exp(B · x)`` with ``x = (heart rate - rest) / (max - rest)`` and
    ``coefficients = (A, B)``: (0.64, 1.92) for men, (0.86, 1.67) for women. Below rest ``x`` is 0; above the maximum
    it is kept, or held at 1 with ``clamp``. Given the mean heart rate of a session instead of its samples it reads
    10-15 % low for intervals: never mix the two in one history.

    Takes heart rates in 1/min (an array of samples or one number) and the minutes each stands for. A sample without
    heart rate (NaN or 0) is left out, not counted as rest. Returns the impulse, NaN if no sample has heart rate.
    Raises SettingsError if the maximum is not above rest, for minutes below 0, and for heart rates above 250.
    Evidence: [B] as a descriptor of load; Banister 1991, Morton et al. 1990. Women's A differs between tools (0.64
    in several): the literature's 0.86 is used here.

    >>> round(banister_trimp(150, 45, resting_heart_rate_bpm=60, max_heart_rate_bpm=190), 2)
    75.33
    """
    _check_heart_rates(resting_heart_rate_bpm, max_heart_rate_bpm)
    heart, time = np.broadcast_arrays(check_bpm("heart_rate_bpm", heart_rate_bpm), _minutes(minutes))
    there = np.isfinite(heart) & (heart > 0) & np.isfinite(time)
    if not there.any():
        return math.nan
    weight = trimp_per_minute(heart[there], resting_heart_rate_bpm, max_heart_rate_bpm, coefficients, clamp=clamp)
    return float(np.sum(time[there] * weight))


def trimp_per_minute(
    heart_rate_bpm: npt.ArrayLike,
    resting_heart_rate_bpm: npt.ArrayLike,
    max_heart_rate_bpm: npt.ArrayLike,
    coefficients: tuple[npt.ArrayLike, npt.ArrayLike] = MEN,
    *,
    clamp: bool = False,
) -> np.ndarray:
    """What one minute at a heart rate adds to ``banister_trimp``; every argument may be an array.

    Takes heart rates in 1/min; NaN gives NaN. Returns an array of impulse per minute.
    Evidence: [B] as ``banister_trimp``.

    >>> trimp_per_minute([50, 150, 200], 50, 200).round(2)
    array([0.  , 1.53, 4.37])
    """
    heart, rest, top = (
        np.asarray(v, dtype=float) for v in (heart_rate_bpm, resting_heart_rate_bpm, max_heart_rate_bpm)
    )
    share = np.clip((heart - rest) / (top - rest), 0, 1 if clamp else None)
    a, b = (np.asarray(c, dtype=float) for c in coefficients)
    return share * a * np.exp(b * share)


def edwards_trimp(heart_rate_bpm: npt.ArrayLike, minutes: npt.ArrayLike, *, max_heart_rate_bpm: float) -> float:
    """Minutes in five heart-rate zones, counted once to five times.

    Zones of 50-60, 60-70, 70-80, 80-90 and 90-100 % of maximum heart rate, each including its lower edge; minutes
    below 50 % count nothing, above 100 % five times.

    Takes samples and minutes as ``banister_trimp``. Returns the sum, NaN if no sample has heart rate.
    Raises SettingsError without a maximum, for minutes below 0, and for heart rates above 250.
    Evidence: [C] the weights have no physiological basis. Edwards 1993.

    >>> edwards_trimp([110, 140, 180], [3, 3, 6], max_heart_rate_bpm=200)
    42.0
    """
    _check_heart_rates(0.0, max_heart_rate_bpm)
    heart, time = np.broadcast_arrays(check_bpm("heart_rate_bpm", heart_rate_bpm), _minutes(minutes))
    there = np.isfinite(heart) & (heart > 0) & np.isfinite(time)
    if not there.any():
        return math.nan
    return float(np.sum(time[there] * edwards_weight(heart[there], max_heart_rate_bpm)))


def edwards_weight(heart_rate_bpm: npt.ArrayLike, max_heart_rate_bpm: npt.ArrayLike) -> np.ndarray:
    """How often a minute at a heart rate counts for ``edwards_trimp``: 0 to 5.

    Takes heart rates in 1/min, arrays or numbers; NaN gives NaN. Returns an array.
    Evidence: [C] as ``edwards_trimp``.

    >>> edwards_weight([90, 100, 120, 210], 200)
    array([0., 1., 2., 5.])
    """
    tenths = 10 * np.asarray(heart_rate_bpm, dtype=float) / np.asarray(max_heart_rate_bpm, dtype=float)
    return np.clip(np.floor(tenths + 1e-9) - 4, 0, 5)  # a heart rate exactly on an edge belongs to the upper zone


def lucia_trimp(minutes_by_zone: Sequence[float]) -> float:
    """Minutes below, between and above the two ventilatory thresholds, counted once, twice and three times.

    Takes three numbers of minutes: below VT1, VT1 to VT2, above VT2. The thresholds must be measured in a laboratory
    test; from percentages of maximum heart rate it is something else. NaN if any is NaN.
    Raises SettingsError unless there are three, or if one is below 0.
    Evidence: [B] Lucía et al. 2003.

    >>> lucia_trimp([14, 0, 6])
    32.0
    """
    minutes = _minutes(minutes_by_zone)
    if minutes.shape != (3,):
        raise SettingsError(
            f"minutes_by_zone must be three numbers (below VT1, VT1 to VT2, above VT2), not {minutes.size}"
        )
    return float(minutes @ [1, 2, 3])


def heart_rate_stress(
    trimp: npt.ArrayLike,
    *,
    threshold_heart_rate_bpm: float,
    resting_heart_rate_bpm: float,
    max_heart_rate_bpm: float,
    coefficients: tuple[float, float] = MEN,
) -> Any:
    """A training impulse on the scale where one hour at threshold heart rate is 100.

    ``100 · trimp / trimp of 60 min at threshold heart rate``, with the same coefficients as the impulse.

    Takes one impulse or many; NaN stays NaN. Returns the same shape.
    Raises SettingsError if the heart rates are not in order, or for an impulse below 0.
    Evidence: [C] a convention (TRIMP(100), HRSS) that makes athletes comparable only as far as their thresholds are
    known.

    >>> int(heart_rate_stress(333, threshold_heart_rate_bpm=163, resting_heart_rate_bpm=60, max_heart_rate_bpm=190))
    239
    """
    _check_heart_rates(resting_heart_rate_bpm, max_heart_rate_bpm)
    if not resting_heart_rate_bpm < threshold_heart_rate_bpm <= max_heart_rate_bpm:
        raise SettingsError(
            f"threshold_heart_rate_bpm ({threshold_heart_rate_bpm}) must lie between "
            f"resting_heart_rate_bpm ({resting_heart_rate_bpm}) and max_heart_rate_bpm ({max_heart_rate_bpm})"
        )
    impulse = np.asarray(trimp, dtype=float)
    if (impulse < 0).any():
        raise SettingsError(f"trimp must not be below 0; found {np.nanmin(impulse):g}")
    hour = banister_trimp(
        threshold_heart_rate_bpm,
        60,
        resting_heart_rate_bpm=resting_heart_rate_bpm,
        max_heart_rate_bpm=max_heart_rate_bpm,
        coefficients=coefficients,
    )
    return _like(trimp, 100 * impulse / hour)


def session_rpe(rpe: npt.ArrayLike, minutes: npt.ArrayLike) -> Any:
    """How hard it felt (0-10) times how long it took (minutes).

    Asked about half an hour after the session. 0 is read as "not given", as watches write it; anything outside 0-10
    is no CR-10 rating and gives NaN.

    Takes one session or arrays of sessions. Returns the same shape, in arbitrary units.
    Raises SettingsError for minutes below 0.
    Evidence: [B] agrees with heart-rate methods at r = 0.5-0.85; swayed by mood and by when it is asked. Foster 1998,
    2001; Impellizzeri 2004.

    >>> session_rpe(6, 50)
    300.0
    """
    rating = np.asarray(rpe, dtype=float)
    rating = np.where((rating > 0) & (rating <= 10), rating, np.nan)
    return _like(rpe, rating * _minutes(minutes))


def running_stress(speed_mps: npt.ArrayLike, minutes: npt.ArrayLike, *, threshold_speed_mps: npt.ArrayLike) -> Any:
    """A run's load from pace alone, on the scale where one hour at threshold pace is 100.

    ``hours · (speed / threshold speed)² · 100``, of speeds, never of paces. Use the graded speed of the session
    (``terrain.normalised_graded_speed``) so that hills and surges count.

    Takes one run or arrays of runs, m/s and minutes; NaN stays NaN. Returns the same shape.
    Raises SettingsError for a threshold speed of 0 or less, and for speeds or minutes below 0.
    Evidence: [C] the published form of rTSS; TrainingPeaks shows slightly more, since its graded pace is not public.

    >>> round(running_stress(1000 / 300, 30, threshold_speed_mps=1000 / 270), 1)
    40.5
    """
    threshold = np.asarray(threshold_speed_mps, dtype=float)
    if (threshold <= 0).any():
        raise SettingsError(f"threshold_speed_mps must be above 0, not {threshold_speed_mps!r}")
    speed = np.asarray(speed_mps, dtype=float)
    if (speed < 0).any():
        raise SettingsError(f"speed_mps must not be below 0; found {np.nanmin(speed):g}")
    intensity = speed / threshold
    return _like(speed_mps, _minutes(minutes) / 60 * intensity**2 * 100)


def _like(given: Any, values: np.ndarray) -> Any:
    if isinstance(given, pd.Series):
        return pd.Series(values, index=given.index)
    return float(values) if np.ndim(values) == 0 else values


def _minutes(minutes: npt.ArrayLike) -> np.ndarray:
    time = np.asarray(minutes, dtype=float)
    if (time < 0).any():
        raise SettingsError(f"minutes must not be below 0; found {np.nanmin(time):g}: a clock ran backwards")
    return time


def _check_heart_rates(rest: float, top: float) -> None:
    if not (math.isfinite(rest) and math.isfinite(top) and top > rest):
        raise SettingsError(f"max_heart_rate_bpm ({top}) must be above resting_heart_rate_bpm ({rest})")
    check_bpm("max_heart_rate_bpm", top)
