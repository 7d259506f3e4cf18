"""Hills: how steep, what they cost, what the pace would have been on the flat, and how much was climbed."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from . import tables
from .errors import SettingsError, one_of
from .numerics import column

__all__ = [
    "climbs",
    "elevation_gain",
    "grade",
    "grade_adjusted_speed",
    "heat_index",
    "kilometre_effort",
    "normalised_graded_speed",
    "running_cost",
    "turning_points",
]

# Polynomials of Minetti et al. 2002 in powers of the gradient, highest first; measured between -0.45 and +0.45.
_MINETTI = {"running": (155.4, -30.4, -43.3, 46.3, 19.5, 3.6), "walking": (280.5, -58.7, -76.8, 51.9, 19.6, 2.5)}
_MINETTI_LIMIT = 0.45

# Strava's 2017 curve as digitised by GoldenCheetah: grade in % and flat-equivalent speed over speed.
_STRAVA_GRADE = (
    -40, -30, -20, -18, -16, -12, -10, -9, -8, -6, -4, -2, -1, 0, 1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 24, 30, 34, 40,
)  # fmt: skip
_STRAVA_FACTOR = (
    1.937, 1.49, 1.085, 1.02, 0.965, 0.885, 0.875, 0.875, 0.875, 0.885, 0.91, 0.95, 0.98, 1.0, 1.02, 1.05, 1.1, 1.14,
    1.19, 1.24, 1.35, 1.48, 1.6, 1.93, 2.28, 2.645, 3.16, 3.47, 3.739,
)  # fmt: skip

_STEP_M = 10.0  # the profile is laid on a grid of this step before a line is fitted
_LARGEST_GAP_M = 200  # no grade is guessed across a longer stretch without altitude


def grade(records: pd.DataFrame, *, window_m: float = 100.0) -> pd.Series:
    """How steep the ground is at each sample, as a fraction: 0.05 climbs 5 m in 100 m.

    The slope of a straight line fitted to altitude over distance within ``window_m`` around the sample, so that the
    altimeter's jitter does not become hills. Barometric altitude is good for 100 m; GPS altitude needs 200 m or more.

    Takes records with ``time``, ``altitude_m`` and ``distance_m`` (or ``speed_mps``, summed up). A sample is NaN where
    less than half the window has altitude, or nothing says how far it went.
    Returns a Series aligned to the records.
    Evidence: [A] direct measurement; the window is runlab's choice [D].

    >>> time = pd.date_range("2026-05-01 08:00", periods=200, freq="s", tz="UTC")
    >>> records = pd.DataFrame({"time": time, "distance_m": np.arange(200) * 3.0, "altitude_m": np.arange(200) * 0.15})
    >>> round(float(grade(records).median()), 3)
    0.05
    """
    tables.check(records, tables.RECORDS, "time", key=False)
    _positive("window_m", window_m)
    slope = _per_activity(records, lambda part: _profile(part, window_m)[0])
    return pd.Series(slope, index=records.index, name="grade")


def running_cost(grade: npt.ArrayLike, *, gait: str = "running") -> Any:
    """Energy to move one kilogram one metre on a slope, in J/kg/m.

    Minetti's polynomial in the gradient (a fraction); gradients beyond ±0.45 are taken as ±0.45, where the
    measurements end.

    Takes a number, array or Series; NaN stays NaN. ``gait`` is "running" or "walking". Returns the same shape.
    Evidence: [A] uphill; downhill it flatters by up to three times in practice [B]. Minetti et al., J Appl Physiol
    2002;93:1039, ten mountain runners on a treadmill. The walking polynomial was not checked against the paper.

    >>> running_cost(0.0), round(running_cost(0.1), 2)
    (3.6, 5.97)
    """
    coefficients = _MINETTI[one_of("gait", gait, _MINETTI)]
    values = np.clip(np.asarray(grade, dtype=float), -_MINETTI_LIMIT, _MINETTI_LIMIT)
    return _like(grade, np.polyval(coefficients, values))


def grade_adjusted_speed(speed_mps: npt.ArrayLike, grade: npt.ArrayLike, *, method: str = "strava") -> Any:
    """The speed on the flat that would ask the same of the runner, in m/s.

    "strava": a curve of equal heart rate from millions of runs, through which easy downhills count a little and steep
    ones cost; "minetti": the ratio of energy costs, which flatters downhill. Beyond ±40 % (±45 %) the curve is held.

    Takes speed and grade (a fraction) as numbers, arrays or Series; NaN in either gives NaN, never "flat".
    Average the speeds, not the paces. Returns the shape of ``speed_mps``.
    Raises SettingsError for another method.
    Evidence: [B] uphill [A]; downhill differs between people. Strava 2017 (Robb), digitised; Minetti 2002.

    >>> [round(grade_adjusted_speed(3.0, 0.10, method=name), 3) for name in ("strava", "minetti")]
    [4.44, 4.974]
    """
    one_of("method", method, ("strava", "minetti"))
    slope = np.asarray(grade, dtype=float)
    if method == "strava":
        factor = np.interp(slope * 100, _STRAVA_GRADE, _STRAVA_FACTOR)
        factor = np.where(np.isnan(slope), np.nan, factor)
    else:
        factor = running_cost(slope) / _MINETTI["running"][-1]
    return _like(speed_mps, np.asarray(speed_mps, dtype=float) * factor)


def normalised_graded_speed(
    records: pd.DataFrame,
    *,
    window_s: float = 30.0,
    exponent: float = 4.0,
    method: str = "strava",
    window_m: float = 100.0,
) -> float:
    """One speed for the whole run that weighs hills and surges: the even, flat speed of about the same demand.

    Grade-adjusted speed of each moving second, averaged over 30 s (windows begin once 30 s are full), raised to the
    4th power, averaged, and the 4th root taken. Only moving time counts (timer running, faster than 0.5 m/s); stops
    and gaps over 30 s part the run, and no window reaches across them.

    Takes records with ``time``, ``speed_mps`` and altitude (see ``grade``). NaN where under half of the moving time
    has a known grade: say "no altitude" rather than "flat". Returns m/s.
    Evidence: [C] Coggan's normalising, [B] grade curve. It stands in for NGP, whose formula is not published, and
    does not equal it.

    >>> time = pd.date_range("2026-05-01 08:00", periods=600, freq="s", tz="UTC")
    >>> records = pd.DataFrame({"time": time, "speed_mps": 3.0, "distance_m": np.arange(600) * 3.0, "altitude_m": 80.0})
    >>> round(normalised_graded_speed(records), 3)
    3.0
    """
    tables.check(records, tables.RECORDS, "time", key=False)
    _positive("window_s", window_s)
    if len(records) < 2:
        return math.nan
    time = tables.seconds(records["time"])
    speed = column(records, "speed_mps")
    running = _timer(records)
    graded = np.asarray(grade_adjusted_speed(speed, grade(records, window_m=window_m).to_numpy(), method=method))
    step = np.diff(time)
    moving = (step > 0) & (step <= window_s) & running[:-1] & (speed[:-1] > 0.5) & (speed[1:] > 0.5)
    known = moving & np.isfinite(graded[:-1]) & np.isfinite(graded[1:])
    if not step[known].sum() > 0.5 * step[moving].sum():
        return math.nan
    mean = (graded[:-1] + graded[1:]) / 2
    begin, end, step, mean = time[:-1][known], time[1:][known], step[known], mean[known]
    cuts = np.flatnonzero(begin[1:] - end[:-1] > window_s) + 1
    powers = []
    for part_step, part_mean in zip(np.split(step, cuts), np.split(mean, cuts), strict=True):
        clock = np.concatenate(([0.0], np.cumsum(part_step)))
        travelled = np.concatenate(([0.0], np.cumsum(part_step * part_mean)))
        ends = np.arange(window_s, clock[-1] + 1e-9)
        if len(ends):
            window = np.interp(ends, clock, travelled) - np.interp(ends - window_s, clock, travelled)
            powers.append((window / window_s) ** exponent)
        else:
            powers.append(np.array([(travelled[-1] / clock[-1]) ** exponent]))
    return float(np.concatenate(powers).mean() ** (1 / exponent))


def elevation_gain(
    altitude_m: npt.ArrayLike, *, method: str = "hysteresis", threshold_m: float = 3.0
) -> tuple[float, float]:
    """Metres climbed and metres descended.

    "hysteresis": a change counts once it exceeds ``threshold_m`` from the last counted height; "turning_points": the
    legs between turning points further apart than the threshold; "sum": every rise and every fall (for clean data).
    Total ascent has no true value: it grows as the threshold shrinks. 3 m suits a barometer, 10 m altitude by GPS.

    Takes altitudes in order, in metres; NaN is left out. Returns ``(ascent_m, descent_m)``, both positive; NaN with
    fewer than two altitudes.
    Raises SettingsError for another method or a negative threshold.
    Evidence: [C]; state the threshold with the number. GoldenCheetah, US patent 5058427.

    >>> elevation_gain([100, 101, 100, 110, 109, 104])
    (10.0, 6.0)
    >>> elevation_gain([100, 101, 100, 110, 109, 104], method="sum")
    (11.0, 7.0)
    """
    one_of("method", method, ("hysteresis", "turning_points", "sum"))
    if not threshold_m >= 0:
        raise SettingsError(f"threshold_m must be 0 or more, not {threshold_m}")
    height = np.asarray(altitude_m, dtype=float)
    height = height[np.isfinite(height)]
    if len(height) < 2:
        return math.nan, math.nan
    if method == "sum":
        legs = np.diff(height)
    elif method == "turning_points":
        legs = np.diff(turning_points(height, threshold_m=threshold_m))
    else:
        # only points that move by more than nothing can pass the threshold: fewer turns of the loop
        height = height[np.concatenate(([True], np.diff(height) != 0))]
        reference, steps = height[0], []
        for value in height.tolist():
            change = value - reference
            if change > threshold_m or change < -threshold_m:
                steps.append(change)
                reference = value
        legs = np.array(steps)
    return float(legs[legs > 0].sum()), float(-legs[legs < 0].sum())


def turning_points(altitude_m: npt.ArrayLike, *, threshold_m: float = 3.0) -> np.ndarray:
    """The heights at which the way turned between up and down, small wobbles left out.

    A local high or low is kept if it differs from the last kept one by more than ``threshold_m``; first and last
    height are always kept.

    Takes altitudes in order, in metres; NaN is left out. Returns an array of heights.
    Evidence: [C] the rule of Runalyze.

    >>> turning_points([0, 2, 4, 6, 5, 7, 4, 8, 10, 0], threshold_m=1)
    array([ 0.,  6.,  4., 10.,  0.])
    """
    height = np.asarray(altitude_m, dtype=float)
    height = height[np.isfinite(height)]
    return height[_turns(height, threshold_m)]


def kilometre_effort(distance_m: npt.ArrayLike, ascent_m: npt.ArrayLike) -> Any:
    """How long a hilly course counts: kilometres plus one for each 100 m climbed.

    Takes distance and ascent in metres; NaN in either gives NaN. Returns km-effort.
    Evidence: [C] the ITRA convention; descent is not counted.

    >>> kilometre_effort(170_000, 10_000)
    270.0
    """
    return _like(distance_m, np.asarray(distance_m, dtype=float) / 1000 + np.asarray(ascent_m, dtype=float) / 100)


def climbs(
    records: pd.DataFrame,
    *,
    minimum_ascent_m: float = 50.0,
    minimum_grade: float = 0.03,
    dip_m: float = 10.0,
    window_m: float = 100.0,
) -> pd.DataFrame:
    """Each climb of a run: how long, how steep, how fast upward.

    A stretch between a low and the next high (dips up to ``dip_m`` are part of it), flat ends cut off, that rises at
    least ``minimum_ascent_m`` at ``minimum_grade`` on average. Vertical speed is ascent over clock time.

    Takes the records of one activity with ``time``, ``altitude_m`` and ``distance_m`` (or ``speed_mps``).
    Returns one row per climb: climb, start_time, start_m, end_m, distance_m, ascent_m, grade, duration_s, speed_mps,
    vertical_speed_m_per_h, average_heart_rate_bpm (NaN if none). No rows where altitude is missing.
    Evidence: [C] the limits; [A] the measurement.

    >>> time = pd.date_range("2026-05-01 08:00", periods=1500, freq="s", tz="UTC")
    >>> way = np.arange(1500) * 2.0
    >>> hill = np.interp(way, [0, 1000, 2000, 3000], [50, 50, 150, 150])
    >>> found = climbs(pd.DataFrame({"time": time, "distance_m": way, "altitude_m": hill}))
    >>> found[["distance_m", "ascent_m", "vertical_speed_m_per_h"]].round(-2).astype(int).to_dict("records")
    [{'distance_m': 1000, 'ascent_m': 100, 'vertical_speed_m_per_h': 700}]
    """
    tables.check(records, tables.RECORDS, "time")
    columns = [
        "climb",
        "start_time",
        "start_m",
        "end_m",
        "distance_m",
        "ascent_m",
        "grade",
        "duration_s",
        "speed_mps",
        "vertical_speed_m_per_h",
        "average_heart_rate_bpm",
    ]
    slope, level = _profile(records, window_m) if len(records) else (np.empty(0), np.empty(0))
    known = np.flatnonzero(np.isfinite(slope) & np.isfinite(level))
    rows: list[dict[str, Any]] = []
    if len(known) > 2:
        slope, level = slope[known], level[known]
        way, time = _way(records)[known], tables.seconds(records["time"])[known]
        heart = column(records, "heart_rate_bpm")[known]
        heart = np.where(heart > 0, heart, np.nan)
        turns = _turns(level, dip_m)
        for first, last in zip(turns[:-1], turns[1:], strict=True):
            steep = first + np.flatnonzero(slope[first : last + 1] >= minimum_grade)
            if not len(steep) or level[last] <= level[first]:
                continue
            first, last = steep[0], steep[-1]
            distance, ascent, took = way[last] - way[first], level[last] - level[first], time[last] - time[first]
            if took <= 0 or ascent < minimum_ascent_m or ascent < minimum_grade * distance:
                continue
            beats = heart[first : last + 1]
            rows.append(
                {
                    "climb": len(rows) + 1,
                    "start_time": records["time"].iloc[known[first]],
                    "start_m": way[first],
                    "end_m": way[last],
                    "distance_m": distance,
                    "ascent_m": ascent,
                    "grade": ascent / distance,
                    "duration_s": took,
                    "speed_mps": distance / took,
                    "vertical_speed_m_per_h": ascent / took * 3600,
                    "average_heart_rate_bpm": float(np.nanmean(beats)) if np.isfinite(beats).any() else math.nan,
                }
            )
    found = pd.DataFrame(rows, columns=columns)
    if not rows:
        kinds = dict.fromkeys(columns, "float64") | {"climb": "int64", "start_time": tables.INSTANT}
        found = found.astype(kinds)
    return found


def heat_index(temperature_c: npt.ArrayLike, humidity_pct: npt.ArrayLike) -> Any:
    """How hot humid air feels at rest in the shade, in °C.

    The US National Weather Service rule: a simple mean below about 27 °C, Rothfusz's regression above, with its
    corrections for very dry and very humid air.

    Takes air temperature in °C and relative humidity in %; NaN gives NaN. Returns °C in the same shape.
    Evidence: [A] as an official definition; it knows neither sun, wind nor running.

    >>> round(heat_index(32.0, 70.0), 1)
    40.4
    """
    t = np.asarray(temperature_c, dtype=float) * 9 / 5 + 32
    rh = np.asarray(humidity_pct, dtype=float)
    simple = (0.5 * (t + 61 + (t - 68) * 1.2 + rh * 0.094) + t) / 2
    full = (
        -42.379
        + 2.04901523 * t
        + 10.14333127 * rh
        - 0.22475541 * t * rh
        - 0.00683783 * t**2
        - 0.05481717 * rh**2
        + 0.00122874 * t**2 * rh
        + 0.00085282 * t * rh**2
        - 0.00000199 * t**2 * rh**2
    )
    dry = (13 - rh) / 4 * np.sqrt(np.clip(17 - np.abs(t - 95), 0, None) / 17)
    full = full - np.where((rh < 13) & (t >= 80) & (t <= 112), dry, 0)
    full = full + np.where((rh > 85) & (t >= 80) & (t <= 87), (rh - 85) / 10 * (87 - t) / 5, 0)
    fahrenheit = np.where(simple >= 80, full, simple)
    return _like(temperature_c, (fahrenheit - 32) * 5 / 9)


def _turns(height: np.ndarray, threshold: float) -> list[int]:
    """Positions of first, last and every turn that stands out by more than the threshold from the last kept."""
    if len(height) < 2:
        return list(range(len(height)))
    moved = np.concatenate(([0], np.flatnonzero(np.diff(height) != 0) + 1))
    level = height[moved]
    turns = np.flatnonzero(np.diff(np.sign(np.diff(level))) != 0) + 1
    kept = [0]
    for position, value in zip(moved[turns].tolist(), level[turns].tolist(), strict=True):
        if abs(value - height[kept[-1]]) > threshold:
            kept.append(position)
    return [*kept, len(height) - 1]


def _profile(records: pd.DataFrame, window_m: float) -> tuple[np.ndarray, np.ndarray]:
    """Slope and smoothed height at each sample of one activity, by a line fitted to the profile around it."""
    way, height = _way(records), column(records, "altitude_m")
    nothing = np.full(len(way), np.nan)
    known = np.isfinite(way) & np.isfinite(height)
    if known.sum() < 2:
        return nothing, nothing.copy()
    # average within each 10 m, so that standing still weighs no more than passing
    origin = way[known][0]
    cell = np.floor((way[known] - origin) / _STEP_M).astype(int)
    starts = np.concatenate(([0], np.flatnonzero(np.diff(cell)) + 1))
    count = np.diff(np.concatenate((starts, [len(cell)])))
    at = np.add.reduceat(way[known] - origin, starts) / count
    value = np.add.reduceat(height[known], starts) / count
    grid = np.arange(math.floor(at[-1] / _STEP_M) + 2) * _STEP_M
    if len(at) < 2:
        return nothing, nothing.copy()
    middle = value.mean()
    level = np.interp(grid, at, value) - middle
    after = np.searchsorted(at, grid, side="left")
    inside = (after > 0) & (after < len(at))
    gap = np.where(inside, at[np.minimum(after, len(at) - 1)] - at[np.maximum(after - 1, 0)], 0.0)
    measured = (grid >= at[0]) & (grid <= at[-1])
    weight = (measured & (gap <= _LARGEST_GAP_M)).astype(float)
    level = np.where(weight > 0, level, 0.0)
    x = np.arange(len(grid)) - len(grid) / 2
    sums = [np.concatenate(([0.0], np.cumsum(q))) for q in (weight, weight * x, weight * x * x, level, level * x)]
    half = max(1, round(window_m / _STEP_M / 2))
    low = np.maximum(np.arange(len(grid)) - half, 0)
    high = np.minimum(np.arange(len(grid)) + half + 1, len(grid))
    n, sx, sxx, sy, sxy = (s[high] - s[low] for s in sums)
    with np.errstate(invalid="ignore", divide="ignore"):
        spread = sxx - sx * sx / n
        slope = (sxy - sx * sy / n) / spread
        fitted = sy / n + slope * (x - sx / n) + middle
    enough = (n >= np.maximum(2, 0.5 * (high - low))) & (spread > 0)
    slope, fitted = np.where(enough, slope / _STEP_M, np.nan), np.where(enough, fitted, np.nan)
    position = way - origin
    return _between(position, grid, slope), _between(position, grid, fitted)


def _between(position: np.ndarray, grid: np.ndarray, values: np.ndarray) -> np.ndarray:
    out = np.full(len(position), np.nan)
    there = np.isfinite(position) & (position >= -_STEP_M) & (position <= grid[-1] + _STEP_M)
    out[there] = np.interp(position[there], grid, values)
    return out


def _way(records: pd.DataFrame) -> np.ndarray:
    """Distance along the way, never falling; summed from speed where the device gives no distance."""
    way = column(records, "distance_m")
    if np.isfinite(way).sum() < 2:
        speed = column(records, "speed_mps")
        if np.isfinite(speed).sum() < 2:
            return np.full(len(records), np.nan)
        step = np.diff(tables.seconds(records["time"]), prepend=0.0)
        way = np.cumsum(np.where(np.isfinite(speed) & (step > 0) & (step < 30), speed * step, 0.0))
    return np.fmax.accumulate(way)


def _timer(records: pd.DataFrame) -> np.ndarray:
    if "timer_running" not in records.columns:
        return np.ones(len(records), dtype=bool)
    return records["timer_running"].to_numpy(dtype=bool)


def _per_activity(records: pd.DataFrame, function: Any) -> np.ndarray:
    """Apply to each activity of a records table by itself, so that no window reaches from one run into the next."""
    if "activity_id" not in records.columns or records["activity_id"].nunique(dropna=False) < 2:
        return function(records) if len(records) else np.empty(0)
    out = np.full(len(records), np.nan)
    for places in records.groupby("activity_id", dropna=False, sort=False).indices.values():
        out[places] = function(records.iloc[places])
    return out


def _like(given: Any, values: np.ndarray) -> Any:
    if isinstance(given, pd.Series):
        return pd.Series(values, index=given.index)
    return float(values) if np.ndim(values) == 0 else values


def _positive(name: str, value: float) -> None:
    if not value > 0:
        raise SettingsError(f"{name} must be above 0, not {value}")
