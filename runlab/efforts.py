"""The fastest stretches of a run: best times over distances and best distances in times, suspicious ones set apart."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd

from . import tables
from .clean import step_seconds
from .errors import SettingsError
from .numerics import column
from .tables import FLAG, FLOAT, TEXT, Column, Table
from .terrain import grade as _grade
from .terrain import grade_adjusted_speed

DISTANCES_M = (400.0, 800.0, 1000.0, 1500.0, 1609.344, 3000.0, 5000.0, 10000.0, 15000.0, 21097.5, 30000.0, 42195.0)
DURATIONS_S = (60.0, 120.0, 180.0, 300.0, 600.0, 1200.0, 1800.0, 2400.0, 3600.0)

EFFORTS = Table(
    "efforts",
    "best effort of an activity",
    ("activity_id", "kind", "distance_m"),
    (
        Column("activity_id", TEXT, "", "which activity the effort is part of"),
        Column("kind", TEXT, "", "distance: the fastest over a distance; duration: the furthest in a time"),
        Column("distance_m", FLOAT, "m", "distance covered"),
        Column("time_s", FLOAT, "s", "clock time, stops included"),
        Column("start_s", FLOAT, "s", "start, in seconds since the first sample"),
        Column("end_s", FLOAT, "s", "end, in seconds since the first sample"),
        Column("average_heart_rate_bpm", FLOAT, "1/min", "mean heart rate; NaN if under half of it was measured"),
        Column("grade", FLOAT, "fraction", "mean grade, weighted by distance"),
        Column("graded_speed_mps", FLOAT, "m/s", "flat-equivalent distance over clock time"),
        Column("doubt", FLOAT, "fraction", "share of its distance or time that jumps and gaps inside leave open"),
        Column("ok", FLAG, "", "False if a GPS jump or a recording gap makes up too much of it"),
        Column("reason", TEXT, "", "why it is not ok"),
        Column("treadmill", FLAG, "", "run indoors, on a belt nobody measured"),
    ),
)


_LONGEST_GAP_S = 6 * 3600.0  # a longer gap is a clock that jumped; the time axis is not stretched by it


def best_efforts(
    records: pd.DataFrame,
    *,
    distances_m: Sequence[float] = DISTANCES_M,
    durations_s: Sequence[float] = DURATIONS_S,
    grade: pd.Series | None = None,
    fastest_mps: float = 12.0,
    largest_acceleration_mps2: float = 5.0,
    gap_s: float = 20.0,
    jump_share: float = 0.005,
    gap_share: float = 0.02,
) -> pd.DataFrame:
    """The fastest a run was over each distance, and the furthest it went in each time.

    Clock time counts, stops included. Over distances both ends are interpolated between samples, so the answer is exact
    for the recorded track; over times windows start on whole seconds.
    A step is a GPS jump if it implies more than ``fastest_mps``, or leaps to more than two thirds of that by over
    ``largest_acceleration_mps2``; a step is a gap if it is longer than ``gap_s`` (or three usual steps) and 10 m or
    more were covered unseen. An effort is not ok if jumps add over ``jump_share`` of its distance or gaps hide over
    ``gap_share`` of its time. Where such an effort would be the best, it is listed with the reason (``ok`` False), and
    the best clean one beside it.

    Takes the records of one activity with ``time`` and ``distance_m``; ``heart_rate_bpm`` and ``altitude_m`` where
    measured. ``grade`` is ``terrain.grade(records)`` if it is at hand already. Samples whose clock runs backwards are
    left out.
    Returns a frame like ``EFFORTS`` without activity_id and treadmill; no row for what the run was too short for.
    Evidence: [A] direct measurement; the limits are runlab's own [D]. Platforms use clock time too (Strava).

    >>> time = pd.date_range("2026-05-01 08:00", periods=601, freq="s", tz="UTC")
    >>> run = pd.DataFrame({"time": time, "distance_m": np.arange(601) * 4.0})
    >>> best_efforts(run, distances_m=[1000], durations_s=[300])[["kind", "distance_m", "time_s", "ok"]]
           kind  distance_m  time_s    ok
    0  distance      1000.0   250.0  True
    1  duration      1200.0   300.0  True
    """
    tables.check(records, tables.RECORDS, "time", "distance_m", key=False)
    for name, values in (("distances_m", distances_m), ("durations_s", durations_s)):
        if not all(math.isfinite(v) and v > 0 for v in values):
            raise SettingsError(f"{name} must be positive numbers, not {list(values)}")
    clock, kept = _clock(records["time"])
    way = records["distance_m"].to_numpy(dtype=float)[kept]
    seen = np.isfinite(way)
    if seen.sum() < 2:
        return tables.empty(EFFORTS).drop(columns=["activity_id", "treadmill"])
    t, d = clock[seen], np.maximum.accumulate(way[seen])
    steps = _Steps(t, d, fastest_mps, largest_acceleration_mps2, gap_s)
    limits = (jump_share, gap_share)
    found: list[tuple[str, float, float, float, bool]] = []
    for target in sorted(distances_m):
        found += _fastest(t, d, steps, float(target), limits)
    found += _furthest(t, d, steps, sorted(float(s) for s in durations_s), limits)
    if not found:
        return tables.empty(EFFORTS).drop(columns=["activity_id", "treadmill"])
    kind, distance, start, end, ok = (list(column) for column in zip(*found, strict=True))
    begin, finish = np.array(start), np.array(end)
    heart = column(records, "heart_rate_bpm")[kept]
    slope = (_grade(records) if grade is None else grade).to_numpy(dtype=float)[kept][seen]
    graded = np.asarray(grade_adjusted_speed(np.ones_like(slope), slope))
    flat, known = _mean_over(d, graded, np.interp(begin, t, d), np.interp(finish, t, d))
    steepness, _ = _mean_over(d, slope, np.interp(begin, t, d), np.interp(finish, t, d))
    pulse, measured = _mean_over(clock, np.where(heart > 0, heart, np.nan), begin, finish)
    took = finish - begin
    return pd.DataFrame(
        {
            "kind": kind,
            "distance_m": np.array(distance),
            "time_s": took,
            "start_s": begin,
            "end_s": finish,
            "average_heart_rate_bpm": np.where(measured >= 0.5, pulse, np.nan),
            "grade": np.where(known >= 0.5, steepness, np.nan),
            "graded_speed_mps": np.where(known >= 0.5, np.array(distance) * flat / took, np.nan),
            "doubt": [steps.doubt(a, b, m) for a, b, m in zip(start, end, distance, strict=True)],
            "ok": ok,
            "reason": ["" if good else steps.reason(a, b) for good, a, b in zip(ok, start, end, strict=True)],
        }
    )


def outdoors(efforts: pd.DataFrame) -> pd.DataFrame:
    """The efforts that may speak of form: without those on a treadmill, whose belt nobody measured.

    >>> outdoors(pd.DataFrame({"time_s": [240.0, 250.0], "treadmill": [True, False]}))["time_s"].tolist()
    [250.0]
    """
    return efforts if "treadmill" not in efforts.columns else efforts[~efforts["treadmill"].fillna(False).astype(bool)]


class _Steps:
    """The steps between samples that cannot be trusted, summed up so that any window can be judged at once."""

    def __init__(self, t: np.ndarray, d: np.ndarray, fastest: float, acceleration: float, gap_s: float) -> None:
        took, went = np.diff(t), np.diff(d)
        speed = went / step_seconds(took, went)
        usual = float(np.median(took))
        leap = np.diff(speed, prepend=speed[0]) / took
        self.jump = (speed > fastest) | ((leap > acceleration) & (speed > fastest * 2 / 3))
        self.gap = (took > max(gap_s, 3 * usual)) & (went >= 10.0)
        self.t, self.took, self.went = t, took, went
        pace = float(np.median(speed))
        self.clean = not (self.jump.any() or self.gap.any())
        self.metres = np.concatenate(([0.0], np.cumsum(np.where(self.jump, went - pace * took, 0.0))))
        self.seconds = np.concatenate(([0.0], np.cumsum(np.where(self.gap, took, 0.0))))

    def good(
        self,
        first: np.ndarray,
        last: np.ndarray,
        distance: np.ndarray | float,
        took: np.ndarray | float,
        limits: tuple[float, float],
    ) -> np.ndarray:
        """Whether the windows that touch the steps from ``first`` up to ``last`` can be trusted."""
        return (self.metres[last] - self.metres[first] <= limits[0] * distance) & (
            self.seconds[last] - self.seconds[first] <= limits[1] * took
        )

    def doubt(self, start: float, end: float, distance: float) -> float:
        """The share of a window's distance, or of its time, that jumps and gaps inside it leave open."""
        if self.clean:
            return 0.0
        first, last = (int(k) for k in np.searchsorted(self.t, [start, end]))
        metres, seconds = (abs(x[last] - x[max(first - 1, 0)]) for x in (self.metres, self.seconds))
        return float(min(max(metres / distance, seconds / (end - start)), 1.0))

    def reason(self, start: float, end: float) -> str:
        """The worst thing inside a window, in words."""
        inside = (self.t[1:] > start) & (self.t[:-1] < end)
        words = []
        if (jumps := self.jump & inside).any():
            worst = int(np.argmax(np.where(jumps, self.went, 0.0)))
            words.append(f"GPS jump of {self.went[worst]:.0f} m in {self.took[worst]:.0f} s")
        if (gaps := self.gap & inside).any():
            words.append(f"recording gap of {self.took[gaps].max():.0f} s")
        return " and ".join(words)


def _fastest(
    t: np.ndarray, d: np.ndarray, steps: _Steps, target: float, limits: tuple[float, float]
) -> list[tuple[str, float, float, float, bool]]:
    """The quickest window of exactly ``target`` metres: it starts or ends on a sample, so those two kinds are tried."""
    starts = int(np.searchsorted(d, d[-1] - target, side="right"))
    if starts == 0:
        return []
    goal = np.minimum(d[:starts] + target, d[-1])
    to = np.searchsorted(d, goal, side="left")
    end = t[to] - (d[to] - goal) / (d[to] - d[to - 1]) * (t[to] - t[to - 1])
    goal = np.maximum(d[to[0] :] - target, d[0])
    after = np.searchsorted(d, goal, side="right")
    begin = t[after - 1] + (goal - d[after - 1]) / (d[after] - d[after - 1]) * (t[after] - t[after - 1])
    took = np.concatenate((end - t[:starts], t[to[0] :] - begin))

    def window(k: int) -> tuple[float, float]:
        if k < starts:
            return float(t[k]), float(end[k])
        return float(begin[k - starts]), float(t[to[0] + k - starts])

    best = int(np.argmin(took))
    if steps.clean:
        return [("distance", target, *window(best), True)]
    first = np.concatenate((np.arange(starts), after - 1))
    last = np.concatenate((to, np.arange(to[0], len(d))))
    good = steps.good(first, last, target, took, limits)
    out = [] if good[best] else [("distance", target, *window(best), False)]
    if good.any():
        out.append(("distance", target, *window(int(np.argmin(np.where(good, took, np.inf)))), True))
    return out


def _furthest(
    t: np.ndarray, d: np.ndarray, steps: _Steps, targets: Sequence[float], limits: tuple[float, float]
) -> list[tuple[str, float, float, float, bool]]:
    """The window of each duration that goes furthest, on a grid of whole seconds."""
    whole = len(t) == t[-1] + 1  # sampled each second without a gap: the samples are the grid
    grid = np.arange(math.floor(t[-1]) + 1.0)
    way = d if whole else np.interp(grid, t, d)
    sample = np.arange(len(t)) if whole else np.searchsorted(t, grid, side="right") - 1
    out: list[tuple[str, float, float, float, bool]] = []
    for target in targets:
        if target > t[-1]:
            break
        n = math.ceil(target)
        ends = way[n:]
        if n != target:
            ends = ends - (n - target) * (way[n:] - way[n - 1 : -1])
        went = ends - way[: len(way) - n]
        if not len(went):
            break
        best = int(np.argmax(went))
        if steps.clean:
            out.append(("duration", float(went[best]), float(best), best + target, True))
            continue
        last = np.minimum(sample[n:] + 1, len(t) - 1)
        good = steps.good(sample[: len(way) - n], last, went, target, limits)
        if not good[best]:
            out.append(("duration", float(went[best]), float(best), best + target, False))
        if good.any():
            best = int(np.argmax(np.where(good, went, -1.0)))
            out.append(("duration", float(went[best]), float(best), best + target, True))
    return out


def _clock(time: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """Seconds since the first sample of those samples whose clock moves forward, and which samples those are."""
    t = tables.seconds(time)
    kept = np.ones(len(t), dtype=bool)
    if len(t) > 1:
        kept[1:] = t[1:] > np.maximum.accumulate(t)[:-1]
    t = t[kept]
    step = np.diff(t)
    if len(step) and step.max() > _LONGEST_GAP_S:
        t = np.concatenate(([t[0]], t[0] + np.cumsum(np.minimum(step, _LONGEST_GAP_S))))
    return t, kept


def _mean_over(x: np.ndarray, values: np.ndarray, begin: np.ndarray, end: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean of values over x between begin and end, and the share of that stretch where a value was known."""
    if len(x) < 2 or not np.isfinite(values).any():
        return np.full(len(begin), np.nan), np.zeros(len(begin))
    middle, width = (values[:-1] + values[1:]) / 2, np.diff(x)
    known = np.isfinite(middle)
    total = np.concatenate(([0.0], np.cumsum(np.where(known, middle * width, 0.0))))
    weight = np.concatenate(([0.0], np.cumsum(np.where(known, width, 0.0))))
    total, weight = (np.interp(end, x, s) - np.interp(begin, x, s) for s in (total, weight))
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(weight > 0, total / weight, np.nan), weight / (end - begin)
